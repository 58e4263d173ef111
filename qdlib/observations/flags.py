"""Events and mixed bases that must not stay as they are, as findings.

Takes named overlaps, their events and the mixed bases; gives findings. Years that slipped cannot be true; a revision that no rule names
is an open flag until it is declared or corrected; an edition of two bases carries no growth across them.
"""

import pandas as pd

from qdlib.observations.findings import explain, make_findings
from qdlib.observations.rows import SERIES

# Events that are findings too, and their level.
FLAGGED = {"year_shift": "error", "open": "high"}


def mixed_findings(mixed: pd.DataFrame) -> pd.DataFrame:
    return make_findings(
        [
            {"check": "mixed_basis", "level": "high", **place(row), "year": row.year, "cells": row.cells, "values": row.values,
             "suggestion": "compare", "explanation": explain("mixed_basis", census=str(int(row.census)))}
            for row in mixed.itertuples()
        ]
    )  # fmt: skip


def event_findings(events: pd.DataFrame, overlaps: pd.DataFrame) -> pd.DataFrame:
    """A finding for each event of FLAGGED; it says so where an open figure differs from the older one by two swapped digits."""
    swapped, figures = swapped_figures(overlaps), figures_by_cell(overlaps)
    found = []
    for row in events[events["event"].isin(FLAGGED)].itertuples():
        years = f"{row.first_year}" if row.first_year == row.last_year else f"{row.first_year}–{row.last_year}"
        cells = row.cells_new.split(" | ")
        told = next((swapped[cell] for cell in cells if cell in swapped), None) if row.event == "open" else None
        text = explain("open_digits", years=years, found=told[1], other=told[0]) if told else explain(row.event, years=years)
        suggestion = "declare" if row.event == "open" and not told else "compare"
        where = {**place(row), "year": row.first_year, "cells": [*cells, *row.cells_old.split(" | ")]}
        told_as = {"values": [figures[cell] for cell in cells], "suggestion": suggestion, "explanation": text}
        found.append({"check": row.event, "level": FLAGGED[row.event], **where, **told_as})
    return make_findings(found)


def place(row) -> dict:
    return {key: getattr(row, key) for key in (*SERIES, "edition")}


def figures_by_cell(overlaps: pd.DataFrame) -> dict[str, str]:
    """Cell -> `new ← old` in catalogue units, for the overlaps of flagged events."""
    rows = overlaps[overlaps["event"].isin(FLAGGED)]
    return {row.source_cell: f"{row.amount:.10g} ← {row.amount_old:.10g}" for row in rows.itertuples()}


def swapped_figures(overlaps: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Cell -> older and newer figure, for open overlaps whose figures differ by an exchange of two neighbouring digits."""
    rows = overlaps[overlaps["event"] == "open"]
    pairs = {row.source_cell: (f"{row.amount_old:.10g}", f"{row.amount:.10g}") for row in rows.itertuples()}
    return {cell: pair for cell, pair in pairs.items() if digits_swapped(*pair)}


def digits_swapped(one: str, other: str) -> bool:
    """True where two printed figures are the same but for two neighbouring digits: 7302.11 and 7320.11."""
    differing = [at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    if len(one) != len(other) or len(differing) != 2:
        return False
    first, second = differing
    between = one[first + 1 : second]
    return between in ("", ".") and one[first] == other[second] and one[second] == other[first]
