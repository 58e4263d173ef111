"""Slips of unit: figures ten, a hundred or ten thousand times too large or too small.

Takes figures; gives findings. Beside another edition's print of the same figure a ratio near a power of ten cannot be true
(error); beside the neighbouring years it probably is not (high). Growth rates, indices and ranks may well be tenfold and are
left out. Which of two editions slipped is told by the years around, else by the class of the source.
"""

import numpy as np

from qdlib.observations.figures import Figures, digits, find_neighbours
from qdlib.observations.findings import explain, plain_number

# log10: ± 20 %. Of 1 133 figures with several prints none has two that differ by more than 10^0.21 (two bases of GDP).
EDITION_WIDTH = 0.08
# log10: ± 40 %, because the years beside grow; 3 of 8 017 yearly changes in the city panels exceed 10^0.85.
NEIGHBOUR_WIDTH = 0.15
POWERS = range(1, 9)
# The neighbours must agree among themselves within a factor of three (log10), or they are no measure.
SPREAD = 0.5
# A step of 1 000 times between two years is no growth, whatever the line does; tenfold it can be (FDI: +2.0 in logs).
STEP_POWER = 3
# Years on either side that a figure is held against where two editions disagree.
AROUND = 3
# Distances to the years around count as equal within this (log10): a factor of three, less than any slip.
COARSE = 0.5


def check_slips(figures: Figures) -> list[dict]:
    if not len(figures):
        return []
    usable = (figures.amount > 0) & ~np.isin(figures.kinds, ["rate", "index", "rank"])
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(usable, np.log10(figures.amount), np.nan)
    return [*slips_to_editions(figures, size), *slips_to_neighbours(figures, size)]


def near_power(ratio: float, width: float) -> int:
    """The power of ten (1 … 8 in size) that a log10 ratio is near to; 0 where it is none."""
    power = round(ratio)
    return power if abs(power) in POWERS and abs(ratio - power) < width else 0


def slips_to_editions(figures: Figures, size: np.ndarray) -> list[dict]:
    """One finding for each print that is a power of ten away from another print of the same figure."""
    order = figures.by_year
    sizes, prints = size[order], figures.prints
    starts = np.flatnonzero(np.r_[True, prints[1:] != prints[:-1]])
    span = np.fmax.reduceat(sizes, starts) - np.fmin.reduceat(sizes, starts)
    stops = np.r_[starts[1:], len(order)]
    found = []
    for group in np.flatnonzero(span > 1 - EDITION_WIDTH):
        at = order[starts[group] : stops[group]]
        at = at[np.isfinite(size[at])]
        found += judge_prints(figures, at, size)
    return found


def judge_prints(figures: Figures, at: np.ndarray, size: np.ndarray) -> list[dict]:
    """The prints of one figure that are a power of ten off the one that fits the years around best."""
    true = best_print(figures, at, size)
    found = []
    for print_ in at:
        power = near_power(size[print_] - size[true], EDITION_WIDTH)
        if power and (abs(power) > 1 or digits(figures, np.array([print_, true])).min() > 1):
            found.append(
                {
                    "check": "unit_slip",
                    "level": "error",
                    **figures.row(print_),
                    "cells": figures.cells([print_, true]),
                    "values": figures.raws([print_, true]),
                    "expected": plain_number(figures.amount[true]),
                    "suggestion": f"scale {factor_text(-power)}",
                    "explanation": explain(
                        "unit_slip_edition",
                        found=figures.amount[print_],
                        other=figures.amount[true],
                        edition=f"edition:{figures.name('edition', true)}",
                        power=plain_number(10.0 ** abs(power)),
                    ),
                }
            )
    return found


def best_print(figures: Figures, at: np.ndarray, size: np.ndarray, grain: float = COARSE) -> int:
    """The print of one figure that fits best: nearest to the years around in steps of `grain`, then of the best class, then with
    most prints that agree, then the oldest. size: log10 of all figures."""
    near = prints_around(figures, at, size)
    distance = np.array([distance_around(figures, one, near, size) for one in at])
    # Where both fit alike (a whole edition slipped, each is at home in its own line) the official print is believed.
    agreeing = np.array([np.sum(np.abs(size[at] - one) < EDITION_WIDTH) for one in size[at]])
    editions = figures.codes["edition"][at]
    return int(at[np.lexsort((editions, -agreeing, figures.ranks[editions], np.round(distance / grain)))[0]])


def prints_around(figures: Figures, at: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Indices of the series' figures of the years around, in all editions."""
    near = np.arange(*np.searchsorted(figures.series, [figures.series[at[0]], figures.series[at[0]] + 1]))
    away = np.abs(figures.year[near] - figures.year[at[0]])
    return near[(away > 0) & (away <= AROUND) & np.isfinite(size[near])]


def distance_around(figures: Figures, at: int, near: np.ndarray, size: np.ndarray) -> float:
    """Distance of a figure to the median of the years around in its own line, or in all editions where its line has none."""
    own = near[figures.line[near] == figures.line[at]]
    around = own if len(own) else near
    return float(abs(size[at] - np.median(size[around]))) if len(around) else 0.0


def slips_to_neighbours(figures: Figures, size: np.ndarray) -> list[dict]:
    """Single figures far from both neighbours, and steps of a thousand times and more, inside one line."""
    step = np.where(figures.continued, np.r_[np.nan, np.diff(size)], np.nan)
    following = np.r_[step[1:], np.nan]
    with np.errstate(invalid="ignore"):
        lone = np.fmax(np.abs(step), np.abs(following)) > 1 - NEIGHBOUR_WIDTH
        stepped = np.flatnonzero(np.abs(step) > STEP_POWER - NEIGHBOUR_WIDTH)
    found, seen = [], set()
    for at in np.flatnonzero(lone):
        beside = find_neighbours(figures, at, 2)
        beside = beside[np.abs(figures.year[beside] - figures.year[at]) <= AROUND]
        power = lone_power(size, int(at), beside)
        if power:
            seen.add(int(at))
            found.append(describe_neighbour(figures, at, beside, power, "unit_slip_neighbours"))
    for at in stepped:
        power = near_power(step[at], NEIGHBOUR_WIDTH)
        if power and not {int(at), int(at) - 1} & seen:
            found.append(describe_neighbour(figures, at, np.array([at - 1]), power, "unit_slip_step"))
    return found


def lone_power(size: np.ndarray, at: int, beside: np.ndarray) -> int:
    """Power of ten to the neighbours' median where these agree among themselves."""
    others = size[beside]
    # One side only is the start or the end of a series: Qingdao's budget of 1949 was a tenth of 1950's, and right.
    if not ((beside < at).any() and (beside > at).any() and np.isfinite(size[at])):
        return 0
    others = others[np.isfinite(others)]
    return near_power(size[at] - np.median(others), NEIGHBOUR_WIDTH) if len(others) > 1 and np.ptp(others) < SPREAD else 0


def describe_neighbour(figures: Figures, at: int, beside: np.ndarray, power: int, text: str) -> dict:
    median = float(np.median(figures.amount[beside]))
    run = [at, *beside]
    return {
        "check": "unit_slip",
        "level": "high",
        **figures.row(at),
        "cells": figures.cells(run),
        "values": figures.raws(run),
        "expected": plain_number(median),
        "suggestion": f"scale {factor_text(-power)}",
        "explanation": explain(text, found=figures.amount[at], median=median, power=plain_number(10.0 ** abs(power))),
    }


def factor_text(power: int) -> str:
    """The factor as the correction file writes it: 10, 1/10000."""
    return f"{10**power}" if power >= 0 else f"1/{10**-power}"
