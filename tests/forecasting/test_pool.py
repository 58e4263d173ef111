"""The pool: paths, bounds, flags, and the properties that every forecast keeps."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdlib.errors import DataError
from qdlib.forecasting import Panel, forecast, forecast_panel
from qdlib.forecasting.pool import MEMBERS


def make(values, unique_id="a", first=2000) -> pd.DataFrame:
    return pd.DataFrame({"unique_id": unique_id, "ds": range(first, first + len(values)), "y": np.asarray(values, dtype=float)})


def run(values, horizon=3, **settings_):
    return forecast(Panel.from_frame(make(values)), horizon, **settings_)


GROWING = [100.0, 108.0, 115.0, 127.0, 133.0, 149.0, 155.0, 170.0, 181.0, 199.0]
GROWTH_RATES = [8.1, 7.9, 6.8, 7.4, 7.0, 6.1, 3.0, 8.2, 3.9, 5.8]

walks = st.builds(
    lambda seed, n, spread: np.round(1000 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0.04, spread, n))), 2).tolist(),
    st.integers(0, 10**6), st.integers(4, 45), st.sampled_from([0.01, 0.1, 0.4]))
balances = st.builds(lambda seed, n: np.round(np.random.default_rng(seed).normal(1, 5, n), 2).tolist(),
                     st.integers(0, 10**6), st.integers(4, 45))
some = settings(max_examples=30, deadline=None)


def numbers(frame: pd.DataFrame) -> np.ndarray:
    return frame.drop(columns=["unique_id", "ds"]).to_numpy(dtype=float)


@some
@given(st.lists(st.one_of(walks, balances), min_size=2, max_size=6), st.integers(1, 12), st.randoms(use_true_random=False))
def test_a_forecast_depends_neither_on_the_others_nor_on_the_order_of_rows(many, horizon, random):
    frame = pd.concat([make(values, f"s{i}") for i, values in enumerate(many)], ignore_index=True)
    together = forecast_panel(frame, horizon).set_index("unique_id")
    order = list(range(len(frame)))
    random.shuffle(order)
    shuffled = forecast_panel(frame.iloc[order], horizon).set_index("unique_id")
    for i in range(len(many)):
        alone = forecast_panel(make(many[i], f"s{i}"), horizon)
        for other in (together, shuffled):
            np.testing.assert_allclose(numbers(other.loc[[f"s{i}"]].reset_index()), numbers(alone), rtol=1e-9, atol=1e-9)


@some
@given(st.one_of(walks, balances), st.sampled_from([1e4, 1e-4, 1e8, 3.0, 1e-12]))
def test_the_unit_does_not_matter(values, factor):
    one, other = forecast_panel(make(values), 6), forecast_panel(make(np.array(values) * factor), 6)
    scale = np.abs(np.array(values)).max()
    np.testing.assert_allclose(numbers(other) / factor, numbers(one), rtol=1e-9, atol=1e-9 * scale)


@some
@given(st.one_of(walks, balances), st.integers(1, 30))
def test_forecasts_are_finite_and_ordered(values, horizon):
    frame = forecast_panel(make(values), horizon, levels=(1, 50, 80, 95, 99))
    assert np.isfinite(numbers(frame)).all()
    ends = ["lo-99", "lo-95", "lo-80", "lo-50", "lo-1", "mean", "hi-1", "hi-50", "hi-80", "hi-95", "hi-99"]
    assert (np.diff(frame[ends].to_numpy(), axis=1) >= 0).all()


def test_same_input_same_bytes():
    frame = pd.concat([make(GROWING, "a"), make(GROWTH_RATES, "b")])
    assert forecast_panel(frame, 5).to_csv() == forecast_panel(frame, 5).to_csv()


@pytest.mark.parametrize("values", [[1e300, 2e300, 1.5e300, 1.7e300], [1e-300, 2e-300, 4e-300, 3e-300], [1.0, 1e12, 3.0, 1e-9, 5.0], [0.0] * 5,
                                    [0.0, 0, 0, 0, 1.0], [-1e300, 1e300, 1e299, 0.0]])
def test_odd_values_give_finite_forecasts(values):
    with np.errstate(over="ignore"):
        assert not np.isnan(numbers(run(values).frame())).any()


def test_forecast_panel_is_the_frame_of_forecast_and_no_more():
    frame = pd.concat([make(GROWING, "a"), make(GROWTH_RATES, "b"), make([1.0, 2.0], "c")])
    pd.testing.assert_frame_equal(forecast_panel(frame, 4, (50, 90), 9), forecast(Panel.from_frame(frame, history=9), 4).frame((50, 90)))


def test_a_forecast_opens_no_file_but_the_prior_and_no_connection():
    code = (
        "import sys, pandas as pd, qdlib.forecasting as f\n"
        "frame = pd.DataFrame({'unique_id': 'a', 'ds': range(12), 'y': [float(v) for v in range(5, 17)]})\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, args: seen.append(str(args[0])) if event in ('open', 'socket.connect', 'subprocess.Popen') else None)\n"
        "f.forecast_panel(frame, 3)\n"
        "print([name for name in seen if not name.endswith(('.py', '.pyc', '.so'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert len(eval(done.stdout)) == 1 and "prior.npz" in done.stdout


@pytest.mark.parametrize("horizon", [0, 31, 2.0, True, "3", None])
def test_horizon_is_one_to_thirty(horizon):
    with pytest.raises(DataError, match="expected a whole number of years, 1 to 30"):
        forecast_panel(make(GROWING), horizon)


@pytest.mark.parametrize("levels", [(0,), (100,), (80.5,), (80, 80), 80, ("80",)])
def test_levels_are_whole_per_cents(levels):
    with pytest.raises(DataError, match="levels"):
        forecast_panel(make(GROWING), 2, levels=levels)


def test_paths():
    assert run(GROWING).notes["path"].item() == "log"
    for values in ([0.0, *GROWING], [-1.0, *GROWING]):
        assert run(values).notes["path"].item() == "raw"
    rates = run(GROWTH_RATES, scale={"a": "raw"})
    assert rates.notes["path"].item() == "raw"
    used = [name for name, points in zip(MEMBERS, rates.members, strict=True) if not np.isnan(points).any()]
    assert used == ["ses", "mean_ten", "theta"]
    assert rates.point[0] == pytest.approx(rates.members[4:, 0].mean(axis=0), rel=1e-12)


def test_the_log_path_is_the_mean_of_its_members():
    result = run(GROWING, learner=False)
    assert result.point[0] == pytest.approx(result.members[:4, 0].mean(axis=0), rel=1e-12)
    short = run(GROWING[:6], learner=False)
    assert short.point[0] == pytest.approx(short.members[:3, 0].mean(axis=0), rel=1e-12)


def test_log_with_a_value_that_has_none_is_an_error():
    with pytest.raises(DataError, match=r"a \(lowest -1.0\)"):
        run([-1.0, *GROWING], scale="log")


@pytest.mark.parametrize("scale", ["logs", {"a": "linear"}, 3])
def test_unknown_scale(scale):
    with pytest.raises(DataError, match="expected 'auto', 'raw'"):
        run(GROWING, scale=scale)


def test_settings_for_an_unknown_series_are_refused():
    with pytest.raises(DataError, match="no series 'b'"):
        run(GROWING, scale={"b": "raw"})


def test_raw_points_have_no_floor_once_a_value_was_negative():
    falling = [9.0, 7, 6, 4, 3, 1, 0, 0]
    assert run(falling).point.min() >= 0 and run(falling).quantile(0.025).min() >= 0
    assert run([9.0, 7, 5, 3, 1, -1, -3, -5]).point.min() < 0


def test_bounds_clip_points_and_quantiles():
    share = [97.0, 98.1, 98.5, 98.8, 99.0, 99.4, 99.7, 99.9]
    free, held = run(share), run(share, bounds=(0, 100))
    assert free.quantile(0.975).max() > 100 and held.quantile(0.975).max() == 100
    assert held.point.max() <= 100
    pd.testing.assert_frame_equal(run(share, bounds={"a": (None, 100)}).frame(), held.frame())


@pytest.mark.parametrize(("bounds", "words"), [((5, 1), "not below"), ((0, 150), "outside the bounds"), ("low", "expected"),
                                               ({"a": 3}, "expected .lower, upper.")])
def test_faulty_bounds(bounds, words):
    with pytest.raises(DataError, match=words):
        run(GROWING, bounds=bounds)


@pytest.mark.parametrize(("values", "flags"), [
    ([5.0] * 9, "constant"),
    ([100.0, 130, 150, 160, 170, 180, 190, 215], "even_steps"),
    ([100.0, 130, 150, 165, 181.5, 199.65, 219.615, 230], "even_steps"),
    ([100.0, 130, 150, 160, 170, 180, 215, 230], ""),
    ([100.0, 130, 130, 130, 130, 130, 130, 230], ""),
    (GROWING, ""),
])
def test_flags(values, flags):
    assert run(values).notes["flags"].item() == flags


def test_beyond_the_prior():
    result = run(GROWING, 12)
    assert result.notes["flags"].item() == "beyond_prior"
    width = np.ptp(result.knots[0], axis=1)
    assert np.isfinite(width).all() and (np.diff(width[9:]) > 0).all()


class TestEveryMember:
    """What each method of the pool must keep, alone."""

    @pytest.fixture(params=MEMBERS)
    def points(self, request):
        """The member's points as a function of the values."""
        position, scale = MEMBERS.index(request.param), "log" if MEMBERS.index(request.param) < 4 else "raw"
        return lambda values, horizon=5: run(values, horizon, scale=scale).members[position, 0]

    def test_one_finite_point_per_step(self, points):
        assert points(GROWING, 12).shape == (12,) and np.isfinite(points(GROWING, 12)).all()

    def test_the_unit_does_not_matter(self, points):
        np.testing.assert_allclose(points(np.array(GROWING) * 1e4), points(GROWING) * 1e4, rtol=1e-9)

    def test_more_steps_change_no_earlier_one(self, points):
        np.testing.assert_array_equal(points(GROWING, 12)[:3], points(GROWING, 3))

    def test_a_constant_stays_constant(self, points):
        np.testing.assert_allclose(points([5.0] * 9), 5.0, rtol=1e-12)

    def test_never_below_zero_where_no_value_is(self, points):
        assert (points([50.0, 40, 30, 21, 12, 6, 3, 2, 1.0, 0.5], 20) >= 0).all()


def test_a_constant_has_hardly_a_band():
    result = run([5.0] * 9)
    assert result.point == pytest.approx(np.full((1, 3), 5.0), rel=1e-4)
    assert np.ptp(result.frame().filter(regex="95").to_numpy(), axis=1).max() < 0.1


def test_import_is_light():
    code = ("import sys, qdlib.forecasting as f; f.forecast_panel; "
            "heavy = {'statsmodels', 'scipy', 'matplotlib', 'pandera', 'papermill'} & set(sys.modules); print(sorted(heavy))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
