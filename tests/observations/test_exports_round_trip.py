"""Each format, read back, equals the store: figures, units, statuses, and text as hostile as it can be printed."""

import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qdlib.observations import store
from qdlib.observations.exports import FORMATS, make_files, select_figures
from qdlib.observations.rows import BOUNDS, COLUMNS, STATUSES, in_catalogue_unit
from tests.observations.export_samples import (
    HOSTILE,
    hostile_rows,
    read_csv,
    read_package,
    read_sdmx,
    read_workbook,
    select,
)


def read_back(selection, form: str, language: str = "zh") -> pd.DataFrame:
    files = {file.path: file.content for file in make_files(selection, [form], language)}
    if form == "xlsx":
        return read_workbook(files[f"city-statistics.{language}.xlsx"], language, selection.catalogue)
    if form == "datapackage":
        return read_package({path.removeprefix("datapackage/"): content for path, content in files.items()})
    reader = read_csv if form == "csv" else read_sdmx
    return reader(files[f"{form}/observations.csv"])


def assert_equal(found: pd.DataFrame, rows: pd.DataFrame) -> None:
    """Exactly equal: no tolerance, whatever the type that holds a missing value."""
    assert list(found.columns) == COLUMNS and len(found) == len(rows)
    for column in COLUMNS:
        left, right = found[column].astype(object), rows[column].astype(object).reset_index(drop=True)
        assert (left.isna() == right.isna()).all(), column
        assert left[~left.isna()].tolist() == right[~right.isna()].tolist(), column


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_rows_read_back(form, language, observe, admit, catalogue):
    selection = select(admit(hostile_rows(observe)), catalogue)
    assert set(selection.rows["raw"]) == set(HOSTILE)
    assert_equal(read_back(selection, form, language), selection.rows)


@pytest.mark.parametrize("form", FORMATS)
def test_all_real_figures_read_back(form, real):
    selection = select_figures()
    every = pd.concat([store.read_observations(city) for city in store.cities_with_data()])
    assert len(selection.rows) == len(every) > 10_000
    assert_equal(read_back(selection, form), selection.rows)


def test_the_series_of_the_package_read_back(real):
    selection = select_figures(["qingdao"])
    files = {file.path.removeprefix("datapackage/"): file.content for file in make_files(selection, ["datapackage"], "zh")}
    found, series = read_package(files, "series"), store.read_series("qingdao")
    for column in series.columns:
        assert found[column].tolist() == series[column].tolist(), column


def test_a_changed_digit_or_letter_is_noticed(observe, admit, catalogue):
    """The comparison itself can fail."""
    selection = select(admit([observe("1.25", 2000)]), catalogue)
    for column, value in (("value", 1.2500000000000002), ("note", " "), ("decimals", None)):
        with pytest.raises(AssertionError):
            assert_equal(read_back(selection, "csv"), selection.rows.assign(**{column: [value]}))


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [text for text in HOSTILE if len(text) < 99]
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "value": st.none() | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e200, max_value=1e200),
            "decimals": st.none() | st.integers(0, 12),
            "status": st.sampled_from(STATUSES),
            "bound": st.sampled_from(BOUNDS),
            "raw": TEXTS,
            "note": TEXTS,
        }
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture(scope="module")
def choose(catalogue):
    """Rows as a selection; a function, because hypothesis prints arguments and a catalogue is long."""
    return lambda rows: select(in_catalogue_unit(rows.astype({"year": "int64"}), catalogue), catalogue)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, form=st.sampled_from(FORMATS))
def test_any_rows_read_back(rows, form, observe, frame_of, choose):
    plain = [observe("1", 2000 + number) for number in range(len(rows))]
    # One plain figure, because a vintage that shows nothing is refused before anything is exported.
    records = [*(row | fields for row, fields in zip(plain, rows, strict=True)), observe("1.5", 1999)]
    selection = choose(frame_of(records))
    assert_equal(read_back(selection, form), selection.rows)


@pytest.mark.parametrize("form", FORMATS)
def test_two_runs_give_the_same_bytes(form, frozen, monkeypatch):
    import time

    first = make_files(select_figures(["qingdao"]), [form], "zh")
    monkeypatch.setattr(time, "localtime", lambda *unused: time.struct_time((2031, 5, 6, 7, 8, 9, 0, 126, 0)))
    time.sleep(1.1)  # the properties of a workbook hold seconds
    assert make_files(select_figures(["qingdao"]), [form], "zh") == first


def test_descriptor_and_tables_differ_by_language_only_in_words(frozen):
    selection = select_figures(["qingdao"])
    zh, en = ({file.path: file.content for file in make_files(selection, ["datapackage"], language)} for language in ("zh", "en"))
    assert {path for path in zh if zh[path] != en[path]} == {"datapackage/datapackage.json"}
    assert json.loads(zh["datapackage/datapackage.json"])["title"] == "青岛及同类城市统计数据"
