"""The stub: which leading columns hold labels, what each of them is, and how the rows hang together.

Takes a `Grid` and its body rows; gives stub columns with their roles (label, translation, unit, index) and for each row its parent
and relation. The level of a row comes from region rank, numbering, indent and group rows, in this order; its parent is the nearest
earlier row of lower level. A bare total word is never a parent. `#` and 其中 hang below the nearest earlier unmarked row.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from qdlib.catalogue.units import find_unit
from qdlib.reading.grid import FIGURES, LABELS, Grid
from qdlib.reading.labels import (
    INDEX_HEADS,
    UNIT_HEADS,
    indent_of,
    is_latin,
    is_total,
    numbering_level,
    region_rank,
    sub_item,
)

TEXT_SHARE = 0.8
CORNERS = frozenset(
    "指标 指标名称 项目 名称 年份 年度 年 地区 地区名称 城市 城市名 城市名称 市区名称 市、区名称 区市 县市 行业 分类 类别 单位名称 月份 品名 品种".split()
)


RESIDUALS = frozenset({"其他", "其它", "other", "others"})


@dataclass(frozen=True)
class RowNode:
    """A body row in the row tree; `parent` is a row number. `group` rows have a label and no figure."""

    row: int
    parent: int | None
    relation: str
    group: bool


def find_stub(grid: Grid, body: list[int]) -> tuple[list[int], list[str]]:
    """Leading columns with labels in at least 80 % of their filled body cells; reasons for doubt."""
    stub: list[int] = []
    for column in grid.columns:
        filled = [row for row in body if grid.kind(row, column) != "blank"]
        if not filled:
            if stub or column != grid.left:
                break
            continue
        labels = [row for row in filled if _is_label(grid, row, column)]
        years = sum(grid.kind(row, column) == "year" for row in filled)
        if len(labels) < TEXT_SHARE * len(filled) and not (not stub and _is_index(grid, filled, column)):
            break
        if stub and years > 0.5 * len(filled) and not _is_year_column(grid, filled, column, body):
            break
        stub.append(column)
    while len(stub) > 1 and not any(grid.kind(row, stub[0]) != "blank" for row in body):
        stub.pop(0)
    return stub, [] if stub else ["no column of labels in front of the figures"]


def _is_label(grid: Grid, row: int, column: int) -> bool:
    return grid.kind(row, column) in LABELS or (column == grid.left and grid.names_time(row, column))


def _is_index(grid: Grid, filled: list[int], column: int) -> bool:
    """Numbers 1, 2, 3 … with text to the right: a running number, no figure."""
    values = [grid.parsed(row, column).value for row in filled]
    if None in values or len(values) < 2 or any(later - first != 1 for first, later in zip(values, values[1:], strict=False)):
        return False
    return all(grid.kind(row, column + 1) == "text" for row in filled)


def _is_year_column(grid: Grid, filled: list[int], column: int, body: list[int]) -> bool:
    """Years right of another label column are labels only if printed as such in every row (`2005年`), beside a filled left cell."""
    return len(filled) == len(body) and all("年" in grid.text(row, column) for row in filled)


def column_roles(grid: Grid, stub: list[int], header: list[int], body: list[int]) -> dict[int, str]:
    """Role of each stub column: label, translation, unit, unit_translation or index."""
    roles: dict[int, str] = {}
    for column in stub:
        head = " ".join(grid.label(row, column).text for row in header if grid.kind(row, column) != "blank").casefold().strip()
        texts = [grid.text(row, column) for row in body if grid.kind(row, column) != "blank"]
        units = sum(find_unit(grid.units, text.strip("()（） ")) is not None for text in texts)
        latin = bool(texts) and sum(map(is_latin, texts)) >= TEXT_SHARE * len(texts)
        chinese_left = any(role == "label" for role in roles.values()) and not _all_latin(grid, body, stub[0])
        if head in INDEX_HEADS or (texts and all(grid.kind(row, column) in ("number", "code") for row in body if grid.kind(row, column) != "blank")):
            roles[column] = "index"
        elif roles and (head.replace(" ", "") in UNIT_HEADS or (texts and units >= TEXT_SHARE * len(texts))):
            roles[column] = "unit_translation" if latin and "unit" in roles.values() else "unit"
        else:
            roles[column] = "translation" if latin and chinese_left else "label"
    return roles


def _all_latin(grid: Grid, body: list[int], column: int) -> bool:
    texts = [grid.text(row, column) for row in body if grid.kind(row, column) == "text"]
    return bool(texts) and all(map(is_latin, texts))


@dataclass(frozen=True)
class _Row:
    """What the signals say about one row."""

    row: int
    text: str
    indent: int
    number: int
    region: int | None
    mark: str
    group: bool
    total: bool
    bold: bool


def row_tree(grid: Grid, body: list[int], column: int, groups: Iterable[int]) -> tuple[dict[int, RowNode], list[str]]:
    """Parent and relation of each body row by its label in `column`; reasons for doubt."""
    groups = set(groups)
    rows = [_signals(grid, row, column, row in groups) for row in body if grid.kind(row, column) != "blank"]
    faults: list[str] = []
    by_region = sum(row.region == 1 for row in rows) >= 3 and any(_under_province(rows))
    indents = {} if by_region else _indent_levels(rows)
    nodes: dict[int, RowNode] = {}
    if by_region:
        nodes = _region_tree(rows)
    else:
        nodes = _level_tree(rows, indents, faults)
    faults += _group_faults(rows, nodes, by_region, indents)
    return nodes, faults


def _signals(grid: Grid, row: int, column: int, group: bool) -> _Row:
    raw = grid.text(row, column)
    text = grid.label(row, column).text
    style = grid.sheet.style(row, column)
    number = numbering_level(text)
    return _Row(
        row, text, indent_of(raw) + 2 * style.indent, 9 if number is None else number,
        region_rank(text), sub_item(text), group, is_total(text), style.bold,
    )


def _under_province(rows: list[_Row]) -> list[bool]:
    """True for rows that are no region themselves and follow a province."""
    found, seen = [], False
    for row in rows:
        seen |= row.region == 1
        found.append(seen and row.region is None)
    return found


def _region_tree(rows: list[_Row]) -> dict[int, RowNode]:
    """Cities lie under the province above them, whatever the indent; municipalities and totals stand alone."""
    nodes: dict[int, RowNode] = {}
    province: _Row | None = None
    for index, row in enumerate(rows):
        inner = province is not None and _city_of(province, row)
        if row.region is not None and not inner:
            province = row if row.region == 1 else None
            nodes[row.row] = RowNode(row.row, None, "child", row.group)
        elif row.total and not inner and _next_is_region(rows, index):
            province = None
            nodes[row.row] = RowNode(row.row, None, "child", row.group)
        else:
            nodes[row.row] = RowNode(row.row, province.row if province else None, "child", row.group)
    return nodes


def _next_is_region(rows: list[_Row], index: int) -> bool:
    following = next((row for row in rows[index + 1:] if not row.total), None)
    return following is None or following.region is not None


def _city_of(province: _Row, row: _Row) -> bool:
    """A city that bears a region's name: 吉林 below 吉林, and 重庆 below 四川 before 1997."""
    if row.region == 1:
        return row.text[:2] == province.text[:2] and row.row != province.row
    return row.region == 0 and row.text.startswith("重庆") and province.text.startswith("四川")


def _indent_levels(rows: list[_Row]) -> dict[int, int]:
    """Level by indent width; empty where the indents are no system (first row not outermost, more than four widths)."""
    widths = sorted({row.indent for row in rows})
    steps = [width for index, width in enumerate(widths) if index == 0 or width - widths[index - 1] > 1]
    if len(steps) < 2 or len(steps) > 4 or rows[0].indent > widths[0] + 1:
        return {}
    return {width: sum(step <= width for step in steps) - 1 for width in widths}


def _level_tree(rows: list[_Row], indents: dict[int, int], faults: list[str]) -> dict[int, RowNode]:
    """Parents by (numbering, indent, group); sub-items below the nearest earlier unmarked row of their level."""
    nodes: dict[int, RowNode] = {}
    stack: list[tuple[tuple, _Row]] = []
    run: tuple[tuple, int, int | None] | None = None
    for index, row in enumerate(rows):
        level = (row.number, indents.get(row.indent, 0), 0 if row.group or row.number < 9 else 1)
        if run and not row.mark and not row.group and row.number == 9:
            level_of_run, indent, parent = run
            if row.indent >= indent > (rows[0].indent if parent is None else _indent_of(rows, parent)):
                nodes[row.row] = RowNode(row.row, parent, "of_which", False)
                continue
            if row.indent >= indent and parent is not None and _follows(rows, index):
                faults.append(f"row {row.row + 1} ({row.text}) may belong to the 其中 above it or stand beside it")
        run = None
        if row.mark:
            level = (*level[:2], 1)
            while stack and stack[-1][0] > level:
                stack.pop()
            parent = stack[-1][1] if stack else None
            nodes[row.row] = RowNode(row.row, parent.row if parent else None, "of_which", row.group)
            if parent is None:
                faults.append(f"row {row.row + 1} ({row.text}) is part of a row that is not there")
            if row.mark.startswith("其"):
                run = (level, row.indent, parent.row if parent else None)
            continue
        while stack and stack[-1][0] >= level:
            stack.pop()
        nodes[row.row] = RowNode(row.row, stack[-1][1].row if stack else None, "child", row.group)
        if not row.total:
            stack.append((level, row))
    return nodes


def _indent_of(rows: list[_Row], number: int) -> int:
    return next(row.indent for row in rows if row.row == number)


def _follows(rows: list[_Row], index: int) -> bool:
    """The row right after a 其中 row."""
    return index > 0 and rows[index - 1].mark.startswith("其")


def _group_faults(rows: list[_Row], nodes: dict[int, RowNode], by_region: bool, indents: dict[int, int]) -> list[str]:
    """Group rows that may be the first half of a wrapped label, or that group nothing."""
    children: dict[int, list[int]] = {}
    for node in nodes.values():
        if node.parent is not None:
            children.setdefault(node.parent, []).append(node.row)
    groups = [row for row in rows if row.group and not row.total and not (by_region and row.region is not None)]
    by_number = {row.row: row for row in rows}
    flat = _flat_system(rows, groups)
    faults = []
    for row in groups:
        below = [by_number[child] for child in children.get(row.row, ()) if child in by_number]
        if not below and (by_region or row.text in RESIDUALS):
            continue
        if not below:
            faults.append(f"row {row.row + 1} ({row.text}) has no figures and groups nothing: an empty row or half of a wrapped label")
            continue
        deeper = bool(indents) and all(child.indent > row.indent + 1 for child in below)
        bold = row.bold and not any(child.bold for child in below)
        if _wrapped(row.text, below[0].text) or not (deeper or bold or row.number < 9 or flat):
            faults.append(f"row {row.row + 1} ({row.text}) is a group or the first half of the label below it")
    return faults


def _flat_system(rows: list[_Row], groups: list[_Row]) -> bool:
    """Groups that nothing but their blanks shows: two at least, the first opening the body, all shorter than a full line."""
    if len(groups) < 2:
        return False
    longest = max(len(row.text) for row in rows)
    starts = [index for index, row in enumerate(rows) if row in groups]
    sizes = [end - start - 1 for start, end in zip(starts, [*starts[1:], len(rows)], strict=True)]
    return rows[0].group and min(sizes) >= 2 and all(len(row.text) < max(0.8 * longest, 5) for row in groups)


def _wrapped(first: str, second: str) -> bool:
    """Two halves of one label: an open bracket, a dangling conjunction, or a lower-case continuation."""
    opened = first.count("(") + first.count("（") > first.count(")") + first.count("）")
    return opened or first.endswith(("、", "及", "和", "与", "的")) or second[:1] in ")）、的及和与" or (second[:1].islower() and is_latin(second))


def is_group(grid: Grid, row: int, stub: list[int], roles: dict[int, str], values: list[int]) -> bool:
    """A row with a label, without figure and without unit: an empty indicator row keeps its unit, a group has none."""
    unit = any(grid.kind(row, column) != "blank" for column in stub if roles[column] == "unit")
    return not unit and not any(grid.kind(row, column) in {*FIGURES, "year", "unreadable", "text"} for column in values)
