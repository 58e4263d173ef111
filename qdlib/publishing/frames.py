"""Frames -> payloads: what a table shows, as plain JSON values with types, units and decimals.

Takes a DataFrame and the words of its headings; gives a dict that page, CSV and workbook are all made from, so that they
agree. Figures keep their full precision here; rounding is the page's business. Knows nothing of HTML.
"""

import math
import numbers
from collections.abc import Iterable, Mapping

from qdlib.errors import RunError, nearest

NARROW_SPACE = "\u202f"  # between thousands; never breaks a line
MISSING = "—"
HIDDEN_TYPES = ("trace", "decimals")


def format_number(value, decimals: int | None = None) -> str:
    """A figure as people read it: thousands apart, a real minus sign, `—` for a missing one."""
    value = plain_value(value)
    if value is None:
        return MISSING
    if decimals is None:
        decimals = usual_decimals([value])
    text = f"{value:,.{decimals}f}".replace(",", NARROW_SPACE)
    if text.startswith("-"):
        return ("\u2212" if text.strip("-0." + NARROW_SPACE) else "") + text[1:]
    return text


def plain_value(value):
    """A cell as JSON knows it; missing of any kind is None, dates are ISO text."""
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()
    if value is None or type(value).__name__ in ("NAType", "NaTType") or value != value:
        return None
    if isinstance(value, (str, bool, int)):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, numbers.Real):
        return float(value) if math.isfinite(value) else None
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    return str(value)


def usual_decimals(values: Iterable, unit: str = "") -> int:
    """Decimals for a column that names none: 0 for whole numbers, 1 as a rule, 2 where all are small and not percentages."""
    known = [abs(value) for value in values if is_number(value)]
    if all(value == int(value) for value in known):
        return 0
    return 1 if unit.startswith("%") or max(known) >= 10 else 2


def is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def read_frame(
    frame,
    id: str,
    *,
    units: Mapping[str, str] | None = None,
    columns: Mapping[str, str] | None = None,
    decimals: Mapping[str, int | str] | None = None,
) -> dict:
    """The payload of a frame: `columns` (name, heading, unit, type, decimals) and `rows`. RunError lists every wrong name."""
    units, columns, decimals = dict(units or {}), dict(columns or {}), dict(decimals or {})
    names = [str(name) for name in frame.columns]
    check_names(id, names, {"units": units, "columns": columns, "decimals": decimals})
    cells = [[plain_value(value) for value in frame[name].tolist()] for name in frame.columns]
    of_rows = {value for value in decimals.values() if isinstance(value, str)}
    described = [
        describe_column(name, values, columns.get(name, name), units.get(name, ""), decimals.get(name), name in of_rows)
        for name, values in zip(names, cells, strict=True)
    ]
    return {"id": id, "columns": described, "rows": [list(row) for row in zip(*cells, strict=True)]}


def check_names(id: str, names: list[str], given: dict[str, dict]) -> None:
    faults = [
        f"table {id}: {argument} names column `{name}`, the frame has {', '.join(names)}{nearest(str(name), names)}"
        for argument, mapping in given.items()
        for name in [*mapping, *(value for value in mapping.values() if argument == "decimals" and isinstance(value, str))]
        if name not in names
    ]
    if len(set(names)) < len(names):
        faults.append(f"table {id}: a column name stands twice in {', '.join(names)}")
    if faults:
        raise RunError("; ".join(faults), faults=faults)


def describe_column(name: str, values: list, heading: str, unit: str, decimals: int | str | None, of_rows: bool) -> dict:
    kind = column_type(name, values) if not of_rows else "decimals"
    if kind == "number" and decimals is None:
        decimals = usual_decimals(values, unit)
    return {"name": name, "heading": heading, "unit": unit, "type": kind, "decimals": decimals if kind == "number" else None}


def column_type(name: str, values: list) -> str:
    """`trace` (addresses of source cells), `year`, `number` or `text`."""
    known = [value for value in values if value is not None]
    if name == "source_cell":
        return "trace"
    if all(is_number(value) and value == int(value) for value in known) and (name == "year" or name.endswith("_year")):
        return "year"
    return "number" if known and all(is_number(value) for value in known) else "text"


def visible_columns(payload: dict) -> list[int]:
    return [number for number, column in enumerate(payload["columns"]) if column["type"] not in HIDDEN_TYPES]


def cell_decimals(payload: dict, column: dict, row: list) -> int:
    """Decimals of one cell: the column's, or those that a neighbouring column states for the row."""
    if isinstance(column["decimals"], str):
        names = [other["name"] for other in payload["columns"]]
        stated = row[names.index(column["decimals"])]
        return int(stated) if stated is not None else usual_decimals([row[names.index(column["name"])]])
    return column["decimals"] or 0


def cell_text(payload: dict, column: dict, row: list, value) -> str:
    """One cell as text for people."""
    if value is None:
        return MISSING
    if column["type"] == "year":
        return str(int(value))
    if column["type"] == "number":
        return format_number(value, cell_decimals(payload, column, row))
    if isinstance(value, bool):
        return "✓" if value else MISSING
    return format_number(value) if is_number(value) else value
