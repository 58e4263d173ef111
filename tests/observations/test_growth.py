"""Growth inside one basis, or the reason why there is none."""

import pandas as pd
import pytest

from qdlib.errors import DataError
from qdlib.observations.growth import growth, implied_deflator, real_growth, real_level, splice


def series(figures: dict[int, float], half: float = 0.005, unlinked: tuple = ()) -> pd.DataFrame:
    years = list(figures)
    linked = [year not in unlinked for year in years]
    frame = pd.DataFrame({"year": years, "amount": list(figures.values()), "half": half, "linked": linked})
    return frame.astype({"year": "int64", "amount": "float64", "linked": "bool"})


def test_growth_is_the_change_in_percent():
    found = growth(series({2018: 8000.0, 2019: 8400.0, 2020: 8400.0, 2021: 8190.0}))
    assert found["year"].tolist() == [2019, 2020, 2021]
    assert found["growth"].tolist() == pytest.approx([5.0, 0.0, -2.5])
    assert found["reason"].tolist() == ["", "", ""]


def test_the_half_width_is_the_widest_that_rounding_allows():
    """100 ± .5 → 105 ± .5: the extremes are 104.5/100.5 and 105.5/99.5, about 1 point to each side of 5 %."""
    found = growth(series({2018: 100.0, 2019: 105.0}, half=0.5)).iloc[0]
    low, high = 100 * (104.5 / 100.5 - 1), 100 * (105.5 / 99.5 - 1)
    assert found["half"] == pytest.approx((high - low) / 2, rel=1e-3)


@pytest.mark.parametrize(
    ("figures", "unlinked", "reason"),
    [
        ({2018: 12001.52, 2019: 11741.31}, (2019,), "basis_changes"),
        ({2017: 11037.28, 2019: 11741.31}, (), "gap"),
        ({2018: 0.0, 2019: 5.0}, (), "not_positive"),
        ({2018: 5.0, 2019: 0.0}, (), "not_positive"),
        ({2018: -5.0, 2019: 5.0}, (), "not_positive"),
    ],
)
def test_growth_is_missing_with_its_reason(figures, unlinked, reason):
    found = growth(series(figures, unlinked=unlinked)).iloc[0]
    assert pd.isna(found["growth"]) and pd.isna(found["half"]) and found["reason"] == reason


def test_a_repeated_year_is_refused():
    twice = pd.concat([series({2018: 1.0, 2019: 2.0}), series({2019: 3.0})])
    with pytest.raises(DataError, match=r"one figure a year, \[2019\] stand twice"):
        growth(twice)


def test_the_order_of_the_rows_does_not_matter():
    mixed = series({2018: 8000.0, 2019: 8400.0, 2020: 8820.0}).iloc[[2, 0, 1]]
    assert growth(mixed)["growth"].tolist() == pytest.approx([5.0, 5.0])


def test_one_figure_has_no_growth():
    assert growth(series({2018: 1.0})).empty and growth(series({})).empty


def published(indicator: str, figures: dict[int, float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "indicator": indicator,
            "year": list(figures),
            "amount": list(figures.values()),
            "half": 0.05,
            "status": "A",
            "edition": "office_2020",
            "source_cell": [f"{indicator}.{year}" for year in figures],
        }
    )


def test_real_growth_is_what_the_office_published_never_taken_from_levels():
    rows = pd.concat(
        [
            published("gdp_growth_real", {2019: 6.5}),
            published("gdp_index_previous_year", {2018: 107.3, 2019: 106.4}),
            published("gdp_current_prices", {2018: 12001.52, 2019: 11741.31}),
        ]
    )
    found = real_growth(rows)
    assert found[["year", "growth", "indicator"]].values.tolist() == [
        [2018, 7.3, "gdp_index_previous_year"],
        [2019, 6.5, "gdp_growth_real"],
    ]


def test_the_implied_deflator_of_a_mixed_basis():
    """−2.168 % nominal beside +6.5 % real: 100 · (.97832/1.065 − 1) = −8.14; on one basis 100 · (1.07233/1.065 − 1) = +.69."""
    nominal = pd.DataFrame({"year": [2018, 2019], "growth": [None, 100 * (11741.31 / 12001.52 - 1)]})
    real = pd.DataFrame({"year": [2018, 2019, 2020], "growth": [7.3, 6.5, 3.7]})
    found = implied_deflator(nominal, real)
    assert found["year"].tolist() == [2019] and found["deflator"].iloc[0] == pytest.approx(-8.14, abs=0.005)
    nominal.loc[1, "growth"] = 100 * (11741.31 / 10949.38 - 1)
    assert implied_deflator(nominal, real)["deflator"].iloc[0] == pytest.approx(0.69, abs=0.005)


def test_a_year_that_begins_a_changed_area_or_basis_is_a_break():
    frame = series({2018: 12001.52, 2019: 11741.31, 2020: 12400.56}, unlinked=(2019, 2020)).assign(breaks=[False, True, False])
    assert growth(frame)["reason"].tolist() == ["break", "basis_changes"]


# --- chaining and splicing -------------------------------------------------------------------------------------------------------------


def index(figures: dict[int, float]) -> pd.DataFrame:
    return series(figures, half=0.05)


def test_a_real_level_is_chained_from_the_published_index_both_ways():
    """12400.56 in 2020; index 106.5 (2019), 103.7 (2020), 108.3 (2021)."""
    level = series({2020: 12400.56}).assign(unit="hundred_million_yuan")
    found = real_level(index({2019: 106.5, 2020: 103.7, 2021: 108.3}), level, 2020).set_index("year")
    assert found.index.tolist() == [2018, 2019, 2020, 2021]
    assert found["amount"].tolist() == pytest.approx([12400.56 / 1.037 / 1.065, 12400.56 / 1.037, 12400.56, 12400.56 * 1.083])
    relative = found["half"] / found["amount"]
    assert relative[2020] == pytest.approx(0.005 / 12400.56) and relative[2021] == pytest.approx(0.05 / 108.3, abs=1e-6)
    assert relative[2018] == pytest.approx(0.05 / 103.7 + 0.05 / 106.5, abs=1e-6)


def test_the_chain_ends_at_the_first_missing_year():
    found = real_level(index({2018: 107.3, 2020: 103.7}), series({2020: 100.0}).assign(unit="u"), 2020)
    assert found["year"].tolist() == [2019, 2020]


@pytest.mark.parametrize(
    ("rates", "levels", "message"),
    [
        (index({2020: 103.7}), series({2019: 1.0}), "no level for the base year 2020; years with one: 2019"),
        (pd.concat([index({2020: 103.7})] * 2), series({2020: 1.0}), r"the index has \[2020\] twice"),
        (index({2020: 103.7}), pd.concat([series({2020: 1.0})] * 2), r"the level has \[2020\] twice"),
    ],
)
def test_a_real_level_needs_one_figure_a_year_and_its_base(rates, levels, message):
    with pytest.raises(DataError, match=message):
        real_level(rates, levels.assign(unit="u"), 2020)


def joinable(figures: dict[int, float], edition: str) -> pd.DataFrame:
    extra = {"unit": "hundred_million_yuan", "edition": edition, "status": "A", "source_cell": edition + "/x", "note": ""}
    return series(figures).assign(**extra)


FIRST = joinable({2016: 10011.29, 2017: 11037.28, 2018: 12001.52}, "first")
REVISED = joinable({2017: 10136.96, 2018: 10949.38, 2019: 11741.31}, "revised")


def test_a_splice_multiplies_the_old_figures_by_the_ratio_at_the_overlap():
    found = splice(FIRST, REVISED, (2018,)).set_index("year")
    assert found.index.tolist() == [2016, 2017, 2018, 2019]
    assert found["factor"].round(6).tolist() == [0.912333, 0.912333, 1.0, 1.0]
    assert found["amount"].tolist() == pytest.approx([10011.29 * 0.912333, 11037.28 * 0.912333, 10949.38, 11741.31], rel=1e-6)
    assert found["status"].tolist() == ["E", "E", "A", "A"]
    assert found.loc[2017, "note"] == "× 0.912333 (first joined at 2018)" and found.loc[2018, "note"] == ""


def test_several_years_of_overlap_give_the_geometric_mean():
    found = splice(FIRST, REVISED)
    ratio = ((10136.96 / 11037.28) * (10949.38 / 12001.52)) ** 0.5
    assert found["year"].tolist() == [2016, 2017, 2018, 2019] and found["factor"].iloc[0] == pytest.approx(ratio)


@pytest.mark.parametrize(
    ("old", "overlap", "message"),
    [
        (FIRST, (2016,), r"do not overlap in \[2016\]; years that both hold: 2017, 2018"),
        (FIRST[FIRST["year"] < 2017], (), "do not overlap in any year; years that both hold: none"),
        (FIRST.assign(amount=-1.0), (2018,), "positive levels"),
    ],
)
def test_what_cannot_be_joined_is_refused(old, overlap, message):
    with pytest.raises(DataError, match=message):
        splice(old, REVISED, overlap)
