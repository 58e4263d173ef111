"""Cities, their dated changes of area, and the peer groups in which they are compared.

Takes cities.csv, city_changes.csv, peer_groups.yml; gives frozen entries keyed by slug. A city is a slug, never an area
code: codes lose their zeros in spreadsheets and YAML. The policy text names no list of comparable cities, so the group a
city is compared in by default is our reading and is labelled so wherever it is used.
"""

from dataclasses import dataclass
from pathlib import Path

from qdlib.catalogue.documents import Entry, Name, keyed_entries, table_entries

LEVELS = ("municipality", "provincial_capital", "planned_separately")


@dataclass(frozen=True)
class City:
    slug: str
    code: str
    name: Name
    province: Name
    level: str
    peer_group: str


@dataclass(frozen=True)
class CityChange:
    """A change of area; `scopes` are those whose figures change from `first_data_year` on.

    `later`: editions or sources that go over to the new area in a year of their own, as (id, first year).
    """

    city: str
    date: str
    change: Name
    scopes: tuple[str, ...]
    first_data_year: int
    later: tuple[tuple[str, int], ...] = ()

    def first_year_in(self, edition: str) -> int:
        """The first year of the new area in one edition."""
        return next((year for key, year in self.later if edition == key or edition.startswith(f"{key}_")), self.first_data_year)


@dataclass(frozen=True)
class PeerGroup:
    id: str
    name: Name
    members: tuple[str, ...]


def load_cities(path: Path, faults: list[str]) -> dict[str, City]:
    cities: dict[str, City] = {}
    for entry in table_entries(path, faults):
        city = City(
            slug=entry.text("slug"),
            code=entry.text("code"),
            name=Name(entry.text("name_zh") or "", entry.text("name_en") or ""),
            province=Name(entry.text("province_zh") or "", entry.text("province_en") or ""),
            level=entry.choice("level", LEVELS),
            peer_group=entry.text("peer_group"),
        )
        if city.slug in cities:
            entry.fault(f"city {city.slug} stands twice")
        if not (city.code and len(city.code) == 6 and city.code.isdigit()):
            entry.fault(f"`code` is {city.code!r}, expected six digits as text")
        entry.finish()
        cities[city.slug] = city
    if list(cities) != sorted(cities):
        faults.append(f"{path.name}: rows must be sorted by slug")
    return cities


def load_changes(path: Path, faults: list[str]) -> tuple[CityChange, ...]:
    changes = []
    for entry in table_entries(path, faults):
        changes.append(
            CityChange(
                city=entry.text("city"),
                date=entry.text("date"),
                change=Name(entry.text("change_zh") or "", entry.text("change_en") or ""),
                scopes=tuple((entry.text("scopes", "") or "").split()),
                first_data_year=entry.integer("first_data_year"),
                later=read_later(entry),
            )
        )
        entry.finish()
    return tuple(changes)


def read_later(entry: Entry) -> tuple[tuple[str, int], ...]:
    """`qd_yearbook_2023=2013 qd_communique=2014`: where the new area begins in a year of its own."""
    pairs = []
    for word in (entry.text("first_data_year_in", "") or "").split():
        edition, sign, year = word.partition("=")
        if not (edition and sign and year.isdecimal()):
            entry.fault(f"`first_data_year_in` holds {word!r}, expected EDITION=YEAR, such as qd_yearbook_2023=2013")
            continue
        pairs.append((edition, int(year)))
    return tuple(pairs)


def load_peer_groups(path: Path, faults: list[str]) -> dict[str, PeerGroup]:
    groups = {}
    for key, entry in keyed_entries(path, faults):
        groups[key] = PeerGroup(key, entry.name("name"), entry.texts("members"))
        entry.finish()
    return groups
