"""Slips of unit: beside another edition, beside the years around, and what only grew fast."""

import pytest

from qdlib.observations.slips import check_slips

GDP = {2015: "8658.57", 2016: "9283.17", 2017: "10136.96", 2018: "10949.38", 2019: "11741.31"}


def slips(run_check, observations):
    columns = ["check", "level", "year", "edition", "suggestion"]
    return run_check(check_slips, observations)[columns].values.tolist()


@pytest.mark.parametrize(
    ("printed", "suggestion"),
    [
        ("101369600", "scale 1/10000"),  # printed in 万元
        ("101369.6", "scale 1/10"),
        ("1013.70", "scale 10"),
        ("1.01", "scale 10000"),
        ("12150.00", None),  # a revision of a fifth
        ("50000.00", None),  # no power of ten: an open revision
        ("121500.0", "scale 1/10"),  # ten times and 19.9 % more: log10 1.0787
        ("122000.0", None),  # 1.0804
    ],
)
def test_a_power_of_ten_to_another_edition_is_an_error(run_check, line, printed, suggestion):
    found = slips(run_check, line(GDP) + line({2017: printed}, "office_2021"))
    assert found == ([["unit_slip", "error", 2017, "office_2021", suggestion]] if suggestion else [])


def test_the_older_edition_may_be_the_one_that_slipped(run_check, line):
    found = slips(run_check, line({2017: "101369600"}, "office_2019") + line(GDP, "office_2021"))
    assert found == [["unit_slip", "error", 2017, "office_2019", "scale 1/10000"]]


def test_a_whole_copy_in_another_unit_is_blamed_not_the_office(run_check, line):
    copy = {year: f"{float(text) * 1e4:.0f}" for year, text in GDP.items()}
    found = slips(run_check, line(GDP, "office_2020") + line(copy, "panel_2024"))
    assert [entry[2:4] for entry in found] == [[year, "panel_2024"] for year in GDP]


def test_a_growth_rate_may_be_tenfold(run_check, line):
    rate = {"indicator": "gdp_growth_real"}
    assert slips(run_check, line({2019: "0.7"}, **rate) + line({2019: "7.0"}, "office_2021", **rate)) == []


def test_one_digit_is_too_coarse_for_ten_times(run_check, line):
    small = {"indicator": "schools_built"}
    assert slips(run_check, line({2019: "1"}, **small) + line({2019: "10"}, "office_2021", **small)) == []


def test_a_figure_far_from_the_years_around_is_high(run_check, line):
    """Household deposits of Nanning in a panel: 88.6542 in 2008 between 714.79 and 1116.20."""
    row = {2006: "681.4522", 2007: "714.7919", 2008: "88.6542", 2009: "1116.1975", 2010: "1375.8853"}
    found = slips(run_check, line(row, indicator="household_deposits"))
    assert found == [["unit_slip", "high", 2008, "office_2020", "scale 10"]]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("a fifth", {2006: "681.4", 2007: "714.7", 2008: "188.6", 2009: "1116.1", 2010: "1375.8"}),
        ("the start of a series: Qingdao's budget of 1949", {1949: "306", 1950: "2226", 1951: "3556", 1952: "3700"}),
        ("the years around are far away", {1957: "735", 1962: "112", 1965: "1145", 1970: "1242"}),
        ("the neighbours disagree among themselves", {2006: "10.1", 2007: "40.2", 2008: "400.1", 2009: "40.3", 2010: "100.2"}),
        ("tenfold growth that stays", {2006: "10.1", 2007: "11.2", 2008: "110.1", 2009: "120.2", 2010: "130.2"}),
    ],
)
def test_what_is_no_slip_beside_its_neighbours(run_check, line, name, row):
    assert slips(run_check, line(row, indicator="household_deposits")) == [], name


def test_a_step_of_ten_thousand_that_stays_is_high(run_check, line):
    row = {2006: "681.4", 2007: "714.7", 2008: "8886000", 2009: "9116100", 2010: "10375800"}
    assert slips(run_check, line(row, indicator="household_deposits")) == [
        ["unit_slip", "high", 2008, "office_2020", "scale 1/10000"]
    ]
