"""Overlaps between editions: each reprinted figure beside the one that was known before.

Takes admitted rows with amounts; gives one row per overlap, the material from which `revisions` names events. Of the figures of
one series and year the best class forms a chain by date (official, else copies, else doubtful ones), and each meets the last one
known before it. Every other figure is held against that chain: a copy never revises what an office printed. Copies stand in the
order in which their sources supersede each other, before their date. Identical overlaps are kept: a revision ends where editions
agree again. r is ln(new/old), points for shares and rates, and 0 where the printed intervals meet.
"""

import numpy as np
import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.observations.rows import SERIES, figures, integer_codes, last_day, look_up, meets
from qdlib.observations.vintages import edition_ranks

LANES = ("official", "copies", "doubtful", "held")
COLUMNS = [
    *SERIES,
    "year",
    "edition",
    "edition_old",
    "lane",
    "amount_old",
    "half_old",
    "amount",
    "half",
    "r",
    "same",
    "stale",
    "leans",
    "third",
    "points",
    "copy",
    "day",
    "known_until",
    "printed_until",
    "until_old",
    "source_cell_old",
    "source_cell",
]

# A copy leans towards an older figure when it keeps less than a fifth of what the office moved since: rounded on its way, not revised.
NEAR = 0.2


def compare_editions(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """One row per figure that some other edition had printed, sorted by series, edition, lane and year.

    Columns (COLUMNS): lane (`official`, `copies`, `doubtful`: the chain's kind; `held` against it); r and same; stale (a held figure
    that equals an older one of the chain); leans (1 where it is at least near an older one, -1 where it is not, 0 where there is
    none); third (a further edition sides with `old`, `new` or nobody, ""); points (r is a difference); known_until, printed_until,
    until_old: last year of the series known before this edition, printed in it, printed in the older one. Amounts in catalogue units.
    """
    known = ordered_figures(rows, catalogue)
    old, stale, leans, reprinted = figures_before(known)
    pairs = known.loc[reprinted].reset_index(drop=True)
    before = known.loc[old[reprinted], ["edition", "amount", "half", "source_cell", "printed_until"]].reset_index(drop=True)
    pairs = pairs.assign(
        edition_old=before["edition"],
        amount_old=before["amount"],
        half_old=before["half"],
        source_cell_old=before["source_cell"],
        until_old=before["printed_until"],
        stale=stale[reprinted],
        leans=leans[reprinted],
    )
    pairs["points"] = look_up(pairs["indicator"], {key: item.in_points for key, item in catalogue.indicators.items()}).astype(
        bool
    )
    positive = (pairs["amount"] > 0) & (pairs["amount_old"] > 0)
    pairs["points"] |= ~positive
    pairs["same"] = meets(pairs["amount"], pairs["half"], pairs["amount_old"], pairs["half_old"])
    pairs["stale"] &= ~pairs["same"]
    pairs["leans"] = pairs["leans"].where(~pairs["same"], 0)
    ratio = np.log((pairs["amount"] / pairs["amount_old"]).where(positive))
    pairs["r"] = ratio.where(~pairs["points"], pairs["amount"] - pairs["amount_old"]).where(~pairs["same"], 0.0)
    pairs["third"] = third_opinions(pairs, known, np.flatnonzero(reprinted), old[reprinted])
    order = np.lexsort((pairs["year"], pairs["lane_order"], pairs["edition_order"], pairs["series"]))
    return pairs.iloc[order][COLUMNS].reset_index(drop=True)


def ordered_figures(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """All figures, grouped by series and year, the chain of each place first and in its order; with lane and last years."""
    known = rows.loc[figures(rows), [*SERIES, "year", "edition", "published", "status", "amount", "half", "source_cell"]]
    ranks = edition_ranks(known, catalogue).to_numpy()
    series = integer_codes(known, SERIES)
    days = last_day(known, catalogue)
    # Order of editions in time; two of one day stand in the order of their ids.
    day = pd.factorize(days, sort=True)[0]
    edition = pd.factorize(known["edition"], sort=True)[0]
    kind = np.where(known["status"].to_numpy() == "U", 2, np.where(ranks >= 2, 1, 0))
    place = pd.factorize(series * 10_000 + known["year"].to_numpy(), sort=True)[0]
    best = np.full(place.max(initial=-1) + 1, 3)
    np.minimum.at(best, place, kind)
    lane = np.where(kind == best[place], kind, 3)
    superseded = np.where(lane == 1, -ranks, 0.0)
    known = known.assign(
        day=days,
        series=series,
        place=place,
        copy=ranks >= 2,
        lane_order=lane,
        lane=np.array(LANES, dtype=object)[lane],
        edition_order=edition,
        day_order=day,
    )
    known = known.iloc[np.lexsort((edition, day, superseded, lane == 3, known["year"], series))].reset_index(drop=True)
    return with_last_years(known)


def with_last_years(known: pd.DataFrame) -> pd.DataFrame:
    """`printed_until`: the edition's last year of the series; `known_until`: the chain's last year before that edition."""
    key = ["series", "edition_order"]
    printed = known.groupby(key, sort=False)["year"].transform("max")
    chain = known[known["lane"] != "held"]
    table = chain.groupby(key).agg(year=("year", "max"), day=("day_order", "min")).reset_index()
    table = table.sort_values(["series", "day", "edition_order"], kind="stable")
    reached = table.groupby("series")["year"].cummax()
    table["known_until"] = reached.groupby(table["series"]).shift(1)
    until = known[key].merge(table[[*key, "known_until"]], on=key, how="left")["known_until"]
    return known.assign(printed_until=printed, known_until=until.to_numpy())


def figures_before(known: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Position of the older figure of each row, whether it is stale, how it leans, and whether there is an older figure at all.

    In the chain it is the one before. A held figure meets the chain's last one by its own date, else the first; where it agrees with
    a later one it is confirmed by that, and where only with an earlier one it is stale.
    """
    place, held = known["place"].to_numpy(), (known["lane"] == "held").to_numpy()
    position = np.arange(len(known))
    old = np.where(np.r_[-1, place[:-1]] == place, position - 1, -1)
    stale, leans = np.zeros(len(known), bool), np.zeros(len(known), int)
    if held.any():
        own = position[held]
        counts = np.bincount(place[~held], minlength=place.max() + 1)
        first = np.searchsorted(place, place[own])  # places are numbered in their order
        spread = np.repeat(np.arange(len(own)), counts[place[own]])
        chain = (
            first[spread]
            + np.arange(len(spread))
            - np.repeat(np.cumsum(counts[place[own]]) - counts[place[own]], counts[place[own]])
        )
        amount, half, day = (known[column].to_numpy() for column in ("amount", "half", "day_order"))
        agrees = meets(amount[own[spread]], half[own[spread]], amount[chain], half[chain])
        earlier = day[chain] <= day[own[spread]]
        reference = first.copy()
        np.maximum.at(reference, spread[earlier], chain[earlier])
        later = agrees & (chain >= reference[spread])
        np.maximum.at(reference, spread[later], chain[later])
        before = chain < reference[spread]
        stale[own] = np.bincount(spread[agrees & before], minlength=len(own)) > 0
        moved = np.abs(amount[reference[spread]] - amount[chain])
        near = agrees | (np.abs(amount[own[spread]] - amount[chain]) <= NEAR * moved)
        near, any_before = (np.bincount(spread[part], minlength=len(own)) > 0 for part in (near & before, before))
        leans[own] = np.where(near, 1, np.where(any_before, -1, 0))
        old[own] = reference
    return old, stale, leans, old >= 0


def third_opinions(pairs: pd.DataFrame, known: pd.DataFrame, new_at: np.ndarray, old_at: np.ndarray) -> np.ndarray:
    """`old` or `new` where a further edition repeats that figure of a differing pair alone, else "".

    Beside a doubtful figure any further edition may speak; beside a copy none does, because copies repeat each other. In a chain a
    later figure confirms what was revised, as it should; so only an edition that returns to the old one after it, or that had printed
    the new one before, shows that one of the two was a slip.
    """
    side = np.full(len(pairs), "", dtype=object)
    differ = np.flatnonzero(~pairs["same"].to_numpy())
    place, amount, half = (known[column].to_numpy() for column in ("place", "amount", "half"))
    held = (known["lane"] == "held").to_numpy()
    doubtful = held & ~known["copy"].to_numpy()
    start = np.searchsorted(place, place[new_at[differ]])
    count = np.searchsorted(place, place[new_at[differ]], side="right") - start
    many = count > 2
    differ, start, count = differ[many], start[many], count[many]
    spread = np.repeat(np.arange(len(differ)), count)
    other = start[spread] + np.arange(len(spread)) - np.repeat(np.cumsum(count) - count, count)
    new, old = new_at[differ][spread], old_at[differ][spread]
    free = (other != new) & (other != old) & (doubtful | ~held)[new]
    with_old = meets(amount[other], half[other], amount[old], half[old])
    with_new = meets(amount[other], half[other], amount[new], half[new])
    for_old = free & with_old & ~with_new & (doubtful[new] | ((other > new) & ~held[other]))
    for_new = free & with_new & ~with_old & (doubtful[new] | ((other < old) & ~held[other]))
    votes_old, votes_new = (np.bincount(spread[votes], minlength=len(differ)) > 0 for votes in (for_old, for_new))
    side[differ[votes_old & ~votes_new]] = "old"
    side[differ[votes_new & ~votes_old]] = "new"
    return side
