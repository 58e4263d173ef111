"""Overlaps between editions: chains by class and date, copies and doubtful figures held against them."""

from math import log
from random import Random

import pytest

from qdlib.observations.comparisons import COLUMNS, compare_editions


@pytest.fixture
def compare(catalogue, admit):
    return lambda observations: compare_editions(admit(observations), catalogue)


def test_a_reprinted_figure_meets_the_last_one_known_before(compare, observe):
    rows = [observe("100.0", 2018, "office_2019"), observe("110.0", 2018, "office_2020"), observe("99.0", 2018, "office_2021")]
    found = compare(rows)
    assert found["edition_old"].tolist() == ["office_2019", "office_2020"]
    assert found["r"].tolist() == pytest.approx([log(1.1), log(99 / 110)])
    assert found["same"].tolist() == [False, False]


@pytest.mark.parametrize(
    ("new", "same"), [("12001.5", True), ("12002", True), ("12001.57", False), ("12001.53", True), ("12001.54", False)]
)
def test_figures_whose_intervals_meet_are_the_same(compare, observe, new, same):
    found = compare([observe("12001.52", 2018, "office_2019"), observe(new, 2018, "office_2020")])
    assert found["same"].tolist() == [same] == (found["r"] == 0).tolist()


def test_shares_and_rates_change_in_points(compare, observe):
    rows = [
        observe(text, 2018, edition, indicator="tertiary_gdp_share")
        for text, edition in (("53.3", "office_2019"), ("59.6", "office_2020"))
    ]
    assert compare(rows)["r"].tolist() == pytest.approx([6.3])


def test_a_level_that_is_not_positive_changes_in_its_unit(compare, observe):
    found = compare([observe("-5.0", 2018, "office_2019"), observe("5.0", 2018, "office_2020")])
    assert found[["r", "points"]].values.tolist() == [[10.0, True]]


def test_copies_stay_outside_the_chain_of_official_editions(compare, observe):
    rows = [observe("100.0", 2018, "office_2019"), observe("105.0", 2018, "panel_2020"), observe("110.0", 2018, "bureau_2021")]
    found = compare(rows).set_index("edition")
    assert found.loc["bureau_2021", ["edition_old", "lane"]].tolist() == ["office_2019", "official"]
    assert found.loc["panel_2020", ["edition_old", "lane"]].tolist() == ["office_2019", "held"]


def test_copies_alone_are_a_chain_the_superseded_one_first(compare, observe):
    rows = [observe("100.0", 2018, "panel_2026"), observe("110.0", 2018, "late_panel_2024")]
    assert compare(rows)[["edition_old", "edition"]].values.tolist() == [["panel_2026", "late_panel_2024"]]


@pytest.mark.parametrize("fields", [{"status": "F"}, {"bound": "about"}, {"status": "M", "value": None}])
def test_what_is_no_figure_of_the_past_is_not_compared(compare, observe, fields):
    found = compare([observe("100.0", 2018, "office_2019"), observe("110.0", 2018, "office_2020", **fields)])
    assert found.empty and list(found.columns) == COLUMNS


def test_a_doubtful_figure_is_held_against_the_chain_and_never_revises_it(compare, observe):
    rows = [
        observe("100.0", 2018, "office_2019"),
        observe("101.5", 2018, "office_2020", status="U"),
        observe("103.0", 2018, "office_2021"),
    ]
    found = compare(rows).set_index("edition")
    assert found.loc["office_2020", ["edition_old", "lane"]].tolist() == ["office_2019", "held"]
    assert found.loc["office_2021", ["edition_old", "lane"]].tolist() == ["office_2019", "official"]


@pytest.mark.parametrize(
    ("copied", "same", "stale", "leans", "reference"),
    [
        ("110.0", True, False, 0, "office_2021"),  # the latest known on its day
        ("100.0", False, True, 1, "office_2021"),  # what the office has revised since
        ("100.9", False, False, 1, "office_2021"),  # rounded on its way: a tenth of what was moved
        ("103.0", False, False, -1, "office_2021"),
        ("120.0", True, False, 0, "office_2024"),  # confirmed by what came later
    ],
)
def test_a_copy_is_confirmed_stale_or_different(compare, observe, copied, same, stale, leans, reference):
    official = [observe(text, 2018, f"office_{year}") for text, year in (("100.0", 2019), ("110.0", 2021), ("120.0", 2024))]
    row = compare([*official, observe(copied, 2018, "panel_2022")]).set_index("edition").loc["panel_2022"]
    assert row[["same", "stale", "leans", "edition_old"]].tolist() == [same, stale, leans, reference]


def test_a_copy_older_than_the_office_meets_the_first_official_figure(compare, observe):
    found = compare([observe("100.0", 2018, "office_2021"), observe("90.0", 2018, "panel_2019")])
    assert found[["edition", "edition_old", "r"]].values.tolist() == [["panel_2019", "office_2021", pytest.approx(log(0.9))]]


@pytest.mark.parametrize(
    ("figures", "third"),
    [
        ({"office_2019": "100.0", "office_2020": "150.0", "office_2021": "100.0"}, ["old", "new"]),  # 150 stands between
        ({"office_2019": "100.0", "office_2020": "150.0", "office_2021": "150.0"}, ["", ""]),  # revised and confirmed
        ({"office_2019": "100.0", "office_2020": "100.0", "office_2021": "150.0"}, ["", ""]),  # revised late
    ],
)
def test_in_a_chain_only_a_return_shows_a_slip(compare, observe, figures, third):
    found = compare([observe(text, 2018, edition) for edition, text in figures.items()])
    assert found["third"].tolist() == third


@pytest.mark.parametrize(("fields", "third"), [({"status": "U"}, "old"), ({"edition": "panel_2020"}, "")])
def test_any_further_edition_speaks_on_a_doubtful_figure_and_none_on_a_copy(compare, observe, fields, third):
    odd = {"edition": "office_2020"} | fields
    rows = [observe("7302.11", 2012, "office_2013"), observe("7980.11", 2012, **odd), observe("7302.11", 2012, "panel_2024")]
    found = compare(rows).set_index("edition")
    assert found.loc[odd["edition"], "third"] == third


def test_last_years_are_those_of_the_series_before_in_and_behind_an_edition(compare, line):
    found = compare(line({2015: "1.0", 2017: "1.0"}, "office_2018") + line({2015: "2.0", 2020: "2.0"}, "office_2021"))
    assert found[["year", "known_until", "printed_until", "until_old"]].values.tolist() == [[2015, 2017, 2020, 2017]]


def test_nothing_is_compared_across_scopes(compare, observe):
    assert compare([observe("1.0", 2018, "office_2019"), observe("2.0", 2018, "office_2020", scope="urban_districts")]).empty


def test_the_arguments_stay_as_they_are(catalogue, admit, line):
    rows = admit(line({2015: "1.0"}, "office_2018") + line({2015: "2.0"}, "office_2021"))
    before = rows.copy()
    compare_editions(rows, catalogue)
    assert rows.equals(before)


def slow_pairs(rows):
    """The chain of official editions by an obvious loop: (place, edition, edition before)."""
    found = set()
    for place, group in rows.groupby(["city", "indicator", "scope", "year"]):
        editions = group.sort_values(["published", "edition"])["edition"].tolist()
        found |= {(*place, new, old) for old, new in zip(editions, editions[1:], strict=False)}
    return found


@pytest.mark.parametrize("seed", range(5))
def test_the_fast_pairs_are_those_of_an_obvious_loop(compare, catalogue, admit, observe, seed):
    random = Random(seed)
    rows = [
        observe(f"{random.uniform(50, 60):.1f}", year, f"office_{edition}", indicator=indicator, city=city)
        for city in ("qingdao", "jinan")
        for indicator in ("retail_sales", "gdp_current_prices")
        for year in range(2000, 2006)
        for edition in range(2006, 2011)
        if random.random() < 0.6
    ]
    found = compare_editions(admit(rows), catalogue)
    assert {tuple(row) for row in found[["city", "indicator", "scope", "year", "edition", "edition_old"]].values} == slow_pairs(
        admit(rows)
    )
