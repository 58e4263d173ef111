"""Growth actual over growth required: the measure that most agencies publish, in the forms in which they publish it.

Takes base, figure and target with their years; gives `Progress`: a ratio, or the reason why it cannot be computed. Binding: nothing
is substituted. Open SDG's own code puts .001 in the place of 0, and then the substitute decides the verdict (103 → 29, target 0: R .273
for .001, .551 for 1); here zero_base, zero_target, zero_value, sign_change, no_distance and no_elapsed_time are results.
Also binding: R is a cross-check. With exactly the growth required, noise alone lets it say "on track" in little more than half of
the cases, so a headline rests on the schedule coefficient (`schedule`).
Sources: Open SDG, "Progress measure methodology" (progress-methodology.md); Statistics Canada, Canadian Indicator Framework, published
calculation components; Eurostat, "Sustainable development in the European Union", annex on method; EUSTAT, progress of SDG indicators;
UN Statistics Division, "Progress chart" technical note, 2023.
"""

from dataclasses import dataclass

NOT_AVAILABLE = ("zero_base", "zero_target", "zero_value", "sign_change", "no_distance", "no_elapsed_time")
# Why `assess_target` withholds a ratio that could be computed: it would mislead.
WITHHELD = ("base_beyond_target", "not_level")
STATUSES = ("target_achieved", "substantial_progress", "moderate_progress", "limited_progress", "deterioration", "not_available")
RATIO_CUTS = ((0.95, "substantial_progress"), (0.60, "moderate_progress"), (0.0, "limited_progress"))
RATE_CUTS = ((0.015, "substantial_progress"), (0.005, "moderate_progress"))
LIMIT_POWER = 4.44  # Open SDG's methodology: narrows the cuts as a base nears its limit


@dataclass(frozen=True)
class Progress:
    """A ratio or rate without unit (None: why in `reason`), and the growth a year behind it as a fraction."""

    value: float | None
    reason: str | None = None
    growth: float | None = None
    required: float | None = None


def annual_growth(later: float, earlier: float, years: float) -> float:
    """g(a, b, n) = (a/b)^(1/n) − 1, a fraction a year; the caller sees to it that a/b ≥ 0 and n > 0."""
    return (later / earlier) ** (1 / years) - 1


def growth_ratio(
    base: float, base_year: float, value: float, year: float, target: float, target_year: float, direction: int
) -> Progress:
    """R = s·d·g(x, x0, t − t0) / |g(T, x0, tT − t0)|, without unit; s is −1 where x0 < 0, d is +1 where more is better, else −1.

    A ratio of growth rates: it does not change with the unit, but it does with the origin, so it needs a true zero.
    14.5 (2015) → 10.4 (2023), target 7.25 (2030), d −1: .901089955.
    Source: Open SDG, progress-methodology.md; the same in Statistics Canada's Canadian Indicator Framework.
    """
    reason = level_fault(base, value, target) or time_fault(base_year, year, target_year)
    if reason is None and base == target:
        reason = "no_distance"
    if reason:
        return Progress(None, reason)
    growth, required = annual_growth(value, base, year - base_year), annual_growth(target, base, target_year - base_year)
    return Progress(mirrored(base, direction) * growth / abs(required), None, growth, required)


def growth_rate(base: float, base_year: float, value: float, year: float, direction: int) -> Progress:
    """v = s·d·g(x, x0, t − t0), a fraction a year in the good direction: what is published where there is no target."""
    reason = level_fault(base, value) or ("no_elapsed_time" if year - base_year < 1 else None)
    if reason:
        return Progress(None, reason)
    growth = annual_growth(value, base, year - base_year)
    return Progress(mirrored(base, direction) * growth, None, growth)


def unsd_ratio(base: float, base_year: float, value: float, year: float, target: float, target_year: float) -> Progress:
    """Share of the distance that the growth so far would cover: (x(1 + g)^(tT − t) − x0)/(T − x0), without unit.

    Source: UN Statistics Division, "Progress chart", technical note, 2023. 14.5, 10.4, 7.25 as above: .927487154.
    A target of zero is no obstacle here: only the base is divided by.
    """
    reason = level_fault(base, value) or time_fault(base_year, year, target_year)
    if reason is None and base == target:
        reason = "no_distance"
    if reason:
        return Progress(None, reason)
    growth = annual_growth(value, base, year - base_year)
    return Progress((value * (1 + growth) ** (target_year - year) - base) / (target - base), None, growth)


def unsd_score(ratio: float) -> int:
    """3 on track (≥ .95), 2 some progress (≥ .10), 1 stagnation or regression."""
    return 3 if ratio >= 0.95 else 2 if ratio >= 0.10 else 1


def statcan_status(ratio: float | None, achieved: bool) -> str:
    """Statistics Canada's status: the target comes first, then R ≥ .95, .60, 0."""
    if ratio is None:
        return "not_available"
    if achieved:
        return "target_achieved"
    return next((word for cut, word in RATIO_CUTS if ratio >= cut), "deterioration")


def statcan_score(ratio: float, achieved: bool) -> float:
    """Score −5 to 5: 5 where achieved; R ≥ .6: min(7.1429R − 4.2857, 5); else max(4.1667R − 2.5, −5).

    The rounded constants are the published ones: exact 5/.7 misses the published score of indicator 1-1-1 by 5e-5.
    """
    if achieved:
        return 5.0
    return min(7.1429 * ratio - 4.2857, 5.0) if ratio >= 0.6 else max(4.1667 * ratio - 2.5, -5.0)


def limit_factor(base: float, limit: float | None) -> float:
    """C by which the cuts shrink as a base nears its limit M: 1 − (x0/M)^4.44, for M < x0 < 2M 1 − ((2M − x0)/M)^4.44, else 1."""
    if limit is None or not 0 <= base < 2 * limit:
        return 1.0
    near = base if base <= limit else 2 * limit - base
    return 1 - (near / limit) ** LIMIT_POWER


def statcan_rate_status(rate: float | None, factor: float = 1.0) -> str:
    """Status without a target: v ≥ .015C, .005C, 0; C from `limit_factor`."""
    if rate is None:
        return "not_available"
    if rate < 0:
        return "deterioration"
    return next((word for cut, word in RATE_CUTS if rate >= cut * factor), "limited_progress")


def statcan_rate_score(rate: float, factor: float = 1.0) -> float | None:
    """Score without a target: min(500v/C − 5, 5), 250v/C − 1.25, 500v/C − 2.5, below zero max(125v − 2.5, −5).

    None where a base at its limit (C = 0) leaves no room to improve.
    """
    if rate < 0:
        return max(125 * rate - 2.5, -5.0)
    if factor == 0:
        return None
    scaled = rate / factor
    return {
        "substantial_progress": min(500 * scaled - 5, 5.0),
        "moderate_progress": 250 * scaled - 1.25,
        "limited_progress": 500 * scaled - 2.5,
    }[statcan_rate_status(rate, factor)]


def eurostat_score(ratio: float) -> float:
    """Eurostat's score as EUSTAT publishes it: R > 1.3 5; ≥ .6 (5/.7)(R − .6); > −.6 (5/1.2)(R + .6) − 5; else −5."""
    if ratio > 1.3:
        return 5.0
    if ratio >= 0.6:
        return 5 / 0.7 * (ratio - 0.6)
    return 5 / 1.2 * (ratio + 0.6) - 5 if ratio > -0.6 else -5.0


def eurostat_rate_score(rate: float) -> float:
    """Eurostat's score without a target: 5 at two per cent a year in the good direction, −5 at two per cent in the bad one."""
    return max(-5.0, min(5.0, rate / 0.02 * 5))


def reaches(value: float, target: float, direction: int) -> bool:
    """True where the figure is at the target or beyond it in the good direction."""
    return direction * (value - target) >= 0


def level_fault(base: float, value: float, target: float | None = None) -> str | None:
    """Why growth from `base` has no meaning; None where it has one."""
    if base == 0:
        return "zero_base"
    if target == 0:
        return "zero_target"
    if value == 0:
        return "zero_value"
    return "sign_change" if value / base < 0 or (target is not None and target / base < 0) else None


def time_fault(base_year: float, year: float, target_year: float) -> str | None:
    return "no_elapsed_time" if year <= base_year or target_year <= base_year else None


def mirrored(base: float, direction: int) -> int:
    """d, turned round where levels are negative: there a growing amount is a falling figure."""
    return -direction if base < 0 else direction
