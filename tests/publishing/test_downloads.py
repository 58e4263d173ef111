"""Files made from tables: readable in Excel, nothing runs as a formula, the same bytes each time."""

import csv
import io
import time

import openpyxl
import pandas as pd
import pytest

from qdlib.publishing.downloads import clean_notebook, make_csv, make_workbook
from qdlib.publishing.frames import read_frame

FRAME = pd.DataFrame(
    {
        "city": ["青岛", "=cmd|' /C calc'!A0", "-5 点", "@x"],
        "code": ["0532", "1", "2", "3"],
        "value": [1 / 3, 16719.0, None, -2.5],
        "places": [1, 1, 1, 1],
        "source_cell": ["a!b!C1", None, None, None],
    }
)


@pytest.fixture
def payload() -> dict:
    return read_frame(FRAME, "gdp", units={"value": "亿元"}, columns={"value": "产值"}, decimals={"value": "places"})


def test_csv_opens_in_excel_and_keeps_precision(payload):
    content = make_csv(payload)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0] == ["city", "code", "产值 (亿元)", "source_cell"]
    assert rows[1] == ["青岛", "0532", repr(1 / 3), "a!b!C1"] and rows[2][2] == "16719" and rows[3][2] == ""


def test_formula_text_stays_text_in_csv(payload):
    rows = list(csv.reader(io.StringIO(make_csv(payload).decode("utf-8-sig"))))
    assert [row[0] for row in rows[2:]] == ["'=cmd|' /C calc'!A0", "'-5 点", "'@x"]
    assert rows[4][2] == "-2.5", "a negative number is no formula"


def test_formula_text_stays_text_in_the_workbook(payload):
    book = openpyxl.load_workbook(io.BytesIO(make_workbook([payload], [("标题", "")], "说明")))
    cells = [book["gdp"].cell(row, 1) for row in (3, 4, 5)]
    assert [cell.value for cell in cells] == ["=cmd|' /C calc'!A0", "-5 点", "@x"]
    assert all(cell.data_type == "s" for cell in cells)
    assert book["gdp"]["B2"].value == "0532" and book["gdp"]["C2"].value == 1 / 3 and book["gdp"]["C2"].data_type == "n"


def test_the_workbook_keeps_all_digits_of_a_number():
    payload = read_frame(pd.DataFrame({"value": [0.1 + 0.2, 1e-12, 123456789.123]}), "gdp")
    sheet = openpyxl.load_workbook(io.BytesIO(make_workbook([payload], [("标题", "")], "说明")))["gdp"]
    assert [sheet.cell(row, 1).value for row in (2, 3, 4)] == [0.1 + 0.2, 1e-12, 123456789.123]


def test_workbook_has_the_same_bytes_at_another_time(payload, monkeypatch):
    first = make_workbook([payload], [("标题", "")], "说明")
    monkeypatch.setattr(time, "localtime", lambda *unused: time.struct_time((2031, 5, 6, 7, 8, 9, 0, 126, 0)))
    time.sleep(1.1)
    assert make_workbook([payload], [("标题", "")], "说明") == first


def test_sheet_names_fit_and_differ(payload):
    long = [{**payload, "id": "a" * 40}, {**payload, "id": "a" * 40}]
    names = openpyxl.load_workbook(io.BytesIO(make_workbook(long, [("x", "")], "说明"))).sheetnames
    assert len(set(names)) == 3 and all(len(name) <= 31 for name in names)


def test_notebook_loses_clocks_and_paths():
    cell = {"cell_type": "code", "metadata": {"papermill": {"start_time": "x"}, "execution": {}, "tags": ["t"]}}
    notebook = {"metadata": {"papermill": {"input_path": "/somewhere"}, "kernelspec": {}}, "cells": [cell]}
    cleaned = clean_notebook(notebook)
    assert cleaned["metadata"] == {"kernelspec": {}} and cleaned["cells"][0]["metadata"] == {"tags": ["t"]}
    assert "papermill" in notebook["metadata"], "the argument stays as it was"


def test_the_cell_of_values_has_the_same_id_in_each_run():
    cells = [{"cell_type": "code", "id": "3f2a", "metadata": {"tags": ["injected-parameters"]}}]
    cells += [{"cell_type": "code", "id": "own", "metadata": {}}]
    assert [cell["id"] for cell in clean_notebook({"metadata": {}, "cells": cells})["cells"]] == ["injected-parameters", "own"]
