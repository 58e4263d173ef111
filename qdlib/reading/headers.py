"""The header: which cell labels which columns.

Takes header rows and the columns of figures; gives for each column its label cells from the top down, and each label's parent and
relation. A merge is believed. Without one, a label covers the blanks to its right, as far as the next label and within the
label over it. English below Chinese translates it. A blank or bare 其中 above labels makes them parts
of the label to its left. Lost spans of scraped files are placed by `tilings` and arrive here as placed cells.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from qdlib.reading.grid import Grid
from qdlib.reading.labels import HAN, LabelText, clean_label, is_latin, is_total, parse_year, read_label, sub_item
from qdlib.reading.model import Label

# Words that stand below any label and are never the second half of one.
SCOPES = frozenset("全国 全省 全市 市区 市辖区 地区 城镇 农村 城市 男 女".split())
PARENT_WORDS = re.compile(r"^按.+分(?:组)?$")


@dataclass(frozen=True)
class Placed:
    """A header cell with the rows and columns that it covers (from 0, last included).

    `source` is where it stands in the sheet, None for a blank that a scrape dropped; lost spans move a cell to the right.
    """

    source: tuple[int, int] | None
    row: int
    column: int
    bottom: int
    right: int


def place_cells(grid: Grid, rows: Sequence[int], columns: Sequence[int]) -> list[Placed]:
    """Header cells over the columns of figures, with the reach of each."""
    placed: list[Placed] = []
    above: dict[int, object] = dict.fromkeys(columns)
    merged = _merged(grid, rows, columns)
    for row in rows:
        owner: dict[int, object] = {}
        for index, column in enumerate(columns):
            if (row, column) in merged:
                cell = merged[(row, column)]
            elif grid.kind(row, column) == "blank":
                continue
            else:
                cell = Placed((row, column), row, column, row, _reach(grid, row, index, columns, above, merged))
            if cell not in placed:
                placed.append(cell)
            owner |= {covered: cell for covered in columns if cell.column <= covered <= cell.right}
        above = {column: owner.get(column, above[column]) for column in columns}
    return placed


def _merged(grid: Grid, rows: Sequence[int], columns: Sequence[int]) -> dict[tuple[int, int], Placed]:
    """Covering cell of each header cell that a merge covers."""
    found = {}
    for (top, left), (height, width) in grid.sheet.merges.items():
        if top not in rows or left + width - 1 < columns[0] or left > columns[-1] or grid.kind(top, left) == "blank":
            continue
        cell = Placed((top, left), top, left, min(top + height - 1, rows[-1]), left + width - 1)
        found |= {(row, column): cell for row in range(top, top + height) for column in range(left, left + width)}
    return found


def _reach(grid: Grid, row: int, index: int, columns: Sequence[int], above: Mapping[int, object], merged: Mapping) -> int:
    """Last column of an unmerged label."""
    last = columns[index]
    for column in columns[index + 1 :]:
        if grid.kind(row, column) != "blank" or (row, column) in merged or above[column] != above[columns[index]]:
            break
        last = column
    return last


def wrap_faults(grid: Grid, placed: Sequence[Placed], translations: set[int]) -> list[str]:
    """Labels that may be the first half of the label below them: not merged, with a child that starts in the same column.

    A closing unit bracket, `按…分`, children that are years, marked or repeated under a sibling show a group.
    """
    cells = [cell for cell in placed if cell.row not in translations]
    below = {cell: [other for other in cells if _above(other, cells) == cell] for cell in cells}
    texts = {cell: tuple(words_of(grid, child).text for child in below[cell]) for cell in cells}
    repeated = [children for children in texts.values() if len(children) > 1]
    faults = []
    for cell, children in below.items():
        first = next((child for child in children if child.column == cell.column), None)
        if first is None or cell.source in grid.sheet.merges or grid.sheet.folded:
            continue
        words, child = words_of(grid, cell), words_of(grid, first)
        shown = words.unit is not None or PARENT_WORDS.match(words.text) or not words.text or sub_item(words.text)
        scope = child.text in SCOPES or is_total(child.text)
        apart = (
            scope
            or grid.names_time(*first.source)
            or sub_item(child.text)
            or child.text.strip("()（） ") == child.unit_text != ""
        )
        if not (shown or apart or repeated.count(texts[cell]) > 1):
            faults.append(f"{grid.sheet.a1(*cell.source)} ({words.text}) is a group or the first half of {child.text}")
    return faults


# A label that ends so goes on in the cell below it.
DANGLING = ("、", "及", "和", "与")


def join_halves(
    grid: Grid, placed: Sequence[Placed], translations: set[int], stated: Mapping[str, str]
) -> tuple[list[Placed], dict[Placed, str]]:
    """Header cells with the second half of a label taken into the first, and the joined texts.

    Halves stand on the same columns and are not merged: stated by a recipe, or the first ends in a dangling 、.
    """
    joins: dict[Placed, str] = {}
    gone: set[Placed] = set()
    for cell in placed:
        if cell.source is None or cell in gone or cell.row in translations:
            continue
        wanted = stated.get(grid.sheet.a1(*cell.source))
        below = [other for other in placed if other.row > cell.bottom and other.column == cell.column and other.source]
        rest = next((other for other in below if grid.sheet.a1(*other.source) == wanted), None)
        text = words_of(grid, cell).text
        if rest is None and text.endswith(DANGLING) and below and cell.source not in grid.sheet.merges:
            nearest = min(below, key=lambda other: other.row)
            rest = nearest if nearest.right == cell.right else None
        if rest is not None:
            joins[cell] = clean_label(f"{text}\n{words_of(grid, rest).text}")
            gone.add(rest)
    return [cell for cell in placed if cell not in gone], joins


def words_of(grid: Grid, cell: Placed) -> LabelText:
    """The label text of a placed cell; empty for a dropped blank."""
    return grid.label(*cell.source) if cell.source else LabelText("")


def translation_rows(grid: Grid, rows: Sequence[int]) -> set[int]:
    """Rows of English words only, where other header rows are Chinese."""
    texts = {row: [grid.text(row, column) for column in grid.filled(row)] for row in rows}
    chinese = any(HAN.search(text) for line in texts.values() for text in line)
    return {row for row, line in texts.items() if chinese and line and all(map(is_latin, line))}


@dataclass
class HeaderTree:
    """Labels of each column, outermost first; reasons for doubt."""

    paths: dict[int, tuple[Label, ...]]
    faults: list[str]
    labels: list[Label]


def build_header(
    grid: Grid,
    placed: Sequence[Placed],
    columns: Sequence[int],
    translations: set[int],
    joins: Mapping[Placed, str] = MappingProxyType({}),
) -> HeaderTree:
    """The column label tree. A column's path are the cells that cover it, top down, with parts hung below their whole.

    `joins`: texts of the cells that took in their second half.
    """
    cells = [cell for cell in placed if cell.row not in translations]
    made: dict[Placed, Label | None] = {}
    faults: list[str] = []
    labels: list[Label] = []
    over = {cell: _above(cell, cells) for cell in cells}
    low = {parent for cell, parent in over.items() if parent is not None and parent.row > cell.row}
    for cell in sorted(cells, key=lambda cell: (cell not in low, cell.row, cell.column)):
        made[cell] = _make_label(grid, cell, cells, made, faults)
        if cell in joins and made[cell] is not None:
            words = read_label(joins[cell], grid.units)
            made[cell] = replace(made[cell], text=words.text, unit=words.unit, unit_text=words.unit_text)
        if made[cell] is not None and _own(made[cell], cell, grid):
            labels.append(made[cell])
    paths = {}
    for column in columns:
        cover = [cell for cell in cells if cell.column <= column <= cell.right]
        last = max(cover, key=lambda cell: cell.row, default=None)
        paths[column] = made[last].path() if last is not None and made[last] is not None else ()
    return HeaderTree(paths, faults, labels)


def _own(label: Label, cell: Placed, grid: Grid) -> bool:
    return cell.source is not None and label.cell == grid.sheet.a1(*cell.source)


def _make_label(grid: Grid, cell: Placed, cells: Sequence[Placed], made: Mapping, faults: list[str]) -> Label | None:
    """A label with its parent. A blank or a bare 其中 stands for the label to its left, a bare unit for the label above."""
    parent_cell = _above(cell, cells)
    parent = made.get(parent_cell) if parent_cell else None
    words = words_of(grid, cell)
    mark = sub_item(words.text)
    left = _left_label(cell, cells, made, parent_cell)
    if not words.text or words.text.rstrip(":：") == mark.rstrip(":：").strip():
        return left
    unit_only = words.unit is not None and words.text.strip("()（） ") == words.unit_text
    alone = parent_cell is not None and sum(_above(other, cells) == parent_cell for other in cells) == 1
    if unit_only and alone and parent is not None:
        return replace(parent, unit=words.unit, unit_text=words.unit_text)
    relation = "child"
    if mark:
        relation = "of_which"
        parent = _unmarked(left, parent)
        if parent is None:
            faults.append(f"{grid.sheet.a1(*cell.source)} ({words.text}) is part of a label that is not there")
    elif parent is not None and parent_cell is not None and _stands_in(grid, parent_cell):
        relation = "of_which"
    return Label(
        grid.sheet.a1(*cell.source),
        words.text,
        words.en,
        parent,
        relation,
        "column",
        words.unit,
        words.unit_text,
        parse_year(words.text),
    )


def _stands_in(grid: Grid, cell: Placed) -> bool:
    text = words_of(grid, cell).text
    return not text or sub_item(text).rstrip(":：").strip() == text.rstrip(":：")


def _unmarked(left: Label | None, parent: Label | None) -> Label | None:
    """The nearest earlier label without a mark: to the left on this level, or the one above."""
    while left is not None and sub_item(left.text) and left.relation == "of_which":
        left = left.parent
    return left if left is not None else parent


def _above(cell: Placed, cells: Sequence[Placed]) -> Placed | None:
    """The narrowest cell that covers this one from above, else a merge below that is wider: a heading printed under its parts."""
    over = [other for other in cells if other.column <= cell.column and cell.right <= other.right and other is not cell]
    above = [other for other in over if other.bottom < cell.row]
    width = cell.right - cell.column
    below = [other for other in over if other.row > cell.bottom and other.right - other.column > width > 0]
    return min(above or below, key=lambda other: (other.right - other.column, -other.row), default=None)


def _left_label(cell: Placed, cells: Sequence[Placed], made: Mapping, parent: Placed | None) -> Label | None:
    """The label of the neighbour to the left on this level; a neighbour under another parent is none."""
    border = parent.column if parent else -1
    left = [
        other for other in cells if border <= other.column and other.right < cell.column and other.row <= cell.row <= other.bottom
    ]
    nearest = max(left, key=lambda other: (other.right, other.row), default=None)
    return made.get(nearest) if nearest else None
