"""The tables of the data-quality page: every sentence in the reader's language, with its numbers."""

import re

import pandas as pd
import pytest

from qdlib.observations import store
from qdlib.observations.findings import explain, make_findings
from qdlib.publishing import display
from qdlib.publishing.stories import quality

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLACE = {"city": "qingdao", "indicator": "gdp_current_prices", "scope": "whole_city", "year": 2018, "edition": "qd_yearbook_2023"}
FOUND = [
    {"check": "sum_to_total", "level": "error", **PLACE, "cells": ["a", "b"], "values": ["12001.52", "386.91"], "suggestion": "compare",
     "explanation": explain("sum_to_total", total=12001.52, parts=10949.38, gap=1052.14, room=0.02)},
    {"check": "unit_slip", "level": "error", **PLACE, "cells": ["c", "d"], "values": ["109493800", "10949.38"], "suggestion": "scale 1/10000",
     "explanation": explain("unit_slip_edition", found=109493800, other=10949.38, edition="edition:qd_yearbook_2018", power=10000)},
    {"check": "lost_decimal_point", "level": "low", **PLACE, "cells": "e", "values": "136830",
     "suggestion": "corrected qd_2023_budget_revenue_2021",
     "explanation": explain("lost_decimal_point", found="136830", repair="1368.30", beside="1253.85")},
]  # fmt: skip


@pytest.fixture(params=["zh", "en"])
def language(request, monkeypatch):
    monkeypatch.setattr(display, "_report", display.Report(language=request.param))
    return request.param


def test_a_finding_is_a_sentence_with_its_numbers_in_the_readers_language(language):
    frame = quality.finding_table(make_findings(FOUND))["frame"].set_index("source_cell")
    said = frame.loc["a; b", "explanation"]
    assert all(number in said for number in ("12001.52", "10949.38", "1052.14", "0.02"))
    assert frame.loc["a; b", "values"] == {"zh": "12001.52；386.91", "en": "12001.52; 386.91"}[language]
    assert "1/10000" in frame.loc["c; d", "suggestion"]
    for column in ("level", "check", "indicator", "explanation", "edition", "suggestion"):
        assert frame[column].map(lambda text: bool(CHINESE.search(text))).eq(language == "zh").all(), column


def test_findings_of_an_older_build_are_named_by_their_check(language):
    old = make_findings(FOUND).drop(columns="explanation").assign(suggestion="1368.30")
    frame = quality.finding_table(old)["frame"]
    assert frame["explanation"].tolist() == frame["check"].tolist() and set(frame["suggestion"]) == {"1368.30"}


def test_no_findings_are_no_table():
    assert quality.finding_table(make_findings([])) is None


def test_a_correction_shows_the_reason_that_the_catalogue_declares(language):
    row = {"id": "qd_2023_budget_revenue_2021", "indicator": "budget_revenue", "year": 2021, "old": "136830", "new": "1368.30",
           "edition": "qd_yearbook_2023", "source_cell": "qd_yearbook_2023/1-7.xlsx!Sheet1!Q20"}  # fmt: skip
    frame = quality.correction_table(pd.DataFrame([row, row | {"id": "gone"}]))["frame"]
    start = {"zh": "转录时丢失小数点", "en": "decimal point lost in the copy"}[language]
    assert frame["reason"].iloc[0].startswith(start) and frame["reason"].iloc[1] == "gone"


def test_the_tables_of_the_frozen_slice_can_be_made(language, frozen):
    assert len(quality.finding_table(store.read_findings("qingdao"))["frame"])
    assert len(quality.correction_table(store.read_table("corrections", "qingdao"))["frame"]) == 4
