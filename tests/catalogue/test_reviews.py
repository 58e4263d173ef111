"""Reviews: read with their policy, every fault named, and in force between their days only."""

from dataclasses import fields

import pytest

from qdlib.analysis.schedule import WORDS
from qdlib.catalogue import load_catalogue
from qdlib.catalogue.reviews import NO_VERDICT, STATUS, Review

OVERRIDE = (
    "- {target: T01, kind: override, value: ahead, reason: {zh: 未公开的数据, en: unpublished figures}, author: 某评估中心, "
    'date: "2026-07-01", expires: "2026-12-31"}\n'
)
JUMP = '- {target: T02, kind: confirmed_jump, value: "2024", reason: {zh: 已核实, en: checked}, author: 某统计局, date: "2026-07-01"}\n'
WORD_TEXTS = "status:\n  ahead: {zh: 快于序时, en: ahead}\n  lost: {zh: 远离, en: lost}\n  not_assessable: {zh: 无法评估, en: not assessable}\n"


@pytest.fixture
def reviewed(folder):
    """The tiny catalogue with the text of the reviews given."""
    (folder / "text" / "status.yml").write_text(WORD_TEXTS, encoding="utf-8")

    def write(text: str) -> None:
        (folder / "reviews.yml").write_text(text, encoding="utf-8")

    return write


def test_nobody_has_reviewed_the_real_policy():
    assert load_catalogue().reviews == ()


def test_reviews_belong_to_the_policy_of_their_folder(reviewed, folder):
    reviewed(OVERRIDE + JUMP)
    first, second = load_catalogue(folder).reviews
    assert (first.target, first.kind, first.value, first.expires) == ("T01", "override", "ahead", "2026-12-31")
    assert (second.value, second.expires, second.reason.en) == ("2024", None, "checked")
    assert load_catalogue().reviews == ()


def test_there_is_no_field_for_a_person():
    assert {field.name for field in fields(Review)} == {"target", "kind", "value", "reason", "author", "date", "expires"}


def test_a_review_is_in_force_from_its_date_to_its_last_day(reviewed, folder):
    reviewed(OVERRIDE + JUMP)
    first, second = load_catalogue(folder).reviews
    days = ("2026-06-30", "2026-07-01", "2026-12-31", "2027-01-01")
    assert [first.state_on(day) for day in days] == ["pending", "in_force", "in_force", "expired"]
    assert [second.state_on(day) for day in days] == ["pending", "in_force", "in_force", "in_force"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("target: T01", "target: T10", "reviews.yml, T10 override of 2026-07-01: unknown target 'T10'; did you mean T0"),
        ("value: ahead", "value: ahed", "`value` is 'ahed', expected a word: ahead, lost; did you mean ahead?"),
        ("value: ahead", "value: not_assessable", "`value` is 'not_assessable', expected a word: ahead, lost"),
        ("kind: override", "kind: overide", "`kind` is 'overide', expected one of override, confirmed_jump; did you mean override?"),
        ('"2026-07-01"', '"2026-7-1"', "`date` is '2026-7-1', expected a day such as 2026-06-30"),
        ('"2026-12-31"', '"2026-02-30"', "`expires` is '2026-02-30', expected a day such as 2026-06-30"),
        ('"2026-12-31"', '"2026-06-30"', "`expires` 2026-06-30 is before `date` 2026-07-01"),
        (', expires: "2026-12-31"', "", "`expires` is missing"),
        ("author: 某评估中心, ", "", "`author` is missing"),
        ("reason: {zh: 未公开的数据, en: unpublished figures}", "reason: 未公开的数据", "`reason` is '未公开的数据', expected zh and en"),
        ("author:", "autor: x, author:", "unknown key `autor`; did you mean author?"),
    ],
)
def test_a_spoilt_override_names_its_fault(reviewed, faults, old, new, words):
    reviewed(OVERRIDE.replace(old, new))
    found = faults()
    assert any(words in fault for fault in found), found


def test_a_confirmed_jump_names_a_year(reviewed, faults):
    reviewed(JUMP.replace('"2024"', "ahead"))
    assert "`value` is 'ahead', expected the year of the figure that is confirmed" in faults()[0]


def test_two_overrides_of_one_target_do_not_overlap(reviewed, faults, folder):
    later = OVERRIDE.replace("2026-07-01", "2027-01-01").replace("2026-12-31", "2027-06-30")
    reviewed(OVERRIDE + later)
    assert len(load_catalogue(folder).reviews) == 2
    reviewed(OVERRIDE + later.replace("2027-01-01", "2026-12-31"))
    assert "overlaps that of 2026-07-01 to 2026-12-31; end the earlier one first" in faults()[0]


def test_all_faults_come_at_once(reviewed, faults):
    reviewed(OVERRIDE.replace("value: ahead", "value: ahed") + JUMP.replace("T02", "T20"))
    assert len(faults()) == 2


def test_a_lost_file_is_a_fault(folder, faults):
    (folder / "reviews.yml").unlink()
    assert faults() == ("reviews.yml is missing from the catalogue",)


def test_every_word_of_a_verdict_can_be_an_override():
    known = {key.removeprefix(STATUS) for key in load_catalogue().texts if key.startswith(STATUS)}
    assert known == {*WORDS, NO_VERDICT}
