"""Intervals: five knots per series and step, read as one curve.

Takes knots at .025, .1, .5, .9, .975 on a path's own scale (ln y on the log path, y on the raw path). Gives quantiles,
probabilities and the widening of bands. Does not know where the knots come from. Decision: between knots the curve is linear in
(Φ⁻¹(p), knot) and straight on outside; this one curve serves levels, fan charts, percentiles and probabilities, so they cannot
contradict each other.
"""

from collections.abc import Mapping
from statistics import NormalDist

import numpy as np

from qdlib.errors import DataError

KNOTS = (0.025, 0.1, 0.5, 0.9, 0.975)
NORMAL = NormalDist()
Z = np.array([NORMAL.inv_cdf(p) for p in KNOTS])
ALLOWANCE = 1.05  # the future is a little wider than the past that the bands were learned from; not fitted to anything
STEPS = 10  # steps that the prior knows
SURE = (0.005, 0.995)  # no forecast is surer than this
COMPARATORS = (">=", ">", "<=", "<", "between")
LARGEST = 700.0  # |ln y| beyond which exp would overflow


def place_knots(centre: np.ndarray, anchor: np.ndarray, offsets: np.ndarray, widening: Mapping[int, float] | None) -> np.ndarray:
    """Sorted knots (N, H, 5) around `centre` (N, H) from offsets to `anchor` (N, H) at the five probabilities.

    The outer knots move away from the centre by `ALLOWANCE`, by √(k/10) beyond step 10, and by the factors of `widening`, if
    given.
    """
    distance = (anchor[..., None] + offsets - centre[..., None]) * ALLOWANCE
    distance *= np.sqrt(np.maximum(np.arange(1, centre.shape[1] + 1) / STEPS, 1.0))[:, None]
    distance[..., 2] = 0.0
    if widening:
        distance *= np.array([widening.get(level, 1.0) for level in (95, 80, 0, 80, 95)])
    distance[..., :2] = np.minimum(distance[..., :2], 0.0)
    distance[..., 3:] = np.maximum(distance[..., 3:], 0.0)
    return np.sort(centre[..., None] + distance, axis=-1)


def read_quantile(knots: np.ndarray, p: float) -> np.ndarray:
    """The curve's value at probability p, on the knots' scale; p outside (0, 1) is a DataError."""
    if not 0 < p < 1:
        raise DataError(f"probability {p!r} · expected a number between 0 and 1, both excluded")
    z = NORMAL.inv_cdf(p)
    right = int(np.clip(np.searchsorted(Z, z), 1, len(Z) - 1))
    share = (z - Z[right - 1]) / (Z[right] - Z[right - 1])
    low, high = knots[..., right - 1], knots[..., right]
    return low + share * (high - low)


def read_share_below(knots: np.ndarray, value: float, include: bool) -> float:
    """P(Y ≤ value) for one curve of five knots, or P(Y < value) without `include`; they differ only where the curve stands
    still."""
    if np.ptp(knots) == 0:
        return float(value > knots[0] or (include and value == knots[0]))
    if include:
        right = int(np.clip(np.searchsorted(knots, value, side="right"), 1, len(Z) - 1))
    else:
        right = int(np.clip(np.searchsorted(knots, value, side="left"), 1, len(Z) - 1))
    low, high = knots[right - 1], knots[right]
    if high == low:  # beyond an end where the outer knots coincide: a step
        return float(value > low or (include and value == low))
    return NORMAL.cdf(Z[right - 1] + (value - low) / (high - low) * (Z[right] - Z[right - 1]))


def read_shares_below(knots: np.ndarray, values: np.ndarray) -> np.ndarray:
    """P(Y < value) for many curves at once: knots (N, 5) and values (N, Q) on the knots' scale give (N, Q), as `read_share_below` does."""
    right = np.clip((knots[:, None, :] < values[..., None]).sum(axis=-1), 1, len(Z) - 1)
    low, high = np.take_along_axis(knots, right - 1, axis=1), np.take_along_axis(knots, right, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        place = Z[right - 1] + (values - low) / (high - low) * (Z[right] - Z[right - 1])
    return np.where(high > low, ndtr(place), (values > low).astype(float))


def ndtr(place: np.ndarray) -> np.ndarray:
    """The standard normal's distribution function; scipy is loaded when called, so that a forecast costs no import of it."""
    from scipy.special import ndtr as normal

    return normal(place)


def check_comparison(comparator: str, value) -> tuple[float, float]:
    """The interval that meets the target, as (low, high); DataError for an unknown comparator or values out of order."""
    if comparator not in COMPARATORS:
        raise DataError(f"comparator {comparator!r} · expected one of {' '.join(COMPARATORS)}")
    if comparator == "between":
        try:
            low, high = (float(part) for part in value)
        except (TypeError, ValueError):
            raise DataError(f"value {value!r} with comparator 'between' · expected two numbers (low, high)") from None
    else:
        if not np.isscalar(value) or isinstance(value, str):
            raise DataError(f"value {value!r} with comparator {comparator!r} · expected one number")
        low, high = (float(value), np.inf) if comparator[0] == ">" else (-np.inf, float(value))
    if np.isnan(low) or np.isnan(high) or low > high:
        raise DataError(f"value {value!r} with comparator {comparator!r} · expected numbers in rising order")
    return low, high


def check_widening(widening) -> dict[int, float] | None:
    """The factors {80: f, 95: g}, checked; None stays None."""
    if widening is None:
        return None
    wrong = [f"{level}: {factor}" for level, factor in dict(widening).items() if level not in (80, 95) or not 0 < factor < np.inf]
    if wrong:
        raise DataError(f"widening {', '.join(wrong)} · expected factors above 0 for the levels 80 and 95, as widening_from gives them")
    return {int(level): float(factor) for level, factor in widening.items()}
