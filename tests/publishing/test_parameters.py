"""Parameter cells and values: nothing misspelt, nothing of another type, every fault at once."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdlib.catalogue import load_catalogue
from qdlib.errors import RunError
from qdlib.publishing.parameters import check_texts, check_values, parse_cell, read_parameters

CELL = """
city: str = "qingdao"  # slug of the city
horizon: int = 5
share: float = 1
plain: bool = False
levels: list[int] = [80, 95]
code: str = "0532"
"""


def texts(given: dict) -> tuple[dict, list[str]]:
    return check_texts(parse_cell(CELL, "nb"), given, load_catalogue())


def test_cell_is_read_with_types_defaults_and_help():
    parameters = {parameter.name: parameter for parameter in parse_cell(CELL, "nb")}
    assert parameters["city"].help == "slug of the city" and parameters["city"].default == "qingdao"
    assert parameters["levels"].type == "list[int]" and parameters["levels"].default == [80, 95]


def test_every_bad_line_of_a_cell_is_listed_at_once():
    with pytest.raises(RunError) as caught:
        parse_cell('a = 1\nb: dict = {}\nc: int = True\nd: int = 2 + x\ne: int = 1\ne: int = 2', "nb")
    assert len(caught.value.faults) == 5
    assert "True is no int" in str(caught.value) and "`e` stands twice" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("horizon", "7", 7),
        ("share", "0.25", 0.25),
        ("share", "3", 3.0),
        ("plain", "true", True),
        ("levels", "60,90", [60, 90]),
        ("levels", ["60", "90"], [60, 90]),
        ("code", "0532", "0532"),
        ("code", "no", "no"),
        ("code", "12:30", "12:30"),
    ],
)
def test_text_is_typed_by_the_notebook(name, text, value):
    values, faults = texts({name: text})
    assert not faults and values == {name: value} and type(values[name]) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("horizon", "True", "'True' is no int"),
        ("horizon", "0532", "without leading zeros"),
        ("horizon", "abc", "'abc' is no int"),
        ("horizon", "12", "expected 1 to 10"),
        ("plain", "yes", "expected true or false"),
        ("levels", "95,80", "rising levels"),
        ("city", "qingdoa", "did you mean qingdao"),
        ("city", "0532", "is no city"),
        ("ctiy", "qingdao", "did you mean city"),
    ],
)
def test_values_that_do_not_fit_are_refused(name, text, said):
    _, faults = texts({name: text})
    assert len(faults) == 1 and said in faults[0]


def test_all_faults_come_at_once():
    _, faults = texts({"ctiy": "x", "horizon": "abc", "city": "nowhere"})
    assert len(faults) == 3


@pytest.mark.parametrize("vintage", ["latest", "first_release", "as_of:2024-02-29", "edition:qd_yearbook_2023"])
def test_vintages_that_are_accepted(vintage):
    check_values({"vintage": vintage}, load_catalogue())


@pytest.mark.parametrize(
    "values",
    [
        {"vintage": "as_of:2023-02-29"},
        {"vintage": "newest"},
        {"today": "2026-6-30"},
        {"stage": "2026H3"},
        {"language": "de"},
        {"pillar": "sea"},
    ],
)
def test_domains_refuse(values):
    with pytest.raises(RunError, match=next(iter(values))):
        check_values(values, load_catalogue())


def test_notebook_without_a_tagged_cell_is_a_fault(tmp_path):
    path = tmp_path / "nb.ipynb"
    path.write_text('{"cells": []}', encoding="utf-8")
    with pytest.raises(RunError, match="0 cells tagged `parameters`"):
        read_parameters(path)


values = st.one_of(
    st.text(st.characters(codec="utf-8")),
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.lists(st.integers(-999, 999)),
    st.floats(allow_nan=False),
)


@settings(deadline=None)  # the first example imports papermill
@given(values)
def test_any_typed_value_survives_papermill(value):
    """papermill writes values as Python source; reading it back must give the value."""
    from papermill.translators import PythonTranslator

    source = PythonTranslator.codify({"name": value})
    statement = next(node for node in ast.parse(source).body if isinstance(node, ast.Assign))
    read = eval(compile(ast.Expression(statement.value), "parameters", "eval"), {"float": float})
    assert read == value and type(read) is type(value)
