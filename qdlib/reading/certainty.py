"""Conditions of certainty that only the finished table shows.

Takes the parts of a table and its values; appends reasons for doubt to `parts.faults`: a figure without a label on one axis,
columns that share all their labels, years that run both ways, too many unreadable cells, hidden rows. Decides nothing about the
layout.
"""

from collections import Counter
from collections.abc import Sequence

from qdlib.reading.model import Finding, Value
from qdlib.reading.parts import Parts

# Scanned tables of the corpus have up to 1 % of cells that no grammar reads; more means that the grid itself is wrong.
UNREADABLE_SHARE = 0.02


def check_certainty(parts: Parts, values: Sequence[Value]) -> None:
    """Conditions of certainty that only the finished table shows."""
    if parts.header is None or parts.faults:
        return
    if not any(value.value is not None for value in values):
        parts.faults.append("no figure at all")
        return
    for value in values:
        if not value.row or not value.column:
            parts.faults.append(f"{value.cell} {value.raw!r} has no {'row' if not value.row else 'column'} label")
    _check_repeats(parts, values)
    _check_years(parts)
    broken = [value for value in values if value.value is None and value.status == "U"]
    if len(broken) > max(1, UNREADABLE_SHARE * len(values)):
        shown = ", ".join(f"{value.cell} {value.raw!r}" for value in broken[:5])
        parts.faults.append(f"{len(broken)} of {len(values)} cells of the body are no figures: {shown}")
    body = set(parts.block.body)
    hidden = sorted(row + 1 for row in parts.grid.sheet.hidden_rows if row in body)
    columns = {*parts.columns, *parts.block.stub}
    if hidden or parts.grid.sheet.hidden_columns & columns:
        parts.faults.append(f"hidden rows {hidden or ''} or columns inside the body: show them or leave them out by a region")


def _check_repeats(parts: Parts, values: Sequence[Value]) -> None:
    """Two columns with the same labels cannot be told apart; two rows with the same labels and different figures neither."""
    columns = Counter(
        tuple(label.cell for label in parts.header.paths[column]) for column in parts.columns if parts.header.paths[column]
    )
    texts = Counter(
        tuple(label.text for label in parts.header.paths[column]) for column in parts.columns if parts.header.paths[column]
    )
    for path, count in texts.items():
        if count > 1 and not _stand_alone(parts, path, texts):
            parts.faults.append(f"{count} columns are labelled {' / '.join(path)}")
    if not texts:
        parts.faults.extend(f"{count} columns share the header cell {path[-1]}" for path, count in columns.items() if count > 1)
    rows: dict[tuple[str, ...], str] = {}
    for value in {id(value.row): value for value in values}.values():
        path = tuple(label.text for label in value.row)
        first = rows.setdefault(path, value.row[-1].cell if value.row else "")
        if value.row and first != value.row[-1].cell:
            parts.findings.append(
                Finding(value.row[-1].cell, "repeated_row_label", "low", f"{' / '.join(path)} stands in {first} too")
            )


def _stand_alone(parts: Parts, path: tuple[str, ...], counts: Counter) -> bool:
    """Equal labels that qualify the column to their left, as 增长% behind each amount does, in a header of one row.

    Side by side, or in a header that repeats as a whole, they have lost the label above them. They are printed as they are, with a
    remark; whoever needs one of the columns names it by its cell.
    """
    if len(parts.block.header) > 1 or parts.grid.sheet.folded:
        return False
    paths = [tuple(label.text for label in parts.header.paths[column]) for column in parts.columns]
    places = [index for index, other in enumerate(paths) if other == path]
    if any(place and counts[paths[place - 1]] > 1 for place in places):
        return False
    words = f"{' / '.join(path)} stands over {len(places)} columns"
    cells = [parts.header.paths[parts.columns[place]][-1].cell for place in places]
    parts.findings.extend(Finding(cell, "repeated_column_label", "low", words) for cell in cells)
    return True


def _check_years(parts: Parts) -> None:
    """Years along an axis run one way, in each group; a year out of order is a figure or a misprint."""
    for paths, axis in ((list(parts.header.paths.values()), "header"), ([parts.rows[row] for row in parts.block.body], "stub")):
        groups: dict[tuple, list[int]] = {}
        for path in paths:
            if path and path[-1].year is not None:
                groups.setdefault(tuple(label.cell for label in path[:-1]), []).append(path[-1].year)
        for years in groups.values():
            steps = {later > first for first, later in zip(years, years[1:], strict=False)}
            if len(steps) > 1 or len(set(years)) < len(years):
                parts.faults.append(f"the years of the {axis} do not run one way: {', '.join(map(str, years[:8]))}")
                return
