"""Reference paths from a base year to a target year: what would be due each year.

Takes base, target and a shape; gives `Path` with `value(year)` and `year_of(value)`. These paths are computed by this project
and never official; every page that shows one says so. Formulas, with τ = (t − t0)/(tT − t0): linear x0 + (T − x0)τ;
geometric x0 (T/x0)^τ; steps floor of linear (ceiling of places for ranks); s_curve and logit as in the design.
"""

import math
from dataclasses import dataclass

import pandas as pd

from qdlib.errors import DataError

STEEPNESS = 6.0  # of the s-curve, as declared in the design


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


@dataclass(frozen=True)
class Path:
    """A reference path; `bound` is the upper bound of the logit shape (100 for shares)."""

    shape: str
    base: float
    base_year: int
    target: float
    target_year: int
    bound: float = 100.0

    def __post_init__(self):
        if self.target_year <= self.base_year:
            raise DataError(f"a path needs a target year after its base year, got {self.base_year} and {self.target_year}")
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
        elif self.shape in ("linear", "steps"):
            tau = (value - self.base) / (self.target - self.base)
        else:
            return None
        return self.base_year + tau * (self.target_year - self.base_year)

    def with_shape(self, shape: str) -> "Path | None":
        """The same ends on another shape; None where that shape cannot join them."""
        try:
            return Path(shape, self.base, self.base_year, self.target, self.target_year, self.bound)
        except DataError:
            return None


def decompose_years(path: Path) -> pd.DataFrame:
    """The path year by year: year, value, step (change to the year before), growth (%), provenance `reference`."""
    years = list(range(path.base_year, path.target_year + 1))
    frame = pd.DataFrame({"year": years, "value": [path.value(year) for year in years]})
    frame["step"] = frame["value"].diff()
    frame["growth"] = 100 * frame["value"].pct_change(fill_method=None).where(frame["value"].shift(1) > 0)
    return frame.assign(provenance="reference")
