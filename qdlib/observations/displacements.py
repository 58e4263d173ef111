"""Figures that stand in the wrong row: rows shifted, members swapped, districts printed for the city, a label on another quantity.

Takes figures; gives findings. A figure that no other edition confirms, but that equals digit by digit what another row of the same
city and year prints elsewhere, was displaced. Two figures of five digits meet by chance once in some thousands, so the
finding asks for two such cells in one edition and row, or year, or for one of six digits. Needs a second edition.
"""

import numpy as np

from qdlib.observations.figures import FIRST_YEAR, YEARS, Figures, digits
from qdlib.observations.findings import explain, plain_number
from qdlib.observations.rows import SLACK, meets
from qdlib.observations.slips import best_print

# Significant digits from which an equality of two unlike figures is no accident: two of five, or one of six.
PAIRED_DIGITS, LONE_DIGITS = 5, 6
# Distances to the years around count as equal within this (log10): 12 %, a year's growth.
FINE = 0.05


def check_displacements(figures: Figures) -> list[dict]:
    suspects = unconfirmed(figures)
    suspects = suspects[digits(figures, suspects) >= PAIRED_DIGITS] if len(suspects) else suspects
    pairs = find_twins(figures, suspects)
    if not pairs:
        return []
    at, twin = np.array(pairs).T
    likely = fits_worse(figures, at)
    at, twin = at[likely], twin[likely]
    # The other scope of the same quantity is one candidate, not a hundred, and the likeliest to be mistaken.
    paired = (digits(figures, at) >= LONE_DIGITS) | (figures.codes["indicator"][at] == figures.codes["indicator"][twin])
    for key in (edition_year(figures, at), figures.line[at]):
        _, of, count = np.unique(key, return_inverse=True, return_counts=True)
        paired |= count[of] > 1
    return [describe(figures, int(a), int(b)) for a, b in zip(at[paired], twin[paired], strict=True)]


def unconfirmed(figures: Figures) -> np.ndarray:
    """Figures with other prints, none of which agrees."""
    order, prints = figures.by_year, figures.prints
    if not len(order):
        return order
    amount, half = figures.amount[order], figures.half[order]
    count = np.bincount(prints)
    agreed = np.zeros(len(order), bool)
    for shift in range(1, int(count.max())):
        same = prints[shift:] == prints[:-shift]
        if not same.any():
            break
        same &= meets(amount[shift:], half[shift:], amount[:-shift], half[:-shift])
        agreed[shift:] |= same
        agreed[:-shift] |= same
    return np.sort(order[(count[prints] > 1) & ~agreed])


def edition_year(figures: Figures, at: np.ndarray) -> np.ndarray:
    """City, edition and year of each figure as one number, whatever its scope."""
    key = figures.codes["city"][at].astype(np.int64) * len(figures.names["edition"]) + figures.codes["edition"][at]
    return key * YEARS + (figures.year[at] - FIRST_YEAR)


def printed_key(figures: Figures, at: np.ndarray) -> np.ndarray:
    """City, year and the printed digits of each figure as one number: equal keys print the same digits."""
    unit = 2 * figures.half[at]
    whole = np.rint(figures.amount[at] / unit).astype(np.int64)
    size = 10 ** np.clip(np.floor(np.log10(np.maximum(np.abs(whole), 1))).astype(int) + 1 - 10, 0, None)
    for _ in range(6):  # 1368.30 and 1368.3 are the same figure
        whole = np.where((whole % 10 == 0) & (whole != 0), whole // 10, whole)
    return (city_year(figures, at) << 34) ^ (whole // size)


def find_twins(figures: Figures, suspects: np.ndarray) -> list[tuple[int, int]]:
    """Each suspect with a figure of another row, printed by another edition, that has the same digits and size."""
    if not len(suspects):
        return []
    cities = np.isin(city_year(figures, np.arange(len(figures))), city_year(figures, suspects))
    pool = np.flatnonzero(cities & (figures.amount != 0))
    keys = printed_key(figures, pool)
    order = np.argsort(keys, kind="stable")
    pool, keys = pool[order], keys[order]
    wanted = printed_key(figures, suspects)
    low, high = np.searchsorted(keys, wanted), np.searchsorted(keys, wanted, side="right")
    found = []
    for i in np.flatnonzero(high - low > 1):
        twins = [int(t) for t in pool[low[i] : high[i]] if is_twin(figures, int(suspects[i]), int(t))]
        if twins:
            found.append((int(suspects[i]), twins[0]))
    return found


def city_year(figures: Figures, at: np.ndarray) -> np.ndarray:
    """City and year of each figure as one number."""
    return figures.codes["city"][at].astype(np.int64) * YEARS + (figures.year[at] - FIRST_YEAR)


def is_twin(figures: Figures, at: int, other: int) -> bool:
    """True where another edition prints the figure in another row, and this edition does not print it there too: of a city without
    counties the districts' figure is the city's, and right."""
    if figures.series[at] == figures.series[other] or figures.codes["edition"][at] == figures.codes["edition"][other]:
        return False
    own, its = figures.amount[at] * figures.factors[at], figures.amount[other] * figures.factors[other]
    if abs(own - its) > SLACK * abs(its):
        return False
    row = prints_of(figures, other)
    row = row[figures.codes["edition"][row] == figures.codes["edition"][at]]
    return not meets(figures.amount[row], figures.half[row], figures.amount[other], figures.half[other]).any()


def fits_worse(figures: Figures, at: np.ndarray) -> np.ndarray:
    """True where a figure fits the years around worse than its other prints do: of two rows that changed places in one of two
    editions each print has a twin, and only the years, else class and age, tell which edition is wrong."""
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.log10(figures.amount)
    worse = np.zeros(len(at), bool)
    for i, one in enumerate(at):
        prints = prints_of(figures, int(one))
        prints = prints[np.isfinite(size[prints])]
        worse[i] = len(prints) > 1 and best_print(figures, prints, size, FINE) != one
    return worse


def prints_of(figures: Figures, at: int) -> np.ndarray:
    """Indices of all prints of one figure, its own included."""
    near = np.arange(*np.searchsorted(figures.series, [figures.series[at], figures.series[at] + 1]))
    return near[figures.year[near] == figures.year[at]]


def describe(figures: Figures, at: int, twin: int) -> dict:
    same = figures.codes["indicator"][at] == figures.codes["indicator"][twin]
    other = f"scope:{figures.name('scope', twin)}" if same else f"indicator:{figures.name('indicator', twin)}"
    prints = prints_of(figures, at)
    expected = figures.amount[prints[prints != at]]
    return {
        "check": "figure_elsewhere",
        "level": "high",
        **figures.row(at),
        "cells": figures.cells([at, twin]),
        "values": figures.raws([at, twin]),
        "expected": plain_number(expected[-1]),
        "suggestion": "compare",
        "explanation": explain(
            "figure_elsewhere",
            found=figures.amount[at],
            other=other,
            expected=expected[-1],
            edition=f"edition:{figures.name('edition', twin)}",
        ),
    }
