"""Frequencies in peers: windows, counts, Jeffreys' interval."""

import pandas as pd
import pytest

from qdlib.analysis.reference_class import Frequency, growth_frequency, window_growth


def peer(values: dict[int, float], comparable: bool = True) -> pd.DataFrame:
    return pd.DataFrame({"year": list(values), "amount": list(values.values()), "comparable": comparable})


def test_jeffreys_estimate_and_interval():
    for hits, windows, estimate, interval in (
        (3, 40, 0.085365854, (0.027588924, 0.166112586)),
        (6, 105, 0.061320755, (0.028406403, 0.103623360)),
    ):
        found = Frequency(hits, windows, windows)
        assert found.probability == pytest.approx(estimate, abs=1e-9)
        assert found.interval() == pytest.approx(interval, abs=1e-8)


def test_windows_do_not_overlap_and_are_three_at_most():
    levels = {year: 100 * 1.1 ** (year - 2010) for year in range(2010, 2025)}
    assert window_growth(peer(levels), 2) == pytest.approx([10.0] * 3)


def test_window_without_both_ends_is_left_out():
    assert len(window_growth(peer({2020: 1.0, 2022: 1.2, 2023: 1.3}), 2)) == 0
    assert len(window_growth(peer({2020: 1.0, 2022: 1.2}), 2)) == 1


def test_incomparable_years_make_no_window():
    assert window_growth(peer({2020: 1.0, 2022: 1.2}, comparable=False), 2) == []


def test_counts_over_peers():
    peers = {"a": peer({2020: 100.0, 2022: 121.0}), "b": peer({2020: 100.0, 2022: 104.0})}
    found = growth_frequency(peers, 2, 9.9)
    assert (found.hits, found.windows, found.cities) == (1, 2, 2)
    assert growth_frequency(peers, 0, 5.0).windows == 0
