"""Header trees: merges, blanks for merges, marks, translations, wraps."""

import pytest

TITLE = [["1-1 测试表"], ["单位：亿元"]]


def years(*rows):
    """Body rows of two years with ascending figures."""
    return [[2001 + number, *row] for number, row in enumerate(rows)]


def test_t22_blanks_stand_in_for_merges_and_stop_at_the_next_group(write_csv, read_one, cells):
    table = read_one(
        write_csv(
            [
                *TITLE,
                ["年份", "总产值(亿元)", "", "人均产值(元)", ""],
                ["", "全市", "市辖区", "全市", "市辖区"],
                *years([9, 8, 700, 800], [10, 9, 710, 810]),
            ]
        )
    )
    assert cells(table)["C5"] == (["2001"], ["总产值(亿元)", "市辖区"], "8", "hundred_million_yuan", "A")
    assert cells(table)["D5"][1] == ["人均产值(元)", "全市"]
    assert cells(table)["D5"][3] == "yuan"


def test_t22_one_level_spread_over_two_rows(write_csv, read_one, cells):
    table = read_one(
        write_csv(
            [
                ["1-1 人口"],
                ["单位：万人"],
                ["城市", "年末总人口", "", "面积(平方公里)"],
                ["", "", "非农业人口", ""],
                ["甲市", "50", "20", "900"],
                ["乙市", "60", "30", "800"],
            ]
        )
    )
    assert cells(table)["C5"][1] == ["年末总人口", "非农业人口"]
    assert cells(table)["B5"][1] == ["年末总人口"]
    assert cells(table)["D5"][1] == ["面积(平方公里)"]


def test_t23_blank_rows_inside_the_header(write_csv, read_one, cells):
    table = read_one(
        write_csv(
            [*TITLE, [""], ["年份", "合计", "按性别分", ""], [""], ["", "", "男", "女"], [""], *years([9, 4, 5], [10, 5, 5])]
        )
    )
    assert cells(table)["D8"][1] == ["按性别分", "女"]


def test_merged_cells_are_facts(write_xlsx, read_one, cells):
    table = read_one(
        write_xlsx(
            [
                *TITLE,
                ["年份", "投资", None, "消费", None],
                [None, "建筑", "设备", "居民", "政府"],
                *years([1, 2, 3, 4], [2, 3, 4, 5]),
            ],
            merges=("A3:A4", "B3:C3", "D3:E3"),
        )
    )
    assert cells(table)["C5"][1] == ["投资", "设备"]
    assert cells(table)["E5"][1] == ["消费", "政府"]


def test_a_label_that_may_be_wrapped_is_not_certain(write_csv, reasons):
    words = reasons(
        write_csv([*TITLE, ["年份", "文教卫生", "", "合计"], ["", "事业费", "教育费", ""], *years([1, 2, 3], [2, 3, 4])])
    )
    assert "B3 (文教卫生) is a group or the first half of 事业费" in words


def test_stacked_halves_of_one_label_are_not_certain(write_csv, reasons):
    words = reasons(write_csv([*TITLE, ["年份", "人均", "合计"], ["", "生产总值", ""], *years([1, 2], [2, 3])]))
    assert "人均" in words


def test_t26_repeated_leaves_stay_apart(write_csv, read_one, cells):
    table = read_one(
        write_csv(
            [
                ["1-1 贸易"],
                ["单位：亿美元"],
                ["年份", "甲市", "", "乙市", ""],
                ["", "出口", "进口", "出口", "进口"],
                *years([1, 2, 3, 4], [2, 3, 4, 5]),
            ]
        )
    )
    assert [cells(table)[cell][1] for cell in ("B5", "C5", "D5", "E5")] == [
        ["甲市", "出口"],
        ["甲市", "进口"],
        ["乙市", "出口"],
        ["乙市", "进口"],
    ]


def test_t26_equal_columns_without_a_parent_are_not_certain(write_csv, reasons):
    assert "2 columns are labelled 出口" in reasons(write_csv([*TITLE, ["年份", "出口", "出口"], *years([1, 2], [2, 3])]))


@pytest.mark.parametrize(
    "header", [[2000, 2005, 2010, 2012], [2012, 2010, 2005, 2000], ["1 9 9 2年", "1995年", "2000年", "2005年"]]
)
def test_t27_years_are_read_never_values(write_xlsx, read_one, cells, header):
    table = read_one(write_xlsx([*TITLE, ["指标", *header], ["甲业", 1.5, 2.5, 3.5, 4.5], ["乙业", 2.5, 3.5, 4.5, 5.5]]))
    assert len(table.values) == 8
    assert [label.year for label in (value.column[-1] for value in table.values[:4])] == [
        int(str(text).replace(" ", "").removesuffix("年")) for text in header
    ]


def test_t27_years_that_run_both_ways_are_not_certain(write_xlsx, reasons):
    assert "do not run one way" in reasons(write_xlsx([*TITLE, ["年份", "甲业"], [2001, 1], [2003, 2], [2002, 3]]))


def test_t28_parts_of_years_among_years_are_labels(write_csv, read_one, cells):
    table = read_one(
        write_csv(
            [*TITLE, ["指标", "2018", "2019H1", "201902", "2019"], ["甲业", "1", "2", "3", "4"], ["乙业", "2", "3", "4", "5"]]
        )
    )
    assert [cells(table)[f"{column}4"][1] for column in "BCDE"] == [["2018"], ["2019H1"], ["201902"], ["2019"]]
    assert table.values[1].column[-1].year is None


def test_english_rows_under_chinese_ones_are_translations(write_csv, read_one, cells):
    table = read_one(write_csv([*TITLE, ["年份", "甲业", "乙业"], ["Year", "Alpha", "Beta"], *years([1, 2], [2, 3])]))
    assert cells(table)["B5"][1] == ["甲业"]


def test_bilingual_header_cells_keep_the_chinese_half(write_xlsx, read_one):
    table = read_one(write_xlsx([["1-1 测试"], ["年份", "总产值\n(万元)\nGross Output\n(10000 yuan)"], *years([1], [2])]))
    label = table.values[0].column[-1]
    assert (label.text, label.en, table.values[0].unit.id) == ("总产值(万元)", "Gross Output (10000 yuan)", "ten_thousand_yuan")


def test_t30_marked_columns_are_parts_of_the_nearest_unmarked_one(write_csv, read_one, cells):
    table = read_one(
        write_csv(
            [
                *TITLE,
                ["年份", "合计", "第二产业", "", "第三产业", "支出", "", ""],
                ["", "", "", "#工业", "", "", "#基建", "#行政"],
                *years([9, 4, 3, 5, 7, 2, 3], [9, 5, 4, 4, 8, 2, 3]),
            ]
        )
    )
    assert cells(table)["D5"][1] == ["第二产业", "#工业"]
    assert cells(table)["H5"][1] == ["支出", "#行政"]
    assert table.values[2].column[-1].relation == "of_which"


def test_t30_a_marked_column_on_the_same_row(write_csv, read_one, cells):
    table = read_one(write_csv([*TITLE, ["城市", "总产值", "~#工业", "农业"], ["甲市", "9", "4", "5"], ["乙市", "8", "4", "4"]]))
    assert cells(table)["C4"][1] == ["总产值", "~#工业"]


def test_a_bare_of_which_over_columns_hangs_them_below_the_left_label(write_xlsx, read_one, cells):
    table = read_one(
        write_xlsx(
            [
                *TITLE,
                ["年份", "总产值", "其中", None, "人均(元)"],
                [None, None, "甲业", "乙业", None],
                *years([9, 4, 5, 70], [10, 5, 5, 80]),
            ],
            merges=("A3:A4", "B3:B4", "C3:D3", "E3:E4"),
        )
    )
    assert cells(table)["D5"][1] == ["总产值", "乙业"]
    assert cells(table)["E5"][1] == ["人均(元)"]


def test_a_mark_without_a_whole_is_not_certain(write_csv, reasons):
    assert "is part of a label that is not there" in reasons(
        write_csv([*TITLE, ["年份", "#工业", "农业"], *years([1, 2], [2, 3])])
    )


def test_a_unit_among_other_leaves_is_a_label_of_its_own(write_xlsx, read_one, cells):
    rows = [
        ["1-1 Persons"],
        ["Age", "Men", None, "Women", None],
        [None, "total", "%", "total", "%"],
        ["0-14", 1, 2, 3, 4],
        ["15+", 5, 6, 7, 8],
    ]
    table = read_one(write_xlsx(rows, merges=("A2:A3", "B2:C2", "D2:E2")))
    assert cells(table)["C4"][1] == ["Men", "%"] and cells(table)["C4"][3] == "percent"
    assert cells(table)["B4"][1] == ["Men", "total"]


def test_words_right_of_the_stub_of_a_latin_table_are_not_certain(write_csv, reasons):
    rows = [
        ["State", "Company", "Number", "Name", "Output"],
        ["AL", "Alpha Co", "50407", "Mobile", "9"],
        ["AR", "Beta Co", "10699", "Choctaw", "8"],
    ]
    assert "text among the figures" in reasons(write_csv(rows))


def test_bare_units_under_names_are_their_units(write_csv, read_one, cells):
    table = read_one(write_csv([["1-1 设备"], ["年份", "机器", "功率"], ["", "(台)", "(千瓦)"], *years([1, 2], [2, 3])]))
    assert cells(table)["C4"] == (["2001"], ["功率"], "2", "kilowatts", "A")
