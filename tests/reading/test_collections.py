"""Collections: one row a figure, every fault named with its cell."""

import pytest

from qdlib.errors import SourceError
from qdlib.reading.collections import COLUMNS
from qdlib.reading.rows import read_raw
from qdlib.reading.sources import read_cell

RECORD = {
    "city": "alpha",
    "indicator": "output",
    "scope": "whole_city",
    "year": "2002",
    "value": "16719.46",
    "unit": "hundred_million_yuan",
    "status": "A",
    "bound": "equal",
    "edition": "a_communique_2002",
    "published": "2003-02",
    "route": "press",
    "source_title": "公报",
    "source_address": "",
    "note": "n",
}


@pytest.fixture
def read(write_csv, add_raw, raw_root, catalogue):
    """Rows of a collection of records, each a change of RECORD."""

    def run(*records, header=COLUMNS):
        lines = [[(RECORD | record).get(name, "") for name in header] for record in records]
        add_raw(write_csv([list(header), *lines], "figures.csv"), kind="collection")
        return read_raw(raw_root, catalogue).rows

    return run


def test_a_record_is_a_row_with_its_own_edition(read, raw_root):
    row = read({}).iloc[0]
    assert (row.city, row.indicator, row.year, row.value, row.decimals, row.edition, row.published) == (
        "alpha",
        "output",
        2002,
        16719.46,
        2,
        "a_communique_2002",
        "2003-02",
    )
    assert row.source_cell == "a_yearbook_2003/figures.csv!csv!E2"
    assert str(read_cell(row.source_cell, raw_root)) == "16719.46"
    assert (row.raw, row.note, row.status) == ("16719.46", "n", "A")


@pytest.mark.parametrize(("value", "bound"), [("> 9000", "above"), ("约 14100", "about"), ("不足30", "below")])
def test_a_bound_may_stand_in_the_value(read, value, bound):
    row = read({"value": value}).iloc[0]
    assert (row.bound, row.status) == (bound, "E")


def test_columns_are_found_by_name_in_any_order(read):
    assert read({}, header=tuple(reversed(COLUMNS))).iloc[0].value == 16719.46


def test_a_missing_figure_needs_a_missing_status(read):
    row = read({"value": "", "status": "Q"}).iloc[0]
    assert row.value != row.value and row.status == "Q"


FAULTS = [
    ({"city": "gamma"}, "A2: unknown city 'gamma'"),
    ({"indicator": "outputs"}, "B2: unknown indicator 'outputs'; did you mean output"),
    ({"unit": "yuans"}, "F2: unknown unit 'yuans'; did you mean yuan"),
    ({"scope": "all"}, "C2: scope is 'all', expected one of whole_city, urban_districts"),
    ({"status": "Z"}, "G2: status is 'Z'"),
    ({"bound": "over"}, "H2: bound is 'over'"),
    ({"route": "post"}, "K2: route is 'post'"),
    ({"year": "02"}, "D2: year is '02'"),
    ({"published": "3/2003"}, "J2: published is '3/2003'"),
    ({"edition": "c_paper_2003"}, "I2: edition 'c_paper_2003' belongs to no source"),
    ({"value": "94O"}, "E2: '94O' is no plain number"),
    ({"value": "12 （亿元）"}, "is no plain number"),
    ({"value": ""}, "value '' with status 'A'"),
    ({"value": "5", "status": "M"}, "value '5' with status 'M'"),
    ({"value": "> 9000", "bound": "below"}, "bound is 'below', but the value '> 9000' says above"),
    ({"unit": "hundred_million_us_dollars"}, "output is counted in hundred_million_yuan, not in hundred_million_us_dollars"),
]


@pytest.mark.parametrize(("changed", "words"), FAULTS)
def test_each_fault_names_file_cell_and_value(read, changed, words):
    with pytest.raises(SourceError) as caught:
        read(changed)
    assert any(words in fault and "a_yearbook_2003/figures.csv" in fault for fault in caught.value.faults), caught.value.faults


def test_all_faults_come_at_once(read):
    with pytest.raises(SourceError) as caught:
        read({"city": "gamma", "year": "x"}, {}, {"value": "?9"})
    assert len(caught.value.faults) == 3


def test_missing_and_unknown_columns_are_named(read):
    with pytest.raises(SourceError, match=r"columns missing: note; unknown or repeated: notes"):
        read({}, header=(*COLUMNS[:-1], "notes"))


def test_two_dates_for_one_edition_are_named(read):
    with pytest.raises(
        SourceError, match="edition a_communique_2002 has 2 dates of publication: 2003-02 in .*E2; 2003-03 in .*E3"
    ):
        read({}, {"year": "2001", "published": "2003-03"})


def test_an_unquoted_comma_is_named(write_csv, add_raw, raw_root, catalogue):
    line = [RECORD[name] for name in COLUMNS]
    add_raw(write_csv([list(COLUMNS), [*line, "rest"]], "figures.csv"), kind="collection")
    with pytest.raises(SourceError, match="15 fields, the header has 14"):
        read_raw(raw_root, catalogue)


def test_a_workbook_is_no_collection(write_xlsx, add_raw, raw_root, catalogue):
    add_raw(write_xlsx([list(COLUMNS)], "figures.xlsx"), kind="collection")
    with pytest.raises(SourceError, match="a collection is one UTF-8 CSV"):
        read_raw(raw_root, catalogue)
