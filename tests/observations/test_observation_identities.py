"""Identities inside one edition: sums within the rounding of their members, and levels beside the published index."""

import pytest

from qdlib.observations.identities import check_identities

SECTORS = ("primary_value_added", "secondary_value_added", "tertiary_value_added")
INDEX = "gdp_index_previous_year"


@pytest.fixture
def check(catalogue, admit):
    return lambda observations: check_identities(admit(observations), catalogue)


@pytest.fixture
def year(observe):
    """GDP of 2012 and its three sectors in one edition. Total of the parts as in the yearbook: 305.72 + 3010.6 + 3553.33 = 6869.65."""

    def make(total="6869.61", parts=("305.72", "3010.6", "3553.33"), edition="office_2020"):
        members = [observe(total, 2012, edition)]
        return members + [observe(text, 2012, edition, indicator=key) for key, text in zip(SECTORS, parts, strict=True)]

    return make


def test_a_gap_that_rounding_explains_is_quiet(check, year):
    """The gap is .04; a part printed with one decimal gives .05 + 3 · .005 = .065 of room."""
    assert check(year()).empty


def test_the_same_gap_beside_finer_parts_is_low(check, year):
    """With two decimals everywhere there is .02 of room; 1.1e-4 of the total is .756."""
    found = check(year(parts=("305.72", "3010.60", "3553.33")))
    assert found[["check", "level", "indicator", "year", "edition", "expected"]].values.tolist() == [
        ["sum_to_total", "low", "gdp_current_prices", 2012, "office_2020", "6869.65"]
    ]
    assert found["values"].tolist() == ["6869.61 | 305.72 | 3010.6 | 3553.33"]
    assert found["cells"].iloc[0].count(" | ") == 3


@pytest.mark.parametrize(
    ("tertiary", "levels"),
    [
        ("3553.29", []),  # parts sum to 6869.61
        ("3553.31", []),  # .02: exactly the rounding of four figures
        ("3553.32", ["low"]),  # .03
        ("3554.04", ["low"]),  # .75, below 1.1e-4 · 6869.61 = .7557
        ("3554.05", ["error"]),  # .76
        ("3552.52", ["error"]),  # -.77
    ],
)
def test_the_levels_of_a_gap(check, year, tertiary, levels):
    assert check(year(parts=("305.72", "3010.60", tertiary)))["level"].tolist() == levels


def test_small_totals_have_three_times_the_rounding(check, year):
    """Parts of a total of 1.00: 3 · .02 = .06 is more than 1.1e-4 of it."""
    assert check(year("1.00", ("0.30", "0.30", "0.46")))["level"].tolist() == ["low"]
    assert check(year("1.00", ("0.30", "0.30", "0.47")))["level"].tolist() == ["error"]


def test_members_of_two_editions_are_not_added(check, year, observe):
    one = year()[:3]
    assert check(one + [observe("3900.00", 2012, "office_2021", indicator=SECTORS[2])]).empty


@pytest.mark.parametrize("fields", [{"status": "U"}, {"status": "F"}, {"bound": "above"}])
def test_a_doubtful_member_proves_nothing(check, year, observe, fields):
    assert check(year()[:3] + [observe("9999.99", 2012, indicator=SECTORS[2], **fields)]).empty


def test_a_sum_may_have_two_parts(check, observe):
    trade = [
        observe(text, 2019, indicator=key)
        for key, text in (("goods_trade_cny", "5925.58"), ("goods_exports_cny", "3411.90"), ("goods_imports_cny", "2513.68"))
    ]
    assert check(trade).empty
    trade[2] = observe("2515.68", 2019, indicator="goods_imports_cny")
    assert check(trade)["level"].tolist() == ["error"]


def two_years(observe, before: str, after: str, index: str = "106.5", index_edition: str = "office_2020", **fields):
    return [observe(before, 2018), observe(after, 2019, **fields), observe(index, 2019, index_edition, indicator=INDEX)]


def test_a_fall_beside_a_rising_index_is_high(check, observe):
    """12001.52 → 11741.31 is -2.17 %; beside 106.5 the deflator would be 100 · (.97832 / 1.065 − 1) = −8.14 %."""
    found = check(two_years(observe, "12001.52", "11741.31"))
    assert found[["check", "level", "year", "values", "expected"]].values.tolist() == [
        ["index_level", "high", 2019, "12001.52 | 11741.31 | 106.5 | -8.14 %", "-6 … 12 %"]
    ]
    assert found["cells"].iloc[0].count(" | ") == 2


@pytest.mark.parametrize(
    ("after", "fires"),
    [
        ("12000.33", True),  # 12001.52 · 1.065 · .9389: deflator −6.11 %
        ("12027.17", False),  # · .9410: −5.90 %
        ("14302.64", False),  # · 1.1190: +11.90 %
        ("14328.21", True),  # · 1.1210: +12.10 %
        ("11741.31", True),
        ("12868.55", False),  # one basis: +7.23 % nominal, deflator +.68 %
    ],
)
def test_the_limits_of_the_implied_deflator(check, observe, after, fires):
    assert len(check(two_years(observe, "12001.52", after))) == int(fires)


def test_the_index_may_come_from_another_edition(check, observe):
    assert len(check(two_years(observe, "12001.52", "11741.31", index_edition="panel_2024"))) == 1


def test_levels_of_two_editions_are_not_compared(check, observe):
    assert check(two_years(observe, "12001.52", "11741.31", edition="office_2021")).empty


def test_a_marked_break_is_no_news(check, observe):
    assert check(two_years(observe, "12001.52", "11741.31", status="B")).empty


def test_without_an_index_nothing_is_implied(check, observe):
    assert check([observe("12001.52", 2018), observe("11741.31", 2019)]).empty
    assert check([observe("12001.52", 2018), observe("11741.31", 2019), observe("106.5", 2018, indicator=INDEX)]).empty
