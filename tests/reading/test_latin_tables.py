"""Foreign tables: decimal commas, codes, bold levels, wrapped labels. The same rules, other signs."""

import pytest

from qdlib.reading.tables import examine_file

HEAD = ["", "2001", "2002", "2003"]


def test_decimal_commas_where_nothing_contradicts_them(write_csv, read_one, cells):
    table = cells(read_one(write_csv([["Rates"], HEAD, ["Exports", "3,5", "1 204,7", "-0,8"], ["Imports", "4", "5,25", ".."]])))
    assert [table[cell][2] for cell in ("B3", "C3", "D3", "B4", "C4")] == ["3.5", "1204.7", "-0.8", "4", "5.25"]


@pytest.mark.parametrize("row", [["Imports", "4.5", "1.1", "2.2"], ["进口", "4", "5", "6"]])
def test_t15_commas_beside_points_or_chinese_words_stay_unreadable(write_csv, row):
    seen = examine_file(write_csv([["Rates"], HEAD, ["Exports", "3,5", "2,7", "6"], row, ["Other", "1", "2", "3"]]))
    assert not any("3.5" == str(value.value) for _, value in seen.values())


def test_marks_below_the_smallest_unit_are_status_n(write_csv, read_one):
    table = read_one(write_csv([["Shares"], HEAD, ["North", "#", "2", "3"], ["South", "5", "s", "6"]]))
    assert [(value.cell, value.status) for value in table.values if value.value is None] == [("B3", "N"), ("C4", "N")]


def test_codes_and_ranks_in_front_of_names_are_labels(write_csv, read_one, cells):
    rows = [
        ["Trade"],
        ["Rank", "Commodity code", "Description", "Exports", "Imports"],
        ["1", "87", "Vehicles", "78.5", "28.9"],
        ["2", "44", "Wood", "13.8", "77.1"],
        ["", "", "Total, all goods", "92.3", "106.0"],
    ]
    table = cells(read_one(write_csv(rows)))
    assert table["D3"][0] == ["1", "87", "Vehicles"] and table["E5"][0] == ["Total, all goods"]


def test_bold_figures_stand_above_plain_ones(write_xlsx, read_one, cells):
    rows = [
        ["Income"],
        HEAD,
        ["Total", 9, 9, 9],
        ["Manufacturing", 5, 4, 6],
        ["Food", 2, 2, 3],
        ["Steel", 3, 2, 3],
        ["Services", 4, 5, 3],
    ]
    table = cells(read_one(write_xlsx(rows, bold=(3, 4, 7))))
    assert table["B5"][0] == ["Manufacturing", "Food"] and table["B7"][0] == ["Services"] and table["B4"][0] == ["Manufacturing"]


def test_a_lone_label_between_header_and_body_is_a_group(write_csv, read_one, cells):
    rows = [["Jobs"], HEAD, ["Province", "", "", ""], ["North", "1", "2", "3"], ["South", "4", "5", "6"]]
    assert cells(read_one(write_csv(rows)))["B5"][0] == ["Province", "South"]


def test_a_leading_dash_is_a_step(write_csv, read_one, cells):
    rows = [
        ["Energy"],
        HEAD,
        ["Fossil", "9", "9", "8"],
        ["- Oil", "4", "5", "4"],
        ["- Gas", "5", "4", "4"],
        ["Peat", "1", "1", "1"],
    ]
    table = cells(read_one(write_csv(rows)))
    assert table["B5"][0] == ["Fossil", "- Gas"] and table["B6"][0] == ["Peat"]


def test_a_label_goes_on_where_its_figures_are_merged_downwards(write_xlsx, read_one, cells):
    rows = [["Firms"], HEAD, ["Manufacturing,", 5, 6, 7], ["total", None, None, None], ["Services", 1, 2, 3]]
    table = cells(read_one(write_xlsx(rows, merges=("B3:B4", "C3:C4", "D3:D4"))))
    assert table["B3"][0] == ["Manufacturing, total"] and table["B5"][0] == ["Services"]


def test_a_heading_printed_below_its_parts_stands_above_them(write_xlsx, read_one, cells):
    rows = [
        ["Transfers"],
        ["", "2001", "", "2002", ""],
        ["", "Government transfers", "", "", ""],
        ["", "Average", "Share", "Average", "Share"],
        ["Couples", 5, 6, 7, 8],
        ["Singles", 1, 2, 3, 4],
    ]
    table = cells(read_one(write_xlsx(rows, merges=("B2:C2", "D2:E2", "B3:E3"))))
    assert table["D5"][1] == ["Government transfers", "2002", "Average"]


def test_equal_labels_that_qualify_their_left_neighbour(write_csv, read_one):
    rows = [
        ["Messages"],
        ["Year", "Short", "Change, %", "Multimedia", "Change, %"],
        ["2001", "5", "1", "7", "2"],
        ["2002", "6", "3", "8", "4"],
    ]
    table = read_one(write_csv(rows))
    assert [value.column[-1].text for value in table.values if value.cell in ("C3", "E3")] == ["Change, %"] * 2


def test_years_with_a_mark(write_csv, read_one):
    table = read_one(
        write_csv([["Aid"], ["Country", "2001", "2002*", "2003*"], ["Norway", "1.5", "2", "3"], ["Denmark", "4", "5", "6"]])
    )
    assert [value.column[-1].year for value in table.values[:3]] == [2001, 2002, 2003]
