"""Names that a person types: a city or an indicator by id, Chinese or English name.

Takes the catalogue and a word; gives the one entry that it names, or one CatalogueError that suggests the near names in the
language of the question. Search is for people; labels printed in sources are `names`, where a near match is a wrong label.
Decision: an exact name decides, a part of a name never does, because 海洋 is part of six names and means none of them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher

from qdlib.catalogue.names import canonical_name
from qdlib.errors import CatalogueError

CHINESE = re.compile(r"[\u3400-\u9fff]")
NEAR = 0.5  # share of signs in common from which a name is suggested; half of a name of four signs
SHOWN = 3


def find_city(catalogue, text: str):
    """The city of a slug (`qingdao`), a Chinese name with or without 市, or an English one."""
    return find_entry(catalogue.cities, text, "city", city_words, "qd.cities() lists them")


def find_indicator(catalogue, text: str):
    """The indicator of an id, a name, or a label that only one indicator is printed under."""
    return find_entry(catalogue.indicators, text, "indicator", indicator_words, "qd.indicators(word) searches them")


def city_words(city) -> tuple[str, ...]:
    return (city.slug, city.name.zh, f"{city.name.zh}市", city.name.en)


def place_words(city) -> tuple[str, ...]:
    """What a search for cities looks at: a province finds all of its cities."""
    return (*city_words(city), city.province.zh, city.province.en)


def indicator_words(item) -> tuple[str, ...]:
    return (item.id, item.name.zh, item.name.en, *(label.text for label in item.labels))


def find_entry(known: Mapping, text: str, what: str, words: Callable, remedy: str):
    """The entry with this id, else the only one with this name, else the only one with this label. CatalogueError otherwise."""
    if text in known:
        return known[text]
    wanted = plain(text)
    named = [item for item in known.values() if wanted in map(plain, (item.name.zh, item.name.en))]
    named = named or [item for item in known.values() if wanted in map(plain, words(item))]
    if len(named) == 1:
        return named[0]
    if named:
        raise CatalogueError(f"{what} {text!r} may be {listed(named, text)}: write the id ({remedy})")
    close = near_entries(known, text, words)
    hint = f"; did you mean {listed(close, text)}?" if close else ""
    raise CatalogueError(f"unknown {what} {text!r}{hint} ({remedy})")


def plain(word: str) -> str:
    """A word as it is compared: without blanks, brackets of units and case."""
    return canonical_name(str(word)).bare.casefold()


def listed(items: Iterable, text: str) -> str:
    """`marine_gdp (海洋生产总值) or …`, named in the language of the question."""
    language = "zh" if CHINESE.search(str(text)) else "en"
    return " or ".join(f"{getattr(item, 'slug', None) or item.id} ({item.name.in_language(language)})" for item in items)


def near_entries(known: Mapping, text: str, words: Callable) -> list:
    """At most three entries that resemble the word, the nearest first; one that contains it comes before one that is alike."""
    wanted = plain(text)
    likeness = {key: max(alike(wanted, plain(word)) for word in words(item)) for key, item in known.items()} if wanted else {}
    best = sorted((-value, key) for key, value in likeness.items() if value >= NEAR)
    return [known[key] for _, key in best[:SHOWN]]


def alike(wanted: str, word: str) -> float:
    return 1 + len(wanted) / len(word) if wanted in word else SequenceMatcher(None, wanted, word).ratio()


def search_entries(known: Mapping, text: str, words: Callable) -> list:
    """Every entry of which each word of the question is part of a name, an id or a label; all of them for an empty question."""
    parts = [plain(part) for part in str(text).split()]
    return [item for item in known.values() if all(any(part in plain(word) for word in words(item)) for part in parts)]
