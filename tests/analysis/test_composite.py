"""The index: reasons, refusals, and what its draws are worth."""

import pytest

from qdlib.analysis.composite import compose_index
from qdlib.errors import DataError

SCORES = {"industry": 100, "ocean": 80, "bay": 20}


def test_no_index_with_more_than_a_fifth_missing():
    assert compose_index({**SCORES, "gateway": 50, "bridge": None}).reason is None
    found = compose_index({**SCORES, "gateway": None})
    assert (found.arithmetic, found.reason, found.missing) == (None, "too_many_missing", ("gateway",))
    assert compose_index({}).reason == "no_components"
    assert found.decisive is None


def test_draws_are_seeded():
    assert compose_index(SCORES).intervals == compose_index(SCORES).intervals
    assert compose_index(SCORES, seed=1).intervals != compose_index(SCORES, seed=2).intervals


def test_each_source_of_uncertainty_is_measured_alone():
    found = compose_index(SCORES, {"industry": 0, "ocean": 0.5, "bay": 0.5})
    assert found.sensitivity["weights"] > found.sensitivity["rounding"] > 0
    assert found.sensitivity["form"] == pytest.approx(found.arithmetic - found.geometric)
    assert compose_index(SCORES).sensitivity["rounding"] == 0
    assert found.decisive == "bay"


def test_equal_scores_leave_nothing_to_weigh():
    found = compose_index({"a": 40, "b": 40, "c": 40})
    assert found.intervals["arithmetic"] == pytest.approx((40, 40))
    assert found.geometric == pytest.approx(40)


def test_a_score_of_zero_does_not_make_the_geometric_index_zero():
    assert compose_index({"a": 0, "b": 100}).geometric == pytest.approx(10)


def test_scores_outside_their_scale_are_refused_together():
    with pytest.raises(DataError, match="2 faults") as error:
        compose_index({"a": 101, "b": -1, "c": 50})
    assert len(error.value.faults) == 2
