"""What a verdict is worth: the same target judged by every reasonable choice, and figures held back until they are confirmed.

Takes target, indicator, evidence and the declared path; gives `Robustness`. Choices: the declared path or another; the base year or one
or two years earlier, where published; the figure as printed, at the ends of its rounding, moved by the median past revision.
Binding: rounding is the coarser of the catalogue's decimals and the digits printed (13,000 万 may be any of 12,500 to 13,500); an
unconfirmed jump keeps the word of the figure before it, and shows what it holds back.
"""

from dataclasses import dataclass, replace
from itertools import product

import pandas as pd

from qdlib.analysis.drift import NEAR_BOUND
from qdlib.analysis.evidence import Evidence, Figure
from qdlib.analysis.judgement import is_maintained, judge, reference_path
from qdlib.analysis.paths import Path
from qdlib.analysis.robustness import Jump, find_jump, is_rounding_sensitive, measure_stability, median_revision, rounding_range
from qdlib.analysis.schedule import meets
from qdlib.catalogue.indicators import Indicator
from qdlib.catalogue.policy import Target

# A place on a list and a count that moves in steps are exact: half a place or half a centre is no rounding of theirs.
SMALL_COUNT = 100
BASES_BEFORE = 2


@dataclass(frozen=True)
class Robustness:
    """Share of variants with the status' word, its mark, the choice that decides most, S within rounding, a figure held back."""

    stability: float | None = None
    stability_mark: str | None = None
    stability_same: int | None = None
    stability_variants: int | None = None
    sensitive_to: str | None = None
    schedule_low: float | None = None
    schedule_high: float | None = None
    rounding_sensitive: bool | None = None
    jump: str | None = None
    jump_year: int | None = None
    jump_value: float | None = None
    jump_rule: str | None = None
    jump_change: float | None = None
    jump_low: float | None = None
    jump_high: float | None = None


@dataclass(frozen=True)
class Held:
    """A figure that an unconfirmed jump holds back, and the jump."""

    figure: Figure
    jump: Jump


def measure_robustness(
    target: Target,
    indicator: Indicator,
    evidence: Evidence,
    path: Path | None,
    maintain: bool,
    rows: pd.DataFrame,
    year: int,
    held: Held | None,
) -> Robustness:
    """Robustness of a status; rows: the indicator's observations in all editions, for its past revisions."""
    variants = judge_variants(target, indicator, evidence, rows, year)
    if pd.isna(variants["word"].iloc[0]):
        return Robustness(**held_columns(held))
    found, latest, base = measure_stability(variants), evidence.latest, evidence.base
    halves = (rounding(latest, indicator, target), rounding(base, indicator, target))
    on_path = path is not None and not maintain and latest.year < year
    ends = rounding_range(path, latest.year, latest.amount, *halves) if on_path else None
    return Robustness(
        found.share,
        found.mark,
        found.same,
        found.variants,
        found.sensitive_to,
        *(ends or (None, None)),
        is_rounding_sensitive(path, latest.year, latest.amount, *halves) if ends else None,
        **held_columns(held),
    )


def held_columns(held: Held | None) -> dict:
    """The columns of a figure held back: its change a year and the changes that would have passed, in per cent (points for shares)."""
    if held is None:
        return {}
    found = {"jump": "jump_unconfirmed", "jump_year": held.figure.year, "jump_value": held.figure.amount, "jump_rule": held.jump.rule}
    return found | dict(zip(("jump_change", "jump_low", "jump_high"), held.jump.readable, strict=True))


def judge_variants(target: Target, indicator: Indicator, evidence: Evidence, rows: pd.DataFrame, year: int) -> pd.DataFrame:
    """One row per variant, the declared one first: path, base (year), figure (which end), word."""
    found = []
    for shape, base, (name, amount) in product(
        shapes(target, indicator, evidence), bases(evidence), figures(target, indicator, evidence, rows)
    ):
        moved = move_evidence(evidence, base, amount)
        found.append((shape, base.year, name, judge_on(target, indicator, moved, shape, year)))
    return pd.DataFrame(found, columns=["path", "base", "figure", "word"])


def judge_on(target: Target, indicator: Indicator, evidence: Evidence, shape: str, year: int) -> str | None:
    """The word of one variant; None where the shape cannot join its ends and the word would need it."""
    unit, down = 10.0**-indicator.decimals, indicator.direction == "down"
    maintain = is_maintained(target, evidence, unit)
    path = reference_path(replace(target, shape=shape), evidence, year)
    if path is None and not (maintain or meets(target, evidence.latest.amount) or evidence.latest.year >= year):
        return None
    return judge(target, evidence, path, maintain, unit, down, year)[0]


def shapes(target: Target, indicator: Indicator, evidence: Evidence) -> list[str]:
    """The declared path and one other: logit for shares near a bound, geometric for the linear of levels, else linear."""
    if target.official:
        return ["manual"]  # the city's own points are no choice of ours
    declared, ends = target.shape or "linear", (evidence.base.amount, float(target.value))
    if declared != "linear":
        return [declared, "linear"]
    if indicator.in_points:
        near = min(ends) < NEAR_BOUND or max(ends) > 100 - NEAR_BOUND
        return ["linear", "logit"] if indicator.kind == "share" and near and all(0 < end < 100 for end in ends) else ["linear"]
    return ["linear", "geometric"] if min(ends) > 0 else ["linear"]


def bases(evidence: Evidence) -> list[Figure]:
    """The base and the figures one and two years before it, where published."""
    wanted = [evidence.base.year - step for step in range(1, BASES_BEFORE + 1)]
    by_year = {figure.year: figure for figure in evidence.figures}
    return [evidence.base, *(by_year[year] for year in wanted if year in by_year)]


def figures(target: Target, indicator: Indicator, evidence: Evidence, rows: pd.DataFrame) -> list[tuple[str, float]]:
    """The newest figure as printed, at both ends of its rounding, and moved by the median past revision where one is known."""
    latest = evidence.latest
    half = rounding(latest, indicator, target)
    found = [("printed", latest.amount)]
    if half:
        found += [("rounding -", latest.amount - half), ("rounding +", latest.amount + half)]
    own = rows[rows["indicator"] == indicator.id]
    own = own[own["scope"] == "whole_city"] if len(own) else own
    revision = median_revision(own, indicator.in_points) if len(own) else None
    if revision:
        width = revision if indicator.in_points else abs(latest.amount) * revision
        found += [("revision -", latest.amount - width), ("revision +", latest.amount + width)]
    return found


def rounding(figure: Figure, indicator: Indicator, target: Target) -> float:
    """Half-width of what a figure may stand for, in the catalogue's unit; a derived one carries that of its operands."""
    if indicator.kind == "rank" or target.shape == "steps":
        return 0.0
    return figure.half if figure.derived else max(figure.half, 0.5 * 10.0**-indicator.decimals)


def move_evidence(evidence: Evidence, base: Figure, amount: float) -> Evidence:
    """The evidence with another base and another newest figure."""
    latest = replace(evidence.latest, amount=amount)
    return replace(evidence, base=base, latest=latest, figures=(*evidence.figures[:-1], latest))


def find_jump_of(target: Target, indicator: Indicator, evidence: Evidence) -> Jump | None:
    """The jump that a target's newest figure makes on the published ones before it."""
    known = [figure for figure in evidence.figures if not figure.derived]
    if not known or known[-1] != evidence.latest:
        return None
    small = target.value is not None and float(target.value) < SMALL_COUNT
    return find_jump(
        [figure.year for figure in known],
        [figure.amount for figure in known],
        rounding(known[-1], indicator, target),
        indicator.in_points,
        count_like=target.kind == "cumulative" or (small and not indicator.in_points),
    )


def hold_back(evidence: Evidence) -> Evidence:
    """The evidence as it stood before its newest figure."""
    kept = evidence.figures[:-1]
    return replace(evidence, figures=kept, latest=kept[-1] if kept else None)
