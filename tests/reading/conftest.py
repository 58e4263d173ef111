"""Tiny invented tables with real shapes: written to a temporary folder, read by the real reader."""

import csv
from pathlib import Path

import openpyxl
import pytest

from qdlib.reading.tables import examine_file
from qdlib.reading.views import plain_decimal


@pytest.fixture
def write_xlsx(tmp_path):
    """A workbook from rows of cells; options name merges, number formats, bold rows and hidden rows."""

    def write(rows, name="t.xlsx", *, merges=(), formats=None, bold=(), hidden_rows=(), sheet="Sheet1", indents=None) -> Path:
        book = openpyxl.Workbook()
        page = book.active
        page.title = sheet
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                if value is not None and value != "":
                    page.cell(number, column, value)
                if number in bold:
                    page.cell(number, column).font = openpyxl.styles.Font(bold=True)
        for merge in merges:
            page.merge_cells(merge)
        for address, code in (formats or {}).items():
            page[address].number_format = code
        for address, indent in (indents or {}).items():
            page[address].alignment = openpyxl.styles.Alignment(indent=indent)
        for number in hidden_rows:
            page.row_dimensions[number].hidden = True
        path = tmp_path / name
        book.save(path)
        return path

    return write


@pytest.fixture
def write_csv(tmp_path):
    """A UTF-8 CSV from rows of fields."""

    def write(rows, name="t.csv") -> Path:
        path = tmp_path / name
        with open(path, "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        return path

    return write


@pytest.fixture
def write_scrape(tmp_path):
    """A scraped CSV: a field of line breaks before each cell, empty records between the rows."""

    def write(rows, name="t.csv") -> Path:
        path = tmp_path / name
        with open(path, "w", encoding="gb18030", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\r\n")
            for row in rows:
                fields = []
                for cell in row:
                    fields += ["\r\n", *(cell if isinstance(cell, list) else [cell])]
                writer.writerow(fields if len(row) > 1 or row[0].startswith("#") else row)
        return path

    return write


@pytest.fixture
def read_one():
    """The only table of a file, which must be certain."""

    def read(path, **options):
        seen = examine_file(path, **options)
        assert not seen.uncertain, [table.words() for table in seen.uncertain]
        assert len(seen.tables) == 1
        return seen.tables[0]

    return read


@pytest.fixture
def reasons():
    """Why a file's only table is not certain, in one text."""

    def read(path, **options) -> str:
        seen = examine_file(path, **options)
        assert not seen.tables, [(table.title, table.range) for table in seen.tables]
        assert len(seen.uncertain) == 1
        return "; ".join(seen.uncertain[0].reasons)

    return read


@pytest.fixture
def cells():
    """A table as {cell: (row texts, column texts, value, unit id, status)}."""

    def view(table) -> dict:
        return {
            value.cell: (
                [label.text for label in value.row],
                [label.text for label in value.column],
                None if value.value is None else plain_decimal(value),
                value.unit.id if value.unit else None,
                value.status,
            )
            for value in table.values
        }

    return view


@pytest.fixture
def catalogue():
    """A small invented catalogue: three indicators, two cities, two sources."""
    from types import SimpleNamespace

    from qdlib.catalogue.cities import City
    from qdlib.catalogue.documents import Name
    from qdlib.catalogue.indicators import Indicator, Label
    from qdlib.catalogue.units import packaged_units
    from qdlib.errors import CatalogueError

    def indicator(key, unit, *labels, price="current") -> Indicator:
        texts = tuple(
            Label(
                label["text"],
                label.get("from"),
                label.get("to"),
                tuple(label.get("ancestors", ())),
                label.get("dimension"),
                label.get("title"),
                False,
            )
            for label in labels
        )
        name = Name(key, key)
        return Indicator(key, "t", name, unit, 2, "flow", price, "none", None, None, True, None, None, None, None, None, texts)

    def source_of(edition):
        key = edition.rpartition("_")[0]
        if key not in ("a_yearbook", "a_communique"):
            raise CatalogueError(f"edition {edition!r} belongs to no source")
        return SimpleNamespace(id=key)

    indicators = [
        indicator("output", "hundred_million_yuan", {"text": "总产值", "dimension": "money_cny"}),
        indicator("output_usd", "hundred_million_us_dollars", {"text": "总产值", "dimension": "money_usd"}),
        indicator("output_growth", "percent", {"text": "总产值", "dimension": "ratio", "title": "比上年增长"}, price="none"),
        indicator("industry", "hundred_million_yuan", {"text": "工业", "dimension": "money_cny", "ancestors": ["总产值"]}),
        indicator(
            "people",
            "ten_thousand_persons",
            {"text": "总人口（年末）", "dimension": "persons"},
            {"text": "市区人口", "dimension": "persons"},
            price="none",
        ),
    ]
    cities = {
        slug: City(slug, "370000", Name(zh, slug), Name("某省", "x"), "provincial_capital", "all")
        for slug, zh in (("alpha", "甲城"), ("beta", "乙城"))
    }
    return SimpleNamespace(
        indicators={entry.id: entry for entry in indicators},
        cities=cities,
        units=packaged_units(),
        sources={"a_yearbook": SimpleNamespace(id="a_yearbook"), "a_communique": SimpleNamespace(id="a_communique")},
        source_of=source_of,
    )


@pytest.fixture
def add_raw(tmp_path):
    """A file of an invented data/raw with its sidecar; keyword arguments replace keys of the sidecar, None drops one."""
    import hashlib

    import yaml

    def add(path: Path, *, source="a_yearbook", edition="2003", kind="table", **changed) -> Path:
        folder = tmp_path / "raw" / source / edition
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / path.name
        target.write_bytes(path.read_bytes())
        keys = {
            "source": source,
            "edition": edition,
            "title": "某年鉴",
            "kind": kind,
            "tables": "1-1",
            "city": "alpha",
            "scope": "whole_city",
            "url": "https://example.org",
            "published": edition,
            "accessed": "2026-01-02",
            "licence": "none",
            "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
            "route": "transcribed",
            "note": "",
        } | changed
        keys = {key: value for key, value in keys.items() if value is not None}
        text = yaml.safe_dump(keys, allow_unicode=True, sort_keys=False)
        target.with_name(target.name + ".source.yml").write_text(text, encoding="utf-8")
        return target

    return add


@pytest.fixture
def raw_root(tmp_path):
    (tmp_path / "raw").mkdir(exist_ok=True)
    return tmp_path / "raw"
