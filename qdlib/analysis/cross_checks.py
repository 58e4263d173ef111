"""Other agencies' measures of one target, beside the verdict: shown where they say something true, withheld with a reason elsewhere.

Takes target, indicator and evidence; gives `CrossChecks`, whose numbers never decide a status. Binding: growth measures are withheld for
shares, rates and yearly quotas (`not_level`: they move in points, or start anew each year), and where the base already met the target
(`base_beyond_target`: the way covered would turn its sign and a loss look splendid: 68.6 → 46.7 for a target of 55 gives P 1.61).
"""

from dataclasses import dataclass, replace

from qdlib.analysis.distance import distance, measure_quota, time_share
from qdlib.analysis.drift import choose_scale, fit_drift, reach_probability
from qdlib.analysis.evidence import Evidence, Figure
from qdlib.analysis.growth_ratio import (
    Progress,
    eurostat_score,
    growth_ratio,
    reaches,
    statcan_score,
    statcan_status,
    unsd_ratio,
    unsd_score,
)
from qdlib.analysis.outlook import LEAST_FIGURES, Outlook, required_value
from qdlib.analysis.schedule import meets, missing_years
from qdlib.analysis.status_index import status_index
from qdlib.analysis.weather import Weather, consecutive, weather, weather_to_keep
from qdlib.catalogue.indicators import Indicator
from qdlib.catalogue.policy import Target
from qdlib.errors import DataError
from qdlib.forecasting.panel import FILLABLE

MOST_SPREAD = 0.33  # between members, forecast and drift: beyond a third the probability says little, and that is said


@dataclass(frozen=True)
class CrossChecks:
    """Way and time covered as shares; each agency's measure with the reason where it is withheld; the closed-form drift's p."""

    distance: float | None = None
    time: float | None = None
    growth_ratio: float | None = None
    growth_ratio_status: str | None = None
    growth_ratio_reason: str | None = None
    score_statcan: float | None = None
    score_eurostat: float | None = None
    unsd: float | None = None
    unsd_score: int | None = None
    unsd_reason: str | None = None
    status_index: float | None = None
    status_index_reason: str | None = None
    weather: str | None = None
    weather_miss: float | None = None
    weather_reason: str | None = None
    probability_drift: float | None = None
    models_disagree: bool | None = None
    distance_at_least: float | None = None
    quota_hit_rate: float | None = None
    quota_mean_capped: float | None = None
    quota_backlog: float | None = None
    quota_missing: tuple[int, ...] = ()


def check_across(
    target: Target,
    indicator: Indicator,
    evidence: Evidence,
    reason: str | None,
    maintain: bool,
    plan: tuple[int, int],
    floor: float | None = None,
    full_year: int | None = None,
) -> CrossChecks:
    """Every measure for the years of `plan`, first to target; a `reason` against a verdict stands against all of them too.

    floor: a later statement of the kind "more than", which covers at least `distance_at_least` of the way and says no more.
    """
    if reason:
        withheld = dict.fromkeys(("growth_ratio_reason", "unsd_reason", "status_index_reason", "weather_reason"), reason)
        return CrossChecks(**withheld, **quota_columns(target, evidence, plan, full_year))
    base, latest, goal, year = evidence.base, evidence.latest, float(target.value), plan[1]
    direction = -1 if indicator.direction == "down" else 1
    withheld = why_withheld(target, indicator, base, goal, direction)
    ends = (base.amount, base.year, latest.amount, latest.year, goal, year)
    ratio = Progress(None, withheld) if withheld else growth_ratio(*ends, direction)
    unsd = Progress(None, withheld) if withheld else unsd_ratio(*ends)
    met, found = reaches(latest.amount, goal, direction), status_index(base.amount, latest.amount, goal, direction)
    sky = weather_of(target, evidence, direction, maintain, year)
    known = ratio.value is not None
    return CrossChecks(
        distance=None if maintain or found.reason else distance(base.amount, latest.amount, goal),
        time=time_share(base.year, latest.year, year) if year > base.year else None,
        growth_ratio=ratio.value,
        growth_ratio_status=statcan_status(ratio.value, met) if known else None,
        growth_ratio_reason=ratio.reason,
        score_statcan=statcan_score(ratio.value, met) if known else None,
        score_eurostat=eurostat_score(ratio.value) if known else None,
        unsd=unsd.value,
        unsd_score=None if unsd.value is None else unsd_score(unsd.value),
        unsd_reason=unsd.reason,
        status_index=None if maintain else found.value,
        status_index_reason=found.reason or ("base_beyond_target" if maintain else None),
        weather=sky.symbol,
        weather_miss=sky.miss,
        weather_reason=sky.reason,
        probability_drift=drift_probability(target, indicator, evidence.figures, direction, year),
        distance_at_least=None if floor is None or maintain or direction < 0 else distance(base.amount, floor, goal),
        **quota_columns(target, evidence, plan, full_year),
    )


def quota_columns(target: Target, evidence: Evidence, plan: tuple[int, int], full_year: int | None = None) -> dict:
    """Hit rate, capped mean and backlog of a yearly quota over the plan's years that have a figure, and the years that have none.

    full_year: the last year that can have a figure; later ones are not missing yet. Nothing for other targets.
    """
    own = {figure.year: figure.amount for figure in evidence.figures if plan[0] <= figure.year <= plan[1]}
    if target.kind != "each_year" or not own:
        return {}
    quota = measure_quota(own, float(target.value))
    return {"quota_hit_rate": quota.hit_rate, "quota_mean_capped": quota.mean_capped, "quota_backlog": quota.backlog,
            "quota_missing": missing_years(own, plan[0], min(plan[1], full_year or max(own)))}


def why_withheld(target: Target, indicator: Indicator, base: Figure, goal: float, direction: int) -> str | None:
    """Why a growth measure that could be computed is not shown; None where it is."""
    if indicator.in_points or target.kind in ("each_year", "rank", "coverage", "share"):
        return "not_level"
    beyond = meets(target, base.amount) or (base.amount != goal and reaches(base.amount, goal, direction))
    return "base_beyond_target" if beyond else None


def weather_of(target: Target, evidence: Evidence, direction: int, maintain: bool, year: int) -> Weather:
    """The German symbol from the newest run of yearly figures; the weakest requirement counts, as its rules say."""
    run = consecutive({figure.year: figure.amount for figure in evidence.figures})
    if evidence.latest.year >= year:
        return Weather(None, reason="year_is_past")
    if maintain:
        return weather_to_keep(run, required_value(target), direction)
    return weather(run, required_value(target), year - evidence.latest.year, direction)


def drift_probability(
    target: Target, indicator: Indicator, figures: tuple[Figure, ...], direction: int, year: int
) -> float | None:
    """Closed-form drift over the published figures behind the last gap that the forecaster would not fill; None below five."""
    published = [figure for figure in figures if not figure.derived]
    starts = [0] + [n for n in range(1, len(published)) if published[n].year - published[n - 1].year > FILLABLE + 1]
    own = published[starts[-1] :]
    if len(own) < LEAST_FIGURES or own[-1].year >= year:
        return None
    values = [figure.amount for figure in own]
    try:
        drift = fit_drift([figure.year for figure in own], values, choose_scale(indicator.in_points, values))
        return reach_probability(drift, required_value(target), year - own[-1].year, direction)
    except DataError:
        return None  # a level at or below zero, or a target at its bound, has no place on the scale


def stand_beside(checks: CrossChecks, likely: Outlook) -> CrossChecks:
    """The checks with the drift beside the forecast: none without a forecast, and a mark where they and the peers are far apart."""
    if likely.probability is None:
        return replace(checks, probability_drift=None)
    peers = likely.peers.probability if likely.peers else None
    said = (likely.probability, likely.forecast_probability, likely.low, likely.high, peers, checks.probability_drift)
    known = [probability for probability in said if probability is not None]
    return replace(checks, models_disagree=max(known) - min(known) > MOST_SPREAD)
