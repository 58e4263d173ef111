"""Sidecars, source cells, and every figure of data/raw read again from its file alone."""

import math
from decimal import Decimal

import pytest

from qdlib.errors import SourceError
from qdlib.reading.rows import read_raw
from qdlib.reading.sources import (
    find_raw_file,
    make_source_cell,
    parse_source_cell,
    raw_folder,
    read_cell,
    read_sidecar,
    table_files,
)

ROWS = [["1-1 测试表"], ["单位：亿元"], ["年份", "总产值"], ["2001", "1.50"], ["2002", "2.75"]]


def test_source_cells_go_both_ways():
    text = make_source_cell("a_2003", "50%!.xlsx", "全部!", "F12")
    assert text == "a_2003/50%25%21.xlsx!全部%21!F12"
    address = parse_source_cell(text)
    assert (address.edition, address.file, address.sheet, address.cell) == ("a_2003", "50%!.xlsx", "全部!", "F12")


@pytest.mark.parametrize("text", ["", "a/b.csv", "a/b.csv!csv", "a/b.csv!csv!12", "a!b!c"])
def test_what_is_no_source_cell(text):
    with pytest.raises(SourceError, match="is no source cell"):
        parse_source_cell(text)


def test_a_figure_comes_back_from_its_file_alone(write_csv, add_raw, raw_root, catalogue):
    add_raw(write_csv(ROWS, "1-1.csv"))
    rows = read_raw(raw_root, catalogue).rows
    assert list(rows["source_cell"]) == ["a_yearbook_2003/1-1.csv!csv!B4", "a_yearbook_2003/1-1.csv!csv!B5"]
    assert read_cell(rows["source_cell"][0], raw_root) == Decimal("1.50")


def test_an_unknown_edition_or_file_is_named(write_csv, add_raw, raw_root):
    add_raw(write_csv(ROWS, "1-1.csv"))
    with pytest.raises(SourceError, match="'a_yearbook_2004'; did you mean a_yearbook_2003"):
        find_raw_file("a_yearbook_2004", "1-1.csv", raw_root)
    with pytest.raises(SourceError, match=r"no file '1-2\.csv'; did you mean 1-1\.csv"):
        find_raw_file("a_yearbook_2003", "1-2.csv", raw_root)


def test_sidecars_readme_and_hidden_files_are_no_tables(write_csv, add_raw, raw_root):
    path = add_raw(write_csv(ROWS, "1-1.csv"))
    (path.parent / "README.md").write_text("x", encoding="utf-8")
    (path.parent / ".DS_Store").write_text("x", encoding="utf-8")
    assert [file.name for file in table_files(path.parent)] == ["1-1.csv"]


FAULTS = [
    ({"sha256": "0" * 64}, "sha256 is 0000000000000000…, the file has"),
    ({"url": None}, "the key 'url' is missing"),
    ({"city_name": "x"}, "unknown key 'city_name'"),
    ({"kind": "tables"}, "kind is 'tables', expected one of table, collection"),
    ({"route": "post"}, "route is 'post'"),
    ({"scope": "city"}, "scope is 'city'"),
    ({"published": "May 2003"}, "published is 'May 2003', expected a date"),
    ({"accessed": "2026-13-01"}, "accessed is '2026-13-01'"),
    ({"title": ["a", "b"]}, "title is ['a', 'b'], expected one text"),
]


@pytest.mark.parametrize(("changed", "words"), FAULTS)
def test_each_sidecar_fault_is_named(write_csv, add_raw, changed, words):
    path = add_raw(write_csv(ROWS, "1-1.csv"), **changed)
    faults = []
    read_sidecar(path, faults)
    assert any(words in fault and "a_yearbook_2003/1-1.csv" in fault for fault in faults), faults


def test_a_sidecar_in_the_wrong_folder_is_named(write_csv, add_raw):
    path = add_raw(write_csv(ROWS, "1-1.csv"))
    sidecar = path.with_name(path.name + ".source.yml")
    sidecar.write_text(sidecar.read_text(encoding="utf-8").replace("edition: '2003'", "edition: '2004'"), encoding="utf-8")
    faults = []
    read_sidecar(path, faults)
    assert any("edition is '2004', but the file lies in the folder '2003'" in fault for fault in faults)


def test_a_missing_or_broken_sidecar_is_named(write_csv, add_raw):
    path = add_raw(write_csv(ROWS, "1-1.csv"))
    sidecar = path.with_name(path.name + ".source.yml")
    for text, words in (("a: [", "no valid YAML"), ("- a", "holds no keys")):
        sidecar.write_text(text, encoding="utf-8")
        faults = []
        assert read_sidecar(path, faults) is None
        assert words in faults[0]
    sidecar.unlink()
    faults = []
    assert read_sidecar(path, faults) is None
    assert "has no sidecar; write 1-1.csv.source.yml" in faults[0]


@pytest.fixture(scope="module")
def project():
    """Everything in the project's own data/raw."""
    return read_raw(raw_folder())


def test_every_figure_of_the_project_is_in_its_file(project):
    """The number comes back from file and address alone; each file is opened once here, `read_cell` is the slow way."""
    from qdlib.reading.grid import parse_stored
    from qdlib.reading.sheet import from_a1
    from qdlib.reading.sources import read_sheets

    frame = project.rows
    frame = frame.assign(place=[parse_source_cell(text) for text in frame["source_cell"]])
    checked = 0
    for (edition, file, sheet), part in frame.groupby(
        [[getattr(place, key) for place in frame["place"]] for key in ("edition", "file", "sheet")]
    ):
        grid = read_sheets(find_raw_file(edition, file, raw_folder()), sheet)[0]
        for row in part.itertuples():
            parsed = parse_stored(grid, *from_a1(row.place.cell))
            if parsed.value is None:
                assert math.isnan(row.value), row.source_cell
            else:
                assert (float(parsed.value), parsed.decimals) == (row.value, row.decimals), row.source_cell
            assert parsed.text.strip() == row.raw, row.source_cell
            checked += 1
    assert checked == len(frame) > 0


def test_read_cell_gives_the_figures_of_the_yearbooks_again(project):
    first = project.rows.groupby(["edition", "indicator"]).head(1)
    sample = first[first["source_cell"].str.contains("yearbook")].head(60)
    for row in sample.itertuples():
        value = read_cell(row.source_cell)
        assert math.isnan(row.value) if value is None else float(value) == row.value, row.source_cell


def test_no_table_of_the_project_is_uncertain(project):
    assert set(project.unmatched["reason"]) <= {"unit_doubtful"}
    assert set(project.unmatched["source_cell"]) == {
        "qd_yearbook_2023/1-7.xlsx!Sheet1!L29",
        "qd_yearbook_2023/1-7.xlsx!Sheet1!P29",
    }
