"""The pages that hold the site together, made from records alone."""

import pytest
from lxml import html as lxml_html

from qdlib.publishing.checks import page_faults
from qdlib.publishing.expansion import Report
from qdlib.publishing.runs import known_files
from qdlib.publishing.site import PLACEHOLDER, Site, make_menu, make_site

MADE = "2026-11-23T06:00:00+00:00"


def report(notebook: str, page: str, language: str = "zh", **values) -> Report:
    return Report(notebook, page, language, values, ("all",), 0, 1, 120, 300)


REPORTS = (
    report("overview", "overview"),
    report("pillar", "pillars/ocean", pillar="ocean"),
    report("city_trend", "cities/qingdao/trend", city="qingdao"),
    report("city_forecast", "cities/qingdao/forecast", city="qingdao"),
    report("data_quality", "cities/qingdao/data_quality", city="qingdao"),
    report("city_trend", "cities/jinan/trend", city="jinan"),
    report("methods", "methods"),
)
HELD = {"status": "published", "published_at": MADE, "title": "答案", "lede": "一句", "faults": [], "stale_since": ""}
CARD = {"title": "海洋", "page": "pillars/ocean", "counts": "5 项", "headline": "", "chip": "◐ 略慢", "left": "", "right": ""}
CARDS = {"items": [{**CARD, "progress": 0.5, "tick": None}]}


@pytest.fixture
def records() -> dict:
    return {each.id: {**HELD, "id": each.id, "title": f"答案 {each.id}"} for each in REPORTS}


def main_of(html: str):
    return lxml_html.document_fromstring(html).find(".//main")


def text_of(html: str) -> str:
    return " ".join(" ".join(main_of(html).itertext()).split())


def test_every_page_of_the_site_holds(records):
    made = make_site(REPORTS, records, MADE)
    own = {"indicators.html", "changes.html", "feed.xml"}
    assert set(made) == {"index.html", "cities/qingdao/index.html", "cities/jinan/index.html", *own}
    for path, html in ((path, html) for path, html in made.items() if path.endswith(".html")):
        place = Site(REPORTS, records, "zh", ("zh",), MADE).place(path.removesuffix(".html"))
        assert page_faults(html, place, {*known_files(REPORTS), *made}) == []


def test_index_opens_with_the_answer_and_cards_of_the_overview(records):
    records["overview"] |= {"title": "31 项承诺中 3 项可判定", "cards": [CARDS]}
    index = main_of(make_site(REPORTS, records, MADE)["index.html"])
    assert index.findtext(".//h1") == "31 项承诺中 3 项可判定"
    assert index.xpath('//section[@id="pillars"]//a/@href') == ["pillars/ocean.html"]


def test_index_without_an_overview_lists_the_pillars(records):
    del records["overview"]
    text = text_of(make_site(REPORTS, records, MADE)["index.html"])
    assert "2 个城市、7 个页面" in text and "引领型现代海洋城市 答案 pillars/ocean" in text


def test_index_lists_cities_methods_and_data_quality(records):
    text = text_of(make_site(REPORTS, records, MADE)["index.html"])
    for part in ("青岛 答案 cities/qingdao/trend 走势", "济南", "方法 答案 methods", "数据质量", "全部 7 个页面均为最新"):
        assert part in text


def test_stale_and_failed_pages_are_named_with_their_cause(records):
    fault = {"faults": [{"kind": "timeout", "detail": "x"}], "status": "failed"}
    records["methods"] |= {**fault, "stale_since": "2026-11-20T06:00:00+00:00"}
    records["cities/jinan/trend"] = {**fault, "id": "cities/jinan/trend", "published_at": "", "stale_since": MADE}
    made = make_site(REPORTS, records, MADE)
    text = text_of(made["index.html"])
    assert "方法 自 2026-11-20 起未能更新：计算超时" in text and "济南 · 走势 生成失败：计算超时" in text
    assert PLACEHOLDER in made["cities/jinan/trend.html"] and "生成失败：计算超时" in made["cities/jinan/trend.html"]


def test_menu_holds_only_what_the_plan_has():
    assert make_menu(REPORTS, "zh") == (
        ("page.nav.overview", "overview.html"),
        ("page.nav.pillars", "index.html#pillars"),
        ("page.nav.cities", "index.html#cities"),
        ("page.nav.methods", "methods.html"),
        ("page.nav.data", "cities/qingdao/data_quality.html"),
    )
    assert make_menu(REPORTS[:1], "zh") == (("page.nav.overview", "overview.html"),)


def test_a_language_of_its_own_is_mirrored(records):
    reports = (*REPORTS, report("city_trend", "cities/qingdao/trend", "en", city="qingdao"))
    records["en/cities/qingdao/trend"] = {**HELD, "id": "en/cities/qingdao/trend", "title": "Answer"}
    made = make_site(reports, records, MADE)
    assert "Qingdao" in text_of(made["en/index.html"]) and "Answer" in text_of(made["en/cities/qingdao/index.html"])
    assert 'hreflang="zh-CN" href="../index.html"' in made["en/index.html"]


def test_an_unchanged_site_differs_in_its_clock_only(records):
    one, other = (make_site(REPORTS, records, made)["index.html"] for made in (MADE, "2027-01-01T00:00:00+00:00"))
    differing = [line for line, again in zip(one.splitlines(), other.splitlines(), strict=True) if line != again]
    assert len(differing) == 1 and "<time" in differing[0]
