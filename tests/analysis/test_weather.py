"""The German symbols: each rule of the status page with a case."""

import pytest

from qdlib.analysis.weather import consecutive, mean_change, weather, weather_of_direction, weather_to_keep

RISING = [50, 52, 53, 55, 56, 58]  # 1.6 a year: 66 in five years


@pytest.mark.parametrize(
    ("target", "symbol"),
    [(66, "sun"), (60, "sun"), (66.4, "sun"), (67, "light_cloud"), (68, "light_cloud"), (68.1, "cloud"), (70, "cloud")],
)
def test_a_target_value(target, symbol):
    assert weather(RISING, target, 5, 1).symbol == symbol


def test_a_miss_of_exactly_a_twentieth_is_a_light_cloud():
    found = weather([0, 1, 2, 3, 4, 5], 105, 95, 1)
    assert (found.miss, found.symbol) == (pytest.approx(0.05), "light_cloud")


def test_the_wrong_way_is_a_storm_even_near_the_target():
    assert weather([60, 59, 58, 57, 56, 55], 56, 5, 1).symbol == "storm"
    assert weather([55] * 6, 56, 5, 1).symbol == "storm"


def test_a_target_met_early_is_one_to_keep():
    assert weather(RISING, 58, 5, 1).symbol == "sun"
    assert weather(RISING[::-1], 45, 5, 1).symbol == "light_cloud"


@pytest.mark.parametrize(
    ("values", "target", "symbol"),
    [
        (RISING, 50, "sun"),
        ([50] * 6, 50, "sun"),
        (RISING[::-1], 50, "light_cloud"),
        (RISING, 60, "cloud"),
        (RISING[::-1], 60, "storm"),
        ([50] * 6, 60, "storm"),
    ],
)
def test_a_value_to_keep(values, target, symbol):
    assert weather_to_keep(values, target, 1).symbol == symbol


@pytest.mark.parametrize(
    ("values", "symbol"),
    [
        (RISING, "sun"),
        ([50, 52, 53, 55, 58, 58], "light_cloud"),
        ([58, 56, 55, 53, 50, 51], "cloud"),
        (RISING[::-1], "storm"),
    ],
)
def test_a_direction_alone(values, symbol):
    assert weather_of_direction(values, 1).symbol == symbol


def test_four_figures_at_least_and_six_at_most():
    assert weather([1, 2, 3], 9, 5, 1).reason == "few_figures"
    assert weather_to_keep([1, 2, 3], 9, 1).reason == weather_of_direction([1, 2, 3], 1).reason == "few_figures"
    assert weather([1, 2, 3, 4], 9, 5, 1).symbol == "sun"
    assert mean_change([-100, *RISING]) == mean_change(RISING) == pytest.approx(1.6)


def test_a_missing_year_ends_the_run():
    assert consecutive({2017: 1.0, 2019: 2.0, 2020: 3.0}) == [2.0, 3.0]
    assert consecutive(dict.fromkeys(range(2010, 2020), 1.0)) == [1.0] * 6
    assert consecutive({}) == []
