"""The programme lists: complete, in the order of the text, nothing that the text does not say; spoilt entries name file and item."""

import re
import shutil
from collections import Counter
from dataclasses import fields
from pathlib import Path

import pytest

from qdlib.catalogue import load_catalogue
from qdlib.catalogue.programme import Item
from tests.catalogue.policy_text import HEADING, clause_number

OPINIONS = Path(__file__).parents[3] / "shared" / "policy" / "six_cities_opinions.txt"
beside = pytest.mark.skipif(not OPINIONS.exists(), reason="the policy text is not beside the project")
OCEAN = "programme/ocean.yml"

# Items per clause, counted by hand on the text.
PER_CLAUSE = {
    3: 7, 4: 9, 5: 7, 6: 5, 7: 8, 8: 6, 9: 8, 10: 7, 11: 5, 12: 7, 13: 5, 14: 5, 15: 5, 16: 5, 17: 6, 18: 6, 19: 2, 20: 10, 21: 7,
    22: 9, 23: 4, 24: 7, 25: 9, 26: 6, 27: 5, 28: 6, 29: 4, 30: 2, 31: 1, 32: 2, 33: 2,
}  # fmt: skip
# What stands in the text behind 争取 or 争创: an undertaking that is sought, not promised.
ASPIRATIONAL = ["c03-6", "c04-9", "c05-7", "c08-2", "c15-2", "c16-4", "c17-6", "c20-3", "c21-3", "c21-7", "c22-6", "c25-2"]


@pytest.fixture(scope="module")
def programme():
    return load_catalogue().programme


def test_there_are_177_items_of_three_types(programme):
    items = programme.items.values()
    assert Counter(item.type for item in items) == {"task": 85, "project": 57, "policy": 35}
    assert Counter(item.clause for item in items) == PER_CLAUSE
    assert [item.id for item in items if item.aspirational] == ASPIRATIONAL
    assert sum(item.parts_total is not None for item in items) == 35
    assert list(programme.sections) == ["industry", "ocean", "innovation", "gateway", "bay", "governance", "delivery"]


def test_no_item_has_a_field_that_the_text_does_not_fill(programme):
    """Units, dates, milestones and money are reported by departments; the catalogue has no place for them."""
    assert {field.name for field in fields(Item)} == {
        "id", "type", "pillar", "clause", "title", "parts", "parts_stated", "aspirational", "targets", "watch",
    }  # fmt: skip


def test_titles_are_short_and_differ(programme):
    titles = [item.title for item in programme.items.values()]
    assert len({title.zh for title in titles}) == len({title.en for title in titles}) == len(titles)
    assert max(len(title.zh) for title in titles) <= 20 and max(len(title.en) for title in titles) <= 64
    assert not [title.zh for title in titles if re.search("[。；;]|到2026年", title.zh)]


def test_links_lead_both_ways(programme):
    assert [item.id for item in programme.serving("T24")] == ["c15-3"]
    assert [item.id for item in programme.serving("T32")] == ["c25-8", "c25-9"]
    assert programme.serving("T06") == ()
    assert programme.items["c03-3"].parts_total == 10 and programme.items["c04-4"].parts_total == 3
    assert programme.items["c20-4"].parts_stated is None and programme.items["c20-4"].parts_total == 3
    assert programme.items["c05-1"].parts_total is None


def test_the_mappings_are_read_only(programme):
    with pytest.raises(TypeError):
        programme.items["c01-1"] = None
    with pytest.raises(TypeError):
        programme.sections["new"] = None


# --- the tiny catalogue and its spoilt copies -----------------------------------------------------------------------------------


def test_the_tiny_lists_have_no_fault(folder):
    """The nearest miss of every fault below."""
    programme = load_catalogue(folder).programme
    assert list(programme.items) == ["c03-1", "c03-2", "c09-1", "c04-1"]
    assert programme.sections["ocean"].name is None and programme.sections["delivery"].name.en == "Delivery"
    assert [part.en for part in programme.items["c03-1"].parts] == ["East port", "West port"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("pillar: ocean", "pillar: oceans", "programme/ocean.yml: `pillar` is 'oceans', expected 'ocean'"),
        ("counts: {task: 1, project: 1, policy: 1}", "counts: {task: 2, project: 1, policy: 1}", "states task: 2, the file holds 1"),
        ("counts: {task: 1, project: 1, policy: 1}\n", "", "programme/ocean.yml: `counts` is missing"),
        ("policy: 1}", "policy: 1, plan: 1}", "counts: unknown key `plan`"),
        ("type: task", "type: tasks", "item c03-2: `type` is 'tasks', expected one of task, project, policy; did you mean task?"),
        ("{zh: 渔村, en: Fishing villages}", "{zh: 渔村}", "item c03-2: `title` is {'zh': '渔村'}, expected zh and en"),
        ("id: c03-2", "id: c03-1", "item c03-1: the id stands twice"),
        ("id: c03-2", "id: c03-4", "item c03-4: stands where c03-2 is expected"),
        ("id: c03-2", "id: 3-2", "item 3-2: the id is '3-2', expected clause and number such as c05-3"),
        ("id: c09-1", "id: c08-1", "item c08-1: `clause` is 9, but the id says 8"),
        ("id: c09-1, type: policy, clause: 9", "id: c02-1, type: policy, clause: 2", "`clause` 2 stands behind clause 3"),
        ("clause: 9", "clause: nine", "item c09-1: `clause` is 'nine', expected a whole number"),
        ("parts_stated: 3", "parts_stated: 1", "`parts_stated` is 1, but 2 parts are named"),
        ("parts_stated: 3", "parts_stated: three", "`parts_stated` is 'three', expected a whole number"),
        ("{zh: 西港, en: West port}", "{zh: 西港}", "item c03-1, part 2: `name` is {'zh': '西港'}"),
        ("aspirational: yes", "aspirational: maybe", "`aspirational` is 'maybe', expected yes or no"),
        ("aspirational: yes", "responsible_unit: 渔业局", "item c03-2: unknown key `responsible_unit`"),
        ("targets: [T01, T02]", "targets: [T01, T03]", "programme/ocean.yml, item c09-1: unknown target 'T03'"),
        ("watch: [output_of_villages]", "watch: [output_of_village]", "item c03-2: unknown indicator 'output_of_village'; did you mean"),
        ("pillar: ocean\n", "pillar: ocean\nname: {zh: 海, en: Sea}\n", "`name` and `short` of a pillar stand in targets.yml"),
    ],
)  # fmt: skip
def test_a_spoilt_item_is_a_fault_with_file_and_record(faults_after, old, new, sentence):
    found = faults_after(OCEAN, old, new)
    assert [fault for fault in found if sentence in fault] and all(fault.startswith("programme/") for fault in found), found


def test_an_unknown_clause_is_a_fault_of_item_and_commitment(spoil, faults):
    spoil("targets.yml", "clauses: 9", "clauses: 8")
    assert faults() == (
        "target T02: clause 9 is not in the policy, which has 8",
        "programme/ocean.yml, item c09-1: clause 9 is not in the policy, which has clauses 1 to 8",
    )


def test_a_clause_in_two_files_is_a_fault(spoil, faults):
    spoil("programme/delivery.yml", "id: c04-1, type: task, clause: 4", "id: c09-1, type: task, clause: 9")
    assert any("item c09-1: the id stands twice" in fault for fault in faults())
    spoil("programme/delivery.yml", "id: c09-1", "id: c09-2")
    assert any("c09-2: stands where c09-1 is expected" in fault for fault in faults())


def test_one_clause_in_two_sections_is_a_fault(spoil, faults):
    spoil(OCEAN, "id: c09-1, type: policy, clause: 9", "id: c04-1, type: policy, clause: 4")
    spoil("programme/delivery.yml", "id: c04-1", "id: c04-2")
    assert any("stands where c04-1 is expected" in fault for fault in faults())


def test_a_lone_part_is_a_fault(spoil, faults):
    spoil(OCEAN, "parts_stated: 3, ", "")
    spoil(OCEAN, ", {zh: 西港, en: West port}", "")
    assert faults() == ("programme/ocean.yml, item c03-1: `parts` holds 东港 alone: one part is the item itself",)


def test_a_section_that_is_no_pillar_needs_a_name(spoil, faults):
    spoil("programme/delivery.yml", "short: {zh: 推进, en: Delivery}\n", "")
    assert any("programme/delivery.yml: unknown pillar 'delivery'" in fault for fault in faults())


def test_a_folder_without_lists_is_a_fault(folder, faults):
    shutil.rmtree(folder / "programme")
    assert faults() == ("programme/ holds no file: state the programme's items, one file per pillar",)


def test_a_list_without_a_head_is_a_fault(folder, faults):
    (folder / OCEAN).write_text("- {id: c03-1}\n", encoding="utf-8")
    assert "programme/ocean.yml must have a head and `items`, found list" in faults()


# --- the text itself, where it is at hand ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clauses() -> dict[int, str]:
    """The text of each clause by its number."""
    text = OPINIONS.read_text(encoding="utf-8")
    heads = list(HEADING.finditer(text))
    ends = [found.start() for found in heads[1:]] + [len(text)]
    return {clause_number(found[1]): text[found.end() : end] for found, end in zip(heads, ends, strict=True) if found[1]}


@beside
def test_each_clause_but_the_first_two_has_items(programme, clauses):
    assert len(clauses) == load_catalogue().policy.clauses == 33
    assert {item.clause for item in programme.items.values()} == set(clauses) - {1, 2}


@beside
def test_what_is_sought_is_aspirational(programme, clauses):
    """争创 and 争取 stand once for each aspirational item of the clause; 争先进位 is none."""
    sought = {number: len(re.findall("争创|争取", text)) for number, text in clauses.items()}
    marked = Counter(item.clause for item in programme.items.values() if item.aspirational)
    assert {number: count for number, count in sought.items() if count} == marked


@beside
def test_named_parts_stand_in_their_clause(programme, clauses):
    """Word by word, but for the joints of an enumeration (至郑州、西安): what differs is listed here."""
    missing = [
        f"{item.id} {part.zh}" for item in programme.items.values() for part in item.parts if part.zh not in clauses[item.clause]
    ]
    assert missing == ["c06-4 育苗计划", "c17-4 至西安"]


@beside
def test_no_title_is_a_sentence_of_the_text(programme, clauses):
    """A title may be an official short name, never a clause up to its full stop."""
    sentences = {part for text in clauses.values() for part in re.split("[。;,]", text)}
    assert not [item.id for item in programme.items.values() if item.title.zh in sentences]


def resemblance(title: str, text: str) -> float:
    """Share of a title's pairs of neighbouring characters that stand in a text."""
    words = re.sub(r"[^一-鿿]", "", title)
    pairs = [words[place : place + 2] for place in range(len(words) - 1)]
    return sum(pair in text for pair in pairs) / len(pairs)


@beside
def test_every_title_resembles_its_own_clause_most(programme, clauses):
    """A title that slid into another clause is seen; two clauses may name one thing (三年行动 in 3 and 29)."""
    slid = {}
    for item in programme.items.values():
        here = resemblance(item.title.zh, clauses[item.clause])
        better = [number for number, text in clauses.items() if resemblance(item.title.zh, text) > here]
        if better or here < 0.4:
            slid[item.id] = (item.title.zh, here, better)
    assert slid == {}
