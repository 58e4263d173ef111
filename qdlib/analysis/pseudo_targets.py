"""Questions that were open once: would a city's figure reach a growth that the panel had then, one to three years ahead?

Takes levels of one vintage, several cities and indicators (city, indicator, year, amount); gives one row per city, indicator, origin,
horizon and pseudo-target, with what the simple rules said at the origin and what came. Asks no forecaster (`calibration` does).
Binding: the targets are quantiles of the panel's own growth in the five years up to the origin, so neither easy nor hard ones
prevail; a city needs six figures before the origin's own, and an origin counts once the five years before it hold 72 windows (two
years of 36 cities). Final vintages, which flatter a little. The drift is `drift`'s closed form over the last changes, in logarithms.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from qdlib.analysis.reference_class import RECENT_YEARS, weigh_recent

QUANTILES = (0.10, 0.25, 0.50, 0.75, 0.90)
LEAST_BEFORE = 6
LEAST_WINDOWS = 72
DRIFTS = (15, 5)  # changes
ROUNDING = 1e-12  # a difference of sums below it is none: equal changes have no spread
KEY = ["indicator", "city", "origin"]


def list_cases(panel: pd.DataFrame, horizons: Iterable[int] = (1, 2)) -> pd.DataFrame:
    """Every case, by indicator, horizon and origin.

    panel: city, indicator, year, amount (> 0; others are left out). Returns city, indicator, origin, horizon, quantile, growth (the
    target, in logarithms over the horizon), actual (the same of the figure), reached (0 or 1), and what was said at the origin:
    drift_15, drift_5, base_rate (share of the panel's windows), peers (`weigh_recent` over the other cities).
    """
    known = panel[panel["amount"] > 0]
    frames = [cases_of(key, arrange(own), horizon) for key, own in known.groupby("indicator") for horizon in horizons]
    found = [frame for frame in frames if len(frame)]
    return pd.concat(found, ignore_index=True) if found else empty_cases()


def empty_cases() -> pd.DataFrame:
    names = [*KEY, "horizon", "quantile", "growth", "actual", "reached", *(f"drift_{n}" for n in DRIFTS), "base_rate", "peers"]
    return pd.DataFrame({name: pd.Series(dtype="float64") for name in names})


def arrange(own: pd.DataFrame) -> pd.DataFrame:
    """Logarithms of one indicator, a row a city, a column for every year."""
    wide = own.pivot(index="city", columns="year", values="amount")
    return np.log(wide.reindex(columns=range(int(wide.columns.min()), int(wide.columns.max()) + 1)))


def cases_of(indicator: str, wide: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """The cases of one indicator and horizon; an empty frame where no origin qualifies."""
    levels, first = wide.to_numpy(), int(wide.columns[0])
    growth = lagged_growth(levels, horizon)
    before = (~np.isnan(levels)).cumsum(axis=1) - 1
    drifts = {changes: fit_drifts(levels, changes) for changes in DRIFTS}
    frames = [empty_cases()]
    for at in range(RECENT_YEARS, levels.shape[1] - horizon):
        usable = ~np.isnan(levels[:, at]) & ~np.isnan(levels[:, at + horizon]) & (before[:, at] >= LEAST_BEFORE)
        if np.count_nonzero(~np.isnan(growth[:, at - RECENT_YEARS : at])) < LEAST_WINDOWS or not usable.any():
            continue
        recent = growth[:, at - RECENT_YEARS + 1 : at + 1][:, ::-1]  # the newest year first
        target = np.quantile(recent[~np.isnan(recent)], QUANTILES)
        hits, windows = count_windows(recent, target)
        shape = (int(usable.sum()), len(QUANTILES))
        said = {"base_rate": np.broadcast_to(hits.sum(axis=(0, 1)) / windows.sum(), shape)}
        said["peers"] = weigh_recent(hits.sum(axis=0) - hits, (windows.sum(axis=0) - windows)[..., None])[usable]
        for changes, fitted in drifts.items():
            said[f"drift_{changes}"] = drift_shares(*(part[usable, at] for part in fitted), target, horizon)
        actual = np.repeat(levels[usable, at + horizon] - levels[usable, at], len(QUANTILES))
        frame = pd.DataFrame({"city": np.repeat(wide.index[usable].to_numpy(object), len(QUANTILES))})
        frame = frame.assign(indicator=indicator, origin=first + at, horizon=horizon, quantile=np.tile(QUANTILES, shape[0]))
        frame = frame.assign(growth=np.tile(target, shape[0]), actual=actual)
        frame["reached"] = (frame["actual"] >= frame["growth"]).astype(float)
        frames.append(frame.assign(**{name: part.ravel() for name, part in said.items()}))
    return pd.concat(frames[1:] or frames, ignore_index=True)


def lagged_growth(levels: np.ndarray, years: int) -> np.ndarray:
    """Growth over `years` years that ends in each year, missing where an end is."""
    growth = np.full(levels.shape, np.nan)
    growth[:, years:] = levels[:, years:] - levels[:, :-years]
    return growth


def count_windows(recent: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which windows reached each target (cities, years, targets), and which exist (cities, years), as 0 and 1."""
    known = ~np.isnan(recent)
    return ((recent[..., None] >= target) & known[..., None]).astype(float), known.astype(float)


def fit_drifts(levels: np.ndarray, changes: int) -> tuple[np.ndarray, ...]:
    """Mean, deviation, number and span of the last `changes` changes up to each year (`drift.fit_drift` on every origin at once)."""
    parts = tuple(np.full(levels.shape, np.nan) for _ in range(4))
    for row, series in enumerate(levels):
        at = np.flatnonzero(~np.isnan(series))
        step, gap = np.diff(series[at]), np.diff(at).astype(float)
        sums = [np.concatenate([[0.0], np.cumsum(part)]) for part in (step, gap, step**2 / gap)]
        last = np.arange(2, len(at))  # two changes at least
        begin = np.maximum(last - changes, 0)
        total, span, squares = (part[last] - part[begin] for part in sums)
        number = last - begin
        rest = squares - total**2 / span
        spread = np.sqrt(np.where(rest > ROUNDING * squares, rest, 0.0) / (number - 1))
        for part, values in zip(parts, (total / span, spread, number, span), strict=True):
            part[row, at[2:]] = values
    return parts


def drift_shares(mean: np.ndarray, deviation: np.ndarray, number: np.ndarray, span: np.ndarray, target, years: int) -> np.ndarray:
    """Probability of each target (growth over `years`, in logarithms) by closed-form drift: (cities, targets)."""
    from scipy.stats import t

    short = np.asarray(target)[None, :] - years * mean[:, None]
    width = (deviation * np.sqrt(years + years**2 / span))[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(width > 0, t.sf(short / width, number[:, None] - 1), (short <= ROUNDING).astype(float))
