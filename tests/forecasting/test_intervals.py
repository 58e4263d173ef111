"""Knots, quantiles and probabilities: one curve."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdlib.errors import DataError
from qdlib.forecasting import Panel, forecast
from qdlib.forecasting.intervals import KNOTS, read_quantile, read_share_below

GROWING = [100.0, 108.0, 115.0, 127.0, 133.0, 149.0, 155.0, 170.0, 181.0, 199.0]
curves = st.lists(st.floats(0.01, 5.0), min_size=4, max_size=4).map(lambda steps: np.cumsum([1.0, *steps]))


def run(values=GROWING, **settings_):
    frame = pd.DataFrame({"unique_id": "a", "ds": range(2010, 2010 + len(values)), "y": values})
    return forecast(Panel.from_frame(frame), 4, **settings_)


def test_knots_are_sorted_and_the_middle_one_is_the_point():
    for values, back in ((GROWING, np.exp), ([-1.0, 2.0, 3.0, -4.0, 5.0, 1.0], lambda x: x)):
        result = run(values)
        assert (np.diff(result.knots, axis=-1) >= 0).all()
        np.testing.assert_allclose(back(result.knots[..., 2]), result.point, rtol=1e-12)


def test_quantiles_pass_through_the_knots():
    result = run()
    for i, p in enumerate(KNOTS):
        np.testing.assert_allclose(np.log(result.quantile(p)), result.knots[..., i], rtol=1e-12)
    assert result.quantile((0.1, 0.9)).shape == (1, 4, 2)


@settings(max_examples=60, deadline=None)
@given(curves, st.floats(0.001, 0.999))
def test_share_below_is_the_inverse_of_the_quantile(curve, p):
    assert read_share_below(curve, float(read_quantile(curve, p)), True) == pytest.approx(p, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(50, 800), min_size=2, max_size=6).map(sorted), st.sampled_from([2020, 2021, 2023]))
def test_probability_falls_as_the_target_rises(values, year):
    result = run()
    p = [result.probability("a", year, ">=", value) for value in values]
    assert p == sorted(p, reverse=True) and all(0.005 <= one <= 0.995 for one in p)
    for value, one in zip(values, p, strict=True):
        assert result.probability("a", year, "<", value) == pytest.approx(1 - one)


def test_probability_agrees_with_the_quantiles():
    result = run()
    for p in (0.05, 0.3, 0.5, 0.77):
        value = result.quantile(p)[0, 1]
        assert result.probability("a", 2021, "<=", value) == pytest.approx(p, abs=1e-9)
        assert result.probability("a", 2021, ">", value) == pytest.approx(1 - p, abs=1e-9)
    low, high = result.quantile((0.2, 0.9))[0, 1]
    assert result.probability("a", 2021, "between", (low, high)) == pytest.approx(0.7, abs=1e-9)


def test_probability_is_certain_only_outside_bounds():
    result = run([95.0, 96, 97, 97.5, 98, 98.4, 98.9, 99.3], bounds=(0, 100))
    year = 2018
    assert result.probability("a", year, ">=", 100.5) == 0 and result.probability("a", year, ">", 100) == 0
    assert result.probability("a", year, "<=", 100) == 1 and result.probability("a", year, ">=", 0) == 1
    assert 0.005 <= result.probability("a", year, ">=", 100) < 1
    assert result.probability("a", year, "between", (0, 100)) == 1
    assert result.probability("a", year, "<", 1e-6) == 0.005
    assert run().probability("a", 2020, ">", 1e12) == 0.005


def test_many_targets_at_once_are_read_as_one_by_one():
    rng = np.random.default_rng(7)
    frame = pd.concat([pd.DataFrame({"unique_id": name, "ds": range(2000, 2000 + n), "y": level + spread * rng.normal(size=n).cumsum()})
                       for name, n, level, spread in (("log", 15, 200, 3), ("share", 12, 96, 0.2), ("raw", 20, 0, 1), ("constant", 9, 5, 0),
                                                      ("short", 3, 9, 1))])
    result = forecast(Panel.from_frame(frame), 3, bounds={"share": (0, 100)})
    values = np.array([[-1.0, 0, 150, 198, 205, 400], [-5, 0, 95, 97, 100, 101], [-9, -1, 0, 0.5, 2, 60], [-1, 4.9, 5, 5.1, 9, 99], [1] * 6])
    for step in (1, 3):
        found = result.reach(step, values)
        for i, name in enumerate(("log", "share", "raw", "constant")):
            year = int(frame.loc[frame["unique_id"] == name, "ds"].max()) + step
            assert found[i] == pytest.approx([result.probability(name, year, ">=", value) for value in values[i]], abs=1e-12)
        assert np.isnan(found[4]).all()
    for step, wrong in ((0, values), (4, values), (1, values[:2])):
        with pytest.raises(DataError, match="step .* shape"):
            result.reach(step, wrong)


def test_members_move_the_curve():
    result = run()
    p = result.probability("a", 2022, ">=", 250.0, by_member=True)
    assert list(p) == ["forecast", "drift", "theta_log", "dot", "dot_box_cox"]
    highest = max(p, key=lambda name: -1 if name == "forecast" else p[name])
    assert highest == result.explain("a", 2022).highest


@pytest.mark.parametrize(("arguments", "words"), [
    (("a", 2019, ">=", 1.0), "last observed year is 2019"),
    (("a", 2024, ">=", 1.0), "past the horizon.*2020 to 2023"),
    (("b", 2020, ">=", 1.0), "no series 'b'"),
    (("a", 2020, "=", 1.0), "comparator '='"),
    (("a", 2020, ">=", "high"), "expected one number"),
    (("a", 2020, ">=", float("nan")), "expected numbers"),
    (("a", 2020, "between", 3.0), "expected two numbers"),
    (("a", 2020, "between", (3.0, 1.0)), "rising order"),
])
def test_questions_that_have_no_answer(arguments, words):
    with pytest.raises(DataError, match=words):
        run().probability(*arguments)


def test_a_series_that_is_not_forecast_has_no_probability():
    with pytest.raises(DataError, match="too_short, 3 usable years"):
        run(GROWING[:3]).probability("a", 2014, ">", 1.0)


@pytest.mark.parametrize("p", [0, 1, -1, 1.5])
def test_quantiles_of_impossible_probabilities(p):
    with pytest.raises(DataError, match="between 0 and 1"):
        run().quantile(p)


def test_widening_moves_the_ends_and_is_noted():
    plain, wide = run(), run(widening={95: 1.5})
    np.testing.assert_allclose(wide.knots[..., [1, 2, 3]], plain.knots[..., [1, 2, 3]])
    np.testing.assert_allclose(wide.knots[..., 4] - wide.knots[..., 2], 1.5 * (plain.knots[..., 4] - plain.knots[..., 2]))
    assert wide.notes["flags"].item() == "widened"
    with pytest.raises(DataError, match="90: 2"):
        run(widening={90: 2})


def test_a_curve_without_width_is_a_step():
    zero = run([0.0] * 6)
    assert zero.probability("a", 2016, ">=", 0.0) == 1  # zeros, nothing negative: 0 is the floor
    curve = np.full(5, 3.0)
    assert (read_share_below(curve, 3.0, True), read_share_below(curve, 3.0, False), read_share_below(curve, 2.9, True)) == (1, 0, 0)


def test_explain_takes_a_figure_apart():
    result = run()
    account = result.explain("a", 2021)
    assert account.members["drift"] == pytest.approx(result.members[0, 0, 1])
    assert account.pool == pytest.approx(np.mean(list(account.members.values())))
    assert account.spread == pytest.approx(account.members[account.highest] / account.members[account.lowest] - 1)
    assert account.moved == pytest.approx(100 * (account.point / account.pool - 1))
    assert account.frame()["part"].tolist()[-6:] == ["pool", "point", "lo-80", "hi-80", "lo-95", "hi-95"]
