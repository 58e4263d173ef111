"""The words of the targets page: the whole list of commitments, clause by clause, decomposed year by year.

Takes cases; gives keyword arguments for display functions. Tables and drawings are those of the pillar and overview pages, for all
pillars at once or for one.
"""

import pandas as pd

from qdlib.analysis.pairs import join_pairs
from qdlib.analysis.paths import decompose_years
from qdlib.analysis.pillars import count_standings
from qdlib.analysis.targets import Case, assessments_frame
from qdlib.catalogue import load_catalogue
from qdlib.publishing.display import number, report_language
from qdlib.publishing.phrases import UNKNOWN, amount, chip, name, status_words, target_requirement, word
from qdlib.publishing.stories.pillar import key_figures


def choose(cases: list[Case], pillar: str) -> list[Case]:
    """The cases of one pillar, or all, in the order of their clauses."""
    own = [case for case in cases if pillar in ("all", case.target.pillar)]
    return sorted(own, key=lambda case: (case.target.clauses, case.target.id))


def finding(pillar: str, cases: list[Case]) -> dict:
    """Head of the page: how many commitments, and how they stand."""
    counts = count_standings(case.assessment for case in cases)
    words = word("pillar.join").join(word(f"overview.count.{kind}", number=value) for kind, value in counts.items() if value)
    whole = word("targets.all") if pillar == "all" else load_catalogue().policy.pillars[pillar].name.in_language(report_language())
    decomposed = sum(case.path is not None for case in cases)
    return {
        "title": word("targets.finding", pillar=whole, total=len(cases), words=words),
        "lede": word("targets.lede", decomposed=decomposed, rest=len(cases) - decomposed),
        "key_figures": key_figures(cases),
    }


def cross_checks(cases: list[Case]) -> dict | None:
    """Both readings of the schedule, other agencies' measures and the worth of the word, for what has a status; None where nothing has.

    A measure that does not apply says why: it is withheld, not forgotten.
    """
    known = [case for case in cases if case.assessment.status]
    if not known:
        return None
    found = assessments_frame(known)
    frame = pd.DataFrame(
        {
            "name": [name(case) for case in known],
            "status": [chip(case) for case in known],
            "linear": [measured(row.schedule_linear, row, 2) for row in found.itertuples()],
            "geometric": [measured(row.schedule_geometric, row, 2) for row in found.itertuples()],
            "growth_ratio": [with_word(row.growth_ratio, row.growth_ratio_status, row.growth_ratio_reason) for row in found.itertuples()],
            "unsd": [measured(row.unsd, row, 2, row.unsd_reason) for row in found.itertuples()],
            "status_index": [measured(row.status_index, row, 1, row.status_index_reason) for row in found.itertuples()],
            "weather": [
                word(f"measure.symbol.{row.weather}") if isinstance(row.weather, str) else withheld(row.weather_reason)
                for row in found.itertuples()
            ],
            "stability": [stability(row) for row in found.itertuples()],
        }
    )
    return {
        "frame": frame,
        "id": "cross_checks",
        "caption": word("targets.checks.caption"),
        "columns": {column: word(f"targets.checks.{column}") for column in frame},
        "note": word("targets.checks.note"),
    }


def joint_lines(cases: list[Case]) -> dict | None:
    """The joint commitments of the text (分别达到) with the worse result of each line; None where there is none."""
    targets, language = load_catalogue().policy.targets, report_language()
    lines = join_pairs(case.assessment for case in cases)
    if not lines:
        return None
    frame = pd.DataFrame(
        {
            "joint": " + ".join(f"{key} {targets[key].name.in_language(language)}" for key in line.targets),
            "requirement": " + ".join(target_requirement(targets[key]) for key in line.targets),
            "status": status_words(line.status, line.reason),
            "decided": targets[line.decided_by].name.in_language(language),
        }
        for line in lines
    )
    return {
        "frame": frame,
        "id": "joint_lines",
        "caption": word("targets.joint.caption"),
        "columns": {column: word(f"targets.joint.{column}") for column in frame},
        "note": word("targets.joint.note"),
    }


def followed(cases: list[Case]) -> dict | None:
    """Year by year what was due and what was published, with S; None where no commitment has a path and a figure on it."""
    rows = []
    for case in cases:
        known = {figure.year: figure.amount for figure in case.evidence.figures}
        years = decompose_years(case.path, known, case.target.kind == "cumulative") if case.path else None
        for row in years.itertuples() if years is not None else ():
            if row.year > case.path.base_year and not pd.isna(row.actual):
                rows.append(followed_row(case, row))
    if not rows:
        return None
    frame = pd.DataFrame(rows)
    return {
        "frame": frame,
        "id": "followed",
        "caption": word("targets.followed.caption"),
        "columns": {column: word(f"targets.followed.{column}") for column in frame},
        "decimals": {"schedule": 2},
        "note": word("targets.followed.note"),
        "sources": sorted({edition for case in cases for edition in case.assessment.editions}),
    }


def followed_row(case: Case, row) -> dict:
    key = case.target.indicator
    places = load_catalogue().indicators[key].decimals
    return {
        "name": name(case),
        "year": row.year,
        "due": amount(round(row.value, places), key),
        "actual": amount(row.actual, key),
        "schedule": None if case.assessment.maintain or pd.isna(row.schedule) else row.schedule,
        "provenance": word(f"targets.followed.{row.provenance}"),
    }


def withheld(reason) -> str:
    return word(f"measure.withheld.{reason}") if isinstance(reason, str) and reason else UNKNOWN


def measured(value, row, places: int, reason="") -> str:
    return withheld(reason) if value is None or pd.isna(value) else number(float(value), places)


def with_word(value, status, reason) -> str:
    """The growth ratio and the status that Eurostat's cuts give it."""
    if value is None or pd.isna(value):
        return withheld(reason)
    return f"{number(float(value), 2)} {word(f'measure.status.{status}')}" if isinstance(status, str) else number(float(value), 2)


def stability(row) -> str:
    """How many variants of path, base and figure give the same word, and which choice moves it most."""
    if row.stability is None or pd.isna(row.stability):
        return UNKNOWN
    counted = f"{int(row.stability_same)}/{int(row.stability_variants)} {word(f'measure.mark.{row.stability_mark}')}"
    sensitive = isinstance(row.sensitive_to, str) and row.sensitive_to
    return f"{counted}{word('targets.checks.sensitive', choice=word(f'measure.choice.{row.sensitive_to}'))}" if sensitive else counted
