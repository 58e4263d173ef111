"""The pages as a browser sees them: no request, nothing on the console, no barrier, no sideways scroll."""

import shutil
from dataclasses import replace

import pytest

from qdlib.publishing.checks import page_faults
from qdlib.publishing.site import make_site
from tests.publishing.test_pages import FILES, PLACE, build_notebook, render
from tests.publishing.test_site import CARDS, HELD, MADE, REPORTS

CHROMIUM = shutil.which("chromium")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="needs Debian's chromium")]
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def site(shown, tmp_path):
    """A report page, its city's index and the site's index, as files."""
    records = {each.id: {**HELD, "id": each.id} for each in REPORTS}
    records["overview"] |= {"cards": [CARDS], "key_figures": [{"label": "产值", "value": 5.0, "unit": "亿元", "note": "2022"}]}
    records["methods"] |= {"status": "failed", "faults": [{"kind": "error", "detail": "x"}], "stale_since": MADE}
    pages = {f"{PLACE.id}.html": render(build_notebook(shown)), **make_site(REPORTS, records, MADE)}
    for path, html in pages.items():
        (tmp_path / "site" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "site" / path).write_text(html, encoding="utf-8")
    return tmp_path / "site"


def open_page(browser, path, width: int = 1280, scheme: str = "light"):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.seen = []
    page.on("request", lambda request: page.seen.append(request.url))
    page.on("console", lambda message: page.seen.append(message.text))
    page.on("pageerror", lambda error: page.seen.append(str(error)))
    page.goto(path.as_uri())
    return page


PAGES = ["cities/qingdao/trend.html", "index.html", "cities/qingdao/index.html"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_accessible_and_ask_for_nothing(browser, site, path):
    from axe_playwright_python.sync_playwright import Axe

    for scheme in ("light", "dark"):
        page = open_page(browser, site / path, scheme=scheme)
        assert page.seen == [(site / path).as_uri()], "the page alone is requested, the console is silent"
        found = Axe().run(page).response["violations"]
        assert not found, [(each["id"], each["nodes"][0]["html"][:200]) for each in found]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_on_a_phone(browser, site, path):
    for width in (320, 390, 640):
        page = open_page(browser, site / path, width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_figures_and_tables_are_there_and_text_is_legible(browser, site):
    page = open_page(browser, site / PAGES[0], width=390)
    assert page.locator("figure").count() == 3 and page.locator("table").count() == 2
    sizes = page.evaluate(
        """[...document.querySelectorAll('svg text')].filter(text => text.getClientRects().length && text.textContent.trim())
           .map(text => parseFloat(getComputedStyle(text).fontSize) * text.ownerSVGElement.getBoundingClientRect().width
                        / text.ownerSVGElement.viewBox.baseVal.width)"""
    )
    assert sizes and min(sizes) >= 9
    assert page.locator(".narrow").is_visible() and page.locator(".wide").is_hidden()


def test_the_keyboard_reaches_content_contents_and_scroll_regions(browser, site):
    page = open_page(browser, site / PAGES[0], width=390)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash === '#main'", timeout=5000)  # a busy machine follows a link a moment later
    page.locator('[role="region"]').first.focus()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "region"


def test_figures_follow_dark_mode_and_print_is_light(browser, site):
    page = open_page(browser, site / PAGES[0], scheme="dark")
    # The thickest line of a drawing is its data.
    colour = """[...document.querySelectorAll('.drawing svg > path')].map(path => getComputedStyle(path))
        .sort((one, other) => parseFloat(other.strokeWidth) - parseFloat(one.strokeWidth))[0].stroke"""
    assert page.evaluate(colour) == "rgb(111, 183, 224)"
    page.emulate_media(media="print")
    assert page.evaluate(colour) == "rgb(11, 92, 138)" and page.locator("header nav").is_hidden()
    assert len(page.pdf()) > 10_000


def test_an_added_script_does_not_run(browser, site, tmp_path):
    path = tmp_path / "attacked.html"
    html = (site / PAGES[0]).read_text(encoding="utf-8")
    path.write_text(html.replace("</main>", "<script>document.title='x'</script></main>"), encoding="utf-8")
    page = open_page(browser, path)
    assert page.title() != "x" and any("Content Security Policy" in text for text in page.seen)


def test_the_page_that_the_browser_saw_passes_the_checks_of_a_run(shown):
    assert page_faults(render(build_notebook(shown)), PLACE, FILES) == []
    assert page_faults(render(build_notebook(shown)), replace(PLACE, language="en"), FILES)
