"""A recipe's layout, put in the place of what the reader would infer.

Takes a sheet, grid or block and the recipe; gives the same with the stated spans, region, header rows and stub columns; and, for a finished
table, what its figures say against the recipe: other counts are a mismatch, sums that do not hold are findings at their cells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from qdlib.reading.blocks import Block
from qdlib.reading.grid import Grid
from qdlib.reading.headers import Placed
from qdlib.reading.model import Finding, Label, Table, Value
from qdlib.reading.recipes import Layout, Recipe
from qdlib.reading.sheet import Sheet, from_range


def box_of(sheet: Sheet, region: str) -> tuple[int, int, int, int]:
    """Logical borders of a region; a scraped sheet takes its rows whole, because its columns are counted in fields."""
    top, left, bottom, right = from_range(region)
    if sheet.places:
        return top, 0, min(bottom, sheet.height - 1), sheet.width - 1
    return top, left, bottom, right


def with_spans(sheet: Sheet, layout: Layout) -> Sheet:
    """The sheet with the recipe's spans as merges; a scraped sheet has its spans placed instead (`place_given`)."""
    if not layout.spans or sheet.folded:
        return sheet
    return replace(sheet, merges={**sheet.merges, **{sheet.locate(cell): span for cell, span in layout.spans.items()}})


def lay_out(grid: Grid, block: Block, layout: Layout) -> Block:
    """The block with the stated header rows (counted from its first) and stub columns (counted from the left)."""
    header, body, groups = list(block.header), list(block.body), list(block.faults)
    if layout.header_rows is not None:
        rows = [row for row in range(block.first, block.last + 1) if grid.filled(row)]
        header = [row for row in range(block.first, block.first + layout.header_rows) if grid.filled(row)]
        wraps = {row for below in block.wraps.values() for row in below}
        body = [row for row in rows if row >= block.first + layout.header_rows and row not in wraps]
    stub = list(block.stub)
    if layout.stub_columns is not None:
        stub = list(grid.columns)[: layout.stub_columns]
    return replace(block, header=header, body=body, stub=stub, faults=groups)


def place_given(
    grid: Grid, rows: Sequence[int], columns: Sequence[int], spans: Mapping[str, tuple[int, int]]
) -> tuple[list[Placed], list[str]]:
    """Header cells of a scraped sheet by their stated spans, one row and column where none is stated; faults where they do not tile."""
    taken: set[tuple[int, int]] = set()
    placed: list[Placed] = []
    last = rows[-1]
    for row in rows:
        column = 0
        for field in range(len(grid.sheet.values[row])):
            while (row, column) in taken:
                column += 1
            height, width = spans.get(grid.sheet.a1(row, field), (1, 1))
            below = [other for other in rows if other >= row][:height]
            covered = {(other, column + right) for other in below for right in range(width)}
            if covered & taken:
                return [], [f"the spans of the recipe overlap at {grid.sheet.a1(row, field)}"]
            taken |= covered
            placed.append(Placed((row, field), row, column, below[-1], column + width - 1))
            column += width
    missing = [column for column in columns if (last, column) not in taken]
    if missing:
        return [], [f"the spans of the recipe leave {len(missing)} columns without a label in row {last + 1}"]
    return [cell for cell in placed if cell.column >= columns[0]], []


def check_counts(recipe: Recipe, table: Table) -> list[str]:
    """Counts that differ from what the recipe expects: figures, and cells without a figure."""
    figures = sum(value.value is not None for value in table.values)
    found = {"values": figures, "missing": len(table.values) - figures}
    return [
        f"{recipe.words()}: {key} is {found[key]}, expected {wanted}: the table is not the one that the recipe was written for"
        for key, wanted in recipe.expect.items()
        if found[key] != wanted
    ]


def check_labels(recipe: Recipe, table: Table) -> list[str]:
    """Labels and parents that the recipe names and the table does not print."""
    texts = {label.text for label in table.labels}
    cells = {label.cell for label in table.labels}
    named = [*recipe.indicators, *recipe.units]
    for check in recipe.checks:
        named += [check[key] for key in ("total", "whole") if key in check]
        named += [*check.get("parts", ()), *check.get("includes", ())]
    gone = [f"label {text!r}" for text in dict.fromkeys(named) if text not in texts]
    gone += [f"cell {cell}" for pair in recipe.layout.parents.items() for cell in pair if cell not in cells]
    return [f"{recipe.words()}: {what} is not in the table; was the header changed?" for what in gone]


def check_sums(recipe: Recipe, table: Table) -> list[Finding]:
    """A finding at the total (or whole) whose figure its parts contradict."""
    found: list[Finding] = []
    for check in recipe.checks:
        whole = check.get("total") or check.get("whole", "")
        parts = [*check.get("parts", ()), *check.get("includes", ())]
        for rest, cells in _lines(table, {whole, *parts}).items():
            if whole not in cells or any(part not in cells for part in parts):
                continue
            total = cells[whole]
            held = sum((cells[part].value for part in parts), Decimal(0))
            slack = sum((_half(cells[part]) for part in parts), _half(total))
            broken = abs(total.value - held) > slack if "total" in check else held > total.value + slack
            if broken:
                words = f"{whole} is {total.raw}, its parts {' + '.join(parts)} make {held}"
                found.append(
                    Finding(total.cell, "parts_differ" if "total" in check else "part_exceeds_whole", "high", f"{words} ({rest})")
                )
    return found


def _lines(table: Table, names: set[str]) -> dict[str, dict[str, Value]]:
    """Figures of the named labels, by the labels of the other axis."""
    lines: dict[str, dict[str, Value]] = {}
    for value in table.values:
        if value.value is None:
            continue
        for mine, other in ((value.row, value.column), (value.column, value.row)):
            text = mine[-1].text if mine else ""
            if text in names:
                lines.setdefault(_path(other), {})[text] = value
    return lines


def _path(labels: Sequence[Label]) -> str:
    return " / ".join(label.text for label in labels)


def _half(value: Value) -> Decimal:
    return Decimal("0.5").scaleb(-(value.decimals or 0))
