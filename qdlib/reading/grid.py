"""A sheet, or a region of it, with the kind of every cell: what the inference works on.

Takes a `Sheet` and the unit table; gives kinds (blank, number, year, missing, split, code, unreadable, period, text), parsed
cells and label texts, each computed once. A kind is what the cell alone says; its role in the table is decided elsewhere.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import isfinite

from qdlib.catalogue.units import Unit
from qdlib.reading.cells import NO_FOOTNOTE, TRAILING_LETTER, Parsed, parse_cell, plain_text
from qdlib.reading.labels import LabelText, is_period, parse_year, read_label
from qdlib.reading.sheet import DATES, PLAIN, Sheet, displayed, stored_number, to_range
from qdlib.reading.styles import ERRORS

# Classes such as 15-64, 65+ or 500 - and spans such as 2003/04 or 1990–2008 are words: labels, never damaged figures.
SPAN = re.compile(
    r"^(?:\d{1,3}(?:[ ,]?\d{3})*\s*(?:[-–—~]\s*(?:\d{1,3}(?:[ ,]?\d{3})*)?|\+)|(?:1[89]|20)\d\d/(?:\d{1,4}|[IVX]{1,3})[a-z*]?)$"
)
HAN = re.compile(r"[\u3400-\u9fff]")
# Figures with a decimal comma, and those that only a decimal point or a thousands comma can explain.
DECIMAL_COMMA = re.compile(r"^[+\u2010-\u2015\u2212-]?\s?\d{1,3}(?: ?\d{3})*,(?:\d{1,2}|\d{4,})(?: ?[*\d]\)?)?$")
OTHER_COMMA = re.compile(r"\d[.]\d|\d,\d{3}(?!\d)")
# Latin tables print # or s where a figure is below the smallest unit.
FIGURE = re.compile(r"^[+\u2010-\u2015\u2212-]?\s?\d[\d., ]*$")
TOO_SMALL = frozenset({"#", "s"})
FIRST_YEAR, LAST_YEAR = 1800, 2100
FIGURES = frozenset({"number", "missing", "split"})
LABELS = frozenset({"text", "year", "period", "code"})


@dataclass(frozen=True)
class Conventions:
    """`letters`: footnotes behind figures. `comma`: the comma is the decimal sign. `latin`: no Han letter in the sheet."""

    letters: frozenset[str] = frozenset()
    comma: bool = False
    latin: bool = False


PLAIN_PRINT = Conventions()


class Grid:
    """Cells of `sheet` between the borders (first and last row and column, all included, from 0)."""

    def __init__(self, sheet: Sheet, units: Mapping[str, Unit], box: tuple[int, int, int, int] | None = None):
        self.sheet = sheet
        self.units = units
        self.top, self.left, self.bottom, self.right = box or (0, 0, sheet.height - 1, sheet.width - 1)
        self._texts: dict[tuple[int, int], str] = {}
        self._kinds: dict[int, dict[int, str]] = defaultdict(dict)  # by row, then column: a row is asked for as a whole
        self._parsed: dict[int, dict[int, Parsed]] = defaultdict(dict)
        self._labels: dict[tuple[int, int], LabelText] = {}
        self._filled: dict[int, list[int]] = {}
        self.has_splits = False

    @property
    def rows(self) -> range:
        return range(self.top, self.bottom + 1)

    @property
    def columns(self) -> range:
        return range(self.left, self.right + 1)

    def above(self) -> "Grid":
        """The rows above the region, over the sheet's whole width: titles and unit captions stand there."""
        return Grid(self.sheet, self.units, (0, 0, self.top - 1, self.sheet.width - 1))

    def text(self, row: int, column: int) -> str:
        if (row, column) not in self._texts:
            self._texts[(row, column)] = self.sheet.text(row, column)
        return self._texts[(row, column)]

    def parsed(self, row: int, column: int) -> Parsed:
        line = self._parsed[row]
        if column not in line:
            found = line[column] = parse_stored(self.sheet, row, column, self.conventions)
            self.has_splits |= found.kind == "split"
        return line[column]

    def kind(self, row: int, column: int) -> str:
        """What the cell alone says; a number that is a year stays `year` until its column or row is known."""
        try:
            return self._kinds[row][column]
        except KeyError:
            return self._kinds[row].setdefault(column, self._kind(row, column))

    def kinds(self, row: int, columns: Iterable[int]) -> list[str]:
        """Kinds of some cells of a row."""
        known = self._kinds[row]
        return [known[column] if column in known else self.kind(row, column) for column in columns]

    def rows_of(self, kinds: Container[str], rows: Iterable[int], column: int) -> list[int]:
        """The rows whose cell in a column is of one of the kinds."""
        known = self._kinds
        return [row for row in rows if (known[row].get(column) or self.kind(row, column)) in kinds]

    def _kind(self, row: int, column: int) -> str:
        if self.sheet.value(row, column) is None and not self.sheet.styles.get((row, column)):
            return "blank"
        parsed = self.parsed(row, column)
        if parsed.kind == "number" and not FIRST_YEAR <= parsed.value <= LAST_YEAR:
            return "number"
        if parsed.kind in ("number", "text", "split", "unreadable", "code") and not self.sheet.style(row, column).fault:
            text = self.text(row, column)
            if parse_year(text) is not None:
                return "year"
            if parsed.kind != "number" and is_period(text):
                return "period"
            if parsed.kind == "unreadable" and SPAN.match(text.strip()):
                return "text"
        return parsed.kind

    def names_time(self, row: int, column: int) -> bool:
        """A year, a part of a year, or a number such as 201902 that may be a month code."""
        return self.kind(row, column) in ("year", "period") or is_period(self.text(row, column))

    def label(self, row: int, column: int) -> LabelText:
        if (row, column) not in self._labels:
            self._labels[(row, column)] = read_label(label_source(self.sheet, row, column), self.units)
        return self._labels[(row, column)]

    def filled(self, row: int, columns: Iterable[int] | None = None) -> list[int]:
        """Columns of a row that are not blank."""
        if columns is not None:
            return [column for column in columns if self.kind(row, column) != "blank"]
        if row not in self._filled:
            self._fill_numbers(row)
            pairs = zip(self.columns, self.kinds(row, self.columns), strict=True)
            self._filled[row] = [column for column, kind in pairs if kind != "blank"]
        return self._filled[row]

    def _fill_numbers(self, row: int) -> None:
        """Kinds of a row's plain stored numbers at once: nearly all cells of a large sheet, and no year among them."""
        styles, parsed, kinds = self.sheet.styles, self._parsed[row], self._kinds[row]
        line = self.sheet.values[row] if row < self.sheet.height else ()
        for column, value in enumerate(line[self.left : self.right + 1], self.left):
            if type(value) is float and not FIRST_YEAR <= value <= LAST_YEAR and isfinite(value) and (row, column) not in styles:
                parsed[column] = plain_number(value)
                kinds[column] = "number"

    def where(self, top: int, left: int, bottom: int, right: int) -> str:
        """A1 range of logical borders; physical addresses for folded sheets."""
        if self.sheet.places:
            return f"{self.sheet.a1(top, left)}:{self.sheet.a1(bottom, right)}"
        return to_range(top, left, bottom, right)

    @cached_property
    def conventions(self) -> Conventions:
        """How the whole sheet prints figures, whatever part of it is read: a cell means the same under any region."""
        return find_conventions(self.sheet)


def find_conventions(sheet: Sheet) -> Conventions:
    """Footnote letters stand on three cells or more. The comma is decimal only in a sheet without Han letters, on two cells
    or more, none of which a decimal point or a thousands comma contradicts: Chinese tables never print it, and there 1,3 is damage.
    """
    counts: dict[str, int] = {}
    commas = others = 0
    latin = True
    for line in sheet.values:
        for value in line:
            if not isinstance(value, str):
                continue
            text = plain_text(value)
            latin = latin and not HAN.search(text)
            found = TRAILING_LETTER.search(text) if text[:1] in "+-0123456789" else None
            if found:
                counts[found[1]] = counts.get(found[1], 0) + 1
            commas += bool(DECIMAL_COMMA.match(text))
            others += not DECIMAL_COMMA.match(text) and bool(FIGURE.match(text) and OTHER_COMMA.search(text))
    letters = frozenset(letter for letter, count in counts.items() if count >= 3 and letter not in NO_FOOTNOTE)
    return Conventions(letters, latin and commas >= 2 and commas > 10 * others, latin)


def label_source(sheet: Sheet, row: int, column: int) -> str:
    """A cell's text as a label: a stored 1978.0 is 1978, whatever its number format shows."""
    value = sheet.value(row, column)
    plain = isinstance(value, (int, float)) and not isinstance(value, bool) and not sheet.style(row, column).superscript
    if plain and isfinite(value):
        return format(stored_number(value), "f")
    return sheet.text(row, column)


def plain_number(value: float | int) -> Parsed:
    """A stored number without format: it is shown in full."""
    text = f"{value:.15g}" if type(value) is float and value else "e"
    number = Decimal(text) if "e" not in text else stored_number(value)
    text = text if "e" not in text else format(number, "f")
    point = text.find(".")
    return Parsed("number", text, number, 0 if point < 0 else len(text) - point - 1)


def parse_stored(sheet: Sheet, row: int, column: int, conventions: Conventions = PLAIN_PRINT) -> Parsed:
    """A cell by the number grammar; a stored number counts in full, its displayed text as printed."""
    value, style = sheet.value(row, column), sheet.styles.get((row, column), PLAIN)
    if style is PLAIN and (type(value) is float or type(value) is int) and isfinite(value):
        return plain_number(value)
    shown = displayed(value, style)
    if style.fault:
        return Parsed("unreadable", shown, notes=(f'unreadable "{style.fault}"',))
    if isinstance(value, (bool, *DATES)) or (isinstance(value, float) and not isfinite(value)):
        return Parsed("unreadable", shown, notes=(f'unreadable "{shown}"',))
    if isinstance(value, str) and ERRORS.match(value):
        return Parsed("unreadable", shown, notes=(f'unreadable "{shown}"',))
    if conventions.latin and shown.strip() in TOO_SMALL:
        return Parsed("missing", shown, notes=(f'mark "{shown.strip()}"',), too_small=True)
    if conventions.comma and isinstance(value, str) and DECIMAL_COMMA.match(plain_text(shown)):
        point = parse_cell(plain_text(shown).replace(",", "."), letters=conventions.letters, superscript=style.superscript)
        return point._replace(text=shown, notes=(*point.notes, "decimal comma"))
    parsed = parse_cell(shown, letters=conventions.letters, superscript=style.superscript)
    if value is None or isinstance(value, str):
        return parsed
    return _with_stored(parsed, stored_number(value), shown)


def _with_stored(parsed: Parsed, stored: Decimal, shown: str) -> Parsed:
    """The stored number counts; where the display rounds it, a note keeps what is shown."""
    amount = stored * 100 if parsed.unit in ("%",) else stored
    if parsed.kind != "number":
        return Parsed("number", shown, amount, max(-amount.as_tuple().exponent, 0), notes=(f'shown "{shown}"',))
    if parsed.value == amount:
        return parsed
    return parsed._replace(value=amount, notes=(*parsed.notes, f'shown "{shown}"'))
