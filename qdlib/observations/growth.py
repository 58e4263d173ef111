"""Growth within one basis, the published real growth, and the two ways to a longer series: chaining and splicing.

Takes a series of one vintage; gives growth with its rounding half-width, or the reason why there is none. Levels of two bases
never meet in one rate. Real growth is what the office published (growth rate, or index less 100), never taken from levels. A splice
is made of a declared series only (`catalogue/derived.yml`); its figures are estimates and never enter the observations.
"""

import numpy as np
import pandas as pd

from qdlib.errors import DataError

# Why there is no rate for a year, the first that applies.
REASONS = ("gap", "break", "basis_changes", "not_positive")


def growth(series: pd.DataFrame) -> pd.DataFrame:
    """Percent change on the year before, one row for each year but the first.

    series: a single indicator of one city in one vintage, with year, amount and half (catalogue unit), linked, and breaks.
    Returns year, growth (%), half (percentage points by which rounding alone can move it) and reason. Where there is no
    growth the reason is `gap` (nothing published for the year before), `break` (the year begins a changed area, concept or basis:
    column `breaks`), `basis_changes` (no edition prints both figures) or `not_positive`.
    Formula: 100·(v_t / v_{t−1} − 1); 200 after 160 is 25.0. DataError when a year stands twice.
    """
    series = series.sort_values("year")
    repeated = series.loc[series["year"].duplicated(), "year"].tolist()
    if repeated:
        raise DataError(f"growth needs one figure a year, {repeated} stand twice: choose one city, indicator and vintage")
    # Arrays, not columns: a page asks for the growth of every indicator, and aligned columns take ten times as long.
    years, linked = series["year"].to_numpy(), series["linked"].to_numpy(bool)[1:]
    amount, rounding = series["amount"].to_numpy(float), series["half"].to_numpy(float)
    breaks = series["breaks"].to_numpy(bool)[1:] if "breaks" in series else np.zeros(len(linked), bool)
    not_positive = (amount[:-1] <= 0) | (amount[1:] <= 0)
    reason = np.select([np.diff(years) != 1, ~linked & breaks, ~linked, not_positive], REASONS, default="")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(reason == "", amount[1:] / amount[:-1], np.nan)
        half = 100 * ratio * (rounding[1:] / amount[1:] + rounding[:-1] / amount[:-1])
    return pd.DataFrame({"year": years[1:], "growth": 100 * (ratio - 1), "half": half, "reason": reason})


def real_growth(series: pd.DataFrame) -> pd.DataFrame:
    """Published real growth of GDP in percent: the growth rate where printed, else the index (previous year = 100) less 100.

    series: all indicators of one city in one vintage. Returns year, growth, half, status, edition, source_cell, indicator.
    """
    rate = series[series["indicator"] == "gdp_growth_real"].rename(columns={"amount": "growth"})
    index = series[series["indicator"] == "gdp_index_previous_year"]
    index = index.assign(growth=(index["amount"] - 100).round(6))
    columns = ["year", "growth", "half", "status", "edition", "source_cell", "indicator"]
    both = pd.concat([rate[columns], index[columns]], ignore_index=True)
    return both.drop_duplicates("year").sort_values("year", ignore_index=True)


def implied_deflator(nominal: pd.DataFrame, real: pd.DataFrame) -> pd.DataFrame:
    """Deflator implied by nominal growth and published real growth, percent: 100·((1+n)/(1+r) − 1). Columns year, deflator."""
    both = nominal.dropna(subset=["growth"]).merge(real[["year", "growth"]], on="year", suffixes=("_nominal", "_real"))
    ratio = (1 + both["growth_nominal"] / 100) / (1 + both["growth_real"] / 100)
    return pd.DataFrame({"year": both["year"], "deflator": 100 * (ratio - 1)})


def real_level(index: pd.DataFrame, nominal: pd.DataFrame, base_year: int) -> pd.DataFrame:
    """Levels at the prices of `base_year`, chained from the published index: level_t = level_{t−1} · index_t / 100.

    index: one city's index, previous year = 100 (year, amount, half); nominal: its level at current prices, of which the base year
    is taken (year, amount, half, unit). Returns year, amount, half, unit; only years in an unbroken chain with the base year. half
    adds up the roundings: .05 points a year for an index of one decimal. DataError where the base year has no level, or a year
    stands twice.
    """
    for frame, what in ((index, "the index"), (nominal, "the level")):
        repeated = frame.loc[frame["year"].duplicated(), "year"].tolist()
        if repeated:
            raise DataError(f"{what} has {repeated} twice: choose one city, indicator and vintage")
    base = nominal[nominal["year"] == base_year]
    if base.empty:
        raise DataError(f"no level for the base year {base_year}; years with one: {', '.join(map(str, sorted(nominal['year'])))}")
    rates, widths = (index.set_index("year")[column] for column in ("amount", "half"))
    level, relative = (
        {base_year: float(base["amount"].iloc[0])},
        {base_year: float(base["half"].iloc[0] / base["amount"].iloc[0])},
    )
    for step in (1, -1):
        year = base_year
        # The index of a year links it to the year before: forwards it is that of the next year, backwards that of this one.
        while (linking := year + 1 if step == 1 else year) in rates.index and rates[linking] > 0:
            factor = rates[linking] / 100
            level[year + step] = level[year] * factor if step == 1 else level[year] / factor
            relative[year + step] = relative[year] + widths[linking] / rates[linking]
            year += step
    frame = pd.DataFrame(
        {"year": list(level), "amount": list(level.values()), "half": [level[year] * relative[year] for year in level]}
    )
    return frame.assign(unit=base["unit"].iloc[0]).sort_values("year", ignore_index=True)


def splice(old: pd.DataFrame, new: pd.DataFrame, overlap: tuple[int, ...] = ()) -> pd.DataFrame:
    """The old series times new/old at the overlap (geometric mean over its years) up to the first year of it, from there on the new one.

    old, new: one series each (year, amount, half, unit, edition, status, source_cell, note), amounts in one unit. overlap: years that both
    must hold; all common years when empty. Returns year, amount, half, unit, status, edition, source_cell, note, factor; joined
    years have status `E` and say in the note what they were multiplied by. DataError where there is no overlap or a level is not
    positive. 12001.52 of 2018 joined to 10949.38 gives the factor .912333.
    """
    both = old.merge(new, on="year", suffixes=("", "_new"))
    years = sorted(overlap) or sorted(both["year"])
    missing = [year for year in years if year not in set(both["year"])]
    if missing or not years:
        common = ", ".join(map(str, sorted(both["year"]))) or "none"
        raise DataError(f"the series do not overlap in {missing or 'any year'}; years that both hold: {common}")
    both = both[both["year"].isin(years)]
    if (both[["amount", "amount_new"]] <= 0).any(axis=None):
        raise DataError(f"a splice needs positive levels in {years}")
    factor = float(np.exp(np.log(both["amount_new"] / both["amount"]).mean()))
    joined = old[old["year"] < years[0]]
    words = f"× {factor:.6f} ({old['edition'].iloc[-1]} joined at {', '.join(map(str, years))})"
    joined = joined.assign(
        amount=joined["amount"] * factor,
        half=joined["half"] * factor,
        status="E",
        note=[f"{note}; {words}" if note else words for note in joined["note"]],
    )
    columns = ["year", "amount", "half", "unit", "status", "edition", "source_cell", "note"]
    kept = new[new["year"] >= years[0]]
    frame = pd.concat([joined[columns].assign(factor=factor), kept[columns].assign(factor=1.0)], ignore_index=True)
    return frame.sort_values("year", ignore_index=True)
