"""Back-tests of a city and its peers: scores by method, coverage by step, no verdict from few cases."""

import numpy as np
import pandas as pd
import pytest

from qdlib.analysis import hindsight, prospects
from qdlib.observations import store


@pytest.fixture
def own(frozen):
    series = store.read_series("qingdao")
    return hindsight.look_back(prospects.comparable_panel(series, ["gdp_current_prices", "budget_revenue"]), 3)


def test_the_default_is_scored_beside_drift_and_the_naive_rule(own):
    scores = hindsight.score(own).set_index("method")
    assert scores.loc["default", "smape"] < scores.loc["naive", "smape"]
    assert 0 <= scores.loc["default", "cover80"] <= scores.loc["default", "cover95"] <= 100
    assert np.isnan(scores.loc["drift", "cover80"])


def test_coverage_by_step_adds_up_to_all_cases(own):
    steps = hindsight.cover_by_step(own).set_index("step")
    assert list(steps.index) == [0, 1, 2, 3] and steps.loc[1:, "cases"].sum() == steps.loc[0, "cases"]
    mean = (steps.loc[1:, "cover80"] * steps.loc[1:, "cases"]).sum() / steps.loc[0, "cases"]
    assert steps.loc[0, "cover80"] == pytest.approx(mean)
    assert set(steps["verdict80"]) == {"too_few_cases"}


def test_many_cases_get_a_verdict():
    random = np.random.default_rng(5)
    panel = pd.concat(
        [
            pd.DataFrame(
                {"unique_id": f"c{i}", "ds": range(2000, 2025), "y": 100 * np.exp(np.cumsum(random.normal(0.08, 0.03, 25)))}
            )
            for i in range(12)
        ]
    )
    steps = hindsight.cover_by_step(hindsight.look_back(panel, 3))
    assert steps.loc[steps["step"] == 0, "verdict95"].item() in ("holds", "too_narrow", "too_wide")


def test_past_cases_are_those_of_the_back_test_and_say_what_fell_outside(own):
    near, far = (hindsight.past_cases(own, "gdp_current_prices", step) for step in (1, 3))
    assert (near["year"] - near["origin"]).eq(1).all() and (far["year"] - far["origin"]).eq(3).all() and len(near) > len(far) > 0
    assert near["inside"].tolist() == [
        low <= y <= high for low, y, high in zip(near["low"], near["actual"], near["high"], strict=True)
    ]
    assert near.loc[near["year"] == 2024, "actual"].item() == 16719.46
    assert hindsight.past_cases(own, "port_cargo", 1).empty
