"""The signature of an economic census in one edition: whole runs of years revised up to the year that it counted.

Takes comparisons with `pool_columns` and one census year; gives the rows that belong to it. A part ends at the census year or the year
after, holds at least three printed years whose median revision is large and builds up over them, and is followed by a cut: the next
year's revision differs clearly, or no later year was known before. One series alone may do so by chance: at least half of a city's
indicators that such a census revises must agree, and only one edition of a source brings a census into print.
On simulated panels with confounders (tests/benchmarks/censuses.py) length and end year alone reach F1 of about .51.
"""

import numpy as np
import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.observations.rows import integer_codes, look_up

# A census moves whole runs of years; a smaller median is rounding or a routine correction (design: .4 %).
PART_MEDIAN = 0.004
# All indicators that agree, together: routine revisions of .6 % (one standard error) stay below it.
POOL_MEDIAN = 0.008
PART_YEARS = 3
# The step at the end of a part, as a log ratio, and in usual steps of the part: a drifting revision is no cut.
CUT = 0.005
CUT_STEPS = 3
# A census corrects growth since the one before, so its revision builds up; one ratio for the whole history is a new method. Share of the
# median by which the middle half of a part's years must differ from it (a census phased in over twelve years gives .09 and more).
FLAT = 0.05
# What one year may add to an edition's claim on a census; one wild figure must not decide.
CLAIM_CAP = 0.05


def find_census(pairs: pd.DataFrame, starts: np.ndarray, free: np.ndarray, census: int) -> np.ndarray:
    """True for the rows of `pairs` that one census revised.

    pairs: comparisons with `pool_columns`. starts: position of the first row of each row's run of revised years; free: rows that
    belong to no event yet.
    """
    parts = agreeing_parts(pairs, starts, free, census)
    found = np.zeros(len(pairs), bool)
    if parts.empty:
        return found
    tested = testable_rows(pairs, census)
    pools = parts.groupby("pool").agg(
        agree=("group", "size"), median=("median", "median"), weight=("weight", "sum"), claim=("claim", "first")
    )
    pools["tested"] = pairs[tested].groupby("pool")["group"].nunique().reindex(pools.index)
    pools = pools[(2 * pools["agree"] >= pools["tested"]) & (pools["median"] >= POOL_MEDIAN)]
    # The largest claim wins; of equal ones the first in the frame's order, which is that of the editions.
    winners = pools.sort_values("weight", ascending=False, kind="stable").drop_duplicates("claim").index
    for part in parts[parts["pool"].isin(winners)].itertuples():
        found[part.first : part.last + 1] = True
    return found | joining_rows(pairs, free & ~found, found, tested, winners, census)


def agreeing_parts(pairs: pd.DataFrame, starts: np.ndarray, free: np.ndarray, census: int) -> pd.DataFrame:
    """One row per series and edition whose revisions end at the census as the module's docstring says: first, last, median, weight."""
    year, r, group = (pairs[column].to_numpy() for column in ("year", "r", "group"))
    last = np.flatnonzero(free & ~pairs["same"].to_numpy() & eligible(pairs, census) & np.isin(year, (census, census + 1)))
    last = last[last - starts[last] + 1 >= PART_YEARS]
    first = starts[last]
    median = medians(np.abs(r), first, last)
    step = medians(np.abs(np.diff(r, append=0.0)), first, last - 1)
    follows = np.r_[group[1:], -1][last] == group[last]
    cut = np.abs(np.r_[r[1:], 0.0][last] - r[last]) >= np.maximum(CUT, CUT_STEPS * step)
    ended = (pairs["known_until"].to_numpy()[last] <= census + 1) & (pairs["printed_until"].to_numpy()[last] >= census + 1)
    good = (median >= PART_MEDIAN) & np.where(follows, cut, ended) & (spreads(r, first, last) > FLAT * median)
    total = np.r_[0.0, np.cumsum(np.minimum(np.abs(r), CLAIM_CAP))]
    parts = pd.DataFrame(
        {"first": first, "last": last, "median": median, "weight": total[last + 1] - total[first], "group": group[last]}
    )
    parts = parts.assign(**{column: pairs[column].to_numpy()[last] for column in ("pool", "claim")})
    return parts[good].drop_duplicates("group")


def eligible(pairs: pd.DataFrame, census: int) -> np.ndarray:
    """Rows of levels that an economic census revises, in editions that came out after the year it counts."""
    return (pairs["revised"] & ~pairs["points"] & (pairs["released"] > census)).to_numpy()


def testable_rows(pairs: pd.DataFrame, census: int) -> np.ndarray:
    """Rows of series that could show the census: three years compared up to it, one of them at its end."""
    near = pd.Series(eligible(pairs, census) & (pairs["year"] <= census + 1).to_numpy())
    grouped = near.groupby(pairs["group"])
    last = pairs["year"].where(near).groupby(pairs["group"]).transform("max")
    return ((grouped.transform("sum") >= PART_YEARS) & (last >= census)).to_numpy()


def joining_rows(pairs, free: np.ndarray, found: np.ndarray, tested: np.ndarray, winners: pd.Index, census: int) -> np.ndarray:
    """Shorter runs of the winning editions up to the census: of series that agree, and of those too thinly printed to be tested."""
    agreeing = np.isin(pairs["group"], pairs["group"].to_numpy()[found])
    rows = free & ~pairs["same"].to_numpy() & pairs["revised"].to_numpy() & pairs["pool"].isin(winners).to_numpy()
    rows &= (pairs["year"] <= census).to_numpy() & (agreeing | ~tested)
    median = pairs["r"].abs().where(rows).groupby(pairs["group"]).transform("median")
    return rows & ((median >= PART_MEDIAN) | pairs["points"]).to_numpy()


def medians(values: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Median of values[first..last] for each pair of positions, all parts of one length at a time."""
    found = np.zeros(len(first))
    length = last - first + 1
    for size in np.unique(length):
        at = np.flatnonzero(length == size)
        found[at] = np.median(values[first[at, None] + np.arange(size)], axis=1)
    return found


def spreads(values: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Median absolute deviation from the median over values[first..last], for each pair of positions."""
    found = np.zeros(len(first))
    length = last - first + 1
    for size in np.unique(length):
        at = np.flatnonzero(length == size)
        part = values[first[at, None] + np.arange(size)]
        found[at] = np.median(np.abs(part - np.median(part, axis=1, keepdims=True)), axis=1)
    return found


def pool_columns(pairs: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """`pairs` with what the census rule groups by: pool (city, scope, edition, lane), claim (the same by source), released (year in
    which the edition came out), moved (an indicator that such censuses revise), revised (the same, in a chain)."""
    sources = {edition: catalogue.source_of(edition).id for edition in pairs["edition"].unique()}
    revised = {key: item.revised_by == "economic_census" for key, item in catalogue.indicators.items()}
    keyed = pairs.assign(source=look_up(pairs["edition"], sources))
    moved = look_up(pairs["indicator"], revised).astype(bool)
    return pairs.assign(
        moved=moved,
        pool=integer_codes(keyed, ["city", "scope", "edition", "lane"]),
        claim=integer_codes(keyed, ["city", "scope", "source", "lane"]),
        revised=moved & (pairs["lane"] != "held"),
        released=look_up(pairs["day"], {day: int(day[:4]) for day in pairs["day"].unique()}),
    )
