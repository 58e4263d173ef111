"""Cities, their changes of area and their peer groups."""

import pytest

from qdlib.catalogue import load_catalogue

# Counted in the design: four municipalities, five planned separately, the rest provincial capitals.
MUNICIPALITIES = {"beijing", "tianjin", "shanghai", "chongqing"}
PLANNED = {"dalian", "qingdao", "ningbo", "xiamen", "shenzhen"}
CAPITALS_AMONG_FIFTEEN = {
    "shenyang",
    "changchun",
    "haerbin",
    "nanjing",
    "hangzhou",
    "jinan",
    "wuhan",
    "guangzhou",
    "chengdu",
    "xian",
}


def test_the_package_has_36_cities_in_three_levels():
    cities = load_catalogue().cities
    by_level = {
        level: {slug for slug, city in cities.items() if city.level == level}
        for level in ("municipality", "planned_separately", "provincial_capital")
    }
    assert (by_level["municipality"], by_level["planned_separately"]) == (MUNICIPALITIES, PLANNED)
    assert (len(cities), len(by_level["provincial_capital"])) == (36, 27)


def test_peer_groups_have_their_members():
    groups = load_catalogue().peer_groups
    assert set(groups["major_36"].members) == set(load_catalogue().cities)
    assert set(groups["planned_separately"].members) == PLANNED
    assert set(groups["sub_provincial"].members) == PLANNED | CAPITALS_AMONG_FIFTEEN


def test_qingdao_is_compared_with_the_sub_provincial_cities():
    assert load_catalogue().cities["qingdao"].peer_group == "sub_provincial"


def test_codes_are_six_digits_and_unique():
    codes = [city.code for city in load_catalogue().cities.values()]
    assert all(len(code) == 6 and code.isdigit() for code in codes) and len(set(codes)) == 36


@pytest.mark.parametrize(
    ("city", "year", "scopes"),
    [
        ("qingdao", 2012, ("urban_districts",)),
        ("qingdao", 2017, ("urban_districts",)),
        ("jinan", 2019, ("whole_city", "urban_districts")),
        ("chengdu", 2016, ("whole_city",)),
        ("changchun", 2020, ("whole_city",)),
    ],
)
def test_the_dated_changes_of_area_are_known(city, year, scopes):
    changes = {(change.city, change.first_data_year): change.scopes for change in load_catalogue().city_changes}
    assert changes[(city, year)] == scopes


def test_changes_name_known_scopes_and_stand_in_order():
    changes = load_catalogue().city_changes
    assert {scope for change in changes for scope in change.scopes} <= {"whole_city", "urban_districts"}
    assert [(change.city, change.date) for change in changes] == sorted((change.city, change.date) for change in changes)
    assert all(change.date.startswith(str(change.first_data_year)) for change in changes)


def test_an_edition_may_go_over_to_a_new_area_later():
    """The yearbook 2023 prints 市区人口 2012 = 279.57, the old area, though Jiaonan joined in December 2012."""
    change = next(change for change in load_catalogue().city_changes if change.date == "2012-12-01")
    assert change.first_year_in("qd_yearbook_2023") == 2013 and change.first_year_in("qd_yearbook_2018") == 2012


def test_a_spoilt_later_year_is_a_fault(faults_after):
    found = faults_after("city_changes.csv", "qd_yearbook=2013", "qd_yearbook:2013")
    assert found == (
        "city_changes.csv, line 2: `first_data_year_in` holds 'qd_yearbook:2013', expected EDITION=YEAR, "
        "such as qd_yearbook_2023=2013",
    )
