"""Equations between commitments, computed: what two of them together demand of a third quantity.

Takes the policy's identities and latest figures; gives what the equation implies, with the interval that the bands of `about`
targets leave, and the growth that this needs. Products and quotients only, and interval arithmetic.
"""

from dataclasses import dataclass

import pandas as pd

from qdlib.analysis.evidence import is_number, parse_product
from qdlib.analysis.reference_class import Frequency, growth_frequency
from qdlib.analysis.schedule import required_growth
from qdlib.catalogue.policy import Policy, TargetIdentity
from qdlib.errors import CatalogueError

# Seen in fewer than a tenth of the peers' windows, the required growth counts as strained.
STRAINED = 0.10


@dataclass(frozen=True)
class Implication:
    """`implied` value (and interval) of `solve_for` in `year`, the latest figure it starts from, the growth it needs.

    `floor` is a later statement of the kind "more than", with the growth (at most) that is needed from it.
    """

    id: str
    solve_for: str
    year: int
    implied: float
    low: float
    high: float
    latest: float
    latest_year: int
    edition: str
    growth: float
    frequency: Frequency
    floor: float | None
    floor_year: int | None
    floor_growth: float | None
    floor_frequency: Frequency | None
    verdict: str


def implied_value(identity: TargetIdentity, policy: Policy) -> tuple[float, float, float]:
    """Central, lowest and highest value of the unknown: 6400 and 33 ± 3 % give 19393.9 (18829.1 to 19993.8)."""
    central, low, high, power = 1.0, 1.0, 1.0, 0
    for side, formula in ((1, identity.left), (-1, identity.right)):
        for name, sign in parse_product(formula):
            if name == identity.solve_for:
                power -= side * sign
                continue
            value, lowest, highest = operand(name, policy)
            exponent = side * sign
            ends = (lowest, highest) if exponent > 0 else (highest, lowest)
            central, low, high = central * value**exponent, low * ends[0] ** exponent, high * ends[1] ** exponent
    if power not in (1, -1):
        raise CatalogueError(f"identity {identity.id}: {identity.solve_for} must stand exactly once")
    return (central, low, high) if power == 1 else (1 / central, 1 / high, 1 / low)


def operand(name: str, policy: Policy) -> tuple[float, float, float]:
    if is_number(name):
        return (float(name),) * 3
    if name not in policy.targets:
        raise CatalogueError(f"identity operand {name!r} is neither a number nor a target; only the unknown may be an indicator")
    target = policy.targets[name]
    value, slack = float(target.value), float(target.tolerance or 0)
    return value, value * (1 - slack), value * (1 + slack)


def assess_identity(
    identity: TargetIdentity, policy: Policy, series: pd.DataFrame, rows: pd.DataFrame, peers: dict[str, pd.DataFrame]
) -> Implication:
    """What the identity implies, from the city's series, its observations (for bounds) and the peers' series of the unknown.

    The verdict is `strained` where the growth, from the floor if there is a later one, was reached in under a tenth of the
    peers' windows of the same length.
    """
    central, low, high = implied_value(identity, policy)
    own = series[(series["indicator"] == identity.solve_for) & (series["scope"] == "whole_city")].sort_values("year")
    if own.empty:
        raise CatalogueError(f"identity {identity.id}: no figure of {identity.solve_for} to start from")
    last, year = own.iloc[-1], policy.plan[1]
    years = year - int(last["year"])
    needed = required_growth(float(last["amount"]), central, years, in_points=False)
    frequency = growth_frequency(peers, years, needed)
    floor, floor_year = newest_floor(rows, identity.solve_for, int(last["year"]), year)
    floor_growth = None if floor is None else required_growth(floor, central, year - floor_year, in_points=False)
    floor_frequency = None if floor is None else growth_frequency(peers, year - floor_year, floor_growth)
    deciding = floor_frequency or frequency
    verdict = "strained" if deciding.windows and deciding.share < STRAINED else "consistent"
    return Implication(
        identity.id,
        identity.solve_for,
        year,
        central,
        low,
        high,
        float(last["amount"]),
        int(last["year"]),
        last["edition"],
        needed,
        frequency,
        floor,
        floor_year,
        floor_growth,
        floor_frequency,
        verdict,
    )


def newest_floor(rows: pd.DataFrame, indicator: str, after: int, before: int) -> tuple[float | None, int | None]:
    """The newest "more than" between two years: amount in the catalogue's unit and year."""
    own = rows[(rows["indicator"] == indicator) & (rows["bound"] == "above")]
    if own.empty:
        return None, None
    own = own[own["scope"] == "whole_city"]
    own = own[(own["year"] > after) & (own["year"] < before)].sort_values("year")
    return (float(own["amount"].iloc[-1]), int(own["year"].iloc[-1])) if len(own) else (None, None)
