"""Current Status Index: how far from base to target, on a scale to ten.

Takes base, figure and target in one unit; gives the index, or the reason why there is none. It knows no years: 5 is half of the way,
in time or not.
Source: UN ESCAP, "Asia and the Pacific SDG Progress Report", progress assessment methodology (data.unescap.org), Current Status Index.
"""

from dataclasses import dataclass

SCALE = 10.0


@dataclass(frozen=True)
class StatusIndex:
    """Index without unit (10 at the target, 0 at the base, below 0 behind the base), or the reason."""

    value: float | None
    reason: str | None = None


def status_index(base: float, value: float, target: float, direction: int) -> StatusIndex:
    """CSI = ±10 (x − x0)/|T − x0|, + where more is better. 40 → 55, target 100: 2.5.

    A base at the target has no distance, one beyond it the wrong sign: `no_distance` and `base_beyond_target`, not a number.
    """
    if base == target:
        return StatusIndex(None, "no_distance")
    if direction * (target - base) < 0:
        return StatusIndex(None, "base_beyond_target")
    return StatusIndex(direction * SCALE * (value - base) / abs(target - base))


def parity_index(base: float, value: float, target: float = 1.0) -> StatusIndex:
    """CSI of a parity, where too much is as bad as too little: 10 − 10 |T − x|/|T − x0|. .8 → .9: 5."""
    if base == target:
        return StatusIndex(None, "no_distance")
    return StatusIndex(SCALE - SCALE * abs(target - value) / abs(target - base))
