"""Catalogue and store -> what the site lists and finds besides its reports: indicators, commitments, tasks.

Takes the catalogue and the series of every city in the latest vintage; gives plain entries in one language. A count of cities
and a span of years say what is published; no figure is computed here. What has no page of the plan is not listed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

PageAddress = Callable[[str], str | None]


@dataclass(frozen=True)
class Listed:
    """One indicator of the directory; `cities`, `first`, `last` are 0 where nothing is published."""

    id: str
    theme: str
    name: str
    other_name: str
    unit: str
    cities: int
    first: int
    last: int


@dataclass(frozen=True)
class Entry:
    """One thing that can be found: what is shown, its kind (a text id), its address, and further words that find it."""

    title: str
    kind: str
    address: str
    words: str = ""


def read_coverage() -> dict[str, tuple[int, int, int]]:
    """Number of cities, first and last year by indicator: what the latest vintage holds."""
    import pandas as pd

    from qdlib.observations import store

    columns = ("city", "indicator", "year")  # every city is read for three columns, in a run that changes nothing too
    series = [store.read_table("series", city, columns) for city in store.cities_with_data()]
    if not series:
        return {}
    grouped = pd.concat(series).groupby("indicator").agg(cities=("city", "nunique"), first=("year", "min"), last=("year", "max"))
    return {row.Index: (int(row.cities), int(row.first), int(row.last)) for row in grouped.itertuples()}


def list_indicators(catalogue, language: str, coverage: dict[str, tuple[int, int, int]]) -> list[Listed]:
    """Every indicator of the catalogue, by theme as the catalogue orders them."""
    other = {"zh": "en", "en": "zh"}[language]
    return [
        Listed(
            each.id,
            each.theme,
            each.name.in_language(language),
            each.name.in_language(other),
            catalogue.units[each.unit].symbol(language),
            *coverage.get(each.id, (0, 0, 0)),
        )
        for each in catalogue.indicators.values()
    ]


def find_entries(catalogue, language: str, cities: Iterable[str], address: PageAddress, indicators: str) -> list[Entry]:
    """Cities, pillars, indicators, commitments and tasks with their pages; `indicators`: address of the directory's page."""
    entries = [
        Entry(city.name.in_language(language), "page.search.city", found, f"{city.name.zh} {city.name.en} {id}")
        for id, city in catalogue.cities.items()
        if id in cities and (found := address(f"cities/{id}/index"))
    ]
    policy = catalogue.policy
    entries += [
        Entry(pillar.name.in_language(language), "page.search.pillar", found, f"{pillar.name.zh} {pillar.name.en} {id}")
        for id, pillar in policy.pillars.items()
        if (found := address(f"pillars/{id}"))
    ]
    entries += [
        Entry(each.name.in_language(language), "page.search.indicator", f"{indicators}#{each.id}", indicator_words(each))
        for each in catalogue.indicators.values()
    ]
    entries += [
        Entry(f"{target.id} {target.name.in_language(language)}", "page.search.target", found, f"{target.name.zh} {target.name.en}")
        for target in policy.targets.values()
        if (found := address(f"pillars/{target.pillar}") or address("targets"))
    ]
    if programme := address("programme"):
        entries += [
            Entry(f"{item.id} {item.title.in_language(language)}", "page.search.item", programme, f"{item.title.zh} {item.title.en}")
            for item in catalogue.programme.items.values()
        ]
    return entries


def indicator_words(indicator) -> str:
    """Names in both languages, the id, and every printed label that means this indicator."""
    labels = dict.fromkeys(label.text for label in indicator.labels)
    return " ".join(dict.fromkeys([indicator.name.zh, indicator.name.en, indicator.id, *labels]))
