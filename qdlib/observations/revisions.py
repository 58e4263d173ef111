"""Revisions: what a newer edition did to the figures that were known before, as named events.

Takes `comparisons`; gives one row per event, a run of revised years that are neighbours in print. The first rule that holds names
it, and a rule may name a part of a run: what lies behind a census is an event of its own. Nothing is dropped: a run that no rule
names stays `open` until it is declared or corrected.
Decisions: a copy that repeats what the office has long revised is `stale_copy`; one that differs from the office otherwise
`copy_deviates`; of two copies the one that a declared better source supersedes is `superseded_copy`. None of these changes what is
chosen, and each is on record with its cells.
"""

from itertools import pairwise

import numpy as np
import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.observations.censuses import agreeing_parts, find_census, medians, pool_columns
from qdlib.observations.rows import SERIES, SLACK, integer_codes, look_up, meets
from qdlib.observations.vintages import edition_ranks

EVENTS = (
    "unit_slip",
    "year_shift",
    "method_revision",
    "boundary_change",
    "census_revision",
    "population_census_revision",
    "reclassified",
    "final_figure",
    "misprint",
    "stale_copy",
    "superseded_copy",
    "copy_deviates",
    "open",
)
COLUMNS = [
    "event",
    "census",
    "cause",
    *SERIES,
    "edition",
    "older_editions",
    "first_year",
    "last_year",
    "years",
    "r_first",
    "r_last",
    "r_median",
    "cells_old",
    "cells_new",
]
# Width in log10 around a power of ten: true revisions of 20 % are not taken for one, wrong units with a revision behind them are.
SLIP_WIDTH = 0.08
# Shorter runs of equal neighbours, or of years before a change of area, happen by chance.
RUN_YEARS = 3
# Offices revise their last three years as data come in, by less than this (3 %; one point for shares and rates).
FINAL_YEARS, FINAL_MEDIAN, FINAL_POINTS = 3, 0.03, 1.0


def name_events(comparisons: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """One row per event (COLUMNS): `census` is the year counted, `cause` the id of the declared event or change of area.

    r is ln(new/old), points for shares and rates; cells are joined by ` | `.
    """
    return gather_events(name_overlaps(comparisons, catalogue))


def name_overlaps(comparisons: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """The overlaps that differ, with event, census (0 for none), cause, and `run`, the number of the event that each belongs to."""
    if comparisons.empty:
        return comparisons.assign(event="", census=0, cause="", run=0)
    pairs = comparisons.assign(group=integer_codes(comparisons, [*SERIES, "edition", "lane"])).sort_values(
        ["group", "year"], kind="stable"
    )
    pairs = pool_columns(pairs.reset_index(drop=True), catalogue)
    names = Names(pairs)
    name_slips(names)
    name_shifts(names)
    name_declared(names, catalogue)
    name_censuses(names, catalogue)
    name_area_changes(names, catalogue)
    name_population_censuses(names, catalogue)
    name_reclassified(names, catalogue)
    name_final_figures(names)
    name_copies(names, catalogue)
    names.give("misprint", names.length(names.free) == 1, pairs["third"].to_numpy() != "")
    names.give("open")
    return names.as_overlaps()


class Names:
    """The comparisons while their runs are being named: event, census and cause of each row, and which rows are still free."""

    def __init__(self, pairs: pd.DataFrame):
        self.pairs = pairs
        self.differs = ~pairs["same"].to_numpy()
        self.event = np.full(len(pairs), "", dtype=object)
        self.census = np.zeros(len(pairs), int)
        self.cause = np.full(len(pairs), "", dtype=object)
        group = pairs["group"].to_numpy()
        self.new_group = np.r_[True, group[1:] != group[:-1]]

    @property
    def free(self) -> np.ndarray:
        return self.differs & (self.event == "")

    def runs(self, rows: np.ndarray) -> np.ndarray:
        """Number of the run of each of `rows` (neighbours in print of one series and edition), -1 elsewhere."""
        begins = rows & (self.new_group | ~np.r_[False, rows[:-1]])
        return np.where(rows, np.cumsum(begins) - 1, -1)

    def starts(self, rows: np.ndarray) -> np.ndarray:
        """Position of the first row of each row's run."""
        run = self.runs(rows)
        first = np.flatnonzero(rows & (run != np.r_[-1, run[:-1]]))
        return np.where(rows, first[run] if len(first) else 0, -1)

    def length(self, rows: np.ndarray) -> np.ndarray:
        """Years in each row's run, 0 elsewhere."""
        run = self.runs(rows)
        return np.where(rows, np.bincount(run[rows], minlength=1)[run], 0)

    def whole(self, rows: np.ndarray, holds: np.ndarray) -> np.ndarray:
        """True for the rows of runs of which every row `holds`."""
        run = self.runs(rows)
        failed = np.bincount(run[rows & ~holds], minlength=run.max(initial=0) + 1)
        return rows & (failed[run] == 0)

    def run_median(self, rows: np.ndarray) -> np.ndarray:
        """Median of abs r over each row's run, NaN elsewhere."""
        run = self.runs(rows)
        first = np.flatnonzero(rows & (run != np.r_[-1, run[:-1]]))
        if not len(first):
            return np.full(len(rows), np.nan)
        last = first + np.bincount(run[rows]) - 1
        return np.where(rows, medians(self.pairs["r"].abs().to_numpy(), first, last)[run], np.nan)

    def give(self, event: str, *conditions: np.ndarray) -> None:
        """Name the free rows for which all conditions hold."""
        rows = self.free
        for condition in conditions:
            rows = rows & condition
        self.event[rows] = event

    def as_overlaps(self) -> pd.DataFrame:
        """The rows that differ, with their names; neighbours in print of one name are one run."""
        labels = {"event": self.event, "census": self.census, "cause": self.cause}
        changes = self.new_group | ~np.r_[False, self.differs[:-1]]
        for label in labels.values():
            changes = changes | np.r_[True, label[1:] != label[:-1]]
        return self.pairs.assign(**labels, run=np.cumsum(changes))[self.differs].reset_index(drop=True)


def gather_events(overlaps: pd.DataFrame) -> pd.DataFrame:
    """One row per event from its overlaps, in the order of series, edition and year."""
    if overlaps.empty:
        texts = dict.fromkeys(["event", "cause", *SERIES, "edition", "older_editions", "cells_old", "cells_new"], "str")
        return pd.DataFrame(columns=COLUMNS).astype(texts | {"census": "Int64"})
    grouped = overlaps.groupby("run", sort=True)
    events = grouped[["event", "census", "cause", *SERIES, "edition"]].first()
    events = events.assign(
        older_editions=join_texts(overlaps, "edition_old", unique=True),
        first_year=grouped["year"].first(),
        last_year=grouped["year"].last(),
        years=grouped.size(),
        r_first=grouped["r"].first(),
        r_last=grouped["r"].last(),
        r_median=grouped["r"].median(),
        cells_old=join_texts(overlaps, "source_cell_old"),
        cells_new=join_texts(overlaps, "source_cell"),
    )
    events["census"] = events["census"].astype("Int64").where(events["census"] > 0)
    return events.sort_values([*SERIES, "edition", "first_year"], kind="stable", ignore_index=True)[COLUMNS]


def say_event(row, catalogue: Catalogue, language: str) -> str:
    """An event in words, with the census or the declared cause by its name. row: has event, census and (or not) cause."""
    kind = "population_census" if row.event == "population_census_revision" else "economic_census"
    census_year = 0 if pd.isna(row.census) else int(row.census)
    counted = [known.name.in_language(language) for known in catalogue.events.values() if known.kind == kind and known.year == census_year]
    census = (*counted, str(census_year))[0] if census_year else ""
    declared = catalogue.events.get(getattr(row, "cause", ""))
    cause = declared.name.in_language(language) if declared else getattr(row, "cause", "")
    named = catalogue.say(f"event.{row.event}", language, census=census, cause=cause)
    if not census or census in named:
        return named
    return catalogue.say("event.with_census", language, event=named, census=census)


def join_texts(frame: pd.DataFrame, column: str, unique: bool = False) -> list[str]:
    """The texts of each run (frame is sorted by run) joined by ` | `."""
    texts, run = frame[column].tolist(), frame["run"].to_numpy()
    edges = [*np.flatnonzero(np.r_[True, run[1:] != run[:-1]]).tolist(), len(texts)] if texts else []
    parts = (texts[first:last] for first, last in pairwise(edges))
    return [" | ".join(dict.fromkeys(part) if unique else part) for part in parts]


def name_slips(names: Names) -> None:
    """`unit_slip`: all ratios of a run near one power of ten other than 1."""
    rows = names.free
    power = names.pairs["r"].to_numpy() / np.log(10)
    first = np.round(power[np.maximum(names.starts(rows), 0)])
    near = (np.abs(power - first) < SLIP_WIDTH) & (first != 0) & ~names.pairs["points"].to_numpy()
    names.give("unit_slip", names.whole(rows, near))


def name_shifts(names: Names) -> None:
    """`year_shift`: at least three years of a run repeat what was known for the year before, or for the year after."""
    pairs, rows = names.pairs, names.free
    year, amount, half, old, old_half, group = (
        pairs[column].to_numpy() for column in ("year", "amount", "half", "amount_old", "half_old", "group")
    )
    for step in (-1, 1):
        other = np.roll(np.arange(len(pairs)), -step)
        neighbour = (group[other] == group) & (year[other] == year + step)
        shifted = rows & neighbour & meets(amount, half, old[other], old_half[other])
        # The year at the end of a run that has no neighbour to repeat belongs to it; a neighbour that is not repeated does not.
        run = names.runs(rows)
        hits, misses = (
            np.bincount(run[part], minlength=run.max(initial=0) + 1)[run] for part in (shifted, rows & neighbour & ~shifted)
        )
        names.give("year_shift", rows & (hits >= RUN_YEARS) & (misses == 0))


def name_declared(names: Names, catalogue: Catalogue) -> None:
    """`method_revision`: declared in events.yml for these indicators, editions and years."""
    pairs = names.pairs
    for event in catalogue.events.values():
        if event.kind == "method_change" and event.editions:
            rows = pairs["edition"].isin(event.editions) & pairs["indicator"].isin(event.indicators)
            rows &= pairs["year"].between(event.first_year or 0, event.last_year or 9999)
            rows = names.free & rows.to_numpy()
            names.cause[rows] = event.id
            names.event[rows] = "method_revision"


def name_censuses(names: Names, catalogue: Catalogue) -> None:
    """`census_revision`, the latest census first: of several steps in a run its end tells which basis was left.

    A copy that repeats an older official figure is a `stale_copy`; so is a run of years whose difference from the office ends in such
    a cut, unless most of it is known to be something else than the older figures.
    """
    held = names.pairs.assign(revised=names.pairs["moved"] & names.pairs["copy"] & (names.pairs["lane"] == "held"))
    for census in sorted((event.year for event in catalogue.events.values() if event.kind == "economic_census"), reverse=True):
        rows = find_census(names.pairs, names.starts(names.free), names.free, census)
        names.event[rows], names.census[rows] = "census_revision", census
        for part in agreeing_parts(held, names.starts(names.free), names.free, census).itertuples():
            rows = slice(part.first, part.last + 1)
            if names.pairs["leans"].to_numpy()[rows].sum() >= 0:
                names.event[rows], names.census[rows] = "stale_copy", census
    names.give("stale_copy", names.pairs["stale"].to_numpy())


def name_area_changes(names: Names, catalogue: Catalogue) -> None:
    """`boundary_change`: a run of three years or more that ends in the year before a dated change of area of that scope.

    A census named for the same run keeps its year in `census`.
    """
    pairs = names.pairs
    rows = names.free | (names.event == "census_revision")
    last = np.r_[(names.runs(rows)[1:] != names.runs(rows)[:-1]), True] & rows
    for change in catalogue.city_changes:
        ends = last & ((pairs["city"] == change.city) & pairs["scope"].isin(change.scopes)).to_numpy()
        ends &= ((pairs["year"] == change.first_data_year - 1) & (pairs["day"] > change.date) & ~pairs["points"]).to_numpy()
        ends &= (names.length(rows) >= RUN_YEARS) & (pairs["lane"] != "held").to_numpy()
        hit = rows & np.isin(names.runs(rows), names.runs(rows)[ends])
        names.event[hit], names.cause[hit] = "boundary_change", f"{change.city} {change.date}"


def name_population_censuses(names: Names, catalogue: Catalogue) -> None:
    """`population_census_revision`: population or a figure per head, three years or more, up to the census or the year before it.

    Where nothing later had been printed before, the run ends with what was known, a few years before the census at most.
    """
    pairs, rows = names.pairs, names.free
    moved = {key: item.revised_by == "population_census" or item.population_base is not None for key, item in catalogue.indicators.items()}
    rows = rows & look_up(pairs["indicator"], moved) & (pairs["lane"] != "held").to_numpy()
    run, year = names.runs(rows), pairs["year"].to_numpy()
    last = rows & np.r_[run[1:] != run[:-1], True] & (names.length(rows) >= RUN_YEARS)
    for census in sorted(event.year for event in catalogue.events.values() if event.kind == "population_census"):
        known, printed = pairs["known_until"].to_numpy(), pairs["printed_until"].to_numpy()
        all_known = (year == known) & (known >= census - RUN_YEARS) & (known <= census) & (printed >= census)
        ends = last & (np.isin(year, (census, census - 1)) | all_known) & (pairs["released"] > census).to_numpy()
        hit = rows & np.isin(run, run[ends])
        names.event[hit], names.census[hit] = "population_census_revision", census


def name_reclassified(names: Names, catalogue: Catalogue) -> None:
    """`reclassified`: parts of a declared sum are revised, their sum is not."""
    pairs = names.pairs
    place = integer_codes(pairs, ["city", "scope", "year", "edition", "lane"])
    change, room = (pairs["amount"] - pairs["amount_old"]).to_numpy(), (pairs["half"] + pairs["half_old"]).to_numpy()
    for identity in catalogue.identities.values():
        if identity.kind not in ("sum", "shares_to_100"):
            continue
        rows = names.free & pairs["indicator"].isin(identity.parts).to_numpy() & (pairs["lane"] != "held").to_numpy()
        if not rows.any():
            continue
        size = place.max() + 1
        parts, moved, slack = (np.bincount(place[rows], weights, size)[place] for weights in (None, change[rows], room[rows]))
        names.give("reclassified", rows, parts >= 2, np.abs(moved) <= slack + SLACK)


def name_final_figures(names: Names) -> None:
    """`final_figure`: up to three printed years, the last ones of the older edition, moved by little."""
    pairs, rows = names.pairs, names.free
    recent = (pairs["year"] > pairs["until_old"] - FINAL_YEARS).to_numpy() & (pairs["lane"] != "held").to_numpy()
    run = names.runs(rows)
    newest = rows & np.r_[run[1:] != run[:-1], True] & (pairs["year"] == pairs["until_old"]).to_numpy()
    size = np.where(pairs["points"], FINAL_POINTS, FINAL_MEDIAN)
    small = names.run_median(rows) <= size + SLACK
    names.give("final_figure", names.whole(rows, recent & small), np.isin(run, run[newest]), names.length(rows) <= FINAL_YEARS)


def name_copies(names: Names, catalogue: Catalogue) -> None:
    """Copies that differ: from the office (`copy_deviates`), or from the copy that a declared better one supersedes."""
    pairs, free = names.pairs, names.free
    editions = {*pairs["edition"].unique(), *pairs["edition_old"].unique()}
    lower = np.zeros(len(pairs), bool)
    for column in ("edition", "edition_old"):
        copies = pairs.loc[free, ["city", column]].rename(columns={column: "edition"})
        lower[free] |= (edition_ranks(copies, catalogue, editions) > 2).to_numpy()
    names.give("superseded_copy", (pairs["lane"] == "copies").to_numpy(), lower)
    names.give("copy_deviates", (pairs["lane"] == "held").to_numpy(), pairs["copy"].to_numpy())
