"""Equations between commitments, computed: what several of them together demand of a quantity that the text does not state.

Takes the policy's identities and latest figures; gives what each implies, with the interval that the bands of `about` targets leave,
the growth that this needs, and a verdict. Products and quotients only, and interval arithmetic. Binding: what one identity yields serves
the next, in the order of the registry (GDP follows from the two marine commitments, research spending from GDP). Strained needs peers'
windows, inconsistent none; `tested` says whether anything could have spoken against an equation that is called consistent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from qdlib.analysis.evidence import is_number, parse_product
from qdlib.analysis.reference_class import Frequency, growth_frequency
from qdlib.analysis.schedule import required_growth
from qdlib.catalogue import Catalogue
from qdlib.catalogue.policy import Policy, TargetIdentity
from qdlib.errors import CatalogueError

# Seen in fewer than a tenth of the peers' windows, the required growth counts as strained.
STRAINED = 0.10
VERDICTS = ("inconsistent", "strained", "consistent")
BITES = ("inconsistent", "strained")
SLACK = 1e-9
Interval = tuple[float, float, float]


@dataclass(frozen=True)
class Implication:
    """`implied` value (and interval) of `solve_for` in `year`, the latest figure it starts from, the growth it needs.

    `floor` is a later statement of the kind "more than", with the growth (at most) that is needed from it. `targets` are the commitments
    that the value rests on. Without `solve_for`, both sides are known: `implied` is the left one, `low` to `high` the right one.
    """

    id: str
    solve_for: str | None
    year: int
    implied: float
    low: float
    high: float
    latest: float | None = None
    latest_year: int | None = None
    edition: str | None = None
    growth: float | None = None
    frequency: Frequency = Frequency(0, 0, 0)
    floor: float | None = None
    floor_year: int | None = None
    floor_growth: float | None = None
    floor_frequency: Frequency | None = None
    verdict: str = "consistent"
    tested: bool = False
    targets: tuple[str, ...] = ()

    @property
    def bites(self) -> bool:
        return self.verdict in BITES


def assess_identities(
    catalogue: Catalogue, series: pd.DataFrame, rows: pd.DataFrame, peers: Mapping[str, Mapping[str, pd.DataFrame]]
) -> list[Implication]:
    """Every identity of the policy in its order; peers: by indicator (`sought`), the series of the comparable cities."""
    solved: dict[str, Interval] = {}
    resting: dict[str, tuple[str, ...]] = {}
    found = []
    for identity in catalogue.policy.identities:
        item = assess_identity(
            identity, catalogue.policy, series, rows, peers.get(identity.solve_for, {}), solved, resting, limits_of(identity, catalogue)
        )
        if identity.solve_for and identity.solve_for not in solved:
            solved[identity.solve_for] = (item.implied, item.low, item.high)
            resting[identity.solve_for] = item.targets
        found.append(item)
    return found


def sought(catalogue: Catalogue) -> list[str]:
    """The indicators that identities solve for: the peers' series of these say how often such growth was seen."""
    wanted = (identity.solve_for for identity in catalogue.policy.identities)
    return list(dict.fromkeys(key for key in wanted if key in catalogue.indicators))


def limits_of(identity: TargetIdentity, catalogue: Catalogue) -> tuple[float | None, float | None]:
    """What no true value of the unknown leaves; a quantity in per cent that is no indicator lies within 0 and 100."""
    indicator = catalogue.indicators.get(identity.solve_for)
    if indicator is None:
        return (0.0, 100.0) if identity.unit == "percent" else (None, None)
    return tuple(None if limit is None else float(limit) for limit in (indicator.lower, indicator.upper))


def implied_value(identity: TargetIdentity, policy: Policy, solved: Mapping[str, Interval] | None = None) -> Interval:
    """Central, lowest and highest value of the unknown: 6400 and 33 ± 3 % give 19393.9 (18829.1 to 19993.8)."""
    (left, lefts), (right, rights) = (
        multiply(formula, identity.solve_for, policy, solved or {}) for formula in (identity.left, identity.right)
    )
    power = lefts - rights
    if power not in (1, -1):
        raise CatalogueError(f"identity {identity.id}: {identity.solve_for} must stand exactly once")
    return divide(right, left) if power == 1 else divide(left, right)


def multiply(formula: str, unknown: str | None, policy: Policy, solved: Mapping[str, Interval]) -> tuple[Interval, int]:
    """The known part of a side as an interval, and the power in which the unknown stands there."""
    product, power = (1.0, 1.0, 1.0), 0
    for name, sign in parse_product(formula):
        if name == unknown:
            power += sign
        elif sign > 0:
            product = tuple(one * other for one, other in zip(product, operand(name, policy, solved), strict=True))
        else:
            product = divide(product, operand(name, policy, solved))
    return product, power


def divide(one: Interval, other: Interval) -> Interval:
    return one[0] / other[0], one[1] / other[2], one[2] / other[1]


def operand(name: str, policy: Policy, solved: Mapping[str, Interval]) -> Interval:
    if is_number(name):
        return (float(name),) * 3
    if name in solved:
        return solved[name]
    if name not in policy.targets:
        raise CatalogueError(
            f"identity operand {name!r} is neither a number nor a target; only the unknown, or what an identity before it "
            "yields, may be an indicator"
        )
    target = policy.targets[name]
    value, slack = float(target.value), float(target.tolerance or 0)
    return value, value * (1 - slack), value * (1 + slack)


def resting_on(identity: TargetIdentity, policy: Policy, resting: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The commitments behind an identity, those behind a value taken from another identity included; in the registry's order."""
    used = [key for key in identity.operands if key != identity.solve_for]
    behind = {target for key in used for target in resting.get(key, (key,))}
    return tuple(key for key in policy.targets if key in behind)


def assess_identity(
    identity: TargetIdentity,
    policy: Policy,
    series: pd.DataFrame,
    rows: pd.DataFrame,
    peers: Mapping[str, pd.DataFrame],
    solved: Mapping[str, Interval] | None = None,
    resting: Mapping[str, tuple[str, ...]] | None = None,
    limits: tuple[float | None, float | None] = (None, None),
) -> Implication:
    """What the identity implies, from the city's series, its observations (for bounds) and the peers' series of the unknown."""
    solved, targets, year = solved or {}, resting_on(identity, policy, resting or {}), policy.plan[1]
    if identity.solve_for is None:
        return compare_sides(identity, policy, solved, targets, year)
    implied = implied_value(identity, policy, solved)
    own = series[(series["indicator"] == identity.solve_for) & (series["scope"] == "whole_city")].sort_values("year")
    growth = grow_from(own, rows, identity.solve_for, implied[0], year, peers) if len(own) else {}
    verdict, tested = judge_value(implied, solved.get(identity.solve_for), limits, growth, year)
    return Implication(
        identity.id, identity.solve_for, year, *implied, **growth, verdict=verdict, tested=tested, targets=targets
    )


def compare_sides(
    identity: TargetIdentity, policy: Policy, solved: Mapping[str, Interval], targets: tuple[str, ...], year: int
) -> Implication:
    """Both sides known: equal where their intervals meet, or the left at least the right where it can be."""
    left, right = (multiply(formula, None, policy, solved)[0] for formula in (identity.left, identity.right))
    slack = SLACK * max(abs(left[0]), abs(right[0]), 1.0)
    holds = left[2] >= right[1] - slack and (identity.relation == "ge" or left[1] <= right[2] + slack)
    return Implication(
        identity.id,
        None,
        year,
        left[0],
        right[1],
        right[2],
        verdict="consistent" if holds else "inconsistent",
        tested=True,
        targets=targets,
    )


def grow_from(
    own: pd.DataFrame, rows: pd.DataFrame, indicator: str, implied: float, year: int, peers: Mapping[str, pd.DataFrame]
) -> dict:
    """Growth needed from the newest figure and from a later floor, each with how often peers reached it."""
    last = own.iloc[-1]
    latest, latest_year = float(last["amount"]), int(last["year"])
    needed = required_growth(latest, implied, year - latest_year, in_points=False)
    floor, floor_year = newest_floor(rows, indicator, latest_year, year)
    found = {"latest": latest, "latest_year": latest_year, "edition": last["edition"], "growth": needed}
    found["frequency"] = Frequency(0, 0, 0) if needed is None else growth_frequency(dict(peers), year - latest_year, needed)
    if floor is not None:
        growth = required_growth(floor, implied, year - floor_year, in_points=False)
        found |= {"floor": floor, "floor_year": floor_year, "floor_growth": growth}
        found["floor_frequency"] = growth_frequency(dict(peers), year - floor_year, growth)
    return found


def judge_value(
    implied: Interval, before: Interval | None, limits: tuple[float | None, float | None], growth: dict, year: int
) -> tuple[str, bool]:
    """The verdict, and whether anything was there to test it.

    Inconsistent where the value cannot be: outside its limits, apart from what another identity yields, or missed by the figure of
    the target year. Strained where the growth, from the floor if there is a later one, was reached in under a tenth of the peers'
    windows of the same length.
    """
    low, high = limits
    if (low is not None and implied[2] < low) or (high is not None and implied[1] > high):
        return "inconsistent", True
    if before is not None and (implied[1] > before[2] or implied[2] < before[1]):
        return "inconsistent", True
    if growth and growth["latest_year"] >= year:
        return ("consistent" if implied[1] <= growth["latest"] <= implied[2] else "inconsistent"), True
    deciding = growth.get("floor_frequency") or growth.get("frequency")
    if deciding is None or not deciding.windows:
        return "consistent", before is not None
    return ("strained" if deciding.share < STRAINED else "consistent"), True


def newest_floor(rows: pd.DataFrame, indicator: str, after: int, before: int) -> tuple[float | None, int | None]:
    """The newest "more than" between two years: amount in the catalogue's unit and year."""
    own = rows[(rows["indicator"] == indicator) & (rows["bound"] == "above")]
    if own.empty:
        return None, None
    own = own[own["scope"] == "whole_city"]
    own = own[(own["year"] > after) & (own["year"] < before)].sort_values("year")
    return (float(own["amount"].iloc[-1]), int(own["year"].iloc[-1])) if len(own) else (None, None)
