"""The floors below which the forecaster is not shipped, on all of M4-yearly's test part, and the command that measures them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.benchmarks import forecasting as benchmark

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "m4_yearly" / "m4_yearly.parquet"
needs_corpus = pytest.mark.skipif(not CORPUS.exists(), reason="needs ../shared/corpus/m4_yearly/m4_yearly.parquet")


@pytest.fixture(scope="module")
def task() -> benchmark.Task:
    return benchmark.read_task(CORPUS, None, 0)


@needs_corpus
def test_naive_is_exactly_the_published_one(task, capsys):
    benchmark.check_naive(task)
    assert "as published" in capsys.readouterr().out
    naive = benchmark.measure(task, benchmark.forecast_by("naive", task, None, None))
    assert (naive["sMAPE"], naive["MASE"], naive["OWA"]) == pytest.approx((16.3422, 3.9744, 1.0), abs=6e-5)
    assert naive["MSIS-95"] == pytest.approx(56.554, abs=6e-4)  # published too: the interval score is the organisers'


@needs_corpus
def test_the_default_keeps_the_floors(task):
    found = benchmark.measure(task, benchmark.forecast_by("default", task, None, None))
    assert found["OWA"] <= 0.765 and found["sMAPE"] <= 13.00 and found["MASE"] <= 2.92
    assert found["MSIS-95"] <= 26
    assert found["cover-95"] == pytest.approx(0.95, abs=0.03) and found["cover-80"] == pytest.approx(0.80, abs=0.03)
    for step in range(1, 7):
        assert found[f"cover-95-{step}"] == pytest.approx(0.95, abs=0.04) and found[f"cover-80-{step}"] == pytest.approx(0.80, abs=0.04)


@needs_corpus
def test_the_goals_that_are_met_stay_met(task):
    """All but the 80 % band at step 1 (.768). On blocks of the training part it is too wide there (.83 at B = 6, .82 at B = 12), and
    narrow only where the target is the last training year, at whatever step reaches it: a turbulent year, no rule for a step."""
    found = benchmark.measure(task, benchmark.forecast_by("default", task, None, None))
    assert found["OWA"] <= 0.758 and found["sMAPE"] <= 12.90 and found["MASE"] <= 2.89 and found["MSIS-95"] <= 24
    assert found["cover-95"] == pytest.approx(0.95, abs=0.02) and found["cover-80"] == pytest.approx(0.80, abs=0.02)
    assert all(found[f"cover-95-{step}"] == pytest.approx(0.95, abs=0.02) for step in range(1, 7))
    assert all(found[f"cover-80-{step}"] == pytest.approx(0.80, abs=0.02) for step in range(2, 7))
    assert benchmark.measure(task, benchmark.forecast_by("pool", task, None, None))["OWA"] <= 0.770


@needs_corpus
def test_the_pool_alone_keeps_its_floor(task):
    assert benchmark.measure(task, benchmark.forecast_by("pool", task, None, None))["OWA"] <= 0.785


@needs_corpus
@pytest.mark.parametrize(("history", "floor"), [(5, 0.87), (7, 0.83), (10, 0.81)])
def test_short_histories_keep_their_floors(task, history, floor):
    assert benchmark.measure(task, benchmark.forecast_by("default", task, history, None))["OWA"] <= floor


# --- the command, without the corpus --------------------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path) -> Path:
    random = np.random.default_rng(9)
    parts = [pd.DataFrame({"unique_id": f"s{i}", "ds": range(1, 27), "y": 50 * np.exp(np.cumsum(random.normal(0.05, 0.1, 26))),
                           "split": ["train"] * 20 + ["test"] * 6}) for i in range(12)]
    pd.concat(parts, ignore_index=True).to_parquet(tmp_path / "small.parquet")
    return tmp_path / "small.parquet"


def test_the_forecaster_gets_training_rows_only(data):
    rows = pd.read_parquet(data)
    task_ = benchmark.read_task(data, 5, 0)
    assert len(task_.given) == 100 and task_.given["ds"].max() == 20
    np.testing.assert_array_equal(task_.truth[0], rows.loc[(rows["unique_id"] == "s0") & (rows["split"] == "test"), "y"])
    np.testing.assert_allclose(task_.scale[0], rows.loc[(rows["unique_id"] == "s0") & (rows["split"] == "train"), "y"].diff().abs().mean())


@pytest.mark.parametrize("block", [6, 12])
def test_a_block_scores_the_years_after_its_origin(data, block):
    rows = pd.read_parquet(data)
    task_ = benchmark.read_task(data, None, block)
    assert task_.given["ds"].max() == 20 - block and task_.truth.shape == (12, 6)
    first = rows[rows["unique_id"] == "s0"].set_index("ds")["y"]
    np.testing.assert_array_equal(task_.truth[0], first.loc[21 - block:26 - block])


def test_the_command_prints_scores_beside_the_published_ones(data, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(benchmark, "RECORD", tmp_path / "record.csv")
    benchmark.main(["--data", str(data), "--method", "pool", "--record", "--history", "10"])
    out = capsys.readouterr().out
    assert "not all of M4-yearly" in out and "pool, 95 % by step" in out and "drift" not in out
    published = ("ES-RNN", "Theta on Box-Cox", "FFORMA", "Comb", "Theta ", "56.554")
    assert all(name in out for name in published)
    record = pd.read_csv(tmp_path / "record.csv")
    assert record["settings"].tolist() == ["method=pool history=10"] and record["OWA"].between(0.3, 2).all()


def test_without_a_method_the_command_prints_all_of_them_and_the_speed(data, capsys):
    benchmark.main(["--data", str(data), "--statsmodels", "1"])
    out = capsys.readouterr().out
    assert all(f"\n  {name} " in out for name in benchmark.ALL)
    assert "12 series, both bands, one core: cold" in out and "× the default's CPU" in out


def test_single_methods_are_those_of_the_pool(data):
    task_ = benchmark.read_task(data, None, 0)
    result = benchmark.pool.compute(benchmark.Panel.from_frame(task_.given), 6, learner=False)
    for name, position in (("drift", 0), ("log_theta", 1), ("dot_box_cox", 3)):
        np.testing.assert_array_equal(benchmark.forecast_by(name, task_, None, None)["mean"], result.members[position])
    assert np.isfinite(benchmark.forecast_by("mean_ten", task_, None, None)["mean"]).all()


def test_a_method_that_cannot_forecast_every_series_is_left_out_or_stops(data, capsys):
    task_ = benchmark.read_task(data, None, 0)
    zero = task_.given["y"].where(task_.given["unique_id"] != "s3", 0.0)
    broken = benchmark.Task(task_.given.assign(y=zero), task_.truth, task_.scale, task_.square, task_.last)
    assert list(benchmark.measure_methods(broken, ("drift", "naive"), None, None)) == ["naive"]
    assert "drift: left out, it does not forecast 1 series" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="drift does not forecast 1 of 12"):
        benchmark.measure_methods(broken, ("drift",), None, None)


def test_naive_bands_are_the_last_value_and_the_mean_square(data):
    task_ = benchmark.read_task(data, None, 0)
    rows = pd.read_parquet(data)
    y = rows.loc[(rows["unique_id"] == "s2") & (rows["split"] == "train"), "y"].to_numpy()
    said = benchmark.forecast_by("naive", task_, None, None)
    assert said["hi-95"][2, 3] == pytest.approx(y[-1] + 1.959964 * 2 * np.sqrt(np.square(np.diff(y)).mean()))
    assert said["lo-80"][2, 0] == pytest.approx(y[-1] - 1.281552 * np.sqrt(np.square(np.diff(y)).mean()))


def test_a_naive_that_is_off_stops_the_command(data, monkeypatch):
    monkeypatch.setattr(benchmark, "M4_SERIES", 12)
    with pytest.raises(SystemExit, match="published are"):
        benchmark.main(["--data", str(data)])


@pytest.mark.parametrize("arguments", [[], ["--data", "x", "--block", "6"], ["--data", "x", "--method", "magic"]])
def test_wrong_usage(arguments):
    with pytest.raises(SystemExit):
        benchmark.main(arguments)


def test_a_city_panel_is_rolled_through_its_origins(tmp_path, capsys):
    random = np.random.default_rng(2)
    rows = [(f"c{c}", indicator, year, 100 * np.exp(0.08 * (year - 2000) + random.normal(0, 0.05)), "as circulated (mixed)", source,
             "preliminary" if year == 2024 else "")
            for c in range(3) for indicator, source in (("gdp", "zz14754/x"), ("gdp", "other"), ("retail_sales", "other"))
            for year in range(2005, 2025)]
    frame = pd.DataFrame(rows, columns=["city_slug", "indicator", "year", "value", "vintage", "source", "flag"])
    frame.to_csv(tmp_path / "panel.csv", index=False)
    assert len(benchmark.read_panel(tmp_path / "panel.csv")) == 3 * 2 * 19
    benchmark.main(["--panel", str(tmp_path / "panel.csv")])
    out = capsys.readouterr().out
    assert "144 cases" in out and "MASE over drift's" in out
