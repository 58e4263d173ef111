"""The 49 features by which the learned prior sees a series.

Takes a batch on the log path and its pool, gives (N, 49). Does not see level, calendar year or whether values are whole: no feature may
change with the unit. Decision: any change here, in order, number or meaning, needs a new `VERSION` and a newly trained `prior.npz`.
"""

import numpy as np

from qdlib.forecasting.methods import Batch, fit_line, total

VERSION = 1
NUMBER = 49
LOOK_AHEAD = 6  # steps of the pool that the features look at
BACK = (1, 2, 3, 4, 5, 6, 8, 10)  # years back whose change of ln y is a feature
MEMBER_STEPS = (1, 3, 6)
LIMIT = 30.0
FAR = 3.0  # |ln(member / y_n)| is kept within
ROUNDING = 1e-18  # variances below this share of s² are rounding errors, not movement


def measure_steps(batch: Batch) -> np.ndarray:
    """s: mean |Δ ln y| + 1e-4 of positive series."""
    return total(np.abs(_log_changes(batch))) / (batch.n - 1) + 1e-4


def measure_relative_steps(batch: Batch) -> np.ndarray:
    """m: mean |Δy| / y_n + 1e-5 of positive series."""
    change = np.where(batch.mask[1:], np.abs(np.diff(batch.y, axis=0)), 0.0)
    return total(change) / (batch.n - 1) / batch.last + 1e-5


def describe(batch: Batch, fit) -> np.ndarray:
    """Features (N, 49) of positive series; `fit` is the `LogPool` of the same batch with at least `LOOK_AHEAD` steps."""
    s = measure_steps(batch)
    logs = _logs_from_first(batch)
    columns = [*_describe_line(batch, logs, s), *_describe_changes(batch, logs, s), fit.box_cox, fit.dot.alpha, fit.dot.omega,
               fit.dot_box_cox.alpha, fit.dot_box_cox.omega, *_describe_recent(batch, logs, s), *_describe_pool(batch, fit, s)]
    return np.clip(np.stack(columns, axis=1), -LIMIT, LIMIT)


def _log_changes(batch: Batch) -> np.ndarray:
    ratio = np.ones_like(batch.y[1:])
    np.divide(batch.y[1:], batch.y[:-1], out=ratio, where=batch.mask[1:])
    return np.log(ratio)


def _logs_from_first(batch: Batch) -> Batch:
    """ln(y / y_1): exactly 0 throughout for a constant."""
    return batch.replace(np.log(np.where(batch.mask, batch.y, batch.y[0]) / batch.y[0]))


def _divide(above: np.ndarray, below: np.ndarray, least: np.ndarray | float = 0.0) -> np.ndarray:
    """above / below, 0 where `below` is not more than `least`."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > least)


def _describe_line(batch: Batch, logs: Batch, s: np.ndarray) -> list[np.ndarray]:
    intercept, slope, squares = fit_line(logs)
    mean = total(logs.y) / batch.n
    around = total(np.square(np.where(batch.mask, logs.y - mean, 0.0)))
    fitted = _divide(around - squares, around, ROUNDING * batch.n * s**2)
    return [np.log(batch.n), np.log(s + 0.002), np.log(measure_relative_steps(batch) + 0.002), slope / s, fitted,
            (logs.last - intercept - slope * batch.n) / s]


def _describe_changes(batch: Batch, logs: Batch, s: np.ndarray) -> list[np.ndarray]:
    d, inside = _log_changes(batch), batch.mask[1:]
    count = batch.n - 1
    size = np.abs(d)
    deviation = np.where(inside, d - total(d) / count, 0.0)
    variance = total(np.square(deviation))
    both = inside[1:] & inside[:-1]
    memory = _divide(total(np.where(both, deviation[1:] * deviation[:-1], 0.0)), variance, ROUNDING * count * s**2)
    age = batch.n - 1 - np.arange(1, len(batch.y))[:, None]  # 0 for the last change
    recent = [total(np.where(inside & (age < years), size, 0.0)) / np.minimum(count, years) / s for years in (3, 6)]
    lowest, highest = np.where(batch.mask, logs.y, np.inf).min(axis=0), np.where(batch.mask, logs.y, -np.inf).max(axis=0)
    return [memory, np.sqrt(variance / count) / s, *recent, size.max(axis=0) / s, total((inside & (d > 0)).astype(float)) / count,
            total((inside & (d == 0)).astype(float)) / count, (logs.last - highest) / s, (logs.last - lowest) / s]


def _describe_recent(batch: Batch, logs: Batch, s: np.ndarray) -> list[np.ndarray]:
    column = np.arange(len(batch.n))
    changes = [np.where(batch.n > k, logs.last - logs.y[np.maximum(batch.n - 1 - k, 0), column], 0.0) / s for k in BACK]
    return [*changes, *((batch.n > least).astype(float) for least in (7, 9, 11))]


def _describe_pool(batch: Batch, fit, s: np.ndarray) -> list[np.ndarray]:
    """asinh of the pool's change over s, and of each member's distance from the pool; a member that is missing equals the pool."""
    last = batch.last[:, None]
    ahead = np.clip(np.log(fit.pool[:, :LOOK_AHEAD] / last), -FAR, FAR)
    columns = [np.arcsinh(ahead[:, k] / s) for k in range(LOOK_AHEAD)]
    for member in fit.members:
        ratio = np.where(np.isnan(member[:, :LOOK_AHEAD]), fit.pool[:, :LOOK_AHEAD], member[:, :LOOK_AHEAD]) / last
        own = np.clip(np.log(np.maximum(ratio, np.exp(-2 * FAR))), -FAR, FAR)
        columns += [np.arcsinh((own[:, k - 1] - ahead[:, k - 1]) / s) for k in MEMBER_STEPS]
    return columns
