"""Troy_200: 200 foreign tables with styles and a gold standard by cell; reads the gold and scores a reading of one table.

Takes the corpus folder; gives the gold (values with their labels, labels with their parents), the region of each table, TabbyXL's own
results in the same form, and four verdicts a table: entries, labels, pairs and parents equal. A pair joins a figure with its leaf column
label and with the labels of its own row; ancestors count as parents. Compared by address. An entry is a value that is not null, or status
N. Reads nothing of the project's and writes nothing.
"""

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

from qdlib.reading.model import Label, Table, Value
from qdlib.reading.sheet import Sheet, to_range

ADDRESS = re.compile(r'"\[[^"]*\][^"!]*!([A-Z]+\d+)"')
BEHIND = re.compile(r"\[([A-Z]+\d+)\](?=\"|$)")
PUBLISHED = {
    "entries": (0.9813, 0.9996),
    "labels": (0.9965, 0.9364),
    "pairs": (0.9773, 0.9965),
    "parents": (0.9389, 0.9784),
}


@dataclass(frozen=True)
class Cells:
    """A table as sets of addresses: figures, labels, (figure, label) and (label, parent)."""

    entries: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    pairs: frozenset[tuple[str, str]] = frozenset()
    parents: frozenset[tuple[str, str]] = frozenset()
    texts: dict[str, str] = field(default_factory=dict, compare=False)


def read_gold(path: Path) -> Cells:
    """One gold (or TabbyXL) workbook."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path)
    entries, pairs, labels, parents, texts = set(), set(), set(), set(), {}
    for _, place, names in book["ENTRIES"].iter_rows(min_row=2, max_col=3, values_only=True):
        cell = _address(place)
        entries.add(cell)
        pairs |= {(cell, label) for label in BEHIND.findall(str(names or ""))}
    for text, place, parent, _ in book["LABELS"].iter_rows(min_row=2, max_col=4, values_only=True):
        cell = _address(place)
        labels.add(cell)
        texts[cell] = str(text)
        parents |= {(cell, above) for above in BEHIND.findall(str(parent or ""))}
    return Cells(frozenset(entries), frozenset(labels), frozenset(pairs), frozenset(parents), texts)


def _address(formula: str) -> str:
    found = ADDRESS.search(str(formula))
    if not found:
        raise ValueError(f"gold cell without an address: {formula!r}")
    return found[1]


def region_of(sheet: Sheet) -> str:
    """The box between $START and $END, neither included."""
    marks = {value: (row, column) for row, line in enumerate(sheet.values) for column, value in enumerate(line) if value in MARKS}
    (top, left), (bottom, right) = marks["$START"], marks["$END"]
    return to_range(top + 1, left + 1, bottom - 1, right - 1)


MARKS = ("$START", "$END")


def without_marks(sheet: Sheet) -> Sheet:
    """The sheet as its publisher left it: $START and $END blanked."""
    from dataclasses import replace

    return replace(sheet, values=tuple(tuple(None if value in MARKS else value for value in line) for line in sheet.values))


def cells_of(tables: Iterable[Table]) -> Cells:
    """What a reading says, in the gold's form."""
    entries, pairs, labels, parents = set(), set(), set(), set()
    for table in tables:
        for value in table.values:
            if value.value is None and value.status != "N":
                continue
            entries.add(value.cell)
            pairs |= {(value.cell, label.cell) for label in leaves(value)}
        for label in table.labels:
            labels.add(label.cell)
            if label.parent is not None:
                parents.add((label.cell, label.parent.cell))
    return Cells(frozenset(entries), frozenset(labels), frozenset(pairs), frozenset(parents))


def leaves(value: Value) -> list[Label]:
    """The leaf column label, and of each stub column the label nearest to the row."""
    above = {label.parent.cell for label in value.row if label.parent is not None}
    return [*value.column[-1:], *(label for label in value.row if label.cell not in above)]
