"""HTML pages, often saved as .xls → one `Sheet` for each table, `table1` … in document order.

Takes text that we decoded ourselves (a page declared gb2312 may be UTF-8 or GB18030); gives grids with spans expanded: the top
left cell keeps the text, the span is a merge. Overlapping spans are loud. `x:num` is the stored number and must round to the
shown text. Text just before a table (a title in a `<div>`) becomes rows on top of its grid. Nested layout tables give their
inner tables.
"""

import re

from qdlib.reading.cells import parse_cell
from qdlib.reading.errors import UnreadableFile
from qdlib.reading.sheet import Place, Sheet, Style

DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
MOST_SPAN = 1000


def declared_charset(data: bytes) -> str | None:
    found = DECLARED.search(data[:4096])
    return found[1].decode("ascii") if found else None


def read_html(text: str, file: str, sha256: str, encoding: str) -> list[Sheet]:
    """A sheet for each table that holds no other table. Raises UnreadableFile where there is none."""
    from lxml import html

    bare = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        root = html.fromstring(bare)
    except (ValueError, SyntaxError, html.etree.LxmlError) as fault:
        raise UnreadableFile(
            f"{file}: the page cannot be parsed ({fault}); open it in a spreadsheet program and save it as xlsx"
        ) from fault
    tables = list(root.iter("table"))
    inner = [table for table in tables if not any(other is not table for other in table.iter("table"))]
    if not inner:
        raise UnreadableFile(f"{file}: an HTML page without a table")
    return [_read_table(table, tables, f"table{tables.index(table) + 1}", file, sha256, encoding) for table in inner]


def _read_table(table, tables, name: str, file: str, sha256: str, encoding: str) -> Sheet:
    grid: dict[Place, object] = {}
    merges: dict[Place, tuple[int, int]] = {}
    styles: dict[Place, Style] = {}
    taken: set[Place] = set()
    rows = list(table.iter("tr"))
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while (number, column) in taken:
                column += 1
            height, width = _span(cell, "rowspan"), _span(cell, "colspan")
            height = min(height, len(rows) - number)
            place = (number, column)
            covered = {(number + down, column + right) for down in range(height) for right in range(width)}
            if covered & taken:
                raise UnreadableFile(
                    f"{file}: {name}, row {number + 1}: spans of two cells overlap; open the page and save it as xlsx"
                )
            taken |= covered
            grid[place], styles[place] = _cell_value(cell, file, name, number)
            if (height, width) != (1, 1):
                merges[place] = (height, width)
            column += width
    return _to_sheet(grid, merges, styles, file, name, sha256, encoding, tuple(_lines_before(table, tables)))


def _span(cell, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return min(max(int(text), 1), MOST_SPAN) if text.isdigit() else 1


def _cell_value(cell, file: str, name: str, row: int) -> tuple[object, Style]:
    """Text of a cell, superscripts apart, and the number of `x:num`, which the text must show."""
    raised = "".join(part.text_content() for part in cell.iter("sup"))
    for part in list(cell.iter("sup")):
        part.drop_tree()
    for part in cell.iter("br"):
        part.tail = "\n" + (part.tail or "")
    shown = re.sub(r"[ \t\r\n]*\n[ \t\r\n]*", "\n", cell.text_content()).strip("\r\n\t ")
    stored = next((value for key, value in cell.attrib.items() if key.split("}")[-1] in ("x:num", "num")), None)
    style = Style(superscript=raised.strip(), text=shown if stored else None)
    if not stored:
        return shown or None, style
    number, parsed = parse_cell(stored), parse_cell(shown)
    if number.kind != "number" or parsed.kind != "number" or abs(number.value - parsed.value) * 2 > 10 ** -(parsed.decimals or 0):
        raise UnreadableFile(
            f"{file}: {name}, row {row + 1}: stored number {stored!r} is shown as {shown!r}; open the page and check the cell"
        )
    return float(number.value), style


def _lines_before(table, tables) -> list[str]:
    """Short texts between the table before and this one: titles and unit captions outside the grid."""
    lines: list[str] = []
    for element in table.iterancestors():
        if element.tag in ("body", "html"):
            break
        table = element
    for element in table.itersiblings(preceding=True):
        if not isinstance(element.tag, str) or any(inner in tables for inner in element.iter("table")):
            break
        text = re.sub(r"\s+", " ", element.text_content()).strip()
        if element.tag in ("div", "p", "center", "h1", "h2", "h3", "h4", "span") and text and len(text) <= 80:
            lines.insert(0, text)
    return lines


def _to_sheet(grid, merges, styles, file: str, name: str, sha256: str, encoding: str, preface: tuple[str, ...]) -> Sheet:
    height = max((row for row, _ in grid), default=-1) + 1
    width = max((column + merges.get((row, column), (1, 1))[1] for row, column in grid), default=0)
    values = tuple(tuple(grid.get((row, column)) for column in range(width)) for row in range(height))
    kept = {place: style for place, style in styles.items() if style != Style()}
    return Sheet(file, name, sha256, encoding, values, merges=merges, styles=kept, preface=preface)
