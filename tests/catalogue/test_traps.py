"""Labels that meant something else in another year or table: each is told apart by what the catalogue dates."""

import pytest

from qdlib.catalogue import load_catalogue
from qdlib.catalogue.names import match_indicator


@pytest.mark.parametrize(
    ("year", "indicator"),
    [
        (2019, "population_registered"),  # 831 万
        (2020, "population_resident"),  # 1011
        (2021, "population_registered"),  # 846
        (2022, "population_registered"),  # 851
        (2023, "population_resident"),  # 1037
    ],
)
def test_the_people_of_the_national_city_yearbook_are_registered_or_resident_by_year(year, indicator):
    """Table 2-1 prints Qingdao's 831, 1011, 846, 851, 1037 万 for 2019–2023 under one label."""
    found = match_indicator(load_catalogue().indicators, "年末总人口", (), "persons", "2-1 人口", year)
    assert found.indicator == indicator


def test_employment_in_units_breaks_in_2019():
    """330.4 万 in 2018, 146.6 in 2019: the concept changed, nobody was dismissed."""
    labels = load_catalogue().indicators["employment_units"].labels
    assert [(label.from_year, label.concept_break) for label in labels if label.concept_break] == [(2019, True)]


def test_freight_is_not_the_throughput_of_the_ports():
    """A copy labels 港口吞吐量 (35012 万吨 in 2010) 货运量; the label must not lead to either."""
    known = load_catalogue().indicators
    assert match_indicator(known, "货运量", (), "mass", "", 2010).indicator is None
    assert match_indicator(known, "港口吞吐量", (), "mass", "", 2010).indicator == "port_cargo"
