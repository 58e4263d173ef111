"""One vintage at a time: which published figure stands for a year, and which years may be compared.

Takes observation rows of all editions with `amount` and `half`; gives one row per city, indicator, scope and year. Decisions:
the class of the issuing body decides before the date does, because a panel assembled later still holds what the office has
long revised; within a class the latest print counts, in the most exact form in which that same figure was ever printed.
Two years are `linked` when one edition prints both chosen figures and no break lies between; `breaks` marks the first year of a
changed area, concept or basis. `basis` numbers the groups of years that are linked directly or through others; growth may not cross
an unlinked pair (`growth`). `comparable` years may stand in one trend with the newest: no break since, and no edition that carries
them contradicts the newest group elsewhere.
"""

import re

import numpy as np
import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.catalogue.documents import is_day
from qdlib.errors import DataError, nearest, raise_all
from qdlib.observations.rows import SERIES, SLACK, last_day, look_up, shown
from qdlib.reading.department_form import SOURCE

SERIES_COLUMNS = [
    *SERIES,
    "year",
    "amount",
    "half",
    "unit",
    "decimals",
    "edition",
    "published",
    "status",
    "linked",
    "breaks",
    "basis",
    "comparable",
    "source_cell",
    "note",
]
YEAR = [*SERIES, "year"]
GRAMMAR = "latest, first_release, as_of:YYYY-MM-DD or edition:<edition id>"


def check_vintage(vintage: str, editions: set[str] | None = None) -> str:
    """The vintage itself when its grammar (and, if given, its edition) is right; DataError otherwise."""
    kind, _, value = vintage.partition(":")
    good = vintage in ("latest", "first_release") or (kind == "as_of" and is_day(value))
    if kind == "edition" and re.fullmatch(r"[a-z0-9_-]+", value):
        if editions is not None and value not in editions:
            raise DataError(f"no edition {value!r} in the observations{nearest(value, editions)}")
        good = True
    if not good:
        raise DataError(f"vintage is {vintage!r}, expected {GRAMMAR}")
    return vintage


def choose_vintage(rows: pd.DataFrame, vintage: str, catalogue: Catalogue, indicator: str | None = None) -> pd.DataFrame:
    """One row per series and year in the vintage asked for, with `linked` and `basis`; of one indicator if named.

    rows: admitted observation rows with amount and half, of all indicators, because the editions in sight of a city rank each other.
    Columns of the result: `SERIES_COLUMNS`, amounts in catalogue units.
    Raises DataError when two figures of one class and date contradict each other (both cells are named).
    """
    chosen = choose_figures(rows, vintage, catalogue, indicator).sort_values(YEAR, kind="stable", ignore_index=True)
    rows = rows if indicator is None else rows[rows["indicator"] == indicator]
    chosen["unit"] = look_up(chosen["indicator"], {key: item.unit for key, item in catalogue.indicators.items()})
    return link_years(chosen, rows, catalogue)[SERIES_COLUMNS]


def choose_figures(rows: pd.DataFrame, vintage: str, catalogue: Catalogue, indicator: str | None = None) -> pd.DataFrame:
    """The row that stands for each series and year in a vintage, before years are linked: all columns of `rows`, and day, rank."""
    check_vintage(vintage, set(rows["edition"].unique()))
    visible = rows[shown(rows)].assign(day=lambda frame: last_day(frame, catalogue))
    kind, _, value = vintage.partition(":")
    if kind == "as_of":
        visible = visible[visible["day"] <= value]
    elif kind == "edition":
        visible = visible[visible["edition"] == value]
    visible = visible.assign(rank=edition_ranks(visible, catalogue))
    visible = visible if indicator is None else visible[visible["indicator"] == indicator]
    best = visible[visible["rank"] == visible.groupby(YEAR)["rank"].transform("min")]
    chosen = first_or_newest(order_reports(best, catalogue), first=vintage == "first_release")
    return chosen.assign(day=chosen["day"].str[:10])


def order_reports(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """The rows, with the day of the report behind the day that a department states for its figure: a report that mends an earlier
    one states the same day again, and is no contradiction."""
    reports = {edition for edition in rows["edition"].unique() if catalogue.source_of(edition).id == SOURCE}
    return (
        rows.assign(day=rows["day"].where(~rows["edition"].isin(reports), rows["day"] + " " + rows["edition"]))
        if reports
        else rows
    )


def edition_ranks(rows: pd.DataFrame, catalogue: Catalogue, known: set[str] | None = None) -> pd.Series:
    """0 official, 1 department, 2 copy; half a step more for a copy that another source supersedes for the row's city.

    rows: columns city, edition. known: editions among which the superseding one must be; by default those of the rows.
    """
    codes, editions = pd.factorize(rows["edition"])
    sources = {edition: catalogue.source_of(edition) for edition in {*(known or ()), *editions}}
    ranks = np.array([float(sources[edition].rank) for edition in editions])[codes]
    for source in {source.id: source for source in sources.values()}.values():
        for other in source.supersedes:
            lower = np.array([sources[edition].id == other.source for edition in editions])[codes]
            if lower.any():
                ranks += 0.5 * (lower & ~rows["city"].isin(other.except_cities).to_numpy())
    return pd.Series(ranks, index=rows.index)


def first_or_newest(best: pd.DataFrame, first: bool) -> pd.DataFrame:
    """The figure that stands for each year among equals in class: the first or the newest, printed as finely as known."""
    ordered = best.sort_values([*YEAR, "day", "half", "edition"], ascending=[True] * 4 + [first, True, True], kind="stable")
    lead = ordered.groupby(YEAR, sort=False)[["day", "amount", "half"]].transform("first")
    same = (ordered["amount"] - lead["amount"]).abs() <= lead["half"] + ordered["half"] + SLACK * lead["amount"].abs()
    clash = ordered[~same & (ordered["day"] == lead["day"])]
    raise_all(DataError, clash_sentences(ordered, clash), "figures of one class and date contradict each other")
    # An interval that reaches beyond the leading one is coarser or another figure; only a finer one inside it may replace it.
    inside = same & (ordered["half"] <= lead["half"] * (1 + SLACK))
    finer = ordered[inside].sort_values([*YEAR, "half"], kind="stable")
    return finer.drop_duplicates(YEAR)


def clash_sentences(ordered: pd.DataFrame, clash: pd.DataFrame) -> list[str]:
    sentences = []
    for key, group in clash.groupby(YEAR):
        same_day = ordered[(ordered[YEAR] == list(key)).all(axis=1) & ordered["day"].isin(group["day"])]
        cells = ", ".join(f"{row.amount:g} at {row.source_cell}" for row in same_day.itertuples())
        sentences.append(f"{key[0]} {key[1]} {key[3]}: {cells}; flag or correct one of them in corrections.yml")
    return sentences


def link_years(chosen: pd.DataFrame, rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """`chosen` with `linked` (to the series' previous year) and `basis` (number of the comparable group, 0 holds the last year).

    An edition carries a link between the years whose chosen figure it prints; a status B, a change of area or of concept
    starts a new segment in which it carries none back.
    """
    chosen = chosen.copy()
    if chosen.empty:
        return chosen.assign(linked=False, breaks=False, basis=0, comparable=False)
    chosen["place"] = np.arange(len(chosen))
    chosen["series"] = chosen.groupby(SERIES, sort=False).ngroup()
    printed = rows.loc[shown(rows), [*YEAR, "edition", "amount", "half", "status"]]
    carriers = printed.merge(chosen[[*YEAR, "amount", "half", "place", "series"]], on=YEAR, suffixes=("", "_chosen"))
    gap = (carriers["amount"] - carriers["amount_chosen"]).abs()
    carriers = carriers[gap <= carriers["half"] + carriers["half_chosen"] + SLACK * carriers["amount"].abs()]
    carriers = carriers.sort_values(["series", "edition", "year"], kind="stable")
    cut = (carriers["status"] == "B") | break_years(carriers, catalogue)
    carriers["segment"] = cut.groupby([carriers["series"], carriers["edition"]]).cumsum()
    # The segment counts breaks among agreeing years only; a break at a year that is not chosen must still cut.
    carriers["segment"] += breaks_before(carriers, printed, catalogue)
    node = carriers.groupby(["series", "edition", "segment"], sort=False).ngroup().to_numpy()
    chosen["linked"] = linked_pairs(chosen, carriers["place"].to_numpy(), node) & ~after_outdated(chosen, rows, catalogue)
    chosen["basis"] = components(chosen, carriers["place"].to_numpy(), node)
    chosen["breaks"] = (chosen["status"] == "B") | break_years(chosen, catalogue)
    chosen["comparable"] = ~contradicted(chosen, carriers, printed) & ~before_break(chosen)
    return chosen.drop(columns=["place", "series"])


def break_years(frame: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    """True where the year is the first of a changed area or concept for its series; frame has SERIES, year and edition.

    An edition for which the change declares a later first year still prints the old area before it.
    """
    hit = np.zeros(len(frame), bool)
    for change in catalogue.city_changes:
        near = np.flatnonzero(((frame["city"] == change.city) & frame["scope"].isin(change.scopes)).to_numpy())
        own = frame.iloc[near]
        first = look_up(own["edition"], {edition: change.first_year_in(edition) for edition in own["edition"].unique()})
        hit[near] |= own["year"].to_numpy() == first
    concepts = {
        (key, label.from_year) for key, item in catalogue.indicators.items() for label in item.labels if label.concept_break
    }
    for key, year in concepts:
        hit |= ((frame["year"] == year) & (frame["indicator"] == key)).to_numpy()
    return pd.Series(hit, index=frame.index)


def breaks_before(carriers: pd.DataFrame, printed: pd.DataFrame, catalogue: Catalogue) -> np.ndarray:
    """Number of breaks of an edition's own series at years up to the carrier's, beyond those that the carriers show."""
    cut = printed[(printed["status"] == "B") | break_years(printed, catalogue)]
    if cut.empty:
        return np.zeros(len(carriers), int)
    keys = [*SERIES, "edition"]
    hidden = cut.merge(carriers[[*keys, "year"]], on=[*keys, "year"], how="left", indicator=True)
    hidden = hidden[hidden["_merge"] == "left_only"]
    pairs = carriers[[*keys, "year"]].reset_index().merge(hidden[[*keys, "year"]], on=keys, suffixes=("", "_cut"))
    counts = pairs[pairs["year_cut"] <= pairs["year"]].groupby("index").size()
    return carriers.index.map(counts).fillna(0).to_numpy(int)


def linked_pairs(chosen: pd.DataFrame, places: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """True where a year and the series' year before it share a node (one edition without a break between)."""
    order = np.lexsort((places, nodes))
    place, node = places[order], nodes[order]
    # Places are numbered through, so neighbours of one edition and segment differ by one.
    follows = (node[1:] == node[:-1]) & (place[1:] == place[:-1] + 1)
    linked = np.zeros(len(chosen), bool)
    linked[place[1:][follows]] = True
    return linked & (chosen["series"].to_numpy() == np.r_[-1, chosen["series"].to_numpy()[:-1]])


def after_outdated(chosen: pd.DataFrame, rows: pd.DataFrame, catalogue: Catalogue) -> np.ndarray:
    """True for years that follow one whose chosen figure is known to be revised, though only in round numbers so far.

    "About 15 900", said later than 15 760.34 was printed, cannot stand in a series, but it tells that the next year's figure is on the
    basis behind the revision. A round number is right to half of its last digit that is not zero.
    """
    about = rows[(rows["bound"] == "about") & (rows["status"] == "E") & rows["value"].notna()]
    outdated = np.zeros(len(chosen), bool)
    if len(about):
        said = about.assign(day=last_day(about, catalogue), room=[round_half(value) for value in about["value"]])
        said["room"] *= (said["amount"] / said["value"]).where(said["value"] != 0, 1.0)
        printed = chosen[[*YEAR, "amount", "half", "edition", "published", "place"]]
        printed = printed.assign(day=last_day(printed, catalogue))
        both = printed.merge(said[[*YEAR, "amount", "room", "day"]], on=YEAR, suffixes=("", "_said"))
        wrong = (both["amount"] - both["amount_said"]).abs() > both["half"] + both["room"]
        outdated[both.loc[wrong & (both["day_said"] > both["day"]), "place"]] = True
    same = chosen["series"].to_numpy() == np.r_[-1, chosen["series"].to_numpy()[:-1]]
    return np.r_[False, outdated[:-1]] & same


def round_half(value: float) -> float:
    """Half a unit of the last digit that is not zero: 50 for 15900."""
    digits = f"{abs(value):.10f}".rstrip("0").rstrip(".")
    places = -len(digits.partition(".")[2]) if "." in digits else len(digits) - len(digits.rstrip("0"))
    return 0.5 * 10.0**places


def components(chosen: pd.DataFrame, places: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """Number of each year's connected group within its series, counted back from the group that holds the last year."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    size = len(chosen) + (int(nodes.max()) + 1 if len(nodes) else 0)
    graph = coo_matrix((np.ones(len(places)), (places, len(chosen) + nodes)), shape=(size, size))
    label = connected_components(graph, directed=False)[1][: len(chosen)]
    order = pd.DataFrame({"series": chosen["series"], "label": label, "year": chosen["year"]})
    last = order.groupby(["series", "label"])["year"].max().rename("last").reset_index()
    last["basis"] = last.groupby("series")["last"].rank(ascending=False, method="first").astype(int) - 1
    return order.merge(last, on=["series", "label"], how="left")["basis"].to_numpy()


def contradicted(chosen: pd.DataFrame, carriers: pd.DataFrame, printed: pd.DataFrame) -> np.ndarray:
    """True for years of a group one of whose editions prints another figure for a year of the newest group.

    Such a group is known to be of another vintage: the yearbook 2006 beside the census-revised series, say.
    """
    newest = chosen.loc[chosen["basis"] == 0, [*YEAR, "amount", "half"]]
    against = printed.merge(newest, on=YEAR, suffixes=("", "_newest"))
    gap = (against["amount"] - against["amount_newest"]).abs()
    against = against[gap > against["half"] + against["half_newest"] + SLACK * against["amount"].abs()]
    against = against[[*SERIES, "edition"]].drop_duplicates()
    groups = carriers[[*SERIES, "edition", "place"]].merge(chosen[["place", "basis"]], on="place")
    hit = groups.merge(against, on=[*SERIES, "edition"])[[*SERIES, "basis"]].drop_duplicates()
    keys = pd.MultiIndex.from_frame(chosen[[*SERIES, "basis"]])
    return (
        keys.isin(pd.MultiIndex.from_frame(hit)) & (chosen["basis"] != 0).to_numpy() if len(hit) else np.zeros(len(chosen), bool)
    )


def before_break(chosen: pd.DataFrame) -> np.ndarray:
    """True for years before the series' last break of area, concept or (status B) basis."""
    last = chosen["year"].where(chosen["breaks"]).groupby([chosen[key] for key in SERIES]).transform("max")
    return (chosen["year"] < last).to_numpy()


def comparable_years(series: pd.DataFrame) -> pd.DataFrame:
    """The years that may stand in one trend with the newest one: what trends, targets and forecasts use."""
    return series[series["comparable"]]
