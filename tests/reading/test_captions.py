"""Titles, unit captions, bases, periods, preambles."""

import pytest

from qdlib.catalogue.units import packaged_units
from qdlib.reading.captions import has_table_number, has_unit_caption, is_base, is_continued, is_note, read_captions

UNITS = packaged_units()


def caption(*lines):
    return read_captions(enumerate(lines), UNITS)


def test_a_numbered_title_with_base_and_unit():
    found = caption("主 要 年 份 总 产 值", " 1-10  (按当年价格计算) 单位：亿元 ")
    assert (found.number, found.title, found.base, [unit.id for unit in found.units]) == (
        "1-10",
        "主要年份总产值",
        "按当年价格计算",
        ["hundred_million_yuan"],
    )


def test_a_chapter_name_before_the_number_is_no_title():
    found = caption("综  合 1-7主要年份主要指标 MAJOR YEAR'S INDICATORS", "GENERAL SURVEY")
    assert (found.number, found.title) == ("1-7", "主要年份主要指标")


def test_several_units_and_their_english_half():
    found = caption("表3-1 历年总产值 ", " 单位：亿元、元（100 million yuan、yuan)")
    assert found.unit_words == ("亿元", "元")


def test_a_preamble_names_indicator_and_unit():
    found = caption("数据库：年度数据", "指标：总产值(亿元)", "时间：最近5年")
    assert (found.subject, found.unit_words) == ("总产值(亿元)", ("亿元",))


def test_period_and_span_of_years():
    assert caption("气象情况", "1-2 (2005年)").period == 2005
    assert caption("1-11 主要指标（1978-2020）").period is None
    assert caption("1-3 主要指标", "(20054年)").period is None


def test_t38_only_a_colon_makes_a_unit_caption():
    assert has_unit_caption("单 位:人") and has_unit_caption("计量单位：万元")
    assert not has_unit_caption("单位数(个)") and not has_unit_caption("单位名称")
    assert caption("单位数(个)").unit_words == ()


@pytest.mark.parametrize("text", ["2-13 综合经济(一)", "表3-1 历年", "1-10"])
def test_table_numbers(text):
    assert has_table_number(text)


@pytest.mark.parametrize("text", ["1978-2020年", "增长 3-5%", "主要指标", "12.5-3"])
def test_what_is_no_table_number(text):
    assert not has_table_number(text)


def test_t45_continuation_lines():
    assert all(map(is_continued, ["续表1", "（续表）", "行政区划(续)", "续表 4 continued 4"]))
    found = caption("主 要 年 份 投 资", "4-1 续表", "单位：万元")
    assert (found.continued, found.number, found.title) == (True, "4-1", "主要年份投资")


def test_t47_notes_and_bases():
    assert all(map(is_note, ["注：本表为快报数", "资料来源：某局", "数据来源：某局", "Note: x", "说明: y"]))
    assert not is_note("注册企业数")
    assert is_base("(当年价格)") and is_base("（包括市辖县）") and not is_base("(万元)")


@pytest.mark.parametrize("text", ["以1950年价格为100", "(以上年为基数)", "按可比价格计算"])
def test_t43_bases_are_kept_as_printed(text):
    assert caption("7-1 物价指数", text).base == text.strip("()")


def test_an_unknown_unit_word_is_kept_for_the_message():
    found = caption("单位：百万千焦")
    assert (found.units, found.unit_words) == ((None,), ("百万千焦",))
