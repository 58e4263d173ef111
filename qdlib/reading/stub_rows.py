"""What each row of the stub shows of its place: indent, numbering, region, mark, bold.

Takes a `Grid`, its body rows and the column of innermost labels; gives a `StubRow` for each filled one. A leading dash or run of dots
is a step of indent. Signals only: what they mean together is decided in `row_trees` and `numbered_lists`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from qdlib.catalogue.units import Unit
from qdlib.reading.grid import Grid
from qdlib.reading.labels import indent_of, is_total, numbering, region_rank, sub_item

UNNUMBERED = 9
LEADERS = re.compile(r"^[\s\u3000\xa0]*(-(?!-)|[.]{2,}|…+|-{2,})\s*[^\s\d]")


@dataclass(frozen=True)
class StubRow:
    """What the signals say about one row."""

    row: int
    text: str
    indent: int
    number: float
    ordinal: int
    region: int | None
    mark: str
    group: bool
    total: bool
    bold: bool
    unit: Unit | None = None


def read_rows(grid: Grid, body: Iterable[int], column: int, groups: Iterable[int]) -> list[StubRow]:
    """The signals of each body row that has a label in `column`; `groups` are rows without figures."""
    groups = set(groups)
    rows = [_signals(grid, row, column, row in groups) for row in body if grid.kind(row, column) != "blank"]
    return _lead_in(grid, rows, column)


def _signals(grid: Grid, row: int, column: int, group: bool) -> StubRow:
    raw = grid.text(row, column)
    text = grid.label(row, column).text
    style = grid.sheet.style(row, column)
    level, ordinal = numbering(text) or (UNNUMBERED, 0)
    return StubRow(
        row,
        text,
        indent_of(raw) + 2 * style.indent,
        level,
        ordinal,
        region_rank(text),
        sub_item(text),
        group,
        is_total(text),
        style.bold,
        grid.label(row, column).unit,
    )


def _lead_in(grid: Grid, rows: list[StubRow], column: int) -> list[StubRow]:
    """Rows with the step that a leading dash means; where dots lead other rows, dashes stand one step below these."""
    leaders = {row.row: LEADERS.match(grid.text(row.row, column)) for row in rows}
    signs = {found[1][0] for found in leaders.values() if found}
    if "-" not in signs:
        return rows
    step = 4 if len(signs) > 1 else 2
    dashes = {number for number, found in leaders.items() if found and found[1] == "-"}
    return [replace(row, indent=row.indent + step) if row.row in dashes else row for row in rows]


def keep_signal(row: StubRow, only: str) -> StubRow:
    """The row with one signal left: marks go with indent, bold and groups, and nothing goes with flat."""
    return replace(
        row,
        indent=row.indent if only == "indent" else 0,
        number=row.number if only == "groups" else UNNUMBERED,
        mark="" if only == "flat" else row.mark,
        group=row.group and only == "groups",
        bold=row.bold and only == "bold",
    )
