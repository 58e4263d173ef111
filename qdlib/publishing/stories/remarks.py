"""What a reader must know beside a status: figures held back, bounds, bands, quotas, rounding, ways beyond the end or below the base.

Takes assessed cases; gives sentences in the report's language. Each says what was seen and what follows; none changes a verdict.
"""

from collections.abc import Iterable

import pandas as pd

from qdlib.analysis.pairs import Joint
from qdlib.analysis.targets import Case
from qdlib.catalogue import load_catalogue
from qdlib.publishing.display import number, report_language
from qdlib.publishing.phrases import amount, chip, latest, name, open_points, status_words, word

PERCENT = 100


def remarks(case: Case, joints: Iterable[Joint] = ()) -> list[str]:
    """Every remark on one commitment, the gravest first."""
    rules = (jump, bound, rounding, way, band, stretch, quota, ranking, reading)
    found = [sentence for rule in rules for sentence in rule(case)]
    return [*found, *(joint_line(case, line) for line in joints if case.target.id in line.targets)]


def joined(sentences: Iterable[str]) -> str:
    return (" " if report_language() == "en" else "").join(sentences)


def jump(case: Case) -> Iterable[str]:
    """The change that was too large, and what would have passed."""
    worth = case.assessment.robustness
    if worth.jump:
        rule = word(f"remark.rule.{worth.jump_rule}")
        changes = {key: change(getattr(worth, f"jump_{key}"), case) for key in ("change", "low", "high")}
        yield word("remark.jump", year=worth.jump_year, value=amount(worth.jump_value, case.target.indicator), rule=rule, **changes)


def change(value: float, case: Case) -> str:
    points = load_catalogue().indicators[case.target.indicator].in_points
    sign = "+" if value > 0 else ""
    return f"{sign}{number(value, 1)}{' ' + word('target.points') if points else '%'}"


def bound(case: Case) -> Iterable[str]:
    result = case.assessment
    if result.bound_decides:
        yield word("remark.bound_decides", raw=latest(case))
    elif result.bound and result.checks.distance_at_least is not None:
        yield word("remark.bound_way", raw=result.bound, share=number(PERCENT * result.checks.distance_at_least, 1))
    elif result.bound and result.reason != "bound_only":
        yield word("remark.bound", raw=result.bound)


def rounding(case: Case) -> Iterable[str]:
    worth = case.assessment.robustness
    if worth.rounding_sensitive:
        yield word("remark.rounding", low=number(worth.schedule_low, 2), high=number(worth.schedule_high, 2))


def way(case: Case) -> Iterable[str]:
    """A share of the way above 100 or below 0 per cent is said as it is."""
    covered = case.assessment.checks.distance
    if covered is not None and not 0 <= covered <= 1:
        yield word("remark.beyond" if covered > 1 else "remark.below", share=number(PERCENT * covered, 1))


def band(case: Case) -> Iterable[str]:
    result = case.assessment
    if result.in_band_3 is not None and not result.bound_decides:
        inside = {
            key: word("remark.inside" if held else "remark.outside")
            for key, held in (("one", result.in_band_1), ("three", result.in_band_3), ("five", result.in_band_5))
        }
        yield word("remark.band", **inside)
    if result.above_band:
        yield word("remark.above_band")


def stretch(case: Case) -> Iterable[str]:
    result = case.assessment
    if result.stretch is not None:
        low, high = (amount(value, case.target.indicator) for value in (result.value, result.value_max))
        yield word("remark.stretch", low=low, high=high, reached=word("remark.reached" if result.stretch else "remark.not_reached"))


def quota(case: Case) -> Iterable[str]:
    checks = case.assessment.checks
    if checks.quota_hit_rate is not None:
        owed = amount(checks.quota_backlog, case.target.indicator)
        yield word("remark.quota", share=number(PERCENT * checks.quota_hit_rate, 0), backlog=owed)
    if checks.quota_missing:
        yield word("remark.quota_missing", years=word("remark.years_join").join(map(str, checks.quota_missing)))


def ranking(case: Case) -> Iterable[str]:
    if case.assessment.list_name:
        yield word("remark.ranking", list=case.assessment.list_name, size=case.assessment.list_size)


def reading(case: Case) -> Iterable[str]:
    """What the text leaves open of a commitment that is judged all the same; one that is not says it beside its reason (`why`)."""
    if case.assessment.status:
        yield from open_points(case.target)


def joint_line(case: Case, line: Joint) -> str:
    """What the joint line says, seen from one of its commitments."""
    names = [load_catalogue().policy.targets[key].name.in_language(report_language()) for key in line.targets if key != case.target.id]
    return word("remark.joint", other=word("remark.years_join").join(names), status=status_words(line.status, line.reason))


def remarks_table(cases: list[Case], joints: Iterable[Joint] = ()) -> dict | None:
    """The commitments that need a remark, with all of theirs; None where none does."""
    said = [(case, remarks(case, joints)) for case in cases]
    rows = [{"name": name(case), "status": chip(case), "remark": joined(found)} for case, found in said if found]
    if not rows:
        return None
    frame = pd.DataFrame(rows)
    return {
        "frame": frame,
        "id": "remarks",
        "caption": word("remark.caption"),
        "columns": {column: word(f"target.{column}") for column in frame},
    }
