"""Fan frames and paths, by hand."""

import numpy as np
import pandas as pd
import pytest

from qdlib.errors import DataError
from qdlib.forecasting import Panel, forecast
from qdlib.forecasting.scenarios import fan, path

GROWING = [100.0, 108.0, 115.0, 127.0, 133.0, 149.0, 155.0, 170.0, 181.0, 199.0]


def run(values=GROWING, horizon=4, dates=False, **settings):
    ds = np.arange(2014, 2014 + len(values))
    frame = pd.DataFrame({"unique_id": "a", "ds": pd.to_datetime(pd.Series(ds.astype(str))) if dates else ds, "y": values})
    return forecast(Panel.from_frame(frame), horizon, **settings)


def test_a_fan_joins_at_the_last_observed_year():
    frame = fan(run(), "a")
    assert list(frame.columns) == ["ds", "observed", "median", "lo-50", "hi-50", "lo-80", "hi-80", "lo-95", "hi-95"]
    assert frame["ds"].tolist() == list(range(2014, 2028))
    joint = frame[frame["ds"] == 2023].iloc[0]
    assert (joint.drop("ds") == 199.0).all()
    assert frame.loc[frame["ds"] < 2023, "median"].isna().all() and frame.loc[frame["ds"] > 2023, "observed"].isna().all()
    np.testing.assert_allclose(frame["median"].iloc[-4:], run().point[0])


def test_a_fan_keeps_dates_and_gaps():
    frame = fan(run([*GROWING[:4], np.nan, *GROWING[5:]], dates=True), "a", levels=(80,))
    assert frame["ds"].dtype.kind == "M" and len(frame) == 13


def test_a_path_by_hand():
    result = run()
    base = result.point[0]
    frame = path(result, "a", growth={2025: 6.0}, level={2027: 300.0})
    expected = [base[0], base[0] * 1.06, base[0] * 1.06 * base[2] / base[1], 300.0]
    assert frame["path"].tolist() == pytest.approx(expected)
    assert frame["given"].tolist() == ["", "growth", "", "level"] and frame["growth"].iloc[1] == pytest.approx(6.0)
    assert frame["percentile"].iloc[0] == pytest.approx(50, abs=1e-6)
    q = result.quantile(frame["percentile"].iloc[3] / 100)
    assert q[0, 3] == pytest.approx(300.0)


def test_no_override_is_the_baseline():
    frame = path(run(), "a")
    assert frame["path"].tolist() == frame["baseline"].tolist()


def test_a_path_on_the_raw_path_moves_by_amounts():
    result = run([1.0, -2.0, 0.5, 1.5, -1.0, 2.0, 0.0, 1.0])
    base = result.point[0]
    assert path(result, "a", level={2022: 5.0})["path"].tolist() == pytest.approx([5.0, *(5.0 + base[1:] - base[0])])


@pytest.mark.parametrize(("given", "words"), [({"growth": {2025: 5}, "level": {2025: 3}}, "given for one year"),
                                              ({"growth": {2023: 5}}, "not in the future"), ({"level": {2030: 5}}, "past the horizon")])
def test_faulty_paths(given, words):
    with pytest.raises(DataError, match=words):
        path(run(), "a", **given)


def test_what_is_not_forecast_has_no_fan():
    with pytest.raises(DataError, match="too_short"):
        fan(run(GROWING[:3]), "a")
