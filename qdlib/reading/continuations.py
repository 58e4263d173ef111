"""Pages of one table: a table that goes on in another file or sheet (续表) is read as a whole.

Takes examinations; gives them with continued pages read together. Pages belong together by number and title; those with the header of
the first page go on downwards, in the order of their page numbers, so that a numbered list keeps its beginning and a city its province.
Pages with other columns stay tables of their own. Each value keeps the file and cell where it stands; a label on an earlier page is
named with its file. A first page that is missing is a finding, and a whole that is not certain leaves its pages as they were.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qdlib.catalogue.names import compact
from qdlib.catalogue.units import packaged_units
from qdlib.reading.assembly import assemble
from qdlib.reading.blocks import Block, find_blocks
from qdlib.reading.grid import Grid
from qdlib.reading.model import Examination, Finding, Label, Table, Uncertain, Value
from qdlib.reading.sheet import Place, Sheet, from_a1

# Rows of page n are counted from n times this number while the pages are one sheet; a worksheet has 1,048,576 rows at most.
PAGE = 2_000_000


@dataclass(frozen=True)
class Page:
    """One page: where its table came from, and its grid."""

    table: Table | Uncertain
    grid: Grid
    block: Block


def join_pages(seen: Sequence[Examination]) -> list[Examination]:
    """The examinations, in their order, with continued pages read together and a finding where a first page is missing."""
    groups: dict[tuple[str, str], list[Table | Uncertain]] = {}
    for part in seen:
        for table in (*part.tables, *part.uncertain):
            if table.number and table.source is not None:
                groups.setdefault((table.number, compact(table.title)), []).append(table)
    instead: dict[int, list[Table]] = {}
    findings: dict[int, list[Finding]] = {}
    for group in groups.values():
        if any(table.page for table in group):
            pages, remarks = _join_group(sorted(group, key=lambda table: table.page))
            instead |= pages
            findings |= remarks
    return [_replaced(part, instead, findings) for part in seen]


def _replaced(part: Examination, instead: Mapping[int, list[Table]], findings: Mapping[int, list[Finding]]) -> Examination:
    kept = [table for table in part.tables if id(table) not in instead]
    joined = [table for old in (*part.tables, *part.uncertain) for table in instead.get(id(old), ())]
    uncertain = tuple(table for table in part.uncertain if id(table) not in instead)
    more = [finding for old in (*part.tables, *part.uncertain) for finding in findings.get(id(old), ())]
    return replace(part, tables=(*kept, *joined), uncertain=uncertain, findings=(*part.findings, *more))


def _join_group(group: Sequence[Table | Uncertain]) -> tuple[dict[int, list[Table]], dict[int, list[Finding]]]:
    """Tables of each page by the identity of what they replace; findings likewise."""
    first = group[0]
    if first.page:
        words = f"{first.file}: the first page of {first.number} {first.title} is not there, only page {first.page + 1} and what follows"
        return {}, {id(first): [Finding(first.range.partition(":")[0], "first_page_missing", "high", words)]}
    numbers = [table.page for table in group]
    if len(set(numbers)) < len(numbers):
        return {}, {}
    pages = [page for table in group if (page := _page_of(table)) is not None]
    if not pages or pages[0].table is not first:
        return {}, {}
    same = [pages[0], *(page for page in pages[1:] if _heads(page) == _heads(pages[0]))]
    if len(same) < 2:
        return {}, {}
    sheet = _joined(same)
    grid = Grid(sheet, packaged_units())
    blocks = find_blocks(grid, same[0].block.caption)
    if len(blocks) != 1:
        return {}, {}
    whole, remarks = assemble(grid, blocks[0])
    if not isinstance(whole, Table):
        return {}, {}
    tables = _split(whole, same)
    found = {id(page.table): [table] for page, table in zip(same, tables, strict=True)}
    told: dict[int, list[Finding]] = {}
    for finding in remarks:
        number, cell = _back(finding.cell)
        told.setdefault(id(same[number].table), []).append(replace(finding, cell=cell))
    return found, {key: told.get(key, []) for key in found}


def _page_of(table: Table | Uncertain) -> Page | None:
    """The page's grid and its block again; None where its sheet holds another table beside it."""
    grid = Grid(table.source, packaged_units())
    blocks = find_blocks(grid)
    return Page(table, grid, blocks[0]) if len(blocks) == 1 else None


def _heads(page: Page) -> list[tuple[str, ...]]:
    """Header texts, row by row."""
    return [tuple(page.grid.label(row, column).text for column in page.grid.columns) for row in page.block.header]


def _joined(pages: Sequence[Page]) -> Sheet:
    """Header of the first page and the bodies of all, each cell at its address in its page."""
    values, places, merges, styles = [], [], {}, {}
    for number, page in enumerate(pages):
        rows = [*(page.block.header if number == 0 else ()), *page.block.body]
        wraps = [row for below in page.block.wraps.values() for row in below]
        for row in sorted({*rows, *wraps}):
            sheet, here = page.grid.sheet, len(values)
            line = sheet.values[row]
            values.append(line)
            places.append(tuple(_shifted(sheet, row, column, number) for column in range(len(line))))
            merges |= {(here, place[1]): span for place, span in sheet.merges.items() if place[0] == row}
            styles |= {(here, place[1]): style for place, style in sheet.styles.items() if place[0] == row}
    first = pages[0].grid.sheet
    return replace(
        first,
        values=tuple(values),
        places=tuple(places),
        merges=merges,
        styles=styles,
        hidden_rows=frozenset(),
        hidden_columns=frozenset(),
        preface=(),
        scraped=first.folded,
    )


def _shifted(sheet: Sheet, row: int, column: int, page: int) -> Place:
    real_row, real_column = from_a1(sheet.a1(row, column))
    return real_row + page * PAGE, real_column


def _back(a1: str) -> tuple[int, str]:
    """Page number and address in that page."""
    letters = a1.rstrip("0123456789")
    page, row = divmod(int(a1[len(letters) :]) - 1, PAGE)
    return page, f"{letters}{row + 1}"


def _split(whole: Table, pages: Sequence[Page]) -> list[Table]:
    """One table a page: its values, with labels of the whole."""
    made: dict[tuple[int, int], Label] = {}

    def label_of(label: Label, page: int) -> Label:
        """The label as seen from a page: a cell of another page is named with its file."""
        key = (id(label), page)
        if key not in made:
            number, cell = _back(label.cell)
            away = pages[number].table
            shown = cell if number == page else f"{away.file}!{away.sheet}!{cell}"
            parent = label_of(label.parent, page) if label.parent else None
            made[key] = replace(label, cell=shown, parent=parent)
        return made[key]

    def value_of(value: Value, page: int) -> Value:
        row, column = (tuple(label_of(label, page) for label in path) for path in (value.row, value.column))
        return value._replace(cell=_back(value.cell)[1], row=row, column=column)

    tables = []
    for number, page in enumerate(pages):
        values = tuple(value_of(value, number) for value in whole.values if _back(value.cell)[0] == number)
        labels = tuple(label_of(label, number) for label in whole.labels if _back(label.cell)[0] == number or label.axis == "column")
        evidence = (*whole.evidence, f"page {number + 1} of {len(pages)}, read together")
        tables.append(
            replace(
                whole,
                file=page.table.file,
                sheet=page.table.sheet,
                range=page.table.range,
                labels=labels,
                values=values,
                notes=tuple(note.strip() for note in page.block.notes),
                evidence=evidence,
                source=page.grid.sheet,
                page=page.table.page,
            )
        )
    return tables

