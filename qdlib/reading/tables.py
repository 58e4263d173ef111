"""The entry: a file → its tables, or what is not certain about them.

Takes a path (or the sheets of a file); gives an `Examination`. Sheets come from `sources`, blocks from `blocks`, each block is
put together in `assembly`. `read_tables` is the strict form: it raises `NeedsRecipe` that lists every uncertain table. A sheet
with fewer than two figures (cover, watermark) is listed in `without_table`.
"""

from collections.abc import Iterable
from pathlib import Path

from qdlib.catalogue.units import packaged_units
from qdlib.reading.assembly import assemble
from qdlib.reading.blocks import Block, find_blocks
from qdlib.reading.captions import read_captions
from qdlib.reading.errors import NeedsRecipe
from qdlib.reading.grid import Grid
from qdlib.reading.model import Examination, Finding, Table, Uncertain
from qdlib.reading.sheet import Sheet, from_range
from qdlib.reading.side_by_side import stack_blocks
from qdlib.reading.sources import read_sheets

FEWEST_FIGURES = 2


def examine_file(path: str | Path, *, sheet: str | None = None, region: str | None = None) -> Examination:
    """Everything that the reader sees in a file. `region`: A1 range of header, stub and body, on one sheet."""
    return examine_sheets(read_sheets(path, sheet), region=region)


def read_tables(path: str | Path, *, sheet: str | None = None, region: str | None = None) -> list[Table]:
    """The tables of a file. Raises NeedsRecipe, listing every table that is not certain."""
    seen = examine_file(path, sheet=sheet, region=region)
    if seen.uncertain:
        faults = [table.words() for table in seen.uncertain]
        raise NeedsRecipe("\n".join(faults), faults=faults)
    return list(seen.tables)


def read_edition(folder: str | Path) -> Examination:
    """All table files of an edition's folder, one after the other; a continued page (续表) stays a table of its own."""
    from qdlib.reading.sources import table_files

    return merge_examinations(examine_file(path) for path in table_files(Path(folder)))


def examine_sheets(sheets: Iterable[Sheet], *, region: str | None = None) -> Examination:
    return merge_examinations(examine_sheet(sheet, region) for sheet in sheets)


def merge_examinations(parts: Iterable[Examination]) -> Examination:
    parts = list(parts)
    return Examination(
        tuple(table for part in parts for table in part.tables),
        tuple(table for part in parts for table in part.uncertain),
        tuple(name for part in parts for name in part.without_table),
        tuple(finding for part in parts for finding in part.findings),
    )


def examine_sheet(sheet: Sheet, region: str | None = None) -> Examination:
    """The tables of one sheet; with a region, the one table inside it."""
    units = packaged_units()
    outside = None
    if region is not None:
        grid = Grid(sheet, units, from_range(region))
        above = grid.above()
        outside = read_captions(((row, above.text(row, column)) for row in above.rows for column in above.filled(row)), units)
    else:
        grid = Grid(sheet, units)
    if not _has_figures(grid):
        return Examination(without_table=(f"{sheet.file}!{sheet.name}",))
    blocks = find_blocks(grid, outside)
    if not blocks:
        reason = "figures, but no row with a label in front of them"
        place = grid.where(grid.top, grid.left, grid.bottom, grid.right)
        return Examination(uncertain=(Uncertain(sheet.file, sheet.name, place, "", (), (reason,)),))
    tables: list[Table] = []
    uncertain: list[Uncertain] = []
    findings: list[Finding] = []
    for block, place in [pair for found in blocks for pair in _unfold(grid, found)]:
        result, remarks = assemble(place, block)
        (tables if isinstance(result, Table) else uncertain).append(result)
        findings += remarks
    return Examination(tuple(tables), tuple(uncertain), (), tuple(findings))


def _unfold(grid: Grid, block: Block) -> list[tuple[Block, Grid]]:
    """The block with its grid; one that repeats its header sideways is read from a stacked grid."""
    stacked = stack_blocks(grid, block)
    if stacked is None:
        return [(block, grid)]
    found = find_blocks(stacked, block.caption)
    for other in found:
        other.notes += block.notes
        other.faults += block.faults
    return [(other, stacked) for other in found] or [(block, grid)]


def _has_figures(grid: Grid) -> bool:
    count = 0
    for row in grid.rows:
        for column in grid.columns:
            count += grid.kind(row, column) in ("number", "split", "year")
            if count >= FEWEST_FIGURES:
                return True
    return False
