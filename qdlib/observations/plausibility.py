"""Single figures that cannot be true or look wrong beside their neighbours.

Takes admitted rows; gives findings. First form: limits of the catalogue, lost decimal points, districts above the whole city.
A finding never changes a figure: that is a declared correction's work.
"""

from decimal import Decimal

import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.observations.findings import join_findings, make_findings
from qdlib.observations.rows import SERIES, SLACK, shown

ROW = [*SERIES, "edition"]
# A row of a table prints points or it does not: below this share a figure without one is no oddity.
POINT_SHARE = 0.7


def check_plausibility(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    return join_findings([check_limits(rows, catalogue), check_lost_points(rows), check_scopes(rows, catalogue)])


def check_limits(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    known = rows[rows["value"].notna()]
    limits = {key: (item.lower, item.upper) for key, item in catalogue.indicators.items()}
    lower = known["indicator"].map({key: float(pair[0]) for key, pair in limits.items() if pair[0] is not None})
    upper = known["indicator"].map({key: float(pair[1]) for key, pair in limits.items() if pair[1] is not None})
    outside = known[(known["amount"] < lower - SLACK) | (known["amount"] > upper + SLACK)]
    return make_findings([
        {"check": "limits", "level": "error", **{key: getattr(row, key) for key in (*ROW, "year")}, "cells": row.source_cell,
         "values": row.raw, "expected": " … ".join("" if limit is None else f"{float(limit):g}" for limit in limits[row.indicator])}
        for row in outside.itertuples()
    ])


def check_lost_points(rows: pd.DataFrame) -> pd.DataFrame:
    """A figure without decimal point in a row of figures with one, right only after division by 10, 100 or 1000."""
    known = rows[shown(rows) & (rows["amount"] > 0)].sort_values([*ROW, "year"], kind="stable")
    grouped = known.groupby(ROW, sort=False)
    known = known.assign(
        share=(known["decimals"] > 0).groupby([known[key] for key in ROW]).transform("mean"),
        left=grouped["amount"].shift(1), right=grouped["amount"].shift(-1),
    )
    suspects = known[(known["decimals"] == 0) & (known["share"] >= POINT_SHARE)]
    found = []
    for row in suspects.itertuples():
        neighbours = [value for value in (row.left, row.right) if pd.notna(value)]
        if not neighbours or any(0.5 <= row.amount / value <= 2 for value in neighbours):
            continue
        divisor = next((d for d in (10, 100, 1000) if all(0.5 <= row.amount / d / value <= 2 for value in neighbours)), None)
        if divisor:
            pointed = Decimal(f"{row.value:.0f}").scaleb(1 - len(str(divisor)))
            found.append({"check": "lost_decimal_point", "level": "high", **{key: getattr(row, key) for key in (*ROW, "year")},
                          "cells": row.source_cell, "values": row.raw, "expected": f"near {neighbours[0]:g}",
                          "suggestion": f"{pointed:f}"})
    return make_findings(found)


def check_scopes(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Additive levels of the districts above those of the whole city, in one edition."""
    additive = {key for key, item in catalogue.indicators.items() if item.additive}
    known = rows[shown(rows) & rows["indicator"].isin(additive)]
    key = ["city", "indicator", "year", "edition"]
    whole, districts = (known[known["scope"] == scope] for scope in ("whole_city", "urban_districts"))
    both = districts.merge(whole[[*key, "amount", "half", "source_cell", "raw"]], on=key, suffixes=("", "_whole"))
    room = both["half"] + both["half_whole"] + SLACK * both["amount_whole"].abs()
    wrong = both[both["amount"] - both["amount_whole"] > room]
    return make_findings([
        {"check": "scope_order", "level": "error", **{name: getattr(row, name) for name in (*ROW, "year")},
         "cells": [row.source_cell, row.source_cell_whole], "values": [row.raw, row.raw_whole], "expected": "districts ≤ whole city"}
        for row in wrong.itertuples()
    ])
