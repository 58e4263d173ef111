"""Tables as shown -> files: CSV, one workbook, the executed notebook.

Takes the payloads behind a page's tables; gives bytes, the same for the same content. CSV opens in Excel with its Chinese
intact (byte order mark), text that a spreadsheet would run as a formula stays text, numbers stay numbers in full precision.
Made from what the page shows, so that page and file agree.
"""

import copy
import io
import json

from qdlib.observations.spreadsheet import csv_text, fill_cell, fix_times, name_sheet, text_width

NOTEBOOK_CLOCKS = ("papermill", "execution")  # metadata with times and with paths of this machine
INJECTED = "injected-parameters"  # papermill's tag of the cell that holds the values


def heading_of(column: dict) -> str:
    return f"{column['heading']} ({column['unit']})" if column["unit"] else column["heading"]


def file_columns(payload: dict) -> list[int]:
    """Columns that go into files: all but those that only state decimals."""
    return [number for number, column in enumerate(payload["columns"]) if column["type"] != "decimals"]


def make_csv(payload: dict) -> bytes:
    numbers = file_columns(payload)
    header = [heading_of(payload["columns"][number]) for number in numbers]
    text = csv_text([header, *([row[number] for number in numbers] for row in payload["rows"])], line_end="\r\n")
    return b"\xef\xbb\xbf" + text.encode("utf-8")


def make_workbook(payloads: list[dict], about: list[tuple[str, str]], about_title: str) -> bytes:
    """One sheet of facts about the page, then a sheet per table."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    first = book.active
    first.title = about_title
    for pair in about:
        _append(first, pair)
    names = {about_title.lower()}
    for payload in payloads:
        sheet = book.create_sheet(name_sheet(payload["id"], names))
        names.add(sheet.title.lower())
        numbers = file_columns(payload)
        _append(sheet, [heading_of(payload["columns"][number]) for number in numbers])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "B2"
        for row in payload["rows"]:
            _append(sheet, [row[number] for number in numbers])
    for sheet in book.worksheets:
        _set_widths(sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return fix_times(buffer.getvalue())


def _append(sheet, values) -> None:
    row = sheet.max_row + 1 if sheet.max_row > 1 or sheet["A1"].value is not None else 1
    for number, value in enumerate(values, start=1):
        fill_cell(sheet.cell(row, number), value)


def _set_widths(sheet) -> None:
    """Column widths by the longest text, a CJK character counting twice."""
    for cells in sheet.iter_cols():
        longest = max((text_width(str(cell.value or "")) for cell in cells), default=8)
        sheet.column_dimensions[cells[0].column_letter].width = min(max(longest + 2, 9), 60)


def clean_notebook(notebook: dict) -> dict:
    """The executed notebook without clock times, paths of the machine that ran it, and the random id of papermill's own cell."""
    cleaned = copy.deepcopy(dict(notebook))
    for holder in (cleaned, *cleaned["cells"]):
        for name in NOTEBOOK_CLOCKS:
            holder["metadata"].pop(name, None)
    for cell in cleaned["cells"]:
        if INJECTED in cell["metadata"].get("tags", ()):
            cell["id"] = INJECTED
    return cleaned


def make_notebook(notebook: dict) -> bytes:
    return (json.dumps(clean_notebook(notebook), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")
