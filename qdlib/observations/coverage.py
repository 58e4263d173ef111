"""What an edition printed before and its successor does not: indicators, recent years, the start of the window.

Takes figures; gives findings. Successive editions of one source are compared table by table, and only where both are held: a table
that is not in data/raw left nothing out. Rows of a collection bear the edition they were gathered from; a gathering is a
choice, so it proves nothing about what the publication left out; nor does a department's workbook, which asks only for what is
missing. A window that rolls, gaining at its end what it loses at its start, has not shrunk. A figure that is printed but not shown
(doubtful, dropped by a correction, a mark) is not gone.
"""

import re

import numpy as np
import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.observations.figures import FIRST_YEAR, YEARS, Figures
from qdlib.observations.findings import explain
from qdlib.observations.rows import shown
from qdlib.reading.department_form import SOURCE

# The years at the end of a table that each edition reprints: five in the national city yearbook and in table 1-7.
RECENT = 5
TABLE = re.compile(r"^(?P<edition>[^/]+)/(?P<table>.+?)\.[^.!]+!")


def check_coverage(figures: Figures, catalogue: Catalogue) -> list[dict]:
    lines = list_lines(figures, catalogue)
    if lines.empty:
        return []
    pairs = succeed(lines)
    kept = pairs[pairs["next"] >= 0]
    hidden = hidden_prints(figures.rows) if len(pairs) else set()
    return [
        *lost_indicators(figures, pairs[pairs["next"] < 0], hidden),
        *lost_years(figures, kept, hidden),
        *moved_starts(figures, kept, hidden),
    ]


def hidden_prints(rows: pd.DataFrame) -> set[tuple]:
    """City, indicator, scope, edition and year of the rows that no series shows."""
    rows = rows[~shown(rows)]
    return set(zip(rows["city"], rows["indicator"], rows["scope"], rows["edition"], rows["year"], strict=True))


def key_of(figures: Figures, at: int, edition: str) -> tuple:
    row = figures.row(at)
    return row["city"], row["indicator"], row["scope"], edition, row["year"]


def list_lines(figures: Figures, catalogue: Catalogue) -> pd.DataFrame:
    """One row a line of a table's own edition: series, city, source, edition, table, where it starts and stops, its years."""
    if not len(figures):
        return pd.DataFrame()
    start = np.flatnonzero(np.r_[True, np.diff(figures.line) > 0])
    stop = np.r_[start[1:], len(figures)]
    cell = figures.rows["source_cell"].iloc[figures.position[start]].astype(str).str.extract(TABLE).to_numpy(str)
    edition = figures.codes["edition"][start]
    names = np.array(figures.names["edition"], str)[edition]
    source = np.array([catalogue.source_of(name).id for name in figures.names["edition"]], str)[edition]
    lines = pd.DataFrame(
        {
            "line": figures.line[start],
            "series": figures.series[start],
            "city": figures.codes["city"][start],
            "source": source,
            "edition": edition,
            "table": cell[:, 1],
            "start": start,
            "stop": stop,
            "first": figures.year[start],
            "last": figures.year[stop - 1],
        }
    )
    return lines[(cell[:, 0] == names) & (source != SOURCE)]


def succeed(lines: pd.DataFrame) -> pd.DataFrame:
    """Each line with the next edition that holds its table for its city: `next` line (−1 where not printed there), `after` edition."""
    held = lines[["city", "source", "table", "edition"]].drop_duplicates().sort_values(["city", "source", "table", "edition"])
    held["after"] = held.groupby(["city", "source", "table"])["edition"].shift(-1)
    pairs = lines.merge(held.dropna(subset=["after"]).astype({"after": int}), on=["city", "source", "table", "edition"])
    following = lines[["series", "edition", "start", "stop", "first", "last"]]
    following = following.rename(columns={"edition": "after"})
    pairs = pairs.merge(following, on=["series", "after"], how="left", suffixes=("", "_next"))
    return pairs.assign(next=pairs["start_next"].fillna(-1).astype(int))


def lost_indicators(figures: Figures, pairs: pd.DataFrame, hidden: set[tuple]) -> list[dict]:
    marked = {key[:-1] for key in hidden}
    return [
        {
            "check": "coverage_shrank",
            "level": "high",
            **figures.row(pair.stop - 1),
            "edition": figures.names["edition"][pair.after],
            "cells": figures.cells([pair.stop - 1]),
            "values": figures.raws([pair.stop - 1]),
            "suggestion": "compare",
            "explanation": explain(
                "indicator_gone",
                before=f"edition:{figures.names['edition'][pair.edition]}",
                table=pair.table,
                last=str(pair.last),
            ),
        }
        for pair in pairs.itertuples()
        if key_of(figures, pair.stop - 1, figures.names["edition"][pair.after])[:-1] not in marked
    ]


def lost_years(figures: Figures, pairs: pd.DataFrame, hidden: set[tuple]) -> list[dict]:
    """Years inside the newer line's window, or at its end, that only the older line prints: recent ones high, others low."""
    pairs = pairs[pairs["stop"] - pairs["start"] > 1]
    at, pair = gone_figures(figures, pairs)
    edges = np.flatnonzero(np.diff(pair)) + 1
    found = []
    for lost, number in zip(np.split(at, edges), pair[np.r_[0, edges]] if len(pair) else [-1], strict=True):
        if len(lost):
            row = pairs.iloc[number]
            after = figures.names["edition"][row["after"]]
            lost = [one for one in lost if key_of(figures, one, after) not in hidden]
            found += [describe_years(figures, lost, row, after)] if lost else []
    return found


def gone_figures(figures: Figures, pairs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the older lines' figures whose year the newer line's window covers and does not print; and which pair each is of."""
    size = (pairs["stop"] - pairs["start"]).to_numpy()
    pair = np.repeat(np.arange(len(pairs)), size)
    at = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size) + np.repeat(pairs["start"].to_numpy(), size)
    key = figures.line.astype(np.int64) * YEARS + (figures.year - FIRST_YEAR)
    wanted = figures.line[pairs["next"].to_numpy()[pair]] * np.int64(YEARS) + (figures.year[at] - FIRST_YEAR)
    near = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    gone = (key[near] != wanted) & (figures.year[at] >= pairs["first_next"].to_numpy()[pair])
    return at[gone], pair[gone]


def describe_years(figures: Figures, lost: list[int], row: pd.Series, after: str) -> dict:
    recent = [one for one in lost if figures.year[one] > row["last"] - RECENT]
    years = ", ".join(str(figures.year[one]) for one in lost)
    before = f"edition:{figures.names['edition'][row['edition']]}"
    return {
        "check": "coverage_shrank",
        "level": "high" if recent else "low",
        **figures.row((recent or lost)[0]),
        "edition": after,
        "cells": figures.cells(lost),
        "values": figures.raws(lost),
        "suggestion": "compare",
        "explanation": explain("years_gone", years=years, before=before, table=row["table"]),
    }


def moved_starts(figures: Figures, pairs: pd.DataFrame, hidden: set[tuple]) -> list[dict]:
    """Windows that start later by more years than they gained at their end."""
    shrunk = (pairs["first_next"] - pairs["first"]) - (pairs["last_next"] - pairs["last"]).clip(lower=0)
    return [
        {
            "check": "coverage_shrank",
            "level": "low",
            **figures.row(pair.start),
            "edition": figures.names["edition"][pair.after],
            "cells": figures.cells([pair.start]),
            "values": figures.raws([pair.start]),
            "expected": str(pair.first),
            "suggestion": "compare",
            "explanation": explain(
                "window_moved",
                first=str(pair.first),
                now=str(int(pair.first_next)),
                before=f"edition:{figures.names['edition'][pair.edition]}",
                table=pair.table,
            ),
        }
        for pair in pairs[(shrunk > 0) & (pairs["stop"] - pairs["start"] > 1)].itertuples()
        if key_of(figures, pair.start, figures.names["edition"][pair.after]) not in hidden
    ]
