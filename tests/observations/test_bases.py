"""Editions that print two bases: found from the census and from stale copies, and marked with status B."""

import pandas as pd
import pytest

from qdlib.observations.bases import find_mixed_bases, mark_breaks
from qdlib.observations.comparisons import compare_editions
from qdlib.observations.flags import mixed_findings
from qdlib.observations.revisions import name_overlaps

# Qingdao's GDP, first published and in the yearbook 2023: a census block that ends in 2018.
FIRST = {2014: "8692.10", 2015: "9300.07", 2016: "10011.29", 2017: "11037.28", 2018: "12001.52", 2019: "11741.31"}
AFTER = {2014: "8120.66", 2015: "8658.57", 2016: "9283.17", 2017: "10136.96", 2018: "10949.38", 2019: "11741.31"}


def without(figures: dict, *years: int) -> dict:
    return {year: text for year, text in figures.items() if year not in years}


@pytest.fixture
def mixed(catalogue, admit):
    def find(observations):
        rows = admit(observations)
        return rows, find_mixed_bases(rows, name_overlaps(compare_editions(rows, catalogue), catalogue), catalogue)

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
