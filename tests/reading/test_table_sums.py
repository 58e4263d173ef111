"""Sums of a finished table: believed, broken, and contradictions that make it uncertain."""

import pytest

from qdlib.reading.table_sums import find_relations, lines_of
from qdlib.reading.tables import examine_file

YEARS = range(2001, 2009)


def table_rows(change=None):
    rows = [["3-1 产值表"], ["单位：万元"], ["年份", "总产值", "农业", "工业", "服务业"]]
    for year in YEARS:
        parts = [1000 + 37 * (year - 2000), 2000 + 91 * (year - 2000), 1500 + 53 * (year - 2000)]
        rows.append([str(year), str(sum(parts)), *map(str, parts)])
    for (row, column), text in (change or {}).items():
        rows[row][column] = text
    return rows


@pytest.fixture
def findings(write_csv):
    def read(rows):
        seen = examine_file(write_csv(rows))
        assert seen.tables
        return {(finding.cell, finding.kind) for finding in seen.findings}

    return read


def test_a_sum_is_found_without_any_word_for_it(write_csv, read_one):
    table = read_one(write_csv(table_rows()))
    (relation,) = find_relations(table, "column", lines_of(table, "column"))
    assert (relation.total, relation.parts, len(relation.held), relation.broken) == ("B3", ("C3", "D3", "E3"), 8, ())


def test_sound_tables_have_no_remark(findings):
    assert findings(table_rows()) == set()


@pytest.mark.parametrize(("cell", "text"), [("C6", "1311"), ("B8", "5586000"), ("E5", "160")])
def test_a_damaged_figure_is_remarked_with_all_cells_of_its_sum(findings, cell, text):
    place = (int(cell[1:]) - 1, "ABCDE".index(cell[0]))
    assert (cell, "sum_differs") in findings(table_rows({place: text}))


def test_two_lines_are_too_few_to_believe_a_sum(write_csv, read_one):
    table = read_one(write_csv(table_rows()[:5]))
    assert find_relations(table, "column", lines_of(table, "column")) == []


def test_t21_a_lost_point_in_a_series(findings):
    rows = [["3-2 表"], ["单位：亿元"], ["年份", "产值"]] + [
        [str(year), f"{1200 + 11 * (year - 2000)}.4{year % 10}"] for year in YEARS
    ]
    rows[6][1] = rows[6][1].replace(".", "")
    assert ("B7", "size_differs") in findings(rows)


def test_a_digit_glued_behind_the_decimals(findings):
    rows = [["3-3 表"], ["单位：亿元"], ["年份", "产值"]] + [[str(year), f"{1200 + 11 * (year - 2000)}.4"] for year in YEARS]
    rows[6][1] += "3"
    assert ("B7", "size_differs") in findings(rows)


def test_a_total_less_than_a_part_is_remarked(findings):
    rows = [["3-4 表"], ["单位：万元"], ["年份", "合计", "甲", "乙"]]
    rows += [[str(year), str(10 + year % 7), str(300 + year % 5), str(20 + year % 3)] for year in YEARS]
    assert ("B4", "sum_differs") in findings(rows)


def test_parts_larger_than_their_whole_make_a_table_uncertain(write_csv, reasons):
    rows = [["3-5 表"], ["单位：万元"], ["年份", "产值", ""], ["", "", "#工业"]]
    rows += [[str(year), str(100 + year % 7), str(300 + year % 5)] for year in YEARS]
    assert "C4 (#工业) is larger than 产值 in 8 of 8 lines" in reasons(write_csv(rows))


def test_growth_rates_are_never_added(findings):
    rows = [["3-6 表"], ["年份", "甲增长(%)", "乙增长(%)", "丙增长(%)"]]
    rows += [[str(year), f"{11.0 + year % 3}", f"{5.0 + year % 2}", f"{6.0 + year % 5}"] for year in YEARS]
    assert findings(rows) == set()


def test_a_total_among_its_parts_is_remarked(findings):
    rows = [[row[0], row[2], row[1], *row[3:]] if len(row) > 2 and row[0].isdigit() else row for row in table_rows()]
    assert {(f"C{row}", "sum_differs") for row in range(4, 12)} <= findings(rows)


def test_a_total_that_is_a_part_of_another_column_is_remarked(findings):
    rows = [["3-7 表"], ["单位：万元"], ["年份", "合计", "甲", "乙"]]
    rows += [[str(year), str(300 + year % 5), str(200 + year % 3), str(500 + year % 5 + year % 3)] for year in YEARS]
    assert ("D4", "sum_differs") in findings(rows)
