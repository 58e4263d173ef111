"""What cannot be computed is a result, and each published cut has its nearest miss."""

import pytest

from qdlib.analysis.growth_ratio import (
    eurostat_rate_score,
    eurostat_score,
    growth_rate,
    growth_ratio,
    limit_factor,
    statcan_rate_score,
    statcan_rate_status,
    statcan_score,
    statcan_status,
    unsd_ratio,
    unsd_score,
)


@pytest.mark.parametrize(
    ("base", "value", "target", "reason"),
    [
        (0, 190, 280, "zero_base"),
        (103, 29, 0, "zero_target"),
        (103, 0, 50, "zero_value"),
        (-5, 3, 10, "sign_change"),
        (5, 6, -1, "sign_change"),
        (5, 6, 5, "no_distance"),
    ],
)
def test_nothing_is_substituted(base, value, target, reason):
    found = growth_ratio(base, 2015, value, 2023, target, 2030, 1)
    assert (found.value, found.reason) == (None, reason)


def test_a_substitute_would_decide_the_verdict():
    """103 → 29, target 0: limited, limited or nearly moderate, as one likes. 190 of 280 from nothing: "on track"."""
    found = [growth_ratio(103, 2015, 29, 2023, target, 2030, -1).value for target in (0.001, 0.1, 1)]
    assert found == pytest.approx([0.273, 0.396, 0.551], abs=5e-4)
    assert growth_ratio(0.001, 2021, 190, 2025, 280, 2026, 1).value == pytest.approx(1.761, abs=5e-4)


@pytest.mark.parametrize(("year", "end"), [(2015, 2030), (2014, 2030), (2023, 2015)])
def test_time_must_have_passed(year, end):
    assert growth_ratio(5, 2015, 6, year, 9, end, 1).reason == "no_elapsed_time"
    assert unsd_ratio(5, 2015, 6, year, 9, end).reason == "no_elapsed_time"


def test_under_a_year_there_is_no_rate():
    assert growth_rate(5, 2015, 6, 2015.5, 1).reason == "no_elapsed_time"
    assert growth_rate(0, 2015, 6, 2017, 1).reason == "zero_base"


def test_a_debt_that_shrinks_is_progress_where_more_is_better():
    """−10 → −8 toward −5: the level rises although its amount falls."""
    assert growth_ratio(-10, 2015, -8, 2020, -5, 2030, 1).value > 0
    assert growth_rate(-10, 2015, -8, 2020, 1).value > 0
    assert growth_rate(-10, 2015, -12, 2020, 1).value < 0


@pytest.mark.parametrize(
    ("ratio", "status"),
    [
        (0.95, "substantial_progress"),
        (0.9499, "moderate_progress"),
        (0.60, "moderate_progress"),
        (0.5999, "limited_progress"),
        (0.0, "limited_progress"),
        (-0.0001, "deterioration"),
        (None, "not_available"),
    ],
)
def test_statuses(ratio, status):
    assert statcan_status(ratio, achieved=False) == status


def test_a_target_reached_is_achieved_whatever_the_ratio():
    assert (statcan_status(-3.0, achieved=True), statcan_score(-3.0, achieved=True)) == ("target_achieved", 5.0)


@pytest.mark.parametrize(("ratio", "score"), [(2, 5), (1.3, 5), (0.6, 0), (0, -2.5), (-0.6, -5), (-2, -5)])
def test_eurostat_score(ratio, score):
    assert eurostat_score(ratio) == pytest.approx(score)


@pytest.mark.parametrize(("rate", "score"), [(0.05, 5), (0.02, 5), (0.01, 2.5), (0, 0), (-0.03, -5)])
def test_eurostat_score_of_a_rate(rate, score):
    assert eurostat_rate_score(rate) == pytest.approx(score)


@pytest.mark.parametrize(
    ("rate", "status"),
    [
        (0.015, "substantial_progress"),
        (0.0149, "moderate_progress"),
        (0.005, "moderate_progress"),
        (0.0049, "limited_progress"),
        (0.0, "limited_progress"),
        (-1e-9, "deterioration"),
        (None, "not_available"),
    ],
)
def test_statuses_of_rates(rate, status):
    assert statcan_rate_status(rate) == status


def test_cuts_shrink_toward_a_limit_from_both_sides():
    """90 of 100 and 110 of 100 are equally near; without a limit, or twice beyond it, nothing shrinks."""
    assert limit_factor(90, 100) == pytest.approx(limit_factor(110, 100)) == pytest.approx(1 - 0.9**4.44)
    assert [limit_factor(50, None), limit_factor(200, 100), limit_factor(-1, 100)] == [1.0, 1.0, 1.0]
    assert statcan_rate_status(0.010, limit_factor(90, 100)) == "substantial_progress"
    assert statcan_rate_score(0.001, limit_factor(100, 100)) is None


@pytest.mark.parametrize(("ratio", "score"), [(0.95, 3), (0.949, 2), (0.10, 2), (0.099, 1), (-1, 1)])
def test_unsd_score(ratio, score):
    assert unsd_score(ratio) == score


def test_unsd_takes_a_target_of_zero_but_no_base_of_zero():
    assert unsd_ratio(103, 2015, 29, 2023, 0, 2030).value == pytest.approx(1 - (29 / 103) ** (15 / 8))
    assert unsd_ratio(0, 2015, 29, 2023, 50, 2030).reason == "zero_base"
    assert unsd_ratio(5, 2015, 6, 2023, 5, 2030).reason == "no_distance"
