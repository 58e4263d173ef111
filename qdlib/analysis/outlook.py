"""The probability that a commitment is met in its year, and the word for it.

Takes the comparable history of a target and its requirement; gives a probability from the forecast's own distribution, or the
reason why there is none. It needs five published figures in the history that the forecast uses; filled years do not count.
Until past cases are scored the probability is uncalibrated, and is marked so.
"""

from dataclasses import dataclass

import pandas as pd

from qdlib.analysis.evidence import Figure
from qdlib.catalogue.indicators import Indicator
from qdlib.catalogue.policy import Target

LEAST_FIGURES = 5
WORDS = ((0.90, "very_likely"), (0.66, "likely"), (0.33, "uncertain"), (0.10, "unlikely"), (0.0, "very_unlikely"))
COMPARATORS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<", "about": ">=", "full": ">="}


@dataclass(frozen=True)
class Outlook:
    """Probability in the target year (None: why in `reason`), the members' range, and the forecast's frame for charts."""

    probability: float | None
    low: float | None = None
    high: float | None = None
    word: str | None = None
    reason: str | None = None
    forecast: pd.DataFrame | None = None


def probability_word(probability: float) -> str:
    return next(word for cut, word in WORDS if probability >= cut)


def required_value(target: Target) -> float:
    """The value that decides: the lower edge of the band for `about`."""
    edge = target.value * (1 - target.tolerance) if target.op == "about" else target.value
    return float(edge)


def outlook(target: Target, figures: tuple[Figure, ...], indicator: Indicator, year: int) -> Outlook:
    """Outlook for `year` from the figures, which must be comparable with each other."""
    from qdlib.forecasting import Panel, forecast

    if target.op not in COMPARATORS:
        return Outlook(None, reason="not_forecast")
    published = [figure for figure in figures if not figure.derived]
    horizon = year - published[-1].year if published else 0
    if horizon < 1:
        return Outlook(None, reason="year_is_past")
    if len(published) < LEAST_FIGURES:
        return Outlook(None, reason="few_figures")
    frame = pd.DataFrame({"unique_id": target.id, "ds": [f.year for f in published], "y": [f.amount for f in published]})
    bounds = {target.id: (0.0, 100.0)} if indicator.kind in ("share",) else None
    result = forecast(Panel.from_frame(frame), horizon, bounds=bounds)
    note = result.notes.iloc[0]
    if note["status"] == "not_forecast" or note["n_used"] - note["filled"] < LEAST_FIGURES:
        return Outlook(None, reason="few_figures")
    members = result.probability(target.id, year, COMPARATORS[target.op], required_value(target), by_member=True)
    central = members.pop("forecast")
    range_ = list(members.values()) or [central]
    return Outlook(central, min(range_), max(range_), probability_word(central), forecast=result.frame(levels=(50, 80, 95)))
