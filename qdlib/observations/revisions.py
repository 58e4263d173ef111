"""Revisions: what a newer edition did to the figures that were known before, as named events.

Takes admitted rows with amounts; gives `comparisons` (one row per reprinted figure) and `revisions` (one row per block of
revised years). Official editions form a chain by date; copies form one only where no official edition prints the year.
r is ln(new/old), percentage points for shares and rates, and 0 where the intervals meet. A block is a run of revised years
that are neighbours in print. First form: unit slips, censuses per series, final figures; everything else stays `open`.
"""

from itertools import pairwise

import numpy as np
import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.observations.rows import SERIES, SLACK, last_day, shown
from qdlib.observations.vintages import edition_ranks

COLUMNS = ["event", "census", *SERIES, "edition", "older_editions", "first_year", "last_year", "years", "r_first", "r_last",
           "r_median", "cells_old", "cells_new"]
# A census moves whole runs of years; smaller medians than this are rounding and routine corrections (design: 0.4 %).
CENSUS_MEDIAN = 0.004
# The step back to agreement at the end of a census block, as a log ratio.
CENSUS_CUT = 0.005
FINAL_MEDIAN = 0.03
SLIP_WIDTH = 0.08


def compare_editions(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Each reprinted figure beside the last one known before: SERIES, year, edition, older, r, same, cells, published."""
    known = rows[shown(rows)].assign(day=lambda frame: last_day(frame, catalogue))
    ranks = edition_ranks(known, catalogue)
    known = known.assign(copy=(ranks >= 2), order=-ranks.where(ranks >= 2, 2.0))
    known["copy_only"] = known.groupby(SERIES)["copy"].transform("min")
    chain = known[~known["copy"] | known["copy_only"]]
    chain = chain.sort_values([*SERIES, "year", "order", "day", "edition"], kind="stable")
    before = chain.groupby([*SERIES, "year"], sort=False)[["edition", "amount", "half", "source_cell"]].shift(1)
    pairs = chain.join(before.add_suffix("_old")).dropna(subset=["edition_old"])
    gap = (pairs["amount"] - pairs["amount_old"]).abs()
    same = gap <= pairs["half"] + pairs["half_old"] + SLACK * pairs["amount"].abs()
    points = pairs["indicator"].map({key: item.in_points for key, item in catalogue.indicators.items()}).astype(bool)
    positive = (pairs["amount"] > 0) & (pairs["amount_old"] > 0)
    ratio = np.log(pairs["amount"].where(positive) / pairs["amount_old"].where(positive))
    r = ratio.where(~points & positive, pairs["amount"] - pairs["amount_old"]).where(~same, 0.0)
    frame = pairs.assign(r=r, same=same, points=points | ~positive)
    columns = [*SERIES, "year", "edition", "edition_old", "amount_old", "amount", "r", "same", "points", "source_cell_old", "source_cell"]
    return frame[columns].sort_values([*SERIES, "edition", "year"], kind="stable", ignore_index=True)


def name_events(comparisons: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """One row per block of revised years, named by the first rule that holds; `open` where none does."""
    censuses = sorted(event.year for event in catalogue.events.values() if event.kind == "economic_census")
    found = []
    for _, printed in comparisons.groupby([*SERIES, "edition"], sort=True):
        printed = printed.reset_index(drop=True)
        if printed["same"].all():
            continue
        for block in revised_blocks(printed["same"].to_numpy()):
            found.append(describe_block(printed, block, censuses, catalogue))
    return pd.DataFrame(found, columns=COLUMNS).astype({"census": "Int64"})


def revised_blocks(same: np.ndarray) -> list[tuple[int, int]]:
    """First and last position of each run of revised years."""
    edges = np.flatnonzero(np.diff(np.r_[True, same, True].astype(int)))
    return [(first, last - 1) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def describe_block(printed: pd.DataFrame, block: tuple[int, int], censuses: list[int], catalogue: Catalogue) -> dict:
    part = printed.iloc[block[0] : block[1] + 1]
    event, census = name_block(printed, block, censuses, catalogue.indicators[part["indicator"].iloc[0]].revised_by)
    return {
        "event": event,
        "census": census,
        **{key: part[key].iloc[0] for key in (*SERIES, "edition")},
        "older_editions": " | ".join(dict.fromkeys(part["edition_old"])),
        "first_year": int(part["year"].iloc[0]),
        "last_year": int(part["year"].iloc[-1]),
        "years": len(part),
        "r_first": part["r"].iloc[0],
        "r_last": part["r"].iloc[-1],
        "r_median": part["r"].median(),
        "cells_old": " | ".join(part["source_cell_old"]),
        "cells_new": " | ".join(part["source_cell"]),
    }


def name_block(printed: pd.DataFrame, block: tuple[int, int], censuses: list[int], revised_by: str | None) -> tuple[str, int | None]:
    """The event of a block and the census year where it is one."""
    part = printed.iloc[block[0] : block[1] + 1]
    if not part["points"].any() and is_slip(part["r"].to_numpy()):
        return "unit_slip", None
    if revised_by == "economic_census":
        # The latest first: a long block of a panel may show several cuts, and the break that is marked lies behind its last year.
        for census in reversed(censuses):
            if is_census(printed, block, census):
                return "census_revision", census
    newest = printed["year"].max()
    if len(part) <= 3 and part["year"].iloc[-1] == newest and part["r"].abs().median() <= FINAL_MEDIAN and not part["points"].any():
        return "final_figure", None
    return "open", None


def is_slip(r: np.ndarray) -> bool:
    """All ratios near one power of ten other than 1."""
    power = r / np.log(10)
    return bool((np.abs(power - np.round(power[0])) < SLIP_WIDTH).all() and np.round(power[0]) != 0)


def is_census(printed: pd.DataFrame, block: tuple[int, int], census: int) -> bool:
    """A part of the block that ends at the census year or the year after, long and large enough, followed by a cut."""
    years, r = printed["year"].to_numpy(), printed["r"].to_numpy()
    for end in range(block[0], block[1] + 1):
        part = slice(block[0], end + 1)
        if years[end] not in (census, census + 1) or end - block[0] < 2 or np.median(np.abs(r[part])) < CENSUS_MEDIAN:
            continue
        step = max(CENSUS_CUT, 3 * float(np.median(np.abs(np.diff(r[part])))))
        if end + 1 < len(r):
            if abs(r[end + 1] - r[end]) >= step:
                return True
        elif end == block[1]:
            return True
    return False


def find_mixed_bases(rows: pd.DataFrame, revisions: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Rows of editions that print both sides of a census cut: their first year after it, to get status B.

    A copy that another one supersedes cannot bear witness to a census. Returns source_cell, city, indicator, scope, edition, year,
    census, and the cells and printed figures of both sides.
    """
    census = revisions[revisions["event"] == "census_revision"]
    census = census[edition_ranks(census, catalogue, set(rows["edition"])) <= 2]
    rows_by_series = dict(list(rows[shown(rows)].groupby(SERIES)))
    found = []
    for event in census.itertuples():
        printed = rows_by_series[(event.city, event.indicator, event.scope)]
        old = old_figures(printed, event)
        for edition, own in printed.groupby("edition"):
            own = own.sort_values("year").reset_index(drop=True)
            for (_, last), (_, after) in pairwise(own.iterrows()):
                if last["year"] <= event.last_year < after["year"] and agrees(last, old):
                    found.append({"source_cell": after["source_cell"], "city": event.city, "indicator": event.indicator,
                                  "scope": event.scope, "edition": edition, "year": after["year"], "census": event.census,
                                  "cells": [last["source_cell"], after["source_cell"]], "values": [last["raw"], after["raw"]]})
    columns = ["source_cell", "city", "indicator", "scope", "edition", "year", "census", "cells", "values"]
    return pd.DataFrame(found, columns=columns).drop_duplicates("source_cell")


def old_figures(printed: pd.DataFrame, event) -> pd.DataFrame:
    return printed[printed["source_cell"].isin(event.cells_old.split(" | "))]


def agrees(row: pd.Series, others: pd.DataFrame) -> bool:
    """True where the row repeats, within rounding, one of the older figures of its year."""
    same_year = others[others["year"] == row["year"]]
    return bool(((same_year["amount"] - row["amount"]).abs() <= same_year["half"] + row["half"] + SLACK).any())


def mark_breaks(rows: pd.DataFrame, mixed: pd.DataFrame) -> pd.DataFrame:
    """The rows with status B, and a note, at the first year after a cut in an edition of two bases."""
    rows = rows.copy()
    hit = rows["source_cell"].isin(mixed["source_cell"]) & rows["status"].isin(["A", "P"])
    notes = {row.source_cell: f"first year after the economic census of {int(row.census)}" for row in mixed.itertuples()}
    rows.loc[hit, "note"] = (rows.loc[hit, "note"] + "; " + rows.loc[hit, "source_cell"].map(notes)).str.lstrip("; ")
    rows.loc[hit, "status"] = "B"
    return rows
