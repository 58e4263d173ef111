"""The words and drawings of city_trend: levels by vintage, real growth, structure, main indicators.

Takes frames of `analysis.trend` and `observations.growth`; gives keyword arguments for `show`, `table`, `headline`, `finding`.
Titles are findings: which one is chosen by what the figures show, with a neutral form where nothing stands out.
"""

import pandas as pd

from qdlib import charts
from qdlib.analysis.trend import SECTORS, pick
from qdlib.catalogue import load_catalogue
from qdlib.publishing.display import number, report_language
from qdlib.publishing.phrases import needed_decimals, unit_word, word

# Groups of a panel: the leading indicator decides whether it is drawn; a second one joins as the pale line.
PANELS = [
    ("goods_trade_cny", "goods_exports_cny"),
    ("port_containers",),
    ("budget_revenue", "budget_expenditure"),
    ("goods_trade_usd",),
    ("port_cargo",),
    ("retail_sales",),
    ("household_deposits",),
    ("fdi_utilised_usd",),
    ("population_registered",),
]
MAIN = [
    "gdp_current_prices",
    "gdp_per_capita",
    "tertiary_value_added",
    "industry_value_added",
    "budget_revenue",
    "budget_expenditure",
    "retail_sales",
    "goods_trade_cny",
    "goods_exports_cny",
    "port_cargo",
    "port_containers",
    "household_deposits",
    "population_resident",
    "population_registered",
    "disposable_income_all",
    "fdi_utilised_usd",
]
PROVISIONAL = ("P", "E")
GROWTH_YEARS = 16  # bars that leave room for their numbers


def city_name(city: str) -> str:
    return load_catalogue().cities[city].name.in_language(report_language())


def indicator_name(key: str) -> str:
    return load_catalogue().indicators[key].name.in_language(report_language())


def year_note(row: pd.Series) -> str:
    return word("trend.provisional" if row["status"] in PROVISIONAL else "trend.year", year=int(row["year"]))


def finding(
    city: str,
    gdp: pd.DataFrame,
    real: pd.DataFrame,
    shares: pd.DataFrame,
    series: pd.DataFrame,
    falls: list[int],
    mean_growth: dict | None,
) -> dict:
    """Head of the page: an apparent fall that is none, else growth, else the level; and up to four key figures."""
    last = gdp.iloc[-1]
    same_year = real[real["year"] == last["year"]]
    if falls:
        grown = real.loc[real["year"] == falls[-1], "growth"].iloc[0]
        title = word("trend.finding.fall", city=city_name(city), year=falls[-1], growth=number(grown, 1))
    elif len(same_year):
        title = word(
            "trend.finding.growth",
            city=city_name(city),
            year=int(last["year"]),
            value=number(last["amount"], 1),
            growth=number(same_year["growth"].iloc[0], 1),
        )
    else:
        title = word("trend.finding.level", city=city_name(city), year=int(last["year"]), value=number(last["amount"], 1))
    rate = {} if mean_growth is None else mean_growth | {"growth": number(mean_growth["growth"], 1)}
    return {
        "title": title,
        "lede": (word("trend.cagr", **rate) if rate else "") + word("trend.lede", first=int(gdp["year"].min())),
        "key_figures": key_figures(last, real, shares, series),
    }


def key_figures(last: pd.Series, real: pd.DataFrame, shares: pd.DataFrame, series: pd.DataFrame) -> list[tuple]:
    figures = [(word("trend.key.gdp"), last["amount"], unit_word(last["unit"]), year_note(last))]
    if len(real):
        figures.append((word("trend.key.real"), real["growth"].iloc[-1], "%", year_note(real.iloc[-1])))
    if len(shares):
        figures.append(
            (word("trend.key.tertiary"), shares[SECTORS[2]].iloc[-1], "%", word("trend.year", year=int(shares["year"].iloc[-1])))
        )
    for key, label in (("port_containers", "trend.key.containers"), ("budget_revenue", "trend.key.revenue")):
        own = pick(series, key)
        if len(own) and len(figures) < 4:
            figures.append((word(label), whole(own["amount"].iloc[-1]), unit_word(own["unit"].iloc[-1]), year_note(own.iloc[-1])))
    return figures


def whole(value: float) -> float | int:
    """A whole number as such, so that it is printed without a decimal."""
    return int(value) if float(value).is_integer() else value


def vintages(city: str, levels: pd.DataFrame, breaks: pd.DataFrame) -> dict:
    """GDP in its vintages, the census break marked."""
    chosen = levels[levels["line"] == "chosen"].sort_values("year")
    first, last = chosen.iloc[0], chosen.iloc[-1]
    older = levels[levels["line"] == "first_release"]
    shown_breaks = breaks[(breaks["before"] >= levels["year"].min()) & (breaks["census"] == 2018)]
    names = {"chosen": word("trend.vintages.chosen_census" if len(shown_breaks) else "trend.vintages.chosen")}
    if len(older):
        names["first_release"] = word("trend.vintages.first", value=number(older["amount"].iloc[-1], 1))
    for line in set(levels["line"]) - {"chosen", "first_release"}:
        names[line] = word("trend.vintages.other", edition=edition_name(line))
    ends = {
        "first": int(first["year"]),
        "last": int(last["year"]),
        "from_value": number(first["amount"], 1),
        "to_value": number(last["amount"], 1),
    }
    message = word("trend.vintages.message_census" if len(shown_breaks) else "trend.vintages.message_plain")
    label = "trend.vintages.last_provisional" if last["status"] in PROVISIONAL else "trend.vintages.last"
    drawing = charts.both(
        charts.vintages,
        levels,
        names=names,
        breaks=shown_breaks,
        break_name=word("trend.vintages.break"),
        last_label=word(label, value=number(last["amount"], 1), year=int(last["year"])),
        alt=word("trend.vintages.alt", city=city_name(city), message=message, **ends),
    )
    return {
        **drawing,
        "id": "vintages",
        "title": vintage_title(levels, shown_breaks, ends),
        "subtitle": word("trend.vintages.subtitle"),
        "sources": sorted(set(levels["edition"])),
        "data": levels.drop(columns=["joined"]),
    }


def vintage_title(levels: pd.DataFrame, breaks: pd.DataFrame, ends: dict) -> str:
    wide = levels.pivot_table(index="year", columns="line", values="amount", aggfunc="first")
    if "first_release" in wide and len(breaks):
        known = wide[wide.index.isin(range(int(breaks["before"].max()) - 5, int(breaks["before"].max()) + 1))]
        change = (100 * (known["chosen"] / known["first_release"] - 1)).dropna()
        if len(change):
            nearest, farthest = sorted(change, key=abs)[0], sorted(change, key=abs)[-1]
            return word("trend.vintages.title_census", low=number(nearest, 1), high=number(farthest, 1))
    return word("trend.vintages.title_plain", **ends)


def edition_name(edition: str) -> str:
    source = load_catalogue().source_of(edition)
    return f"{source.title.in_language(report_language())} {edition[len(source.id) :].strip('_').replace('_', '-')}".strip()


def growth(city: str, real: pd.DataFrame) -> dict:
    """Published real growth of the last years as bars, the lowest noted."""
    real = real.tail(GROWTH_YEARS)
    low, last = real.loc[real["growth"].idxmin()], real.iloc[-1]
    values = {"low_year": int(low["year"]), "low": number(low["growth"], 1), "value": number(last["growth"], 1)}
    years = {"number": len(real)}
    alt = word("trend.growth.alt", city=city_name(city), first=int(real["year"].min()), last=int(last["year"]), **values)
    drawing = charts.both(charts.growth_bars, real, noted=(int(low["year"]),), alt=alt)
    return {
        **drawing,
        "id": "real_growth",
        "width": "half",
        "title": word("trend.growth.title", year=int(last["year"]), **years, **values),
        "subtitle": word("trend.growth.subtitle", **years),
        "sources": sorted(set(real["edition"])),
        "data": real.drop(columns=["half"]),
    }


def structure(city: str, shares: pd.DataFrame) -> dict:
    """Shares of the three sectors."""
    ends = {"from_value": number(shares[SECTORS[2]].iloc[0], 1), "to_value": number(shares[SECTORS[2]].iloc[-1], 1)}
    years = {"first": int(shares["year"].min()), "last": int(shares["year"].max())}
    drawing = charts.both(
        charts.sector_shares,
        shares,
        columns=list(SECTORS),
        alt=word("trend.structure.alt", city=city_name(city), **years, **ends),
        names=[word(f"trend.structure.{sector}") for sector in ("primary", "secondary", "tertiary")],
    )
    return {
        **drawing,
        "id": "structure",
        "width": "half",
        "title": word("trend.structure.title", **ends),
        "subtitle": word("trend.structure.subtitle", **years),
        "sources": sorted(set(shares["edition"])),
        "data": shares,
    }


def panels(city: str, series: pd.DataFrame, groups: list[tuple[str, ...]]) -> dict:
    """Small multiples of the groups, each in its own unit."""
    drawn = [panel(series, group) for group in groups]
    names = word("page.sources.list").join(entry["title"] for entry in drawn)
    used = series[series["indicator"].isin([key for group in groups for key in group]) & series["comparable"]]
    drawing = charts.both(charts.small_multiples, drawn, alt=word("trend.panels.alt", city=city_name(city), names=names)[:200])
    return {
        **drawing,
        "id": "panels",
        "title": word("trend.panels.title_city", names=names),
        "subtitle": word("trend.panels.subtitle"),
        "sources": sorted(set(used["edition"])),
        "data": used[["indicator", "year", "amount", "unit", "status", "edition", "source_cell"]],
    }


def panel(series: pd.DataFrame, group: tuple[str, ...]) -> dict:
    frames = [pick(series, key) for key in group]
    frames = [frame[frame["comparable"]].assign(joined=lambda own: own["linked"] | (own["year"].diff() <= 2)) for frame in frames]
    frames = [frame for frame in frames if len(frame) >= 2]
    budget = group[0] == "budget_revenue" and len(frames) == 2
    labels = [word("trend.panels.revenue"), word("trend.panels.expenditure")] if budget else [""] * len(frames)
    if len(frames) == 2 and not budget:
        labels = [indicator_short(key) for key in group]
    return {
        "title": word("trend.panels.budget") if budget else indicator_name(group[0]),
        "unit": unit_word(frames[0]["unit"].iloc[0]),
        "lines": list(zip(frames, labels, strict=True)),
    }


def indicator_short(key: str) -> str:
    return word(f"trend.short.{key}") if f"trend.short.{key}" in load_catalogue().texts else indicator_name(key)


def vintage_table(frame: pd.DataFrame, sources: list[str]) -> dict:
    """The table of GDP by vintage with growth, and why growth is missing."""
    reasons = sorted({reason for reason in frame["reason"].dropna() if reason})
    joined = word("page.sources.and").join(word(f"trend.reason.{reason}") for reason in reasons)
    shown = frame.drop(columns=["reason"])
    lines = [column for column in shown if column not in ("year", "revised_pct", "nominal", "real", "source_cell")]
    columns = {name: word(f"trend.table.{name}") if name in ("chosen", "first_release", "other") else edition_name(name) for name in lines}
    columns |= {name: word(f"trend.table.{name}") for name in ("year", "revised_pct", "nominal", "real") if name in shown}
    units = {name: unit_word("hundred_million_yuan") for name in lines} | {
        name: "%" for name in ("revised_pct", "nominal", "real") if name in shown
    }
    decimals = dict.fromkeys(lines, 2) | {name: 1 for name in ("revised_pct", "nominal", "real") if name in shown}
    note = word("trend.table.vintages_note", reasons=joined) if reasons else word("trend.table.vintages_note_full")
    return {
        "frame": shown,
        "id": "gdp_by_vintage",
        "caption": word("trend.table.vintages"),
        "units": units,
        "columns": columns,
        "decimals": decimals,
        "sources": sources,
        "note": note,
    }


def printed_decimals(frame: pd.DataFrame) -> list[int]:
    """Decimals for each figure: those that it needs, at most those of its indicator."""
    indicators = load_catalogue().indicators
    pairs = zip(frame["indicator"], frame["amount"], strict=True)
    return [needed_decimals(value, indicators[key].decimals) for key, value in pairs]


def main_table(frame: pd.DataFrame) -> dict:
    """Newest figure of the main indicators with unit, status, growth and edition."""
    shown = pd.DataFrame(
        {
            "indicator": [indicator_name(key) for key in frame["indicator"]],
            "year": frame["year"],
            "value": frame["amount"],
            "places": printed_decimals(frame),
            "unit": [unit_word(unit) for unit in frame["unit"]],
            "growth": frame["growth"].astype(float),
            "status": frame["status"],
            "edition": [edition_name(edition) for edition in frame["edition"]],
            "source_cell": frame["source_cell"],
        }
    )
    columns = {
        name: word(f"trend.table.{name}") for name in ("indicator", "year", "value", "unit", "growth", "status", "edition")
    }
    return {
        "frame": shown,
        "id": "main_indicators",
        "caption": word("trend.table.main"),
        "columns": columns,
        "units": {"growth": "%"},
        "decimals": {"value": "places", "growth": 1},
        "sources": sorted(set(frame["edition"])),
        "note": word("trend.table.main_note"),
    }


def headline(frame: pd.DataFrame, real: pd.DataFrame, city: str) -> dict:
    """Newest main figures and real growth, keyed for comparison with the last run."""
    top = frame.head(11)
    rows = pd.DataFrame(
        {
            "item": city_name(city),
            "year": top["year"],
            "field": [indicator_name(key) for key in top["indicator"]],
            "value": top["amount"].round(6),
            "unit": [unit_word(unit) for unit in top["unit"]],
            "decimals": printed_decimals(top),
            "status": top["status"],
        }
    )
    if len(real):
        last = real.iloc[-1]
        extra = {
            "item": city_name(city),
            "year": int(last["year"]),
            "field": indicator_name("gdp_growth_real"),
            "value": last["growth"],
            "unit": "%",
            "decimals": 1,
            "status": last["status"],
        }
        rows = pd.concat([rows, pd.DataFrame([extra])], ignore_index=True)
    editions = sorted({*top["edition"], *real["edition"].tail(1)})
    return {"frame": rows, "sources": editions}
