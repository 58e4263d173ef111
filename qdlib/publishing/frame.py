"""What every page of the site shares: menu, language switch, footer, addresses, the banner of a stale page.

Takes a `Place` (which page of which site) and words of pages.yml; gives the values that `templates/frame.html.j2` fills in.
All links are relative and name files, so that the site opens from any folder, any server and without one.
"""

import posixpath
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from qdlib.publishing.blocks import escape
from qdlib.publishing.theme import colour_variables

TEMPLATES = Path(__file__).parent / "templates"
LANG = {"zh": "zh-CN", "en": "en"}
MOST_COLUMNS = 40  # of a table: later ones would stand left
BANNER = ("<!--stale-->", "<!--/stale-->")


@dataclass(frozen=True)
class Place:
    """One page within the site.

    id: path below the site without suffix; page: the same without language folder. pages: ids that links may point to.
    menu: (text id or words, id with anchor). made: time of the run, ISO, UTC. label: short name of the page.
    """

    id: str
    page: str
    language: str
    notebook: str = ""
    made: str = ""
    key: str = ""
    pages: frozenset[str] = frozenset()
    menu: tuple[tuple[str, str], ...] = ()
    languages: tuple[str, ...] = ("zh",)
    is_report: bool = True

    def say(self, key: str, **values) -> str:
        from qdlib.catalogue import load_catalogue

        return load_catalogue().say(key, self.language, **values)

    def address(self, target: str) -> str:
        """Relative address of a file of the site."""
        path, _, anchor = target.partition("#")
        relative = posixpath.relpath(path, posixpath.dirname(self.id) or ".")
        return f"{relative}#{anchor}" if anchor else relative

    def page_address(self, page: str) -> str | None:
        """Relative address of another page of the plan in this language; None for a page the site does not have."""
        id = in_language(page, self.language)
        return self.address(f"{id}.html") if id in self.pages else None


@dataclass
class Frame:
    """The values of the frame's template."""

    lang: str
    title: str
    description: str
    home: str
    subject: str
    menu: list[dict]
    alternates: list[dict]
    footer: list[str]
    made: str
    words: dict[str, str]
    css: str
    scripts: str = ""
    feed: str = ""
    head: str = ""
    end: str = ""
    contents: list[tuple[str, str]] = field(default_factory=list)

    @property
    def made_text(self) -> str:
        """The time as people read it, to the minute: 2026-11-23 06:00 UTC."""
        return f"{self.made[:10]} {self.made[11:16]} UTC" if len(self.made) > 10 else self.made


def in_language(page: str, language: str) -> str:
    """The id of a page in a language: Chinese at the top, English mirrored below `en/`."""
    return page if language == "zh" else f"{language}/{page}"


def make_frame(
    place: Place, title: str, description: str, subject: str, footer: list[str], made: str = "page.footer.made"
) -> Frame:
    """The frame of one page; `made` is the text id before the time in the footer."""
    words = {name: place.say(f"page.{name}") for name in ("site", "skip", "menu", "contents", "language")}
    words["made"] = place.say(made)
    return Frame(
        lang=LANG[place.language],
        title=f"{title} · {words['site']}" if place.id else title,
        description=description,
        home=place.address(in_language("index.html", place.language)),
        subject=subject,
        menu=[menu_entry(place, label, target) for label, target in place.menu],
        alternates=[alternate(place, language) for language in place.languages if language != place.language],
        footer=footer,
        made=place.made,
        words=words,
        css=style_sheet(),
    )


def menu_entry(place: Place, label: str, target: str) -> dict:
    return {"label": place.say(label), "href": place.address(target), "current": target == f"{place.id}.html"}


def alternate(place: Place, language: str) -> dict:
    return {"lang": LANG[language], "href": place.address(f"{in_language(place.page, language)}.html")}


@cache
def style_sheet() -> str:
    text = (TEMPLATES / "page.css").read_text(encoding="utf-8")
    return colour_variables() + "".join(line.strip() for line in text.splitlines()) + column_rules()


def column_rules() -> str:
    """A table's classes name its columns of numbers (`n3`) and those of words beside one (`w4`): no cell needs a class."""
    numbers, words = (
        ",".join(f".{kind}{place} tr>:nth-child({place})" for place in range(1, MOST_COLUMNS + 1)) for kind in ("n", "w")
    )
    return f"{numbers}{{text-align:right;white-space:nowrap}}{words}{{padding-left:2px}}"


def stale_banner(sentence: str) -> str:
    return f'<p class="stale" role="note">{escape(sentence)}</p>'


def with_banner(html: str, banner: str) -> str:
    """The page with this banner between its markers, whatever stood there before."""
    start, end = html.index(BANNER[0]) + len(BANNER[0]), html.index(BANNER[1])
    return html[:start] + banner + html[end:]
