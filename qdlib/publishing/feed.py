"""Kept changes -> sentences for readers, grouped by run and page, and the Atom feed that carries them.

Takes changes as `changes` keeps them and a `Place` for words and addresses; gives groups with their sentences, and the feed as
XML (RFC 4287) with relative links. An entry's id is a UUID made of what it says, so that a reader's program never shows it twice.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from qdlib.publishing.blocks import escape
from qdlib.publishing.frame import LANG, Place

ENTRIES = 30
MOST_CITIES = 2  # whose data are named as the cause; more are "new data"
SITE = uuid.uuid5(uuid.NAMESPACE_DNS, "qdlib.invalid")  # a name space of ours: the site has no address of its own
CAUSES = ("data", "catalogue", "code", "notebook", "parameters", "programme", "calibration", "lock", "forced", "recovered")


@dataclass(frozen=True)
class News:
    """The changes of one page in one run. `at`: ISO time; `page`: id; `cause` and `sentences` in words."""

    at: str
    page: str
    title: str
    cause: str
    sentences: tuple[str, ...]


def group_news(changes: Iterable[dict], place: Place, titles: dict[str, str]) -> list[News]:
    """One `News` for each run and page, newest first; `titles`: names of the pages of this language by id."""
    grouped: dict[tuple[str, str], list[dict]] = {}
    for change in changes:
        if change["page"] in titles:
            grouped.setdefault((change["at"], change["page"]), []).append(change)
    return [
        News(at, page, titles[page], cause_in_words(place, own[0]["cause"]), tuple(sentence(place, each) for each in own))
        for (at, page), own in grouped.items()
    ]


def sentence(place: Place, change: dict) -> str:
    """One change in words."""
    if change["kind"] in ("failed", "recovered"):
        return place.say(f"page.changes.{change['kind']}")
    unit = f" {change['unit']}" if change.get("unit") else ""
    words = {name: change.get(name) or "—" for name in ("item", "field", "old", "new")}
    same = place.say("page.changes.what_short" if words["field"] in ("—", words["item"]) else "page.changes.what", **words)
    dated = f"{same} {change['year']}" if change.get("year") else same
    return place.say(f"page.changes.{change['kind']}", what=dated, old=words["old"], new=words["new"], unit=unit)


def cause_in_words(place: Place, reason: str) -> str:
    """The run's reason for readers: `data:qingdao code` -> data of Qingdao, method."""
    from qdlib.catalogue import load_catalogue

    cities, parts = load_catalogue().cities, [part.partition(":") for part in reason.split()]
    named = [cities[city].name.in_language(place.language) for kind, _, city in parts if kind == "data" and city in cities]
    told = [place.say("page.changes.cause.data_of", city=city) for city in named] if len(named) <= MOST_CITIES else []
    told += [place.say(f"page.changes.cause.{kind}") for kind, _, city in parts if kind in CAUSES and (not city or city not in cities)]
    told = [place.say("page.changes.cause.data"), *told] if len(named) > MOST_CITIES else told
    return place.say("page.sources.list").join(dict.fromkeys(told))


def make_feed(news: Iterable[News], place: Place, since: str) -> str:
    """The Atom feed of the latest news; `since`: ISO time that stands for `updated` where there is none yet."""
    latest = list(news)[:ENTRIES]
    updated = max((each.at for each in latest), default=since)
    entries = "".join(entry(each, place) for each in latest)
    title, author = escape(place.say("page.changes.feed_title")), escape(place.say("page.site_long"))
    lang = LANG[place.language]
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{lang}"><id>{SITE.urn}</id><title>{title}</title>'
        f"<updated>{updated}</updated><author><name>{author}</name></author>"
        f'<link rel="alternate" type="text/html" href="changes.html"/><link rel="self" href="feed.xml"/>{entries}</feed>\n'
    )


def entry(news: News, place: Place) -> str:
    told = " · ".join(news.sentences)
    id = uuid.uuid5(SITE, repr((news.at, news.page, news.sentences)))
    cause = f" ({news.cause})" if news.cause else ""
    title = place.say("page.changes.entry", title=news.title, number=len(news.sentences))
    return (
        f"<entry><id>{id.urn}</id><title>{escape(title)}</title><updated>{news.at}</updated>"
        f'<link rel="alternate" type="text/html" href="{escape(place.address(f"{news.page}.html"))}"/>'
        f"<summary>{escape(told + cause)}</summary></entry>"
    )
