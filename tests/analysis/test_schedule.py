"""Words for schedules and requirements, each cut with its nearest miss."""

from dataclasses import replace
from fractions import Fraction

import pytest

from qdlib.analysis.paths import Path
from qdlib.analysis.schedule import above_band, coefficient, maintain_word, meets, required_growth, schedule_word
from qdlib.catalogue import load_catalogue


def target(op: str, value, **more):
    base = load_catalogue().policy.targets["T04"]
    return replace(base, op=op, value=Fraction(str(value)), **more)


@pytest.mark.parametrize(
    ("op", "value", "figure", "met"),
    [
        ("gt", 300, 300.0, False),
        ("gt", 300, 300.1, True),
        ("ge", 300, 300.0, True),
        ("ge", 300, 299.9, False),
        ("rank_within", 5, 5.0, True),
        ("rank_within", 5, 6.0, False),
        ("full", 100, 100.0, True),
        ("full", 100, 99.9, False),
        ("each_year", 30, 30.0, True),
        ("range", 1, 1.0, True),
        ("range", 1, 0.0, False),
    ],
)
def test_requirement_is_met_at_published_precision(op, value, figure, met):
    assert meets(target(op, value), figure) is met


def test_about_is_a_band_and_above_it_is_no_failure():
    """33 ± 3 %: 32.01 to 33.99."""
    share = target("about", 33, tolerance=Fraction("0.03"))
    assert [meets(share, figure) for figure in (32.0, 32.1, 33.9, 34.5)] == [False, True, True, True]
    assert not above_band(share, 33.9)
    assert above_band(share, 34.5)


def test_lead_has_no_rule():
    assert meets(replace(load_catalogue().policy.targets["T31"]), 1.0) is None


@pytest.mark.parametrize(
    ("s", "word"),
    [
        (1.05, "ahead"),
        (1.049, "on_schedule"),
        (0.95, "on_schedule"),
        (0.949, "slightly_behind"),
        (0.60, "slightly_behind"),
        (0.599, "well_behind"),
        (0.0, "well_behind"),
        (-0.001, "reversed"),
    ],
)
def test_cuts(s, word):
    assert schedule_word(s, worse=False) == word


def test_nothing_due_unless_worse():
    path = Path("steps", 2, 2021, 3, 2026)
    assert coefficient(path, 2025, 2) is None
    assert schedule_word(None, worse=False) == "nothing_due"
    assert schedule_word(None, worse=True) == "reversed"


@pytest.mark.parametrize(
    ("met", "changes", "word"),
    [
        (True, [0.2, 0.3], "holding"),
        (True, [-0.03], "holding"),
        (True, [-0.2, -0.3], "slipping"),
        (True, [], "holding"),
        (False, [0.2, 0.1], "recovering"),
        (False, [-0.2], "lost"),
        (False, [], "lost"),
    ],
)
def test_maintained_targets(met, changes, word):
    assert maintain_word(met, changes, unit=0.1) == word


def test_required_growth_in_percent_or_points():
    assert required_growth(16719.46, 19393.939394, 2, in_points=False) == pytest.approx(7.7015, abs=1e-4)
    assert required_growth(30.0, 33.0, 2, in_points=True) == 1.5
    assert required_growth(0.0, 33.0, 2, in_points=False) is None
    assert required_growth(30.0, 33.0, 0, in_points=True) is None
