"""What every file for a spreadsheet needs: text that stays text, numbers that stay exact, the same bytes each time.

Takes values; gives CSV fields, cells of a workbook, sheet names. One place for the exports and for the downloads of pages.
CSV: text that a spreadsheet would run as a formula gets an apostrophe in front, and so does text that begins with an apostrophe,
so that dropping one leading apostrophe reads every field back exactly. A plain number as text (-1.7) runs nothing and stays.
Workbook: openpyxl rounds to 16 digits and cuts text at 32,767 characters without a word; here numbers go in as their shortest
exact text, and longer text is refused. Knows nothing of observations.
"""

import io
import math
import re
import zipfile
from collections.abc import Iterable

from qdlib.errors import DataError

# Blanks before the sign do not disarm it; some versions run the full-width forms, which Chinese input methods type.
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
PLAIN_NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?")
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip file can hold; a clock would make each run differ
FIXED_STAMP = "1980-01-01T00:00:00Z"
CELL_LENGTH, SHEET_NAME_LENGTH = 32_767, 31  # Excel's limits
# XML cannot hold these; the file format writes them as _xHHHH_, and escapes text that looks like that.
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def runs_as_formula(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula."""
    return bool(FORMULA.match(text)) and not PLAIN_NUMBER.fullmatch(text)


def guard_text(text: str) -> str:
    """The text with an apostrophe in front where it would run, or would be mistaken for guarded text."""
    return f"'{text}" if text.startswith("'") or runs_as_formula(text) else text


def restore_text(field: str) -> str:
    """The text behind a guarded field."""
    return field.removeprefix("'")


def number_text(value: float) -> str:
    """The shortest text that reads back as exactly this number; DataError for infinity and NaN, which no format can hold."""
    if not math.isfinite(value):
        raise DataError(f"{value!r} is no figure, expected a finite number or None")
    whole = isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e15)
    return str(int(value)) if whole else repr(float(value))


def field_text(value) -> str:
    """A CSV field before quoting; empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return guard_text(value) if isinstance(value, str) else number_text(value)


def csv_text(rows: Iterable[Iterable], line_end: str = "\n") -> str:
    """Rows as CSV. The csv module leaves a lone carriage return without quotes when lines end otherwise, so quoting is done here."""
    return "".join(",".join(quote_field(field_text(value)) for value in row) + line_end for row in rows)


def quote_field(field: str) -> str:
    return '"' + field.replace('"', '""') + '"' if any(sign in field for sign in ',"\r\n') else field


def fill_cell(cell, value) -> None:
    """Put a value into a cell of openpyxl: text never becomes a formula, numbers keep every digit."""
    if isinstance(value, str):
        cell.value = cell_text(value)
        cell.data_type = "s"  # openpyxl takes text that begins with = for a formula, and #N/A for an error
        if runs_as_formula(value):
            cell.quotePrefix = True  # or Excel runs it once somebody edits the cell
    elif value is None or isinstance(value, bool):
        cell.value = value
    else:
        cell.value = number_text(value)
        cell.data_type = "n"


def cell_text(text: str) -> str:
    """The text as the file format holds it; DataError where a cell cannot hold so much."""
    escaped = escape_text(text)
    if len(escaped) > CELL_LENGTH:
        raise DataError(f"text of {len(escaped):,} characters does not fit a cell, {CELL_LENGTH:,} do: {text[:40]!r}…; use CSV")
    return escaped


def escape_text(text: str) -> str:
    """The text without signs that XML cannot hold, as the file format writes them."""
    return UNWRITABLE.sub(lambda sign: f"_x{ord(sign.group()):04X}_", text)


def name_sheet(wanted: str, taken: set[str]) -> str:
    """A sheet name like the one wanted that Excel accepts and that is not taken; `taken` holds lower-case names."""
    clean = cut_name(FORBIDDEN.sub("_", wanted), SHEET_NAME_LENGTH)
    name, number = clean, 1
    while name.lower() in taken:
        number += 1
        name = f"{cut_name(clean, SHEET_NAME_LENGTH - 1 - len(str(number)))}_{number}"
    return name


def cut_name(name: str, length: int) -> str:
    """At most so many characters, an ellipsis where some are missing; no apostrophe or blank may stand outside."""
    name = name.strip("' ")
    return (name if len(name) <= length else name[: length - 1].rstrip("' ") + "…") or "_"


def text_width(text: str) -> int:
    """Width in characters, a CJK sign counting twice."""
    return len(text) if text.isascii() else sum(2 if ord(sign) > 0x2E80 else 1 for sign in text)


def fix_times(content: bytes) -> bytes:
    """A workbook with fixed times: openpyxl writes the clock into the properties and into the archive."""
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
