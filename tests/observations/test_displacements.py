"""Figures of another row: shifted rows, swapped sectors, districts for the city, a label on another quantity."""

from qdlib.observations.displacements import check_displacements

SECONDARY, TERTIARY, GDP = "secondary_value_added", "tertiary_value_added", "gdp_current_prices"
TRUE = {
    SECONDARY: {2018: "3849.18", 2019: "4182.76", 2020: "4361.56"},
    TERTIARY: {2018: "6708.03", 2019: "7148.57", 2020: "7613.59"},
}


def found_in(run_check, observations):
    return run_check(check_displacements, observations)[["check", "level", "indicator", "year", "edition"]].values.tolist()


def test_two_sectors_that_changed_places_are_found(run_check, line):
    swapped = line({2019: "7148.57"}, "office_2021", indicator=SECONDARY) + line(
        {2019: "4182.76"}, "office_2021", indicator=TERTIARY
    )
    true = [row for key, figures in TRUE.items() for row in line(figures, indicator=key)]
    assert found_in(run_check, true + swapped) == [
        ["figure_elsewhere", "high", SECONDARY, 2019, "office_2021"],
        ["figure_elsewhere", "high", TERTIARY, 2019, "office_2021"],
    ]


def test_a_revision_is_no_displacement(run_check, line):
    revised = line({2019: "7150.00"}, "office_2021", indicator=SECONDARY)
    assert found_in(run_check, [row for key, figures in TRUE.items() for row in line(figures, indicator=key)] + revised) == []


def test_one_equal_figure_of_five_digits_may_be_an_accident(run_check, line):
    """7148.6 has five digits: once is chance, twice in the row is a rule."""
    coarse = {year: f"{float(text):.1f}" for year, text in TRUE[TERTIARY].items()}
    true = line(TRUE[SECONDARY], indicator=SECONDARY) + line(coarse, indicator=TERTIARY)
    assert found_in(run_check, true + line({2019: coarse[2019]}, "office_2021", indicator=SECONDARY)) == []
    twice = line({2019: coarse[2019], 2020: coarse[2020]}, "office_2021", indicator=SECONDARY)
    assert len(found_in(run_check, true + twice)) == 2


def test_port_throughput_under_another_label(run_check, line):
    """Table 1-7: 港口吞吐量 35012 (2010), 41465 (2012), 45782 (2013); a copy has them in another row of freight."""
    cargo = line({2010: "35012", 2012: "41465", 2013: "45782"}, indicator="port_cargo")
    air = line({2010: "16.37", 2012: "17.19", 2013: "18.62"}, indicator="air_cargo")
    copy = line({2010: "35012", 2012: "41465", 2013: "45782"}, "panel_2024", indicator="air_cargo")
    found = found_in(run_check, cargo + air + copy)
    assert [entry[2:] for entry in found] == [["air_cargo", year, "panel_2024"] for year in (2010, 2012, 2013)]
    assert found_in(run_check, cargo + air) == []


def test_the_districts_figure_printed_for_the_city(run_check, line, observe):
    """A panel prints for the whole city what its source had for the districts."""
    districts = line({2016: "8004.11", 2017: "8711.34"}, scope="urban_districts")
    city = line({2016: "10011.29", 2017: "11037.28"})
    panel = line({2016: "10011.29", 2017: "8711.34"}, "panel_2024")
    assert found_in(run_check, districts + city + panel) == [["figure_elsewhere", "high", GDP, 2017, "panel_2024"]]
    assert found_in(run_check, districts + city) == []


def test_the_panels_11024_of_2017_is_the_districts_figure(run_check, line, observe):
    """Panels print 11024.11 for Qingdao in 2017, where their source had only districts; the communiqué has 11037.28."""
    rows = [observe("11024.11", 2017, "office_2018", scope="urban_districts"), observe("11037.28", 2017, "office_2019"),
            observe("11024.11", 2017, "panel_2024")]  # fmt: skip
    assert found_in(run_check, rows) == [["figure_elsewhere", "high", GDP, 2017, "panel_2024"]]


def test_a_city_without_counties_has_one_figure_for_both_scopes(run_check, observe):
    """Shenzhen: an edition that prints the figure in both rows displaced nothing."""
    place = {"city": "shenzhen", "edition": "office_2018"}
    rows = [observe("22490.06", 2017, **place), observe("22490.06", 2017, scope="urban_districts", **place)]
    rows += [
        observe("22490.06", 2017, "panel_2024", city="shenzhen", scope="urban_districts"),
        observe("23280.27", 2017, "office_2021", city="shenzhen"),
    ]
    assert found_in(run_check, rows) == []


def test_a_figure_of_one_edition_only_is_not_judged(run_check, line):
    assert (
        found_in(
            run_check, line({2019: "7148.57"}, indicator=SECONDARY) + line({2019: "7148.57"}, "office_2021", indicator=TERTIARY)
        )
        == []
    )
