"""What an economist asks for by name: one function a question, plain pandas out.

    qd.series("青岛", "地区生产总值")    qd.panel("gdp_current_prices", "sub_provincial")    qd.indicators("海洋")

Takes cities and indicators by id, Chinese or English name; gives frames without an index of their own, which the notebooks'
functions take too. A misspelt name is one CatalogueError with the near names. Adds nothing to what `observations`,
`forecasting` and the other modules here compute: whoever needs more calls those.
"""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from qdlib.analysis import assumptions, prospects
from qdlib.catalogue import load_catalogue
from qdlib.catalogue.lookup import find_city, find_indicator, indicator_words, place_words, search_entries
from qdlib.errors import DataError, nearest
from qdlib.observations import growth as rates
from qdlib.observations import store, tracing

TARGET_KEYS = [
    "id", "pillar", "clause", "indicator", "comparator", "value", "value_max", "unit", "year", "latest_value", "latest_year", "status",
    "reason", "schedule", "probability", "probability_mark", "stale", "aspirational", "pair", "editions",
]  # fmt: skip


def series(city: str, indicator: str, vintage: str = "latest", scope: str = "whole_city") -> pd.DataFrame:
    """The figures of one city and indicator in one vintage, a row a year.

    vintage: latest, first_release, as_of:YYYY-MM-DD, edition:<id>. Columns: `vintages.SERIES_COLUMNS`, of which amount is in
    unit, linked says whether growth on the year before is allowed, comparable whether the year may stand in one trend with the newest
    one, source_cell where it is printed. Empty where nothing is published; CatalogueError on an unknown name.
    """
    catalogue = load_catalogue()
    found = store.read_series(find_city(catalogue, city).slug, find_indicator(catalogue, indicator).id, vintage)
    return found[found["scope"] == scope].reset_index(drop=True)


def panel(indicator: str, cities: str | Iterable[str] = "all", vintage: str = "latest", comparable: bool = True) -> pd.DataFrame:
    """Years × cities of one indicator, in its unit; a year without figure is missing.

    cities: `all` with data, a peer group's id, or a list of names. comparable: only years on one basis with the city's newest one.
    """
    catalogue, columns = load_catalogue(), {}
    for city in choose_cities(cities):
        own = series(city, indicator, vintage)
        own = own[own["comparable"]] if comparable else own
        if len(own):
            columns[city] = own.set_index("year")["amount"]
    empty = pd.DataFrame(index=pd.Index([], name="year", dtype="int64"))
    frame = pd.concat(columns, axis=1).sort_index() if columns else empty
    return frame.rename_axis(index="year", columns=find_indicator(catalogue, indicator).id)


def choose_cities(cities: str | Iterable[str]) -> list[str]:
    """Slugs of `all` cities with data, of a peer group's members with data, or of the cities named. DataError for a name that is neither."""
    catalogue, known = load_catalogue(), store.cities_with_data()
    if not isinstance(cities, str):
        return [find_city(catalogue, city).slug for city in cities]
    if cities == "all":
        return known
    if cities in catalogue.peer_groups:
        return [city for city in catalogue.peer_groups[cities].members if city in known]
    raise DataError(
        f"cities={cities!r} is no peer group{nearest(cities, catalogue.peer_groups)} · expected all, one of "
        f"{', '.join(catalogue.peer_groups)}, or a list of cities such as ['qingdao', '宁波']"
    )


def trend(
    city: str, indicator: str, first_year: int | None = None, vintage: str = "latest", scope: str = "whole_city"
) -> pd.DataFrame:
    """Level and growth by year: year, amount, unit, growth (%), half (points that rounding alone can move it), reason, status, edition,
    source_cell.

    Growth is missing, with the reason, wherever it would cross two bases: gap, break, basis_changes, not_positive.
    """
    own = series(city, indicator, vintage, scope)
    levels = own[["year", "amount", "unit", "status", "edition", "source_cell"]]
    frame = levels.merge(rates.growth(own), on="year", how="left")
    frame["reason"] = frame["reason"].astype(object).where(frame["reason"].notna(), "first_year")
    frame = frame[["year", "amount", "unit", "growth", "half", "reason", "status", "edition", "source_cell"]]
    return frame if first_year is None else frame[frame["year"] >= first_year].reset_index(drop=True)


def forecast(
    city: str,
    indicator: str,
    horizon: int = 5,
    vintage: str = "latest",
    levels: tuple[int, ...] = (80, 95),
    scenario: Iterable[str] = (),
) -> pd.DataFrame:
    """Point and bands by year, in the indicator's unit: year, mean, lo-80, hi-80, …, and path where something is assumed.

    scenario: assumed growth `2027:5.5` (%) or level `2027=18000`; its path has no band. Only years on one basis enter.
    DataError where the series is too short, or an assumed year is no forecast year.
    """
    outlook, key = look_ahead(series(city, indicator, vintage), horizon)
    note = outlook.notes.iloc[0]
    if note["status"] == "not_forecast":
        raise DataError(f"{key} of {city} is not forecast: {note['reason']}, {note['n_used']} usable years · expected at least 4")
    frame = outlook.frame(tuple(levels)).rename(columns={"ds": "year"}).drop(columns="unique_id")
    entries = list(scenario)
    if not entries:
        return frame
    outside = assumptions.outside(outlook, key, entries)
    if outside:
        first, last = int(frame["year"].min()), int(frame["year"].max())
        raise DataError(f"scenario names {', '.join(map(str, outside))} · expected years of the forecast, {first} to {last}")
    return frame.merge(assumptions.assume(outlook, key, entries)[["year", "path"]], on="year", how="left")


def look_ahead(own: pd.DataFrame, horizon: int):
    """Forecast object and indicator id of one series; DataError where nothing is published."""
    from qdlib.forecasting import Panel
    from qdlib.forecasting import forecast as forecast_panel

    if own.empty:
        raise DataError("there is no figure to forecast from: qd.indicators() shows what is published")
    key = own["indicator"].iloc[0]
    frame = prospects.comparable_panel(own, [key])
    return forecast_panel(Panel.from_frame(frame), horizon, **prospects.settings(frame, load_catalogue())), key


def targets(pillar: str = "all", today: str | None = None) -> pd.DataFrame:
    """Every quantified commitment with its status, or the reason why there is none: columns of `qd list targets`, and name.

    today: the day as of which they are judged, by default this day.
    """
    from qdlib.analysis.calibration import look_back
    from qdlib.analysis.reviews import assess_reviewed
    from qdlib.analysis.targets import assessments_frame

    catalogue = load_catalogue()
    if pillar not in ("all", *catalogue.policy.pillars):
        raise DataError(
            f"unknown pillar {pillar!r}{nearest(pillar, catalogue.policy.pillars)} · expected all or {', '.join(catalogue.policy.pillars)}"
        )
    city, day = catalogue.policy.city, today or date.today().isoformat()
    past = look_back(store.read_shared("calibration"), store.read_peers(city))
    cases = assess_reviewed(catalogue, store.read_series(city), store.read_observations(city), day, past)
    frame = assessments_frame(cases).astype({"year": "Int64", "latest_year": "Int64"})[TARGET_KEYS]
    frame.insert(1, "name", [case.target.name.zh for case in cases])
    frame = frame.assign(override=[case.review.value if case.review else None for case in cases])
    return frame if pillar == "all" else frame[frame["pillar"] == pillar].reset_index(drop=True)


def trace(city: str, indicator: str, year: int, scope: str = "whole_city") -> pd.DataFrame:
    """One figure in every edition that prints it, each with its source cell: columns of `tracing.trace`."""
    catalogue = load_catalogue()
    return tracing.trace(find_city(catalogue, city).slug, find_indicator(catalogue, indicator).id, year, scope)


def indicators(words: str = "") -> pd.DataFrame:
    """Indicators whose names, id or labels contain every word: id, theme, names, unit, kind, direction, years and cities with figures."""
    catalogue = load_catalogue()
    every = pd.concat([store.read_series(city)[["city", "indicator", "year"]] for city in store.cities_with_data()])
    spans = every.groupby("indicator").agg(first_year=("year", "min"), last_year=("year", "max"), cities=("city", "nunique"))
    found = sorted(search_entries(catalogue.indicators, words, indicator_words), key=lambda item: item.id)
    frame = pd.DataFrame(
        [(item.id, item.theme, item.name.zh, item.name.en, item.unit, item.kind, item.direction) for item in found],
        columns=["id", "theme", "name_zh", "name_en", "unit", "kind", "direction"],
    )
    frame = frame.merge(spans, left_on="id", right_index=True, how="left").reset_index(drop=True)
    return frame.assign(cities=frame["cities"].fillna(0)).astype({"first_year": "Int64", "last_year": "Int64", "cities": int})


def cities(words: str = "") -> pd.DataFrame:
    """Cities whose names or province contain every word: slug, code, names, province, level, peer_group, with_data."""
    catalogue, known = load_catalogue(), set(store.cities_with_data())
    return pd.DataFrame(
        [
            (city.slug, city.code, city.name.zh, city.name.en, city.province.zh, city.level, city.peer_group, city.slug in known)
            for city in search_entries(catalogue.cities, words, place_words)
        ],
        columns=["slug", "code", "name_zh", "name_en", "province", "level", "peer_group", "with_data"],
    )
