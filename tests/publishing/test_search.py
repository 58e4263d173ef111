"""The index finds cities, indicators, commitments and tasks without a server; data cannot become markup or script."""

import json
import re
import shutil

import pytest
from lxml import html as lxml_html

from qdlib.catalogue import load_catalogue
from qdlib.publishing.checks import page_faults
from qdlib.publishing.directory import Entry, find_entries, list_indicators
from qdlib.publishing.runs import known_files
from qdlib.publishing.search import read_script, search_box
from qdlib.publishing.site import Site, make_site
from tests.publishing.test_site import HELD, MADE, REPORTS

CHROMIUM = shutil.which("chromium")
RECORDS = {each.id: {**HELD, "id": each.id} for each in REPORTS}
COVERAGE = {"gdp_current_prices": (36, 1949, 2024)}


def entries(language: str = "zh") -> list[Entry]:
    pages = {"pillars/ocean": "pillars/ocean.html", "cities/qingdao/index": "cities/qingdao/index.html"}
    return find_entries(load_catalogue(), language, {"qingdao"}, pages.get, "indicators.html")


def test_only_what_has_a_page_is_found_and_indicators_lead_to_their_row():
    found = {entry.title: entry.address for entry in entries()}
    assert found["青岛"] == "cities/qingdao/index.html" and "济南" not in found
    assert found["地区生产总值"] == "indicators.html#gdp_current_prices"
    marine = [title for title, address in found.items() if address == "pillars/ocean.html"]
    assert any(title.startswith("T02 ") for title in marine) and not any(title.startswith("T03 ") for title in found)


def test_english_entries_are_found_by_chinese_words_too():
    gdp = next(entry for entry in entries("en") if entry.address.endswith("#gdp_current_prices"))
    assert "地区生产总值" in gdp.words and "gdp_current_prices" in gdp.words and gdp.title.isascii()


def test_the_directory_has_every_indicator_with_its_years():
    listed = {each.id: each for each in list_indicators(load_catalogue(), "zh", COVERAGE)}
    assert set(listed) == set(load_catalogue().indicators)
    assert (listed["gdp_current_prices"].cities, listed["gdp_current_prices"].first) == (36, 1949)
    page = make_site(REPORTS, RECORDS, MADE, coverage=COVERAGE)["indicators.html"]
    root = lxml_html.document_fromstring(page)
    assert set(root.xpath("//tbody/tr/@id")) == set(listed)
    row = root.get_element_by_id("gdp_current_prices").text_content()
    assert "1949–2024" in row and "36" in row and "亿元" in row


def test_the_index_passes_the_checks_of_a_page_and_a_changed_script_does_not():
    index = make_site(REPORTS, RECORDS, MADE)["index.html"]
    place = Site(REPORTS, RECORDS, "zh", ("zh",), MADE).place("index")
    assert page_faults(index, place, known_files(REPORTS)) == []
    attacked = index.replace(read_script(), read_script() + "alert(1)")
    assert attacked != index and "<script> would run a script" in page_faults(attacked, place, known_files(REPORTS))


def test_hostile_words_stay_data():
    hostile = [Entry("</script><script>alert(1)</script>", "page.search.city", "a.html", "<!-- &quot;")]
    html = search_box(hostile, lambda key, **values: key)
    assert html.count("<script") == 2 and "alert(1)</script>" not in html
    content = re.search(r'id="entries">(.*?)</script>', html, re.DOTALL)[1]
    assert json.loads(content)["all"][0][0] == hostile[0].title


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    if not CHROMIUM:
        pytest.skip("needs Debian's chromium")
    from playwright.sync_api import sync_playwright

    folder = tmp_path_factory.mktemp("search")
    for path, text in make_site(REPORTS, RECORDS, MADE, coverage=COVERAGE).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"])
        yield browser, (folder / "index.html").as_uri()
        browser.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("query", "first"),
    [("青岛", "青岛"), ("qingdao", "青岛"), ("ＱＩＮＧＤＡＯ", "青岛"), ("gdp_current", "地区生产总值"), ("海洋 比重", None)],
)
def test_readers_find_in_any_script_and_width_from_disk(opened, query, first):
    browser, address = opened
    page = browser.new_page(offline=True)
    seen: list[str] = []
    page.on("console", lambda message: seen.append(message.text))
    page.goto(address)
    page.fill("#query", query)
    shown = page.locator("#found a").all_text_contents()
    assert shown and (first is None or shown[0] == first) and seen == []
    assert page.locator("#count").text_content().startswith("找到")
    page.fill("#query", "没有的东西")
    assert page.locator("#found a").count() == 0 and "没有找到" in page.locator("#count").text_content()
    page.close()


@pytest.mark.browser
def test_without_script_the_lists_stand_and_no_empty_box_is_shown(opened):
    browser, address = opened
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.locator("#search").is_hidden() and page.locator("#cities a").first.is_visible()
    context.close()
