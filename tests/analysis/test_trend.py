"""Trend frames on the project's own figures of Qingdao."""

import pandas as pd
import pytest

from qdlib.analysis import prospects, trend
from qdlib.catalogue import load_catalogue
from qdlib.observations import store
from qdlib.observations.growth import growth, real_growth


@pytest.fixture
def series(frozen):
    return store.read_series("qingdao")


def test_no_recession_in_2019(series):
    gdp = trend.pick(series, "gdp_current_prices")
    change = growth(gdp).set_index("year")["growth"]
    assert change[2019] == pytest.approx(7.2326, abs=1e-3)
    assert (change.loc[2013:].dropna() > 0).all()
    assert real_growth(series).set_index("year").loc[2019, "growth"] == 6.5


def test_the_apparent_fall_is_named(series):
    real = real_growth(series)
    assert trend.apparent_falls(store.read_findings("qingdao"), real) == [2019]
    assert trend.apparent_falls(store.read_findings("qingdao").iloc[:0], real) == []


def test_levels_show_first_releases_and_an_official_edition(series):
    gdp = trend.pick(series, "gdp_current_prices").query("year >= 2000")
    first = trend.pick(store.read_series("qingdao", vintage="first_release"), "gdp_current_prices").query("year >= 2000")
    rows = store.read_observations("qingdao").query("indicator == 'gdp_current_prices' and year >= 2000")
    levels = trend.levels_by_vintage(gdp, first, rows, load_catalogue())
    assert set(levels["line"]) == {"chosen", "first_release", "qd_yearbook_2018"}
    by_line = levels.set_index(["line", "year"])["amount"]
    assert by_line[("chosen", 2018)] == 10949.38 and by_line[("first_release", 2018)] == 12001.52
    assert ("chosen", 2011) not in by_line.index


def test_census_break_is_marked(series):
    breaks = trend.break_events(store.read_revisions("qingdao"), "gdp_current_prices").set_index("census")
    assert (breaks.loc[2018, "before"], breaks.loc[2018, "after"]) == (2018, 2019)


def test_structure_sums_to_100_within_one_edition(series):
    shares = trend.structure(series)
    assert shares[list(trend.SECTORS)].sum(axis=1).round(9).eq(100).all()
    assert shares.set_index("year").loc[2022, "tertiary_value_added"] == pytest.approx(100 * 9245.36 / 14920.75, abs=1e-3)


def test_structure_of_a_city_without_sectors_is_empty(series):
    """A city that enters with GDP alone has a page all the same."""
    shares = trend.structure(trend.pick(series, "gdp_current_prices"))
    assert shares.empty and {"year", "edition", "source_cell"} <= set(shares.columns)


def test_compound_growth_uses_comparable_years_only(series):
    found = trend.compound_growth(trend.pick(series, "gdp_current_prices"), 2012)
    assert (found["first"], found["last"]) == (2012, 2024)
    assert found["growth"] == pytest.approx(100 * ((16719.46 / 6869.61) ** (1 / 12) - 1))


def test_vintage_table_says_why_growth_is_missing(series):
    gdp = trend.pick(series, "gdp_current_prices").query("year >= 2000")
    levels = trend.levels_by_vintage(gdp, gdp, store.read_observations("qingdao").iloc[:0], load_catalogue())
    table = trend.vintage_table(levels, gdp, real_growth(series), growth(gdp)).set_index("year")
    assert table.loc[2012, "reason"] == "basis_changes"
    assert table.loc[2019, "real"] == 6.5


def test_staff_of_units_starts_anew_after_its_change_of_concept(series):
    """330.4 in 2018, 146.6 in 2019: another concept, not a fall."""
    staff = trend.pick(series, "employment_units").set_index("year")
    assert not staff.loc[2018, "comparable"] and staff.loc[2019, "comparable"] and not staff.loc[2019, "linked"]


def test_history_begins_behind_the_last_long_gap(series):
    own = prospects.history(series, "gdp_current_prices")
    assert own["year"].min() == 2005 and own["comparable"].all()
    assert 2011 not in own["year"].tolist()


def test_models_stand_beside_the_default(series):
    from qdlib.forecasting import Panel, forecast

    panel = prospects.comparable_panel(series, ["gdp_current_prices"])
    outlook = forecast(Panel.from_frame(panel), 3)
    models = prospects.compare_models(outlook, prospects.history(series, "gdp_current_prices"), 3)
    assert {"default", "drift", "theta_log", "arima", "ets"} <= set(models["method"])
    assert models.groupby("method")["year"].nunique().eq(3).all()
    spread = prospects.member_spread(outlook, "gdp_current_prices")
    assert spread["spread"] > 0 and spread["highest"] != spread["lowest"]


def test_structure_is_empty_where_no_edition_prints_all_three_sectors(series):
    apart = series.assign(edition=[f"edition_{number}" for number in range(len(series))])
    shares = trend.structure(apart)
    assert shares.empty and {"edition", "source_cell", *trend.SECTORS} <= set(shares)


def test_first_releases_are_the_figures_of_that_vintage(frozen):
    found = trend.first_releases(store.read_observations("qingdao"), "gdp_current_prices", load_catalogue())
    series = trend.pick(store.read_series("qingdao", "gdp_current_prices", "first_release"), "gdp_current_prices")
    columns = ["year", "amount", "half", "status", "edition", "source_cell"]
    assert len(found) > 20
    pd.testing.assert_frame_equal(found[columns], series[columns])
