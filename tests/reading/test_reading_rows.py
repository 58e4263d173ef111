"""Labelled values → observation rows, and why a value becomes none."""

import pytest

from qdlib.errors import SourceError
from qdlib.reading.rows import COLUMNS, FINDINGS, UNMATCHED, make_rows, read_raw
from qdlib.reading.sources import Sidecar
from qdlib.reading.tables import read_tables


@pytest.fixture
def sidecar():
    return Sidecar(
        "a_yearbook",
        "2003",
        "某年鉴",
        "table",
        "1-1",
        "alpha",
        "whole_city",
        "u",
        "2003-09",
        "2026-01-01",
        "x",
        "none",
        "transcribed",
        "",
    )


@pytest.fixture
def rows_of(write_csv, catalogue, sidecar):
    def make(rows):
        return make_rows(read_tables(write_csv(rows, "1-1.csv")), catalogue, sidecar)

    return make


def test_years_as_rows(rows_of):
    rows, unmatched = rows_of(
        [["1-1 测试表"], ["单位：亿元"], ["年份", "总产值", ""], ["", "", "#工业"], ["2001", "9.50", "4"], ["2002", "10", "-"]]
    )
    assert list(rows.columns) == COLUMNS and list(unmatched.columns) == UNMATCHED
    assert list(rows["indicator"]) == ["output", "industry", "output", "industry"]
    assert list(rows["year"]) == [2001, 2001, 2002, 2002]
    first, last = rows.iloc[0], rows.iloc[3]
    assert (first.city, first.scope, first.value, first.unit, first.decimals, first.status, first.bound) == (
        "alpha",
        "whole_city",
        9.5,
        "hundred_million_yuan",
        2,
        "A",
        "equal",
    )
    assert (first.edition, first.published, first.raw) == ("a_yearbook_2003", "2003-09", "9.50")
    assert (last.status, last.raw) == ("M", "-") and last.value != last.value
    assert unmatched.empty


def test_years_as_columns_and_units_in_a_column(rows_of):
    rows, _ = rows_of(
        [["1-7 表"], ["指标", "单位", "2001年", "2002年"], ["总产值", "亿美元", "1", "2"], ["总人口（年末）", "万人", "3", "4"]]
    )
    assert list(rows["indicator"]) == ["output_usd", "output_usd", "people", "people"]


def test_a_unit_switch_inside_a_row_changes_the_indicator(rows_of):
    rows, unmatched = rows_of(
        [["1-7 表"], ["指标", "单位", "2001年", "2002年", "2003年"], ["总产值", "亿美元", "1", "2 （亿元）", "3"]]
    )
    assert list(rows["indicator"]) == ["output_usd", "output"]
    assert list(unmatched["reason"]) == ["unit_doubtful"]
    assert unmatched.iloc[0]["label"] == "总产值 / 2003年"
    assert unmatched.iloc[0]["value"] == 3


def test_t43_growth_is_known_by_the_title(rows_of):
    rows, _ = rows_of([["1-11 主要指标比上年增长"], ["单位：%"], ["年份", "总产值"], ["2001", "12.0"], ["2002", "-2.0"]])
    assert set(rows["indicator"]) == {"output_growth"}


def test_scope_words_in_labels(rows_of):
    rows, _ = rows_of(
        [["1-1 表"], ["单位：万人"], ["指标", "2001年", "2002年"], ["总人口（年末）", "9", "10"], ["市区人口", "4", "5"]]
    )
    assert list(rows["scope"]) == ["whole_city", "whole_city", "urban_districts", "urban_districts"]


def test_scope_and_city_as_labels(rows_of):
    rows, unmatched = rows_of(
        [
            ["2-9 表"],
            ["2001年"],
            ["城市", "总产值(亿元)", ""],
            ["", "全市", "市辖区"],
            ["甲城市", "9", "4"],
            ["乙城", "8", "3"],
            ["丙城市", "7", "2"],
        ]
    )
    assert list(zip(rows["city"], rows["scope"], strict=True)) == [
        ("alpha", "whole_city"),
        ("alpha", "urban_districts"),
        ("beta", "whole_city"),
        ("beta", "urban_districts"),
    ]
    assert set(unmatched["reason"]) == {"other_area"}


def test_t44_the_year_comes_from_labels_or_captions_never_from_the_edition(rows_of):
    rows, _ = rows_of([["1-2 表", ""], ["(2001年)", ""], ["单位：亿元", ""], ["城市", "总产值"], ["甲城", "9"], ["乙城", "8"]])
    assert set(rows["year"]) == {2001}
    _, unmatched = rows_of(
        [["1-2 表", ""], ["(20014年)", ""], ["单位：亿元", ""], ["城市", "总产值"], ["甲城", "9"], ["乙城", "8"]]
    )
    assert set(unmatched["reason"]) == {"no_year"}


def test_t28_parts_of_a_year_are_no_annual_rows(rows_of):
    rows, unmatched = rows_of(
        [["1-1 表"], ["单位：亿元"], ["指标", "2001", "2002H1", "200203"], ["总产值", "1", "2", "3"], ["工业", "1", "2", "3"]]
    )
    assert set(rows["year"]) <= {2001}
    assert set(unmatched.loc[unmatched["label"].str.contains("H1|03"), "reason"]) == {"part_year"}


def test_other_areas_are_never_booked_on_the_city(rows_of):
    rows, unmatched = rows_of(
        [["1-9 表"], ["(2001年)"], ["单位：亿元"], ["指标", "全国", "全省", "甲城市"], ["总产值", "900", "90", "9"]]
    )
    assert list(rows["value"]) == [9]
    assert list(unmatched["reason"]) == ["other_area", "other_area"]


def test_unknown_names_units_and_two_names(rows_of):
    _, unknown = rows_of([["1-1 表"], ["单位：亿元"], ["年份", "总产直"], ["2001", "1"], ["2002", "2"]])
    assert set(unknown["reason"]) == {"no_indicator"} and "总产值" in unknown.iloc[0]["note"]
    _, bare = rows_of([["1-1 表"], ["年份", "总产值"], ["2001", "1"], ["2002", "2"]])
    assert set(bare["reason"]) == {"no_unit"}
    _, two = rows_of(
        [["1-1 表"], ["(2001年)"], ["单位：亿元"], ["指标", "总产值", "工业"], ["甲项", "1", "2"], ["乙项", "3", "4"]]
    )
    assert set(two["reason"]) == {"two_names"}


def test_unreadable_cells_are_unmatched(rows_of):
    body = [[str(year), "1.5"] for year in range(1950, 2002)]
    _, unmatched = rows_of([["1-1 表"], ["单位：亿元"], ["年份", "总产值"], *body, ["2002", "94O"]])
    assert list(unmatched["reason"]) == ["unreadable"]
    assert unmatched.iloc[0]["note"] == 'unreadable "94O"'


def test_a_matrix_takes_its_indicator_from_the_corner(rows_of):
    rows, _ = rows_of([["总产值（当年价格）(亿元)", "2001", "2002"], ["甲城", "5", "6"], ["乙城", "7", "8"]])
    assert set(rows["indicator"]) == {"output"} and set(rows["city"]) == {"alpha", "beta"}


def test_arguments_stay_as_they_were(write_csv, catalogue, sidecar):
    tables = read_tables(write_csv([["1-1 表"], ["单位：亿元"], ["年份", "总产值"], ["2001", "1"], ["2002", "2"]]))
    before = repr(tables)
    make_rows(tables, catalogue, sidecar)
    assert repr(tables) == before


GOOD = [["1-1 测试表"], ["单位：亿元"], ["年份", "总产值"], ["2001", "1.50"], ["2002", "2.75"]]


def test_read_raw_collects_all_faults_and_raises_once(write_csv, add_raw, raw_root, catalogue):
    add_raw(write_csv(GOOD, "1-1.csv"), sha256="0" * 64)
    add_raw(write_csv(GOOD, "1-2.csv"), source="b_yearbook")
    lonely = add_raw(write_csv(GOOD, "1-3.csv"))
    lonely.with_name("1-3.csv.source.yml").unlink()
    gone = add_raw(write_csv(GOOD, "1-4.csv"))
    gone.unlink()
    add_raw(write_csv([["1-5 表"], ["单位：亿元"], ["年份", "出口", "出口"], ["2001", "1", "2"], ["2002", "3", "4"]], "1-5.csv"))
    add_raw(write_csv([["词"], ["语"]], "1-6.csv"))
    with pytest.raises(SourceError) as caught:
        read_raw(raw_root, catalogue)
    text = "\n".join(caught.value.faults)
    for words in (
        "1-1.csv.source.yml: sha256",
        "'b_yearbook' is not in sources.yml",
        "1-3.csv has no sidecar",
        "1-4.csv.source.yml: the file it describes is not there",
        "1-5.csv!csv!A3:C5 表: not certain",
        "1-6.csv: no table in it",
    ):
        assert words in text
    assert len(caught.value.faults) == 6


def test_read_raw_names_two_dates_of_one_edition(write_csv, add_raw, raw_root, catalogue):
    add_raw(write_csv(GOOD, "1-1.csv"), published="2003-09")
    add_raw(write_csv(GOOD, "1-2.csv"), published="2003-10")
    with pytest.raises(SourceError, match="edition a_yearbook_2003 has 2 dates of publication: 2003-09 in"):
        read_raw(raw_root, catalogue)


def test_read_raw_needs_its_folder(tmp_path, catalogue):
    with pytest.raises(SourceError, match="no such folder; QD_RAW"):
        read_raw(tmp_path / "nowhere", catalogue)


def test_read_raw_reads_the_folder_of_the_environment(write_csv, add_raw, raw_root, catalogue, monkeypatch):
    add_raw(write_csv(GOOD, "1-1.csv"))
    monkeypatch.setenv("QD_RAW", str(raw_root))
    assert len(read_raw(catalogue=catalogue).rows) == 2


def test_findings_name_cell_and_place(write_csv, add_raw, raw_root, catalogue):
    rows = [["1-7 表"], ["指标", "单位", "2001年", "2002年", "2003年"], ["总产值", "亿美元", "1", "2 （亿元）", "3"]]
    add_raw(write_csv(rows, "1-7.csv"))
    raw = read_raw(raw_root, catalogue)
    assert list(raw.findings.columns) == FINDINGS
    finding = raw.findings.iloc[0]
    assert (finding.check, finding.city, finding.year, finding.cells) == (
        "unit_doubtful",
        "alpha",
        2003,
        "a_yearbook_2003/1-7.csv!csv!E3",
    )
