"""Findings: one row per thing that cannot be true, is probably wrong, or should be looked at once.

Gives the frame that every check fills. A finding is a location, the values and what was expected; the sentence for people is
the catalogue text `finding.<check>`. Levels: `error` cannot be true, `high` probably wrong, `low` look once.
"""

import pandas as pd

COLUMNS = ["check", "level", "city", "indicator", "scope", "year", "edition", "cells", "values", "expected", "suggestion"]
LEVELS = ("error", "high", "low")


def make_findings(found: list[dict]) -> pd.DataFrame:
    """Findings as a sorted frame; lists of cells and values become text separated by ` | `."""
    frame = pd.DataFrame(found, columns=COLUMNS)
    for column in ("cells", "values"):
        frame[column] = frame[column].map(lambda item: " | ".join(map(str, item)) if isinstance(item, (list, tuple)) else item)
    frame["year"] = frame["year"].astype("Int64")
    texts = [column for column in COLUMNS if column != "year"]
    frame[texts] = frame[texts].astype(object).where(frame[texts].notna(), "").astype(str)
    return sort_findings(frame)


def sort_findings(frame: pd.DataFrame) -> pd.DataFrame:
    order = frame["level"].map({level: number for number, level in enumerate(LEVELS)})
    keys = ["order", "check", "city", "indicator", "scope", "year", "edition", "cells"]
    return frame.assign(order=order).sort_values(keys, kind="stable", ignore_index=True)[COLUMNS]


def join_findings(frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return sort_findings(pd.concat(filled, ignore_index=True)) if filled else make_findings([])
