"""One block → one `Table`, or an `Uncertain` with every reason.

Takes a `Grid` and a `Block`; gives labelled values. A table is certain here only if each figure has a row and a column label, no
two columns or rows of figures share all their labels, every filled cell has one role, at most 2 % of the body is unreadable and
no module doubted a border or a parent. What is left open becomes a reason; nothing is guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from statistics import median

from qdlib.reading import measures
from qdlib.reading.blocks import Block
from qdlib.reading.cells import Parsed, parse_cell, plain_text, settle_split
from qdlib.reading.certainty import check_certainty
from qdlib.reading.evidence import evidence_words, weak_decisions, weigh
from qdlib.reading.grid import Grid
from qdlib.reading.headers import build_header, join_halves, place_cells, translation_rows, wrap_faults
from qdlib.reading.labels import clean_label, is_total, parse_year, region_rank
from qdlib.reading.layouts import check_sums, place_given
from qdlib.reading.model import Finding, Label, Table, Uncertain, Value
from qdlib.reading.parts import Parts
from qdlib.reading.recipes import NO_RECIPE, Layout, Recipe, note_status
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
        values = _read_values(parts)
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


def _read_values(parts: Parts) -> list[Value]:
    if parts.header is None or parts.faults:
        return []
    sizes, taken = _sizes(parts), measures.Inherited(parts.caption, parts.grid.units)
    values = []
    for row in parts.block.body:
        if row not in parts.groups:
            values += _read_row(parts, row, sizes, taken)
    return values


def _sizes(parts: Parts) -> dict[int, Decimal]:
    """Median size of each column's figures, against which split digits are settled."""
    found = {}
    grid = parts.grid
    for column in parts.columns if grid.has_splits else ():
        if not any(grid.kind(row, column) == "split" for row in parts.block.body):
            continue
        known = [parts.grid.parsed(row, column) for row in parts.block.body]
        sizes = [abs(parsed.value) for parsed in known if parsed.kind == "number" and parsed.value]
        if sizes:
            found[column] = median(sizes)
    return found


def _read_row(parts: Parts, row: int, sizes: Mapping[int, Decimal], taken: measures.Inherited) -> list[Value]:
    """Values of a row. After a cell with its own unit, a bare cell of the row has a doubtful one."""
    grid, plain, paths = parts.grid, parts.recipe is NO_RECIPE, parts.header.paths
    place, path = _row_place(parts, row), parts.rows[row]
    cells, along = grid.sheet.addresses(row, parts.columns), taken.along(place, path)
    values: list[Value] = []
    own_seen = ""
    for column, a1 in zip(parts.columns, cells, strict=True):
        parsed = grid.parsed(row, column)
        column_path = paths[column]
        if plain and not own_seen and parsed.unit is None and is_bare_number(parsed):
            measure = along.get(id(column_path))
            if measure is not None:
                text, number, decimals = parsed.text.strip(), parsed.value, parsed.decimals
                values.append(Value(a1, number, decimals, text, measure.unit, measure.text, "A", "equal", path, column_path))
                continue
        if parts.recipe.brackets_negative:
            parsed = _bracketed(parsed)
        if parsed.kind == "split":
            known = [
                abs(cell.value)
                for cell in (grid.parsed(row, other) for other in parts.columns)
                if cell.kind == "number" and cell.value
            ]
            parsed = settle_split(parsed, sizes.get(column) or (median(known) if known else None))
        if parsed.kind == "blank" and "" not in parts.recipe.missing:
            continue
        if parsed.unit is not None:
            measure = measures.printed_unit(parsed.unit, grid.units)
            own_seen = own_seen or a1
        else:
            measure, clash = taken.take(place, path, column_path)
            if clash:
                parts.faults.append(f"{a1}: {clash}")
            elif not measure.doubtful and not measure.note:
                along[id(column_path)] = measure
            if own_seen and parsed.kind == "number":
                measure = measures.Measure(None, "", True, f"no unit after {own_seen}, which has its own")
        values.append(_value(parts, a1, parsed, measure, path, column_path))
    return values


def is_bare_number(parsed: Parsed) -> bool:
    """A figure exactly as printed: nothing noted, bounded or repaired."""
    return parsed.kind == "number" and not parsed.notes and parsed.bound == "equal"


def _bracketed(parsed: Parsed) -> Parsed:
    """(12.3) as −12.3 where the recipe says that brackets are minus signs."""
    bare = plain_text(parsed.text)
    if parsed.kind != "unreadable" or not (bare.startswith("(") and bare.endswith(")")):
        return parsed
    inner = parse_cell(f"-{bare[1:-1].strip()}")
    return inner._replace(text=parsed.text, notes=(*inner.notes, "brackets mean minus")) if inner.kind == "number" else parsed


def _value(parts: Parts, a1: str, parsed: Parsed, measure: measures.Measure, path, column_path) -> Value:
    notes = (*parsed.notes, measure.note) if measure.note else parsed.notes
    status = parts.recipe.missing.get("", "M") if parsed.kind == "blank" else parsed.status
    if measure.doubtful and parsed.kind == "number":
        status = "U"
    if parsed.kind in ("unreadable", "code", "text"):
        parts.findings.append(Finding(a1, "unreadable", "high", f"{parsed.text.strip()!r} is no figure of the number grammar"))
    elif status == "U":
        kind = "unit_doubtful" if measure.doubtful else "repaired"
        parts.findings.append(Finding(a1, kind, "high" if measure.doubtful else "low", "; ".join(notes)))
    readable = parsed.kind == "number"
    if parts.recipe is not NO_RECIPE:
        measure, status, notes = _by_recipe(parts, parsed, measure, status, notes, (path, column_path))
    return Value(
        a1,
        parsed.value if readable else None,
        parsed.decimals if readable else None,
        parsed.text.strip(),
        measure.unit,
        measure.text,
        status,
        parsed.bound,
        path,
        column_path,
        notes,
    )


def _by_recipe(
    parts: Parts, parsed: Parsed, measure: measures.Measure, status: str, notes: tuple[str, ...], paths
) -> tuple[measures.Measure, str, tuple[str, ...]]:
    """Unit, status and notes of a value as the recipe states them: units by label or default, meanings of marks."""
    recipe = parts.recipe
    words = next((recipe.units[label.text] for path in paths for label in reversed(path) if label.text in recipe.units), "")
    if not words and (measure.unit is None and parsed.unit is None):
        words = recipe.unit
    if words:
        doubtful = measure.doubtful
        measure = measures.printed_unit(words, parts.grid.units)
        status = "A" if doubtful and status == "U" and not measure.doubtful else status
    if parsed.kind == "missing":
        mark = plain_text(parsed.text).rstrip("".join(parsed.marks)).strip()
        status = recipe.missing.get(mark, recipe.missing.get(plain_text(parsed.text), status))
    for mark in (mark for mark in parsed.marks if mark in recipe.notes):
        notes = tuple(f'{note}: {recipe.notes[mark]}' if note == f'mark "{mark}"' else note for note in notes)
        status = note_status(recipe.notes[mark]) or status
    return measure, status, notes


def _row_place(parts: Parts, row: int) -> measures.Measure:
    """The row's unit column; blank Chinese falls back to the English column, then to siblings that agree on both sides."""
    grid = parts.grid
    for role in ("unit", "unit_translation"):
        column = next((column for column in parts.block.stub if parts.roles[column] == role), None)
        if column is not None and grid.kind(row, column) != "blank":
            return measures.printed_unit(grid.text(row, column), grid.units)
    column = next((column for column in parts.block.stub if parts.roles[column] == "unit"), None)
    if column is None:
        return measures.UNKNOWN
    body = [other for other in parts.block.body if other not in parts.groups]
    index = body.index(row)
    around = [body[other] for other in (index - 1, index + 1) if 0 <= other < len(body)]
    texts = {grid.text(other, column).strip() for other in around}
    parents = {parts.rows[other][:-1] for other in (*around, row)}
    if len(around) == 2 and len(texts) == 1 and len(parents) == 1 and "" not in texts:
        filled = measures.printed_unit(texts.pop(), grid.units)
        return replace(filled, note=f'unit "{filled.text}" from the rows above and below') if filled.unit else filled
    return measures.Measure(None, "", True, "blank unit cell")


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
