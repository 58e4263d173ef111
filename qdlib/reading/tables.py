"""The entry: a file → its tables, or what is not certain about them.

Takes a path (or the sheets of a file); gives an `Examination`. Sheets come from `sources`, blocks from `blocks`, each block is
put together in `assembly`. `read_tables` is the strict form: it raises `NeedsRecipe` that lists every uncertain table. A sheet
with fewer than two figures (cover, watermark) is listed in `without_table`.
"""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from qdlib.catalogue.names import compact
from qdlib.catalogue.units import packaged_units
from qdlib.errors import raise_all
from qdlib.reading.assembly import assemble
from qdlib.reading.blocks import Block, find_blocks
from qdlib.reading.captions import Caption, read_captions
from qdlib.reading.errors import NeedsRecipe, RecipeMismatch
from qdlib.reading.grid import Grid
from qdlib.reading.layouts import box_of, check_counts, check_labels, lay_out, with_spans
from qdlib.reading.model import Examination, Finding, Table, Uncertain
from qdlib.reading.recipes import NO_RECIPE, Recipe, make_recipes
from qdlib.reading.sheet import Sheet
from qdlib.reading.side_by_side import stack_blocks
from qdlib.reading.sources import load_recipes, read_sheets, table_files

FEWEST_FIGURES = 2
Recipes = tuple[Recipe, Sequence[Recipe]]
NO_RECIPES: Recipes = (NO_RECIPE, ())


def examine_file(
    path: str | Path, *, sheet: str | None = None, region: str | None = None, recipe: str | Path | bool = True
) -> Examination:
    """Everything that the reader sees in a file. `region`: A1 range of header, stub and body, on one sheet.

    recipe: True for the recipes beside the file and its edition, False for none, or the path of one. Raises UnreadableFile, and
    RecipeMismatch where a recipe does not fit.
    """
    recipes = make_recipes(load_recipes(path, recipe)) if recipe and region is None else NO_RECIPES
    with collector_paused():
        return examine_sheets(read_sheets(path, sheet), region=region, recipes=recipes)


@contextmanager
def collector_paused() -> Iterator[None]:
    """A large sheet makes a million small objects and no cycles; searching them for cycles would take a fifth of the time.

    Freezing and unfreezing hands what was made to the oldest generation unsearched: otherwise the first object made afterwards
    would pay for all of them. A process that has frozen objects of its own keeps them so.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def read_tables(
    path: str | Path, *, sheet: str | None = None, region: str | None = None, recipe: str | Path | bool = True
) -> list[Table]:
    """The tables of a file. Raises NeedsRecipe, listing every table that is not certain."""
    seen = examine_file(path, sheet=sheet, region=region, recipe=recipe)
    if seen.uncertain:
        faults = [table.words() for table in seen.uncertain]
        raise NeedsRecipe("\n".join(faults), faults=faults)
    return list(seen.tables)


def read_edition(folder: str | Path) -> Examination:
    """All table files of an edition's folder, one after the other, continued pages (续表) read together."""
    return merge_examinations(examine_edition(table_files(Path(folder))).values())


def examine_edition(paths: Iterable[Path]) -> dict[Path, Examination]:
    """What the reader sees in each file of one edition, continued pages read together. Raises UnreadableFile, RecipeMismatch."""
    from qdlib.reading.continuations import join_pages

    seen = {path: examine_file(path) for path in paths}
    return dict(zip(seen, join_pages(list(seen.values())), strict=True))


def examine_sheets(sheets: Iterable[Sheet], *, region: str | None = None, recipes: Recipes = NO_RECIPES) -> Examination:
    """All tables of some sheets. recipes: for every table, and for single ones. Raises RecipeMismatch."""
    general, single = recipes
    used: dict[int, int] = {}
    faults: list[str] = []
    parts = [examine_sheet(sheet, region, general, single, used, faults) for sheet in sheets]
    for index, recipe in enumerate(single):
        if used.get(index, 0) != 1:
            titles = [f"{table.sheet}!{table.range} {table.number} {table.title}" for part in parts for table in (*part.tables, *part.uncertain)]
            faults.append(f"{recipe.words()} is there {used.get(index, 0)} times, expected once; the file has {'; '.join(titles) or 'no table'}")
    raise_all(RecipeMismatch, faults, "recipe does not fit")
    return merge_examinations(parts)


def merge_examinations(parts: Iterable[Examination]) -> Examination:
    parts = list(parts)
    return Examination(
        tuple(table for part in parts for table in part.tables),
        tuple(table for part in parts for table in part.uncertain),
        tuple(name for part in parts for name in part.without_table),
        tuple(finding for part in parts for finding in part.findings),
    )


def examine_sheet(
    sheet: Sheet,
    region: str | None = None,
    general: Recipe = NO_RECIPE,
    single: Sequence[Recipe] = (),
    used: dict[int, int] | None = None,
    faults: list[str] | None = None,
) -> Examination:
    """The tables of one sheet; with a region, the one table inside it. `used` counts the recipes that met a table."""
    used = {} if used is None else used
    faults = [] if faults is None else faults
    mine = [(index, recipe) for index, recipe in enumerate(single) if recipe.sheet in ("", sheet.name)]
    for _, recipe in mine:
        sheet = with_spans(sheet, recipe.layout)
    grid = Grid(sheet, packaged_units(), box_of(sheet, region) if region else None)
    if not _has_figures(grid):
        return Examination(without_table=(f"{sheet.file}!{sheet.name}",))
    found = _boxed(sheet, mine) if region is None else []
    blocks = find_blocks(grid, _caption_above(grid) if region else None)
    found += [(block, grid, None) for block in blocks if not any(_overlap(block, other) for other, _, _ in found)]
    if not found:
        reason = "figures, but no row with a label in front of them"
        place = grid.where(grid.top, grid.left, grid.bottom, grid.right)
        return Examination(uncertain=(Uncertain(sheet.file, sheet.name, place, "", (), (reason,), source=sheet),))
    tables: list[Table] = []
    uncertain: list[Uncertain] = []
    findings: list[Finding] = []
    for block, place, index in found:
        index, recipe = (index, single[index]) if index is not None else _choose(block, mine, general)
        if index is not None:
            used[index] = used.get(index, 0) + 1
        for other, where in [(lay_out(place, block, recipe.layout), place)] if index is not None else _unfold(place, block):
            result, remarks = assemble(where, other, recipe, region is not None)
            if isinstance(result, Table):
                faults += [*check_labels(recipe, result), *check_counts(recipe, result)] if index is not None else []
            (tables if isinstance(result, Table) else uncertain).append(result)
            findings += remarks
    return Examination(tuple(tables), tuple(uncertain), (), tuple(findings))


def _caption_above(grid: Grid) -> Caption:
    above = grid.above()
    return read_captions(((row, above.text(row, column)) for row in above.rows for column in above.filled(row)), grid.units)


def _boxed(sheet: Sheet, mine: Sequence[tuple[int, Recipe]]) -> list[tuple[Block, Grid, int | None]]:
    """The blocks of recipes that state a region."""
    found: list[tuple[Block, Grid, int | None]] = []
    for index, recipe in mine:
        if recipe.layout.region:
            grid = Grid(sheet, packaged_units(), box_of(sheet, recipe.layout.region))
            caption = _caption_above(grid)
            blocks = find_blocks(grid, caption)[:1] or [Block(caption, [grid.top], [grid.bottom], [grid.left])]
            if _same_table(blocks[0], recipe):
                found.append((blocks[0], grid, index))
    return found


def _overlap(first: Block, second: Block) -> bool:
    return first.first <= second.last and second.first <= first.last


def _choose(block: Block, mine: Sequence[tuple[int, Recipe]], general: Recipe) -> tuple[int | None, Recipe]:
    """The recipe that names this block's caption, or what holds for every table."""
    fits = [(index, recipe) for index, recipe in mine if not recipe.layout.region and _same_table(block, recipe)]
    return fits[0] if fits else (None, general)


def _same_table(block: Block, recipe: Recipe) -> bool:
    caption = block.caption
    return recipe.number in ("", caption.number) and compact(recipe.title) in ("", compact(caption.title))


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
