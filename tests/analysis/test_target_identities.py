"""Identities between commitments are computed."""

import pandas as pd
import pytest

from qdlib.analysis.evidence import derive_figures, parse_product
from qdlib.analysis.identities import assess_identity, implied_value
from qdlib.catalogue import load_catalogue
from qdlib.catalogue.policy import TargetIdentity
from qdlib.errors import CatalogueError
from qdlib.observations import store


def test_two_marine_targets_imply_a_gdp():
    policy = load_catalogue().policy
    assert implied_value(policy.identities[0], policy) == pytest.approx((19393.939394, 18829.067373, 19993.751953), abs=1e-6)


def test_growth_needed_and_its_frequency(frozen):
    catalogue = load_catalogue()
    peers = {city: store.read_series(city, "gdp_current_prices") for city in store.cities_with_data() if city != "qingdao"}
    item = assess_identity(
        catalogue.policy.identities[0], catalogue.policy, store.read_series("qingdao"), store.read_observations("qingdao"), peers
    )
    assert item.growth == pytest.approx(7.7015, abs=1e-3)
    assert (item.latest, item.latest_year) == (16719.46, 2024)
    assert (item.floor, item.floor_year) == (17000, 2025)
    assert item.floor_growth == pytest.approx(14.082, abs=1e-3)
    assert item.floor_frequency.windows == 105
    assert item.verdict == "strained"


@pytest.mark.parametrize("formula", ["a +  b", "a * ", "* a", "a b", "exp(a)  / b"])
def test_only_products_and_quotients(formula):
    with pytest.raises(CatalogueError):
        parse_product(formula)


def test_product_is_parsed():
    assert parse_product("100 * a / b") == [("100", 1), ("a", 1), ("b", -1)]


def test_the_unknown_must_stand_once():
    policy = load_catalogue().policy
    with pytest.raises(CatalogueError, match="exactly once"):
        implied_value(TargetIdentity("x", "T17", "T02 / 100", "gdp_current_prices"), policy)
    with pytest.raises(CatalogueError, match="neither a number nor a target"):
        implied_value(TargetIdentity("x", "T17", "retail_sales * gdp_current_prices", "gdp_current_prices"), policy)


def test_derived_figures_need_both_operands_of_a_year():
    frame = pd.DataFrame(
        {
            "indicator": ["a", "a", "b"],
            "year": [2020, 2021, 2021],
            "amount": [1.0, 2.0, 8.0],
            "half": [0.0, 0.5, 0.0],
            "edition": ["e", "e", "f"],
            "source_cell": ["c1", "c2", "c3"],
            "scope": "whole_city",
        }
    )
    found = derive_figures("100 * a / b", frame)
    assert set(found) == {2021}
    assert (found[2021].amount, found[2021].half) == (25.0, 6.25)
    assert found[2021].cells == ("c2", "c3")
