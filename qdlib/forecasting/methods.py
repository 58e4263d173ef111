"""Batched forecasting methods: drift, SES, Theta, dynamic optimised Theta, the Box-Cox exponent, the mean of the last ten.

Takes a `Batch`: annual series as the columns of one array, left-aligned, longest first. Gives the fitted parameters and the
points of steps 1…horizon as (N, H). Does not pool, does not know bands, scales or years.
Decisions: a Python loop runs over the years t only; at year t the live series are a leading slice, so the states of a finished
series stand still without a mask. No optimiser is called: every parameter but the smoothing α has a closed form, α is searched on
a grid, and in each search a later value must be better by `TIE`, so that ties fall alike in every unit.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

TIE = 1e-9  # relative gain that a later candidate of a search needs
NOISE = 1e-14  # a loss below this share of Σz² is rounding error: such fits tie
COARSE = tuple(step / 10 for step in range(1, 10))
HALVINGS = (0.05, 0.025, 0.0125)
BOX_COX_GRID = tuple(step / 10 for step in range(11))
EXPONENT = 50.0  # largest |x| that is put through exp


@dataclass(frozen=True, eq=False)
class Batch:
    """`y` (T, N), zero beyond each series' end; `n` (N,) lengths ≥ 2 in falling order."""

    y: np.ndarray
    n: np.ndarray

    @cached_property
    def live(self) -> np.ndarray:
        """How many leading columns still have a value at year t = 1…T."""
        return np.searchsorted(-self.n, -np.arange(1, len(self.y) + 1), side="right")

    @cached_property
    def mask(self) -> np.ndarray:
        return np.arange(len(self.y))[:, None] < self.n

    @cached_property
    def last(self) -> np.ndarray:
        """y_n of each series."""
        return self.y[self.n - 1, np.arange(self.y.shape[1])]

    def replace(self, y: np.ndarray) -> "Batch":
        """The same lengths with other values, again zero beyond the ends."""
        return Batch(np.where(self.mask, y, 0.0), self.n)


def total(values: np.ndarray) -> np.ndarray:
    """Sum over years, one year after the other, so that the result does not depend on the width of the batch."""
    result = np.zeros(values.shape[1:])
    for row in values:
        result += row
    return result


def fit_line(batch: Batch) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """OLS of y on t = 1…n: intercept, slope per year, sum of squared residuals."""
    t = np.arange(1, len(batch.y) + 1)[:, None]
    middle = (batch.n + 1) / 2
    mean = total(batch.y) / batch.n
    deviation = np.where(batch.mask, batch.y - mean, 0.0)
    slope = total(deviation * (t - middle)) / (batch.n * (batch.n.astype(float) ** 2 - 1) / 12)
    residual = np.where(batch.mask, deviation - slope * (t - middle), 0.0)
    return mean - slope * middle, slope, total(residual * residual)


def extend_drift(batch: Batch, horizon: int) -> np.ndarray:
    """The straight line through the first and the last value."""
    steps = np.arange(1, horizon + 1)
    return batch.last[:, None] + steps * ((batch.last - batch.y[0]) / (batch.n - 1))[:, None]


def average_last(batch: Batch, horizon: int, years: int = 10) -> np.ndarray:
    """The mean of the last `years` values (of all where there are fewer), held for every step."""
    recent = batch.mask & (np.arange(len(batch.y))[:, None] >= batch.n - years)
    mean = total(np.where(recent, batch.y, 0.0)) / np.minimum(batch.n, years)
    return np.repeat(mean[:, None], horizon, axis=1)


# --- simple exponential smoothing and Theta -------------------------------------------------------------------------------------


def _smooth(z: np.ndarray, live: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One pass for smoothing weights `alpha`, (G, N) or (G, 1) for all alike: Σr², Σrw and λ_n, each (G, N)."""
    shape = (len(alpha), z.shape[1])
    level, rr, rw = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    weight, keep = np.ones_like(alpha), 1.0 - alpha
    for row, count in zip(z, live, strict=True):
        if not count:
            break
        r = row[:count] - level[:, :count]
        rw[:, :count] += r * weight[:, :count]
        level[:, :count] += alpha[:, :count] * r
        rr[:, :count] += np.square(r, out=r)
        weight = weight * keep
    return rr, rw, level


def _search(loss, size: int, grid: tuple[float, ...], low: float, high: float, floor: np.ndarray) -> np.ndarray:
    """The α of least loss per series: the grid, then halvings around the best; `floor` is the loss that counts as none."""
    losses = np.maximum(loss(np.array(grid)[:, None]), floor)
    best, least = np.full(size, grid[0]), losses[0].copy()
    for value, candidate in zip(grid[1:], losses[1:], strict=True):
        better = candidate < least * (1 - TIE)
        best[better], least[better] = value, candidate[better]
    for step in HALVINGS:
        around = np.clip(np.stack([best - step, best + step]), low, high)
        for value, candidate in zip(around, np.maximum(loss(around), floor), strict=True):
            better = candidate < least * (1 - TIE)
            best[better], least[better] = value[better], candidate[better]
    return best


def fit_smoothing(batch: Batch) -> tuple[np.ndarray, np.ndarray]:
    """SES by least squares with a free first level: α and the last level ℓ_n. `batch.y` starts at 0."""
    n, z, live = batch.n.astype(float), batch.y, batch.live

    def solve(alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rr, rw, level = _smooth(z, live, alpha)
        keep = 1 - alpha
        start = rw * (1 - keep**2) / (1 - keep ** (2 * n))
        return rr - start * rw, start, level

    alpha = _search(lambda a: solve(a)[0], z.shape[1], (*COARSE, 0.9999), 0.001, 0.9999, NOISE * total(z * z))
    _, start, level = solve(alpha[None])
    return alpha, level[0] + (1 - alpha) ** n * start[0]


def extend_smoothing_and_theta(batch: Batch, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """SES and Theta (SES plus half the trend), which share one search for α."""
    z = batch.replace(batch.y - batch.y[0])
    alpha, level = fit_smoothing(z)
    half_slope = fit_line(z)[1] / 2
    lag = (1 - (1 - alpha) ** batch.n) / alpha
    steps = np.arange(horizon)
    flat = batch.y[0] + level
    return np.repeat(flat[:, None], horizon, axis=1), flat[:, None] + half_slope[:, None] * (steps + lag[:, None])


# --- dynamic optimised Theta ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class DynamicTheta:
    """Fitted smoothing `alpha`, weight `omega` = 1 − 1/θ of the trend, `start` ℓ_0, all (N,), and the points (N, H)."""

    alpha: np.ndarray
    omega: np.ndarray
    start: np.ndarray
    points: np.ndarray


def _next_trend(t: int, mean: np.ndarray, slope: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """ȳ_t, B_t and A_t, the running OLS line, from the state of t−1 ≥ 1 and the value of t (t: scalar or (N,))."""
    newer = ((t - 1) * mean + y) / t
    steeper = ((t - 2) * slope + 6 * (y - mean) / t) / (t + 1)
    return newer, steeper, newer - steeper * (t + 1) / 2


def _run_trends(z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A_t, B_t and ȳ_t for t = 0…T, each (T + 1, N); parameters play no part, so this runs once."""
    intercept, slope, mean = (np.zeros((len(z) + 1, z.shape[1])) for _ in range(3))
    for t in range(2, len(z) + 1):
        mean[t], slope[t], intercept[t] = _next_trend(t, mean[t - 1], slope[t - 1], z[t - 1])
    return intercept, slope, mean


def _sum_trend_products(z, live, alpha, intercept, slope) -> tuple[np.ndarray, ...]:
    """One pass for `alpha`, (G, N) or (G, 1): Σr², Σrw, ΣrG, ΣwG, ΣG² over t ≥ 3, and λ_n."""
    shape = (len(alpha), z.shape[1])
    level, rr, rw, rg, wg, gg = (np.zeros(shape) for _ in range(6))
    weight, keep, inverse = np.ones_like(alpha), 1.0 - alpha, 1.0 / alpha
    for t, (row, count) in enumerate(zip(z, live, strict=True), start=1):
        if not count:
            break
        r = row[:count] - level[:, :count]
        level[:, :count] += alpha[:, :count] * r
        if t >= 3:
            w = weight[:, :count]
            g = w * intercept[t - 1, :count]
            g += ((1 - weight * keep) * inverse)[:, :count] * slope[t - 1, :count]
            rw[:, :count] += r * w
            rg[:, :count] += r * g
            wg[:, :count] += w * g
            rr[:, :count] += np.square(r, out=r)
            gg[:, :count] += np.square(g, out=g)
        weight = weight * keep
    return rr, rw, rg, wg, gg, level


def _solve_trend(sums: tuple[np.ndarray, ...], alpha: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Loss, ω and ℓ_0 for fixed α: least squares with the pull ρ (ω − ½)² of one observation towards plain Theta."""
    rr, rw, rg, wg, gg, _ = sums
    keep = 1 - alpha
    ww = keep**4 * (1 - keep ** (2 * (n - 2))) / (1 - keep**2)
    pull = gg / n
    denominator = ww * (gg + pull) - wg * wg
    flat = denominator <= 0  # G is zero throughout: a constant series, ω plays no part
    omega = np.where(flat, 0.5, ((rg + pull / 2) * ww - rw * wg) / np.where(flat, 1.0, denominator))
    omega = np.clip(omega, 0.0, 1.0)
    start = (rw - omega * wg) / ww
    loss = rr - 2 * start * rw - 2 * omega * rg + start**2 * ww + 2 * start * omega * wg + omega**2 * gg
    return loss + pull * (omega - 0.5) ** 2, omega, start


def fit_dynamic_theta(batch: Batch, horizon: int) -> DynamicTheta:
    """DOT of each series (n ≥ 3): the recursions run on with y replaced by their own forecast."""
    first = batch.y[0]
    z, n, live = np.where(batch.mask, batch.y - first, 0.0), batch.n.astype(float), batch.live
    intercept, slope, mean = _run_trends(z)

    def loss(alpha: np.ndarray) -> np.ndarray:
        return _solve_trend(_sum_trend_products(z, live, alpha, intercept, slope), alpha, n)[0]

    alpha = _search(loss, z.shape[1], (*COARSE, 0.99), 0.10, 0.99, NOISE * total(z * z))
    sums = _sum_trend_products(z, live, alpha[None], intercept, slope)
    _, (omega,), (start,) = _solve_trend(sums, alpha[None], n)
    level = sums[-1][0] + (1 - alpha) ** n * start
    column = np.arange(z.shape[1])
    state = mean[batch.n, column], slope[batch.n, column], intercept[batch.n, column]
    points = _run_on(level, state, alpha, omega, n, horizon)
    return DynamicTheta(alpha, omega, first + start, points + first[:, None])


def _run_on(level, state, alpha, omega, n, horizon: int) -> np.ndarray:
    mean, slope, intercept = state
    points, keep = np.empty((len(n), horizon)), 1 - alpha
    for k in range(1, horizon + 1):
        t = n + k
        point = level + omega * (keep ** (t - 1) * intercept + slope * (1 - keep**t) / alpha)
        level = alpha * point + keep * level
        mean, slope, intercept = _next_trend(t, mean, slope, point)
        points[:, k - 1] = point
    return points


# --- Box-Cox --------------------------------------------------------------------------------------------------------------------


def choose_box_cox(x: Batch) -> np.ndarray:
    """λ in {0, .1, …, 1} whose transform of exp(x) lies closest to a straight line; x = ln y, centred on its mean.

    Centred on the geometric mean the transforms are comparable, so the least sum of squares is the profile likelihood's choice.
    """
    best, least = np.zeros(x.y.shape[1]), None
    tenth = np.exp(np.clip(0.1 * x.y, -EXPONENT, EXPONENT))
    power = np.ones_like(tenth)
    for exponent in BOX_COX_GRID:
        if exponent:
            power = power * tenth
        loss = fit_line(x if not exponent else x.replace((power - 1) / exponent))[2]
        loss = np.maximum(loss, NOISE * total(x.y * x.y))
        if least is None:
            least = loss
            continue
        better = loss < least * (1 - TIE)
        best[better], least[better] = exponent, loss[better]
    return best


def transform(x: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """Box-Cox transform of exp(x) by one exponent per series (last axis of x)."""
    safe = np.where(exponent == 0, 1.0, exponent)
    return np.where(exponent == 0, x, np.expm1(np.clip(safe * x, -EXPONENT, EXPONENT)) / safe)


def transform_back(v: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """ln of the inverse Box-Cox transform, within ±EXPONENT; v is (N, H), the exponent (N,)."""
    power = exponent[:, None]
    safe = np.where(power == 0, 1.0, power)
    return np.clip(np.where(power == 0, v, np.log(np.maximum(safe * v + 1, 1e-12)) / safe), -EXPONENT, EXPONENT)
