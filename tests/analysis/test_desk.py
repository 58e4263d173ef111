"""Questions by name: plain frames out, near names where a word is misspelt."""

import inspect
import subprocess
import sys

import pandas as pd
import pytest

import qdlib as qd
from qdlib.catalogue import load_catalogue
from qdlib.catalogue.lookup import find_city, find_indicator
from qdlib.errors import CatalogueError, DataError

ASKED = ["series", "panel", "trend", "forecast", "targets", "trace", "indicators", "cities"]
DAY = "2026-06-30"


@pytest.mark.parametrize("city", ["qingdao", "青岛", "青岛市", "Qingdao", " QINGDAO "])
def test_a_city_answers_to_each_of_its_names(city):
    assert find_city(load_catalogue(), city).slug == "qingdao"


@pytest.mark.parametrize("name", ["marine_gdp", "海洋生产总值", "Marine_GDP"])
def test_an_indicator_answers_to_id_and_name(name):
    assert find_indicator(load_catalogue(), name).id == "marine_gdp"


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("海洋生产总直", "marine_gdp (海洋生产总值)"),
        ("海洋", "marine_gdp (海洋生产总值)"),
        ("gdp_curent_prices", "gdp_current_prices (Gross domestic product)"),
    ],
)
def test_a_misspelt_indicator_is_answered_in_the_language_of_the_question(asked, near):
    with pytest.raises(CatalogueError, match="unknown indicator") as refused:
        find_indicator(load_catalogue(), asked)
    assert near in str(refused.value) and "qd.indicators(word)" in str(refused.value)


def test_a_word_that_resembles_nothing_gets_no_suggestion():
    with pytest.raises(CatalogueError) as refused:
        find_city(load_catalogue(), "xyzzy")
    assert "did you mean" not in str(refused.value)


def test_a_name_of_two_indicators_is_refused_with_both():
    """One printed label of several indicators names none of them: the reader of sources decides by unit and heading, a person by id."""
    catalogue = load_catalogue()
    owners: dict[str, set] = {}
    for item in catalogue.indicators.values():
        for label in item.labels:
            owners.setdefault(label.text, set()).add(item.id)
    names = {item.name.zh for item in catalogue.indicators.values()}
    shared = next(text for text, ids in sorted(owners.items()) if len(ids) > 1 and text not in names)
    with pytest.raises(CatalogueError, match="may be") as refused:
        find_indicator(catalogue, shared)
    assert all(key in str(refused.value) for key in owners[shared])


def test_series_is_the_stores_series(frozen):
    own = qd.series("青岛", "地区生产总值")
    stored = qd.read_series("qingdao", "gdp_current_prices")
    pd.testing.assert_frame_equal(own, stored[stored["scope"] == "whole_city"].reset_index(drop=True))
    first = qd.series("qingdao", "gdp_current_prices", vintage="first_release").set_index("year")["amount"]
    assert own.set_index("year")["amount"][2018] == 10949.38 and first[2018] == 12001.52


def test_panel_is_years_by_cities_on_one_basis(frozen):
    wide = qd.panel("gdp_current_prices", ["青岛", "Ningbo"])
    assert list(wide.columns) == ["qingdao", "ningbo"] and wide.index.name == "year"
    every = qd.panel("gdp_current_prices", ["青岛"], comparable=False)["qingdao"]
    own = qd.series("qingdao", "gdp_current_prices")
    assert wide["qingdao"].notna().sum() == own["comparable"].sum() < every.notna().sum() == len(own)
    group = load_catalogue().peer_groups["sub_provincial"].members
    assert set(qd.panel("gdp_current_prices", "sub_provincial").columns) <= set(group)
    with pytest.raises(DataError, match="did you mean major_36"):
        qd.panel("gdp_current_prices", "majr_36")
    assert qd.panel("marine_gdp", ["宁波"]).empty


def test_trend_says_why_growth_is_missing(frozen):
    told = qd.trend("qingdao", "gdp_current_prices", first_year=2018).set_index("year")
    by_hand = 100 * (told["amount"][2020] / told["amount"][2019] - 1)
    assert told["growth"][2020] == pytest.approx(by_hand) and told["reason"][2020] == ""
    assert pd.isna(told["growth"][2024]) and told["reason"][2024] == "basis_changes"
    assert qd.trend("qingdao", "gdp_current_prices")["reason"].iloc[0] == "first_year"


def test_forecast_with_a_scenario(frozen):
    ahead = qd.forecast("qingdao", "gdp_current_prices", horizon=3, levels=(80,), scenario=["2026:4.0"])
    assert list(ahead) == ["year", "mean", "lo-80", "hi-80", "path"] and len(ahead) == 3
    assert (ahead["lo-80"] < ahead["mean"]).all() and (ahead["mean"] < ahead["hi-80"]).all()
    assert ahead["path"][1] / ahead["path"][0] == pytest.approx(1.04)
    with pytest.raises(DataError, match="2036 · expected years of the forecast, 2025 to 2027"):
        qd.forecast("qingdao", "gdp_current_prices", horizon=3, scenario=["2036:4.0"])
    with pytest.raises(DataError, match="no figure to forecast from"):
        qd.forecast("宁波", "marine_gdp")


def test_targets_of_a_pillar(frozen):
    every, ocean = qd.targets(today=DAY), qd.targets("ocean", today=DAY)
    assert len(every) == len(load_catalogue().policy.targets) and set(ocean["pillar"]) == {"ocean"}
    assert (every["status"].notna() ^ every["reason"].notna()).all()
    with pytest.raises(DataError, match="did you mean ocean"):
        qd.targets("oceans", today=DAY)


def test_trace_takes_names(frozen):
    pd.testing.assert_frame_equal(qd.trace("青岛", "地区生产总值", 2018), qd.trace("qingdao", "gdp_current_prices", 2018))
    assert {12001.52, 10949.38} <= set(qd.trace("青岛", "地区生产总值", 2018)["value"])


def test_search_finds_by_chinese_english_and_id(frozen):
    ocean = qd.indicators("海洋")
    assert "marine_gdp" in set(ocean["id"]) and ocean["name_zh"].str.contains("海洋").all()
    assert set(ocean["id"]) <= set(qd.indicators("marine")["id"])
    assert len(qd.indicators()) == len(load_catalogue().indicators) and qd.indicators("没有这个词").empty
    assert {"qingdao", "jinan"} <= set(qd.cities("山东")["slug"])


def test_every_question_is_found_by_tab_and_explains_itself():
    assert set(ASKED) <= set(dir(qd))
    for name in ASKED:
        assert len(inspect.getdoc(getattr(qd, name)).splitlines()[0]) > 40, name
    with pytest.raises(AttributeError, match="did you mean series"):
        _ = qd.sereis


def test_the_large_objects_say_what_they_are_in_a_line(frozen):
    panel = qd.Panel.from_frame(pd.DataFrame({"unique_id": "a", "ds": range(2000, 2012), "y": range(100, 112)}))
    for thing in (load_catalogue(), panel, qd.forecasting.forecast(panel, 2)):
        assert len(repr(thing)) < 200 and type(thing).__name__ in repr(thing)


def test_asking_needs_no_notebook_machinery(frozen):
    code = (
        "import sys, qdlib as qd; qd.series('青岛', '地区生产总值'); "
        "print([name for name in ('papermill', 'nbconvert', 'ipywidgets', 'matplotlib') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
