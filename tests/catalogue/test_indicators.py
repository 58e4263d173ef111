"""Indicators: what an entry means, and what every entry of the package must have."""

from fractions import Fraction

import pytest

from qdlib.catalogue import load_catalogue
from qdlib.catalogue.indicators import KINDS

# Ids that figures, charts and targets are asked for by name.
EXPECTED = """
gdp_current_prices primary_value_added secondary_value_added tertiary_value_added industry_value_added gdp_per_capita
gdp_index_previous_year gdp_growth_real gdp_deflator_2000 primary_gdp_share secondary_gdp_share tertiary_gdp_share budget_revenue
budget_expenditure retail_sales goods_trade_cny goods_trade_usd goods_exports_cny goods_exports_usd port_cargo port_containers
population_resident population_registered urbanisation_rate household_deposits fdi_utilised_usd marine_gdp marine_gdp_share
national_high_tech_enterprises talent_total tourist_visits research_spending""".split()


def test_an_entry_is_read_field_by_field(folder):
    item = load_catalogue(folder).indicators["output"]
    assert (item.theme, item.name.zh, item.unit, item.decimals, item.kind, item.price, item.direction) == (
        "economy",
        "产值",
        "hundred_million_yuan",
        2,
        "flow",
        "current",
        "up",
    )
    assert (item.lower, item.upper, item.additive, item.revised_by) == (Fraction(0), None, True, "economic_census")
    label = item.labels[0]
    assert (label.text, label.from_year, label.to_year, label.dimension, label.concept_break) == (
        "总产值",
        2000,
        None,
        "money_cny",
        False,
    )


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        ("flow", False),
        ("stock", False),
        ("count", False),
        ("ratio", False),
        ("share", True),
        ("rate", True),
        ("index", True),
        ("rank", True),
    ],
)
def test_change_is_counted_in_points_for_shares_rates_indices_and_ranks(spoil, folder, kind, points):
    spoil("indicators/economy.yml", "kind: flow\n  price", f"kind: {kind}\n  price")
    assert load_catalogue(folder).indicators["output"].in_points is points
    assert kind in KINDS


def test_the_package_knows_the_ids_that_others_ask_for():
    assert set(EXPECTED) <= set(load_catalogue().indicators)


def test_a_price_basis_or_currency_is_an_id_of_its_own():
    known = load_catalogue()
    dimension = {key: known.units[item.unit].dimension for key, item in known.indicators.items()}
    assert (dimension["goods_trade_cny"], dimension["goods_trade_usd"]) == ("money_cny", "money_usd")
    assert (dimension["gdp_index_previous_year"], known.indicators["gdp_growth_real"].unit) == ("index_previous_year", "percent")
    assert known.indicators["gdp_current_prices"].price == "current"


def test_a_part_of_a_year_names_its_whole_and_shares_its_unit():
    known = load_catalogue().indicators
    parts = [item for item in known.values() if item.partial_of]
    assert parts
    for item in parts:
        assert item.unit == known[item.partial_of].unit and 1 <= item.months <= 12
        assert item.id.endswith(f"_ytd_m{item.months:02d}")
    assert not [key for key in known if "_ytd_m" in key and not known[key].partial_of]


def test_limits_of_the_package_leave_room():
    for item in load_catalogue().indicators.values():
        assert item.lower is None or item.upper is None or item.lower < item.upper, item.id
        assert not item.id.endswith("gdp_share") or (item.lower, item.upper) == (0, 100)
