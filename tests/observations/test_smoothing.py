"""Smoothed years: equal steps, equal growth, a panel's filled year, and what only looks like them."""

import pytest

from qdlib.observations.figures import sort_figures
from qdlib.observations.findings import make_findings
from qdlib.observations.smoothing import check_smoothing, filled_years, smoothed_runs

# A circulated panel prints Qingdao's budget revenue of 1993–1999 in six steps of 47 354 万元; the yearbook 2006 has 227 490 and
# 294 771 for 1994 and 1995 (facts: design 03, section 8).
PANEL = {1992: "331204", **{1993 + i: str(395976 + 47354 * i) for i in range(7)}, 2000: "801283"}
TEN_THOUSAND = {"indicator": "budget_revenue", "unit": "ten_thousand_yuan"}


def found_in(run_check, observations):
    return run_check(check_smoothing, observations)[["check", "level", "year", "values"]].values.tolist()


def test_the_panels_revenue_of_1993_to_1999_is_found(run_check, line):
    found = run_check(check_smoothing, line(PANEL, **TEN_THOUSAND))
    assert found[["check", "level", "year"]].values.tolist() == [["looks_interpolated", "high", 1994]]
    assert found["values"].iloc[0].split(" | ") == ["443330", "490684", "538038", "585392", "632746", "395976", "680100"]
    assert '"first": "1994", "last": "1998", "number": "6", "step": "4.7354"' in found["explanation"].iloc[0]


def test_the_yearbooks_own_figures_are_quiet(run_check, line):
    row = PANEL | {1994: "227490", 1995: "294771"}
    assert found_in(run_check, line({year: row[year] for year in range(1992, 1997)}, **TEN_THOUSAND)) == []


def test_equal_growth_is_found_too(run_check, line):
    row = {2000 + i: f"{100000 * 1.08**i:.0f}" for i in range(6)} | {2006: "170000"}
    found = run_check(check_smoothing, line(row, **TEN_THOUSAND))
    assert found["year"].tolist() == [2001] and "+8.000 %" in found["explanation"].iloc[0]


@pytest.mark.parametrize(("inner", "step"), [(3, 280), (4, 90), (5, 45), (7, 20)])
def test_the_longer_the_run_the_smaller_the_steps_may_be(run_check, line, inner, step):
    """(2.7 / step) to the power of the inner points stays below one in a million."""
    row = {2000 + i: str(1000 + step * i) for i in range(inner + 2)}
    assert len(found_in(run_check, line(row, **TEN_THOUSAND))) == 1
    row.popitem()
    assert found_in(run_check, line(row, **TEN_THOUSAND)) == []


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("two inner points", {2000: "100000", 2001: "147354", 2002: "194708", 2003: "242062", 2004: "250000"}),
        ("constant", dict.fromkeys(range(2000, 2010), "123456")),
        ("steps of 19 units", {2000 + i: str(1000 + 19 * i) for i in range(7)}),
        (
            "three inner points, steps of 250: 8 in ten million by chance, twice the limit",
            {2000 + i: str(1000 + 250 * i) for i in range(5)},
        ),
        ("one figure is two units off", PANEL | {1996: "538040"}),
        ("a year is missing", {year: text for year, text in PANEL.items() if year not in (1995, 1997)}),
    ],
)
def test_what_does_not_look_interpolated(run_check, line, name, row):
    assert found_in(run_check, line(row, **TEN_THOUSAND)) == [], name


def test_figures_printed_coarser_than_the_steps_are_quiet(run_check, line):
    """In hundred million yuan without decimals the steps are five units."""
    assert (
        found_in(run_check, line({year: f"{int(text) / 1e4:.0f}" for year, text in PANEL.items()}, indicator="budget_revenue"))
        == []
    )


def test_a_break_inside_the_run_ends_it(run_check, observe):
    rows = [observe(text, year, status="B" if year == 1996 else "A", **TEN_THOUSAND) for year, text in PANEL.items()]
    assert found_in(run_check, rows) == []


def panel(line, cities: int, filled: int) -> list[dict]:
    """Retail sales of many cities in one edition; of the first `filled` the year 2003 is the mean of its neighbours."""
    rows = []
    for number in range(cities):
        level = 100 + 7 * number
        row = {2001: level, 2002: level * 1.09, 2003: level * 1.21, 2004: level * 1.3, 2005: level * 1.47}
        if number < filled:
            row[2003] = (round(row[2002], 2) + round(row[2004], 2)) / 2
        city = ["qingdao", "beijing", "jinan", "dalian", "ningbo", "xiamen", "shenzhen", "wuhan", "xian", "nanjing"][number]
        rows += line({year: f"{value:.3f}" for year, value in row.items()}, "panel_2024", city=city, indicator="retail_sales")
    return rows


def test_a_year_that_many_cities_have_at_the_mean_is_found(run_check, line):
    found = run_check(check_smoothing, panel(line, 10, 3))
    assert found[["city", "year", "level"]].values.tolist() == [[city, 2003, "high"] for city in ("beijing", "jinan", "qingdao")]
    assert '"cities": "10", "number": "3"' in found["explanation"].iloc[0]


def test_two_cities_of_ten_prove_nothing(run_check, line):
    assert found_in(run_check, panel(line, 10, 2)) == []


def test_a_panel_is_judged_as_a_whole_however_it_is_parted(catalogue, admit, line):
    """Two cities of a part are too few; with those of the other part they are three of ten."""
    rows = admit(panel(line, 10, 3))
    filled = rows.groupby("city")["city"].first().index[:2]
    parts = [rows[rows["city"].isin(filled)], rows[~rows["city"].isin(filled)]]
    evidence = [smoothed_runs(sort_figures(part, catalogue))[1] for part in parts]
    whole = make_findings(filled_years([smoothed_runs(sort_figures(rows, catalogue))[1]]))
    assert len(whole) == 3 and make_findings(filled_years(evidence)).equals(whole)
    assert filled_years(evidence[:1]) == filled_years(evidence[1:]) == []


def test_cities_without_a_filled_year_count_too(catalogue, admit, line):
    """Three of thirty-one are a tenth and no more: whichever way the panel is parted, the year is not filled."""
    rows = admit(panel(line, 10, 3))
    others = [rows[rows["city"] == "nanjing"].assign(city=f"city_{number}") for number in range(21)]
    evidence = [smoothed_runs(sort_figures(part, catalogue))[1] for part in (rows, *others)]
    assert filled_years(evidence[:20]) != [] and filled_years(evidence) == []
