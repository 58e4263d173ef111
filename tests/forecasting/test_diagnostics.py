"""Tests and models of one series: what they find in series whose truth is known, and failures as rows."""

import numpy as np
import pandas as pd
import pytest

from qdlib.errors import DataError
from qdlib.forecasting import diagnostics, models

YEARS = np.arange(1980, 2020)


def look(y, name: str, years=YEARS) -> pd.Series:
    return diagnostics.examine(y, years).set_index("name").loc[name]


@pytest.fixture(scope="module")
def walk() -> np.ndarray:
    return 1000 * np.exp(np.cumsum(np.random.default_rng(4).normal(0.06, 0.03, 40)))


def test_a_random_walk_has_a_unit_root_and_its_difference_none(walk):
    rows = diagnostics.examine(walk, YEARS).set_index("name")
    assert rows.loc["adf_level", "verdict"] == "unit_root" and rows.loc["adf_difference", "verdict"] == "stationary"
    assert rows.loc["unit_root_difference", "verdict"] == "stationary"
    assert rows.loc["jump", "verdict"] == "no_jump" and rows.loc["growth_break", "verdict"] == "no_break"


def test_white_noise_is_stationary():
    noise = 50 + np.random.default_rng(2).normal(0, 1, 40)
    assert look(noise, "unit_root_level")["verdict"] == "stationary"
    kpss = look(noise, "kpss_level")
    assert kpss["p_text"] in {"≥ 0.10", f"{kpss['p']:.3f}"}


def test_a_jump_is_found_in_its_year(walk):
    broken = walk * np.where(YEARS >= 2001, 0.5, 1.0)
    found = look(broken, "jump")
    assert (found["verdict"], found["years"]) == ("jump", "2001")


def test_a_change_of_growth_is_found_in_its_year():
    growth = np.where(YEARS[1:] >= 2002, 0.03, 0.12) + np.random.default_rng(1).normal(0, 0.01, 39)
    series = 100 * np.exp(np.concatenate([[0], np.cumsum(growth)]))
    found = look(series, "growth_break")
    assert found["verdict"] == "break" and found["years"] == "2002" and found["p"] == 0.001
    assert look(series, "cusum")["verdict"] == "break"


def test_the_same_series_has_the_same_rows(walk):
    pd.testing.assert_frame_equal(diagnostics.examine(walk, YEARS), diagnostics.examine(walk * 1e4, YEARS), rtol=1e-6)


def test_short_and_constant_series_say_why_nothing_was_run():
    short = diagnostics.examine([3.0, 4.0, 4.5, 5.0, 5.2, 6.0, 6.1], np.arange(2000, 2007))
    assert set(short.loc[short["verdict"] == "not_run", "name"]) >= {"adf_level", "kpss_level", "zivot_andrews", "growth_break"}
    assert short.loc[short["verdict"] == "not_run", "reason"].ne("").all()
    constant = diagnostics.examine(np.full(30, 7.0), np.arange(30))
    assert constant["verdict"].eq("not_run").all() and constant["reason"].ne("").all()


@pytest.mark.parametrize("n", [20, 24, 25, 33, 40])
def test_zivot_andrews_takes_no_more_lags_than_the_first_break_leaves_room_for(n):
    """Growth that slows and remembers three years, as a city's GDP: long lags fit best, and would make the first dummy constant."""
    noise = np.random.default_rng(7).normal(0, 0.01, n + 3)
    growth = 0.12 - 0.0016 * np.arange(n) + noise[3:] - 0.5 * noise[2:-1] + 0.3 * noise[1:-2] + 0.8 * noise[:-3]
    found = look(100 * np.exp(np.cumsum(growth)), "zivot_andrews", np.arange(n))
    assert found["verdict"] in ("unit_root", "stationary_with_break"), found["reason"]


def test_years_behind_the_last_gap_are_used(walk):
    y = walk.copy()
    y[10] = np.nan
    assert look(y, "jump")["n"] == 28


def test_a_test_that_fails_becomes_a_row(monkeypatch, walk):
    def fail(*_):
        raise np.linalg.LinAlgError("singular")

    monkeypatch.setattr(diagnostics, "_adf", fail)
    rows = diagnostics.examine(walk, YEARS).set_index("name")
    assert rows.loc["adf_level", "verdict"] == "not_run" and rows.loc["adf_level", "reason"] == "failed: singular"
    assert rows.loc["unit_root_level", "reason"] == "one of the two tests was not run"


def test_steps_of_which_half_are_equal_have_no_jump_test():
    assert look(np.where(np.arange(40) < 30, 8.0, 9.0), "jump")["reason"] == "half of the steps are equal"
    filled = 100 * 1.1 ** np.arange(40) * np.where(np.arange(40) > 30, 2, 1)  # equal but for rounding
    assert look(filled, "jump")["reason"] == "half of the steps are equal"


@pytest.mark.parametrize(("y", "years"), [([1.0, 2.0], [2000]), ([1.0, 2.0], [2001, 2000]), ([1.0, np.inf], [2000, 2001]),
                                          ([1.0, 2.0], [2000.5, 2001])])
def test_faulty_series(y, years):
    with pytest.raises(DataError, match="expected"):
        diagnostics.examine(y, years)


@pytest.fixture(scope="module")
def fitted(walk) -> pd.DataFrame:
    return diagnostics.fit_models(walk[-20:], YEARS[-20:], 3)


def test_models_stand_beside_the_default(fitted):
    assert fitted["model"].unique().tolist() == ["arima", "ets", "trend_linear", "trend_smooth", "default"]
    assert fitted["reason"].eq("").all() and fitted["year"].tolist() == [2020, 2021, 2022] * 5
    assert ((fitted["lo-95"] <= fitted["lo-80"]) & (fitted["lo-80"] <= fitted["point"]) & (fitted["point"] <= fitted["hi-80"])).all()
    assert fitted["mase"].between(0, 10).all() and fitted.loc[fitted["model"] == "arima", "setting"].str.match(r"ARIMA\(\d,\d,\d\)").all()


def test_failing_models_become_rows(monkeypatch, walk):
    def fail(*_):
        raise np.linalg.LinAlgError("singular")

    monkeypatch.setattr(models, "_fit_ets", fail)
    monkeypatch.setattr(models, "_fit_arima", fail)
    frame = diagnostics.fit_models(walk[-9:], YEARS[-9:], 2)
    failed = frame[frame["model"].isin(["arima", "ets"])]
    assert failed["point"].isna().all() and failed["reason"].eq("LinAlgError: singular").all() and not failed["converged"].any()
    short = diagnostics.fit_models(walk[:5], YEARS[:5], 2)
    assert short.loc[short["model"] != "default", "reason"].eq("DataError: 5 years, needs 8").all()
    assert short.loc[short["model"] == "default", "point"].notna().all()


def test_combination_is_a_mean_with_given_weights(fitted):
    equal = diagnostics.combine(fitted)
    by_year = fitted.groupby("year")["point"].mean()
    assert equal["point"].tolist() == pytest.approx(by_year.tolist())
    weighted = diagnostics.combine(fitted, {"arima": 3, "default": 1})
    first = fitted[fitted["year"] == 2020].set_index("model")
    assert weighted["lo-80"].iloc[0] == pytest.approx(0.75 * first.loc["arima", "lo-80"] + 0.25 * first.loc["default", "lo-80"])
    tables = {"one": pd.DataFrame({"year": [2020], "point": [2.0]}), "two": pd.DataFrame({"year": [2020], "point": [4.0]})}
    assert diagnostics.combine(tables)["point"].tolist() == [3.0]


@pytest.mark.parametrize(("weights", "words"), [("aicc", "in-sample fit are refused"), ({"arima": -1}, "arima: -1"), ({"x": 1}, "x: 1"),
                                                ({"arima": 0}, "one above 0")])
def test_weights_that_are_refused(fitted, weights, words):
    with pytest.raises(DataError, match=words):
        diagnostics.combine(fitted, weights)
