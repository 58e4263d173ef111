"""Text tables: records and fields exactly as `csv.reader` yields them.

Takes decoded text; gives one `Sheet` named `csv`. Row = record number, column = field number, empty ones counted, so that a csv
reader alone finds a value again. Scraped pages leave fields that hold nothing but line breaks; where half of the records have
them they mark the cells' ends, and a cell takes the address of its first filled field. Does not open files.
"""

import csv
import io

from qdlib.reading.errors import UnreadableFile
from qdlib.reading.sheet import Place, Sheet

SEPARATORS = (",", "\t", ";", "|")


def read_delimited(text: str, file: str, sha256: str, encoding: str) -> Sheet:
    """The sheet `csv` of a text file. Raises UnreadableFile where the csv reader gives up."""
    separator = find_separator(text)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as fault:
        raise UnreadableFile(f"{file}: {fault}; open it in a spreadsheet program and save it as xlsx") from fault
    if is_scraped(records):
        return fold_records(records, file, sha256, encoding)
    values = tuple(tuple(field if field.strip() else None for field in record) for record in records)
    return Sheet(file, "csv", sha256, encoding, values)


def find_separator(text: str) -> str:
    """A comma, unless no line has one and another separator stands in most lines equally often."""
    lines = [line for line in text.splitlines() if line.strip()]
    if any("," in line for line in lines):
        return ","
    for separator in SEPARATORS[1:]:
        if lines and sum(separator in line for line in lines) >= 0.8 * len(lines):
            return separator
    return ","


def is_break(field: str) -> bool:
    """A field of line breaks and spaces: what a table cell's end became in a scrape."""
    return bool(field) and not field.strip() and ("\n" in field or "\r" in field)


def is_scraped(records: list[list[str]]) -> bool:
    filled = [record for record in records if any(field.strip() for field in record)]
    return bool(filled) and sum(any(map(is_break, record)) for record in filled) * 2 >= len(filled)


def fold_records(records: list[list[str]], file: str, sha256: str, encoding: str) -> Sheet:
    values: list[tuple[object, ...]] = []
    places: list[tuple[Place, ...]] = []
    for number, record in enumerate(records):
        line = [_fold_cell(record, number, part) for part in _parts(record)]
        values.append(tuple(text for text, _ in line))
        places.append(tuple(place for _, place in line))
    return Sheet(file, "csv", sha256, encoding, tuple(values), tuple(places))


def _parts(record: list[str]) -> list[tuple[int, int]]:
    """First and last + 1 field of each cell; a break at the start opens the record, it ends no cell."""
    if not record:
        return []
    parts, start = [], 1 if is_break(record[0]) else 0
    for column in range(start, len(record)):
        if is_break(record[column]):
            parts.append((start, column))
            start = column + 1
    parts.append((start, len(record)))
    return parts


def _fold_cell(record: list[str], row: int, part: tuple[int, int]) -> tuple[str | None, Place]:
    """Text and address of one cell; words that were broken over fields meet at a line break."""
    fields = [(column, record[column]) for column in range(*part) if record[column].strip()]
    if not fields:
        return None, (row, min(part[0], len(record) - 1))
    return "\n".join(text.strip("\r\n") for _, text in fields), (row, fields[0][0])
