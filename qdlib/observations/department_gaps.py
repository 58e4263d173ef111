"""A department's figure beside a published one for the same year: which of them differ.

Takes admitted rows with amount and half; gives findings `department_gap`. The published figure is that of the best class, newest
first; it stands in the series (see `vintages`), unless only a copy has it. A gap counts beyond half a percent of the published figure
and beyond both rounding intervals: a figure printed in whole 万 is no other figure.
"""

import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.observations.findings import explain
from qdlib.observations.rows import SERIES, SLACK, last_day, shown
from qdlib.observations.vintages import edition_ranks
from qdlib.reading.department_form import SOURCE

WIDEST = 0.005  # the design's limit; departments report few figures, so that no failure rate could be observed yet
YEAR = [*SERIES, "year"]


def check_department_gaps(rows: pd.DataFrame, catalogue: Catalogue) -> list[dict]:
    editions = [edition for edition in rows["edition"].unique() if catalogue.source_of(edition).id == SOURCE]
    reported = rows["edition"].isin(editions)
    if not reported.any():
        return []
    rows = rows[shown(rows)]
    published = rows[~rows["edition"].isin(editions)]
    published = published.assign(rank=edition_ranks(published, catalogue), day=last_day(published, catalogue))
    published = published.sort_values([*YEAR, "rank", "day", "edition"], ascending=[True] * 5 + [False, True], kind="stable")
    pairs = rows[rows["edition"].isin(editions)].merge(published.drop_duplicates(YEAR), on=YEAR, suffixes=("", "_other"))
    gap = (pairs["amount"] - pairs["amount_other"]).abs()
    apart = (gap > WIDEST * pairs["amount_other"].abs() * (1 + SLACK)) & (gap > pairs["half"] + pairs["half_other"] + SLACK)
    return [describe_gap(row) for row in pairs[apart].to_dict("records")]


def describe_gap(row: dict) -> dict:
    other = row["amount_other"]
    percent = f"{100 * abs(row['amount'] - other) / abs(other):.2g}" if other else "∞"
    return {
        "check": "department_gap",
        "level": "high",
        **{key: row[key] for key in (*YEAR, "edition")},
        "cells": [row["source_cell"], row["source_cell_other"]],
        "values": [row["raw"], row["raw_other"]],
        "expected": "",
        "explanation": explain(
            "department_gap", found=row["amount"], other=other, edition=f"edition:{row['edition_other']}", gap=percent
        ),
        "suggestion": "compare",
    }
