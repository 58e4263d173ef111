"""One input cell of a department workbook: the figure, date or text that it holds, or the fault that it has.

Takes a cell as stored (value and whether a formula stands behind it); gives its content, and puts each fault on the list. A figure
must be a number cell: text such as 1.3万, a share typed as fraction, a figure far beyond its target are faults at the cell, never
repaired. Decimals are those of the stored number, or of the cell's fixed format where that shows more; a trailing zero that the
spreadsheet dropped makes the rounding interval wider, never narrower.
"""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from openpyxl.utils import get_column_letter

from qdlib.catalogue.indicators import Indicator
from qdlib.catalogue.policy import Target
from qdlib.catalogue.units import Unit
from qdlib.reading.department_form import Fault

FIXED_FORMAT = re.compile(r"(?:#,##)?0\.(0{1,6})(?:_ )?")
MOST_DECIMALS = 6  # more are the residue of a calculation
FAR_BEYOND = 100  # times its target: no figure, but a unit ten thousand times smaller


@dataclass(frozen=True)
class Entry:
    """One cell: where it is, what is stored, whether a formula made it, its number format."""

    sheet: str
    cell: str
    value: object
    formula: bool
    shown: str

    def fault(self, kind: str, expected: str = "") -> Fault:
        return Fault(kind, self.sheet, self.cell, show(self.value), expected)


class Line:
    """One row of a sheet by column name; `faults` is the list of the whole file."""

    def __init__(self, sheet: str, number: int, names: tuple[str, ...], stored, formulas, faults: list[Fault]):
        self.number, self.faults = number, faults
        self.cells = {}
        for position, name in enumerate(names, start=1):
            cell, behind = stored.cell(number, position), formulas.cell(number, position)
            value = cell.value.strip() or None if isinstance(cell.value, str) else cell.value
            address = f"{get_column_letter(position)}{number}"
            self.cells[name] = Entry(sheet, address, value, behind.data_type == "f", cell.number_format)

    def __getitem__(self, name: str) -> object:
        return self.cells[name].value

    @property
    def empty(self) -> bool:
        return all(entry.value is None and not entry.formula for entry in self.cells.values())

    def blame(self, name: str, kind: str, expected: str = "") -> None:
        self.faults.append(self.cells[name].fault(kind, expected))


def show(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat(" ")
    return "" if value is None else str(value)


def read_number(line: Line, name: str) -> int | float | None:
    """The number of a cell; None where it is empty or none, with its fault."""
    entry = line.cells[name]
    value = entry.value
    if value is None:
        if entry.formula:
            line.blame(name, "formula_without_value")
        return None
    if isinstance(value, bool) or isinstance(value, (date, datetime)):
        line.blame(name, "no_number")
    elif isinstance(value, str):
        kind = "error_value" if value.startswith("#") else "number_as_text" if re.search(r"\d", value) else "no_number"
        line.blame(name, kind)
    elif isinstance(value, (int, float)) and math.isfinite(value):
        return value
    else:
        line.blame(name, "no_number")
    return None


def count_decimals(entry: Entry) -> int:
    own = max(0, -Decimal(repr(entry.value)).normalize().as_tuple().exponent)
    shown = FIXED_FORMAT.fullmatch(entry.shown or "")
    return max(own, len(shown[1])) if shown else own


def read_figure(line: Line, target: Target, indicator: Indicator, unit: Unit) -> tuple[float, int] | None:
    """The figure and its decimals; None where the cell is empty, or has a fault."""
    value = read_number(line, "value")
    if value is None:
        return None
    entry, before = line.cells["value"], len(line.faults)
    decimals = count_decimals(entry)
    low, high = indicator.lower, indicator.upper
    limits = limit_words(indicator)
    if low is not None and value < low:
        line.blame("value", "below_limit", limits)
    elif high is not None and value > high:
        line.blame("value", "above_limit", limits)
    elif is_fraction(value, target, unit):
        line.blame("value", "fraction_for_percent", f"{value * 100:g}")
    elif is_whole(indicator, unit) and value != int(value):
        line.blame("value", "not_whole")
    elif decimals > MOST_DECIMALS:
        line.blame("value", "too_many_decimals", str(MOST_DECIMALS))
    elif target.value and target.kind != "rank" and value > FAR_BEYOND * target.value:
        line.blame("value", "far_beyond_target", f"{float(target.value):g} {unit.zh[0]}")
    return None if len(line.faults) > before else (float(value), decimals)


def limit_words(indicator: Indicator) -> str:
    """The limits as 0–100, ≥ 0 or ≤ 100; a dash where there are none."""
    low, high = (None if limit is None else f"{float(limit):g}" for limit in (indicator.lower, indicator.upper))
    if low is not None and high is not None:
        return f"{low}–{high}"
    return f"≥ {low}" if low is not None else f"≤ {high}" if high is not None else "—"


def is_fraction(value: float, target: Target, unit: Unit) -> bool:
    """Whether a share was typed as a fraction: at most 1, and a hundred times as much is nearer to the target."""
    if unit.id != "percent" or not 0 < value <= 1 or not target.value:
        return False
    goal = float(target.value)
    return abs(math.log(100 * value / goal)) < abs(math.log(value / goal))


def is_whole(indicator: Indicator, unit: Unit) -> bool:
    """Whether the unit counts single things; a figure in ten thousands may have decimals."""
    return indicator.kind in ("stock", "count", "rank") and indicator.decimals == 0 and unit.factor == 1


def read_date(line: Line, name: str, latest: str, *, needed: bool = False) -> str | None:
    """The day as YYYY-MM-DD; None where it is missing or none, with its fault. latest: the day of the report."""
    entry = line.cells[name]
    if entry.value is None:
        if entry.formula:
            line.blame(name, "formula_without_value")
        elif needed:
            line.blame(name, "date_missing")
        return None
    if not isinstance(entry.value, (date, datetime)):
        line.blame(name, "no_date")
        return None
    day = entry.value.date() if isinstance(entry.value, datetime) else entry.value
    if latest and day.isoformat() > latest:
        line.blame(name, "future_date", latest)
        return None
    return day.isoformat()


def read_text(line: Line, name: str, missing: str = "") -> str:
    """The text of a cell; `missing` is the fault of an empty one, none where it may be empty."""
    value = line[name]
    if value is None:
        if missing:
            line.blame(name, missing)
        return ""
    if not isinstance(value, str) or value.startswith("#"):
        line.blame(name, "no_text")
        return ""
    return value
