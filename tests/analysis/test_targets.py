"""The first report on the project's own figures, and each reason with a case of its own."""

from dataclasses import replace

import pandas as pd
import pytest

from qdlib.analysis.cross_checks import CrossChecks, stand_beside
from qdlib.analysis.outlook import Outlook
from qdlib.analysis.pillars import compose_attainment, compose_progress, count_pillars, count_standings, standing
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
    assert (counts[["verdict", "attainment", "stale", "reason", "aspirational"]].sum(axis=1) == counts["targets"]).all()
    assert (counts["on_track"] + counts["behind"] == counts["verdict"]).all()
    assert counts.set_index("pillar").loc["governance", ["aspirational", "reason"]].tolist() == [1, 5]


def test_an_aspiration_that_is_met_is_never_counted_as_met(cases):
    """力争 is a block of its own: it may come true, and is in no other count."""
    met = [replace(case.assessment, status="met_early", reason=None, stale=False) for case in cases]
    counts = count_pillars(met, load_catalogue()).set_index("pillar")
    assert counts.loc["governance", ["targets", "verdict", "met", "aspirational"]].tolist() == [6, 5, 5, 1]


def test_what_rises_but_is_not_met_is_behind(cases):
    """Up and good are two things."""
    rising = [replace(case.assessment, status="recovering", reason=None, stale=False) for case in cases]
    counts = count_pillars(rising, load_catalogue())
    assert counts["on_track"].sum() == counts["met"].sum() == 0 and counts["behind"].sum() == 30


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


def test_stability_of_the_first_report(cases):
    """Firms: nine of twelve variants, and the base decides; trade: 2021 was a leap, from any earlier base it would be ahead."""
    found = {key: item.robustness for key, item in by_id(cases).items()}
    worth = {key: (found[key].stability_same, found[key].stability_variants, found[key].stability_mark) for key in STATUSES}
    assert worth["T03"] == (9, 12, "approximate")
    assert worth["T02"] == (3, 3, "plain")
    assert worth["T17"] == (6, 6, "plain")
    assert (worth["T04"][2], worth["T05"][2]) == ("doubtful", "doubtful")
    assert found["T03"].sensitive_to == found["T04"].sensitive_to == "base"
    assert found["T17"].sensitive_to is None
    assert all(item.stability is None for key, item in found.items() if key not in STATUSES)


def test_rounding_of_the_first_report(cases):
    """13,000 万 tourists are printed in whole thousands: their rounding alone moves the word."""
    found = {key: item.robustness for key, item in by_id(cases).items()}
    assert found["T05"].rounding_sensitive and not found["T17"].rounding_sensitive
    assert found["T17"].schedule_low < 0.858893972 < found["T17"].schedule_high


def test_no_figure_of_the_first_report_jumps(cases):
    assert {item.robustness.jump for item in by_id(cases).values()} == {None}


def test_growth_measures_stand_beside_the_verdict_or_say_why_not(cases):
    found = {key: item.checks for key, item in by_id(cases).items()}
    growth = ((5513.2 / 4685) ** (1 / 3) - 1) / ((6400 / 4685) ** (1 / 5) - 1)
    assert found["T17"].growth_ratio == pytest.approx(growth)
    assert found["T17"].growth_ratio_status == "moderate_progress"
    assert (found["T17"].unsd_score, found["T17"].weather_reason) == (2, "few_figures")
    assert found["T17"].status_index == pytest.approx(10 * (5513.2 - 4685) / (6400 - 4685))
    assert (found["T02"].growth_ratio, found["T02"].growth_ratio_reason) == (None, "not_level")
    assert found["T23"].growth_ratio_reason == "no_base"
    assert found["T01"].weather_reason == "no_public_data"
    for item in found.values():
        assert (item.growth_ratio is None) == (item.score_statcan is None) == (item.growth_ratio_reason is not None)
        assert (item.unsd is None) == (item.unsd_reason is not None)
        assert (item.status_index is None) == (item.status_index_reason is not None)
        assert (item.weather is None) == (item.weather_reason is not None)


def test_closed_form_drift_stands_beside_the_forecast(cases):
    """Firms: the forecast sees that the last year stood still, the drift does not, and the difference is said."""
    found = {key: item.checks for key, item in by_id(cases).items()}
    assert found["T03"].probability_drift == pytest.approx(0.681178792, abs=1e-9)
    assert found["T03"].models_disagree
    for key in ("T17", "T04"):  # too few figures behind the gap; stale
        assert (found[key].probability_drift, found[key].models_disagree) == (None, None)


def test_a_mark_of_disagreement_needs_more_than_a_third():
    checks = CrossChecks(probability_drift=0.5)
    assert not stand_beside(checks, Outlook(0.6, 0.5, 0.8)).models_disagree
    assert stand_beside(checks, Outlook(0.6, 0.4, 0.8)).models_disagree


def test_frame_carries_the_checks_as_columns(cases):
    frame = assessments_frame(cases).set_index("id")
    assert frame.loc["T03", "stability"] == 0.75
    assert {"growth_ratio", "weather", "status_index", "sensitive_to", "jump"} <= set(frame.columns)
    assert not {"checks", "robustness"} & set(frame.columns)


def test_to_lead_without_a_list_has_no_rule_whatever_its_kind():
    catalogue = load_catalogue()
    target = replace(catalogue.policy.targets["T17"], op="lead", value=None)
    empty = pd.DataFrame(columns=["indicator", "bound", "year", "raw", "source_cell"])
    found = assess_target(target, catalogue, series([(2021, 4685.0, True), (2024, 5513.2, True)], target.indicator), empty, 2025)
    assert found.assessment.reason == "no_operational_rule"


def test_a_floor_covers_at_least_part_of_the_way(cases):
    """ "> 9000" of 2025: at least .111 of the way to 13,000, and no status from it."""
    item = by_id(cases)["T04"]
    assert item.checks.distance_at_least == pytest.approx((9000 - 8498.43) / (13000 - 8498.43))
    assert item.stale
    assert by_id(cases)["T17"].checks.distance_at_least is None


def test_no_index_today_because_most_is_missing(cases):
    for compose in (compose_attainment, compose_progress):
        found = compose(case.assessment for case in cases)
        assert (found.arithmetic, found.reason) == (None, "too_many_missing")
        assert "T01" in found.missing and "T06" not in found.missing  # an aspiration is not in it at all


def test_index_of_the_commitments_that_can_be_judged(cases):
    judged = [item for item in by_id(cases).values() if standing(item) == "verdict"]
    attained = compose_attainment(judged)
    assert attained.components == 3
    assert attained.arithmetic == pytest.approx(100 * (1 + 8683 / 10000 + 5513.2 / 6400) / 3)
    assert compose_progress(judged).arithmetic < attained.arithmetic
    assert attained.sensitivity["rounding"] > 0


def test_a_stale_figure_is_missing_from_an_index(cases):
    """A stale verdict is shown and not counted, so two of five are missing: no index."""
    judged = [item for item in by_id(cases).values() if item.status]
    found = compose_attainment(judged)
    assert (found.components, set(found.missing), found.reason) == (5, {"T04", "T05"}, "too_many_missing")


LEAP = [(2021, 4685.0, True), (2022, 4900.0, True), (2023, 5100.0, True), (2024, 11000.0, True)]


def test_a_leap_keeps_the_old_word_until_it_is_confirmed():
    """13.6 → 46.2 in one year looks like a wrong row: the word before it stands, and what is held back is shown."""
    held = assess(LEAP)
    assert (held.status, held.latest_year) == (assess(LEAP[:-1]).status, 2023)
    assert (held.robustness.jump, held.robustness.jump_year, held.robustness.jump_value) == ("jump_unconfirmed", 2024, 11000.0)


def test_a_confirmed_leap_counts():
    catalogue = load_catalogue()
    target = catalogue.policy.targets["T17"]
    empty = pd.DataFrame(columns=["indicator", "bound", "year", "raw", "source_cell"])
    found = assess_target(target, catalogue, series(LEAP, target.indicator), empty, 2025, {("T17", 2024)}).assessment
    assert (found.status, found.latest_year, found.robustness.jump) == ("met_early", 2024, None)


def test_a_leap_without_an_earlier_word_is_the_reason():
    found = assess([LEAP[0], LEAP[-1]][:1] + [(2022, 11000.0, True)])
    assert (found.status, found.reason, found.robustness.jump_year) == (None, "jump_unconfirmed", 2022)


def test_a_cumulative_count_starts_at_nothing():
    """190 of 280 after four of five years: 224 are due, and no growth ratio from zero."""
    found = assess([(2025, 190.0, True)], "T28")
    assert found.schedule == pytest.approx(0.848214286, abs=1e-9)
    assert (found.status, found.base_value, found.base_year) == ("slightly_behind", 0.0, 2021)
    assert (found.checks.growth_ratio, found.checks.growth_ratio_reason) == (None, "zero_base")


def test_a_yearly_quota_has_hit_rate_and_backlog():
    found = assess([(2022, 31.0, True), (2023, 28.0, True), (2024, 35.0, True), (2025, 30.0, True)], "T24")
    checks = found.checks
    assert (checks.quota_hit_rate, checks.quota_backlog) == (0.75, 2)
    assert checks.quota_mean_capped == pytest.approx(0.983333333, abs=1e-9)
    assert checks.growth_ratio_reason == "not_level"


def test_a_quota_missed_once_is_not_met_at_the_end():
    years = [(2021, 10.0, True), (2022, 31.0, True), (2023, 28.0, True), (2024, 35.0, True), (2025, 30.0, True), (2026, 40.0, True)]
    assert assess(years, "T24", 2026).status == "not_met"
    assert assess([(year, max(value, 30.0), known) for year, value, known in years], "T24", 2026).status == "met"


def test_a_loss_is_never_shown_as_way_covered():
    """68.6 → 46.7 for a target of 55 would be P 1.61 and R −2.36."""
    found = assess([(2021, 7000.0, True), (2022, 6500.0, True), (2023, 5500.0, True), (2024, 4600.0, True)])
    assert found.status == "lost"
    assert (found.checks.distance, found.checks.growth_ratio_reason) == (None, "base_beyond_target")
    assert (found.checks.status_index, found.checks.unsd) == (None, None)
    assert found.checks.weather == "storm"


def test_rounding_alone_can_decide():
    """98.0 → 98.5 toward 98.8: on schedule, but .889 to 1.176 within rounding."""
    found = assess([(2021, 98.0, True), (2024, 98.5, True)], "T18")
    assert found.schedule == pytest.approx(1.041666667, abs=1e-9)
    assert (found.robustness.schedule_low, found.robustness.schedule_high) == pytest.approx((0.888888889, 1.176470588), abs=1e-9)
    assert found.robustness.rounding_sensitive


def test_a_bound_alone_is_no_verdict():
    catalogue = load_catalogue()
    target = catalogue.policy.targets["T04"]
    rows = pd.DataFrame(
        {
            "indicator": [target.indicator],
            "scope": ["whole_city"],
            "bound": ["above"],
            "year": [2025],
            "raw": ["> 9000"],
            "source_cell": ["e/f.csv!csv!A1"],
            "published": ["2025-12"],
            "amount": [9000.0],
        }
    )
    found = assess_target(target, catalogue, series([], target.indicator), rows, 2025).assessment
    assert (found.status, found.reason, found.bound) == (None, "bound_only", "> 9000")
