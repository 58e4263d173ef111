"""The headline: forecast and peers, by the line of past cases; its word, its mark, and targets from above."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from qdlib.analysis.calibration import COLUMNS, TrackRecord, look_back
from qdlib.analysis.evidence import Figure
from qdlib.analysis.outlook import Past, outlook, probability_word, take_headline
from qdlib.analysis.reference_class import RecentShare, recent_share
from qdlib.analysis.targets import assess_policy, assessments_frame
from qdlib.catalogue import load_catalogue
from qdlib.observations import store

TARGET = replace(load_catalogue().policy.targets["T17"], indicator="gdp_current_prices", value=1150, op="ge")
LEVEL, SHARE = (load_catalogue().indicators[key] for key in ("gdp_current_prices", "marine_gdp_share"))


def figures(values=(600.0, 660, 730, 790, 860, 930, 1010), first: int = 2018) -> tuple[Figure, ...]:
    return tuple(Figure(first + step, value, 0.05, ("an_edition",), ("a_cell",)) for step, value in enumerate(values))


def peer(growth: float, last: int = 2024, indicator: str = "gdp_current_prices") -> pd.DataFrame:
    years = np.arange(last - 12, last + 1)
    frame = pd.DataFrame({"indicator": indicator, "scope": "whole_city", "year": years, "amount": 100 * growth ** (years - last)})
    return frame.assign(comparable=True)


def record(intercept: float = 0.0, slope: float = 1.0, seen: float | None = None, horizon: int = 2) -> TrackRecord:
    """A record with one line for both methods, and every word seen as often as its middle, or as `seen`."""
    middles = {"very_likely": 0.95, "likely": 0.8, "uncertain": 0.5, "unlikely": 0.2, "very_unlikely": 0.05}
    rows = []
    for method in ("headline", "alone"):
        rows += [("line", horizon, method, key, 9000, 20.0, value, 0.0, 0.0) for key, value in (("intercept", intercept), ("slope", slope))]
        rows += [("word", horizon, method, word, 500, 0.5, middle if seen is None else seen, 0.0, 1.0) for word, middle in middles.items()]
    return TrackRecord(pd.DataFrame(rows, columns=COLUMNS))


def past(growths=(1.02,) * 10 + (1.10,) * 10, **options) -> Past:
    return Past(record(**options), {f"c{number}": peer(growth) for number, growth in enumerate(growths)})


def test_without_a_past_the_forecast_speaks_alone_and_says_so():
    found = outlook(TARGET, figures(), LEVEL, 2026)
    assert found.probability == found.forecast_probability and found.peers is None and found.mark == "uncalibrated"
    assert found.word == probability_word(found.probability)


def test_the_headline_is_the_mean_of_forecast_and_peers_by_the_line():
    found = outlook(TARGET, figures(), LEVEL, 2026, past(intercept=-0.3, slope=0.8))
    mean = (found.forecast_probability + found.peers.probability) / 2
    assert found.probability == pytest.approx(1 / (1 + np.exp(0.3) * ((1 - mean) / mean) ** 0.8))
    assert (found.peers.cities, found.peers.windows) == (20, 100)
    assert found.mark == "calibrated" and found.word == probability_word(found.probability)


def test_peers_count_as_they_grew():
    """1010 → 1150 in two years is 6.7 % a year: cities at 10 % did it, cities at 2 % never."""
    half, none, all_ = (
        outlook(TARGET, figures(), LEVEL, 2026, past(growths)) for growths in ((1.02, 1.10) * 10, (1.02,) * 20, (1.10,) * 20)
    )
    assert half.peers.probability == pytest.approx(0.5) and none.peers.probability < 0.02 < 0.98 < all_.peers.probability
    assert none.probability < half.probability < all_.probability


def test_few_peers_are_none_and_the_forecast_is_recalibrated_alone():
    found = outlook(TARGET, figures(), LEVEL, 2026, past((1.10,) * 13, intercept=-0.3))
    assert found.peers is None and found.mark == "calibrated" and found.probability < found.forecast_probability


def test_an_unknown_horizon_stays_uncalibrated():
    found = outlook(TARGET, figures(), LEVEL, 2026, past(intercept=-2.0, horizon=1))
    assert found.mark == "uncalibrated" and found.probability == pytest.approx((found.forecast_probability + found.peers.probability) / 2)


def test_shares_are_scored_nowhere_and_stay_uncalibrated():
    target = replace(TARGET, indicator="marine_gdp_share", value=33.0)
    found = outlook(target, figures((30.1, 30.4, 31.0, 31.2, 31.9, 32.2, 32.5)), SHARE, 2026, past(intercept=-2.0))
    assert found.mark == "uncalibrated" and found.probability == found.forecast_probability


def test_a_word_that_left_its_range_is_withdrawn_and_the_number_stays():
    found = outlook(TARGET, figures(), LEVEL, 2026, past(seen=0.999))
    assert found.word is None and found.mark == "poorly_calibrated" and 0 < found.probability < 0.9


def test_a_target_from_above_is_the_complement():
    share, line = RecentShare(0.3, 100, 20), past(intercept=-0.7)
    up, _, _ = take_headline(0.4, share, True, 2, line)
    down, word, mark = take_headline(0.6, replace(share, probability=0.7), False, 2, line)
    assert down == pytest.approx(1 - up) and (word, mark) == (probability_word(down), "calibrated")
    grown = {city: peer(1.05) for city in map(str, range(14))}
    assert recent_share(grown, "gdp_current_prices", 1, 1.06, 2024, rising=False).probability > 0.97
    assert recent_share(grown, "gdp_current_prices", 1, 1.06, 2024).probability < 0.03


def test_recent_windows_end_in_the_last_five_years_and_the_newest_weigh_most():
    levels = dict.fromkeys(range(2010, 2024), 100.0) | {2024: 120.0}  # grew in the last year only
    frame = pd.DataFrame({"indicator": "gdp_current_prices", "scope": "whole_city", "year": list(levels), "amount": list(levels.values())})
    peers = {city: frame.assign(comparable=True) for city in map(str, range(14))}
    newest = recent_share(peers, "gdp_current_prices", 1, 1.1, 2024)
    assert newest.windows == 70 and newest.probability == pytest.approx((14 + 0.5) / (14 * 1.9375 + 1))
    ahead = recent_share(peers, "gdp_current_prices", 1, 1.1, 2025)  # nobody has published 2025 yet
    assert ahead.windows == 56 and ahead.probability == pytest.approx((7 + 0.5) / (14 * 0.9375 + 1))
    assert recent_share(peers, "gdp_current_prices", 1, 1.1, 2031) is None
    assert recent_share({}, "gdp_current_prices", 1, 1.1, 2024) is None


def test_the_first_report_keeps_its_words_and_firms_get_their_mark(frozen):
    catalogue = load_catalogue()
    inputs = catalogue, store.read_series("qingdao"), store.read_observations("qingdao"), 2025
    kept = look_back(store.read_shared("calibration"), store.read_peers("qingdao"))
    before, after = (assessments_frame(assess_policy(*inputs, past=known)).set_index("id") for known in (None, kept))
    pd.testing.assert_frame_equal(before[["status", "reason", "stale"]], after[["status", "reason", "stale"]])
    firms = after.loc["T03"]
    assert firms["probability_mark"] == "calibrated" and firms["probability"] != firms["probability_forecast"]
    assert firms["probability_forecast"] == before.loc["T03", "probability"] and before.loc["T03", "probability_mark"] == "uncalibrated"
    assert firms["probability_low"] <= firms["probability_forecast"] <= firms["probability_high"]
    assert pd.isna(firms["probability_peers"]), "no other city publishes this indicator"
