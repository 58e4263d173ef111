"""The journey on real figures: the project's own notebooks, run on the frozen slice, opened as a reader opens them."""

import gzip
import json
import posixpath
import re
import shutil

import pytest
from lxml import html as lxml_html

CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
PAGES = [
    "index.html",
    "overview.html",
    "targets.html",
    "pillars/ocean.html",
    "programme.html",
    "cities/qingdao/trend.html",
    "cities/qingdao/forecast.html",
    "cities/qingdao/peers.html",
    "cities/qingdao/data_quality.html",
    "methods.html",
]
TYPES = [*PAGES, "indicators.html", "changes.html", "cities/qingdao/index.html"]  # every type of page, each once
BOTH = [*TYPES, *(f"en/{page}" for page in TYPES)]
REPORTS = [page for page in PAGES if page != "index.html"]
HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Every page type of Qingdao, published once in each language, and a page of another city."""
    from qdlib.publishing.runs import run
    from tests.conftest import FROZEN

    folder = tmp_path_factory.mktemp("journey") / "reports"
    shutil.copytree(FROZEN, folder.parent / "data")  # a run may make the calibration again
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QD_DATA", str(folder.parent / "data"))
        patch.setenv("QD_REPORTS", str(folder))
        assert run(only=("pillar",), language=("zh",), workers=2) == 0
        assert run(only=("pillar",), pillar=("ocean",), language=("en",), workers=2) == 0
        assert run(only=("overview", "targets", "programme", "methods"), workers=2) == 0
        assert run(only=("city_trend", "city_forecast", "peer_benchmark", "data_quality"), city=("qingdao",), workers=2) == 0
        assert run(only=("city_trend",), city=("ningbo",), workers=2) == 0
    return folder


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM:
        pytest.skip("needs Debian's chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


def text_of(site, page: str) -> str:
    """The page's text with the thin spaces between thousands taken out."""
    return re.sub(r"\u00a0|\u202f|&#8239;|&#x202f;|<wbr>|<span class=\"?t\"?></span>", "", (site / page).read_text("utf-8"))


def test_every_page_type_is_published_and_the_index_links_it(site):
    index = text_of(site, "index.html")
    for page in PAGES[1:]:
        assert (site / page).exists()
        assert f'href="{page}"' in index
    for pillar in ("industry", "ocean", "innovation", "gateway", "bay", "governance"):
        assert (site / "pillars" / f"{pillar}.html").exists()


def test_overview_has_every_commitment_and_the_marine_identity(site):
    from qdlib.catalogue import load_catalogue

    page = text_of(site, "overview.html")
    for target in load_catalogue().policy.targets.values():
        assert target.name.zh in page, target.id
    assert "19394" in page and "33%" in page


def test_programme_page_lists_every_item_and_says_that_nobody_has_reported(site):
    from qdlib.catalogue import load_catalogue

    page, programme = text_of(site, "programme.html"), load_catalogue().programme
    for item in programme.items.values():
        assert f"{item.id} {item.title.zh}" in page, item.id
    assert "至今没有一项由责任单位填报" in page and page.count("未填报</span>") == len(programme.items)
    assert 'href="../programme.html"' in text_of(site, "pillars/ocean.html")


def test_trend_page_says_that_the_fall_is_none(site):
    page = text_of(site, "cities/qingdao/trend.html")
    assert "只是口径变更" in page and "6.5%" in page
    for figure in ("12001.52", "10949.38", "11741.31"):
        assert figure in page
    assert re.search(r"<code>qd_yearbook_2023/1-7\.xlsx!Sheet1</code>[^<]*\b2018 N12\b", page)


def test_no_page_asks_for_anything_outside(site):
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        assert "http://" not in text.replace("http://www.w3.org/", "") or 'src="http' not in text
        assert "<script src" not in text and '<link rel="stylesheet"' not in text


def test_unchanged_run_executes_nothing(site, monkeypatch, capsys):
    from qdlib.publishing.runs import run

    monkeypatch.setenv("QD_DATA", str(site.parent / "data"))
    monkeypatch.setenv("QD_REPORTS", str(site))
    before = (site / "cities" / "qingdao" / "trend.html").read_bytes()
    assert run(only=("city_trend",), city=("qingdao",)) == 0
    assert "2 unchanged" in capsys.readouterr().out
    assert (site / "cities" / "qingdao" / "trend.html").read_bytes() == before


def test_misspelt_parameter_leaves_the_old_site_untouched(site, monkeypatch):
    from click.testing import CliRunner

    from qdlib.cli import main

    monkeypatch.setenv("QD_DATA", str(site.parent / "data"))
    monkeypatch.setenv("QD_REPORTS", str(site))
    before = {path: path.read_bytes() for path in site.rglob("*.html")}
    result = CliRunner().invoke(main, ["run", "--only", "city_trend", "-p", "ctiy=qingdao"])
    assert result.exit_code in (1, 2)
    assert "ctiy" in result.stderr and "did you mean city?" in result.stderr
    assert {path: path.read_bytes() for path in site.rglob("*.html")} == before


def chinese_in(path) -> list[str]:
    """Texts and labels in `main` with a Chinese character or sign, save those that state their language and names of files."""
    root = lxml_html.document_fromstring(path.read_bytes(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    main, found = root.find(".//main"), []
    for element in main.iter(lxml_html.etree.Element):
        own = element.text if element.tag not in ("script", "style") and not is_quoted(element) else ""
        after = element.tail if element is not main and not is_quoted(element.getparent()) else ""
        labels = [element.get(name) for name in ("aria-label", "title", "alt", "placeholder")]
        found += [text.strip() for text in (own, after, *labels) if text and HAN.search(text)]
    return found


def is_quoted(element) -> bool:
    return any(each.get("lang", "").startswith("zh") or each.tag == "code" for each in [element, *element.iterancestors()])


def root_of(path):
    return lxml_html.document_fromstring(path.read_bytes(), parser=lxml_html.HTMLParser(encoding="utf-8"))


@pytest.mark.parametrize("page", TYPES)
def test_every_sentence_of_an_english_page_is_english(site, page, monkeypatch):
    """Save cells quoted as they are printed: what could not be read has no English form."""
    from qdlib.observations import store

    monkeypatch.setenv("QD_DATA", str(site.parent / "data"))
    held = [store.read_table(table, "qingdao") for table in ("observations", "findings", "unmatched")]
    cells = {str(text).strip() for frame in held for column in frame for text in frame[column].astype(str)}
    quoted = [cell for cell in cells if HAN.search(cell)]

    def rest(text: str) -> str:
        for cell in quoted:
            text = text.replace(cell, "") if cell in text else text
        return text

    assert [text for text in chinese_in(site / "en" / page) if HAN.search(rest(text))] == []


def test_a_chinese_word_on_an_english_page_is_seen(tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<main><p>GDP</p><p aria-label="标签">GDP（亿元）<code>表.xlsx</code> 尾<span lang="zh-CN">青岛</span></p></main>', "utf-8")
    assert chinese_in(page) == ["GDP（亿元）", "标签", "尾"]


@pytest.mark.parametrize("page", BOTH)
def test_headings_are_in_order_and_tables_say_what_they_hold(site, page):
    """One h1, no level left out; each table has a caption and headed columns; each figure a title, alt text and a source."""
    main = root_of(site / page).find(".//main")
    levels = [int(element.tag[1]) for element in main.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in zip(levels, levels[1:], strict=False)), levels
    for table in main.iter("table"):
        assert table.findtext("caption/span") or table.find("caption") is not None
        assert table.xpath(".//th[@scope='col']")
    for figure in main.iter("figure"):
        drawn = figure.findall(".//svg")
        assert figure.xpath("string(figcaption/p[@class='title'])") and drawn
        assert all(0 < len(each.get("aria-label", "")) <= 200 for each in drawn)
        # The tests of past probabilities are this project's own computation: their figures offer their data instead of a publication.
        assert figure.xpath(".//span[@class='named'][normalize-space()] | .//span[@class='links']"), figure.get("id")


@pytest.mark.parametrize("page", [*REPORTS, *(f"en/{page}" for page in REPORTS)])
def test_every_figure_and_table_has_its_files_and_every_link_leads_somewhere(site, page):
    root = root_of(site / page)
    blocks = root.xpath("//main//figure | //main//div[contains(@class, 'block table')]")
    assert blocks or page.endswith("programme.html")
    for block in blocks:
        assert [link.text for link in block.xpath(".//span[@class='links']/a")] == ["CSV", "XLSX"], block.get("id")
    published = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    names = set(root.xpath("//@id"))
    for address in root.xpath("//main//a/@href | //footer//a/@href"):
        path, _, anchor = address.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
        assert target in published, address
        assert path or not anchor or anchor in names, address


# Bytes of a page without its downloads, and of its gzip. Index and lists have limits of their own; the last three are heavier than
# the goal of 60 kB (measured 78, 68 and 63 kB) and must not grow. The goal for gzip, 12 kB, is missed by trend and forecast as well.
PAGE_BYTES, PAGE_GZIP = 60_000, 15_000
LIMITS = {
    "index.html": 150_000,
    "indicators.html": 150_000,
    "programme.html": 82_000,
    "cities/qingdao/forecast.html": 70_000,
    "cities/qingdao/data_quality.html": 66_000,
}


@pytest.mark.parametrize("page", BOTH)
def test_pages_are_light(site, page):
    content = (site / page).read_bytes()
    whole = LIMITS.get(page.removeprefix("en/"), PAGE_BYTES)
    assert len(content) <= whole, f"{len(content)} bytes"
    assert len(gzip.compress(content, 9)) <= max(PAGE_GZIP, whole // 6), f"{len(gzip.compress(content, 9))} bytes of gzip"


@pytest.mark.parametrize("page", TYPES)
def test_the_language_switch_leads_to_the_same_page_and_back(site, page):
    for here, there in ((page, f"en/{page}"), (f"en/{page}", page)):
        link = root_of(site / here).xpath("//header//a[@hreflang]")
        assert [posixpath.normpath(posixpath.join(posixpath.dirname(here), each.get("href"))) for each in link] == [there]
        assert root_of(site / there).get("lang") == link[0].get("hreflang") == link[0].get("lang")


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", BOTH)
def test_pages_open_from_disk_without_a_request_and_nothing_is_clipped(site, browser, page, width):
    """No request but the page, nothing on the console, no sideways scroll, every figure's text inside its drawing and ≥ 9 px."""
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    opened = context.new_page()
    seen: list[str] = []
    opened.on("request", lambda request: seen.append(request.url))
    opened.on("console", lambda message: seen.append(message.text))
    address = (site / page).as_uri()
    opened.goto(address)
    assert seen == [address]
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.locator("h1").count() == 1
    faults = json.loads(opened.evaluate(CLIPPED))
    assert faults == []
    assert opened.evaluate("[...document.querySelectorAll('[role=img]')].every(each => each.getAttribute('aria-label'))")
    context.close()


def violations(page) -> list[tuple[str, str]]:
    from axe_playwright_python.sync_playwright import Axe

    return [(each["id"], each["nodes"][0]["html"][:160]) for each in Axe().run(page).response["violations"]]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", BOTH)
def test_no_page_has_a_barrier(site, browser, page, scheme):
    """axe finds nothing in either language and scheme, and the page has been read: it has its heading and words."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme, offline=True)
    opened = context.new_page()
    opened.goto((site / page).as_uri())
    assert opened.locator("h1").count() == 1 and len(opened.inner_text("main")) > 20
    assert violations(opened) == []
    context.close()


@pytest.mark.browser
def test_axe_sees_a_barrier(site, browser):
    opened = browser.new_page()
    opened.goto((site / "en/overview.html").as_uri())
    opened.evaluate("document.querySelector('[role=region]').removeAttribute('aria-label'); document.documentElement.lang = ''")
    assert "html-has-lang" in [id for id, _ in violations(opened)]
    opened.close()


@pytest.mark.browser
@pytest.mark.parametrize("page", BOTH)
def test_no_page_scrolls_sideways_at_320_pixels_or_enlarged_twice(site, browser, page):
    """320 px, and 640 px, which is a window of 1,280 enlarged to 200 %."""
    opened = browser.new_page()
    opened.goto((site / page).as_uri())
    for width in (320, 640):
        opened.set_viewport_size({"width": width, "height": 800})
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
    opened.close()


@pytest.mark.browser
@pytest.mark.parametrize("page", BOTH)
def test_the_keyboard_reaches_all_that_the_mouse_does(site, browser, page):
    """The skip link comes first and leads to the text; Tab reaches every scroll region that scrolls and leaves the page at its end."""
    opened = browser.new_page(viewport={"width": 390, "height": 800})
    opened.goto((site / page).as_uri())
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "skip"
    opened.keyboard.press("Enter")
    opened.wait_for_function("location.hash === '#main'", timeout=5000)
    unreachable = """[...document.querySelectorAll('main *')].filter(each => each.scrollWidth > each.clientWidth + 1
        && ['auto', 'scroll'].includes(getComputedStyle(each).overflowX) && each.tabIndex < 0).map(each => each.className)"""
    assert opened.evaluate(unreachable) == []
    assert opened.evaluate("[...document.querySelectorAll('[tabindex]')].every(each => each.tabIndex === 0)")
    opened.close()


@pytest.mark.browser
@pytest.mark.parametrize(("page", "query"), [("index.html", "ｑｉｎｇｄａｏ"), ("index.html", "青岛"), ("en/index.html", "qingdao")])
def test_the_search_works_with_the_keyboard(site, browser, page, query):
    opened = browser.new_page()
    opened.goto((site / page).as_uri())
    opened.focus("#query")
    opened.keyboard.insert_text(query)
    assert opened.locator("#found a").count() > 0 and re.search(r"\d", opened.inner_text("#count"))
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.closest('#found') !== null")
    opened.close()


@pytest.mark.browser
@pytest.mark.parametrize("page", ["overview.html", "en/overview.html", "cities/qingdao/trend.html", "en/methods.html"])
def test_pages_print_light_without_navigation(site, browser, page):
    context = browser.new_context(color_scheme="dark")
    opened = context.new_page()
    opened.goto((site / page).as_uri())
    opened.emulate_media(media="print")
    assert opened.locator("header nav").is_hidden()
    assert opened.evaluate("getComputedStyle(document.body).color") == "rgb(29, 42, 51)"
    assert opened.pdf(format="A4").count(b"/Type /Page\n") >= 1
    context.close()



# Texts of visible drawings that reach beyond their drawing by more than a pixel, overlap another text, or are too small to read.
CLIPPED = """
(() => {
  const faults = [];
  for (const svg of document.querySelectorAll('svg')) {
    const box = svg.getBoundingClientRect();
    if (!box.width) continue;
    const texts = [...svg.querySelectorAll('text')].filter(each => each.textContent.trim());
    const boxes = texts.map(each => each.getBoundingClientRect());
    texts.forEach((text, i) => {
      const own = boxes[i];
      if (own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1 || own.bottom > box.bottom + 1)
        faults.push('outside: ' + text.textContent);
      const size = parseFloat(getComputedStyle(text).fontSize) * box.width / svg.viewBox.baseVal.width;
      if (size < 9) faults.push('small ' + size.toFixed(1) + ': ' + text.textContent);
      for (let j = 0; j < i; j++) {
        const other = boxes[j];
        const wide = Math.min(own.right, other.right) - Math.max(own.left, other.left);
        const high = Math.min(own.bottom, other.bottom) - Math.max(own.top, other.top);
        if (wide > 2 && high > 0.45 * Math.min(own.height, other.height))
          faults.push('overlap: ' + text.textContent + ' / ' + texts[j].textContent);
      }
    });
  }
  return JSON.stringify(faults);
})()
"""
