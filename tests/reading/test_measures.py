"""Units: where they may stand, which one wins, and when none is given."""

import pytest

ROWS = [["甲业", "1", "2"], ["乙业", "3", "4"]]


def units(table):
    return {value.cell: value.unit.id if value.unit else None for value in table.values}


def test_t38_a_column_bracket_beats_the_caption(write_csv, read_one):
    table = read_one(
        write_csv([["1-1 表"], ["单位：万元"], ["年份", "产值", "增长率(%)"], ["2001", "5", "6"], ["2002", "7", "8"]])
    )
    assert units(table) == {"B4": "ten_thousand_yuan", "C4": "percent", "B5": "ten_thousand_yuan", "C5": "percent"}


def test_t38_a_ratio_in_the_header_beats_the_unit_column(write_csv, read_one):
    rows = [
        ["1-9 表", "", "", ""],
        ["指标", "单位", "全省", "占全国比重(%)"],
        ["产值", "亿元", "5", "6"],
        ["人口", "万人", "7", "8"],
    ]
    assert units(read_one(write_csv(rows))) == {
        "C3": "hundred_million_yuan",
        "D3": "percent",
        "C4": "ten_thousand_persons",
        "D4": "percent",
    }


def test_t38_a_count_in_a_label_is_no_caption(write_csv, read_one):
    table = read_one(write_csv([["1-1 表"], ["年份", "单位数(个)", "户数(户)"], ["2001", "5", "6"], ["2002", "7", "8"]]))
    assert units(table)["B3"] == "units" and units(table)["C3"] == "households"


def test_two_units_on_one_step_are_not_certain(write_csv, reasons):
    rows = [["1-1 表"], ["指标", "单位", "2001年(万元)", "2002年(万元)"], ["产值", "亿元", "5", "6"], ["税收", "亿元", "7", "8"]]
    assert "two units claim one cell" in reasons(write_csv(rows))


def test_t39_a_quotient_is_one_unit(write_csv, read_one):
    table = read_one(
        write_csv([["1-1 表"], ["年份", "劳动生产率(万元／人)", "产值(万元)"], ["2001", "5", "6"], ["2002", "7", "8"]])
    )
    assert units(table)["B3"] == "ten_thousand_yuan_per_person"


def test_t39_two_caption_units_go_by_the_labels_dimension(write_csv, read_one):
    table = read_one(
        write_csv(
            [["4-7 表"], ["单位：万元、万平方米"], ["年份", "施工面积", "完成投资"], ["2001", "5", "6"], ["2002", "7", "8"]]
        )
    )
    assert units(table)["B4"] == "ten_thousand_square_metres"
    assert units(table)["C4"] is None


def test_two_money_units_give_yuan_to_per_head_figures(write_csv, read_one):
    table = read_one(
        write_csv([["3-1 表"], ["单位：亿元、元"], ["年份", "生产总值", "人均生产总值"], ["2001", "5", "6"], ["2002", "7", "8"]])
    )
    assert units(table)["B4"] == "hundred_million_yuan" and units(table)["C4"] == "yuan"


@pytest.fixture
def switching(write_csv, read_one):
    return read_one(
        write_csv(
            [
                ["1-7 表"],
                ["指标", "单位", "2014年", "2015年", "2016年", "2017年", "2018年"],
                ["进出口", "亿美元", "798.88", "702.22", "4350.67 （亿元）", "5033.50 （亿元）", "5321.26 （亿元）"],
                ["出口", "亿美元", "457.77", "453.50", "2821.91 （彳饭）", "3876.76", "3172.22 （亿元）"],
            ]
        )
    )


def test_t40_a_unit_switch_inside_a_row(switching):
    assert [value.unit.id for value in switching.values[:5]] == ["hundred_million_us_dollars"] * 2 + ["hundred_million_yuan"] * 3


def test_t40_an_unread_bracket_keeps_the_figure_without_unit(switching):
    value = switching.values[7]
    assert (str(value.value), value.unit, value.status, value.notes) == ("2821.91", None, "U", ('unknown unit "彳饭"',))


def test_t40_a_bare_cell_after_one_with_its_own_unit_is_doubtful(switching):
    value = switching.values[8]
    assert (str(value.value), value.unit, value.status) == ("3876.76", None, "U")
    assert "no unit after E4" in value.notes[0]


def test_t41_a_blank_unit_between_equal_ones_is_filled_with_a_note(write_csv, read_one):
    rows = [
        ["1-1 表"],
        ["指标", "单位", "2001年", "2002年"],
        ["甲业", "亿元", "5", "6"],
        ["乙业", "", "7", "8"],
        ["丙业", "亿元", "9", "10"],
    ]
    table = read_one(write_csv(rows))
    assert units(table)["C4"] == "hundred_million_yuan"
    assert table.values[2].notes == ('unit "亿元" from the rows above and below',)


def test_t41_a_blank_unit_between_different_ones_is_doubtful(write_csv, read_one):
    rows = [
        ["1-1 表"],
        ["指标", "单位", "2001年", "2002年"],
        ["甲业", "亿元", "5", "6"],
        ["乙业", "", "7", "8"],
        ["丙业", "万元", "9", "10"],
    ]
    value = read_one(write_csv(rows)).values[2]
    assert (value.unit, value.status) == (None, "U")


@pytest.mark.parametrize("label", ["第一产业比重", "职工人数", "比上年增长", "建筑面积", "总户数"])
def test_t41_words_that_fit_no_inherited_unit_are_doubtful(write_csv, read_one, label):
    value = read_one(
        write_csv([["1-1 表"], ["单位：万元"], ["年份", "产值", label], ["2001", "5", "6"], ["2002", "7", "8"]])
    ).values[1]
    assert (value.unit, value.status, str(value.value)) == (None, "U", "6")


def test_t42_chinese_beats_english(write_xlsx, read_one):
    table = read_one(write_xlsx([["1-1 表"], ["年份", "总产值\n(万元)\nGross Output\n(100000 yuan)"], [2001, 5], [2002, 6]]))
    assert table.values[0].unit.id == "ten_thousand_yuan"


def test_t42_per_cent_and_per_mille_are_what_is_printed(write_csv, read_one):
    for sign, unit in (("(%)", "percent"), ("(‰)", "per_mille")):
        table = read_one(write_csv([["1-1 表"], ["年份", f"自然增长率{sign}"], ["2001", "5.1"], ["2002", "4.9"]]))
        assert {value.unit.id for value in table.values} == {unit}


def test_t43_growth_index_and_fixed_base_are_three_units(write_csv, read_one):
    body = [["年份", "发展速度"], ["2001", "12.0"], ["2002", "-2.0"]]
    growth = read_one(write_csv([["1-12 表"], ["(以上年为基数)"], ["单位：%"], *body]))
    index = read_one(write_csv([["7-1 表 (以上年价格为100)"], *body]))
    fixed = read_one(write_csv([["7-2 表 (以1950年价格为100)"], *body]))
    assert [table.values[0].unit.id for table in (growth, index, fixed)] == [
        "percent",
        "index_previous_year_100",
        "index_fixed_base_100",
    ]
    assert growth.base == "以上年为基数"


def test_an_unknown_caption_unit_leaves_the_figure_without_one(write_csv, read_one):
    value = read_one(write_csv([["1-1 表"], ["单位：百万千焦"], ["年份", "热力"], ["2001", "5"], ["2002", "6"]])).values[0]
    assert (value.unit, value.status, value.notes) == (None, "U", ('unknown unit "百万千焦"',))


def test_a_unit_stated_nowhere_is_unknown_not_doubtful(write_csv, read_one):
    value = read_one(write_csv([["1-1 表"], ["指标", "2001年", "2002年"], *ROWS])).values[0]
    assert (value.unit, value.status) == (None, "A")


def test_the_corner_of_a_matrix_names_indicator_and_unit(write_csv, read_one):
    table = read_one(write_csv([["总产值（当年价格）(亿元)", "2001", "2002"], ["甲市", "5", "6"], ["乙市", "7", "8"]]))
    assert table.subject == "总产值（当年价格）(亿元)"
    assert units(table)["B2"] == "hundred_million_yuan"
