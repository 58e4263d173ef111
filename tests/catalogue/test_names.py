"""Names of indicators: what a label is called, what qualifies it, and which indicator it means."""

import pytest

from qdlib.catalogue.documents import Name as Words
from qdlib.catalogue.indicators import Indicator, Label
from qdlib.catalogue.names import Name, canonical_name, match_indicator


def indicator(key, *labels, price="current"):
    texts = tuple(
        Label(
            text,
            wanted.get("from"),
            wanted.get("to"),
            tuple(wanted.get("ancestors", ())),
            wanted.get("dimension"),
            wanted.get("title"),
            False,
        )
        for text, wanted in labels
    )
    return Indicator(
        key, "t", Words(key, key), "yuan", 0, "flow", price, "none", None, None, True, None, None, None, None, None, texts
    )


KNOWN = {
    entry.id: entry
    for entry in (
        indicator("gdp", ("地区生产总值", {"dimension": "money_cny"}), ("国内生产总值", {"to": 2005, "dimension": "money_cny"})),
        indicator("gdp_constant", ("地区生产总值", {"dimension": "money_cny"}), price="constant"),
        indicator("gdp_growth", ("地区生产总值", {"dimension": "ratio", "title": "比上年增长"}), price="none"),
        indicator("gdp_index", ("地区生产总值指数", {"dimension": "index_previous_year"}), price="index_previous_year"),
        indicator("secondary", ("第二产业", {"dimension": "money_cny", "ancestors": ["地区生产总值"]})),
        indicator("jobs_secondary", ("第二产业", {"dimension": "persons", "ancestors": ["从业人员"]}), price="none"),
        indicator("people", ("总人口（年末）", {"dimension": "persons"}), price="none"),
        indicator("investment", ("规模以上固定资产投资额", {})),
        indicator("first", ("同名", {})),
        indicator("second", ("同名", {})),
    )
}


@pytest.mark.parametrize(
    ("text", "bare", "qualifiers"),
    [
        ("二、#总人口（年末）(万人)", "总人口", {"year_end"}),
        ("年末总人口", "总人口", {"year_end"}),
        ("全市生产总值（当年价）", "全市生产总值", {"current_prices"}),
        ("地区生产总值(按可比价格计算)", "地区生产总值", {"constant_prices"}),
        ("地区生产总值指数（上年=100）", "地区生产总值指数", {"previous_year_100"}),
        ("规模以上工业增加值", "工业增加值", {"above_scale"}),
        ("第  三 产  业", "第三产业", set()),
        ("其中：男", "男", set()),
        ("~#非农业人口", "非农业人口", set()),
        ("⒈粮食", "粮食", set()),
        ("一般公共预算收入(亿元)①", "一般公共预算收入", set()),
        ("研究与试验发展(R&D)经费", "研究与试验发展(R&D)经费", set()),
        ("年末", "年末", set()),
    ],
)
def test_names_lose_layout_and_keep_qualifiers_apart(text, bare, qualifiers):
    assert canonical_name(text) == Name(bare, frozenset(qualifiers))


def match(name, *ancestors, dimension="money_cny", title="", year=None):
    return match_indicator(KNOWN, name, ancestors, dimension, title, year)


def test_a_name_with_its_dimension_and_basis():
    assert match("地区生产总值（当年价）").indicator == "gdp"
    assert match("地区生产总值（可比价）").indicator == "gdp_constant"
    assert match("地区生产总值", dimension="ratio", title="1-11 主要指标比上年增长").indicator == "gdp_growth"


def test_a_draw_is_ambiguous_with_both_candidates():
    found = match("地区生产总值")
    assert (found.indicator, found.reason, found.candidates) == (None, "ambiguous", ("gdp", "gdp_constant"))
    assert "gdp or gdp_constant" in found.words
    assert match("同名").reason == "ambiguous"


def test_a_title_or_dimension_that_does_not_hold_matches_nothing():
    found = match("地区生产总值", dimension="ratio", title="构成")
    assert (found.indicator, found.reason) == (None, "no_indicator")
    assert "is known (gdp" in found.words and "(ratio)" in found.words
    assert match("总人口（年末）", dimension=None).indicator is None


def test_aliases_are_dated():
    assert match("国内生产总值", year=2005).indicator == "gdp"
    assert match("国内生产总值", year=2006).indicator is None


def test_ancestors_decide():
    assert match("第二产业", "地区生产总值").indicator == "secondary"
    assert match("第二产业", "就业", "从业人员(万人)", dimension="persons").indicator == "jobs_secondary"
    assert match("第二产业").indicator is None


def test_ancestors_stand_in_order():
    known = {"x": indicator("x", ("工业", {"ancestors": ["甲", "乙"]}))}
    assert match_indicator(known, "工业", ["甲", "丙", "乙"]).indicator == "x"
    assert match_indicator(known, "工业", ["乙", "甲"]).indicator is None


def test_qualifiers_are_exact():
    assert match("年末总人口", dimension="persons").indicator == "people"
    assert match("总人口", dimension="persons").indicator is None
    assert match("固定资产投资额").indicator is None
    assert match("地区生产总值指数（上年=100）", dimension="index_previous_year").indicator == "gdp_index"


def test_more_conditions_win():
    known = {"general": indicator("general", ("工业", {})), "special": indicator("special", ("工业", {"title": "生产总值"}))}
    assert match_indicator(known, "工业", title="1-10 全市生产总值").indicator == "special"
    assert match_indicator(known, "工业", title="用电量").indicator == "general"


def test_an_unknown_name_suggests_but_never_matches():
    found = match("地区生产总直")
    assert found.indicator is None and "did you mean 地区生产总值" in found.words


def test_titles_are_compared_without_spaces():
    assert match("地区生产总值", dimension="ratio", title="主要指标 比 上 年 增 长").indicator == "gdp_growth"
