"""Joint lines of the text: 分别达到 names several commitments in one sentence, and the worse of them is the line's result.

Takes assessments; gives one `Joint` per line. Binding: one part that fails at its end fails the line whatever the other says; otherwise
a line with a part that cannot be judged cannot be judged either, for that part's reason. Counts stay with the single commitments.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from qdlib.analysis.targets import Assessment

# From the worst to the best; a commitment that is met but falls back stands above one that is not met and rises.
WORST_FIRST = (
    "not_met",
    "lost",
    "reversed",
    "well_behind",
    "slightly_behind",
    "recovering",
    "nothing_due",
    "slipping",
    "on_schedule",
    "ahead",
    "holding",
    "met_early",
    "met",
)


@dataclass(frozen=True)
class Joint:
    """A line of the text: its commitments, the status or the reason why there is none, and which of them decides."""

    targets: tuple[str, ...]
    status: str | None
    reason: str | None
    decided_by: str
    stale: bool


def join_pairs(assessments: Iterable[Assessment]) -> list[Joint]:
    """Every joint line whose parts are all among the assessments, in the registry's order."""
    known = {item.id: item for item in assessments}
    lines = [(item, known[item.pair]) for item in known.values() if item.pair in known and item.id < item.pair]
    return [join_line(line) for line in lines]


def join_line(line: tuple[Assessment, ...]) -> Joint:
    worst = min(line, key=lambda item: WORST_FIRST.index(item.status) if item.status else len(WORST_FIRST))
    unknown = next((item for item in line if item.status is None), None)
    deciding = worst if unknown is None or worst.status == "not_met" else unknown
    return Joint(tuple(item.id for item in line), deciding.status, deciding.reason, deciding.id, deciding.stale)
