"""What the figures of a finished table say about each other: sums that hold nearly everywhere, and the cells where one does not.

Takes a `Table`; gives `Finding`s. A sum is believed where it holds in three lines at least, in 80 % of them, and with eight significant
digits in all; it is looked for among the labels below one parent, on both axes, between a figure and the run before or behind it. A cell
that is out of line by a power of ten beside its neighbours is found too. Nothing is repaired: the printed figure stays. Shares, growth and
indices are left out, because they add up to nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice, pairwise
from statistics import median

import numpy as np

from qdlib.reading.labels import is_total
from qdlib.reading.measures import RATIOS, is_ratio
from qdlib.reading.model import Finding, Label, Table, Value

HELD_SHARE, LEAST_LINES, LEAST_DIGITS = 0.8, 3, 8
LONGEST_RUN, ENCLOSING = 40, 10
# A figure eight times the median of its four neighbours, and four times each of them, in a line that is calm elsewhere.
LEAP, NEIGHBOURS = 8, 4

Line = Mapping[str, Value]
Paths = Mapping[int, tuple[Label, ...]]


@dataclass(frozen=True)
class Relation:
    """A total and its parts by label cell, with the lines (of the other axis) in which it holds and in which it does not."""

    total: str
    parts: tuple[str, ...]
    held: tuple[str, ...]
    broken: tuple[str, ...]


def check_table(table: Table) -> list[Finding]:
    """Findings at the cells whose figures contradict a sum of the table or stand far from their neighbours."""
    found: dict[tuple[str, str], Finding] = {}
    paths = {axis: _paths(table, axis) for axis in ("row", "column")}
    for axis in paths:
        leaves = _leaves(paths[axis])
        lines = {name: line for name, line in _lines(table, axis, paths).items() if not _ratio_line(line, axis)}
        for relation in _relations(leaves, lines):
            for finding in (*_broken(relation, lines), *_displaced(relation, leaves, lines)):
                found.setdefault((finding.cell, finding.kind), finding)
        for finding in _enclosed(leaves, lines):
            found.setdefault((finding.cell, finding.kind), finding)
        for finding in _outgrown(leaves, lines):
            found.setdefault((finding.cell, finding.kind), finding)
        for finding in _overlong(lines.values()):
            found.setdefault((finding.cell, finding.kind), finding)
        for finding in _leaps(line for line in lines.values() if _is_series(line, axis)):
            found.setdefault((finding.cell, finding.kind), finding)
    return list(found.values())


def contradictions(table: Table) -> list[str]:
    """Parts named by # or 其中 that exceed their whole in more than a fifth of the lines: they hang below the wrong label."""
    found = []
    for axis in sorted({label.axis for label in table.labels if label.relation == "of_which"}):
        lines = [line for line in lines_of(table, axis).values() if not _ratio_line(line, axis)]
        for label in _leaves(_paths(table, axis)).values():
            if label.relation != "of_which" or label.parent is None or _ratio(label):
                continue
            pairs = [(line[label.cell], line[label.parent.cell]) for line in lines if label.cell in line and label.parent.cell in line]
            known = [(part, whole) for part, whole in pairs if part.value and whole.value and part.unit == whole.unit]
            above = sum(part.value > whole.value for part, whole in known)
            if len(known) >= LEAST_LINES and above > (1 - HELD_SHARE) * len(known):
                found.append(f"{label.cell} ({label.text}) is larger than {label.parent.text} in {above} of {len(known)} lines")
    return found


def lines_of(table: Table, axis: str) -> dict[str, Line]:
    """Figures by label cell on `axis`, one line for each label of the other axis."""
    return _lines(table, axis, {name: _paths(table, name) for name in ("row", "column")})


def _lines(table: Table, axis: str, paths: Mapping[str, Paths]) -> dict[str, Line]:
    lines: dict[str, dict[str, Value]] = {}
    mine, other = _leaf_cells(paths[axis]), _leaf_cells(paths["column" if axis == "row" else "row"])
    for value in table.values:
        own, across = (value.row, value.column) if axis == "row" else (value.column, value.row)
        if own and across:
            name = other[id(across)]
            line = lines.get(name)
            if line is None:
                line = lines[name] = {}
            line[mine[id(own)]] = value
    return lines


def _paths(table: Table, axis: str) -> Paths:
    """The label paths of an axis in printed order, each once: the figures of a row or column share one object."""
    if axis == "row":
        return {id(value.row): value.row for value in table.values}
    return {id(value.column): value.column for value in table.values}


def _leaf_cells(paths: Paths) -> dict[int, str]:
    """Label cell by the identity of its path."""
    return {key: path[-1].cell for key, path in paths.items() if path}


def find_relations(table: Table, axis: str, lines: Mapping[str, Line]) -> list[Relation]:
    """Sums among the labels of one axis, whose lines can be added. Every label stands in one group, that of its parent."""
    return _relations(_leaves(_paths(table, axis)), lines)


def _relations(leaves: Mapping[str, Label], lines: Mapping[str, Line]) -> list[Relation]:
    groups: dict[str, list[str]] = {}
    for label in leaves.values():
        if label.relation != "of_which" and not _ratio(label):
            groups.setdefault(label.parent.cell if label.parent else "", []).append(label.cell)
    found: list[Relation] = []
    if len(lines) < LEAST_LINES or all(len(cells) < 2 for cells in groups.values()):
        return found
    for parent, cells in groups.items():
        if parent in leaves and len(cells) > 1:
            found += _judge(parent, tuple(cells), lines)
        found += _runs(cells, lines)
    return found


def _leaves(paths: Paths) -> dict[str, Label]:
    """Labels of an axis that have figures of their own, in printed order."""
    found: dict[str, Label] = {}
    for path in paths.values():
        if path:
            found.setdefault(path[-1].cell, path[-1])
    return found


def _ratio(label: Label) -> bool:
    return any((part.unit is not None and part.unit.dimension in RATIOS) or is_ratio(part.text) for part in label.path())


def _ratio_line(line: Line, axis: str) -> bool:
    first = next(iter(line.values()))
    path = first.column if axis == "row" else first.row
    units = [value.unit for value in islice(line.values(), NEIGHBOURS) if value.unit is not None]
    return _ratio(path[-1]) or (bool(units) and all(unit.dimension in RATIOS for unit in units))


def _runs(cells: list[str], lines: Mapping[str, Line]) -> Iterator[Relation]:
    """For each label the shortest run behind or before it that adds up to it."""
    if len(cells) < 3 or len(lines) < LEAST_LINES:
        return
    for side, order in ((1, cells), (-1, cells[::-1])):
        done: set[int] = set()
        for index, length in _candidates(order, _fullest(lines)):
            if index in done:
                continue
            parts = tuple(order[index + 1 : index + 1 + length])
            judged = list(_judge(order[index], parts[::side], lines))
            done |= {index} if judged else set()
            yield from judged


def _fullest(lines: Mapping[str, Line]) -> list[Line]:
    """The five lines with most figures: a sum that holds in less than half of these is not looked at further."""
    return sorted(lines.values(), key=len, reverse=True)[:5]


def _candidates(order: list[str], sample: list[Line]) -> Iterator[tuple[int, int]]:
    """Places and lengths of runs whose sum is right in half of the sample, shortest first. Floats only choose, `_judge` decides."""
    figures = np.array([[float(line[cell].value or 0) if cell in line else 0.0 for cell in order] for line in sample])
    room = np.array([[float(_half(line[cell])) if cell in line and line[cell].value else 0.0 for cell in order] for line in sample])
    total, slack = np.cumsum(figures, axis=1), np.cumsum(room, axis=1)
    for length in range(2, min(len(order) - 1, LONGEST_RUN) + 1):
        ends, starts = slice(length, None), slice(0, len(order) - length)
        gap = np.abs(figures[:, starts] - (total[:, ends] - total[:, starts]))
        meets = (gap <= (slack[:, ends] - slack[:, starts] + room[:, starts]) * 1.0001 + 1e-9) & (figures[:, starts] != 0)
        for index in np.flatnonzero(2 * meets.sum(axis=0) >= len(sample)):
            yield int(index), length


def _judge(total: str, parts: tuple[str, ...], lines: Mapping[str, Line]) -> Iterator[Relation]:
    verdicts = {name: _holds(line, total, parts) for name, line in lines.items()}
    held = tuple(name for name, verdict in verdicts.items() if verdict is True)
    broken = tuple(name for name, verdict in verdicts.items() if verdict is False)
    relation = Relation(total, parts, held, broken)
    if is_believed(relation, lines):
        yield relation


def is_believed(relation: Relation, lines: Mapping[str, Line]) -> bool:
    """A sum that holds in enough lines, in most of them, and with too many digits to be chance."""
    held, broken = len(relation.held), len(relation.broken)
    if held < LEAST_LINES or held < HELD_SHARE * (held + broken):
        return False
    return sum(len(lines[name][relation.total].value.normalize().as_tuple().digits) for name in relation.held) >= LEAST_DIGITS


def _holds(line: Line, total: str, parts: Iterable[str]) -> bool | None:
    """Whether the intervals meet; None where the total or two parts are not known."""
    whole = line.get(total)
    known = [line[part] for part in parts if part in line and line[part].value]
    if whole is None or not whole.value or len(known) < 2 or any(part in line and line[part].status == "U" for part in parts):
        return None
    room = _half(whole) + sum((_half(part) for part in known), Decimal(0))
    return abs(whole.value - sum((part.value for part in known), Decimal(0))) <= room


def _half(value: Value) -> Decimal:
    return _half_unit(value.decimals or 0)


@lru_cache(maxsize=64)
def _half_unit(decimals: int) -> Decimal:
    """Half a unit of the last decimal."""
    return Decimal("0.5").scaleb(-decimals)


def _broken(relation: Relation, lines: Mapping[str, Line]) -> Iterator[Finding]:
    """One finding at each cell of a line in which the sum does not hold: the print does not say which of them is wrong."""
    for name in relation.broken:
        line = lines[name]
        cells = [line[cell] for cell in (relation.total, *relation.parts) if cell in line]
        made = " + ".join(value.raw for value in cells[1:])
        count = f"{len(relation.held)} of {len(relation.held) + len(relation.broken)} lines"
        words = f"{cells[0].raw} is not {made}, though this sum holds in {count}"
        yield from (Finding(value.cell, "sum_differs", "low", words) for value in cells)


def _displaced(relation: Relation, leaves: Mapping[str, Label], lines: Mapping[str, Line]) -> Iterator[Finding]:
    """A sum under a label that says no total, with one that does among its parts: two columns or rows are exchanged."""
    if not is_total(leaves[relation.total].text) and any(is_total(leaves[part].text) for part in relation.parts):
        for name in relation.held:
            value = lines[name][relation.total]
            yield Finding(value.cell, "sum_differs", "low", f"{value.raw} is a sum of which a total is a part")


def _enclosed(leaves: Mapping[str, Label], lines: Mapping[str, Line]) -> Iterator[Finding]:
    """Sums of the figures on both their sides, in nearly every line: totals stand in front or behind, seldom among their parts."""
    cells = [label.cell for label in leaves.values() if label.relation != "of_which" and not _ratio(label)]
    if len(lines) < LEAST_LINES or len(cells) < 3:
        return
    sample = _fullest(lines)
    figures = np.array([[float(line[cell].value or 0) if cell in line else 0.0 for cell in cells] for line in sample])
    total = np.concatenate([np.zeros((len(sample), 1)), np.cumsum(figures, axis=1)], axis=1)
    for length in range(3, min(len(cells), ENCLOSING) + 1):
        sums = total[:, length:] - total[:, :-length]
        for offset in range(1, length - 1):
            middle = figures[:, offset : offset + sums.shape[1]]
            meets = (np.abs(2 * middle - sums) <= np.abs(middle) * 1e-3 + 1e-9) & (middle != 0)
            for start in np.flatnonzero(meets.all(axis=0)):
                window = cells[start : start + length]
                for relation in _judge(window[offset], tuple(window[:offset] + window[offset + 1 :]), lines):
                    for name in relation.held:
                        value = lines[name][relation.total]
                        yield Finding(value.cell, "sum_differs", "low", f"{value.raw} is the sum of the figures on both its sides")


def _overlong(lines: Iterable[Line]) -> Iterator[Finding]:
    """One figure with a decimal more than all others of its line, most of which have equally many: a mark glued to it."""
    for line in lines:
        counts = Counter([value.decimals for value in line.values() if value.value is not None])
        if counts.total() <= NEIGHBOURS or len(counts) < 2:
            continue
        (most, number), second = max(counts.items()), sorted(counts)[-2]
        if number == 1 and most == second + 1 and second > 0 and counts[second] >= HELD_SHARE * (counts.total() - 1):
            value = next(value for value in line.values() if value.value is not None and value.decimals == most)
            yield Finding(value.cell, "size_differs", "low", f"{value.raw} has {most} decimals, the others of its line {second}")


def _outgrown(leaves: Mapping[str, Label], lines: Mapping[str, Line]) -> Iterator[Finding]:
    """Totals smaller than a figure beside them in most lines, none of them negative: columns or rows may be exchanged."""
    for total in (label for label in leaves.values() if is_total(label.text)):
        beside = [label.cell for label in leaves.values() if label.parent == total.parent and label is not total]
        rows = [line for line in lines.values() if total.cell in line and line[total.cell].value is not None]
        small = [line for line in rows if any(_larger(line, cell, total.cell) for cell in beside)]
        if len(rows) >= LEAST_LINES and len(small) >= HELD_SHARE * len(rows):
            for line in small:
                yield Finding(line[total.cell].cell, "sum_differs", "low", f"the total {line[total.cell].raw} is less than a figure beside it")


def _larger(line: Line, cell: str, total: str) -> bool:
    part, whole = line.get(cell), line[total]
    return part is not None and part.value is not None and part.unit == whole.unit and part.value > whole.value >= 0


def _leaps(lines: Iterable[Line]) -> Iterator[Finding]:
    """Figures far above or below all their neighbours in a line of figures of one size: a point or sign lost, or another unit."""
    for line in lines:
        known = [value for value in line.values() if value.value]
        if len(known) <= NEIGHBOURS or not _even(known):
            continue
        for index, value in enumerate(known):
            first = min(max(index - NEIGHBOURS // 2, 0), len(known) - NEIGHBOURS - 1)
            around = [other.value for other in known[first : first + NEIGHBOURS + 1] if other is not value]
            middle = median(abs(other) for other in around)
            size = abs(value.value) / middle
            if size >= LEAP and all(abs(value.value) >= LEAP // 2 * abs(other) for other in around):
                yield Finding(value.cell, "size_differs", "low", f"{value.raw} beside {', '.join(str(other) for other in around)}")
            elif size * LEAP <= 1 and all(abs(value.value) * (LEAP // 2) <= abs(other) for other in around):
                yield Finding(value.cell, "size_differs", "low", f"{value.raw} beside {', '.join(str(other) for other in around)}")


def _is_series(line: Line, axis: str) -> bool:
    """Figures of one thing by year; cities beside each other may differ by any factor."""
    return all((value.row if axis == "row" else value.column)[-1].year is not None for value in line.values())


def _even(known: list[Value]) -> bool:
    """A line whose figures follow each other within a factor of three, but for one figure's two steps: a series, no mixture."""
    units = {id(value.unit): value.unit for value in known}
    if len({unit.id if unit else "" for unit in units.values()}) != 1:
        return False
    sizes = [abs(value.value) for value in known]
    allowed, wild = max(2, (1 - HELD_SHARE) * (len(sizes) - 1)), 0
    for first, second in pairwise(sizes):
        wild += first > 3 * second or second > 3 * first
        if wild > allowed:
            return False
    return True
