"""Each rule of the verdict fires, and a notebook that held passes them all."""

import copy

import pandas as pd
import pytest

from qdlib.publishing import display
from qdlib.publishing.expansion import Report
from qdlib.publishing.verdicts import judge
from tests.publishing.test_figures import clipped_figure

REPORT = Report("trend", "trend", "zh", {"city": "qingdao", "language": "zh"}, ("qingdao",), 1, 2, 120, 300)
STREAM = {"output_type": "stream", "name": "stderr", "text": "FutureWarning: x"}


@pytest.fixture
def held(shown) -> dict:
    """An executed notebook that holds: a figure, a table, the headline."""
    figure = clipped_figure()
    figure.set_label("折线图")
    display.stamp(city="qingdao", language="zh", vintage="latest")
    display.show(figure, "题")
    display.table(pd.DataFrame({"a": [1]}), "first")
    display.headline(pd.DataFrame({"item": ["x"], "year": [2022], "field": ["v"], "value": [1.0]}))
    display.sources()
    return shown.notebook("# 问")


def kinds(notebook: dict) -> set[str]:
    return {fault.kind for fault in judge(notebook, REPORT)}


def cell_of(notebook: dict, kind: str) -> dict:
    """The first cell that shows an output of the kind."""
    marked = ((cell, output["metadata"]["qdlib"]) for cell in notebook["cells"] for output in cell.get("outputs", ()))
    return next(cell for cell, mark in marked if mark["kind"] == kind)


def test_a_notebook_that_held_has_no_fault(held):
    assert judge(held, REPORT) == []


def test_a_stray_output_is_found(held):
    for stray in (STREAM, {"output_type": "execute_result", "data": {"text/plain": "3"}, "metadata": {}}):
        notebook = copy.deepcopy(held)
        notebook["cells"][1]["outputs"].append(stray)
        assert kinds(notebook) == {"stray"}


def test_an_error_output_is_found(held):
    error = {"output_type": "error", "ename": "ValueError", "evalue": "x", "traceback": []}
    held["cells"][2]["outputs"].append(error)
    assert kinds(held) == {"error"}


def test_a_cell_without_its_count_is_found(held):
    held["cells"][3]["execution_count"] = None
    assert "order" in kinds(held)


def test_cells_out_of_order_are_found(held):
    held["cells"][1]["execution_count"], held["cells"][2]["execution_count"] = 2, 1
    assert kinds(held) == {"order"}


def test_a_missing_end_is_found(held):
    del held["cells"][-1]
    assert kinds(held) == {"incomplete"}


def test_a_missing_figure_is_found_and_a_notice_fills_its_slot(held, shown):
    notebook = copy.deepcopy(held)
    cell_of(notebook, "figure")["outputs"] = []
    assert kinds(notebook) == {"promise"}
    display.notice("缺数", "figure")
    cell_of(held, "figure")["outputs"] = [shown.outputs[-1]]
    assert kinds(held) == set()
    display.notice("缺数", "table")
    cell_of(held, "notice")["outputs"] = [shown.outputs[-1]]
    assert kinds(held) == {"promise"}, "a notice fills a slot of its own kind only"


def test_an_empty_figure_is_found(held):
    output = cell_of(held, "figure")["outputs"][0]
    output["data"]["image/svg+xml"] = display.draw_svg(clipped_figure(ys=(float("nan"),) * 3))
    assert kinds(held) == {"figure"}


def test_a_figure_without_alt_text_is_found(held):
    cell_of(held, "figure")["outputs"][0]["data"]["application/vnd.qdlib.figure+json"]["alt"] = ""
    assert kinds(held) == {"figure"}


def test_a_missing_and_a_second_headline_are_found(held):
    notebook = copy.deepcopy(held)
    cell_of(notebook, "headline")["outputs"] = []
    assert kinds(notebook) == {"headline", "promise"}
    cell = cell_of(held, "headline")
    cell["outputs"] = [*cell["outputs"], *copy.deepcopy(cell["outputs"])]
    assert kinds(held) == {"headline", "promise", "page"}


def test_the_default_city_in_the_stamp_is_found(held):
    cell_of(held, "stamp")["outputs"][0]["data"]["application/vnd.qdlib.stamp+json"]["parameters"]["city"] = "jinan"
    faults = judge(held, REPORT)
    assert [fault.kind for fault in faults] == ["stamp"] and "asked for 'qingdao'" in str(faults[0])


def test_a_missing_stamp_is_found(held):
    cell_of(held, "stamp")["outputs"] = []
    assert kinds(held) == {"stamp"}


def test_one_id_for_two_tables_is_found(held, shown):
    display.table(pd.DataFrame({"a": [1]}), "headline")
    cell_of(held, "table")["outputs"] = [shown.outputs[-1]]
    assert kinds(held) == {"page"}
