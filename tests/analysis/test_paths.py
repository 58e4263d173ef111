"""Reference paths against worked values of the design's golden cases."""

import pytest

from qdlib.analysis.paths import Path, decompose_years
from qdlib.analysis.schedule import coefficient, years_ahead
from qdlib.errors import DataError

TRADE = {"base": 8498.4, "base_year": 2021, "target": 13000.0, "target_year": 2026}


def test_geometric_path_by_year():
    path = Path("geometric", **TRADE)
    assert [path.value(year) for year in range(2022, 2026)] == pytest.approx(
        [9252.485331, 10073.482632, 10967.329178, 11940.489074], abs=1e-6
    )


def test_s_curve_by_year():
    path = Path("s_curve", **TRADE)
    assert [path.value(year) for year in range(2022, 2026)] == pytest.approx(
        [8968.007538, 10024.803278, 11473.596722, 12530.392462], abs=1e-6
    )
    assert path.value(2021) == 8498.4 and path.value(2026) == pytest.approx(13000)
    assert path.year_of(9000) is None


def test_schedule_on_linear_and_geometric():
    for shape, expected in (("linear", 0.213849890), ("geometric", 0.233947577)):
        assert coefficient(Path(shape, **TRADE), 2024, 9076.0) == pytest.approx(expected, abs=1e-9)


def test_years_ahead_inverts_the_path():
    path = Path("geometric", **TRADE)
    assert years_ahead(path, 2024, 9076.0) == pytest.approx(-2.226534070, abs=1e-9)
    assert years_ahead(path, 2024, path.value(2025)) == pytest.approx(1.0)


def test_share_rising_from_a_tiny_base_depends_on_the_shape():
    """0.37 → 9.53 after two thirds of the time, target 60: the shape decides, so the others are always shown beside it."""
    expected = {"linear": 0.230420929, "geometric": 0.861488932, "logit": 0.555179690, "s_curve": 0.203389042}
    for shape, s in expected.items():
        path = Path(shape, 0.37, 2015, 60.0, 2030)
        assert (path.value(2015), path.value(2030)) == pytest.approx((0.37, 60.0))
        assert coefficient(path, 2025, 9.53) == pytest.approx(s, abs=1e-9)


def test_cumulative_count_starts_at_zero():
    """190 of 280 after four of five years: 224 are due."""
    assert coefficient(Path("linear", 0, 2021, 280, 2026), 2025, 190) == pytest.approx(0.848214286, abs=1e-9)


def test_steps_go_down_to_whole_counts_and_up_for_ranks():
    assert [Path("steps", 16, 2021, 20, 2026).value(year) for year in range(2021, 2027)] == [16, 16, 17, 18, 19, 20]
    assert [Path("steps", 9, 2021, 5, 2026).value(year) for year in range(2021, 2027)] == [9, 9, 8, 7, 6, 5]


def test_steps_never_make_less_than_the_base_due():
    assert [Path("steps", 1.5, 2021, 3, 2026).value(year) for year in (2021, 2022, 2025, 2026)] == [1.5, 1.5, 2, 3]
    assert [Path("steps", 3.5, 2021, 2, 2026).value(year) for year in (2021, 2022, 2025, 2026)] == [3.5, 3.5, 3, 2]


def test_decomposition_has_one_row_a_year():
    frame = decompose_years(Path("geometric", **TRADE))
    assert frame["year"].tolist() == list(range(2021, 2027))
    assert frame["growth"].iloc[1:].round(6).nunique() == 1
    assert set(frame["provenance"]) == {"reference"}
    assert frame["step"].iloc[1:].sum() == pytest.approx(13000 - 8498.4)


@pytest.mark.parametrize(("shape", "base", "target"), [("geometric", 0, 10), ("geometric", -1, 10)])
def test_a_shape_that_cannot_join_its_ends_is_refused(shape, base, target):
    with pytest.raises(DataError, match="positive ends"):
        Path(shape, base, 2021, target, 2026)
    assert Path("linear", base, 2021, target, 2026).with_shape(shape) is None


def test_target_year_must_come_after_the_base_year():
    with pytest.raises(DataError, match="after its base year"):
        Path("linear", 1, 2026, 2, 2026)
