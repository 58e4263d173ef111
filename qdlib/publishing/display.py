"""What notebooks call: each function shows one thing and marks its output, so that a run can be judged and a page built.

Takes figures, frames and words; gives IPython outputs with metadata `qdlib: {kind, id}` and a payload of plain values
(`application/vnd.qdlib.<kind>+json`). `text/html` is for JupyterLab; the page is made from the payload. Needs IPython only.
Words are text ids of the catalogue or ready sentences. Language and city are those of `stamp`, one report per kernel.
"""

import io
import os
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata

from qdlib.errors import RunError, raise_all
from qdlib.observations.citations import group_editions, source_line
from qdlib.publishing import blocks
from qdlib.publishing.frames import cell_decimals, format_number, plain_value, read_frame

TEXT_ID = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
HEADLINE_KEYS = ["item", "year", "field"]
HEADLINE_WORDS = (*HEADLINE_KEYS, "value", "unit", "status")
HEADLINE_ROWS = 12
ALT_LENGTH = 200
KEY_FIGURES = 4
CARD_TEXTS = ("counts", "headline", "chip", "left", "right", "page")


@dataclass
class Report:
    """What the notebook has shown so far."""

    language: str = "zh"
    parameters: dict = field(default_factory=dict)
    editions: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)


_report = Report()
number = format_number


class Sentence(str):
    """A sentence of the catalogue: words inside another call, a paragraph when it stands alone in a cell."""

    def _repr_mimebundle_(self, include=None, exclude=None):
        payload = {"text": str(self)}
        bundle = {"text/plain": str(self), "text/html": blocks.sentence(payload), _mime("say"): payload}
        return bundle, {"qdlib": {"kind": "say", "id": _next_id("say")}}


def report_language() -> str:
    """The language that `stamp` fixed for this report."""
    return _report.language


def _mime(kind: str) -> str:
    return f"application/vnd.qdlib.{kind}+json"


def _catalogue():
    from qdlib.catalogue import load_catalogue

    return load_catalogue()  # read once per folder


def _page_word(key: str, **values) -> str:
    return _catalogue().say(key, _report.language, **values)


def _words(text, **values) -> str:
    """A text id in the report's language, or the words themselves."""
    if isinstance(text, Sentence) or not TEXT_ID.fullmatch(str(text)):
        return str(text)
    return _catalogue().say(str(text), _report.language, **values)


def _next_id(kind: str) -> str:
    _report.numbers[kind] = _report.numbers.get(kind, 0) + 1
    return f"{kind}-{_report.numbers[kind]}"


def _display(kind: str, id: str, payload: dict, html: str, plain: str, more: Mapping | None = None) -> None:
    from IPython.display import display

    bundle = {"text/plain": plain, **({"text/html": html} if html else {}), _mime(kind): payload, **(more or {})}
    display(bundle, raw=True, metadata={"qdlib": {"kind": kind, "id": id}})


def _sources(editions: Iterable[str]) -> dict:
    """The editions of one block, remembered for the end of the page, and the line printed under it."""
    editions = [editions] if isinstance(editions, str) else sorted({str(edition) for edition in editions})
    _report.editions += [edition for edition in editions if edition not in _report.editions]
    return {"sources": editions, "source_line": source_line(group_editions(editions, _catalogue(), _report.language), _page_word)}


def stamp(**parameters) -> None:
    """Fix the report's language, city and vintage, and check every parameter as the run would. Shown in the footer only."""
    global _report
    from qdlib.publishing.parameters import check_values

    check_values(parameters, _catalogue())
    _report = Report(language=parameters.get("language", "zh"), parameters=dict(parameters))
    _show_every_expression()
    payload = {
        "parameters": dict(parameters),
        "language": _report.language,
        "vintage": parameters.get("vintage", ""),
        "subject": _subject(parameters),
        "code": metadata.version("qdlib"),
        **_data_stamp(parameters),
    }
    _display("stamp", "stamp", payload, "", " · ".join(f"{name}={value}" for name, value in parameters.items()))


def _show_every_expression() -> None:
    """Let a bare `say(…)` show its sentence on any line of a cell, not only on the last."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.ast_node_interactivity = "all"


def _subject(parameters: Mapping) -> str:
    """The city or pillar of a report, for the page's header."""
    if parameters.get("pillar", "all") != "all":
        return _catalogue().policy.pillars[parameters["pillar"]].name.in_language(_report.language)
    return _catalogue().cities[parameters["city"]].name.in_language(_report.language) if "city" in parameters else ""


def _data_stamp(parameters: Mapping) -> dict:
    """Content hashes of the slices that this report reads. The newest edition is named where every city is read: elsewhere
    it would change a page whose own data have not changed."""
    from qdlib.observations import store

    state = store.stamp()
    reads = os.environ.get("QD_READS") or "all"
    cities = sorted(city for city in state["cities"] if reads == "all" or city in reads.split(","))
    newest = state["newest_edition"] if reads == "all" else ""
    return {"newest_edition": newest, "slices": {city: state["cities"][city][:12] for city in cities}}


def say(id: str, **values) -> str:
    """The sentence of a text id in the report's language: a paragraph on its own line, words inside another call."""
    return Sentence(_catalogue().say(id, _report.language, **values))


def tell(text: str) -> None:
    """Show a ready sentence as a paragraph where a bare line would not, in a loop."""
    from IPython.display import display

    display(Sentence(_words(text)))


def finding(title: str, lede: str = "", key_figures: Iterable[tuple] = ()) -> None:
    """The head of the page: the answer as h1, one line of lede, up to four key figures (label, value, unit, note)."""
    figures = [_key_figure(entry) for entry in key_figures]
    if len(figures) > KEY_FIGURES:
        raise RunError(f"finding: {len(figures)} key figures, at most {KEY_FIGURES} fit on the first screen")
    payload = {"title": _words(title), "lede": _words(lede), "key_figures": figures}
    _display("finding", "finding", payload, blocks.finding(payload), payload["title"])


def _key_figure(entry: tuple) -> dict:
    label, value, unit, remark = (*entry, *[""] * (4 - len(entry)))
    return {"label": _words(label), "value": plain_value(value), "unit": _words(unit), "note": _words(remark)}


def note(text: str, lead: str = "") -> None:
    """The one thing a reader must not miss, with a coral edge; `lead` are its first words, in bold."""
    payload = {"text": _words(text), "lead": _words(lead)}
    _display("note", _next_id("note"), payload, blocks.note(payload), payload["text"])


def notice(reason: str, instead_of: str = "figure", **values) -> None:
    """Say what is missing, and who can supply it, in the place of a promised figure or table."""
    if instead_of not in ("figure", "table"):
        raise RunError(f"notice: instead_of={instead_of!r}, expected 'figure' or 'table'")
    payload = {"text": _words(reason, **values), "instead_of": instead_of}
    _display("notice", _next_id("notice"), payload, blocks.notice(payload, _page_word), payload["text"])


def show(
    figure,
    title: str,
    subtitle: str = "",
    sources: Iterable[str] = (),
    *,
    id: str | None = None,
    width: str = "full",
    narrow=None,
    data=None,
) -> None:
    """Show a matplotlib figure as SVG with its words as text.

    figure: a `Figure` with an alt text (`set_label`, at most 200 characters) and at least one artist whose gid starts with
    `data-`. narrow: the same figure drawn for a phone. data: the frame behind it, for CSV and source cells.
    Raises RunError for a figure without alt text or an unknown width.
    """
    alt = str(figure.get_label() or "")
    faults = []
    if not 0 < len(alt) <= ALT_LENGTH:
        faults.append(f"alt text has {len(alt)} characters, expected 1 to {ALT_LENGTH}: figure.set_label(…)")
    if width not in ("full", "half"):
        faults.append(f"width={width!r}, expected 'full' or 'half'")
    raise_all(RunError, faults, f"figure {id or title}")
    id = id or _next_id("figure")
    payload = {"id": id, "title": _words(title), "subtitle": _words(subtitle), "alt": alt, "width": width, **_sources(sources)}
    payload["narrow"] = draw_svg(narrow) if narrow is not None else ""
    payload["data"] = read_frame(data, id) if data is not None else None
    words = f"<b>{blocks.escape(payload['title'])}</b><br>{blocks.escape(payload['subtitle'])}"
    _display("caption", id, {"id": id}, words, payload["title"])
    _display("figure", id, payload, "", alt, {"image/svg+xml": draw_svg(figure)})


def draw_svg(figure) -> str:
    """A figure as SVG: text stays text, the same figure gives the same bytes, a missing CJK font is not shouted about."""
    import matplotlib

    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "qdlib"}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return buffer.getvalue()


def table(
    frame,
    id: str,
    caption: str = "",
    *,
    units: Mapping[str, str] | None = None,
    columns: Mapping[str, str] | None = None,
    decimals: Mapping[str, int | str] | None = None,
    sources: Iterable[str] = (),
    note: str = "",
) -> None:
    """Show a frame as a table; its rows, unrounded, become the downloads.

    id: snake_case, one per page. units, columns (headings) and decimals by column name; `decimals={"value": "places"}` takes
    each row's from the column `places`. `source_cell` (addresses) is folded away. Raises RunError on unknown names.
    """
    options = {"units": units, "columns": columns, "decimals": decimals, "sources": sources, "note": note}
    payload = make_table(frame, id, caption, **options)
    _display("table", id, payload, blocks.table(payload, _page_word), f"{payload['caption']} ({len(payload['rows'])})")


def make_table(frame, id: str, caption: str = "", *, units=None, columns=None, decimals=None, sources=(), note: str = "") -> dict:
    """The payload of `table`, not shown: what the explorer draws and saves."""
    headings = {name: _words(heading) for name, heading in (columns or {}).items()}
    payload = read_frame(frame, id, units=units, columns=headings, decimals=decimals)
    return payload | {"caption": _words(caption), "note": _words(note), **_sources(sources)}


def show_or(drawn: Mapping | None, reason: str) -> None:
    """The figure that a story made, by `show`; the notice of a reason in its place where there is none."""
    if drawn:
        show(**drawn)
    else:
        notice(reason, instead_of="figure")


def table_or(made: Mapping | None, reason: str) -> None:
    """The table that a story made, by `table`; the notice of a reason in its place where there is none."""
    if made:
        table(**made)
    else:
        notice(reason, instead_of="table")


def headline(frame, caption: str = "", *, columns: Mapping[str, str] | None = None, sources: Iterable[str] = ()) -> None:
    """The report's key figures for the index and for comparison with the last run.

    frame: at most 12 rows; columns item, year, field, value, each (item, year, field) once; optional unit, decimals, status.
    """
    names = [str(name) for name in frame.columns]
    missing = [name for name in [*HEADLINE_KEYS, "value"] if name not in names]
    faults = [f"columns {', '.join(missing)} are missing, found {', '.join(names)}"] if missing else []
    if not missing and frame.duplicated(HEADLINE_KEYS).any():
        faults.append(f"rows repeat: {frame[frame.duplicated(HEADLINE_KEYS)][HEADLINE_KEYS].values.tolist()[:5]}")
    if len(frame) > HEADLINE_ROWS:
        faults.append(f"{len(frame)} rows, at most {HEADLINE_ROWS}")
    raise_all(RunError, faults, "headline")
    headings = {name: _page_word(f"page.headline.{name}") for name in names if name in HEADLINE_WORDS}
    headings |= {name: _words(heading) for name, heading in (columns or {}).items()}
    decimals = {"value": "decimals"} if "decimals" in names else None
    payload = read_frame(frame, "headline", columns=headings, decimals=decimals)
    payload["rows"] = [_rounded(payload, row) for row in payload["rows"]]
    payload |= {"caption": _words(caption or "page.headline.caption"), "note": "", **_sources(sources)}
    _display("headline", "headline", payload, blocks.table(payload, _page_word), f"headline ({len(payload['rows'])})")


def _rounded(payload: dict, row: list) -> list:
    """A headline row as published: comparison with the last run must not turn on the last bit of a float."""
    return [
        round(value, cell_decimals(payload, column, row)) if column["type"] == "number" and value is not None else value
        for column, value in zip(payload["columns"], row, strict=True)
    ]


def cards(items: Iterable[Mapping]) -> None:
    """Cards of commitments: title, counts, headline, chip, progress and tick (0 to 1), left, right, page (a plan page)."""
    read = [_card(item) for item in items]
    payload = {"items": read}
    html = blocks.cards(payload, _page_word, lambda page: None)
    _display("cards", _next_id("cards"), payload, html, "; ".join(item["title"] for item in read))


def _card(item: Mapping) -> dict:
    known = ("title", "progress", "tick", *CARD_TEXTS)
    if set(item) - set(known) or not item.get("title"):
        raise RunError(f"card {item.get('title')!r}: found {', '.join(item)}; expected title and any of {', '.join(known[1:])}")
    numbers = {name: None if item.get(name) is None else float(item[name]) for name in ("progress", "tick")}
    return {"title": _words(item["title"]), **{name: _words(item.get(name) or "") for name in CARD_TEXTS}, **numbers}


def sources() -> None:
    """The list of all editions used on the page; the last line of a notebook."""
    listed = group_editions(_report.editions, _catalogue(), _report.language)
    payload = {"sources": listed, "editions": sorted(_report.editions)}
    _display("sources", "sources", payload, blocks.sources(payload, _page_word), ", ".join(payload["editions"]))
