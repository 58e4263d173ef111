"""Annual sets that nothing was fitted on: how they are read and scored."""

import numpy as np
import pandas as pd
import pytest

from tests.benchmarks import forecasting as benchmark
from tests.benchmarks import unseen


def make(values, name: str, first: int = 1990) -> pd.DataFrame:
    return pd.DataFrame({"unique_id": name, "ds": range(first, first + len(values)), "y": np.asarray(values, dtype=float)})


def test_packaged_sets_are_annual_and_each_year_stands_once():
    sets = dict(unseen.read_packaged())
    assert len(sets) == 4
    for name, rows in sets.items():
        assert list(rows.columns) == ["ds", "unique_id", "y"] and not rows.duplicated(["unique_id", "ds"]).any(), name
        assert rows["y"].notna().all() and rows["ds"].between(1700, 2030).all()
    assert sets["fertility (World Bank, by country)"]["unique_id"].nunique() > 200


def test_a_year_that_lacks_a_part_is_no_annual_mean():
    quarters = pd.DataFrame({"rate": [1.0, 2, 3, 4, 9, 9, 9]})
    years = pd.Series([2000] * 4 + [2001] * 3)
    assert unseen.take_whole_years(quarters, years, 4)["rate"].to_dict() == {2000: 2.5}


def test_series_that_end_in_different_years_are_counted_from_their_ends():
    random = np.random.default_rng(3)
    values = [100 * np.exp(np.cumsum(random.normal(0.05, 0.05, 30))) for _ in range(2)]
    apart = unseen.score(pd.concat([make(values[0], "a"), make(values[1], "b", 1950)]))
    together = unseen.score(pd.concat([make(values[0], "a"), make(values[1], "b")]))
    assert apart == together and apart["series"] == 2
    assert apart["cases"] == 2 * sum(min(unseen.STEPS, back) for back in range(1, unseen.ORIGINS + 1))


def test_methods_are_scored_on_the_cases_of_log_theta():
    random = np.random.default_rng(4)
    positive, balance = np.exp(random.normal(1, 0.2, 30)), random.normal(0, 5, 30)
    assert unseen.score(pd.concat([make(positive, "a"), make(balance, "b")]))["series"] == 1


def test_the_option_prints_every_set_and_says_which_files_are_missing(tmp_path, monkeypatch, capsys):
    packaged = [(name, rows) for name, rows in unseen.read_packaged() if "nature" in name]
    monkeypatch.setattr(unseen, "read_packaged", lambda: iter(packaged))
    benchmark.main(["--unseen", "--facts", str(tmp_path)])
    out = capsys.readouterr().out
    assert "nature" in out and "holds no yearbook_series.csv and no city_panel.csv" in out and "in 95" in out


def test_yearbook_series_that_repeat_a_year_are_left_out(tmp_path):
    rows = [("qingdao", "1-1", "gdp", year, 10.0 + year) for year in range(1990, 2000)] + [
        ("qingdao", "1-1", "twice", 1990, 1.0)
    ] * 2
    pd.DataFrame(rows, columns=["city", "table", "labels", "year", "value"]).to_csv(tmp_path / "yearbook_series.csv", index=False)
    ((name, read),) = unseen.read_facts(tmp_path)
    assert name.startswith("yearbook") and read["unique_id"].unique().tolist() == ["qingdao/1-1/gdp"]


@pytest.mark.parametrize("name", ["yearbook_series.csv", "city_panel.csv"])
def test_the_facts_give_a_set_each(name):
    if not (unseen.FACTS / name).exists():
        pytest.skip(f"needs ../shared/facts/{name}")
    assert len(dict(unseen.read_facts(unseen.FACTS))) >= 1
