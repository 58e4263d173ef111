"""Blocks printed side by side under a header that repeats: one table whose rows go on in the next block.

Takes a `Grid` and a block whose header runs through the same words twice or more (`城市|数值|城市|数值`); gives a grid of the same cells
with the blocks stacked, each cell at its own address. Titles above stay the block's caption. Decides nothing else: the stacked grid is read
like any other.
"""

from collections.abc import Sequence
from dataclasses import replace

from qdlib.reading.blocks import Block
from qdlib.reading.grid import Grid
from qdlib.reading.sheet import Place, Sheet


def stack_blocks(grid: Grid, block: Block) -> Grid | None:
    """The block's cells with its repetitions below each other; None where the header does not repeat."""
    starts = _starts(grid, block)
    if not starts:
        return None
    ends = [*(start - 1 for start in starts[1:]), grid.right]
    rows = [(row, starts[0]) for row in block.header]
    for start in starts:
        rows += [(row, start) for row in block.body if grid.kind(row, start) != "blank"]
    width = max(end - start + 1 for start, end in zip(starts, ends, strict=True))
    return Grid(_stacked(grid.sheet, rows, width), grid.units)


def _starts(grid: Grid, block: Block) -> list[int]:
    """First column of each repetition: two or more, equally labelled, each with words in front of figures; empty for none."""
    columns = [column for column in grid.columns if any(grid.kind(row, column) != "blank" for row in (*block.header, *block.body))]
    heads = [tuple(grid.label(row, column).text for row in block.header) for column in columns]
    for period in range(2, len(columns) // 2 + 1):
        if len(columns) % period or heads != heads[:period] * (len(columns) // period) or not any(heads[0]):
            continue
        starts = columns[::period]
        if all(_words(grid, block.body, start) for start in starts) and columns == list(range(columns[0], columns[-1] + 1)):
            return starts
    return []


def _words(grid: Grid, body: Sequence[int], column: int) -> bool:
    """Labels in this column, or behind the running numbers in it: in a list that goes on beside itself nearly all cells are."""
    for place in (column, column + 1):
        kinds = [grid.kind(row, place) for row in body if grid.kind(row, place) != "blank"]
        if kinds and sum(kind in ("text", "year", "period") for kind in kinds) >= 0.8 * len(kinds):
            return True
        if not kinds or any(kind not in ("code", "number") for kind in kinds):
            return False
    return False


def _stacked(sheet: Sheet, rows: Sequence[Place], width: int) -> Sheet:
    values, places, merges, styles = [], [], {}, {}
    for number, (row, start) in enumerate(rows):
        values.append(tuple(sheet.value(row, start + offset) for offset in range(width)))
        places.append(tuple(_place(sheet, row, start + offset) for offset in range(width)))
        for offset in range(width):
            if (row, start + offset) in sheet.merges:
                merges[(number, offset)] = sheet.merges[(row, start + offset)]
            if (row, start + offset) in sheet.styles:
                styles[(number, offset)] = sheet.styles[(row, start + offset)]
    hidden = frozenset(number for number, (row, _) in enumerate(rows) if row in sheet.hidden_rows)
    return replace(
        sheet,
        values=tuple(values),
        places=tuple(places),
        merges=merges,
        styles=styles,
        hidden_rows=hidden,
        hidden_columns=frozenset(),
        preface=(),
        scraped=sheet.folded,
    )


def _place(sheet: Sheet, row: int, column: int) -> Place:
    if sheet.places and row < len(sheet.places) and column < len(sheet.places[row]):
        return sheet.places[row][column]
    return row, column
