"""Years that nobody counted: figures that lie on a straight line, or on a curve of equal growth, between two others.

Takes figures; gives one finding a run of smoothed years. Equal steps happen by chance where steps are a few units of the last
digit, so the run must be as unlikely as one in a million. A single year at the mean of its neighbours proves nothing in one city, but
it does when a tenth of a panel's cities share it: a year that the panel's maker filled in.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qdlib.observations.figures import FIRST_YEAR, YEARS, Figures
from qdlib.observations.findings import explain, plain_number

# Points between the ends of a run. Of 9 054 windows of real levels 44 have one inner point by chance, one has two, none three.
LEAST_INNER = 3
# Steps below 20 units of the last printed digit are equal by chance: ± 1 unit around a usual variation of 6.
LEAST_STEP = 20
# Steps of real series vary by 0.3 of themselves (GDP and retail of the city panels), so an inner point falls within ± 1 unit of the
# chord by chance in about CHANCE / step: 23 of the windows with steps from 50 units, 30 expected. A run counts when all its
# inner points together are below LIKELY: a build walks through 10^4 to 10^6 windows, and at 1e-4 one panel in twenty had a false run.
CHANCE, LIKELY = 2.7, 1e-6
# A panel's year counts where more than a tenth of the cities, three at least, lie at the mean of their neighbours, and chance (the
# Poisson tail of their summed CHANCE / step) would do that less often than LIKELY.
PANEL_SHARE, PANEL_CITIES = 0.1, 3
PANEL_KEY = ["indicator", "scope", "edition", "year"]
COUNTS = ["cities", "filled", "by_chance"]


@dataclass(frozen=True)
class PanelEvidence:
    """What some cities say about filled years: counts by PANEL_KEY, and the candidate findings.

    A panel may be walked through in parts; only all of them together can be judged.
    """

    counts: pd.DataFrame
    years: tuple[dict, ...]


def check_smoothing(figures: Figures) -> list[dict]:
    """Findings of runs, and of filled years where these figures are the whole panel."""
    found, evidence = smoothed_runs(figures)
    return found + filled_years([evidence])


def smoothed_runs(figures: Figures) -> tuple[list[dict], PanelEvidence]:
    """Findings of runs, and what these cities contribute to the question whether a panel's year was filled in."""
    found, covered = [], np.zeros(len(figures), bool)
    if len(figures) < 3:
        return found, PanelEvidence(pd.DataFrame(columns=[*PANEL_KEY, *COUNTS]), ())
    for ratio in (False, True):
        inner = inner_points(figures, ratio)
        for first, last in runs(inner):
            if last - first >= LEAST_INNER and not covered[first:last].any() and lies_on_chord(figures, first - 1, last, ratio):
                covered[first:last] = True
                found.append(describe_run(figures, first, last, ratio))
    return found, gather_evidence(figures, covered)


def inner_points(figures: Figures, ratio: bool) -> np.ndarray:
    """True where the steps to and from a figure are equal within rounding, and LEAST_STEP units or more."""
    amount, half = figures.amount, figures.half
    before, after = np.r_[np.nan, amount[:-1]], np.r_[amount[1:], np.nan]
    unit = 2 * np.maximum.reduce([half, np.r_[0, half[:-1]], np.r_[half[1:], 0]])
    with np.errstate(invalid="ignore"):
        middle = np.sqrt(np.abs(before * after)) if ratio else (before + after) / 2
        inner = (np.abs(amount - middle) <= unit * (1 + 1e-6)) & (unit_steps(figures) >= LEAST_STEP * (1 - 1e-6))
        if ratio:
            inner &= (before > 0) & (after > 0) & (amount > 0) & ~figures.in_points
    return inner


def unit_steps(figures: Figures) -> np.ndarray:
    """The smaller of the steps to and from a figure in units of the last digit; NaN at ends, gaps and breaks."""
    regular = figures.continued & np.r_[False, np.diff(figures.year) == 1]
    unit = 2 * np.maximum.reduce([figures.half, np.r_[0, figures.half[:-1]], np.r_[figures.half[1:], 0]])
    step = np.r_[np.nan, np.abs(np.diff(figures.amount))]
    return np.where(regular & np.r_[regular[1:], False], np.minimum(step, np.r_[step[1:], np.nan]) / unit, np.nan)


def runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """First index and one past the last of each run of true values."""
    edges = np.flatnonzero(np.diff(np.r_[False, mask, False].astype(int)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def lies_on_chord(figures: Figures, first: int, last: int, ratio: bool) -> bool:
    """True where every figure between two lies on their chord within one unit, more often than chance puts it there."""
    part = figures.amount[first : last + 1]
    line = np.log(part) if ratio else part
    weight = np.linspace(0, 1, len(part))
    chord = line[0] + (line[-1] - line[0]) * weight
    chord = np.exp(chord) if ratio else chord
    unit = 2 * figures.half[first : last + 1].max()
    if (np.abs(part - chord) > unit * (1 + 1e-6)).any():
        return False
    step = np.abs(np.diff(part)).min() / unit
    return bool(step >= LEAST_STEP * (1 - 1e-6) and (CHANCE / step) ** (len(part) - 2) <= LIKELY)


def describe_run(figures: Figures, first: int, last: int, ratio: bool) -> dict:
    run = [*range(first, last), first - 1, last]
    start, end = figures.amount[first - 1], figures.amount[last]
    growth = 100 * ((end / start) ** (1 / (last - first + 1)) - 1) if ratio else 0
    size = f"{growth:+.3f} %" if ratio else plain_number(figures.amount[first] - start)
    years = {"first": figures.year[first], "last": figures.year[last - 1]}
    return {
        "check": "looks_interpolated",
        "level": "high",
        **figures.row(first),
        "cells": figures.cells(run),
        "values": figures.raws(run),
        "suggestion": "compare",
        "explanation": explain("looks_interpolated", step=size, number=last - first + 1, **years),
    }


def gather_evidence(figures: Figures, covered: np.ndarray) -> PanelEvidence:
    """Counts by panel and year, and the single years at the mean of their neighbours as findings to be."""
    single = inner_points(figures, False)
    numbers, first, of = np.unique(panel_group(figures), return_index=True, return_inverse=True)
    filled = np.bincount(of[single | covered], minlength=len(numbers))
    chance = CHANCE / np.maximum(unit_steps(figures), CHANCE)
    by_chance = np.bincount(of, weights=np.nan_to_num(chance), minlength=len(numbers))
    # Every city counts, also where none of this part has a filled year: it is a share of the panel that is judged.
    key = {name: np.array(figures.names[name], dtype=object)[figures.codes[name][first]] for name in PANEL_KEY[:-1]}
    counts = pd.DataFrame(key | {"year": figures.year[first], "cities": np.bincount(of), "filled": filled, "by_chance": by_chance})
    return PanelEvidence(counts, tuple(describe_year(figures, index) for index in np.flatnonzero(single & ~covered)))


def describe_year(figures: Figures, at: int) -> dict:
    beside = [at, at - 1, at + 1]
    return {
        "check": "looks_interpolated",
        "level": "high",
        **figures.row(at),
        "cells": figures.cells(beside),
        "values": figures.raws(beside),
        "suggestion": "compare",
        "expected": plain_number((figures.amount[at - 1] + figures.amount[at + 1]) / 2),
    }


def filled_years(evidence: Iterable[PanelEvidence]) -> list[dict]:
    """Findings of the years that a tenth of a panel's cities have at the mean of their neighbours, over all of its parts."""
    evidence = [part for part in evidence if len(part.counts)]
    if not evidence:
        return []
    from scipy.stats import poisson  # half a second that most runs of the package need not pay

    counts = pd.concat([part.counts for part in evidence]).groupby(PANEL_KEY)[COUNTS].sum()
    wide = counts[(counts["filled"] >= PANEL_CITIES) & (counts["filled"] > PANEL_SHARE * counts["cities"])]
    wide = wide[poisson.sf(wide["filled"] - 1, wide["by_chance"].astype(float)) <= LIKELY]
    known = dict(zip(wide.index, wide.itertuples(index=False), strict=True))
    found = []
    for year in (year for part in evidence for year in part.years):
        row = known.get(tuple(year[key] for key in PANEL_KEY))
        if row:
            told = explain("interpolated_panel", number=int(row.filled), cities=int(row.cities), year=year["year"])
            found.append(year | {"explanation": told})
    return found


def panel_group(figures: Figures) -> np.ndarray:
    """Number of each figure's indicator, scope, edition and year: the cities of a panel in one year."""
    scopes, editions = len(figures.names["scope"]), len(figures.names["edition"])
    key = (figures.codes["indicator"].astype(np.int64) * scopes + figures.codes["scope"]) * editions + figures.codes["edition"]
    return key * YEARS + figures.year - FIRST_YEAR
