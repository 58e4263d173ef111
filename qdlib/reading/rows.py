"""Labelled values → observation rows; and all of data/raw at once.

Takes tables, the catalogue and a sidecar; gives rows whose indicator, year, city, scope and unit are certain, and `unmatched`
with a reason for each other value. The year comes from a label or a caption, never from the edition. Labels of other areas
(全国, a district) are never booked on the sidecar's city. `read_raw` walks data/raw: every fault of a sidecar, a hash, a
collection or an uncertain table is collected, then raised once.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.catalogue.names import canonical_name, match_indicator
from qdlib.errors import SourceError, raise_all
from qdlib.reading.collections import editions_of, read_collection
from qdlib.reading.continuations import join_pages
from qdlib.reading.department import read_report
from qdlib.reading.department_form import KIND, SOURCE
from qdlib.reading.department_programme import COLUMNS as PROGRAMME
from qdlib.reading.labels import is_period, region_rank
from qdlib.reading.model import OBSERVATION as COLUMNS
from qdlib.reading.model import Examination, Finding, Label, Table, Value
from qdlib.reading.recipes import make_recipes
from qdlib.reading.sources import (
    SUFFIX,
    Sidecar,
    edition_folders,
    folder_id,
    load_bytes,
    load_recipes,
    make_source_cell,
    raw_folder,
    read_sheets,
    read_sidecar,
    table_files,
)
from qdlib.reading.stages import KIND as STAGE_KIND
from qdlib.reading.stages import SOURCE as STAGE_SOURCE
from qdlib.reading.stages import read_stage_folder, stages_frame
from qdlib.reading.tables import examine_sheets

UNMATCHED = [*COLUMNS, "label", "reason"]
FINDINGS = [
    "check",
    "level",
    "city",
    "indicator",
    "scope",
    "year",
    "edition",
    "cells",
    "values",
    "expected",
    "text",
    "suggestion",
]
# What the reader sees in one table alone; the build checks the same figures against the catalogue's identities and other editions.
FIGURE_CHECKS = frozenset({"sum_differs", "size_differs"})
WHOLE_CITY = frozenset({"全市", "地区", "全部城市", "全地区"})
DISTRICTS = frozenset({"市区", "市辖区", "城区"})
AREA = re.compile(r"^(?:全国|全省|全球|世界|[^\d#]{1,9}(?:省|市|区|县|州|盟|旗))$")


@dataclass(frozen=True)
class Raw:
    """All figures of data/raw: `rows` (architecture's columns), `unmatched` (+ label, reason), `findings`; what departments report
    on the programme's items (`programme`, columns of `department_programme`); frozen stages (`stages`, columns of `stages`)."""

    rows: pd.DataFrame
    unmatched: pd.DataFrame
    findings: pd.DataFrame
    programme: pd.DataFrame = field(default_factory=lambda: programme_frame([]))
    stages: pd.DataFrame = field(default_factory=lambda: stages_frame([]))


@dataclass
class Reading:
    """What is known of one value while its row is made."""

    city: str
    scope: str
    year: int | None = None
    names: dict[str, list[str]] = field(default_factory=dict)
    reason: str = ""
    words: str = ""


def make_rows(tables: Iterable[Table], catalogue: Catalogue, sidecar: Sidecar) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Observation rows and unmatched values of certain tables.

    rows: the columns of COLUMNS, one row a figure or mark; value in `unit`, decimals as printed. unmatched: the same columns and
    label, reason (unit_doubtful, unreadable, no_unit, no_year, part_year, other_area, two_names, repeated_label,
    no_indicator, ambiguous).
    """
    rows: list[dict] = []
    unmatched: list[dict] = []
    for table in tables:
        twice = repeated_paths(table)
        for value in table.values:
            reading = read_labels(table, value, catalogue, sidecar)
            if not reading.reason and path_texts(value) in twice:
                reading.reason, reading.words = "repeated_label", "another column bears the same labels"
            indicator = "" if reading.reason else _match(table, value, reading, catalogue)
            entry = _entry(table, value, reading, sidecar)
            if indicator and not reading.reason:
                rows.append(entry | {"indicator": indicator})
            else:
                label = " / ".join(part.text for part in (*value.row, *value.column))
                unmatched.append(entry | {"indicator": indicator, "label": label, "reason": reading.reason})
    return frame_of(rows, COLUMNS), frame_of(unmatched, UNMATCHED)


def path_texts(value: Value) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The printed labels of a value on both axes."""
    return tuple(label.text for label in value.row), tuple(label.text for label in value.column)


def repeated_paths(table: Table) -> set[tuple]:
    """Label paths under which one row has figures in two columns: nothing but the cell tells them apart."""
    seen: dict[tuple, tuple] = {}
    found = set()
    for value in table.values:
        leaves = (value.row[-1].cell, value.column[-1].cell)
        first = seen.setdefault((value.row[-1].cell, path_texts(value)), leaves)
        if first != leaves:
            found.add(path_texts(value))
    return found


def read_labels(table: Table, value: Value, catalogue: Catalogue, sidecar: Sidecar) -> Reading:
    """City, scope, year and the names that are left, from the labels of one value."""
    fixed, axes = table.recipe.fixed, table.recipe.axes
    reading = Reading(fixed.get("city") or sidecar.city, fixed.get("scope") or sidecar.scope or "whole_city")
    years: set[int] = {int(fixed["year"])} if fixed.get("year", "").isdecimal() else set()
    for axis, path in (("row", value.row), ("column", value.column)):
        reading.names[axis] = []
        for label in () if axes.get(f"{axis}s") == "ignore" else path:
            _read_one(label, axis, reading, years, catalogue)
    if len(years) > 1:
        reading.reason, reading.words = "no_year", f"two years: {', '.join(map(str, sorted(years)))}"
    reading.year = years.pop() if len(years) == 1 else table.period if not years else None
    if not reading.reason:
        _first_obstacle(value, reading)
    return reading


def _read_one(label: Label, axis: str, reading: Reading, years: set[int], catalogue: Catalogue) -> None:
    bare = canonical_name(label.text).bare
    city = find_city(bare, catalogue)
    if label.year is not None:
        years.add(label.year)
    elif is_period(label.text):
        reading.reason, reading.words = "part_year", label.text
    elif bare in WHOLE_CITY:
        reading.scope = "whole_city"
    elif bare in DISTRICTS:
        reading.scope = "urban_districts"
    elif city:
        reading.city = city
    elif AREA.match(bare) or (region_rank(bare) is not None):
        reading.reason, reading.words = "other_area", label.text
    else:
        if bare.startswith("市区") or bare.startswith("市辖区"):
            reading.scope = "urban_districts"
        reading.names[axis].append(label.text)


def find_city(name: str, catalogue: Catalogue) -> str:
    """Slug of the city printed as 青岛 or 青岛市; empty for any other word."""
    short = name.removesuffix("市")
    for slug, city in catalogue.cities.items():
        if city.name.zh.removesuffix("市") == short and short:
            return slug
    return ""


def _first_obstacle(value: Value, reading: Reading) -> None:
    """Why a value cannot become a row, before its name is looked up."""
    doubtful = value.unit is None and value.status == "U" and value.value is not None
    for reason, holds in (
        ("unreadable", value.value is None and value.status == "U"),
        ("unit_doubtful", doubtful),
        ("no_unit", value.unit is None),
        ("no_year", reading.year is None),
        ("no_city", not reading.city),
    ):
        if holds:
            reading.reason = reason
            return


def _match(table: Table, value: Value, reading: Reading, catalogue: Catalogue) -> str:
    """Indicator id, or nothing with the reason set."""
    stated = [table.recipe.indicators[name] for names in reading.names.values() for name in names[-1:] if name in table.recipe.indicators]
    if len(set(stated)) == 1:
        return _stated(stated[0], value, reading, catalogue)
    named = [names for names in reading.names.values() if names]
    if len(named) > 1:
        reading.reason, reading.words = "two_names", " and ".join(names[-1] for names in named)
        return ""
    names = named[0] if named else [table.subject] if table.subject else []
    if not names:
        reading.reason = "no_indicator"
        return ""
    title = " ".join(filter(None, (table.number, table.title)))
    found = match_indicator(catalogue.indicators, names[-1], names[:-1], value.unit.dimension, title, reading.year)
    if found.indicator is None:
        reading.reason, reading.words = found.reason, found.words
    return found.indicator or ""


def _stated(indicator: str, value: Value, reading: Reading, catalogue: Catalogue) -> str:
    """The indicator that a recipe names; its dimension must still be the unit's, so that a wrong line of a recipe makes no figure."""
    known = catalogue.indicators.get(indicator)
    if known is None:
        reading.reason, reading.words = "no_indicator", f"the recipe names {indicator!r}, which the catalogue does not have"
    elif catalogue.units[known.unit].dimension != value.unit.dimension:
        reading.reason, reading.words = "unit_doubtful", f"{indicator} is measured in {known.unit}, the figure in {value.unit.id}"
    return "" if reading.reason else indicator


def _entry(table: Table, value: Value, reading: Reading, sidecar: Sidecar) -> dict:
    notes = [*value.notes, *([reading.words] if reading.words else [])]
    return {
        "city": reading.city,
        "indicator": "",
        "scope": reading.scope,
        "year": reading.year,
        "value": None if value.value is None else float(value.value),
        "unit": value.unit.id if value.unit else None,
        "decimals": value.decimals,
        "status": value.status,
        "bound": value.bound,
        "edition": sidecar.edition_id,
        "published": sidecar.published,
        "source_cell": make_source_cell(sidecar.edition_id, table.file, table.sheet, value.cell),
        "raw": value.raw,
        "note": "; ".join(notes),
    }


def frame_of(entries: Sequence[Mapping], columns: Sequence[str]) -> pd.DataFrame:
    """A frame with the columns' types, also when it is empty."""
    frame = pd.DataFrame(entries, columns=list(columns))
    for name, kind in (("year", "Int64"), ("decimals", "Int64"), ("value", "float64")):
        if name in frame:
            frame[name] = frame[name].astype(kind)
    return frame


def programme_frame(entries: Sequence[Mapping]) -> pd.DataFrame:
    """Departments' reports on programme items, one row a milestone, also when there is none."""
    numbers = dict.fromkeys(("investment_planned", "investment_spent", "weight"), "float64")
    return pd.DataFrame(entries, columns=list(PROGRAMME)).astype({**numbers, "parts_done": "Int64"})


def read_raw(root: str | Path | None = None, catalogue: Catalogue | None = None) -> Raw:
    """Every figure of data/raw. Raises one SourceError with all faults of sidecars, hashes, collections and uncertain tables."""
    from qdlib.catalogue import load_catalogue

    root = Path(root) if root else raw_folder()
    catalogue = catalogue or load_catalogue()
    faults: list[str] = []
    if not root.is_dir():
        raise SourceError(f"{root.name}: no such folder; QD_RAW names the folder of raw files (default data/raw)")
    rows: list[pd.DataFrame] = [frame_of([], COLUMNS)]
    unmatched: list[pd.DataFrame] = [frame_of([], UNMATCHED)]
    findings: list[dict] = []
    programme: list[dict] = []
    stages: list[dict] = []
    dates: dict[str, dict[str, str]] = {}
    for folder in edition_folders(root):
        if folder.parent.name == STAGE_SOURCE:
            stages += read_stage_folder(folder, faults)
            continue
        _find_orphans(folder, faults)
        found = [
            (sidecar, seen)
            for path in table_files(folder)
            for sidecar, seen in _read_file(path, catalogue, faults, rows, dates, programme)
        ]
        for (sidecar, _), seen in zip(found, join_pages([seen for _, seen in found]), strict=True):
            _book_tables(seen, sidecar, catalogue, faults, rows, unmatched, findings)
    for edition, stated in sorted(dates.items()):
        if len(stated) > 1:
            places = "; ".join(f"{published} in {where}" for published, where in stated.items())
            faults.append(f"edition {edition} has {len(stated)} dates of publication: {places}; one edition has one date")
    raise_all(SourceError, faults, f"{root.name} cannot be read")
    return Raw(
        pd.concat(rows, ignore_index=True),
        pd.concat(unmatched, ignore_index=True),
        pd.DataFrame(findings, columns=FINDINGS),
        programme_frame(programme),
        stages_frame(stages),
    )


def _find_orphans(folder: Path, faults: list[str]) -> None:
    for path in sorted(folder.rglob(f"*{SUFFIX}")):
        if not path.with_name(path.name.removesuffix(SUFFIX)).is_file():
            faults.append(
                f"{folder_id(folder)}/{path.name}: the file it describes is not there; restore it or delete the sidecar"
            )


def _read_file(
    path: Path, catalogue: Catalogue, faults: list[str], rows, dates: dict, programme: list[dict]
) -> list[tuple[Sidecar, Examination]]:
    """One raw file: what is seen in a file of tables; rows of any other file are appended, and so are faults."""
    sidecar = read_sidecar(path, faults)
    if sidecar is None:
        return []
    where = f"{sidecar.edition_id}/{path.name}"
    if sidecar.kind == STAGE_KIND:
        faults.append(
            f"{where}{SUFFIX}: kind is {STAGE_KIND!r}, but such files lie in {STAGE_SOURCE}/<stage>, where `qd export --stage` puts them"
        )
        return
    if KIND == sidecar.kind or SOURCE == sidecar.source:
        rows.append(_read_department(path, sidecar, catalogue, faults, programme))
        return []
    try:
        sheets = read_sheets(path)
    except SourceError as fault:
        faults.append(f"{sidecar.edition_id}/{fault}")
        return []
    if sidecar.kind == "collection":
        made = read_collection(sheets[0], sidecar, catalogue, faults)
        rows.append(frame_of(made, COLUMNS))
        for edition, published, cell in editions_of(made):
            dates.setdefault(edition, {}).setdefault(published, cell)
        return []
    if sidecar.source not in catalogue.sources:
        faults.append(f"{where}{SUFFIX}: the source {sidecar.source!r} is not in sources.yml; add it there")
    if sidecar.city and sidecar.city not in catalogue.cities:
        faults.append(f"{where}{SUFFIX}: the city {sidecar.city!r} is not in cities.csv")
    dates.setdefault(sidecar.edition_id, {}).setdefault(sidecar.published, where)
    try:
        seen = examine_sheets(sheets, recipes=make_recipes(load_recipes(path)))
    except SourceError as fault:
        faults += [f"{sidecar.edition_id}/{words}" for words in fault.faults or (str(fault),)]
        return []
    if not seen.tables and not seen.uncertain:
        faults.append(f"{where}: no table in it; a file without figures does not belong into data/raw")
    return [(sidecar, seen)]


def _book_tables(
    seen: Examination, sidecar: Sidecar, catalogue: Catalogue, faults: list[str], rows, unmatched, findings: list[dict]
) -> None:
    """The rows of a file's tables are appended; a table that is not certain is a fault."""
    faults += [f"{sidecar.edition_id}/{table.words()}" for table in seen.uncertain]
    matched, rest = make_rows(seen.tables, catalogue, sidecar)
    rows.append(matched)
    unmatched.append(rest)
    findings += _findings(seen, matched, rest, sidecar)


def _read_department(
    path: Path, sidecar: Sidecar, catalogue: Catalogue, faults: list[str], programme: list[dict]
) -> pd.DataFrame:
    """Rows of a department's workbook. Each figure has its own date, so the edition, named for the day of the report, has many."""
    where = f"{sidecar.edition_id}/{path.name}"
    if (sidecar.kind, sidecar.source) != (KIND, SOURCE):
        faults.append(
            f"{where}{SUFFIX}: kind is {sidecar.kind!r} and source {sidecar.source!r}: a file of {SOURCE} is a {KIND}, and no other is; "
            "correct the sidecar or move the file"
        )
        return frame_of([], COLUMNS)
    report = read_report(load_bytes(path), path.name, sidecar.edition, catalogue)
    faults += [fault.words(where, catalogue) for fault in report.faults]
    programme += report.programme
    return frame_of(report.rows, COLUMNS)


def _findings(seen: Examination, matched: pd.DataFrame, rest: pd.DataFrame, sidecar: Sidecar) -> list[dict]:
    """The reader's remarks as finding rows, with the place of the value they are about."""
    places = {row["source_cell"]: row for frame in (matched, rest) for row in frame.to_dict("records")}
    by_cell: dict[str, list[Finding]] = {}
    for finding in seen.findings:
        if finding.kind in FIGURE_CHECKS:
            continue
        by_cell.setdefault(finding.cell, []).append(finding)
    found = []
    for table, value in seen.values():
        for finding in by_cell.get(value.cell, []):
            cell = make_source_cell(sidecar.edition_id, table.file, table.sheet, value.cell)
            place = places.get(cell, {})
            found.append(
                {
                    "check": finding.kind,
                    "level": finding.severity,
                    "city": place.get("city", sidecar.city),
                    "indicator": place.get("indicator", ""),
                    "scope": place.get("scope", ""),
                    "year": place.get("year"),
                    "edition": sidecar.edition_id,
                    "cells": cell,
                    "values": value.raw,
                    "expected": _expected(finding.kind),
                    "text": finding.words,
                    "suggestion": "",
                }
            )
    return found


def _expected(kind: str) -> str:
    return {
        "unit_doubtful": "a unit that the table states",
        "unreadable": "a figure of the number grammar",
        "repaired": "digits without stray spaces",
    }.get(kind, "")
