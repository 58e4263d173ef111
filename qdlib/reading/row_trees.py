"""How the rows of a body hang together: the parent of each row, and whether it is a part named by # or 其中.

Takes a `Grid`, its body rows and the column of innermost labels; gives a `RowNode` for each row, and reasons for doubt. The
level of a row comes from region rank, numbering, indent and group rows, in this order; its parent is the nearest earlier row of
lower level. A bare total word is never a parent, except of a marked row. `#` and 其中 hang below the nearest earlier unmarked
row.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qdlib.reading.arithmetic import Sums, adds_up
from qdlib.reading.grid import Grid
from qdlib.reading.labels import is_latin, region_order
from qdlib.reading.named_parts import BESIDE, settle_named_parts
from qdlib.reading.numbered_lists import settle_lists
from qdlib.reading.stub_rows import UNNUMBERED, StubRow, keep_signal, read_rows

PLAIN = 4
IN_ORDER = 0.9
# Where every Latin label starts with a capital, a figure or a mark, none of them is the second half of another.
STARTS = re.compile(r"^(?:[^\w\u3400-\u9fff]*[A-Z\u00c0-\u00de\d]|-|…|[.]{2})")
RESIDUALS = frozenset({"其他", "其它", "other", "others"})


@dataclass(frozen=True)
class RowNode:
    """A body row in the row tree; `parent` is a row number. `group` rows have a label and no figure."""

    row: int
    parent: int | None
    relation: str
    group: bool


def row_tree(
    grid: Grid, body: list[int], column: int, groups: Iterable[int], columns: Sequence[int] = (), only: str = ""
) -> tuple[dict[int, RowNode], list[str]]:
    """Parent and relation of each body row by its label in `column`; reasons for doubt.

    columns: those whose figures may be added. only: the one signal that a recipe lets speak (marks, indent, bold, groups, flat).
    """
    rows = read_rows(grid, body, column, groups)
    if only:
        rows = [keep_signal(row, only) for row in rows]
        return _level_tree(rows, _indent_levels(rows), {}, Sums(grid, columns), []), []
    faults: list[str] = []
    by_region = sum(row.region == 1 for row in rows) >= 3 and any(_under_province(rows)) and _official_order(rows)
    indents = {} if by_region else _indent_levels(rows)
    if by_region:
        nodes = _region_tree(rows)
        faults += [
            f"row {row.row + 1} ({row.text}) stands before any province: its own is on another page"
            for row in _homeless(rows)[:1]
        ]
    else:
        evidence = Sums(grid, columns)
        rows, doubts = settle_lists(rows, evidence)
        nodes = _level_tree(rows, indents, _sums(grid, rows, columns), evidence, faults)
        faults += doubts
    faults += _group_faults(rows, nodes, by_region, indents)
    return nodes, faults


def _under_province(rows: list[StubRow]) -> list[bool]:
    """True for rows that are no region themselves and follow a province."""
    found, seen = [], False
    for row in rows:
        seen |= row.region == 1
        found.append(seen and row.region is None)
    return found


def _official_order(rows: list[StubRow]) -> bool:
    """Provinces in the national order; a list sorted by name or size has provinces beside cities, not above them."""
    places = [region_order(row.text) for row in rows if row.region is not None]
    pairs = list(zip(places, places[1:], strict=False))
    return sum(later >= first for first, later in pairs) >= IN_ORDER * len(pairs)


def _homeless(rows: list[StubRow]) -> list[StubRow]:
    """Cities before the first region of a region tree, totals and groups of cities apart."""
    first = next(index for index, row in enumerate(rows) if row.region is not None)
    return [row for row in rows[:first] if not (row.total or row.text.endswith(("城市", "全国")))]


def _region_tree(rows: list[StubRow]) -> dict[int, RowNode]:
    """Cities lie under the province above them, whatever the indent; municipalities and totals stand alone."""
    nodes: dict[int, RowNode] = {}
    province: StubRow | None = None
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


def _next_is_region(rows: list[StubRow], index: int) -> bool:
    following = next((row for row in rows[index + 1 :] if not row.total), None)
    return following is None or following.region is not None


def _city_of(province: StubRow, row: StubRow) -> bool:
    """A city that bears a region's name: 吉林 below 吉林, and 重庆 below 四川 before 1997."""
    if row.region == 1:
        return row.text[:2] == province.text[:2] and row.row != province.row
    return row.region == 0 and row.text.startswith("重庆") and province.text.startswith("四川")


def _indent_levels(rows: list[StubRow]) -> dict[int, int]:
    """Level by indent width; empty where the indents are no system (first row not outermost, more than four widths)."""
    widths = sorted({row.indent for row in rows})
    ladder = len(widths) > 2 and widths == list(range(widths[0], widths[-1] + 1))  # one half-width each is no stray space
    steps = [width for index, width in enumerate(widths) if index == 0 or ladder or width - widths[index - 1] > 1]
    first = next((row for row in rows if not row.total), rows[0])
    if len(steps) < 2 or len(steps) > 4 or first.indent > widths[0] + 1:
        return {}
    return {width: sum(step <= width for step in steps) - 1 for width in widths}


def _level_tree(
    rows: list[StubRow], indents: dict[int, int], sums: dict[int, int], evidence: Sums, faults: list[str]
) -> dict[int, RowNode]:
    """Parents by (numbering, indent, group); sub-items below the nearest earlier unmarked row of their level."""
    nodes: dict[int, RowNode] = {}
    stack: list[tuple[tuple, StubRow]] = []
    bold = _bold_levels(rows, indents)
    repeated = _repeated_bold(rows) if bold else set()
    named = settle_named_parts(rows, evidence)
    run: tuple[StubRow, StubRow | None] | None = None
    for index, row in enumerate(rows):
        level = (row.number, indents.get(row.indent, 0), _rank(rows, index, bold, repeated))
        if row.row in sums:
            nodes[row.row] = RowNode(row.row, sums[row.row], "child", False)
            continue
        place = named.get(row.row)
        if place is not None and place != BESIDE:
            nodes[row.row] = RowNode(row.row, place[1], place[0], False)
            stack.append((level, row))
            continue
        run = None if place == BESIDE else run
        if run and not row.mark and not row.group and row.number == UNNUMBERED and row.indent >= run[0].indent:
            opener, whole = run
            if whole is not None and opener.indent > whole.indent:
                nodes[row.row] = RowNode(row.row, whole.row, "of_which", False)
                continue
            if whole is not None and rows[index - 1] is opener:
                faults.append(f"row {row.row + 1} ({row.text}) may belong to the 其中 above it or stand beside it")
        run = None
        if row.mark:
            whole = _whole_of(row, level, stack)
            nodes[row.row] = RowNode(row.row, whole.row if whole else None, "of_which", row.group)
            if whole is None:
                faults.append(f"row {row.row + 1} ({row.text}) is part of a row that is not there")
            run = (row, whole) if row.mark.startswith("其") else None
            continue
        while stack and stack[-1][0] >= level:
            stack.pop()
        parent = next((other for _, other in reversed(stack) if not other.total), None)
        nodes[row.row] = RowNode(row.row, parent.row if parent else None, "child", row.group)
        stack.append((level, row))
    return nodes


def _bold_levels(rows: list[StubRow], indents: dict[int, int]) -> set[int]:
    """Indent levels on which bold and plain labels alternate, so that bold sets rows apart."""
    kinds: dict[int, set[bool]] = {}
    for row in rows:
        kinds.setdefault(indents.get(row.indent, 0), set()).add(row.bold)
    return {level for level, found in kinds.items() if len(found) == 2}


def _repeated_bold(rows: list[StubRow]) -> set[int]:
    """Bold rows that bear the same words each time and follow another bold row each time: they lie below it."""
    places: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        if row.bold:
            places.setdefault(row.text, []).append(index)
    repeats = {text: found for text, found in places.items() if len(found) > 1}
    return {
        rows[index].row
        for found in repeats.values()
        for index in found
        if all(place and rows[place - 1].bold and rows[place - 1].text not in repeats for place in found)
    }


def _rank(rows: list[StubRow], index: int, bold: set[int], repeated: set[int]) -> int:
    """Within an indent: numbered rows and bold groups, bold figures, bold figures below these, plain groups, plain figures.

    A bold group above plain rows ends at the next bold row; a plain group whose rows are indented ends where its own indent
    comes again.
    """
    row = rows[index]
    if row.number < UNNUMBERED:
        return 0
    if row.group and row.bold:
        return 0 if index + 1 < len(rows) and rows[index + 1].bold else 1
    if row.group:
        return PLAIN if _opens_indent(rows, index) else 3 if bold else 0
    if row.bold and bold:
        return 2 if row.row in repeated else 1
    return PLAIN


def _opens_indent(rows: list[StubRow], index: int) -> bool:
    return index + 1 < len(rows) and rows[index + 1].indent > rows[index].indent + 1


def _sums(grid: Grid, rows: list[StubRow], columns: Sequence[int]) -> dict[int, int]:
    """Rows that add up to the row above them, where neither indent nor bold sets them apart: row → parent.

    Sums alone are no tree (a total may stand above its addends without owning them): the addends' words must come again below
    another row.
    """
    counts = Counter(row.text for row in rows)
    found: dict[int, int] = {}
    for index, row in enumerate(rows):
        if row.group or row.total or row.number < UNNUMBERED or counts[row.text] > 1:
            continue
        below = _repeated_below(rows, index, counts)
        if len(below) > 1 and adds_up(grid, row.row, [other.row for other in below], columns):
            found |= {other.row: row.row for other in below}
    return found


def _repeated_below(rows: list[StubRow], index: int, counts: Counter) -> list[StubRow]:
    """The rows right below that look like this one and whose words come again elsewhere."""
    first, found = rows[index], []
    for row in rows[index + 1 :]:
        alike = (row.indent, row.bold, row.group, row.mark, row.number) == (first.indent, first.bold, False, "", UNNUMBERED)
        if not alike or counts[row.text] < 2:
            break
        found.append(row)
    return found


def _whole_of(row: StubRow, level: tuple, stack: list[tuple[tuple, StubRow]]) -> StubRow | None:
    """The row that a marked row is part of: the last unmarked one that is not deeper; a total counts here."""
    while stack and stack[-1][0] > (*level[:2], PLAIN):
        stack.pop()
    return stack[-1][1] if stack else None


def _group_faults(rows: list[StubRow], nodes: dict[int, RowNode], by_region: bool, indents: dict[int, int]) -> list[str]:
    """Group rows that may be the first half of a wrapped label, or that group nothing."""
    children: dict[int, list[int]] = {}
    for node in nodes.values():
        if node.parent is not None:
            children.setdefault(node.parent, []).append(node.row)
    groups = [row for row in rows if row.group and not row.total and not (by_region and row.region is not None)]
    by_number = {row.row: row for row in rows}
    flat = _flat_system(rows, groups)
    capitals = all(STARTS.match(row.text) for row in rows)
    faults = []
    for row in groups:
        below = [by_number[child] for child in children.get(row.row, ()) if child in by_number]
        if not below and (by_region or row.text in RESIDUALS or _counted(rows, row)):
            continue
        if not below:
            faults.append(
                f"row {row.row + 1} ({row.text}) has no figures and groups nothing: an empty row or half of a wrapped label"
            )
            continue
        deeper = bool(indents) and all(child.indent > row.indent + 1 for child in below)
        bold = row.bold and not any(child.bold for child in below)
        if _wrapped(row.text, below[0].text) or not (deeper or bold or row.number < UNNUMBERED or flat or capitals):
            faults.append(f"row {row.row + 1} ({row.text}) is a group or the first half of the label below it")
    return faults


def _counted(rows: list[StubRow], row: StubRow) -> bool:
    """A numbered row that follows the item before it, which has figures: an empty item of the list, no half of a label."""
    before = [other for other in rows if other.row < row.row and other.number == row.number]
    return row.number < UNNUMBERED and bool(before) and not before[-1].group and row.ordinal == before[-1].ordinal + 1


def _flat_system(rows: list[StubRow], groups: list[StubRow]) -> bool:
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
    return (
        opened
        or first.endswith(("、", "及", "和", "与", "的"))
        or second[:1] in ")）、的及和与"
        or (second[:1].islower() and is_latin(second))
    )
