"""Rows behind a 其中：… without indent: parts too, parts of that part, or rows of their own. Sums say which.

Takes the rows of a stub and the sums of the table; gives a place for each row behind a 其中 that exactly one sum settles: together with the
named part they make its whole, alone they make the named part, or with the whole they make the total above. A row that no sum, or more
than one, places stays in doubt.
"""

from collections.abc import Sequence

from qdlib.reading.arithmetic import Sums
from qdlib.reading.stub_rows import UNNUMBERED, StubRow

Place = tuple[str, int | None]
BESIDE: Place = ("beside", None)


def settle_named_parts(rows: Sequence[StubRow], sums: Sums) -> dict[int, Place]:
    """Row → (relation, parent row) for rows behind a 其中; relation `beside` has no parent of its own."""
    found: dict[int, Place] = {}
    for index, opener in enumerate(rows):
        whole = next((row for row in reversed(rows[:index]) if not row.mark), None)
        if not opener.mark.startswith("其") or whole is None:
            continue
        members = _members(rows, index + 1)
        if members and members[0] is rows[index + 1] and opener.indent <= whole.indent + 1:
            found |= _place(rows, whole, opener, members, sums)
    return found if sums.support else {}


def _members(rows: Sequence[StubRow], start: int) -> list[StubRow]:
    """Unmarked rows of one kind from `start` on; marked ones between them belong to the row before."""
    members: list[StubRow] = []
    for row in rows[start:]:
        if row.mark and members and not row.mark.startswith("其"):
            continue
        if row.mark or row.group or row.total or row.number < UNNUMBERED or (members and row.indent != members[0].indent):
            break
        members.append(row)
    return members


def _place(rows: Sequence[StubRow], whole: StubRow, opener: StubRow, members: list[StubRow], sums: Sums) -> dict[int, Place]:
    """The members' places by the one sum that holds; a run may be longer than the parts, so shorter beginnings are tried too."""
    totals = [row for row in rows[: rows.index(whole)] if not row.mark]
    for count in range(len(members), 0, -1):
        chosen = [row.row for row in members[:count]]
        readings: list[Place] = []
        if sums.hold(whole.row, [opener.row, *chosen]):
            readings.append(("of_which", whole.row))
        if count > 1 and sums.hold(opener.row, chosen):
            readings.append(("child", opener.row))
        if any(sums.hold(total.row, [whole.row, *chosen]) for total in totals[-1:]):
            readings.append(BESIDE)
        if len(readings) == 1:
            rest = {} if readings[0] == BESIDE else {row.row: BESIDE for row in members[count : count + 1]}
            return dict.fromkeys(chosen, readings[0]) | rest
        if readings:
            return {}
    return {}
