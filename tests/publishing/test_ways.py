"""Warm and plain kernels give the same pages, on the project's own notebooks and the frozen store."""

import sys

import pytest

from qdlib.publishing import folders
from qdlib.publishing.runs import run

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="warm kernels need Linux")
# One report of each kind that a kernel can make differently: drawing and tables, forecasts, comparison, lists.
PLAN = """
runs:
  - {notebook: city_trend, for: {city: [qingdao]}, page: "cities/{city}/trend", reads: [city], figures: 4, tables: 3}
  - {notebook: city_trend, for: {city: [qingdao]}, values: {first_year: 1990}, page: "cities/{city}/long", reads: [city],
     figures: 4, tables: 3}
  - {notebook: city_trend, for: {city: [qingdao]}, values: {vintage: first_release}, page: "cities/{city}/first", reads: [city],
     figures: 4, tables: 3}
  - {notebook: data_quality, for: {city: [qingdao, xiamen]}, page: "cities/{city}/data_quality", reads: [city], figures: 2, tables: 5}
  - {notebook: peer_benchmark, for: {city: [qingdao]}, page: "cities/{city}/peers", reads: [all], figures: 3, tables: 3}
  - {notebook: city_forecast, for: {city: [qingdao]}, page: "cities/{city}/forecast", reads: [all], figures: 8, tables: 11}
"""


def published(monkeypatch, folder, plan, plain: bool) -> dict[str, list]:
    """Every published file but the records, pages and feed without their clock."""
    monkeypatch.setenv("QD_REPORTS", str(folder))
    assert run(plan=plan, plain=plain) == 0
    files = {path.relative_to(folder).as_posix(): path for path in folders.files_below(folder, "") if path.is_file()}
    kernels = {folders.read_json(path)["kernel"] for name, path in files.items() if name.startswith("runs/")}
    assert kernels == {"plain" if plain else "warm"}
    return {
        name: [line for line in path.read_bytes().splitlines() if b"<time" not in line and b"<updated>" not in line]
        for name, path in files.items()
        if not name.startswith("runs")
    }


def test_warm_and_plain_kernels_give_the_same_bytes(frozen, monkeypatch, tmp_path):
    plan = tmp_path / "plan.yml"
    plan.write_text(PLAN, encoding="utf-8")
    plain = published(monkeypatch, tmp_path / "plain", plan, plain=True)
    warm = published(monkeypatch, tmp_path / "warm", plan, plain=False)
    assert len([name for name in plain if name.endswith(".html")]) >= 7
    assert sorted(plain) == sorted(warm)
    assert [name for name in plain if plain[name] != warm[name]] == []
