"""Identities between commitments are computed."""

from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest

from qdlib.analysis.evidence import derive_figures, parse_product
from qdlib.analysis.identities import assess_identities, assess_identity, implied_value, sought
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


@pytest.fixture
def implied(frozen):
    """Every identity of the policy on the project's own figures."""
    catalogue = load_catalogue()
    others = [city for city in store.cities_with_data() if city != "qingdao"]
    peers = {key: {other: store.read_series(other, key) for other in others} for key in sought(catalogue)}
    found = assess_identities(catalogue, store.read_series("qingdao"), store.read_observations("qingdao"), peers)
    return {item.id: item for item in found}


def test_all_identities_of_the_policy_are_computed(implied):
    """GDP from the marine commitments, and from it manufacturing, research and the share of finance."""
    gdp = 6400 / 0.33
    expected = {
        "marine_level_and_share": gdp,
        "manufacturing_level": 0.30 * gdp,
        "research_level": 0.032 * gdp,
        "high_tech_level": 13000,
        "finance_share": 100 * 1200 / gdp,
        "firms_by_size": 20,
    }
    assert {key: item.implied for key, item in implied.items()} == pytest.approx(expected)
    assert (round(expected["manufacturing_level"]), round(expected["research_level"], 1)) == (5818, 620.6)
    assert round(expected["finance_share"], 2) == 6.19


def test_a_band_is_carried_through_the_chain(implied):
    item = implied["manufacturing_level"]
    assert (item.low, item.high) == pytest.approx((0.30 * 18829.067373, 0.30 * 19993.751953))


def test_research_has_to_grow_by_an_eighth_a_year(implied):
    item = implied["research_level"]
    assert (item.latest, item.latest_year) == (300.9, 2020)
    assert item.growth == pytest.approx(12.8, abs=0.05)


def test_verdicts_of_the_identities(implied):
    """Only the marine pair can be held against peers; what nothing can speak against is not called tested."""
    assert {key: (item.verdict, item.tested) for key, item in implied.items()} == {
        "marine_level_and_share": ("strained", True),
        "manufacturing_level": ("consistent", False),
        "research_level": ("consistent", False),
        "high_tech_level": ("consistent", False),
        "finance_share": ("consistent", False),
        "firms_by_size": ("consistent", True),
    }
    assert [key for key, item in implied.items() if item.bites] == ["marine_level_and_share"]


def test_an_identity_names_every_commitment_that_it_rests_on(implied):
    """The share of finance rests on the marine pair through GDP: it belongs on both pages."""
    assert implied["finance_share"].targets == ("T02", "T16", "T17")
    assert implied["high_tech_level"].targets == ("T07", "T08")


def pretend(left: str, right: str, solve_for=None, relation="equal", **values):
    """One identity on the policy with other values of its targets."""
    policy = load_catalogue().policy
    targets = {**policy.targets, **{key: replace(policy.targets[key], value=Fraction(value)) for key, value in values.items()}}
    return TargetIdentity("x", left, right, solve_for, relation), replace(policy, targets=targets)


def assess_one(identity, policy, figures=(), limits=(None, None), solved=None, peers=None):
    series = pd.DataFrame(list(figures), columns=["year", "amount"]).assign(
        indicator="gdp_current_prices", scope="whole_city", edition="e", comparable=True
    )
    rows = pd.DataFrame(columns=["indicator", "bound", "scope", "year", "amount"])
    return assess_identity(identity, policy, series, rows, peers or {}, solved, None, limits)


def test_more_large_firms_than_firms_is_inconsistent():
    assert assess_one(*pretend("T13", "T14", relation="ge")).verdict == "consistent"
    assert assess_one(*pretend("T13", "T14", relation="ge", T13=2)).verdict == "inconsistent"
    assert assess_one(*pretend("T13", "T14", relation="ge", T13=3)).verdict == "consistent"


def test_two_sides_that_never_meet_are_inconsistent():
    """65 % of 20,000 is 13,000, the value of trade by chance; within 3 % of 33 no other share is equal."""
    assert assess_one(*pretend("T04", "T08 / 100 * T07")).verdict == "consistent"
    assert assess_one(*pretend("T04", "T08 / 100 * T07", T04=14000)).verdict == "inconsistent"
    assert assess_one(*pretend("T02", "T01", T01=33)).verdict == "consistent"
    assert assess_one(*pretend("T02", "T01", T01=32)).verdict == "inconsistent"


def test_a_value_outside_its_limits_is_inconsistent():
    identity, policy = pretend("share / 100 * T16", "T17", "share")
    assert assess_one(identity, policy, limits=(0.0, 100.0)).verdict == "inconsistent"
    assert assess_one(identity, policy, limits=(0.0, 600.0)).verdict == "consistent"


def test_the_figure_of_the_target_year_decides():
    identity, policy = pretend("T17", "T02 / 100 * gdp_current_prices", "gdp_current_prices")
    assert assess_one(identity, policy, [(2024, 16719.46), (2026, 18900.0)]).verdict == "consistent"
    missed = assess_one(identity, policy, [(2024, 16719.46), (2026, 18100.0)])
    assert (missed.verdict, missed.growth, missed.tested) == ("inconsistent", None, True)


def test_two_identities_that_yield_different_values_are_inconsistent():
    identity, policy = pretend("T17", "T02 / 100 * gdp_current_prices", "gdp_current_prices")
    assert assess_one(identity, policy, solved={"gdp_current_prices": (15000.0, 14000.0, 16000.0)}).verdict == "inconsistent"
    assert assess_one(identity, policy, solved={"gdp_current_prices": (19000.0, 18500.0, 19500.0)}).verdict == "consistent"


def peer(growth: float) -> pd.DataFrame:
    years = range(2014, 2025)
    return pd.DataFrame({"year": years, "amount": [100 * (1 + growth) ** (year - 2014) for year in years], "comparable": True})


@pytest.mark.parametrize(("growth", "verdict"), [(0.05, "strained"), (0.09, "consistent")])
def test_strained_where_peers_hardly_ever_grew_so_fast(growth, verdict):
    """7.7 % a year is needed for two years."""
    identity, policy = pretend("T17", "T02 / 100 * gdp_current_prices", "gdp_current_prices")
    assert assess_one(identity, policy, [(2024, 16719.46)], peers={"other": peer(growth)}).verdict == verdict


def test_published_shares_fit_the_first_release_of_gdp_and_not_the_revised(frozen):
    """The vintage trap: 15.3, 26.4 and 27.7 % were stated on GDP before the census; on revised GDP they would be 16.2, 28.7, 30.4."""
    stated, formula = {2012: 15.3, 2017: 26.4, 2018: 27.7}, "100 * marine_gdp / gdp_current_prices"
    first = derive_figures(formula, store.read_series("qingdao", vintage="first_release"))
    revised = derive_figures(formula, store.read_series("qingdao"))
    assert {year: round(first[year].amount, 1) for year in stated} == stated
    assert {year: round(revised[year].amount, 1) for year in stated} == {2012: 16.2, 2017: 28.7, 2018: 30.4}
    published = store.read_series("qingdao", "marine_gdp_share").set_index("year")["amount"]
    assert {year: published[year] for year in stated} == stated
