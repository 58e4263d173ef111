"""A sheet, or a region of it, with the kind of every cell: what the inference works on.

Takes a `Sheet` and the unit table; gives kinds (blank, number, year, missing, split, code, unreadable, period, text), parsed
cells and label texts, each computed once. A kind is what the cell alone says; its role in the table is decided elsewhere.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from math import isfinite

from qdlib.catalogue.units import Unit
from qdlib.reading.cells import NO_FOOTNOTE, TRAILING_LETTER, Parsed, parse_cell, plain_text
from qdlib.reading.labels import LabelText, is_period, parse_year, read_label
from qdlib.reading.sheet import DATES, Sheet, displayed, stored_number, to_range
from qdlib.reading.styles import ERRORS

# Classes such as 15-64 or 65+ are words: a label in the stub, never a damaged figure.
SPAN = re.compile(r"^\d{1,4}\s*(?:[-–—~]\s*\d{1,4}|\+)$")
FIGURES = frozenset({"number", "missing", "split"})
LABELS = frozenset({"text", "year", "period", "code"})


class Grid:
    """Cells of `sheet` between the borders (first and last row and column, all included, from 0)."""

    def __init__(self, sheet: Sheet, units: Mapping[str, Unit], box: tuple[int, int, int, int] | None = None):
        self.sheet = sheet
        self.units = units
        self.top, self.left, self.bottom, self.right = box or (0, 0, sheet.height - 1, sheet.width - 1)
        self._texts: dict[tuple[int, int], str] = {}
        self._kinds: dict[tuple[int, int], str] = {}
        self._parsed: dict[tuple[int, int], Parsed] = {}
        self._labels: dict[tuple[int, int], LabelText] = {}

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
        if (row, column) not in self._parsed:
            self._parsed[(row, column)] = parse_stored(self.sheet, row, column, self.letters)
        return self._parsed[(row, column)]

    def kind(self, row: int, column: int) -> str:
        """What the cell alone says; a number that is a year stays `year` until its column or row is known."""
        if (row, column) not in self._kinds:
            self._kinds[(row, column)] = self._kind(row, column)
        return self._kinds[(row, column)]

    def _kind(self, row: int, column: int) -> str:
        if self.sheet.value(row, column) is None and not self.sheet.styles.get((row, column)):
            return "blank"
        parsed = self.parsed(row, column)
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
        return [column for column in (self.columns if columns is None else columns) if self.kind(row, column) != "blank"]

    def where(self, top: int, left: int, bottom: int, right: int) -> str:
        """A1 range of logical borders; physical addresses for folded sheets."""
        if self.sheet.folded:
            return f"{self.sheet.a1(top, left)}:{self.sheet.a1(bottom, right)}"
        return to_range(top, left, bottom, right)

    @cached_property
    def letters(self) -> frozenset[str]:
        """Latin letters behind numbers on three cells or more: footnotes, unless they are digits misread."""
        counts: dict[str, int] = {}
        for row in self.rows:
            for column in self.columns:
                found = TRAILING_LETTER.search(plain_text(self.text(row, column)))
                if found:
                    counts[found[1]] = counts.get(found[1], 0) + 1
        return frozenset(letter for letter, count in counts.items() if count >= 3 and letter not in NO_FOOTNOTE)


def label_source(sheet: Sheet, row: int, column: int) -> str:
    """A cell's text as a label: a stored 1978.0 is 1978, whatever its number format shows."""
    value = sheet.value(row, column)
    plain = isinstance(value, (int, float)) and not isinstance(value, bool) and not sheet.style(row, column).superscript
    if plain and isfinite(value):
        return format(stored_number(value), "f")
    return sheet.text(row, column)


def parse_stored(sheet: Sheet, row: int, column: int, letters: frozenset[str] = frozenset()) -> Parsed:
    """A cell by the number grammar; a stored number counts in full, its displayed text as printed."""
    value, style = sheet.value(row, column), sheet.style(row, column)
    shown = displayed(value, style)
    if style.fault:
        return Parsed("unreadable", shown, notes=(f'unreadable "{style.fault}"',))
    if isinstance(value, (bool, *DATES)) or (isinstance(value, float) and not isfinite(value)):
        return Parsed("unreadable", shown, notes=(f'unreadable "{shown}"',))
    if isinstance(value, str) and ERRORS.match(value):
        return Parsed("unreadable", shown, notes=(f'unreadable "{shown}"',))
    parsed = parse_cell(shown, letters=letters, superscript=style.superscript)
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
    return replace(parsed, value=amount, notes=(*parsed.notes, f'shown "{shown}"'))
