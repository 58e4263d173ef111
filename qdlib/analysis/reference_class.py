"""How often others did it: the share of past windows of comparable cities in which a growth was reached.

Takes the peers' series of one vintage; gives counts with Jeffreys' estimate and interval. Windows of one peer do not overlap,
at most three of the latest count, and none crosses two bases.
Source of the estimate: Beta(k + ½, m − k + ½), Jeffreys' prior for a proportion.
"""

from dataclasses import dataclass

import pandas as pd

WINDOWS = 3


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
