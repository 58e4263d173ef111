"""How much of a commitment is attained, apart from time: 完成率, 目标进度, and the measures of ranks and yearly quotas.

Takes figures and goals in one unit; gives shares without unit, not capped, and None where a division has no meaning.
Source: definitions of this project, after the usage of Chinese plan evaluations (完成率 = figure over goal, 目标进度 = way covered over
whole way); the rank forms count places, 1 the best.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from qdlib.errors import DataError


def attainment(value: float, goal: float, direction: str) -> float | None:
    """A = x/T, or T/x where less is better."""
    if direction == "down":
        return goal / value if value else None
    return value / goal if goal else None


def distance(base: float, value: float, goal: float) -> float | None:
    """P = (x − x0)/(T − x0); None where the base is the goal. A base beyond the goal must be sorted out before."""
    return (value - base) / (goal - base) if goal != base else None


def time_share(base_year: float, year: float, goal_year: float) -> float:
    """τ = (t − t0)/(tT − t0)."""
    if goal_year <= base_year:
        raise DataError(f"a share of time needs a goal after its base, got {base_year:g} and {goal_year:g}")
    return (year - base_year) / (goal_year - base_year)


def rank_attainment(rank: int, goal: int, of: int) -> float:
    """(n − r + 1)/(n − k + 1), capped at 1 where the goal is met: 7 of 15, goal 5: .818181818."""
    check_rank(rank, of)
    check_rank(goal, of)
    return min((of - rank + 1) / (of - goal + 1), 1.0)


def rank_distance(base: int, rank: int, goal: int) -> float | None:
    """(r0 − r)/(r0 − k): 9 → 7, goal 5: .5."""
    return (base - rank) / (base - goal) if base != goal else None


def check_rank(rank: int, of: int) -> None:
    if not 1 <= rank <= of:
        raise DataError(f"rank {rank} of {of}: expected a place from 1 to {of}; state the list's length")


@dataclass(frozen=True)
class Quota:
    """Years with the quota met as a share, mean of min(x/N, 1), and what is missing in the years that missed it, in units."""

    hit_rate: float
    mean_capped: float
    backlog: float
    years: int


def measure_quota(values: Mapping[int, float], quota: float) -> Quota:
    """每年 N: each year counts for itself, surplus of one does not pay for another. 31 28 35 30, N 30: .75, .983333333, 2."""
    if not values or quota <= 0:
        raise DataError(f"a yearly quota needs at least one year and a positive quota, got {len(values)} years and {quota:g}")
    figures = list(values.values())
    return Quota(
        hit_rate=sum(value >= quota for value in figures) / len(figures),
        mean_capped=sum(min(value / quota, 1) for value in figures) / len(figures),
        backlog=sum(max(quota - value, 0.0) for value in figures),
        years=len(figures),
    )
