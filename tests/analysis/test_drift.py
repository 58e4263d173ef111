"""Drift over gaps: scales, certainty, and the formula against simulated histories."""

import numpy as np
import pytest

from qdlib.analysis.drift import choose_scale, fit_drift, reach_probability, to_scale
from qdlib.errors import DataError


def test_even_growth_without_spread_is_certain():
    drift = fit_drift([2019, 2020, 2022], [100, 110, 133.1], "log")
    assert drift.mean == pytest.approx(np.log(133.1 / 100) / 3)
    exact = fit_drift([2019, 2020, 2021], [50, 51, 52], "points")
    assert [reach_probability(exact, target, 2) for target in (54, 54.1)] == [1.0, 0.0]


def test_scales():
    assert choose_scale(False, [1, 2]) == "log"
    assert choose_scale(True, [40, 60]) == "points"
    assert choose_scale(True, [40, 95]) == choose_scale(True, [4, 50]) == "logit"
    assert choose_scale(True, [95, 100]) == "points"
    assert to_scale(50, "logit") == 0


@pytest.mark.parametrize(("value", "scale"), [(0, "log"), (100, "logit"), (1, "cube")])
def test_a_value_off_its_scale_is_refused(value, scale):
    with pytest.raises(DataError, match="cannot stand on the scale"):
        to_scale(value, scale)


@pytest.mark.parametrize(
    ("years", "values"), [([2020, 2021], [1, 2]), ([2021, 2020, 2022], [1, 2, 3]), ([2020, 2021, 2022], [1, 2])]
)
def test_too_short_or_disordered_a_history_is_refused(years, values):
    with pytest.raises(DataError, match="rising years"):
        fit_drift(years, values)


def test_a_target_of_the_past_is_refused():
    with pytest.raises(DataError, match="after the newest figure"):
        reach_probability(fit_drift([2019, 2020, 2021], [1, 2, 5]), 9, 0)


def test_what_happens_is_spread_evenly_over_the_probabilities():
    """Random walks with drift, seen with gaps: a tenth of the outcomes lies beyond the point that .10 belongs to, and so on."""
    random, years = np.random.default_rng(3), np.array([0, 1, 2, 4, 5, 8, 9])
    found = []
    for _ in range(2000):
        walk = np.cumsum(np.r_[0, 0.05 + 0.03 * random.standard_normal(11)])
        found.append(reach_probability(fit_drift(years, walk[years], "points"), walk[11], 2))
    assert [np.mean(np.array(found) <= cut) for cut in (0.1, 0.5, 0.9)] == pytest.approx([0.1, 0.5, 0.9], abs=0.025)
