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
    if target.value is None or base is None or base.year >= year:
        return None
    shape = target.shape or "linear"
    if shape == "geometric" and base.amount <= 0:
        return None
    return Path(shape, base.amount, base.year, float(target.value), year)


def is_maintained(target: Target, evidence: Evidence, unit: float) -> bool:
    """A target that its base met already, or that is within three printed units of it, is kept, not reached.

    Counts that move in steps are exempt from the second: one centre more is an achievement, not rounding.
    """
    near = target.value is not None and target.shape != "steps" and abs(float(target.value) - evidence.base.amount) <= 3 * unit
    return bool(meets(target, evidence.base.amount)) or near or target.op in ("each_year", "lead")


def judge(
    target: Target, evidence: Evidence, path: Path | None, maintain: bool, unit: float, down: bool, year: int
) -> tuple[str | None, float | None]:
    """Status word and schedule coefficient."""
    latest, sign = evidence.latest, -1 if down else 1
    met = bool(meets(target, latest.amount))
    if latest.year >= year:
        if target.op == "each_year":  # one good last year does not pay for those that missed their quota
            met = all(meets(target, figure.amount) for figure in evidence.figures)
        return ("met" if met else "not_met"), None
    if maintain:
        amounts = [figure.amount for figure in evidence.figures]
        return maintain_word(met, [sign * (b - a) for a, b in zip(amounts, amounts[1:], strict=False)], unit), None
    s = coefficient(path, latest.year, latest.amount) if path else None
    if met:
        return "met_early", s
    return schedule_word(s, worse=sign * (latest.amount - evidence.base.amount) < 0), s
