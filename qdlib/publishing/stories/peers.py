"""The words and drawings of peer_benchmark: ranks, gaps, growth beside comparable cities.

Takes frames of `analysis.peers`; gives keyword arguments for display functions, None where there is nothing to show.
"""

import pandas as pd

from qdlib import charts
from qdlib.analysis.peers import SPAN, nearest_ranks
from qdlib.catalogue import load_catalogue
from qdlib.publishing.display import number, report_language
from qdlib.publishing.phrases import needed_decimals, unit_word, word
from qdlib.publishing.stories.trend import city_name, indicator_name

GDP = "gdp_current_prices"
DRAWN = (GDP, "budget_revenue", "household_deposits")


def group_of(city: str, peer_group: str) -> str:
    """The id of the group: the city's own by default."""
    return load_catalogue().cities[city].peer_group if peer_group == "own" else peer_group


def finding(city: str, group: str, standing: pd.DataFrame) -> dict:
    lede = word("peers.lede", group=load_catalogue().peer_groups[group].name.in_language(report_language()))
    own = standing[standing["indicator"] == GDP] if len(standing) else standing
    if own.empty:
        return {"title": word("peers.finding.none", city=city_name(city)), "lede": lede}
    row = own.iloc[0]
    values = {"city": city_name(city), "year": int(row["year"]), "of": int(row["of"]), "rank": int(row["rank"])}
    if row["first"] == city:
        title = word("peers.finding.first", **values)
    else:
        title = word("peers.finding.ranked", **values, first=city_name(row["first"]), share=number(row["to_first"], 0))
    return {"title": title, "lede": lede, "key_figures": key_figures(standing, row)}


def key_figures(standing: pd.DataFrame, gdp: pd.Series) -> list[tuple]:
    note = word("peers.key.of", of=int(gdp["of"]), year=int(gdp["year"]))
    figures = [(word("peers.key.rank"), int(gdp["rank"]), word("peers.key.place"), note)]
    figures.append((word("peers.key.median"), float(round(gdp["to_median"], 1)), "%", ""))
    if pd.notna(gdp["growth"]):
        told = word("peers.key.growth_note", median=number(gdp["median_growth"], 1), rank=int(gdp["growth_rank"]))
        figures.append((word("peers.key.growth", span=SPAN), float(round(gdp["growth"], 1)), "%", told))
    revenue = standing[standing["indicator"] == "budget_revenue"]
    if len(revenue):
        row = revenue.iloc[0]
        note = word("peers.key.of", of=int(row["of"]), year=int(row["year"]))
        figures.append((word("peers.key.revenue"), int(row["rank"]), word("peers.key.place"), note))
    return figures


def levels(city: str, ranked: pd.DataFrame, year: int) -> dict:
    """GDP of the group as bars."""
    own = ranked[ranked["city"] == city].iloc[0]
    shown = nearest_ranks(ranked, city)
    frame = pd.DataFrame(
        {
            "name": [f"{rank} {city_name(key)}" for rank, key in zip(shown["rank"], shown["city"], strict=True)],
            "amount": shown["amount"],
            "text": [number(value, 0) for value in shown["amount"]],
            "own": shown["city"] == city,
        }
    )
    values = {"city": city_name(city), "year": year, "rank": int(own["rank"]), "of": len(ranked)}
    drawing = charts.both(charts.ranked_bars, frame, alt=word("peers.levels.alt", **values, value=number(own["amount"], 0)))
    return {
        **drawing,
        "id": "gdp_ranks",
        "title": word("peers.levels.title", **values),
        "subtitle": word("peers.levels.subtitle", year=year),
        "sources": sorted(set(shown["edition"])),
        "data": shown[["city", "rank", "amount", "source_cell"]],
    }


def growth(city: str, ranked: pd.DataFrame, year: int) -> dict | None:
    """Growth over five years as bars; None where the city has none."""
    known = ranked.dropna(subset=["growth"]).sort_values(["growth", "city"], ascending=[False, True], ignore_index=True)
    if city not in set(known["city"]):
        return None
    shown = nearest_ranks(known, city)
    frame = pd.DataFrame(
        {
            "name": [city_name(key) for key in shown["city"]],
            "amount": shown["growth"],
            "text": [number(value, 1) for value in shown["growth"]],
            "own": shown["city"] == city,
        }
    )
    own = known.loc[known["city"] == city, "growth"].iloc[0]
    others = known.loc[known["city"] != city, "growth"]
    values = {"first": year - SPAN, "last": year, "growth": number(own, 1), "median": number(others.median(), 1)}
    drawing = charts.both(charts.ranked_bars, frame, alt=word("peers.growth.alt", city=city_name(city), **values))
    return {
        **drawing,
        "id": "gdp_growth_ranks",
        "title": word("peers.growth.title", **values),
        "subtitle": word("peers.growth.subtitle", first=year - SPAN, last=year),
        "sources": sorted(set(shown["edition"])),
        "data": shown[["city", "growth", "source_cell"]],
    }


def ratios(city: str, courses: dict[str, pd.DataFrame], sources: list[str]) -> dict | None:
    """The city over the median of the others, a panel per indicator; None where no course is long enough."""
    drawn = {key: course for key, course in courses.items() if len(course) >= 3}
    if not drawn:
        return None
    panels = []
    for key, course in drawn.items():
        line = pd.DataFrame({"year": course["year"], "amount": course["ratio"], "joined": True})
        unit = word("peers.ratio.unit", members=int(course["members"].iloc[0]))
        panels.append({"title": indicator_name(key), "unit": unit, "lines": [(line, "")]})
    every = pd.concat([course.assign(indicator=indicator_name(key)) for key, course in drawn.items()], ignore_index=True)
    first, last = int(every["year"].min()), int(every["year"].max())
    alt = word("peers.ratio.alt", city=city_name(city), number=len(drawn), first=first, last=last)
    return {
        **charts.both(charts.small_multiples, panels, alt=alt),
        "id": "to_median",
        "title": ratio_title(drawn.get(GDP)),
        "subtitle": word("peers.ratio.subtitle"),
        "sources": sources,
        "data": every[["indicator", "year", "ratio", "members"]],
    }


def ratio_title(course: pd.DataFrame | None) -> str:
    if course is None:
        return word("peers.ratio.title.plain")
    begin, end = course["ratio"].iloc[0], course["ratio"].iloc[-1]
    if round(begin, 2) == round(end, 2):
        return word("peers.ratio.title.plain")
    way = "up" if end > begin else "down"
    return word(f"peers.ratio.title.{way}", from_value=number(begin, 2), to_value=number(end, 2))


def headings(frame: pd.DataFrame, **others: str) -> dict[str, str]:
    return {name: word(f"peers.table.{others.get(name, name)}") for name in frame if name not in ("source_cell", "places")}


def standing_table(standing: pd.DataFrame) -> dict | None:
    if standing.empty:
        return None
    known = load_catalogue().indicators
    frame = pd.DataFrame(
        {
            "indicator": [indicator_name(key) for key in standing["indicator"]],
            "year": standing["year"],
            "value": standing["amount"],
            "places": [needed_decimals(row.amount, known[row.indicator].decimals) for row in standing.itertuples()],
            "unit": [unit_word(unit) for unit in standing["unit"]],
            "rank": standing["rank"],
            "of": standing["of"],
            "to_median": standing["to_median"],
            "first": [city_name(key) for key in standing["first"]],
            "to_first": standing["to_first"],
            "growth": standing["growth"],
            "median_growth": standing["median_growth"],
            "source_cell": standing["source_cell"],
        }
    )
    percent = dict.fromkeys(("to_median", "to_first", "growth", "median_growth"), "%")
    return {
        "frame": frame,
        "id": "standing",
        "caption": word("peers.table.standing"),
        "columns": headings(frame),
        "units": percent,
        "decimals": {"value": "places"} | dict.fromkeys(percent, 1),
        "note": word("peers.table.standing_note"),
        "sources": sorted(set(standing["edition"])),
    }


def ranking_table(ranked: pd.DataFrame, year: int) -> dict:
    frame = pd.DataFrame(
        {
            "rank": ranked["rank"],
            "city": [city_name(key) for key in ranked["city"]],
            "gdp": ranked["amount"],
            "growth": ranked["growth"],
            "source_cell": ranked["source_cell"],
        }
    )
    return {
        "frame": frame,
        "id": "ranking",
        "caption": word("peers.table.ranking", year=year),
        "columns": headings(frame),
        "units": {"gdp": unit_word(ranked["unit"].iloc[0]), "growth": "%"},
        "decimals": {"gdp": 1, "growth": 1},
        "sources": sorted(set(ranked["edition"])),
    }


def headline(city: str, standing: pd.DataFrame) -> dict:
    rows = [
        {"item": indicator_name(row.indicator), "year": row.year, "field": word(f"peers.count.{field}"), "value": value, "unit": unit,
         "decimals": places, "status": row.status}
        for row in standing.head(6).itertuples()
        for field, value, unit, places in (("rank", float(row.rank), "", 0), ("to_median", float(row.to_median), "%", 1))
    ]  # fmt: skip
    if not rows:
        rows = [{"item": city_name(city), "year": 0, "field": word("peers.count.rank"), "value": None, "unit": "", "decimals": 0, "status": ""}]
    return {"frame": pd.DataFrame(rows)}
