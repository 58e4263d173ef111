"""Blocks side by side under a header that repeats."""

from decimal import Decimal

RANKING = [
    ["5-1 产值排序"],
    ["单位：亿元"],
    ["序号", "城市", "产值", "序号", "城市", "产值"],
    ["001", "甲市", "98.5", "003", "丙市", "76.2"],
    ["002", "乙市", "90.1", "004", "丁市", "70.0"],
]


def test_t46_rankings_side_by_side_are_one_table(write_csv, read_one, cells):
    table = cells(read_one(write_csv(RANKING)))
    assert table["C4"] == (["甲市"], ["产值"], "98.5", "hundred_million_yuan", "A")
    assert table["F5"] == (["丁市"], ["产值"], "70.0", "hundred_million_yuan", "A")


def test_t46_a_list_goes_on_in_the_next_block(write_csv, read_one, cells):
    rows = [
        ["5-2 价格指数"],
        ["项目", "指数", "项目", "指数"],
        ["一、食品", "102.1", "二、衣着", "108.3"],
        ["1.粮食", "103.7", "1.服装", "109.4"],
        ["2.油脂", "101.0", "2.鞋帽", "105.4"],
    ]
    table = cells(read_one(write_csv(rows)))
    assert table["B5"][0] == ["一、食品", "2.油脂"] and table["D4"][0] == ["二、衣着", "1.服装"]


def test_a_stub_printed_again_labels_nothing_new(write_csv, read_one, cells):
    rows = [
        ["5-3 表"],
        ["单位：万元"],
        ["城市", "产值", "城市", "税收"],
        ["甲市", "9", "甲市", "3"],
        ["乙市", "8", "乙市", "2"],
        ["丙市", "7", "丙市", "1"],
    ]
    table = cells(read_one(write_csv(rows)))
    assert table["D5"] == (["乙市"], ["税收"], "2", "ten_thousand_yuan", "A") and "C5" not in table


def test_values_are_found_again_at_their_own_cells(write_csv, read_one):
    values = {value.cell: value.value for value in read_one(write_csv(RANKING)).values}
    assert values == {"C4": Decimal("98.5"), "C5": Decimal("90.1"), "F4": Decimal("76.2"), "F5": Decimal("70.0")}
