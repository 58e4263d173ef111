"""What holds for every measure: units do not matter, a mirror changes nothing, and worse figures never earn better words."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qdlib.analysis.distance import distance
from qdlib.analysis.evidence import Evidence, Figure
from qdlib.analysis.growth_ratio import (
    eurostat_score,
    growth_ratio,
    limit_factor,
    reaches,
    statcan_rate_score,
    statcan_score,
    statcan_status,
)
from qdlib.analysis.judgement import judge, reference_path
from qdlib.analysis.paths import Path
from qdlib.analysis.realisation import realise_at_least
from qdlib.analysis.schedule import CUTS, coefficient, schedule_word, years_ahead
from qdlib.analysis.status_index import status_index
from qdlib.analysis.two_piece import reach_probability
from qdlib.analysis.weather import SYMBOLS, weather
from qdlib.catalogue import load_catalogue

steady = settings(deadline=None)  # a busy machine is no fault of a formula
LEVELS = st.floats(1.0, 1e4)
YEARS = st.integers(2022, 2025)
FACTORS = st.sampled_from([1e-4, 0.01, 0.5, 7.8, 100, 1e4])
ORDER = [word for _, word in CUTS] + ["reversed"]
STATUSES = ["target_achieved", "substantial_progress", "moderate_progress", "limited_progress", "deterioration"]


@st.composite
def climbs(draw):
    """Base, figure and a target at least a twentieth above the base."""
    base = draw(LEVELS)
    return base, draw(LEVELS), base * draw(st.floats(1.05, 5.0))


@steady
@given(climbs(), YEARS, FACTORS)
def test_a_change_of_unit_keeps_way_schedule_and_ratio(case, year, factor):
    base, value, target = case
    scaled = [factor * amount for amount in case]
    for shape in ("linear", "geometric"):
        one = coefficient(Path(shape, base, 2021, target, 2026), year, value)
        other = coefficient(Path(shape, scaled[0], 2021, scaled[2], 2026), year, scaled[1])
        assert other == pytest.approx(one, rel=1e-6, abs=1e-6)
    assert distance(scaled[0], scaled[1], scaled[2]) == pytest.approx(distance(base, value, target), rel=1e-6, abs=1e-6)
    ratio, other = (growth_ratio(b, 2021, x, year, t, 2026, 1).value for b, x, t in ((base, value, target), scaled))
    assert other == pytest.approx(ratio, rel=1e-6, abs=1e-6)


@steady
@given(climbs(), YEARS)
def test_a_mirror_of_figures_and_direction_changes_nothing(case, year):
    """Debts of −x with less amount being better say the same as x with more being better."""
    base, value, target = case
    line, mirror = Path("linear", base, 2021, target, 2026), Path("linear", -base, 2021, -target, 2026)
    assert coefficient(mirror, year, -value) == pytest.approx(coefficient(line, year, value))
    assert status_index(-base, -value, -target, -1).value == pytest.approx(status_index(base, value, target, 1).value)
    assert growth_ratio(-base, 2021, -value, year, -target, 2026, -1).value == pytest.approx(
        growth_ratio(base, 2021, value, year, target, 2026, 1).value
    )
    history = [base, base, value, value, base, value]
    assert weather([-x for x in history], -target, 3, -1).symbol == weather(history, target, 3, 1).symbol


@steady
@given(climbs(), YEARS, st.sampled_from(["linear", "geometric"]))
def test_no_year_ahead_exactly_when_the_schedule_is_one(case, year, shape):
    base, value, target = case
    path = Path(shape, base, 2021, target, 2026)
    assert years_ahead(path, year, path.value(year)) == pytest.approx(0, abs=1e-9)
    assert coefficient(path, year, path.value(year)) == pytest.approx(1, abs=1e-9)
    ahead, s = years_ahead(path, year, value), coefficient(path, year, value)
    assume(abs(s - 1) > 1e-6)
    assert (ahead > 0) == (s > 1)


@steady
@given(climbs(), LEVELS, YEARS, st.sampled_from(["linear", "geometric", "s_curve", "steps"]))
def test_a_worse_figure_never_earns_a_better_word(case, other, year, shape):
    base, value, target = case
    path, (low, high) = Path(shape, base, 2021, target, 2026), sorted((value, other))
    words = [schedule_word(coefficient(path, year, x), worse=x < base) for x in (low, high)]
    if "nothing_due" in words or coefficient(path, year, base) is None:
        assert not (words[0] == "nothing_due" and words[1] == "reversed")
        return
    assert ORDER.index(words[0]) >= ORDER.index(words[1])


@pytest.fixture(scope="module")
def marine_gdp():
    return load_catalogue().policy.targets["T17"]


@steady
@given(st.floats(3000, 6300), LEVELS, LEVELS, YEARS)
def test_a_worse_figure_never_earns_a_better_verdict(marine_gdp, base, value, other, year):
    """The whole judgement of a commitment to exceed 6400, early achievement included."""
    words = []
    for x in sorted((value, other)):
        start, latest = (Figure(when, amount, 0.05, ("e",), ("c",)) for when, amount in ((2021, base), (year, x)))
        evidence = Evidence((start, latest), start, latest)
        words.append(judge(marine_gdp, evidence, reference_path(marine_gdp, evidence, 2026), False, 0.1, False, 2026)[0])
    ranks = [["met_early", *ORDER].index(word) for word in words]
    assert ranks[0] >= ranks[1]


@steady
@given(climbs(), LEVELS, YEARS)
def test_a_worse_figure_never_earns_a_better_status_or_score(case, other, year):
    base, value, target = case
    low, high = sorted((value, other))
    found = []
    for x in (low, high):
        ratio, met = growth_ratio(base, 2021, x, year, target, 2026, 1).value, reaches(x, target, 1)
        found.append(
            (STATUSES.index(statcan_status(ratio, met)), -eurostat_score(ratio), -status_index(base, x, target, 1).value)
        )
    assert all(worse >= better for worse, better in zip(*found, strict=True))


@steady
@given(st.floats(-2, 2), st.floats(-2, 2))
def test_scores_rise_with_the_ratio(one, other):
    """Up to the published constants: Statistics Canada's own score falls by .00004 where its two lines meet."""
    low, high = sorted((one, other))
    assert eurostat_score(low) <= eurostat_score(high) + 1e-12
    assert statcan_score(low, False) <= statcan_score(high, False) + 1e-4


@steady
@given(st.floats(-0.05, 0.05), st.floats(1, 99))
def test_scores_without_a_target_stay_on_their_scale(rate, base):
    score = statcan_rate_score(rate, limit_factor(base, 100))
    assert -5 <= score <= 5


@steady
@given(st.lists(LEVELS, min_size=6, max_size=6), st.floats(0, 100), LEVELS)
def test_a_better_last_figure_never_worsens_the_weather(values, more, target):
    better = [*values[:-1], values[-1] + more]
    first, second = (weather(history, target, 3, 1) for history in (values, better))
    met = values[-1] >= target or better[-1] >= target  # another rule takes over there, and says so
    assert met or SYMBOLS.index(second.symbol) <= SYMBOLS.index(first.symbol)


@steady
@given(LEVELS, LEVELS, LEVELS)
def test_realisation_rises_and_is_capped(one, other, standard):
    low, high = sorted((one, other))
    assert 0 <= realise_at_least(low, standard) <= realise_at_least(high, standard) <= 1


@steady
@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(-0.9, 0.9))
def test_a_higher_target_is_never_likelier(one, other, skew):
    low, high = sorted((one, other))
    assert 1 + 1e-12 >= reach_probability(low, 0, 10, skew) >= reach_probability(high, 0, 10, skew) - 1e-12 >= -1e-12
