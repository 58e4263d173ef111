"""Pictures of a source grid: roles by colour and letter, outlines, escaped text, both languages."""

import pytest

from qdlib.errors import SourceError
from qdlib.reading.pictures import show_cell, show_file, show_table
from qdlib.reading.tables import examine_file

ROWS = [
    ["1-1 <b>产值</b>表"],
    ["单位：亿元"],
    ["年份", "总产值", ""],
    ["", "", "#工业"],
    ["2001", "5.90", "-"],
    ["2002", "8", "X940"],
    ["2003", "7", "2"],
]
DOUBT = [["1-1 表"], ["单位：亿元"], ["年份", "出口", "出口"], ["2001", "1", "2"], ["2002", "3", "4"]]


@pytest.fixture
def seen(write_csv):
    return examine_file(write_csv(ROWS))


def test_each_role_has_its_class_and_letter(seen):
    html = show_table(seen.tables[0]).html
    for look in (
        '<td class="qd-H">总产值<small>H</small>',
        '<td class="qd-S">2001<small>S</small>',
        '<td class="qd-V">5.90<small>V</small>',
        '<td class="qd-M">-<small>M</small>',
        '<td class="qd-Q">X940<small>?</small>',
        '<td class="qd-N">单位：亿元<small>N</small>',
    ):
        assert look in html


def test_source_text_is_escaped_and_there_is_no_script(seen):
    html = show_table(seen.tables[0])._repr_html_()
    assert "&lt;b&gt;产值&lt;/b&gt;" in html and "<b>" not in html and "<script" not in html


def test_words_come_in_both_languages(seen):
    assert "列标题" in show_table(seen.tables[0]).html and "Header" in show_table(seen.tables[0], "en").html


def test_dark_mode_and_print_are_styled(seen):
    html = show_table(seen.tables[0]).html
    assert "prefers-color-scheme:dark" in html and "@media print" in html


def test_an_uncertain_table_shows_its_reasons_and_the_command(write_csv):
    html = show_table(examine_file(write_csv(DOUBT)).uncertain[0]).html
    assert "2 columns are labelled 出口" in html and "qd read t.csv --recipe" in html and 'class="qd-V"' not in html


def test_a_page_holds_every_table_of_a_file(seen):
    page = show_file(seen)
    assert page.startswith("<!doctype html>") and page.count("<style>") == 1 and page.count('<table class="qd-grid">') == 1


@pytest.fixture
def raw(tmp_path, write_csv):
    folder = tmp_path / "raw" / "qd_yearbook" / "2031"
    folder.mkdir(parents=True)
    write_csv(ROWS).rename(folder / "t.csv")
    return tmp_path / "raw"


def test_a_cell_is_outlined_with_every_label_of_its_path(raw):
    html = show_cell("qd_yearbook_2031/t.csv!csv!C7", raw, "en").html
    assert 'class="qd-V qd-point">2<small>' in html
    assert 'class="qd-H qd-mark">总产值' in html and 'class="qd-H qd-mark">#工业' in html and 'class="qd-S qd-mark">2003' in html
    assert "Unit: 亿元" in html and "Row: 2003; column: 总产值 / #工业" in html


def test_a_cell_outside_every_table_is_loud(raw):
    with pytest.raises(SourceError, match="belongs to no table"):
        show_cell("qd_yearbook_2031/t.csv!csv!A1", raw)
