"""Identities inside one edition: sums within the rounding of their members, and levels beside the published index."""

from dataclasses import replace

import pytest

from qdlib.observations.figures import sort_figures
from qdlib.observations.findings import make_findings
from qdlib.observations.identities import check_identities

SECTORS = ("primary_value_added", "secondary_value_added", "tertiary_value_added")
INDEX = "gdp_index_previous_year"
# Yearbook of Qingdao 2023, table 1-7: total and parts as printed, with the decimals of each cell.
MAIN_YEARS = (2000, 2005, 2010, *range(2012, 2023))
TABLE_1_7 = {
    "population_registered": "706.65 740.91 763.64 769.56",
    "population_registered_male": "357.74 374.03 381.92 383.82",
    "population_registered_female": "348.91 366.87 381.72 385.74",
    "gdp_current_prices": "1183.14 2576.95 5350.69 6869.61 7508.7 8120.66 8658.57 9283.17 10136.96 10949.38 11741.31 12400.56 14136.46 14920.75",
    "primary_value_added": "135.81 168.06 261.03 305.72 332.1 341.68 356.19 357.4 367.71 386.91 409.98 425.41 470.06 478.05",
    "secondary_value_added": "546.12 1292.49 2482.6 3010.6 3225.9 3389.1 3503.4 3592.80 3849.18 4033.33 4182.76 4381.44 4945.04 5197.34",
    "tertiary_value_added": "501.21 1116.4 2607.08 3553.33 3950.68 4389.87 4798.98 5332.96 5920.06 6529.14 7148.57 7593.71 8721.36 9245.36",
}


@pytest.fixture
def check(catalogue, admit):
    return lambda observations: make_findings(check_identities(sort_figures(admit(observations), catalogue), catalogue))


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
    assert found["values"].tolist() == ["6869.61 | 305.72 | 3010.60 | 3553.33"]
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
        ["index_level", "high", 2019, "12001.52 | 11741.31 | 106.5", "-6 … 12"]
    ]
    assert '"deflator": "-8.14"' in found["explanation"].iloc[0]
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


def test_a_total_in_another_unit_is_said_to_be_one(check, year):
    """GDP in 亿元 beside sectors in 万元 that a panel calls 亿元."""
    found = check(year(parts=("3057200", "30106000", "35533300")))
    assert found["level"].tolist() == ["error"] and '"power": "10000"' in found["explanation"].iloc[0]


def test_two_exchanged_digits_that_break_the_sum_are_named_with_their_repair(check, year):
    """3553.33 printed 3535.33."""
    found = check(year("6869.65", parts=("305.72", "3010.60", "3535.33")))
    assert found[["check", "level", "indicator", "suggestion"]].values.tolist() == [
        ["sum_to_total", "error", SECTORS[2], "replace 3553.33"]
    ]
    assert found["values"].iloc[0].startswith("3535.33 | 6869.65")


def test_a_gap_that_no_exchange_closes_has_no_repair(check, year):
    assert check(year(parts=("305.72", "3010.60", "3500.00")))["suggestion"].tolist() == ["compare"]


def borrowed(observe, edition: str, third: str = "3553.33"):
    """Total and two sectors in office_2018, the third sector in another edition."""
    own = [observe(text, 2012, "office_2018", indicator=key) for key, text in zip(SECTORS[:2], ("305.72", "3010.6"), strict=True)]
    return [observe("6869.61", 2012, "office_2018"), *own, observe(third, 2012, edition, indicator=SECTORS[2])]


def test_a_member_known_before_is_borrowed_and_caps_the_level_at_high(check, observe):
    found = check(borrowed(observe, "office_2017", "3900.00"))
    assert found[["check", "level", "edition"]].values.tolist() == [["sum_to_total", "high", "office_2018"]]
    assert check(borrowed(observe, "office_2017")).empty


@pytest.mark.parametrize("edition", ["office_2019", "panel_2017"])
def test_a_later_figure_or_one_of_a_lower_class_is_not_borrowed(check, observe, edition):
    assert check(borrowed(observe, edition, "3900.00")).empty


def test_a_census_between_two_editions_forbids_borrowing(check, observe):
    """The sector was printed in 2019, before the census of 2018 moved it; the yearbook of 2023 stands after it."""
    old = observe("3900.00", 2012, "office_2019", indicator=SECTORS[2])
    new = [observe(text, 2012, "office_2023", indicator=key) for key, text in zip(SECTORS[:2], ("305.72", "3010.6"), strict=True)]
    assert check([old, observe("6869.61", 2012, "office_2023"), *new]).empty
    same = [row | {"edition": "office_2019b", "published": "2019"} for row in new]
    assert len(check([old, observe("6869.61", 2012, "office_2019b", published="2019"), *same])) == 1


def test_two_lacking_members_are_not_borrowed(check, observe):
    rows = [observe("9999.00", 2012), observe("305.72", 2012, indicator=SECTORS[0])]
    rows += [
        observe(text, 2012, "office_2019", indicator=key) for key, text in zip(SECTORS[1:], ("3010.6", "3553.33"), strict=True)
    ]
    assert check(rows).empty


SHARES = ("primary_gdp_share", "secondary_gdp_share", "tertiary_gdp_share")


@pytest.mark.parametrize(
    ("third", "levels"),
    [("52.4", []), ("52.6", []), ("52.7", ["low"]), ("52.9", ["low"]), ("53.0", ["error"]), ("52.0", ["error"])],
)
def test_shares_of_one_whole_add_up_to_100(check, observe, third, levels):
    """4.0 + 43.5 + 52.5; rounding allows .15, three times that is low."""
    found = check([observe(text, 2021, indicator=key) for key, text in zip(SHARES, ("4.0", "43.5", third), strict=True)])
    assert found["level"].tolist() == levels and set(found["check"]) <= {"shares_to_100"}


def test_two_shares_of_three_prove_nothing(check, observe):
    assert check([observe(text, 2021, indicator=key) for key, text in zip(SHARES[:2], ("4.0", "99.0"), strict=True)]).empty


@pytest.mark.parametrize(
    ("printed", "gdp", "fires"),
    [
        ("27.7", "12001.52", False),  # 3327 / 12001.52 = 27.72 %
        ("30.4", "10949.38", False),  # on revised GDP
        ("27.7", "10949.38", True),
        ("27.8", "12001.52", True),
    ],
)
def test_the_marine_share_of_2018(check, observe, printed, gdp, fires):
    rows = [
        observe(printed, 2018, indicator="marine_gdp_share"),
        observe("3327", 2018, indicator="marine_gdp"),
        observe(gdp, 2018),
    ]
    assert check(rows)[["check", "level"]].values.tolist() == ([["share_of", "error"]] if fires else [])


def test_a_share_beside_a_borrowed_whole_is_high_and_never_borrowed_itself(check, observe):
    """Qingdao's share of 2018 on GDP that only another publication prints."""
    own = {"published": "2019"}
    rows = [
        observe("29.7", 2018, "office_b", indicator="marine_gdp_share", **own),
        observe("3327", 2018, "office_b", indicator="marine_gdp", **own),
    ]
    assert check([*rows, observe("12001.52", 2018, "office_a", **own)])["level"].tolist() == ["high"]
    early = observe("29.7", 2018, "office_a", indicator="marine_gdp_share", **own)
    assert check([early, rows[1], observe("12001.52", 2018, "office_b", **own)]).empty


def heads(observe, printed: str, people: dict[int, str], **fields):
    rows = [observe(text, year, indicator="population_resident", **fields) for year, text in people.items()]
    return [observe(printed, 2020, indicator="gdp_per_capita"), observe("12400.56", 2020), *rows]


@pytest.mark.parametrize(
    ("printed", "people", "fires"),
    [
        ("123828", {2019: "992.3", 2020: "1010.57"}, False),  # 12400.56 / mean = 123 828
        ("126721", {2019: "992.3", 2020: "1010.57"}, True),  # the figure per head on the populations before the census
        ("126721", {2019: "949.98", 2020: "1007.17"}, False),
        ("123828", {2020: "1010.57"}, False),  # 122 709 ± 1 %
        ("124500", {2020: "1010.57"}, True),  # 1.5 % more
    ],
)
def test_the_figure_per_head_of_2020(check, observe, printed, people, fires):
    found = check(heads(observe, printed, people))
    assert found[["check", "level", "year"]].values.tolist() == ([["per_capita", "high", 2020]] if fires else [])


def test_the_years_before_a_population_census_are_not_borrowed_after_it(check, observe):
    """949.98 was printed in 2020, the census of 2020 made it 992.3: it says nothing about a yearbook of 2023."""
    later = [observe("123828", 2020, "office_2023", indicator="gdp_per_capita"), observe("12400.56", 2020, "office_2023"),
             observe("1010.57", 2020, "office_2023", indicator="population_resident")]  # fmt: skip
    assert check([*later, observe("949.98", 2019, "office_2020", indicator="population_resident")]).empty
    assert len(check([*later, observe("949.98", 2019, "office_2021", indicator="population_resident")])) == 1


@pytest.mark.parametrize(("growth", "fires"), [("6.5", False), ("6.6", False), ("6.7", True), ("7.4", True), ("-6.5", True)])
def test_growth_and_index_of_one_edition_belong_together(check, observe, growth, fires):
    """106.5 ± .05 and 100 + growth ± .05."""
    rows = [observe("106.5", 2019, indicator=INDEX), observe(growth, 2019, indicator="gdp_growth_real")]
    assert check(rows)[["check", "level"]].values.tolist() == ([["growth_index", "error"]] if fires else [])


def test_growth_and_index_of_two_editions_may_differ_by_revision(check, observe):
    rows = [
        observe("107.3", 2018, "office_2021", indicator=INDEX),
        observe("7.4", 2018, "office_2019", indicator="gdp_growth_real"),
    ]
    assert check(rows).empty


@pytest.mark.parametrize(
    ("fields", "fires"),
    [
        ({}, True),
        ({"from_year": 2012}, True),
        ({"from_year": 2013}, False),
        ({"to_year": 2011}, False),
        ({"editions": ("office",)}, True),
        ({"editions": ("office_2020",)}, True),
        ({"editions": ("office_2021", "panel")}, False),
    ],
)
def test_an_identity_holds_in_its_years_and_editions_only(catalogue, admit, year, fields, fires):
    dated = replace(catalogue.identities["gdp_by_sector"], **fields)
    known = replace(catalogue, identities={dated.id: dated})
    figures = sort_figures(admit(year("9999.99")), known)
    assert len(check_identities(figures, known)) == int(fires)


def test_table_1_7_holds_in_all_fourteen_years(check, observe):
    """Yearbook of Qingdao 2023, table 1-7 (facts: qingdao_yearbook_table_1-7.csv); only 2012 needs the coarser part's room."""
    found = check([
        observe(text, when, indicator=key)
        for key, texts in TABLE_1_7.items()
        for when, text in zip(MAIN_YEARS, texts.split(), strict=False)  # people by sex end in 2012
    ])  # fmt: skip
    assert found.empty
