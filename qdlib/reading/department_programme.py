"""The Programme sheet of a department workbook: who is in charge of an item, from when to when, its milestones and money.

Takes the lines of the sheet, `_meta` and the catalogue's items; gives rows of `COLUMNS`, one for each milestone of an item that
anything is reported of (one row where it has none). The policy names no unit, date or money: all of it is the departments' word, kept
with its day and cell. Milestone weights are shares of the item and sum to 1. Dates are ISO text, supporting units stand one a line.
Does not judge progress.
"""

import re
from collections.abc import Iterable

from qdlib.errors import nearest
from qdlib.reading.department_cells import Line, read_date, read_number, read_text, show
from qdlib.reading.department_form import INPUTS, MILESTONES, NOT_ASKED, Meta, ProgrammeItem

WEIGHT_SLACK = 1e-9
ITEM_COLUMNS = (
    "item",
    "reported_on",
    "responsible_unit",
    "supporting_units",
    "start",
    "due",
    "investment_planned",
    "investment_spent",
    "parts_done",
    "note",
)
STEP_COLUMNS = ("step", "weight", "step_due", "step_done_on", "evidence")
COLUMNS = (*ITEM_COLUMNS, *STEP_COLUMNS, "source_cell")
NO_STEP = ("", None, "", "", "")
SEPARATORS = re.compile(r"[\n、，,；;]")


def read_programme(lines: list[Line], meta: Meta, items: Iterable[ProgrammeItem], reported: str, faults: list) -> list[dict]:
    """Rows of `COLUMNS`, where `source_cell` is still only sheet and cell of the item's id."""
    known, seen, found = {item.id: item for item in items}, {}, []
    for line in lines:
        before, key = len(faults), line["item"]
        if not isinstance(key, str) or key not in meta.items or key not in known:
            line.blame("item", "unknown_item", nearest(show(key), set(known) & set(meta.items)).removeprefix("; "))
            continue
        if key in seen:
            line.blame("item", "duplicate_row", seen[key])
            continue
        seen[key] = line.cells["item"].cell
        if line["title"] != meta.items[key]:
            line.blame("title", "changed_label", meta.items[key])
        if all(line[name] in (None, NOT_ASKED) and not line.cells[name].formula for name in INPUTS["programme"]):
            continue
        rows = read_item(line, known[key], reported)
        if len(faults) == before:
            found += [row | {"source_cell": line.cells["item"].cell} for row in rows]
    return found


def read_item(line: Line, item: ProgrammeItem, reported: str) -> list[dict]:
    """The rows of one item, one a milestone."""
    start, due = read_date(line, "start", ""), read_date(line, "due", "")
    if start and due and due < start:
        line.blame("due", "due_before_start", start)
    steps = [step for number in MILESTONES if (step := read_milestone(line, number, start, reported))]
    weights = [step[1] for step in steps]
    if weights and all(weight and 0 < weight <= 1 for weight in weights) and abs(sum(weights) - 1) > WEIGHT_SLACK:
        line.blame("weight_1", "weights_not_one", f"{sum(weights):g}")
    values = (
        item.id,
        reported,
        read_text(line, "department", "no_department"),
        "\n".join(filter(None, map(str.strip, SEPARATORS.split(read_text(line, "supporting"))))),
        start or "",
        due or "",
        read_money(line, "planned"),
        read_money(line, "spent"),
        read_parts(line, item.parts_total),
        read_text(line, "note"),
    )
    own = dict(zip(ITEM_COLUMNS, values, strict=True))
    return [own | dict(zip(STEP_COLUMNS, step, strict=True)) for step in steps or [NO_STEP]]


def read_milestone(line: Line, number: int, start: str | None, reported: str) -> tuple | None:
    """One milestone in the order of `STEP_COLUMNS`; None where all its cells are empty."""
    names = {part: f"{part}_{number}" for part in ("title", "weight", "due", "done", "evidence")}
    if all(line[name] is None and not line.cells[name].formula for name in names.values()):
        return None
    weight = read_number(line, names["weight"])
    if line[names["weight"]] is None and not line.cells[names["weight"]].formula:
        line.blame(names["weight"], "no_weight")
    elif weight is not None and not 0 < weight <= 1:
        line.blame(names["weight"], "weight_outside")
    title, due = read_text(line, names["title"], "no_milestone_title"), read_date(line, names["due"], "")
    if line[names["due"]] is None and not line.cells[names["due"]].formula:
        line.blame(names["due"], "no_milestone_due")
    done = read_date(line, names["done"], reported)
    if done and start and done < start:
        line.blame(names["done"], "done_before_start", start)
    evidence = read_text(line, names["evidence"], "no_evidence" if done else "")
    return title, weight, due or "", done or "", evidence


def read_money(line: Line, name: str) -> float | None:
    value = read_number(line, name)
    if value is not None and value < 0:
        line.blame(name, "below_limit", "≥ 0")
    return value


def read_parts(line: Line, total: int | None) -> int | None:
    """How many of the item's parts are done."""
    if total is None:
        if line["parts_done"] not in (None, NOT_ASKED):
            line.blame("parts_done", "not_asked")
        return None
    value = read_number(line, "parts_done")
    if value is not None and (value != int(value) or not 0 <= value <= total):
        line.blame("parts_done", "parts_outside", f"0–{total}")
    return None if value is None else int(value)
