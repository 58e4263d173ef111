"""Reconcile: forecasts moved as little as their bands allow, so that they add up.

Takes a forecast and linear constraints among its series (GDP less three sectors = 0; shares = 100), gives a forecast that meets them in
every year. Does not judge whether figures may be added: only current-price values of one vintage do. Decisions: MinT with a diagonal
variance, so that what is well known moves least; a part that would leave its bounds (0 for a positive series) is set to the bound and the
rest solved again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from qdlib.errors import DataError
from qdlib.forecasting.forecasts import Forecast
from qdlib.forecasting.intervals import LARGEST, NORMAL

WIDTH_80 = 2 * NORMAL.inv_cdf(0.9)  # width of the 80 % band in standard deviations
MET = 1e-12  # relative gap below which a constraint counts as met
Constraint = tuple[Mapping[object, float], float]


def reconcile(forecast: Forecast, constraints: Sequence[Constraint] | Constraint, fixed: Sequence = ()) -> Forecast:
    """A forecast whose points meet the constraints in each year, to 1e-9.

    constraints: pairs ({unique_id: weight}, right side), in the series' units; one pair may stand alone. fixed: ids that stay (an official
    total). Formula per year: ỹ = ŷ + V A′ (A V A′)⁻¹ (b − A ŷ), V diagonal of ((hi80 − lo80)/2.5631)², 0 for fixed series (Wickramasuriya,
    Athanasopoulos and Hyndman 2019). Bands keep their relative width (raw path: their width). Raises DataError for series that are not
    forecast or end in different years, and where no solution exists.
    """
    if isinstance(constraints, tuple) and len(constraints) == 2 and isinstance(constraints[0], Mapping):
        constraints = [constraints]
    used, weights, sides = _read_constraints(forecast, constraints)
    held = np.isin(used, [forecast.panel.find(unique_id) for unique_id in fixed])
    point = forecast.point.copy()
    spread = ((forecast.quantile(0.9) - forecast.quantile(0.1)) / WIDTH_80) ** 2
    positive = ~(forecast.raw[used] & (forecast.panel.y[:, used] < 0).any(axis=0))
    bounds = np.where(positive, np.maximum(forecast.lower[used], 0.0), forecast.lower[used]), forecast.upper[used]
    for step in range(forecast.horizon):
        point[used, step] = _solve(point[used, step], np.where(held, 0.0, spread[used, step]), weights, sides, bounds, held,
                                   [forecast.ids[i] for i in used])
    return _move(forecast, point)


def _read_constraints(forecast: Forecast, constraints: Sequence[Constraint]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions of the series in use, A (rows × series), b; DataError for faulty constraints."""
    try:
        rows = [({forecast.panel.find(one): float(weight) for one, weight in terms.items()}, float(side)) for terms, side in constraints]
    except (TypeError, ValueError, AttributeError):
        raise DataError(f"constraints {constraints!r} · expected pairs ({{unique_id: weight}}, right side), as "
                        "({'gdp': 1, 'primary': -1, 'secondary': -1, 'tertiary': -1}, 0)") from None
    if not rows or not all(terms for terms, _ in rows):
        raise DataError("constraints are empty · expected pairs ({unique_id: weight}, right side)")
    used = np.array(sorted({i for terms, _ in rows for i in terms}))
    missing = [forecast.ids[i] for i in used if not forecast.panel.forecastable[i]]
    if missing:
        raise DataError(f"not forecast: {', '.join(map(str, missing))} · expected forecasts of all series of a constraint")
    ends = forecast.panel.last[used]
    if np.ptp(ends):
        raise DataError("series of the constraints end in different years: " +
                        ", ".join(f"{forecast.ids[i]} {end}" for i, end in zip(used, ends, strict=True)) + " · expected one last year")
    weights = np.array([[terms.get(i, 0.0) for i in used] for terms, _ in rows])
    return used, weights, np.array([side for _, side in rows])


def _solve(y: np.ndarray, variance: np.ndarray, a: np.ndarray, b: np.ndarray, bounds: tuple[np.ndarray, np.ndarray], held: np.ndarray,
           ids) -> np.ndarray:
    """One year's points, moved; parts that would leave their bounds are set to them, fixed, and the others solved again."""
    lower, upper = bounds
    y, variance = y.copy(), variance.copy()
    while True:
        moved = _project(y, variance, a, b, ids)
        outside = ~held & ((moved < lower) | (moved > upper)) & (variance > 0)
        if not outside.any():
            rounding = ~held & (np.abs(moved - np.clip(moved, lower, upper)) < 1e-9)
            return np.where(rounding, np.clip(moved, lower, upper), moved)
        y[outside], variance[outside] = np.clip(moved, lower, upper)[outside], 0.0


def _project(y: np.ndarray, variance: np.ndarray, a: np.ndarray, b: np.ndarray, ids) -> np.ndarray:
    gap = b - a @ y
    size = np.abs(a) @ np.abs(y) + np.abs(b)
    if (np.abs(gap) <= MET * size).all():
        return y
    scale = np.where(size > 0, size, 1.0)  # rows may differ by orders of magnitude; scaled, the rank can be judged
    rows, gap = a / scale[:, None], gap / scale
    inner = (rows * variance) @ rows.T
    if not np.isfinite(inner).all() or np.linalg.matrix_rank(inner, hermitian=True) < len(inner):
        raise DataError(f"constraints {_write(a, b, ids)} cannot be met: A V A′ is singular · expected constraints that do not repeat or "
                        "contradict each other, each with a series that is neither fixed nor without a band")
    moved = y + variance * (rows.T @ np.linalg.solve(inner, gap))
    rest = (b - a @ moved) / scale  # one refinement takes out the rounding of the first solution
    return moved + variance * (rows.T @ np.linalg.solve(inner, rest))


def _write(a: np.ndarray, b: np.ndarray, ids) -> str:
    return "; ".join(" ".join(f"{weight:+g}·{one}" for weight, one in zip(row, ids, strict=True) if weight) + f" = {side:g}"
                     for row, side in zip(a, b, strict=True))


def _move(forecast: Forecast, point: np.ndarray) -> Forecast:
    """The forecast with other points; curves move by the ratio (raw path: by the difference)."""
    changed = (point != forecast.point) & ~np.isnan(point)
    raw = forecast.raw[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(np.maximum(point, np.exp(-LARGEST)) / forecast.point)
        shift = np.where(changed, np.where(raw, point - forecast.point, ratio), 0.0)
    knots = np.where(raw[..., None], forecast.knots + shift[..., None], np.clip(forecast.knots + shift[..., None], -LARGEST, LARGEST))
    flags = [f"{flag} reconciled".strip() if moved else flag
             for flag, moved in zip(forecast.notes["flags"], changed.any(axis=1), strict=True)]
    return replace(forecast, point=point, knots=knots, notes=forecast.notes.assign(flags=flags))
