"""Dated events that move statistics (censuses), and identities that hold between indicators.

Takes events.yml and identities.yml; gives frozen `Event` and `Identity` entries. An identity says in which years and which
sources or editions it holds, because definitions change: a figure per head was once made with the registered population. It
is evaluated inside one edition; what a failure means is the checks' and the targets' business.
"""

from dataclasses import dataclass
from pathlib import Path

from qdlib.catalogue.documents import Entry, Name, keyed_entries

EVENT_KINDS = ("economic_census", "population_census", "method_change")
# Kind -> number of parts (least, most); shares that sum to 100 have no total of their own.
IDENTITY_KINDS = {
    "sum": (2, 99),
    "shares_to_100": (2, 99),
    "share_of": (2, 2),
    "per_capita": (2, 2),
    "index_level": (1, 1),
    "growth_index": (1, 1),
}


@dataclass(frozen=True)
class Event:
    """`year`: the year counted, or in which the method changed. A method change names the indicators that it moves, the editions
    that print the moved figures first, and the years moved."""

    id: str
    kind: str
    year: int
    name: Name
    indicators: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None


@dataclass(frozen=True)
class Identity:
    """`total` and `parts`: sum total = Σ parts; shares_to_100 100 % = Σ parts; share_of total = parts[0] / parts[1]; per_capita
    total = parts[0] / mean parts[1]; index_level total is the index of parts[0]; growth_index total = 100 + parts[0].

    `from_year` and `to_year` bound the years, `editions` names the editions or sources in which it holds (none: all).
    """

    id: str
    kind: str
    total: str | None
    parts: tuple[str, ...]
    from_year: int | None
    to_year: int | None
    editions: tuple[str, ...]

    @property
    def members(self) -> tuple[str, ...]:
        return self.parts if self.total is None else (self.total, *self.parts)


def load_events(path: Path, faults: list[str]) -> dict[str, Event]:
    events = {}
    for key, entry in keyed_entries(path, faults):
        events[key] = Event(
            id=key,
            kind=entry.choice("kind", EVENT_KINDS),
            year=entry.integer("year"),
            name=entry.name("name"),
            indicators=entry.texts("indicators", ()),
            editions=entry.texts("editions", ()),
            first_year=entry.integer("first_year", None),
            last_year=entry.integer("last_year", None),
        )
        if (events[key].kind == "method_change") != bool(events[key].indicators):
            entry.fault("a `method_change` names its `indicators`; a census does not, its indicators say `revised_by`")
        entry.finish()
    return events


def load_identities(path: Path, faults: list[str]) -> dict[str, Identity]:
    identities = {}
    for key, entry in keyed_entries(path, faults):
        identities[key] = read_identity(key, entry)
    return identities


def read_identity(key: str, entry: Entry) -> Identity:
    kind = entry.choice("kind", IDENTITY_KINDS)
    bare = kind == "shares_to_100"
    identity = Identity(
        id=key,
        kind=kind,
        total=entry.text("total", None) if bare else entry.text("total"),
        parts=entry.texts("parts"),
        from_year=entry.integer("from", None),
        to_year=entry.integer("to", None),
        editions=entry.texts("editions", ()),
    )
    least, most = IDENTITY_KINDS.get(kind, (0, 99))
    if identity.parts and not least <= len(identity.parts) <= most:
        expected = f"{least}" if least == most else f"{least} or more"
        entry.fault(f"`parts` holds {len(identity.parts)} ids, {kind} has {expected}")
    if bare and identity.total is not None:
        entry.fault("`total` is stated, but shares that sum to 100 have none")
    if None not in (identity.from_year, identity.to_year) and identity.from_year > identity.to_year:
        entry.fault(f"`from` {identity.from_year} is after `to` {identity.to_year}")
    entry.finish()
    return identity
