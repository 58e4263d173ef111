"""What a change makes run again, on the project's own plan and the frozen store: exactly the pages that depend on it."""

import json
import shutil

import pandas as pd
import pytest

from qdlib.catalogue import load_catalogue
from qdlib.observations import store
from qdlib.publishing import keys
from qdlib.publishing.expansion import Setting, expand_plan
from qdlib.publishing.plan import read_plan

COMMON = keys.Common({"catalogue": "c", "code": "k", "lock": "l", "python": "3"}, "look")


@pytest.fixture
def processed(frozen, tmp_path, monkeypatch):
    """A copy of the frozen store that may be changed."""
    folder = tmp_path / "store"
    shutil.copytree(frozen, folder)
    monkeypatch.setenv("QD_DATA", str(folder))
    return folder


def plan_keys(today: str = "2026-06-30") -> dict:
    """Report and keys by page, for the plan in notebooks/."""
    with_data = store.cities_with_data()
    reports = expand_plan(read_plan(None), Setting(load_catalogue(), with_data, today))
    return {report.id: (report, keys.make_keys(report, COMMON, with_data)) for report in reports}


def changed_pages(before: dict, after: dict) -> set[str]:
    return {id for id in after if id not in before or after[id][1].execution != before[id][1].execution}


def set_hash(folder, city: str) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["cities"][city]["hash"] = "another figure"
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


@pytest.mark.parametrize("city", ["qingdao", "dalian", "jinan"])
def test_a_changed_figure_runs_the_pages_of_its_city_and_those_that_compare_with_it(processed, city):
    before = plan_keys()
    set_hash(processed, city)
    changed = changed_pages(before, plan_keys())
    assert changed == {id for id, (report, _) in before.items() if city in report.reads or report.reads == ("all",)}
    assert f"cities/{city}/trend" in changed and f"cities/{city}/data_quality" in changed
    others = {id for id, (report, _) in before.items() if report.notebook == "city_trend" and report.values["city"] != city}
    assert others and changed.isdisjoint(others)


def test_nothing_changed_runs_nothing(processed):
    assert changed_pages(plan_keys(), plan_keys()) == set()


def test_a_day_that_passes_runs_only_pages_that_know_the_day(processed):
    before = plan_keys()
    changed = changed_pages(before, plan_keys(today="2026-07-01"))
    assert changed == {id for id, (report, _) in before.items() if "today" in report.values}
    assert changed and "cities/qingdao/trend" not in changed


def test_the_same_figures_in_other_bytes_run_nothing(processed):
    before = plan_keys()
    files = sorted((processed / "series").glob("*.parquet"))
    sizes = [file.stat().st_size for file in files]
    for file in files:
        pd.read_parquet(file).to_parquet(file, compression="gzip", index=False)
    assert [file.stat().st_size for file in files] != sizes
    assert changed_pages(before, plan_keys()) == set()
