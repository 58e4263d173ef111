"""Reference paths from a base year to a target year: what would be due each year.

Takes base, target and a shape; gives `Path` with `value(year)` and `year_of(value)`. These paths are computed by this project and
never official, except at the points that the city has set; every page that shows one says so. Formulas, τ = (t − t0)/(tT − t0):
linear x0 + (T − x0)τ; geometric x0 (T/x0)^τ; steps floor of linear (ceiling of places for ranks); s_curve and logit as in the
design; manual official points with straight lines between them. A count from nothing needs ceil(Tτ − 1e-9): a school is built or not.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qdlib.errors import DataError

STEEPNESS = 6.0  # of the s-curve, as declared in the design


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


@dataclass(frozen=True)
class Path:
    """A reference path; `bound` is the upper bound of the logit shape (100 for shares), `points` are (year, value) of `manual`."""

    shape: str
    base: float
    base_year: int
    target: float
    target_year: int
    bound: float = 100.0
    points: tuple[tuple[int, float], ...] = ()

    def __post_init__(self):
        if self.target_year <= self.base_year:
            raise DataError(f"a path needs a target year after its base year, got {self.base_year} and {self.target_year}")
        if self.shape == "manual" and len(self.points) < 3:
            raise DataError(f"a manual path needs official points between {self.base_year} and {self.target_year}, got none")
        if self.shape == "logit" and not (0 < self.base < self.bound and 0 < self.target < self.bound):
            raise DataError(f"a logit path needs ends within 0 and {self.bound:g}, got {self.base:g} and {self.target:g}")
        if self.shape == "geometric" and not (self.base > 0 and self.target > 0):
            raise DataError(f"a geometric path needs positive ends, got {self.base:g} and {self.target:g}: choose another shape")

    def share(self, year: float) -> float:
        """Time that has passed: 0 in the base year, 1 in the target year."""
        return (year - self.base_year) / (self.target_year - self.base_year)

    def value(self, year: float) -> float:
        """What is due at the end of `year`, in the unit of the ends."""
        return self.at(self.share(year))

    def at(self, tau: float) -> float:
        rise = self.target - self.base
        if self.shape == "manual":
            years, values = zip(*self.points, strict=True)
            return float(np.interp(self.base_year + tau * (self.target_year - self.base_year), years, values))
        if self.shape == "geometric":
            return self.base * (self.target / self.base) ** tau
        if self.shape == "steps":
            linear = self.base + rise * tau
            whole = float(math.floor(linear + 1e-9) if rise >= 0 else math.ceil(linear - 1e-9))
            # A base between two whole counts must not make less than itself due: S would turn its sign.
            return max(whole, self.base) if rise >= 0 else min(whole, self.base)
        if self.shape == "s_curve":
            ends = sigmoid(-STEEPNESS / 2), sigmoid(STEEPNESS / 2)
            return self.base + rise * (sigmoid(STEEPNESS * (tau - 0.5)) - ends[0]) / (ends[1] - ends[0])
        if self.shape == "logit":
            low, high = (math.log(x / (self.bound - x)) for x in (self.base, self.target))
            return self.bound * sigmoid(low + (high - low) * tau)
        return self.base + rise * tau

    def year_of(self, value: float) -> float | None:
        """The (fractional) year in which the path reaches `value`; None where it never does or the shape has no inverse."""
        if self.base == self.target:
            return None
        if self.shape == "geometric":
            if value <= 0:
                return None
            tau = math.log(value / self.base) / math.log(self.target / self.base)
        elif self.shape == "manual":
            return self._crossing(value)
        elif self.shape in ("linear", "steps"):
            tau = (value - self.base) / (self.target - self.base)
        else:
            return None
        return self.base_year + tau * (self.target_year - self.base_year)

    def _crossing(self, value: float) -> float | None:
        """The first year in which the straight lines between official points reach `value`; None where they never do."""
        for (year, low), (later, high) in zip(self.points, self.points[1:], strict=False):
            if min(low, high) <= value <= max(low, high):
                return year if high == low else year + (value - low) / (high - low) * (later - year)
        return None

    def with_shape(self, shape: str) -> "Path | None":
        """The same ends on another shape; None where that shape cannot join them."""
        try:
            return Path(shape, self.base, self.base_year, self.target, self.target_year, self.bound)
        except DataError:
            return None


def needed_count(value: float) -> float:
    """The whole number of things that a count from nothing needs: 2.4 schools are 3."""
    return float(math.ceil(value - 1e-9))


def decompose_years(path: Path, actual: Mapping[int, float] | None = None, counted: bool = False) -> pd.DataFrame:
    """The path year by year: year, value, step (change to the year before), growth (%), actual, schedule, provenance.

    actual: published figures by year; counted: a cumulative count, of which whole things are due. schedule is S of the figure on the
    path itself, missing where nothing is due. provenance is `official` for a point that the city has set, else `reference`.
    """
    years = list(range(path.base_year, path.target_year + 1))
    due = {year: path.value(year) for year in years}
    frame = pd.DataFrame({"year": years, "value": [needed_count(due[year]) if counted else due[year] for year in years]})
    known = actual or {}
    frame["actual"] = pd.Series([known.get(year) for year in years], dtype=float)
    rise = pd.Series([due[year] - path.base for year in years])
    frame["schedule"] = (frame["actual"] - path.base) / rise.where(rise.abs() > 1e-9 * max(1.0, abs(path.base)))
    frame["step"] = frame["value"].diff()
    frame["growth"] = 100 * frame["value"].pct_change(fill_method=None).where(frame["value"].shift(1) > 0)
    official = {year for year, _ in path.points[1:-1]}
    return frame.assign(provenance=["official" if year in official else "reference" for year in years])
