"""Degrees of realisation (实现程度) as used to monitor the moderately prosperous society (小康).

Takes figure and standard in one unit; gives a degree from 0 to 1, capped at 1: what is overfulfilled never pays for what is not.
Source: National Bureau of Statistics of China, 全面建成小康社会统计监测方案 (2013), positive, negative and interval indicators. The form of
the interval degree is the standard membership function; no text of the plan that prints it was at hand, so it is unverified.
"""

from qdlib.errors import DataError


def realise_at_least(value: float, standard: float) -> float:
    """min(x/T, 1), a positive indicator (正指标); 24 of 30: .8. A negative figure realises nothing."""
    if standard <= 0:
        raise DataError(f"a standard that is reached from below is positive, got {standard:g}: its degree x/T has no meaning")
    return max(0.0, min(value / standard, 1.0))


def realise_at_most(value: float, standard: float) -> float:
    """min(T/x, 1), a negative indicator (逆指标); .5 against .4: .8. A figure of zero is fully realised."""
    if standard < 0 or value < 0:
        raise DataError(f"a degree T/x needs amounts of at least zero, got {value:g} against {standard:g}")
    return 1.0 if value <= standard else standard / value


def realise_within(value: float, band: tuple[float, float], limits: tuple[float, float]) -> float:
    """1 within the band [a, b]; outside 1 − gap/max(a − m, M − b) with the limits [m, M] at which nothing is realised."""
    (low, high), (least, most) = band, limits
    if not least <= low <= high <= most or least == low and high == most:
        raise DataError(f"limits {limits} must enclose the band {band} and leave room on one side at least")
    gap = max(low - value, value - high, 0.0)
    return max(0.0, 1 - gap / max(low - least, most - high))
