"""Whether a run held: executed notebook and promise -> faults.

Takes an executed notebook and the report that was asked for; gives `Fault` entries, none when everything held. A notebook can
end with exit code 0 and still be wrong: a killed kernel, a missing figure, the default city. Each rule looks for one of these.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from qdlib.publishing.expansion import Report
from qdlib.publishing.outputs import Output, first_payload, of_kind, read_outputs, text_of

CELL_TEXT = 300  # characters of a stray or an error that a message quotes


@dataclass(frozen=True)
class Fault:
    """`kind` has a sentence for readers in pages.yml (`page.fault.<kind>`); `detail` is for whoever mends it."""

    kind: str
    detail: str

    def __str__(self) -> str:
        return self.detail


def judge(notebook: dict, report: Report) -> list[Fault]:
    """Every fault of an executed notebook."""
    outputs = read_outputs(notebook)
    rules = (error_faults, order_faults, end_faults, stray_faults, figure_faults, headline_faults, id_faults)
    found = [fault for rule in rules for fault in rule(notebook, outputs)]
    return [*found, *promise_faults(outputs, report), *stamp_faults(outputs, report)]


def error_faults(notebook: dict, outputs: list[Output]) -> Iterable[Fault]:
    for output in outputs:
        if output.raw["output_type"] == "error":
            message = f"{output.raw.get('ename')}: {output.raw.get('evalue')}"
            yield Fault("error", f"cell {output.cell}: {message[:CELL_TEXT]}")


def order_faults(notebook: dict, outputs: list[Output]) -> Iterable[Fault]:
    """Each code cell has its count, 1 to n: a kernel that died leaves cells without one."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and text_of(cell["source"]).strip()]
    counts = [cell.get("execution_count") for cell in cells]
    if counts != list(range(1, len(cells) + 1)):
        yield Fault("order", f"code cells have the counts {counts}, expected 1 to {len(cells)} in order")


def end_faults(notebook: dict, outputs: list[Output]) -> Iterable[Fault]:
    last = max((number for number, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code"), default=None)
    if not any(output.cell == last for output in of_kind(outputs, "sources")):
        yield Fault("incomplete", "the last code cell does not show qdlib.sources(): the notebook did not run to its end")


def stray_faults(notebook: dict, outputs: list[Output]) -> Iterable[Fault]:
    for output in outputs:
        if not output.kind and output.raw["output_type"] != "error":
            text = text_of(output.raw.get("text") or (output.raw.get("data") or {}).get("text/plain"))
            what = output.raw.get("name") or output.raw["output_type"]
            yield Fault("stray", f"cell {output.cell}: {what} that no qdlib function has shown: {text.strip()[:CELL_TEXT]!r}")


def promise_faults(outputs: list[Output], report: Report) -> Iterable[Fault]:
    """Figures and tables as promised in runs.yml; a notice fills a slot of its kind."""
    for slot, kinds, promised in (("figure", ("figure",), report.figures), ("table", ("table", "headline"), report.tables)):
        shown = len(of_kind(outputs, *kinds))
        notices = sum(output.payload["instead_of"] == slot for output in of_kind(outputs, "notice"))
        if shown + notices != promised:
            yield Fault("promise", f"{shown} {slot}s and {notices} notices instead of one, runs.yml promises {promised}")


def figure_faults(notebook: dict, outputs: list[Output]) -> Iterable[Fault]:
    for output in of_kind(outputs, "figure"):
        if not output.payload.get("alt"):
            yield Fault("figure", f"figure {output.id} has no alt text: figure.set_label(…)")
        for name, drawing in (("", output.raw["data"].get("image/svg+xml")), (" (narrow)", output.payload.get("narrow"))):
            if (drawing or not name) and not count_data_paths(text_of(drawing)):
                yield Fault("figure", f"figure {output.id}{name} has no drawn path whose gid starts with `data-`: it is empty")


def count_data_paths(svg: str) -> int:
    """Drawn shapes inside groups whose id starts with `data-`; an empty line or a definition is not drawn."""
    try:
        root = etree.fromstring(svg.encode("utf-8"))
    except etree.XMLSyntaxError:
        return 0
    inside = (element for group in root.iter("{*}g") if group.get("id", "").startswith("data-") for element in group.iter())
    return sum(_is_drawn(element) for element in inside)


def _is_drawn(element) -> bool:
    name = etree.QName(element).localname if isinstance(element.tag, str) else ""
    if any(etree.QName(parent).localname == "defs" for parent in element.iterancestors()):
        return False
    return name in ("use", "rect", "circle") or (name == "path" and bool(re.search(r"[LCQAHV]", element.get("d", ""))))


def headline_faults(notebook: dict, outputs: list[Output]) -> Iterable[Fault]:
    for kind in ("headline", "finding"):
        shown = len(of_kind(outputs, kind))
        if shown > 1 or (kind == "headline" and shown != 1):
            yield Fault("headline", f"qdlib.{kind}() was called {shown} times, expected once")


def id_faults(notebook: dict, outputs: list[Output]) -> Iterable[Fault]:
    """Figures and tables share their ids: both name anchors and files."""
    ids = [output.id for output in of_kind(outputs, "table", "headline", "figure")]
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        yield Fault("page", f"two figures or tables have the id {id!r}")
    for id in sorted({id for id in ids if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", id)}):
        yield Fault("page", f"id {id!r}: expected lower-case letters, digits and _")


def stamp_faults(outputs: list[Output], report: Report) -> Iterable[Fault]:
    """The stamp repeats what was asked for: a parameter that never arrived shows here."""
    stamps = of_kind(outputs, "stamp")
    if len(stamps) != 1:
        yield Fault("stamp", f"qdlib.stamp(…) was called {len(stamps)} times, expected once")
        return
    shown = first_payload(outputs, "stamp")["parameters"]
    for name, wanted in report.values.items():
        if shown.get(name) != wanted:
            yield Fault("stamp", f"the stamp shows {name}={shown.get(name)!r}, the plan asked for {wanted!r}")
