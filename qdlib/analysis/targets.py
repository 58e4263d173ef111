"""Each commitment assessed: a status with its numbers, or the first reason why there is none.

Takes the policy, one city's series of one vintage, its observations, and the last full year; gives one `Assessment` per target
and the frame of all. Missing figures never raise: they are a result. Growth ratios are no headline; shares move in points.
Other agencies' measures (`cross_checks`) and the worth of the word (`variants`) stand beside the status and never decide it, but for
one gate: a newest figure that jumps keeps the word before it until a review confirms it. A bound ("> 14,000") is no figure, yet where it
alone meets the requirement it decides. A quota with a year unknown is neither met nor missed; a rank needs its list.
"""

from collections.abc import Set
from dataclasses import asdict, dataclass, replace
from datetime import date

import pandas as pd

from qdlib.analysis.cross_checks import CrossChecks, check_across, stand_beside
from qdlib.analysis.distance import attainment, rank_attainment
from qdlib.analysis.evidence import Bound, Evidence, Figure, choose_evidence
from qdlib.analysis.identities import newest_floor
from qdlib.analysis.judgement import is_maintained, judge, reference_path
from qdlib.analysis.outlook import Outlook, Past, outlook
from qdlib.analysis.paths import Path
from qdlib.analysis.schedule import (
    above_band,
    bound_meets,
    coefficient,
    meets,
    missing_years,
    reaches_stretch,
    read_bands,
    required_growth,
    within_band,
    years_ahead,
)
from qdlib.analysis.variants import Held, Robustness, find_jump_of, held_columns, hold_back, measure_robustness, rounding
from qdlib.catalogue import Catalogue
from qdlib.catalogue.indicators import Indicator
from qdlib.catalogue.policy import Target
from qdlib.catalogue.reviews import Review

STALE_AFTER = 1


@dataclass(frozen=True)
class Assessment:
    """One target: what was asked, what is known, and what follows. Amounts in the indicator's unit."""

    id: str
    pillar: str
    clause: int
    indicator: str
    comparator: str
    value: float | None
    value_max: float | None
    unit: str
    year: int | None
    base_value: float | None
    base_year: int | None
    latest_value: float | None
    latest_year: int | None
    latest_status: str | None
    status: str | None
    reason: str | None
    schedule: float | None
    schedule_linear: float | None
    schedule_geometric: float | None
    attainment: float | None
    meets: bool | None
    above_band: bool
    required_pace: float | None
    own_pace: float | None
    years_ahead: float | None
    probability: float | None
    probability_low: float | None
    probability_high: float | None
    probability_word: str | None
    probability_reason: str | None
    probability_forecast: float | None
    probability_peers: float | None
    probability_mark: str | None
    stale: bool
    aspirational: bool
    pair: str | None
    headline: bool
    maintain: bool
    bound: str | None
    editions: tuple[str, ...]
    source_cells: tuple[str, ...]
    checks: CrossChecks
    robustness: Robustness
    bound_decides: bool = False
    stretch: bool | None = None
    in_band_1: bool | None = None
    in_band_3: bool | None = None
    in_band_5: bool | None = None
    list_name: str | None = None
    list_size: int | None = None
    latest_half: float | None = None


@dataclass(frozen=True)
class Case:
    """An assessment with what charts need: the evidence, the path, the outlook; `review` is an override in force, set beside it."""

    target: Target
    evidence: Evidence
    assessment: Assessment
    path: Path | None
    outlook: Outlook
    review: Review | None = None


def last_full_year(today: str) -> int:
    """The last year whose annual figures can be known: from April on the year before, until then two years before."""
    day = date.fromisoformat(today)
    return day.year - 1 if day.month >= 4 else day.year - 2


def assess_policy(
    catalogue: Catalogue,
    series: pd.DataFrame,
    rows: pd.DataFrame,
    full_year: int,
    confirmed: Set[tuple[str, int]] = frozenset(),
    past: Past | None = None,
) -> list[Case]:
    """Every target of the policy, in the order of the registry.

    confirmed: jumps (target id, year) that a review has let through. past: `calibration.look_back`; without it outlooks are uncalibrated.
    """
    targets = catalogue.policy.targets.values()
    return [assess_target(target, catalogue, series, rows, full_year, confirmed, past) for target in targets]


def assessments_frame(cases: list[Case]) -> pd.DataFrame:
    """One row per target with all columns of `Assessment`, `CrossChecks` and `Robustness`."""
    return pd.DataFrame([flatten(asdict(case.assessment)) for case in cases])


def flatten(row: dict) -> dict:
    """The row with its nested columns beside the others."""
    plain = {name: value for name, value in row.items() if not isinstance(value, dict)}
    for value in row.values():
        plain |= value if isinstance(value, dict) else {}
    return plain


def assess_target(
    target: Target,
    catalogue: Catalogue,
    series: pd.DataFrame,
    rows: pd.DataFrame,
    full_year: int,
    confirmed: Set[tuple[str, int]] = frozenset(),
    past: Past | None = None,
) -> Case:
    """One target against the figures known in the chosen vintage up to the last full year."""
    indicator = catalogue.indicators[target.indicator]
    evidence, reason, held = settle_evidence(
        target, catalogue, choose_evidence(target, series, rows, catalogue, full_year), confirmed
    )
    year = target.year or catalogue.policy.plan[1]
    deciding = deciding_bound(target, evidence) if held is None else None
    if deciding:
        return decide_by_bound(target, catalogue, evidence, deciding, full_year, year)
    path = reference_path(target, evidence, year) if reason is None else None
    unit = 10.0**-indicator.decimals
    maintain = reason is None and is_maintained(target, evidence, unit)
    status, s = (None, None) if reason else judge(target, evidence, path, maintain, unit, indicator.direction == "down", year)
    assessable = reason is None or reason == "no_base"
    stale = assessable and evidence.latest is not None and evidence.latest.year < full_year - STALE_AFTER
    speaks = assessable and not stale
    likely = outlook(target, comparable_figures(evidence), indicator, year, past) if speaks else Outlook(None)
    worth = (
        Robustness(**held_columns(held))
        if reason
        else measure_robustness(target, indicator, evidence, path, maintain, rows, year, held)
    )
    floor, _ = newest_floor(rows, target.indicator, evidence.latest.year, year + 1) if reason is None else (None, None)
    checks = check_across(target, indicator, evidence, reason, maintain, (catalogue.policy.plan[0], year), floor, full_year)
    assessment = describe(
        target, catalogue, evidence, reason, status, s, path, maintain, stale, likely, year, stand_beside(checks, likely), worth
    )
    return Case(target, evidence, assessment, path, likely)


def deciding_bound(target: Target, evidence: Evidence) -> Bound | None:
    """The newest bound behind the newest figure, where it alone meets the requirement; None where it does not."""
    newer = [bound for bound in evidence.bounds if evidence.latest is None or bound.year > evidence.latest.year]
    return newer[-1] if newer and bound_meets(target, newer[-1].side, newer[-1].amount) else None


def decide_by_bound(
    target: Target, catalogue: Catalogue, evidence: Evidence, bound: Bound, full_year: int, year: int
) -> Case:
    """A commitment that "more than" alone fulfils: its word, and no pace, because a bound says nothing of how far beyond."""
    figure = Figure(bound.year, bound.amount, 0.0, (bound.edition,), (bound.cell,), "E")
    shown = replace(evidence, latest=figure)
    checks = check_across(target, catalogue.indicators[target.indicator], shown, "bound_only", False, (catalogue.policy.plan[0], year))
    likely = Outlook(None, reason="bound_only")
    stale, word = bound.year < full_year - STALE_AFTER, "met" if bound.year >= year else "met_early"
    found = describe(target, catalogue, shown, None, word, None, None, True, stale, likely, year, checks, Robustness())
    return Case(target, shown, replace(found, maintain=False, meets=True, bound=bound.raw, bound_decides=True), None, likely)


def settle_evidence(
    target: Target, catalogue: Catalogue, evidence: Evidence, confirmed: Set[tuple[str, int]]
) -> tuple[Evidence, str | None, Held | None]:
    """Evidence to judge on, the reason against a verdict, and the figure that an unconfirmed jump holds back.

    The word before the jump is kept with the figures that it rests on; where they allow none, the jump is the reason.
    """
    reason = first_reason(target, evidence, catalogue)
    jump = None if reason else find_jump_of(target, catalogue.indicators[target.indicator], evidence)
    if jump is None or (target.id, jump.year) in confirmed:
        return evidence, reason, None
    earlier, held = hold_back(evidence), Held(evidence.latest, jump)
    if first_reason(target, earlier, catalogue):
        return evidence, "jump_unconfirmed", held
    return earlier, None, held


def first_reason(target: Target, evidence: Evidence, catalogue: Catalogue) -> str | None:
    """The first reason that applies, in the declared order; None where a verdict is possible."""
    base_year, plan = catalogue.policy.base_year, catalogue.policy.plan
    if target.value is None or (target.kind == "rank" and evidence.ranking is None):
        return "no_operational_rule"  # which list, of how many: the text names neither
    if evidence.latest is None:
        if evidence.partial:
            return "before_base" if evidence.partial[-1][0] < base_year else "partial_year_only"
        return "bound_only" if evidence.bounds else "no_public_data"
    if evidence.latest.year < base_year and evidence.base is None:
        return "before_base"
    if evidence.broken:
        return "break_unspliced"
    if target.kind == "each_year":
        return "no_public_data" if leaves_open(target, evidence, (plan[0], target.year or plan[1])) else None
    if evidence.base is None:
        return "no_base"
    return "one_point" if evidence.latest.year <= evidence.base.year else None


def leaves_open(target: Target, evidence: Evidence, plan: tuple[int, int]) -> bool:
    """True where a quota of every year has come to its end with a year unknown and none missed: neither met nor failed."""
    ended = evidence.latest.year >= plan[1]
    missed = any(not meets(target, figure.amount) for figure in evidence.figures)
    return ended and not missed and bool(missing_years((figure.year for figure in evidence.figures), *plan))


def attained_share(target: Target, evidence: Evidence, direction: str) -> float | None:
    """完成率 A: 1 anywhere in the band of 左右; of a rank by places; None without figure, goal or list."""
    if evidence.latest is None or not target.value:
        return None
    if target.kind == "rank":
        return rank_attainment(round(evidence.latest.amount), int(target.value), evidence.ranking.size) if evidence.ranking else None
    if within_band(target, evidence.latest.amount):
        return 1.0
    return attainment(evidence.latest.amount, float(target.value), direction)


def paced_in_steps(target: Target, indicator: Indicator) -> bool:
    """True where a pace is points or things a year, not growth: shares, ranks, counts that move in steps or start at nothing."""
    return indicator.in_points or target.shape == "steps" or target.kind == "cumulative"


def comparable_figures(evidence: Evidence) -> tuple:
    return tuple(figure for figure in evidence.figures if not figure.derived)


def describe(
    target: Target,
    catalogue: Catalogue,
    evidence: Evidence,
    reason: str | None,
    status: str | None,
    s: float | None,
    path: Path | None,
    maintain: bool,
    stale: bool,
    likely: Outlook,
    year: int,
    checks: CrossChecks,
    worth: Robustness,
) -> Assessment:
    indicator, base, latest = catalogue.indicators[target.indicator], evidence.base, evidence.latest
    goal = None if target.value is None else float(target.value)
    variants = {shape: path.with_shape(shape) if path else None for shape in ("linear", "geometric")}
    both = reason is None and not maintain
    used = [figure for figure in (base, latest) if figure]
    by_step = paced_in_steps(target, indicator)
    judged = latest is not None and goal is not None and (target.kind != "rank" or evidence.ranking is not None)
    bands = read_bands(target, latest.amount) if latest else {}
    return Assessment(
        id=target.id,
        pillar=target.pillar,
        clause=target.clauses[0],
        indicator=target.indicator,
        comparator=target.op,
        value=goal,
        value_max=None if target.value_max is None else float(target.value_max),
        unit=indicator.unit,
        year=target.year,
        base_value=base.amount if base else None,
        base_year=base.year if base else None,
        latest_value=latest.amount if latest else None,
        latest_year=latest.year if latest else None,
        latest_status=latest.status if latest else None,
        status=status,
        reason=reason,
        schedule=s,
        schedule_linear=coefficient(variants["linear"], latest.year, latest.amount) if both and variants["linear"] else None,
        schedule_geometric=coefficient(variants["geometric"], latest.year, latest.amount)
        if both and variants["geometric"]
        else None,
        attainment=attained_share(target, evidence, indicator.direction),
        meets=meets(target, latest.amount) if judged else None,
        above_band=bool(latest and reason is None and above_band(target, latest.amount)),
        required_pace=required_growth(latest.amount, goal, year - latest.year, by_step)
        if both and goal and not meets(target, latest.amount)
        else None,
        own_pace=required_growth(base.amount, latest.amount, latest.year - base.year, by_step) if both else None,
        years_ahead=years_ahead(path, latest.year, latest.amount) if both and path else None,
        probability=likely.probability,
        probability_low=likely.low,
        probability_high=likely.high,
        probability_word=likely.word,
        probability_reason=likely.reason,
        probability_forecast=likely.forecast_probability,
        probability_peers=likely.peers.probability if likely.peers else None,
        probability_mark=likely.mark,
        stale=stale,
        aspirational=target.aspirational,
        pair=target.pair,
        headline=target.headline,
        maintain=maintain,
        bound=next((bound.raw for bound in reversed(evidence.bounds) if not latest or bound.year > latest.year), None),
        editions=tuple(dict.fromkeys(edition for figure in used for edition in figure.editions)),
        source_cells=tuple(dict.fromkeys(cell for figure in used for cell in figure.cells)),
        checks=checks,
        robustness=worth,
        stretch=reaches_stretch(target, latest.amount) if judged else None,
        in_band_1=bands.get("1"),
        in_band_3=bands.get("3"),
        in_band_5=bands.get("5"),
        list_name=evidence.ranking.name if evidence.ranking else None,
        list_size=evidence.ranking.size if evidence.ranking else None,
        latest_half=rounding(latest, indicator, target) if latest else None,
    )
