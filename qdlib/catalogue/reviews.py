"""Reviews of verdicts by others: a word that an evaluator sets beside the computed one, a jump that somebody has confirmed.

Takes reviews.yml of a policy's folder; gives frozen `Review` entries. A review belongs to the policy whose targets it names. It never
replaces what is computed: the computed word stays visible and is counted. An override ends on a stated day, because an exception
without an end would outlive its reason; a confirmed figure stays confirmed unless a day is stated. Organisations, no persons.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from qdlib.catalogue.documents import Entry, Name, listed_entries
from qdlib.errors import nearest

KINDS = ("override", "confirmed_jump")
STATUS = "status."
NO_VERDICT = "not_assessable"  # a word of the texts that is a reason's heading, no verdict
YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Review:
    """`value`: the word (override) or the year of the figure that jumps (confirmed_jump). Days are ISO text; `expires`: the last day."""

    target: str
    kind: str
    value: str
    reason: Name
    author: str
    date: str
    expires: str | None

    @property
    def where(self) -> str:
        return f"reviews.yml, {self.target} {self.kind} of {self.date}"

    def state_on(self, day: str) -> str:
        """`pending` before its date, `in_force`, `expired` after its last day."""
        if day < self.date:
            return "pending"
        return "expired" if self.expires and day > self.expires else "in_force"


def load_reviews(path: Path, faults: list[str]) -> tuple[Review, ...]:
    """The reviews in the order of the file; an empty file is a policy that nobody has reviewed."""
    return tuple(read_review(entry) for entry in listed_entries(path, faults))


def read_review(entry: Entry) -> Review:
    kind = entry.choice("kind", KINDS)
    review = Review(
        target=entry.text("target"),
        kind=kind,
        value=entry.text("value"),
        reason=entry.name("reason"),
        author=entry.text("author"),
        date=entry.day("date"),
        expires=entry.day("expires") if kind == "override" else entry.day("expires", None),
    )
    if kind == "confirmed_jump" and review.value and not YEAR.fullmatch(review.value):
        entry.fault(f"`value` is {review.value!r}, expected the year of the figure that is confirmed, such as 2024")
    if review.date and review.expires and review.expires < review.date:
        entry.fault(f"`expires` {review.expires} is before `date` {review.date}")
    entry.finish()
    return review


def cross_check_reviews(reviews: tuple[Review, ...], targets: Container[str], texts: Mapping[str, Name]) -> list[str]:
    """Reviews of targets or with words that there are not, and overrides of one target that are in force on one day."""
    words = [key.removeprefix(STATUS) for key in texts if key.startswith(STATUS) and key != STATUS + NO_VERDICT]
    faults = []
    for number, review in enumerate(reviews):
        if review.target not in targets:
            faults.append(f"{review.where}: unknown target {review.target!r}{nearest(review.target, targets)}")
        if review.kind != "override":
            continue
        if review.value not in words:
            faults.append(
                f"{review.where}: `value` is {review.value!r}, expected a word: {', '.join(words)}{nearest(review.value, words)}"
            )
        for other in reviews[:number]:
            same = (other.target, other.kind) == (review.target, review.kind)
            if same and other.date <= review.expires and review.date <= other.expires:
                faults.append(f"{review.where}: overlaps that of {other.date} to {other.expires}; end the earlier one first")
    return faults
