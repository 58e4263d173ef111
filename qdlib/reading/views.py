"""What `qd read` prints: JSON lines for machines, a table of lines for people, or the labels of each table.

Takes a path; gives (text for stdout, text for stderr, exit code). An uncertain table prints nothing on stdout: stderr names
file, sheet, range and reasons, and the exit code is 3; certain tables of the file are printed all the same. Exit 0 certain, 1
unreadable or no table, 3 uncertain. The keys of a JSON line and their order are a contract; programs read them.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from qdlib.errors import SourceError
from qdlib.reading.model import Examination, Table, Value
from qdlib.reading.tables import examine_file

FORMATS = ("text", "jsonl", "tables")
CERTAIN, FAILED, UNCERTAIN = 0, 1, 3


def describe(path: str | Path, format: str = "text", sheet: str | None = None, region: str | None = None) -> tuple[str, str, int]:
    """Text for stdout, text for stderr, exit code. Raises ValueError for an unknown format (wrong usage)."""
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; expected one of {', '.join(FORMATS)}")
    try:
        seen = examine_file(path, sheet=sheet, region=region)
    except SourceError as fault:
        return "", f"{fault}\n", FAILED
    writer = {"text": _text, "jsonl": _jsonl, "tables": _tables}[format]
    out = "".join(f"{line}\n" for line in writer(seen, str(path)))
    words = [f"{table.words()}" for table in seen.uncertain]
    if not seen.tables and not seen.uncertain:
        words.append(f"{path}: no table; sheets without one: {', '.join(seen.without_table) or 'none'}")
    err = "".join(f"{line}\n" for line in words)
    return out, err, UNCERTAIN if seen.uncertain else CERTAIN if seen.tables else FAILED


def _jsonl(seen: Examination, typed: str) -> Iterator[str]:
    for table, value in seen.values():
        yield json.dumps(value_line(table, value, typed), ensure_ascii=False)


def value_line(table: Table, value: Value, typed: str) -> dict:
    """One value as the line that `--format jsonl` prints."""
    return {
        "file": typed,
        "sheet": table.sheet,
        "cell": value.cell,
        "value": None if value.value is None else plain_decimal(value),
        "unit": value.unit.id if value.unit else None,
        "unit_zh": (value.unit_text or value.unit.symbol("zh")) if value.unit else None,
        "status": value.status,
        "row": [label.text for label in value.row],
        "row_cells": [label.cell for label in value.row],
        "column": [label.text for label in value.column],
        "column_cells": [label.cell for label in value.column],
        "title": table.title,
        "notes": list(value.notes),
    }


def plain_decimal(value: Value) -> str:
    """The figure without exponent, zeros as printed."""
    return format(value.value, "f")


def _tables(seen: Examination, typed: str) -> Iterator[str]:
    for table in seen.tables:
        labels = [
            {
                "cell": label.cell,
                "text": label.text,
                "parent": label.parent.cell if label.parent else None,
                "relation": label.relation,
            }
            for label in table.labels
        ]
        entry = {
            "file": typed,
            "sheet": table.sheet,
            "range": table.range,
            "title": table.title,
            "labels": labels,
            "values": len(table.values),
        }
        yield json.dumps(entry, ensure_ascii=False)


def _text(seen: Examination, typed: str) -> Iterator[str]:
    for table in seen.tables:
        heading = " ".join(filter(None, (table.number, table.title, f"({table.base})" if table.base else "")))
        yield f"{typed} {table.sheet}!{table.range}  {heading}"
        for words in table.evidence:
            yield f"  evidence: {words}"
        for value in table.values:
            unit = value.unit.symbol("zh") if value.unit else "-"
            figure = plain_decimal(value) if value.value is not None else f"({value.raw})"
            path = " / ".join(label.text for label in value.row) + " | " + " / ".join(label.text for label in value.column)
            notes = f"  [{'; '.join(value.notes)}]" if value.notes else ""
            yield f"  {value.cell:>6} {figure:>16} {unit:<6} {value.status} {path}{notes}"
        for note in table.notes:
            yield f"  note: {note}"
    for name in seen.without_table:
        yield f"{name}: no table"
