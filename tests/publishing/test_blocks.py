"""Payloads as HTML: escaped, with marks and words for a status, headings and scopes for a table."""

import pandas as pd
import pytest

from qdlib.publishing import blocks
from qdlib.publishing.frames import read_frame


def say(key: str, **values) -> str:
    return f"[{key}{''.join(f' {value}' for value in values.values())}]"


def table_of(frame: pd.DataFrame, **options) -> str:
    payload = read_frame(frame, "t", **options) | {"caption": "标题 <b>", "note": "", "sources": [], "source_line": "年鉴 2023"}
    return blocks.table(payload, say)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("★ 已达标", "good"),
        ("● 快于序时", "good"),
        ("■ 合序时", "good"),
        ("◆ 保持", "good"),
        ("◐ 略慢", "caution"),
        ("○ 明显滞后", "bad"),
        ("✕ 未达标", "bad"),
        ("· 未到期", "quiet"),
        ("— 不可评", "quiet"),
        ("◐ 略慢（2022）", "quiet"),
        ("● ahead (2022-06)", "quiet"),
    ],
)
def test_a_status_is_mark_word_and_class(text, names):
    html = blocks.chip(text)
    assert f'class="chip {names}"' in html and text[0] in html and text[1:].strip() in html


@pytest.mark.parametrize("text", ["—", "青岛", "-5", ""])
def test_other_text_is_no_status(text):
    assert "chip" not in blocks.chip(text)


def test_text_is_escaped_everywhere():
    frame = pd.DataFrame({"a": ["<script>x</script>"], "b": ["★ <i>"]})
    html = table_of(frame, columns={"a": "<h>"}) + blocks.note({"text": "<x>", "lead": "<y>"})
    assert "<script" not in html and "<i>" not in html and "<h>" not in html and "<x>" not in html and "<b>" not in html


def test_table_has_caption_scopes_and_units():
    html = table_of(pd.DataFrame({"city": ["青岛"], "": ["x"], "value": [1.0]}), units={"value": "亿元"}, columns={"": ""})
    assert '<th scope="col">city</th>' in html and '<th scope="row">青岛</th>' in html
    assert "<td></td>" in html, "an empty heading is no header cell"
    assert '<span class="unit">亿元</span>' in html and 'role="region" tabindex="0"' in html


def test_source_cells_are_folded_away_and_named():
    cells = ["yearbook/1-7.xlsx!S!F12", "yearbook/1-7.xlsx!S!G12; panel/a.csv!csv!E9"]
    html = table_of(pd.DataFrame({"year": [2023, 2024], "value": [1.5, 2.5], "source_cell": cells}))
    assert "<li><code>yearbook/1-7.xlsx!S</code> 2023 F12 · 2024 G12</li>" in html
    assert "<li><code>panel/a.csv!csv</code> 2024 E9</li>" in html and "source_cell" not in html


def test_of_many_source_cells_the_page_lists_some_and_counts_the_others():
    frame = pd.DataFrame({"year": range(2000, 2045), "value": 1.5, "source_cell": [f"y/t.csv!csv!A{row}" for row in range(45)]})
    html = table_of(frame)
    assert "2039 A39" in html and "A40" not in html and "[page.trace.more 5]" in html


def test_decimal_points_stay_in_line():
    frame = pd.DataFrame({"value": [33.25, 8683.0, None], "places": [2, 0, None]})
    html = table_of(frame, decimals={"value": "places"})
    assert "<td>8\u00a0683\u2008\u2007\u2007</td>" in html and "<td>33.25</td>" in html


def test_columns_of_numbers_are_named_once_on_the_table():
    html = table_of(pd.DataFrame({"city": ["a"], "value": [1.0], "word": ["b"], "last": ["c"]}))
    assert '<table class="n2 w3">' in html and "class" not in html.partition("<thead>")[2].partition("</table>")[0]


def test_a_bar_says_its_shares_in_words():
    empty = dict.fromkeys(("counts", "headline", "chip", "left", "right", "page"), "")
    item = {"title": "海洋", "progress": 1.4, "tick": 0.56, **empty}
    html = blocks.cards({"items": [item]}, say, lambda page: None)
    assert 'aria-label="[page.bar.progress 100][page.bar.joint][page.bar.tick 56]"' in html and "width:100%" in html


def test_key_figures_show_whole_numbers_whole_and_others_with_one_decimal():
    figures = [{"label": "a", "value": value, "unit": "%", "note": "2022"} for value in (2567, 62.0, None, "约 5")]
    html = blocks.key_figures(figures)
    assert all(f"<dd>{text}" in html for text in ("2\u00a0567", "62.0", "—", "约 5"))
