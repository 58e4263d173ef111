"""How much a verdict hangs on choices and rounding, and whether the newest figure may change it at all.

Takes a frame of variants (one row each, the declared one first, a column per choice and the word that follows), figures and paths;
gives `Stability`, the range of S within rounding, and the jump gate. It judges no target itself: `targets` does, once per variant.
Binding: a variant that cannot be computed is no variant. The most sensitive choice is the one whose change, alone and from the declared
variant, changes the word most often; a tie is broken by all pairs of variants that differ in that choice alone.
Source of the gate's scale: the median absolute deviation times 1.4826, consistent for a normal distribution (F. Hampel, 1974). The
six deviations and the factor of two are this project's: Statistics Canada's 13.6 → 46.2 within one indicator looks like a wrong row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product
from statistics import median

import numpy as np
import pandas as pd

from qdlib.analysis.paths import Path
from qdlib.analysis.schedule import coefficient, schedule_word
from qdlib.errors import DataError

MARKS = ((0.80, "plain"), (0.60, "approximate"), (0.0, "doubtful"))
DEVIATIONS, MAD_TO_SIGMA, LEAST_CHANGES = 6.0, 1.4826, 5
MOST_FACTOR = 2.0
SLACK = 1e-9


@dataclass(frozen=True)
class Stability:
    """`same` of `variants` give the declared word; mark plain, approximate (~) or doubtful (存疑); the choice that decides most."""

    word: str
    same: int
    variants: int
    sensitive_to: str | None

    @property
    def share(self) -> float:
        return self.same / self.variants

    @property
    def mark(self) -> str:
        return next(mark for cut, mark in MARKS if self.share >= cut - SLACK)


def measure_stability(variants: pd.DataFrame) -> Stability:
    """Stability of the word in the first row, the declared variant; columns: one per choice, and `word`."""
    known = variants[variants["word"].notna()].reset_index(drop=True)
    if known.empty or pd.isna(variants["word"].iloc[0]):
        raise DataError("stability: the declared variant has no word, expected one in the first row")
    declared = known["word"].iloc[0]
    same = int((known["word"] == declared).sum())
    choices = [name for name in variants.columns if name != "word"]
    flips = {choice: (flips_from_declared(known, choice), flips_in_pairs(known, choice)) for choice in choices}
    worst = max(flips, key=flips.get, default=None)
    return Stability(declared, same, len(known), worst if worst and flips[worst] > (0.0, 0.0) else None)


def differs_only(one: pd.Series, other: pd.Series, choice: str) -> bool:
    """True where two variants differ in this choice and in no other."""
    return all((one[name] != other[name]) == (name == choice) for name in one.index if name != "word")


def flips_from_declared(variants: pd.DataFrame, choice: str) -> float:
    """Share of the variants one step from the declared one, in this choice, that have another word."""
    first = variants.iloc[0]
    near = [row["word"] != first["word"] for _, row in variants.iterrows() if differs_only(first, row, choice)]
    return sum(near) / len(near) if near else 0.0


def flips_in_pairs(variants: pd.DataFrame, choice: str) -> float:
    """Share of all pairs that differ in this choice alone whose words differ."""
    rows = [row for _, row in variants.iterrows()]
    pairs = [one["word"] != other["word"] for one, other in combinations(rows, 2) if differs_only(one, other, choice)]
    return sum(pairs) / len(pairs) if pairs else 0.0


def rounding_range(path: Path, year: int, value: float, half: float, base_half: float) -> tuple[float, float] | None:
    """Lowest and highest S when figure and base lie anywhere within their rounding; None where nothing is due at a corner.

    98.0 → 98.5 toward 98.8, one decimal: .889 to 1.176 around 1.042.
    """
    found = []
    for base, figure in product((path.base - base_half, path.base, path.base + base_half), (value - half, value, value + half)):
        try:
            moved = Path(path.shape, base, path.base_year, path.target, path.target_year, path.bound)
        except DataError:
            return None
        found.append(coefficient(moved, year, figure))
    return None if any(s is None for s in found) else (min(found), max(found))


def is_rounding_sensitive(path: Path, year: int, value: float, half: float, base_half: float) -> bool:
    """True where rounding alone gives another word than the figures as printed."""
    ends = rounding_range(path, year, value, half, base_half)
    return ends is not None and schedule_word(ends[0], worse=False) != schedule_word(ends[1], worse=False)


def median_revision(rows: pd.DataFrame, in_points: bool) -> float | None:
    """Median absolute revision of a figure from its first to its last print, relative (points for shares); None without one.

    rows: one indicator's observations of all editions with year, amount, published, bound. A figure that was reprinted unchanged
    counts as a revision of zero; a single print says nothing.
    """
    own = rows[rows["bound"] == "equal"].dropna(subset=["amount"]).sort_values("published", kind="stable")
    first, last = own.groupby("year")["amount"].first(), own.groupby("year")["amount"].last()
    often = own.groupby("year").size().gt(1)
    moved = (last - first).abs()[often]
    if not in_points:
        moved = (moved / first.abs()[often]).replace(np.inf, np.nan).dropna()
    return float(moved.median()) if len(moved) else None


@dataclass(frozen=True)
class Jump:
    """The newest change a year (logarithm, points for shares), the median of those before, the width allowed, and the rule."""

    year: int
    change: float
    usual: float | None
    allowed: float | None
    rule: str
    logs: bool = True

    @property
    def readable(self) -> tuple[float, float, float]:
        """The change and the lowest and highest change that would have passed, a year: per cent, points (or units) without logarithms."""
        centre = 0.0 if self.rule == "factor" else self.usual
        changes = (self.change, centre - self.allowed, centre + self.allowed)
        return tuple(100 * (float(np.exp(change)) - 1) if self.logs else change for change in changes)


def find_jump(
    years: Sequence[int], values: Sequence[float], half: float = 0.0, in_points: bool = False, count_like: bool = False
) -> Jump | None:
    """The jump that the newest figure makes, or None.

    Rule `spread`: the newest change a year is further than 6 · 1.4826 · MAD from the median of the past ones, five at least; the
    rounding of two figures is always allowed. Rule `factor`: the level doubles or halves within a year (over a gap: per year). The
    factor is not for cumulative or small counts (`count_like`), where two after one is no error, nor for shares.
    """
    if len(values) < 2:
        return None
    logs = not in_points and min(values) > 0
    places = [float(np.log(value)) if logs else float(value) for value in values]
    changes = [(b - a) / (v - u) for a, b, u, v in zip(places, places[1:], years, years[1:], strict=False)]
    newest, past = changes[-1], changes[:-1]
    if logs and not count_like and abs(newest) > np.log(MOST_FACTOR) + SLACK:
        return Jump(years[-1], newest, median(past) if past else None, float(np.log(MOST_FACTOR)), "factor")
    if len(past) < LEAST_CHANGES:
        return None
    usual = median(past)
    spread = DEVIATIONS * MAD_TO_SIGMA * median(abs(change - usual) for change in past)
    rounding = 2 * half / (min(values[-2:]) if logs else 1.0)
    allowed = max(spread, rounding)
    return Jump(years[-1], newest, usual, allowed, "spread", logs) if abs(newest - usual) > allowed + SLACK else None
