"""Panel: every row of the interface's table that concerns what comes in."""

import numpy as np
import pandas as pd
import pytest

from qdlib.errors import DataError
from qdlib.forecasting import Panel, forecast, forecast_panel


def make(values, unique_id="a", first=2000) -> pd.DataFrame:
    return pd.DataFrame({"unique_id": unique_id, "ds": range(first, first + len(values)), "y": np.asarray(values, dtype=float)})


GROWING = [100.0, 108.0, 115.0, 127.0, 133.0, 149.0, 155.0, 170.0, 181.0, 199.0]
NAN = float("nan")


def note(panel: Panel, i: int = 0) -> dict:
    return panel.notes.iloc[i].to_dict()


def test_columns_are_judged_by_name():
    frame = make(GROWING).assign(other="x")[["y", "other", "ds", "unique_id"]]
    assert list(forecast_panel(frame, 2).columns) == ["unique_id", "ds", "mean", "lo-80", "hi-80", "lo-95", "hi-95"]
    with pytest.raises(DataError, match="lacks column ds"):
        forecast_panel(frame.drop(columns="ds"), 2)
    with pytest.raises(DataError, match="expected a DataFrame"):
        forecast_panel({"y": [1]}, 2)


def test_rows_follow_first_appearance():
    frame = pd.concat([make(GROWING, "z"), make(GROWING, "a"), make(GROWING[:3], "m")])
    result = forecast_panel(frame, 3, levels=(50,))
    assert result["unique_id"].tolist() == ["z"] * 3 + ["a"] * 3 + ["m"] * 3
    assert list(result.columns) == ["unique_id", "ds", "mean", "lo-50", "hi-50"]


@pytest.mark.parametrize("dtype", ["int64", "int32", "Int64"])
def test_whole_years_keep_their_dtype(dtype):
    frame = make(GROWING).astype({"ds": dtype})
    result = forecast_panel(frame, 2)
    assert result["ds"].dtype == frame["ds"].dtype and result["ds"].tolist() == [2010, 2011]


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_dates_keep_their_dtype_and_day(unit):
    frame = make(GROWING)
    frame["ds"] = pd.to_datetime(frame["ds"].astype(str) + "-12-31").astype(f"datetime64[{unit}]")
    result = forecast_panel(frame, 2)
    assert result["ds"].dtype == frame["ds"].dtype
    assert result["ds"].dt.strftime("%Y-%m-%d").tolist() == ["2010-12-31", "2011-12-31"]


def test_the_day_after_28_february_is_not_invented():
    frame = make(GROWING, first=2003)
    frame["ds"] = [pd.Timestamp(year, 2, 29 if year % 4 == 0 else 28) for year in frame["ds"]]
    assert forecast_panel(frame, 2)["ds"].dt.strftime("%m-%d").tolist() == ["02-28", "02-28"]


def test_each_series_goes_on_from_its_own_last_value():
    frame = pd.concat([make(GROWING, "a"), make([*GROWING, NAN, NAN], "b", 1990)])
    assert forecast_panel(frame, 1)["ds"].tolist() == [2010, 2000]


@pytest.mark.parametrize(("change", "words"), [
    ({"ds": [1.5] * 10}, "dtype float64"),
    ({"ds": ["2000"] * 10}, "expected whole years"),
    ({"ds": [True] * 10}, "dtype bool"),
    ({"ds": pd.date_range("2000-01-31", periods=10, freq="ME")}, "not annual.*2000-01-31.*one date a year"),
    ({"ds": [2000] * 10}, r"repeated \(unique_id, ds\): \(a, 2000\)"),
    ({"ds": pd.Series([None] * 10, dtype="Int64")}, "ds is empty in 10 rows"),
    ({"y": ["1"] * 10}, "expected numbers"),
    ({"y": [np.inf, *GROWING[1:]]}, r"infinite at \(a, 2000\)"),
    ({"unique_id": [None] * 10}, "unique_id is empty"),
])
def test_faulty_rows_are_named(change, words):
    with pytest.raises(DataError, match=words):
        Panel.from_frame(make(GROWING).assign(**change))


def test_no_rows():
    with pytest.raises(DataError, match="no rows"):
        Panel.from_frame(make(GROWING).iloc[:0])


def test_the_first_ten_offenders_are_listed():
    frame = pd.concat([make([np.inf] * 5, name) for name in "abc"])
    with pytest.raises(DataError) as caught:
        Panel.from_frame(frame)
    assert str(caught.value).count("(") == 10 and "15 in all" in str(caught.value)


@pytest.mark.parametrize("history", [3, 0, 2.5, True, "all"])
def test_history_must_be_a_number_of_years(history):
    with pytest.raises(DataError, match="history is"):
        Panel.from_frame(make(GROWING), history=history)


def test_years_before_history_have_no_effect():
    recent = GROWING[-7:]
    frames = [make([*old, *recent], first=2000 - len(old)) for old in ([], [1e6, 3.0, 88.0], [5.0, NAN, NAN, NAN, 2.0])]
    results = [forecast_panel(frame, 3, history=7) for frame in frames]
    for other in results[1:]:
        pd.testing.assert_frame_equal(results[0], other)
    assert not results[0].equals(forecast_panel(frames[1], 3))


def test_history_is_forty_years_unless_told():
    long = np.exp(np.linspace(0, 3, 60) + np.sin(np.arange(60)) / 9)
    odd = long.copy()
    odd[:20] = 1e5
    pd.testing.assert_frame_equal(forecast_panel(make(long), 4), forecast_panel(make(odd), 4))
    assert note(Panel.from_frame(make(long)))["n_used"] == 40
    assert note(Panel.from_frame(make(long), history=55))["n_used"] == 55


@pytest.mark.parametrize(("scale", "filled"), [("log", [200.0, 400.0]), ("raw", [1000 / 3, 1700 / 3])])
def test_a_gap_of_two_years_is_filled_and_noted(scale, filled):
    tail = [800, 900.0, 1000.0, 950.0, 1100.0, 1200.0]
    gap, full = make([100, NAN, NAN, *tail]), make([100, *filled, *tail])
    panel = Panel.from_frame(gap)
    np.testing.assert_allclose(forecast(panel, 3, scale=scale).point, forecast(Panel.from_frame(full), 3, scale=scale).point, rtol=1e-12)
    assert note(panel)["filled"] == 2 and note(panel)["n_used"] == 9


def test_missing_rows_are_gaps_too():
    frame = make(GROWING)
    pd.testing.assert_frame_equal(forecast_panel(frame.drop(index=4), 2), forecast_panel(frame.assign(y=frame["y"].where(frame.index != 4)), 2))


def test_history_starts_behind_a_gap_of_three_years():
    frame = make([7.0, 9.0, NAN, NAN, NAN, *GROWING], first=1995)
    panel = Panel.from_frame(frame)
    assert note(panel)["first_year"] == 2000 and note(panel)["filled"] == 0
    pd.testing.assert_frame_equal(forecast_panel(frame, 2), forecast_panel(make(GROWING), 2))


def test_history_starts_at_the_last_break_on_or_before_the_origin():
    frame = make([900.0, 950.0, *GROWING], first=1998)
    breaks = pd.DataFrame({"unique_id": ["a", "a", "a", "other"], "ds": [1999, 2000, 2030, 2005]})
    panel = Panel.from_frame(frame, breaks=breaks)
    assert note(panel)["first_year"] == 2000
    pd.testing.assert_frame_equal(forecast(panel, 2).frame(), forecast(Panel.from_frame(make(GROWING)), 2).frame())


@pytest.mark.parametrize(("values", "breaks", "reason"), [
    ([1.0, 2.0, 3.0], None, "too_short"),
    ([NAN] * 6, None, "too_short"),
    ([1.0, NAN, 2.0, 3.0], None, "too_short"),
    ([1.0] * 8, 2005, "too_short_after_break"),
    ([1.0, 2, 3, 4, 5, NAN, NAN, NAN, 1, 2, 3], None, "too_short_after_gap"),
    ([1.0, 2, 3, 4, 5, NAN, NAN, NAN, 1, 2, 3], 2001, "too_short_after_gap"),
])
def test_too_few_values_are_not_forecast_and_say_why(values, breaks, reason):
    panel = Panel.from_frame(make(values), breaks=None if breaks is None else pd.DataFrame({"unique_id": ["a"], "ds": [breaks]}))
    result = forecast(panel, 3)
    assert (note(panel)["status"], note(panel)["reason"]) == ("not_forecast", reason)
    assert len(result.frame()) == 3 and result.frame().drop(columns=["unique_id", "ds"]).isna().all().all()


@pytest.mark.parametrize(("n", "status"), [(4, "short"), (7, "short"), (8, "ok")])
def test_status_follows_the_number_of_years(n, status):
    result = forecast(Panel.from_frame(make(GROWING[:n])), 2)
    assert result.notes["status"].tolist() == [status]
    assert np.isfinite(result.frame().drop(columns="unique_id").to_numpy(dtype=float)).all()
    assert np.isnan(result.members[result.member_names.index("dot_box_cox")]).all() == (n < 8)


def test_arguments_stay_untouched():
    frame = make([*GROWING, NAN])
    copy = frame.copy()
    forecast_panel(frame, 3)
    pd.testing.assert_frame_equal(frame, copy)


def test_cut_equals_a_panel_of_the_earlier_rows():
    frame = pd.concat([make(GROWING, "a"), make(GROWING[:6], "b", 2003), make(GROWING, "late", 2006)])
    breaks = pd.DataFrame({"unique_id": ["b"], "ds": [2004]})
    cut = Panel.from_frame(frame, breaks=breaks).cut(2005)
    direct = Panel.from_frame(frame[frame["ds"] <= 2005], breaks=breaks)
    pd.testing.assert_frame_equal(cut.notes, direct.notes)
    np.testing.assert_array_equal(cut.y, direct.y)
