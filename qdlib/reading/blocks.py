"""A sheet → blocks: captions, header rows, body rows, notes.

Takes a `Grid`; gives `Block`s. A blank row or column is no border. Header is whatever lies between the captions and the first
labelled row that is mostly figures (30 % of its filled cells), gaps included. Below figures, a numbered title, a unit caption or
new header labels open another block, and the block's own header printed again carries it on.
Which label covers which column is decided in `headers` and `stubs`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from qdlib.reading.captions import (
    Caption,
    has_table_number,
    has_unit_caption,
    is_base,
    is_continued,
    is_note,
    is_preamble,
    read_captions,
)
from qdlib.reading.grid import FIGURES, LABELS, Grid
from qdlib.reading.labels import is_latin, region_rank
from qdlib.reading.stubs import CORNERS, MOST_CODES, find_stub

BODY_SHARE = 0.3
REPEAT_SHARE = 0.8
KNOWN = frozenset({"title", "unit", "base", "preamble", "note", "continued"})


@dataclass
class Block:
    """Row numbers by role. `body` holds value rows and group rows in order; `faults` are reasons for doubt.

    `wraps`: a body row → the rows below it that hold nothing but the rest of its label, as its figures are merged over them.
    """

    caption: Caption
    header: list[int]
    body: list[int]
    stub: list[int]
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    wraps: dict[int, list[int]] = field(default_factory=dict)

    @property
    def first(self) -> int:
        return min([*self.header, *self.body])

    @property
    def last(self) -> int:
        return max([*self.header, *self.body])


def find_blocks(grid: Grid, outside: Caption | None = None) -> list[Block]:
    """Blocks of a grid, top to bottom. `outside`: the caption above a given region, whose first row is header already."""
    blocks: list[Block] = []
    kinds = {row: row_kind(grid, row) for row in grid.rows}
    for rows in _segments(kinds):
        block = _read_segment(grid, rows, kinds, blocks[-1] if blocks else None, outside if not blocks else None)
        if isinstance(block, Block):
            blocks.append(block)
    return blocks


def is_body_row(grid: Grid, row: int) -> bool:
    """A label in front, then figures (not all of them years) in at least 30 % of the other filled cells."""
    filled = grid.filled(row)
    kinds = grid.kinds(row, filled)
    first = kinds.index("text") if "text" in kinds else 0
    if first <= MOST_CODES and all(kind == "number" for kind in kinds[:first]) and len(filled) > first + 1:
        filled, kinds = filled[first:], kinds[first:]
    if len(filled) < 2 or kinds[0] not in LABELS:
        return False
    filled, kinds = filled[1:], kinds[1:]
    figures = sum(map(kinds.count, FIGURES))
    years = kinds.count("year")
    if len(kinds) > 1 and all(grid.names_time(row, column) for column, kind in zip(filled, kinds, strict=True) if kind != "text"):
        return False
    return figures > 0 and figures + years >= BODY_SHARE * len(kinds) and figures >= years


def row_kind(grid: Grid, row: int) -> str:
    """Role of a row by its own words: blank, body, note, unit, title, base, preamble, single or other."""
    filled = grid.filled(row)
    if not filled:
        return "blank"
    if is_body_row(grid, row):
        return "body"
    texts = [grid.text(row, column) for column in filled]
    figures = any(grid.kind(row, column) in ("number", "split") for column in filled[1:])
    if is_note(texts[0]) and not figures:
        return "note"
    if any(has_unit_caption(text) for text in texts) and len(filled) <= 3:
        return "unit"
    if not figures and len(filled) <= 3 and any(has_table_number(text) for text in texts):
        return "title"
    if len(filled) <= 2 and is_preamble(texts[0]):
        return "preamble"
    if len(filled) == 1 and is_continued(texts[0]):
        return "continued"
    if len(filled) == 1:
        return "base" if is_base(texts[0]) else "single"
    return "other"


def _segments(kinds: Mapping[int, str]) -> list[list[int]]:
    """Rows cut before a caption that follows body rows."""
    segments: list[list[int]] = [[]]
    seen_body = False
    for row, kind in kinds.items():
        if kind in ("title", "unit", "preamble") and seen_body:
            segments.append([])
            seen_body = False
        seen_body |= kind == "body"
        segments[-1].append(row)
    return [rows for rows in segments if rows]


def _read_segment(
    grid: Grid, rows: list[int], every: Mapping[int, str], before: Block | None, outside: Caption | None
) -> Block | None:
    """One block; None where the rows hold none, or where they continue `before` (which then grows)."""
    kinds = {row: every[row] for row in rows}
    start = next((row for row in rows if kinds[row] == "body"), None)
    if start is None:
        if before is not None:
            before.notes += [grid.text(row, column) for row in rows for column in grid.filled(row)]
        return None
    stub, _ = find_stub(grid, [row for row in rows if kinds[row] == "body"])
    for row in rows:  # a row that starts right of the stub labels columns, whatever figures its labels are
        if kinds[row] == "body" and stub and grid.filled(row)[0] > stub[-1]:
            kinds[row] = "other"
        elif kinds[row] == "body":
            start = row
            break
    head = [row for row in rows if row < start]
    captions, header = ([], head) if outside is not None else _split_head(grid, head, kinds)
    lines = [(-1, line) for line in grid.sheet.preface if before is None] + _lines(grid, captions)
    caption = outside if outside is not None else read_captions(lines, grid.units)
    body_rows = [row for row in rows if row >= start and kinds[row] == "body"]
    stub, faults = find_stub(grid, body_rows)
    header, early = _split_years(grid, header, stub)
    header, groups = _split_groups(grid, header, stub)
    groups += early
    if before is not None and _continues(grid, before, caption, header):
        before.body += groups
        _fill_body(grid, before, [row for row in rows if row >= start], kinds)
        return None
    if outside is None or len(header) > 1:
        faults += _figures_in(grid, header, stub)
    block = Block(caption, [row for row in header if grid.filled(row)], groups, stub, [], faults)
    _fill_body(grid, block, [row for row in rows if row >= start], kinds)
    return block


def _figures_in(grid: Grid, header: Sequence[int], stub: list[int]) -> list[str]:
    """Header rows below another one that hold nothing but figures: rows of the body whose label is lost."""
    filled = [row for row in header if grid.filled(row)]
    for row in filled[1:]:
        cells = grid.filled(row)
        numbers = [grid.parsed(row, column).value for column in cells if grid.kind(row, column) == "number"]
        numbered = [int(number) for number in numbers] == list(range(1, len(numbers) + 1))
        if len(numbers) == len(cells) > 1 and not numbered and not any(column in stub for column in cells):
            return [f"row {row + 1} holds figures and no label: {_shorten(grid, row)}"]
    return []


def _lines(grid: Grid, rows: Iterable[int]) -> list[tuple[int, str]]:
    return [(row, grid.text(row, column)) for row in rows for column in grid.filled(row)]


def _split_head(grid: Grid, rows: list[int], kinds: dict[int, str]) -> tuple[list[int], list[int]]:
    """Caption rows, header rows. The header starts at the first row that is no caption; a lone cell in front is a title."""
    captions: list[int] = []
    header: list[int] = []
    for row in rows:
        kind = kinds[row]
        if kind == "blank":
            (header if header else captions).append(row)
        elif kind in KNOWN or (kind == "single" and not header and _is_title(grid, row, captions, kinds)):
            captions.append(row)
        else:
            header.append(row)
    return captions, header


def _is_title(grid: Grid, row: int, captions: list[int], kinds: dict[int, str]) -> bool:
    """A lone cell above the header: in the first column, over the whole width, or before any other caption."""
    column = grid.filled(row)[0]
    if grid.label(row, column).text in CORNERS or (column != grid.left and grid.names_time(row, column)):
        return False
    span = grid.sheet.merges.get((row, column), (1, 1))[1]
    first = not any(kinds[other] != "blank" for other in captions)
    return column == grid.left or span >= 0.8 * len(grid.columns) or first or is_latin(grid.text(row, column))


def _split_groups(grid: Grid, header: list[int], stub: list[int]) -> tuple[list[int], list[int]]:
    """Rows just above the body with nothing but stub labels are group rows, where the header above has a corner already."""
    groups: list[int] = []
    rest = list(header)
    while rest and _only_stub(grid, rest[-1], stub):
        row = rest[-1]
        if grid.sheet.folded and len(grid.sheet.values[row]) <= max(stub, default=0) + 1 and grid.filled(row):
            break  # a scrape keeps the blanks of a group row: a lone cell belongs to the header
        texts = [grid.label(row, column).text for column in grid.filled(row)]
        corner = any(grid.kind(other, column) != "blank" for other in rest[:-1] for column in stub)
        named = any(text in CORNERS for text in texts)
        labelled = any(not _only_stub(grid, other, stub) for other in rest[:-1] if grid.filled(other))
        if texts and grid.conventions.latin and labelled:
            groups.insert(0, rest.pop())
            continue
        if texts and (
            named or not labelled or all(map(is_latin, texts)) or not (corner or _below_blank_corner(grid, rest, stub))
        ):
            break
        rest.pop()
        if texts:
            groups.insert(0, row)
    return rest, groups


def _split_years(grid: Grid, header: list[int], stub: list[int]) -> tuple[list[int], list[int]]:
    """Rows of figures that look like years: below a row with a corner label, a row with a label of its own is body."""
    corner = False
    for index, row in enumerate(header):
        labelled = any(grid.kind(row, column) != "blank" for column in stub)
        cells = [column for column in grid.filled(row) if column not in stub]
        if corner and labelled and cells and all(grid.names_time(row, column) for column in cells):
            return header[:index], [other for other in header[index:] if grid.filled(other)]
        corner |= labelled
    return header, []


def _below_blank_corner(grid: Grid, rest: list[int], stub: list[int]) -> bool:
    """A table without any corner label: its first lone stub label opens a group if the row above it labels columns."""
    return len(rest) > 1 and not _only_stub(grid, rest[-2], stub)


def _only_stub(grid: Grid, row: int, stub: list[int]) -> bool:
    return all(column in stub for column in grid.filled(row))


def _continues(grid: Grid, before: Block, caption: Caption, header: list[int]) -> bool:
    """A page break: the header is the one above, and the caption names no other table and no other unit."""
    other = caption.number and caption.number != before.caption.number
    if other or (caption.unit_words and caption.unit_words != before.caption.unit_words):
        return False
    return bool(header) and _same_rows(grid, before.header, [row for row in header if grid.filled(row)])


def _same_rows(grid: Grid, first: list[int], second: list[int]) -> bool:
    """Two headers with at least 80 % equal cells."""
    if len(first) != len(second):
        return False
    equal = total = 0
    for one, other in zip(first, second, strict=True):
        for column in grid.columns:
            left, right = grid.label(one, column).text, grid.label(other, column).text
            if left or right:
                total += 1
                equal += left == right
    return total > 1 and equal >= REPEAT_SHARE * total


def _fill_body(grid: Grid, block: Block, rows: list[int], kinds: dict[int, str]) -> None:
    """Body rows, skipping repeated headers; text rows after the last value are notes, other strange rows are faults."""
    last = max((row for row in rows if kinds[row] == "body" or _has_figures(grid, row, block)), default=-1)
    index = 0
    while index < len(rows):
        row = rows[index]
        index += 1
        if kinds[row] in ("blank", "continued"):
            continue
        wrapped = block.body and _group_like(grid, row, block) and _merged_down(grid, block.body[-1], row, block.stub)
        if kinds[row] == "note" or (row > last and not wrapped and not _is_region(grid, row, block)):
            block.notes += [grid.text(row, column) for column in grid.filled(row)]
            continue
        depth = 0 if kinds[row] == "body" else _repeated_header(grid, block, rows[index - 1 :])
        if depth:
            index += depth - 1
        elif wrapped:
            block.wraps.setdefault(block.body[-1], []).append(row)
        elif kinds[row] == "body" or _group_like(grid, row, block):
            block.body.append(row)
        elif kinds[row] in ("base", "single") and not _only_stub(grid, row, block.stub):
            block.notes += [grid.text(row, column) for column in grid.filled(row)]
        elif _has_figures(grid, row, block):
            block.body.append(row)
        else:
            block.faults.append(f"row {row + 1} is neither values nor a group: {_shorten(grid, row)}")


def _has_figures(grid: Grid, row: int, block: Block) -> bool:
    """Figures, marks or damaged figures and no words right of the stub: a row of the body, with or without a label.

    Beside a label 1990 may be a figure; a lone year is a page's or a note's.
    """
    filled = grid.filled(row)
    kinds = [grid.kind(row, column) for column in filled if column not in block.stub]
    known = {*FIGURES, "unreadable", "code"} | ({"year"} if filled and filled[0] in block.stub else set())
    return bool(kinds) and all(kind in known for kind in kinds)


def _is_region(grid: Grid, row: int, block: Block) -> bool:
    """A province or municipality without figures: a row of the table even after the last value."""
    return _group_like(grid, row, block) and region_rank(grid.label(row, grid.filled(row)[0]).text) is not None


def _group_like(grid: Grid, row: int, block: Block) -> bool:
    """A label in the stub and nothing else."""
    filled = grid.filled(row)
    return bool(filled) and all(column in block.stub for column in filled)


def _merged_down(grid: Grid, above: int, row: int, stub: list[int]) -> bool:
    """True where the figures of the row above are merged over this row."""
    filled = [column for column in grid.filled(above) if column not in stub]
    spans = [grid.sheet.merges.get((above, column), (1, 1))[0] for column in filled]
    return bool(spans) and all(above + span > row for span in spans)


def _repeated_header(grid: Grid, block: Block, rows: list[int]) -> int:
    """How many of these rows repeat the block's header (blank rows between included); 0 for none."""
    wanted = list(block.header)
    used = 0
    for row in rows:
        if not wanted:
            break
        used += 1
        if not grid.filled(row):
            continue
        if not _same_rows(grid, [wanted[0]], [row]) and not _equal_row(grid, wanted[0], row):
            return 0
        wanted.pop(0)
    return 0 if wanted else used


def _equal_row(grid: Grid, first: int, second: int) -> bool:
    return all(grid.label(first, column).text == grid.label(second, column).text for column in grid.columns)


def _shorten(grid: Grid, row: int) -> str:
    return " | ".join(grid.text(row, column).strip() for column in grid.filled(row))[:80]
