"""From data/raw to data/processed: the stages in order, one line each.

Takes the raw folder and the catalogue; writes the store and gives a `Build` with counts and findings. A city with a finding of
level `error` keeps its previous parts and is named as stale; the others are replaced.
"""

from dataclasses import dataclass

import pandas as pd

from qdlib.catalogue import Catalogue, load_catalogue
from qdlib.errors import DataError, raise_all
from qdlib.observations import store
from qdlib.observations.checks import run_checks
from qdlib.observations.corrections import APPLIED, apply_corrections, describe
from qdlib.observations.findings import explain, join_findings, make_findings
from qdlib.observations.revisions import compare_editions, find_mixed_bases, mark_breaks, name_events
from qdlib.observations.rows import admit_rows, in_catalogue_unit
from qdlib.observations.vintages import choose_vintage
from qdlib.reading.rows import read_raw
from qdlib.reading.sources import raw_folder


@dataclass(frozen=True)
class Build:
    """What one build made: numbers of rows, findings of all cities, cities kept back because of errors."""

    rows: int
    cities: int
    editions: int
    findings: pd.DataFrame
    applied: pd.DataFrame
    stale: tuple[str, ...]


def build(catalogue: Catalogue | None = None) -> Build:
    """Read, correct, check, choose and store everything in data/raw. Raises the collected faults of the stage that fails."""
    catalogue = catalogue or load_catalogue()
    with store.one_writer():
        raw = read_raw(raw_folder(), catalogue)
        before = in_catalogue_unit(raw.rows, catalogue)
        rows, unmatched, applied = apply_corrections(raw.rows, raw.unmatched, catalogue)
        rows, duplicates = admit_rows(rows, catalogue)
        revisions = name_events(compare_editions(rows, catalogue), catalogue)
        mixed = find_mixed_bases(rows, revisions, catalogue)
        rows = mark_breaks(rows, mixed)
        series = choose_vintage(rows, "latest", catalogue)
        checks = [run_checks(before, rows, catalogue), mixed_findings(mixed), open_findings(revisions)]
        findings = accept_findings(join_findings([explain_remarks(raw.findings), duplicates, *checks]), catalogue)
        findings = settle_corrected(findings, applied)
        stale = tuple(sorted(set(findings.loc[findings["level"] == "error", "city"]) & set(rows["city"])))
        tables = {"observations": rows, "series": series, "revisions": revisions, "findings": findings,
                  "corrections": applied.reindex(columns=APPLIED), "unmatched": unmatched}
        store.write_build(tables, keep=stale)
    return Build(len(rows), rows["city"].nunique(), rows["edition"].nunique(), findings, applied, stale)


def explain_remarks(found: pd.DataFrame) -> pd.DataFrame:
    """The reader's remarks as findings. A figure that cannot be read is an error until it is corrected: without it an older
    vintage would take its place unnoticed."""
    remarks = found.to_dict("records")
    return make_findings([
        remark | {"expected": "", "explanation": explain(remark["check"], found=remark["values"])}
        | ({"level": "error", "suggestion": "enter"} if remark["check"] == "unreadable" else {"suggestion": "compare"})
        for remark in remarks
    ])


def mixed_findings(mixed: pd.DataFrame) -> pd.DataFrame:
    return make_findings([
        {"check": "mixed_basis", "level": "high", **{key: getattr(row, key) for key in ("city", "indicator", "scope", "year", "edition")},
         "cells": row.cells, "values": row.values, "suggestion": "compare", "explanation": explain("mixed_basis", census=str(row.census))}
        for row in mixed.itertuples()
    ])


def open_findings(revisions: pd.DataFrame) -> pd.DataFrame:
    """A revision that no rule names is an open flag until it is declared or corrected."""
    return make_findings([
        {"check": "open", "level": "high", **{key: getattr(row, key) for key in ("city", "indicator", "scope", "edition")},
         "year": row.first_year, "cells": [row.cells_old, row.cells_new], "values": f"{row.first_year}–{row.last_year}",
         "suggestion": "declare", "explanation": explain("open", years=run_of_years(row))}
        for row in revisions[revisions["event"] == "open"].itertuples()
    ])


def run_of_years(block) -> str:
    """A block's years as people write them: 2017, or 2013–2016."""
    return str(block.first_year) if block.first_year == block.last_year else f"{block.first_year}–{block.last_year}"


def accept_findings(findings: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Findings whose check a declared `accept` names fall to `low`. DataError for one that accepts nothing: it must go."""
    findings, idle = findings.copy(), []
    for correction in catalogue.corrections:
        if correction.action == "accept":
            same = (findings["check"] == correction.check) & (findings["city"] == correction.city)
            same &= (findings["edition"] == correction.edition) & (findings["indicator"] == correction.indicator)
            same &= findings["scope"] == correction.scope
            if correction.years:
                same &= findings["year"].isin(correction.years)
            if not same.any():
                idle.append(f"{correction.id}: no finding {correction.check!r} for {describe(correction)}; delete it or mend its keys")
            findings.loc[same, "level"] = "low"
            findings.loc[same, "suggestion"] = f"accepted {correction.id}"
    raise_all(DataError, idle, "corrections.yml")
    return findings


def settle_corrected(findings: pd.DataFrame, applied: pd.DataFrame) -> pd.DataFrame:
    """A finding about a single cell that a correction has mended stays on record as `low`, with the correction's id."""
    findings = findings.copy()
    ids = dict(zip(applied["source_cell"], applied["id"], strict=True))
    mended = findings["cells"].isin(ids) & (findings["level"] != "low")
    findings.loc[mended, "suggestion"] = "corrected " + findings.loc[mended, "cells"].map(ids).astype(str)
    findings.loc[mended, "level"] = "low"
    return findings
