"""Frames as plain payloads, and figures as people read them."""

import datetime

import numpy as np
import pandas as pd
import pytest

from qdlib.errors import RunError
from qdlib.publishing.frames import cell_text, format_number, read_frame

NARROW = "\u202f"


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (6400, None, f"6{NARROW}400"),
        (16719.5, 1, f"16{NARROW}719.5"),
        (-1234567.891, 2, f"\u22121{NARROW}234{NARROW}567.89"),
        (-0.04, 1, "0.0"),
        (None, None, "—"),
        (float("nan"), 1, "—"),
        (pd.NA, None, "—"),
        (np.float64(5.74), None, "5.74"),
        (62.04, 1, "62.0"),
        (999, 0, "999"),
    ],
)
def test_numbers_as_people_read_them(value, decimals, text):
    assert format_number(value, decimals) == text


def read(**columns) -> dict:
    return read_frame(pd.DataFrame(columns), "t")


def test_types_come_from_names_and_values():
    payload = read(
        year=[2023, 2024], city=["青岛", None], value=[1.5, np.nan], count=[1, 2], mixed=["5", 3], source_cell=["a!b!C1", None],
        when=[datetime.date(2026, 1, 2), pd.NaT],
    )  # fmt: skip
    assert [column["type"] for column in payload["columns"]] == ["year", "text", "number", "number", "text", "trace", "text"]
    assert payload["rows"] == [[2023, "青岛", 1.5, 1, "5", "a!b!C1", "2026-01-02"], [2024, None, None, 2, 3, None, None]]


def test_figures_keep_full_precision_while_the_text_is_rounded():
    payload = read(value=[1 / 3, 1234.5])
    assert payload["rows"][0][0] == 1 / 3
    assert cell_text(payload, payload["columns"][0], payload["rows"][1], 1234.5) == f"1{NARROW}234.5"


def test_decimals_may_come_from_a_column():
    frame = pd.DataFrame({"value": [33.0, 8683.0], "places": [1, 0]})
    payload = read_frame(frame, "t", decimals={"value": "places"})
    texts = [cell_text(payload, payload["columns"][0], row, row[0]) for row in payload["rows"]]
    assert texts == ["33.0", f"8{NARROW}683"] and payload["columns"][1]["type"] == "decimals"


def test_every_wrong_name_is_listed():
    with pytest.raises(RunError) as caught:
        read_frame(pd.DataFrame({"value": [1]}), "t", units={"vlaue": "%"}, columns={"yaer": "年"}, decimals={"value": "places"})
    assert len(caught.value.faults) == 3 and "did you mean value" in str(caught.value)
