"""A city among comparable cities: rank, gap to the middle and to the first, and whether it catches up.

Takes the cities' series of one vintage; gives frames. Only comparable years count (`vintages`), every comparison is of one year in
which the city and at least two thirds of the others are known, and a ratio over time keeps its members: a city that begins later would
move the median by entering it. Growth over several years is nominal and of one basis.
"""

import math

import pandas as pd

MEASURES = ("gdp_current_prices", "budget_revenue", "budget_expenditure", "household_deposits", "retail_sales", "goods_exports_cny")
# A rank among fewer says more about who publishes than about the city.
LEAST_SHARE, LEAST_CITIES = 2 / 3, 5
SPAN = 5  # years of growth


def gather_levels(series: dict[str, pd.DataFrame], indicators: tuple[str, ...] = MEASURES) -> pd.DataFrame:
    """Comparable whole-city figures: city, indicator, year, amount, unit, status, edition, source_cell."""
    kept = []
    for city, frame in series.items():
        own = frame[frame["indicator"].isin(indicators) & (frame["scope"] == "whole_city") & frame["comparable"] & (frame["amount"] > 0)]
        kept.append(own.assign(city=city))
    columns = ["city", "indicator", "year", "amount", "unit", "status", "edition", "source_cell"]
    return pd.concat(kept, ignore_index=True)[columns] if kept else pd.DataFrame(columns=columns)


def common_year(levels: pd.DataFrame, indicator: str, city: str, members: int) -> int | None:
    """The newest year in which the city and at least two thirds of the members are known; None where there is none."""
    own = levels[levels["indicator"] == indicator]
    counts = own.groupby("year")["city"].nunique()
    years = counts[counts >= max(LEAST_CITIES, math.ceil(LEAST_SHARE * members))].index
    known = own.loc[(own["city"] == city) & own["year"].isin(years), "year"]
    return int(known.max()) if len(known) else None


def rank_cities(levels: pd.DataFrame, indicator: str, year: int) -> pd.DataFrame:
    """All cities known in a year, the highest first: city, amount, unit, status, rank, growth (% a year over SPAN years), source_cell.

    growth is missing where the year SPAN before is not comparable. Equal amounts share a rank.
    """
    own = levels[(levels["indicator"] == indicator) & (levels["year"] == year)].set_index("city")
    before = levels[(levels["indicator"] == indicator) & (levels["year"] == year - SPAN)].set_index("city")["amount"]
    growth = 100 * ((own["amount"] / before.reindex(own.index)) ** (1 / SPAN) - 1)
    ranked = own.assign(growth=growth, rank=own["amount"].rank(ascending=False, method="min").astype(int)).reset_index()
    return ranked.sort_values(["rank", "city"], ignore_index=True)[
        ["city", "amount", "unit", "status", "rank", "growth", "edition", "source_cell"]
    ]


def stand(levels: pd.DataFrame, city: str, members: int, indicators: tuple[str, ...] = MEASURES) -> pd.DataFrame:
    """One row per indicator that can be compared: where the city stands.

    Columns indicator, year, amount, unit, status, rank, of, median (of the others), to_median (% above it), first (city), to_first (% of
    the first), growth, median_growth (of the others, % a year), growth_rank, growth_of, edition, source_cell. Indicators without a
    common year have no row.
    """
    rows = []
    for indicator in indicators:
        year = common_year(levels, indicator, city, members)
        if year is None:
            continue
        ranked = rank_cities(levels, indicator, year).set_index("city")
        own, others, grown = ranked.loc[city], ranked.drop(index=city), ranked["growth"].dropna()
        median = others["amount"].median()
        rows.append(
            {
                "indicator": indicator,
                "year": year,
                **{key: own[key] for key in ("amount", "unit", "status", "rank")},
                "of": len(ranked),
                "median": median,
                "to_median": 100 * (own["amount"] / median - 1),
                "first": ranked.index[0],
                "to_first": 100 * own["amount"] / ranked["amount"].iloc[0],
                "growth": own["growth"],
                "median_growth": others["growth"].median(),
                "growth_rank": int((grown > own["growth"]).sum()) + 1 if city in grown.index else None,
                "growth_of": len(grown),
                "edition": own["edition"],
                "source_cell": own["source_cell"],
            }
        )
    return pd.DataFrame(rows)


def relate_to_median(levels: pd.DataFrame, indicator: str, city: str) -> pd.DataFrame:
    """The city over the median of the others by year, members fixed: year, ratio, members. Empty below five members.

    Members are the cities known in every year in which the city is, within the latest unbroken span that at least five others share.
    """
    wide = levels[levels["indicator"] == indicator].pivot(index="year", columns="city", values="amount").sort_index()
    empty = pd.DataFrame({"year": pd.Series(dtype=int), "ratio": pd.Series(dtype=float), "members": pd.Series(dtype=int)})
    if city not in wide:
        return empty
    wide = wide.loc[wide[city].notna()]
    shared = wide.drop(columns=city).notna().sum(axis=1) >= LEAST_CITIES
    wide = wide[shared]
    others = wide.drop(columns=city).dropna(axis=1)
    if others.shape[1] < LEAST_CITIES or len(wide) < 2:
        return empty
    ratio = wide[city] / others.median(axis=1)
    return pd.DataFrame({"year": ratio.index.astype(int), "ratio": ratio.to_numpy(), "members": others.shape[1]})


def nearest_ranks(ranked: pd.DataFrame, city: str, most: int = 15, top: int = 3) -> pd.DataFrame:
    """At most `most` rows of a ranking: the first ones and those around the city."""
    if len(ranked) <= most:
        return ranked
    place = int(ranked.index[ranked["city"] == city][0])
    around = most - top
    begin = min(max(place - around // 2, top), len(ranked) - around)
    return pd.concat([ranked.iloc[:top], ranked.iloc[begin : begin + around]])
