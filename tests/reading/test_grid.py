"""Cells of a grid: what is read row by row says the same as one cell at a time, and the collector is left as it was."""

import gc
import random

import pytest

from qdlib.catalogue.units import packaged_units
from qdlib.reading.cells import Parsed
from qdlib.reading.grid import Grid, plain_number
from qdlib.reading.sheet import Sheet, Style, stored_number
from qdlib.reading.tables import collector_paused

EDGES = [
    0.0,
    -0.0,
    0,
    7,
    10**17,
    1e15,
    999999999999999.9,
    123456789012345.0,
    1e-4,
    1e-5,
    -5e-7,
    1e300,
    0.1 + 0.2,
    128.69899999999998,
]


def parse_slowly(value):
    """Through Decimal alone, whatever the size."""
    number = stored_number(value)
    text = format(number, "f")
    return Parsed("number", text, number, len(text.partition(".")[2]))


@pytest.mark.parametrize("value", EDGES)
def test_a_stored_number_is_shown_in_full_at_the_edges(value):
    assert repr(plain_number(value)) == repr(parse_slowly(value))


def test_a_stored_number_is_shown_in_full_at_any_size():
    dice = random.Random(5)
    values = [round(dice.uniform(-1, 1) * 10 ** dice.randint(-7, 18), dice.randint(0, 8)) for _ in range(3000)]
    assert [repr(plain_number(value)) for value in values] == [repr(parse_slowly(value)) for value in values]


def test_kinds_of_rows_and_columns_are_those_of_their_cells():
    values = (("地区", "2001年", None), ("甲", 1.5, 1998.0), ("乙", "…", float("inf")), ("丙", 3.0))
    sheet = Sheet("f.xlsx", "s", "", "", values, styles={(3, 1): Style(number_format="0.00")})
    whole, single = Grid(sheet, packaged_units()), Grid(sheet, packaged_units())
    for row in whole.rows:
        whole.filled(row)
        assert whole.kinds(row, whole.columns) == [single.kind(row, column) for column in single.columns]
    for column in single.columns:
        wanted = [row for row in single.rows if single.kind(row, column) in ("number", "year")]
        assert Grid(sheet, packaged_units()).rows_of(("number", "year"), range(4), column) == wanted


def test_the_collector_runs_again_afterwards_and_frozen_objects_stay_frozen():
    before = gc.get_freeze_count()
    with collector_paused():
        assert not gc.isenabled()
    assert gc.isenabled() and gc.get_freeze_count() == before
    gc.freeze()
    try:
        with collector_paused():
            pass
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
