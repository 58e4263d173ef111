"""Records of all pages -> the pages that hold the site together: index, city pages, directory, changes, placeholders.

Takes the plan's reports, the last records and the kept changes; gives text by path. The index opens with the overview's answer
and cards, finds cities, indicators and commitments, lists the pages, and says what is new and which pages are stale or failed.
A page of the plan that has never held gets a placeholder, so that no link leads nowhere. Computes no figure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from qdlib.publishing import blocks
from qdlib.publishing.blocks import escape
from qdlib.publishing.directory import find_entries, list_indicators
from qdlib.publishing.expansion import Report
from qdlib.publishing.feed import News, group_news, make_feed
from qdlib.publishing.frame import TEMPLATES, Place, in_language, make_frame
from qdlib.publishing.listings import change_list, indicator_list, news_list
from qdlib.publishing.rules import prune_style
from qdlib.publishing.search import script_policy, search_box

PLACEHOLDER = '<meta name="qdlib" content="placeholder">'
LATEST = 5  # pages with news on the index
OVERVIEW, PILLARS, CITIES = "overview", "pillars/", "cities/"
# Notebook -> place in the header's menu, after overview, pillars and cities.
MENU_NOTEBOOKS = {"programme": "page.nav.programme", "methods": "page.nav.methods", "data_quality": "page.nav.data"}


@dataclass(frozen=True)
class Site:
    """Everything the frame pages of one language show. `records` by id; `made`: time of the run, ISO, UTC."""

    reports: tuple[Report, ...]
    records: Mapping[str, dict]
    language: str
    languages: tuple[str, ...]
    made: str
    changes: tuple[dict, ...] = ()
    coverage: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)

    @property
    def pages(self) -> list[Report]:
        return [report for report in self.reports if report.language == self.language]

    def place(self, page: str) -> Place:
        id = in_language(page, self.language)
        return Place(
            id=id,
            page=page,
            language=self.language,
            made=self.made,
            pages=frozenset(report.id for report in self.reports),
            menu=make_menu(self.reports, self.language),
            languages=self.languages,
        )

    def record(self, report: Report) -> dict:
        return self.records.get(report.id, {})


def make_menu(reports: Iterable[Report], language: str) -> tuple[tuple[str, str], ...]:
    """The header's menu: text id and target. Only what the plan has."""
    pages = [report for report in reports if report.language == language]
    names, index = {report.page for report in pages}, in_language("index.html", language)
    menu = [("page.nav.overview", in_language("overview.html", language) if OVERVIEW in names else index)]
    folders = {page.split("/")[0] for page in names if "/" in page}
    menu += [(f"page.nav.{name}", f"{index}#{name}") for name in ("pillars", "cities") if name in folders]
    for notebook, label in MENU_NOTEBOOKS.items():
        found = [report for report in pages if report.notebook == notebook]
        if found:
            menu.append((label, f"{found[0].id}.html" if len(found) == 1 else f"{index}#data"))
    return tuple(menu)


def make_site(
    reports: Iterable[Report],
    records: Mapping[str, dict],
    made: str,
    changes: Iterable[dict] = (),
    coverage: Mapping[str, tuple[int, int, int]] | None = None,
) -> dict[str, str]:
    """Text by path below the site: indexes, city pages, directory, changes, feed, placeholders of pages that have never held.

    changes: as `changes.read_changes` gives them; coverage: as `directory.read_coverage` does.
    """
    reports = tuple(reports)
    languages = tuple(dict.fromkeys(report.language for report in reports)) or ("zh",)
    made_pages: dict[str, str] = {}
    for language in languages:
        site = Site(reports, records, language, languages, made, tuple(changes), coverage or {})
        made_pages[in_language("index.html", language)] = make_index(site)
        made_pages[in_language("indicators.html", language)] = make_directory(site)
        made_pages |= {in_language(name, language): text for name, text in make_changes(site).items()}
        for city in dict.fromkeys(report.page.split("/")[1] for report in site.pages if report.page.startswith(CITIES)):
            made_pages[in_language(f"cities/{city}/index.html", language)] = make_city_index(site, city)
        missing = [report for report in site.pages if not site.record(report).get("published_at")]
        made_pages |= {f"{report.id}.html": make_placeholder(site, report) for report in missing}
    return made_pages


def make_index(site: Site) -> str:
    place = site.place("index")
    overview = next((site.record(report) for report in site.pages if report.page == OVERVIEW), {})
    parts = [opening(site, place, overview), search(site, place)]
    if not overview.get("cards"):
        parts.append(page_list(site, place, "pillars", [report for report in site.pages if report.page.startswith(PILLARS)]))
    parts.append(city_list(site, place))
    other = [report for report in site.pages if not report.page.startswith((PILLARS, CITIES)) and report.page != OVERVIEW]
    directory = directory_item(site, place)
    parts.append(page_list(site, place, "other", [report for report in other if report.notebook != "data_quality"], directory))
    parts.append(data_list(site, place))
    parts.append(latest_news(site, place))
    parts.append(state(site, place))
    title = overview.get("title") or place.say("page.site_long")
    return fill(site, place, title, place.say("page.index.description"), "", "".join(parts), "page.footer.checked", script_policy())


def search(site: Site, place: Place) -> str:
    """The search box over everything that has a page."""
    from qdlib.catalogue import load_catalogue

    cities = {report.page.split("/")[1] for report in site.pages if report.page.startswith(CITIES)}

    def address(page: str) -> str | None:
        if page.startswith(CITIES):
            return place.address(in_language(f"{page}.html", site.language))
        return place.page_address(page)

    directory = place.address(in_language("indicators.html", site.language))
    return search_box(find_entries(load_catalogue(), site.language, cities, address, directory), place.say)


def make_directory(site: Site) -> str:
    from qdlib.catalogue import load_catalogue

    place = site.place("indicators")
    listed = list_indicators(load_catalogue(), site.language, dict(site.coverage))
    return fill(site, place, place.say("page.directory.heading"), place.say("page.directory.lede"), "", indicator_list(place, listed))


def make_changes(site: Site) -> dict[str, str]:
    """The page of changes and the feed, by file name."""
    place, news = site.place("changes"), site_news(site)
    title = place.say("page.changes.heading")
    since = min((record["published_at"] for record in site.records.values() if record.get("published_at")), default=site.made)
    page = fill(site, place, title, place.say("page.changes.lede"), "", change_list(place, news))
    return {"changes.html": page, "feed.xml": make_feed(news, place, since)}


def site_news(site: Site) -> list[News]:
    place = site.place("changes")
    return group_news(site.changes, place, {report.id: full_label(site, place, report) for report in site.pages})


def latest_news(site: Site, place: Place) -> str:
    """The last changes, and where all of them stand."""
    news = site_news(site)[:LATEST]
    heading, page = escape(place.say("page.changes.heading")), escape(place.address(in_language("changes.html", site.language)))
    listed = news_list(place, news) or f"<p>{escape(place.say('page.changes.none'))}</p>"
    more = f'<p><a href="{page}">{escape(place.say("page.changes.all"))}</a></p>'
    return f'<section id="changes"><h2>{heading}</h2>{listed}{more}</section>'


def opening(site: Site, place: Place, overview: dict) -> str:
    """The overview's answer with its cards; a neutral sentence when there is none."""
    cities = {report.values["city"] for report in site.pages if report.page.startswith(CITIES) and "city" in report.values}
    title = overview.get("title") or place.say("page.index.title", cities=len(cities), pages=len(site.pages))
    lede = overview.get("lede") or place.say("page.index.lede")
    head = {"title": title, "lede": lede, "key_figures": overview.get("key_figures", ())}
    shown = blocks.finding(head, place.say("page.site_long"))
    if overview.get("cards"):
        cards = "".join(blocks.cards(payload, place.say, place.page_address, 3) for payload in overview["cards"])
        shown += f'<section id="pillars"><h2 class="hidden">{escape(place.say("page.index.pillars"))}</h2>{cards}</section>'
    if overview.get("headline"):
        shown += blocks.table({**overview["headline"], "id": "scoreboard"}, place.say)
    if overview.get("published_at"):
        shown += f'<p><a href="{escape(place.page_address(OVERVIEW) or "")}">{escape(place.say("page.index.more"))}</a></p>'
    return shown


def label_of(site: Site, place: Place, report: Report) -> str:
    """The short name of a page: the city's or pillar's page by its notebook, a pillar by its name."""
    from qdlib.catalogue import load_catalogue

    catalogue = load_catalogue()
    if report.page.startswith(PILLARS) and report.values.get("pillar") in catalogue.policy.pillars:
        return catalogue.policy.pillars[report.values["pillar"]].name.in_language(site.language)
    key = f"page.name.{report.notebook}"
    return place.say(key) if key in catalogue.texts else report.page.split("/")[-1]


def city_name(site: Site, city: str) -> str:
    from qdlib.catalogue import load_catalogue

    known = load_catalogue().cities
    return known[city].name.in_language(site.language) if city in known else city


def directory_item(site: Site, place: Place) -> str:
    address = escape(place.address(in_language("indicators.html", site.language)))
    what = escape(place.say("page.directory.lede"))
    return f'<li><a href="{address}">{escape(place.say("page.directory.heading"))}</a><span class="what">{what}</span></li>'


def page_list(site: Site, place: Place, section: str, reports: list[Report], more: str = "") -> str:
    items = "".join(page_item(site, place, report) for report in reports) + more
    heading = escape(place.say(f"page.index.{section}"))
    return f'<section id="{section}"><h2>{heading}</h2><ul class="pages">{items}</ul></section>' if items else ""


def page_item(site: Site, place: Place, report: Report) -> str:
    """A page's short name and, below it, its answer."""
    record = site.record(report)
    what = record.get("title") if record.get("published_at") else place.say("page.index.missing")
    return f'<li>{anchor(place, report, label_of(site, place, report))}<span class="what">{escape(what)}</span></li>'


def anchor(place: Place, report: Report, label: str) -> str:
    return f'<a href="{escape(place.address(f"{report.id}.html"))}">{escape(label)}</a>'


def city_list(site: Site, place: Place) -> str:
    """Every city with its pages; the answer of its first page beside its name."""
    by_city: dict[str, list[Report]] = {}
    for report in site.pages:
        if report.page.startswith(CITIES):
            by_city.setdefault(report.page.split("/")[1], []).append(report)
    items = []
    for city, reports in by_city.items():
        held = [report for report in reports if site.record(report).get("published_at")]
        what = site.record(held[0]).get("title", "") if held else place.say("page.index.missing")
        index = escape(place.address(in_language(f"cities/{city}/index.html", site.language)))
        links = "".join(anchor(place, report, label_of(site, place, report)) for report in reports)
        items.append(
            f'<li><a href="{index}">{escape(city_name(site, city))}</a><span class="what">{escape(what)}</span>'
            f'<span class="more">{links}</span></li>'
        )
    heading = escape(place.say("page.index.cities"))
    return f'<section id="cities"><h2>{heading}</h2><ul class="pages">{"".join(items)}</ul></section>' if items else ""


def data_list(site: Site, place: Place) -> str:
    """The data-quality pages, by city where there are several."""
    reports = [report for report in site.pages if report.notebook == "data_quality"]
    items = "".join(
        f"<li>{anchor(place, report, data_label(site, place, report))}"
        f'<span class="what">{escape(site.record(report).get("title", ""))}</span></li>'
        for report in reports
    )
    heading = escape(place.say("page.index.data"))
    return f'<section id="data"><h2>{heading}</h2><ul class="pages">{items}</ul></section>' if items else ""


def data_label(site: Site, place: Place, report: Report) -> str:
    return city_name(site, report.page.split("/")[1]) if report.page.startswith(CITIES) else label_of(site, place, report)


def state(site: Site, place: Place) -> str:
    """Which pages are stale or failed, and why."""
    rows = []
    for report in site.pages:
        record = site.record(report)
        if record.get("status") == "failed":
            key = "page.index.stale" if record.get("published_at") else "page.index.failed"
            values = {"date": record["stale_since"][:10]} if record.get("published_at") else {}
            rows.append((report, place.say(key, cause=cause_of(place, record), **values)))
    heading = escape(place.say("page.index.state"))
    if not rows:
        held = sum(bool(site.record(report).get("published_at")) for report in site.pages)
        return f'<section id="state"><h2>{heading}</h2><p>{escape(place.say("page.index.fresh", pages=held))}</p></section>'
    items = "".join(
        f'<li>{anchor(place, report, full_label(site, place, report))}<span class="what">{escape(text)}</span></li>'
        for report, text in rows
    )
    return f'<section id="state"><h2>{heading}</h2><ul class="pages">{items}</ul></section>'


def full_label(site: Site, place: Place, report: Report) -> str:
    """A page's name where its city is not clear from the context."""
    label = label_of(site, place, report)
    return f"{city_name(site, report.page.split('/')[1])} · {label}" if report.page.startswith(CITIES) else label


def cause_of(place: Place, record: dict) -> str:
    """The first fault's kind, in words for readers."""
    kinds = list(dict.fromkeys(fault["kind"] for fault in record.get("faults", ()))) or ["error"]
    return place.say("page.sources.and").join(dict.fromkeys(place.say(f"page.fault.{kind}") for kind in kinds))


def make_city_index(site: Site, city: str) -> str:
    place = site.place(f"cities/{city}/index")
    reports = [report for report in site.pages if report.page.startswith(f"cities/{city}/")]
    held = [site.record(report) for report in reports if site.record(report).get("published_at")]
    first = held[0] if held else {}
    title = place.say("page.index.city_pages", city=city_name(site, city))
    head = {"title": title, "lede": first.get("title", ""), "key_figures": first.get("key_figures", ())}
    items = "".join(page_item(site, place, report) for report in reports)
    body = f'{blocks.finding(head)}<ul class="pages">{items}</ul>'
    return fill(site, place, title, first.get("title", title), city_name(site, city), body)


def make_placeholder(site: Site, report: Report) -> str:
    """What stands at the address of a page that has never held."""
    place, record = site.place(report.page), site.record(report)
    title = place.say("page.index.missing_title", name=full_label(site, place, report))
    lede = place.say("page.index.missing_text")
    failed = place.say("page.index.failed", cause=cause_of(place, record)) if record.get("status") == "failed" else ""
    body = blocks.finding({"title": title, "lede": lede}) + (f"<p>{escape(failed)}</p>" if failed else "")
    return fill(site, place, title, lede, "", body).replace("</head>", f"{PLACEHOLDER}\n</head>")


def fill(
    site: Site,
    place: Place,
    title: str,
    description: str,
    subject: str,
    body: str,
    made: str = "page.footer.made",
    scripts: str = "",
) -> str:
    """The frame around a body; `scripts`: what the page's policy lets run, nothing as a rule."""
    frame = make_frame(place, title, description, subject, [], made)
    frame.scripts = scripts
    frame.feed = place.address(in_language("feed.xml", site.language))
    frame.head = body
    lines = (line.rstrip() for line in prune_style(_template().render(page=frame)).splitlines())
    return "\n".join(line for line in lines if line) + "\n"


@cache
def _template():
    from jinja2 import Environment, FileSystemLoader

    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=False).get_template("site.html.j2")
