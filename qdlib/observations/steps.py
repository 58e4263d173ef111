"""Steps from one printed year to the next within a line: spikes, jumps, repeated values.

Takes figures; gives findings. A step is the change a year, as log ratio, for shares in points, less the line's own median; its
scale is the line's median absolute deviation, never below 2 %. What rounding can move does not count, nor, for small
counts, what chance moves. No step crosses a declared break or more than three years. Rates and indices are changes already:
their spikes are history (Wuhan 2020: 95.1), 12 of 12 in the first run; they and ranks are left out.
"""

import numpy as np

from qdlib.observations.figures import Figures, digits, middles
from qdlib.observations.findings import explain, plain_number

# Steps needed before a line can say what is usual for it: the median of five survives two odd ones.
LEAST_STEPS = 5
# 1.4826 MAD estimates the deviation of a normal. Of 424 lines 94 % lie above the floor of 2 %, half of them above 6 %.
MAD_SCALE, FLOOR = 1.4826, 0.02
# Over more years a rise and fall is history, not a fault: 1957, 1962, 1965 in the yearbook of 2006.
LONGEST_GAP = 3
# Two opposite steps beyond 4: 8 of 7 585 inner figures of the city panels, one of them known history (Beijing's industry of 2021).
# One beyond 8 is a change of basis more often than a fault (GDP −0.16 … +0.49, FDI −1.4 … +2.0 in one year): look once.
SPIKE, JUMP = 4.0, 8.0
# Four digits or more repeat the year before in 5 of 8 350 figures, four of those one city-year of a panel; three repeat by chance.
REPEAT_DIGITS = 4
# Above this share of repeats a line stands still by nature (an area, a number of institutions).
STANDING = 0.5


def check_steps(figures: Figures) -> list[dict]:
    """Spikes (high) and jumps (low)."""
    if not len(figures):
        return []
    z = standard_steps(figures)
    following = np.r_[z[1:], np.nan]
    with np.errstate(invalid="ignore"):
        spike = (np.abs(z) > SPIKE) & (np.abs(following) > SPIKE) & (np.sign(z) != np.sign(following))
        jump = (np.abs(z) > JUMP) & ~spike & ~np.r_[False, spike[:-1]]
    found = [describe_spike(figures, int(at), z) for at in np.flatnonzero(spike)]
    return found + [describe_jump(figures, int(at), z) for at in np.flatnonzero(jump)]


def standard_steps(figures: Figures) -> np.ndarray:
    """Each figure's step from the one before, less the line's median, in the line's scale; NaN where there is none."""
    step, slack = yearly_steps(figures)
    number = int(figures.line[-1]) + 1
    away = step - middles(step, figures.line, number)[figures.line]
    scale = np.fmax(MAD_SCALE * middles(np.abs(away), figures.line, number), FLOOR)
    enough = np.bincount(figures.line[np.isfinite(step)], minlength=number) >= LEAST_STEPS
    z = np.sign(away) * np.maximum(np.abs(away) - slack, 0) / scale[figures.line]
    return np.where(enough[figures.line], z, np.nan)


def yearly_steps(figures: Figures) -> tuple[np.ndarray, np.ndarray]:
    """Change a year from the figure before, and how much of it rounding (for counts also chance) can make."""
    gap = np.r_[1, np.diff(figures.year)]
    before, half_before = np.r_[np.nan, figures.amount[:-1]], np.r_[np.nan, figures.half[:-1]]
    usable = figures.continued & (gap > 0) & (gap <= LONGEST_GAP) & ~np.isin(figures.kinds, ["rank", "rate", "index"])
    with np.errstate(divide="ignore", invalid="ignore"):
        points = (figures.amount - before) * figures.factors
        logs = np.log(figures.amount / before)
        slack = np.where(
            figures.in_points,
            (figures.half + half_before) * figures.factors,
            figures.half / figures.amount + half_before / before,
        )
        slack = slack + np.where(figures.kinds == "count", np.sqrt(1 / figures.amount + 1 / before), 0)
    usable &= figures.in_points | ((figures.amount > 0) & (before > 0))
    gap = np.where(usable, gap, 1)
    return np.where(usable, np.where(figures.in_points, points, logs), np.nan) / gap, np.where(usable, slack, 0) / gap


def describe_spike(figures: Figures, at: int, z: np.ndarray) -> dict:
    beside = sorted(figures.amount[[at - 1, at + 1]])
    return {
        "check": "spike",
        "level": "high",
        **figures.row(at),
        "cells": figures.cells([at, at - 1, at + 1]),
        "values": figures.raws([at, at - 1, at + 1]),
        "expected": " … ".join(map(plain_number, beside)),
        "suggestion": "compare",
        "explanation": explain(
            "spike",
            found=figures.amount[at],
            before=figures.amount[at - 1],
            after=figures.amount[at + 1],
            first=figures.year[at - 1],
            last=figures.year[at + 1],
            times=f"{min(abs(z[at]), abs(z[at + 1])):.1f}",
        ),
    }


def describe_jump(figures: Figures, at: int, z: np.ndarray) -> dict:
    return {
        "check": "jump",
        "level": "low",
        **figures.row(at),
        "cells": figures.cells([at, at - 1]),
        "values": figures.raws([at, at - 1]),
        "suggestion": "compare",
        "explanation": explain(
            "jump", found=figures.amount[at], before=figures.amount[at - 1], first=figures.year[at - 1], times=f"{abs(z[at]):.1f}"
        ),
    }


def check_repeats(figures: Figures) -> list[dict]:
    """The same digits as the year before: twice running high, once low. One finding a run."""
    if not len(figures):
        return []
    still = figures.continued & np.r_[False, (np.diff(figures.amount) == 0) & (np.diff(figures.year) == 1)]
    still &= np.isin(figures.kinds, ["flow", "stock", "count", "ratio", "share"])
    number = int(figures.line[-1]) + 1
    share = np.bincount(figures.line[still], minlength=number) / np.bincount(figures.line, minlength=number)
    at = np.flatnonzero(still & (share[figures.line] < STANDING))
    repeated = np.zeros(len(figures), bool)
    repeated[at[digits(figures, at) >= REPEAT_DIGITS]] = True
    edges = np.flatnonzero(np.diff(np.r_[False, repeated, False].astype(int)))
    return [describe_repeat(figures, first, last) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def describe_repeat(figures: Figures, first: int, last: int) -> dict:
    run = [*range(first, last), first - 1]
    return {
        "check": "repeated_value",
        "level": "high" if last - first > 1 else "low",
        **figures.row(first),
        "cells": figures.cells(run),
        "values": figures.raws(run),
        "suggestion": "compare",
        "explanation": explain(
            "repeated_value", found=figures.amount[first], first=figures.year[first - 1], last=figures.year[last - 1]
        ),
    }
