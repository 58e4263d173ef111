"""Addresses, ranges and displayed numbers."""

from decimal import Decimal

import pytest

from qdlib.errors import SourceError
from qdlib.reading.sheet import Sheet, Style, displayed, from_a1, from_range, shown_number, stored_number, to_a1, to_range


@pytest.mark.parametrize(("a1", "place"), [("A1", (0, 0)), ("Z9", (8, 25)), ("AA10", (9, 26)), ("XFD1048576", (1048575, 16383))])
def test_addresses_go_both_ways(a1, place):
    assert from_a1(a1) == place
    assert to_a1(*place) == a1


@pytest.mark.parametrize("text", ["", "1A", "A0", "A", "AAAA1"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(SourceError, match="no cell address"):
        from_a1(text)


def test_ranges():
    assert from_range("B2:D9") == (1, 1, 8, 3)
    assert to_range(1, 1, 8, 3) == "B2:D9"
    with pytest.raises(SourceError, match="runs backwards"):
        from_range("D9:B2")


@pytest.mark.parametrize(
    ("number", "form", "shown"),
    [
        ("5.9", "0.00", "5.90"),
        ("20.1654", "0.00_);[Red]\\(0.00\\)", "20.17"),
        ("12400.56", "# ##0.0", "12400.6"),
        ("0.123", "0.0%", "12.3%"),
        ("1234567", "#,##0", "1,234,567"),
        ("2.5", "0", "3"),
        ("7.10", "General", "7.10"),
        ("1.5", "0.0#", "1.5"),
        ("1.5", "yyyy-mm-dd", "1.5"),
    ],
)
def test_numbers_are_shown_as_the_format_prints_them(number, form, shown):
    assert shown_number(Decimal(number), form) == shown


def test_stored_numbers_have_fifteen_digits():
    assert stored_number(128.69899999999998) == Decimal("128.699")
    assert stored_number(1978.0) == 1978
    assert str(stored_number(0.1 + 0.2)) == "0.3"


def test_displayed_values():
    assert displayed(None) == ""
    assert displayed(True) == "TRUE"
    assert displayed("1 3973", Style(superscript="3", text="1 397")) == "1 397"


def test_a_folded_sheet_keeps_physical_addresses():
    sheet = Sheet("t.csv", "csv", "", "utf-8", (("年份", "1.5"),), places=(((4, 1), (4, 3)),))
    assert sheet.a1(0, 1) == "D5"
    assert sheet.locate("D5") == (0, 1)
    with pytest.raises(SourceError, match="no cell Z9"):
        sheet.locate("Z9")


def test_addresses_of_a_row_are_those_of_its_cells():
    plain = Sheet("f.xlsx", "s", "", "", ((1.0,) * 30,) * 3)
    folded = Sheet("f.csv", "s", "", "", ((1.0, 2.0),), places=(((4, 0), (7, 0)),))
    assert plain.addresses(2, [0, 27, 29]) == [plain.a1(2, column) for column in (0, 27, 29)] == ["A3", "AB3", "AD3"]
    assert folded.addresses(0, [1, 0]) == ["A8", "A5"]
