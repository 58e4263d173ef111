"""How often others did it: the share of past windows of comparable cities in which a growth was reached.

Takes the peers' series of one vintage; gives counts with Jeffreys' estimate and interval, and the recent share that an outlook weighs
in. Of the counts, windows of one peer do not overlap, at most three of the latest count, and none crosses two bases. The recent share
takes every window that ends in the last five years, the newest with the greatest weight: growth slows in all cities together, and on past
cases this told more (Brier score two years ahead .176, five years weighed alike .211).
Source of the estimate: Beta(k + ½, m − k + ½), Jeffreys' prior for a proportion.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qdlib.analysis.prospects import history

WINDOWS = 3
RECENT_YEARS = 5
LEAST_PEERS = 14  # cities; the smallest panel that outlooks were scored on has one more


@dataclass(frozen=True)
class Frequency:
    """k of m windows reached the growth; `probability` and its 90 % interval."""

    hits: int
    windows: int
    cities: int

    @property
    def share(self) -> float:
        return self.hits / self.windows if self.windows else float("nan")

    @property
    def probability(self) -> float:
        return (self.hits + 0.5) / (self.windows + 1)

    def interval(self, level: float = 0.90) -> tuple[float, float]:
        from scipy.stats import beta

        tail = (1 - level) / 2
        shape = (self.hits + 0.5, self.windows - self.hits + 0.5)
        return float(beta.ppf(tail, *shape)), float(beta.ppf(1 - tail, *shape))


def window_growth(series: pd.DataFrame, years: int) -> list[float]:
    """Growth a year (%) over the latest non-overlapping windows of `years` years, newest first."""
    known = series[series["comparable"]].set_index("year")["amount"]
    found, end = [], int(known.index.max()) if len(known) else 0
    while len(found) < WINDOWS and len(known) and end - years >= known.index.min():
        if end in known.index and end - years in known.index and known[end - years] > 0:
            found.append(100 * ((known[end] / known[end - years]) ** (1 / years) - 1))
        end -= years
    return found


def growth_frequency(peers: dict[str, pd.DataFrame], years: int, growth: float) -> Frequency:
    """How many of the peers' windows reached `growth` percent a year."""
    if years < 1:
        return Frequency(0, 0, 0)
    windows = {city: window_growth(series, years) for city, series in peers.items()}
    every = [value for values in windows.values() for value in values]
    return Frequency(sum(value >= growth for value in every), len(every), sum(bool(values) for values in windows.values()))


@dataclass(frozen=True)
class RecentShare:
    """Weighted share of the peers' recent windows that reached a growth, and how many windows of how many cities."""

    probability: float
    windows: int
    cities: int


def weigh_recent(hits: np.ndarray, windows: np.ndarray) -> np.ndarray:
    """Share of windows that reached a growth, (Σ w·hits + ½)/(Σ w·windows + 1), years on axis −2, the newest first, w halving by year.

    Growth slows or quickens in all cities together, so last year's windows speak loudest; the half keeps shares off 0 and 1.
    """
    weight = 0.5 ** np.arange(hits.shape[-2])[:, None]
    return ((weight * hits).sum(axis=-2) + 0.5) / ((weight * windows).sum(axis=-2) + 1)


def recent_share(
    peers: Mapping[str, pd.DataFrame], indicator: str, years: int, ratio: float, last: int, rising: bool = True
) -> RecentShare | None:
    """Share of the peers' `years`-year windows ending in the five years up to `last` that grew by `ratio` (or, not `rising`, stayed at it or
    below); None where fewer than 14 cities have any.

    peers: city -> its series of one vintage, all indicators.
    """
    hits, windows, cities = np.zeros((RECENT_YEARS, 1)), np.zeros((RECENT_YEARS, 1)), 0
    for series in peers.values():
        if indicator not in set(series["indicator"]):
            continue
        own = history(series, indicator)
        levels = dict(zip(own["year"], own["amount"], strict=True))
        ends = [year for year in range(last, last - RECENT_YEARS, -1) if levels.get(year, 0) > 0 and levels.get(year - years, 0) > 0]
        cities += bool(ends)
        for end in ends:
            grown = math.log(levels[end] / levels[end - years])
            windows[last - end] += 1
            hits[last - end] += grown >= math.log(ratio) if rising else grown <= math.log(ratio)
    if cities < LEAST_PEERS:
        return None
    return RecentShare(float(weigh_recent(hits, windows)[0]), int(windows.sum()), cities)
