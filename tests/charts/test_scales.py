"""Numbers and places on a figure: ticks, number texts, text widths, labels that keep apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdlib.charts.scales import THIN, break_label, ems, inches, nice_ticks, number_text, spread, tick_texts, year_ticks

LEVELS = st.floats(-1e4, 1e4, allow_nan=False)


@pytest.mark.parametrize(
    ("low", "high", "number", "ticks"),
    [
        (0, 100, 4, [0, 25, 50, 75, 100]),
        (0, 10, 4, [0, 2.5, 5, 7.5, 10]),
        (0, 16719.46, 4, [0, 5000, 10000, 15000, 20000]),
        (-2.2, 7.2, 3, [-5, 0, 5, 10]),
        (0.72, 1.41, 4, [0.6, 0.8, 1.0, 1.2, 1.4, 1.6]),
        (5, 5, 4, [4, 6]),
        (0, 0, 4, [0]),
    ],
)
def test_ticks_are_round_and_cover_the_values(low, high, number, ticks):
    assert nice_ticks(low, high, number) == ticks


@given(LEVELS, st.floats(1e-2, 1e6), st.integers(2, 8))
def test_any_ticks_cover_the_values_in_equal_round_steps(low, span, number):
    high = low + span
    ticks = nice_ticks(low, high, number)
    steps = [after - before for before, after in zip(ticks, ticks[1:], strict=False)]
    step = steps[0]
    assert all(other == pytest.approx(step, rel=1e-6) for other in steps)
    assert ticks[0] <= low + 1e-6 * step and ticks[-1] >= high - 1e-6 * step
    assert ticks[0] > low - 1.001 * step and ticks[-1] < high + 1.001 * step
    digits = f"{step:.6e}".split("e")[0].rstrip("0").rstrip(".")
    assert digits in ("1", "2", "2.5", "5") and len(ticks) <= number + 2


@pytest.mark.parametrize(
    ("first", "last", "number", "ticks"),
    [
        (2018, 2022, 4, [2018, 2019, 2020, 2021, 2022]),
        (2000, 2024, 8, [2000, 2005, 2010, 2015, 2020, 2024]),
        (1949, 2024, 8, [1949, 1960, 1970, 1980, 1990, 2000, 2010, 2024]),
        (2001, 2021, 4, [2001, 2005, 2010, 2015, 2021]),
        (2020, 2020, 4, [2020]),
    ],
)
def test_year_ticks_hold_both_ends_and_round_years_between(first, last, number, ticks):
    assert year_ticks(first, last, number) == ticks


@given(st.integers(1900, 2050), st.integers(0, 150), st.integers(3, 8))
def test_any_year_ticks_are_ordered_and_few(first, span, number):
    ticks = year_ticks(first, first + span, number)
    assert ticks[0] == first and ticks[-1] == first + span and ticks == sorted(set(ticks))
    assert len(ticks) <= number + 2
    if span > number and len(ticks) > 2:
        inner = [after - before for before, after in zip(ticks[1:-1], ticks[2:-1], strict=False)]
        assert len(set(inner)) <= 1
        if inner:
            assert min(ticks[1] - first, first + span - ticks[-2]) >= 0.75 * inner[0]


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (16719.46, None, f"16{THIN}719"),
        (1234567.8, None, f"1{THIN}234{THIN}568"),
        (100, None, "100"),
        (99.84, None, "99.8"),
        (1234.5, 1, f"1{THIN}234.5"),
        (7.0, 1, "7.0"),
        (-2.17, 1, "-2.2"),
        (0.0, None, "0"),
        (12001.52, 2, f"12{THIN}001.52"),
    ],
)
def test_numbers_have_thin_spaces_and_few_decimals(value, decimals, text):
    assert number_text(value, decimals) == text


@pytest.mark.parametrize(
    ("ticks", "texts"),
    [
        ([0, 0.25, 0.5, 0.75, 1.0], ["0", "0.25", "0.5", "0.75", "1"]),
        ([70.75, 71.0], ["70.75", "71"]),
        ([0.0, 2.5, 5.0], ["0", "2.5", "5"]),
        ([0, 5000, 10000], ["0", f"5{THIN}000", f"10{THIN}000"]),
        ([1000.0, 1000.5, 1001.0], [f"1{THIN}000", f"1{THIN}000.5", f"1{THIN}001"]),
    ],
)
def test_a_tick_is_printed_as_what_it_is(ticks, texts):
    assert tick_texts(ticks) == list(zip(ticks, texts, strict=True))


@given(LEVELS, st.floats(1e-2, 1e6))
def test_any_tick_reads_as_its_value(low, span):
    for tick, text in tick_texts(nice_ticks(low, low + span)):
        assert float(text.replace(THIN, "")) == pytest.approx(tick, abs=1e-9)


def test_a_chinese_character_is_an_em_and_others_about_half():
    assert ems("青岛") == 2.0 and ems("GDP 1") == pytest.approx(5 * 0.55) and ems("") == 0
    assert ems("，") == 1.0


def test_the_longest_line_is_the_width():
    """Twelve points are a sixth of an inch: five characters of one em."""
    assert inches(["青岛", "一二三四五"], 12) == pytest.approx(5 / 6)
    assert inches(["一二\n一二三"], 12) == pytest.approx(3 / 6)
    assert inches([], 12) == 0.0


@pytest.mark.parametrize(
    ("places", "moved"),
    [
        ([10.0, 50.0], [10.0, 50.0]),
        ([50.0, 52.0], [50.0, 60.0]),
        ([52.0, 50.0], [60.0, 50.0]),  # the order of the places, not of the list
        ([95.0, 96.0, 97.0], [80.0, 90.0, 100.0]),
        ([-5.0, 3.0], [0.0, 10.0]),
        ([], []),
    ],
)
def test_labels_that_would_touch_move_apart(places, moved):
    assert spread(places, 10.0, 0.0, 100.0) == moved


@given(st.lists(st.floats(-50, 150), max_size=8))
def test_spread_keeps_order_gap_and_limits_where_there_is_room(places):
    moved = spread(places, 10.0, 0.0, 100.0)
    order = sorted(range(len(places)), key=lambda index: places[index])
    ranked = [moved[index] for index in order]
    assert all(after - before >= 10.0 - 1e-9 for before, after in zip(ranked, ranked[1:], strict=False))
    assert all(-1e-9 <= place <= 100 + 1e-9 for place in moved)


def test_a_long_label_is_broken_between_words_and_characters_and_never_wider_than_its_room():
    name = "Report on the execution of the economic and social development plan 2023"
    broken = break_label(name, 2.5, 11)
    assert broken.replace("\n", " ") == name and broken.count("\n") == 2
    assert inches([broken], 11) <= 2.5
    assert break_label("青岛市国民经济和社会发展统计公报2023", 2.0, 11) == "青岛市国民经济和社会发展统\n计公报2023"
    assert break_label("年鉴2018", 2.5, 11) == "年鉴2018"


def test_what_three_lines_cannot_hold_says_so():
    assert break_label("word " * 60, 2.0, 11).endswith("…")
    assert break_label("x" * 300, 2.0, 11) == f"{'x' * 21}…" and inches([break_label("x" * 300, 2.0, 11)], 11) <= 2.0
