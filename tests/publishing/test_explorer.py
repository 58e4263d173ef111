"""The explorer: choices answered without a browser, and the whole desk once in a real JupyterLab."""

import csv
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as lxml_html

from qdlib.analysis.choices import Choice
from qdlib.errors import RunError, SourceError
from qdlib.publishing import excerpts, explorer
from qdlib.publishing.display import stamp
from qdlib.publishing.expansion import Setting, expand_plan
from qdlib.publishing.plan import read_plan

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium")
GDP = Choice("qingdao", "gdp_current_prices")
YEARBOOK_CELL = "qd_yearbook_2023/1-7.xlsx!Sheet1!N12"


@pytest.fixture(autouse=True)
def chinese(frozen):
    stamp(language="zh")


def marked(html: str) -> str:
    return lxml_html.fromstring(html).findtext(".//mark")


def test_a_choice_is_answered_with_figure_table_editions_and_cells():
    seen = explorer.answer(replace(GDP, year=2018))
    assert "生产总值" in seen.figure and "<svg" in seen.figure and "<text" in seen.svg
    assert YEARBOOK_CELL in seen.cells and len(seen.cells) > 1
    rows = list(csv.reader(io.StringIO(seen.csv.decode("utf-8-sig"))))
    assert rows[0][0] == "年份" and any(row[0] == "2018" and row[1].startswith("10949.38") for row in rows)


def test_every_part_follows_the_choice():
    plain, first = explorer.answer(GDP), explorer.answer(replace(GDP, vintage="first_release", year=2018))
    assert plain.figure != first.figure and b"12001.52" in first.csv and b"12001.52" not in plain.csv
    assert explorer.answer(replace(GDP, horizon=9)).figure != plain.figure
    assert explorer.answer(replace(GDP, peer_group="major_36")).peers != plain.peers
    assumed = explorer.answer(replace(GDP, scenario=("2026:4.0",)))
    assert "情景" in assumed.figure and "情景" in assumed.table and "情景" not in plain.figure


def test_a_wrong_choice_is_refused_with_every_fault():
    with pytest.raises(RunError) as refused:
        explorer.answer(replace(GDP, horizon=11, scenario=("2026:x",), peer_group="friends"))
    assert len(refused.value.faults) == 3


def test_an_assumed_year_outside_the_forecast_is_said():
    assert "2040" in explorer.answer(replace(GDP, scenario=("2040:4.0",))).message


def test_the_source_is_shown_with_its_cell_marked():
    shown = excerpts.show_excerpt(YEARBOOK_CELL)
    assert marked(shown).replace(",", "").startswith("10949.38")
    assert ">N<" in shown and ">12<" in shown and "生产总值" in shown


@pytest.mark.parametrize("cell", ["qd_yearbook_1900/x.xlsx!Sheet1!A1", "nonsense", "qd_yearbook_2023/1-7.xlsx!Blatt!A1"])
def test_a_source_that_cannot_be_opened_says_why(cell):
    with pytest.raises(SourceError):
        excerpts.show_excerpt(cell)
    assert "无法打开来源文件" in explorer.excerpt(cell)


def test_widgets_carry_the_choice_and_refusals_keep_the_old_figure(tmp_path):
    desk = explorer.Explorer(GDP, tmp_path)
    before = desk.parts["figure"].value
    desk.inputs["indicator"].value = "marine_gdp"
    assert desk.seen.choice.indicator == "marine_gdp" and desk.parts["figure"].value != before
    before = desk.parts["figure"].value
    desk.inputs["scenario"].value = "2026:viel"
    assert "2026:viel" in desk.status.value and desk.parts["figure"].value == before
    desk.inputs["search"].value = "海洋"
    assert all("marine" in key for _, key in desk.inputs["indicator"].options)
    desk.inputs["search"].value = "没有这个词"
    assert "没有这个词" in desk.status.value


def test_a_city_without_the_indicator_moves_to_another_and_says_so(tmp_path):
    desk = explorer.Explorer(Choice("qingdao", "marine_gdp"), tmp_path)
    desk.inputs["city"].value = "ningbo"
    assert desk.seen.choice == Choice("ningbo", "gdp_current_prices") and "宁波没有公开的海洋生产总值" in desk.status.value


def test_tracing_a_year_lists_its_editions_and_opens_the_cell(tmp_path):
    desk = explorer.Explorer(GDP, tmp_path)
    desk.inputs["year"].value = 2018
    assert YEARBOOK_CELL in desk.cell.options
    desk.cell.value = YEARBOOK_CELL
    assert marked(desk.parts["source"].value).replace(",", "").startswith("10949.38")


def test_saved_files_hold_what_is_seen(tmp_path):
    desk = explorer.Explorer(replace(GDP, scenario=("2026:4.0",), horizon=3), tmp_path)
    for button in desk.buttons.values():
        button.click()
    svg, table, plan = (tmp_path / f"qingdao_gdp_current_prices_latest.{suffix}" for suffix in ("svg", "csv", "yml"))
    assert svg.read_text("utf-8") == desk.seen.svg and table.read_bytes() == desk.seen.csv
    assert "qd run --plan" in desk.status.value and plan.name in desk.status.value
    from qdlib.catalogue import load_catalogue

    (report,) = expand_plan(read_plan(plan), Setting(load_catalogue(), ["qingdao"]))
    assert report.notebook == "selection" and report.values["horizon"] == 3 and report.values["scenario"] == ["2026:4.0"]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on a copy of explore.ipynb, on a free port, with settings and state of its own."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copy(ROOT / "notebooks" / "explore.ipynb", folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = {name: str(folder / f".{name.lower()}") for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    frozen = {"QD_DATA": str(ROOT / "tests" / "data" / "processed"), "PYTHONPATH": str(ROOT)}
    options = [
        "--no-browser", "--allow-root", f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=",
        f"--ServerApp.root_dir={folder}", "--ServerApp.disable_check_xsrf=True",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        f"--LabApp.workspaces_dir={folder / '.workspaces'}", f"--LabApp.user_settings_dir={folder / '.settings'}",
    ]  # fmt: skip
    quiet = folder / ".jupyter_config_dir" / "labconfig" / "page_config.json"
    quiet.parent.mkdir(parents=True)
    quiet.write_text(json.dumps({"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}), "utf-8")
    log = (folder / ".log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options], cwd=folder, env={**os.environ, **places, **frozen}, stdout=log, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, server, folder / ".log")
        start_kernel(address)
        yield address, folder
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()


def wait_for(address: str, server, log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/api/status", timeout=2) as reply:
                json.load(reply)
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not answer: {log.read_text('utf-8')[-2000:]}")


def start_kernel(address: str) -> None:
    """Give the notebook its kernel before it is opened: on a busy machine JupyterLab would ask which one."""
    session = {"path": "explore.ipynb", "name": "explore.ipynb", "type": "notebook", "kernel": {"name": "python3"}}
    asked = urllib.request.Request(f"{address}/api/sessions", json.dumps(session).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(asked, timeout=60).read()


def choose(page, label: str, text: str) -> None:
    page.locator(".qd-explore .widget-dropdown", has_text=label).locator("select").select_option(label=text)


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="needs Debian's chromium")
def test_the_desk_in_a_real_jupyterlab(lab):
    """Open, choose, see the figure change, trace to the source cell, save: in the browser as an economist does it."""
    from playwright.sync_api import expect, sync_playwright

    address, folder = lab
    expect.set_options(timeout=45_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-quic"])
        page = browser.new_page(viewport={"width": 1400, "height": 2600})
        page.set_default_timeout(45_000)
        page.goto(f"{address}/lab/tree/explore.ipynb")
        expect(page.locator(".jp-Notebook .jp-CodeCell").first).to_be_visible()
        page.add_locator_handler(page.locator(".jp-Dialog .jp-mod-accept"), lambda accept: accept.click())
        expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
        page.locator(".lm-MenuBar-item", has_text="Run").click()
        page.get_by_text("Run All Cells", exact=True).click()
        figure = page.locator(".qd-figure")
        expect(figure.locator("svg")).to_be_visible()
        expect(figure.locator("h3")).to_contain_text("地区生产总值")
        before = figure.inner_html()

        choose(page, "指标", "海洋生产总值 · marine_gdp")
        expect(figure.locator("h3")).to_contain_text("海洋生产总值")
        assert figure.inner_html() != before

        choose(page, "指标", "地区生产总值 · gdp_current_prices")
        expect(figure.locator("h3")).not_to_contain_text("海洋")
        choose(page, "追溯年份", "2018")
        expect(page.locator(".qd-editions caption")).to_contain_text("2018")
        choose(page, "来源单元格", YEARBOOK_CELL)
        expect(page.locator(".qd-source mark")).to_have_text("10949.38")

        page.get_by_role("button", name="存表（CSV）").click()
        expect(page.locator(".qd-status")).to_contain_text("已存")
        page.get_by_role("button", name="存为运行计划").click()
        expect(page.locator(".qd-status")).to_contain_text("--only selection")
        if picture := os.environ.get("QD_PICTURE"):
            page.screenshot(path=picture)
        browser.close()
    saved = {path.suffix for path in (folder / "qd-explore").iterdir()}
    assert saved == {".csv", ".yml"}
