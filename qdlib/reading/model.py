"""What the reader gives: tables of labelled values, or what is not certain.

Nothing here changes once made. A `Value` names its cell, its labels on both axes (outermost first) and its unit; `Uncertain` names the
place and the reasons; `Finding` is one remark on one cell; `Examination` holds all of a file. Nothing is computed here but paths.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from qdlib.catalogue.names import canonical_name
from qdlib.catalogue.units import Unit
from qdlib.reading.recipes import NO_RECIPE, Layout, Recipe
from qdlib.reading.sheet import Sheet

# Columns of an observation as the reader gives it, one row a published figure; their meaning is that of the design's table.
OBSERVATION = [
    "city",
    "indicator",
    "scope",
    "year",
    "value",
    "unit",
    "decimals",
    "status",
    "bound",
    "edition",
    "published",
    "source_cell",
    "raw",
    "note",
]


@dataclass(frozen=True)
class Label:
    """A header or stub label. relation says how it hangs below its parent: `child` or `of_which` (a part named by # or 其中)."""

    cell: str
    text: str
    en: str = ""
    parent: "Label | None" = None
    relation: str = "child"
    axis: str = "row"
    unit: Unit | None = None
    unit_text: str = ""
    year: int | None = None

    @property
    def name(self) -> str:
        """The bare canonical name: without unit, numbering, marks and qualifiers."""
        return canonical_name(self.text).bare

    def path(self) -> tuple["Label", ...]:
        """From the outermost ancestor to this label."""
        return (*self.parent.path(), self) if self.parent else (self,)


class Value(NamedTuple):  # a yearbook has hundreds of thousands; a tuple is made four times faster than a frozen dataclass
    """One figure. `value` is None for a mark or an unreadable cell; `unit` None where it is unstated or doubtful (status U)."""

    cell: str
    value: Decimal | None
    decimals: int | None
    raw: str
    unit: Unit | None
    unit_text: str
    status: str
    bound: str
    row: tuple[Label, ...]
    column: tuple[Label, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One certain table. `subject` is the single indicator of a matrix (preamble or corner), `period` the caption's year."""

    file: str
    sheet: str
    range: str
    number: str
    title: str
    base: str
    subject: str
    period: int | None
    labels: tuple[Label, ...]
    values: tuple[Value, ...]
    notes: tuple[str, ...]
    evidence: tuple[str, ...]
    layout: Layout = Layout()
    recipe: Recipe = NO_RECIPE
    source: Sheet | None = field(default=None, compare=False, repr=False)
    page: int = 0


@dataclass(frozen=True)
class Uncertain:
    """A table that has more than one reading, or none; `readings` are the rivals in words, `reasons` why neither is certain.

    `layout`: the reading that was tried, from which a recipe can start.
    """

    file: str
    sheet: str
    range: str
    title: str
    readings: tuple[str, ...]
    reasons: tuple[str, ...]
    number: str = ""
    layout: Layout = Layout()
    source: Sheet | None = field(default=None, compare=False, repr=False)
    page: int = 0

    def words(self) -> str:
        """One sentence for an error message: place, reasons, what to do."""
        rivals = f"; readings: {' | '.join(self.readings)}" if self.readings else ""
        return (
            f"{self.file}!{self.sheet}!{self.range} {self.title}: not certain, because {'; '.join(self.reasons)}{rivals}; "
            f"`qd read {shlex.quote(self.file)} --recipe > {shlex.quote(self.file + '.recipe.yml')}` writes the recipe to complete"
        )


@dataclass(frozen=True)
class Finding:
    """A remark on one cell of a table that is certain all the same. severity: error, high or low."""

    cell: str
    kind: str
    severity: str
    words: str


@dataclass(frozen=True)
class Examination:
    """All of a file: certain tables, uncertain ones, sheets and blocks without a table, remarks."""

    tables: tuple[Table, ...] = ()
    uncertain: tuple[Uncertain, ...] = ()
    without_table: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    def values(self) -> Iterator[tuple[Table, Value]]:
        """Each value with its table."""
        for table in self.tables:
            for value in table.values:
                yield table, value
