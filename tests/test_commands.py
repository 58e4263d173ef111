"""Every command of README and CONTRIBUTING, executed in a copy of the project as a newcomer would type it.

A command that stands in a document and neither runs here nor is named in ELSEWHERE with the test that runs it fails the first test.
"""

import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_recipes import add_edition, add_sorted_row

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("README.md", "CONTRIBUTING.md")
# What stands for a word of the documents; the notebook is added before.
EXAMPLES = {"NAME": "editions", "CITY": "qingdao", "INDICATOR": "budget_revenue", "YEAR": "2017"}
# Commands in running words that are verbs, not lines to type, or whose run is a test of its own.
ELSEWHERE = {
    "python3 tasks.py report": "tests/test_journey.py: build and run; the environment in tests/test_environment.py",
    "python3 tasks.py test": "whoever reads this line runs it",
    "python3 tasks.py lab": "tests/publishing/test_explorer.py: JupyterLab on explore.ipynb",
    "python3 tasks.py notebooks": "tests/notebooks: the stored headlines are compared by nbval",
    "python -m tests.benchmarks.reports --n 20": "tests/benchmarks are measured by hand",
    "qd schedule": "tests/publishing/test_schedule.py",
    "qd schedule --install": "tests/publishing/test_schedule.py, with stand-ins for systemctl and crontab",
    "qd read FILE --recipe > FILE.recipe.yml": "tests/test_recipes.py: the recipe of CONTRIBUTING",
    "python -m tests.benchmarks.outlook": "tests/benchmarks are measured by hand",
    "qd lab": "tests/publishing/test_explorer.py",
    "qd run": "qd run --only and --city below; the whole plan is tasks.py report",
    "qd run --plan FILE --only selection": "tests/publishing/test_explorer.py: the saved plan is read and expanded",
    "qd run --only programme -p stage=2026H1": "there is no such stage: tests/test_stage_journey.py stores one and runs it",
    "qd template --check FILE": "qd template --check form.xlsx below",
    "qd list … --format json": "tests/test_docs.py: every list",
    "qd run --city SLUG": "test_walk_through, for the city that it adds",
    "qd run --only NAME": "test_walk_through, for the notebook that it adds",
    "qd read FILE": "test_walk_through, for the edition that it adds, and below",
    **{f"qd {verb}": "tests/cli, with its arguments" for verb in ("export", "list", "read", "template", "trace")},
}
RUN_HERE = [
    "qd check",
    "qd trace qingdao gdp_current_prices 2017",
    "qd trace CITY INDICATOR YEAR",
    "qd template --to form.xlsx",
    "qd template --check form.xlsx",
    "qd list revisions",
    "qd export --stage 2026H2",
    "qd build",
]


def documented() -> set[str]:
    """Commands in backticks and in the fenced lines of both documents."""
    found: set[str] = set()
    for name in DOCUMENTS:
        text = (ROOT / name).read_text("utf-8")
        found |= set(re.findall(r"`((?:\.venv/bin/)?(?:qd|python3?) [^`\n]+)`", text))
        found |= set(re.findall(r"^(python3 .*?)\s*(?:#|$)", text, re.M))
    return {command.removeprefix(".venv/bin/") for command in found}


def test_every_command_of_the_documents_is_run_by_a_test():
    unknown = documented() - set(RUN_HERE) - set(ELSEWHERE)
    assert not unknown, "run it in tests/test_commands.py, or name the test that does"
    assert not (set(RUN_HERE) | set(ELSEWHERE)) - documented() - {"qd build"}, "no longer in the documents"


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """A copy of what a newcomer edits: data/raw, notebooks and catalogue; built once."""
    folder = tmp_path_factory.mktemp("clone")
    ignored = shutil.ignore_patterns("*.py", "__pycache__", ".ipynb_checkpoints", "qd-explore")
    for part in ("data/raw", "notebooks", "qdlib/catalogue"):
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    done = qd(folder, "qd build")
    assert done.returncode == 0, done.stderr
    return folder


def qd(folder: Path, command: str) -> subprocess.CompletedProcess:
    """Run one line in the copy; nothing is written outside it."""
    places = {"RAW": "data/raw", "DATA": "data/processed", "REPORTS": "reports", "NOTEBOOKS": "notebooks", "CATALOGUE": "qdlib/catalogue"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QD_")}
    environment |= {f"QD_{name}": str(folder / place) for name, place in places.items()} | {"PYTHONPATH": str(ROOT)}
    words = [EXAMPLES.get(word, word) for word in shlex.split(command)][1:]
    code = "from qdlib.cli import main; main()"
    return subprocess.run([sys.executable, "-c", code, *words], cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("command", RUN_HERE[:-2])
def test_command_of_the_documents(clone, command):
    done = qd(clone, command)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_a_stage_is_stored_and_built(clone):
    for command in ("qd export --stage 2026H2 --today 2026-12-31", "qd build"):
        done = qd(clone, command)
        assert done.returncode == 0, done.stderr
    assert (clone / "data/raw/stage_evaluations/2026H2").is_dir()
    shutil.rmtree(clone / "data/raw/stage_evaluations")


NEW_INDICATOR = """zz_metro_passengers:
  name: {zh: 地铁客运量, en: Metro passengers}
  unit: ten_thousand_person_times
  decimals: 1
  kind: flow
  direction: up
  additive: yes
  labels:
    - {text: 地铁客运量}
"""
NEW_LINE = (
    '  - {notebook: editions, for: {city: [qingdao]}, page: "cities/{city}/editions", languages: [zh], reads: [city],\n'
    "     figures: 2, tables: 5}\n"
)
NEW_TABLE = "1-1 主要年份主要指标,,,\n单位：亿元,,,\n年份,地区生产总值,一般公共预算收入\n" + "".join(
    f"{year},{12000 + 700 * (year - 2019)}.50,{1100 + 30 * (year - 2019)}.20\n" for year in range(2012, 2025)
)


def add_city(clone: Path) -> None:
    """Recipe 1: row, groups, raw file with sidecar (of a source that the catalogue knows)."""
    catalogue = clone / "qdlib" / "catalogue"
    add_sorted_row(catalogue / "cities.csv", "wuxi,320200,无锡,Wuxi,江苏省,Jiangsu,provincial_capital,major_36")
    groups = catalogue / "peer_groups.yml"
    groups.write_text(groups.read_text("utf-8").replace("    - wuhan\n", "    - wuhan\n    - wuxi\n", 1), "utf-8")
    file = add_edition(clone / "raw_of_the_city")
    beside = file.with_name("1-10.csv.source.yml")
    old = hashlib.sha256(file.read_bytes()).hexdigest()
    file.write_text(NEW_TABLE, "utf-8")
    new = hashlib.sha256(file.read_bytes()).hexdigest()
    text = beside.read_text("utf-8").replace(old, new).replace("city: qingdao", "city: wuxi").replace("2031", "2032")
    target = clone / "data" / "raw" / "qd_yearbook" / "2032"
    target.mkdir(parents=True)
    shutil.move(file, target / "1-10.csv")
    (target / "1-10.csv.source.yml").write_text(text, "utf-8")


def test_walk_through(clone):
    """City, indicator, edition and notebook by the recipes, word for word; no line of code but the notebook."""
    add_city(clone)
    path = clone / "qdlib" / "catalogue" / "indicators" / "transport.yml"
    path.write_text(path.read_text("utf-8").rstrip("\n") + "\n" + NEW_INDICATOR, "utf-8")
    edition = add_edition(clone / "data" / "raw")
    shutil.copy(clone / "notebooks" / "data_quality.ipynb", clone / "notebooks" / "editions.ipynb")
    with (clone / "notebooks" / "runs.yml").open("a", encoding="utf-8") as plan:
        plan.write(NEW_LINE)
    read = qd(clone, f"qd read {edition.relative_to(clone)}")
    assert read.returncode == 0 and "23000.70" in read.stdout.replace(",", "")
    for command in ("qd check", "qd build", "qd list revisions", "qd run --city wuxi --only city_trend", "qd run --only NAME"):
        done = qd(clone, command)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert (clone / "reports" / "cities" / "wuxi" / "trend.html").is_file()
    assert (clone / "reports" / "cities" / "qingdao" / "editions.html").is_file()
    assert "zz_metro_passengers" in qd(clone, "qd list indicators").stdout


@pytest.mark.parametrize(
    ("place", "old", "new", "told"),
    [
        ("qdlib/catalogue/cities.csv", "sub_provincial", "sub_provincail", "did you mean sub_provincial"),
        ("qdlib/catalogue/indicators/transport.yml", "unit: ten_thousand_tonnes", "unit: ten_thousand_tons", "did you mean"),
        ("qdlib/catalogue/indicators/transport.yml", "direction: up", "direction: upwards", "direction"),
        ("data/raw/qd_yearbook/2023/1-7.xlsx.source.yml", "sha256: \"6", "sha256: \"7", "sha256"),
        ("data/raw/qd_yearbook/2023/1-7.xlsx.source.yml", "source: qd_yearbook", "source: qd_yearbok", "make them equal"),
        ("notebooks/runs.yml", "notebook: city_trend,", "notebook: city_trends,", "city_trends"),
        ("notebooks/runs.yml", "figures: 4", "figurs: 4", "did you mean figures"),
    ],
)
def test_a_slip_along_the_way_is_told_with_its_cure(clone, place, old, new, told):
    path = clone / place
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new, 1), "utf-8")
    try:
        done = qd(clone, "qd check")
    finally:
        path.write_text(before, "utf-8")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert told in done.stderr and (path.name in done.stderr or new.split()[-1].strip(",") in done.stderr), done.stderr
