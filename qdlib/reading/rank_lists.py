"""The list that a rank stands on, and its length: written into the note of a reported figure, and read from it again.

Takes the name of a list and the number of places on it; gives the words of the note, and a `RankList` from a note. A place says nothing
without its list, so a rank whose note names none stays without a rule (`analysis.targets`). Decides nothing about ranks itself.
"""

import re
from dataclasses import dataclass

SIZE = re.compile(r"n = (\d+)")
JOINT = "; "


@dataclass(frozen=True)
class RankList:
    """A list of `size` places by its name."""

    name: str
    size: int


def describe_list(name: str, size: int | float | None) -> list[str]:
    """The words of a note on a list; an unknown size is left out."""
    return [name, f"n = {size:g}" if size is not None else ""]


def read_list(note: str) -> RankList | None:
    """The list that a note names: the words before `n = 15`; None where there is no such pair."""
    words = [word.strip() for word in str(note or "").split(JOINT.strip())]
    for name, size in zip(words, words[1:], strict=False):
        found = SIZE.fullmatch(size)
        if found and name:
            return RankList(name, int(found[1]))
    return None
