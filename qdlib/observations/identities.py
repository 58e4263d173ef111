"""Identities between indicators, evaluated inside one edition.

Takes admitted rows and the catalogue's identities; gives findings. A total and its parts are intervals: only a gap that the
rounding of all members cannot explain counts, so a part printed coarser raises no false alarm. First form: sums, and the
index against levels.
"""

import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.observations.findings import join_findings, make_findings
from qdlib.observations.rows import SLACK, shown

PLACE = ["city", "scope", "year", "edition"]
# Parts made from shares of two decimals miss their total by up to about this share of it (observed in 863 city-years).
SHARE_SLACK = 1.1e-4
# Implied deflators of 36 cities on one basis stay within these limits (0.5 to 99.5 percentile of 826 city-years).
DEFLATOR = (-6.0, 12.0)


def check_identities(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    found = []
    known = rows[shown(rows)]
    for identity in catalogue.identities.values():
        if identity.kind == "sum":
            found.append(check_sum(known, identity))
        elif identity.kind == "index_level":
            found.append(check_index_level(known, identity))
    return join_findings(found)


def check_sum(rows: pd.DataFrame, identity) -> pd.DataFrame:
    """A total that its parts miss by more than rounding: low near rounding, else error."""
    members = rows[rows["indicator"].isin([identity.total, *identity.parts])]
    wide = members.pivot_table(index=PLACE, columns="indicator", values=["amount", "half"], aggfunc="first")
    cells = members.pivot_table(index=PLACE, columns="indicator", values="source_cell", aggfunc="first")
    if wide.empty or not {identity.total, *identity.parts} <= set(wide["amount"].columns):
        return make_findings([])
    wide = wide.dropna(subset=[("amount", key) for key in (identity.total, *identity.parts)])
    total = wide["amount"][identity.total]
    gap = wide["amount"][list(identity.parts)].sum(axis=1) - total
    half = wide["half"][[identity.total, *identity.parts]].sum(axis=1)
    slack = SLACK * total.abs()
    wrong = gap.abs() > half + slack
    low = gap.abs() <= pd.concat([3 * half, SHARE_SLACK * total.abs()], axis=1).max(axis=1) + slack
    found = []
    for place in wide.index[wrong]:
        row = dict(zip(PLACE, place, strict=True))
        parts = [f"{wide['amount'][key][place]:.10g}" for key in identity.parts]
        found.append(
            {"check": "sum_to_total", "level": "low" if low[place] else "error", **row, "indicator": identity.total,
             "cells": [cells[key][place] for key in (identity.total, *identity.parts)],
             "values": [f"{total[place]:.10g}", *parts], "expected": f"{total[place] + gap[place]:.10g}"}
        )
    return make_findings(found)


def check_index_level(rows: pd.DataFrame, identity) -> pd.DataFrame:
    """Levels of one edition whose change leaves no plausible deflator beside the published index, any edition's."""
    place = ["city", "scope", "year"]
    index = rows[rows["indicator"] == identity.total].sort_values("published").drop_duplicates(place, keep="last")
    levels = rows[rows["indicator"] == identity.parts[0]]
    before = levels.assign(year=levels["year"] + 1)[[*PLACE, "amount", "source_cell", "raw"]]
    pairs = levels[levels["status"] != "B"].merge(before, on=PLACE, suffixes=("", "_before"))
    pairs = pairs.merge(index[[*place, "amount", "source_cell"]], on=place, suffixes=("", "_index"))
    deflator = 100 * (pairs["amount"] / pairs["amount_before"] / (pairs["amount_index"] / 100) - 1)
    outside = pairs.assign(deflator=deflator)[(deflator < DEFLATOR[0]) | (deflator > DEFLATOR[1])]
    found = [
        {"check": "index_level", "level": "high", "city": row.city, "indicator": row.indicator, "scope": row.scope, "year": row.year,
         "edition": row.edition, "cells": [row.source_cell_before, row.source_cell, row.source_cell_index],
         "values": [row.raw_before, row.raw, f"{row.amount_index:.10g}", f"{row.deflator:.2f} %"],
         "expected": f"{DEFLATOR[0]:g} … {DEFLATOR[1]:g} %"}
        for row in outside.itertuples()
    ]
    return make_findings(found)
