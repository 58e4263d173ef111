"""The department workbook read back: what is filled in, exactly; what is wrong, at its cell."""

import io
import string
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdlib.catalogue import load_catalogue
from qdlib.reading.department_form import HEADER, META
from tests.reading.department_samples import (
    FILE,
    GAPS,
    REPORTED,
    TARGETS,
    VALUES,
    YEARS,
    address,
    blank_form,
    figure_entry,
    filled_form,
    put,
    read,
    row_of,
    save,
    sheet_of,
)

INDICATORS, PROGRAMME = "指标", "事项清单"


RIGHT = save(filled_form())


# --- what is right ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_filled_form_gives_a_row_for_each_figure(language):
    report = read(filled_form(language))
    assert not report.faults and report.unreported == 0 and len(report.rows) == len(GAPS)
    policy = load_catalogue().policy
    by_key = {(row["indicator"], row["year"]): row for row in report.rows}
    for target in TARGETS:
        for year, value in zip(YEARS, VALUES[target], strict=True):
            row = by_key[policy.targets[target].indicator, year]
            assert (row["value"], row["raw"], row["city"], row["bound"]) == (value, f"{value:g}", "qingdao", "equal")
            assert (row["status"], row["published"], row["edition"]) == (
                "A",
                f"{year + 1}-03-15",
                f"department_reports_{REPORTED}",
            )
            place = f"{sheet_of(blank_form(language), 'indicators', language).title}!{address('indicators', 'value', row_of(target, year))}"
            assert row["source_cell"] == f"department_reports_{REPORTED}/{FILE}!{place}"
            assert row["note"].startswith(f"市工信局; 年报〔{year}〕7号")
    assert by_key["business_environment_rank", 2025]["note"].endswith("全国营商环境测评; n = 50")
    assert by_key["high_tech_output_share", 2024]["note"].endswith("; 规上工业总产值")
    assert by_key["manufacturing_gdp_share", 2025]["decimals"] == 2 and by_key["manufacturing_gdp_share", 2023]["decimals"] == 1


def test_programme_rows_are_one_a_milestone_and_untouched_items_give_none():
    first, second, third = read(filled_form()).programme
    assert first["item"] == second["item"] == "c05-3" and third["item"] == "c07-4"
    assert first["source_cell"] == f"department_reports_{REPORTED}/{FILE}!{PROGRAMME}!A{HEADER + 1}"
    assert (first["reported_on"], first["responsible_unit"], first["supporting_units"]) == (
        REPORTED,
        "市工信局",
        "市大数据局\n市商务局",
    )
    assert (first["investment_planned"], first["investment_spent"], first["parts_done"]) == (12.5, 8, 2)
    assert [row["weight"] for row in (first, second)] == [0.4, 0.6]
    assert first["step_done_on"] == "2023-11-02" and (second["step_done_on"], second["step_due"]) == ("", "2026-06-30")
    assert (third["responsible_unit"], third["due"], third["step"], third["weight"]) == ("自然资源部门", "2026-12-31", "", None)


def test_an_empty_form_reports_nothing_and_has_no_fault():
    report = read(blank_form())
    assert not report.faults and not report.rows and not report.programme and report.unreported == len(GAPS)


def test_a_row_without_figure_is_not_reported_even_with_its_unit_in_charge():
    book = filled_form()
    put(book, "indicators", row_of("T01", 2024), {"value": None})
    report = read(book)
    assert not report.faults and report.unreported == 1 and len(report.rows) == len(GAPS) - 1


def test_a_form_without_programme_has_no_programme_sheet():
    book = blank_form(items=())
    assert PROGRAMME not in book.sheetnames and not read(book, items=()).faults


def test_a_fixed_format_of_the_cell_keeps_a_trailing_zero():
    book = filled_form()
    sheet_of(book, "indicators")[address("indicators", "value", row_of("T08", 2024))].number_format = "0.0"
    row = next(row for row in read(book).rows if (row["indicator"], row["year"]) == ("high_tech_output_share", 2024))
    assert (row["value"], row["decimals"]) == (62.0, 1)


@pytest.mark.parametrize(("value", "fine"), [(0.9, False), (1.1, True), (0.0, True)])
def test_a_small_share_is_told_from_a_fraction(value, fine):
    book = filled_form()
    put(book, "indicators", row_of("T01", 2023), {"value": value})
    assert (not read(book).faults) is fine


def test_an_estimate_may_be_dated_within_its_year():
    book = filled_form()
    put(book, "indicators", row_of("T25", 2025), {"status": "E", "published": date(2025, 11, 3)})
    assert not read(book).faults


letters = st.text(
    st.sampled_from("市局委办青岛统计年报" + string.ascii_letters + string.digits + " ()〔〕=+-@'"), min_size=2, max_size=30
)
words = letters.map(str.strip).filter(lambda text: len(text) > 1 and not text.startswith(("#", "=")))
figures = st.decimals("1.1", "100", places=2).map(float) | st.decimals("1.1", "100", places=6).map(float) | st.integers(2, 100)


@settings(max_examples=25, deadline=None)
@given(
    value=figures,
    day=st.dates(date(2026, 1, 1), date(2026, 11, 20)),
    status=st.sampled_from("APE"),
    source=words,
    department=words,
)
def test_what_is_filled_in_is_read_back_exactly(value, day, status, source, department):
    gaps = [("T01", 2025)]
    book = blank_form(items=(), gaps=gaps)
    entry = {"value": value, "published": day, "status": status, "source": source, "department": department}
    put(book, "indicators", row_of("T01", 2025, gaps), entry)
    report = read(book, items=())
    assert not report.faults, report.faults
    (row,) = report.rows
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    assert (row["value"], row["unit"], row["status"], row["published"]) == (value, "percent", status, day.isoformat())
    assert row["decimals"] == len(text.partition(".")[2])
    assert row["note"] == f"{department}; {source}"


# --- what is wrong ----------------------------------------------------------------------------------------------------------


def at(name, target="T01", year=2024):
    return address("indicators", name, row_of(target, year))


def change(name, value, target="T01", year=2024):
    """Plant one value in a row of the Indicators sheet."""

    def plant(book):
        put(book, "indicators", row_of(target, year), {name: value})

    return plant, INDICATORS, at(name, target, year)


def item(name, value, row=HEADER + 1, found=None):
    def plant(book):
        put(book, "programme", row, {name: value})

    return plant, PROGRAMME, address("programme", found or name, row)


def on_sheet(act, place, part="indicators"):
    return lambda book: act(sheet_of(book, part)), INDICATORS if part == "indicators" else PROGRAMME, place


def meta(cell, value, found, sheet=META):
    def plant(book):
        book[META][cell] = value

    return plant, sheet, found


def append_row(target, year):
    """A second row of a target, below the last."""

    def plant(book):
        sheet, last = sheet_of(book, "indicators"), HEADER + 1 + len(GAPS)
        for column in range(1, 20):
            sheet.cell(last, column).value = sheet.cell(row_of(target, YEARS[0]), column).value
        put(book, "indicators", last, {"year": year, **figure_entry(target, 2024, VALUES[target][1])})

    return plant


def bare_number(book):
    put(book, "indicators", row_of("T01", 2024), {"published": 20250315})
    sheet_of(book, "indicators")[at("published")].number_format = "General"


LAST = HEADER + 1 + len(GAPS)


def swap_columns(sheet):
    for row in range(HEADER, LAST):
        value, day = sheet[f"H{row}"].value, sheet[f"I{row}"].value
        sheet[f"H{row}"], sheet[f"I{row}"] = day, value


def rename(book):
    sheet_of(book, "indicators").title = "Sheet1"


def delete(name):
    def plant(book):
        del book[name]

    return plant


PLANTED = {
    # the file and its frame
    "file_is_text": ("wrong_file", lambda book: b"id,value\nT01,3\n", "", ""),
    "file_is_html_named_xlsx": ("wrong_file", lambda book: b"<html><table><tr><td>3</td></tr></table></html>", "", ""),
    "file_is_pdf": ("wrong_file", lambda book: b"%PDF-1.7", "", ""),
    "file_is_empty": ("wrong_file", lambda book: b"", "", ""),
    "file_is_cut_off": ("wrong_file", lambda book: save(book)[:4000], "", ""),
    "file_is_of_the_old_format_xls": ("wrong_file", lambda book: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "", ""),
    "meta_deleted": ("no_meta", delete(META), META, ""),
    "meta_edited": ("changed_meta", *meta("B4", "jinan", None)),
    "template_of_an_old_format": ("old_format", *meta("B1", "0", "B1")),
    "template_of_other_definitions": ("old_catalogue", None, META, "B3"),
    "sheet_renamed": ("sheet_missing", rename, INDICATORS, ""),
    "sheet_deleted": ("sheet_missing", delete(PROGRAMME), PROGRAMME, ""),
    "sheet_added": ("unknown_sheet", lambda book: book.create_sheet("补充"), "补充", "A1"),
    "columns_swapped": ("moved_column", *on_sheet(swap_columns, f"H{HEADER}")),
    "column_inserted": ("moved_column", *on_sheet(lambda sheet: sheet.insert_cols(8), f"H{HEADER}")),
    "column_deleted": ("moved_column", *on_sheet(lambda sheet: sheet.delete_cols(10), f"J{HEADER}")),
    "row_inserted_above_the_headings": ("moved_column", *on_sheet(lambda sheet: sheet.insert_rows(1), f"A{HEADER}")),
    "heading_reworded": ("moved_column", *on_sheet(lambda sheet: sheet.__setitem__(f"H{HEADER}", "数值(万)"), f"H{HEADER}")),
    "cells_merged": ("merged_cells", *on_sheet(lambda sheet: sheet.merge_cells("H5:H7"), "H5")),
    "remark_beside_the_table": ("stray_cell", *on_sheet(lambda sheet: sheet.__setitem__("R9", "见附件"), "R9")),
    "stray_format_far_below": ("too_many_rows", *on_sheet(lambda sheet: sheet.__setitem__("H90000", 1), "A90000")),
    # the row
    "unknown_id": ("unknown_id", *change("target", "T99")),
    "id_emptied": ("unknown_id", *change("target", None)),
    "id_of_a_target_not_asked": ("unknown_id", *change("target", "T02")),
    "indicator_of_another_target": ("changed_indicator", *change("indicator", "marine_gdp_share")),
    "label_reworded": ("changed_label", *change("name", "工业增加值占比")),
    "unit_changed": ("changed_unit", *change("unit", "万家", "T25")),
    "year_as_text": ("bad_year", *change("year", "2024年")),
    "year_with_a_fraction": ("bad_year", *change("year", 2024.5)),
    "future_year": ("future_year", *change("year", 2026, year=2025)),
    "year_before_the_form": ("year_outside", *change("year", 2019, year=2023)),
    "row_repeated": ("duplicate_row", append_row("T01", 2024), INDICATORS, f"A{LAST}"),
    "two_years_made_one": ("duplicate_row", change("year", 2024, year=2025)[0], INDICATORS, at("target", year=2025)),
    # the figure
    "ten_thousand_as_text": ("number_as_text", *change("value", "1.3万", "T25")),
    "digits_as_text": ("number_as_text", *change("value", "28.1")),
    "percent_sign": ("number_as_text", *change("value", "28.1%")),
    "about": ("number_as_text", *change("value", "约28")),
    "word_for_a_figure": ("no_number", *change("value", "暂无")),
    "truth_value": ("no_number", *change("value", True)),
    "date_for_a_figure": ("no_number", *change("value", date(2024, 5, 1))),
    "error_value": ("error_value", *change("value", "#REF!")),
    "formula_without_result": ("formula_without_value", *change("value", "=10+18")),
    "fraction_for_percent": ("fraction_for_percent", *change("value", 0.281)),
    "negative_share": ("below_limit", *change("value", -3.2)),
    "share_above_hundred": ("above_limit", *change("value", 281)),
    "rank_zero": ("below_limit", *change("value", 0, "T06")),
    "half_an_enterprise": ("not_whole", *change("value", 20150.5, "T25")),
    "residue_of_a_division": ("too_many_decimals", *change("value", 28.1234567891)),
    "unit_slip_of_ten_thousand": ("far_beyond_target", *change("value", 201500000, "T25")),
    "cumulative_falls": ("falling_cumulative", *change("value", 149, "T28", 2025)),
    # its date, status and source
    "date_missing": ("date_missing", *change("published", None)),
    "date_as_text": ("no_date", *change("published", "2025年3月15日")),
    "year_in_a_cell_for_dates": ("early_date", *change("published", 2025)),  # the cell shows 1905-07-17
    "date_as_bare_number": ("no_date", bare_number, INDICATORS, at("published")),
    "date_after_the_report": ("future_date", *change("published", date(2026, 12, 1))),
    "date_before_the_year_ends": ("early_date", *change("published", date(2024, 9, 1))),
    "estimate_before_the_year": (
        "early_date",
        lambda book: put(book, "indicators", row_of("T01", 2024), {"status": "E", "published": date(2023, 9, 1)}),
        INDICATORS,
        at("published"),
    ),
    "status_missing": ("bad_status", *change("status", None)),
    "status_forecast": ("bad_status", *change("status", "F")),
    "status_as_word": ("bad_status", *change("status", "正式")),
    "no_source": ("no_source", *change("source", None)),
    "source_is_a_number": ("no_text", *change("source", 12)),
    "no_unit_in_charge": ("no_department", *change("department", "  ")),
    "rank_without_list": ("no_list", *change("list", None, "T06")),
    "rank_without_number": ("no_list_size", *change("list_size", None, "T06")),
    "rank_beyond_its_list": ("list_too_short", *change("list_size", 5, "T06")),
    "number_of_a_list_as_text": ("number_as_text", *change("list_size", "50个", "T06")),
    "open_definition_unanswered": ("no_definition", *change("definition", None, "T08")),
    "list_for_a_share": ("not_asked", *change("list", "百强榜")),
    # the programme
    "unknown_item": ("unknown_item", *item("item", "c99-1")),
    "item_repeated": ("duplicate_row", *item("item", "c05-3", HEADER + 2)),
    "title_reworded": ("changed_label", *item("title", "工赋行动")),
    "item_without_unit_in_charge": ("no_department", *item("department", None)),
    "due_before_start": ("due_before_start", *item("due", date(2022, 6, 30))),
    "weights_not_one": ("weights_not_one", *item("weight_2", 0.5, found="weight_1")),
    "weight_as_percent": ("weight_outside", *item("weight_1", 40)),
    "weight_as_text": ("number_as_text", *item("weight_1", "40%")),
    "milestone_without_weight": ("no_weight", *item("weight_2", None)),
    "milestone_without_title": ("no_milestone_title", *item("title_2", None)),
    "done_in_the_future": ("future_date", *item("done_1", date(2027, 1, 1))),
    "done_before_start": ("done_before_start", *item("done_1", date(2022, 1, 1))),
    "done_without_evidence": ("no_evidence", *item("evidence_1", None)),
    "milestone_without_due_date": ("no_milestone_due", *item("due_2", None)),
    "more_parts_than_there_are": ("parts_outside", *item("parts_done", 4)),
    "half_a_part": ("parts_outside", *item("parts_done", 1.5)),
    "parts_of_an_undivided_item": ("not_asked", *item("parts_done", 1, HEADER + 2)),
    "negative_investment": ("below_limit", *item("spent", -1)),
    "start_as_text": ("no_date", *item("start", "2023年初")),
    "investment_formula_without_result": ("formula_without_value", *item("planned", "=5+7.5")),
}


@pytest.fixture
def right() -> bytes:
    return RIGHT


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found_at_its_cell(name, right):
    kind, plant, sheet, cell = PLANTED[name]
    book = openpyxl.load_workbook(io.BytesIO(right))
    if name == "template_of_other_definitions":
        plant = age_catalogue
    planted = plant(book)
    report = read(planted if isinstance(planted, bytes) else book)
    assert report.faults, name
    first = report.faults[0]
    # A fault of the frame is the first of its kind; all others must be the only one.
    assert (first.kind, first.sheet) == (kind, sheet) and (cell is None or first.cell == cell), report.faults
    assert {fault.kind for fault in report.faults} == {kind}, report.faults
    assert len(report.faults) == 1 or kind in ("moved_column", "merged_cells"), report.faults
    catalogue = load_catalogue()
    for language in ("zh", "en"):
        said = first.words(FILE, catalogue, language)
        assert said.startswith("!".join(filter(None, (FILE, sheet, first.cell)))) and first.value in said and "{" not in said
    assert first.words(FILE, catalogue, "zh") != first.words(FILE, catalogue, "en")


def age_catalogue(book) -> None:
    """The hash of other definitions, with a digest that fits."""
    from qdlib.reading.department_form import digest

    sheet = book[META]
    sheet["B3"] = "0123456789ab"
    rows = [(row[0].value, row[1].value) for row in sheet.iter_rows()]
    sheet.cell(len(rows), 2).value = digest(rows[:-1])


def test_at_least_forty_faults_are_planted_and_every_sentence_has_one():
    assert len(PLANTED) >= 40
    planted = {kind for kind, *_ in PLANTED.values()} | {"no_report_day"}  # the last by a test of its own
    prefix = "template.fault."
    assert planted == {key.removeprefix(prefix) for key in load_catalogue().texts if key.startswith(prefix)}


@pytest.mark.parametrize("day", ["2026", "2026-13-01", "20261120", "november"])
def test_the_folder_must_be_a_day(day, right):
    (fault,) = read(right, reported=day).faults
    assert (fault.kind, fault.value) == ("no_report_day", day)


def test_all_faults_are_listed_at_once():
    book = filled_form()
    for name, value in (("value", "1.3万"), ("status", "x")):
        put(book, "indicators", row_of("T25", 2024), {name: value})
    put(book, "indicators", row_of("T01", 2023), {"value": 0.27, "source": None})
    put(book, "indicators", row_of("T06", 2025), {"published": None, "department": None, "list": None})
    put(book, "programme", HEADER + 1, {"due": date(2020, 1, 1), "weight_1": 0.1})
    found = [(fault.kind, fault.cell) for fault in read(book).faults]
    assert ("number_as_text", at("value", "T25")) in found and ("fraction_for_percent", at("value", year=2023)) in found
    assert {("date_missing", at("published", "T06", 2025)), ("no_department", at("department", "T06", 2025))} <= set(found)
    assert {kind for kind, _ in found} >= {"no_list", "due_before_start", "weights_not_one"}


def test_a_formula_with_its_result_counts_as_its_result(right):
    """openpyxl stores no results, so the stored result is put into the file by hand."""
    import re
    import zipfile

    book = openpyxl.load_workbook(io.BytesIO(right))
    cell = at("value")
    put(book, "indicators", row_of("T01", 2024), {"value": "=20+8.1"})
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(save(book))) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, re.sub(rb"(<f>20\+8\.1</f>)<v\s*/>", rb"\1<v>28.1</v>", re.sub(rb"<v></v>", b"<v/>", part)))
    report = read(buffer.getvalue())
    assert not report.faults
    assert next(row["value"] for row in report.rows if row["source_cell"].endswith(f"!{cell}")) == 28.1


def test_dates_with_a_time_of_day_are_days():
    book = filled_form()
    put(book, "indicators", row_of("T01", 2024), {"published": datetime(2025, 3, 15) + timedelta(hours=9)})
    assert "2025-03-15" in {row["published"] for row in read(book).rows}


@settings(max_examples=60, deadline=None)
@given(places=st.lists(st.tuples(st.floats(0, 0.9999), st.integers(0, 255)), min_size=1, max_size=12))
def test_a_damaged_file_is_a_fault_or_reads_as_before_but_never_breaks(places):
    content = bytearray(RIGHT)
    for place, value in places:
        content[int(place * len(content))] = value
    report = read(bytes(content))
    assert report.faults or len(report.rows) == len(GAPS)


odd = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | letters
    | st.dates()
)


@settings(max_examples=60, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(1, 22), st.integers(1, 30), st.booleans(), odd), min_size=1, max_size=8))
def test_whatever_is_typed_where_never_breaks_the_reader(changes):
    book = openpyxl.load_workbook(io.BytesIO(RIGHT))
    for row, column, figures, value in changes:
        sheet_of(book, "indicators" if figures else "programme").cell(row, column).value = value
    for fault in read(book).faults:
        assert fault.sheet and "{" not in fault.words(FILE, load_catalogue(), "zh").replace(fault.value, "")
