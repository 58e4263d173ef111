"""How cells are printed: number formats, bold, indent, superscripts, hidden rows, formulas without a result.

Takes workbook bytes; gives a `Look` for each sheet. calamine reads values only and glues a superscript to its number (`1 397`
with ³ becomes 13973), so the runs are read here and cut off first. xlsx by an own lxml pass (far faster than openpyxl, which
serves as the tests' oracle), xls by xlrd; ods has no look. Does not open files.
"""

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zipfile import ZipFile

from qdlib.reading.errors import UnreadableFile
from qdlib.reading.sheet import PLAIN, Place, Style, from_a1

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
HIDDEN = "@hidden='1' or @hidden='true'"
ERRORS = re.compile(r"^#(?:REF!|DIV/0!|VALUE!|NAME\?|N/A|NUM!|NULL!|GETTING_DATA)$")
# The formats that have a number and no text in the file (ECMA-376, part 1, 18.8.30).
BUILT_IN = {
    0: "General",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    14: "m/d/yyyy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    22: "m/d/yyyy h:mm",
    37: "#,##0",
    38: "#,##0",
    39: "#,##0.00",
    40: "#,##0.00",
    49: "@",
}


@dataclass(frozen=True)
class Look:
    """Styles by cell (only those that are not plain), hidden rows and columns (from 0)."""

    styles: Mapping[Place, Style] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


NO_LOOK = Look()


def read_styles(data: bytes, kind: str, names: Iterable[str], file: str) -> dict[str, Look]:
    """Look of each named sheet; empty for formats that keep none."""
    if kind == "xls":
        return _read_xls(data, names)
    if kind != "xlsx":
        return {}
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            return _read_xlsx(archive, names)
    except Exception as fault:  # damaged parts fail in a dozen ways in zipfile, zlib and lxml; each means the same to a reader
        raise UnreadableFile(f"{file}: the workbook's styles cannot be read ({fault}); save it again as xlsx") from fault


def _read_xlsx(archive: ZipFile, names: Iterable[str]) -> dict[str, Look]:
    from lxml import etree

    parts = set(archive.namelist())
    if "xl/workbook.xml" not in parts:
        return {}
    parser = etree.XMLParser(huge_tree=True, resolve_entities=False)
    links = {link.get("Id"): link.get("Target") for link in etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))}
    formats = _cell_formats(etree.fromstring(archive.read("xl/styles.xml"))) if "xl/styles.xml" in parts else []
    shared = _superscripts(etree.fromstring(archive.read("xl/sharedStrings.xml"))) if "xl/sharedStrings.xml" in parts else {}
    looks = {}
    for sheet in etree.fromstring(archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet"):
        target = links.get(sheet.get(LINK), "").lstrip("/")
        part = target if target.startswith("xl/") else f"xl/{target}"
        if sheet.get("name") in set(names) and part in parts:
            looks[sheet.get("name")] = _sheet_look(etree.fromstring(archive.read(part), parser), formats, shared)
    return looks


def _cell_formats(root) -> list[Style]:
    """One style for each entry of cellXfs."""
    codes = BUILT_IN | {int(entry.get("numFmtId")): entry.get("formatCode") for entry in root.iter(f"{MAIN}numFmt")}
    fonts = root.find(f"{MAIN}fonts")
    bold = [_on(font.find(f"{MAIN}b")) for font in fonts] if fonts is not None else []
    found = []
    for entry in root.find(f"{MAIN}cellXfs"):
        font = int(entry.get("fontId") or 0)
        alignment = entry.find(f"{MAIN}alignment")
        indent = int(float(alignment.get("indent") or 0)) if alignment is not None else 0
        code = codes.get(int(entry.get("numFmtId") or 0), "General")
        found.append(Style(code, font < len(bold) and bold[font], indent))
    return found


def _on(element) -> bool:
    return element is not None and element.get("val") not in ("0", "false")


def _superscripts(root) -> dict[int, tuple[str, str]]:
    """Index of each shared string with superscript runs → its text without them, and they."""
    found = {}
    for index, entry in enumerate(root):
        base, raised = _runs(entry)
        if raised:
            found[index] = (base, raised)
    return found


def _runs(entry) -> tuple[str, str]:
    base, raised = "", ""
    for run in entry.iter(f"{MAIN}r"):
        position = run.find(f"{MAIN}rPr/{MAIN}vertAlign")
        text = "".join(part.text or "" for part in run.iter(f"{MAIN}t"))
        if position is not None and position.get("val") == "superscript" and text.strip():
            raised += text
        else:
            base += text
    return base, raised


def _sheet_look(root, formats: list[Style], shared: Mapping[int, tuple[str, str]]) -> Look:
    """Styles of the cells that may have one; a large sheet has two hundred thousand others."""
    plain = [index for index, style in enumerate(formats) if style == PLAIN]
    looks = {index: style for index, style in enumerate(formats) if style != PLAIN}
    wanted = ["@t='e'", "@t='inlineStr'", "m:f", *(["@t='s'"] if shared else [])]
    wanted += [" or ".join(f"@s='{index}'" for index in looks)] if looks and len(looks) <= len(plain) else ["@s"] if looks else []
    styles: dict[Place, Style] = {}
    for cell in _found(root, f"m:sheetData/m:row/m:c[{' or '.join(wanted)}]"):
        style = _cell_style(cell, formats, shared)
        if style is not PLAIN:
            styles[from_a1(cell.get("r"))] = style
    rows = {int(row.get("r")) - 1 for row in _found(root, f"m:sheetData/m:row[{HIDDEN}]")}
    columns: set[int] = set()
    for column in _found(root, f"m:cols/m:col[{HIDDEN}]"):
        columns |= set(range(int(column.get("min")) - 1, min(int(column.get("max")), 16384)))
    return Look(styles, frozenset(rows), frozenset(columns))


def _found(root, path: str):
    """Elements of a worksheet by a path that names every step: a search of all descendants visits each value too."""
    return root.xpath(path, namespaces={"m": MAIN.strip("{}")})


def _cell_style(cell, formats: list[Style], shared: Mapping[int, tuple[str, str]]) -> Style:
    index = int(cell.get("s") or 0)
    style = formats[index] if index < len(formats) else PLAIN
    value = cell.find(f"{MAIN}v")
    base, raised, fault = None, "", ""
    if cell.get("t") == "s" and value is not None and (value.text or "").isdigit():
        base, raised = shared.get(int(value.text), (None, ""))
    elif cell.get("t") == "inlineStr":
        base, raised = _runs(cell)
    elif cell.get("t") == "e":
        fault = f"error {value.text if value is not None else ''}".strip()
    elif cell.find(f"{MAIN}f") is not None and (value is None or not value.text) and cell.get("t") != "str":
        fault = "formula without a stored result"
    if raised or fault:
        return Style(style.number_format, style.bold, style.indent, raised, base if raised else None, fault)
    return PLAIN if style == PLAIN else style


def _read_xls(data: bytes, names: Iterable[str]) -> dict[str, Look]:
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except Exception:  # xlrd fails in many ways on old writers' files; values come from calamine, so only the look is lost
        return {}
    return {name: _xls_look(book, book.sheet_by_name(name)) for name in names if name in book.sheet_names()}


def _xls_look(book, sheet) -> Look:
    styles: dict[Place, Style] = {}
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            style = _xls_style(book, sheet, row, column)
            if style != PLAIN:
                styles[(row, column)] = style
    rows = {row for row, info in sheet.rowinfo_map.items() if info.hidden}
    columns = {column for column, info in sheet.colinfo_map.items() if info.hidden and column < sheet.ncols}
    return Look(styles, frozenset(rows), frozenset(columns))


def _xls_style(book, sheet, row: int, column: int) -> Style:
    cell = sheet.cell(row, column)
    index = sheet.cell_xf_index(row, column)
    if index >= len(book.xf_list):
        return PLAIN
    entry = book.xf_list[index]
    code = book.format_map[entry.format_key].format_str if entry.format_key in book.format_map else "General"
    base, raised = None, ""
    runs = sheet.rich_text_runlist_map.get((row, column))
    if runs and isinstance(cell.value, str):
        base, raised = _xls_runs(book, cell.value, book.font_list[entry.font_index], runs)
    return Style(
        code,
        bool(book.font_list[entry.font_index].bold),
        entry.alignment.indent_level,
        raised,
        base if raised else None,
        f"error {cell.value}" if cell.ctype == 5 else "",
    )


def _xls_runs(book, text: str, first, runs) -> tuple[str, str]:
    """A rich text cut at its font changes; escapement 1 is superscript."""
    cuts = [(0, first), *[(start, book.font_list[font]) for start, font in runs]]
    base, raised = "", ""
    for (start, font), end in zip(cuts, [start for start, _ in cuts[1:]] + [len(text)], strict=True):
        if font.escapement == 1 and text[start:end].strip():
            raised += text[start:end]
        else:
            base += text[start:end]
    return base, raised
