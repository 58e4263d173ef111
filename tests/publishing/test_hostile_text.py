"""Names that would break out of a page, a spreadsheet, a feed or the search: everywhere they stand as the text that they are."""

import csv
import io
import json
import shutil

import openpyxl
import pandas as pd
import pytest
from lxml import etree
from lxml import html as lxml_html

from qdlib.publishing import display, downloads, feed
from qdlib.publishing.checks import page_faults
from qdlib.publishing.directory import Entry
from qdlib.publishing.search import search_box
from qdlib.publishing.site import Site, make_site
from tests.publishing.test_figures import clipped_figure
from tests.publishing.test_pages import FILES, PLACE, render
from tests.publishing.test_site import HELD, MADE, REPORTS

CHROMIUM = shutil.which("chromium")
TAGS = "</title></script><img src=x onerror=\"document.title='x'\"><!--<script>document.title='x'</script>"
HOSTILE = {
    "tags": TAGS,
    "quotes": "\" onmouseover=\"document.title='x'\" a='",
    "formula": "=HYPERLINK(\"http://x.test\",\"x\")",
    "command": "@SUM(1+1)*cmd|' /C calc'!A0",
    "comment": "--><!-- ]]> &lt;b&gt; {{ 7*7 }} {0} {city}",
    "long word": "x" * 300,
    "long name": "青岛" * 150,
    "control": "a\x0bb\x00c",
}  # fmt: skip
NAMES = pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())


def printable(text: str) -> str:
    """The text without signs that neither HTML nor XML can hold."""
    return "".join(sign for sign in text if sign.isprintable())


def build(shown, name: str) -> dict:
    """A notebook in which title, captions, headings, units, cells, notes, cards and alt text all are the name."""
    figure = clipped_figure()
    figure.set_label(printable(name)[:200])
    frame = pd.DataFrame({"city": [name], "v": [1.0], "source_cell": [f"{name}!S!A1"]})
    display.stamp(city="qingdao", language="zh", vintage="latest", first_year=2000)
    display.show(figure, name, name, data=frame, id="figure-1")
    display.table(frame, "gdp", name, columns={"city": name, "v": name}, units={"v": name}, note=name)
    display.note(name, name)
    display.cards([{"title": name, "page": "pillars/ocean", "headline": name, "counts": name, "left": name, "right": name}])
    display.headline(pd.DataFrame({"item": [name], "year": [2022], "field": [name], "value": [1.0]}))
    display.finding(name, name, [(name, name, name, name)])
    display.sources()
    return shown.notebook("# 问题？")


@NAMES
def test_a_page_holds_the_name_as_text(shown, name):
    html = render(build(shown, name))
    assert page_faults(html, PLACE, FILES) == []
    root = lxml_html.document_fromstring(html.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    assert not root.xpath("//script | //img") and not root.xpath("//@onerror | //@onmouseover")
    assert printable(root.findtext(".//h1")) == printable(name)
    assert printable(root.xpath("string(//th[@scope='row'])")) == printable(name)


@NAMES
def test_files_hold_the_name_as_text(shown, name):
    build(shown, name)
    payload = shown.payload("table")
    rows = list(csv.reader(io.StringIO(downloads.make_csv(payload).decode("utf-8-sig"), newline="")))
    assert all(not field.startswith(("=", "+", "@", "\t", "\r")) for row in rows for field in row)
    assert rows[1][0].lstrip("'").replace("\x00", "") == name.replace("\x00", "")
    book = openpyxl.load_workbook(io.BytesIO(downloads.make_workbook([payload], [(name, name)], "about")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"] and book["gdp"]["A2"].value.startswith(printable(name)[:1])


@NAMES
def test_index_feed_and_changes_hold_the_name_as_text(name):
    records = {each.id: {**HELD, "id": each.id, "title": name, "lede": name} for each in REPORTS}
    card = {
        "title": name,
        "page": "pillars/ocean",
        "counts": name,
        "headline": name,
        "chip": f"◐ {name}",
        "left": name,
        "right": name,
    }
    records["overview"] |= {"cards": [{"items": [{**card, "progress": 0.5, "tick": None}]}]}
    records["methods"] |= {"status": "failed", "faults": [{"kind": "error", "detail": name}], "stale_since": MADE}
    for path, text in make_site(REPORTS, records, MADE).items():
        if path.endswith(".html"):
            root = lxml_html.document_fromstring(text.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
            assert not root.xpath("//img | //@onerror | //@onmouseover"), path
            assert len(root.xpath("//script")) == (2 if path == "index.html" else 0), path
    place = Site(REPORTS, records, "zh", ("zh",), MADE).place("changes")
    change = {"kind": "revised", "item": name, "field": name, "old": name, "new": name, "unit": name, "year": 2024}
    news = feed.group_news([{**change, "page": "overview", "at": MADE, "cause": f"data:{name}"}], place, {"overview": name})
    tree = etree.fromstring(feed.make_feed(news, place, MADE).encode())
    title = tree.findtext("{*}entry/{*}title")
    assert printable(name) in printable(title) and not tree.xpath("//*[local-name()='img' or local-name()='script']")


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="needs Debian's chromium")
def test_nothing_runs_and_nothing_spreads_in_a_browser(shown, tmp_path):
    """Page and search with every hostile name: no script ran, no request but the page, no sideways scroll on a phone."""
    from playwright.sync_api import sync_playwright

    paths = []
    for number, name in enumerate(HOSTILE.values()):
        shown.outputs.clear()
        paths.append(tmp_path / f"{number}.html")
        paths[-1].write_text(render(build(shown, name)), "utf-8")
    records = {each.id: {**HELD, "id": each.id, "title": TAGS, "lede": "x" * 300} for each in REPORTS}
    paths.append(tmp_path / "index.html")
    paths[-1].write_text(make_site(REPORTS, records, MADE)["index.html"], "utf-8")
    box = search_box(
        [Entry(name, "page.search.city", "a.html", name) for name in HOSTILE.values()],
        Site(REPORTS, records, "zh", ("zh",), MADE).place("index").say,
    )
    known = json.loads(lxml_html.fragment_fromstring(box, create_parent="div").xpath("string(.//script[1])"))
    assert [entry[0] for entry in known["all"]] == list(HOSTILE.values())
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"])
        page, seen = opened.new_page(viewport={"width": 390, "height": 800}), []
        page.on("request", lambda request: seen.append(request.url))
        for path in paths:
            page.goto(path.as_uri())
            assert page.title() != "x" and seen[-1] == path.as_uri()
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path.name
        assert len(seen) == len(paths)
        opened.close()
