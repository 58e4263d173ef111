"""Bodies of the site's own lists: the directory of indicators, and what has changed.

Takes a `Place` and plain entries of `directory` and `feed`; gives HTML for the frame of `site`. Each indicator has an anchor, to
which the search leads.
"""

from collections.abc import Iterable

from qdlib.publishing.blocks import escape, finding
from qdlib.publishing.directory import Listed
from qdlib.publishing.feed import News
from qdlib.publishing.frame import LANG, Place


def indicator_list(place: Place, listed: list[Listed]) -> str:
    """All indicators by theme: name, unit, in how many cities and for which years there are figures."""
    say = place.say
    published = sum(each.cities > 0 for each in listed)
    title = say("page.directory.title", indicators=len(listed), published=published)
    parts = [finding({"title": title, "lede": say("page.directory.lede")}, say("page.directory.question"))]
    for theme in dict.fromkeys(each.theme for each in listed):
        own = [each for each in listed if each.theme == theme]
        name = theme_name(place, theme)
        rows = "".join(indicator_row(place, each) for each in own)
        heads = "".join(f'<th scope="col">{escape(say(f"page.directory.{head}"))}</th>' for head in ("name", "unit", "years", "cities"))
        parts.append(
            f'<div class="block table"><div class="scroll" role="region" tabindex="0" aria-label="{escape(name)}">'
            f'<table class="n4"><caption><span>{escape(name)}</span></caption><thead><tr>{heads}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div></div>"
        )
    return "".join(parts)


def theme_name(place: Place, theme: str) -> str:
    """The theme in words; a catalogue with a theme of its own gives it in its texts, else its file's name stands."""
    from qdlib.catalogue import load_catalogue

    key = f"page.directory.theme.{theme}"
    return place.say(key) if key in load_catalogue().texts else theme.replace("_", " ")


def indicator_row(place: Place, each: Listed) -> str:
    other = next(code for language, code in LANG.items() if language != place.language)
    years = f"{each.first}–{each.last}" if each.first < each.last else str(each.first)
    shown = years if each.cities else place.say("page.directory.none")
    return (
        f'<tr id="{escape(each.id)}"><th scope="row">{escape(each.name)} <span class="unit" lang="{other}">{escape(each.other_name)}</span></th>'
        f"<td>{escape(each.unit)}</td><td>{escape(shown)}</td><td>{each.cities or '—'}</td></tr>"
    )


def change_list(place: Place, news: list[News]) -> str:
    """A year of changes, newest first, by run and page."""
    say = place.say
    lede = say("page.changes.lede") if news else say("page.changes.none")
    head = finding({"title": say("page.changes.title", number=sum(len(each.sentences) for each in news)), "lede": lede})
    link = f'<p><a href="feed.xml">{escape(say("page.changes.feed"))}</a></p>'
    return head + link + news_list(place, news)


def news_list(place: Place, news: Iterable[News]) -> str:
    items = "".join(news_item(place, each) for each in news)
    return f'<ul class="news">{items}</ul>' if items else ""


def news_item(place: Place, news: News) -> str:
    """Day, page, what changed, why."""
    cause = f' <span class="unit">{escape(place.say("page.changes.because", cause=news.cause))}</span>' if news.cause else ""
    told = "".join(f"<li>{escape(text)}</li>" for text in news.sentences)
    return (
        f'<li><span class="day">{escape(news.at[:10])}</span> '
        f'<a href="{escape(place.address(f"{news.page}.html"))}">{escape(news.title)}</a>{cause}<ul>{told}</ul></li>'
    )
