"""How far a commitment is against its reference path, and the word for it.

Takes base, latest figure and path; gives the schedule coefficient S = (x − x0)/(path(t) − x0) and a status word. Eurostat's cuts
(.95, .60, 0; source: the progress methodology in Open SDG's documentation) are taken over; ours is 1.05, set as far above
1 as .95 lies below. A target whose base met it has words of its own: holding, slipping, recovering, lost.
"""

from collections.abc import Iterable
from fractions import Fraction

from qdlib.analysis.paths import Path
from qdlib.catalogue.policy import Target

SLACK = 1e-9
BANDS = (1, 3, 5)  # per cent of the value: ours is 3, and the other readings are shown beside it
CUTS = ((1.05, "ahead"), (0.95, "on_schedule"), (0.60, "slightly_behind"), (0.0, "well_behind"))
WORDS = (
    "met_early",
    "met",
    "not_met",
    "ahead",
    "on_schedule",
    "slightly_behind",
    "well_behind",
    "reversed",
    "nothing_due",
    "holding",
    "slipping",
    "recovering",
    "lost",
)


def meets(target: Target, value: float) -> bool | None:
    """True where the figure meets the requirement at published precision; None where the text gives no rule.

    超过 and 突破 are strict: 300 does not exceed 300. 左右 is met within T(1 ± tolerance); above that band is met too.
    """
    x, goal = Fraction(str(value)), target.value
    if goal is not None and target.op in ("ge", "full", "each_year", "range"):
        return x >= goal
    if target.op == "gt":
        return x > goal
    if goal is None:
        return None
    if target.op in ("le", "rank_within", "lead"):
        return x <= goal
    if target.op == "lt":
        return x < goal
    if target.op == "about":
        return x >= goal * (1 - target.tolerance)
    return None


def bound_meets(target: Target, side: str, amount: float) -> bool:
    """True where "more than" (or "less than") alone already meets the requirement: "> 13,000" exceeds 13,000, "> 9000" says nothing.

    "About" leaves both sides open and meets nothing; a quota or a place on a list is not stated this way.
    """
    x, goal = Fraction(str(amount)), target.value
    if goal is None:
        return False
    if side == "above" and target.op in ("ge", "gt", "range"):
        return x >= goal
    if side == "above" and target.op == "about":
        return x >= goal * (1 - target.tolerance)
    return side == "below" and target.op in ("le", "lt") and x <= goal


def within_band(target: Target, value: float) -> bool:
    """True where an `about` target is met and not exceeded beyond its band."""
    return target.op == "about" and bool(meets(target, value)) and not above_band(target, value)


def read_bands(target: Target, value: float) -> dict[str, bool]:
    """Whether an `about` target lies within its band when the band is 1, 3 or 5 per cent: the text names none."""
    if target.op != "about":
        return {}
    gap = abs(Fraction(str(value)) - target.value)
    return {str(band): gap <= target.value * Fraction(band, 100) for band in BANDS}


def reaches_stretch(target: Target, value: float) -> bool | None:
    """Whether the upper end of a至b is reached; the lower one decides. None where there is no upper end."""
    return None if target.value_max is None else Fraction(str(value)) >= target.value_max


def missing_years(years: Iterable[int], first: int, last: int) -> tuple[int, ...]:
    """The years of a quota, first to last, that have no figure."""
    known = set(years)
    return tuple(year for year in range(first, last + 1) if year not in known)


def above_band(target: Target, value: float) -> bool:
    """True where an `about` target is exceeded beyond its band: met, and to be said."""
    return target.op == "about" and Fraction(str(value)) > target.value * (1 + target.tolerance)


def coefficient(path: Path, year: int, value: float) -> float | None:
    """S on the path; None where nothing is due yet."""
    due = path.value(year) - path.base
    if abs(due) <= SLACK * max(1.0, abs(path.base)):
        return None
    return (value - path.base) / due


def schedule_word(s: float | None, worse: bool) -> str:
    """The word for S; without S nothing was due, unless the figure fell back behind its base."""
    if s is None:
        return "reversed" if worse else "nothing_due"
    return next((word for cut, word in CUTS if s >= cut - SLACK), "reversed")


def maintain_word(met: bool, changes: list[float], unit: float) -> str:
    """Word of a maintained target: met or not, times the mean of the last five changes (in the good direction)."""
    mean = sum(changes[-5:]) / len(changes[-5:]) if changes else 0.0
    steady = mean >= -unit / 2 - SLACK
    if met:
        return "holding" if steady else "slipping"
    return "recovering" if steady and mean > 0 else "lost"


def years_ahead(path: Path, year: int, value: float) -> float | None:
    """Years by which the figure is ahead of the path (negative: behind)."""
    reached = path.year_of(value)
    return None if reached is None else reached - year


def required_growth(value: float, target: float, years: int, in_points: bool) -> float | None:
    """Growth a year (%) still needed, or points a year for shares; None where the target year is past."""
    if years <= 0:
        return None
    if in_points:
        return (target - value) / years
    return 100 * ((target / value) ** (1 / years) - 1) if value > 0 and target > 0 else None
