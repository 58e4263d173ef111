"""From data/raw to data/processed: the stages in order, one line each.

Takes the raw folder and the catalogue; writes the store and gives a `Build` with counts and findings. Cities are independent of each
other, so a large panel is settled group by group in two processes; what a group finds is gathered before anything is published. A
city with a finding of level `error` keeps its previous parts and is named as stale; the others are replaced.
"""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from threading import Semaphore

import numpy as np
import pandas as pd

from qdlib.catalogue import Catalogue, load_catalogue
from qdlib.errors import DataError, raise_all
from qdlib.observations import store
from qdlib.observations.bases import find_mixed_bases, mark_breaks
from qdlib.observations.checks import check_cities
from qdlib.observations.comparisons import compare_editions
from qdlib.observations.corrections import APPLIED, apply_corrections, describe
from qdlib.observations.findings import explain, join_findings, make_findings, sort_findings
from qdlib.observations.flags import event_findings, mixed_findings
from qdlib.observations.revisions import gather_events, name_overlaps
from qdlib.observations.rows import admit_rows, in_catalogue_unit
from qdlib.observations.smoothing import PanelEvidence, filled_years
from qdlib.observations.vintages import choose_vintage
from qdlib.reading.rows import Raw, read_raw
from qdlib.reading.sources import raw_folder

# Figures settled at once: a few cities of a large panel, so that memory does not grow with it; below it a second process costs more
# than it saves (it takes about two seconds to start).
GROUP = 80_000


@dataclass(frozen=True)
class Build:
    """What one build made: numbers of rows, findings of all cities, cities kept back because of errors."""

    rows: int
    cities: int
    editions: int
    findings: pd.DataFrame
    applied: pd.DataFrame
    stale: tuple[str, ...]


@dataclass(frozen=True)
class Settled:
    """What a group of cities left behind: its parts in the store, and the findings that are not final before all groups are in."""

    parts: Mapping[str, Mapping[str, store.Part]]
    findings: pd.DataFrame
    evidence: PanelEvidence


def build(catalogue: Catalogue | None = None) -> Build:
    """Read, correct, check, choose and store everything in data/raw. Raises the collected faults of the stage that fails."""
    catalogue = catalogue or load_catalogue()
    with store.one_writer():
        return store_figures(read_raw(raw_folder(), catalogue), catalogue)


def store_figures(raw: Raw, catalogue: Catalogue) -> Build:
    """The stages behind reading. The caller holds the store's lock."""
    rows, unmatched, applied = apply_corrections(raw.rows, raw.unmatched, catalogue)
    settled = settle_groups(raw.rows, rows, set(applied["city"]), catalogue)
    whole = make_findings(filled_years(group.evidence for group in settled))
    findings = join_findings([explain_remarks(raw.findings), *(group.findings for group in settled), whole])
    findings = sort_findings(settle_corrected(accept_findings(findings, catalogue), applied))
    parts = {city: dict(own) for group in settled for city, own in group.parts.items()}
    small = {"findings": findings, "corrections": applied.reindex(columns=APPLIED), "unmatched": unmatched}
    for city, own in store.write_parts(small, parts).items():
        parts[city] |= own
    stale = tuple(sorted(set(findings.loc[findings["level"] == "error", "city"]) & set(parts)))
    store.publish_parts(parts, store.newest_edition(rows), keep=stale)
    store.write_shared("programme", raw.programme)
    store.write_shared("stages", raw.stages)
    return Build(len(rows), len(parts), rows["edition"].nunique(), findings, applied, stale)


def settle_groups(printed: pd.DataFrame, rows: pd.DataFrame, corrected: set[str], catalogue: Catalogue) -> list[Settled]:
    """All groups of cities, in two processes where that pays. Raises the faults of every group together."""
    if len(rows) <= GROUP:
        return [settle_cities(*group, catalogue) for group in city_groups(printed, rows, corrected)]
    workers = min(os.cpu_count() or 1, 1 + len(rows) // GROUP)
    futures = []
    # One group waits for each worker; cutting out all of them at once would hold a second copy of the panel.
    free = Semaphore(2 * workers)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for group in city_groups(printed, rows, corrected):
            free.acquire()
            futures.append(pool.submit(settle_cities, *group, catalogue))
            futures[-1].add_done_callback(lambda _: free.release())
        errors = [error for error in (future.exception() for future in futures) if error]
    for error in errors:
        if not isinstance(error, DataError):
            raise error
    raise_all(DataError, [fault for error in errors for fault in error.faults or [str(error)]], "the figures of several cities")
    return [future.result() for future in futures]


def city_groups(printed: pd.DataFrame, rows: pd.DataFrame, corrected: set[str]) -> Iterator[tuple[pd.DataFrame | None, pd.DataFrame]]:
    """Printed and corrected rows of a few cities each, about GROUP figures a time; None where nothing was corrected."""
    codes, cities = pd.factorize(rows["city"], sort=True)
    group_of = (np.bincount(codes, minlength=len(cities)).cumsum() - 1) // GROUP
    for number in np.unique(group_of):
        own = set(cities[group_of == number])
        before = printed[printed["city"].isin(own)] if corrected & own else None
        yield before, rows[group_of[codes] == number]


def settle_cities(printed: pd.DataFrame | None, rows: pd.DataFrame, catalogue: Catalogue) -> Settled:
    """Settle the figures of some cities and write their parts. printed: the rows before corrections, None where there were none."""
    tables, findings, evidence = settle_figures(in_catalogue_unit(rows if printed is None else printed, catalogue), rows, catalogue)
    return Settled(store.write_parts(tables, sorted(tables["observations"]["city"].unique())), findings, evidence)


def settle_figures(
    printed: pd.DataFrame, rows: pd.DataFrame, catalogue: Catalogue
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, PanelEvidence]:
    """Admit, compare, name, choose and check: the tables observations, series and revisions, the findings, and evidence on panels.

    printed: the rows before corrections, with amount and half; rows: after corrections, as the reader gives them.
    """
    rows, duplicates = admit_rows(rows, catalogue)
    overlaps = name_overlaps(compare_editions(rows, catalogue), catalogue)
    mixed = find_mixed_bases(rows, overlaps, catalogue)
    rows = mark_breaks(rows, mixed)
    tables = {"observations": rows, "series": choose_vintage(rows, "latest", catalogue), "revisions": gather_events(overlaps)}
    checked, evidence = check_cities(printed, rows, catalogue)
    found = [duplicates, checked, mixed_findings(mixed), event_findings(tables["revisions"], overlaps)]
    return tables, join_findings(found), evidence


def explain_remarks(found: pd.DataFrame) -> pd.DataFrame:
    """The reader's remarks as findings. A figure that cannot be read is an error until it is corrected: without it an older
    vintage would take its place unnoticed."""
    remarks = found.to_dict("records")
    return make_findings([
        remark | {"expected": "", "explanation": explain(remark["check"], found=remark["values"])}
        | ({"level": "error", "suggestion": "enter"} if remark["check"] == "unreadable" else {"suggestion": "compare"})
        for remark in remarks
    ])


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
                idle.append(
                    f"{correction.id}: no finding {correction.check!r} for {describe(correction)}; delete it or mend its keys"
                )
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
