"""The department workbook, drawn: notes, a row for each target and year asked for, the programme's items, hidden `_meta`.

Takes the gaps (target and year), the catalogue and a language; gives bytes, the same for the same input. It stands here because it
needs only catalogue and spreadsheets; which years lack public figures is judged in `analysis.reporting_gaps`, below this layer, and
comes in as plain pairs. Locked cells hold what the figure means, under a protection without password: it prevents slips, and the
reader checks. Input cells are marked by a word above the heading, not by colour alone. What is read back is `reading.department`.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from qdlib.catalogue import Catalogue
from qdlib.errors import DataError
from qdlib.observations.spreadsheet import fill_cell, fix_times, text_width
from qdlib.observations.workbook import FONT, LINE_HEIGHT
from qdlib.reading.department_cells import is_whole, limit_words
from qdlib.reading.department_form import (
    FORMAT,
    HEADER,
    INPUTS,
    LOCKED,
    META,
    NOT_ASKED,
    STATUSES,
    Asked,
    Meta,
    ProgrammeItem,
    columns_of,
    hash_meaning,
    meta_rows,
    programme_items,
)

WIDTHS = {
    **{"target": 9, "indicator": 40, "name": 30, "year": 7, "unit": 10, "limits": 10, "asks": 36, "value": 13, "published": 13},
    **{
        "status": 9,
        "source": 28,
        "department": 20,
        "list": 22,
        "list_size": 9,
        "definition": 28,
        "note": 24,
        "item": 9,
        "type": 8,
    },
    **{"pillar": 10, "clause": 7, "title": 34, "supporting": 22, "start": 13, "due": 13, "planned": 12, "spent": 12},
}
LARGEST = 1e15  # a number that every spreadsheet program still holds exactly
THIN = Border(*(Side("thin", color="808080"),) * 4)
INPUT_FILL = PatternFill("solid", fgColor="FFF8DC")
WRAPPED = Alignment(wrap_text=True, vertical="top")
CENTRED = Alignment(horizontal="center", vertical="top")
DATE_FORMAT = "yyyy\\-mm\\-dd"


def make_template(
    gaps: Sequence[tuple[str, int]],
    catalogue: Catalogue,
    city: str,
    full_year: int,
    language: str = "zh",
    pillars: Iterable[str] = (),
    items: Iterable[ProgrammeItem] | None = None,
) -> bytes:
    """The workbook as bytes. gaps: target and year of each row; pillars: items of these only, all by default."""
    pillars = tuple(pillars)
    items = [item for item in (programme_items(catalogue) if items is None else items) if not pillars or item.pillar in pillars]
    if not gaps and not items:
        raise DataError("no target and year lacks a public figure here; there is nothing to ask for")
    say = partial(catalogue.say, language=language)
    meta = describe_form(gaps, items, catalogue, city, full_year, language)
    book = Workbook()
    book.properties.title = say("template.title", policy=catalogue.policy.title.in_language(language))
    book.properties.creator, book.properties.language = "qdlib", language
    draw_notes(book.active, gaps, meta, catalogue, bool(items))
    draw_indicators(book.create_sheet(meta.sheets["indicators"]), gaps, meta, catalogue)
    if items:
        draw_programme(book.create_sheet(meta.sheets["programme"]), items, meta, catalogue)
    draw_meta(book.create_sheet(META), meta)
    buffer = io.BytesIO()
    book.save(buffer)
    return fix_times(buffer.getvalue())


def describe_form(gaps, items, catalogue: Catalogue, city: str, full_year: int, language: str) -> Meta:
    """What `_meta` will say."""
    targets = {key: ask(key, gaps, catalogue, language) for key in dict.fromkeys(key for key, _ in gaps)}
    titles = {item.id: item.title.in_language(language) for item in items}
    parts = ("indicators", *(["programme"] if items else []))
    return Meta(
        format=FORMAT,
        policy=catalogue.policy.title.zh,
        catalogue=hash_meaning(catalogue, targets, titles),
        city=catalogue.need_city(city).slug,
        language=language,
        full_year=full_year,
        sheets={part: catalogue.say(f"template.sheet.{part}", language) for part in ("notes", *parts)},
        headings={part: tuple(heading(name, catalogue, language) for name in columns_of(part)) for part in parts},
        targets=targets,
        items=titles,
    )


def ask(key: str, gaps, catalogue: Catalogue, language: str) -> Asked:
    target = catalogue.policy.targets[key]
    indicator = catalogue.indicators[target.indicator]
    name, unit = target.name.in_language(language), catalogue.units[indicator.unit].symbol(language)
    return Asked(key, indicator.id, indicator.unit, name, unit, tuple(year for other, year in gaps if other == key))


def heading(name: str, catalogue: Catalogue, language: str) -> str:
    part, _, number = name.partition("_")
    if number.isdigit():
        return catalogue.say(f"template.head.milestone_{part}", language, number=number)
    return catalogue.say(f"template.head.{name}", language)


# --- sheets -----------------------------------------------------------------------------------------------------------------


def draw_notes(sheet, gaps, meta: Meta, catalogue: Catalogue, programme: bool) -> None:
    say = partial(catalogue.say, language=meta.language)
    sheet.title = meta.sheets["notes"]
    city = catalogue.cities[meta.city].name.in_language(meta.language)
    policy = catalogue.policy
    scope = say("template.scope", city=city, first=policy.base_year, last=meta.full_year, rows=len(gaps))
    notes = [key for key in catalogue.texts if key.startswith("template.note.") and (programme or not key.endswith(".programme"))]
    lines = [say("template.title", policy=policy.title.in_language(meta.language)), scope, *map(say, notes)]
    sheet.column_dimensions["A"].width = 100
    for number, line in enumerate(lines, start=1):
        cell = sheet.cell(number, 1)
        fill_cell(cell, line)
        cell.alignment, cell.font = WRAPPED, Font(name=FONT, bold=number == 1, size=14 if number == 1 else 11)
        sheet.row_dimensions[number].height = (LINE_HEIGHT + 3) * -(-text_width(line) // 100) + (6 if number == 1 else 0)
    protect(sheet)
    set_page(sheet, sheet.PAPERSIZE_A4)


def draw_indicators(sheet, gaps, meta: Meta, catalogue: Catalogue) -> None:
    policy, say = catalogue.policy, partial(catalogue.say, language=meta.language)
    draw_frame(sheet, "indicators", meta, catalogue)
    rules = Rules(sheet, "indicators", say)
    for number, (key, year) in enumerate(gaps, start=HEADER + 1):
        target, asked = policy.targets[key], meta.targets[key]
        indicator, rank = catalogue.indicators[target.indicator], target.kind == "rank"
        open_text = target.open_definition.in_language(meta.language) if target.open_definition else ""
        asks = say("template.asks.rank") if rank else open_text or NOT_ASKED
        locked = (key, asked.indicator, asked.name, year, asked.unit_text, limit_words(indicator), asks)
        closed = [*(() if rank else ("list", "list_size")), *(() if open_text else ("definition",))]
        draw_row(sheet, number, "indicators", locked, closed)
        rules.add_number("value", number, indicator.lower, indicator.upper, is_whole(indicator, catalogue.units[indicator.unit]),
                         say("template.valid.number", limits=limit_words(indicator), unit=asked.unit_text))  # fmt: skip
        rules.add_date("published", number, date(year, 1, 1))
        rules.add_list("status", number, STATUSES)
        for name in ("source", "department"):
            rules.add_text(name, number)
        if rank:
            rules.add_number("list_size", number, 1, None, True, say("template.valid.size"))
    rules.write()


def draw_programme(sheet, items, meta: Meta, catalogue: Catalogue) -> None:
    policy, say = catalogue.policy, partial(catalogue.say, language=meta.language)
    draw_frame(sheet, "programme", meta, catalogue)
    rules = Rules(sheet, "programme", say)
    for number, item in enumerate(items, start=HEADER + 1):
        # Measures that carry the policy out belong to no pillar of it; their section's id says so.
        pillar = policy.pillars[item.pillar].short.in_language(meta.language) if item.pillar in policy.pillars else item.pillar
        locked = (item.id, say(f"template.type.{item.type}"), pillar, item.clause, meta.items[item.id])
        draw_row(sheet, number, "programme", locked, () if item.parts_total else ("parts_done",))
        if item.parts_total:
            rules.add_number("parts_done", number, 0, item.parts_total, True, say("template.valid.parts", total=item.parts_total))
        rules.add_text("department", number)
        for name in INPUTS["programme"]:
            part = name.partition("_")[0]
            if part in ("start", "due", "done"):
                rules.add_date(name, number, date(policy.base_year, 1, 1))
            elif part == "weight":
                rules.add_number(name, number, 0, 1, False, say("template.valid.weight"))
            elif part in ("planned", "spent"):
                rules.add_number(name, number, 0, None, False, say("template.valid.money"))
    rules.write()


def draw_meta(sheet, meta: Meta) -> None:
    for number, (key, value) in enumerate(meta_rows(meta), start=1):
        fill_cell(sheet.cell(number, 1), key)
        fill_cell(sheet.cell(number, 2), value)
    protect(sheet)
    sheet.sheet_state = "hidden"


# --- parts of a sheet -------------------------------------------------------------------------------------------------------


def draw_frame(sheet, part: str, meta: Meta, catalogue: Catalogue) -> None:
    """Title, help, the words locked and fill in, headings, widths, what stays in view and in print."""
    say = partial(catalogue.say, language=meta.language)
    fill_cell(sheet["A1"], meta.sheets[part])
    sheet["A1"].font = Font(name=FONT, bold=True, size=14)
    fill_cell(sheet["A2"], say(f"template.help.{part}"))
    for column, (name, text) in enumerate(zip(columns_of(part), meta.headings[part], strict=True), start=1):
        mark, head = sheet.cell(HEADER - 1, column), sheet.cell(HEADER, column)
        asked = name in ("list", "list_size", "definition", "parts_done") or name.partition("_")[2].isdigit()
        fill_cell(
            mark, say("template.locked" if name in LOCKED[part] else "template.fill_where_asked" if asked else "template.fill")
        )
        fill_cell(head, text)
        mark.font, head.font = Font(name=FONT, italic=True, size=9), Font(name=FONT, bold=True)
        mark.alignment = head.alignment = WRAPPED
        head.border = THIN
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS.get(name) or (
            24 if name[:5] in ("title", "evide") else 12
        )
    sheet.row_dimensions[HEADER].height = 2 * LINE_HEIGHT + 4
    sheet.freeze_panes = f"E{HEADER + 1}"
    sheet.print_title_rows, sheet.print_title_cols = (
        f"{HEADER - 1}:{HEADER}",
        f"A:{get_column_letter(4 if part == 'indicators' else 5)}",
    )
    protect(sheet)
    # Sixteen columns on A4, or twenty-eight on one page, could not be read.
    set_page(sheet, sheet.PAPERSIZE_A3, across=1 if part == "indicators" else 2)


def draw_row(sheet, number: int, part: str, locked: Sequence, closed: Iterable[str]) -> None:
    """One row: its locked values, open input cells, and a dash where nothing is asked for."""
    lines = 1
    for column, name in enumerate(columns_of(part), start=1):
        cell = sheet.cell(number, column)
        cell.alignment, cell.border = CENTRED if name in ("year", "clause") else WRAPPED, THIN
        if column <= len(locked):
            fill_cell(cell, locked[column - 1])
            lines = max(lines, -(-text_width(str(locked[column - 1])) // (WIDTHS[name] - 1)))
        elif name in closed:
            fill_cell(cell, NOT_ASKED)
        else:
            cell.protection, cell.fill = Protection(locked=False), INPUT_FILL
            if name.partition("_")[0] in ("published", "start", "due", "done"):
                cell.number_format = DATE_FORMAT
    if lines > 1:
        sheet.row_dimensions[number].height = LINE_HEIGHT * lines


def protect(sheet) -> None:
    """Protected without password; columns may still be widened and rows made higher."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False  # false: not forbidden


def set_page(sheet, paper: str, across: int = 1) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", paper
    sheet.page_margins.left = sheet.page_margins.right = 0.4  # inches
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = across, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.oddFooter.center.text = "&A  &P / &N"


class Rules:
    """The data validations of a sheet: equal rules share one entry, so that the file stays small."""

    def __init__(self, sheet, part: str, say):
        self.sheet, self.say, self.found = sheet, say, {}
        self.letters = {name: get_column_letter(number) for number, name in enumerate(columns_of(part), start=1)}

    def add(self, name: str, row: int, prompt: str, **rule) -> None:
        self.found.setdefault((name, prompt, tuple(rule.items())), []).append(f"{self.letters[name]}{row}")

    def add_number(self, name: str, row: int, low, high, whole: bool, prompt: str) -> None:
        low, high = (f"{float(limit):.15g}" for limit in (-LARGEST if low is None else low, LARGEST if high is None else high))
        self.add(name, row, prompt, type="whole" if whole else "decimal", operator="between", formula1=low, formula2=high)

    def add_date(self, name: str, row: int, first: date) -> None:
        formula = f"DATE({first.year},{first.month},{first.day})"
        self.add(name, row, self.say("template.valid.date"), type="date", operator="greaterThanOrEqual", formula1=formula)

    def add_list(self, name: str, row: int, words: Iterable[str]) -> None:
        self.add(name, row, self.say(f"template.valid.{name}"), type="list", formula1=f'"{",".join(words)}"')

    def add_text(self, name: str, row: int) -> None:
        self.add(name, row, self.say("template.valid.text"), type="textLength", operator="greaterThanOrEqual", formula1="2")

    def write(self) -> None:
        for (_, prompt, rule), cells in self.found.items():
            check = DataValidation(**dict(rule), allow_blank=True, showErrorMessage=True, showInputMessage=True)
            check.prompt, check.error = prompt, prompt
            for cell in cells:
                check.add(cell)
            self.sheet.add_data_validation(check)
