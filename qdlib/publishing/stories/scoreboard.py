"""The words and tables of the scoreboard: counts per pillar, and the composite index with its interval, or why there is none.

Takes cases; gives keyword arguments for display functions. Counts come first and an index never stands without its interval and its
sensitivity. What cannot be assessed is the first column; aspirations are the last and in no other.
"""

import pandas as pd

from qdlib.analysis.composite import DRAWS, FORMS, MOST_MISSING, Index
from qdlib.analysis.pillars import compose_attainment, compose_progress, count_pillars
from qdlib.analysis.targets import Case
from qdlib.catalogue import load_catalogue
from qdlib.publishing.display import number, report_language
from qdlib.publishing.phrases import UNKNOWN, word
from qdlib.publishing.stories.overview import editions

COLUMNS = ["reason", "attainment", "stale", "verdict", "met", "on_track", "behind", "aspirational"]
SOURCES = ("weights", "rounding")


def scoreboard(cases: list[Case]) -> dict:
    """Counts per pillar and in all: what cannot be assessed first, aspirations apart."""
    counts = count_pillars([case.assessment for case in cases], load_catalogue())
    names = {key: pillar.short.in_language(report_language()) for key, pillar in load_catalogue().policy.pillars.items()}
    frame = counts[COLUMNS].assign(pillar=counts["pillar"].map(names))[["pillar", *COLUMNS]]
    frame.loc[len(frame)] = [word("overview.board.total"), *frame[COLUMNS].sum()]
    return {
        "frame": frame,
        "id": "scoreboard",
        "caption": word("overview.board.caption"),
        "columns": {column: word(f"overview.board.{column}") for column in frame},
        "note": word("overview.board.note"),
        "sources": editions(cases),
    }


def indices(cases: list[Case]) -> dict[str, Index]:
    own = [case.assessment for case in cases]
    return {"attained": compose_attainment(own), "covered": compose_progress(own)}


def index_table(cases: list[Case]) -> dict | None:
    """Both indices in both forms, each with its interval and sensitivity; None where neither can be computed."""
    found = indices(cases)
    if all(index.reason for index in found.values()):
        return None
    targets = load_catalogue().policy.targets
    rows = [row for kind, index in found.items() for row in index_rows(kind, index, targets)]
    frame = pd.DataFrame(rows)
    return {
        "frame": frame,
        "id": "composite",
        "caption": word("overview.index.caption"),
        "columns": {column: word(f"overview.index.{column}") for column in frame},
        "decimals": {"value": 1},
        "note": word("overview.index.note", draws=number(DRAWS, 0)),
        "sources": editions(cases),
    }


def index_rows(kind: str, index: Index, targets) -> list[dict]:
    """A row per form; one that says what is missing where the index is not computed."""
    first = {"kind": word(f"overview.index.{kind}")}
    if index.reason:
        said = word("overview.index.part", missing=len(index.missing), share=missing_share(index))
        return [first | {"form": said, "value": None} | dict.fromkeys(("interval", "without", "decisive", "spread"), UNKNOWN)]
    rows = []
    for form in FORMS:
        low, high = index.intervals[form]
        arithmetic = form == "arithmetic"
        left = (index.without if arithmetic else index.without_geometric).values()
        rows.append(
            first
            | {
                "form": word(f"overview.index.{form}"),
                "value": getattr(index, form),
                "interval": f"{number(low, 1)}–{number(high, 1)}",
                "without": f"{number(min(left), 1)}–{number(max(left), 1)}" if left else UNKNOWN,
                "decisive": targets[index.decisive].name.in_language(report_language()) if arithmetic and left else UNKNOWN,
                "spread": " / ".join(number(index.sensitivity[source], 1) for source in SOURCES) if arithmetic else UNKNOWN,
            }
        )
    return rows


def index_reason(cases: list[Case]) -> dict:
    """Why there is no index, in numbers, as the arguments of `notice`."""
    found = indices(cases)
    missing = {kind: len(index.missing) for kind, index in found.items()}
    shares = {f"{kind}_share": missing_share(index) for kind, index in found.items()}
    total = found["attained"].components
    return {"reason": "overview.index.none", "total": total, "limit": number(100 * MOST_MISSING, 0), **missing, **shares}


def missing_share(index: Index) -> str:
    return number(100 * len(index.missing) / index.components, 0) if index.components else "0"
