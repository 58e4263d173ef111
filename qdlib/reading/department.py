"""A filled department workbook → observation rows and programme entries, or every fault at its cell.

Takes the bytes, the day of the report and the catalogue; gives a `Report`. A row without a figure is not reported, which is no fault;
a row with a fault gives nothing, so that half a report never enters. The unit in charge and its source stand in `note`, the day that
the figure was released in `published`, the value's cell in `source_cell`. Where the frame of the form is broken (file, `_meta`, sheet,
headings) its rows are not read: their faults would only be consequences. Does not open files.
"""

import hashlib
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from qdlib.catalogue import Catalogue
from qdlib.catalogue.documents import is_day
from qdlib.errors import nearest
from qdlib.reading.department_cells import Line, read_date, read_figure, read_number, read_text, show
from qdlib.reading.department_form import (
    FORMAT,
    HEADER,
    KIND,
    META,
    NOT_ASKED,
    SOURCE,
    STATUSES,
    Fault,
    Meta,
    ProgrammeItem,
    columns_of,
    hash_meaning,
    parse_meta,
    programme_items,
)
from qdlib.reading.department_programme import read_programme
from qdlib.reading.errors import UnreadableFile
from qdlib.reading.rank_lists import describe_list
from qdlib.reading.sources import make_source_cell, sniff

MOST_ROWS = 5_000  # a form has some hundred; a stray format far below makes a million


@dataclass
class Report:
    """What a workbook says: `rows` (observation columns), `programme` (rows of `department_programme`), `faults`; `unreported` counts
    the rows without a figure."""

    rows: list[dict] = field(default_factory=list)
    programme: list[dict] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unreported: int = 0


def read_report(
    data: bytes, file: str, reported: str, catalogue: Catalogue, items: Iterable[ProgrammeItem] | None = None
) -> Report:
    """Everything a workbook reports. reported: day of the report, YYYY-MM-DD, the edition of its figures."""
    report, items = Report(), tuple(programme_items(catalogue) if items is None else items)
    if not is_day(reported):
        report.faults.append(Fault("no_report_day", "", "", reported))
        return report
    books = open_books(data, file, report.faults)
    meta = read_meta(books, catalogue, report.faults) if books else None
    if meta is None:
        return report
    stored, formulas = books
    check_sheets(stored, meta, report.faults)
    for part, headings in meta.headings.items():
        name = meta.sheets[part]
        if name not in stored.sheetnames or not check_frame(stored[name], headings, report.faults):
            continue
        sheets = stored[name], formulas[name]
        lines = [
            Line(name, number, columns_of(part), *sheets, report.faults) for number in range(HEADER + 1, stored[name].max_row + 1)
        ]
        lines = [line for line in lines if not line.empty]
        if part == "indicators":
            read_indicators(lines, meta, f"{SOURCE}_{reported}", file, reported, catalogue, report)
        else:
            found = read_programme(lines, meta, items, reported, report.faults)
            place = partial(make_source_cell, f"{SOURCE}_{reported}", file, name)
            report.programme += [row | {"source_cell": place(row["source_cell"])} for row in found]
    return report


def draft_sidecar(data: bytes, file: str, reported: str, catalogue: Catalogue) -> str:
    """The sidecar of an accepted workbook as YAML: what is known of it without asking."""
    source = catalogue.sources[SOURCE]
    entries = {
        "source": SOURCE,
        "edition": reported,
        "title": f"{source.title.zh} {reported} {file}",
        "kind": KIND,
        "tables": "none",
        "url": "none",
        "published": reported,
        "accessed": reported,
        "sha256": hashlib.sha256(data).hexdigest(),
        "licence": source.licence.zh,
        "route": "original",
    }
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in entries.items())


def open_books(data: bytes, file: str, faults: list[Fault]):
    """The workbook twice, with values and with formulas; None, with a fault, where it is no xlsx that can be read."""
    try:
        kind = sniff(data, file)
    except UnreadableFile as fault:
        faults.append(Fault("wrong_file", "", "", str(fault)))
        return None
    if kind != "xlsx":
        faults.append(Fault("wrong_file", "", "", kind))
        return None
    try:
        return load_workbook(io.BytesIO(data), data_only=True), load_workbook(io.BytesIO(data))
    except Exception as fault:  # damaged archives fail in zipfile, xml and openpyxl alike
        faults.append(Fault("wrong_file", "", "", f"{type(fault).__name__}: {fault}"))
        return None


def read_meta(books, catalogue: Catalogue, faults: list[Fault]) -> Meta | None:
    """The facts of `_meta`; None, with a fault, where it is missing, changed, or of another format or catalogue."""
    if META not in books[0].sheetnames:
        faults.append(Fault("no_meta", META, "", ", ".join(books[0].sheetnames)))
        return None
    rows = [tuple("" if value is None else str(value) for value in row[:2]) for row in books[0][META].iter_rows(values_only=True)]
    stated = dict(row for row in rows if len(row) == 2)
    if stated.get("format", FORMAT) != FORMAT:
        faults.append(Fault("old_format", META, "B1", stated["format"], FORMAT))
        return None
    meta = parse_meta(rows)
    if meta is None:
        faults.append(Fault("changed_meta", META, f"B{max(len(rows), 1)}", stated.get("digest", "")))
        return None
    current = hash_meaning(catalogue, meta.targets, meta.items)
    if meta.catalogue != current:
        faults.append(Fault("old_catalogue", META, "B3", meta.catalogue, current))
        return None
    return meta


def check_sheets(book, meta: Meta, faults: list[Fault]) -> None:
    known = [*meta.sheets.values(), META]
    missing = [name for name in known if name not in book.sheetnames]
    for name in missing:
        faults.append(Fault("sheet_missing", name, "", ", ".join(book.sheetnames), ", ".join(known)))
    for name in book.sheetnames:
        # Beside a missing sheet an unknown one is that sheet under another name: one fault, not two.
        if name not in known and not missing:
            faults.append(Fault("unknown_sheet", name, "A1", name, ", ".join(known)))


def check_frame(sheet, headings: tuple[str, ...], faults: list[Fault]) -> bool:
    """Whether the headings stand where they stood; merged cells, cells beside the table and endless sheets are faults too."""
    before = len(faults)
    for place in sheet.merged_cells.ranges:
        faults.append(Fault("merged_cells", sheet.title, place.coord.split(":")[0], place.coord))
    if sheet.max_row > MOST_ROWS:
        faults.append(Fault("too_many_rows", sheet.title, f"A{sheet.max_row}", str(sheet.max_row), str(MOST_ROWS)))
        return False
    for column, heading in enumerate(headings, start=1):
        found = sheet.cell(HEADER, column).value
        if found != heading:
            faults.append(Fault("moved_column", sheet.title, f"{get_column_letter(column)}{HEADER}", show(found), heading))
    if len(faults) > before:
        return False
    for row in sheet.iter_rows(min_row=HEADER, min_col=len(headings) + 1):
        faults += [Fault("stray_cell", sheet.title, cell.coordinate, show(cell.value)) for cell in row if cell.value is not None]
    return True


def read_indicators(
    lines: list[Line], meta: Meta, edition: str, file: str, reported: str, catalogue: Catalogue, report: Report
) -> None:
    """Observation rows of the Indicators sheet; each target and year once."""
    seen: dict[tuple, str] = {}
    reported_figures: dict[str, list[tuple[int, float, Line]]] = {}
    for line in lines:
        before = len(report.faults)
        key = check_locked(line, meta)
        if key is None:
            continue
        if key in seen:
            line.blame("target", "duplicate_row", seen[key])
            continue
        seen[key] = line.cells["target"].cell
        row = read_line(line, key, meta, reported, catalogue)
        if row is not None:
            reported_figures.setdefault(key[0], []).append((key[1], row["value"], line))
        if row is not None and len(report.faults) == before:
            cell = make_source_cell(edition, file, line.cells["value"].sheet, line.cells["value"].cell)
            report.rows.append(row | {"edition": edition, "source_cell": cell})
        elif len(report.faults) == before:
            report.unreported += 1
    for key, figures in reported_figures.items():
        if catalogue.policy.targets[key].kind == "cumulative":
            check_rising(figures)


def check_locked(line: Line, meta: Meta) -> tuple[str, int] | None:
    """Target and year of a row whose locked cells are as they were handed out; None, with faults, otherwise."""
    before = len(line.faults)
    asked = meta.targets.get(line["target"]) if isinstance(line["target"], str) else None
    if asked is None:
        line.blame("target", "unknown_id", ", ".join(meta.targets) + nearest(show(line["target"]), meta.targets))
        return None
    for name, kind, expected in (
        ("indicator", "changed_indicator", asked.indicator),
        ("name", "changed_label", asked.name),
        ("unit", "changed_unit", asked.unit_text),
    ):
        if line[name] != expected:
            line.blame(name, kind, expected)
    year = line["year"]
    if isinstance(year, bool) or not isinstance(year, (int, float)) or year != int(year):
        line.blame("year", "bad_year", ", ".join(map(str, asked.years)))
    elif year > meta.full_year:
        line.blame("year", "future_year", str(meta.full_year))
    elif year not in asked.years:
        line.blame("year", "year_outside", ", ".join(map(str, asked.years)))
    return None if len(line.faults) > before else (asked.target, int(year))


def read_line(line: Line, key: tuple[str, int], meta: Meta, reported: str, catalogue: Catalogue) -> dict | None:
    """The observation of one row without its place; None where no figure is reported."""
    target = catalogue.policy.targets[key[0]]
    indicator = catalogue.indicators[target.indicator]
    figure = read_figure(line, target, indicator, catalogue.units[indicator.unit])
    if figure is None:
        return None
    status = line["status"]
    if status not in STATUSES:
        line.blame("status", "bad_status", ", ".join(STATUSES))
    published = read_date(line, "published", reported, needed=True)
    if published and status in ("A", "P") and published <= f"{key[1]}-12-30":
        line.blame("published", "early_date", f"{key[1]}-12-31")
    elif published and published < f"{key[1]}-01-01":
        line.blame("published", "early_date", f"{key[1]}-01-01")
    words = [read_text(line, "department", "no_department"), read_text(line, "source", "no_source")]
    words += read_extras(line, target, figure[0])
    return {
        "city": meta.city,
        "indicator": target.indicator,
        "scope": "whole_city",
        "year": key[1],
        "value": figure[0],
        "unit": indicator.unit,
        "decimals": figure[1],
        "status": status,
        "bound": "equal",
        "published": published,
        "raw": show(line["value"]),
        "note": "; ".join(filter(None, words)),
    }


def read_extras(line: Line, target, value: float) -> list[str]:
    """List and number of ranks, answer to an open definition, note; what is not asked for must have stayed as it was."""
    rank, words = target.kind == "rank", []
    asked = {"list": rank, "list_size": rank, "definition": target.open_definition is not None}
    for name in asked:
        if not asked[name] and line[name] not in (None, NOT_ASKED):
            line.blame(name, "not_asked")
    if rank:
        name, size = read_text(line, "list", "no_list"), read_number(line, "list_size")
        if line["list_size"] is None and not line.cells["list_size"].formula:
            line.blame("list_size", "no_list_size")
        elif size is not None and (size != int(size) or size < value):
            line.blame("list_size", "list_too_short", f"{value:g}")
        words += describe_list(name, size)
    if asked["definition"]:
        words.append(read_text(line, "definition", "no_definition"))
    return [*words, read_text(line, "note")]


def check_rising(figures: list[tuple[int, float, Line]]) -> None:
    """A count since the base year never falls."""
    ordered = sorted(figures, key=lambda figure: figure[0])
    for (year, before, _), (_, value, line) in zip(ordered, ordered[1:], strict=False):
        if value < before:
            line.blame("value", "falling_cumulative", f"{before:g} ({year})")
