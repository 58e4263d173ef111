"""Sentences for people: both languages, the same values in both, and a text for every word that the code publishes."""

import ast
from pathlib import Path

import pytest

from qdlib.analysis import evidence, outlook, schedule
from qdlib.catalogue import load_catalogue
from qdlib.catalogue.policy import OPERATORS
from qdlib.catalogue.texts import Texts, placeholders
from qdlib.errors import CatalogueError
from qdlib.observations.findings import VERBS
from qdlib.observations.flags import FLAGGED
from qdlib.observations.growth import REASONS
from qdlib.observations.revisions import EVENTS
from qdlib.publishing.stories.quality import EVENT_ORDER

PACKAGE = Path(__file__).parents[2] / "qdlib"


def test_a_sentence_is_filled_in_its_language(folder):
    texts = load_catalogue(folder).texts
    assert texts.say("greeting", "zh", city="青岛") == "青岛你好"
    assert texts.say("greeting", "en", city="Qingdao", unused=1) == "Hello Qingdao"
    assert texts.say("mark.open", "zh") == "待查"


def test_an_unknown_text_gets_the_nearest_ids(folder):
    with pytest.raises(CatalogueError, match="text `greting` is not in catalogue/text; did you mean greeting"):
        load_catalogue(folder).say("greting", "zh")


def test_a_missing_value_is_named(folder):
    with pytest.raises(CatalogueError, match=r"text `greeting` \(en\) needs 'city', was given .*town"):
        load_catalogue(folder).say("greeting", "en", town="Qingdao")


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("{zh: 待查, en: open}", "{zh: 待查}", "words.yml, mark.open: needs zh and en, both filled"),
        ("{zh: 待查, en: open}", "{en: open}", "needs zh and en, both filled"),
        ("{zh: 待查, en: open}", '{zh: 待查, en: ""}', "needs zh and en, both filled"),
        ("{zh: 待查, en: open}", "open", "needs zh and en, both filled, found 'open'"),
        ("Hello {city}", "Hello {town}", "words.yml, greeting: zh and en use different values"),
        ("Hello {city}", "Hello", "zh and en use different values"),
        ("Hello {city}", "Hello {city", "a brace is not closed, or stands alone"),
    ],
)
def test_a_spoilt_text_is_a_fault(faults_after, old, new, word):
    found = faults_after("text/words.yml", old, new)
    assert len(found) == 1 and word in found[0]


def test_values_may_stand_in_another_order_and_form(spoil, folder):
    spoil("text/words.yml", '{zh: "{city}你好", en: "Hello {city}"}', '{zh: "{a}{b}", en: "{b:.1f} {a}"}')
    assert load_catalogue(folder).say("greeting", "en", a="x", b=2) == "2.0 x"


def test_one_id_in_two_files_is_a_fault(folder, faults):
    (folder / "text" / "more.yml").write_text("mark:\n  open: {zh: 开, en: open}\n", encoding="utf-8")
    assert faults() == ("words.yml, mark.open: the id stands twice",)


def test_a_file_that_is_a_list_is_a_fault(folder, faults):
    (folder / "text" / "more.yml").write_text("- a\n", encoding="utf-8")
    assert faults() == ("more.yml must map ids to texts, found list",)


def test_braces_that_do_not_pair_have_no_placeholders():
    assert placeholders("{a} and {b:.1f}") == {"a", "b"}
    assert placeholders("{a") is None and placeholders("a}") is None


# --- the packaged texts -------------------------------------------------------------------------------------------------------


def constants(folder: str, keyword: str, call: str, position: int) -> set[str]:
    """Texts given as dict value or keyword `keyword`, or as argument number `position` of `call`, in a package's modules."""
    found = set()
    for path in (PACKAGE / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            values = []
            if isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                values = [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == keyword]
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == call and len(node.args) > position:
                values = [node.args[position]]
            found |= {value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)}
    return found


CHECKS = {
    "coverage_shrank",
    "duplicate_conflict",
    "figure_elsewhere",
    "growth_index",
    "index_level",
    "jump",
    "limits",
    "looks_interpolated",
    "lost_decimal_point",
    "mixed_basis",
    *FLAGGED,
    "per_capita",
    "repeated_value",
    "scope_order",
    "share_of",
    "shares_to_100",
    "spike",
    "sum_to_total",
    "unit_slip",
}


def test_the_checks_of_the_observations_are_these():
    assert CHECKS <= constants("observations", "check", "-", 0) | set(FLAGGED)


def test_every_check_has_its_text():
    checks = CHECKS | constants("reading", "check", "Finding", 1) | {"repaired", "unit_doubtful"}
    known = load_catalogue().texts
    assert {f"finding.{check}" for check in checks} <= set(known)


def test_every_explanation_and_suggestion_has_its_text():
    known = load_catalogue().texts
    told = constants("observations", "-", "explain", 0) | constants("reading", "check", "Finding", 1)
    assert len(told) > 20 and {f"explain.{text}" for text in told} <= set(known)
    assert {f"suggestion.{verb}" for verb in VERBS} <= set(known)
    verbs = {text.partition(" ")[0] for text in constants("observations", "suggestion", "-", 0)}
    assert verbs and verbs <= set(VERBS)


def test_every_reason_of_missing_growth_has_its_text():
    assert {f"trend.reason.{reason}" for reason in REASONS} <= set(load_catalogue().texts)


def test_every_event_has_its_text():
    assert {f"event.{event}" for event in EVENTS} <= set(load_catalogue().texts)
    assert set(EVENT_ORDER) == set(EVENTS), "the page sorts events by this order"


@pytest.mark.parametrize(
    "key",
    [
        *[f"status.{word}" for word in (*schedule.WORDS, "not_assessable")],
        *[f"reason.{reason}.{length}" for reason in evidence.REASONS for length in ("short", "long")],
        *[f"probability.{word}" for _, word in outlook.WORDS],
        *[f"requirement.{op}" for op in OPERATORS],
    ],
)
def test_every_word_of_the_analysis_has_its_texts(key):
    texts = load_catalogue().texts
    assert key in texts and texts[key].zh and texts[key].en and texts[key].zh != texts[key].en


def test_every_text_of_the_package_can_be_filled_in_both_languages():
    texts = load_catalogue().texts
    assert isinstance(texts, Texts) and len(texts) > 100
    for key, sentence in texts.items():
        names = placeholders(sentence.zh)
        assert names is not None and all(name.isidentifier() for name in names), key
        assert sentence.zh.strip() and sentence.en.strip(), key
