"""HTML pages: spans, stored numbers, titles outside the grid."""

import pytest

from qdlib.reading.errors import UnreadableFile
from qdlib.reading.sources import read_sheets
from qdlib.reading.tables import examine_file

PAGE = """<html><head><meta charset="{charset}"></head><body><div>1-1 测试表</div><div>单位：万元</div><table>
<tr><td rowspan="2">地区</td><td rowspan="2">合计</td><td colspan="2">按级别分</td></tr><tr><td>甲级</td><td>乙级</td></tr>
<tr><td>全国</td><td>9</td><td>4</td><td>5</td></tr><tr><td>某省{rare}</td><td>7</td><td>3</td><td>&nbsp;</td></tr>
<tr><td>末省</td><td x:num="12400.56">12 400.6</td><td>1</td><td>2<sup>1)</sup></td></tr></table></body></html>"""


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def test_spans_and_titles(tmp_path, cells):
    seen = examine_file(write(tmp_path / "t.xls", PAGE.format(charset="utf-8", rare="")))
    table = seen.tables[0]
    assert (table.number, table.title, table.sheet) == ("1-1", "测试表", "table1")
    assert cells(table)["D3"] == (["全国"], ["按级别分", "乙级"], "5", "ten_thousand_yuan", "A")


def test_t01_rows_after_a_rare_letter_are_kept(tmp_path):
    seen = examine_file(write(tmp_path / "t.xls", PAGE.format(charset="gb2312", rare="镕㎞囍"), "gb18030"))
    assert [value.raw for value in seen.tables[0].values][-2:] == ["1", "2"]


def test_t02_declared_gb2312_is_utf8(tmp_path):
    seen = examine_file(write(tmp_path / "t.xls", PAGE.format(charset="gb2312", rare="")))
    assert seen.tables[0].title == "测试表"


def test_t08_the_stored_number_counts(tmp_path):
    seen = examine_file(write(tmp_path / "t.xls", PAGE.format(charset="utf-8", rare="")))
    value = next(value for value in seen.tables[0].values if value.cell == "B5")
    assert (str(value.value), value.raw, value.notes) == ("12400.56", "12 400.6", ('shown "12 400.6"',))


def test_t13_a_raised_mark_is_no_digit(tmp_path):
    seen = examine_file(write(tmp_path / "t.xls", PAGE.format(charset="utf-8", rare="")))
    value = next(value for value in seen.tables[0].values if value.cell == "D5")
    assert (value.value, value.notes) == (2, ('mark "1)"',))


def test_a_stored_number_that_the_text_does_not_show_is_loud(tmp_path):
    page = PAGE.format(charset="utf-8", rare="").replace("12 400.6", "12 500.6")
    with pytest.raises(UnreadableFile, match=r"stored number '12400\.56' is shown as '12 500\.6'"):
        read_sheets(write(tmp_path / "t.xls", page))


def test_overlapping_spans_are_loud(tmp_path):
    page = "<table><tr><td>年</td><td rowspan=2>a</td></tr><tr><td colspan=2>b</td></tr></table>"
    with pytest.raises(UnreadableFile, match="overlap"):
        read_sheets(write(tmp_path / "t.html", page))


def test_a_page_without_tables_is_loud(tmp_path):
    with pytest.raises(UnreadableFile, match="without a table"):
        read_sheets(write(tmp_path / "t.html", "<html><body>年份</body></html>"))
