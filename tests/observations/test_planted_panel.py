"""One seed of the planted faults: the benchmark's generator is clean, and its faults are found where they were planted."""

import pandas as pd
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
def spoilt(known):
    """The panel's rows with a fault in each city but the last, and the faults."""
    rows, faults = plant_all(make_panel(SHAPE, SEED), SEED)
    return in_catalogue_unit(rows, known), faults


@pytest.fixture(scope="module")
def planted(known, spoilt):
    rows, faults = spoilt
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


def test_the_order_of_the_rows_makes_no_difference_and_they_are_not_touched(known, spoilt, planted):
    rows, before = spoilt[0], spoilt[0].copy(deep=True)
    shuffled = rows.sample(frac=1, random_state=2)
    pd.testing.assert_frame_equal(run_checks(shuffled, shuffled, known), planted[0])
    pd.testing.assert_frame_equal(rows, before)


def test_the_sums_that_do_not_hold_are_those_of_a_slow_loop(known, spoilt, planted):
    """Every city, year and edition one by one, by the rule of the design."""
    identity, expected = known.identities["gdp_by_sector"], set()
    for (city, year, edition), group in spoilt[0].groupby(["city", "year", "edition"]):
        own = group[group["scope"] == "whole_city"].set_index("indicator")
        if set(identity.members) <= set(own.index):
            total, half = own.at[identity.total, "amount"], own.loc[list(identity.members), "half"].sum()
            gap = abs(own.loc[list(identity.parts), "amount"].sum() - total)
            if gap > half * (1 + 1e-6):
                expected.add((city, year, edition, "low" if gap <= max(3 * half, 1.1e-4 * total) else "error"))
    found = planted[0][(planted[0]["check"] == "sum_to_total") & planted[0]["cells"].str.count(r" \| ").eq(3)]
    seen = set(zip(found["city"], found["year"], found["edition"], found["level"], strict=True))
    assert len(expected) > 5 and seen == expected
