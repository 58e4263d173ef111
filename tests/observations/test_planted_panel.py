"""One seed of the planted faults: the benchmark's generator is clean, and its faults are found where they were planted."""

import pytest

from qdlib.observations.checks import run_checks
from qdlib.observations.rows import in_catalogue_unit
from tests.benchmarks.faults import KINDS, REVISION_CHECKS, plant_all, score
from tests.benchmarks.panels import Shape, make_panel, panel_catalogue, slugs

SEED = 11
SHAPE = Shape(cities=len(KINDS) + 1)


@pytest.fixture(scope="module")
def known():
    return panel_catalogue(SHAPE.cities)


@pytest.fixture(scope="module")
def planted(known):
    spoilt, faults = plant_all(make_panel(SHAPE, SEED), SEED)
    rows = in_catalogue_unit(spoilt, known)
    return run_checks(rows, rows, known), faults


def test_a_clean_panel_has_no_error_and_no_high_finding(known):
    rows = make_panel(SHAPE, SEED)
    found = run_checks(rows, rows, known)
    assert found[found["level"] != "low"].empty


def test_two_panels_of_one_seed_are_equal_and_those_of_two_are_not():
    small = Shape(cities=2, indicators=5, years=6, editions=2)
    assert make_panel(small, 1).equals(make_panel(small, 1)) and not make_panel(small, 1).equals(make_panel(small, 2))


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_found_by_its_check(planted, kind):
    found, faults = planted
    if not set(faults[kind].checks) - set(REVISION_CHECKS):
        pytest.skip(f"{kind} is found by the revisions, which are measured by the benchmark")
    assert score(found, faults[kind], dict(zip(KINDS, slugs(len(KINDS)), strict=True))[kind]) == (True, True)


def test_the_city_without_a_fault_stays_clean(planted):
    found, _ = planted
    last = slugs(SHAPE.cities)[-1]
    assert found[(found["city"] == last) & (found["level"] != "low")].empty
