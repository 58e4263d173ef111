"""A policy: its pillars, its quantified commitments and the equations between them.

Takes a folder with targets.yml; gives a frozen `Policy`. A second policy is a second folder, no code. Commitments are those
of the text only: a value or year that is our reading carries `stated: no`, and none is eased. Yearly points are official where the
city has published its own breakdown, each with its source; then they replace the reference path.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from qdlib.catalogue.documents import Entry, Name, read_yaml

KINDS = ("flow", "stock", "share", "ratio", "cumulative", "each_year", "rank", "coverage")
OPERATORS = ("ge", "gt", "le", "lt", "about", "rank_within", "range", "each_year", "full", "lead")
SHAPES = ("linear", "geometric", "logit", "s_curve", "steps", "manual")
RELATIONS = ("equal", "ge")


@dataclass(frozen=True)
class Pillar:
    id: str
    name: Name
    short: Name


@dataclass(frozen=True)
class OfficialPoint:
    """A yearly value that the city itself has set on the way to a commitment, in the indicator's unit, and where it says so."""

    value: Fraction
    source: str


@dataclass(frozen=True)
class Target:
    """One commitment. `value` and `value_max` are in the indicator's unit; `year` is None where the text names none."""

    id: str
    indicator: str
    pillar: str
    clauses: tuple[int, ...]
    kind: str
    year: int | None
    name: Name
    word: str
    op: str
    value: Fraction | None
    value_max: Fraction | None
    tolerance: Fraction | None
    value_stated: bool
    aspirational: bool
    headline: bool
    pair: str | None
    open_definition: Name | None
    shape: str | None
    derive: str | None
    base_year: int | None
    base_derive: str | None
    note: Name | None
    official: Mapping[int, OfficialPoint] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class TargetIdentity:
    """`left` = `right` (or `left` ≥ `right`), products or quotients of target and indicator ids; numbers stand as they are.

    `solve_for` is the quantity that the text does not state; None where both sides are commitments. `name` and `unit` are those of
    what is sought, where it is no indicator of the catalogue.
    """

    id: str
    left: str
    right: str
    solve_for: str | None
    relation: str = "equal"
    name: Name | None = None
    unit: str | None = None

    @property
    def operands(self) -> tuple[str, ...]:
        """Ids on both sides, in order: targets, indicators, what is sought; no numbers."""
        words = (*self.left.split(), *self.right.split())
        return tuple(dict.fromkeys(word for word in words if word not in "*/" and not word.replace(".", "", 1).isdigit()))


@dataclass(frozen=True)
class Policy:
    title: Name
    short: Name
    issued: str
    city: str
    peers: str | None
    base_year: int
    plan: tuple[int, int]
    clauses: int
    pillars: Mapping[str, Pillar]
    targets: Mapping[str, Target]
    identities: tuple[TargetIdentity, ...]
    not_targets: tuple[tuple[str, str], ...]


def load_policy(path: Path, faults: list[str]) -> Policy | None:
    content = read_yaml(path, faults)
    if not isinstance(content, dict):
        return None
    entry = Entry(content, path.name, faults)
    plan = entry.integers("plan")
    if len(plan) != 2:
        entry.fault(f"`plan` is {content.get('plan')!r}, expected its first and last year")
    policy = Policy(
        title=entry.name("title"),
        short=entry.name("short"),
        issued=entry.text("issued"),
        city=entry.text("city"),
        peers=entry.text("peers", None),
        base_year=entry.integer("base_year"),
        plan=(plan[0], plan[1]) if len(plan) == 2 else (0, 0),
        clauses=entry.integer("clauses") or 0,
        pillars=MappingProxyType({child.text("id"): read_pillar(child) for child in entry.children("pillars")}),
        targets=MappingProxyType(read_targets(entry)),
        identities=tuple(read_identity(child) for child in entry.children("identities")),
        not_targets=tuple((child.text("text"), child.text("reason")) for child in entry.children("not_targets")),
    )
    entry.finish()
    return policy


def read_pillar(entry: Entry) -> Pillar:
    return Pillar(entry.text("id"), entry.name("name"), entry.name("short"))


def read_identity(entry: Entry) -> TargetIdentity:
    identity = TargetIdentity(
        id=entry.text("id"),
        left=entry.text("left"),
        right=entry.text("right"),
        solve_for=entry.text("solve_for", None),
        relation=entry.choice("relation", RELATIONS, "equal"),
        name=entry.name("name", None),
        unit=entry.text("unit", None),
    )
    if identity.relation == "ge" and identity.solve_for:
        entry.fault("an inequality is checked, not solved: leave out `solve_for`")
    entry.finish()
    return identity


def read_targets(entry: Entry) -> dict[str, Target]:
    targets: dict[str, Target] = {}
    for child in entry.children("targets"):
        key = child.text("id")
        child.where = f"{entry.where}, target {key}"
        if key in targets:
            child.fault("the id stands twice; ids are never reused")
        targets[key] = read_target(key, child)
    return targets


def read_target(key: str, entry: Entry) -> Target:
    requirement, base, path = entry.child("requirement"), entry.child("base", None), entry.child("path", None)
    requirement = requirement or Entry({}, entry.where, [])
    clauses = entry.integers("clauses")
    stated = entry.child("stated", None)
    op = requirement.choice("op", OPERATORS)
    target = Target(
        id=key,
        indicator=entry.text("indicator"),
        pillar=entry.text("pillar"),
        clauses=clauses,
        kind=entry.choice("kind", KINDS),
        year=entry.integer("year", None),
        name=entry.name("name"),
        word=requirement.text("word"),
        op=op,
        value=requirement.number("value", None),
        value_max=requirement.number("value_max", None),
        tolerance=requirement.number("tolerance", None),
        value_stated=stated.flag("value", "yes") if stated else True,
        aspirational=entry.flag("aspirational", "no"),
        headline=entry.flag("headline", "no"),
        pair=entry.text("pair", None),
        open_definition=entry.name("open_definition", None),
        shape=path.choice("shape", SHAPES) if path else None,
        derive=entry.text("derive", None),
        base_year=base.integer("year", None) if base else None,
        base_derive=base.text("derive", None) if base else None,
        note=entry.name("note", None),
        official=MappingProxyType(read_official(path) if path else {}),
    )
    check_requirement(target, entry)
    for part in (requirement, base, path, stated, entry):
        if part:
            part.finish()
    return target


def read_official(path: Entry) -> dict[int, OfficialPoint]:
    """The official yearly points by year: `official: {2024: {value: …, source: …}}`."""
    points = path.child("official", None)
    found = {}
    for year in points.values if points else ():
        if not year.isdecimal():
            points.fault(f"{year!r} is no year")
        point = points.child(year)
        if point and year.isdecimal():
            found[int(year)] = OfficialPoint(point.number("value"), point.text("source"))
            point.finish()
    return dict(sorted(found.items()))


def check_requirement(target: Target, entry: Entry) -> None:
    if target.op != "lead" and target.value is None:
        entry.fault(f"requirement `{target.op}` needs a value")
    if target.op == "range" and target.value_max is None:
        entry.fault("requirement `range` needs value_max")
    if target.op == "range" and None not in (target.value, target.value_max) and target.value_max < target.value:
        entry.fault(f"value_max {float(target.value_max):g} lies below value {float(target.value):g}")
    if (target.op == "each_year") != (target.kind == "each_year"):
        entry.fault(f"requirement `{target.op}` on kind {target.kind}: a yearly quota is `each_year` in both")
    if target.op == "rank_within" and target.kind != "rank":
        entry.fault(f"requirement `rank_within` on kind {target.kind}, expected rank")
    if target.shape == "manual" and not target.official:
        entry.fault("path `manual` needs `official` points, each with value and source")
    if target.op == "about" and target.tolerance is None:
        entry.fault("requirement `about` needs a tolerance: the text gives none, so ours must be stated")
    if not target.clauses:
        entry.fault("`clauses` is empty, expected the clause numbers of the text")
