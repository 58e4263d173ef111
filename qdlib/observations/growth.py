"""Growth within one basis, and the published real growth.

Takes a series of one vintage; gives growth with its rounding half-width, or the reason why there is none. Levels of two bases
never meet in one rate. Real growth is what the office published (growth rate, or index less 100), never taken from levels.
"""

import numpy as np
import pandas as pd

from qdlib.errors import DataError


def growth(series: pd.DataFrame) -> pd.DataFrame:
    """Percent change on the year before, one row for each year but the first.

    series: a single indicator of one city in one vintage, with year, amount and half (catalogue unit) and linked.
    Returns year, growth (%), half (percentage points by which rounding alone can move it) and reason. Where there is no
    growth the reason is `gap` (nothing published for the year before), `basis_changes` (no edition prints both figures) or
    `not_positive`. Formula: 100·(v_t / v_{t−1} − 1); 200 after 160 is 25.0. DataError when a year stands twice.
    """
    series = series.sort_values("year")
    repeated = series.loc[series["year"].duplicated(), "year"].tolist()
    if repeated:
        raise DataError(f"growth needs one figure a year, {repeated} stand twice: choose one city, indicator and vintage")
    before = series.shift(1)
    reason = np.select(
        [before["year"].isna() | (series["year"] - before["year"] != 1), ~series["linked"], (before["amount"] <= 0) | (series["amount"] <= 0)],
        ["gap", "basis_changes", "not_positive"],
        default="",
    )
    ratio = (series["amount"] / before["amount"]).where(reason == "")
    half = 100 * ratio * (series["half"] / series["amount"] + before["half"] / before["amount"])
    frame = pd.DataFrame({"year": series["year"], "growth": 100 * (ratio - 1), "half": half, "reason": reason})
    return frame.iloc[1:].reset_index(drop=True)


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
