"""The four recipes of CONTRIBUTING, followed literally in a copy."""

import hashlib
import re
import shutil
import textwrap
from pathlib import Path

import pytest

from qdlib.catalogue import load_catalogue
from qdlib.errors import CatalogueError, SourceError

ROOT = Path(__file__).parents[1]


@pytest.fixture
def catalogue_copy(tmp_path) -> Path:
    target = tmp_path / "catalogue"
    shutil.copytree(ROOT / "qdlib" / "catalogue", target, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return target


def add_sorted_row(path: Path, row: str) -> None:
    head, *rows = path.read_text("utf-8").rstrip("\n").split("\n")
    path.write_text("\n".join([head, *sorted([*rows, row])]) + "\n", "utf-8")


def test_add_a_city(catalogue_copy):
    add_sorted_row(catalogue_copy / "cities.csv", "wuxi,320200,无锡市,Wuxi,江苏省,Jiangsu,provincial_capital,major_36")
    groups = catalogue_copy / "peer_groups.yml"
    groups.write_text(groups.read_text("utf-8").replace("wuhan,", "wuhan, wuxi,", 1), "utf-8")
    assert load_catalogue(catalogue_copy).cities["wuxi"].code == "320200"


def test_a_city_with_an_unknown_group_is_refused(catalogue_copy):
    add_sorted_row(catalogue_copy / "cities.csv", "wuxi,320200,无锡市,Wuxi,江苏省,Jiangsu,provincial_capital,big_towns")
    with pytest.raises(CatalogueError, match="big_towns"):
        load_catalogue(catalogue_copy)


def test_add_an_indicator(catalogue_copy):
    path = catalogue_copy / "indicators" / "transport.yml"
    entry = """zz_metro_passengers:
  name: {zh: 地铁客运量, en: Metro passengers}
  unit: ten_thousand_person_times
  decimals: 1
  kind: flow
  direction: up
  additive: yes
  labels:
    - {text: 地铁客运量}
"""
    path.write_text(path.read_text("utf-8").rstrip("\n") + "\n" + entry, "utf-8")
    catalogue = load_catalogue(catalogue_copy)
    assert catalogue.match_indicator("地铁客运量").indicator == "zz_metro_passengers"


def test_an_indicator_without_direction_is_refused(catalogue_copy):
    path = catalogue_copy / "indicators" / "transport.yml"
    path.write_text(path.read_text("utf-8").replace("  direction: up\n", "", 1), "utf-8")
    with pytest.raises(CatalogueError, match="direction"):
        load_catalogue(catalogue_copy)


GDP = [
    "1-10 主要年份全市生产总值,,,,",
    "单位：亿元,,,,",
    "年份,全市生产总值,第一产业,第二产业,第三产业",
    "2028,21000.50,500.10,7000.20,13500.20",
    "2029,22000.60,510.10,7200.20,14290.30",
    "2030,23000.70,520.10,7400.20,15080.40",
]
PEOPLE = ["2-7 全市总人口,,", "指标,2029年,2030年", "总人口,900.1,901.2", "其中：男,450.1,451.1", "女,450.0,450.1"]


def add_edition(raw: Path, name: str = "1-10.csv", lines: list[str] = GDP) -> Path:
    """A small table of a later yearbook, with its sidecar."""
    folder = raw / "qd_yearbook" / "2031"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text("\n".join(lines) + "\n", "utf-8")
    sidecar = f"""source: qd_yearbook
edition: "2031"
title: 青岛统计年鉴 2031
kind: table
tables: 1-10
city: qingdao
scope: whole_city
url: none
published: "2031"
accessed: "2031-11-01"
sha256: {hashlib.sha256(file.read_bytes()).hexdigest()}
licence: invented for this test
route: original
note: invented values
"""
    file.with_name(f"{name}.source.yml").write_text(sidecar, "utf-8")
    return file


def test_add_a_yearbook_edition(tmp_path):
    from qdlib.reading.rows import read_raw

    add_edition(tmp_path / "raw")
    rows = read_raw(tmp_path / "raw", load_catalogue()).rows
    gdp = rows[rows["indicator"] == "gdp_current_prices"].set_index("year")["value"]
    assert gdp.to_dict() == {2028: 21000.50, 2029: 22000.60, 2030: 23000.70}
    assert set(rows["edition"]) == {"qd_yearbook_2031"}


def printed_recipe() -> str:
    """The recipe of CONTRIBUTING, as printed there."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    return textwrap.dedent(re.search(r"```yaml\n(   recipe: 1.*?)```", text, re.S)[1])


def test_a_table_that_needs_a_recipe_appears_once_it_has_one(tmp_path):
    from qdlib.reading.rows import read_raw

    file = add_edition(tmp_path / "raw", "2-7.csv", PEOPLE)
    with pytest.raises(SourceError, match="may belong to the 其中 above it.*--recipe"):
        read_raw(tmp_path / "raw", load_catalogue())
    file.with_name("2-7.csv.recipe.yml").write_text(printed_recipe(), "utf-8")
    rows = read_raw(tmp_path / "raw", load_catalogue()).rows
    women = rows[rows["indicator"] == "population_registered_female"].set_index("year")["value"]
    assert women.to_dict() == {2029: 450.0, 2030: 450.1}


def test_a_recipe_for_another_table_stops_the_build(tmp_path):
    from qdlib.reading.rows import read_raw

    file = add_edition(tmp_path / "raw")
    file.with_name("1-10.csv.recipe.yml").write_text(printed_recipe(), "utf-8")
    with pytest.raises(SourceError, match="table 2-7 全市总人口 is there 0 times"):
        read_raw(tmp_path / "raw", load_catalogue())


def test_an_edition_without_sidecar_is_refused(tmp_path):
    from qdlib.reading.rows import read_raw

    add_edition(tmp_path / "raw").with_name("1-10.csv.source.yml").unlink()
    with pytest.raises(SourceError, match="1-10.csv"):
        read_raw(tmp_path / "raw", load_catalogue())


def test_add_a_notebook(tmp_path, monkeypatch, frozen):
    from qdlib.publishing.plan import check_plan

    folder = tmp_path / "notebooks"
    shutil.copytree(ROOT / "notebooks", folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    monkeypatch.setenv("QD_NOTEBOOKS", str(folder))
    shutil.copy(folder / "data_quality.ipynb", folder / "editions.ipynb")
    plan = folder / "runs.yml"
    line = (
        '  - {notebook: editions, for: {city: [qingdao]}, page: "cities/{city}/editions", reads: [city], figures: 2, tables: 5}\n'
    )
    plan.write_text(plan.read_text("utf-8") + line, "utf-8")
    assert check_plan() == []
    plan.write_text(plan.read_text("utf-8") + line, "utf-8")
    assert any("editions" in fault for fault in check_plan()), "one page twice"
