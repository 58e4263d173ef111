"""Stability of words, rounding, the jump gate: each rule fires and each has its nearest miss."""

import pandas as pd
import pytest

from qdlib.analysis.paths import Path
from qdlib.analysis.robustness import (
    find_jump,
    is_rounding_sensitive,
    measure_stability,
    median_revision,
    rounding_range,
)
from qdlib.errors import DataError


def variants(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["path", "base", "word"])


@pytest.mark.parametrize(("same", "mark"), [(5, "plain"), (4, "plain"), (3, "approximate"), (2, "doubtful")])
def test_marks(same, mark):
    words = ["ahead"] * same + ["on_schedule"] * (5 - same)
    found = measure_stability(pd.DataFrame({"base": range(5), "word": words}))
    assert (found.share, found.mark) == (same / 5, mark)


def test_the_choice_that_decides_is_named():
    """The base flips the declared path, the path flips only together with another base."""
    found = measure_stability(variants(("G", 2021, "behind"), ("G", 2019, "on"), ("L", 2021, "behind"), ("L", 2019, "behind")))
    assert (found.same, found.variants, found.sensitive_to) == (3, 4, "base")


def test_a_word_that_only_two_changes_together_move_still_names_a_choice():
    found = measure_stability(variants(("G", 2021, "behind"), ("G", 2019, "behind"), ("L", 2021, "behind"), ("L", 2019, "on")))
    assert found.sensitive_to in ("path", "base")


def test_no_choice_decides_where_no_word_moves():
    assert measure_stability(variants(("G", 2021, "on"), ("L", 2021, "on"))).sensitive_to is None


def test_a_variant_without_word_is_no_variant_but_the_declared_one_needs_one():
    assert measure_stability(variants(("G", 2021, "on"), ("L", 2021, None))).variants == 1
    with pytest.raises(DataError, match="declared variant"):
        measure_stability(variants(("G", 2021, None), ("L", 2021, "on")))


def test_rounding():
    line = Path("linear", 98.0, 2021, 98.8, 2026)
    assert is_rounding_sensitive(line, 2024, 98.5, 0.05, 0.05)
    assert not is_rounding_sensitive(line, 2024, 98.5, 0.0005, 0.0005)
    assert rounding_range(Path("steps", 2, 2021, 3, 2026), 2024, 2, 0.0, 0.0) is None
    assert rounding_range(Path("geometric", 0.04, 2021, 3, 2026), 2024, 2, 0.05, 0.05) is None


def prints(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["year", "published", "amount", "bound"])


def test_median_revision_from_first_to_last_print():
    rows = prints(
        (2020, "2021", 100.0, "equal"),
        (2020, "2023", 104.0, "equal"),
        (2021, "2022", 100.0, "equal"),
        (2021, "2023", 98.0, "equal"),
        (2022, "2023", 50.0, "equal"),
        (2021, "2024", 300.0, "above"),
    )
    assert median_revision(rows, in_points=False) == pytest.approx(0.03)
    assert median_revision(rows, in_points=True) == pytest.approx(3.0)
    assert median_revision(rows[rows["year"] == 2022], in_points=False) is None


YEARS = list(range(2015, 2023))


def test_a_figure_that_trebles_is_held():
    """Statistics Canada's 13.6 → 46.2."""
    assert find_jump([2021, 2022], [13.6, 46.2]).rule == "factor"
    assert find_jump([2021, 2022], [46.2, 13.6]).rule == "factor"
    assert find_jump([2021, 2022], [100, 200]) is None
    assert find_jump([2020, 2022], [100, 390]) is None
    assert find_jump([2021, 2022], [1, 3], count_like=True) is None
    assert find_jump([2021, 2022], [13.6, 46.2], in_points=True) is None


def test_a_change_far_from_the_usual_ones_is_held():
    levels = [100, 105, 111, 116, 123, 128, 135, 190]
    found = find_jump(YEARS, levels)
    assert (found.rule, found.year) == ("spread", 2022)
    assert abs(found.change - found.usual) > found.allowed
    assert find_jump(YEARS, [*levels[:-1], 142]) is None


def test_fewer_than_five_past_changes_have_no_spread():
    assert find_jump(YEARS[-6:], [111, 116, 123, 128, 135, 190]) is None
    assert find_jump(YEARS[-7:], [105, 111, 116, 123, 128, 135, 190]).rule == "spread"
    assert find_jump([2022], [1.0]) is None


def test_rounding_is_no_jump():
    """Shares that never moved have no spread: a last digit more is their rounding."""
    flat = [98.0] * 7
    assert find_jump(YEARS, [*flat, 98.1], half=0.05, in_points=True) is None
    assert find_jump(YEARS, [*flat, 98.2], half=0.05, in_points=True).rule == "spread"


def test_levels_that_cross_zero_change_in_amounts():
    assert find_jump(YEARS, [-3, -2, -1, 0, 1, 2, 3, 4]) is None
    assert find_jump(YEARS, [-3, -2, -1, 0.5, 1, 2, 3, 40]).rule == "spread"
