"""Back-tests: scores against hand-computed cases, nothing leaks from after the origin, and the tests behind `compare`."""

import numpy as np
import pandas as pd
import pytest

from qdlib.errors import DataError
from qdlib.forecasting import Panel, backtest, forecast_panel, scores


def make(values, unique_id="a", first=2000) -> pd.DataFrame:
    return pd.DataFrame({"unique_id": unique_id, "ds": range(first, first + len(values)), "y": np.asarray(values, dtype=float)})


def make_panel(series: int = 12, years: int = 20, seed: int = 3) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.concat([make(100 * np.exp(np.cumsum(random.normal(0.06, 0.05, years))), f"s{i}") for i in range(series)], ignore_index=True)


def test_scores_by_hand():
    np.testing.assert_allclose(scores.smape(np.array([100.0, 0.0, 50.0]), np.array([120.0, 0.0, 0.0])), [200 * 20 / 220, 0, 200])
    # 80 % band 10–20: inside costs the width; 4 below costs 2/.2·4 more
    np.testing.assert_allclose(scores.interval_score(np.array([15.0, 6.0, 21.0]), np.full(3, 10.0), np.full(3, 20.0), 80), [10, 50, 20])


def test_naive_table_by_hand():
    # 10, 12, 11, 15 | 18, 13: naive 15; mean |Δ| = (2+1+4)/3; mean Δ² = (4+1+16)/3
    result = backtest.roll(Panel.from_frame(make([10, 12, 11, 15, 18, 13])), 2, origins=[2003], methods=["naive"])
    row = result.table().iloc[0]
    assert (row["cases"], row["series"], row["scale_zero"], row["vintage"]) == (2, 1, 0, "final")
    assert row["sMAPE"] == pytest.approx((200 * 3 / 33 + 200 * 2 / 28) / 2)
    assert row["MASE"] == pytest.approx((3 + 2) / 2 / (7 / 3))
    assert row["RMSSE"] == pytest.approx(np.sqrt((9 + 4) / 2 / 7))
    assert row["OWA"] == pytest.approx(1) and row["verdict-95"] == "too_few_cases"


def test_default_is_the_forecast_of_the_rows_up_to_the_origin():
    frame = make_panel()
    cases = backtest.roll(Panel.from_frame(frame), 3, origins=2).cases
    assert sorted(cases["origin"].unique()) == [2017, 2018]
    expected = forecast_panel(frame[frame["ds"] <= 2017], 2)
    mine = cases[(cases["method"] == "default") & (cases["origin"] == 2017)]
    np.testing.assert_allclose(mine["mean"], expected["mean"], rtol=1e-12)
    np.testing.assert_allclose(mine["hi-95"], expected["hi-95"], rtol=1e-12)


def test_poison_after_the_origin_changes_no_forecast():
    frame = make_panel()
    poisoned = frame.assign(y=np.where(frame["ds"] > 2016, -1e9, frame["y"]))
    forecasts = [backtest.roll(Panel.from_frame(one), 3, origins=[2014, 2016], methods=["default", "pool", "dot"]).cases for one in
                 (frame, poisoned)]
    columns = ["method", "unique_id", "origin", "step", "mean", "lo-80", "hi-95", "scale"]
    pd.testing.assert_frame_equal(forecasts[0][columns], forecasts[1][columns])


def test_a_target_behind_a_later_break_is_no_case():
    breaks = pd.DataFrame({"unique_id": ["a"], "ds": [2011]})
    frame = make([100.0 + 5 * t for t in range(11)] + [1000.0, 1010.0])
    result = backtest.roll(Panel.from_frame(frame, breaks=breaks), 4, origins=[2009], methods=["naive"])
    assert result.cases["ds"].tolist() == [2010] and result.left_out["behind_break"] == 2


def test_vintages_known_at_the_origin():
    frame = make_panel(2)
    panel = Panel.from_frame(frame)
    known = {year: frame[frame["ds"] <= year].assign(y=lambda rows: rows["y"] * 1.1) for year in (2015, 2016)}
    result = backtest.roll(panel, 1, origins=[2015, 2016], frames=known.__getitem__)
    assert result.table()["vintage"].unique() == ["as_of"]
    naive = result.cases[(result.cases["method"] == "naive") & (result.cases["unique_id"] == "s0")]
    truth = frame.set_index(["unique_id", "ds"])["y"]
    assert naive["mean"].tolist() == pytest.approx([1.1 * truth["s0", 2015], 1.1 * truth["s0", 2016]])
    assert naive["y"].tolist() == pytest.approx([truth["s0", 2016], truth["s0", 2017]])


def test_tables_split_by_step_origin_and_groups():
    frame = make_panel()
    groups = pd.DataFrame({"unique_id": [f"s{i}" for i in range(12)], "region": ["north", "south"] * 6})
    result = backtest.roll(Panel.from_frame(frame), 2, methods=["default", "drift"], by=groups)
    assert set(result.table("region")["region"]) == {"north", "south"}
    assert result.table("step").groupby("method")["cases"].sum().to_dict() == result.table().set_index("method")["cases"].to_dict()
    drift = result.table().set_index("method").loc["drift"]
    assert drift["verdict-80"] == "" and np.isnan(drift["MSIS-95"])
    with pytest.raises(DataError, match="no column 'colour'"):
        result.table("colour")


def test_constant_series_are_left_out_of_scaled_scores_and_counted():
    result = backtest.roll(Panel.from_frame(make([5.0] * 10)), 1, origins=[2006, 2007], methods=["naive"])
    row = result.table().iloc[0]
    assert row["scale_zero"] == 2 and np.isnan(row["MASE"]) and row["sMAPE"] == 0


def test_coverage_gets_a_verdict_from_two_hundred_cases():
    assert [scores.judge_coverage(*arguments) for arguments in ((0.9, 95, 199), (0.9, 95, 200), (0.94, 95, 500), (0.99, 95, 500))] == [
        "too_few_cases", "too_narrow", "holds", "too_wide"]


def test_targets_are_answered_and_scored():
    frame = make_panel(8)
    targets = pd.DataFrame({"unique_id": [f"s{i}" for i in range(8)] + ["gone"], "ds": 2018, "comparator": ">=", "value": 200.0})
    answers = backtest.roll(Panel.from_frame(frame), 2, origins=[2016, 2017, 2018], targets=targets).targets
    assert len(answers) == 16 and set(answers["origin"]) == {2016, 2017}
    assert scores.brier(answers["p"], answers["outcome"])["cases"] == 16
    assert backtest.meets(3.0, "between", (2, 4)) and not backtest.meets(3.0, ">", 3)


def test_brier_and_reliability_by_hand():
    result = scores.brier([0.9, 0.2, 0.6], [1, 0, 0])
    assert result["brier"] == pytest.approx((0.01 + 0.04 + 0.36) / 3) and result["skill"] == pytest.approx(1 - 0.41 / 3 / (2 / 9))
    table = scores.reliability([0.05, 0.95, 1.0, 0.91], [0, 1, 1, 0])
    assert table["cases"].tolist() == [1, 0, 0, 0, 0, 0, 0, 0, 0, 3]
    assert table["share"].iloc[9] == pytest.approx(2 / 3)
    with pytest.raises(DataError, match="as many of both"):
        scores.brier([0.5], [])


def test_diebold_mariano_by_hand():
    # d = 1, 2, 0, 3, −1, 1, h = 2: mean 1; γ0 = 10/6; γ1 = Σ(d_t−1)(d_{t+1}−1)/6 = (0 −1 −2 −4 + 0)/6 = −7/6 → variance 10/6 − 14/6 < 0,
    # so Bartlett: 10/6 + 2·½·(−7/6) = ½; DM = 1/√(½/6) = √12; factor √((6+1−4+2/6... h(h−1)/T = 2/6)/6) = √(10/3/6)
    result = scores.diebold_mariano([1, 2, 0, 3, -1, 1], 2)
    assert result["statistic"] == pytest.approx(np.sqrt(12) * np.sqrt(10 / 18))
    plain = scores.diebold_mariano([1.0, 2.0, 4.0, 3.0, 5.0], 1)  # mean 3, γ0 = 2, factor √(4/5): the t statistic of the mean
    from scipy import stats

    expected = stats.ttest_1samp([1.0, 2.0, 4.0, 3.0, 5.0], 0)
    assert (plain["statistic"], plain["p"]) == pytest.approx((expected.statistic, expected.pvalue))
    assert plain["verdict"] == "second_better"


def test_fewer_than_five_origin_years_are_no_test():
    result = scores.diebold_mariano([1.0, 2.0, 3.0, 4.0], 1)
    assert result["verdict"] == "no_test" and np.isnan(result["p"]) and result["difference"] == 2.5


def test_compare_counts_origin_years_not_series():
    result = backtest.roll(Panel.from_frame(make_panel(30)), 2, origins=8)
    table = result.compare("default", "naive")
    assert table["step"].tolist() == [0, 1, 2] and table["T"].max() == 8
    assert table.loc[1, "verdict"] == "first_better"
    with pytest.raises(DataError, match="no method theta"):
        result.compare("default", "theta")


def test_unknown_methods_and_too_many_series_for_slow_ones():
    panel = Panel.from_frame(make_panel(51))
    with pytest.raises(DataError, match="unknown method prophet"):
        backtest.roll(panel, 1, methods=["prophet"])
    with pytest.raises(DataError, match="ets for 51 series"):
        backtest.roll(panel, 1, methods=["ets"])
    with pytest.raises(DataError, match="above 0"):
        backtest.roll(panel, 1, origins=0)


def test_no_origin_with_a_series():
    with pytest.raises(DataError, match="no origin leaves a series"):
        backtest.roll(Panel.from_frame(make_panel(2)), 1, origins=[1990])


def test_settings_reach_every_origin():
    frame = pd.concat([make_panel(2), make([50.0 + t for t in range(5)], "late", 2015)])
    settings = {"scale": {"late": "raw"}, "bounds": {"late": (0, 56)}}
    cases = backtest.roll(Panel.from_frame(frame), 1, origins=[2014, 2018], methods=["default", "pool"], **settings).cases
    late = cases[cases["unique_id"] == "late"]
    assert late.empty or (late["path"] == "raw").all()
    assert cases.loc[cases["unique_id"] != "late", "path"].eq("log").all()


def test_single_series_models_in_a_back_test():
    cases = backtest.roll(Panel.from_frame(make_panel(1, 14)), 1, origins=1, methods=["trend"]).cases
    assert set(cases["method"]) == {"trend", "naive"} and np.isfinite(cases["mean"]).all()


def _widths(too_narrow: float, cases: int = 600, origins: int = 6) -> backtest.Backtest:
    random = np.random.default_rng(5)
    errors = random.normal(0, 1, cases) * too_narrow
    frame = pd.DataFrame({"method": "default", "unique_id": "a", "origin": np.arange(cases) % origins, "path": "raw", "y": 100 + errors,
                          "mean": 100.0, "lo-80": 100 - 1.2816, "hi-80": 100 + 1.2816, "lo-95": 100 - 1.96, "hi-95": 100 + 1.96})
    return backtest.Backtest(frame, pd.DataFrame(), "final", {})


def test_widening_restores_coverage_and_only_then():
    factors = backtest.widening_from(_widths(2.0))
    assert factors[80] == pytest.approx(2, rel=0.1) and factors[95] == pytest.approx(2, rel=0.1)
    assert backtest.widening_from(_widths(1.0)) is None
    assert backtest.widening_from(_widths(2.0, cases=499)) is None
    assert backtest.widening_from(_widths(2.0, origins=4)) is None
