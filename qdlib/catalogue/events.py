"""Dated events that move statistics (censuses), and identities that hold between indicators.

Takes events.yml and identities.yml; gives frozen `Event` and `Identity` entries. An identity is evaluated inside one edition
only; it is the checks' and the targets' business what a failure means.
"""

from dataclasses import dataclass
from pathlib import Path

from qdlib.catalogue.documents import Name, keyed_entries

EVENT_KINDS = ("economic_census", "population_census", "method_change")
IDENTITY_KINDS = ("sum", "share_of", "per_capita", "index_level")


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
    """`total` and `parts`: sum total = Σ parts; share_of total = parts[0] / parts[1]; per_capita total = parts[0] / mean
    parts[1]; index_level total is the index of parts[0]."""

    id: str
    kind: str
    total: str
    parts: tuple[str, ...]


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
        identities[key] = Identity(key, entry.choice("kind", IDENTITY_KINDS), entry.text("total"), entry.texts("parts"))
        entry.finish()
    return identities
