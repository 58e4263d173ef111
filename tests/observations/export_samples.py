"""Rows as hostile as a source can print them, and readers of each format that know nothing of the writers."""

import csv
import io
import json
import re

import openpyxl
import pandas as pd

from qdlib.observations.exports import Selection
from qdlib.observations.rows import COLUMNS, sort_rows
from qdlib.observations.vintages import choose_vintage
from qdlib.observations.wide_tables import add_marks

HOSTILE = [
    '=HYPERLINK("http://x")', "@SUM(1)", "+1", "-", "－", "'", "''=1", "'=1", "[x]", "[z]", "'[x]", "a\nb", "a\rb", "a\r\nb", "\ttab",
    'say "so", twice', "comma, comma", "🏙️ 青岛", "很长" * 4000, " blanks ", "nan", "NA", "NULL", "#N/A", "_x000D_", "\x07bell", "é̂", "",
]  # fmt: skip
VALUES = [0.0, -0.5, 1e-12, 123456789.123, 0.1 + 0.2, 1 / 3, -1.7, 16719.46, 1e22, 5e-324, None]


def select(rows: pd.DataFrame, catalogue, vintage: str = "latest", revised=frozenset()) -> Selection:
    """A selection of invented rows, without a store."""
    series = add_marks(choose_vintage(rows, vintage, catalogue), revised)
    return Selection(
        catalogue, tuple(sorted(set(rows["city"]))), vintage, sort_rows(rows), series, frozenset(revised), "0123456789ab"
    )


def hostile_rows(observe) -> list[dict]:
    """One row a text, the values taken in turn; statuses, bounds and cities vary too."""
    rows = []
    for number, text in enumerate(HOSTILE):
        value = VALUES[number % len(VALUES)]
        fields = {
            "city": ("qingdao", "jinan")[number % 2],
            "bound": ("equal", "above")[number % 5 == 4],
            "raw": text,
            "note": text[::-1],
        }
        row = observe(None if value is None else "1.25", 1990 + number, "office_2020", **fields)
        status = "M" if value is None else ("A", "E", "P", "B", "U", "F")[number % 6]
        rows.append(row | {"value": value, "status": status, "source_cell": f"office_2020/t.csv!{text[:9]}!A{number}"})
    return rows


# --- readers ------------------------------------------------------------------------------------------------------------------


def read_fields(content: bytes) -> list[dict]:
    """CSV by the rule of the README: no byte order mark, one leading apostrophe dropped."""
    assert not content.startswith(b"\xef\xbb\xbf") and content.endswith(b"\n")
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    return [dict(zip(header, (field[1:] if field[:1] == "'" else field for field in row), strict=True)) for row in rows]


def typed(records: list[dict]) -> pd.DataFrame:
    """Records of text as the store's columns and types."""
    frame = pd.DataFrame(records)[COLUMNS].replace({"value": {"": None}, "decimals": {"": None}})
    return frame.astype({"value": float, "decimals": "Int64", "year": "int64"})


def read_csv(content: bytes) -> pd.DataFrame:
    return typed(read_fields(content))


def read_sdmx(content: bytes) -> pd.DataFrame:
    names = {"TIME_PERIOD": "year", "OBS_VALUE": "value", "OBS_STATUS": "status"}
    return typed([{names.get(name, name.lower()): value for name, value in record.items()} for record in read_fields(content)])


def read_package(files: dict[str, bytes], name: str = "observations") -> pd.DataFrame:
    """A table of the data package by its descriptor: columns and types come from there."""
    descriptor = json.loads(files["datapackage.json"])
    resource = next(resource for resource in descriptor["resources"] if resource["name"] == name)
    kinds = {"integer": "Int64", "number": "float64", "boolean": "boolean", "string": "text"}
    types = {field["name"]: kinds[field["type"]] for field in resource["schema"]["fields"]}
    frame = pd.DataFrame(read_fields(files[resource["path"]]))
    for column, kind in types.items():
        if kind != "text":
            frame[column] = frame[column].replace({"": None, "true": True, "false": False})
            frame[column] = frame[column].astype(float).astype(kind) if kind == "Int64" else frame[column].astype(kind)
    return frame


def read_workbook(content: bytes, language: str, catalogue) -> pd.DataFrame:
    """The sheets of all editions, read by openpyxl: `[x]` and `[z]` are nothing, an apostrophe before them is dropped."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    say = catalogue.say
    headings = {say(f"export.column.{'unit_id' if name == 'unit' else name}", language): name for name in COLUMNS}
    records = []
    for sheet in book:
        if sheet.title.startswith(say("export.sheet.editions", language)):
            table = next(iter(sheet.tables.values()))
            header, *rows = sheet[table.ref]
            names = [headings.get(cell.value) for cell in header]
            records += [{name: stored(cell.value, name) for name, cell in zip(names, row, strict=True) if name} for row in rows]
    frame = pd.DataFrame(records)[COLUMNS]
    return frame.astype({"value": float, "decimals": "Int64", "year": "int64"})


def stored(value, column: str):
    """The store's value behind a cell."""
    if not isinstance(value, str):
        return value
    if value in ("[x]", "[z]"):
        return "" if column in ("raw", "note") else None
    text = re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found.group(1), 16)), value)
    return text[1:] if re.fullmatch(r"'+\[[xz]\]", text) else text
