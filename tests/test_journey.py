"""The journey on real figures: the project's own notebooks, run on the frozen slice, opened as a reader opens them."""

import json
import re
import shutil

import pytest

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
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Every page type of Qingdao, published once."""
    from qdlib.publishing.runs import run
    from tests.conftest import FROZEN

    folder = tmp_path_factory.mktemp("journey") / "reports"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QD_DATA", str(FROZEN))
        patch.setenv("QD_REPORTS", str(folder))
        assert run(only=("overview", "targets", "pillar", "programme"), workers=2) == 0
        assert run(only=("city_trend", "city_forecast", "peer_benchmark", "data_quality"), city=("qingdao",), workers=2) == 0
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
    from tests.conftest import FROZEN

    monkeypatch.setenv("QD_DATA", str(FROZEN))
    monkeypatch.setenv("QD_REPORTS", str(site))
    before = (site / "cities" / "qingdao" / "trend.html").read_bytes()
    assert run(only=("city_trend",), city=("qingdao",)) == 0
    assert "1 unchanged" in capsys.readouterr().out
    assert (site / "cities" / "qingdao" / "trend.html").read_bytes() == before


def test_misspelt_parameter_leaves_the_old_site_untouched(site, monkeypatch):
    from click.testing import CliRunner

    from qdlib.cli import main
    from tests.conftest import FROZEN

    monkeypatch.setenv("QD_DATA", str(FROZEN))
    monkeypatch.setenv("QD_REPORTS", str(site))
    before = {path: path.read_bytes() for path in site.rglob("*.html")}
    result = CliRunner().invoke(main, ["run", "--only", "city_trend", "-p", "ctiy=qingdao"])
    assert result.exit_code in (1, 2)
    assert "ctiy" in result.stderr and "did you mean city?" in result.stderr
    assert {path: path.read_bytes() for path in site.rglob("*.html")} == before


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("page", PAGES)
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
