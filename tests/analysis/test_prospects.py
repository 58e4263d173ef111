"""What a forecast rests on and what each voice says, on Qingdao's own figures; and settings from the catalogue."""

import pandas as pd
import pytest

from qdlib.analysis import prospects
from qdlib.catalogue import load_catalogue
from qdlib.forecasting import Panel, forecast
from qdlib.observations import store

KEYS = ["gdp_current_prices", "budget_revenue"]


@pytest.fixture
def series(frozen):
    return store.read_series("qingdao")


@pytest.fixture
def outlook(series):
    return forecast(Panel.from_frame(prospects.comparable_panel(series, KEYS)), 3)


def test_rates_go_the_raw_path_and_shares_are_bounded():
    frame = pd.DataFrame({"unique_id": ["gdp_current_prices", "gdp_growth_real", "tertiary_gdp_share"], "ds": 2020, "y": 1.0})
    assert prospects.settings(frame, load_catalogue()) == {
        "scale": {"gdp_growth_real": "raw"},
        "bounds": {"tertiary_gdp_share": (0.0, 100.0)},
    }


def test_a_published_share_near_its_bound_keeps_within_it():
    ids = {"tertiary_gdp_share": [90.0, 92, 93.5, 95, 96.8, 98.2, 99.1, 99.6, 99.9]}
    frame = pd.concat([pd.DataFrame({"unique_id": key, "ds": range(2010, 2019), "y": y}) for key, y in ids.items()])
    result = forecast(Panel.from_frame(frame), 5, **prospects.settings(frame, load_catalogue())).frame((80, 95))
    assert result.filter(regex="mean|hi").to_numpy().max() <= 100 and result["hi-95"].max() == 100


def test_the_basis_names_years_vintage_and_flags(series, outlook):
    basis = prospects.basis(outlook, series).set_index("indicator")
    gdp = basis.loc["gdp_current_prices"]
    assert (gdp["first"], gdp["last"], gdp["number"], gdp["filled"]) == (2005, 2024, 18, 2)
    assert (
        gdp["provisional"] and gdp["path"] == "log" and gdp["flags"] == [] and gdp["edition"] == "qd_statistics_office_2025_01_26"
    )


def test_interpolated_years_are_flagged_in_the_basis(series):
    even = series.copy()
    rows = (even["indicator"] == "gdp_current_prices") & even["year"].between(2014, 2020) & (even["scope"] == "whole_city")
    even.loc[rows, "amount"] = 8000.0 + 500 * (even.loc[rows, "year"] - 2014)
    result = forecast(Panel.from_frame(prospects.comparable_panel(even, KEYS)), 3)
    basis = prospects.basis(result, even).set_index("indicator")
    assert basis.loc["gdp_current_prices", "flags"] == ["even_steps"] and basis.loc["budget_revenue", "flags"] == []


def test_a_break_leaves_few_years_and_a_short_forecast(series):
    # staff of units: 330.4 (2018) before the change of coverage, 146.6 (2019) after it
    own = prospects.history(series, "employment_units")
    assert own["year"].min() == 2019 and len(own) == 4
    result = forecast(Panel.from_frame(prospects.comparable_panel(series, ["employment_units"])), 2)
    assert result.notes["status"].item() == "short" and (result.point < 200).all()


def test_pool_and_learned_voice_stand_beside_the_members(series, outlook):
    models = prospects.compare_models(outlook, prospects.history(series, "gdp_current_prices"), 3)
    last = models[models["year"] == 2027].set_index("method")["point"]
    assert last["default"] == pytest.approx((last["pool"] + last["learned"]) / 2)
    assert last["pool"] == pytest.approx(last[["drift", "theta_log", "dot", "dot_box_cox"]].mean())
    spread = prospects.member_spread(outlook, "gdp_current_prices")
    assert spread["moved"] == pytest.approx(100 * (last["default"] / last["pool"] - 1))


def test_peers_of_an_edition_are_read_in_their_latest_figures():
    assert prospects.peer_vintage("edition:qd_yearbook_2023") == "latest"
    assert prospects.peer_vintage("as_of:2020-06-30") == "as_of:2020-06-30"


def test_what_is_not_forecast_has_figures_but_no_rows(series, outlook):
    points = outlook.frame()
    figures, said = prospects.figures_and_forecast(
        series, points.assign(mean=points["mean"].where(points["unique_id"] != KEYS[1])), KEYS[1]
    )
    assert len(figures) == 38 and said.empty
    assert len(prospects.figures_and_forecast(series, points, KEYS[0])[1]) == 3
