"""The batched methods against plain loops of the same formulas, one series at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdlib.forecasting import methods
from qdlib.forecasting.methods import Batch

series = st.lists(st.floats(1.0, 1000.0).map(lambda value: round(value, 2)), min_size=4, max_size=60)
panels = st.lists(series, min_size=1, max_size=4)
slow = settings(max_examples=25, deadline=None)


def make_batch(many: list[list[float]]) -> Batch:
    """Columns, longest first."""
    ordered = sorted(many, key=len, reverse=True)
    y = np.zeros((len(ordered[0]), len(ordered)))
    for i, values in enumerate(ordered):
        y[:len(values), i] = values
    return Batch(y, np.array([len(values) for values in ordered]))


def columns(batch: Batch) -> list[np.ndarray]:
    return [batch.y[:n, i] for i, n in enumerate(batch.n)]


def search(loss, grid, low, high, floor):
    best, least = grid[0], max(loss(grid[0]), floor)
    for value in grid[1:]:
        if max(loss(value), floor) < least * (1 - 1e-9):
            best, least = value, max(loss(value), floor)
    for step in (0.05, 0.025, 0.0125):
        for value in (max(best - step, low), min(best + step, high)):
            if max(loss(value), floor) < least * (1 - 1e-9):
                best, least = value, max(loss(value), floor)
    return best


def smooth_slowly(z, alpha):
    """λ and residuals with ℓ_0 = 0, then the best ℓ_0 by brute algebra."""
    level, residuals, weights = 0.0, [], []
    for t, value in enumerate(z):
        residuals.append(value - level)
        weights.append((1 - alpha) ** t)
        level = alpha * value + (1 - alpha) * level
    r, w = np.array(residuals), np.array(weights)
    start = (r @ w) / (w @ w)
    return r @ r - start * (r @ w), start, level


def theta_slowly(y, horizon):
    z = y - y[0]
    n = len(z)
    alpha = search(lambda a: smooth_slowly(z, a)[0], [*(k / 10 for k in range(1, 10)), 0.9999], 0.001, 0.9999, 1e-14 * (z @ z))
    _, start, level = smooth_slowly(z, alpha)
    level += (1 - alpha) ** n * start
    slope = np.polyfit(np.arange(1, n + 1), z, 1)[0] / 2
    steps = np.arange(1, horizon + 1)
    return np.full(horizon, y[0] + level), y[0] + level + slope * (steps - 1 + (1 - (1 - alpha) ** n) / alpha)


def trends_slowly(values):
    """A_t, B_t, ȳ_t for t = 0…n by the recursions as printed."""
    a, b, mean = [0.0, values[0]], [0.0, 0.0], [0.0, values[0]]
    for t in range(2, len(values) + 1):
        y = values[t - 1]
        b.append(((t - 2) * b[t - 1] + 6 * (y - mean[t - 1]) / t) / (t + 1))
        mean.append(((t - 1) * mean[t - 1] + y) / t)
        a.append(mean[t] - b[t] * (t + 1) / 2)
    return a, b, mean


def dot_errors(values, alpha, omega, start):
    """Errors y_t − μ_t for t ≥ 3 and the state after the last year."""
    a, b, _ = trends_slowly(values)
    level, errors = start, []
    for t, y in enumerate(values, start=1):
        mu = level + omega * ((1 - alpha) ** (t - 1) * a[t - 1] + b[t - 1] * (1 - (1 - alpha) ** t) / alpha)
        if t >= 3:
            errors.append(y - mu)
        level = alpha * y + (1 - alpha) * level
    return np.array(errors), level


def dot_terms(values, alpha):
    """r, w, G for t ≥ 3."""
    a, b, _ = trends_slowly(values)
    level, rows = 0.0, []
    for t, y in enumerate(values, start=1):
        w = (1 - alpha) ** (t - 1)
        rows.append((y - level, w, w * a[t - 1] + b[t - 1] * (1 - (1 - alpha) ** t) / alpha))
        level = alpha * y + (1 - alpha) * level
    return np.array(rows[2:]).T


def dot_loss(values, alpha, omega, start):
    g = dot_terms(values, alpha)[2]
    errors, _ = dot_errors(values, alpha, omega, start)
    return errors @ errors + (g @ g) / len(values) * (omega - 0.5) ** 2


def dot_closed(values, alpha):
    r, w, g = dot_terms(values, alpha)
    rho = (g @ g) / len(values)
    denominator = (w @ w) * (g @ g + rho) - (w @ g) ** 2
    omega = np.clip(((r @ g + rho / 2) * (w @ w) - (r @ w) * (w @ g)) / denominator, 0, 1) if denominator > 0 else 0.5
    return omega, (r @ w - omega * (w @ g)) / (w @ w)


def dot_slowly(y, horizon):
    values = list(y - y[0])
    floor = 1e-14 * sum(v * v for v in values)
    alpha = search(lambda a: dot_loss(values, a, *dot_closed(values, a)), [*(k / 10 for k in range(1, 10)), 0.99], 0.10, 0.99, floor)
    omega, start = dot_closed(values, alpha)
    _, level = dot_errors(values, alpha, omega, start)
    points = []
    for _ in range(horizon):
        a, b, _ = trends_slowly(values)
        t = len(values) + 1
        mu = level + omega * ((1 - alpha) ** (t - 1) * a[-1] + b[-1] * (1 - (1 - alpha) ** t) / alpha)
        level = alpha * mu + (1 - alpha) * level
        values.append(mu)
        points.append(mu + y[0])
    return np.array(points)


def close(actual, expected, scale):
    np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-9 * scale)


@slow
@given(panels)
def test_drift_and_mean_of_ten_are_the_plain_formulas(many):
    batch = make_batch(many)
    for i, y in enumerate(columns(batch)):
        close(methods.extend_drift(batch, 5)[i], [y[-1] + k * (y[-1] - y[0]) / (len(y) - 1) for k in range(1, 6)], y.max())
        close(methods.average_last(batch, 5)[i], np.full(5, y[-10:].mean()), y.max())


@slow
@given(panels)
def test_smoothing_and_theta_equal_the_slow_loop(many):
    batch = make_batch(many)
    smooth, theta = methods.extend_smoothing_and_theta(batch, 6)
    for i, y in enumerate(columns(batch)):
        expected = theta_slowly(y, 6)
        close(smooth[i], expected[0], y.max())
        close(theta[i], expected[1], y.max())


@slow
@given(panels)
def test_dynamic_theta_equals_the_slow_loop(many):
    batch = make_batch(many)
    points = methods.fit_dynamic_theta(batch, 6).points
    for i, y in enumerate(columns(batch)):
        close(points[i], dot_slowly(y, 6), np.abs(points[i]).max() + y.max())


@slow
@given(series)
def test_no_fine_search_beats_the_closed_form_of_dynamic_theta(values):
    fit = methods.fit_dynamic_theta(make_batch([values]), 1)
    alpha, omega, start = float(fit.alpha[0]), float(fit.omega[0]), float(fit.start[0]) - values[0]
    z = [value - values[0] for value in values]
    least = dot_loss(z, alpha, omega, start)
    r, w, g = dot_terms(z, alpha)
    for other in np.linspace(0, 1, 201):
        best_start = (r @ w - other * (w @ g)) / (w @ w)
        for shift in (-1e-3, 0.0, 1e-3):
            loss = dot_loss(z, alpha, other, best_start * (1 + shift) + shift)
            assert loss >= least - 1e-6 * max(least, 1e-9 * sum(v * v for v in z), 1e-12)


def test_pull_keeps_dynamic_theta_off_the_corner():
    random = np.random.default_rng(1)
    walks = [list(100 + np.cumsum(random.normal(1, 3, 25))) for _ in range(300)]
    omega = methods.fit_dynamic_theta(make_batch(walks), 1).omega
    assert (omega == 1).mean() < 0.25


@pytest.mark.parametrize("value", [7.0, 0.1, 123456.7])
def test_a_constant_stays_constant(value):
    batch = make_batch([[value] * 9, [value] * 5])
    for points in (methods.extend_drift(batch, 4), *methods.extend_smoothing_and_theta(batch, 4), methods.fit_dynamic_theta(batch, 4).points,
                   methods.average_last(batch, 4)):
        assert (points == value).all() or np.allclose(points, value, rtol=1e-15)


def test_drift_continues_a_straight_line():
    batch = make_batch([[10 + 3 * t for t in range(12)]])
    assert methods.extend_drift(batch, 3)[0] == pytest.approx([46, 49, 52], rel=1e-14)


def test_box_cox_finds_the_scale_on_which_the_series_is_straight():
    t = np.arange(1, 31)
    for y, expected in ((np.exp(0.1 * t), 0.0), ((2 + 0.5 * t) ** 2, 0.5), (5.0 + 2 * t, 1.0)):
        x = np.log(y)
        assert methods.choose_box_cox(make_batch([list(x - x.mean())]))[0] == pytest.approx(expected)


@slow
@given(series, st.sampled_from(methods.BOX_COX_GRID))
def test_box_cox_and_back(values, exponent):
    x = np.log(np.array(values)) - np.log(np.array(values)).mean()
    there = methods.transform(x[:, None], np.array([exponent]))
    close(methods.transform_back(there.T, np.array([exponent]))[0], x, 1.0)


def test_states_of_a_finished_series_stand_still():
    short, long = [1.0, 3.0, 2.0, 5.0, 4.0], [float(value) for value in range(1, 41)]
    together = methods.fit_dynamic_theta(make_batch([short, long]), 3).points[1]
    alone = methods.fit_dynamic_theta(make_batch([short]), 3).points[0]
    np.testing.assert_allclose(together, alone, rtol=1e-13)
