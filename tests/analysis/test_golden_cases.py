"""The design's golden cases to 1e-9 (relative above 1), each beside the inputs that it follows from.

Statistics Canada's and EUSTAT's figures are theirs (see test_published_cases); the others were computed by hand from the formulas.
"""

import math

import pytest

from qdlib.analysis import (
    composite,
    distance,
    drift,
    growth_ratio,
    nowcast,
    realisation,
    robustness,
    status_index,
    two_piece,
    weather,
)
from qdlib.analysis.growth_ratio import eurostat_rate_score, eurostat_score, statcan_score, statcan_status
from qdlib.analysis.identities import implied_value
from qdlib.analysis.paths import Path
from qdlib.analysis.reference_class import Frequency
from qdlib.analysis.schedule import coefficient, required_growth, schedule_word, years_ahead
from qdlib.catalogue import load_catalogue
from qdlib.forecasting.scores import brier


def near(expected: float):
    # Half a unit of the ninth decimal that the design prints is added: what it rounds off is no error.
    return pytest.approx(expected, abs=1.5e-9, rel=1e-9)


ONE = (14.5, 2015, 10.4, 2023, 7.25, 2030)  # base, year, figure, year, target, year; less is better


@pytest.mark.parametrize(
    ("case", "direction", "ratio", "score", "status"),
    [
        (ONE, -1, 0.901089955, 2.150695437, "moderate_progress"),
        ((14.5, 2015, 10.2, 2023, 7.25, 2030), -1, 0.952590179, 2.518556391, "substantial_progress"),
        ((0.37, 2015, 9.53, 2025, 60, 2030), 1, 0.950406988, 2.502962077, "substantial_progress"),
        ((68.5534591194968, 2015, 46.7336683417085, 2023, 55, 2026), 1, -2.358722038, -5.0, "deterioration"),
        ((70, 2015, 55, 2023, 100, 2030), -1, 1.234054966, 5.0, "target_achieved"),
    ],
)
def test_statistics_canada(case, direction, ratio, score, status):
    found = growth_ratio.growth_ratio(*case, direction).value
    achieved = growth_ratio.reaches(case[2], case[4], direction)
    assert (found, statcan_score(found, achieved)) == (near(ratio), near(score))
    assert statcan_status(found, achieved) == status


@pytest.mark.parametrize(
    ("case", "limit", "rate", "score"),
    [
        ((66.6, 2016, 71.4, 2023), 100, 0.009991484, 1.739752850),
        ((79.82, 2015, 80.0, 2020), 100, 0.000450609, -2.143731155),
        ((79.0, 2021, 79.0, 2022), 100, 0.0, -2.5),
    ],
)
def test_statistics_canada_without_a_target(case, limit, rate, score):
    found = growth_ratio.growth_rate(*case, 1).value
    assert found == near(rate)
    assert growth_ratio.statcan_rate_score(found, growth_ratio.limit_factor(case[0], limit)) == near(score)


@pytest.mark.parametrize(
    ("case", "direction", "ratio", "score"),
    [
        ((0.1490340749, 2016, 0.17, 2022, 0.1, 2030), -1, -0.789365969, -5.0),
        ((3.1, 2016, 2.6, 2024, 0.1, 2030), -1, 0.099974996, -2.083437518),
        ((99.6, 2015, 99.8, 2023, 99.9, 2030), 1, 1.250657782, 4.647555582),
    ],
)
def test_eustat(case, direction, ratio, score):
    found = growth_ratio.growth_ratio(*case, direction).value
    assert (found, eurostat_score(found)) == (near(ratio), near(score))


def test_eustat_without_a_target():
    found = growth_ratio.growth_rate(34.13, 2015, 35.32, 2024, 1).value
    assert (found, eurostat_rate_score(found)) == (near(0.003815328), near(0.953831999))


def test_one_record_by_every_measure():
    """Half a year ahead on the line, most of a year behind on the curve: the same figures."""
    base, start, value, year, target, end = ONE
    lines = {shape: Path(shape, base, start, target, end) for shape in ("linear", "geometric")}
    assert distance.attainment(value, target, "down") == near(0.697115385)
    assert distance.distance(base, value, target) == near(0.565517241)
    assert coefficient(lines["linear"], year, value) == near(1.060344828)
    assert coefficient(lines["geometric"], year, value) == near(0.914947461)
    assert years_ahead(lines["linear"], year, value) == near(0.482758621)
    assert years_ahead(lines["geometric"], year, value) == near(-0.807959422)
    unsd = growth_ratio.unsd_ratio(*ONE).value
    assert (unsd, growth_ratio.unsd_score(unsd)) == (near(0.927487154), 2)
    assert status_index.status_index(base, value, target, -1).value == near(5.655172414)


def test_e2_e3_e4_schedules():
    assert coefficient(Path("linear", 0, 2021, 280, 2026), 2025, 190) == near(0.848214286)
    assert coefficient(Path("linear", 103, 2015, 0, 2030), 2023, 29) == near(1.347087379)
    expected = {"linear": 0.230420929, "geometric": 0.861488932, "logit": 0.555179690, "s_curve": 0.203389042}
    found = {shape: coefficient(Path(shape, 0.37, 2015, 60, 2030), 2025, 9.53) for shape in expected}
    assert found == near(expected)


def test_e5_trade_by_every_measure():
    """8498.4 (2021), 9076 (2024, invented), 13,000 (2026); with the year before as base R trebles."""
    lines = {shape: Path(shape, 8498.4, 2021, 13000, 2026) for shape in ("linear", "geometric", "s_curve")}
    assert coefficient(lines["linear"], 2024, 9076) == near(0.213849890)
    assert coefficient(lines["geometric"], 2024, 9076) == near(0.233947577)
    assert years_ahead(lines["geometric"], 2024, 9076) == near(-2.226534070)
    assert growth_ratio.growth_ratio(8498.4, 2021, 9076, 2024, 13000, 2026, 1).value == near(0.249744990)
    assert growth_ratio.growth_ratio(8498.4 / 1.324, 2020, 9076, 2024, 13000, 2026, 1).value == near(0.724765565)
    years = range(2022, 2026)
    assert [lines["geometric"].value(y) for y in years] == near([9252.485331, 10073.482632, 10967.329178, 11940.489074])
    assert [lines["s_curve"].value(y) for y in years] == near([8968.007538, 10024.803278, 11473.596722, 12530.392462])


def known_drift(last: float, mean: float, deviation: float, changes: int) -> drift.Drift:
    return drift.Drift("log", math.log(last), mean, deviation, changes, float(changes))


def test_e6_drift():
    up = known_drift(9000, 0.08, 0.09, 15)
    assert drift.reach_probability(up, 13000, 1) == near(0.003951938)
    assert drift.reach_probability(up, 13000, 2) == near(0.073775096)
    assert drift.reach_probability(known_drift(0.50, -0.03, 0.02, 10), 0.45, 2, direction=-1) == near(0.088613281)


def test_two_piece_normal():
    for target, expected in ((13000, 0.065217438), (12000, 0.423232002), (11000, 0.829483259)):
        assert two_piece.reach_probability(target, 12000, 800, 0.3) == near(expected)
    assert two_piece.reach_probability(13000, 12000, 800) == near(0.105649774)


def test_e7_reference_class():
    for hits, windows, estimate, interval in (
        (3, 40, 0.085365854, (0.027588924, 0.166112586)),
        (6, 105, 0.061320755, (0.028406403, 0.103623360)),
    ):
        found = Frequency(hits, windows, windows)
        assert (found.probability, found.interval()) == (near(estimate), near(interval))


def test_e8_weather():
    rising = [50, 52, 53, 55, 56, 58]
    for target, miss, symbol in ((70, 0.333333333, "cloud"), (67, 0.111111111, "light_cloud"), (66.3, 0.036144578, "sun")):
        found = weather.weather(rising, target, 5, 1)
        assert (found.miss, found.symbol) == (near(miss), symbol)
    assert weather.weather([50, 51, 52, 52, 53, 54], 40, 5, -1).symbol == "storm"


def test_e9_status_index():
    for (base, value, target, direction), expected in {
        (40, 55, 100, 1): 2.5,
        (80, 50, 20, -1): 5.0,
        (40, 30, 100, 1): -1.666666667,
    }.items():
        assert status_index.status_index(base, value, target, direction).value == near(expected)
    assert status_index.parity_index(0.8, 0.9).value == near(5.0)


def test_e10_band_and_its_edge():
    """The path aims at the target: measured against the lower edge of our own band, a third short would look ahead of time."""
    to_target = coefficient(Path("linear", 30.5, 2021, 33, 2026), 2024, 31.5)
    to_edge = coefficient(Path("linear", 30.5, 2021, 33 * 0.97, 2026), 2024, 31.5)
    assert (to_target, to_edge) == (near(0.666666667), near(1.103752759))


def test_e11_e12_ranks_and_quotas():
    assert distance.rank_attainment(7, 5, 15) == near(0.818181818)
    assert distance.rank_distance(9, 7, 5) == near(0.5)
    found = distance.measure_quota({2022: 31, 2023: 28, 2024: 35, 2025: 30}, 30)
    assert (found.hit_rate, found.mean_capped, found.backlog) == (near(0.75), near(0.983333333), near(2))


def test_e13_rounding_alone_decides():
    line = Path("linear", 98.0, 2021, 98.8, 2026)
    assert coefficient(line, 2024, 98.5) == near(1.041666667)
    assert robustness.rounding_range(line, 2024, 98.5, 0.05, 0.05) == near((0.888888889, 1.176470588))
    assert robustness.is_rounding_sensitive(line, 2024, 98.5, 0.05, 0.05)
    assert coefficient(line.with_shape("logit"), 2024, 98.5) == near(0.948337644)


def test_e16_e18_steps_and_nowcast():
    path = Path("steps", 2, 2021, 3, 2026)
    assert [path.value(year) for year in range(2021, 2027)] == [2, 2, 2, 2, 2, 3]
    assert schedule_word(coefficient(path, 2025, 2), worse=False) == "nothing_due"
    found = nowcast.nowcast_year(2025, 10, {2024: 100}, {(2024, 10): 82, (2025, 10): 90.2})
    assert (found.value, found.method) == (near(110), "growth_of_months")


def test_e19_realisation():
    found = [
        realisation.realise_at_least(24, 30),
        realisation.realise_at_least(33, 30),
        realisation.realise_at_most(0.5, 0.4),
        *(realisation.realise_within(value, (3, 6), (1, 12)) for value in (2.5, 7.5, 4)),
    ]
    assert [100 * degree for degree in found] == near([80, 100, 80, 91.666666667, 75, 100])


def test_e20_index():
    found = composite.compose_index({"a": 100, "b": 80, "c": 20})
    assert (found.arithmetic, found.geometric) == (near(66.666666667), near(54.288352332))
    assert list(found.without.values()) == near([50, 60, 90])
    assert found.intervals["arithmetic"] == pytest.approx((60.0, 72.9), abs=0.3)


def test_marine_gdp_and_high_tech_firms():
    marine, firms = Path("geometric", 4685, 2021, 6400, 2026), Path("geometric", 5554, 2021, 10000, 2026)
    assert coefficient(marine, 2024, 5513.2) == near(0.858893972)
    assert coefficient(marine.with_shape("linear"), 2024, 5513.2) == near(0.804859086)
    assert years_ahead(marine, 2024, 5513.2) == near(-0.390789304)
    assert required_growth(5513.2, 6400, 2, in_points=False) / 100 == near(0.077427642)
    assert (coefficient(firms, 2024, 8650), coefficient(firms, 2025, 8683)) == (near(1.317493554), near(0.937837916))


def test_drift_over_gaps():
    """The length of history alone moves the same outlook by .2."""
    firms = {2012: 538, 2015: 964, 2016: 1348, 2017: 2053, 2019: 3829, 2021: 5554, 2023: 7920, 2024: 8650, 2025: 8683}
    marine = {2017: 2909, 2018: 3327, 2021: 4685, 2024: 5513.2}

    def reach(figures: dict, start: int, target: float, years: int) -> float:
        own = {year: value for year, value in figures.items() if year >= start}
        return drift.reach_probability(drift.fit_drift(list(own), list(own.values())), target, years)

    assert reach(firms, 2012, 10000, 1) == near(0.681178792)
    assert reach(firms, 2019, 10000, 1) == near(0.483306130)
    assert reach(marine, 2017, 6400, 2) == near(0.617144622)


def test_e14_identity():
    policy = load_catalogue().policy
    assert implied_value(policy.identities[0], policy) == near((19393.939394, 18829.067373, 19993.751953))


def test_brier_score():
    assert brier([0.9, 0.7, 0.2, 0.4], [1, 1, 0, 1])["brier"] == near(0.125)


def test_trade_of_2023_from_eleven_months():
    """No eleven months of 2022 at hand: the shares of 2017 and 2020 stand in, and their distance is the range."""
    annual = {2017: 5033.50, 2020: 6407.01, 2022: 9117.2}
    found = nowcast.nowcast_year(2023, 11, annual, {(2017, 11): 4588.6, (2020, 11): 5719.6, (2023, 11): 8056.7})
    assert (found.value, found.low, found.high) == near((8930.446380, 8837.858922, 9024.994312))
    assert found.method == "share_of_months"
