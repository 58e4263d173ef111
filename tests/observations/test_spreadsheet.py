"""Fields and cells: text never runs, numbers keep every digit, names fit, nothing is cut without a word."""

import csv
import io
import math

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdlib.errors import DataError
from qdlib.observations.spreadsheet import (
    CELL_LENGTH,
    csv_text,
    fill_cell,
    guard_text,
    name_sheet,
    number_text,
    restore_text,
    runs_as_formula,
    text_width,
)

RUNS = [
    '=HYPERLINK("http://x")', "@SUM(1)", "+1+1", "-2+3", "-", "\t=1", "\rx", "\nx", " =1", "＝1+1", "＋1", "－1", "＠x",
    "=cmd|' /C calc'!A0",
]  # fmt: skip
HARMLESS = ["", "青岛", "-1.7", "+5", "-12,001.52", "12", "a=1", "1-2", "— —", "  text", "'quoted'"]


@pytest.mark.parametrize("text", RUNS)
def test_text_that_would_run_is_guarded_and_reads_back(text):
    assert runs_as_formula(text)
    assert guard_text(text) == f"'{text}" and restore_text(guard_text(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_runs_nothing_and_reads_back(text):
    assert not runs_as_formula(text)
    assert restore_text(guard_text(text)) == text
    assert (guard_text(text) == text) == (not text.startswith("'"))


@given(st.text())
def test_every_text_reads_back_and_no_field_runs(text):
    assert restore_text(guard_text(text)) == text
    assert not runs_as_formula(guard_text(text))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_reads_back(value):
    assert float(number_text(value)) == value


def test_numbers_are_as_short_as_they_can_be():
    numbers = [16719.0, 0.1 + 0.2, 1e-12, -2.5, 0, 123456789.123, 1e300]
    assert [number_text(value) for value in numbers] == [
        "16719", "0.30000000000000004", "1e-12", "-2.5", "0", "123456789.123", "1e+300",
    ]  # fmt: skip


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_what_is_no_figure_is_refused(value):
    with pytest.raises(DataError, match="is no figure, expected a finite number"):
        number_text(value)


ROWS = st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2))


@given(ROWS)
def test_csv_is_read_back_by_the_standard_library(rows):
    read = csv.reader(io.StringIO(csv_text(rows), newline=""))
    assert [[restore_text(field) for field in row] for row in read] == rows


def test_a_lone_carriage_return_stands_in_quotes():
    assert csv_text([["a\rb", "c"]]) == '"a\rb",c\n'


def test_a_cell_keeps_all_digits_where_openpyxl_would_round(tmp_path):
    book = openpyxl.Workbook()
    fill_cell(book.active["A1"], 0.1 + 0.2)
    book.active["A2"] = 0.1 + 0.2
    book.save(tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx").active
    assert sheet["A1"].value == 0.1 + 0.2 and sheet["A1"].data_type == "n"
    assert sheet["A2"].value == 0.3, "openpyxl keeps 17 digits by now: fill_cell may give it numbers again"


@pytest.mark.parametrize("text", [*RUNS, "#N/A", "TRUE", "0532"])
def test_text_in_a_cell_stays_text(text):
    cell = openpyxl.Workbook().active["A1"]
    fill_cell(cell, text)
    assert cell.data_type == "s" and cell.value == text
    assert bool(cell.quotePrefix) == runs_as_formula(text)


def test_text_that_fits_no_cell_is_refused_not_cut():
    cell = openpyxl.Workbook().active["A1"]
    fill_cell(cell, "青" * CELL_LENGTH)
    with pytest.raises(DataError, match="text of 32,768 characters does not fit a cell, 32,767 do: '青青"):
        fill_cell(cell, "青" * (CELL_LENGTH + 1))


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("a/b:c*d?e[f]g\\h", "a_b_c_d_e_f_g_h"),
        ("GDP", "GDP_2"),
        ("'GDP index'", "GDP index"),
        ("x" * 40, "x" * 30 + "…"),
        ("y" * 31, "y" * 28 + "…_2"),
        ("''", "_"),
        ("15 General public budget expenditure", "15 General public budget expen…"),
    ],
)
def test_sheet_names_are_those_that_excel_accepts(wanted, name):
    assert name_sheet(wanted, {"gdp", "y" * 31}) == name


def test_a_chinese_sign_is_two_wide():
    assert text_width("GDP（亿元）") == 3 + 8
