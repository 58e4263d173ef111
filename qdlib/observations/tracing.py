"""One figure through all its editions, each with its source cell.

Takes a city, an indicator and a year; gives a row per edition in the order of publication, with its relation to the one before
(first, confirmed, revised), and whether the `latest` and `first_release` vintages choose it.
"""

import pandas as pd

from qdlib.catalogue import load_catalogue
from qdlib.errors import DataError
from qdlib.observations import store
from qdlib.observations.rows import SLACK, last_day

COLUMNS = ["edition", "published", "value", "unit", "status", "bound", "relation", "change_pct", "chosen_by", "source_cell", "raw", "note"]


def trace(city: str, indicator: str, year: int, scope: str = "whole_city") -> pd.DataFrame:
    """Every edition's figure of one city, indicator and year. CatalogueError on unknown ids, DataError where nothing is known.

    value is in the unit printed; change_pct compares with the edition before, in catalogue units; chosen_by names vintages.
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
    before = found[["amount", "half"]].shift(1)
    same = (found["amount"] - before["amount"]).abs() <= found["half"] + before["half"] + SLACK
    relation = pd.Series("revised", index=found.index).where(~same, "confirmed")
    relation[before["amount"].isna()] = "first"
    change = (100 * (found["amount"] / before["amount"] - 1)).where(relation == "revised")
    found = found.assign(relation=relation, change_pct=change.round(2), chosen_by="")
    for vintage in ("latest", "first_release"):
        series = store.read_series(city, indicator, vintage)
        cells = set(series.loc[(series["year"] == year) & (series["scope"] == scope), "source_cell"])
        found.loc[found["source_cell"].isin(cells), "chosen_by"] += f" {vintage}"
    found["chosen_by"] = found["chosen_by"].str.strip()
    return found[COLUMNS]
