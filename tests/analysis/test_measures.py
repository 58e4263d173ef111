"""Small measures at their edges: status index, realisation, two-piece normal, attainment, quotas, nowcast."""

import numpy as np
import pytest

from qdlib.analysis import distance, nowcast, realisation, status_index, two_piece
from qdlib.errors import DataError


def test_an_index_without_distance_or_with_the_wrong_sign_is_none():
    assert status_index.status_index(5, 6, 5, 1).reason == "no_distance"
    assert status_index.status_index(68.6, 46.7, 55, 1).reason == "base_beyond_target"
    assert status_index.parity_index(1, 0.9).reason == "no_distance"


def test_too_much_is_as_bad_as_too_little_for_a_parity():
    assert status_index.parity_index(0.8, 1.1).value == pytest.approx(status_index.parity_index(0.8, 0.9).value)


def test_realisation_is_capped_and_never_negative():
    assert (realisation.realise_at_least(33, 30), realisation.realise_at_least(-1, 30)) == (1.0, 0.0)
    assert (realisation.realise_at_most(0, 0), realisation.realise_at_most(3, 0)) == (1.0, 0.0)
    assert [realisation.realise_within(value, (3, 6), (1, 12)) for value in (3, 6, 12, 20)] == [1, 1, 0, 0]


def test_degrees_without_meaning_are_refused():
    with pytest.raises(DataError, match="standard"):
        realisation.realise_at_least(1, 0)
    with pytest.raises(DataError, match="at least zero"):
        realisation.realise_at_most(-1, 2)
    for limits in ((4, 12), (3, 6), (1, 5)):
        with pytest.raises(DataError, match="limits"):
            realisation.realise_within(4, (3, 6), limits)


@pytest.mark.parametrize("skew", [-0.5, 0.0, 0.3])
def test_the_two_pieces_join_at_the_mode_and_match_draws(skew):
    at, below = (two_piece.reach_probability(target, 100, 10, skew) for target in (100, 100 - 1e-9))
    assert at == pytest.approx(below, abs=1e-9)
    left, right = two_piece.side_deviations(10, skew)
    random = np.random.default_rng(5)
    sides = random.random(200_000) < right / (left + right)
    draws = 100 + np.where(sides, right, -left) * np.abs(random.standard_normal(200_000))
    for target in (85, 97, 110):
        assert two_piece.reach_probability(target, 100, 10, skew) == pytest.approx((draws >= target).mean(), abs=0.004)


@pytest.mark.parametrize(("sigma", "skew"), [(0, 0), (-1, 0), (1, 1), (1, -1)])
def test_a_distribution_that_does_not_exist_is_refused(sigma, skew):
    with pytest.raises(DataError, match="two-piece normal"):
        two_piece.side_deviations(sigma, skew)


def test_shares_of_way_and_time():
    assert distance.attainment(11, 10, "up") == 1.1
    assert distance.attainment(0, 10, "down") is None
    assert distance.distance(10, 12, 10) is None
    assert distance.rank_distance(5, 4, 5) is None
    assert distance.rank_attainment(3, 5, 15) == 1.0
    assert distance.time_share(2021, 2024, 2026) == 0.6
    with pytest.raises(DataError, match="after its base"):
        distance.time_share(2026, 2024, 2026)


def test_ranks_outside_their_list_and_empty_quotas_are_refused():
    with pytest.raises(DataError, match="list's length"):
        distance.rank_attainment(16, 5, 15)
    for values, quota in (({}, 30), ({2022: 31}, 0)):
        with pytest.raises(DataError, match="quota"):
            distance.measure_quota(values, quota)


def test_other_months_are_no_comparison():
    """January–September beside January–June of the year before is refused."""
    assert nowcast.nowcast_year(2025, 9, {2024: 16719.46}, {(2025, 9): 13000, (2024, 6): 7700}).reason == "other_months"


@pytest.mark.parametrize(
    ("annual", "partial", "reason"),
    [
        ({2024: 100}, {(2024, 10): 82}, "no_part_year"),
        ({2024: 100}, {(2025, 10): 90}, "few_years"),
        ({2022: 100, 2024: 100}, {(2022, 10): 82, (2025, 10): 90}, "few_years"),
        ({2024: 100}, {(2024, 10): 0, (2025, 10): 90}, "not_positive"),
    ],
)
def test_a_nowcast_has_its_reason_where_there_is_none(annual, partial, reason):
    found = nowcast.nowcast_year(2025, 10, annual, partial)
    assert (found.value, found.reason) == (None, reason)
