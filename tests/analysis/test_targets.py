"""The first report on the project's own figures, and each reason with a case of its own."""

import pandas as pd
import pytest

from qdlib.analysis.pillars import count_pillars, count_standings, standing
from qdlib.analysis.targets import assess_policy, assess_target, assessments_frame, last_full_year
from qdlib.catalogue import load_catalogue
from qdlib.observations import store

REASONS = {
    "no_public_data": {"T01", "T15", "T24", "T25", "T27", "T28", "T29", "T30", "T33", "T34", "T36"},
    "no_operational_rule": {"T06", "T31"},
    "before_base": {"T07", "T16"},
    "partial_year_only": {"T10", "T12", "T20"},
    "one_point": {"T08", "T13", "T14", "T21", "T32"},
    "no_base": {"T18", "T19", "T23"},
}
STATUSES = {"T02": "holding", "T03": "slightly_behind", "T04": "slightly_behind", "T05": "well_behind", "T17": "slightly_behind"}


@pytest.fixture
def cases(frozen):
    catalogue = load_catalogue()
    return assess_policy(catalogue, store.read_series("qingdao"), store.read_observations("qingdao"), 2025)


def by_id(cases) -> dict:
    return {case.target.id: case.assessment for case in cases}


def test_every_commitment_has_a_status_or_a_reason(cases):
    found = by_id(cases)
    assert len(found) == 31
    assert {key: item.status for key, item in found.items() if item.status} == STATUSES
    for reason, keys in REASONS.items():
        assert {key for key, item in found.items() if item.reason == reason} == keys


def test_counts_of_the_first_report(cases):
    assert count_standings(case.assessment for case in cases) == {"verdict": 3, "attainment": 1, "stale": 4, "reason": 23}
    assert {key for key, item in by_id(cases).items() if item.stale} == {"T04", "T05", "T18", "T19"}
    assert standing(by_id(cases)["T23"]) == "attainment"


def test_schedules(cases):
    found = by_id(cases)
    assert found["T17"].schedule == pytest.approx(0.858893972, abs=1e-9)
    assert found["T17"].schedule_linear == pytest.approx(0.804859086, abs=1e-9)
    assert found["T17"].years_ahead == pytest.approx(-0.390789304, abs=1e-9)
    assert found["T17"].required_pace == pytest.approx(7.7427642, abs=1e-6)
    assert found["T03"].schedule == pytest.approx(0.937837916, abs=1e-9)
    assert round(found["T04"].schedule, 3) == 0.821
    assert round(found["T05"].schedule, 3) == 0.572
    assert found["T02"].schedule is None and found["T02"].maintain


def test_base_of_the_share_is_derived_in_one_vintage(cases):
    assert by_id(cases)["T02"].base_value == pytest.approx(100 * 4685 / 14136.46)


def test_300_does_not_exceed_300(cases):
    item = by_id(cases)["T23"]
    assert (item.latest_value, item.meets, item.attainment) == (300, False, 1.0)


def test_a_bound_is_no_figure_but_is_told(cases):
    item = by_id(cases)["T04"]
    assert (item.latest_value, item.latest_year) == (9117.2, 2022)
    assert "9000" in item.bound


def test_derived_intensity_is_one_point(cases):
    item = by_id(cases)["T21"]
    assert item.latest_value == pytest.approx(100 * 300.9 / 12400.56)
    assert (item.latest_year, item.reason) == (2020, "one_point")


def test_probability_only_with_five_figures_and_fresh(cases):
    found = by_id(cases)
    assert 0.005 <= found["T03"].probability <= 0.995
    assert found["T03"].probability_low <= found["T03"].probability_high
    assert found["T17"].probability is None and found["T17"].probability_reason == "few_figures"
    assert found["T04"].probability is None


def test_every_figure_used_has_its_cell(cases):
    for item in by_id(cases).values():
        assert (item.latest_value is None and item.base_value is None) or item.source_cells


def test_frame_has_a_row_per_target(cases):
    frame = assessments_frame(cases)
    assert list(frame["id"]) == list(load_catalogue().policy.targets)


def test_pillars_count_every_commitment_once(cases):
    counts = count_pillars([case.assessment for case in cases], load_catalogue())
    assert len(counts) == 6
    assert counts["targets"].sum() == 31
    assert (counts[["verdict", "attainment", "stale", "reason"]].sum(axis=1) == counts["targets"]).all()
    assert counts.set_index("pillar").loc["governance", "aspirational"] == 1


@pytest.mark.parametrize(("today", "year"), [("2026-03-31", 2024), ("2026-04-01", 2025), ("2026-11-23", 2025)])
def test_last_full_year_turns_in_april(today, year):
    assert last_full_year(today) == year


def series(rows: list[tuple], indicator: str) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["year", "amount", "comparable"])
    return frame.assign(
        city="qingdao",
        indicator=indicator,
        scope="whole_city",
        half=0.05,
        unit="",
        status="A",
        edition="e",
        source_cell=[f"e/f.csv!csv!A{n}" for n in range(len(frame))],
        linked=True,
    )


def assess(rows: list[tuple], key: str = "T17", full_year: int = 2025):
    catalogue = load_catalogue()
    target = catalogue.policy.targets[key]
    empty = pd.DataFrame(columns=["indicator", "bound", "year", "raw", "source_cell"])
    return assess_target(target, catalogue, series(rows, target.indicator), empty, full_year).assessment


def test_met_early_and_met_and_not_met():
    assert assess([(2021, 4685.0, True), (2024, 6500.0, True)]).status == "met_early"
    assert assess([(2021, 4685.0, True), (2026, 6400.1, True)], full_year=2026).status == "met"
    assert assess([(2021, 4685.0, True), (2026, 6400.0, True)], full_year=2026).status == "not_met"


def test_a_year_beyond_the_last_full_year_is_not_used():
    assert assess([(2021, 4685.0, True), (2024, 5513.2, True), (2026, 9999.0, True)]).latest_year == 2024


def test_reversed_and_nothing_due():
    assert assess([(2021, 4685.0, True), (2024, 4600.0, True)]).status == "reversed"
    assert assess([(2021, 2.0, True), (2024, 2.0, True)], "T14").status == "nothing_due"


def test_break_between_base_and_latest_is_refused():
    assert assess([(2021, 4685.0, False), (2024, 5513.2, True)]).reason == "break_unspliced"


def test_base_within_two_years_earlier_then_later():
    assert assess([(2019, 4000.0, True), (2024, 5513.2, True)]).base_year == 2019
    assert assess([(2023, 5200.0, True), (2024, 5513.2, True)]).base_year == 2023
    assert assess([(2018, 4000.0, True), (2024, 5513.2, True)]).reason == "no_base"


def test_lost_after_being_met():
    """Base beyond the target, then far below: never told as progress."""
    assert assess([(2021, 68.6, True), (2022, 60.0, True), (2023, 52.0, True), (2024, 46.7, True)], "T10").status == "lost"
