"""Sums within printed rounding: what figures say about each other.

Takes a `Grid` and places; says whether figures add up. A figure with d decimals is the interval v ± ½·10⁻ᵈ, a sum holds if the
intervals meet. Few columns or few digits meet by chance, so both have a floor. Decides nothing about labels.
"""

from collections.abc import Sequence
from decimal import Decimal

from qdlib.reading.grid import Grid

# Sums over fewer columns or digits meet by chance: 12 = 5 + 7 says nothing.
LEAST_COLUMNS, LEAST_DIGITS = 3, 8


def sum_of(grid: Grid, places: Sequence[tuple[int, int]]) -> tuple[Decimal, Decimal] | None:
    """Sum and rounding half-width of cells; a missing mark counts as nothing, anything else that is no number as unknown."""
    total, half = Decimal(0), Decimal(0)
    for row, column in places:
        parsed = grid.parsed(row, column)
        if parsed.kind in ("missing", "blank"):
            continue
        if parsed.kind != "number":
            return None
        total += parsed.value
        half += Decimal("0.5").scaleb(-parsed.decimals)
    return total, half


def adds_up(grid: Grid, whole: int, parts: Sequence[int], columns: Sequence[int]) -> bool:
    """The rows `parts` add up to the row `whole` in every column that has figures, with enough of them to be no chance."""
    digits = held = 0
    for column in columns:
        total = grid.parsed(whole, column)
        found = sum_of(grid, [(row, column) for row in parts])
        if total.kind != "number" or found is None:
            continue
        slack = found[1] + Decimal("0.5").scaleb(-total.decimals)
        if not found[0] or abs(total.value - found[0]) > slack:
            return False
        held += 1
        digits += len(total.value.normalize().as_tuple().digits)
    return held >= LEAST_COLUMNS and digits >= LEAST_DIGITS


class Sums:
    """Sums over the columns that can be added; what was checked is counted, because few digits meet by chance."""

    def __init__(self, grid: Grid, columns: Sequence[int]):
        self.grid, self.columns = grid, columns
        self.checks = self.digits = 0

    def hold(self, whole: int, parts: Sequence[int]) -> bool:
        """The rows `parts` add up to `whole` in each column where all of them are known; a single part must be equal."""
        checks = digits = 0
        for column in self.columns:
            total = self.grid.parsed(whole, column)
            found = sum_of(self.grid, [(row, column) for row in parts])
            if total.kind != "number" or not total.value or found is None or not found[0]:
                continue
            slack = found[1] + Decimal("0.5").scaleb(-total.decimals) if len(parts) > 1 else Decimal(0)
            if abs(total.value - found[0]) > slack:
                return False
            checks += 1
            digits += len(total.value.normalize().as_tuple().digits)
        self.checks += checks
        self.digits += digits
        return checks > 0

    def exceed(self, row: int, whole: int) -> bool:
        """The row is larger than `whole` in every column, three at least: it is no part of it."""
        pairs = [(self.grid.parsed(row, column), self.grid.parsed(whole, column)) for column in self.columns]
        known = [(part.value, total.value) for part, total in pairs if part.kind == total.kind == "number"]
        return len(known) >= LEAST_COLUMNS and all(part > total for part, total in known)

    @property
    def support(self) -> bool:
        """Enough sums held to be no chance."""
        return self.checks >= LEAST_COLUMNS and self.digits >= LEAST_DIGITS
