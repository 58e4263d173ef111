"""Weather symbols of the German sustainable-development strategy (DNS): where the recent pace would lead.

Takes the last figures of consecutive years; gives a symbol with the numbers behind it, or the reason why there is none. The symbol
is a continuation, not a forecast, and it looks at the last six figures only: the base year has no part in it.
Source: Statistisches Bundesamt, status page of the German SDG platform ("Status der Indikatoren"); its rules for target values, for
values to keep each year (also used once a target is met early) and for a direction alone are the three functions below.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SYMBOLS = ("sun", "light_cloud", "cloud", "storm")
FIGURES, LEAST_FIGURES = 6, 4  # six, in exceptional cases at least four consecutive ones


@dataclass(frozen=True)
class Weather:
    """Symbol, mean change a year and projection in the figures' unit, miss as a share of the distance still to go."""

    symbol: str | None
    change: float | None = None
    projection: float | None = None
    miss: float | None = None
    reason: str | None = None


def weather(values: Sequence[float], target: float, years: float, direction: int) -> Weather:
    """Symbol for a target value: m mean of the last five changes, x̂ = x + m·h; miss = d(T − x̂)/|T − x|.

    d·m ≤ 0 storm; miss < .05 sun, ≤ .20 light cloud, else cloud; a target beaten in projection misses by 0. A figure at its target or
    beyond follows `weather_to_keep`: the distance that the miss is measured in would be none.
    values: the last figures, oldest first, a year apart. 50 52 53 55 56 58, h 5, T 67: .111111111, light cloud.
    """
    if len(values) < LEAST_FIGURES:
        return Weather(None, reason="few_figures")
    if direction * (values[-1] - target) >= 0:
        return weather_to_keep(values, target, direction)
    change = mean_change(values)
    projection = values[-1] + change * years
    miss = max(0.0, direction * (target - projection) / abs(target - values[-1]))
    if direction * change <= 0:
        return Weather("storm", change, projection, miss)
    # A miss of exactly a twentieth is a light cloud; rounding of the division must not decide it.
    symbol = "sun" if miss < 0.05 - 1e-12 else "light_cloud" if miss <= 0.20 + 1e-12 else "cloud"
    return Weather(symbol, change, projection, miss)


def weather_to_keep(values: Sequence[float], target: float, direction: int) -> Weather:
    """Symbol for a value to keep each year: met or not, then whether the mean of the last five changes points away."""
    if len(values) < LEAST_FIGURES:
        return Weather(None, reason="few_figures")
    change, met = mean_change(values), direction * (values[-1] - target) >= 0
    if met:
        return Weather("sun" if direction * change >= 0 else "light_cloud", change)
    return Weather("cloud" if direction * change > 0 else "storm", change)


def weather_of_direction(values: Sequence[float], direction: int) -> Weather:
    """Symbol where only a direction is given: the mean of the last five changes first, the last change second."""
    if len(values) < LEAST_FIGURES:
        return Weather(None, reason="few_figures")
    change, last = mean_change(values), values[-1] - values[-2]
    good, turned = direction * change > 0, direction * last > 0
    symbol = ("sun" if turned else "light_cloud") if good else ("cloud" if turned else "storm")
    return Weather(symbol, change)


def mean_change(values: Sequence[float]) -> float:
    """Mean of the last five yearly changes, in the figures' unit."""
    recent = values[-FIGURES:]
    return (recent[-1] - recent[0]) / (len(recent) - 1)


def consecutive(figures: Mapping[int, float]) -> list[float]:
    """The newest run of figures without a missing year, six at most, oldest first."""
    run: list[float] = []
    year = max(figures, default=0)
    while year in figures and len(run) < FIGURES:
        run.append(figures[year])
        year -= 1
    return run[::-1]
