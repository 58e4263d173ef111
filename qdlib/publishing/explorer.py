"""The explorer of `explore.ipynb`: choose by widgets, see figure and table, follow a point to its source cell, save what is seen.

Takes a city and an indicator to begin with; gives a box of ipywidgets. `answer` turns a choice into HTML without any widget, so the
whole desk is tested without a browser; the class only carries values between widgets and `answer`. ipywidgets is imported when the box
is made. A refused choice leaves the old figure in place under its message. Files go to `qd-explore/` beside the notebook, never to
`reports/`; the saved plan runs the notebook `selection` with the same values, so a page and the desk show the same.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import yaml

from qdlib.analysis import choices
from qdlib.analysis.choices import Choice
from qdlib.catalogue import load_catalogue
from qdlib.catalogue.lookup import find_city, find_indicator, indicator_words, search_entries
from qdlib.errors import QdlibError, RunError, raise_all
from qdlib.observations import store
from qdlib.publishing import blocks, display, downloads, folders
from qdlib.publishing.display import draw_svg, report_language
from qdlib.publishing.domains import domain_fault
from qdlib.publishing.excerpts import show_excerpt
from qdlib.publishing.phrases import word
from qdlib.publishing.stories import selection as story
from qdlib.publishing.stories.trend import city_name, indicator_name

FOLDER = "qd-explore"
FALLBACK = "gdp_current_prices"
FIELDS = ("city", "indicator", "vintage", "peer_group", "horizon", "scenario", "year")
STYLE = """<style>
.qd-explore table{border-collapse:collapse;font-variant-numeric:tabular-nums;line-height:1.5}
.qd-explore caption{text-align:left;font-weight:600;padding:6px 0;white-space:nowrap}
.qd-explore th,.qd-explore td{padding:2px 9px;border-bottom:1px solid #dfe4e8;text-align:left;white-space:nowrap;max-width:24em;overflow:hidden;
text-overflow:ellipsis}
.qd-explore td.num,.qd-explore th.num{text-align:right}
.qd-explore .excerpt th{color:#5b656d;font-weight:400;background:#f5f7f8}
.qd-explore .excerpt .marked{outline:2px solid #bd4b34;background:#fbeae6}
.qd-explore mark{background:none;font-weight:700}
.qd-explore svg{max-width:100%;height:auto}
.qd-explore h3{margin:12px 0 2px;font-size:17px}
.qd-explore .scroll{overflow:auto;max-height:440px}
</style>"""


@dataclass(frozen=True)
class Answer:
    """What a choice shows: HTML of each part, the cells that can be opened, and what is saved."""

    choice: Choice
    message: str = ""
    figure: str = ""
    peers: str = ""
    table: str = ""
    editions: str = ""
    cells: tuple[str, ...] = ()
    svg: str = ""
    csv: bytes = b""


def answer(choice: Choice) -> Answer:
    """Everything that the desk shows for a choice. RunError lists every value that its parameter refuses."""
    check_choice(choice)
    found = choices.look_up(choice)
    if found.own.empty:
        return Answer(choice, message=story.finding(found)["title"])
    drawn, beside = story.course(found), story.beside_peers(found)
    payload = display.make_table(**story.figures(found))
    return Answer(
        choice,
        message=outside_message(found),
        figure=titled(drawn),
        peers=titled(beside) if beside else f"<p>{blocks.escape(word('explore.peers.none'))}</p>",
        table=framed(blocks.table(payload, word)),
        editions=framed(blocks.table(display.make_table(**story.editions(found)), word)),
        cells=tuple(dict.fromkeys(found.traced["source_cell"])),
        svg=draw_svg(drawn["figure"]),
        csv=downloads.make_csv(payload),
    )


def check_choice(choice: Choice) -> None:
    """The values in the words of the run's gate: what the desk takes, a plan takes."""
    values = asdict(choice) | {"scenario": list(choice.scenario)}
    faults = [f"{name}: {fault}" for name in FIELDS if (fault := domain_fault(name, values[name], load_catalogue()))]
    raise_all(RunError, faults, "this choice")


def with_figures(choice: Choice) -> tuple[Choice, str]:
    """The choice, or that of the first indicator which its city has figures of, and the sentence that says so."""
    known = choices.indicators_of(choice.city)
    if choice.indicator in known:
        return choice, ""
    fallback = FALLBACK if FALLBACK in known else known[0]
    names = {"city": city_name(choice.city), "name": indicator_name(choice.indicator), "other": indicator_name(fallback)}
    return replace(choice, indicator=fallback, vintage="latest", year=0), word("explore.status.moved", **names)


def outside_message(found) -> str:
    if not found.outside:
        return ""
    years = word("page.sources.list").join(map(str, found.outside))
    return word("explore.status.outside", years=years, first=int(found.ahead["ds"].min()), last=int(found.ahead["ds"].max()))


def titled(drawn: dict) -> str:
    """A figure with its words. Text stays text, so the browser's fonts print Chinese even where matplotlib has none."""
    svg = draw_svg(drawn["figure"])
    words = f"<h3>{blocks.escape(drawn['title'])}</h3><div>{blocks.escape(drawn['subtitle'])}</div>"
    return f'{words}<div role="img" aria-label="{blocks.escape(drawn["figure"].get_label())}">{svg[svg.index("<svg") :]}</div>'


def framed(html: str) -> str:
    return f'<div class="scroll">{html}</div>'


def excerpt(source_cell: str) -> str:
    """The source with its cell marked, or why it cannot be opened."""
    try:
        return framed(show_excerpt(source_cell))
    except QdlibError as error:
        return f"<p>{blocks.escape(word('explore.status.no_source', why=str(error)))}</p>"


def name_files(choice: Choice) -> str:
    vintage = choice.vintage.replace(":", "_").replace("-", "_")
    return f"{choice.city}_{choice.indicator}_{vintage}".lower()


def write_plan(choice: Choice) -> str:
    """A run plan of one line that makes this choice a page; `qd run --plan FILE --only selection`, so that no other page leaves."""
    values = asdict(choice) | {"scenario": list(choice.scenario)}
    line = {
        "notebook": "selection",
        "page": f"desk/{name_files(choice)}",
        "values": values,
        "reads": ["all"],
        "figures": 2,
        "tables": 3,
    }
    content = {"defaults": {"languages": [report_language()]}, "runs": [line]}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def save(seen: Answer, what: str, folder: Path) -> Path:
    """Write the `figure` (SVG), `table` (CSV) or `plan` (YAML) of what is seen; returns the file."""
    content = {"figure": seen.svg, "table": seen.csv, "plan": write_plan(seen.choice)}
    suffix = {"figure": "svg", "table": "csv", "plan": "yml"}
    path = folder / f"{name_files(seen.choice)}.{suffix[what]}"
    folders.write_file(path, content[what])
    return path


def vintage_options(city: str, indicator: str) -> list[tuple[str, str]]:
    """Newest and first figures, what was known at the end of each year of publication, and every edition that prints the indicator."""
    printed = choices.editions_of(city, indicator)
    days = sorted({f"{published[:4]}-12-31" for published, _ in printed})
    options = [(word("explore.vintage.latest"), "latest"), (word("explore.vintage.first_release"), "first_release")]
    options += [(word("explore.vintage.as_of", value=day), f"as_of:{day}") for day in days]
    return options + [(word("explore.vintage.edition", value=edition), f"edition:{edition}") for _, edition in reversed(printed)]


def indicator_options(city: str, words: str = "") -> list[tuple[str, str]]:
    """Indicators with figures of the city whose names contain every word."""
    known = load_catalogue().indicators
    own = {key: known[key] for key in choices.indicators_of(city)}
    return [(f"{indicator_name(item.id)} · {item.id}", item.id) for item in search_entries(own, words, indicator_words)]


def explore(city: str = "qingdao", indicator: str = "gdp_current_prices"):
    """The explorer as a widget box, beginning with a city and an indicator, by id or name. Its parts: `Explorer`."""
    catalogue = load_catalogue()
    return Explorer(Choice(find_city(catalogue, city).slug, find_indicator(catalogue, indicator).id)).box


class Explorer:
    """The widgets of one box and the answer that they show (`seen`)."""

    def __init__(self, choice: Choice, folder: Path | None = None):
        import ipywidgets as widgets

        self.folder, self.quiet, self.seen = folder or Path(FOLDER), False, Answer(choice)
        self.inputs = make_inputs(widgets, choice)
        self.parts = {name: widgets.HTML() for name in ("figure", "peers", "table", "editions", "source")}
        self.status = widgets.HTML(word("explore.status.ready"))
        self.status.add_class("qd-status")
        self.cell = widgets.Dropdown(description=word("explore.label.cell"), layout={"width": "640px"})
        self.buttons = {name: widgets.Button(description=word(f"explore.label.save_{name}")) for name in ("figure", "table", "plan")}
        for name, part in self.parts.items():
            part.add_class(f"qd-{name}")
        self.connect()
        self.box = self.arrange(widgets)
        self.update(choice)

    def connect(self) -> None:
        for name in FIELDS:
            self.inputs[name].observe(self.listener(name), names="value")
        self.inputs["search"].observe(lambda change: self.filter_indicators(change["new"]), names="value")
        self.cell.observe(lambda change: self.open_source(change["new"]), names="value")
        for name, button in self.buttons.items():
            button.on_click(lambda _, what=name: self.save(what))

    def listener(self, name: str) -> Callable:
        def changed(change) -> None:
            if not self.quiet:
                value = tuple(change["new"].replace(",", " ").replace("，", " ").split()) if name == "scenario" else change["new"]
                later = {"year": 0} if name in ("city", "indicator", "vintage") else {}
                later |= {"vintage": "latest"} if name in ("city", "indicator") else {}
                self.update(replace(self.seen.choice, **{name: value, **later}))

        return changed

    def arrange(self, widgets):
        rows = [("city", "search", "indicator"), ("vintage", "peer_group", "horizon"), ("scenario", "year")]
        lines = [widgets.HBox([self.inputs[name] for name in row], layout={"flex_flow": "row wrap"}) for row in rows]
        shown = [self.parts[name] for name in ("figure", "table")]
        followed = [self.parts["editions"], self.cell, self.parts["source"], self.parts["peers"]]
        saved = widgets.HBox(list(self.buttons.values()))
        box = widgets.VBox([widgets.HTML(STYLE), *lines, self.status, *shown, saved, *followed])
        box.add_class("qd-explore")
        return box

    def update(self, choice: Choice) -> None:
        """Answer a choice and show it; a refusal is said and changes nothing."""
        choice, moved = with_figures(choice)
        try:
            seen = answer(choice)
        except QdlibError as error:
            self.say(str(error))
            return
        self.seen = seen
        self.quiet = True
        self.fill_options(choice)
        self.quiet = False
        for name in ("figure", "peers", "table", "editions"):
            self.parts[name].value = getattr(seen, name)
        self.cell.options = seen.cells
        self.open_source(self.cell.value)
        self.say(moved or seen.message or word("explore.status.ready"))

    def fill_options(self, choice: Choice) -> None:
        """The choices that depend on city and indicator; called while `quiet`."""
        found = choices.indicators_of(choice.city)
        shown = indicator_options(choice.city, self.inputs["search"].value)
        if choice.indicator in found and choice.indicator not in [key for _, key in shown]:
            shown = indicator_options(choice.city)
        years = sorted(store.read_series(choice.city, choice.indicator, choice.vintage).query("scope == 'whole_city'")["year"].unique())
        for name, options in {
            "indicator": shown,
            "vintage": vintage_options(choice.city, choice.indicator),
            "year": [(str(year), int(year)) for year in reversed(years)],
        }.items():
            wanted = choice.year or (int(years[-1]) if len(years) else None) if name == "year" else getattr(choice, name)
            if tuple(options) != self.inputs[name].options:
                self.inputs[name].options = options
            self.inputs[name].value = wanted if wanted in [value for _, value in options] else None

    def filter_indicators(self, words: str) -> None:
        """Show the indicators that the words name and look at the first of them, unless the present one is among them."""
        options = indicator_options(self.seen.choice.city, words)
        if not options:
            self.say(word("explore.status.no_match", words=words))
            return
        keys = [key for _, key in options]
        self.quiet = True
        self.inputs["indicator"].options = options
        self.inputs["indicator"].value = self.seen.choice.indicator if self.seen.choice.indicator in keys else keys[0]
        self.quiet = False
        if self.seen.choice.indicator not in keys:
            self.update(replace(self.seen.choice, indicator=keys[0], vintage="latest", year=0))

    def open_source(self, cell: str | None) -> None:
        self.parts["source"].value = excerpt(cell) if cell else ""

    def save(self, what: str) -> None:
        if not self.seen.svg:
            return
        path = save(self.seen, what, self.folder)
        shown = path.resolve()
        shown = shown.relative_to(folders.PROJECT) if shown.is_relative_to(folders.PROJECT) else path
        kind = "saved_plan" if what == "plan" else "saved"
        self.say(word(f"explore.status.{kind}", file=str(shown), command=f"qd run --plan {shown} --only selection"))

    def say(self, message: str) -> None:
        self.status.value = f'<div role="status" style="white-space:pre-wrap">{blocks.escape(message)}</div>'


def make_inputs(widgets, choice: Choice) -> dict:
    """The controls by name, labelled in the report's language."""
    catalogue, wide = load_catalogue(), {"width": "420px"}
    groups = [(word("explore.label.own"), "own")]
    groups += [(group.name.in_language(report_language()), key) for key, group in catalogue.peer_groups.items()]
    cities = [(city_name(city), city) for city in store.cities_with_data()]
    hint = {"placeholder": word("explore.label.scenario_hint"), "continuous_update": False}
    label = {name: {"description": word(f"explore.label.{name}"), "style": {"description_width": "90px"}} for name in (
        "city", "search", "indicator", "vintage", "horizon", "scenario", "year"
    )}  # fmt: skip
    return {
        "city": widgets.Dropdown(options=cities, value=choice.city, **label["city"]),
        "search": widgets.Text(placeholder=word("explore.label.search_hint"), continuous_update=False, **label["search"]),
        "indicator": widgets.Dropdown(options=indicator_options(choice.city), value=choice.indicator, layout=wide, **label["indicator"]),
        "vintage": widgets.Dropdown(options=vintage_options(choice.city, choice.indicator), value=choice.vintage, **label["vintage"]),
        "peer_group": widgets.Dropdown(options=groups, value=choice.peer_group, description=word("explore.label.peers")),
        "horizon": widgets.IntSlider(value=choice.horizon, min=1, max=10, continuous_update=False, **label["horizon"]),
        "scenario": widgets.Text(value=" ".join(choice.scenario), layout=wide, **hint, **label["scenario"]),
        "year": widgets.Dropdown(**label["year"]),
    }
