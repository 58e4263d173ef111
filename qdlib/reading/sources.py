"""The only opener of data/raw: bytes, their kind, their sidecar, and the address of every cell.

Takes paths; gives sheets, `Sidecar`s and source cells. The kind is sniffed from the bytes, never from the extension. A source
cell is `<edition folder id>/<file>!<sheet>!<A1>`, with `!` and `%` in names percent-encoded, so that a figure is found again
from the file alone (`read_cell`). Faults of sidecars are collected by the caller and raised once.
"""

import csv
import hashlib
import io
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path

import yaml

from qdlib.catalogue.documents import UniqueKeyLoader
from qdlib.errors import SourceError, nearest
from qdlib.reading.cells import Parsed
from qdlib.reading.delimited import read_delimited
from qdlib.reading.encodings import decode_text
from qdlib.reading.errors import RecipeMismatch, UnreadableFile
from qdlib.reading.grid import find_conventions, parse_stored
from qdlib.reading.html_tables import declared_charset, read_html
from qdlib.reading.pdf_tables import read_pdf
from qdlib.reading.sheet import Sheet, from_range
from qdlib.reading.spreadsheets import is_workbook, read_workbook

SUFFIX = ".source.yml"
RECIPE = ".recipe.yml"
KINDS = ("table", "collection", "department_workbook", "stage_evaluation")
ROUTES = ("original", "official_copy", "press", "third_party_copy", "transcribed")
SCOPES = ("whole_city", "urban_districts")
OPTIONAL = frozenset({"city", "scope", "note"})
DATE = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
OLE, ZIP, PDF = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"%PDF"
ARCHIVES = {b"\x1f\x8b": "gzip", b"7z\xbc\xaf": "7z", b"Rar!": "rar", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}


@dataclass(frozen=True)
class Sidecar:
    """What `<file>.source.yml` says. `edition_id` is the folder id and the edition of every figure of a table file."""

    source: str
    edition: str
    title: str
    kind: str
    tables: str
    city: str
    scope: str
    url: str
    published: str
    accessed: str
    sha256: str
    licence: str
    route: str
    note: str

    @property
    def edition_id(self) -> str:
        return f"{self.source}_{self.edition}"


@dataclass(frozen=True)
class SourceCell:
    """A parsed source cell; names are decoded."""

    edition: str
    file: str
    sheet: str
    cell: str


def raw_folder() -> Path:
    """QD_RAW, or data/raw of the project."""
    return Path(os.environ.get("QD_RAW") or Path(__file__).resolve().parents[2] / "data" / "raw")


def load_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise UnreadableFile(f"{path.name}: cannot be opened ({fault.strerror}); check the path") from fault


def sniff(data: bytes, file: str) -> str:
    """Kind of a file by its bytes: xls, xlsx, pdf, html or text. Raises UnreadableFile for anything else."""
    if data.startswith(OLE):
        return "xls"
    if data.startswith(ZIP):
        if is_workbook(data):
            return "xlsx"
        raise UnreadableFile(f"{file}: a zip archive that holds no workbook; unpack it and put its tables beside it")
    if data.startswith(PDF):
        return "pdf"
    for magic, name in ARCHIVES.items():
        if data.startswith(magic):
            raise UnreadableFile(f"{file}: a {name} archive; unpack it and put its tables beside it")
    if not data.strip():
        raise UnreadableFile(f"{file}: the file is empty; get it again")
    bare = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    return (
        "html" if bare[:1] == b"<" and re.search(rb"<(?:!|html|table|meta|\?xml|head|body|div)", bare[:512].lower()) else "text"
    )


def read_sheets(path: str | Path, only: str | None = None) -> list[Sheet]:
    """Bytes → grids, no inference. `only`: one sheet by name, hidden ones included. Raises UnreadableFile."""
    path = Path(path)
    data = load_bytes(path)
    digest = hashlib.sha256(data).hexdigest()
    kind = sniff(data, path.name)
    if kind in ("xls", "xlsx"):
        return read_workbook(data, path.name, digest, kind, only)
    if kind == "pdf":
        return _chosen(read_pdf(data, path.name, digest), path.name, only)
    if kind == "html":
        text, encoding = decode_text(data, path.name, declared_charset(data))
        return _chosen(read_html(text, path.name, digest, encoding), path.name, only)
    text, encoding = decode_text(data, path.name)
    if only not in (None, "csv"):
        raise UnreadableFile(f"{path.name} has no sheet {only!r}; a text table has one sheet, csv")
    return [read_delimited(text, path.name, digest, encoding)]


def load_recipes(path: str | Path, stated: str | Path | bool = True) -> list[tuple[str, list]]:
    """Recipes for a file, farthest first: of its source, its edition and the file itself; or the stated one alone.

    Gives (name, YAML documents). Raises RecipeMismatch on anything that is no YAML.
    """
    path = Path(path)
    if stated is True:
        beside = [path.parent.parent / "recipe.yml", path.parent / "recipe.yml", path.with_name(path.name + RECIPE)]
        found = [place for place in beside if place.is_file()]
    else:
        found = [Path(stated)]
    documents = []
    for place in found:
        try:
            text = load_bytes(place).decode("utf-8")
            documents.append((place.name, list(yaml.load_all(text, Loader=UniqueKeyLoader))))
        except (yaml.YAMLError, UnicodeDecodeError) as fault:
            raise RecipeMismatch(f"{place.name}: no valid YAML in UTF-8 ({str(fault).splitlines()[0]}); mend the file") from fault
    return documents


def read_regions(path: Path) -> list[tuple[str, str]]:
    """Pairs of sheet and range from a CSV without or with the heading sheet,range. Raises SourceError on any other line."""
    text, _ = decode_text(load_bytes(path), path.name)
    pairs = [tuple(field.strip() for field in line) for line in csv.reader(io.StringIO(text, newline="")) if any(line)]
    pairs = pairs[1:] if pairs[:1] == [("sheet", "range")] else pairs
    for number, pair in enumerate(pairs, start=1):
        if len(pair) != 2:
            raise SourceError(f"{path.name}: line {number} is {','.join(pair)!r}, expected a sheet and a range such as Sheet1,A3:G33")
        from_range(pair[1])
    return pairs


def _chosen(sheets: list[Sheet], file: str, only: str | None) -> list[Sheet]:
    if only is not None and only not in [sheet.name for sheet in sheets]:
        raise UnreadableFile(f"{file} has no sheet {only!r}; it has {', '.join(sheet.name for sheet in sheets)}")
    return [sheet for sheet in sheets if only in (None, sheet.name)]


def table_files(folder: Path) -> list[Path]:
    """Files of an edition's folder that may hold figures, in order of name: no sidecars, recipes, README or hidden files."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [
        path
        for path in found
        if not path.name.startswith(".")
        and not path.name.endswith((".yml", ".yaml"))
        and path.name.upper() not in ("README.MD", "README", "README.TXT")
    ]


def edition_folders(root: Path) -> Iterator[Path]:
    """`<source>/<edition>` folders below root."""
    for source in sorted(path for path in root.iterdir() if path.is_dir()):
        yield from sorted(path for path in source.iterdir() if path.is_dir())


def folder_id(folder: Path) -> str:
    return f"{folder.parent.name}_{folder.name}"


def make_source_cell(edition: str, file: str, sheet: str, cell: str) -> str:
    """`qd_yearbook_2023/1-7.xlsx!Sheet1!F12`."""
    return f"{_encode(edition)}/{_encode(file)}!{_encode(sheet)}!{cell}"


def _encode(name: str) -> str:
    return name.replace("%", "%25").replace("!", "%21")


def _decode(name: str) -> str:
    return name.replace("%21", "!").replace("%25", "%")


def parse_source_cell(text: str) -> SourceCell:
    """The parts of a source cell. Raises SourceError on any other text."""
    found = re.fullmatch(r"([^/!]+)/([^!]+)!([^!]+)!([A-Za-z]{1,3}[1-9]\d*)", text)
    if not found:
        raise SourceError(
            f"{text!r} is no source cell; expected <edition>/<file>!<sheet>!<cell>, such as qd_yearbook_2023/1-7.xlsx!Sheet1!F12"
        )
    return SourceCell(_decode(found[1]), _decode(found[2]), _decode(found[3]), found[4])


def find_raw_file(edition: str, file: str, root: Path) -> Path:
    """The file of an edition folder id. Raises SourceError where there is none."""
    folders = {folder_id(folder): folder for folder in edition_folders(root)}
    if edition not in folders:
        raise SourceError(f"no folder of {root.name}/ is the edition {edition!r}{nearest(edition, folders)}")
    path = folders[edition] / file
    if not path.is_file():
        raise SourceError(
            f"{edition} has no file {file!r}{nearest(file, [found.name for found in table_files(folders[edition])])}"
        )
    return path


def read_parsed(source_cell: str, root: str | Path | None = None) -> Parsed:
    """What one cell says, from its file alone."""
    address = parse_source_cell(source_cell)
    path = find_raw_file(address.edition, address.file, Path(root) if root else raw_folder())
    sheet = read_sheets(path, address.sheet)[0]
    return parse_stored(sheet, *sheet.locate(address.cell), find_conventions(sheet))


def read_cell(source_cell: str, root: str | Path | None = None) -> Decimal | None:
    """The figure of one cell again, from its file alone; None where the cell holds none."""
    parsed = read_parsed(source_cell, root)
    return parsed.value if parsed.kind in ("number", "split") else None


def cell_reader(sheet: Sheet) -> Callable[[str], Decimal | None]:
    """As `read_cell`, for many cells of one sheet: a function of the address."""
    conventions = find_conventions(sheet)

    def read(a1: str) -> Decimal | None:
        parsed = parse_stored(sheet, *sheet.locate(a1), conventions)
        return parsed.value if parsed.kind in ("number", "split") else None

    return read


def read_sidecar(path: Path, faults: list[str]) -> Sidecar | None:
    """The sidecar of a raw file, checked against the file itself; None, with faults, where it cannot be used."""
    beside = path.with_name(path.name + SUFFIX)
    where = f"{folder_id(path.parent)}/{path.name}"
    if not beside.is_file():
        faults.append(
            f"{where} has no sidecar; write {beside.name} beside it (source, edition, title, url, published, sha256, licence …)"
        )
        return None
    try:
        entries = yaml.load(beside.read_bytes().decode("utf-8"), Loader=UniqueKeyLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        faults.append(f"{where}{SUFFIX}: no valid YAML in UTF-8 ({str(fault).splitlines()[0]}); mend the file")
        return None
    if not isinstance(entries, dict):
        faults.append(f"{where}{SUFFIX}: holds no keys; expected `source: …`, `edition: …` and so on")
        return None
    return _checked(entries, path, f"{where}{SUFFIX}", faults)


def _checked(entries: dict, path: Path, where: str, faults: list[str]) -> Sidecar | None:
    known = [entry.name for entry in fields(Sidecar)]
    before = len(faults)
    for key in sorted(set(entries) - set(known)):
        faults.append(f"{where}: unknown key {key!r}{nearest(key, known)}; known are {', '.join(known)}")
    for key in known:
        if key not in OPTIONAL and not str(entries.get(key) or "").strip():
            faults.append(f"{where}: the key {key!r} is missing; state it")
    for key in known:
        if isinstance(entries.get(key), (dict, list)):
            faults.append(f"{where}: {key} is {entries[key]!r}, expected one text")
    if len(faults) > before:
        return None
    sidecar = Sidecar(**{key: str(entries.get(key, "")).strip() for key in known})
    _check_words(sidecar, path, where, faults)
    # A file that is not the one its sidecar describes is not read: its other faults would only be consequences.
    return sidecar if len(faults) == before else None


def _check_words(sidecar: Sidecar, path: Path, where: str, faults: list[str]) -> None:
    folder = path.parent
    for key, value, expected in (("source", sidecar.source, folder.parent.name), ("edition", sidecar.edition, folder.name)):
        if value != expected:
            faults.append(f"{where}: {key} is {value!r}, but the file lies in the folder {expected!r}; make them equal")
    for key, value, allowed in (
        ("kind", sidecar.kind, KINDS),
        ("route", sidecar.route, ROUTES),
        ("scope", sidecar.scope, ("", *SCOPES)),
    ):
        if value not in allowed:
            faults.append(f"{where}: {key} is {value!r}, expected one of {', '.join(filter(None, allowed))}")
    for key, value in (("published", sidecar.published), ("accessed", sidecar.accessed)):
        if not DATE.fullmatch(value):
            faults.append(f"{where}: {key} is {value!r}, expected a date such as 2023, 2023-11 or 2023-11-20")
    digest = hashlib.sha256(load_bytes(path)).hexdigest()
    if sidecar.sha256.lower() != digest:
        faults.append(
            f"{where}: sha256 is {sidecar.sha256[:16]}…, the file has {digest[:16]}…: raw files are never edited; "
            "restore the file, or enter it as a new edition with its own sidecar"
        )
