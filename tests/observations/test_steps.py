"""Steps within a line: spikes, jumps and repeated values, each with its nearest miss."""

import pytest

from qdlib.observations.steps import check_repeats, check_steps

# Household deposits of Haikou as a panel prints them: 2017 is another quantity.
DEPOSITS = {2011: "789.1", 2012: "893.6", 2013: "1030.2", 2014: "1142.9", 2015: "1287.3", 2016: "1445.5", 2017: "3790.1", 2018: "1706.5",
            2019: "1910.4"}  # fmt: skip
STEADY = {
    2011: "789.10",
    2012: "893.62",
    2013: "1030.27",
    2014: "1142.91",
    2015: "1287.34",
    2016: "1445.55",
    2017: "1571.08",
    2018: "1706.59",
}
KIND = {"indicator": "household_deposits"}


def spikes(run_check, observations):
    found = run_check(check_steps, observations)
    return found[["check", "level", "year"]].values.tolist()


def test_a_year_that_sticks_out_is_high(run_check, line):
    found = run_check(check_steps, line(DEPOSITS, **KIND))
    assert found[["check", "level", "year", "values", "expected"]].values.tolist() == [
        ["spike", "high", 2017, "3790.1 | 1445.5 | 1706.5", "1445.5 … 1706.5"]
    ]


def test_steps_near_the_median_are_quiet(run_check, line):
    assert spikes(run_check, line(STEADY, **KIND)) == []


@pytest.mark.parametrize(
    ("figure", "fires"),
    [
        ("1755.00", True),  # up 20 and down 10 %: 4.1 and 9.9 times the floor of 2 % beyond the median of 12 %
        ("1690.00", False),  # up 15.6 %: 1.8 times
        ("1430.00", True),
        ("1545.00", False),
    ],
)
def test_a_spike_needs_four_times_the_scale_on_both_sides(run_check, line, figure, fires):
    """A line that grows by exactly 12 % a year has no deviation of its own: the scale is the floor of 2 %."""
    row = {year: f"{1000 * 1.12 ** (year - 2011):.2f}" for year in range(2011, 2020)}
    row[2015] = figure
    found = spikes(run_check, line(row, **KIND))
    assert (["spike", "high", 2015] in found) == fires


def test_a_step_that_is_not_taken_back_is_a_jump_and_low(run_check, line):
    row = {year: f"{1000 * 1.12 ** (year - 2011) * (2 if year > 2015 else 1):.2f}" for year in range(2011, 2020)}
    assert spikes(run_check, line(row, **KIND)) == [["jump", "low", 2016]]
    row = {year: f"{1000 * 1.12 ** (year - 2011) * (1.16 if year > 2015 else 1):.2f}" for year in range(2011, 2020)}
    assert spikes(run_check, line(row, **KIND)) == []


def test_five_steps_are_needed(run_check, line):
    few = {year: DEPOSITS[year] for year in range(2014, 2019)}
    assert spikes(run_check, line(few, **KIND)) == []


def test_a_declared_change_of_concept_is_no_jump(run_check, line):
    """单位从业人员 of table 1-7: 330.4 in 2018, 146.6 in 2019; the catalogue dates the break."""
    units = {2012: "283.2", 2013: "293.7", 2014: "303.0", 2015: "309.2", 2016: "315.6", 2017: "321.4", 2018: "330.4", 2019: "146.6",
             2020: "147.7"}  # fmt: skip
    assert spikes(run_check, line(units, indicator="employment_units")) == []
    assert spikes(run_check, line(units, indicator="employment_total")) == [["jump", "low", 2019]]


def test_a_marked_break_is_no_jump(run_check, line, observe):
    row = {year: f"{1000 * 1.12 ** (year - 2011) * (2 if year > 2015 else 1):.2f}" for year in range(2011, 2020)}
    marked = [observe(text, year, status="B" if year == 2016 else "A", **KIND) for year, text in row.items()]
    assert spikes(run_check, marked) == []


def test_a_share_moves_in_points(run_check, line):
    """From 44.1 to 54.1 and back: ten points are five times the floor of two."""
    row = {
        2011: "47.6",
        2012: "46.9",
        2013: "46.0",
        2014: "45.2",
        2015: "44.3",
        2016: "44.1",
        2017: "54.1",
        2018: "42.8",
        2019: "42.0",
    }
    share = {"indicator": "secondary_gdp_share"}
    assert spikes(run_check, line(row, **share)) == [["spike", "high", 2017]]
    assert spikes(run_check, line(row | {2017: "50.1"}, **share)) == []


def test_rates_and_indices_may_spike(run_check, line):
    """The index of Wuhan: 95.1 in 2020 is history."""
    row = {
        2014: "109.7",
        2015: "108.8",
        2016: "107.8",
        2017: "108.0",
        2018: "108.0",
        2019: "107.4",
        2020: "95.1",
        2021: "112.0",
        2022: "104.0",
    }
    assert spikes(run_check, line(row, indicator="gdp_index_previous_year")) == []


def test_what_rounding_and_chance_can_do_is_no_spike(run_check, line):
    few = dict(zip(range(2010, 2020), ["30", "31", "32", "33", "34", "35", "45", "37", "38", "39"], strict=True))
    assert spikes(run_check, line(few, indicator="schools_built")) == []
    many = {year: f"{int(text)}000" for year, text in few.items()}
    assert ["spike", "high", 2016] in spikes(run_check, line(many, indicator="schools_built"))


def test_no_step_crosses_more_than_three_years(run_check, line):
    row = {
        1949: "100.0",
        1952: "120.0",
        1953: "125.0",
        1954: "131.0",
        1955: "137.0",
        1956: "144.0",
        1957: "150.0",
        1962: "20.0",
        1965: "160.0",
    }
    assert "spike" not in [entry[0] for entry in spikes(run_check, line(row, **KIND))]
    near = {year: text for year, text in row.items() if year < 1958} | {1958: "20.0", 1959: "160.0"}
    assert "spike" in [entry[0] for entry in spikes(run_check, line(near, **KIND))]


def repeats(run_check, observations):
    return run_check(check_repeats, observations)[["check", "level", "year", "values"]].values.tolist()


def test_the_same_figure_once_is_low_and_twice_running_high(run_check, line):
    once = STEADY | {2014: "1030.27"}
    assert repeats(run_check, line(once, **KIND)) == [["repeated_value", "low", 2014, "1030.27 | 1030.27"]]
    assert repeats(run_check, line(once | {2015: "1030.27"}, **KIND)) == [
        ["repeated_value", "high", 2014, "1030.27 | 1030.27 | 1030.27"]
    ]


@pytest.mark.parametrize(
    ("name", "row", "fields"),
    [
        ("three digits", {2015: "145", 2016: "147", 2017: "147", 2018: "150"}, KIND),
        ("zeros at the end are no digits", {2015: "145.0", 2016: "1200.0", 2017: "1200.0", 2018: "1300.0"}, KIND),
        ("a year lies between", {2015: "1234.5", 2017: "1234.5", 2018: "1300.1"}, KIND),
        (
            "a price index has few values",
            {2015: "102.35", 2016: "102.35", 2017: "101.7"},
            {"indicator": "gdp_index_previous_year"},
        ),
        ("it stands still by nature", {2014: "1128.2", 2015: "1128.2", 2016: "1128.2", 2017: "1128.2"}, KIND),
    ],
)
def test_what_is_no_repeated_value(run_check, line, name, row, fields):
    assert repeats(run_check, line(row, **fields)) == [], name
