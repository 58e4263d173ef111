"""The place in a source where a figure is printed: a window of its sheet as an HTML table, the cell marked.

Takes a source cell; reads the file in data/raw by the project's own reader and gives HTML. The window holds the head of the sheet,
the rows around the cell and the columns beside it, each with its letter and number, so that the cell is found in the file at once.
Does not infer anything: what is a label or a year is the reader's to say.
"""

from qdlib.publishing.blocks import escape
from qdlib.reading.sheet import Sheet
from qdlib.reading.sources import find_raw_file, parse_source_cell, raw_folder, read_sheets

HEAD, BESIDE, AROUND = 5, 4, 4  # rows of the head; columns left and right; rows above and below


def show_excerpt(source_cell: str) -> str:
    """The cell of `qd_yearbook_2023/1-7.xlsx!Sheet1!F12` in its sheet, as a table. SourceError where file, sheet or cell is missing."""
    address = parse_source_cell(source_cell)
    sheet = read_sheets(find_raw_file(address.edition, address.file, raw_folder()), address.sheet)[0]
    row, column = sheet.locate(address.cell)
    return excerpt_table(sheet, row, column, f"{address.edition}/{address.file} · {address.sheet} · {address.cell}")


def excerpt_table(sheet: Sheet, row: int, column: int, caption: str) -> str:
    rows = sorted({*range(min(HEAD, sheet.height)), *range(max(row - AROUND, 0), min(row + AROUND + 1, sheet.height))})
    columns = sorted({0, *range(max(column - BESIDE, 0), min(column + BESIDE + 1, sheet.width))})
    letters = "".join(f'<th scope="col">{letter_of(sheet, row, place)}</th>' for place in columns)
    body, before = [], -1
    for place in rows:
        if place > before + 1:
            body.append(f'<tr class="gap"><td colspan="{len(columns) + 1}">⋮</td></tr>')
        cells = "".join(excerpt_cell(sheet, place, each, (place, each) == (row, column)) for each in columns)
        body.append(f'<tr><th scope="row">{number_of(sheet, place, column)}</th>{cells}</tr>')
        before = place
    return f'<table class="excerpt"><caption>{escape(caption)}</caption><tr><td></td>{letters}</tr>{"".join(body)}</table>'


def excerpt_cell(sheet: Sheet, row: int, column: int, marked: bool) -> str:
    text = escape(sheet.text(row, column)) if row < sheet.height else ""
    return f'<td class="marked"><mark>{text}</mark></td>' if marked else f"<td>{text}</td>"


def letter_of(sheet: Sheet, row: int, column: int) -> str:
    return sheet.a1(row, column).rstrip("0123456789")


def number_of(sheet: Sheet, row: int, column: int) -> str:
    return sheet.a1(row, column).lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
