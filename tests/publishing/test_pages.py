"""Executed notebooks as pages: the answer first, no code, no script, no request, everything where the contract says."""

import re
from dataclasses import replace

import nbformat
import pandas as pd
import pytest
from lxml import html as lxml_html

from qdlib.catalogue import load_catalogue
from qdlib.catalogue.documents import Name
from qdlib.publishing import display
from qdlib.publishing.checks import page_faults
from qdlib.publishing.frame import Place, stale_banner, with_banner
from qdlib.publishing.pages import Page, PageExporter
from tests.publishing.test_figures import clipped_figure

MENU = (("page.nav.overview", "overview.html"), ("page.nav.cities", "index.html#cities"))
PLACE = Place(
    "cities/qingdao/trend",
    "cities/qingdao/trend",
    "zh",
    notebook="trend",
    made="2026-11-23T06:00:00+00:00",
    key="0123456789ab",
    pages=frozenset({"cities/qingdao/trend", "overview", "pillars/ocean"}),
    menu=MENU,
)
FILES = {
    "index.html",
    "overview.html",
    "pillars/ocean.html",
    "runs/cities/qingdao/trend.json",
    "data/cities/qingdao/trend.xlsx",
    "data/cities/qingdao/trend.ipynb",
    *(f"data/cities/qingdao/trend/{id}.csv" for id in ("gdp", "headline", "figure-1")),
}


def build_notebook(shown) -> dict:
    figure = clipped_figure()
    figure.set_label("折线图")
    display.stamp(city="qingdao", language="zh", vintage="as_of:2024-02-29", first_year=2000)
    display.show(figure, "题一", "亿元", ["qd_yearbook_2023"], data=pd.DataFrame({"year": [2022], "v": [1.5]}))
    display.show(figure, "题二", width="half")
    display.show(figure, "题三", width="half", narrow=figure)
    display.table(pd.DataFrame({"a": ["<b>"], "v": [1.0]}), "gdp", "表", sources=["qd_yearbook_2023"])
    display.cards([{"title": "海洋", "page": "pillars/ocean", "progress": 0.5}, {"title": "门户", "page": "pillars/gateway"}])
    display.headline(pd.DataFrame({"item": ["x"], "year": [2022], "field": ["v"], "value": [1.0]}))
    display.finding("青岛：答案", "一句。", [("产值", 5.0, "亿元", "2022")])
    display.sources()
    return shown.notebook("# 问题？\n\n说明文字。", "## 第一节", "## 第二节\n\n见[总览](overview)。", "# 第三节 <script>")


@pytest.fixture
def page(shown) -> str:
    return render(build_notebook(shown))


def render(notebook: dict, place: Place | None = PLACE) -> str:
    return PageExporter().from_notebook_node(notebook, resources={"place": place} if place else None)[0]


def tree(html: str):
    return lxml_html.document_fromstring(html)


def test_a_page_that_holds_has_no_fault(page):
    assert page_faults(page, PLACE, FILES) == []


def test_the_answer_is_the_only_h1_and_the_question_stands_above_it(page):
    root = tree(page)
    assert [element.text for element in root.iter("h1")] == ["青岛：答案"]
    main = page[page.index("<main") :]
    assert main.index("问题？") < main.index("青岛：答案") < main.index("说明文字") < main.index("题一")
    assert root.find(".//title").text == "青岛：答案 · 六个城市监测" and root.get("lang") == "zh-CN"


def test_no_code_is_shown_and_markup_in_text_is_escaped(page):
    assert "pass" not in tree(page).text_content().split() and "<script" not in page and "&lt;b&gt;" in page


def test_contents_come_from_second_level_headings(page):
    links = tree(page).xpath('//nav[@class="contents"]//a/@href')
    assert links == ["#s-1", "#s-2", "#s-3"]


def test_half_figures_stand_in_pairs(page):
    root = tree(page)
    assert len(root.xpath('//div[@class="pair"]')) == 1 and len(root.xpath('//div[@class="pair"]/div[@class="half"]')) == 2
    assert len(root.xpath('//div[@class="pair"]//figure')) == 2


def test_links_are_relative_and_only_to_pages_of_the_plan(page):
    root = tree(page)
    assert root.xpath('//a[text()="海洋"]/@href') == ["../../pillars/ocean.html"] and not root.xpath('//a[text()="门户"]')
    assert root.xpath('//main//a[text()="总览"]/@href') == ["../../overview.html"]
    assert root.xpath('//a[text()="CSV"]/@href')[0] == "../../data/cities/qingdao/trend/figure-1.csv"


def test_footer_says_what_the_missing_code_hides(page):
    footer = tree(page).xpath('//footer')[-1].text_content()
    for text in ("截至 2024-02-29 已公布", "数据切片", "参数：first_year=2000", "代码", "0123456789ab", "2026-11-23 06:00 UTC"):
        assert text in footer


def test_the_clock_stands_in_one_place_only(shown):
    notebook = build_notebook(shown)
    one, other = render(notebook), render(notebook, replace(PLACE, made="2027-01-02T07:08:09+00:00"))
    differing = [(a, b) for a, b in zip(one.splitlines(), other.splitlines(), strict=True) if a != b]
    assert len(differing) == 1 and "<time" in differing[0][0]
    assert render(notebook) == render(notebook)


def test_files_of_a_page_are_those_its_links_name(shown):
    page = Page(build_notebook(shown), PLACE)
    assert set(page.files()) == {path for path in FILES if path.startswith("data/") and not path.endswith(".ipynb")}


def test_a_lab_export_has_no_menu_and_no_dead_links(shown):
    html = render(build_notebook(shown), None)
    assert tree(html).xpath("//a[@download]") == [] and "<nav aria-label" not in html and "青岛：答案" in html
    assert "不是从头到尾" not in html


def test_a_lab_export_out_of_order_says_so(shown):
    notebook = build_notebook(shown)
    notebook["cells"][-1]["execution_count"] = 99
    assert "不是从头到尾" in render(notebook, None)


def test_a_stray_shows_in_a_lab_export_and_nowhere_else(shown):
    notebook = build_notebook(shown)
    stray = {"output_type": "execute_result", "data": {"text/plain": "stray <i>"}, "metadata": {}, "execution_count": 3}
    notebook["cells"][5]["outputs"].append(nbformat.from_dict(stray))
    notebook["cells"][5]["outputs"].append(nbformat.from_dict({"output_type": "stream", "name": "stdout", "text": "said <i>"}))
    html = render(notebook, None)
    assert "stray &lt;i&gt;" in html and "said &lt;i&gt;" in html


def test_english_pages_swap_markdown_cells(shown, monkeypatch):
    notebook, place = build_notebook(shown), replace(PLACE, id="en/cities/qingdao/trend", language="en")
    translations = {
        "words0": Name("# 问题？\n\n说明文字。", "# Question?"),
        "words1": Name("## 另一节", "## First"),
        "words3": Name("# 第三节 <script>", "# Third"),
    }
    for id, name in translations.items():
        monkeypatch.setitem(load_catalogue().texts, f"trend.{id}", name)
    _, resources = PageExporter().from_notebook_node(notebook, resources={"place": place})
    page = resources["page"]
    assert page.question == "Question?" and [text for _, text in page.contents][-1] == "Third"
    assert len(page.faults) == 2, page.faults
    assert "translates another" in page.faults[0] and "`trend.words2` is missing" in page.faults[1]


def test_a_banner_replaces_the_one_before(page):
    once = with_banner(page, stale_banner("旧 <一>"))
    twice = with_banner(once, stale_banner("新"))
    assert "旧 &lt;一&gt;" in once and "旧" not in twice and with_banner(twice, "") == page


BROKEN = {
    "id 'main' stands 2 times": ("<h1>", '<p id="main"></p><h1>'),
    "#nowhere is referred to": ('href="#main"', 'href="#nowhere"'),
    "2 <h1> elements": ("</h1>", "</h1><h1>x</h1>"),
    "lang is": ('lang="zh-CN"', 'lang="zh"'),
    "would run a script": ("</h1>", "</h1><script>1</script>"),
    "<p> would run a script": ("<p>", '<p onclick="x()">'),
    "would load 'https://": ("</h1>", '</h1><img src="https://example.org/x.png">'),
    "<link> would load": ("</head>", '<link rel="stylesheet" href="x.css"></head>'),
    "a style would load": ("<style>", "<style>@import 'x.css';"),
    "security policy": ("default-src 'none'", "default-src *"),
    "which the site does not have": ("overview.html", "overveiw.html"),
    "two scroll regions": ('aria-label="关键数字"', 'aria-label="表"'),
    "0 <time> elements": ("<time", "<span"),
}


@pytest.mark.parametrize("said", BROKEN)
def test_each_fault_of_a_page_is_found(page, said):
    old, new = BROKEN[said]
    assert old in page, "the page must hold what the test breaks"
    faults = page_faults(page.replace(old, new, 1) if "script" not in said else page.replace(old, new), PLACE, FILES)
    assert any(said in fault for fault in faults), faults


def test_page_stays_small(page):
    assert len(re.sub(r"<svg.*?</svg>", "", page)) < 25_000
