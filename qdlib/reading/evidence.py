"""What speaks for each decision about a table: the families of evidence that support it.

Takes the parts of a table and the table; gives for each decision the families that support it: G geometry, S style, V vocabulary,
T type of cells, A arithmetic, and P for what a person stated (a region or a recipe), which counts as two. A decision that one family
alone supports is not certain: on foreign sheets such readings were the wrong ones. The unit is decided cell by cell (`measures`): a
cell whose unit is open has none. Contradictions are found where the decisions are made.
"""

from collections.abc import Mapping

from qdlib.reading.labels import is_total, numbering, region_rank, sub_item
from qdlib.reading.model import Table
from qdlib.reading.parts import Parts
from qdlib.reading.stub_rows import LEADERS
from qdlib.reading.stubs import CORNERS
from qdlib.reading.table_sums import find_relations, lines_of

DECISIONS = {
    "block": "block",
    "depth": "header depth",
    "stub": "stub width",
    "header": "header tree",
    "rows": "row tree",
}
FAMILIES = {"G": "geometry", "S": "style", "V": "vocabulary", "T": "types", "A": "sums", "P": "stated by a person"}
# Loosening either needs a new table in the benchmark.
FIGURE_SHARE = 0.97
LEAST_FAMILIES = 2
# Rows whose look is asked; a style that begins further down is no header's.
SAMPLE = 40
# Beyond this many figures other families always speak, and sums need not be searched for.
LARGE = 4000


def weigh(parts: Parts, table: Table) -> dict[str, str]:
    """Letters of the supporting families by decision."""
    figures, sums = _figures(table), _sums(table)
    stated = "P" if parts.given or parts.recipe.chooses else ""
    return {
        "block": stated
        + _kept(G=_each_role(parts), V=bool(parts.caption.title or parts.caption.unit_words), T=figures, S=_header_style(parts)),
        "depth": stated
        + _kept(G=_each_leaf(parts), S=_header_style(parts), V=_header_words(parts), T=figures and _words_above(parts)),
        "stub": stated + _kept(G=_each_row(parts), S=_stub_style(parts), V=_stub_words(parts), T=figures),
        "header": stated
        + _kept(G=_each_leaf(parts), S=_merged(parts), V=_header_words(parts), A="column" in sums, T=_flat(parts)),
        "rows": stated
        + _kept(
            G=_each_row(parts),
            S=_stub_style(parts) or _uniform(parts),
            V=_stub_words(parts) or bool(parts.groups),
            A="row" in sums,
        ),
    }


def evidence_words(support: Mapping[str, str]) -> tuple[str, ...]:
    """One line a decision, for people."""
    return tuple(
        f"{DECISIONS[key]}: {', '.join(FAMILIES[letter] for letter in letters) or 'nothing'}" for key, letters in support.items()
    )


def weak_decisions(support: Mapping[str, str]) -> list[str]:
    """Reasons for doubt: decisions with fewer than two families, what a person stated counting as two."""
    return [
        f"only {', '.join(FAMILIES[letter] for letter in letters) or 'nothing'} speaks for the {DECISIONS[key]}"
        for key, letters in support.items()
        if len(letters) + ("P" in letters) < LEAST_FAMILIES
    ]


def _kept(**signs: bool) -> str:
    return "".join(letter for letter, holds in signs.items() if holds)


def _figures(table: Table) -> bool:
    """The body right of the stub is figures and marks."""
    unread = sum(value.value is None and value.status == "U" for value in table.values)
    return unread <= (1 - FIGURE_SHARE) * len(table.values)


def _words_above(parts: Parts) -> bool:
    """The header is words and years, no figures."""
    kinds = [parts.grid.kind(row, column) for row in parts.block.header for column in parts.columns]
    return not any(kind in ("number", "missing", "split") for kind in kinds)


def _each_role(parts: Parts) -> bool:
    """No filled cell between the first and the last row of the block lies outside stub, header and columns of figures."""
    grid, known = parts.grid, {*parts.block.stub, *parts.columns}
    return all(column in known for row in parts.block.body for column in grid.filled(row))


def _each_leaf(parts: Parts) -> bool:
    """Every column of figures has a leaf label of its own."""
    leaves = [path[-1].cell for path in parts.header.paths.values() if path]
    return len(set(leaves)) == len(leaves) == len(parts.columns)


def _each_row(parts: Parts) -> bool:
    return all(parts.rows.get(row) for row in parts.block.body)


def _flat(parts: Parts) -> bool:
    """One header row: there is no tree to mistake."""
    return len(parts.block.header) == 1


def _merged(parts: Parts) -> bool:
    return any(row in parts.block.header for row, _ in parts.grid.sheet.merges)


def _header_style(parts: Parts) -> bool:
    """Merges or bold in the header that the figures below do not share."""
    grid = parts.grid
    bold = [grid.sheet.style(row, column).bold for row in parts.block.header for column in grid.filled(row)]
    below = [grid.sheet.style(row, column).bold for row in parts.block.body[:SAMPLE] for column in parts.columns]
    return _merged(parts) or (any(bold) and sum(bold) * 2 > len(bold) and sum(below) * 2 < len(below))


def _header_words(parts: Parts) -> bool:
    """Years, units, totals, parts or words that stand over columns: what labels are made of."""
    labels = [label for path in parts.header.paths.values() for label in path]
    return any(
        label.year is not None or label.unit is not None or is_total(label.text) or sub_item(label.text) for label in labels
    ) or _corner(parts)


def _corner(parts: Parts) -> bool:
    grid = parts.grid
    return any(grid.label(row, column).text in CORNERS for row in parts.block.header for column in parts.block.stub)


def _stub_words(parts: Parts) -> bool:
    labels = parts.row_labels
    signs = sum(
        label.year is not None
        or label.unit is not None
        or is_total(label.text)
        or bool(sub_item(label.text))
        or numbering(label.text) is not None
        or region_rank(label.text) is not None
        for label in labels
    )
    return signs > 0 or _corner(parts) or any(parts.roles[column] in ("unit", "translation") for column in parts.roles)


def _stub_style(parts: Parts) -> bool:
    """Indent, leading dots or bold that set rows apart."""
    grid, column = parts.grid, parts.block.stub[0]
    looks = set()
    for row in parts.block.body:
        style, text = grid.sheet.style(row, column), grid.text(row, column)
        looks.add((style.bold, style.indent, text[:1].isspace() or bool(LEADERS.match(text))))
    return len(looks) > 1


def _uniform(parts: Parts) -> bool:
    """No indent, bold, numbering or group anywhere: the rows are a plain list."""
    return not _stub_style(parts) and not parts.groups and all(label.parent is None for label in parts.row_labels)


def _sums(table: Table) -> set[str]:
    """Axes on which a sum holds."""
    if len(table.values) > LARGE:
        return set()
    return {axis for axis in ("row", "column") if find_relations(table, axis, lines_of(table, axis))}
