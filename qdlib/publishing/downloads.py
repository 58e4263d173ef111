"""Tables as shown -> files: CSV, one workbook, the executed notebook.

Takes the payloads behind a page's tables; gives bytes, the same for the same content. CSV opens in Excel with its Chinese
intact (byte order mark), text that a spreadsheet would run as a formula stays text, numbers stay numbers in full precision.
Made from what the page shows, so that page and file agree.
"""

import copy
import csv
import io
import json
import re
import zipfile

FORMULA = ("=", "+", "-", "@", "\t", "\r")
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can hold; a clock would make each run differ
FIXED_STAMP = "1980-01-01T00:00:00Z"
NOTEBOOK_CLOCKS = ("papermill", "execution")  # metadata with times and with paths of this machine


def heading_of(column: dict) -> str:
    return f"{column['heading']} ({column['unit']})" if column["unit"] else column["heading"]


def as_text(value) -> str:
    """A cell of CSV: numbers in shortest exact form; an apostrophe stops text from being run as a formula."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return repr(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else repr(value)


def file_columns(payload: dict) -> list[int]:
    """Columns that go into files: all but those that only state decimals."""
    return [number for number, column in enumerate(payload["columns"]) if column["type"] != "decimals"]


def make_csv(payload: dict) -> bytes:
    buffer, numbers = io.StringIO(newline=""), file_columns(payload)
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([as_text(heading_of(payload["columns"][number])) for number in numbers])
    writer.writerows([as_text(row[number]) for number in numbers] for row in payload["rows"])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")


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
        sheet = book.create_sheet(_sheet_name(payload["id"], names))
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
    return _without_clock(buffer.getvalue())


def _append(sheet, values) -> None:
    row = sheet.max_row + 1 if sheet.max_row > 1 or sheet["A1"].value is not None else 1
    for number, value in enumerate(values, start=1):
        cell = sheet.cell(row, number)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"  # openpyxl takes text that begins with = for a formula
            cell.quotePrefix = value.startswith(FORMULA)


def _sheet_name(id: str, taken: set[str]) -> str:
    name = re.sub(r"[\[\]:*?/\\]", "_", id)[:31]
    number = 1
    while name.lower() in taken:
        number += 1
        name = f"{id[:28]}_{number}"
    taken.add(name.lower())
    return name


def _set_widths(sheet) -> None:
    """Column widths by the longest text, a CJK character counting twice."""
    for cells in sheet.iter_cols():
        longest = max((sum(2 if ord(sign) > 0x2E80 else 1 for sign in str(cell.value or "")) for cell in cells), default=8)
        sheet.column_dimensions[cells[0].column_letter].width = min(max(longest + 2, 9), 60)


def _without_clock(content: bytes) -> bytes:
    """The workbook with fixed times: openpyxl writes the clock into the properties and into the archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", FIXED_STAMP.encode(), part)
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, part)
    return buffer.getvalue()


def clean_notebook(notebook: dict) -> dict:
    """The executed notebook without clock times and paths of the machine that ran it."""
    cleaned = copy.deepcopy(dict(notebook))
    for holder in (cleaned, *cleaned["cells"]):
        for name in NOTEBOOK_CLOCKS:
            holder["metadata"].pop(name, None)
    return cleaned


def make_notebook(notebook: dict) -> bytes:
    return (json.dumps(clean_notebook(notebook), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")
