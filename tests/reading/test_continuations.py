"""Continued pages: read together across files, or left alone and said so."""

from decimal import Decimal

import pytest

from qdlib.reading.tables import examine_edition, read_edition

HEAD = [["单位：万元"], ["项目", "2001年", "2002年"]]
FIRST = [["2-1 收支表"], *HEAD, ["一、收入", "9", "8"], ["1.甲收入", "4", "4"]]
NEXT = [["2-1 收支表(续表)"], *HEAD, ["2.乙收入", "5", "4"], ["二、支出", "7", "6"]]


@pytest.fixture
def edition(write_csv, tmp_path):
    """Pages written as files a.csv, b.csv … and examined as one edition."""

    def examine(*pages):
        paths = [write_csv(page, f"{name}.csv") for name, page in zip("abcd", pages, strict=False)]
        return list(examine_edition(paths).values())

    return examine


def paths_of(part):
    return {value.cell: [label.text for label in value.row] for table in part.tables for value in table.values}


def test_t45_a_list_that_goes_on_keeps_its_parents(edition):
    first, second = edition(FIRST, NEXT)
    assert not first.uncertain and not second.uncertain
    assert paths_of(first)["B5"] == ["一、收入", "1.甲收入"]
    assert paths_of(second)["B4"] == ["一、收入", "2.乙收入"] and paths_of(second)["B5"] == ["二、支出"]


def test_t45_values_keep_their_file_and_cell_and_labels_name_theirs(edition):
    table = edition(FIRST, NEXT)[1].tables[0]
    assert (table.file, table.sheet, table.page) == ("b.csv", "csv", 1)
    assert [(value.cell, value.value) for value in table.values[:2]] == [("B4", Decimal(5)), ("C4", Decimal(4))]
    assert [label.cell for label in table.values[0].row] == ["a.csv!csv!A4", "A4"]


def test_t45_pages_are_read_in_the_order_of_their_numbers(edition):
    third = [["2-1 收支表(续表2)"], *HEAD, ["1.丙支出", "3", "2"]]
    second = [["2-1 收支表(续表1)"], *HEAD, ["2.乙收入", "5", "4"], ["二、支出", "7", "6"]]
    parts = edition(third, FIRST, second)
    assert paths_of(parts[0])["B4"] == ["二、支出", "1.丙支出"]


def test_t45_a_page_without_unit_inherits_it(edition):
    bare = [["2-1 收支表(续表)"], HEAD[1], *NEXT[3:]]
    assert {value.unit.id for value in edition(FIRST, bare)[1].tables[0].values} == {"ten_thousand_yuan"}


def test_t45_pages_with_other_columns_stay_apart(edition):
    other = [["2-1 收支表(续表)"], ["单位：万元"], ["项目", "2003年", "2004年"], ["一、收入", "9", "8"], ["1.甲收入", "4", "4"]]
    table = edition(FIRST, other)[1].tables[0]
    assert paths_of(edition(FIRST, other)[1])["B5"] == ["一、收入", "1.甲收入"] and "read together" not in " ".join(table.evidence)


def test_t45_a_missing_first_page_is_a_finding(edition):
    part = edition(NEXT)[0]
    assert part.uncertain and not part.tables
    assert [(finding.kind, finding.cell) for finding in part.findings] == [("first_page_missing", "A3")]


def test_an_edition_is_read_in_one_call(edition, tmp_path):
    edition(FIRST, NEXT)
    assert len(read_edition(tmp_path).tables) == 2
