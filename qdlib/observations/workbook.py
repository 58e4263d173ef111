"""The exported workbook: cover, contents with links, notes, then one table a sheet.

Takes a `Selection`; gives bytes, the same for the same content. The form follows the UK Analysis Function's guidance on releasing
statistics in spreadsheets: titles in A1, tables marked up as tables at the left edge, one a sheet, nothing below them, no merged
cells, no blank rows, no fill, nothing by colour alone. It departs from it in two places: headers are frozen, because seventy
years do not fit a screen, and the table of all editions has filters. Rows are written as they come (openpyxl's write-only
mode), so memory does not grow with the workbook.
"""

import io
import math
from copy import copy
from dataclasses import replace
from functools import partial

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table as MarkedTable
from openpyxl.worksheet.table import TableColumn, TableStyleInfo

from qdlib.observations.front_matter import list_contents, list_indicators, list_notes, list_sources, make_cover
from qdlib.observations.long_table import ROW_LIMIT, long_tables
from qdlib.observations.sheets import Figure, Link, Table
from qdlib.observations.spreadsheet import fill_cell, fix_times, name_sheet, text_width
from qdlib.observations.wide_tables import panel_tables, theme_tables

NARROWEST, WIDEST = 8, 60
SAMPLE = 200  # rows that a column's width is taken from
PRINTED_COLUMNS = 18  # more on one page could not be read
FONT = "Calibri"  # openpyxl's own; a font without a name is drawn with serifs
LINE_HEIGHT, HIGHEST = 15, 409  # points; no row of Excel is higher


def make_tables(selection, language: str, row_limit: int = ROW_LIMIT) -> list[Table]:
    """Cover, contents, notes, the tables, indicators, sources, and all editions."""
    say = partial(selection.catalogue.say, language=language)
    tables = [*panel_tables(selection, language), *theme_tables(selection, language)]
    tables = [replace(table, name=f"{number} {table.name}") for number, table in enumerate(tables, start=1)]
    tables += [list_indicators(selection, language), list_sources(selection, language)]
    tables += long_tables(selection, language, row_limit)
    tables = [list_notes(selection, language), *tables]
    fixed = {say(f"export.sheet.{name}").lower() for name in ("cover", "contents")}
    tables = unique_names(tables, fixed)
    contents = say("export.sheet.contents")
    back = Link(say("export.sheet.back"), contents)
    tables = [replace(table, lines=(*table.lines, back)) for table in tables]
    return [make_cover(selection, language), list_contents(tables, say), *tables]


def unique_names(tables: list[Table], taken: set[str]) -> list[Table]:
    named, taken = [], set(taken)
    for table in tables:
        named.append(replace(table, name=name_sheet(table.name, taken)))
        taken.add(named[-1].name.lower())
    return named


def make_workbook(selection, language: str, row_limit: int = ROW_LIMIT) -> bytes:
    """The whole workbook as bytes."""
    book = Workbook(write_only=True)
    title = selection.catalogue.say("export.title", language)
    book.properties.title, book.properties.creator, book.properties.language = title, "qdlib", language
    for table in make_tables(selection, language, row_limit):
        write_sheet(book, table)
    buffer = io.BytesIO()
    book.save(buffer)
    return fix_times(buffer.getvalue())


def write_sheet(book: Workbook, table: Table) -> None:
    sheet = book.create_sheet(table.name)
    header, widths = len(table.lines) + 2, column_widths(table)
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    set_page(sheet, table, header)
    styles = Styles(sheet)
    sheet.append([styles.make(table.title, styles.title)])
    for place, line in enumerate(table.lines, start=2):
        if not table.headings:
            set_height(sheet, place, (line,), widths)
        sheet.append([styles.make(line, styles.line if table.headings else styles.text["left"])])
    looks = styles.of_columns(table)
    if table.headings:
        set_height(sheet, header, table.headings, widths)
        sheet.append([styles.make(heading, look) for heading, (look, _) in zip(table.headings, looks, strict=True)])
    for place, row in enumerate(table.rows, start=header + 1):
        set_height(sheet, place, row, widths)
        sheet.append([styles.make(value, look) for value, (_, look) in zip(row, looks, strict=True)])
    if table.rows:
        mark_table(sheet, table, header)


def set_page(sheet, table: Table, header: int) -> None:
    """What stays in view when one scrolls, and how the sheet is printed."""
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=len(table.headings) <= PRINTED_COLUMNS)
    if table.headings:
        sheet.freeze_panes = f"{get_column_letter(table.frozen + 1)}{header + 1}"
        sheet.print_title_rows = f"{header}:{header}"
        sheet.print_title_cols = f"A:{get_column_letter(table.frozen)}"


def set_height(sheet, place: int, row: tuple, widths: list[float]) -> None:
    """Room for text that wraps; not every program measures it by itself."""
    texts = [(text_width(value), width) for value, width in zip(row, widths, strict=True) if isinstance(value, str)]
    lines = max((math.ceil(long / width) for long, width in texts), default=1)
    if lines > 1:
        sheet.row_dimensions[place].height = min(LINE_HEIGHT * lines, HIGHEST)


def mark_table(sheet, table: Table, header: int) -> None:
    """Tell screen readers and Excel where the table is; without stripes, and with filters only where they are wanted."""
    place = f"A{header}:{get_column_letter(len(table.headings))}{header + len(table.rows)}"
    columns = [TableColumn(id=number, name=heading) for number, heading in enumerate(table.headings, start=1)]
    filters = AutoFilter(ref=place) if table.filters else None
    look = TableStyleInfo(name=None, showRowStripes=False)
    name = f"table_{table.id}"  # never like the address of a cell, as the id pm25 is
    sheet.tables.add(MarkedTable(displayName=name, ref=place, tableColumns=columns, autoFilter=filters, tableStyleInfo=look))


class Styles:
    """The few looks of a sheet's cells, made once: openpyxl looks a style up for each cell that sets one."""

    def __init__(self, sheet):
        self.sheet, self.formats = sheet, {}
        self.title = self.look(font=Font(name=FONT, bold=True, size=14))
        self.line = self.look(alignment=Alignment(vertical="bottom"))
        self.link = self.look(font=Font(name=FONT, underline="single", color="0563C1"), alignment=Alignment(vertical="top"))
        places = {
            "left": Alignment(wrap_text=True, vertical="top"),
            "right": Alignment(horizontal="right", wrap_text=True, vertical="top"),
            "beside": Alignment(horizontal="left", indent=1, wrap_text=True, vertical="top"),
        }
        self.text = {name: self.look(alignment=place) for name, place in places.items()}
        self.header = {name: self.look(font=Font(name=FONT, bold=True), alignment=place) for name, place in places.items()}

    def of_columns(self, table: Table) -> list[tuple]:
        """Looks of each column's heading and text: right for numbers, a little apart beside them."""
        numbers = number_columns(table)
        places = [
            "right" if number in numbers else "beside" if number - 1 in numbers else "left"
            for number in range(len(table.headings))
        ]
        return [(self.header[place], self.text[place]) for place in places]

    def look(self, **parts):
        cell = WriteOnlyCell(self.sheet)
        for name, part in parts.items():
            setattr(cell, name, part)
        return cell._style

    def number(self, decimals: int):
        """Thousands apart and the decimals printed."""
        if decimals not in self.formats:
            pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
            self.formats[decimals] = self.look(number_format=pattern, alignment=Alignment(vertical="top"))
        return self.formats[decimals]

    def make(self, value, style):
        """A cell with the value in the look given; figures and links have looks of their own."""
        cell = WriteOnlyCell(self.sheet)
        figure, link = isinstance(value, Figure), isinstance(value, Link)
        # A copy, because text like a formula sets a flag in the style of its own cell only.
        cell._style = copy(self.number(value.decimals) if figure else self.link if link else style)
        fill_cell(cell, value.value if figure else value.text if link else value)
        if link:
            quoted = value.sheet.replace("'", "''")
            cell.hyperlink = Hyperlink(ref="", location=f"'{quoted}'!A1", display=value.text)
        return cell


def number_columns(table: Table) -> set[int]:
    """Columns that hold a number among their first rows: their headings stand on the right, like the figures."""
    return {number for row in table.rows[:SAMPLE] for number, value in enumerate(row) if isinstance(value, (int, Figure))}


def column_widths(table: Table) -> list[float]:
    """Widths by heading and the first rows; the first column is not widened by the title, which runs on over its neighbours."""
    if not table.headings:
        return [90]
    widths = []
    for number, heading in enumerate(table.headings):
        shown = [shown_text(row[number]) for row in table.rows[:SAMPLE]]
        # A heading may wrap once; figures may not, or they turn into ####.
        longest = max([text_width(heading) / 2 + 1, *map(text_width, shown)])
        widths.append(min(max(longest + 2, NARROWEST), WIDEST))
    return widths


def shown_text(value) -> str:
    if isinstance(value, Figure):
        return f"{value.value:,.{value.decimals}f}"
    return value.text if isinstance(value, Link) else str(value)
