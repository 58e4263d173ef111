"""Numbered rows among unnumbered ones: which lie above the list, which inside one of its items.

Takes the rows of a stub and the sums of the table; gives the rows with their level settled, and reasons for doubt. Numbers alone do not
say whether 第二产业 after (1)农业 is part of it or heads the next list. A list that starts again below each such row does; so do sums, a
unit of another kind, and a row that is larger than the item before it. Where nothing speaks the table stays uncertain.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from qdlib.reading.arithmetic import Sums
from qdlib.reading.headers import PARENT_WORDS
from qdlib.reading.stub_rows import UNNUMBERED, StubRow

# Between two levels of numbering: a head above the list below it.
HALF = 0.5
NUMBERED = re.compile(r"^[(（]?[一二三四五六七八九十\d㈠-㈩⒈-⒛⑴-⒇①-⑳]{1,3}[)）]?[、.．，,]?")


def settle_lists(rows: list[StubRow], sums: Sums) -> tuple[list[StubRow], list[str]]:
    """Rows with heads lifted above their lists; reasons for doubt."""
    numbered = [index for index, row in enumerate(rows) if row.number < UNNUMBERED]
    if not numbered or _apart(rows):
        return rows, _missing_start(rows, numbered)
    faults = _missing_start(rows, numbered)
    if faults:
        return rows, faults
    if _beside(rows, numbered, sums):
        return [replace(row, number=UNNUMBERED) for row in rows], []
    before, doubts = _heads_before(rows, numbered, sums)
    after, more = _rows_after(rows, numbered, sums)
    by_sum = any(reason in ("sum", "top") for reason in (*before.values(), *after.values()))
    if by_sum and not sums.support:
        doubts.append("few sums hold, which may be chance: its numbered rows have no certain place")
    lifted = {**before, **after}
    outer = min(rows[index].number for index in numbered)
    heads = {"top": outer - HALF}
    usual = outer - HALF if outer > 0 else outer + HALF
    if not lifted:
        return rows, doubts + more
    return [
        replace(row, number=heads.get(lifted[index], usual)) if index in lifted else row for index, row in enumerate(rows)
    ], doubts + more


def _missing_start(rows: list[StubRow], numbered: list[int]) -> list[str]:
    if not numbered or rows[numbered[0]].ordinal == 1:
        return []
    first = rows[numbered[0]]
    return [f"row {first.row + 1} ({first.text}) is not the first of its list: the rows before it are on another page"]


def _apart(rows: list[StubRow]) -> bool:
    """Numbered and unnumbered rows never share an indent, and the unnumbered are the deeper ones."""
    with_number = {row.indent for row in rows if row.number < UNNUMBERED}
    without = {row.indent for row in rows if row.number == UNNUMBERED and not row.total}
    return bool(without) and bool(with_number) and min(without) > max(with_number)


def _beside(rows: list[StubRow], numbered: list[int], sums: Sums) -> bool:
    """One list of one level, larger than the row before it in every column: it stands beside that row, and numbers are no level."""
    levels = {rows[index].number for index in numbered}
    starts = sum(rows[index].ordinal == 1 for index in numbered)
    before = next((row for row in reversed(rows[: numbered[0]]) if not row.mark), None)
    if len(levels) > 1 or starts != 1 or before is None or before.group:
        return False
    return sums.exceed(rows[numbered[0]].row, before.row)


def _restarts(rows: list[StubRow], numbered: list[int]) -> bool:
    """Every list of the outermost level starts with 1 below an unnumbered row, and there are two lists at least."""
    outer = min(rows[index].number for index in numbered)
    starts = [index for index in numbered if rows[index].number == outer and rows[index].ordinal == 1]
    return len(starts) > 1 and all(index and rows[index - 1].number == UNNUMBERED and not rows[index - 1].mark for index in starts)


def _heads_before(rows: list[StubRow], numbered: list[int], sums: Sums) -> tuple[dict[int, str], list[str]]:
    """Unnumbered rows before the first numbered one, if they lie above the list: index → what says so."""
    first = numbered[0]
    outer = min(rows[index].number for index in numbered)
    loose = [index for index in range(first) if not (rows[index].total or rows[index].group or rows[index].mark)]
    if outer == 0 or not loose:
        return {}, []
    if _restarts(rows, numbered):
        return dict.fromkeys(loose, "restart"), []
    lists = (_between(rows, first), _until_higher(rows, first))
    if rows[first].number == outer and any(sums.hold(rows[loose[-1]].row, items) for items in lists):
        return dict.fromkeys(loose, "sum"), []
    return {}, [f"row {rows[first].row + 1} ({rows[first].text}) is a part of {rows[loose[-1]].text} or stands beside it"]


def _until_higher(rows: list[StubRow], first: int) -> list[int]:
    """The numbered rows of one level from `first` to the next row of a higher level, whatever stands between them."""
    level, found = rows[first].number, []
    for row in rows[first:]:
        if row.number < level:
            break
        if row.number == level:
            found.append(row.row)
    return found


def _rows_after(rows: list[StubRow], numbered: list[int], sums: Sums) -> tuple[dict[int, str], list[str]]:
    """Unnumbered rows behind a numbered one: those that lie above the list, and doubts about the others."""
    lifted: dict[int, str] = {}
    restarts = _restarts(rows, numbered)
    index = numbered[0] + 1
    while index < len(rows):
        row, last = rows[index], rows[index - 1]
        if row.number < UNNUMBERED or row.mark or last.number == 0 or not _loose_place(rows, index, lifted):
            index += 1
            continue
        run = _run(rows, index)
        owner = max(place for place in numbered if place < index)
        part = _part_of(rows, owner, run, sums)
        if part and rows[owner].number == min(other.number for other in rows):
            lifted |= dict.fromkeys(run[part:], "sum")  # the item is complete, so what follows is no part of it
        if part and (part == len(run) or run[part] in lifted):
            index = run[-1] + 1
            continue
        reason = _above(rows, index, owner, run, restarts, sums)
        if not reason:
            return lifted, [f"row {row.row + 1} ({row.text}) is a part of {rows[owner].text} or lies above its list"]
        lifted |= dict.fromkeys(run, reason)
        index = run[-1] + 1
    return lifted, []


def _loose_place(rows: list[StubRow], index: int, lifted: dict[int, str]) -> bool:
    """The row follows a numbered row of an inner level, directly or behind marked rows."""
    before = next((place for place in range(index - 1, -1, -1) if not rows[place].mark), None)
    return before is not None and (rows[before].number not in (0, UNNUMBERED) or before in lifted)


def _run(rows: list[StubRow], index: int) -> list[int]:
    """Places of the unnumbered rows from `index` to the next numbered one."""
    found = []
    while index < len(rows) and rows[index].number == UNNUMBERED:
        found.append(index)
        index += 1
    return found


def _part_of(rows: list[StubRow], owner: int, run: Sequence[int], sums: Sums) -> int:
    """How many rows of the run lie below the numbered row before it: all below 按…分, those that add up to a figure; 0 for none."""
    if PARENT_WORDS.match(NUMBERED.sub("", rows[owner].text)) and rows[owner].group:
        return len(run)
    plain = [place for place in run if not rows[place].mark]
    for count in range(len(plain), 1, -1):
        if sums.hold(rows[owner].row, [rows[place].row for place in plain[:count]]):
            return run.index(plain[count - 1]) + 1
    return 0


def _above(rows: list[StubRow], index: int, owner: int, run: list[int], restarts: bool, sums: Sums) -> str:
    """What says that a run lies above the list before it; empty where nothing does."""
    outer = min(row.number for row in rows)
    following = run[-1] + 1
    if len(run) == 1 and following < len(rows) and rows[following].number == outer and rows[following].ordinal > 1:
        if sums.hold(rows[index].row, _until_higher(rows, following)):
            return "top"
    if rows[owner].number != outer:
        return ""
    if restarts and following < len(rows) and len(run) == 1:
        return "restart"
    heads = following < len(rows) and rows[following].number == outer and len(run) == 1
    if heads and sums.hold(rows[index].row, _between(rows, following)):
        return "sum"
    unit, other = rows[index].unit, rows[owner].unit
    if unit is not None and other is not None and unit.dimension != other.dimension:
        return "unit"
    return "size" if sums.exceed(rows[index].row, rows[owner].row) else ""


def _between(rows: list[StubRow], first: int) -> list[int]:
    """The numbered rows of one level from `first` to the next unnumbered row without mark."""
    found = []
    for row in rows[first:]:
        if row.number != rows[first].number:
            break
        found.append(row.row)
    return found
