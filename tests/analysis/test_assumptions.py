"""Scenarios and changed inputs: what is written, what moves, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from qdlib.analysis import assumptions
from qdlib.errors import DataError
from qdlib.forecasting import Panel, forecast

GROWING = [100.0, 108.0, 115.0, 127.0, 133.0, 149.0, 155.0, 170.0, 181.0, 199.0]


def frame(values=GROWING) -> pd.DataFrame:
    return pd.DataFrame({"unique_id": "a", "ds": range(2014, 2014 + len(values)), "y": values})


def outlook(values=GROWING, horizon: int = 4):
    return forecast(Panel.from_frame(frame(values)), horizon)


def test_growth_and_levels_are_read_by_year():
    assert assumptions.read_assumptions(["2026:5.5", "2027:-1", "2028=18000.5"]) == ({2026: 5.5, 2027: -1.0}, {2028: 18000.5})
    assert assumptions.read_assumptions([]) == ({}, {})


def test_every_faulty_entry_is_named():
    with pytest.raises(DataError) as caught:
        assumptions.read_assumptions(["2026", "2026:5%", "2027:1", "2027=3"])
    text = str(caught.value)
    assert "'2026':" in text and "'2026:5%'" in text and "2027 is given twice" in text and "expected year:growth" in text


def test_an_assumption_moves_the_path_and_only_the_path():
    base = outlook()
    path = assumptions.assume(base, "a", ["2025:0"]).set_index("year")
    assert path["baseline"].to_numpy() == pytest.approx(base.point[0])
    assert path.loc[2025, "path"] == pytest.approx(path.loc[2024, "path"]) and path.loc[2025, "given"] == "growth"
    assert path.loc[2026, "path"] / path.loc[2025, "path"] == pytest.approx(base.point[0][2] / base.point[0][1])
    assert (path.loc[2025:, "difference"] < 0).all() and (path.loc[2025:, "percentile"] < 50).all()
    assert path.loc[2024, "difference"] == 0 and not {"lo-80", "hi-80"} & set(path.columns)


def test_nothing_assumed_or_not_forecast_or_outside_is_an_empty_path():
    assert assumptions.assume(outlook(), "a", []).empty
    assert assumptions.assume(outlook(GROWING[:3]), "a", ["2018:5"]).empty
    assert assumptions.assume(outlook(), "a", ["2023:5", "2030:5"]).empty
    assert assumptions.outside(outlook(), "a", ["2023:5", "2025:4", "2030=5"]) == [2023, 2030]


def test_each_changed_input_is_forecast_anew():
    table = assumptions.compare_inputs(frame(), "a", 4).set_index("change")
    base = outlook()
    assert table.loc["baseline", "value"] == pytest.approx(base.point[0, -1]) and table.loc["baseline", "difference"] == 0
    lowered = outlook([*GROWING[:-1], GROWING[-1] * 0.99])
    assert table.loc["lower_last", "value"] == pytest.approx(lowered.point[0, -1]) and table.loc["lower_last", "difference"] < 0
    assert table.loc["without_last", "value"] == pytest.approx(outlook(GROWING[:-1], 5).point[0, -1])
    assert table.loc["pool_only", "value"] == pytest.approx(base.pool[0, -1])
    assert table.loc["recent_only", "value"] == pytest.approx(base.point[0, -1])  # ten years are all there are


def test_an_alternative_without_enough_years_is_missing():
    table = assumptions.compare_inputs(frame(GROWING[:4]), "a", 2).set_index("change")
    assert np.isnan(table.loc["without_last", "value"]) and np.isfinite(table.loc["lower_last", "value"])
