"""The workbook's table of all editions: every row and column of the store, with names beside ids and the marks last.

Takes a `Selection`; gives one `Table`, or several where a sheet cannot hold them all: rows are never cut off.
"""

from functools import partial

import numpy as np
import pandas as pd

from qdlib.errors import DataError, raise_all
from qdlib.observations.rows import COLUMNS
from qdlib.observations.sheets import NOT_APPLICABLE, NOT_AVAILABLE, STATUS_MARKS, Figure, Table, fill_empty, sources_line, span
from qdlib.observations.spreadsheet import CELL_LENGTH, escape_text

ROW_LIMIT = 1_048_576  # of a sheet
# What an empty cell means; no other column of the store can be empty.
EMPTY = {"value": NOT_AVAILABLE, "raw": NOT_AVAILABLE, "decimals": NOT_APPLICABLE, "note": NOT_APPLICABLE}
LONG = ["city", "city_name", "indicator", "indicator_name", *COLUMNS[2:6], "unit_name", *COLUMNS[6:]]


def long_tables(selection, language: str, row_limit: int) -> list[Table]:
    """Every figure of every edition with its source cell; more sheets than one where a sheet cannot hold them."""
    say = partial(selection.catalogue.say, language=language)
    rows, name = long_rows(selection, language), say("export.sheet.editions")
    lines = (sources_line(selection.rows, selection.catalogue, language), say("export.line.editions"))
    size = row_limit - len(lines) - 4  # title, the part's line, the link, the header
    pieces = [rows[start : start + size] for start in range(0, len(rows), size)]
    years = span(selection.rows)
    tables = []
    for number, piece in enumerate(pieces, start=1):
        part = (say("export.line.part", number=number, total=len(pieces)),) if len(pieces) > 1 else ()
        cities = len({row[0] for row in piece})
        tables.append(
            Table(
                id=f"all_editions_{number}",
                name=name if len(pieces) == 1 else f"{name} {number}",
                title=say("export.table.editions", **years),
                lines=(*part, *lines),
                headings=tuple(long_heading(column, say) for column in [*LONG, "marks"]),
                rows=piece,
                frozen=4,
                filters=True,
                summary={"unit": say("export.column.several"), "cities": cities, "figures": len(piece), **years},
            )
        )
    return tables


def long_heading(column: str, say) -> str:
    return say("export.column." + {"unit": "unit_id", "unit_name": "unit"}.get(column, column))


def long_rows(selection, language: str) -> list[tuple]:
    """The rows of the store as values of cells: names beside ids, nothing left empty, marks last."""
    catalogue, rows = selection.catalogue, selection.rows
    refuse_long_texts(rows)
    decimals = [int(value) if value == value else 0 for value in rows["decimals"].astype(float)]
    values = [Figure(value, places) if value == value else None for value, places in zip(rows["value"], decimals, strict=True)]
    letters = rows["status"].map(STATUS_MARKS).fillna("") + np.where(rows["source_cell"].isin(selection.revised), "r", "")
    columns = {name: rows[name].tolist() for name in COLUMNS} | {
        "value": values,
        "decimals": [int(value) if value == value else None for value in rows["decimals"].astype(float)],
        "city_name": [catalogue.cities[city].name.in_language(language) for city in rows["city"]],
        "indicator_name": [catalogue.indicators[key].name.in_language(language) for key in rows["indicator"]],
        "unit_name": [catalogue.units[unit].symbol(language) for unit in rows["unit"]],
        "marks": ["".join(f"[{mark}]" for mark in letter) or NOT_APPLICABLE for letter in letters],
    }
    ready = [[fill_empty(value, EMPTY.get(name)) for value in columns[name]] for name in [*LONG, "marks"]]
    return list(zip(*ready, strict=True))


def refuse_long_texts(rows: pd.DataFrame) -> None:
    """DataError naming each figure with a text that no cell can hold; Excel would cut it, or call the file damaged."""
    faults = []
    for column in ("raw", "note", "source_cell"):
        # Escaped signs take seven characters, and a mark an apostrophe, so the cell's own text is measured.
        long = rows[rows[column].map(lambda text: len(escape_text(text)) >= CELL_LENGTH)]
        faults += [
            f"{cell[:200]}: {column} has {len(text):,} characters"
            for cell, text in zip(long["source_cell"], long[column], strict=True)
        ]
    raise_all(DataError, faults, f"a cell holds {CELL_LENGTH:,} characters, export these figures as CSV (--format csv)")
