"""Worked examples: right ones pass, wrong ones stop the page and are all named, and every rule is shown."""

import json
from pathlib import Path

import pytest

from qdlib.analysis import worked_examples as worked
from qdlib.catalogue import load_catalogue
from qdlib.errors import DataError
from qdlib.forecasting.pool import MEMBERS

BOOK = Path(__file__).parents[2] / "notebooks" / "methods.ipynb"


def notebook_code() -> str:
    cells = json.loads(BOOK.read_text("utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def test_a_right_result_is_shown_beside_the_code():
    table = worked.rule_examples([("reconcile_total", [100, 60, 45, 2, 1, 2], 100 + 20 / 9, 1e-6), ("smape", [0, 0], 0, 1e-9)])
    assert table["by_code"].tolist() == pytest.approx([100 + 20 / 9, 0]) and table["inputs"].tolist() == [
        "100, 60, 45, 2, 1, 2",
        "0, 0",
    ]


def test_every_wrong_result_is_named():
    with pytest.raises(DataError) as caught:
        worked.rule_examples(
            [
                ("smape", [100, 120], 18.0, 1e-3),
                ("scenario", [110, 121, 5], 115.5, 1e-6),
                ("box_cox", [0.5, 0.2], 0.2, 1e-3),
                ("magic", [1], 1, 1),
            ]
        )
    text = str(caught.value)
    assert "smape on [100, 120]: by hand 18.0" in text and "box_cox" in text and "no rule 'magic'" in text
    assert "scenario on" not in text


def test_a_result_that_is_no_number_is_wrong():
    with pytest.raises(DataError, match="diebold_mariano"):
        worked.rule_examples([("diebold_mariano", [1, 2, 3], 0.0, 1e9)])  # two origin years are no test


def test_a_curve_passes_through_its_three_points():
    for p, value in ((0.1, 90.0), (0.5, 100.0), (0.9, 112.0)):
        assert worked._read_quantile(90, 100, 112, p) == pytest.approx(value)
        assert worked._reach(90, 100, 112, value) == pytest.approx(1 - p)


@pytest.mark.parametrize("rule", worked.RULES)
def test_every_rule_is_worked_on_the_page_and_has_its_words(rule):
    assert f'("{rule}", ' in notebook_code() and f"methods.rule.{rule}" in load_catalogue().texts


@pytest.mark.parametrize("member", MEMBERS)
def test_every_member_is_worked_on_the_page(member):
    assert f'("{member}", ' in notebook_code()
