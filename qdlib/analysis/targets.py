"""Each commitment assessed: a status with its numbers, or the first reason why there is none.

Takes the policy, one city's series of one vintage, its observations, and the last full year; gives one `Assessment` per target
and the frame of all. Missing figures never raise: they are a result. Growth ratios are no headline; shares move in points.
Other agencies' measures (`cross_checks`) and the worth of the word (`variants`) stand beside the status and never decide it, but for
one gate: a newest figure that jumps keeps the word before it until a review confirms it.
"""

from collections.abc import Set
from dataclasses import asdict, dataclass
from datetime import date

import pandas as pd

from qdlib.analysis.cross_checks import CrossChecks, check_across, stand_beside
from qdlib.analysis.distance import attainment
from qdlib.analysis.evidence import Evidence, Figure, choose_evidence
from qdlib.analysis.identities import newest_floor
from qdlib.analysis.judgement import is_maintained, judge, reference_path
from qdlib.analysis.outlook import Outlook, outlook
from qdlib.analysis.paths import Path
from qdlib.analysis.schedule import above_band, coefficient, meets, required_growth, years_ahead
from qdlib.analysis.variants import Robustness, find_jump_of, held_columns, hold_back, measure_robustness
from qdlib.catalogue import Catalogue
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
    catalogue: Catalogue, series: pd.DataFrame, rows: pd.DataFrame, full_year: int, confirmed: Set[tuple[str, int]] = frozenset()
) -> list[Case]:
    """Every target of the policy, in the order of the registry; confirmed: jumps (target id, year) that a review has let through."""
    return [assess_target(target, catalogue, series, rows, full_year, confirmed) for target in catalogue.policy.targets.values()]


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
) -> Case:
    """One target against the figures known in the chosen vintage up to the last full year."""
    indicator = catalogue.indicators[target.indicator]
    evidence, reason, held = settle_evidence(
        target, catalogue, choose_evidence(target, series, rows, catalogue, full_year), confirmed
    )
    year = target.year or catalogue.policy.plan[1]
    path = reference_path(target, evidence, year) if reason is None else None
    unit = 10.0**-indicator.decimals
    maintain = reason is None and is_maintained(target, evidence, unit)
    status, s = (None, None) if reason else judge(target, evidence, path, maintain, unit, indicator.direction == "down", year)
    assessable = reason is None or reason == "no_base"
    stale = assessable and evidence.latest is not None and evidence.latest.year < full_year - STALE_AFTER
    likely = outlook(target, comparable_figures(evidence), indicator, year) if assessable and not stale else Outlook(None)
    worth = (
        Robustness(**held_columns(held))
        if reason
        else measure_robustness(target, indicator, evidence, path, maintain, rows, year, held)
    )
    floor, _ = newest_floor(rows, target.indicator, evidence.latest.year, year + 1) if reason is None else (None, None)
    checks = check_across(target, indicator, evidence, reason, maintain, (catalogue.policy.plan[0], year), floor)
    assessment = describe(
        target, catalogue, evidence, reason, status, s, path, maintain, stale, likely, year, stand_beside(checks, likely), worth
    )
    return Case(target, evidence, assessment, path, likely)


def settle_evidence(
    target: Target, catalogue: Catalogue, evidence: Evidence, confirmed: Set[tuple[str, int]]
) -> tuple[Evidence, str | None, Figure | None]:
    """Evidence to judge on, the reason against a verdict, and the figure that an unconfirmed jump holds back.

    The word before the jump is kept with the figures that it rests on; where they allow none, the jump is the reason.
    """
    reason = first_reason(target, evidence, catalogue)
    jump = None if reason else find_jump_of(target, catalogue.indicators[target.indicator], evidence)
    if jump is None or (target.id, jump.year) in confirmed:
        return evidence, reason, None
    earlier = hold_back(evidence)
    if first_reason(target, earlier, catalogue):
        return evidence, "jump_unconfirmed", evidence.latest
    return earlier, None, evidence.latest


def first_reason(target: Target, evidence: Evidence, catalogue: Catalogue) -> str | None:
    """The first reason that applies, in the declared order; None where a verdict is possible."""
    base_year = catalogue.policy.base_year
    if target.kind == "rank" or target.value is None:
        return "no_operational_rule"  # which list, of how many: the text names neither
    if evidence.latest is None:
        if evidence.partial:
            return "before_base" if evidence.partial[-1][0] < base_year else "partial_year_only"
        return "bound_only" if evidence.bounds else "no_public_data"
    if evidence.latest.year < base_year and evidence.base is None:
        return "before_base"
    if evidence.broken:
        return "break_unspliced"
    if evidence.base is None:
        return "no_base"
    return "one_point" if evidence.latest.year <= evidence.base.year else None


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
        attainment=attainment(latest.amount, goal, indicator.direction) if latest and goal else None,
        meets=meets(target, latest.amount) if latest and goal is not None and target.kind != "rank" else None,
        above_band=bool(latest and reason is None and above_band(target, latest.amount)),
        required_pace=required_growth(latest.amount, goal, year - latest.year, indicator.in_points) if both and goal else None,
        own_pace=required_growth(base.amount, latest.amount, latest.year - base.year, indicator.in_points) if both else None,
        years_ahead=years_ahead(path, latest.year, latest.amount) if both and path else None,
        probability=likely.probability,
        probability_low=likely.low,
        probability_high=likely.high,
        probability_word=likely.word,
        probability_reason=likely.reason,
        stale=stale,
        aspirational=target.aspirational,
        pair=target.pair,
        headline=target.headline,
        maintain=maintain,
        bound=next((text for bound_year, text in reversed(evidence.bounds) if not latest or bound_year > latest.year), None),
        editions=tuple(dict.fromkeys(edition for figure in used for edition in figure.editions)),
        source_cells=tuple(dict.fromkeys(cell for figure in used for cell in figure.cells)),
        checks=checks,
        robustness=worth,
    )
