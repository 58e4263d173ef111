"""What is known of a block while its table is put together.

One mutable record that the steps of `assembly` fill in turn: columns of figures, stub roles, header tree, row labels; reasons
for doubt and remarks. It never leaves the package.
"""

from dataclasses import dataclass, field

from qdlib.reading.blocks import Block
from qdlib.reading.captions import Caption
from qdlib.reading.grid import Grid
from qdlib.reading.headers import HeaderTree
from qdlib.reading.model import Finding, Label
from qdlib.reading.recipes import NO_RECIPE, Recipe


@dataclass
class Parts:
    """What is known of a block while it is put together; `given`: a person named its region."""

    grid: Grid
    block: Block
    caption: Caption
    columns: list[int] = field(default_factory=list)
    roles: dict[int, str] = field(default_factory=dict)
    groups: set[int] = field(default_factory=set)
    header: HeaderTree | None = None
    rows: dict[int, tuple[Label, ...]] = field(default_factory=dict)
    row_labels: list[Label] = field(default_factory=list)
    subject: str = ""
    faults: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    recipe: Recipe = NO_RECIPE
    given: bool = False
