"""A year's flow from its first months: what the months so far would make of the year.

Takes annual figures and those of the same months in each year; gives an estimate with its range, or the reason. It never enters a
schedule: a target is judged on full years. Binding: only the same months are compared, because January–September beside January–June
says how long the periods are and nothing else.
Source: ratio-to-year-to-date extrapolation as in the quarterly practice of statistical offices (International Monetary Fund, "Quarterly
National Accounts Manual", 2017, on extrapolation by indicators); the range from the extremes of the shares is this project's choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LEAST_YEARS = 2


@dataclass(frozen=True)
class Nowcast:
    """Amount of the year and its range in the figures' unit (no range from one earlier year), method, or the reason."""

    value: float | None
    low: float | None = None
    high: float | None = None
    method: str | None = None
    reason: str | None = None


def nowcast_year(year: int, months: int, annual: Mapping[int, float], partial: Mapping[tuple[int, int], float]) -> Nowcast:
    """Estimate for `year` from its first `months`.

    annual: year → amount; partial: (year, months) → amount of January to that month. With the same months of the year before:
    last year · YTD/YTD. Else, with two earlier years of those months at least: YTD / mean share, range from the extreme shares.
    Reasons: no_part_year, other_months (earlier parts exist, but of other months), few_years, not_positive.
    100 in the year before, 82 of it in ten months, 90.2 now: 110.
    """
    if (year, months) not in partial:
        return Nowcast(None, reason="no_part_year")
    now = partial[(year, months)]
    known = {
        past: (partial[(past, months)], annual[past])
        for past, span in partial
        if span == months and past < year and past in annual
    }
    if now <= 0 or any(part <= 0 or whole <= 0 for part, whole in known.values()):
        return Nowcast(None, reason="not_positive")
    if year - 1 in known:
        part, whole = known[year - 1]
        return Nowcast(whole * now / part, method="growth_of_months")
    if len(known) >= LEAST_YEARS:
        shares = [part / whole for part, whole in known.values()]
        return Nowcast(now * len(shares) / sum(shares), now / max(shares), now / min(shares), "share_of_months")
    earlier = {span for past, span in partial if past < year}
    return Nowcast(None, reason="few_years" if known or not earlier or earlier == {months} else "other_months")
