"""Every number of the policy text has one owner: a commitment, an undertaking's stated parts, or an argued exclusion."""

from pathlib import Path

import pytest

from qdlib.catalogue import load_catalogue
from tests.catalogue.policy_text import arabic_value, clause_number, find_quantities, owners

OPINIONS = Path(__file__).parents[3] / "shared" / "policy" / "six_cities_opinions.txt"
beside = pytest.mark.skipif(not OPINIONS.exists(), reason="the policy text is not beside the project")

# An invented text in the form of the real one, for a catalogue whose clause 3 states three parts.
INVENTED = """二、总则
(二)目标。到2026年,产值突破6400亿元,占比达到33%左右,实施三年行动。
(三)码头。建设东港、西港等三大码头。
(九)占比。占比达到33%左右。
"""


def unowned(text: str, catalogue) -> list[str]:
    """The surroundings of every number that nobody owns."""
    return [
        text[max(0, quantity.start - 10) : quantity.start + 10]
        for quantity in find_quantities(text)
        if not owners(quantity, text, catalogue)
    ]


# --- the extraction and the owners, on an invented text -------------------------------------------------------------------------


def test_each_number_of_an_invented_text_is_found_and_owned(folder):
    catalogue = load_catalogue(folder)
    found = {quantity.written: owners(quantity, INVENTED, catalogue) for quantity in find_quantities(INVENTED)}
    assert found == {"2026": ["plan"], "6400": ["T01"], "33": ["T02"], "三": ["c03-1"]}
    assert len(find_quantities(INVENTED)) == 6  # 33 and 三 stand twice
    assert unowned(INVENTED, catalogue) == []


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("(九)占比。", "(九)占比。到2026年,新增泊位7个。", "7个"),
        ("(九)占比。", "(九)占比。建设五大泊位。", "五大泊位"),
        ("(九)占比。", "(九)占比。实现泊位全覆盖。", "全覆盖"),
        ("(九)占比。", "(九)占比。客流翻番。", "翻番"),
        ("(九)占比。", "(九)占比。到2027年建成。", "2027年"),
        ("(三)码头。", "(三)码头。占比达到33%。", "33%"),  # right number, wrong clause
        ("6400亿元", "6401亿元", "6401"),
        ("6400亿元", "6400万元", "6400万"),
        ("三大码头", "四大码头", "四大码头"),
        ("三年行动", "三年规划", "三年规划"),
    ],
)
def test_a_planted_number_is_unowned(folder, old, new, word):
    assert INVENTED.count(old) == 1
    missing = unowned(INVENTED.replace(old, new), load_catalogue(folder))
    assert len(missing) == 1 and word in missing[0]


def test_the_value_of_a_number_has_its_unit():
    assert arabic_value("1.3", "万亿元") == 13 * 10**11
    assert arabic_value("65", "%以上") * 100 == 65
    assert arabic_value("20", "家、3") == 20
    assert [clause_number(words) for words in ("二", "十", "十九", "二十", "三十三")] == [2, 10, 19, 20, 33]


# --- the text itself, where it is at hand ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def text() -> str:
    return OPINIONS.read_text(encoding="utf-8")


@beside
def test_every_number_of_the_text_has_one_owner(text):
    """47 Arabic numbers: the plan's last year 14 times, 3 inside names, 30 owned by 28 commitments. 54 Chinese ones and words."""
    catalogue = load_catalogue()
    held = [(quantity, owners(quantity, text, catalogue)) for quantity in find_quantities(text)]
    assert unowned(text, catalogue) == []
    assert [
        (text[quantity.start - 8 : quantity.start + 8], found) for quantity, found in held if two_records(quantity, found)
    ] == []
    arabic = [found for quantity, found in held if quantity.arabic]
    targets = [key for found in arabic for key in found if key in catalogue.policy.targets]
    assert (len(arabic), arabic.count(["plan"]), len(targets), len(set(targets))) == (47, 14, 30, 28)
    assert sum(found[0].startswith("not_targets") for found in arabic) == 3
    assert len(held) - len(arabic) == 54


def two_records(quantity, found: list[str]) -> bool:
    """全覆盖 stands twice in clause 26, once for each of two commitments; any other number has one owner."""
    return len(found) > (2 if quantity.written == "全覆盖" else 1)


@beside
def test_each_word_of_full_coverage_has_a_commitment_of_its_own(text):
    catalogue = load_catalogue()
    written = [quantity.clause for quantity in find_quantities(text) if quantity.written == "全覆盖"]
    assert written == [target.clauses[0] for target in catalogue.policy.targets.values() if target.op == "full"]


@beside
def test_the_stated_parts_are_those_of_the_text(text):
    """十大 三大 四个中心 八大 七个: five items; a number that no item states is none of them."""
    catalogue = load_catalogue()
    stated = {item.id: item.parts_stated for item in catalogue.programme.items.values() if item.parts_stated}
    assert stated == {"c03-3": 10, "c04-4": 3, "c15-1": 4, "c19-2": 8, "c27-1": 7}
    owned = [key for quantity in find_quantities(text) for key in owners(quantity, text, catalogue) if key in stated]
    assert sorted(owned) == sorted(stated)


@beside
@pytest.mark.parametrize("planted", ["新增绿道12公里。", "建设六大基地。", "实现社区全覆盖。", "产值翻番。"])
def test_a_number_planted_into_the_text_is_seen(text, planted):
    place = text.index("\n(十)")
    assert len(unowned(text[:place] + planted + text[place:], load_catalogue())) == 1


@beside
def test_what_is_no_target_stands_in_the_text_with_a_reason_and_owns_a_number(text):
    policy = load_catalogue().policy
    assert policy.not_targets
    for words, reason in policy.not_targets:
        assert words in text and len(reason) > 10, words
        assert any(f"not_targets {words}" in owners(quantity, text, load_catalogue()) for quantity in find_quantities(text)), (
            words
        )
