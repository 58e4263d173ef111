"""What `qd read` prints: JSON lines for machines, lines or pictures for people, and the recipe that a person completes.

Takes a path; gives (text for stdout, text for stderr, exit code). An uncertain table prints nothing on stdout: stderr names file,
sheet, range and reasons, and the exit code is 3; certain tables of the file are printed all the same. Exit 0 certain, 1 unreadable
or no table, 3 uncertain. The keys of a JSON line and their order are a contract; programs read them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from qdlib.errors import SourceError
from qdlib.reading.continuations import join_pages
from qdlib.reading.errors import UnreadableFile
from qdlib.reading.model import Examination, Table, Uncertain, Value
from qdlib.reading.pictures import show_file
from qdlib.reading.recipes import Layout
from qdlib.reading.sources import read_sheets, table_files
from qdlib.reading.tables import examine_file, examine_sheet, merge_examinations

FORMATS = ("text", "jsonl", "tables", "html")
CERTAIN, FAILED, UNCERTAIN = 0, 1, 3


def describe(
    path: str | Path,
    format: str = "text",
    sheet: str | None = None,
    region: str | None = None,
    regions: Sequence[tuple[str, str]] = (),
    recipes: bool = True,
) -> tuple[str, str, int]:
    """Text for stdout, text for stderr, exit code. Raises ValueError for an unknown format (wrong usage).

    regions: pairs of sheet and range, read from one load of the file. recipes: False ignores those beside the file.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; expected one of {', '.join(FORMATS)}")
    try:
        seen = _examine(path, sheet, region, regions, recipes)
    except SourceError as fault:
        return "", f"{fault}\n", FAILED
    writer = {"text": _text, "jsonl": _jsonl, "tables": _tables, "html": _html}[format]
    out = "".join(f"{line}\n" for line in writer(seen, str(path)))
    words = [f"{table.words()}" for table in seen.uncertain]
    if not seen.tables and not seen.uncertain:
        words.append(f"{path}: no table; sheets without one: {', '.join(seen.without_table) or 'none'}")
    err = "".join(f"{line}\n" for line in words)
    return out, err, UNCERTAIN if seen.uncertain else CERTAIN if seen.tables else FAILED


def describe_folder(folder: str | Path, recipes: bool = True) -> tuple[str, str, int]:
    """A line for each file of an edition and a summary; stderr holds what is not certain. Continued pages are read together."""
    out: list[str] = []
    err: list[str] = []
    seen: dict[Path, Examination] = {}
    for path in table_files(Path(folder)):
        try:
            seen[path] = examine_file(path, recipe=recipes)
        except SourceError as fault:
            err.append(str(fault))
    for path, part in zip(seen, join_pages(list(seen.values())), strict=True):
        values = sum(len(table.values) for table in part.tables)
        out.append(f"{len(part.tables):3d} certain {len(part.uncertain):3d} not {values:8,d} values  {path.relative_to(folder)}")
        err += [table.words() for table in part.uncertain]
        seen[path] = part
    tables, doubts = (sum(len(getattr(part, kind)) for part in seen.values()) for kind in ("tables", "uncertain"))
    values = sum(len(table.values) for part in seen.values() for table in part.tables)
    out.append(f"{len(seen)} files: {tables} tables certain, {doubts} not certain, {values:,} values")
    code = FAILED if not tables and not doubts else UNCERTAIN if doubts else FAILED if len(err) else CERTAIN
    return "".join(f"{line}\n" for line in out), "".join(f"{line}\n" for line in err), code


def _examine(path, sheet, region, regions, recipes: bool) -> Examination:
    if not regions:
        return examine_file(path, sheet=sheet, region=region, recipe=recipes)
    sheets = {found.name: found for found in read_sheets(path)}
    missing = [name for name, _ in regions if name not in sheets]
    if missing:
        raise UnreadableFile(f"{Path(path).name} has no sheet {missing[0]!r}; it has {', '.join(sheets)}")
    return merge_examinations(examine_sheet(sheets[name], box) for name, box in regions)


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
            "values": [value_line(table, value, typed) for value in table.values],
        }
        yield json.dumps(entry, ensure_ascii=False)


def _html(seen: Examination, typed: str) -> Iterator[str]:
    yield show_file(seen)


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


def write_recipes(path: str | Path, sheet: str | None = None) -> tuple[str, str, int]:
    """A recipe for each table of a file, filled in with what was read, what is uncertain as comments; stderr and exit code."""
    try:
        seen = examine_file(path, sheet=sheet, recipe=False)
    except SourceError as fault:
        return "", f"{fault}\n", FAILED
    parts = [_certain_recipe(table) for table in seen.tables] + [_open_recipe(table) for table in seen.uncertain]
    if not parts:
        return "", f"{path}: no table\n", FAILED
    return "---\n".join(parts), "", CERTAIN


def _recipe_head(sheet: str, number: str, title: str, layout: Layout) -> list[str]:
    chosen = {"sheet": sheet, "number": number, "title": title}
    lines = ["recipe: 1", f"table: {_flow({key: text for key, text in chosen.items() if text})}"]
    stated = {"region": layout.region, "header_rows": layout.header_rows, "stub_columns": layout.stub_columns}
    return [*lines, f"layout: {_flow({key: value for key, value in stated.items() if value})}"]


def _certain_recipe(table: Table) -> str:
    figures = sum(value.value is not None for value in table.values)
    lines = ["# Read with certainty without a recipe; keep only the keys that say more."]
    lines += _recipe_head(table.sheet, table.number, table.title, table.layout)
    axes = {f"{axis}s": _axis([getattr(value, axis) for value in table.values]) for axis in ("row", "column")}
    lines.append(f"axes: {_flow(axes)}")
    bare = [value for value in table.values if value.unit is None]
    if bare:
        lines.append(f"# unit: {{default: 万元}}  # {len(bare)} figures have no unit, first {bare[0].cell} {bare[0].raw!r}")
    marks = sorted({value.raw for value in table.values if value.status == "M" and value.value is None})
    if marks:
        lines.append(f"missing: {_flow(dict.fromkeys(marks, 'M'))}")
    lines.append(f"expect: {{values: {figures}, missing: {len(table.values) - figures}}}")
    return "\n".join(lines) + "\n"


def _open_recipe(table: Uncertain) -> str:
    lines = ["# Not certain; state what decides, and delete the comments:", *(f"#   {reason}" for reason in table.reasons)]
    lines += _recipe_head(table.sheet, table.number, table.title, table.layout)
    lines += [
        "#  spans: {B3: 1x5}          header cells that lost their rows x columns",
        "#  joined: {F6: F7}          a label whose second half stands below it",
        "#  row_tree: marks           or indent, bold, groups, flat: the one signal that holds",
        "#  parents: {A12: A11}       single rows: child: parent",
    ]
    return "\n".join(lines) + "\n"


def _axis(paths: Sequence) -> str:
    leaves = [path[-1] for path in paths if path]
    return "year" if leaves and all(label.year is not None for label in leaves) else "indicator"


def _flow(values: Mapping) -> str:
    """A YAML mapping on one line."""
    return yaml.safe_dump(dict(values), allow_unicode=True, default_flow_style=True, sort_keys=False, width=10_000).strip()
