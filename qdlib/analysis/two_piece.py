"""Two-piece normal distribution: a fan whose two sides differ, from mode, uncertainty and skew.

Takes mode, σ and γ as a central bank publishes them; gives probabilities. It says nothing about where these three come from.
Source: Bank of England, E. Britton, P. Fisher, J. Whitley, "The Inflation Report projections: understanding the fan chart", Quarterly
Bulletin, February 1998.
"""

import math
from statistics import NormalDist

from qdlib.errors import DataError


def side_deviations(sigma: float, skew: float) -> tuple[float, float]:
    """Standard deviations left and right of the mode: s1 = σ/√(1 − γ), s2 = σ/√(1 + γ), in the unit of σ; γ > 0 leans down."""
    if not (sigma > 0 and -1 < skew < 1):
        raise DataError(f"two-piece normal: expected σ > 0 and −1 < γ < 1, got σ {sigma:g} and γ {skew:g}")
    return sigma / math.sqrt(1 - skew), sigma / math.sqrt(1 + skew)


def reach_probability(target: float, mode: float, sigma: float, skew: float = 0.0) -> float:
    """P(x ≥ T), 0 to 1: T ≥ mode: 2s2/(s1 + s2)·(1 − Φ((T − mode)/s2)), else 1 − 2s1/(s1 + s2)·Φ((T − mode)/s1).

    Mode 12,000, σ 800, γ .3, T 13,000: .065217438. γ = 0 is the normal distribution.
    """
    left, right = side_deviations(sigma, skew)
    normal = NormalDist()
    if target >= mode:
        return 2 * right / (left + right) * normal.cdf(-(target - mode) / right)
    return 1 - 2 * left / (left + right) * normal.cdf((target - mode) / left)
