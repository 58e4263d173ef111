"""The words and drawings of the overview: its finding, cards, all commitments, attainment, the commitment that an identity binds.

Takes cases of `analysis.targets` and implications of `analysis.identities`; gives keyword arguments for display functions. Names no
commitment of its own: which ones bind each other, lead a pillar or are drawn follows from the policy and its figures.
"""

import pandas as pd

from qdlib import charts
from qdlib.analysis.identities import Implication
from qdlib.analysis.pillars import ON_TRACK, count_standings, standing
from qdlib.analysis.targets import Case
from qdlib.catalogue import load_catalogue
from qdlib.publishing.display import HEADLINE_ROWS, number
from qdlib.publishing.phrases import amount, chip, headings, name, needed_decimals, pillar_cards, target_table, unit_word, word
from qdlib.publishing.stories.bindings import bound_cases

ALL_COLUMNS = ["pillar", "clause", "name", "requirement", "latest", "latest_year", "status", "schedule", "probability"]


def finding(cases: list[Case], full_year: int) -> dict:
    """Head of the overview: how many can be judged, and how many of those are behind."""
    counts, total = count_standings(case.assessment for case in cases), len(cases)
    behind = sum(standing(case.assessment) == "verdict" and case.assessment.status not in ON_TRACK for case in cases)
    key = "overview.finding" if counts["verdict"] else "overview.finding_none"
    values = {"total": total} | ({"judged": counts["verdict"], "behind": behind} if counts["verdict"] else {})
    unit = word("overview.key.unit")
    figures = [
        (word(f"overview.key.{label}"), counts[kind], unit, remark)
        for label, kind, remark in (
            ("judged", "verdict", word("overview.key.of", total=total)),
            ("attainment", "attainment", word("reason.no_base.short")),
            ("stale", "stale", word("overview.key.as_of", year=full_year)),
            ("missing", "reason", word("overview.key.named")),
        )
    ]
    return {"title": word(key, **values), "lede": word("overview.lede"), "key_figures": figures}


def cards(cases: list[Case]) -> list[dict]:
    """One card a pillar."""
    return pillar_cards(cases)


def commitments(cases: list[Case]) -> dict:
    """The table of every commitment with its status or reason."""
    return {
        "frame": target_table(cases, ALL_COLUMNS),
        "id": "commitments",
        "caption": word("overview.table.caption"),
        "columns": headings(ALL_COLUMNS),
        "decimals": {"schedule": 2},
        "note": word("overview.table.note"),
        "sources": editions(cases),
    }


def editions(cases: list[Case]) -> list[str]:
    return sorted({edition for case in cases for edition in case.assessment.editions})


def attainment(cases: list[Case]) -> dict | None:
    """Newest figure over target value, for the commitments that have one; None where none has."""
    known = [
        case
        for case in cases
        if case.assessment.attainment is not None and case.assessment.reason in (None, "no_base", "one_point")
    ]
    if not known:
        return None
    known.sort(key=lambda case: -case.assessment.attainment)
    shares = [100 * case.assessment.attainment for case in known]
    frame = pd.DataFrame(
        {
            "name": [name(case) for case in known],
            "attainment": [share / 100 for share in shares],
            "text": [
                word(
                    # A strict requirement (超过, 突破) is not met by its own value.
                    "overview.attainment.not_above" if share >= 100 and not case.assessment.meets else "overview.attainment.text",
                    share=number(share, 0),
                    year=case.assessment.latest_year,
                )
                for share, case in zip(shares, known, strict=True)
            ],
            "stale": [case.assessment.stale or case.assessment.reason == "one_point" for case in known],
        }
    )
    met = sum(bool(case.assessment.meets) for case in known)
    title = word("overview.attainment.title", number=len(known), met=met, low=number(min(shares), 0))
    alt = word("overview.attainment.alt", number=len(known), low=number(min(shares), 0), high=number(max(shares), 0))
    drawing = charts.both(charts.attainment_bars, frame, alt=alt, goal_label=word("overview.attainment.goal"))
    cells = ["; ".join(case.assessment.source_cells) for case in known]
    return {
        **drawing,
        "id": "attainment",
        "title": title,
        "subtitle": word("overview.attainment.subtitle"),
        "sources": editions(known),
        "data": frame.drop(columns=["text"]).assign(source_cell=cells),
    }


def path_figure(case: Case, title: str, subtitle: str) -> dict:
    """History, forecast where there is one, reference path and target of one commitment."""
    result, target = case.assessment, case.target
    figures = [figure for figure in case.evidence.figures if not figure.derived]
    history = pd.DataFrame(
        {"year": [f.year for f in figures], "amount": [f.amount for f in figures], "status": [f.status for f in figures]}
    )
    year = case.path.target_year
    due = pd.DataFrame({"year": range(case.path.base_year, year + 1)}).assign(value=lambda own: own["year"].map(case.path.value))
    forecast = case.outlook.forecast
    empty = pd.DataFrame(
        {
            "year": [result.latest_year],
            "mean": [result.latest_value],
            "lo-80": [result.latest_value],
            "hi-80": [result.latest_value],
        }
    )
    frame = empty if forecast is None else forecast.rename(columns={"ds": "year"})[["year", "mean", "lo-80", "hi-80"]]
    labels = {
        "actual": word("path.actual"),
        "target": word("path.target", value=amount(float(target.value), target.indicator)),
        "forecast": word("path.forecast", value=amount(round(float(frame["mean"].iloc[-1]), 1), target.indicator))
        if forecast is not None
        else "",
    }
    alt = word(
        "path.alt",
        name=name(case),
        first=int(history["year"].min()),
        last=int(history["year"].max()),
        value=amount(result.latest_value, target.indicator),
        target=amount(float(target.value), target.indicator),
        year=year,
    )
    drawing = charts.both(charts.fan, history, frame, labels=labels, alt=alt, target=(year, float(target.value)), path=due)
    cells = [cell for figure in figures for cell in figure.cells]
    return {
        **drawing,
        "id": f"path_{target.id.lower()}",
        "title": title,
        "subtitle": subtitle,
        "sources": list(result.editions),
        "data": history.assign(source_cell=cells),
    }


def binding_path(implied: list[Implication], cases: list[Case]) -> dict | None:
    """The commitment that an identity binds, on its reference path; None where none of them has one."""
    drawn = [case for case in bound_cases(implied, cases) if case.path and len(case.evidence.figures) > 1 and not case.assessment.stale]
    return path_of(drawn[0]) if drawn else None


def path_of(case: Case) -> dict:
    """A commitment's history and reference path with its own title."""
    result = case.assessment
    values = {"name": name(case), "year": result.latest_year, "value": amount(result.latest_value, case.target.indicator)}
    due = amount(round(case.path.value(result.latest_year), 1), case.target.indicator)
    plain = result.schedule is None
    title = word("pillar.path.title_plain", **values) if plain else word("pillar.path.title", **values, due=due)
    return path_figure(case, title, word("pillar.path.subtitle", unit=unit_word(result.unit), year=case.path.target_year))


def headline_row(case: Case) -> dict:
    """One commitment for the headline table: its newest figure, and its status or reason in words."""
    result = case.assessment
    places = load_catalogue().indicators[result.indicator].decimals
    value = result.latest_value
    return {
        "item": f"{case.target.id} {name(case)}",
        "year": result.latest_year or 0,
        "field": word("target.latest"),
        "value": value,
        "unit": unit_word(result.unit),
        "decimals": 0 if value is None else needed_decimals(value, places),
        "status": chip(case),
    }


def count_rows(cases: list[Case]) -> list[dict]:
    """One row per standing for the headline table."""
    labels = {"verdict": "judged", "attainment": "attainment", "stale": "stale", "reason": "missing"}
    return [
        {
            "item": word(f"overview.key.{labels[kind]}"),
            "year": load_catalogue().policy.plan[1],
            "field": word("overview.commitments"),
            "value": value,
            "unit": word("overview.key.unit"),
            "decimals": 0,
            "status": "",
        }
        for kind, value in count_standings(case.assessment for case in cases).items()
    ]


def headline(cases: list[Case], implied: list[Implication]) -> dict:
    """The counts, the headline commitments, and those that an identity binds, as far as they have a figure."""
    bound = {case.target.id for case in bound_cases(implied, cases)}
    own = [case for case in cases if case.target.headline or case.target.id in bound]
    rows = count_rows(cases) + [headline_row(case) for case in own if case.assessment.latest_value is not None]
    return {"frame": pd.DataFrame(rows[:HEADLINE_ROWS]), "sources": editions(own)}
