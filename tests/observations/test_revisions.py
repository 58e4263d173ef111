"""Revisions: each rule that names an event, with a case that fires and its nearest miss; nothing is dropped."""

from dataclasses import replace
from math import exp, log
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from qdlib.catalogue.cities import CityChange
from qdlib.catalogue.documents import Name
from qdlib.catalogue.events import Event
from qdlib.observations.comparisons import compare_editions
from qdlib.observations.flags import digits_swapped, event_findings
from qdlib.observations.revisions import EVENTS, Names, gather_events, name_events, name_overlaps, say_event

# Qingdao's GDP, first published and in the yearbook 2023: a census block that ends in 2018.
FIRST = {2014: "8692.10", 2015: "9300.07", 2016: "10011.29", 2017: "11037.28", 2018: "12001.52", 2019: "11741.31"}
AFTER = {2014: "8120.66", 2015: "8658.57", 2016: "9283.17", 2017: "10136.96", 2018: "10949.38", 2019: "11741.31"}
TRADE = {"indicator": "goods_trade_cny"}  # no census revises it
SECTORS = ("primary_value_added", "secondary_value_added", "tertiary_value_added")


@pytest.fixture
def events(catalogue, admit):
    return lambda observations, known=catalogue: name_events(compare_editions(admit(observations), known), known)


@pytest.fixture
def named(events):
    """Event, census, first and last year of each event."""
    return lambda *arguments: [
        (row.event, None if pd.isna(row.census) else int(row.census), row.first_year, row.last_year)
        for row in events(*arguments).itertuples()
    ]


def without(figures: dict, *years: int) -> dict:
    return {year: text for year, text in figures.items() if year not in years}


def scaled(figures: dict, factor: float, years) -> dict:
    return {year: f"{float(text) * factor:.2f}" if year in years else text for year, text in figures.items()}


def built_up(figures: dict, factor: float, years) -> dict:
    """Revised by nothing before the first of the years, by the whole factor in the last one: as a census does."""
    first, last = min(years), max(years)
    share = {year: (year - first + 1) / (last - first + 1) for year in years}
    return {year: f"{float(text) * factor ** share[year]:.2f}" if year in share else text for year, text in figures.items()}


# --- runs of years ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("same", "runs", "lengths"),
    [
        ([True, True], [-1, -1], [0, 0]),
        ([False, True, False, False], [0, -1, 1, 1], [1, 0, 2, 2]),
        ([True, False, False, True], [-1, 0, 0, -1], [0, 2, 2, 0]),
    ],
)
def test_a_run_is_unbroken_in_print(same, runs, lengths):
    names = Names(pd.DataFrame({"same": same, "group": 0, "r": 0.1}))
    assert names.runs(names.free).tolist() == runs and names.length(names.free).tolist() == lengths


def test_a_run_never_reaches_into_the_next_series():
    names = Names(pd.DataFrame({"same": [False] * 4, "group": [0, 0, 1, 1], "r": [0.1, 0.3, 0.5, 0.7]}))
    assert names.runs(names.free).tolist() == [0, 0, 1, 1] and names.starts(names.free).tolist() == [0, 0, 2, 2]
    assert names.run_median(names.free).tolist() == pytest.approx([0.2, 0.2, 0.6, 0.6])


def test_agreement_is_no_event_and_every_difference_belongs_to_one(catalogue, admit, line):
    old = dict.fromkeys(range(2008, 2014), "100.0")
    new = old | {2008: "150.0", 2010: "160.0", 2011: "170.0"}
    rows = admit(line(old, "office_2014", **TRADE) + line(new, "office_2015", **TRADE) + line(old, "office_2016", **TRADE))
    pairs = compare_editions(rows, catalogue)
    overlaps = name_overlaps(pairs, catalogue)
    assert len(overlaps) == (~pairs["same"]).sum() == 6 and (overlaps["event"] != "").all()
    assert gather_events(overlaps)["years"].sum() == 6
    assert name_events(compare_editions(admit(line(old, "office_2014")), catalogue), catalogue).empty


# --- slips of unit and of year ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factor", "event"),
    [(10**4, "unit_slip"), (10.0**-1, "unit_slip"), (10**4 * 10**0.07, "unit_slip"), (10**4 * 10**0.09, "open"), (1.4, "open")],
)
def test_a_power_of_ten_is_a_slip_of_unit(named, line, factor, event):
    """0.08 in log10 is the width; the slip stands in the middle of the printed years, so that it is no final figure."""
    old = {2011: "120.00", 2012: "130.00", 2013: "140.00"}
    new = old | {2011: f"{120 * factor:.4f}", 2012: f"{130 * factor:.4f}"}
    assert named(line(old, "office_2014", **TRADE) + line(new, "office_2015", **TRADE)) == [(event, None, 2011, 2012)]


def test_ratios_of_two_powers_are_no_slip(named, line):
    old, new = {2011: "1.00", 2012: "1.00", 2013: "1.00"}, {2011: "10.00", 2012: "100.00", 2013: "1.00"}
    assert named(line(old, "office_2014", **TRADE) + line(new, "office_2015", **TRADE)) == [("open", None, 2011, 2012)]


def test_a_share_has_no_slip_of_unit(named, line):
    share = {"indicator": "tertiary_gdp_share"}
    old, new = {2011: "5.0", 2012: "6.0"}, {2011: "50.0", 2012: "6.0"}
    assert named(line(old, "office_2014", **share) + line(new, "office_2015", **share)) == [("open", None, 2011, 2011)]


@pytest.mark.parametrize(
    ("new", "event"),
    [
        ({2010: "90.0", 2011: "100.0", 2012: "120.0", 2013: "130.0"}, "year_shift"),  # each is the year before
        ({2010: "120.0", 2011: "130.0", 2012: "155.0", 2013: "181.0"}, "year_shift"),  # each is the year after
        ({2010: "100.0", 2011: "100.0", 2012: "120.0", 2013: "155.0"}, "open"),  # two years only
        ({2010: "90.0", 2011: "100.0", 2012: "121.0", 2013: "130.0"}, "open"),  # one of them is another figure
    ],
)
def test_figures_of_the_year_beside_are_a_shift(named, line, new, event):
    old = {2010: "100.0", 2011: "120.0", 2012: "130.0", 2013: "155.0"}
    assert {found[0] for found in named(line(old, "office_2014", **TRADE) + line(new, "office_2015", **TRADE))} == {event}


# --- what the catalogue declares ---------------------------------------------------------------------------------------------------------


def test_a_declared_change_of_method_names_its_edition_indicators_and_years(events, catalogue, line):
    change = Event("new_method", "method_change", 2016, Name("新", "new"), (TRADE["indicator"],), ("office_2015",), 2011, 2012)
    known = replace(catalogue, events=MappingProxyType(dict(catalogue.events) | {"new_method": change}))
    old, new = dict.fromkeys(range(2010, 2014), "100.0"), {2010: "150.0", 2011: "150.0", 2012: "150.0", 2013: "100.0"}
    found = events(line(old, "office_2014", **TRADE) + line(new, "office_2015", **TRADE), known)
    assert found[["event", "cause", "first_year", "last_year"]].values.tolist() == [
        ["open", "", 2010, 2010],
        ["method_revision", "new_method", 2011, 2012],
    ]
    other = events(line(old, "office_2014", **TRADE) + line(new, "office_2016", **TRADE), known)
    assert other["event"].tolist() == ["open"]


@pytest.mark.parametrize(
    ("scopes", "last", "years", "event", "census"),
    [
        (("whole_city",), 2018, 5, "boundary_change", 2018),  # the census in the same years is named too
        (("whole_city",), 2018, 2, "open", None),
        (("urban_districts",), 2018, 5, "census_revision", 2018),
        (("whole_city",), 2017, 5, "open", None),
    ],
)
def test_years_up_to_a_change_of_area_are_its_back_cast(events, catalogue, line, scopes, last, years, event, census):
    known = replace(catalogue, city_changes=(CityChange("qingdao", "2019-01", Name("并入", "joins"), scopes, 2019, ()),))
    old = {year: f"{1000 + 50 * (year - 2010)}.00" for year in range(2010, 2022)}
    new = built_up(old, 1.1, range(last - years + 1, last + 1))
    found = events(line(old, "office_2022-01") + line(new, "office_2023"), known)
    assert found["event"].tolist() == [event]
    assert found["census"].tolist() == [census] or (pd.isna(found["census"].iloc[0]) and census is None)


# --- economic censuses ---------------------------------------------------------------------------------------------------------------------


def test_a_revision_down_to_the_census_year_and_back_to_agreement_is_the_census(events, line):
    found = events(line(FIRST, "office_2020") + line(AFTER, "office_2023"))
    assert len(found) == 1
    row = found.iloc[0]
    assert row[["event", "census", "first_year", "last_year", "years"]].tolist() == ["census_revision", 2018, 2014, 2018, 5]
    assert (row["edition"], row["older_editions"]) == ("office_2023", "office_2020")
    assert row["r_last"] == pytest.approx(log(10949.38 / 12001.52)) and row["r_median"] == pytest.approx(log(9283.17 / 10011.29))
    assert row["cells_old"].count(" | ") == 4 and row["cells_new"].count("office_2023") == 5


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("three years are enough", without(FIRST, 2014, 2015), AFTER, [("census_revision", 2018, 2016, 2018)]),
        ("two years are not", without(FIRST, 2014, 2015, 2016), AFTER, [("open", None, 2017, 2018)]),
        ("nothing compared behind the census", without(FIRST, 2019), AFTER, [("census_revision", 2018, 2014, 2018)]),
        ("the new edition does not reach behind it", without(FIRST, 2019), without(AFTER, 2019), [("open", None, 2014, 2018)]),
        (
            "the year after the census may be in it",
            FIRST,
            scaled(AFTER, 0.92, [2019]) | {2020: "12400.56"},
            [("census_revision", 2018, 2014, 2019)],
        ),
        ("1.4 % at its end is large enough", FIRST, built_up(FIRST, 1.014, range(2014, 2019)), [("census_revision", 2018, 2014, 2018)]),
        ("1.2 % of a single indicator is not", FIRST, built_up(FIRST, 1.012, range(2014, 2019)), [("open", None, 2014, 2018)]),
        ("one ratio for all years is a new method", FIRST, scaled(FIRST, 1.02, range(2014, 2019)), [("open", None, 2014, 2018)]),
        ("a block that ends two years before", FIRST, scaled(FIRST, 1.02, range(2014, 2017)), [("open", None, 2014, 2016)]),
    ],
)
def test_what_is_a_census_and_its_nearest_misses(named, line, name, old, new, expected):
    old = old | ({2020: "12400.56"} if 2020 in new else {})
    assert named(line(old, "office_2020") + line(new, "office_2023")) == expected, name


def test_an_edition_of_the_census_year_cannot_bring_it(named, line):
    assert named(line(FIRST, "office_2018-01") + line(AFTER, "office_2018-12")) == [("open", None, 2014, 2018)]


def test_the_yearbook_2018_is_no_census(named, line):
    """+1.76 … +1.85 % in 2013–2016, then agreement: too early for 2018, too late for 2013."""
    old = {2013: "8006.60", 2014: "8692.10", 2015: "9300.07", 2016: "10011.29", 2017: "11037.28"}
    new = {2013: "8147.32", 2014: "8850.54", 2015: "9472.40", 2016: "10193.29", 2017: "11037.28"}
    assert named(line(old, "office_2018-02") + line(new, "office_2018-11")) == [("open", None, 2013, 2016)]


def test_without_a_cut_behind_it_a_part_is_no_census(named, line):
    """The whole history moves by 2 % and goes on doing so behind 2019: no step marks a census."""
    years = range(2014, 2023)
    old = {year: f"{1000 + 100 * (year - 2014)}.00" for year in years}
    assert named(line(old, "office_2023-01") + line(scaled(old, 1.02, years), "office_2023-12")) == [("open", None, 2014, 2022)]


@pytest.mark.parametrize(("behind", "event"), [(-0.045, "open"), (-0.025, "census_revision")])
def test_a_cut_is_three_times_as_large_as_the_usual_step(named, line, behind, event):
    """-5, -6, -7, -7, -6 % moves by about one point a year: 1.5 points are no cut, 3.5 are one; what follows stands alone."""
    r = {2014: -0.05, 2015: -0.06, 2016: -0.07, 2017: -0.07, 2018: -0.06} | dict.fromkeys(range(2019, 2023), behind)
    old, new = dict.fromkeys(r, "10000.00"), {year: f"{10000 * exp(value):.2f}" for year, value in r.items()}
    found = named(line(old, "office_2023-01") + line(new, "office_2023-09"))
    assert found == ([("open", None, 2014, 2022)] if event == "open" else [(event, 2018, 2014, 2018), ("open", None, 2019, 2022)])


def test_only_indicators_that_a_census_revises_have_one(named, line):
    assert named(line(FIRST, "office_2020", **TRADE) + line(AFTER, "office_2023", **TRADE)) == [("open", None, 2014, 2018)]


def test_the_latest_census_at_which_the_block_ends_names_it(named, line):
    """A panel that shows a step in 2005 | 2006 too: its break, which is marked behind 2018, is that of the census of 2018."""
    years = [*range(2002, 2021)]
    old = dict.fromkeys(years, "1000.00")
    new = {year: f"{1000 - 30 * (year - 2001)}.00" if year <= 2005 else f"{1050 - 20 * (year - 2001)}.00" for year in years}
    new |= {2019: "1000.00", 2020: "1000.00"}
    assert named(line(old, "panel_2022") + line(new, "late_panel_2024")) == [("census_revision", 2018, 2002, 2018)]


@pytest.mark.parametrize(("agreeing", "event"), [(2, "census_revision"), (1, "open")])
def test_half_of_the_indicators_must_agree(events, line, agreeing, event):
    """Four indicators that could show it: two are enough, one is chance."""
    indicators = ("gdp_current_prices", *SECTORS)
    old = {key: line(FIRST, "office_2020", indicator=key) for key in indicators}
    new = {
        key: line(AFTER if number < agreeing else FIRST, "office_2023", indicator=key) for number, key in enumerate(indicators)
    }
    found = events([row for part in (*old.values(), *new.values()) for row in part])
    assert set(found["event"]) == {event} and len(found) == agreeing


def test_of_one_source_the_edition_with_the_largest_claim_brings_the_census(events, line):
    """The yearbook after next corrects the same years once more by 1 %: no second census of 2018."""
    again = scaled(AFTER, 1.01, range(2014, 2019))
    found = events(line(FIRST, "office_2020") + line(AFTER, "office_2021") + line(again, "office_2022"))
    assert found[["edition", "event"]].values.tolist() == [["office_2021", "census_revision"], ["office_2022", "open"]]


def test_series_too_thinly_printed_to_be_tested_join(events, line):
    """Main years of the sectors show 2012 only; GDP shows the census. A rate that is counted with it joins too."""
    thin = line({2012: "3402.23"}, "office_2020", indicator="secondary_value_added")
    thin += line({2012: "3010.60", 2020: "4381.44"}, "office_2023", indicator="secondary_value_added")
    rates = line({2012: "10.6"}, "office_2020", indicator="gdp_growth_real") + line(
        {2012: "9.9"}, "office_2023", indicator="gdp_growth_real"
    )
    found = events(line(FIRST, "office_2020") + line(AFTER, "office_2023") + thin + rates).set_index("indicator")
    assert found["event"].tolist() == ["census_revision"] * 3 and found["census"].tolist() == [2018] * 3
    alone = events(thin)
    assert alone["event"].tolist() == ["open"]


@pytest.mark.parametrize(
    ("years", "published", "event"),
    [
        (range(2011, 2020), "office_2021", "population_census_revision"),  # 2011–2019 after the census of 2020
        (range(2018, 2021), "office_2022", "population_census_revision"),
        (range(2018, 2020), "office_2021", "open"),  # two years
        (range(2011, 2019), "office_2021", "open"),  # ends two years before
        (range(2011, 2020), "office_2020", "open"),  # came out before it was counted
    ],
)
def test_population_up_to_the_census_or_the_year_before(named, line, years, published, event):
    old = {year: f"{800 + 5 * (year - 2010)}.00" for year in range(2010, 2023)}
    new = scaled(old, 1.05, years)
    people = {"indicator": "population_resident"}
    found = named(line(old, "office_2020-01", **people) + line(new, published, **people))
    census = 2020 if event != "open" else None
    assert found == [(event, census, years[0], years[-1])]


@pytest.mark.parametrize(("known", "event"), [(2018, "population_census_revision"), (2016, "open")])
def test_where_nothing_later_was_known_the_run_ends_with_what_was(named, line, known, event):
    """A yearbook of 2019 ends in 2018; the next one at hand is that of 2021, after the census of 2020."""
    old = {year: f"{800 + 5 * (year - 2010)}.00" for year in range(2010, known + 1)}
    new = scaled(old, 1.05, range(known - 4, known + 1)) | {2020: "870.00"}
    people = {"indicator": "population_resident"}
    found = named(line(old, "office_2019", **people) + line(new, "office_2021", **people))
    assert found == [(event, 2020 if event != "open" else None, known - 4, known)]


# --- small corrections --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tertiary", "events_expected"), [("7593.71", {"reclassified"}), ("7600.00", {"open"})])
def test_parts_that_move_against_each_other_are_reclassified(events, line, tertiary, events_expected):
    """Sectors of 2020: 4361.56 + 7613.59 = 4381.44 + 7593.71. Here in the middle of the years, so that it is no final figure."""
    old, new = (
        dict(zip(SECTORS, texts, strict=True)) for texts in (("425.41", "4361.56", "7613.59"), ("425.41", "4381.44", tertiary))
    )
    rows = []
    for edition, figures in (("office_2022", old), ("office_2023", new)):
        for sector, text in figures.items():
            rows += line({2020: text, 2021: "100.00"}, edition, indicator=sector)
    found = events(rows)
    assert set(found["event"]) == events_expected and set(found["indicator"]) == set(SECTORS[1:])


@pytest.mark.parametrize(
    ("years", "factor", "event"),
    [
        ((2012,), 1.02, "final_figure"),
        ((2010, 2011, 2012), 1.02, "final_figure"),
        ((2010, 2011, 2012), 0.98, "final_figure"),
        ((2009, 2010, 2011, 2012), 1.02, "open"),  # four years
        ((2011, 2012), 1.04, "open"),  # ln 1.04 = 3.9 %, above 3 %
        ((2012,), 1.031, "open"),  # 3.05 %
        ((2012,), 1.030, "final_figure"),  # 2.96 %
        ((2010, 2011), 1.02, "open"),  # not up to the last one known
    ],
)
def test_a_small_change_up_to_the_newest_year_is_the_final_figure(named, line, years, factor, event):
    old = {year: f"{100 + year - 2008}.000" for year in range(2008, 2013)}
    new = {year: f"{float(text) * factor:.3f}" if year in years else text for year, text in old.items()}
    assert named(line(old, "office_2013", **TRADE) + line(new, "office_2014", **TRADE)) == [(event, None, years[0], years[-1])]


def test_the_newest_year_is_that_of_the_older_edition(named, line, observe):
    """A communiqué prints 2017 alone; the yearbook of 2023 prints other years behind it and settles 2017 all the same."""
    old = [observe("1157.1", 2017, "office_2018", **TRADE), observe("1368.3", 2021, "office_2022", **TRADE)]
    found = named(old + line({2017: "1157.24", 2021: "1368.3"}, "office_2023", **TRADE))
    assert found == [("final_figure", None, 2017, 2017)]


@pytest.mark.parametrize(("new", "event"), [("17.3", "final_figure"), ("17.4", "open")])
def test_a_rate_may_move_by_one_point(named, observe, new, event):
    rate = {"indicator": "industry_above_scale_growth_real"}
    found = named([observe("16.3", 2003, "office_2004", **rate), observe(new, 2003, "office_2006", **rate)])
    assert found == [(event, None, 2003, 2003)]


@pytest.mark.parametrize(
    ("third", "event"),
    [
        (("7302.11", "panel_2024", {}), "misprint"),
        (("6869.61", "office_2023", {}), "open"),
        (("7302.50", "panel_2024", {}), "open"),
    ],
)
def test_a_single_figure_that_a_third_edition_denies_is_a_misprint(events, observe, third, event):
    """Qingdao 2012: 7980.11 on a portal, doubted by the project, against 7302.11."""
    rows = [observe("7302.11", 2012, "office_2013-02", **TRADE), observe("7980.11", 2012, "office_2013-12", status="U", **TRADE)]
    found = events([*rows, observe(third[0], 2012, third[1], **TRADE)]).set_index("edition")
    assert found.loc["office_2013-12", "event"] == event


# --- copies ---------------------------------------------------------------------------------------------------------------------------------


def test_a_copy_of_a_figure_since_revised_is_stale(events, line, observe):
    official = line(FIRST, "office_2020", **TRADE) + line(scaled(FIRST, 1.05, [2015]), "office_2023", **TRADE)
    found = events([*official, observe("9300.1", 2015, "panel_2024", **TRADE)]).set_index("edition")
    assert found.loc["panel_2024", "event"] == "stale_copy"


@pytest.mark.parametrize(("years", "event"), [(range(2014, 2019), "stale_copy"), (range(2014, 2018), "copy_deviates")])
def test_a_copy_that_differs_up_to_a_census_stands_on_the_basis_before_it(events, line, years, event):
    """No older official figure is known; the cut alone tells it."""
    panel = {year: FIRST[year] if year in years else AFTER[year] for year in AFTER}
    found = events(line(AFTER, "office_2023") + line(panel, "panel_2024"))
    assert found[["edition", "event"]].values.tolist() == [["panel_2024", event]]


def test_a_copy_of_something_else_than_the_older_figures_is_not_stale(events, line):
    """The older figures are known and the copy is far from them: another basis, of which the office has printed nothing."""
    panel = scaled(AFTER, 0.97, range(2014, 2019))
    found = events(line(FIRST, "office_2020") + line(AFTER, "office_2023") + line(panel, "panel_2024")).set_index("edition")
    assert found.loc["panel_2024", "event"] == "copy_deviates"


def test_of_two_copies_the_superseded_one_is_named(events, line):
    old, new = {2015: "100.0", 2016: "110.0"}, {2015: "100.0", 2016: "120.0"}
    assert events(line(old, "panel_2020", **TRADE) + line(new, "late_panel_2021", **TRADE))["event"].tolist() == [
        "superseded_copy"
    ]
    beijing = {"city": "beijing", **TRADE}  # where the later panel supersedes nothing
    assert events(line(old, "panel_2020", **beijing) + line(new, "late_panel_2021", **beijing))["event"].tolist() == ["open"]


# --- findings ------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def flagged(catalogue, admit):
    def find(observations):
        overlaps = name_overlaps(compare_editions(admit(observations), catalogue), catalogue)
        return event_findings(gather_events(overlaps), overlaps)

    return find


def test_an_open_revision_is_a_high_finding_and_a_named_one_is_none(flagged, line):
    old, new = {2013: "100.0", 2014: "100.0", 2015: "100.0"}, {2013: "150.0", 2014: "100.0", 2015: "101.0"}
    found = flagged(line(old, "office_2016", **TRADE) + line(new, "office_2017", **TRADE))
    assert found[["check", "level", "year", "edition", "suggestion"]].values.tolist() == [
        ["open", "high", 2013, "office_2017", "declare"]
    ]
    assert found["cells"].iloc[0].split(" | ")[0].startswith("office_2017/") and "office_2016/" in found["cells"].iloc[0]


@pytest.mark.parametrize(("new", "text"), [("7320.11", "open_digits"), ("7980.11", "open"), ("7302.91", "open")])
def test_an_open_figure_whose_digits_are_swapped_says_so(flagged, line, new, text):
    old = {2011: "6615.60", 2012: "7302.11", 2013: "8006.60"}
    found = flagged(line(old, "office_2014", **TRADE) + line(old | {2012: new}, "office_2015", **TRADE))
    assert found["explanation"].tolist() == [found["explanation"].iloc[0]] and f'"text": "{text}"' in found["explanation"].iloc[0]


@pytest.mark.parametrize(
    ("one", "other", "swapped"),
    [("7302.11", "7320.11", True), ("730.21", "732.01", True), ("73.1", "71.3", True), ("12", "21", True), ("12", "12", False),
     ("120", "12", False), ("1234", "4231", False)],
)  # fmt: skip
def test_two_neighbouring_digits_are_swapped(one, other, swapped):
    assert digits_swapped(one, other) is swapped


def test_shifted_years_are_an_error(flagged, line):
    old = {2010: "100.0", 2011: "120.0", 2012: "130.0", 2013: "155.0"}
    new = {2010: "90.0", 2011: "100.0", 2012: "120.0", 2013: "130.0"}
    found = flagged(line(old, "office_2014", **TRADE) + line(new, "office_2015", **TRADE))
    assert found[["check", "level"]].values.tolist() == [["year_shift", "error"]]


def test_every_event_that_a_rule_gives_is_listed():
    import ast
    import inspect

    from qdlib.observations import revisions

    texts = {node.value for node in ast.walk(ast.parse(inspect.getsource(revisions))) if isinstance(node, ast.Constant)}
    assert set(EVENTS) <= texts and len(EVENTS) == len(set(EVENTS)) == 13


@pytest.mark.parametrize(
    ("event", "census", "cause", "zh", "en"),
    [
        ("census_revision", 2018, "", "第四次全国经济普查修订", "revision: Fourth national economic census"),
        ("population_census_revision", 2020, "", "第七次全国人口普查修订", "revision: Seventh national population census"),
        ("boundary_change", 2018, "", "行政区划调整后的追溯修订（第四次全国经济普查）",
         "back-cast after a change of area (Fourth national economic census)"),
        ("open", pd.NA, "", "待查", "open"),
    ],
)
def test_an_event_is_said_with_the_name_of_its_census(catalogue, event, census, cause, zh, en):
    row = pd.Series({"event": event, "census": census, "cause": cause})
    assert (say_event(row, catalogue, "zh"), say_event(row, catalogue, "en")) == (zh, en)


def test_a_declared_cause_is_said_by_its_name(catalogue):
    row = pd.Series({"event": "method_revision", "census": pd.NA, "cause": "research_spending_in_gdp"})
    assert say_event(row, catalogue, "zh").startswith("研发支出核算方法改革")


def test_the_order_of_the_rows_does_not_matter(catalogue, admit, line):
    rows = admit(line(FIRST, "office_2020") + line(AFTER, "office_2023") + line(FIRST, "panel_2024"))
    shuffled = rows.sample(frac=1, random_state=3)
    one, two = (name_events(compare_editions(frame, catalogue), catalogue) for frame in (rows, shuffled))
    pd.testing.assert_frame_equal(one, two)
    assert np.isfinite(one["r_median"]).all()
