"""A grid of cells with addresses: what every format becomes before anything is inferred.

Takes what the format modules found; gives `Sheet`, and `Cell` made on demand. Rows and columns count from 0 inside the package
and are shown as A1. A folded sheet (scraped CSV) has a logical grid; `places` keeps the physical address of each cell, because a
value must be found again with an ordinary reader. No inference happens here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import isfinite

from qdlib.errors import SourceError

Place = tuple[int, int]
DATES = (date, datetime, time, timedelta)


@dataclass(frozen=True)
class Style:
    """How a cell is printed; `superscript` is text that was cut off the value, `fault` why the value cannot be trusted."""

    number_format: str = "General"
    bold: bool = False
    indent: int = 0
    superscript: str = ""
    text: str | None = None
    fault: str = ""


PLAIN = Style()


@dataclass(frozen=True)
class Cell:
    """One cell: stored value, text as displayed, address, rows and columns that it spans."""

    a1: str
    value: object
    text: str
    style: Style
    span: tuple[int, int] = (1, 1)


@dataclass(frozen=True)
class Sheet:
    """A sheet as stored. `values[row][column]` is None, text, a number, a bool or a date; rows may differ in length.

    `places`: the physical address of each cell of a logical grid; `scraped` says whether that grid was folded from a scrape, which
    loses spans, or stacked from blocks side by side.

    `preface`: lines that stand before the grid (HTML), read as captions of its first table.
    """

    file: str
    name: str
    sha256: str
    encoding: str
    values: tuple[tuple[object, ...], ...]
    places: tuple[tuple[Place, ...], ...] | None = None
    merges: Mapping[Place, tuple[int, int]] = field(default_factory=dict)
    styles: Mapping[Place, Style] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    preface: tuple[str, ...] = ()
    scraped: bool = True

    @property
    def height(self) -> int:
        return len(self.values)

    @property
    def width(self) -> int:
        return max((len(row) for row in self.values), default=0)

    @property
    def folded(self) -> bool:
        return self.places is not None and self.scraped

    def value(self, row: int, column: int) -> object:
        """The stored value, None outside the grid."""
        return self.values[row][column] if row < len(self.values) and column < len(self.values[row]) else None

    def style(self, row: int, column: int) -> Style:
        return self.styles.get((row, column), PLAIN)

    def text(self, row: int, column: int) -> str:
        """The cell as displayed; empty where it is blank."""
        return displayed(self.value(row, column), self.style(row, column))

    def a1(self, row: int, column: int) -> str:
        """The physical address of a logical cell."""
        if self.places and row < len(self.places) and column < len(self.places[row]):
            return to_a1(*self.places[row][column])
        return to_a1(row, column)

    def addresses(self, row: int, columns: Sequence[int]) -> list[str]:
        """Physical addresses of some cells of a row."""
        if self.places:
            return [self.a1(row, column) for column in columns]
        number = str(row + 1)
        return [_letters(column) + number for column in columns]

    def cell(self, row: int, column: int) -> Cell:
        value = self.value(row, column)
        style = self.style(row, column)
        return Cell(self.a1(row, column), value, displayed(value, style), style, self.merges.get((row, column), (1, 1)))

    def locate(self, a1: str) -> Place:
        """Logical row and column of a physical address. Raises SourceError where the sheet has no such cell."""
        wanted = from_a1(a1)
        if not self.places:
            return wanted
        for row, line in enumerate(self.places):
            if wanted in line:
                return row, line.index(wanted)
        raise SourceError(f"{self.file}!{self.name} has no cell {a1}")


def to_a1(row: int, column: int) -> str:
    return f"{_letters(column)}{row + 1}"


@lru_cache(maxsize=16384)
def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def from_a1(a1: str) -> Place:
    """Row and column from 0. Raises SourceError on anything that is no address."""
    found = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})", a1.strip())
    if not found:
        raise SourceError(f"{a1!r} is no cell address; expected letters and a row such as F12")
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def from_range(region: str) -> tuple[int, int, int, int]:
    """First row, first column, last row, last column of `A1:Z99`."""
    first, colon, last = region.partition(":")
    top, left = from_a1(first)
    bottom, right = from_a1(last if colon else first)
    if bottom < top or right < left:
        raise SourceError(f"the range {region!r} runs backwards; expected top left to bottom right, such as A3:G33")
    return top, left, bottom, right


def to_range(top: int, left: int, bottom: int, right: int) -> str:
    return f"{to_a1(top, left)}:{to_a1(bottom, right)}"


def displayed(value: object, style: Style = PLAIN) -> str:
    """A stored value as the program that made the file shows it, without superscripts."""
    if style.text is not None:
        return style.text
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, DATES) or not isfinite(value):
        return str(value)
    return shown_number(stored_number(value), style.number_format)


def stored_number(value: float | int) -> Decimal:
    """A stored number at 15 significant digits, as spreadsheet programs keep it: 128.69899999999998 is 128.699."""
    if isinstance(value, int) or float(value).is_integer():
        return Decimal(int(value))
    text = f"{value:.15g}"
    return Decimal(text) if "e" not in text else Decimal(format(Decimal(text), "f"))


def shown_number(number: Decimal, number_format: str) -> str:
    """A number under a format such as `0.00`, `#,##0` or `0.0%`; other formats show it in full."""
    plan = _plan(number_format)
    if plan is None:
        return format(number, "f")
    decimals, percent, grouped = plan
    amount = number * 100 if percent else number
    if amount.adjusted() + len(decimals) > 26:
        return format(number, "f")
    amount = amount.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    text = format(amount, ",f" if grouped else "f")
    for digit in reversed(decimals):
        if digit == "0" or not text.endswith("0"):
            break
        text = text[:-1]
    return text.removesuffix(".") + percent


@lru_cache(maxsize=1024)
def _plan(number_format: str) -> tuple[str, str, bool] | None:
    """Decimal digits, percent sign and grouping of a format; None where it shows numbers in full."""
    if number_format in ("", "General", "@"):
        return None
    pattern = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", number_format.split(";")[0]).strip()
    found = re.fullmatch(r"[#0,? ]*?(?:[.]([0#?]+))?(%?)", pattern)
    if not found or not re.search(r"[0#]", pattern):
        return None
    return found[1] or "", found[2], "," in pattern
