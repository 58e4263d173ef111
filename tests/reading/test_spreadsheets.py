"""Workbooks: stored values, what is shown, and what can only be called unreadable."""

import datetime
import gzip
import io
import zipfile

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from qdlib.reading.errors import UnreadableFile
from qdlib.reading.sources import read_sheets, sniff
from qdlib.reading.tables import examine_file

HEAD = [["1-1 测试表"], ["单位：亿元"], ["年份", "甲业", "乙业"]]


def test_t06_kind_comes_from_the_bytes_not_from_the_name(tmp_path, write_xlsx, write_csv):
    book = write_xlsx([*HEAD, [2001, 1.5, 2.5], [2002, 1.6, 2.6]])
    text = write_csv([["年份", "甲业"], ["2001", "1.5"], ["2002", "1.6"]])
    page = tmp_path / "p.xls"
    page.write_text(
        "<html><table><tr><td>年份</td><td>甲</td></tr><tr><td>2001</td><td>1</td></tr></table></html>", encoding="utf-8"
    )
    assert sniff(book.read_bytes(), "x.csv") == "xlsx"
    assert sniff(text.read_bytes(), "x.xls") == "text"
    assert sniff(page.read_bytes(), "x.xls") == "html"
    assert sniff(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "x.csv") == "xls"


def test_t06_other_archives_and_empty_files_are_loud():
    with io.BytesIO() as raw:
        with zipfile.ZipFile(raw, "w") as archive:
            archive.writestr("tables/1.csv", "x")
        plain = raw.getvalue()
    for data, words in (
        (plain, "holds no workbook"),
        (gzip.compress(b"x"), "gzip archive"),
        (b"  ", "empty"),
    ):
        with pytest.raises(UnreadableFile, match=words):
            sniff(data, "t.xlsx")


def test_a_damaged_workbook_is_loud(tmp_path, write_xlsx):
    data = write_xlsx([*HEAD, [2001, 1.5, 2.5]]).read_bytes()
    path = tmp_path / "broken.xlsx"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(UnreadableFile):
        read_sheets(path)


def test_t08_the_stored_number_counts_and_the_shown_one_is_noted(write_xlsx, read_one):
    table = read_one(
        write_xlsx([*HEAD, [2001, 12400.56, 20.1654], [2002, 12500.5, 21.5]], formats={"B4": "# ##0.0", "C4": "0.00"})
    )
    first, second = table.values[:2]
    assert (str(first.value), first.raw, first.decimals, first.notes) == ("12400.56", "12400.6", 1, ('shown "12400.6"',))
    assert (str(second.value), second.raw, second.decimals) == ("20.1654", "20.17", 2)


def test_shown_zeros_belong_to_the_figure(write_xlsx, read_one):
    table = read_one(write_xlsx([*HEAD, [2001, 5.9, 1], [2002, 6, 2]], formats={"B4": "0.00"}))
    assert (str(table.values[0].value), table.values[0].decimals, table.values[0].notes) == ("5.90", 2, ())


def test_t09_percent_formats_are_percent(write_xlsx, read_one):
    table = read_one(write_xlsx([["年份", "比重"], [2001, 0.123], [2002, 0.125]], formats={"B2": "0.0%", "B3": "0.0%"}))
    value = table.values[0]
    assert (str(value.value), value.unit.id, value.raw) == ("12.3", "percent", "12.3%")


def test_t10_a_formula_without_a_stored_result_is_unreadable_not_missing(write_xlsx):
    rows = [*HEAD, *[[year, 1.5, 2.5] for year in range(1950, 2001)], [2001, "=1+1", 2.5]]
    seen = examine_file(write_xlsx(rows))
    value = next(value for value in seen.tables[0].values if value.cell == "B55")
    assert (value.value, value.status, value.notes) == (None, "U", ('unreadable "formula without a stored result"',))


def test_t11_an_error_value_is_unreadable(write_xlsx, tmp_path):
    rows = [*HEAD, *[[year, 1.5, 2.5] for year in range(1950, 2002)]]
    path = write_xlsx(rows)
    book = openpyxl.load_workbook(path)
    book.active["C9"] = "#REF!"
    book.active["C9"].data_type = "e"
    book.save(path)
    value = next(value for value in examine_file(path).tables[0].values if value.cell == "C9")
    assert (value.value, value.status) == (None, "U")


def test_t12_a_date_is_neither_a_figure_nor_a_year(write_xlsx, reasons):
    rows = [*HEAD, [2001, 1.5, 2.5], [2002, datetime.date(2003, 1, 1), 2.6], [2003, datetime.date(2004, 1, 1), 2.7]]
    assert "no figures" in reasons(write_xlsx(rows))


def test_t13_superscript_runs_are_cut_off_the_number(write_xlsx, tmp_path):
    path = write_xlsx([*HEAD, [2001, "x", 2.5], [2002, 1500, 2.6]])
    book = openpyxl.load_workbook(path, rich_text=True)
    book.active["B4"] = CellRichText("1 397", TextBlock(InlineFont(vertAlign="superscript"), "3"))
    book.save(path)
    value = next(value for value in examine_file(path).tables[0].values if value.cell == "B4")
    assert (value.value, value.notes) == (1397, ('mark "3"',))


def test_hidden_sheets_are_read_only_by_name(write_xlsx):
    path = write_xlsx([*HEAD, [2001, 1.5, 2.5], [2002, 1.6, 2.6]])
    book = openpyxl.load_workbook(path)
    book.create_sheet("旧").append(["年份", 1])
    book["旧"].sheet_state = "hidden"
    book.save(path)
    assert [sheet.name for sheet in read_sheets(path)] == ["Sheet1"]
    assert [sheet.name for sheet in read_sheets(path, "旧")] == ["旧"]
    with pytest.raises(UnreadableFile, match="no sheet '新'"):
        read_sheets(path, "新")


def test_styles_agree_with_openpyxl(write_xlsx):
    formats = {"B4": "0.00", "C4": "0.0%", "B5": "#,##0"}
    path = write_xlsx(
        [*HEAD, [2001, 1.5, 0.25], [2002, 1600, 2.6]], formats=formats, bold=(3,), hidden_rows=(5,), indents={"A4": 2}
    )
    sheet = read_sheets(path)[0]
    page = openpyxl.load_workbook(path).active
    for row in page.iter_rows():
        for cell in row:
            style = sheet.style(cell.row - 1, cell.column - 1)
            assert (style.number_format, style.bold, style.indent) == (
                cell.number_format,
                bool(cell.font.b),
                int(cell.alignment.indent),
            )
    assert sheet.hidden_rows == {4}


def test_a_merge_over_other_text_is_no_merge(write_xlsx):
    path = write_xlsx([*HEAD, [2001, 1.5, 2.5], [2002, 1.6, 2.6]], merges=("A1:C1",))
    assert read_sheets(path)[0].merges == {(0, 0): (1, 3)}
