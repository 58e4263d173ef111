"""The words and drawings of one choice at the desk: course and forecast, rank among peers, figures, editions of one year.

Takes a `Found` of `analysis.choices`; gives keyword arguments of `show`, `table`, `headline`, `finding` and `notice`. The explorer and the
notebook `selection` use the same ones.
"""

import pandas as pd

from qdlib import charts
from qdlib.analysis.choices import Found, figures_table
from qdlib.analysis.peers import nearest_ranks
from qdlib.errors import DataError
from qdlib.publishing.display import number
from qdlib.publishing.phrases import needed_decimals, unit_word, word
from qdlib.publishing.stories import forecast
from qdlib.publishing.stories.trend import city_name, indicator_name

HEADLINE_YEARS = 3


def names(found: Found) -> dict[str, str]:
    return {"city": city_name(found.choice.city), "name": indicator_name(found.choice.indicator)}


def places_of(found: Found) -> int:
    """Decimals of the figures as printed, none for large ones."""
    return min(int(found.own["decimals"].max()), forecast.places(found.own["amount"]))


def finding(found: Found) -> dict:
    if found.own.empty:
        return {"title": word("explore.finding.none", **names(found))}
    last = found.own.iloc[-1]
    value = number(float(last["amount"]), needed_decimals(float(last["amount"]), int(last["decimals"])))
    told = {"year": int(last["year"]), "value": value, "unit": unit_word(last["unit"])}
    return {"title": word("explore.finding.value", **names(found), **told), "lede": word("explore.lede", number=len(found.own))}


def course(found: Found) -> dict:
    """History and forecast as a fan; only the figures where there is no forecast. DataError where nothing is published."""
    if found.own.empty:
        raise DataError(f"no figure of {found.choice.indicator} for {found.choice.city}: qd.indicators() shows what is published")
    if len(found.ahead):
        scenario = found.path if len(found.path) else None
        drawn = forecast.fan(found.choice.city, found.history, found.ahead, scenario=scenario)
        return drawn | {"data": found.history[["year", "amount", "status", "edition", "source_cell"]]}
    own, unit = found.own, unit_word(found.own["unit"].iloc[0])
    span = {"first": int(own["year"].min()), "last": int(own["year"].max())}
    line = own[["year", "amount"]].assign(joined=own["linked"])
    panel = {"title": indicator_name(found.choice.indicator), "unit": unit, "lines": [(line, "")]}
    return {
        **charts.both(charts.small_multiples, [panel], alt=word("explore.course.alt", **names(found), **span)),
        "id": f"course_{found.choice.indicator}",
        "title": word("explore.course.title", **names(found), **span),
        "subtitle": word("explore.course.subtitle", unit=unit, why=word(f"forecast.reason.{found.reason}")),
        "sources": sorted(set(own["edition"])),
        "data": own[["year", "amount", "status", "edition", "source_cell"]],
    }


def beside_peers(found: Found) -> dict | None:
    """Bars of the group's cities in the newest common year; None where nothing can be compared."""
    if found.ranked.empty:
        return None
    ranked, city = found.ranked, found.choice.city
    shown, digits = nearest_ranks(ranked, city), forecast.places(ranked["amount"])
    frame = pd.DataFrame(
        {
            "name": [f"{rank} {city_name(key)}" for rank, key in zip(shown["rank"], shown["city"], strict=True)],
            "amount": shown["amount"],
            "text": [number(value, digits) for value in shown["amount"]],
            "own": shown["city"] == city,
        }
    )
    rank = int(ranked.loc[ranked["city"] == city, "rank"].iloc[0])
    told = {**names(found), "year": found.rank_year, "rank": rank, "of": len(ranked), "unit": unit_word(ranked["unit"].iloc[0])}
    return {
        **charts.both(charts.ranked_bars, frame, alt=word("explore.peers.alt", **told)),
        "id": f"ranks_{found.choice.indicator}",
        "title": word("explore.peers.title", **told),
        "subtitle": word("explore.peers.subtitle", **told),
        "sources": sorted(set(shown["edition"])),
        "data": shown[["city", "rank", "amount", "source_cell"]],
    }


def figures(found: Found) -> dict:
    """Every year as printed, with growth and edition; the forecast years with their band and the assumed path."""
    frame, unit, digits = figures_table(found), unit_word(found.own["unit"].iloc[0]), forecast.places(found.own["amount"])
    frame["places"] = frame["year"].map(found.own.set_index("year")["decimals"]).fillna(digits).astype(int)
    frame["reason"] = [word(f"explore.reason.{code}") if code else "" for code in frame["reason"]]
    shown = frame[["year", "amount", "low", "high", "path", "growth", "reason", "status", "edition", "places", "source_cell"]]
    shown = shown.drop(columns=[name for name in ("low", "high", "path") if shown[name].isna().all()])
    levels = [name for name in ("amount", "low", "high", "path") if name in shown]
    return {
        "frame": shown.sort_values("year", ascending=False, ignore_index=True),
        "id": "figures",
        "caption": word("explore.figures.caption", **names(found)),
        "columns": {name: word(f"explore.figures.{name}") for name in shown if name not in ("places", "source_cell")},
        "units": dict.fromkeys(levels, unit) | {"growth": "%"},
        "decimals": dict.fromkeys(levels, digits) | {"amount": "places", "growth": 1},
        "sources": sorted(set(found.own["edition"])),
        "note": word("explore.figures.note"),
    }


def editions(found: Found) -> dict:
    """The chosen year in every edition that prints it."""
    frame = found.traced[["edition", "published", "value", "unit", "status", "relation", "change_pct", "chosen_by", "source_cell"]]
    relations = [word(f"explore.relation.{code}") if code else "" for code in frame["relation"]]
    chosen = [word("page.sources.list").join(word(f"explore.vintage.{key}") for key in text.split()) for text in frame["chosen_by"]]
    frame = frame.assign(unit=[unit_word(unit) for unit in frame["unit"]], relation=relations, chosen_by=chosen)
    return {
        "frame": frame,
        "id": "editions",
        "caption": word("explore.editions.caption", **names(found), year=found.year),
        "columns": {name: word(f"explore.editions.{name}") for name in frame if name != "source_cell"},
        "units": {"change_pct": "%"},
        "decimals": {"value": 2, "change_pct": 2},
        "sources": sorted(set(frame["edition"])),
    }


def headline(found: Found) -> dict:
    """The newest figures and the first forecast years."""
    known = [(int(row.year), "actual", row.amount, row.status) for row in found.own.tail(HEADLINE_YEARS).itertuples()]
    known += [(int(row.ds), "forecast", row.mean, "F") for row in found.ahead.head(HEADLINE_YEARS).itertuples()]
    unit, digits, name = unit_word(found.own["unit"].iloc[0]), places_of(found), "{city} {name}".format(**names(found))
    rows = [
        {"item": name, "year": year, "field": word(f"explore.headline.{kind}"), "value": value, "unit": unit, "decimals": digits}
        | {"status": status}
        for year, kind, value, status in known
    ]
    return {"frame": pd.DataFrame(rows)}
