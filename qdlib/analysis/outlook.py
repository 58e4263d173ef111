"""The probability that a commitment is met in its year, and the word for it.

Takes the comparable history of a target, its requirement, and what the past can tell; gives the forecast's own probability, the peers'
recent share, and the headline σ(a + b·logit of their mean), or the reason why there is none. It needs five published figures in the
history that the forecast uses; filled years do not count. Without past cases of the same horizon, and for shares and rates, which are
scored nowhere, the headline is marked uncalibrated. A word that came true too often or too seldom is withdrawn, its number stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from qdlib.analysis.evidence import Figure
from qdlib.analysis.reference_class import RecentShare, recent_share
from qdlib.catalogue.indicators import Indicator
from qdlib.catalogue.policy import Target

if TYPE_CHECKING:
    from qdlib.analysis.calibration import TrackRecord

LEAST_FIGURES = 5
WORDS = ((0.90, "very_likely"), (0.66, "likely"), (0.33, "uncertain"), (0.10, "unlikely"), (0.0, "very_unlikely"))
COMPARATORS = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<", "about": ">=", "full": ">="}
MARKS = ("calibrated", "uncalibrated", "poorly_calibrated")
HEADLINE, ALONE = "headline", "alone"  # with peers, and by the forecast alone: scored apart


@dataclass(frozen=True)
class Past:
    """What an outlook may look back on: how past outlooks came true, and the series of other cities (city -> series, one vintage)."""

    record: "TrackRecord"
    peers: Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Outlook:
    """Headline probability in the target year (None: why in `reason`) with its word (None: withdrawn) and mark; what it is made of, the
    members' range, and the forecast's frame for charts."""

    probability: float | None
    low: float | None = None
    high: float | None = None
    word: str | None = None
    reason: str | None = None
    forecast: pd.DataFrame | None = None
    forecast_probability: float | None = None
    peers: RecentShare | None = None
    mark: str | None = None


def probability_word(probability: float) -> str:
    return next(word for cut, word in WORDS if probability >= cut)


def required_value(target: Target) -> float:
    """The value that decides: the lower edge of the band for `about`."""
    edge = target.value * (1 - target.tolerance) if target.op == "about" else target.value
    return float(edge)


def outlook(
    target: Target, figures: tuple[Figure, ...], indicator: Indicator, year: int, past: Past | None = None
) -> Outlook:
    """Outlook for `year` from the figures, which must be comparable with each other; without a `past` the forecast alone speaks."""
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
    peers = ask_peers(target, published[-1], indicator, horizon, past)
    headline, word, mark = take_headline(central, peers, rises(target), horizon, None if indicator.in_points else past)
    frame = result.frame(levels=(50, 80, 95))
    return Outlook(headline, min(range_), max(range_), word, None, frame, central, peers, mark)


def rises(target: Target) -> bool:
    return COMPARATORS[target.op][0] == ">"


def ask_peers(target: Target, latest: Figure, indicator: Indicator, horizon: int, past: Past | None) -> RecentShare | None:
    """How many of the peers' recent windows grew as the target asks; None where they publish nothing, or the indicator moves in points."""
    required = required_value(target)
    if past is None or indicator.in_points or latest.amount <= 0 or required <= 0:
        return None
    return recent_share(past.peers, target.indicator, horizon, required / latest.amount, latest.year, rises(target))


def take_headline(
    said: float, peers: RecentShare | None, rising: bool, horizon: int, past: Past | None
) -> tuple[float, str | None, str]:
    """Headline probability, its word (None where it is withdrawn) and its mark.

    What was scored is the probability of reaching a growth; a target from above is its complement, and so are its words.
    """
    method, mean = (ALONE, said) if peers is None else (HEADLINE, (said + peers.probability) / 2)
    line = None if past is None else past.record.line(horizon, method)
    if line is None or not line.is_calibrated:
        return mean, probability_word(mean), "uncalibrated"
    reached = float(line.apply(mean if rising else 1 - mean))
    headline = reached if rising else 1 - reached
    if past.record.verdict(horizon, method, probability_word(reached)) == "poorly_calibrated":
        return headline, None, "poorly_calibrated"
    return headline, probability_word(headline), "calibrated"
