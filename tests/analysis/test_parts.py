"""Sectors and GDP: what adds up is reconciled, what does not is refused with its reason."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from qdlib.analysis import parts
from qdlib.catalogue import load_catalogue
from qdlib.errors import DataError
from qdlib.observations import store

CATALOGUE = load_catalogue()
SECTORS = CATALOGUE.identities["gdp_by_sector"]


@pytest.fixture
def series(frozen):
    return store.read_series("qingdao")


def change(series: pd.DataFrame, indicator: str, factor: float, year: int = 2024) -> pd.DataFrame:
    rows = (series["indicator"] == indicator) & (series["year"] == year)
    return series.assign(amount=series["amount"].where(~rows, series["amount"] * factor))


def test_sectors_sum_to_gdp_in_every_year(series):
    found = parts.add_up(series, SECTORS, 2029, CATALOGUE)
    wide = found.frame.pivot(index="year", columns="indicator", values=["separate", "reconciled"])
    for kind, least, most in (("separate", 1.0, np.inf), ("reconciled", 0.0, 1e-6)):
        gap = (wide[kind][SECTORS.total] - wide[kind][list(SECTORS.parts)].sum(axis=1)).abs()
        assert (gap >= least).any() and (gap <= most).all()
    assert (found.first_year, found.last_year, found.number, found.reason) == (2005, 2024, 18, "")
    assert "reconciled" in found.flags and (found.frame["lo-80"] <= found.frame["reconciled"]).all()
    assert found.frame["moved"].to_numpy() == pytest.approx(
        100 * (found.frame["reconciled"] / found.frame["separate"] - 1).to_numpy()
    )


def test_total_and_parts_are_taken_for_the_years_that_all_have(series):
    shorter = series[~((series["indicator"] == "primary_value_added") & (series["year"] > 2020))]
    found = parts.add_up(shorter, SECTORS, 2022, CATALOGUE)
    assert found.last_year == 2020 and found.frame["year"].unique().tolist() == [2021, 2022]


def test_shares_sum_to_a_hundred_and_keep_within_it(series):
    found = parts.share_out(series, SECTORS, 2029, CATALOGUE)
    sums = found.frame.groupby("year")[["separate", "reconciled"]].sum()
    assert (sums["reconciled"] - 100).abs().max() < 1e-9 and (sums["separate"] - 100).abs().max() > 0.1
    ends = found.frame[["lo-80", "hi-80", "lo-95", "hi-95"]].to_numpy()
    assert ends.min() >= 0 and ends.max() <= 100
    assert found.figures.loc[2024].sum() == pytest.approx(100)


def test_a_share_close_to_a_hundred_keeps_its_band_below_it():
    years = range(2010, 2022)
    amounts = {"primary_value_added": 1.0, "secondary_value_added": 3.0}
    rows = [
        {
            "indicator": key,
            "scope": "whole_city",
            "year": year,
            "amount": value,
            "comparable": True,
            "edition": "qd_yearbook_2023",
        }
        for year in years
        for key, value in (amounts | {"tertiary_value_added": 80.0 * 1.1 ** (year - 2010)}).items()
    ]
    frame = pd.DataFrame(rows)
    total = (
        frame.groupby("year", as_index=False)["amount"]
        .sum()
        .assign(indicator=SECTORS.total, scope="whole_city", comparable=True, edition="qd_yearbook_2023")
    )
    found = parts.share_out(pd.concat([frame, total]), SECTORS, 2026, CATALOGUE)
    tertiary = found.frame[found.frame["indicator"] == "tertiary_value_added"]
    assert found.figures["tertiary_value_added"].iloc[-1] > 98 and tertiary["hi-95"].max() <= 100


def test_figures_of_two_vintages_are_not_reconciled(series):
    found = parts.add_up(change(series, SECTORS.total, 1.05), SECTORS, 2029, CATALOGUE)
    assert found.reason == "does_not_add_up" and found.gap == pytest.approx(100 * (1 / 1.05 - 1), abs=1e-3) and found.frame.empty
    assert parts.share_out(change(series, SECTORS.total, 1.05), SECTORS, 2029, CATALOGUE).reason == ""


@pytest.mark.parametrize(
    ("keep", "reason"),
    [
        (lambda s: s["indicator"] != "primary_value_added", "missing"),
        (lambda s: (s["year"] > 2021) | (s["indicator"] != SECTORS.total), "too_few_years"),
    ],
)
def test_what_is_missing_is_a_reason(series, keep, reason):
    for reconcile in (parts.add_up, parts.share_out):
        assert reconcile(series[keep(series)], SECTORS, 2029, CATALOGUE).reason == reason


@pytest.mark.parametrize("changes", [{"kind": "share_of"}, {"total": "gdp_growth_real"}, {"parts": ("gdp_index_previous_year",)}])
def test_what_does_not_add_up_by_its_kind_is_refused(series, changes):
    with pytest.raises(DataError, match="cannot be reconciled.*do not add up"):
        parts.add_up(series, dataclasses.replace(SECTORS, **changes), 5, CATALOGUE)


def test_the_last_year_closes_with_sum_and_total(series):
    found = parts.add_up(series, SECTORS, 2029, CATALOGUE)
    closing = parts.close_last_year(found, SECTORS).set_index("indicator")
    assert list(closing.index) == [*SECTORS.parts, "sum", SECTORS.total]
    assert closing.loc["sum", "reconciled"] == pytest.approx(closing.loc[SECTORS.total, "reconciled"])
    assert closing.loc[SECTORS.total, "observed"] == 16719.46
    shares = parts.close_last_year(parts.share_out(series, SECTORS, 2029, CATALOGUE), SECTORS)
    assert shares["indicator"].tolist() == [*SECTORS.parts, "sum"]


def test_arguments_stay_untouched(series):
    before = series.copy()
    parts.add_up(series, SECTORS, 2027, CATALOGUE)
    pd.testing.assert_frame_equal(series, before)
