"""Sources: who issued a publication, and how far it is to be believed beside others.

Takes sources.yml; gives frozen `Source` entries. `rank` orders the classes for the choice of a vintage: the class belongs to
the body that issued the figure, not to its carrier, so a communiqué quoted by a newspaper stays official. A source that
`supersedes` others says why in `reason`, and for which cities it does not.
`usual_month`: by when a publication known to the year only is out, as communiqués are in spring.
"""

from dataclasses import dataclass
from pathlib import Path

from qdlib.catalogue.documents import Entry, Name, keyed_entries

CLASSES = ("official", "department", "copy")


@dataclass(frozen=True)
class Supersession:
    """Another source whose figures give way, except for some cities."""

    source: str
    except_cities: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    id: str
    publisher: str | Name
    title: Name
    licence: Name
    class_: str
    usual_month: int | None
    supersedes: tuple[Supersession, ...]
    reason: str | None

    @property
    def rank(self) -> int:
        """0 official, 1 department, 2 copy."""
        return CLASSES.index(self.class_)


def load_sources(path: Path, faults: list[str]) -> dict[str, Source]:
    sources = {}
    for key, entry in keyed_entries(path, faults):
        named = isinstance(entry.raw("publisher"), dict)
        sources[key] = Source(
            id=key,
            publisher=entry.name("publisher") if named else entry.text("publisher", None),
            title=entry.name("title"),
            licence=entry.name("licence"),
            class_=entry.choice("class", CLASSES),
            usual_month=entry.integer("usual_month", None),
            supersedes=tuple(read_supersession(child) for child in entry.children("supersedes")),
            reason=entry.text("reason", None),
        )
        if sources[key].supersedes and not sources[key].reason:
            entry.fault("`supersedes` needs a `reason`")
        entry.finish()
    return sources


def read_supersession(entry: Entry) -> Supersession:
    supersession = Supersession(entry.text("source"), entry.texts("except_cities", ()))
    entry.finish()
    return supersession
