"""Single figures: outside their limits, without their point, districts above the whole city; and the nearest misses."""

from dataclasses import replace

import pytest

from qdlib.observations.figures import sort_figures
from qdlib.observations.findings import make_findings
from qdlib.observations.plausibility import check_limits, check_lost_points, check_scopes, mixed_points

REVENUE = {"indicator": "budget_revenue"}
# The yearbook's row: the point of 2021 is lost.
ROW = {2016: "1100.03", 2017: "1157.24", 2018: "1231.91", 2019: "1241.74", 2020: "1253.85", 2021: "136830", 2022: "1273.31"}


def check_plausibility(rows, catalogue):
    figures = sort_figures(rows, catalogue)
    printed = sort_figures(mixed_points(rows), catalogue)
    found = [*check_limits(rows, catalogue), *check_lost_points(printed), *check_scopes(figures, catalogue)]
    return make_findings(found)


@pytest.fixture
def check(catalogue, admit):
    return lambda observations: check_plausibility(admit(observations), catalogue)


@pytest.mark.parametrize(
    ("indicator", "wrong", "right"),
    [
        ("gdp_current_prices", "-0.01", "0.00"),  # limits 0 …
        ("gdp_growth_real", "106.5", "60.0"),  # an index printed as growth; limits -50 … 60
        ("gdp_growth_real", "-50.1", "-50.0"),
        ("primary_gdp_share", "100.1", "100.0"),  # limits 0 … 100
    ],
)
def test_a_figure_outside_its_limits_is_an_error(check, observe, indicator, wrong, right):
    found = check([observe(wrong, 2019, indicator=indicator), observe(right, 2018, indicator=indicator)])
    assert found[["check", "level", "indicator", "year", "values"]].values.tolist() == [
        ["limits", "error", indicator, 2019, wrong]
    ]


def test_limits_are_in_the_catalogues_unit(check, observe):
    """A share printed in per mille may read above 100."""
    assert check([observe("250", 2019, indicator="primary_gdp_share", unit="per_mille")]).empty


def test_a_doubtful_figure_outside_its_limits_is_an_error_too(check, observe):
    assert len(check([observe("-1", 2019, status="U")])) == 1


def test_an_indicator_without_limits_has_none(catalogue, admit, observe):
    free = replace(catalogue.indicators["gdp_growth_real"], lower=None, upper=None)
    known = replace(catalogue, indicators=dict(catalogue.indicators) | {"gdp_growth_real": free})
    assert check_plausibility(admit([observe("-99999.0", 2019, indicator="gdp_growth_real")]), known).empty


def test_a_lost_decimal_point_is_found_with_its_repair(check, line):
    found = check(line(ROW, **REVENUE))
    assert found[["check", "level", "year", "values", "suggestion"]].values.tolist() == [
        ["lost_decimal_point", "high", 2021, "136830", "replace 1368.30"]
    ]


@pytest.mark.parametrize(("printed", "repair"), [("13683", "1368.3"), ("1368300", "1368.300")])
def test_one_to_three_places_are_tried(check, line, printed, repair):
    assert check(line(ROW | {2021: printed}, **REVENUE))["suggestion"].tolist() == [f"replace {repair}"]


def test_the_first_and_last_of_a_row_have_one_neighbour(check, line):
    for year in (2016, 2022):
        row = ROW | {2021: "1368.30", year: "127331"}
        assert check(line(row, **REVENUE))["year"].tolist() == [year]


def test_a_figure_of_one_digit_gets_its_zeros_back(check, line):
    row = {2016: "0.05", 2017: "0.06", 2018: "5", 2019: "0.05", 2020: "0.06"}
    found = check(line(row, **REVENUE))
    assert found[["year", "suggestion"]].values.tolist() == [[2018, "replace 0.05"]]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("the figure has a point", ROW | {2021: "136830.0"}),
        ("it is at home without division", ROW | {2021: "1368"}),
        ("twice its neighbour is still at home", {2018: "100.5", 2019: "101.5", 2020: "204", 2021: "102.5", 2022: "102.6"}),
        ("no power of ten brings it home", ROW | {2021: "6000"}),
        ("four places are another slip", ROW | {2021: "13683000"}),
        ("the row prints points less than seven times in ten", {2018: "1231.91", 2019: "1241.74", 2020: "136830", 2021: "1300"}),
        ("it stands alone", {2021: "136830"}),
    ],
)
def test_what_is_no_lost_decimal_point(check, line, name, row):
    assert check(line(row, **REVENUE)).empty, name


def test_the_rows_of_two_editions_are_not_mixed(check, line):
    """Both neighbours must come from the same row of the same publication."""
    one, two = line({2021: "136830"}, **REVENUE), line({2020: "1253.85", 2022: "1273.31"}, "office_2021", **REVENUE)
    assert check(one + two).empty


def test_seven_in_ten_is_enough(check, line):
    """Seven of ten figures have a point, three do not; one of those three is far off."""
    years = dict(zip(range(2001, 2011), ["100.1"] * 7 + ["100", "10010", "100"], strict=True))
    assert check(line(years, **REVENUE))["year"].tolist() == [2009]
    years[2001] = "100"
    assert check(line(years, **REVENUE)).empty


@pytest.mark.parametrize(
    ("districts", "whole", "fires"),
    [
        ("800.2", "800.0", True),
        ("800.1", "800.0", False),  # both ± .05: the intervals just meet
        ("800.0", "800.0", False),
        ("799.9", "800.0", False),
        ("800.11", "800.0", True),  # ± .005 and ± .05 leave .055
        ("800.05", "800.0", False),
    ],
)
def test_districts_above_the_whole_city_are_an_error(check, observe, districts, whole, fires):
    found = check([observe(districts, 2018, scope="urban_districts"), observe(whole, 2018)])
    assert found[["check", "level", "scope", "values"]].values.tolist() == (
        [["scope_order", "error", "urban_districts", f"{districts} | {whole}"]] if fires else []
    )


def test_a_share_of_the_districts_may_be_higher(check, observe):
    share = {"indicator": "tertiary_gdp_share"}
    assert check([observe("70.1", 2018, scope="urban_districts", **share), observe("60.1", 2018, **share)]).empty


@pytest.mark.parametrize("other", [{"edition": "office_2021"}, {"year": 2017}, {"city": "jinan"}, {"status": "U"}])
def test_scopes_are_compared_inside_one_edition_city_and_year(check, observe, other):
    fields = {"year": 2018, "edition": "office_2020"} | other
    assert check([observe("900", 2018, scope="urban_districts"), observe("800", **fields)]).empty
