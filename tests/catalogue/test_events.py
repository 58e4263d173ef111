"""Dated events and identities of the catalogue."""

import pytest

from qdlib.catalogue import load_catalogue


@pytest.mark.parametrize(
    ("kind", "years"),
    [
        ("economic_census", {2004, 2008, 2013, 2018, 2023}),
        ("population_census", {2000, 2010, 2020}),
    ],
)
def test_the_package_knows_the_censuses(kind, years):
    assert {event.year for event in load_catalogue().events.values() if event.kind == kind} == years


@pytest.mark.parametrize(
    ("file", "old", "new", "word"),
    [
        ("events.yml", "kind: economic_census", "kind: economic_censuss", "did you mean economic_census?"),
        ("events.yml", "year: 2018", "year: 2o18", "expected a whole number"),
        ("events.yml", "  year: 2018\n", "", "`year` is missing"),
        (
            "identities.yml",
            "kind: sum",
            "kind: product",
            "expected one of sum, shares_to_100, share_of, per_capita, index_level, growth_index",
        ),
        ("identities.yml", "parts: [output_of_towns, output_of_villages]", "parts: output_of_towns", "expected a list of texts"),
        ("identities.yml", "parts: [output_of_towns, output_of_villages]", "parts: [output_of_towns]", "sum has 2 or more"),
        ("identities.yml", "kind: sum", "kind: index_level", "`parts` holds 2 ids, index_level has 1"),
        ("identities.yml", "kind: sum", "kind: shares_to_100", "`total` is stated, but shares that sum to 100 have none"),
        ("identities.yml", "  total: output\n", "", "`total` is missing"),
        ("identities.yml", "kind: sum", "kind: sum\n  from: 2012\n  to: 2011", "`from` 2012 is after `to` 2011"),
        ("identities.yml", "kind: sum", "kind: sum\n  from: early", "`from` is 'early', expected a whole number"),
        ("identities.yml", "kind: sum", "kind: sum\n  editions: [offise_2020]", "unknown source or edition 'offise_2020'"),
    ],
)
def test_a_spoilt_event_or_identity_is_a_fault(faults_after, file, old, new, word):
    found = faults_after(file, old, new)
    assert len(found) == 1 and word in found[0]


def test_gdp_is_the_sum_of_its_three_sectors():
    identity = load_catalogue().identities["gdp_by_sector"]
    assert (identity.kind, identity.total) == ("sum", "gdp_current_prices")
    assert set(identity.parts) == {"primary_value_added", "secondary_value_added", "tertiary_value_added"}


def test_an_identity_of_sums_adds_figures_of_one_unit_and_kind():
    known = load_catalogue()
    for identity in known.identities.values():
        if identity.kind == "shares_to_100":
            assert {known.indicators[key].kind for key in identity.parts} == {"share"}, identity.id
        if identity.kind == "sum":
            units = {known.units[known.indicators[key].unit].dimension for key in (identity.total, *identity.parts)}
            assert len(units) == 1 and all(known.indicators[key].additive for key in (identity.total, *identity.parts)), (
                identity.id
            )


def test_an_identity_may_be_bound_to_years_and_editions(spoil, folder):
    spoil("identities.yml", "kind: sum", "kind: sum\n  from: 2004\n  to: 2019\n  editions: [office, office_2020]")
    identity = load_catalogue(folder).identities["output_by_part"]
    assert (identity.from_year, identity.to_year, identity.editions) == (2004, 2019, ("office", "office_2020"))
    assert identity.members == ("output", "output_of_towns", "output_of_villages")


def test_shares_that_sum_to_100_have_no_total():
    identity = load_catalogue().identities["gdp_shares"]
    assert identity.total is None and identity.members == identity.parts and len(identity.parts) == 3
