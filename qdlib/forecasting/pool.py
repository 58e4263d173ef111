"""The pool: which methods are averaged on which path, and the way from a panel to a forecast.

Takes a `Panel`, gives a `Forecast`. Log path (all y > 0): the mean of drift, Theta on ln y, DOT and DOT in Box-Cox space; with
fewer than eight years without the last. Raw path (a zero or negative value, or asked for): the mean of SES, the mean of the last
ten, and Theta; no learner, its bands come from the table.
Does not know cities or indicators. Decisions: raw-scale members tame the others, which alone explode; drift is not on the raw
path because growth rates revert; every series is scaled by a power of two, which is exact, so that no unit over- or underflows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qdlib.errors import DataError, raise_all
from qdlib.forecasting import features, methods, prior
from qdlib.forecasting.forecasts import Forecast, check_levels
from qdlib.forecasting.intervals import KNOTS, LARGEST, STEPS, check_widening, place_knots
from qdlib.forecasting.methods import Batch
from qdlib.forecasting.panel import Panel, _list_first

MEMBERS = ("drift", "theta_log", "dot", "dot_box_cox", "ses", "mean_ten", "theta")  # the first four: log path, the others: raw path
LOG_MEMBERS = 4
NOTES = ("unique_id", "n_used", "first_year", "last_year", "path", "status", "reason", "filled", "flags")
CHUNK = 1024  # series per batch: the arrays of a search stay in the cache
FEW = 8  # years below which the pool is smaller and the status `short`
FAR = 3.0  # |ln(pool / y_n)| is kept within
HORIZONS = range(1, 31)
VOICE = 8.0  # |u| of the learner's median is kept within
OUTER = 25.0  # |u| of the outer knots is kept within
TINY = 1e-300
EVEN = 4  # equal steps in a row that look filled in


@dataclass(frozen=True, eq=False)
class LogPool:
    """One batch on the log path: members (4, N, H) with NaN where not pooled, pool (N, H), and what the learner's features
    need."""

    members: np.ndarray
    pool: np.ndarray
    box_cox: np.ndarray
    dot: methods.DynamicTheta
    dot_box_cox: methods.DynamicTheta


def pool_log(batch: Batch, horizon: int) -> LogPool:
    """Members and pool of positive series, in the unit of `batch.y`."""
    logs = batch.replace(np.log(np.where(batch.mask, np.maximum(batch.y, TINY), 1.0)))
    mean = methods.total(logs.y) / batch.n
    centred = logs.replace(logs.y - mean)
    box_cox = methods.choose_box_cox(centred)
    transformed = batch.replace(methods.transform(centred.y, box_cox))
    theta = methods.extend_smoothing_and_theta(centred, horizon)[1]
    dot = methods.fit_dynamic_theta(batch, horizon)
    other = methods.fit_dynamic_theta(transformed, horizon)
    in_logs = np.clip(theta, -methods.EXPONENT, methods.EXPONENT), methods.transform_back(other.points, box_cox)
    members = np.stack([methods.extend_drift(batch, horizon), np.exp(in_logs[0] + mean[:, None]), dot.points,
                        np.exp(in_logs[1] + mean[:, None])])
    members = np.maximum(members, 0.0)
    few = batch.n < FEW
    members[3, few] = np.nan
    pool = (members[0] + members[1] + members[2] + np.where(few[:, None], 0.0, members[3])) / np.where(few, 3, 4)[:, None]
    last = batch.last[:, None]
    return LogPool(members, np.clip(pool, np.exp(-FAR) * last, np.exp(FAR) * last), box_cox, dot, other)


def pool_raw(batch: Batch, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Members (3, N, H) and pool (N, H) on y itself; floored at 0 where no value is negative."""
    smooth, theta = methods.extend_smoothing_and_theta(batch, horizon)
    members = np.stack([smooth, methods.average_last(batch, horizon), theta])
    floor = np.where(batch.y.min(axis=0) < 0, -np.inf, 0.0)[:, None]
    members = np.maximum(members, floor)
    return members, (members[0] + members[1] + members[2]) / 3


# --- from a panel to batches ----------------------------------------------------------------------------------------------------


def _choose_paths(panel: Panel, scale) -> np.ndarray:
    """True where a series goes the raw path; DataError lists series that "log" cannot take."""
    wanted = np.full(len(panel.ids), "auto", dtype=object)
    if isinstance(scale, str):
        wanted[:] = scale
    elif isinstance(scale, Mapping):
        for unique_id, word in scale.items():
            wanted[panel.find(unique_id)] = word
    else:
        raise DataError(f"scale is {scale!r} · expected 'auto', 'raw', 'log' or a mapping from unique_id to one of them")
    unknown = [f"{panel.ids[i]}: {wanted[i]!r}" for i in np.flatnonzero(~np.isin(wanted.astype(str), ("auto", "raw", "log")))]
    if unknown:
        raise DataError(f"scale {_list_first(unknown)} · expected 'auto', 'raw' or 'log'")
    with np.errstate(invalid="ignore"):
        not_positive = (panel.y <= 0).any(axis=0)
    impossible = np.flatnonzero((wanted == "log") & not_positive & panel.forecastable)
    if len(impossible):
        raise DataError("scale 'log' but values ≤ 0: " + _list_first(
            f"{panel.ids[i]} (lowest {np.nanmin(panel.y[:, i])})" for i in impossible) + " · use 'raw' or 'auto'")
    return (wanted == "raw") | ((wanted != "log") & not_positive)


def fill_gaps(panel: Panel, raw: np.ndarray) -> np.ndarray:
    """`panel.y` with inner gaps (one or two years) filled: geometric on the log path, linear on the raw path; 0 beyond the
    ends."""
    y = panel.y.copy()
    missing = np.isnan(y)
    t, i = np.nonzero(missing & (np.arange(len(y))[:, None] < panel.n) & panel.forecastable)
    left = np.where(missing[t - 1, i], t - 2, t - 1)
    right = np.where(missing[np.minimum(t + 1, len(y) - 1), i], t + 2, t + 1)
    share, low, high = (t - left) / (right - left), y[left, i], y[right, i]
    with np.errstate(divide="ignore", invalid="ignore"):
        y[t, i] = np.where(raw[i], low + share * (high - low), low * (high / low) ** share)
    return np.nan_to_num(y)


def make_batches(y: np.ndarray, n: np.ndarray, columns: np.ndarray):
    """Yield (columns, Batch, exponent of two): `columns` in chunks, longest first, scaled to a largest |y| in [½, 1)."""
    ordered = columns[np.argsort(-n[columns], kind="stable")]
    for begin in range(0, len(ordered), CHUNK):
        chunk = ordered[begin:begin + CHUNK]
        part = y[:n[chunk[0]], chunk]
        exponent = np.frexp(np.abs(part).max(axis=0))[1]
        yield chunk, Batch(np.ldexp(part, -exponent), n[chunk]), exponent


def _find_flags(y: np.ndarray, panel: Panel, horizon: int, widened: bool) -> np.ndarray:
    """Codes per series, joined by blanks: constant, even_steps, beyond_prior, widened."""
    inside = np.arange(len(y))[:, None] < panel.n
    constant = (np.where(inside, y, y[0]) == y[0]).all(axis=0)
    even = _has_even_steps(y, inside) | _has_even_steps(np.log(np.where(inside & (y > 0), y, 1.0)), inside & (y > 0))
    words = {"constant": constant, "even_steps": even & ~constant, "beyond_prior": np.full(len(constant), horizon > STEPS),
             "widened": np.full(len(constant), widened)}
    flags = np.full(len(constant), "", dtype=object)
    for word, where in words.items():
        chosen = where & panel.forecastable
        flags[chosen] = [f"{flag} {word}".strip() for flag in flags[chosen]]
    return flags


def _has_even_steps(values: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """True where at least `EVEN` steps in a row are equal and not zero, to a millionth: interpolated, not observed."""
    step = np.diff(values, axis=0)
    rounding = 1e-12 * np.abs(values[1:])
    usable = inside[1:] & inside[:-1] & (np.abs(step) > rounding)
    same = usable[1:] & usable[:-1] & (np.abs(np.diff(step, axis=0)) <= 1e-6 * np.abs(step[1:]) + rounding[1:])
    run = np.ones((max(len(same) - EVEN + 2, 0), values.shape[1]), dtype=bool)
    for shift in range(EVEN - 1):
        run &= same[shift:shift + len(run)]
    return run.any(axis=0)


def _read_bounds(bounds, panel: Panel) -> tuple[np.ndarray, np.ndarray]:
    """(lower, upper) per series, infinite where there is none; DataError where observed values lie outside."""
    lower, upper = np.full(len(panel.ids), -np.inf), np.full(len(panel.ids), np.inf)
    given = {} if bounds is None else bounds if isinstance(bounds, Mapping) else dict.fromkeys(panel.ids, bounds)
    faults = []
    for unique_id, pair in given.items():
        i = panel.find(unique_id)
        try:
            low, high = pair
            lower[i] = -np.inf if low is None or np.isnan(low) else low
            upper[i] = np.inf if high is None or np.isnan(high) else high
        except (TypeError, ValueError):
            faults.append(f"{unique_id}: {pair!r} · expected (lower, upper), None for no bound")
            continue
        if not lower[i] < upper[i]:
            faults.append(f"{unique_id}: lower bound {lower[i]} is not below upper bound {upper[i]}")
    raise_all(DataError, faults[:10], "bounds")
    outside = np.flatnonzero(((panel.y < lower) | (panel.y > upper)).any(axis=0))
    if len(outside):
        raise DataError("observed values outside the bounds: " + _list_first(
            f"{panel.ids[i]} has {np.nanmin(panel.y[:, i])} to {np.nanmax(panel.y[:, i])}, bounds {lower[i]} to {upper[i]}"
            for i in outside) + " · correct the values or the bounds")
    return lower, upper


# --- forecasts ------------------------------------------------------------------------------------------------------------------


def _check_horizon(horizon) -> int:
    if isinstance(horizon, bool) or not isinstance(horizon, (int, np.integer)) or horizon not in HORIZONS:
        raise DataError(f"horizon is {horizon!r} · expected a whole number of years, {HORIZONS[0]} to {HORIZONS[-1]}")
    return int(horizon)


@dataclass(frozen=True, eq=False)
class _Result:
    """One batch in its own unit: point, pool, learned voice (N, H), members (K, N, H), knots (N, H, 5)."""

    point: np.ndarray
    pool: np.ndarray
    learned: np.ndarray
    members: np.ndarray
    knots: np.ndarray


def _run_log_path(batch: Batch, horizon: int, source: prior.Prior, learner: bool, factors) -> _Result:
    fit = pool_log(batch, max(horizon, features.LOOK_AHEAD))
    pool, s = fit.pool[:, :horizon], features.measure_steps(batch)
    u = (source.speak(batch, fit) if learner else source.look_up(s))[:, _hold(horizon)]
    learned = pool * np.exp(s[:, None] * np.clip(u[..., 2], -VOICE, VOICE)) if learner else np.full(pool.shape, np.nan)
    point = (pool + learned) / 2 if learner else pool  # the half is fixed beforehand: the learner alone flatters itself on the past
    knots = place_knots(np.log(point), np.log(pool), s[:, None, None] * np.clip(u, -OUTER, OUTER), factors)
    return _Result(point, pool, learned, fit.members[..., :horizon], knots)


def _run_raw_path(batch: Batch, horizon: int, source: prior.Prior, factors) -> _Result:
    members, pool = pool_raw(batch, horizon)
    offsets = prior.measure_raw_steps(batch)[:, None, None] * source.look_up_raw(batch.n)[:, _hold(horizon)]
    return _Result(pool, pool, np.full(pool.shape, np.nan), members, place_knots(pool, pool, offsets, factors))


def _hold(horizon: int) -> np.ndarray:
    """Index of the prior's step for each step: beyond the last one the last is held."""
    return np.minimum(np.arange(horizon), STEPS - 1)


def compute(panel: Panel, horizon: int, scale="auto", bounds=None, learner=True, widening=None, source=None) -> Forecast:
    """`forecast` with the prior as an argument (`source`), for training and benchmarks."""
    horizon, factors = _check_horizon(horizon), check_widening(widening)
    source = prior.load() if source is None else source
    if learner:
        source.require_network()
    raw, (lower, upper) = _choose_paths(panel, scale), _read_bounds(bounds, panel)
    y, shape = fill_gaps(panel, raw), (len(panel.ids), horizon)
    point, pool, learned = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    members, knots = np.full((len(MEMBERS), *shape), np.nan), np.full((*shape, len(KNOTS)), np.nan)
    for on_raw in (False, True):
        where = np.flatnonzero(panel.forecastable & (raw == on_raw))
        for chunk, batch, exponent in make_batches(y, panel.n, where):
            unit = exponent[:, None]
            if on_raw:
                found = _run_raw_path(batch, horizon, source, factors)
                knots[chunk] = np.ldexp(found.knots, unit[..., None])
            else:
                found = _run_log_path(batch, horizon, source, learner, factors)
                knots[chunk] = np.clip(found.knots + np.log(2) * unit[..., None], -LARGEST, LARGEST)
            point[chunk], pool[chunk], learned[chunk] = (np.ldexp(part, unit) for part in (found.point, found.pool, found.learned))
            members[LOG_MEMBERS:, chunk] = np.ldexp(found.members, unit) if on_raw else np.nan
            members[:LOG_MEMBERS, chunk] = np.nan if on_raw else np.ldexp(found.members, unit)
    notes = panel.notes.assign(path=np.where(panel.forecastable, np.where(raw, "raw", "log"), ""),
                               flags=_find_flags(y, panel, horizon, bool(factors)))
    counts = raw & (np.nanmin(np.where(np.isnan(panel.y), np.inf, panel.y), axis=0) == 0)  # zeros, nothing negative: 0 is the floor
    floor = np.where(counts, np.maximum(lower, 0.0), lower)
    return Forecast(panel.ids, panel.next_dates(horizon), np.clip(point, floor[:, None], upper[:, None]), knots, members,
                    notes[list(NOTES)], MEMBERS, pool, learned, raw, floor, upper, panel)


def forecast(panel: Panel, horizon: int, scale="auto", bounds=None, learner=True, widening=None) -> Forecast:
    """Points, curves and members of every series of the panel for the steps 1…horizon (1–30), in each series' own unit.

    scale: auto (log path where all y > 0, else raw), raw, log, or a mapping from unique_id to one of them.
    bounds: (lower, upper) for all, or a mapping from unique_id; None for no bound. Points and quantiles are clipped.
    learner: the learned correction: the point is the mean of the pool and of what the network makes of it, the bands are the network's.
    False: the point is the pool and the bands come from the prior's table. A prior without weights refuses True (DataError).
    widening: factors {80: f, 95: g} of `backtest.widening_from`; never applied unless given, and then noted.
    """
    return compute(panel, horizon, scale, bounds, learner, widening)


def forecast_panel(series: pd.DataFrame, horizon: int, levels=(80, 95), history: int | None = None) -> pd.DataFrame:
    """Forecast annual series: `horizon` rows per series, in order of first appearance.

    series: `unique_id`, `ds` (whole years or one date a year), `y` (any unit, NaN where missing), in any row order. Returns
    `unique_id, ds, mean`, then `lo-L, hi-L` for each of `levels`, in the unit of y; NaN rows for a series of fewer than four
    usable values. `mean` is the usual name of the column; the figure is a median. history: last years used, None for 40.
    """
    levels = check_levels(levels)
    return forecast(Panel.from_frame(series, history=history), horizon).frame(levels)
