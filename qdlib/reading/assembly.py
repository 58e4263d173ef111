"""One block → one `Table`, or an `Uncertain` with every reason.

Takes a `Grid` and a `Block`; gives labelled values. A table is certain here only if each figure has a row and a column label, no
two columns or rows of figures share all their labels, every filled cell has one role, at most 2 % of the body is unreadable and
no module doubted a border or a parent. What is left open becomes a reason; nothing is guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from qdlib.reading import measures
from qdlib.reading.blocks import Block
from qdlib.reading.body import read_values
from qdlib.reading.certainty import check_certainty
from qdlib.reading.evidence import evidence_words, weak_decisions, weigh
from qdlib.reading.grid import Grid
from qdlib.reading.headers import build_header, join_halves, place_cells, translation_rows, wrap_faults
from qdlib.reading.labels import clean_label, is_total, parse_year, region_rank
from qdlib.reading.layouts import check_sums, place_given
from qdlib.reading.model import Finding, Label, Table, Uncertain, Value
from qdlib.reading.parts import Parts
from qdlib.reading.recipes import NO_RECIPE, Layout, Recipe
from qdlib.reading.row_trees import RowNode, row_tree
from qdlib.reading.stubs import CORNERS, column_roles, is_group
from qdlib.reading.table_sums import check_table, contradictions
from qdlib.reading.tilings import place_tiling

# An outer stub column that is filled in nearly every row says nothing about the rows that it leaves blank.
FILLED_SHARE = 0.8


def assemble(
    grid: Grid, block: Block, recipe: Recipe = NO_RECIPE, given: bool = False
) -> tuple[Table | Uncertain, list[Finding]]:
    """The block's table with its findings, or why it is not certain. What a recipe states or a given region bounds is not doubted."""
    parts = Parts(grid, block, block.caption, faults=list(block.faults), recipe=recipe, given=given)
    _find_columns(parts)
    if not parts.faults:
        _read_header(parts)
        _read_stub(parts)
        values = read_values(parts)
        check_certainty(parts, values)
    if parts.faults:
        return _uncertain(parts), []
    table = _table(parts, values)
    support = weigh(parts, table)
    if weak := weak_decisions(support):
        parts.faults += weak
        return _uncertain(parts), []
    table = replace(table, evidence=(*table.evidence, *evidence_words(support)))
    if recipe is NO_RECIPE and (against := contradictions(table)):
        parts.faults += against
        return _uncertain(parts), []
    return table, [*parts.findings, *check_sums(recipe, table), *check_table(table)]


def _find_columns(parts: Parts) -> None:
    """Columns of figures, stub roles, group rows; a text column right of the figures must be a translation."""
    grid, block = parts.grid, parts.block
    if not block.stub:
        return
    right = [column for column in grid.columns if column > block.stub[-1]]
    used = [column for column in right if any(grid.kind(row, column) != "blank" for row in block.body)]
    parts.roles = column_roles(grid, block.stub, block.header, block.body)
    chinese = any(_han(grid.text(row, block.stub[0])) for row in block.body)
    for column in used:
        texts = grid.rows_of(("text", "period"), block.body, column)
        if not texts:
            parts.columns.append(column)
        elif _repeats_stub(grid, block, column):
            continue
        elif chinese and not any(_han(grid.text(row, column)) for row in texts) and _no_figures(grid, block.body, column):
            continue
        else:
            first = texts[0]
            parts.faults.append(
                f"text among the figures: {grid.sheet.a1(first, column)} {grid.text(first, column).strip()[:30]!r}"
            )
    if not parts.columns and not parts.faults:
        parts.faults.append("no column of figures right of the stub")
    parts.groups = {row for row in block.body if is_group(grid, row, block.stub, parts.roles, parts.columns)}


def _repeats_stub(grid: Grid, block: Block, column: int) -> bool:
    """The innermost stub column printed again further right, row by row: it labels nothing new."""
    pairs = [(grid.label(row, block.stub[-1]).text, grid.label(row, column).text) for row in block.body]
    shown = [(first, second) for first, second in pairs if second]
    return len(shown) >= 3 and all(first == second for first, second in shown)


def _han(text: str) -> bool:
    return any("\u3400" <= letter <= "\u9fff" for letter in text)


def _no_figures(grid: Grid, rows: Sequence[int], column: int) -> bool:
    return not any(grid.kind(row, column) in ("number", "split", "missing", "unreadable") for row in rows)


def _read_header(parts: Parts) -> None:
    grid, block = parts.grid, parts.block
    translations = translation_rows(grid, block.header)
    rows = [row for row in block.header if row not in translations]
    joins: dict = {}
    if not rows:
        parts.faults.append("no header row above the figures")
        return
    if grid.sheet.folded and parts.recipe.layout.spans:
        placed, faults = place_given(grid, rows, parts.columns, parts.recipe.layout.spans)
        parts.faults += faults
    elif grid.sheet.folded:
        placed, faults = place_tiling(grid, rows, block.stub, parts.columns, block.body, parts.caption)
        parts.faults += faults
    else:
        placed = place_cells(grid, block.header, parts.columns)
        placed, joins = join_halves(grid, placed, translations, parts.recipe.layout.joined)
        if not (parts.recipe.layout.spans or parts.recipe.layout.joined):
            parts.faults += wrap_faults(grid, placed, translations)
    parts.header = build_header(grid, placed, parts.columns, translations, joins)
    parts.faults += parts.header.faults
    _find_subject(parts, rows)


def _find_subject(parts: Parts, rows: Sequence[int]) -> None:
    """The corner of a matrix names its only indicator: 地区生产总值(亿元) above cities, left of years."""
    grid = parts.grid
    parts.subject = parts.caption.subject
    corner = grid.label(rows[0], parts.block.stub[0]) if grid.kind(rows[0], parts.block.stub[0]) == "text" else None
    paths = [path for path in parts.header.paths.values() if path]
    years = bool(paths) and all(path[-1].year is not None for path in paths)
    if corner and years and corner.text not in CORNERS and (corner.unit is not None or len(corner.text) > 4):
        parts.subject = parts.subject or corner.text
        if corner.unit is not None and not parts.caption.unit_words:
            parts.caption = replace(parts.caption, units=(corner.unit,), unit_words=(corner.unit_text,))


def _read_stub(parts: Parts) -> None:
    """The labels of each row, outermost first, one label column after the other."""
    grid, block = parts.grid, parts.block
    mains = [column for column in block.stub if parts.roles[column] == "label"]
    if not mains:
        parts.faults.append("no label column in the stub")
        return
    main = mains[-1]
    layout = parts.recipe.layout
    nodes, faults = row_tree(grid, block.body, main, parts.groups, _additive_columns(parts), layout.row_tree)
    nodes |= _stated_parents(grid, main, nodes, layout.parents)
    parts.faults += [] if layout.row_tree or layout.parents else faults
    texts = [grid.label(row, main).text for row in block.body]
    if parts.caption.continued and region_rank(texts[0]) is None and any(region_rank(text) == 1 for text in texts):
        parts.faults.append(f"a continued table that starts with {texts[0]}: its province is on the page before")
    made: dict[int, Label] = {}
    for row in sorted((row for row in block.body if row in nodes), key=lambda row: _depth(nodes, row)):
        if row in nodes:
            made[row] = _row_label(parts, row, main, nodes[row], made)
            parts.row_labels.append(made[row])
    parts.row_labels += _stub_heads(parts, mains[1:])
    outer = _outer_labels(parts, mains[:-1])
    for row in block.body:
        own = made[row].path() if row in made else ()
        parts.rows[row] = (*outer.get(row, ()), *own)


def _stated_parents(grid: Grid, column: int, nodes: Mapping[int, RowNode], parents: Mapping[str, str]) -> dict[int, RowNode]:
    """Nodes of the rows whose parent the recipe states."""
    rows = {grid.sheet.a1(row, column): row for row in nodes}
    return {
        rows[child]: replace(nodes[rows[child]], parent=rows[parent])
        for child, parent in parents.items()
        if child in rows and parent in rows
    }


def _depth(nodes: Mapping[int, RowNode], row: int) -> int:
    """How many rows lie above this one; parents are made before their children, wherever a recipe puts them."""
    depth = 0
    while row in nodes and nodes[row].parent is not None and depth <= len(nodes):
        row, depth = nodes[row].parent, depth + 1
    return depth


def _additive_columns(parts: Parts) -> list[int]:
    """Columns whose figures may be added: no shares, growth or indices."""
    stated = [unit for unit in parts.caption.units if unit is not None]
    ratios = bool(stated) and all(unit.dimension in measures.RATIOS for unit in stated)
    if parts.header is None or ratios or measures.base_unit(parts.caption, parts.grid.units).unit:
        return []
    return [
        column
        for column in parts.columns
        if not any(
            (label.unit is not None and label.unit.dimension in measures.RATIOS) or measures.is_ratio(label.text)
            for label in parts.header.paths[column]
        )
    ]


def _stub_heads(parts: Parts, columns: Sequence[int]) -> list[Label]:
    """Names of the stub columns right of the first, whose head is the corner and may speak of either axis."""
    grid = parts.grid
    found = []
    for column in columns:
        row = max((row for row in parts.block.header if grid.kind(row, column) != "blank"), default=None)
        if row is not None:
            found.append(Label(grid.sheet.a1(row, column), grid.label(row, column).text, axis="stub"))
    return found


def _row_label(parts: Parts, row: int, column: int, node: RowNode, made: Mapping[int, Label]) -> Label:
    grid = parts.grid
    words = grid.label(row, column)
    rest = [grid.label(other, column).text for other in parts.block.wraps.get(row, ()) if grid.kind(other, column) != "blank"]
    text = clean_label("\n".join([words.text, *rest]))
    translation = next((other for other in parts.block.stub if parts.roles[other] == "translation"), None)
    en = clean_label(grid.text(row, translation)) if translation is not None else words.en
    return Label(
        grid.sheet.a1(row, column),
        text,
        en,
        made.get(node.parent),
        node.relation,
        "row",
        words.unit,
        words.unit_text,
        parse_year(words.text),
    )


def _outer_labels(parts: Parts, columns: Sequence[int]) -> dict[int, tuple[Label, ...]]:
    """Labels of the stub columns left of the innermost: filled down beside a filled right neighbour, by merges or blanks."""
    grid = parts.grid
    found: dict[int, tuple[Label, ...]] = dict.fromkeys(parts.block.body, ())
    for column in columns:
        current: Label | None = None
        filled = [row for row in parts.block.body if grid.kind(row, column) != "blank"]
        codes = all(grid.kind(row, column) in ("number", "code") for row in filled)
        sparse = len(filled) < FILLED_SHARE * len(parts.block.body) and not codes
        for row in parts.block.body:
            if not sparse or (grid.kind(row, column) == "blank" and _ends_fill(parts, row, column)):
                current = None
            if grid.kind(row, column) != "blank":
                words = grid.label(row, column)
                current = Label(
                    grid.sheet.a1(row, column),
                    words.text,
                    words.en,
                    None,
                    "child",
                    "row",
                    words.unit,
                    words.unit_text,
                    parse_year(words.text),
                )
                parts.row_labels.append(current)
            if current is not None:
                found[row] = (*found[row], current)
    return found


def _ends_fill(parts: Parts, row: int, column: int) -> bool:
    """An outer label reaches down only beside a filled neighbour, and never past a total."""
    right = next(other for other in parts.block.stub if other > column and parts.roles[other] == "label")
    return parts.grid.kind(row, right) == "blank" or is_total(parts.grid.text(row, right))


def _range(parts: Parts) -> str:
    grid, block = parts.grid, parts.block
    left = block.stub[0] if block.stub else grid.left
    right = parts.columns[-1] if parts.columns else grid.right
    return grid.where(block.first, left, block.last, right)


def _uncertain(parts: Parts) -> Uncertain:
    reasons = list(dict.fromkeys(parts.faults))
    shown = reasons if len(reasons) <= 6 else [*reasons[:5], f"and {len(reasons) - 5} more"]
    return Uncertain(
        parts.grid.sheet.file,
        parts.grid.sheet.name,
        _range(parts),
        parts.caption.title,
        (),
        tuple(shown),
        parts.caption.number,
        _layout(parts),
        parts.grid.sheet,
        parts.caption.page,
    )


def _layout(parts: Parts) -> Layout:
    """The layout that was read, as a recipe states it."""
    block, filled = parts.block, [*parts.block.header, *parts.block.body]
    first = min(block.body, default=block.last) if block.header else block.first
    return Layout(_range(parts), first - min(filled, default=0), len(block.stub))


def _table(parts: Parts, values: Sequence[Value]) -> Table:
    caption, grid = parts.caption, parts.grid
    stub = ", ".join(f"{grid.sheet.a1(parts.block.header[0], column)} ({role})" for column, role in parts.roles.items())
    missing = sum(value.value is None for value in values)
    evidence = (
        f"header rows {', '.join(str(row + 1) for row in parts.block.header)}",
        f"stub columns {stub}",
        f"{len(values)} values in {len(parts.columns)} columns, {missing} without a figure",
    )
    return Table(
        grid.sheet.file,
        grid.sheet.name,
        _range(parts),
        caption.number,
        caption.title,
        caption.base,
        parts.subject,
        caption.period,
        (*parts.header.labels, *parts.row_labels),
        tuple(values),
        tuple(note.strip() for note in parts.block.notes),
        evidence,
        _layout(parts),
        parts.recipe,
        grid.sheet,
        caption.page,
    )
