"""The store: same content, same bytes; one city changed, one city written; a reader sees one build or the other."""

import multiprocessing
import os
import shutil
import time
from pathlib import Path

import pandas as pd
import pytest

from qdlib.errors import BusyError, DataError, RunError
from qdlib.observations import store

CITIES = ("jinan", "qingdao")


def tables(values: dict[str, float] | None = None, newest: str = "office_2023") -> dict[str, pd.DataFrame]:
    """Small tables of two cities; `values` says the second figure of each city's observations."""
    values = {"jinan": 1.0, "qingdao": 2.0} | (values or {})
    rows = [
        {
            "city": city,
            "indicator": "gdp_current_prices",
            "year": year,
            "value": value,
            "decimals": decimals,
            "edition": edition,
            "published": edition[-4:],
            "note": "",
        }
        for city in CITIES
        for year, value, decimals, edition in ((2017, 0.5, 1, "office_2018"), (2018, values[city], None, newest))
    ]
    observations = pd.DataFrame(rows).astype({"decimals": "Int64"})
    plain = pd.DataFrame({"city": list(CITIES), "text": ["甲", "乙"]})
    frames = {name: plain.copy() for name in store.TABLES}
    return frames | {"observations": observations, "series": observations.assign(linked=[False, True] * 2)}


def write(**options) -> dict:
    with store.one_writer():
        return store.write_build(**({"tables": tables()} | options))


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def identities(folder: Path) -> dict[str, tuple[int, int]]:
    """Inode and time of each part: a part that is written again has new ones."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*.parquet")}


# --- reading back -----------------------------------------------------------------------------------------------------------


def test_what_is_written_is_read_back():
    write()
    assert store.cities_with_data() == ["jinan", "qingdao"]
    rows = store.read_observations("qingdao")
    assert rows["value"].tolist() == [0.5, 2.0] and rows["decimals"].isna().tolist() == [False, True]
    assert store.read_series("qingdao")["linked"].tolist() == [False, True]
    assert store.read_findings("jinan")["text"].tolist() == ["甲"] and store.read_revisions("jinan")["text"].tolist() == ["甲"]


def test_one_indicator_of_a_series():
    write()
    assert len(store.read_series("qingdao", "gdp_current_prices")) == 2
    assert store.read_series("qingdao", "retail_sales").empty


def test_the_frame_that_is_lent_may_be_changed_by_the_borrower():
    write()
    frame = store.read_observations("qingdao")
    frame["value"] = 0.0
    assert store.read_observations("qingdao")["value"].tolist() == [0.5, 2.0]


def test_a_table_without_rows_of_a_city_is_empty_with_its_columns():
    frames = tables()
    frames["findings"] = frames["findings"].iloc[:1]
    write(tables=frames)
    assert store.read_findings("qingdao").empty and list(store.read_findings("qingdao").columns) == ["city", "text"]


@pytest.mark.parametrize(
    "ask",
    [store.cities_with_data, store.stamp, lambda: store.read_observations("qingdao"), lambda: store.content_hash("qingdao")],
)
def test_without_a_build_the_error_says_what_to_run(ask):
    with pytest.raises(DataError, match="no processed data yet: run `qd build`"):
        ask()


def test_a_manifest_of_another_format_says_what_to_run():
    write()
    path = store.data_folder() / "manifest.json"
    path.write_text(path.read_text().replace(f'"format": {store.FORMAT}', '"format": 0'))
    with pytest.raises(DataError, match="have format 0, expected 1: run `qd build`"):
        store.cities_with_data()


def test_an_unknown_city_or_slice_gets_the_nearest_names():
    write()
    with pytest.raises(DataError, match="no processed data for city 'qindao'; did you mean qingdao"):
        store.read_observations("qindao")
    with pytest.raises(DataError, match="no slice 'program'.*did you mean programme"):
        store.content_hash("program")


# --- the slices that a report declared -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("declared", ["jinan", "jinan,dalian", "programme", ""])
def test_a_slice_that_the_report_did_not_declare_is_refused(monkeypatch, declared):
    write()
    monkeypatch.setenv("QD_READS", declared)
    for read in (store.read_observations, store.read_series, store.read_findings, store.read_revisions):
        with pytest.raises(RunError, match=rf"reads 'qingdao', but its line in runs.yml declares `reads: \[{declared}\]`"):
            read("qingdao")


@pytest.mark.parametrize("declared", ["qingdao", "jinan,qingdao", "all", None])
def test_a_declared_slice_is_lent(monkeypatch, declared):
    write()
    if declared is not None:
        monkeypatch.setenv("QD_READS", declared)
    assert len(store.read_observations("qingdao")) == 2


def test_a_part_of_a_name_is_no_declaration(monkeypatch):
    write()
    monkeypatch.setenv("QD_READS", "qingdao_old,my_qingdao")
    with pytest.raises(RunError):
        store.read_observations("qingdao")


# --- bytes and hashes -------------------------------------------------------------------------------------------------------------


def test_two_builds_of_the_same_tables_have_the_same_bytes(tmp_path, monkeypatch):
    found = []
    for name in ("one", "two"):
        monkeypatch.setenv("QD_DATA", str(tmp_path / name))
        write()
        found.append(files(tmp_path / name))
    assert found[0] == found[1] and len(found[0]) == 2 * len(store.TABLES) + 1


def test_the_index_of_a_frame_is_no_content():
    write()
    before = store.content_hash("qingdao")
    frames = tables()
    frames["observations"] = frames["observations"].sample(frac=1, random_state=1).sort_values(["city", "year"])
    write(tables=frames)
    assert store.content_hash("qingdao") == before


def test_a_build_of_the_same_content_writes_no_part_again():
    write()
    before = identities(store.data_folder())
    write()
    assert identities(store.data_folder()) == before


def test_one_changed_cell_writes_one_citys_part_and_changes_its_hash_only():
    write()
    folder, before, hashes = store.data_folder(), identities(store.data_folder()), store.stamp()["cities"]
    manifest = store.read_manifest()
    changed = tables({"qingdao": 2.5})
    changed["series"] = tables()["series"]
    write(tables=changed)
    after = store.read_manifest()
    new = {path.name for path in folder.rglob("*.parquet")} - set(before)
    assert len(new) == 1 and new == {after["cities"]["qingdao"]["files"]["observations"]}
    assert {name: identities(folder)[name] for name in before} == before
    assert after["cities"]["jinan"] == manifest["cities"]["jinan"]
    assert store.content_hash("jinan") == hashes["jinan"] and store.content_hash("qingdao") != hashes["qingdao"]


@pytest.mark.parametrize(
    ("table", "counts"),
    [
        ("observations", True),
        ("series", True),
        ("revisions", True),
        ("findings", True),
        ("corrections", True),
        ("unmatched", False),
    ],
)
def test_the_hash_is_of_what_a_report_may_publish(table, counts):
    write()
    before = store.content_hash("qingdao")
    frames = tables()
    frames[table] = frames[table].assign(extra="x")
    write(tables=frames)
    assert (store.content_hash("qingdao") != before) is counts


def test_the_stamp_names_the_newest_edition_and_each_city():
    manifest = write(tables=tables(newest="office_2024"))
    assert store.stamp() == {
        "newest_edition": "office_2024",
        "cities": {city: manifest["cities"][city]["hash"] for city in CITIES},
    }
    assert store.content_hash("programme") == "none"


def test_a_shared_slice_is_kept_over_builds_and_its_oldest_part_goes():
    write()
    assert store.read_shared("programme") is None
    with store.one_writer():
        hashes = [store.write_shared("programme", pd.DataFrame({"item": [key]}))["shared"]["programme"] for key in "甲乙丙"]
    assert store.read_shared("programme")["item"].tolist() == ["丙"]
    assert store.content_hash("programme") == hashes[2] and len(set(hashes)) == 3
    assert {path.stem[-12:] for path in (store.data_folder() / "programme").iterdir()} == {key[:12] for key in hashes[1:]}
    write(tables=tables({"qingdao": 9.0}))
    assert store.read_shared("programme")["item"].tolist() == ["丙"]
    with store.one_writer():
        store.write_shared("programme", pd.DataFrame({"item": []}))
    assert store.read_shared("programme") is None


def test_what_a_shared_slice_was_made_from_is_kept_and_is_no_part_of_its_hash():
    write()
    assert store.made_from("calibration") == ""
    with store.one_writer():
        store.write_shared("calibration", pd.DataFrame({"value": [1.0]}), made_from="one")
        before = store.content_hash("calibration")
        store.write_shared("calibration", pd.DataFrame({"value": [1.0]}), made_from="two")
    assert (store.content_hash("calibration"), store.made_from("calibration")) == (before, "two")
    write(tables=tables({"qingdao": 9.0}))
    assert store.made_from("calibration") == "two" and store.made_from("programme") == ""


def test_peers_are_the_other_cities_in_one_vintage():
    write()
    assert list(store.read_peers("qingdao")) == ["jinan"]
    pd.testing.assert_frame_equal(store.read_peers("qingdao", "edition:qd_yearbook_2023")["jinan"], store.read_series("jinan"))


def test_a_shared_slice_must_be_known_and_declared(monkeypatch):
    write()
    with pytest.raises(DataError, match="no shared slice 'program'; did you mean programme"):
        store.read_shared("program")
    monkeypatch.setenv("QD_READS", "qingdao")
    with pytest.raises(RunError, match="reads 'programme'"):
        store.read_shared("programme")


def test_parts_of_the_build_before_stay_and_older_ones_go():
    names = []
    for value in (1.0, 2.0, 3.0):
        names.append(write(tables=tables({"qingdao": value}))["cities"]["qingdao"]["files"]["observations"])
    kept = {path.name for path in (store.data_folder() / "observations").iterdir()}
    assert names[2] in kept and names[1] in kept and names[0] not in kept


# --- cities kept back ----------------------------------------------------------------------------------------------------------------


def test_a_city_that_is_kept_back_stays_as_it_was():
    write()
    before = store.read_manifest()["cities"]["qingdao"]
    write(tables=tables({"qingdao": 9.0, "jinan": 9.0}), keep=("qingdao",))
    assert store.read_manifest()["cities"]["qingdao"] == before
    assert store.read_observations("qingdao")["value"].tolist() == [0.5, 2.0]
    assert store.read_observations("jinan")["value"].tolist() == [0.5, 9.0]


def test_a_city_kept_back_that_was_never_stored_has_no_data():
    write(keep=("qingdao",))
    assert store.cities_with_data() == ["jinan"]


# --- one writer, many readers -----------------------------------------------------------------------------------------------------------


def test_a_second_writer_is_told_to_wait():
    with store.one_writer():
        with pytest.raises(BusyError, match="another build holds processed/.lock"):
            with store.one_writer():
                pass
    with store.one_writer():
        pass


def test_a_writer_that_dies_leaves_the_old_store(monkeypatch):
    write()
    before = store.read_manifest()
    replace = os.replace

    def die(source, target):
        if Path(target).name == "manifest.json":
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", die)
    with pytest.raises(KeyboardInterrupt):
        write(tables=tables({"qingdao": 7.0}))
    monkeypatch.setattr(os, "replace", replace)
    assert store.read_manifest() == before and store.read_observations("qingdao")["value"].tolist() == [0.5, 2.0]
    write(tables=tables({"qingdao": 7.0}))
    assert store.read_observations("qingdao")["value"].tolist() == [0.5, 7.0]


def test_a_reader_whose_part_was_removed_meanwhile_reads_the_newer_one(monkeypatch):
    """Two builds end between opening the manifest and opening the part."""
    write()
    old = store.part_path("observations", "qingdao")
    for value in (3.0, 4.0):
        write(tables=tables({"qingdao": value}))
    assert not Path(old).exists()
    answers = iter([old])
    monkeypatch.setattr(store, "part_path", lambda *place, real=store.part_path: next(answers, None) or real(*place))
    assert store.read_observations("qingdao")["value"].tolist() == [0.5, 4.0]


READERS = 8


def read_for_a_while(folder: str, stop, results) -> None:
    """In a process of its own: each table read must be of one build, whose number stands in every row."""
    os.environ["QD_DATA"] = folder
    mixtures, seen = 0, set()
    while not stop.is_set():
        for city in CITIES:
            numbers = set(store.read_observations(city)["value"])
            mixtures += len(numbers) != 1
            seen |= numbers
        time.sleep(0.002)
    results.put((mixtures, len(seen)))


def test_readers_see_one_build_or_the_other(tmp_path):
    """Eight processes read while twenty builds replace every part."""

    def build(number: int) -> None:
        frames = tables()
        frames["observations"] = pd.concat([frames["observations"].assign(value=float(number))] * 50, ignore_index=True)
        write(tables=frames)

    build(0)
    context = multiprocessing.get_context("fork")
    stop, results = context.Event(), context.Queue()
    readers = [context.Process(target=read_for_a_while, args=(str(store.data_folder()), stop, results)) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for number in range(1, 21):
        build(number)
    stop.set()
    found = [results.get(timeout=60) for _ in readers]
    for reader in readers:
        reader.join(timeout=60)
    assert [reader.exitcode for reader in readers] == [0] * READERS
    assert [mixtures for mixtures, _ in found] == [0] * READERS
    assert max(seen for _, seen in found) > 1


def test_the_folder_is_that_of_the_variable(tmp_path, monkeypatch):
    write()
    monkeypatch.setenv("QD_DATA", str(tmp_path / "moved"))
    shutil.copytree(tmp_path / "processed", tmp_path / "moved")
    assert store.data_folder() == tmp_path / "moved" and len(store.read_observations("qingdao")) == 2
    monkeypatch.delenv("QD_DATA")
    assert store.data_folder() == Path(__file__).parents[2] / "data" / "processed"


def test_a_misspelt_indicator_is_an_error_and_an_unpublished_one_is_empty():
    from qdlib.errors import CatalogueError

    write()
    with pytest.raises(CatalogueError, match="unknown indicator 'gdp_current_price'; did you mean gdp_current_prices"):
        store.read_series("qingdao", "gdp_current_price")
    assert store.read_series("qingdao", "goods_trade_cny").empty
