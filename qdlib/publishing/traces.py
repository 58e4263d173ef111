"""Rows with source cells -> what a page lists behind a table: each file once, and which row comes from which of its cells.

Takes the payload of a table or of a figure's data; gives plain text parts, no HTML. An address is `folder/file!sheet!cell`.
"""

from qdlib.publishing.frames import cell_text, visible_columns

LABELS = 2  # columns that name a row
Traced = list[tuple[str, list[str]]]


def group_addresses(payload: dict, most: int) -> tuple[Traced, int]:
    """(file and sheet, its entries `2005 F12`) in order of appearance; and how many traced rows were left out after `most`."""
    columns = payload.get("columns") or []
    places = [number for number, column in enumerate(columns) if column["type"] == "trace"]
    rows = [row for row in payload.get("rows", ()) if row[places[0]]] if places else []
    grouped: dict[str, list[tuple[list[str], str]]] = {}
    for row in rows[:most]:
        label = row_label(payload, row)
        for address in dict.fromkeys(part.strip() for part in row[places[0]].split(";")):
            sheet, _, cell = address.rpartition("!")
            grouped.setdefault(sheet, []).append((label, cell))
    return [(sheet, entries(cells)) for sheet, cells in grouped.items()], max(len(rows) - most, 0)


def addresses(payload: dict | None) -> set[str]:
    """All source cells of a payload."""
    columns = (payload or {}).get("columns") or []
    places = [number for number, column in enumerate(columns) if column["type"] == "trace"]
    cells = (row[places[0]] or "" for row in payload["rows"]) if places else ()
    return {part.strip() for cell in cells for part in cell.split(";") if part.strip()}


def row_label(payload: dict, row: list) -> list[str]:
    """The words that name a row: its first columns of text or year, the first column where there is none."""
    shown = visible_columns(payload)
    named = [number for number in shown if payload["columns"][number]["type"] != "number"][:LABELS] or shown[:1]
    return [cell_text(payload, payload["columns"][number], row, row[number]) for number in named]


def entries(cells: list[tuple[list[str], str]]) -> list[str]:
    """One entry a row: its label, then its cells; words that the row before has too are not said again."""
    written: list[str] = []
    last: list[str] | None = None
    for label, cell in cells:
        if label == last:
            written[-1] += f" {cell}"
            continue
        fresh = label[1:] if last and label[0] == last[0] and len(label) > 1 else label
        written.append(" ".join([*fresh, cell]))
        last = label
    return written
