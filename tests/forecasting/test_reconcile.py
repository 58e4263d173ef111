"""Reconciled forecasts add up, and move what is least known."""

import numpy as np
import pandas as pd
import pytest

from qdlib.errors import DataError
from qdlib.forecasting import Panel, forecast
from qdlib.forecasting.reconcile import reconcile

SECTORS = ["primary", "secondary", "tertiary"]
GDP = ({"gdp": 1, "primary": -1, "secondary": -1, "tertiary": -1}, 0)


def make_panel(seed: int = 8) -> Panel:
    random = np.random.default_rng(seed)
    parts = {name: size * np.exp(np.cumsum(random.normal(growth, spread, 18))) for name, size, growth, spread in
             (("primary", 50, 0.02, 0.01), ("secondary", 400, 0.07, 0.05), ("tertiary", 350, 0.11, 0.02))}
    parts["gdp"] = sum(parts.values())
    return Panel.from_frame(pd.concat([pd.DataFrame({"unique_id": name, "ds": range(2005, 2023), "y": y}) for name, y in parts.items()]))


@pytest.fixture(scope="module")
def base():
    return forecast(make_panel(), 5)


def gap(result) -> np.ndarray:
    point = dict(zip(result.ids, result.point, strict=True))
    return point["gdp"] - sum(point[name] for name in SECTORS)


def test_constraints_hold_and_the_least_known_moves_most(base):
    result = reconcile(base, GDP)
    assert np.abs(gap(base)).max() > 1e-3
    np.testing.assert_allclose(gap(result) / result.point[3], 0, atol=1e-12)
    moved = np.abs(result.point - base.point)[:, 2]
    width = (base.quantile(0.9) - base.quantile(0.1))[:, 2]
    assert np.argsort(moved).tolist() == np.argsort(width).tolist()
    np.testing.assert_allclose(moved / width**2, (moved / width**2)[0], rtol=1e-9)


def test_fixed_series_stay(base):
    result = reconcile(base, [GDP], fixed=["gdp"])
    assert (result.point[3] == base.point[3]).all()
    np.testing.assert_allclose(gap(result) / result.point[3], 0, atol=1e-12)


def test_twice_is_once(base):
    once = reconcile(base, GDP)
    twice = reconcile(once, GDP)
    np.testing.assert_array_equal(once.point, twice.point)
    np.testing.assert_array_equal(once.knots, twice.knots)


def test_bands_keep_their_relative_width(base):
    result = reconcile(base, GDP)
    np.testing.assert_allclose(result.quantile(0.9) / result.point, base.quantile(0.9) / base.point, rtol=1e-9)
    assert result.notes["flags"].str.contains("reconciled").all()
    frame = result.frame()
    assert ((frame["lo-95"] <= frame["mean"]) & (frame["mean"] <= frame["hi-95"])).all()


def test_nothing_turns_negative():
    frame = pd.DataFrame({"unique_id": ["big"] * 12 + ["small"] * 12, "ds": [*range(2000, 2012)] * 2,
                          "y": [*np.linspace(90, 100, 12), *(0.5 + 0.4 * np.sin(np.arange(12)))]})
    base = forecast(Panel.from_frame(frame), 3)
    result = reconcile(
        base, [({"big": 1, "small": 1}, 60.0)])
    assert (result.point >= 0).all()
    np.testing.assert_allclose(result.point.sum(axis=0), 60.0, rtol=1e-12)


def test_raw_path_bands_keep_their_width():
    random = np.random.default_rng(0)
    frame = pd.concat([pd.DataFrame({"unique_id": name, "ds": range(2000, 2015), "y": random.normal(0, 5, 15)}) for name in "ab"])
    base = forecast(Panel.from_frame(frame), 2)
    result = reconcile(base, ({"a": 1, "b": 1}, 4.0))
    np.testing.assert_allclose(result.point.sum(axis=0), 4.0)
    np.testing.assert_allclose(np.ptp(result.knots, axis=-1), np.ptp(base.knots, axis=-1), rtol=1e-9)


def test_shares_add_up_to_a_hundred():
    random = np.random.default_rng(1)
    shares = random.dirichlet([40, 30, 30], 15) * 100
    frame = pd.concat([pd.DataFrame({"unique_id": name, "ds": range(2000, 2015), "y": shares[:, i]}) for i, name in enumerate("abc")])
    result = reconcile(forecast(Panel.from_frame(frame), 4), (dict.fromkeys("abc", 1), 100))
    np.testing.assert_allclose(result.point.sum(axis=0), 100, rtol=1e-12)


def test_bounds_hold_after_reconciling_too():
    random = np.random.default_rng(1)
    shares = random.dirichlet([40, 30, 30], 15) * 100
    frame = pd.concat([pd.DataFrame({"unique_id": name, "ds": range(2000, 2015), "y": shares[:, i]}) for i, name in enumerate("abc")])
    roof = float(shares[:, 0].max()) + 0.01
    base = forecast(Panel.from_frame(frame), 4, bounds={"a": (0, roof), "b": (0, 100), "c": (0, 100)})
    result = reconcile(base, ({"a": 1, "b": 1, "c": 1}, 190.0))  # more than a may take up
    np.testing.assert_allclose(result.point.sum(axis=0), 190, rtol=1e-12)
    assert (result.point[0] == roof).all() and result.point[1:].max() <= 100
    ends = result.frame().set_index("unique_id")
    assert ends.loc["a", "hi-95"].max() <= roof and ends.drop(columns="ds").to_numpy().min() >= 0


@pytest.mark.parametrize(("constraints", "fixed", "words"), [
    ([GDP, GDP], (), "singular"),
    ([GDP], ("gdp", *SECTORS), "primary.*gdp = 0 cannot be met"),
    ([({"gdp": 1, "nothing": -1}, 0)], (), "no series 'nothing'"),
    ([], (), "empty"), ([({}, 0)], (), "empty"), ("gdp", (), "expected pairs"), ([({"gdp": "a"}, 0)], (), "expected pairs"),
])
def test_constraints_that_cannot_be_met_are_named(base, constraints, fixed, words):
    with pytest.raises(DataError, match=words):
        reconcile(base, constraints, fixed)


def test_series_must_be_forecast_and_end_together():
    frame = pd.DataFrame({"unique_id": ["a"] * 9 + ["b"] * 8 + ["c"] * 3, "ds": [*range(9), *range(8), *range(6, 9)],
                          "y": np.linspace(5, 9, 20)})
    base = forecast(Panel.from_frame(frame), 2)
    with pytest.raises(DataError, match="different years: a 8, b 7"):
        reconcile(base, ({"a": 1, "b": -1}, 0))
    with pytest.raises(DataError, match="not forecast: c"):
        reconcile(base, ({"a": 1, "c": -1}, 0))
