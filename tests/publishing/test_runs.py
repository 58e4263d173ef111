"""Whole runs on real kernels: what fails stays out, what held is published, what is unchanged is left alone."""

import fcntl
import os

import pytest

from qdlib.errors import RunError
from qdlib.publishing import folders, keys, publication
from qdlib.publishing.runs import LOCKED, advise_font, run, same_faults
from tests.publishing.invented import DEFAULT_CITIES, Project, code, good_cells

PLAN = """
defaults: {cell_timeout: 60, report_timeout: 60}
runs:
  - {notebook: trend, for: {city: with_data}, page: "cities/{city}/trend", reads: [city], figures: 1, tables: 1}
  - {notebook: failing, page: failing, reads: [qingdao], figures: 1, tables: 1}
  - {notebook: killed, page: killed, reads: [qingdao], figures: 1, tables: 1}
  - {notebook: greedy, page: greedy, reads: [qingdao], figures: 1, tables: 1}
  - {notebook: slow, page: slow, reads: [qingdao], figures: 1, tables: 1, report_timeout: 3}
"""
# Fixed: whoever edits the package while its tests run must not make reports execute again.
OWN = {"index.html", "indicators.html", "changes.html", "feed.xml"}  # of every site
COMMON = keys.Common({"catalogue": "c", "code": "k", "lock": "l", "python": "3"}, "look")
TREND = ("cities/jinan/trend", "cities/qingdao/trend")
BAD = {
    "failing": "raise ValueError('自造的错误')",
    "killed": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "greedy": "from qdlib.observations.store import refuse_undeclared\nrefuse_undeclared('jinan')",
    "slow": "import time\ntime.sleep(30)",
}


@pytest.fixture(scope="module")
def made_site(tmp_path_factory):
    """A site made by one run of two reports that hold and four that do not."""
    project = Project(tmp_path_factory.mktemp("site"))
    project.write("trend", good_cells())
    for name, bad in BAD.items():
        project.write(name, good_cells(body=(code(bad),)))
    project.plan(PLAN)
    with pytest.MonkeyPatch.context() as patch:
        project.use(patch)
        patch.setattr("qdlib.publishing.runs.read_common", lambda: COMMON)
        project.exit_code = run(workers=2)
    return project


@pytest.fixture
def site(made_site, monkeypatch):
    monkeypatch.setattr("qdlib.publishing.runs.read_common", lambda: COMMON)
    return made_site.use(monkeypatch)


def test_failures_give_exit_1_and_the_others_are_published(site):
    assert site.exit_code == 1
    assert {id for id in TREND if site.record(id)["status"] == "published"} == set(TREND)
    assert all(site.record(name)["status"] == "failed" for name in BAD)


def test_each_failure_says_what_happened(site):
    details = {name: site.record(name)["faults"] for name in BAD}
    assert details["failing"][0]["kind"] == "error" and "自造的错误" in details["failing"][0]["detail"]
    assert "runs.yml" in details["greedy"][0]["detail"] and "jinan" in details["greedy"][0]["detail"]
    assert details["slow"][0]["kind"] == "timeout" and "3 s" in details["slow"][0]["detail"]


def test_a_killed_kernel_is_known_by_its_signal_and_tried_once_more(site):
    record = site.record("killed")
    assert record["signal"] == 9 and record["attempts"] == 2 and record["faults"][0]["kind"] == "killed"
    assert site.record("failing")["attempts"] == 1 and site.record("slow")["attempts"] == 1


def test_nothing_of_a_failing_notebook_reaches_the_site(site):
    files = set(site.tree())
    assert not [path for path in files if path.startswith("data/") and any(name in path for name in BAD)]
    assert "尚未生成" in site.page("failing") and "产值三年翻番" not in site.page("failing")


def test_the_site_holds_pages_downloads_and_records(site):
    files = set(site.tree())
    for id in TREND:
        assert {f"{id}.html", f"data/{id}.xlsx", f"data/{id}.ipynb", f"data/{id}/headline.csv", f"runs/{id}.json"} <= files
    assert {"index.html", "runs.csv", "cities/qingdao/index.html"} <= files
    assert len((site.reports / "runs.csv").read_text(encoding="utf-8").splitlines()) == 1 + len(TREND) + len(BAD)


def test_pages_and_files_name_no_path_of_this_machine(site):
    for path, content in site.tree().items():
        if path.endswith((".html", ".ipynb", ".csv")):
            assert str(site.reports.parent).encode() not in content, path


def test_the_index_names_what_failed(site):
    assert "生成失败：计算超时" in site.page("index") and "生成失败：计算进程被终止" in site.page("index")


def test_an_unchanged_run_executes_nothing_and_changes_no_page(site, capsys):
    before = site.tree()
    assert run(only=["trend"]) == 0
    assert "2 unchanged" in capsys.readouterr().out
    after = site.tree()
    assert {path for path in after if after[path] != before[path]} <= {"index.html"}


def test_changed_data_of_one_city_run_exactly_its_reports(site):
    site.set_data({**DEFAULT_CITIES, "jinan": "3333cccc"})
    before = site.record("cities/qingdao/trend")
    assert run(only=["trend"]) == 0
    assert site.record("cities/jinan/trend")["reason"] == "data:jinan" and "3333cccc" in site.page("cities/jinan/trend")
    assert site.record("cities/qingdao/trend") == before


def without_clock(html: str) -> list[str]:
    return [line for line in html.splitlines() if "<time" not in line]


def test_a_new_look_is_rendered_without_executing(site, monkeypatch):
    monkeypatch.setattr("qdlib.publishing.runs.read_common", lambda: keys.Common(COMMON.inputs, "another look"))
    before = site.page("cities/qingdao/trend")
    assert run(only=["trend"], city=["qingdao"]) == 0
    record = site.record("cities/qingdao/trend")
    assert record["status"] == "rendered" and record["reason"] == "template" and record["seconds"]["execute"] > 0
    after = site.page("cities/qingdao/trend")
    assert without_clock(after) == without_clock(before)


def test_a_failure_keeps_the_old_page_with_a_banner_until_it_holds_again(site):
    old = site.page("cities/qingdao/trend")
    site.write("trend", good_cells(body=(code("raise ValueError('later')"),)))
    assert run(only=["trend"], city=["qingdao"]) == 1
    stale = site.page("cities/qingdao/trend")
    assert "起未能更新：计算中出错" in stale and old.partition("<!--/stale-->")[2] == stale.partition("<!--/stale-->")[2]
    assert site.record("cities/qingdao/trend")["title"] == "产值三年翻番"
    site.write("trend", good_cells())
    assert run(only=["trend"], city=["qingdao"]) == 0
    assert "起未能更新" not in site.page("cities/qingdao/trend")
    record = site.record("cities/qingdao/trend")
    assert record["reason"] == "recovered" and record["stale_since"] == ""


def test_a_crash_between_downloads_and_page_is_repaired_by_the_next_run(site, monkeypatch):
    replace_file = folders.replace_file

    def crash(source, target):
        if target.suffix == ".html" and "trend" in target.name:
            raise KeyboardInterrupt
        replace_file(source, target)

    before = without_clock(site.page("cities/jinan/trend"))
    monkeypatch.setattr(folders, "replace_file", crash)
    monkeypatch.setattr("qdlib.publishing.runs.reason_to_render", lambda *unused: "template")
    assert run(only=["trend"], city=["jinan"]) == 1
    assert publication.read_published("cities/jinan/trend") is None
    monkeypatch.undo()
    monkeypatch.setattr("qdlib.publishing.runs.read_common", lambda: COMMON)
    site.use(monkeypatch)
    assert run(only=["trend"], city=["jinan"]) == 0
    assert publication.is_whole(publication.read_published("cities/jinan/trend"))
    assert without_clock(site.page("cities/jinan/trend")) == before, "executed again, the page has the same bytes"


def test_a_deleted_download_is_made_again_without_executing(site):
    (site.reports / "data/cities/jinan/trend/headline.csv").unlink()
    assert run(only=["trend"], city=["jinan"]) == 0
    assert site.record("cities/jinan/trend")["reason"] == "missing_files"
    assert (site.reports / "data/cities/jinan/trend/headline.csv").exists()


def test_overrides_reach_the_page(site):
    stamp = "import pandas as pd\nimport qdlib\nqdlib.stamp(horizon=horizon, language=language)"
    site.write("wide", good_cells(parameters='horizon: int = 5\nlanguage: str = "zh"', stamp=stamp))
    site.plan("runs:\n  - {notebook: wide, page: wide, reads: [all], figures: 1, tables: 1}\n")
    assert run(only=["wide"], parameters={"horizon": "7"}) == 0
    assert site.record("wide")["stamp"]["parameters"] == {"horizon": 7, "language": "zh"}


def test_pages_that_left_the_plan_are_removed_after_a_whole_run(site, capsys):
    site.plan("runs:\n  - {notebook: wide, page: wide, values: {horizon: 7}, reads: [all], figures: 1, tables: 1}\n")
    assert run() == 0
    assert "removed cities/jinan/trend" in capsys.readouterr().out
    assert {path.split("/")[0] for path in site.tree()} == {*OWN, "wide.html", "data", "runs", "runs.csv"}


def test_a_misspelt_option_stops_before_anything_is_touched(site):
    before = site.tree()
    for options, said in (
        ({"parameters": {"horzion": "3"}}, "did you mean horizon"),
        ({"parameters": {"horizon": "True"}}, "is no int"),
        ({"only": ["wied"]}, "did you mean wide"),
        ({"executor": "tcp:8786", "force": True}, "expected `local`"),
        ({"workers": 0, "force": True}, "expected 1 or more"),
    ):
        with pytest.raises(RunError, match=said):
            run(**options)
    assert site.tree() == before


def test_a_second_run_at_the_same_time_gets_75(project, capsys):
    project.write("trend", good_cells())
    project.plan(PLAN.partition("  - {notebook: failing")[0])
    (project.reports / ".qd").mkdir(parents=True)
    with (project.reports / ".qd" / "lock").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert run() == LOCKED
    assert "another run" in capsys.readouterr().err and list(project.tree()) == []


def test_a_run_leaves_no_kernel_behind(site):
    assert list((site.reports / ".qd" / "kernels").glob("*.json")) == []
    assert not os.environ.get("QD_READS")


def test_a_missing_font_is_named_once_with_its_remedy(monkeypatch, capsys):
    monkeypatch.setattr("qdlib.charts.canvas.font_family", lambda: ("DejaVu Sans",))
    advise_font()
    assert "fonts-noto-cjk" in capsys.readouterr().err
    monkeypatch.setattr("qdlib.charts.canvas.font_family", lambda: ("Noto Sans CJK SC", "DejaVu Sans"))
    advise_font()
    assert capsys.readouterr().err == ""


def test_one_fault_of_many_reports_is_read_once():
    grouped = same_faults({"b": ["x"], "a": ["x"], "c": ["y"]})
    assert grouped == {("x",): ["a", "b"], ("y",): ["c"]}
