"""Revisions: what a newer edition did, named by the first rule that holds; editions that mix two bases."""

from math import exp, log

import pandas as pd
import pytest

from qdlib.observations.build import mixed_findings, open_findings
from qdlib.observations.revisions import compare_editions, find_mixed_bases, mark_breaks, name_events, revised_blocks

# Qingdao's GDP, first published and in the yearbook 2023: a census block that ends in 2018.
FIRST = {2014: "8692.10", 2015: "9300.07", 2016: "10011.29", 2017: "11037.28", 2018: "12001.52", 2019: "11741.31"}
AFTER = {2014: "8120.66", 2015: "8658.57", 2016: "9283.17", 2017: "10136.96", 2018: "10949.38", 2019: "11741.31"}


@pytest.fixture
def compare(catalogue, admit):
    return lambda observations: compare_editions(admit(observations), catalogue)


@pytest.fixture
def events(catalogue, admit):
    return lambda observations: name_events(compare_editions(admit(observations), catalogue), catalogue)


@pytest.fixture
def named(events):
    """Event, census, first and last year of each block."""
    return lambda observations: [
        (row.event, None if pd.isna(row.census) else int(row.census), row.first_year, row.last_year)
        for row in events(observations).itertuples()
    ]


# --- one figure beside the one before -------------------------------------------------------------------------------------------


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
    assert compare(rows)[["edition_old", "edition"]].values.tolist() == [["office_2019", "bureau_2021"]]


def test_copies_alone_are_a_chain_the_superseded_one_first(compare, observe):
    rows = [observe("100.0", 2018, "panel_2026"), observe("110.0", 2018, "late_panel_2024")]
    assert compare(rows)[["edition_old", "edition"]].values.tolist() == [["panel_2026", "late_panel_2024"]]


@pytest.mark.parametrize("fields", [{"status": "U"}, {"status": "F"}, {"bound": "about"}])
def test_doubtful_figures_revise_nothing(compare, observe, fields):
    assert compare([observe("100.0", 2018, "office_2019"), observe("110.0", 2018, "office_2020", **fields)]).empty


# --- blocks and their names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("same", "blocks"),
    [
        ([True, True], []),
        ([False], [(0, 0)]),
        ([False, True, False, False], [(0, 0), (2, 3)]),
        ([True, False, False, True], [(1, 2)]),
    ],
)
def test_a_block_is_a_run_of_revised_years(same, blocks):
    assert revised_blocks(pd.Series(same).to_numpy()) == blocks


def test_a_revision_down_to_the_census_year_and_back_to_agreement_is_the_census(events, line):
    found = events(line(FIRST, "office_2020") + line(AFTER, "office_2023"))
    assert len(found) == 1
    row = found.iloc[0]
    assert (row["event"], row["census"], row["first_year"], row["last_year"], row["years"]) == (
        "census_revision",
        2018,
        2014,
        2018,
        5,
    )
    assert (row["edition"], row["older_editions"]) == ("office_2023", "office_2020")
    assert row["r_last"] == pytest.approx(log(10949.38 / 12001.52)) and row["r_median"] == pytest.approx(log(9283.17 / 10011.29))
    assert row["cells_old"].count(" | ") == 4 and row["cells_new"].count("office_2023") == 5


def without(figures: dict, *years: int) -> dict:
    return {year: text for year, text in figures.items() if year not in years}


def scaled(figures: dict, factor: float, years) -> dict:
    return {year: f"{float(text) * factor:.2f}" if year in years else text for year, text in figures.items()}


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("three years are enough", without(FIRST, 2014, 2015), AFTER, ("census_revision", 2018, 2016, 2018)),
        ("two years are not", without(FIRST, 2014, 2015, 2016), AFTER, ("open", None, 2017, 2018)),
        ("nothing printed behind the census", without(FIRST, 2019), without(AFTER, 2019), ("census_revision", 2018, 2014, 2018)),
        (
            "the year after the census may be in it",
            FIRST,
            scaled(AFTER, 0.92, [2019]) | {2020: "12400.56"},
            ("census_revision", 2018, 2014, 2019),
        ),
        ("0.6 % is large enough", FIRST, scaled(FIRST, 1.006, range(2014, 2019)), ("census_revision", 2018, 2014, 2018)),
        (
            "0.45 % is above .4 %, but its step back is below .5 %",
            FIRST,
            scaled(FIRST, 1.0045, range(2014, 2019)),
            ("open", None, 2014, 2018),
        ),
        (
            "0.3 % that nothing follows",
            without(FIRST, 2019),
            scaled(without(FIRST, 2019), 1.003, FIRST),
            ("open", None, 2014, 2018),
        ),
        (
            "0.45 % that nothing follows",
            without(FIRST, 2019),
            scaled(without(FIRST, 2019), 1.0045, FIRST),
            ("census_revision", 2018, 2014, 2018),
        ),
        ("0.3 % is not", FIRST, scaled(FIRST, 1.003, range(2014, 2019)), ("open", None, 2014, 2018)),
        ("a block that ends two years before", FIRST, scaled(FIRST, 1.02, range(2014, 2017)), ("open", None, 2014, 2016)),
    ],
)
def test_what_is_a_census_and_its_nearest_misses(named, line, name, old, new, expected):
    old = old | ({2020: "12400.56"} if 2020 in new else {})
    assert named(line(old, "office_2020") + line(new, "office_2023")) == [expected], name


def test_the_yearbook_2018_is_no_census(named, line):
    """+1.76 … +1.85 % in 2013–2016, then agreement: too early for 2018, too late for 2013."""
    old = {2013: "8006.60", 2014: "8692.10", 2015: "9300.07", 2016: "10011.29", 2017: "11037.28"}
    new = {2013: "8147.32", 2014: "8850.54", 2015: "9472.40", 2016: "10193.29", 2017: "11037.28"}
    assert named(line(old, "office_2018-02") + line(new, "office_2018-11")) == [("open", None, 2013, 2016)]


def test_without_a_cut_behind_it_a_part_is_no_census(named, line):
    """The whole history moves by 2 % and goes on doing so behind 2019: no step marks a census."""
    years = range(2014, 2023)
    old = {year: f"{1000 + 100 * (year - 2014)}.00" for year in years}
    assert named(line(old, "office_2020") + line(scaled(old, 1.02, years), "office_2023")) == [("open", None, 2014, 2022)]


@pytest.mark.parametrize(("behind", "event"), [(-0.045, "open"), (-0.025, "census_revision")])
def test_a_cut_is_three_times_as_large_as_the_usual_step(named, line, behind, event):
    """-6, -7, -6, -7, -6 % moves by one point a year: a step of 1.5 points is none, one of 3.5 is a cut."""
    r = {2014: -0.06, 2015: -0.07, 2016: -0.06, 2017: -0.07, 2018: -0.06} | dict.fromkeys(range(2019, 2023), behind)
    old, new = dict.fromkeys(r, "10000.00"), {year: f"{10000 * exp(value):.2f}" for year, value in r.items()}
    found = named(line(old, "office_2023-01") + line(new, "office_2023-09"))
    assert found == [(event, 2018 if event != "open" else None, 2014, 2022)]


def test_only_indicators_that_a_census_revises_have_one(named, line):
    """Trade is not counted by the census; the same figures stay open."""
    trade = {"indicator": "goods_trade_cny"}
    assert named(line(FIRST, "office_2020", **trade) + line(AFTER, "office_2023", **trade)) == [("open", None, 2014, 2018)]


def test_the_latest_census_at_which_the_block_ends_names_it(named, line):
    """A panel that shows a step in 2005 | 2006 too: its break, which is marked behind 2018, is that of the census of 2018."""
    years = [*range(2002, 2021)]
    old = dict.fromkeys(years, "1000.00")
    new = {year: "700.00" if year <= 2005 else "850.00" if year <= 2018 else "1000.00" for year in years}
    assert named(line(old, "panel_2022") + line(new, "late_panel_2024")) == [("census_revision", 2018, 2002, 2018)]


@pytest.mark.parametrize(
    ("factor", "event"),
    [
        (10**4, "unit_slip"),
        (10.0**-1, "unit_slip"),
        (10**4 * 10**0.07, "unit_slip"),
        (10**4 * 10**0.09, "open"),
        (10**0.09, "open"),
        (1.4, "open"),
    ],
)
def test_a_power_of_ten_is_a_slip_of_unit(named, line, factor, event):
    """0.08 in log10 is the width; the slip stands in the middle of the printed years, so that it is no final figure."""
    old = {2011: "120.00", 2012: "130.00", 2013: "140.00"}
    new = old | {2011: f"{120 * factor:.4f}", 2012: f"{130 * factor:.4f}"}
    found = named(line(old, "office_2014", indicator="retail_sales") + line(new, "office_2015", indicator="retail_sales"))
    assert found == [(event, None, 2011, 2012)]


def test_ratios_of_two_powers_are_no_slip(named, line):
    old, new = {2011: "1.00", 2012: "1.00", 2013: "1.00"}, {2011: "10.00", 2012: "100.00", 2013: "1.00"}
    assert named(line(old, "office_2014") + line(new, "office_2015")) == [("open", None, 2011, 2012)]


def test_a_share_has_no_slip_of_unit(named, line):
    share = {"indicator": "tertiary_gdp_share"}
    assert named(
        line({2011: "5.0", 2012: "6.0"}, "office_2014", **share) + line({2011: "50.0", 2012: "6.0"}, "office_2015", **share)
    ) == [("open", None, 2011, 2011)]


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
    trade = {"indicator": "goods_trade_cny"}
    found = named(line(old, "office_2013", **trade) + line(new, "office_2014", **trade))
    assert found == [(event, None, years[0], years[-1])]


def test_two_blocks_are_two_events_and_agreement_is_none(named, line):
    old = dict.fromkeys(range(2008, 2014), "100.0")
    new = old | {2008: "150.0", 2010: "160.0", 2011: "170.0"}
    assert named(line(old, "office_2014") + line(new, "office_2015")) == [("open", None, 2008, 2008), ("open", None, 2010, 2011)]
    assert named(line(old, "office_2014") + line(old, "office_2015")) == []


def test_an_open_revision_is_a_high_finding_and_a_named_one_is_not(events, line):
    old, new = {2013: "100.0", 2014: "100.0", 2015: "100.0"}, {2013: "150.0", 2014: "100.0", 2015: "101.0"}
    found = events(line(old, "office_2016") + line(new, "office_2017"))
    assert found["event"].tolist() == ["open", "final_figure"]
    flagged = open_findings(found)
    assert flagged[["check", "level", "year", "edition", "values"]].values.tolist() == [
        ["open", "high", 2013, "office_2017", "2013–2013"]
    ]
    assert "office_2016/" in flagged["cells"].iloc[0] and "office_2017/" in flagged["cells"].iloc[0]


# --- an edition that prints both sides of a cut ---------------------------------------------------------------------------------------


@pytest.fixture
def mixed(catalogue, admit):
    def find(observations):
        rows = admit(observations)
        return rows, find_mixed_bases(rows, name_events(compare_editions(rows, catalogue), catalogue), catalogue)

    return find


MIXED = {2017: "11037.28", 2018: "12001.52", 2019: "11741"}


def test_an_edition_that_prints_both_sides_of_a_cut_is_found(mixed, line):
    rows, found = mixed(line(FIRST, "office_2020") + line(AFTER, "office_2023") + line(MIXED, "panel_2024"))
    assert found[["edition", "year", "census"]].values.tolist() == [["office_2020", 2019, 2018], ["panel_2024", 2019, 2018]]
    assert found["values"].tolist() == [["12001.52", "11741.31"], ["12001.52", "11741"]]
    finding = mixed_findings(found)
    assert finding[["check", "level", "year", "explanation"]].values.tolist() == (
        [["mixed_basis", "high", 2019, '{"census": "2018", "text": "mixed_basis"}']] * 2
    )


@pytest.mark.parametrize(
    ("name", "panel"),
    [
        ("it prints the new basis only", {2018: "10949.38", 2019: "11741.31"}),
        ("it ends before the cut", {2017: "11037.28", 2018: "12001.52"}),
        ("it begins behind the cut", {2019: "11741", 2020: "12401"}),
        ("its old figure is another one", {2018: "12100.00", 2019: "11741"}),
    ],
)
def test_an_edition_on_one_side_is_not(mixed, line, name, panel):
    first = without(FIRST, 2019)
    _, found = mixed(line(first, "office_2019") + line(AFTER, "office_2023") + line(panel, "panel_2024"))
    assert found.empty, name


def test_a_wider_cut_is_found_too(mixed, line):
    """The panel skips 2018; its neighbours in print are 2017 and 2020."""
    first = without(FIRST, 2019)
    _, found = mixed(
        line(first, "office_2019") + line(AFTER, "office_2023") + line({2017: "11037.28", 2020: "12401"}, "panel_2024")
    )
    assert found[["edition", "year"]].values.tolist() == [["panel_2024", 2020]]


@pytest.mark.parametrize(("successor", "witnesses"), [([], ["panel_2022"]), ([("1.0", 2001, "late_panel_2024")], [])])
def test_a_copy_that_another_one_supersedes_bears_no_witness_to_a_census(mixed, line, observe, successor, witnesses):
    """Two editions of one panel differ as after a census; the second is believed until a better panel is at hand."""
    panels = line(FIRST, "panel_2022") + line(AFTER, "panel_2026")
    _, found = mixed(panels + [observe(*figure) for figure in successor])
    assert found["edition"].tolist() == witnesses


def test_the_better_copy_bears_witness_against_the_superseded_one(mixed, line):
    _, found = mixed(line(AFTER, "late_panel_2024") + line(FIRST, "panel_2026"))
    assert found[["edition", "year"]].values.tolist() == [["panel_2026", 2019]]


def test_the_first_year_behind_the_cut_gets_status_b_and_a_note(mixed, line):
    observations = (
        line(without(FIRST, 2019), "office_2019") + line(AFTER, "office_2023") + line(MIXED, "panel_2024", note="rounded")
    )
    rows, found = mixed(observations)
    marked = mark_breaks(rows, found)
    changed = marked[marked["status"] == "B"]
    assert changed[["edition", "year", "note"]].values.tolist() == [
        ["panel_2024", 2019, "rounded; first year after the economic census of 2018"]
    ]
    assert (rows["status"] == "A").all(), "the argument is changed"


@pytest.mark.parametrize(("status", "after"), [("A", "B"), ("P", "B"), ("E", "E"), ("B", "B")])
def test_a_break_is_marked_on_plain_figures_only(mixed, line, observe, status, after):
    panel = [observe("12001.52", 2018, "panel_2024"), observe("11741", 2019, "panel_2024", status=status)]
    rows, found = mixed(line(without(FIRST, 2019), "office_2019") + line(AFTER, "office_2023") + panel)
    marked = mark_breaks(rows, found)
    row = marked[(marked["edition"] == "panel_2024") & (marked["year"] == 2019)].iloc[0]
    assert (row["status"], row["note"] != "") == (after, status in ("A", "P"))


def test_without_mixed_bases_nothing_is_marked(mixed, line):
    rows, found = mixed(line(FIRST, "office_2020"))
    assert found.empty
    pd.testing.assert_frame_equal(mark_breaks(rows, found), rows)
