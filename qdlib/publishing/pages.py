"""Executed notebook -> one page: the nbconvert exporter, and what it needs besides.

Takes a notebook and its `Place` on the site; gives HTML without code, script or request, and the downloads its links name.
The answer (`finding`) moves to the top, half figures stand in pairs, English texts replace Chinese cells on an English page.
Works without a place too, as JupyterLab's export: then there is no menu and there are no downloads.
"""

import copy
import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property

from nbconvert.exporters.templateexporter import TemplateExporter
from traitlets import default

from qdlib.publishing import blocks, downloads, figures
from qdlib.publishing.blocks import escape
from qdlib.publishing.frame import TEMPLATES, Place, make_frame, stale_banner
from qdlib.publishing.markdown import render_markdown, split_question
from qdlib.publishing.outputs import Output, first_payload, of_kind, read_output, read_outputs, text_of
from qdlib.publishing.rules import prune_style
from qdlib.publishing.traces import addresses

SHOWN_ELSEWHERE = ("city", "pillar", "language", "vintage")  # parameters that header, language and vintage show
MOVED = ("stamp", "finding", "caption", "sources")  # shown in the frame of the page, not where they were called


class PageExporter(TemplateExporter):
    """nbconvert's exporter `qdlib`: also in JupyterLab's export menu."""

    export_from_notebook = "qdlib report"
    output_mimetype = "text/html"
    template_file = "page.html.j2"

    @default("file_extension")
    def _file_extension(self):
        return ".html"

    @default("template_paths")
    def _template_paths(self, prune=True, root_dirs=None):
        return [str(TEMPLATES), *self.template_data_paths]

    def from_notebook_node(self, nb, resources=None, **kw):
        """The page of a notebook; `resources["place"]` says where on the site it stands."""
        resources = dict(resources or {})
        place, nb = resources.pop("place", None), copy.deepcopy(nb)
        page = Page(nb, place or lone_place(nb))
        body, resources = super().from_notebook_node(page.marked_notebook(), {**resources, "page": page.frame()}, **kw)
        resources["page"] = page
        return tidy(prune_style(body)), resources


def lone_place(notebook: dict) -> Place:
    """The place of a page that belongs to no site."""
    language = first_payload(read_outputs(notebook), "stamp").get("language", "zh")
    return Place("", "", language, languages=(language,))


def tidy(html: str) -> str:
    """Without blank lines and trailing blanks, so that a change is a readable diff."""
    return "\n".join(line.rstrip() for line in html.splitlines() if line.strip()) + "\n"


@dataclass
class Page:
    """One page in the making: what the template shows, the files that go with it, and what is wrong with it."""

    notebook: dict
    place: Place
    faults: list[str] = field(default_factory=list)
    contents: list[tuple[str, str]] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    looks: dict[str, str] = field(default_factory=dict)
    question: str = ""

    @cached_property
    def outputs(self) -> list[Output]:
        return read_outputs(self.notebook)

    @cached_property
    def tables(self) -> list[dict]:
        """Payloads of everything that has a file: tables, the headline, figures with data."""
        shown = of_kind(self.outputs, "table", "headline", "figure")
        payloads = [output.payload if output.kind != "figure" else output.payload["data"] for output in shown]
        return [payload for payload in payloads if payload]

    @cached_property
    def tabled(self) -> set[str]:
        """Source cells that stand under the tables of this page."""
        shown = of_kind(self.outputs, "table", "headline")
        return set().union(*(addresses(output.payload) for output in shown))

    @cached_property
    def stamp(self) -> dict:
        return first_payload(self.outputs, "stamp")

    @cached_property
    def finding(self) -> dict:
        """The head of the page; without one, the question is its heading."""
        given = first_payload(self.outputs, "finding")
        return given or {"title": self.question or self.place.page or self.place.say("page.site"), "lede": "", "key_figures": []}

    def marked_notebook(self) -> dict:
        """The notebook with the HTML of each output and markdown cell in its metadata, for the template."""
        notebook = self.notebook
        seen_question = False
        for number, cell in enumerate(notebook["cells"]):
            html = {"before": "", "after": "", "html": ""}
            if cell["cell_type"] == "markdown":
                html["html"] = self.markdown(cell, first=not seen_question)
                seen_question = True
            for raw in cell.get("outputs", ()) if cell["cell_type"] == "code" else ():
                output = read_output(number, raw)
                if output.kind:
                    raw["metadata"]["qdlib"]["html"] = self.show(output)
            cell["metadata"]["qdlib"] = html
        pair_halves(notebook["cells"])
        return notebook

    def markdown(self, cell: dict, first: bool) -> str:
        text = self.translated(cell)
        if first:
            self.question, text = split_question(text)
        html, headings = render_markdown(text, len(self.contents) + 1, self.place.page_address)
        self.contents += headings
        return html

    def translated(self, cell: dict) -> str:
        """The cell in the page's language: Chinese as written, English from the text `<notebook>.<cell id>`."""
        source = text_of(cell["source"])
        if self.place.language == "zh" or not source.strip():
            return source
        from qdlib.catalogue import load_catalogue

        key = f"{self.place.notebook}.{cell.get('id', '')}"
        text = load_catalogue().texts.get(key)
        if text is None or text.zh.strip() != source.strip():
            found = "is missing" if text is None else "translates another Chinese text"
            self.faults.append(f"text `{key}` {found}: give zh as in the cell, and its en, in catalogue/text")
            return source
        return text.en

    def show(self, output: Output) -> str:
        """The HTML of one output."""
        payload, say = output.payload, self.place.say
        simple = {"say": blocks.sentence, "note": blocks.note}
        if output.kind in MOVED:
            return ""
        if output.kind in simple:
            return simple[output.kind](payload)
        if output.kind == "notice":
            return blocks.notice(payload, say)
        if output.kind == "cards":
            return blocks.cards(payload, say, self.place.page_address)
        if output.kind == "figure":
            return self.show_figure(output)
        label = self.label(payload["caption"] or payload["id"])
        return blocks.table(payload, say, self.links(payload, payload["caption"]), label)

    def show_figure(self, output: Output) -> str:
        payload = output.payload
        id, drawn = payload["id"], {"w": text_of(output.raw["data"]["image/svg+xml"]), "n": payload["narrow"]}
        digits = {"w": 1, "n": 0}  # the narrow one is never shown larger than it was drawn
        made = [figures.inline_svg(svg, f"{id}-{kind}-", payload["alt"], digits[kind]) for kind, svg in drawn.items() if svg]
        self.faults += [f"figure {id}: {fault}" for drawing in made for fault in drawing.faults]
        made = [replace(drawing, svg=figures.share_looks(drawing.svg, self.looks)) for drawing in made]
        drawing = figures.place_drawing(made[0], made[1] if len(made) > 1 else None, self.label(payload["title"]))
        links = self.links(payload["data"], payload["title"]) if payload["data"] else ""
        own = addresses(payload["data"])
        told = own and own <= self.tabled  # a table of this page lists the same cells: once is enough
        traced = {**payload, **((payload["data"] or {}) if not told else {}), "id": id}
        return blocks.figure(traced, drawing, self.place.say, links)

    def label(self, text: str) -> str:
        """A name for a scroll region that no other region of the page has."""
        self.labels[text] = self.labels.get(text, 0) + 1
        return text if self.labels[text] == 1 else f"{text} ({self.labels[text]})"

    def links(self, payload: dict, name: str) -> str:
        """The links to a table's files; none outside a site."""
        if not self.place.id:
            return ""
        csv, book = self.file(f"{payload['id']}.csv"), self.file("", ".xlsx")
        return f'<span class="links">{self.link(csv, "CSV", name)} {self.link(book, "XLSX", name)}</span>'

    def link(self, path: str, word: str, name: str) -> str:
        stem = path.removeprefix("en/").removeprefix("data/").replace("/", "_")
        label = f' aria-label="{escape(word)}{self.place.say("page.sources.colon")}{escape(name)}"' if name else ""
        return f'<a href="{escape(self.place.address(path))}" download="{escape(stem)}"{label}>{escape(word)}</a>'

    def file(self, name: str, suffix: str = "") -> str:
        """Path of a download below the site."""
        prefix = "" if self.place.language == "zh" else f"{self.place.language}/"
        return f"{prefix}data/{self.place.page}/{name}" if name else f"{prefix}data/{self.place.page}{suffix}"

    def frame(self):
        """The frame with head, contents, sources and footer; call it after `marked_notebook`."""
        finding, say, subject = self.finding, self.place.say, self.stamp.get("subject", "")
        frame = make_frame(self.place, finding["title"], finding["lede"] or self.question, subject, self.footer())
        banner = "" if self.place.id or self.in_order() else stale_banner(say("page.stale.not_in_order"))
        question = self.question if finding["title"] != self.question else ""
        frame.head = banner + blocks.finding(finding, question)
        frame.contents = self.contents
        frame.css += figures.look_sheet(self.looks)
        frame.end = blocks.sources(first_payload(self.outputs, "sources") or {"sources": []}, say) + self.download_line()
        return frame

    def in_order(self) -> bool:
        cells = [cell for cell in self.notebook["cells"] if cell["cell_type"] == "code" and text_of(cell["source"]).strip()]
        return [cell.get("execution_count") for cell in cells] == list(range(1, len(cells) + 1))

    def download_line(self) -> str:
        if not self.place.id:
            return ""
        say = self.place.say
        files = [self.link(self.file("", ".xlsx"), f"{say('page.download.all')} (XLSX)", "")] if self.tables else []
        files.append(self.link(self.file("", ".ipynb"), f"{say('page.download.notebook')} (IPYNB)", ""))
        return f'<p class="downloads">{escape(say("page.download.heading"))}{say("page.sources.colon")}{"".join(files)}</p>'

    def footer(self) -> list[str]:
        """What a page without code must say about itself; HTML, escaped."""
        parts = [escape(text) for _, text in self.facts()]
        if self.place.id:
            record = escape(self.place.address(f"runs/{self.place.id}.json"))
            parts.append(f'<a href="{record}">{escape(self.place.say("page.footer.record"))}</a>')
        return parts

    def facts(self) -> list[tuple[str, str]]:
        stamp, say = self.stamp, self.place.say
        kind, _, value = str(stamp.get("vintage", "")).partition(":")
        slices = stamp.get("slices", {})
        facts = []
        if kind:
            facts.append(("vintage", say("page.footer.vintage", vintage=say(f"page.vintage.{kind}", value=value))))
        if stamp.get("newest_edition"):
            facts.append(("newest", say("page.footer.newest", edition=stamp["newest_edition"])))
        if slices:
            shown = next(iter(slices.values())) if len(slices) == 1 else combined(slices)
            facts.append(("data", say("page.footer.slices", hash=shown)))
        others = {name: value for name, value in stamp.get("parameters", {}).items() if name not in SHOWN_ELSEWHERE}
        if others:
            listed = ", ".join(f"{name}={value}" for name, value in others.items())
            facts.append(("parameters", say("page.footer.parameters", parameters=listed)))
        facts.append(("code", say("page.footer.code", code=stamp.get("code", ""))))
        if self.place.key:
            facts.append(("key", say("page.footer.key", run_key=self.place.key)))
        return facts

    def files(self) -> dict[str, bytes]:
        """Downloads by path below the site."""
        made = {self.file(f"{payload['id']}.csv"): downloads.make_csv(payload) for payload in self.tables}
        if self.tables:
            about = [(self.finding["title"], ""), (self.question, ""), *((text, "") for _, text in self.facts())]
            listed = first_payload(self.outputs, "sources").get("sources", ())
            about += [(f"{source['publisher']} {source['title']} {source['editions']}", source["licence"]) for source in listed]
            about.append((", ".join(f"{name}={value}" for name, value in self.stamp.get("parameters", {}).items()), ""))
            made[self.file("", ".xlsx")] = downloads.make_workbook(self.tables, about, self.place.say("page.download.about"))
        return made


def combined(slices: dict[str, str]) -> str:
    """One short hash for several slices."""
    return hashlib.sha256(repr(sorted(slices.items())).encode()).hexdigest()[:12]


def pair_halves(cells: list) -> None:
    """Wrap cells with a half figure so that those that follow each other stand side by side."""
    run: list = []
    for cell in [*cells, None]:
        if cell is not None and is_half(cell):
            run.append(cell)
        elif cell is None or is_visible(cell):
            for number, half in enumerate(run):
                half["metadata"]["qdlib"]["before"] = ('<div class="pair">' if number == 0 else "") + '<div class="half">'
                half["metadata"]["qdlib"]["after"] = "</div>" + ("</div>" if number == len(run) - 1 else "")
            run = []


def is_half(cell: dict) -> bool:
    outputs = (read_output(0, raw) for raw in cell.get("outputs", ()))
    return any(output.kind == "figure" and output.payload["width"] == "half" for output in outputs)


def is_visible(cell: dict) -> bool:
    """Whether a cell leaves anything on the page."""
    if cell["cell_type"] != "code":
        return bool(text_of(cell["source"]).strip())
    return any(raw.get("metadata", {}).get("qdlib", {}).get("html", "stray") for raw in cell.get("outputs", ()))
