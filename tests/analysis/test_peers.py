"""A city among others: ranks of one year, gaps, growth on one basis, and a ratio whose members stay the same."""

import pandas as pd
import pytest

from qdlib.analysis.peers import common_year, gather_levels, nearest_ranks, rank_cities, relate_to_median, stand

GDP = "gdp_current_prices"


def series(figures: dict[int, float], unlike: tuple = (), indicator: str = GDP) -> pd.DataFrame:
    years = list(figures)
    return pd.DataFrame(
        {
            "indicator": indicator,
            "scope": "whole_city",
            "year": years,
            "amount": list(figures.values()),
            "unit": "hundred_million_yuan",
            "status": "A",
            "edition": "e",
            "source_cell": [f"e/{year}" for year in years],
            "comparable": [year not in unlike for year in years],
        }
    )


def panel(cities: int = 6, **own) -> pd.DataFrame:
    """Cities c1 … with levels 100, 200 … in 2019 and twice as much in 2024; `own` replaces series by city."""
    every = {f"c{number}": series({2019: 100.0 * number, 2024: 200.0 * number}) for number in range(1, cities + 1)}
    return gather_levels(every | own)


def test_the_rank_is_that_of_one_year_and_equal_figures_share_it():
    ranked = rank_cities(panel(c2=series({2019: 100.0, 2024: 600.0})), GDP, 2024)
    assert ranked[["city", "rank"]].values.tolist() == [["c6", 1], ["c5", 2], ["c4", 3], ["c2", 4], ["c3", 4], ["c1", 6]]


def test_growth_is_compound_over_five_comparable_years():
    ranked = rank_cities(panel(c1=series({2019: 100.0, 2024: 200.0}, unlike=(2019,))), GDP, 2024).set_index("city")
    assert ranked.loc["c2", "growth"] == pytest.approx(100 * (2**0.2 - 1)) and pd.isna(ranked.loc["c1", "growth"])


def test_the_city_is_held_against_the_others():
    """c3 has 600; the others 200, 400, 800, 1000, 1200: their median is 800."""
    row = stand(panel(), "c3", 6).iloc[0]
    assert row[["year", "amount", "rank", "of", "median", "first"]].tolist() == [2024, 600.0, 4, 6, 800.0, "c6"]
    assert (row["to_median"], row["to_first"]) == (pytest.approx(-25), pytest.approx(50))
    assert row[["growth_rank", "growth_of"]].tolist() == [1, 6]


@pytest.mark.parametrize(
    ("levels", "members", "year"),
    [
        (panel(), 6, 2024),
        (panel(), 9, 2024),  # six of nine are two thirds
        (panel(), 10, None),  # six of ten are not
        (panel(4), 4, None),  # fewer than five cities
        (panel(c1=series({2019: 1.0})), 6, 2019),  # the city's own newest year
        (panel(c1=series({2023: 1.0})), 6, None),  # nobody else has it
    ],
)
def test_the_year_is_one_that_two_thirds_share(levels, members, year):
    assert common_year(levels, GDP, "c1", members) == year


def test_an_indicator_without_a_common_year_has_no_row():
    assert stand(panel(4), "c1", 4).empty
    assert stand(panel(), "c1", 6)["indicator"].tolist() == [GDP]


def test_figures_of_another_basis_scope_or_sign_are_left_out():
    frame = pd.concat([series({2019: 1.0, 2020: -1.0, 2021: 2.0}, unlike=(2021,)), series({2022: 3.0}).assign(scope="urban_districts")])
    assert gather_levels({"c1": frame})["year"].tolist() == [2019]


def test_a_ratio_over_time_keeps_its_members():
    """c6 begins in 2024 and would pull the median up; it is no member."""
    found = relate_to_median(panel(7, c6=series({2024: 5000.0})), GDP, "c1")
    assert found["members"].tolist() == [5, 5] and found["ratio"].tolist() == pytest.approx([100 / 400, 200 / 800])


def test_too_few_members_give_no_course():
    assert relate_to_median(panel(5), GDP, "c1").empty and relate_to_median(panel(), GDP, "elsewhere").empty


def test_of_many_cities_the_first_and_the_neighbours_are_kept():
    ranked = pd.DataFrame({"city": [f"c{number}" for number in range(36)]})
    kept = nearest_ranks(ranked, "c20")["city"].tolist()
    assert len(kept) == 15 and kept[:3] == ["c0", "c1", "c2"] and "c20" in kept and kept[3:] == [f"c{n}" for n in range(14, 26)]
    assert nearest_ranks(ranked, "c0")["city"].tolist() == [f"c{number}" for number in range(15)]
    assert nearest_ranks(ranked, "c35")["city"].tolist()[-1] == "c35" and len(nearest_ranks(ranked.head(15), "c3")) == 15


def test_qdlib_itself_puts_qingdao_among_the_fifteen(real_series):
    row = stand(gather_levels(real_series), "qingdao", 15).set_index("indicator").loc[GDP]
    assert row["of"] == 15 and row["first"] == "shenzhen" and row["amount"] == pytest.approx(16719.46) and 5 <= row["rank"] <= 10


@pytest.fixture
def real_series(monkeypatch):
    from pathlib import Path

    from qdlib.catalogue import load_catalogue
    from qdlib.observations import store

    monkeypatch.setenv("QD_DATA", str(Path(__file__).parents[1] / "data" / "processed"))
    members = load_catalogue().peer_groups["sub_provincial"].members
    return {city: store.read_series(city) for city in members}
