"""The words and drawings of data_quality: editions, revisions, findings, corrections, figures not admitted.

Takes the store's tables of one city; gives keyword arguments for display functions, None where there is nothing to show.
"""

import math

import pandas as pd

from qdlib import charts
from qdlib.catalogue import load_catalogue
from qdlib.observations.findings import COLUMNS as FINDING_COLUMNS
from qdlib.observations.findings import say_finding, say_suggestion
from qdlib.observations.revisions import say_event
from qdlib.observations.store import read_derived
from qdlib.publishing.display import number, report_language
from qdlib.publishing.phrases import word
from qdlib.publishing.stories.trend import city_name, edition_name, indicator_name

GRID_ROWS = 14
TABLE_ROWS = 60


def finding(city: str, rows: pd.DataFrame, findings: pd.DataFrame, corrections: pd.DataFrame, unmatched: pd.DataFrame) -> dict:
    """Head of the page: figures, editions, what is open, what was corrected."""
    opened = int((findings["level"] != "low").sum())
    counts = {"figures": len(rows), "editions": rows["edition"].nunique(), "findings": opened, "corrections": len(corrections)}
    remarks = {
        "figures": word("quality.key.unmatched", number=len(unmatched)) if len(unmatched) else "",
        "editions": "",
        "findings": "",
        "corrections": "",
    }
    spots = {key: word("quality.key.spot" if key in ("findings", "corrections") else "quality.key.unit") for key in counts}
    return {
        "title": word(
            "quality.finding",
            city=city_name(city),
            open=opened,
            corrected=len(corrections),
            figures=counts["figures"],
            editions=counts["editions"],
        ),
        "lede": word("quality.lede"),
        "key_figures": [(word(f"quality.key.{key}"), value, spots[key], remarks[key]) for key, value in counts.items()],
    }


def grid(city: str, rows: pd.DataFrame) -> dict:
    """Which edition prints which year; single-year editions beyond the first rows are drawn together."""
    counts = rows.groupby(["edition", "year"])["indicator"].nunique().rename("figures").reset_index()
    widest = counts.groupby("edition")["year"].nunique().sort_values(ascending=False, kind="stable")
    kept = list(widest.index[: GRID_ROWS if len(widest) > GRID_ROWS + 1 else GRID_ROWS + 1])
    names = {edition: edition_name(edition) for edition in kept}
    other = word("quality.grid.other", number=len(widest) - len(kept))
    frame = counts.assign(
        name=counts["edition"].map(names).fillna(other),
        order=counts["edition"].map({e: n for n, e in enumerate(kept)}).fillna(99),
    )
    frame = frame.groupby(["order", "name", "year"])["figures"].sum().reset_index()
    alt = word(
        "quality.grid.alt",
        city=city_name(city),
        number=len(widest),
        first=int(counts["year"].min()),
        last=int(counts["year"].max()),
    )
    drawing = charts.both(charts.edition_grid, frame, alt=alt)
    return {
        **drawing,
        "id": "editions",
        "title": word("quality.grid.title", years=int(widest.iloc[0])),
        "subtitle": word("quality.grid.subtitle"),
        "sources": kept,
        "data": frame[["name", "year", "figures"]],
    }


def revised(city: str, chosen: pd.DataFrame, first: pd.DataFrame) -> dict | None:
    """How far the chosen GDP lies from the first release; None where nowhere."""
    both = chosen.merge(first, on="year", suffixes=("", "_first"))
    frame = pd.DataFrame(
        {
            "year": both["year"],
            "growth": 100 * (both["amount"] / both["amount_first"] - 1),
            "source_cell": both["source_cell_first"] + "; " + both["source_cell"],
        }
    )
    frame = frame[both["comparable"]]
    if frame.empty or (frame["growth"].abs() < 0.05).all():
        return None
    low, high = frame["growth"].min(), frame["growth"].max()
    alt = word(
        "quality.revised.alt",
        city=city_name(city),
        first=int(frame["year"].min()),
        last=int(frame["year"].max()),
        low=number(low, 1),
        high=number(high, 1),
    )
    drawing = charts.both(
        charts.growth_bars, frame, size="full", alt=alt, noted=(int(frame.loc[frame["growth"].abs().idxmax(), "year"]),)
    )
    return {
        **drawing,
        "id": "gdp_revisions",
        "title": word("quality.revised.title", low=number(low, 1), high=number(high, 1)),
        "subtitle": word("quality.revised.subtitle"),
        "sources": sorted({*both["edition"], *both["edition_first"]}),
        "data": frame.rename(columns={"growth": "revised_pct"}),
    }


def indicator_words(keys: pd.Series) -> list[str]:
    known = load_catalogue().indicators
    return [indicator_name(key) if key in known else str(key) for key in keys]


def headings(frame: pd.DataFrame) -> dict[str, str]:
    return {column: word(f"quality.table.{column}") for column in frame if column != "source_cell"}


def finding_table(findings: pd.DataFrame) -> dict | None:
    """What the checks found, each with a sentence in the report's language and what to do about it."""
    if findings.empty:
        return None
    top = findings.head(TABLE_ROWS).reindex(columns=FINDING_COLUMNS, fill_value="")
    known, language = load_catalogue(), report_language()
    separator = "; " if language == "en" else "；"
    frame = pd.DataFrame(
        {
            "level": [word(f"quality.level.{level}") for level in top["level"]],
            "check": [word(f"finding.{check}") for check in top["check"]],
            "indicator": indicator_words(top["indicator"]),
            "year": top["year"],
            "values": top["values"].str.replace(" | ", separator),
            "explanation": [say_finding(row, known, language) for row in top.itertuples()],
            "edition": [edition_name(edition) if edition else "" for edition in top["edition"]],
            "suggestion": [say_suggestion(row, known, language) for row in top.itertuples()],
            "source_cell": top["cells"].str.replace(" | ", "; "),
        }
    )
    return {
        "frame": frame,
        "id": "findings",
        "caption": word("quality.table.findings"),
        "columns": headings(frame),
        "note": word("quality.table.findings_note"),
    }


def correction_table(corrections: pd.DataFrame) -> dict | None:
    """Applied corrections, each with the reason that the catalogue declares under its id."""
    if corrections.empty:
        return None
    reasons = {entry.id: entry.reason.in_language(report_language()) for entry in load_catalogue().corrections}
    frame = pd.DataFrame(
        {
            "indicator": indicator_words(corrections["indicator"]),
            "year": corrections["year"],
            "old": corrections["old"],
            "new": corrections["new"],
            "reason": corrections["id"].map(reasons).fillna(corrections["id"]),
            "edition": [edition_name(edition) for edition in corrections["edition"]],
            "source_cell": corrections["source_cell"],
        }
    )
    return {
        "frame": frame,
        "id": "corrections",
        "caption": word("quality.table.corrections"),
        "columns": headings(frame),
        "sources": sorted(set(corrections["edition"])),
    }


def median_change(row) -> str:
    """Median revision as words: percentage points for shares and rates, percent for levels (r is a log ratio)."""
    if load_catalogue().indicators[row.indicator].in_points:
        return f"{number(row.r_median, 2)} {word('target.points')}"
    return f"{number(100 * math.expm1(row.r_median), 2)}%"


# What the office did first, what only concerns copies last; an open flag before all.
EVENT_ORDER = (
    "open",
    "year_shift",
    "unit_slip",
    "misprint",
    "census_revision",
    "population_census_revision",
    "boundary_change",
    "method_revision",
    "reclassified",
    "final_figure",
    "stale_copy",
    "copy_deviates",
    "superseded_copy",
)


def revision_table(revisions: pd.DataFrame) -> dict | None:
    if revisions.empty:
        return None
    order = revisions["event"].map({event: number for number, event in enumerate(EVENT_ORDER)})
    top = revisions.assign(order=order).sort_values(["order", "indicator", "edition", "first_year"], kind="stable")
    named = [say_event(row, load_catalogue(), report_language()) for row in top.itertuples()]
    frame = pd.DataFrame(
        {
            "event": named,
            "indicator": indicator_words(top["indicator"]),
            "edition": [edition_name(edition) for edition in top["edition"]],
            "first_year": top["first_year"],
            "last_year": top["last_year"],
            "median": [median_change(row) for row in top.itertuples()],
            "source_cell": top["cells_new"].str.replace(" | ", "; "),
        }
    )
    return {
        "frame": frame,
        "id": "revisions",
        "caption": word("quality.table.revisions"),
        "columns": headings(frame),
        "sources": sorted(set(top["edition"])),
    }


def splices(city: str) -> list[str]:
    """A sentence for each declared splice of the city: what is joined, by which factor, and why."""
    sentences = []
    for declared in load_catalogue().derived.values():
        if declared.city != city:
            continue
        joined = read_derived(declared.id).query("factor != 1")
        sentences.append(
            word(
                "quality.splice",
                name=declared.name.in_language(report_language()),
                first=joined["year"].min(),
                last=joined["year"].max(),
                old=edition_name(joined["edition"].iloc[-1]),
                factor=f"{joined['factor'].iloc[-1]:.6f}",
                reason=declared.reason.in_language(report_language()),
            )
        )
    return sentences


def unmatched_table(unmatched: pd.DataFrame) -> dict | None:
    if unmatched.empty:
        return None
    top = unmatched.head(TABLE_ROWS)
    frame = pd.DataFrame(
        {
            "label": top["label"],
            "year": top["year"],
            "raw": top["raw"],
            "reason": top["reason"],
            "edition": [edition_name(edition) for edition in top["edition"]],
            "source_cell": top["source_cell"],
        }
    )
    return {"frame": frame, "id": "unmatched", "caption": word("quality.table.unmatched"), "columns": headings(frame)}


def headline(city: str, rows: pd.DataFrame, findings: pd.DataFrame, corrections: pd.DataFrame, unmatched: pd.DataFrame) -> dict:
    year = int(rows["year"].max())
    counts = {
        "figures": len(rows),
        "editions": rows["edition"].nunique(),
        "findings_open": int((findings["level"] != "low").sum()),
        "corrections": len(corrections),
        "unmatched": len(unmatched),
    }
    return {
        "frame": pd.DataFrame(
            [
                {
                    "item": city_name(city),
                    "year": year,
                    "field": word(f"quality.count.{key}"),
                    "value": value,
                    "unit": "",
                    "decimals": 0,
                    "status": "",
                }
                for key, value in counts.items()
            ]
        )
    }
