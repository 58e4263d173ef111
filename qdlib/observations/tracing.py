"""One figure through all its editions, each with its source cell.

Takes a city, an indicator and a year; gives a row per edition in the order of publication: how it stands to what was known before, the
event that names a difference, the correction and the findings at its cell, and which vintages choose it.
"""

import pandas as pd

from qdlib.catalogue import Catalogue, load_catalogue
from qdlib.errors import DataError
from qdlib.observations import store
from qdlib.observations.comparisons import compare_editions
from qdlib.observations.rows import last_day
from qdlib.observations.vintages import choose_figures

COLUMNS = [
    "edition", "published", "value", "unit", "status", "bound", "relation", "change_pct", "beside", "event", "census", "correction",
    "findings", "chosen_by", "source_cell", "raw", "note",
]  # fmt: skip
VINTAGES = ("latest", "first_release")


def trace(city: str, indicator: str, year: int, scope: str = "whole_city") -> pd.DataFrame:
    """Every edition's figure of one city, indicator and year. CatalogueError on unknown ids, DataError where nothing is known.

    value is in the unit printed. relation: `first`, `confirmed`, `revised`, for a copy or a doubtful figure `stale` (equals what was
    revised since) or `deviates`, "" for what is no figure of the past (a bound, a forecast, a mark); change_pct compares with the
    edition `beside`, in catalogue units. event and census: the named revision; correction: ids; findings: checks at this cell;
    chosen_by: vintages.
    """
    catalogue = load_catalogue()
    catalogue.need_city(city)
    catalogue.need_indicator(indicator)
    rows = store.read_observations(city)
    own = rows[(rows["indicator"] == indicator) & (rows["scope"] == scope)]
    found = own[own["year"] == year]
    if found.empty:
        years = ", ".join(map(str, sorted(own["year"].unique()))) or "none"
        raise DataError(f"no edition prints {indicator} of {city} for {year} ({scope}); years with figures: {years}")
    found = found.assign(day=last_day(found, catalogue)).sort_values(["day", "edition"], kind="stable", ignore_index=True)
    found = found.merge(relations(found, catalogue), on="source_cell", how="left").merge(
        named_events(store.read_revisions(city), indicator, scope, year), on="source_cell", how="left"
    )
    found["event"] = found["event"].fillna("")
    found["relation"] = found["relation"].where(found["event"] != "stale_copy", "stale")
    return found.assign(
        correction=joined(store.read_table("corrections", city), "source_cell", "id", found),
        findings=joined(findings_by_cell(store.read_findings(city)), "cell", "check", found),
        chosen_by=choices(found, catalogue),
    )[COLUMNS]


def relations(found: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """relation, change_pct and the edition beside, for each cell."""
    pairs = compare_editions(found, catalogue)
    held = pairs["lane"] == "held"
    relation = (
        pd.Series("revised", index=pairs.index)
        .where(~held, "deviates")
        .where(~pairs["stale"], "stale")
        .where(~pairs["same"], "confirmed")
    )
    change = (100 * (pairs["amount"] / pairs["amount_old"] - 1)).where(~pairs["same"]).round(2)
    known = pd.DataFrame(
        {"source_cell": pairs["source_cell"], "relation": relation, "change_pct": change, "beside": pairs["edition_old"]}
    )
    chain = found["value"].notna() & (found["bound"] == "equal") & ~found["status"].isin(["F"])
    first = found.loc[~found["source_cell"].isin(known["source_cell"]), ["source_cell"]]
    first = first.assign(relation=["first" if chain[at] else "" for at in first.index], change_pct=float("nan"), beside="")
    return pd.concat([known, first], ignore_index=True) if len(known) else first


def named_events(revisions: pd.DataFrame, indicator: str, scope: str, year: int) -> pd.DataFrame:
    """event and census of the revision that holds each cell."""
    own = revisions[(revisions["indicator"] == indicator) & (revisions["scope"] == scope)]
    own = own[(own["first_year"] <= year) & (own["last_year"] >= year)]
    if own.empty:
        return pd.DataFrame(
            {"source_cell": pd.Series(dtype="str"), "event": pd.Series(dtype="str"), "census": pd.Series(dtype="Int64")}
        )
    cells = own.assign(source_cell=own["cells_new"].str.split(" | ", regex=False)).explode("source_cell")
    return cells[["source_cell", "event", "census"]].drop_duplicates("source_cell")


def findings_by_cell(findings: pd.DataFrame) -> pd.DataFrame:
    if findings.empty:
        return findings.assign(cell="")
    return findings.assign(cell=findings["cells"].str.split(" | ", regex=False)).explode("cell")


def joined(table: pd.DataFrame, key: str, value: str, found: pd.DataFrame) -> list[str]:
    """The values of a table at each cell, joined by blanks, each once."""
    at = table[table[key].isin(found["source_cell"])].groupby(key)[value].agg(lambda texts: " ".join(dict.fromkeys(texts)))
    return [at.get(cell, "") for cell in found["source_cell"]]


def choices(found: pd.DataFrame, catalogue: Catalogue) -> list[str]:
    """The vintages that choose each cell."""
    cells = {vintage: set(choose_figures(found, vintage, catalogue)["source_cell"]) for vintage in VINTAGES}
    return [" ".join(vintage for vintage in VINTAGES if cell in cells[vintage]) for cell in found["source_cell"]]
