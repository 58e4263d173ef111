"""Edition ids -> the publications that a reader knows.

Takes the editions of a block or a page; gives one entry per publication, the official ones first, and the line that stands
under a figure. A line names a few and counts the rest; the end of the page names all of them.
"""

from collections.abc import Callable, Iterable

NAMED_SOURCES, NAMED_EDITIONS = 3, 3  # in the line under a block


def group_editions(editions: Iterable[str], catalogue, language: str) -> list[dict]:
    """One entry per source: title, publisher, licence, editions, and their span when they are many."""
    groups: dict[str, list[str]] = {}
    for edition in sorted(editions):
        source = catalogue.source_of(edition).id
        groups.setdefault(source, []).append(edition[len(source) :].strip("_").replace("_", "-"))
    ordered = sorted(groups, key=lambda key: (catalogue.sources[key].rank, -len(groups[key]), key))
    return [describe_source(catalogue, key, [part for part in groups[key] if part], language) for key in ordered]


def describe_source(catalogue, key: str, editions: list[str], language: str) -> dict:
    source = catalogue.sources[key]
    listed = catalogue.say("page.sources.list", language).join(editions)
    span = {"first": editions[0][:4], "last": editions[-1][:4], "number": len(editions)} if editions else {}
    return {
        "title": in_language(source.title, language),
        "publisher": in_language(source.publisher, language),
        "licence": in_language(source.licence, language),
        "editions": listed,
        "span": listed if len(editions) <= NAMED_EDITIONS else catalogue.say("page.sources.span", language, **span),
    }


def in_language(name, language: str) -> str:
    """A name that may be plain text."""
    return name if isinstance(name, str) else name.in_language(language)


def source_line(named: list[dict], say: Callable[..., str]) -> str:
    """The publications under a block: all, or the first three and how many there are."""
    line = say("page.sources.and").join(f"{entry['title']} {entry['span']}".strip() for entry in named[:NAMED_SOURCES])
    return line + say("page.sources.more", number=len(named)) if len(named) > NAMED_SOURCES else line
