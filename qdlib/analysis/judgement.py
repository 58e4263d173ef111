"""The word for one target on given evidence: path, mode and judgement, so that variants can be judged as the verdict was.

Takes a target and its evidence; gives path, word and schedule coefficient. It decides neither whether a verdict is possible at all
(`targets.first_reason`) nor how much it is worth (`variants`).
"""

from qdlib.analysis.evidence import Evidence
from qdlib.analysis.paths import Path
from qdlib.analysis.schedule import coefficient, maintain_word, meets, schedule_word
from qdlib.catalogue.policy import Target


def reference_path(target: Target, evidence: Evidence, year: int) -> Path | None:
    base = evidence.base
    if target.value is None or base is None or base.year >= year or target.op == "each_year":
        return None  # a quota is due in full each year: there is no way to it
    if target.official:
        points = {base.year: base.amount, **{at: float(point.value) for at, point in target.official.items()}, year: float(target.value)}
        kept = tuple(sorted((at, value) for at, value in points.items() if base.year <= at <= year))
        return Path("manual", base.amount, base.year, float(target.value), year, points=kept)
    shape = target.shape or "linear"
    if shape == "geometric" and base.amount <= 0:
        return None
    return Path(shape, base.amount, base.year, float(target.value), year)


def is_maintained(target: Target, evidence: Evidence, unit: float) -> bool:
    """A target that its base met already, that was met early, or that is within three printed units of its base, is kept, not reached.

    Counts that move in steps, and those that start at nothing, are exempt from the third: one centre more is an achievement, not
    rounding.
    """
    if target.op in ("each_year", "lead"):
        return True
    base, counted = evidence.base, target.shape == "steps" or target.kind == "cumulative"
    near = target.value is not None and not counted and abs(float(target.value) - base.amount) <= 3 * unit
    between = [figure for figure in evidence.figures if base.year < figure.year < evidence.latest.year]
    return bool(meets(target, base.amount)) or near or any(meets(target, figure.amount) for figure in between)


def judge(
    target: Target, evidence: Evidence, path: Path | None, maintain: bool, unit: float, down: bool, year: int
) -> tuple[str | None, float | None]:
    """Status word and schedule coefficient."""
    latest, sign = evidence.latest, -1 if down else 1
    met = bool(meets(target, latest.amount))
    every = met
    if target.op == "each_year":  # one good year does not pay for those that missed their quota
        every = all(meets(target, figure.amount) for figure in evidence.figures)
    if latest.year >= year:
        return ("met" if every else "not_met"), None
    if maintain:
        amounts = [figure.amount for figure in evidence.figures]
        word = maintain_word(every, [sign * (b - a) for a, b in zip(amounts, amounts[1:], strict=False)], unit)
        return ("recovering" if met and not every else word), None
    s = coefficient(path, latest.year, latest.amount) if path else None
    if met:
        return "met_early", s
    return schedule_word(s, worse=sign * (latest.amount - evidence.base.amount) < 0), s
