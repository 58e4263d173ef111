"""One figure for each year: which edition stands, which years may be compared, and what was known on a day."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdlib.errors import DataError
from qdlib.observations.growth import growth
from qdlib.observations.rows import in_catalogue_unit
from qdlib.observations.vintages import SERIES_COLUMNS, check_vintage, choose_vintage, comparable_years, round_half


@pytest.fixture
def choose(catalogue, admit):
    """The chosen series of some observations."""
    return lambda observations, vintage="latest": choose_vintage(admit(observations), vintage, catalogue)


def amounts(series: pd.DataFrame) -> dict[int, float]:
    return dict(zip(series["year"].tolist(), series["amount"].tolist(), strict=True))


def flags(series: pd.DataFrame, column: str) -> dict[int, bool]:
    return dict(zip(series["year"].tolist(), series[column].tolist(), strict=True))


# --- the grammar -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vintage", ["latest", "first_release", "as_of:2018-12-31", "edition:office_2020"])
def test_the_four_kinds_of_vintage_are_known(vintage):
    assert check_vintage(vintage, {"office_2020"}) == vintage


@pytest.mark.parametrize(
    "vintage", ["newest", "as_of:2018", "as_of:", "as_of", "edition:", "edition", "latest:", "", "as_of:2018-12-3"]
)
def test_another_word_is_refused_with_the_grammar(vintage):
    with pytest.raises(DataError, match="expected latest, first_release, as_of:YYYY-MM-DD or edition:"):
        check_vintage(vintage)


def test_an_unknown_edition_gets_the_nearest_names(choose, observe):
    with pytest.raises(DataError, match="no edition 'ofice_2020' in the observations; did you mean office_2020"):
        choose([observe("1.5", 2018)], "edition:ofice_2020")


def test_the_columns_are_the_declared_ones_also_when_nothing_is_chosen(choose, observe):
    rows = [observe("1.5", 2018)]
    assert list(choose(rows).columns) == SERIES_COLUMNS
    none = choose(rows, "as_of:1990-01-01")
    assert none.empty and list(none.columns) == SERIES_COLUMNS


# --- which figure stands -----------------------------------------------------------------------------------------------------


def test_the_newest_official_figure_wins_and_the_first_one_is_the_first_release(choose, observe):
    rows = [
        observe("12001.52", 2018, "office_2019"),
        observe("10949.38", 2018, "office_2023"),
        observe("11500.00", 2018, "office_2021"),
    ]
    assert amounts(choose(rows)) == {2018: 10949.38}
    assert amounts(choose(rows, "first_release")) == {2018: 12001.52}
    assert amounts(choose(rows, "edition:office_2021")) == {2018: 11500.0}
    assert amounts(choose(rows, "as_of:2021-12-31")) == {2018: 11500.0}
    assert amounts(choose(rows, "as_of:2021-12-30")) == {2018: 12001.52}


@pytest.mark.parametrize(
    ("higher", "lower"), [("office", "panel"), ("office", "bureau"), ("bureau", "panel"), ("late_panel", "panel")]
)
def test_a_higher_class_beats_a_newer_edition_of_a_lower_one(choose, observe, higher, lower):
    """A panel of 2026 must not bring a superseded figure back."""
    rows = [observe("10949.38", 2018, f"{higher}_2020"), observe("12001.52", 2018, f"{lower}_2026")]
    for vintage in ("latest", "first_release"):
        assert choose(rows, vintage)["edition"].tolist() == [f"{higher}_2020"]


def test_a_lower_class_fills_the_years_that_a_higher_one_leaves_out(choose, observe):
    rows = [observe("2.00", 2018, "office_2020"), observe("1.00", 2017, "panel_2024"), observe("9.00", 2018, "panel_2024")]
    assert amounts(choose(rows)) == {2017: 1.0, 2018: 2.0}


def test_a_superseded_copy_gives_way_except_for_the_cities_named(choose, observe):
    rows = []
    for city in ("qingdao", "beijing"):
        rows += [observe("1.00", 2018, "panel_2026", city=city), observe("2.00", 2018, "late_panel_2024", city=city)]
    chosen = choose(rows).set_index("city")["edition"].to_dict()
    assert chosen == {"qingdao": "late_panel_2024", "beijing": "panel_2026"}


def test_a_superseded_copy_stands_where_its_successor_is_silent(choose, observe):
    rows = [observe("1.00", 2018, "panel_2026"), observe("2.00", 2017, "late_panel_2024")]
    assert amounts(choose(rows)) == {2017: 2.0, 2018: 1.0}


@pytest.mark.parametrize(
    ("newer", "stays"),
    [
        ("14136", True),  # ± .5 holds 14136.46
        ("14136.5", True),  # ± .05
        ("14137", False),  # .54 away, .505 allowed
        ("14136.4", False),  # .06 away, .055 allowed
        ("14136.47", False),  # .01 away; as fine, .01 allowed: the same figure, and the newest of equals stands
    ],
)
def test_a_finer_older_figure_inside_the_newer_ones_interval_is_kept(choose, observe, newer, stays):
    rows = [observe("14136.46", 2021, "office_2022"), observe(newer, 2021, "office_2024")]
    assert choose(rows)["edition"].tolist() == [f"office_{2022 if stays else 2024}"]


def test_a_coarser_figure_replaces_none_that_is_finer(choose, observe):
    """The newer one is finer here: the older, coarser one has nothing to add."""
    rows = [observe("14136", 2021, "office_2022"), observe("14136.46", 2021, "office_2024")]
    assert amounts(choose(rows)) == {2021: 14136.46}
    assert amounts(choose(rows, "first_release")) == {2021: 14136.46}  # the first release, printed as finely as known


def test_a_finer_figure_of_a_lower_class_does_not_stand_in(choose, observe):
    rows = [observe("14136", 2021, "office_2022"), observe("14136.46", 2021, "panel_2024")]
    assert amounts(choose(rows)) == {2021: 14136.0}


def test_a_contradiction_of_equal_class_and_date_is_an_error_with_both_cells(choose, observe):
    rows = [
        observe("100.1", 2018, "office_x_2020"),
        observe("100.3", 2018, "office_y_2020"),
        observe("5.0", 2017, "office_x_2020"),
        observe("6.0", 2017, "office_y_2020"),
    ]
    with pytest.raises(DataError) as caught:
        choose(rows)
    assert len(caught.value.faults) == 2
    wrong = next(fault for fault in caught.value.faults if "2018" in fault)
    assert all(row["source_cell"] in wrong for row in rows[:2]) and "100.1" in wrong and "flag or correct one" in wrong


@pytest.mark.parametrize(
    "second",
    [
        ("100.2", "office_y_2020"),  # .1 apart: both ± .05, they meet
        ("100.3", "office_y_2021"),  # newer
        ("100.3", "bureau_2020"),  # of a lower class
    ],
)
def test_what_is_no_contradiction(choose, observe, second):
    assert len(choose([observe("100.1", 2018, "office_x_2020"), observe(second[0], 2018, second[1])])) == 1


@pytest.mark.parametrize("fields", [{"status": "F"}, {"status": "U"}, {"bound": "above"}, {"bound": "about"}])
def test_what_is_no_exact_figure_never_stands(choose, observe, fields):
    rows = [observe("17000", 2025, "office_2026", **fields), observe("16719.46", 2024, "office_2025")]
    assert amounts(choose(rows)) == {2024: 16719.46}


def test_amounts_are_in_the_catalogues_unit_whatever_the_edition_prints(choose, observe):
    rows = [observe("48900000", 2009, unit="ten_thousand_yuan"), observe("5666.19", 2010)]
    chosen = choose(rows)
    assert amounts(chosen) == {2009: 4890.0, 2010: 5666.19} and set(chosen["unit"]) == {"hundred_million_yuan"}


def test_series_do_not_touch_each_other(choose, observe):
    rows = [
        observe("1.00", 2018),
        observe("2.00", 2018, scope="urban_districts"),
        observe("3.00", 2018, city="jinan"),
        observe("4.00", 2018, indicator="retail_sales"),
    ]
    assert sorted(choose(rows)["amount"]) == [1.0, 2.0, 3.0, 4.0]


# --- which years are linked -----------------------------------------------------------------------------------------------------


def test_years_that_one_edition_prints_are_linked(choose, line):
    found = choose(line({2017: "1.00", 2018: "2.00", 2019: "3.00"}))
    assert flags(found, "linked") == {2017: False, 2018: True, 2019: True} and set(found["basis"]) == {0}


def test_years_of_two_editions_are_not(choose, observe):
    found = choose([observe("12001.52", 2018, "office_2019"), observe("11741.31", 2019, "office_2020")])
    assert flags(found, "linked") == {2018: False, 2019: False} and flags(found, "basis") == {2018: 1, 2019: 0}


@pytest.mark.parametrize(
    ("reprint", "linked"), [("12001.5", True), ("12001.53", True), ("12002", True), ("12001.6", False), ("10949.38", False)]
)
def test_an_edition_links_what_it_reprints_within_rounding(choose, line, reprint, linked):
    """The older edition stands for 2018 here because the newer one comes from a lower class."""
    rows = line({2018: "12001.52"}, "office_2019") + line({2018: reprint, 2019: "11741"}, "panel_2024")
    assert flags(choose(rows), "linked")[2019] is linked


def test_a_break_in_status_cuts_the_link(choose, observe):
    rows = [observe("1.00", 2017), observe("2.00", 2018, status="B"), observe("3.00", 2019)]
    found = choose(rows)
    assert flags(found, "linked") == {2017: False, 2018: False, 2019: True}
    assert flags(found, "basis") == {2017: 1, 2018: 0, 2019: 0}
    assert flags(found, "comparable") == {2017: False, 2018: True, 2019: True}


@pytest.mark.parametrize(
    ("city", "scope", "linked"),
    [
        ("jinan", "whole_city", False),  # Laiwu joins: first data year 2019
        ("jinan", "urban_districts", False),
        ("qingdao", "whole_city", True),
        ("changchun", "whole_city", True),  # its change is of 2020
    ],
)
def test_a_change_of_area_cuts_the_link(choose, line, city, scope, linked):
    found = choose(line({2018: "1.00", 2019: "2.00"}, city=city, scope=scope))
    assert flags(found, "linked")[2019] is linked
    assert flags(found, "comparable") == {2018: linked, 2019: True}


def test_districts_change_where_the_whole_city_does_not(choose, line):
    figures = {2011: "277.1", 2012: "363.9", 2013: "365.0"}
    fields = {"indicator": "population_registered"}
    assert flags(choose(line(figures, **fields)), "linked") == {2011: False, 2012: True, 2013: True}
    found = choose(line(figures, scope="urban_districts", **fields))
    assert flags(found, "linked") == {2011: False, 2012: False, 2013: True}
    assert flags(found, "comparable") == {2011: False, 2012: True, 2013: True}


def test_an_edition_that_still_prints_the_old_area_breaks_later(choose, line):
    """市区人口 of the yearbook 2023: 279.57 for 2012, the old area. Both figures stay; the break lies where the edition has it."""
    fields = {"indicator": "population_registered", "scope": "urban_districts"}
    found = choose(
        line({2011: "277.10", 2012: "279.57", 2013: "368.00", 2014: "371.00"}, "qd_yearbook_2023", published="2023", **fields)
    )
    assert flags(found, "linked") == {2011: False, 2012: True, 2013: False, 2014: True}
    assert flags(found, "breaks") == {2011: False, 2012: False, 2013: True, 2014: False}


@pytest.mark.parametrize(("years", "linked"), [((2018, 2019), False), ((2017, 2018), True), ((2019, 2020), True)])
def test_a_change_of_concept_cuts_the_link(choose, line, years, linked):
    """Employment in units counts other people from 2019 on: 330.4 → 146.6."""
    found = choose(line(dict.fromkeys(years, "330.4"), indicator="employment_units"))
    assert flags(found, "linked")[years[1]] is linked


@pytest.mark.parametrize(("status", "same_basis"), [("B", False), ("A", True)])
def test_a_break_at_a_year_that_is_not_chosen_still_cuts(choose, observe, status, same_basis):
    """The old edition prints 2018–2020; its 2019 is replaced by a newer edition that prints no other year."""
    rows = [
        observe("1.00", 2018),
        observe("2.00", 2019, status=status),
        observe("3.00", 2020),
        observe("9.00", 2019, "office_2021"),
    ]
    basis = flags(choose(rows), "basis")
    assert (basis[2018] == basis[2020]) is same_basis and basis[2020] == 0


def test_a_chain_of_editions_is_one_basis(choose, line):
    """A prints 2016–2017, B 2017–2018, C 2018–2019, each agreeing where they meet."""
    rows = line({2016: "1.00", 2017: "2.00"}, "office_2018") + line({2017: "2.00", 2018: "3.00"}, "office_2019")
    rows += line({2018: "3.00", 2019: "4.00"}, "office_2020")
    found = choose(rows)
    assert set(found["basis"]) == {0} and flags(found, "linked") == {2016: False, 2017: True, 2018: True, 2019: True}


def test_a_link_bridges_a_year_that_nobody_prints_but_growth_does_not(choose, line):
    found = choose(line({2015: "1.00", 2017: "2.00"}))
    assert flags(found, "linked")[2017] is True
    assert growth(found)["reason"].tolist() == ["gap"]


# --- which years stand in one trend ----------------------------------------------------------------------------------------------


def test_a_group_that_an_edition_contradicts_is_not_comparable(choose, line):
    """The old yearbook prints 2005 too, and otherwise than the new one: its years are of another vintage."""
    old = line({2003: "1780.42", 2004: "2163.80", 2005: "2695.82"}, "office_2006")
    new = line({2005: "2576.95", 2006: "3029.40"}, "office_2023")
    found = choose(old + new)
    assert flags(found, "comparable") == {2003: False, 2004: False, 2005: True, 2006: True}
    assert comparable_years(found)["year"].tolist() == [2005, 2006]


def test_a_group_against_which_nothing_is_known_stays_comparable(choose, line):
    old, new = line({2003: "1780.42", 2004: "2163.80"}, "office_2006"), line({2005: "2576.95", 2006: "3029.40"}, "office_2023")
    assert all(flags(choose(old + new), "comparable").values())


def test_agreement_in_the_newest_group_contradicts_nothing(choose, line):
    old = line({2003: "1780.42", 2005: "2577"}, "office_2006")
    assert all(flags(choose(old + line({2005: "2576.95", 2006: "3029.40"}, "office_2023")), "comparable").values())


def test_years_before_the_last_break_are_not_comparable(choose, line):
    found = choose(line({2014: "1.00", 2015: "2.00", 2016: "3.00", 2017: "4.00"}, city="chengdu"))
    assert flags(found, "comparable") == {2014: False, 2015: False, 2016: True, 2017: True}


def test_a_break_that_still_lies_ahead_changes_nothing(choose, line):
    assert all(flags(choose(line({2014: "1.00", 2015: "2.00"}, city="chengdu")), "comparable").values())


# --- properties, against a slow obvious loop -------------------------------------------------------------------------------------

CITIES = ["qingdao", "dalian", "ningbo", "xiamen", "shenzhen", "nanjing"]
EDITIONS = [
    "office_2001-01-31",
    "office_2002-06-15",
    "bureau_2003-02-01",
    "panel_2003-07-01",
    "office_2004-01-01",
    "late_panel_2005-01-01",
]
TEXTS = ["100", "100.0", "100.04", "99.8", "101", "0", "-3.5"]
YEARS = st.integers(1996, 2000)
CELL = st.tuples(st.sampled_from(CITIES), st.sampled_from(EDITIONS), YEARS, st.sampled_from(TEXTS), st.sampled_from("AAPBUF"))
CELLS = st.lists(CELL, min_size=15, max_size=80, unique_by=lambda cell: cell[:3])
DAYS = st.sampled_from(["2000-12-31", "2001-01-31", "2002-06-14", "2002-06-15", "2003-12-31", "2004-01-01", "2030-01-01"])
RANK = {"office": 0, "bureau": 1, "late_panel": 2, "panel": 2.5}
FEW = settings(max_examples=8, deadline=None)


def make_rows(cells, observe, frame_of, catalogue) -> pd.DataFrame:
    rows = [observe(text, year, edition, status=status, city=city) for city, edition, year, text, status in cells]
    return in_catalogue_unit(frame_of(rows), catalogue)


def meets(row, other) -> bool:
    return abs(row.amount - other.amount) <= row.half + other.half + 1e-9 * abs(row.amount)


def obvious_choice(rows: pd.DataFrame, last: str) -> dict[tuple[str, int], tuple[str, float]]:
    """Edition and amount for each city and year, by looking at one figure after the other."""
    best = {}
    known = [row for row in rows.itertuples() if row.published <= last and row.status not in ("U", "F")]
    for key in {(row.city, row.year) for row in known}:
        seen = [row for row in known if (row.city, row.year) == key]
        rank = {row.edition: RANK[row.edition.rpartition("_")[0]] for row in seen}
        top = [row for row in seen if rank[row.edition] == min(rank.values())]
        newest = max(top, key=lambda row: row.published)
        as_fine = [row for row in top if meets(row, newest) and row.half <= newest.half]
        finest = min(row.half for row in as_fine)
        stands = max((row for row in as_fine if row.half == finest), key=lambda row: row.published)
        best[key] = (stands.edition, stands.amount)
    return best


@FEW
@given(CELLS, DAYS)
def test_the_choice_is_that_of_a_slow_loop_and_shows_no_later_edition(catalogue, observe, frame_of, cells, day):
    rows = make_rows(cells, observe, frame_of, catalogue)
    found = choose_vintage(rows, f"as_of:{day}", catalogue)
    assert {(row.city, row.year): (row.edition, row.amount) for row in found.itertuples()} == obvious_choice(rows, day)
    assert (found["published"] <= day).all()


@pytest.mark.parametrize("vintage", ["latest", "first_release", "as_of:2017-12-31"])
def test_one_indicator_is_chosen_as_among_all(admit, observe, catalogue, vintage):
    rows = admit(
        [
            observe(f"{value + year + shift:.1f}", year, edition, indicator=indicator)
            for indicator, value in (("gdp_current_prices", 100.0), ("primary_value_added", 5.0))
            for edition, years, shift in (("office_2017", (2014, 2015, 2016), 0), ("office_2018", (2015, 2016, 2017), 1))
            for year in years
        ]
    )
    whole = choose_vintage(rows, vintage, catalogue)
    for indicator in ("gdp_current_prices", "primary_value_added"):
        own = whole[whole["indicator"] == indicator].reset_index(drop=True)
        assert len(own)
        pd.testing.assert_frame_equal(choose_vintage(rows, vintage, catalogue, indicator), own)


@FEW
@given(CELLS)
def test_latest_is_what_is_known_at_the_end_of_days(catalogue, observe, frame_of, cells):
    rows = make_rows(cells, observe, frame_of, catalogue)
    pd.testing.assert_frame_equal(choose_vintage(rows, "latest", catalogue), choose_vintage(rows, "as_of:9999-12-31", catalogue))


@FEW
@given(CELLS, st.sampled_from(["latest", "first_release", "as_of:2003-12-31"]))
def test_growth_is_missing_wherever_two_years_are_not_linked(catalogue, observe, frame_of, cells, vintage):
    rows = make_rows(cells, observe, frame_of, catalogue)
    for _, found in choose_vintage(rows, vintage, catalogue).groupby("city"):
        rates = growth(found)
        assert rates["growth"].isna().equals(rates["reason"] != "")
        unlinked = found.loc[~found["linked"], "year"]
        assert rates.loc[rates["year"].isin(unlinked), "growth"].isna().all()


@FEW
@given(CELLS)
def test_a_link_needs_an_edition_that_prints_both_figures_without_a_break(catalogue, observe, frame_of, cells):
    rows = make_rows(cells, observe, frame_of, catalogue)
    printed = [row for row in rows.itertuples() if row.status not in ("U", "F")]
    for city, found in choose_vintage(rows, "latest", catalogue).groupby("city"):
        own = [row for row in printed if row.city == city]
        for before, after in zip(found.itertuples(), found.iloc[1:].itertuples(), strict=False):
            both = [{row.edition for row in own if row.year == chosen.year and meets(row, chosen)} for chosen in (before, after)]
            cut = {row.edition for row in own if row.status == "B" and before.year < row.year <= after.year}
            assert after.linked == bool((both[0] & both[1]) - cut)


@pytest.mark.parametrize(
    ("said", "published", "linked"),
    [
        ("15900", "2025-06", False),  # about 15 900 is more than half a hundred from 15 760
        ("15800", "2025-06", True),  # the same figure, rounded
        ("15900", "2023-12", True),  # said before 15 760 was printed
    ],
)
def test_a_revision_known_in_round_numbers_only_unlinks_the_year_behind_it(choose, observe, line, said, published, linked):
    """Qingdao's GDP of 2023: 15760.34, by the fifth census about 15 900; 2024 stands on the basis behind it."""
    figures = line({2022: "14920.75", 2023: "15760.34", 2024: "16719.46"}, "office_2024-04")
    rounded = observe(said, 2023, "bureau_2025", published=published, bound="about", status="E")
    found = choose([*figures, rounded])
    assert flags(found, "linked") == {2022: False, 2023: True, 2024: linked}
    assert flags(found, "comparable") == {2022: True, 2023: True, 2024: True}


@pytest.mark.parametrize(("value", "half"), [(15900.0, 50.0), (12000.0, 500.0), (3.25, 0.005), (7.0, 0.5), (14110.0, 5.0)])
def test_a_round_number_is_right_to_half_its_last_digit(value, half):
    assert round_half(value) == pytest.approx(half)


@pytest.mark.parametrize("vintage", ["as_of:2019-13-40", "as_of:2019-02-30", "as_of:2019-6-1", "edition:", "edition:青岛", "edition:a'b"])
def test_a_day_that_the_calendar_does_not_have_and_what_is_no_edition_id_are_refused(vintage):
    with pytest.raises(DataError, match="expected latest, first_release"):
        check_vintage(vintage)
