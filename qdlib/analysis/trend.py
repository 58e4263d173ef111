"""Levels, growth, structure and breaks of one city, from its series of one vintage.

Takes series and observations; gives frames for charts and tables. A rate over several years uses comparable years only, and
shares of sectors come from one edition's parts and total.
"""

import pandas as pd

from qdlib.catalogue import Catalogue

SECTORS = ("primary_value_added", "secondary_value_added", "tertiary_value_added")


def pick(series: pd.DataFrame, indicator: str, scope: str = "whole_city") -> pd.DataFrame:
    """One indicator of a city's series, by year."""
    own = series[(series["indicator"] == indicator) & (series["scope"] == scope)]
    return own.sort_values("year", ignore_index=True)


def first_releases(rows: pd.DataFrame, indicator: str, catalogue: Catalogue) -> pd.DataFrame:
    """The figure of each year as it was first published, by year: columns of the observations.

    rows: all observations of a city. What one figure shares with the next is not asked: the series of that vintage,
    `read_series(city, indicator, "first_release")`, says so in four times the time.
    """
    from qdlib.observations.vintages import choose_figures

    return pick(choose_figures(rows, "first_release", catalogue, indicator), indicator)


def compound_growth(series: pd.DataFrame, first_year: int | None = None) -> dict | None:
    """Mean annual growth (%) between the first and last comparable year: first, last, growth; None below two years."""
    known = series[series["comparable"] & (series["amount"] > 0)]
    known = known[known["year"] >= first_year] if first_year else known
    if len(known) < 2:
        return None
    first, last = known.iloc[0], known.iloc[-1]
    years = int(last["year"] - first["year"])
    return {
        "first": int(first["year"]),
        "last": int(last["year"]),
        "growth": 100 * ((last["amount"] / first["amount"]) ** (1 / years) - 1),
    }


def structure(series: pd.DataFrame) -> pd.DataFrame:
    """Shares of the three sectors in percent, where one edition prints all parts: year, three shares, edition, source cells."""
    parts = [pick(series, sector).set_index("year") for sector in SECTORS]
    amounts = pd.concat([part["amount"] for part in parts], axis=1, keys=SECTORS).dropna()
    editions = pd.concat([part["edition"] for part in parts], axis=1).reindex(amounts.index)
    amounts = amounts[editions.nunique(axis=1) == 1]
    shares = 100 * amounts.div(amounts.sum(axis=1), axis=0)
    cells = pd.concat([part["source_cell"] for part in parts], axis=1).reindex(shares.index)
    joined = pd.Series(["; ".join(row) for row in cells.itertuples(index=False)], index=cells.index, dtype=object)  # also of no row
    editions = editions.iloc[:, 0].reindex(shares.index)  # an empty frame would take over a longer index
    return shares.assign(edition=editions, source_cell=joined).reset_index()


def levels_by_vintage(
    chosen: pd.DataFrame, first: pd.DataFrame, rows: pd.DataFrame, catalogue: Catalogue, least: int = 3
) -> pd.DataFrame:
    """The chosen figures and those of older vintages that differ from them.

    chosen, first: one indicator in the chosen vintage and in `first_release`; rows: all its observations.
    Returns year, amount, edition, status, source_cell, joined, line; `line` is `chosen`, `first_release`, or the id of an edition
    that prints at least `least` differing years and is neither: an official one before a copy, the one with most years first.
    """
    usable = chosen[chosen["comparable"]].assign(line="chosen")
    usable["joined"] = usable["linked"] | (usable["year"].diff() <= 2)
    lines = [usable]
    before = first[differs(first, chosen)]
    if len(before) >= 2:
        lines.append(before.assign(line="first_release"))
    for edition, own in printed_otherwise(rows, chosen, catalogue, least):
        if not len(before) >= 2 or not set(zip(own["year"], own["amount"], strict=True)) <= set(
            zip(before["year"], before["amount"], strict=True)
        ):
            lines.append(own.assign(line=edition))
            break
    columns = ["year", "amount", "edition", "status", "source_cell", "joined", "line"]
    return pd.concat([line.reindex(columns=columns) for line in lines], ignore_index=True)


def differs(figures: pd.DataFrame, chosen: pd.DataFrame) -> pd.Series:
    """True where a figure lies outside the rounding interval of the chosen one of its year (False where none is chosen)."""
    other = figures[["year"]].merge(chosen[["year", "amount", "half"]], on="year", how="left").set_axis(figures.index)
    return (figures["amount"] - other["amount"]).abs() > figures["half"] + other["half"]


def printed_otherwise(
    rows: pd.DataFrame, chosen: pd.DataFrame, catalogue: Catalogue, least: int
) -> list[tuple[str, pd.DataFrame]]:
    """Editions with at least `least` differing figures, official ones first, then the one with most of them."""
    own = rows[rows["value"].notna() & (rows["bound"] == "equal") & (rows["status"] != "F")]
    own = own[differs(own, chosen)].sort_values("year")
    groups = [(edition, group) for edition, group in own.groupby("edition") if len(group) >= least]
    return sorted(groups, key=lambda pair: (catalogue.source_of(pair[0]).rank, -len(pair[1]), pair[0]))


def apparent_falls(findings: pd.DataFrame, real: pd.DataFrame) -> list[int]:
    """Years in which a circulated series of two bases falls although the published real growth is positive."""
    mixed = findings[(findings["check"] == "mixed_basis") & (findings["indicator"] == "gdp_current_prices")]
    positive = set(real.loc[real["growth"] > 0, "year"])
    falls = []
    for row in mixed.itertuples():
        before, after = (float(value.replace(",", "")) for value in row.values.split(" | ")[:2])
        if after < before and row.year in positive:
            falls.append(int(row.year))
    return sorted(set(falls))


def vintage_table(levels: pd.DataFrame, chosen: pd.DataFrame, real: pd.DataFrame, growth: pd.DataFrame) -> pd.DataFrame:
    """One row a year: the figure of each vintage, its change (%), nominal and published real growth, why growth is missing.

    `other` holds the years for which only a figure of another basis is published: they are shown, but stand in no trend.
    """
    wide = levels.pivot_table(index="year", columns="line", values="amount", aggfunc="first")
    names = ["chosen", *[line for line in dict.fromkeys(levels["line"]) if line != "chosen"]]
    other = chosen[~chosen["comparable"]].set_index("year")
    wide = wide.reindex(index=sorted({*wide.index, *other.index}), columns=names).rename_axis("year").reset_index()
    if len(other):
        wide.insert(2, "other", wide["year"].map(other["amount"]))
    if "first_release" in wide:
        wide["revised_pct"] = 100 * (wide["chosen"] / wide["first_release"] - 1)
    wide = wide.merge(growth[["year", "growth", "reason"]], on="year", how="left")
    wide = wide.merge(real[["year", "growth"]].rename(columns={"growth": "real"}), on="year", how="left")
    cells = pd.concat([levels[["year", "source_cell"]], other.reset_index()[["year", "source_cell"]]])
    cells = cells.groupby("year")["source_cell"].agg("; ".join)
    return wide.assign(source_cell=wide["year"].map(cells)).rename(columns={"growth": "nominal"})


def latest_figures(series: pd.DataFrame, indicators: list[str]) -> pd.DataFrame:
    """The newest figure of each indicator and its growth on the year before: indicator, year, amount, unit, status, growth, edition."""
    from qdlib.observations.growth import growth

    rows = []
    wanted = series[(series["scope"] == "whole_city") & series["indicator"].isin(indicators)].sort_values("year", kind="stable")
    known_series = dict(list(wanted.groupby("indicator")))
    for key in indicators:
        if (own := known_series.get(key)) is not None:
            last, change = own.iloc[-1], growth(own)
            known = change.loc[change["year"] == last["year"], "growth"]
            rows.append(
                {
                    "indicator": key,
                    "year": int(last["year"]),
                    "amount": float(last["amount"]),
                    "unit": last["unit"],
                    "decimals": int(last["decimals"]),
                    "status": last["status"],
                    "growth": float(known.iloc[0]) if len(known) and pd.notna(known.iloc[0]) else None,
                    "edition": last["edition"],
                    "source_cell": last["source_cell"],
                }
            )
    return pd.DataFrame(rows)


def panel_choice(series: pd.DataFrame, wanted: list[tuple[str, ...]], number: int = 6, least: int = 4) -> list[tuple[str, ...]]:
    """The first `number` groups of indicators whose leading one has at least `least` comparable figures."""
    enough = [group for group in wanted if pick(series, group[0])["comparable"].sum() >= least]
    return enough[:number]


def newest(series: pd.DataFrame, indicator: str) -> pd.Series | None:
    """The newest figure of an indicator, or None."""
    own = pick(series, indicator)
    return own.iloc[-1] if len(own) else None


def break_events(revisions: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """The named breaks of an indicator: event, census, last year of the old basis, first year of the new one, edition.

    A run that joined a census without reaching its year does not show where the bases meet, and is left out.
    """
    own = revisions[
        (revisions["indicator"] == indicator) & (revisions["scope"] == "whole_city") & (revisions["event"] == "census_revision")
    ]
    own = own[own["last_year"] >= own["census"]]
    own = own.assign(before=own["last_year"], after=own["last_year"] + 1)
    return own[["event", "census", "edition", "before", "after", "first_year", "r_first", "r_last"]].drop_duplicates(
        ["census", "before"]
    )
