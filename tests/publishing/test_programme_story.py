"""The programme page: every word has its mark and text, what nobody reported stays empty, and links lead both ways in both languages."""

import json
import re
from datetime import date

import pytest

from qdlib.analysis import programme as lists
from qdlib.analysis.item_reports import ItemReport, Milestone
from qdlib.catalogue import load_catalogue
from qdlib.publishing import display
from qdlib.publishing.blocks import status_mark
from qdlib.publishing.parameters import read_parameters
from qdlib.publishing.stories import programme as story
from tests.conftest import ROOT

CHINESE = re.compile(r"[\u4e00-\u9fff]")
TODAY = "2026-06-30"
DAY = date(2026, 6, 30)
STEPS = (Milestone("甲", 0.5, date(2026, 1, 31), date(2026, 1, 31)), Milestone("乙", 0.5, date(2026, 3, 31)))
REPORTS = [
    ItemReport("c27-1", DAY, "甲局", start=date(2023, 1, 1), due=date(2026, 12, 31), milestones=STEPS, parts_done=3),
    ItemReport("c05-1", DAY, "甲局", due=date(2026, 6, 1)),
]


@pytest.fixture(params=["zh", "en"])
def language(request, monkeypatch):
    monkeypatch.setattr(display, "_report", display.Report(language=request.param))
    return request.param


def assess(reports=()):
    return lists.assess_programme(load_catalogue().programme, reports, TODAY)


def texts_of(table: dict) -> list[str]:
    """Every text that a reader of the table meets: caption, headings, note, cells."""
    cells = [value for column in table["frame"] for value in table["frame"][column] if isinstance(value, str)]
    return [table["caption"], table.get("note", ""), *table["columns"].values(), *cells]


def test_every_word_has_a_mark_and_a_text():
    known = load_catalogue().texts
    assert set(story.MARKS) == set(lists.WORDS) and len(set(story.MARKS.values())) == len(lists.WORDS)
    for word, mark in story.MARKS.items():
        assert f"programme.word.{word}" in known and status_mark(f"{mark} {word}") == mark


def test_today_the_page_says_that_nobody_has_reported(language):
    assessed = assess()
    head = story.finding(assessed, "all")
    assert "177" in head["title"] and [figure[1] for figure in head["key_figures"]] == [85, 57, 35, 0]
    assert "177" in story.act_note(assessed)["text"]
    for kind, number in (("task", 85), ("project", 57), ("policy", 35)):
        frame = story.item_table(assessed, kind)["frame"]
        assert len(frame) == number and set(frame["unit"]) == set(frame["due"]) == {"—"} and frame["status"].nunique() == 1
        assert "spi" not in frame
    counts = story.completeness(assessed)["frame"]
    assert counts.iloc[-1, 2:].to_list() == [177, 85, 57, 35, 12, counts["linked"].iloc[:-1].sum(), 0, 0, 0, 0]


def test_reports_reach_head_list_and_dispatch_table(language):
    assessed = assess(REPORTS)
    title = story.finding(assessed, "all")["title"]
    assert re.findall(r"\d+", title) == ["177", "2", "0", "1"]
    assert story.act_note(assessed) is None
    frame = story.item_table(assessed, "task")["frame"].set_index("title")
    row = next(row for key, row in frame.iterrows() if key.startswith("c27-1"))
    assert (row["unit"], row["due"], row["spi"]) == ("甲局", "2026-12-31", 0.5)
    assert row["status"].startswith("◐") and re.findall(r"\d", row["parts"]) == ["3", "7", "2"]
    owed = story.dispatch_table(assessed)["frame"].set_index("unit")
    assert owed.loc["甲局", ["items", "overdue", "slow", "days_overdue"]].to_list() == [2, 1, 1, 29]


def test_links_show_on_both_sides(language):
    assessed = assess()
    served = story.target_table(assessed, "all")["frame"].set_index("target")
    row = next(row for key, row in served.iterrows() if key.startswith("T24"))
    assert row["items"] == 1 and row["serving"].startswith("c15-3")
    listed = story.item_table(assessed, "policy")["frame"]
    assert listed[listed["title"].str.startswith("c15-3")]["serves"].iloc[0].startswith("T24")
    assert [key[:3] for key, row in served.iterrows() if row["items"] == 0] == ["T06", "T34"]


def test_parts_are_shown_as_the_text_gives_them(language):
    frame = story.item_table(assess(), "project")["frame"]
    parts = {title.split()[0]: text for title, text in zip(frame["title"], frame["parts"], strict=True)}
    assert re.findall(r"\d+", parts["c03-3"]) == ["10"] and parts["c05-1"] == "—"
    assert {"zh": "浮山湾", "en": "Fushan Bay"}[language] in parts["c04-4"]


def test_one_pillar_has_its_own_lists_and_a_missing_type_is_none(language):
    assessed = story.choose_pillar(assess(), "ocean")
    assert len(assessed) == 34 and len(story.completeness(assessed)["frame"]) == 1
    assert [key[:3] for key in story.target_table(assessed, "ocean")["frame"]["target"]] == ["T02", "T15", "T16", "T17", "T18"]
    assert story.item_table(assessed[assessed["type"] == "task"], "project") is None
    assert story.target_table(story.choose_pillar(assess(), "delivery"), "delivery") is None
    assert len(story.headline(assessed, TODAY)["frame"]) == 12


def test_the_page_is_in_one_language(language):
    assessed = assess()
    tables = [story.dispatch_table(assessed), story.completeness(assessed), story.target_table(assessed, "all")]
    tables += [story.item_table(assessed, kind) for kind in ("task", "project", "policy")]
    said = [text for table in tables for text in texts_of(table)]
    said += [*story.act_note(assessed).values(), *(str(part) for part in story.finding(assessed, "ocean").values())]
    assert said
    if language == "en":
        assert not [text for text in said if CHINESE.search(text)]


def test_the_notebook_needs_no_city():
    names = [parameter.name for parameter in read_parameters(ROOT / "notebooks" / "programme.ipynb")]
    assert names == ["pillar", "stage", "today", "language"]


def test_the_english_page_translates_the_cells_as_they_stand():
    """A changed Chinese cell without its English fails here, before an English page is asked for."""
    cells = json.loads((ROOT / "notebooks" / "programme.ipynb").read_text("utf-8"))["cells"]
    written = {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"}
    known = load_catalogue().texts
    assert len(written) == 8 and {key: known[f"programme.{key}"].zh for key in written} == written
    assert not [key for key in written if CHINESE.search(known[f"programme.{key}"].en)]
