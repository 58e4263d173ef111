"""Editions that print two bases in one series: figures before a census next to figures after it.

Takes rows and the named overlaps; gives the first year behind the cut in each such edition, and the rows with status `B` there, so
that no growth rate crosses it. A copy that another one supersedes cannot bear witness to a census.
"""

import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.observations.rows import SERIES, integer_codes, meets, shown
from qdlib.observations.vintages import edition_ranks

MIXED = ["source_cell", *SERIES, "edition", "year", "census", "cells", "values"]


def find_mixed_bases(rows: pd.DataFrame, overlaps: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """One row per edition and series that repeats the figures before a census and goes on behind it (MIXED).

    rows: admitted rows; overlaps: of `name_overlaps`. cells and values are those of the last year before the cut and the first after.
    """
    moved = figures_before_census(overlaps, set(rows["edition"].unique()), catalogue)
    if moved.empty:
        return pd.DataFrame(columns=MIXED)
    printed = rows.loc[shown(rows), [*SERIES, "year", "edition", "amount", "half", "source_cell", "raw"]]
    # Only series that a census moved can be mixed; the others are left out before anything is sorted.
    printed = printed.merge(moved[SERIES].drop_duplicates(), on=SERIES)
    printed = printed.assign(series=integer_codes(printed, [*SERIES, "edition"])).sort_values(["series", "year"], kind="stable")
    after = printed.groupby("series")[["year", "source_cell", "raw"]].shift(-1)
    printed = printed.join(after.add_suffix("_after"))
    both = printed.merge(moved[[*SERIES, "year", "amount_old", "half_old", "census", "last"]], on=[*SERIES, "year"])
    both = both[meets(both["amount"], both["half"], both["amount_old"], both["half_old"])]
    both = both[(both["year"] <= both["last"]) & (both["last"] < both["year_after"])].drop_duplicates("source_cell_after")
    found = both.sort_values([*SERIES, "edition", "year"], kind="stable", ignore_index=True)
    cells = found[["source_cell", "source_cell_after"]].apply(list, axis=1) if len(found) else []
    values = found[["raw", "raw_after"]].apply(list, axis=1) if len(found) else []
    return found.assign(source_cell=found["source_cell_after"], year=found["year_after"].astype(int), cells=cells, values=values)[
        MIXED
    ]


def figures_before_census(overlaps: pd.DataFrame, editions: set[str], catalogue: Catalogue) -> pd.DataFrame:
    """What stood before each census: the older figures of its revisions, and stale copies; `last` is the last such year."""
    dated = overlaps[overlaps["census"] > 0]
    dated = dated.assign(last=dated.groupby("run")["year"].transform("max"))
    # A run that joined a census without reaching its year does not show where the bases meet.
    dated = dated[dated["last"] >= dated["census"]]
    revised = dated[dated["event"] == "census_revision"]
    revised = revised[edition_ranks(revised, catalogue, editions) <= 2]
    stale = dated[dated["event"] == "stale_copy"]
    stale = stale.assign(amount_old=stale["amount"], half_old=stale["half"])
    return pd.concat([revised, stale], ignore_index=True)


def mark_breaks(rows: pd.DataFrame, mixed: pd.DataFrame) -> pd.DataFrame:
    """The rows with status B, and a note, at the first year after a cut in an edition of two bases."""
    if mixed.empty:
        return rows.copy()
    rows = rows.copy()
    hit = rows["source_cell"].isin(mixed["source_cell"]) & rows["status"].isin(["A", "P"])
    notes = {row.source_cell: f"first year after the economic census of {int(row.census)}" for row in mixed.itertuples()}
    rows.loc[hit, "note"] = (rows.loc[hit, "note"] + "; " + rows.loc[hit, "source_cell"].map(notes)).str.lstrip("; ")
    rows.loc[hit, "status"] = "B"
    return rows
