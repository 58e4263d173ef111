"""Header cells whose spans were lost: all ways in which they tile the header, and the one that is left.

Takes the header cells of a folded (scraped) sheet in reading order and the number of columns; gives placed cells, or reasons for
doubt. A tiling covers each place once; a cell that reaches the bottom is one column wide; a blank is never a leaf; one blank at a
row's end may have been dropped. Several tilings are judged by units, parent words, repeated groups and equal sums; a sign that
speaks against all of them, or for all, is silent.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from qdlib.reading.captions import Caption
from qdlib.reading.grid import Grid
from qdlib.reading.headers import PARENT_WORDS, Placed, words_of

LIMIT = 20_000
# Two sums meet by chance in no row; in one yearbook the true groups meet in 20 of 27, as coverage differs in the last years.
HOLDS = 0.5
# A part above its whole is a misprint, or the wrong whole.
WITHIN = 0.02
Source = tuple[int, int] | None
Tiling = tuple[Placed, ...]


def place_tiling(
    grid: Grid, rows: Sequence[int], stub: Sequence[int], columns: Sequence[int], body: Sequence[int], caption: Caption
) -> tuple[list[Placed], list[str]]:
    """Placed header cells over the columns of figures, or reasons for doubt."""
    cells: list[list[Source]] = [[(row, column) for column in range(len(grid.sheet.values[row]))] for row in rows]
    width = max(len(grid.sheet.values[row]) for row in body)
    found = _all_tilings(grid, cells, rows, width, len(stub))
    if not found:
        found = [tiling for padded in _padded(cells) for tiling in _all_tilings(grid, padded, rows, width, len(stub))]
    found = list(dict.fromkeys(found))
    if not found:
        return [], [f"the header cells of rows {rows[0] + 1}-{rows[-1] + 1} tile {width} columns in no way"]
    kept = judge_tilings(grid, found, columns, body, caption)
    if len(kept) > 1:
        rivals = f"{_words(grid, kept[0])} | {_words(grid, kept[1])}"
        return [], [f"{len(found)} ways to lay out the header, {len(kept)} of them left: {rivals}"]
    return [cell for cell in kept[0] if cell.column >= columns[0]], []


def _padded(cells: Sequence[Sequence[Source]]) -> Iterator[list[list[Source]]]:
    """The same rows with one blank added at one row's end: a scrape drops it."""
    for index in range(len(cells)):
        copy = [list(row) for row in cells]
        copy[index].append(None)
        yield copy


def _all_tilings(grid: Grid, cells: Sequence[Sequence[Source]], rows: Sequence[int], width: int, corner: int) -> list[Tiling]:
    """Every placement of the cells; none where there are too many to try."""
    budget = [LIMIT]
    found = list(_fill(_Search(grid, cells, rows, corner, budget), 0, 0, tuple(range(width)), frozenset(), (), ()))
    return found if budget[0] >= 0 else []


class _Search:
    """What stays the same while tilings are tried."""

    def __init__(self, grid: Grid, cells: Sequence[Sequence[Source]], rows: Sequence[int], corner: int, budget: list[int]):
        self.grid, self.cells, self.rows, self.corner, self.budget = grid, cells, rows, corner, budget

    def blank(self, source: Source) -> bool:
        return source is None or self.grid.kind(*source) == "blank"


def _fill(
    search: _Search, level: int, index: int, free: tuple[int, ...], borders: frozenset[int], down: tuple[int, ...], placed: Tiling
) -> Iterator[Tiling]:
    """Place cell `index` of row `level` at the first free column; `down` columns stay open for the rows below."""
    search.budget[0] -= 1
    line = search.cells[level]
    left = len(line) - index
    if search.budget[0] < 0 or left > len(free) or (not left and free):
        return
    if not left:
        yield from _descend(search, level, borders, down, placed)
        return
    source, start, row, bottom = line[index], free[0], search.rows[level], search.rows[-1]
    if start < search.corner or not search.blank(source):
        leaf = Placed(source, row, start, bottom, start)
        yield from _fill(search, level, index + 1, free[1:], borders | {start, start + 1}, down, (*placed, leaf))
    if level + 1 == len(search.cells) or start < search.corner:
        return
    for size in range(1, len(free) - left + 2):
        run = free[:size]
        if run[-1] != start + size - 1 or any(column in borders for column in run[1:]):
            break
        group = Placed(source, row, start, row, run[-1])
        yield from _fill(search, level, index + 1, free[size:], borders | {start, run[-1] + 1}, (*down, *run), (*placed, group))


def _descend(search: _Search, level: int, borders: frozenset[int], down: tuple[int, ...], placed: Tiling) -> Iterator[Tiling]:
    """The next row, into the columns that groups left open."""
    last = level + 1 == len(search.cells)
    if last and not down:
        yield placed
    elif not last and down:
        yield from _fill(search, level + 1, 0, tuple(sorted(down)), borders, (), placed)


def judge_tilings(
    grid: Grid, found: Sequence[Tiling], columns: Sequence[int], body: Sequence[int], caption: Caption
) -> list[Tiling]:
    """The tilings that no sign rules out."""
    kept = list(found)
    signs: tuple[Callable[[Tiling], bool], ...] = (
        lambda tiling: _parents_fit(grid, tiling),
        lambda tiling: _units_fit(grid, tiling, columns, caption),
        lambda tiling: _groups_repeat(grid, tiling),
        lambda tiling: _sums_agree(grid, tiling, body),
        lambda tiling: _parts_within(grid, tiling, body),
    )
    for sign in signs:
        if len(kept) > 1:
            kept = [tiling for tiling in kept if sign(tiling)] or kept
    return kept


def _children(tiling: Tiling, cell: Placed) -> list[Placed]:
    """The cells directly below a group cell, left to right."""
    inside = [other for other in tiling if cell.bottom < other.row and cell.column <= other.column and other.right <= cell.right]
    top = min((other.row for other in inside), default=None)
    return sorted((other for other in inside if other.row == top), key=lambda other: other.column)


def _named_groups(grid: Grid, tiling: Tiling) -> list[tuple[str, list[Placed]]]:
    pairs = [(words_of(grid, cell).text, _children(tiling, cell)) for cell in tiling]
    return [(text, below) for text, below in pairs if text and below]


def _parents_fit(grid: Grid, tiling: Tiling) -> bool:
    """`按…分` always has children, two at least."""
    parents = {text: len(below) for text, below in _named_groups(grid, tiling)}
    words = [words_of(grid, cell).text for cell in tiling]
    return all(parents.get(text, 0) >= 2 for text in words if PARENT_WORDS.match(text)) and any(map(PARENT_WORDS.match, words))


def _units_fit(grid: Grid, tiling: Tiling, columns: Sequence[int], caption: Caption) -> bool:
    """Without a unit caption each column has one unit bracket on its path: none would be unknown, two a contradiction."""
    if caption.unit_words:
        return False
    for column in columns:
        path = [cell for cell in tiling if cell.column <= column <= cell.right]
        stated = [cell for cell in path if words_of(grid, cell).unit is not None]
        inherited = any(words_of(grid, cell).text[:1] == "#" or not words_of(grid, cell).text for cell in path)
        if len(stated) != 1 and not (inherited and not stated):
            return False
    return True


def _groups_repeat(grid: Grid, tiling: Tiling) -> bool:
    """Two groups or more with equally many children, of which the first, or all, bear the same words."""
    groups = [[words_of(grid, cell).text for cell in below] for _, below in _named_groups(grid, tiling)]
    groups = [texts for texts in groups if len(texts) >= 2]
    if len(groups) < 2 or len({len(texts) for texts in groups}) > 1:
        return False
    return len({texts[0] for texts in groups}) == 1


def _sums_agree(grid: Grid, tiling: Tiling, body: Sequence[int]) -> bool:
    """The groups of one level add up to the same total, in most rows and within rounding."""
    groups = [range(below[0].column, below[-1].right + 1) for _, below in _named_groups(grid, tiling) if len(below) >= 2]
    if len(groups) < 2:
        return False
    hits = misses = 0
    for row in body:
        sums = [_sum_of(grid, row, columns) for columns in groups]
        if any(total is None for total in sums):
            continue
        slack = max(half for _, half in sums) * 2
        agree = max(total for total, _ in sums) - min(total for total, _ in sums) <= slack
        hits, misses = hits + agree, misses + (not agree)
    return hits >= 8 and hits >= HOLDS * (hits + misses)


def _parts_within(grid: Grid, tiling: Tiling, body: Sequence[int]) -> bool:
    """Columns marked # under a blank never add up to more than the label to the left of the blank: what they are parts of."""
    hits = misses = 0
    for group in tiling:
        marked = [cell for cell in _children(tiling, group) if words_of(grid, cell).text.startswith("#")]
        whole = next((cell for cell in tiling if cell.right == group.column - 1 and cell.row <= group.row <= cell.bottom), None)
        if words_of(grid, group).text or not marked or whole is None or whole.column != whole.right:
            continue
        for row in body:
            total, parts = grid.parsed(row, whole.column), _sum_of(grid, row, [cell.column for cell in marked])
            if total.kind == "number" and parts is not None and parts[0]:
                fits = parts[0] <= total.value + parts[1]
                hits, misses = hits + fits, misses + (not fits)
    return hits >= 8 and misses <= WITHIN * (hits + misses)


def _sum_of(grid: Grid, row: int, columns: Sequence[int]) -> tuple[Decimal, Decimal] | None:
    """Sum and rounding half-width of a row's cells; a missing mark counts as nothing, anything else as unknown."""
    total, half = Decimal(0), Decimal(0)
    for column in columns:
        parsed = grid.parsed(row, column)
        if parsed.kind == "missing":
            continue
        if parsed.kind != "number":
            return None
        total += parsed.value
        half += Decimal("0.5").scaleb(-parsed.decimals)
    return total, half


def _words(grid: Grid, tiling: Tiling) -> str:
    """A tiling in words: groups with their children."""
    groups = [
        f"{text} over {'+'.join(words_of(grid, cell).text or '(blank)' for cell in below)}"
        for text, below in _named_groups(grid, tiling)
    ]
    return "; ".join(groups)[:120] or "flat"
