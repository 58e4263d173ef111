"""Forecast: what a forecast knows, and the ways to ask it.

Takes the arrays that `pool` computed; gives frames, quantiles, probabilities of reaching a target and the account of one figure.
Does not compute forecasts. Decisions: knots stay on the path's own scale (ln y or y) and are clipped to bounds only when read; a
probability is kept within [.005, .995] and is 0 or 1 only outside bounds; single years only, joint paths are not offered.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from qdlib.errors import DataError
from qdlib.forecasting.intervals import SURE, check_comparison, read_quantile, read_share_below, read_shares_below
from qdlib.forecasting.panel import Panel


def check_levels(levels) -> tuple[int, ...]:
    """Levels as a tuple of integers 1–99 without repetition."""
    try:
        given = tuple(levels)
    except TypeError:
        raise DataError(f"levels is {levels!r} · expected a list of whole per cents, as (80, 95)") from None
    wrong = [level for level in given if isinstance(level, bool) or not isinstance(level, (int, np.integer)) or not 1 <= level <= 99]
    if wrong or len(set(given)) < len(given):
        raise DataError(f"levels {given!r} · expected different whole per cents, 1 to 99, as (80, 95)")
    return tuple(int(level) for level in given)


@dataclass(frozen=True)
class Explanation:
    """One figure, taken apart. Values in the series' unit; spread is highest/lowest − 1, moved is in per cent of the pool."""

    unique_id: object
    year: int
    members: dict[str, float]
    learned: float | None
    pool: float
    point: float
    bands: dict[int, tuple[float, float]]
    highest: str
    lowest: str
    spread: float
    moved: float
    notes: dict

    def frame(self) -> pd.DataFrame:
        """Rows `part, value`: members, learned voice, pool, point and the ends of the bands."""
        rows = dict(self.members) | ({} if self.learned is None else {"learned": self.learned}) | {"pool": self.pool, "point": self.point}
        for level, (low, high) in self.bands.items():
            rows |= {f"lo-{level}": low, f"hi-{level}": high}
        return pd.DataFrame({"part": list(rows), "value": list(rows.values())})


@dataclass(frozen=True, eq=False)
class Forecast:
    """Forecast distribution of N series over H steps.

    ids: Index of N; years (N, H) in the dtype of `ds`; point (N, H); knots (N, H, 5) at .025, .1, .5, .9, .975 in ln y (log path)
    or y (raw path); members (K, N, H), NaN where a method is not in the series' pool, named by `member_names`; notes: frame
    `unique_id, n_used, first_year, last_year, path, status, reason, filled, flags` (flags are codes joined by blanks).
    """

    ids: pd.Index
    years: np.ndarray
    point: np.ndarray
    knots: np.ndarray
    members: np.ndarray
    notes: pd.DataFrame
    member_names: tuple[str, ...]
    pool: np.ndarray
    learned: np.ndarray
    raw: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    panel: Panel

    def __repr__(self) -> str:
        named = ", ".join(map(str, self.ids[:3])) + (" …" if len(self.ids) > 3 else "")
        return f"Forecast of {len(self.ids)} series over {self.horizon} steps: {named}; .frame() gives points and bands, .notes the basis"

    @property
    def horizon(self) -> int:
        return self.point.shape[1]

    def quantile(self, p) -> np.ndarray:
        """Value at probability p, (N, H) in each series' unit; for several p (N, H, len(p))."""
        if np.ndim(p):
            return np.stack([self.quantile(float(one)) for one in p], axis=-1)
        values = read_quantile(self.knots, p)
        if not self.raw.all():
            values[~self.raw] = np.exp(values[~self.raw])
        values = np.clip(values, self.lower[:, None], self.upper[:, None])
        # exp(ln x) is not x to the last bit: keep lo ≤ mean ≤ hi exact
        return np.minimum(values, self.point) if p < 0.5 else np.maximum(values, self.point) if p > 0.5 else self.point.copy()

    def frame(self, levels=(80, 95)) -> pd.DataFrame:
        """`unique_id, ds, mean, lo-L, hi-L …`, H rows per series in the panel's order, in each series' unit."""
        columns = {"unique_id": self.ids.repeat(self.horizon),
                   "ds": pd.array(self.years.ravel(), dtype=self.panel.date_type), "mean": self.point.ravel()}
        for level in check_levels(levels):
            columns[f"lo-{level}"] = self.quantile(0.5 - level / 200).ravel()
            columns[f"hi-{level}"] = self.quantile(0.5 + level / 200).ravel()
        return pd.DataFrame(columns)

    def locate(self, unique_id, year) -> tuple[int, int]:
        """Position of a series and step index (0-based) of a year; DataError where that year is not forecast."""
        i = self.panel.find(unique_id)
        note = self.notes.iloc[i]
        if note["status"] == "not_forecast":
            raise DataError(f"{unique_id!r} is not forecast: {note['reason']}, {note['n_used']} usable years · expected at least 4")
        wanted = int(year) if isinstance(year, (int, np.integer)) else pd.Timestamp(year).year
        last = int(self.panel.last[i])
        if wanted <= last:
            raise DataError(f"{unique_id!r} {wanted} is not in the future: the last observed year is {last} · "
                            f"expected {last + 1} to {last + self.horizon}: read the observed value instead")
        if wanted > last + self.horizon:
            raise DataError(f"{unique_id!r} {wanted} lies past the horizon · expected {last + 1} to {last + self.horizon}: "
                            "forecast again with a longer horizon")
        return i, wanted - last - 1

    def probability(self, unique_id, year, comparator: str, value, by_member: bool = False):
        """P that the figure of one forecast year meets a target: comparator `>= > <= <` with a number, `between` with (low,
        high).

        With `by_member` a dict: `forecast`, and P with the curve moved to each member's point (the range of opinion).
        Raises DataError for an observed year or one past the horizon. The rounding of a target is the caller's.
        """
        low, high = check_comparison(comparator, value)
        i, step = self.locate(unique_id, year)
        curve = self.knots[i, step]
        overall = self._share(i, curve, low, high, comparator)
        if not by_member:
            return overall
        result = {"forecast": overall}
        for name, points in zip(self.member_names, self.members, strict=True):
            if np.isnan(points[i, step]):
                continue
            point = points[i, step] if self.raw[i] else np.log(max(points[i, step], np.exp(-700.0)))
            result[name] = self._share(i, curve - curve[2] + point, low, high, comparator)
        return result

    def reach(self, step: int, values: np.ndarray) -> np.ndarray:
        """P(Y ≥ value) of every series at once, `step` years ahead (1 …): values (N, Q) in each series' unit give (N, Q).

        What `probability` says one by one with `>=`; missing for series that are not forecast.
        """
        values = np.asarray(values, dtype=float)
        if step not in range(1, self.horizon + 1) or values.ndim != 2 or len(values) != len(self.ids):
            raise DataError(f"step {step!r}, values of shape {values.shape} · expected a step of 1 to {self.horizon} and a row of values "
                            f"for each of {len(self.ids)} series")
        with np.errstate(divide="ignore", invalid="ignore"):
            places = np.where(self.raw[:, None], values, np.log(values))
        below = np.where((values <= 0) & ~self.raw[:, None], 0.0, read_shares_below(self.knots[:, step - 1], places))
        shares = np.where(values <= self.lower[:, None], np.where(np.isfinite(self.lower[:, None]), 1.0, SURE[1]),
                          np.where(values > self.upper[:, None], 0.0, np.clip(1 - below, *SURE)))
        return np.where(np.isnan(self.point[:, step - 1])[:, None], np.nan, shares)

    def _share(self, i: int, curve: np.ndarray, low: float, high: float, comparator: str) -> float:
        floor, roof = self.lower[i], self.upper[i]
        empty = low > roof or high < floor or (comparator == ">" and low >= roof) or (comparator == "<" and high <= floor)
        if empty:
            return 0.0
        if (low < floor or (low == floor and comparator != ">")) and (high > roof or (high == roof and comparator != "<")) and (
                np.isfinite(floor) or np.isfinite(roof)):
            return 1.0
        below = 0.0 if low <= floor and comparator != ">" else self._below(i, curve, low, include=comparator == ">")
        above = 1.0 if high >= roof and comparator != "<" else self._below(i, curve, high, include=comparator != "<")
        return float(np.clip(above - below, *SURE))

    def _below(self, i: int, curve: np.ndarray, value: float, include: bool) -> float:
        if np.isinf(value):
            return float(value > 0)
        if not self.raw[i]:
            if value <= 0:
                return 0.0
            value = np.log(value)
        return read_share_below(curve, value, include)

    def percentile(self, i: int, step: int, value: float) -> float:
        """Place of a value in one step's distribution, 0–100; ties count half."""
        below, up_to = (self._below(i, self.knots[i, step], value, include) for include in (False, True))
        return 50 * (below + up_to)

    def explain(self, unique_id, year) -> Explanation:
        """Which method says what about one figure, how far they are apart, and how far the learner moved the pool."""
        i, step = self.locate(unique_id, year)
        says = {name: float(points[i, step]) for name, points in zip(self.member_names, self.members, strict=True)
                if not np.isnan(points[i, step])}
        highest, lowest = max(says, key=says.get), min(says, key=says.get)
        learned, pool = float(self.learned[i, step]), float(self.pool[i, step])
        bands = {level: tuple(float(self.quantile(p)[i, step]) for p in (0.5 - level / 200, 0.5 + level / 200)) for level in (80, 95)}
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = float(np.float64(says[highest]) / says[lowest] - 1) if says[lowest] > 0 else float("nan")
            moved = float(100 * (self.point[i, step] / np.float64(pool) - 1)) if pool else float("nan")
        return Explanation(unique_id, int(self.panel.last[i]) + step + 1, says, None if np.isnan(learned) else learned, pool,
                           float(self.point[i, step]), bands, highest, lowest, spread, moved, self.notes.iloc[i].to_dict())


