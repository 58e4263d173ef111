"""What is selected, what is refused, and that files are replaced whole or not at all."""

import os
import shutil

import pandas as pd
import pytest

from qdlib.errors import DataError
from qdlib.observations import store
from qdlib.observations.exports import FORMATS, ExportFile, export_figures, select_figures, write_files

GDP = "gdp_current_prices"


@pytest.fixture
def own_store(frozen, tmp_path, monkeypatch):
    """A copy of the frozen slice that a test may change."""
    shutil.copytree(frozen, tmp_path / "copy")
    monkeypatch.setenv("QD_DATA", str(tmp_path / "copy"))
    return tmp_path / "copy"


def test_all_editions_and_one_vintage(frozen):
    selection = select_figures(["qingdao"], [GDP])
    observations = store.read_observations("qingdao")
    assert len(selection.rows) == (observations["indicator"] == GDP).sum()
    pd.testing.assert_frame_equal(selection.series.drop(columns="marks"), store.read_series("qingdao", GDP))
    assert selection.cities == ("qingdao",) and len(selection.hash) == 12


def test_without_names_everything_is_selected(frozen):
    selection = select_figures()
    cities = store.cities_with_data()
    assert list(selection.cities) == cities
    assert len(selection.rows) == sum(len(store.read_observations(city)) for city in cities)
    assert len(selection.series) == sum(len(store.read_series(city)) for city in cities)


@pytest.mark.parametrize("vintage", ["first_release", "as_of:2019-06-30", "edition:qd_yearbook_2023"])
def test_a_vintage_is_the_one_that_is_lent(frozen, vintage):
    series = select_figures(["qingdao"], [GDP], vintage).series.drop(columns="marks")
    pd.testing.assert_frame_equal(series, store.read_series("qingdao", GDP, vintage))
    value = series.set_index("year").loc[2018, "amount"]
    assert value == (10949.38 if vintage == "edition:qd_yearbook_2023" else 12001.52)


def test_cities_without_the_edition_are_left_out_of_the_series_only(frozen):
    selection = select_figures(vintage="edition:qd_yearbook_2023")
    assert set(selection.series["city"]) == {"qingdao"} and len(selection.cities) > 1


def test_figures_that_a_newer_edition_changed_are_marked(frozen):
    marks = select_figures(["qingdao"], [GDP]).series.set_index("year")["marks"]
    assert "r" in marks[2018], "12001.52 became 10949.38"
    assert "p" in marks[2023] and "r" not in marks[2022]


def test_a_figure_on_another_basis_than_the_one_before_is_marked_b(frozen):
    """First releases: 12001.52 (2018) stands before the census, 11741.31 (2019) after it."""
    marks = select_figures(["qingdao"], [GDP], "first_release").series.set_index("year")["marks"]
    assert "b" in marks[2019] and "b" not in marks[marks.index.min()]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"cities": ["qindao"]}, ["unknown city 'qindao'; did you mean qingdao"]),
        ({"indicators": ["gdp_curent_prices"]}, ["unknown indicator 'gdp_curent_prices'; did you mean gdp_current_prices"]),
        ({"cities": ["x1", "qingdao"], "indicators": ["y1"]}, ["unknown city 'x1'", "unknown indicator 'y1'", "2 faults"]),
        ({"cities": ["beijing", "qingdao"], "indicators": ["pm25"]}, ["city 'beijing' for the indicators"]),
        ({"cities": ["beijing"], "indicators": [GDP, "pm25"]}, ["indicator 'pm25' for the cities"]),
        ({"vintage": "newest"}, ["vintage is 'newest', expected latest, first_release"]),
        ({"vintage": "edition:qd_yearbook_2099"}, ["no edition 'qd_yearbook_2099'", "did you mean qd_yearbook_20"]),
        ({"indicators": ["pm25"], "vintage": "edition:qd_yearbook_2006"}, ["'edition:qd_yearbook_2006' shows no figure"]),
        ({"vintage": "as_of:1900-01-01"}, ["vintage 'as_of:1900-01-01' shows no figure; the oldest publication is of "]),
    ],
)
def test_what_does_not_fit_is_refused_with_every_fault(real, asked, words):
    with pytest.raises(DataError, match="nothing was exported") as caught:
        select_figures(**asked)
    assert caught.value.faults
    for word in words:
        assert word in str(caught.value)


def test_a_city_without_data_is_refused(frozen, monkeypatch):
    known = [city for city in store.cities_with_data() if city != "jinan"]
    monkeypatch.setattr(store, "cities_with_data", lambda: known)
    with pytest.raises(DataError, match="no processed data for city 'jinan'"):
        select_figures(["jinan"])


def test_without_a_build_the_error_says_what_to_run():
    with pytest.raises(DataError, match="run `qd build`") as caught:
        select_figures()
    assert not caught.value.faults


def test_an_indicator_of_bounds_alone_is_exported_without_series(real, tmp_path):
    """No exact figure of it is known: the tables have nothing to show, the observations have."""
    key = "sea_routes_all"
    assert store.read_series("qingdao", key).empty
    selection = select_figures(indicators=[key])
    assert selection.series.empty and set(selection.rows["bound"]) == {"about"}
    files = {file.path: file for file in export_figures(selection, tmp_path)}
    assert files["csv/series.csv"].rows == 0 and files["csv/observations.csv"].rows == len(selection.rows)
    assert files["csv/series.csv"].content.count(b"\n") == 1


def test_a_build_that_ends_meanwhile_is_noticed(own_store, monkeypatch):
    stamps = iter([{"cities": {"a": "1"}}, {"cities": {"a": "2"}}])
    monkeypatch.setattr(store, "stamp", lambda: next(stamps))
    with pytest.raises(DataError, match="built anew while they were read: export again"):
        select_figures(["qingdao"])


def test_unknown_formats_and_languages_are_refused(frozen, tmp_path):
    selection = select_figures(["qingdao"], [GDP])
    with pytest.raises(
        DataError, match="(?s)format 'xslx', expected one of .*did you mean xlsx.*language 'fr', expected one of zh, en"
    ):
        export_figures(selection, tmp_path / "out", ["xslx"], "fr")
    assert not (tmp_path / "out").exists()


# --- files --------------------------------------------------------------------------------------------------------------------


def found(folder) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_files_are_those_that_are_named(frozen, tmp_path):
    files = export_figures(select_figures(["qingdao"], [GDP]), tmp_path)
    assert found(tmp_path) == {file.path: file.content for file in files}
    assert [file.path for file in files if file.rows] == [
        "city-statistics.zh.xlsx",
        "csv/observations.csv",
        "csv/series.csv",
        "sdmx-csv/observations.csv",
        "datapackage/observations.csv",
        "datapackage/series.csv",
    ]
    assert {file.path.split("/")[0].split(".")[-1] for file in files} == set(FORMATS)


def test_other_files_of_the_folder_stay(frozen, tmp_path):
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "mine.csv").write_text("mine")
    (tmp_path / "csv" / "series.csv").write_text("old")
    export_figures(select_figures(["qingdao"], [GDP]), tmp_path, ["csv"])
    files = found(tmp_path)
    assert set(files) == {"csv/mine.csv", "csv/observations.csv", "csv/series.csv"} and files["csv/mine.csv"] == b"mine"
    assert files["csv/series.csv"].startswith(b"city,indicator")


def test_a_fault_while_writing_leaves_every_old_file(tmp_path, monkeypatch):
    old = [ExportFile("a.csv", b"old a", 1), ExportFile("b/b.csv", b"old b", 1)]
    write_files(tmp_path, old)
    calls = iter([False, True])

    def full_at_the_second(number):
        if next(calls):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_at_the_second)
    with pytest.raises(DataError, match="could not be written to .*No space left on device; name another folder with --to"):
        write_files(tmp_path, [ExportFile(file.path, b"new", 1) for file in old])
    assert found(tmp_path) == {"a.csv": b"old a", "b/b.csv": b"old b"}


def test_nothing_is_written_when_one_format_cannot_be_made(frozen, tmp_path):
    """A text that no cell can hold: the CSV, made before it, is not written either."""
    selection = select_figures(["qingdao"], [GDP])
    selection.rows.loc[3, "note"] = "长" * 40_000
    with pytest.raises(DataError) as caught:
        export_figures(selection, tmp_path / "out", ["csv", "xlsx"])
    assert selection.rows.loc[3, "source_cell"] in str(caught.value)
    assert "note has 40,000 characters" in str(caught.value) and "--format csv" in str(caught.value)
    assert not (tmp_path / "out").exists()
