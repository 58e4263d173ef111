"""What notebooks call: every output is marked, every misuse is refused before it can mislead."""

import subprocess
import sys

import pandas as pd
import pytest

from qdlib.errors import QdlibError, RunError
from qdlib.publishing import display
from tests.publishing.test_figures import clipped_figure

HEADLINE = pd.DataFrame({"item": ["gdp"], "year": [2022], "field": ["value"], "value": [14920.754], "decimals": [1]})


@pytest.fixture
def stamped(shown):
    display.stamp(city="qingdao", language="zh", vintage="latest")
    return shown


def labelled(alt: str = "折线图"):
    figure = clipped_figure()
    figure.set_label(alt)
    return figure


def test_each_output_is_marked_with_kind_and_id(stamped):
    display.finding("标题", "一句", [("产值", 5.0, "亿元", "2022")])
    display.note("注意", lead="先看。")
    display.show(labelled(), "题", "亿元", ["qd_yearbook_2023"])
    display.table(HEADLINE, "gdp")
    display.cards([{"title": "海洋", "progress": 0.5}])
    display.notice("缺数", "table")
    display.headline(HEADLINE)
    display.sources()
    marks = [output["metadata"]["qdlib"]["kind"] for output in stamped.outputs]
    assert marks == ["stamp", "finding", "note", "caption", "figure", "table", "cards", "notice", "headline", "sources"]


def test_stamp_names_city_parameters_and_data(stamped):
    payload = stamped.payload("stamp")
    assert payload["subject"] == "青岛" and payload["parameters"]["vintage"] == "latest"
    assert payload["slices"] == {"jinan": "2222bbbb", "qingdao": "1111aaaa"} and payload["newest_edition"] == "qd_yearbook_2023"


def test_stamp_names_only_the_declared_slices(shown, monkeypatch):
    monkeypatch.setenv("QD_READS", "jinan")
    display.stamp(city="jinan")
    assert shown.payload("stamp")["slices"] == {"jinan": "2222bbbb"} and shown.payload("stamp")["newest_edition"] == ""


def test_stamp_refuses_in_the_words_of_the_run(shown):
    with pytest.raises(RunError, match="did you mean qingdao"):
        display.stamp(city="qingdoa")


def test_words_are_text_ids_or_ready_words(stamped):
    display.note("page.stale.not_in_order")
    assert stamped.payload("note")["text"] == "此页不是从头到尾依次运行得到的。"
    with pytest.raises(QdlibError, match="page.stale.nothing"):
        display.note("page.stale.nothing")


def test_words_follow_the_language_of_the_stamp(shown):
    display.stamp(language="en")
    assert display.say("page.index.more") == "Full overview"
    display.show(labelled(), "t", sources=["qd_yearbook_2018", "qd_yearbook_2023"])
    assert "2018, 2023" in shown.payload("figure")["source_line"]


def test_a_sentence_is_text_and_a_paragraph(stamped):
    sentence = display.say("page.index.pillars")
    bundle, metadata = sentence._repr_mimebundle_()
    assert isinstance(sentence, str) and bundle["text/html"] == "<p>六个城市</p>" and metadata["qdlib"]["kind"] == "say"


def test_sources_are_grouped_by_publication(stamped):
    display.table(HEADLINE, "a", sources=["qd_yearbook_2018"])
    display.table(HEADLINE, "b", sources=["qd_yearbook_2023"])
    display.sources()
    listed = stamped.payload("sources")["sources"]
    assert len(listed) == 1 and listed[0]["editions"] == "2018、2023"


def test_an_unknown_edition_is_refused(stamped):
    with pytest.raises(QdlibError, match="qd_yaerbook_2023"):
        display.table(HEADLINE, "a", sources=["qd_yaerbook_2023"])


@pytest.mark.parametrize("alt", ["", "长" * 201])
def test_a_figure_needs_an_alt_text_of_some_length(stamped, alt):
    with pytest.raises(RunError, match="set_label"):
        display.show(labelled(alt), "题")


def test_a_missing_font_is_not_shouted_about(stamped, recwarn):
    figure = labelled()
    figure.axes[0].text(1, 1, "青岛", fontfamily=["DejaVu Sans"], color="#1d2a33")
    display.show(figure, "题")
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (HEADLINE.drop(columns="field"), "columns field are missing"),
        (pd.concat([HEADLINE, HEADLINE]), "rows repeat"),
        (pd.concat([HEADLINE.assign(year=year) for year in range(2000, 2013)]), "13 rows, at most 12"),
    ],
)
def test_headline_keeps_its_form(stamped, frame, said):
    with pytest.raises(RunError, match=said):
        display.headline(frame)


def test_headline_is_rounded_as_published(stamped):
    display.headline(HEADLINE)
    assert stamped.payload("headline")["rows"][0][3] == 14920.8


def test_cards_and_notices_refuse_unknown_words(stamped):
    with pytest.raises(RunError, match="expected title"):
        display.cards([{"title": "x", "progres": 0.5}])
    with pytest.raises(RunError, match="'figure' or 'table'"):
        display.notice("x", "chart")
    with pytest.raises(RunError, match="at most 4"):
        display.finding("x", "", [("a", 1, "", "")] * 5)


def test_notebooks_load_neither_papermill_nor_nbconvert():
    code = "import sys, qdlib; qdlib.stamp, qdlib.show; print({'papermill', 'nbconvert', 'ipywidgets'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
