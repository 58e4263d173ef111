"""The number grammar: one row a printed cell, what it must be and what it must never become."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdlib.reading.cells import LETTERS, parse_cell, plain_text, settle_split

NUMBERS = [
    ("5.90", "5.90", 2),
    ("0", "0", 0),
    ("12", "12", 0),
    ("-3.5", "-3.5", 1),
    ("+3.2", "3.2", 1),
    (".5", "0.5", 1),
    ("１２．５", "12.5", 1),
    ("  490.82", "490.82", 2),
    ("$1,234.5", "1234.5", 1),
    ("¥ 20", "20", 0),
]


@pytest.mark.parametrize(("text", "value", "decimals"), NUMBERS)
def test_plain_numbers_keep_their_printed_decimals(text, value, decimals):
    parsed = parse_cell(text)
    assert (parsed.kind, str(parsed.value), parsed.decimals, parsed.status) == ("number", value, decimals, "A")


@pytest.mark.parametrize(
    ("text", "value", "mark"),
    [
        ("112.9①", "112.9", "①"),
        ("1 397³", "1397", "³"),
        ("56.2*", "56.2", "*"),
        ("17[1]", "17", "[1]"),
        ("23 注1", "23", "注1"),
        ("8.1 1)", "8.1", "1)"),
    ],
)
def test_t13_a_footnote_mark_is_never_a_digit(text, value, mark):
    parsed = parse_cell(text)
    assert (str(parsed.value), parsed.marks) == (value, (mark,))


def test_t13_a_superscript_run_is_a_mark():
    parsed = parse_cell("1 397", superscript="3")
    assert (parsed.value, parsed.marks) == (1397, ("3",))


def test_latin_letters_are_marks_only_where_the_table_repeats_or_explains_them():
    assert parse_cell("12.5a").kind == "unreadable"
    assert parse_cell("12.5a", letters=frozenset("a")).value == Decimal("12.5")
    assert parse_cell("94O", letters=frozenset("O")).kind == "unreadable"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("182 321", "182321"),
        ("1 397.44", "1397.44"),
        ("8，909，500", "8909500"),
        ("1\u2009397.44", "1397.44"),
        ("12\u00a0345", "12345"),
        ("7,360,140", "7360140"),
        ("1 234 567.8%", "1234567.8"),
    ],
)
def test_t14_groups_of_three_are_one_number(text, value):
    assert str(parse_cell(text).value) == value


@pytest.mark.parametrize("text", ["1,3", "4846,48", "1,234 567", "12,34,567", "1.234.567"])
def test_t15_commas_that_group_nothing_are_unreadable(text):
    parsed = parse_cell(text)
    assert (parsed.kind, parsed.value, parsed.status) == ("unreadable", None, "U")
    assert parsed.notes == (f'unreadable "{text}"',)


@pytest.mark.parametrize(
    ("text", "value"), [("310 5185", "3105185"), ("10 5.65", "105.65"), ("20 9.17", "209.17"), ("1 1723 997", "11723997")]
)
def test_t16_split_digits_join_beside_figures_of_their_size(text, value):
    parsed = settle_split(parse_cell(text), Decimal(value) / 3)
    assert (parsed.kind, str(parsed.value), parsed.status) == ("number", value, "U")
    assert parsed.notes == (f'joined "{text}"',)


def test_t16_two_years_never_become_twenty_million():
    parsed = settle_split(parse_cell("2005 2006"), Decimal(700))
    assert (parsed.kind, parsed.value, parsed.notes) == ("unreadable", None, ('unreadable "2005 2006"',))
    assert settle_split(parse_cell("2005 2006"), None).kind == "unreadable"


@pytest.mark.parametrize(("text", "value"), [("—0.7", "-0.7"), ("－12.5", "-12.5"), ("−3", "-3"), ("–0.8", "-0.8")])
def test_t17_a_dash_before_digits_is_a_minus(text, value):
    assert str(parse_cell(text).value) == value


def test_t17_a_dash_apart_from_its_digits_needs_figures_of_its_size():
    assert settle_split(parse_cell("- 11. 1"), Decimal("9.7")).value == Decimal("-11.1")


@pytest.mark.parametrize(
    "text", ["-", "—", "－", "--", "…", "……", "..", "...", ".", "x", "X", "F", "NA", "n.a.", "不详", "缺", "... 1)"]
)
def test_t18_a_missing_mark_is_no_zero(text):
    parsed = parse_cell(text)
    assert (parsed.kind, parsed.value, parsed.status) == ("missing", None, "M")


def test_t18_dash_dots_blank_and_zero_are_four_things():
    dash, dots, blank, zero = (parse_cell(text) for text in ("-", "…", "", "0"))
    assert [cell.kind for cell in (dash, dots, blank, zero)] == ["missing", "missing", "blank", "number"]
    assert dash.notes != dots.notes
    assert parse_cell("... 1)").marks == ("1)",)


@pytest.mark.parametrize("text", ["0370200", "001", "00"])
def test_t19_leading_zeros_make_a_code(text):
    parsed = parse_cell(text)
    assert (parsed.kind, parsed.value, parsed.status) == ("code", None, "U")


@pytest.mark.parametrize("text", ["().13", "8659!", "X940", "94O", "(12.3)", "12.", "1e5", "28.97±2", "3/4", "12:30"])
def test_t20_damaged_figures_are_unreadable_not_guessed(text):
    parsed = parse_cell(text)
    assert (parsed.kind, parsed.value) == ("unreadable", None)


def test_t21_a_lost_point_is_kept_as_stored():
    assert parse_cell("136830").value == 136830


@pytest.mark.parametrize(
    ("text", "bound", "value"),
    [
        ("> 9000", "above", 9000),
        ("超过9000", "above", 9000),
        ("突破 100", "above", 100),
        ("< 3", "below", 3),
        ("不足30", "below", 30),
        ("约120", "about", 120),
        ("近120", "about", 120),
        ("120左右", "about", 120),
        ("1400余", "about", 1400),
    ],
)
def test_bounds_make_an_estimate(text, bound, value):
    parsed = parse_cell(text)
    assert (parsed.bound, parsed.value, parsed.status) == (bound, value, "E")


@pytest.mark.parametrize(
    ("text", "unit"),
    [("4350.67 （亿元）", "亿元"), ("2821.91 （彳饭）", "彳饭"), ("12.3%", "%"), ("6.5‰", "‰"), ("14.2 (%)", "%")],
)
def test_t40_a_cell_may_carry_its_own_unit(text, unit):
    parsed = parse_cell(text)
    assert (parsed.kind, parsed.unit) == ("number", unit)


@pytest.mark.parametrize("text", ["亿元", "2000 年", "第一产业", "3人", "GDP growth", "①"])
def test_words_are_text(text):
    assert parse_cell(text).kind == "text"


def test_the_letter_map_leaves_marks_and_units_alone():
    assert "①³㎞Ｏ亿".translate(LETTERS) == "①³㎞O亿"
    assert plain_text("\u3000１\u200b２ ") == "12"


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3), st.sampled_from(["{}", "{:,}", " {} ", "{}①"]))
def test_printed_numbers_come_back_exactly(number, form):
    assert parse_cell(form.format(number)).value == number


@given(st.text(max_size=12))
def test_any_text_has_a_kind_and_only_numbers_have_values(text):
    parsed = parse_cell(text)
    assert parsed.kind in {"blank", "number", "missing", "split", "code", "unreadable", "text"}
    assert (parsed.value is not None) == (parsed.kind in {"number", "split"})
