"""The whole catalogue: loaded, cross-checked, frozen.

Takes a folder (that of QD_CATALOGUE, else the packaged one); gives `Catalogue`. Every id that is mentioned must exist; all faults
of all files are raised together as one CatalogueError. Knows nothing of files of data. A second policy is a second folder: the
variable reaches the worker processes and kernels of a run, which an argument would not.
"""

import copyreg
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import MappingProxyType

from qdlib.catalogue import names, units
from qdlib.catalogue.cities import City, CityChange, PeerGroup, load_changes, load_cities, load_peer_groups
from qdlib.catalogue.corrections import Correction, load_corrections
from qdlib.catalogue.derived import DerivedSeries, load_derived
from qdlib.catalogue.events import Event, Identity, load_events, load_identities
from qdlib.catalogue.indicators import Indicator, load_indicators
from qdlib.catalogue.policy import Policy, load_policy
from qdlib.catalogue.programme import Programme, cross_check_programme, load_programme
from qdlib.catalogue.reviews import Review, cross_check_reviews, load_reviews
from qdlib.catalogue.sources import Source, load_sources
from qdlib.catalogue.texts import Texts, load_texts
from qdlib.errors import CatalogueError, nearest, raise_all

PACKAGED = Path(__file__).parent


def read_only(values: dict) -> MappingProxyType:
    return MappingProxyType(values)


# A large build sends the catalogue to a second process; a read-only view of a dictionary cannot be pickled as it is.
copyreg.pickle(MappingProxyType, lambda view: (read_only, (dict(view),)))


@dataclass(frozen=True)
class Catalogue:
    """Read-only mappings by id; the methods are look-ups only."""

    indicators: Mapping[str, Indicator]
    units: Mapping[str, units.Unit]
    cities: Mapping[str, City]
    city_changes: tuple[CityChange, ...]
    peer_groups: Mapping[str, PeerGroup]
    sources: Mapping[str, Source]
    events: Mapping[str, Event]
    identities: Mapping[str, Identity]
    derived: Mapping[str, DerivedSeries]
    corrections: tuple[Correction, ...]
    policy: Policy
    reviews: tuple[Review, ...]
    programme: Programme
    texts: Texts

    def __repr__(self) -> str:
        counts = {name: len(getattr(self, name)) for name in ("cities", "indicators", "sources", "corrections")}
        return f"Catalogue of {', '.join(f'{number} {name}' for name, number in counts.items())}; policy: {self.policy.title.zh}"

    def say(self, key: str, language: str = "zh", **values) -> str:
        """The sentence of a text id; any of them may name the `policy`, its city, its base year and its last year."""
        policy = self.policy
        own = {
            "policy": policy.short.in_language(language),
            "policy_city": self.cities[policy.city].name.in_language(language),
            "base_year": policy.base_year,
            "end_year": policy.plan[1],
        }
        return self.texts.say(key, language, **{**own, **values})

    def source_of(self, edition: str) -> Source:
        """The source of an edition id `<source>_<edition>`; CatalogueError where no source fits."""
        parts = edition.split("_")
        for end in range(len(parts), 0, -1):
            source = self.sources.get("_".join(parts[:end]))
            if source:
                return source
        raise CatalogueError(f"edition {edition!r} belongs to no source of sources.yml{nearest(edition, self.sources)}")

    def need_city(self, slug: str) -> City:
        return self._need(self.cities, slug, "city", "`qd list cities` shows them")

    def need_indicator(self, key: str) -> Indicator:
        return self._need(self.indicators, key, "indicator", "`qd list indicators` shows them")

    def need_derived(self, key: str) -> DerivedSeries:
        return self._need(self.derived, key, "derived series", "catalogue/derived.yml declares them")

    @staticmethod
    def _need(known: Mapping, key: str, what: str, remedy: str):
        if key not in known:
            raise CatalogueError(f"unknown {what} {key!r}{nearest(key, known)} ({remedy})")
        return known[key]

    def find_unit(self, text: str) -> units.Unit | None:
        return units.find_unit(self.units, text)

    def convert(self, value, from_id: str, to_id: str) -> Fraction:
        return units.convert(self.units, value, from_id, to_id)

    def match_indicator(self, name: str, ancestors: Iterable[str] = (), dimension: str | None = None, title: str = ""):
        return names.match_indicator(self.indicators, name, ancestors, dimension, title)


def catalogue_folder() -> Path:
    """The folder of the catalogue in use: QD_CATALOGUE, else the packaged one."""
    return Path(os.environ.get("QD_CATALOGUE") or PACKAGED)


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """The catalogue of `folder`, by default the one in use, which is read once. Raises one CatalogueError with all faults."""
    return cached_catalogue(catalogue_folder()) if folder is None else read_catalogue(Path(folder))


@cache
def cached_catalogue(folder: Path) -> Catalogue:
    return read_catalogue(folder)


def read_catalogue(folder: Path) -> Catalogue:
    faults: list[str] = []
    policy = load_policy(folder / "targets.yml", faults)
    catalogue = Catalogue(
        indicators=MappingProxyType(load_indicators(folder / "indicators", faults)),
        units=MappingProxyType(load_units(folder / "units.csv", faults)),
        cities=MappingProxyType(load_cities(folder / "cities.csv", faults)),
        city_changes=load_changes(folder / "city_changes.csv", faults),
        peer_groups=MappingProxyType(load_peer_groups(folder / "peer_groups.yml", faults)),
        sources=MappingProxyType(load_sources(folder / "sources.yml", faults)),
        events=MappingProxyType(load_events(folder / "events.yml", faults)),
        identities=MappingProxyType(load_identities(folder / "identities.yml", faults)),
        derived=MappingProxyType(load_derived(folder / "derived.yml", faults)),
        corrections=load_corrections(folder / "corrections.yml", faults),
        policy=policy,
        reviews=load_reviews(folder / "reviews.yml", faults),
        programme=load_programme(folder / "programme", tuple(policy.pillars) if policy else (), faults),
        texts=load_texts(folder / "text", faults),
    )
    if not faults:
        faults += cross_check(catalogue)
    raise_all(CatalogueError, faults, f"the catalogue in {folder.name}/ cannot be used")
    return catalogue


def load_units(path: Path, faults: list[str]) -> dict[str, units.Unit]:
    """The unit table; its faults join those of the other files."""
    try:
        return units.load_units(path)
    except FileNotFoundError:
        faults.append(f"{path.name} is missing from the catalogue")
    except CatalogueError as error:
        faults += error.faults or [str(error)]
    return {}


def cross_check(catalogue: Catalogue) -> list[str]:
    """Every id that one entry uses must be another entry's key."""
    faults: list[str] = []

    def need(known: Mapping, key: str | None, where: str, what: str) -> None:
        if key is not None and key not in known:
            faults.append(f"{where}: unknown {what} {key!r}{nearest(key, known)}")

    for indicator in catalogue.indicators.values():
        need(catalogue.units, indicator.unit, f"indicator {indicator.id}", "unit")
        need(catalogue.indicators, indicator.partial_of, f"indicator {indicator.id}", "indicator")
        need(catalogue.indicators, indicator.population_base, f"indicator {indicator.id}", "indicator")
    for city in catalogue.cities.values():
        need(catalogue.peer_groups, city.peer_group, f"city {city.slug}", "peer group")
    for group in catalogue.peer_groups.values():
        for member in group.members:
            need(catalogue.cities, member, f"peer group {group.id}", "city")
    for change in catalogue.city_changes:
        need(catalogue.cities, change.city, "city_changes.csv", "city")
    for source in catalogue.sources.values():
        for other in source.supersedes:
            need(catalogue.sources, other.source, f"source {source.id}", "source")
            for city in other.except_cities:
                need(catalogue.cities, city, f"source {source.id}", "city")
    for identity in catalogue.identities.values():
        for key in identity.members:
            need(catalogue.indicators, key, f"identity {identity.id}", "indicator")
        for edition in identity.editions:
            parts = edition.split("_")  # an edition is its source's id and a date
            if not any("_".join(parts[:end]) in catalogue.sources for end in range(1, len(parts) + 1)):
                need(catalogue.sources, edition, f"identity {identity.id}", "source or edition")
    for event in catalogue.events.values():
        for key in event.indicators:
            need(catalogue.indicators, key, f"event {event.id}", "indicator")
    for series in catalogue.derived.values():
        need(catalogue.cities, series.city, f"derived series {series.id}", "city")
        need(catalogue.indicators, series.indicator, f"derived series {series.id}", "indicator")
    for correction in catalogue.corrections:
        where = f"correction {correction.id}"
        need(catalogue.cities, correction.city, where, "city")
        need(catalogue.indicators, correction.indicator, where, "indicator")
        need(catalogue.units, correction.unit, where, "unit")
    for target in catalogue.policy.targets.values():
        need(catalogue.indicators, target.indicator, f"target {target.id}", "indicator")
        need(catalogue.policy.pillars, target.pillar, f"target {target.id}", "pillar")
        need(catalogue.policy.targets, target.pair, f"target {target.id}", "target")
        for clause in target.clauses:
            if not 1 <= clause <= catalogue.policy.clauses:
                faults.append(f"target {target.id}: clause {clause} is not in the policy, which has {catalogue.policy.clauses}")
    need(catalogue.cities, catalogue.policy.city, "targets.yml", "city")
    need(catalogue.peer_groups, catalogue.policy.peers, "targets.yml", "peer group")
    sought = {identity.solve_for for identity in catalogue.policy.identities if identity.solve_for}
    for identity in catalogue.policy.identities:
        where = f"targets.yml, identity {identity.id}"
        for key in identity.operands:
            need({**catalogue.policy.targets, **catalogue.indicators, **dict.fromkeys(sought)}, key, where, "target or indicator")
        if identity.solve_for and identity.solve_for not in catalogue.indicators:
            if identity.name is None or identity.unit is None:
                faults.append(f"{where}: {identity.solve_for!r} is no indicator: state its `name` and `unit`")
        need(catalogue.units, identity.unit, where, "unit")
    faults += cross_check_reviews(catalogue.reviews, catalogue.policy.targets, catalogue.texts)
    return faults + cross_check_programme(catalogue.programme, catalogue.policy, catalogue.indicators)
