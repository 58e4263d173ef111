"""From a stored stage to the pages: figures of the project's own raw files, one of them revised after the stage, read as a reader reads."""

import hashlib
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from qdlib.catalogue import load_catalogue
from qdlib.cli import main
from qdlib.observations.build import build
from qdlib.publishing.runs import run
from tests.conftest import ROOT

FIGURES = Path("qd_collection") / "2026" / "figures.csv"
MARINE = "qingdao,marine_gdp,whole_city,2024,{value},"
DAY, TODAY = "2026-01-31", "2026-06-30"


def edit_figures(raw: Path, edit) -> None:
    """Change the collection as a new print would, with the sidecar that belongs to it."""
    path, beside = raw / FIGURES, raw / f"{FIGURES}.source.yml"
    old = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_text(edit(path.read_text("utf-8")), "utf-8")
    beside.write_text(beside.read_text("utf-8").replace(old, hashlib.sha256(path.read_bytes()).hexdigest()), "utf-8")


def earlier(text: str) -> str:
    """The figures as of the stage: marine GDP of 2024 higher than printed, nothing that was published after the day."""
    printed = MARINE.format(value="5513.2")
    assert text.count(printed) == 1
    head, *lines = text.replace(printed, MARINE.format(value="5813.2")).splitlines(keepends=True)
    return head + "".join(line for line in lines if line.split(",")[9][:4] < "2026")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The pages that show changes, behind a stage and a revision of the same figures."""
    folder = tmp_path_factory.mktemp("stage_journey")
    raw, plain = folder / "raw", replace(load_catalogue(), corrections=())  # those of the package name files that are not copied
    for source in ("qd_collection", "panel_revised_gdp"):
        shutil.copytree(ROOT / "data" / "raw" / source, raw / source)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("QD_RAW", raw), ("QD_DATA", folder / "processed"), ("QD_REPORTS", folder / "reports")):
            patch.setenv(name, str(value))
        edit_figures(raw, earlier)
        build(plain)
        stored = CliRunner().invoke(main, ["export", "--stage", "2026H1", "--today", DAY])
        assert stored.exit_code == 0, stored.output
        shutil.copytree(ROOT / "data" / "raw" / "qd_collection", raw / "qd_collection", dirs_exist_ok=True)
        build(plain)
        chosen = {"stage": "2026H1", "today": TODAY}
        assert run(only=("overview", "programme"), parameters=chosen, workers=2) == 0
        assert run(only=("pillar",), pillar=("ocean", "governance"), parameters=chosen, workers=2) == 0
    return folder / "reports"


def words_of(site: Path, page: str) -> str:
    """The page's words without tags and thin spaces."""
    return re.sub(r"<[^>]+>|\u202f|\u00a0", "", (site / page).read_text("utf-8"))


@pytest.mark.parametrize("page", ["overview.html", "programme.html", "pillars/ocean.html"])
def test_the_revision_is_named_as_the_only_cause(site, page):
    words = words_of(site, page)
    assert f"与2026H1阶段（{DAY}存档，截至2024年全年数据）相比" in words
    assert "仅因数据修订而改变的：T17 海洋生产总值。" in words
    assert "2024年最新值由5813.2 亿元修订为5513.2 亿元" in words and "仅因修订，没有新年份、方法或评审的影响" in words


def test_a_new_year_is_not_taken_for_a_revision(site):
    words = words_of(site, "overview.html")
    assert "最新值由2024年的8650 家变为2025年的8683 家" in words
    assert re.search(r"改变的原因：数据修订1项、新数据\d项。", words)


def test_a_pillar_without_a_change_says_so_in_the_place_of_the_table(site):
    words = words_of(site, "pillars/governance.html")
    assert f"与2026H1阶段（{DAY}存档，截至2024年全年数据）相比，6项承诺的结论都没有变化。" in words
    assert "T17" not in words


def test_the_programme_page_has_reviews_and_past_ratings(site):
    words = words_of(site, "programme.html")
    assert "清单：177项任务、项目和政策的状态都没有变化。" in words and "至今没有评审记录" in words
    assert "评级回顾：当时的数据，现行的方法" in words and all(f"{year}-06-30" in words for year in (2023, 2024, 2025, 2026))


def test_without_a_stage_each_page_says_so_once(tmp_path, monkeypatch, frozen):
    monkeypatch.setenv("QD_REPORTS", str(tmp_path))
    assert run(only=("programme",)) == 0
    assert words_of(tmp_path, "programme.html").count("还没有存档的阶段评价。") == 1


def test_a_stage_that_is_not_stored_fails_with_those_that_are(tmp_path, monkeypatch, frozen, capsys):
    monkeypatch.setenv("QD_REPORTS", str(tmp_path))
    assert run(only=("programme",), parameters={"stage": "2025H1"}) == 1
    assert "no stage '2025H1' is stored; none is" in capsys.readouterr().err
