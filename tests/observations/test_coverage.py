"""What an edition printed and its successor does not: indicators, years, the start of the window."""

import pytest

from qdlib.observations.coverage import check_coverage

GDP, SALES = "gdp_current_prices", "retail_sales"


def table(years, edition: str, indicator: str = GDP, name: str = "1-7", observe=None, city: str = "qingdao") -> list[dict]:
    rows = []
    for year in years:
        row = observe(f"{1000 + year / 10:.2f}", year, edition, indicator=indicator, city=city)
        rows.append(row | {"source_cell": f"{edition}/{name}.xlsx!Sheet1!{indicator}{year}"})
    return rows


@pytest.fixture
def make(observe):
    return lambda years, edition, **fields: table(years, edition, observe=observe, **fields)


def found_in(run_check, observations):
    columns = ["check", "level", "indicator", "year", "edition"]
    return run_check(check_coverage, observations)[columns].values.tolist()


def test_an_indicator_that_the_next_edition_leaves_out_is_high(run_check, make):
    rows = (
        make(range(2010, 2020), "office_2020")
        + make(range(2010, 2020), "office_2020", indicator=SALES)
        + make(range(2010, 2021), "office_2021")
    )
    assert found_in(run_check, rows) == [["coverage_shrank", "high", SALES, 2019, "office_2021"]]


def test_a_table_that_is_not_held_left_nothing_out(run_check, make):
    rows = make(range(2010, 2020), "office_2020") + make(range(2010, 2020), "office_2020", indicator=SALES, name="6-1")
    assert found_in(run_check, rows + make(range(2010, 2021), "office_2021")) == []


def test_an_indicator_that_moved_to_another_table_is_not_gone(run_check, make):
    rows = make(range(2010, 2020), "office_2020") + make(range(2010, 2020), "office_2020", indicator=SALES)
    rows += make(range(2010, 2021), "office_2021") + make(range(2010, 2021), "office_2021", indicator=SALES, name="6-1")
    assert found_in(run_check, rows) == []


@pytest.mark.parametrize(
    ("newer", "expected"),
    [
        ([*range(2010, 2018), 2019, 2020], [["high", 2018]]),  # a recent year is gone
        ([*range(2010, 2018), 2020], [["high", 2018]]),  # two of them: one finding
        ([2010, 2011, *range(2013, 2021)], [["low", 2012]]),  # main years are thinned out with age
        (range(2010, 2021), []),
        (range(2011, 2021), []),  # the window rolls: one year less at the start, one more at the end
        (range(2013, 2021), [["low", 2010]]),  # three less for one more
        (range(2010, 2019), [["high", 2019]]),  # the last year is gone
    ],
)
def test_years_that_are_gone(run_check, make, newer, expected):
    found = found_in(run_check, make(range(2010, 2020), "office_2020") + make(newer, "office_2021"))
    assert [[entry[1], entry[3]] for entry in found] == expected


def test_other_sources_and_cities_are_no_successors(run_check, make):
    first = make(range(2010, 2020), "office_2020")
    assert found_in(run_check, first + make(range(2015, 2021), "panel_2021")) == []
    assert found_in(run_check, first + make(range(2015, 2021), "office_2021", city="jinan")) == []


def test_single_years_and_gatherings_have_no_window(run_check, make, observe):
    assert found_in(run_check, make([2018], "office_2019") + make([2019], "office_2020")) == []
    gathered = [
        observe("1.00", year, "office_2020") | {"source_cell": f"bureau_2026/figures.csv!csv!E{year}"}
        for year in range(2010, 2020)
    ]
    later = [observe("1.00", 2020, "office_2021") | {"source_cell": "bureau_2026/figures.csv!csv!E9"}]
    assert found_in(run_check, gathered + later) == []


@pytest.mark.parametrize(("year", "status"), [(2018, "U"), (2018, "M"), (2010, "U")])
def test_a_figure_that_is_printed_but_not_shown_is_not_gone(run_check, make, year, status):
    newer = [row | ({"status": status} if row["year"] == year else {}) for row in make(range(2010, 2020), "office_2021")]
    assert found_in(run_check, make(range(2010, 2020), "office_2020") + newer) == []


def test_an_indicator_that_is_printed_with_marks_only_is_not_gone(run_check, make):
    marks = [row | {"status": "M", "value": None} for row in make(range(2010, 2020), "office_2021", indicator=SALES)]
    rows = make(range(2010, 2020), "office_2020") + make(range(2010, 2020), "office_2020", indicator=SALES)
    assert found_in(run_check, rows + make(range(2010, 2021), "office_2021") + marks) == []


def test_a_year_that_is_gone_beside_one_that_is_hidden_is_found(run_check, make):
    newer = [
        row | ({"status": "U"} if row["year"] == 2017 else {})
        for row in make(range(2010, 2020), "office_2021")
        if row["year"] != 2018
    ]
    assert [entry[3] for entry in found_in(run_check, make(range(2010, 2020), "office_2020") + newer)] == [2018]
