"""Catalogue files as entries: every scalar is text, every fault is noted with its place."""

from fractions import Fraction

import pytest

from qdlib.catalogue import documents
from qdlib.catalogue.documents import Entry, Name


def entry(**values) -> Entry:
    return Entry(values, "file.yml, id", [])


@pytest.fixture
def write(tmp_path):
    def save(text: str, name: str = "file.yml", encoding: str = "utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return save


def test_scalars_stay_text(write):
    """Plain YAML would make 346, False, a date and 750 of these."""
    faults: list[str] = []
    content = documents.read_yaml(write("a: 0532\nb: no\nc: 2019-01-09\nd: 12:30\ne: 1_000\nf: ~\n"), faults)
    assert content == {"a": "0532", "b": "no", "c": "2019-01-09", "d": "12:30", "e": "1_000", "f": "~"}
    assert not faults


@pytest.mark.parametrize(("character", "name"), documents.HIDDEN.items())
def test_a_hidden_character_is_named_with_file_and_line(write, character, name):
    faults: list[str] = []
    documents.read_yaml(write(f"a: one\nb: two{character}words\n"), faults)
    assert len(faults) == 1
    assert faults[0].startswith("file.yml, line 2: a ") and name in faults[0]


def test_a_hidden_character_in_a_table_is_named_too(write):
    faults: list[str] = []
    documents.table_entries(write("slug,name\nqingdao,青\u200b岛\n", "cities.csv"), faults)
    assert len(faults) == 1 and faults[0].startswith("cities.csv, line 2: a zero-width space")


def test_a_plain_space_hides_nothing(write):
    faults: list[str] = []
    documents.read_yaml(write("a: two words\n"), faults)
    assert not faults


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", "b:\n  a: 1\n  a: 1\n"])
def test_a_key_that_stands_twice_is_a_fault(write, text):
    faults: list[str] = []
    assert documents.read_yaml(write(text), faults) is None
    assert len(faults) == 1 and "key a stands twice" in faults[0] and "file.yml" in faults[0]


def test_the_same_key_in_two_entries_is_none(write):
    faults: list[str] = []
    assert documents.read_yaml(write("a: {x: 1}\nb: {x: 1}\n"), faults) == {"a": {"x": "1"}, "b": {"x": "1"}}
    assert not faults


def test_missing_and_unreadable_files_are_faults(write, tmp_path):
    faults: list[str] = []
    assert documents.read_yaml(tmp_path / "none.yml", faults) is None
    assert documents.table_entries(tmp_path / "none.csv", faults) == []
    assert documents.read_yaml(write("名: 青岛\n", encoding="gb18030"), faults) is None
    assert documents.read_yaml(write("a: [1\n"), faults) is None
    assert [fault.split(" ")[0] for fault in faults] == ["none.yml", "none.csv", "file.yml", "file.yml"]


def test_ids_must_be_sorted(write):
    faults: list[str] = []
    documents.keyed_entries(write("a: {}\nc: {}\nb: {}\nd: {}\n"), faults)
    assert faults == ["file.yml: entries must be sorted by id, b stands too late"]
    faults.clear()
    documents.keyed_entries(write("a: {}\nb: {}\n"), faults)
    assert not faults


def test_the_shape_of_a_file_is_checked(write):
    faults: list[str] = []
    assert documents.keyed_entries(write("- a\n"), faults) == []
    assert documents.listed_entries(write("a: 1\n"), faults) == []
    assert documents.listed_entries(write("- a\n"), faults) == []
    assert "must map ids to entries" in faults[0] and all("must be a list" in fault for fault in faults[1:])
    assert [part.values for part in documents.listed_entries(write("- {id: x}\n"), [])] == [{"id": "x"}]


def test_a_missing_field_is_a_fault_and_a_default_is_not():
    one = entry(a="x", empty="")
    assert (one.text("a"), one.text("b", "y"), one.text("empty", None)) == ("x", "y", None)
    assert one.faults == []
    assert one.text("b") is None and one.text("empty") is None
    assert one.faults == ["file.yml, id: `b` is missing; state it", "file.yml, id: `empty` is missing; state it"]


@pytest.mark.parametrize(
    ("read", "value"),
    [
        ("text", ["x"]),
        ("flag", "maybe"),
        ("integer", "2o21"),
        ("number", "three"),
        ("number", "1/0"),
        ("texts", "x"),
        ("texts", [["x"]]),
        ("integers", ["2021", "2o22"]),
        ("name", {"zh": "名"}),
        ("name", {"zh": "名", "en": ""}),
        ("name", {"zh": "名", "en": "name", "fr": "nom"}),
        ("child", "x"),
    ],
)
def test_a_value_of_the_wrong_kind_is_a_fault_that_shows_it(read, value):
    one = entry(a=value)
    getattr(one, read)("a")
    assert len(one.faults) == 1
    assert one.faults[0].startswith("file.yml, id: `a`") and "expected" in one.faults[0]
    assert str(value if isinstance(value, str) else list(value)[-1]) in one.faults[0]


def test_values_of_the_right_kind_are_converted():
    one = entry(
        flag="no",
        whole="-3",
        ratio="1/10000",
        point="0.03",
        years=["2000", "2001"],
        words=["a"],
        name={"zh": "名", "en": "name"},
        child={"x": "1"},
        children=[{"x": "1"}],
    )
    assert (one.flag("flag"), one.integer("whole"), one.number("ratio"), one.number("point")) == (
        False,
        -3,
        Fraction(1, 10000),
        Fraction(3, 100),
    )
    assert (one.integers("years"), one.texts("words"), one.name("name")) == ((2000, 2001), ("a",), Name("名", "name"))
    assert one.child("child").integer("x") == 1 and one.children("children")[0].text("x") == "1"
    assert one.child("absent", None) is None and one.children("absent") == []
    assert one.faults == []


def test_a_choice_outside_its_list_shows_the_list_and_the_nearest_word():
    one = entry(kind="flo", other="flow")
    one.choice("kind", ("flow", "stock"))
    one.choice("other", ("flow", "stock"))
    assert one.faults == ["file.yml, id: `kind` is 'flo', expected one of flow, stock; did you mean flow?"]


def test_a_key_that_nothing_reads_is_a_fault_with_a_suggestion():
    one = entry(direction="up", tolerence="0.03")
    one.choice("direction", ("up", "down"))
    one.number("tolerance", None)
    one.finish()
    assert one.faults == ["file.yml, id: unknown key `tolerence`; did you mean tolerance?"]


def test_faults_of_children_name_their_place():
    one = entry(labels=[{"text": "a"}, {"txt": "b"}])
    for child in one.children("labels"):
        child.text("text")
        child.finish()
    assert one.faults == [
        "file.yml, id, labels 2: `text` is missing; state it",
        "file.yml, id, labels 2: unknown key `txt`; did you mean text?",
    ]


def test_a_name_gives_the_sentence_of_its_language():
    assert (Name("名", "name").in_language("zh"), Name("名", "name").in_language("en")) == ("名", "name")
