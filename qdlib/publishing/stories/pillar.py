"""The words and drawings of a pillar page: its commitments, reference values by year, what is missing.

Takes cases of one pillar; gives keyword arguments for display functions.
"""

import pandas as pd

from qdlib.analysis.paths import decompose_years
from qdlib.analysis.pillars import count_standings
from qdlib.analysis.targets import Case
from qdlib.catalogue import load_catalogue
from qdlib.publishing.display import number, report_language
from qdlib.publishing.phrases import headings, name, needed_decimals, requirement, target_table, unit_word, word
from qdlib.publishing.stories.overview import count_rows, editions, headline_row, path_of

STATUS_COLUMNS = ["clause", "name", "requirement", "base", "latest", "latest_year", "status", "schedule", "needs", "probability"]
SMALL = 100  # below it a reference value needs the indicator's decimals
MISSING_COLUMNS = ["clause", "name", "requirement", "status", "why"]


def finding(pillar: str, cases: list[Case]) -> dict:
    """Head of a pillar page: its counts and its headline commitment."""
    entry = load_catalogue().policy.pillars[pillar]
    counts = count_standings(case.assessment for case in cases)
    words = word("pillar.join").join(word(f"overview.count.{kind}", number=value) for kind, value in counts.items() if value)
    clauses = sorted({clause for case in cases for clause in case.target.clauses})
    joined = word("page.sources.list").join(map(str, clauses))
    title = word("pillar.finding", pillar=entry.name.in_language(report_language()), total=len(cases), words=words)
    return {"title": title, "lede": word("pillar.lede", clauses=joined), "key_figures": key_figures(cases)}


def key_figures(cases: list[Case]) -> list[tuple]:
    """Up to four commitments with a figure: newest value, and the requirement as the note."""
    known = [case for case in cases if case.assessment.latest_value is not None and case.assessment.reason != "before_base"]
    known.sort(key=lambda case: (not case.target.headline, case.assessment.status is None, case.target.id))
    figures = []
    for case in known[:4]:
        result = case.assessment
        places = needed_decimals(result.latest_value, load_catalogue().indicators[result.indicator].decimals)
        figures.append(
            (f"{name(case)} {result.latest_year}", number(result.latest_value, places), unit_word(result.unit), requirement(case))
        )
    return figures


def statuses(cases: list[Case]) -> dict:
    return {
        "frame": target_table(cases, STATUS_COLUMNS),
        "id": "commitments",
        "caption": word("pillar.table.status"),
        "columns": headings(STATUS_COLUMNS),
        "decimals": {"schedule": 2},
        "note": word("overview.table.note"),
        "sources": editions(cases),
    }


def yearly(cases: list[Case]) -> dict | None:
    """Reference values by year, one column a commitment; None where none has a path."""
    known = [case for case in cases if case.path]
    if not known:
        return None
    frame, units, decimals, columns = None, {}, {}, {"year": word("pillar.table.year")}
    for case in known:
        key = case.target.id.lower()
        own = decompose_years(case.path, counted=case.target.kind == "cumulative")[["year", "value"]].rename(columns={"value": key})
        frame = own if frame is None else frame.merge(own, on="year", how="outer")
        indicator = load_catalogue().indicators[case.target.indicator]
        units[key], decimals[key], columns[key] = (
            unit_word(indicator.unit),
            indicator.decimals if indicator.in_points or abs(case.target.value) < SMALL else 0,
            name(case),
        )
    return {
        "frame": frame.sort_values("year"),
        "id": "reference_years",
        "caption": word("pillar.table.years"),
        "units": units,
        "decimals": decimals,
        "columns": columns,
    }


def missing(cases: list[Case]) -> dict | None:
    """The commitments that cannot be judged, with the reason; None where all can."""
    lacking = [case for case in cases if case.assessment.reason]
    if not lacking:
        return None
    return {
        "frame": target_table(lacking, MISSING_COLUMNS).drop(columns=["source_cell"]),
        "id": "missing",
        "caption": word("pillar.table.missing"),
        "columns": headings(MISSING_COLUMNS),
    }


def path(cases: list[Case]) -> dict | None:
    """The path of the headline commitment, else of the first that has one."""
    known = sorted(
        (case for case in cases if case.path and len(case.evidence.figures) > 1),
        key=lambda case: (case.assessment.stale, case.assessment.maintain, not case.target.headline),
    )
    if not known:
        return None
    return path_of(known[0])


def headline(cases: list[Case]) -> dict:
    """The counts, and the newest figure of each commitment that has one."""
    known = [case for case in cases if case.assessment.latest_value is not None]
    rows = [*count_rows(cases), *(headline_row(case) for case in known)]
    return {"frame": pd.DataFrame(rows[:12]), "sources": editions(cases)}
