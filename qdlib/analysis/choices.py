"""One choice at the desk, and everything known of it: figures, forecast, assumed path, rank among peers, editions of one year.

Takes a `Choice` (ids only); gives a `Found` of plain frames. Draws nothing and says nothing: the explorer and the notebook `selection`
show the same `Found`, so that what is saved is what was seen. What cannot be known is empty, with its reason as a code.
"""

from dataclasses import dataclass, field

import pandas as pd

from qdlib.analysis import assumptions, desk, peers, prospects
from qdlib.catalogue import load_catalogue
from qdlib.observations import store


@dataclass(frozen=True)
class Choice:
    """What is looked at. year: the point that is traced, 0 for the newest; scenario: as in `assumptions`; peer_group: own or an id."""

    city: str
    indicator: str
    vintage: str = "latest"
    peer_group: str = "own"
    horizon: int = 5
    scenario: tuple[str, ...] = ()
    year: int = 0


@dataclass(frozen=True)
class Found:
    """own: the whole series; history: its comparable years; ahead: ds, mean, lo-/hi-80 and -95; path: frame of `assume`;
    reason: why there is no forecast (code); outside: assumed years that are none of the forecast; ranked: cities of `rank_year`;
    traced: rows of `trace` for `year`."""

    choice: Choice
    own: pd.DataFrame
    year: int = 0
    history: pd.DataFrame = field(default_factory=pd.DataFrame)
    ahead: pd.DataFrame = field(default_factory=pd.DataFrame)
    path: pd.DataFrame = field(default_factory=pd.DataFrame)
    reason: str = ""
    outside: tuple[int, ...] = ()
    ranked: pd.DataFrame = field(default_factory=pd.DataFrame)
    rank_year: int = 0
    traced: pd.DataFrame = field(default_factory=pd.DataFrame)


def look_up(choice: Choice) -> Found:
    """Everything known of a choice. CatalogueError or DataError where the choice itself is wrong."""
    own = desk.series(choice.city, choice.indicator, choice.vintage)
    if own.empty:
        return Found(choice, own)
    year = choice.year if choice.year in set(own["year"]) else int(own["year"].max())
    ranked, rank_year = rank_among_peers(choice)
    known = {"ranked": ranked, "rank_year": rank_year, "traced": desk.trace(choice.city, choice.indicator, year)}
    return Found(choice, own, year, prospects.history(own, choice.indicator), **ahead_of(own, choice), **known)


def ahead_of(own: pd.DataFrame, choice: Choice) -> dict:
    """Forecast and assumed path of a series, or the reason why there is none, as fields of `Found`."""
    outlook, key = desk.look_ahead(own, choice.horizon)
    note = outlook.notes.iloc[0]
    if note["status"] == "not_forecast":
        return {"reason": note["reason"] or "too_short"}
    outside = tuple(assumptions.outside(outlook, key, choice.scenario))
    return {"ahead": outlook.frame((80, 95)), "path": assumptions.assume(outlook, key, choice.scenario), "outside": outside}


def rank_among_peers(choice: Choice) -> tuple[pd.DataFrame, int]:
    """Cities of the group in the newest year that the city shares with enough of them; an empty frame and 0 where there is none."""
    catalogue = load_catalogue()
    group = catalogue.cities[choice.city].peer_group if choice.peer_group == "own" else choice.peer_group
    members = sorted({choice.city, *catalogue.peer_groups[group].members} & set(store.cities_with_data()))
    vintage = prospects.peer_vintage(choice.vintage)
    figures = {
        city: store.read_series(city, choice.indicator, choice.vintage if city == choice.city else vintage) for city in members
    }
    levels = peers.gather_levels(figures, (choice.indicator,))
    year = peers.common_year(levels, choice.indicator, choice.city, len(members))
    return (pd.DataFrame(), 0) if year is None else (peers.rank_cities(levels, choice.indicator, year), year)


def figures_table(found: Found) -> pd.DataFrame:
    """Years and forecast years in one table: year, amount, growth, reason, status, low, high (80 %), path, edition, source_cell."""
    known = desk.trend(found.choice.city, found.choice.indicator, vintage=found.choice.vintage)
    known = known[["year", "amount", "growth", "reason", "status", "edition", "source_cell"]]
    if found.ahead.empty:
        return known.assign(low=float("nan"), high=float("nan"), path=float("nan"))
    ahead = found.ahead.rename(columns={"ds": "year", "mean": "amount", "lo-80": "low", "hi-80": "high"})
    ahead = ahead[["year", "amount", "low", "high"]].assign(status="F", reason="", edition="", source_cell="")
    paths = found.path.set_index("year")["path"] if len(found.path) else pd.Series(dtype=float)
    ahead["path"] = ahead["year"].map(paths).astype(float)
    return pd.concat([known, ahead], ignore_index=True).astype({"year": int})


def editions_of(city: str, indicator: str) -> list[tuple[str, str]]:
    """(date of publication, edition) of every edition that prints the indicator of the city, the oldest first."""
    rows = store.read_observations(city)
    own = rows[(rows["indicator"] == indicator) & (rows["scope"] == "whole_city") & rows["value"].notna()]
    return sorted(own[["published", "edition"]].drop_duplicates().itertuples(index=False, name=None))


def indicators_of(city: str) -> list[str]:
    """Ids of the indicators that the city has figures of, by id."""
    own = store.read_series(city)
    return sorted(own.loc[own["scope"] == "whole_city", "indicator"].unique())
