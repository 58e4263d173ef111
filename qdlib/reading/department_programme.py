"""The Programme sheet of a department workbook: who is in charge of an item, from when to when, its milestones and money.

Takes the lines of the sheet, `_meta` and the catalogue's items; gives one dict for each item that anything is reported of. The
policy names no unit, date or money: all of it is the departments' word, kept with its cell. Milestone weights are shares of the
item and sum to 1; an item without milestones states none. Does not judge progress.
"""

from collections.abc import Iterable

from qdlib.errors import nearest
from qdlib.reading.department_cells import Line, read_date, read_number, read_text, show
from qdlib.reading.department_form import INPUTS, MILESTONES, Meta, ProgrammeItem

WEIGHT_SLACK = 1e-6


def read_programme(lines: list[Line], meta: Meta, items: Iterable[ProgrammeItem], reported: str, faults: list) -> list[dict]:
    """One dict an item reported: id, department, supporting, start, due, planned, spent, milestones, note, cell."""
    known, seen, found = {item.id for item in items}, {}, []
    for line in lines:
        before, key = len(faults), line["item"]
        if not isinstance(key, str) or key not in meta.items or key not in known:
            line.blame("item", "unknown_item", nearest(show(key), known & set(meta.items)).removeprefix("; "))
            continue
        if key in seen:
            line.blame("item", "duplicate_row", seen[key])
            continue
        seen[key] = line.cells["item"].cell
        if line["title"] != meta.items[key]:
            line.blame("title", "changed_label", meta.items[key])
        if all(line[name] is None and not line.cells[name].formula for name in INPUTS["programme"]):
            continue
        entry = read_item(line, key, reported)
        if len(faults) == before:
            found.append(entry | {"cell": line.cells["item"].cell})
    return found


def read_item(line: Line, key: str, reported: str) -> dict:
    start, due = read_date(line, "start", ""), read_date(line, "due", "")
    if start and due and due < start:
        line.blame("due", "due_before_start", start)
    milestones = [milestone for number in MILESTONES if (milestone := read_milestone(line, number, start, reported))]
    weights = [milestone["weight"] for milestone in milestones]
    if weights and all(weight and 0 < weight <= 1 for weight in weights) and abs(sum(weights) - 1) > WEIGHT_SLACK:
        line.blame("weight_1", "weights_not_one", f"{sum(weights):g}")
    return {
        "id": key,
        "department": read_text(line, "department", "no_department"),
        "supporting": read_text(line, "supporting"),
        "start": start,
        "due": due,
        "planned": read_money(line, "planned"),
        "spent": read_money(line, "spent"),
        "milestones": milestones,
        "note": read_text(line, "note"),
    }


def read_milestone(line: Line, number: int, start: str | None, reported: str) -> dict | None:
    """One milestone; None where all its cells are empty."""
    names = {part: f"{part}_{number}" for part in ("title", "weight", "due", "done", "evidence")}
    if all(line[name] is None and not line.cells[name].formula for name in names.values()):
        return None
    weight = read_number(line, names["weight"])
    if line[names["weight"]] is None and not line.cells[names["weight"]].formula:
        line.blame(names["weight"], "no_weight")
    elif weight is not None and not 0 < weight <= 1:
        line.blame(names["weight"], "weight_outside")
    done = read_date(line, names["done"], reported)
    if done and start and done < start:
        line.blame(names["done"], "done_before_start", start)
    evidence = read_text(line, names["evidence"], "no_evidence" if done else "")
    title, due = read_text(line, names["title"], "no_milestone_title"), read_date(line, names["due"], "")
    return {"title": title, "weight": weight, "due": due, "done_on": done, "evidence": evidence}


def read_money(line: Line, name: str) -> float | None:
    value = read_number(line, name)
    if value is not None and value < 0:
        line.blame(name, "below_limit", "≥ 0")
    return value
