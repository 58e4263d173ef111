"""Label text, years, numbering, units in brackets."""

import pytest

from qdlib.catalogue.units import packaged_units
from qdlib.reading.labels import (
    clean_label,
    indent_of,
    is_period,
    is_total,
    numbering,
    parse_year,
    read_label,
    region_order,
    region_rank,
    split_bilingual,
    sub_item,
)

UNITS = packaged_units()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("  第  三 产  业", "第三产业"),
        ("#市 区", "#市区"),
        ("人 数\n(万人)", "人数(万人)"),
        ("固定\n资产投资", "固定资产投资"),
        ("其中：男", "其中：男"),
        ("城市名称 ①", "城市名称"),
        ("一、全市生产总值", "一、全市生产总值"),
        ("Total  Population", "Total Population"),
        ("……其他", "其他"),
        ("5G 基站", "5G基站"),
        ("①工业", "①工业"),
    ],
)
def test_t33_layout_goes_words_stay(raw, shown):
    assert clean_label(raw) == shown


@pytest.mark.parametrize(
    ("raw", "zh", "en", "unit"),
    [
        (
            "地区生产总值(当年价格)\r\n(万元)\r\nGross Regional Product\r\n(10000yuan)",
            "地区生产总值(当年价格) (万元)",
            "Gross Regional Product (10000yuan)",
            "ten_thousand_yuan",
        ),
        (
            "地区生产总值（当年价格） （亿元） Gross Regional Product",
            "地区生产总值（当年价格）（亿元）",
            "Gross Regional Product",
            "hundred_million_yuan",
        ),
        ("全 市\nTotal City", "全市", "Total City", None),
        ("企业 R&D 经费", "企业R&D经费", "", None),
        ("GDP增速(%)", "GDP增速(%)", "", "percent"),
        ("其中  of Which", "其中", "of Which", None),
        ("2005年为2004年%", "2005年为2004年%", "", "percent"),
        ("总人口（年末）", "总人口（年末）", "", None),
        ("Total population (10000 persons)", "Total population (10000 persons)", "", "ten_thousand_persons"),
    ],
)
def test_bilingual_labels_split_by_script_and_line(raw, zh, en, unit):
    label = read_label(raw, UNITS)
    assert (label.text, label.en, label.unit.id if label.unit else None) == (zh, en, unit)


def test_capitals_are_english_only_in_company():
    assert split_bilingual("主要指标 MAJOR INDICATORS")[1] == "MAJOR INDICATORS"
    assert split_bilingual("实际 GDP") == ("实际 GDP", "")


@pytest.mark.parametrize(
    ("text", "year"),
    [("2000 年", 2000), ("1998", 1998), ("2006.0", 2006), ("1 9 9 2年", 1992), ("2005年底", 2005), ("２０１０年", 2010)],
)
def test_t27_years_in_their_prints(text, year):
    assert parse_year(text) == year


@pytest.mark.parametrize("text", ["(20054年)", "20054", "3000", "1234", "201902", "2019H1", "2001-2005", "12000", "2005.5", ""])
def test_t28_what_is_no_year(text):
    assert parse_year(text) is None


@pytest.mark.parametrize("text", ["2019H1", "201902", "三季度", "2021年1季度", "1-6月", "前三季度累计数", "2019Q3", "12月"])
def test_t28_parts_of_a_year(text):
    assert is_period(text)


@pytest.mark.parametrize("text", ["2019", "2005年", "年末", "月均收入", "201913"])
def test_what_is_no_part_of_a_year(text):
    assert not is_period(text)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("一、综合", (0, 1)),
        ("十二、其他", (0, 12)),
        ("（二）消费", (1, 2)),
        ("㈢鞋类", (1, 3)),
        ("1.工业", (2, 1)),
        ("⒓辞典", (2, 12)),
        ("(3)制造业", (3, 3)),
        ("⑵原料", (3, 2)),
        ("①煤", (4, 1)),
        ("二十、教育", (0, 20)),
    ],
)
def test_numbering_has_level_and_ordinal(text, level):
    assert numbering(text) == level


@pytest.mark.parametrize("text", ["第一产业", "1.5", "工业", "(当年价格)", "2005年", "一般公共预算收入"])
def test_what_bears_no_number(text):
    assert numbering(text) is None


@pytest.mark.parametrize(
    ("text", "total"),
    [("合 计", True), ("总计", True), ("城市合计", True), ("Total", True), ("I alt", True), ("总人口", False), ("全市", False)],
)
def test_total_words(text, total):
    assert is_total(text) is total


@pytest.mark.parametrize(
    ("text", "mark"), [("#工业", "#"), ("~#非农业人口", "~#"), ("其中：男", "其中："), ("其 中:女", "其 中:"), ("工业", "")]
)
def test_t30_marks_of_sub_items(text, mark):
    assert sub_item(text) == mark


@pytest.mark.parametrize(
    ("raw", "width"),
    [("工业", 0), ("  工业", 2), ("\u3000工业", 2), ("\u00a0\u00a0工业", 2), ("...工业", 2), ("  ……工业", 4), ("第  三", 0)],
)
def test_t32_indents_by_any_sign(raw, width):
    assert indent_of(raw) == width


def test_regions():
    assert [region_rank(text) for text in ("北 京", "内蒙古自治区", "吉林", "吉林市", "青岛市")] == [0, 1, 1, None, None]
    assert region_order("天津市") < region_order("河北") < region_order("新疆维吾尔自治区")
    assert region_order("青岛") == -1
