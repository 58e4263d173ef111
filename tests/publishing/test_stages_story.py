"""Stage evaluation in words: one cause a row with the figures behind it, reviews beside verdicts, past ratings, in both languages."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest

from qdlib.analysis.programme import assess_programme
from qdlib.analysis.rating_history import known_on, rate_history
from qdlib.analysis.reviews import add_overrides
from qdlib.analysis.stages import compare_stage, freeze_stage
from qdlib.analysis.targets import assess_policy
from qdlib.catalogue import load_catalogue
from qdlib.catalogue.documents import Name
from qdlib.catalogue.reviews import Review
from qdlib.observations import store
from qdlib.observations.vintages import choose_vintage
from qdlib.publishing import display, phrases
from qdlib.publishing.blocks import chip as chip_html
from qdlib.publishing.blocks import status_mark
from qdlib.publishing.stories import stages as story
from qdlib.reading.stage_archive import write_stage
from qdlib.reading.stages import read_stages
from tests.conftest import FROZEN, ROOT

CHINESE = re.compile(r"[\u4e00-\u9fff]")
THEN, TODAY = "2025-12-31", "2026-06-30"
MARINE = ("marine_gdp", 2024)
REASON = Name("另有部门数据", "figures of the department")
REVIEWER = ("Evaluation centre", "2026-01-31", "2026-12-31")
REVIEW = Review("T17", "override", "on_schedule", REASON, *REVIEWER)


@pytest.fixture(params=["zh", "en"])
def language(request, monkeypatch):
    monkeypatch.setattr(display, "_report", display.Report(language=request.param))
    return request.param


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """A stage of the end of 2025 with another figure for marine GDP than today's, and the comparison with the frozen store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QD_DATA", str(FROZEN))
        rows = store.read_observations("qingdao")
    catalogue = load_catalogue()
    known = known_on(rows, THEN, catalogue).copy()
    marine = (known["indicator"] == MARINE[0]) & (known["year"] == MARINE[1])
    known.loc[marine, ["value", "amount"]] = 5813.2
    listed = assess_programme(catalogue.programme, [], THEN)
    tables = freeze_stage(catalogue, choose_vintage(known, "latest", catalogue), known, listed, THEN)
    about = {"stage": "2025H2", "policy": catalogue.policy.title.zh, "city": "qingdao", "today": THEN, "last_full_year": "2024"}
    root = tmp_path_factory.mktemp("raw")
    write_stage(root, tables, about | {"method": "0.1.0+0123456789ab", "data": "d"})
    [stage] = read_stages(root)
    return stage, compare_stage(stage, catalogue, rows, TODAY), rows


def reviewed(monkeypatch, *reviews: Review):
    """The packaged catalogue with reviews, for the story."""
    catalogue = replace(load_catalogue(), reviews=reviews)
    monkeypatch.setattr(story, "load_catalogue", lambda: catalogue)
    return catalogue


def texts_of(table: dict) -> list[str]:
    cells = [value for column in table["frame"] for value in table["frame"][column] if isinstance(value, str)]
    return [table["caption"], table.get("note", ""), *table["columns"].values(), *cells]


def test_without_a_stage_the_page_says_so_in_one_sentence(language):
    assert story.changed_table(None, None, TODAY) is None and story.steps_table(None, None, TODAY) is None
    assert story.choose_pillar(None, "ocean") is None
    assert story.nothing(None, None) == load_catalogue().say("stages.none", language)


def test_what_changed_is_counted_by_cause_and_revision_alone_is_named(language, compared):
    stage, changes, _ = compared
    said = story.summary(stage, changes)
    counts = {"zh": ["31", "3", "28"], "en": ["3", "31", "28"]}[language]
    assert re.findall(r"\d+", said.replace("2025H2", "").replace(THEN, ""))[:4] == ["2024", *counts]
    alone = load_catalogue().say("stages.alone", language, names=story.name_of("T17"))
    assert alone in said
    assert load_catalogue().say("stages.aged", language, number=2) in said


def test_each_changed_target_has_its_cause_and_the_figures_behind_it(language, compared):
    stage, changes, _ = compared
    frame = story.changed_table(stage, changes, TODAY)["frame"].set_index("name")
    assert [name[:3] for name in frame.index] == ["T03", "T17", "T23"]
    causes = [load_catalogue().say(f"stages.cause.{cause}", language) for cause in ("new_data", "revision", "new_data")]
    assert frame["cause"].to_list() == causes
    marine = frame.loc[story.name_of("T17")]
    assert status_mark(marine["then"]) == "●" and status_mark(marine["now"]) == "◐"
    assert re.findall(r"\d[\d\u202f ,]*\.\d", marine["why"]) and "2024" in marine["why"]
    assert load_catalogue().say("stages.why.alone", language) in marine["why"]
    assert load_catalogue().say("stages.why.alone", language) not in frame.loc[story.name_of("T03"), "why"]


def test_the_steps_show_where_the_word_moved(language, compared):
    stage, changes, _ = compared
    row = story.steps_table(stage, changes, TODAY)["frame"].set_index("name").loc[story.name_of("T17")]
    assert [status_mark(row[step]) for step in ("then", "method", "revision", "new_data", "now")] == ["●", "●", "◐", "◐", "◐"]


def test_moves_that_cancelled_out_stand_among_the_steps_only(language, compared):
    stage, changes, _ = compared
    row = changes[changes["id"] == "T02"].assign(undone=[("revision", "new_data")], word_revision="slipping")
    assert story.changed_table(stage, row, TODAY) is None
    [line] = story.steps_table(stage, row, TODAY)["frame"].to_dict("records")
    assert line["cause"] == load_catalogue().say("stages.cause.none", language)
    assert load_catalogue().say("stages.cause.revision", language) in line["why"]


def test_a_pillar_shows_its_own_changes_only(language, compared):
    stage, changes, _ = compared
    ocean = story.choose_pillar(changes, "ocean")
    assert len(ocean) == 5 and [name[:3] for name in story.changed_table(stage, ocean, TODAY)["frame"]["name"]] == ["T17"]
    quiet = story.choose_pillar(changes, "governance")
    assert story.changed_table(stage, quiet, TODAY) is None
    assert re.search(r"\b6\b|6项", story.nothing(stage, quiet))


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ((8650.0, 2024), (8600.0, 2024), "figure_revised"),
        ((8650.0, 2024), (8683.0, 2025), "figure_moved"),
        ((None, None), (8683.0, 2025), "figure_came"),
        ((8650.0, 2024), (None, None), "figure_gone"),
        ((8650.0, 2024), (8650.0, 2024), None),
    ],
)
def test_every_move_of_a_figure_has_its_sentence(language, old, new, key):
    row = {"id": "T03", "latest_method": old[0], "latest_year_method": old[1], "latest_revision": new[0], "latest_year_revision": new[1]}
    found = story.figure_change(row, "latest", "method", "revision")
    assert bool(found) == bool(key)
    assert all(str(year) in found for year in (old[1], new[1]) if year and key)


def test_targets_that_came_and_went_are_said(language, compared):
    stage, changes, _ = compared
    some = pd.concat([changes.head(1).assign(change="new", word_then=None), changes.head(1).assign(change="dropped", word_now=None, id="T98")])
    frame = story.changed_table(stage, some, TODAY)["frame"]
    assert frame["then"].to_list()[0] == "—" and frame["now"].to_list()[1] == "—" and frame["name"].to_list()[1] == "T98"
    assert [load_catalogue().say(f"stages.{key}", language, number=1) in story.summary(stage, some) for key in ("came", "gone")] == [True, True]


# --- reviews --------------------------------------------------------------------------------------------------------------------


def test_an_override_stands_behind_the_computed_word_wherever_it_is_shown(language, compared):
    _, _, rows = compared
    catalogue = load_catalogue()
    cases = assess_policy(catalogue, choose_vintage(rows, "latest", catalogue), rows, 2025)
    plain = {case.target.id: phrases.chip(case) for case in cases}
    overridden = add_overrides(cases, [replace(REVIEW, target=key) for key in ("T01", "T04", "T17")])
    beside = {case.target.id: phrases.chip(case) for case in overridden}
    word = catalogue.say("status.on_schedule", language)
    for key in ("T17", "T01"):
        assert beside[key].startswith(plain[key]) and beside[key].endswith(word)
    assert beside["T04"].endswith("(2022)") and word in beside["T04"] and 'class="chip quiet"' in chip_html(beside["T04"])
    assert beside["T03"] == plain["T03"]


def test_reviews_show_the_computed_word_and_whether_they_are_in_force(language, compared, monkeypatch):
    _, _, rows = compared
    jump = replace(REVIEW, kind="confirmed_jump", value="2024", expires=None)
    catalogue = reviewed(monkeypatch, REVIEW, replace(REVIEW, date="2025-01-31", expires="2025-06-30"), jump)
    rated = rate_history(catalogue, rows, [TODAY])
    frame = story.reviews_table(catalogue.reviews, rated, "ocean", TODAY)["frame"]
    assert frame["state"].to_list() == [catalogue.say(f"reviews.states.{state}", language) for state in ("in_force", "expired", "in_force")]
    assert {status_mark(text) for text in frame["computed"]} == {"◐"} and status_mark(frame["value"][0]) == "■"
    assert "2024" in frame["value"][2] and frame["expires"].to_list() == ["2026-12-31", "2025-06-30", "—"]
    assert story.reviews_table(catalogue.reviews, rated, "governance", TODAY) is None
    assert story.reviews_table((), rated, "all", TODAY) is None


def test_an_override_is_explained_by_who_and_why_and_so_is_its_end(language, compared, monkeypatch):
    stage, changes, rows = compared
    catalogue = reviewed(monkeypatch, REVIEW, replace(REVIEW, target="T02"))
    found = compare_stage(stage, catalogue, rows, TODAY).set_index("id")
    row = found.loc["T02"].to_dict() | {"id": "T02"}
    assert row["cause"] == "override" and "Evaluation centre" in story.why(row, TODAY) and "2026-01-31" in story.why(row, TODAY)
    assert found.loc["T17", "cause"] == "revision" and found.loc["T17", "also"] == ("override",)
    assert catalogue.say("stages.cause.override", language) in story.why(found.loc["T17"].to_dict() | {"id": "T17"}, TODAY)
    ended = row | {"override_then": "on_schedule", "override_now": None}
    reviewed(monkeypatch)
    assert catalogue.say("stages.why.ended", language, word=catalogue.say("status.on_schedule", language)) == story.why(ended, TODAY)


# --- past ratings and lists -----------------------------------------------------------------------------------------------------


def test_past_ratings_have_a_column_a_day_and_count_the_rest(language, compared):
    rated = rate_history(load_catalogue(), compared[2], ["2025-06-30", TODAY])
    table = story.ratings_table(rated)
    frame = table["frame"].set_index("name")
    assert list(table["columns"].values())[1:] == ["2025-06-30", TODAY]
    assert [key[:3] for key in frame.index][:5] == ["T02", "T03", "T04", "T05", "T17"]
    assert status_mark(frame.loc[story.name_of("T03"), "on_2025_06_30"]) == "●"
    assert frame.loc[story.name_of("T04")].str.endswith("(2022)").all()
    assert str(31 - len(frame)) in table["note"]
    assert frame.loc[story.name_of("T18"), "on_2026_06_30"].endswith("(2022)")
    assert story.ratings_table(rated[rated["id"] == "T01"]) is None


def test_lists_are_told_by_their_moves(language):
    nothing = pd.DataFrame({"item": [], "then": [], "now": []})
    assert "177" in story.items_sentence(nothing, 177)
    moved = pd.DataFrame({"item": ["a", "b", "c"], "then": ["unreported", "unreported", ""], "now": ["done", "done", "slow"]})
    said = story.items_sentence(moved, 177)
    assert re.findall(r"\d+", said) == {"zh": ["177", "3", "2", "1"], "en": ["3", "177", "2", "1"]}[language]


def test_the_words_are_in_one_language(language, compared, monkeypatch):
    stage, changes, rows = compared
    catalogue = reviewed(monkeypatch, REVIEW)
    rated = rate_history(catalogue, rows, [TODAY])
    tables = [story.changed_table(stage, changes, TODAY), story.steps_table(stage, changes, TODAY)]
    tables += [story.reviews_table(catalogue.reviews, rated, "all", TODAY), story.ratings_table(rated)]
    said = [text for table in tables for text in texts_of(table)] + [story.summary(stage, changes), story.nothing(stage, changes)]
    if language == "en":
        assert not [text for text in said if CHINESE.search(text)]


@pytest.mark.parametrize("notebook", ["overview", "pillar", "programme"])
def test_the_pages_take_a_stage_and_a_day(notebook):
    from qdlib.publishing.parameters import read_parameters

    known = {parameter.name: parameter for parameter in read_parameters(ROOT / "notebooks" / f"{notebook}.ipynb")}
    assert known["stage"].default == "current" and known["today"].type == "str"
    sources = json.dumps(json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text("utf-8")))
    assert "read_shared" in sources and "compare_stage" in sources


@pytest.mark.parametrize(
    ("value", "words"), [("2026-H2", "did you mean 2026H2?"), ("latest", "expected current"), ("2026H3", "expected current")]
)
def test_a_stage_that_is_no_stage_is_refused_before_a_run(value, words):
    from qdlib.publishing.domains import domain_fault

    assert words in domain_fault("stage", value, load_catalogue())
    assert domain_fault("stage", "current", None) == domain_fault("stage", "2026H1", None) == ""
