"""Workbooks (xlsx, xlsm, xls, ods) → sheets: stored values by calamine, styles by the module `styles`.

Takes bytes; gives one `Sheet` for each visible worksheet (a hidden one only by name). A date, an error such as `#REF!` and a
formula without a stored result stay in the grid as what they are: unreadable, never missing. Does not open files, infers nothing.
"""

import io
from collections.abc import Mapping
from zipfile import ZipFile

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from qdlib.reading import styles
from qdlib.reading.containers import open_container
from qdlib.reading.errors import UnreadableFile
from qdlib.reading.sheet import Place, Sheet

# A yearbook's largest sheet has 80 000 cells; a stray format in the last row of a sheet makes seventeen thousand million.
MOST_CELLS = 3_000_000


def read_workbook(data: bytes, file: str, sha256: str, kind: str, only: str | None = None) -> list[Sheet]:
    """Sheets of a workbook in its order. Raises UnreadableFile for a protected or damaged one, or an unknown sheet name."""
    data = open_container(data, file) if kind == "xls" else data
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as fault:
        raise UnreadableFile(f"{file}: the workbook is protected; open it and save an unprotected copy as xlsx") from fault
    except Exception as fault:  # damaged archives fail in calamine, zipfile and zlib alike
        raise UnreadableFile(f"{file}: damaged workbook ({fault}); open it in a spreadsheet program and save it again") from fault
    names = _wanted(book, file, only)
    looks = styles.read_styles(data, kind, names, file)
    return [_read_sheet(book, name, looks.get(name, styles.NO_LOOK), file, sha256) for name in names]


def _wanted(book: CalamineWorkbook, file: str, only: str | None) -> list[str]:
    tables = [entry for entry in book.sheets_metadata if entry.typ == SheetTypeEnum.WorkSheet]
    if only is not None:
        names = [entry.name for entry in tables]
        if only not in names:
            raise UnreadableFile(f"{file} has no sheet {only!r}; it has {', '.join(names)}")
        return [only]
    return [entry.name for entry in tables if entry.visible == SheetVisibleEnum.Visible]


def _read_sheet(book: CalamineWorkbook, name: str, look: styles.Look, file: str, sha256: str) -> Sheet:
    try:
        sheet = book.get_sheet_by_name(name)
        area = sheet.total_height * sheet.total_width
        if area > MOST_CELLS:
            raise UnreadableFile(
                f"{file}: sheet {name!r} spans {area:,} cells; delete empty rows and columns that only bear a format"
            )
        rows = sheet.to_python(skip_empty_area=False)
    except UnreadableFile:
        raise
    except Exception as fault:  # dates out of range, broken records: calamine names them in many ways
        raise UnreadableFile(f"{file}: sheet {name!r} cannot be read ({fault}); save the workbook again") from fault
    values = tuple([tuple([_stored(value) if type(value) is str else value for value in row]) for row in rows])
    return Sheet(
        file,
        name,
        sha256,
        "",
        values,
        merges=_merges(sheet.merged_cell_ranges, values),
        styles=look.styles,
        hidden_rows=look.hidden_rows,
        hidden_columns=look.hidden_columns,
    )


def _stored(value: str) -> str | None:
    return value if value.strip() else None


def _merges(ranges, values) -> Mapping[Place, tuple[int, int]]:
    """Spans by top left cell; a merge whose other cells hold text is none (page breaks of converted files leave such ones)."""
    spans: dict[Place, tuple[int, int]] = {}
    for (top, left), (bottom, right) in ranges or ():
        if (bottom, right) == (top, left):
            continue
        inner = [
            values[row][column]
            for row in range(top, min(bottom + 1, len(values)))
            for column in range(left, min(right + 1, len(values[row])))
            if (row, column) != (top, left)
        ]
        if all(value is None for value in inner):
            spans[(top, left)] = (bottom - top + 1, right - left + 1)
    return spans


def is_workbook(data: bytes) -> bool:
    """True where a zip archive holds a workbook rather than something else."""
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except Exception:  # a damaged directory of the archive fails in many ways; none of them is a workbook
        return False
    return "[Content_Types].xml" in names or "mimetype" in names
