"""Body cells → values: each figure with its labels, unit, status and what was repaired in reading it.

Takes `Parts` whose header and stub are read; gives values in the order of the sheet. A unit or status that a recipe states goes
before what the cell and its surroundings say. Decides nothing about borders or labels.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from statistics import median

from qdlib.reading import measures
from qdlib.reading.cells import Parsed, parse_cell, plain_text, settle_split
from qdlib.reading.model import Finding, Value
from qdlib.reading.parts import Parts
from qdlib.reading.recipes import NO_RECIPE, note_status


def read_values(parts: Parts) -> list[Value]:
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
