"""From a small data/raw to the store: all stages, an error in one city, faults that stop before anything is written."""

import dataclasses
import hashlib

import pytest

from qdlib.catalogue import load_catalogue
from qdlib.errors import DataError, SourceError
from qdlib.observations import store
from qdlib.observations.build import build

GDP = "gdp_current_prices"
SECTORS = ("primary_value_added", "secondary_value_added", "tertiary_value_added")


def records(city: str, total: str = "100.00", parts: tuple = ("10.00", "40.00", "50.00"), year: int = 2018) -> list[tuple]:
    figures = zip((GDP, *SECTORS), (total, *parts), strict=True)
    return [(city, indicator, "whole_city", year, text, "panel_sectors_2024", "2024") for indicator, text in figures]


@pytest.fixture
def plain():
    """The packaged catalogue without corrections, which name cells of the real files."""
    return dataclasses.replace(load_catalogue(), corrections=())


@pytest.fixture
def raw(write_raw):
    return lambda rows: write_raw({("panel_sectors", "2024"): rows})


def parts(folder) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".parquet", ".json")
    }


def test_a_build_counts_what_it_stored(raw, plain):
    raw(records("qingdao") + records("jinan"))
    made = build(plain)
    assert (made.rows, made.cities, made.editions, made.stale) == (8, 2, 1, ())
    assert made.findings.empty and made.applied.empty
    assert store.cities_with_data() == ["jinan", "qingdao"]
    assert store.read_series("qingdao", GDP)["amount"].tolist() == [100.0]


def test_two_builds_of_the_same_files_have_the_same_bytes(raw, plain, tmp_path, monkeypatch):
    raw(records("qingdao") + records("jinan"))
    found = []
    for name in ("one", "two"):
        monkeypatch.setenv("QD_DATA", str(tmp_path / name))
        build(plain)
        found.append(parts(tmp_path / name))
    assert found[0] == found[1] and len(found[0]) > 2


def test_a_changed_cell_changes_its_city_only(raw, plain):
    raw(records("qingdao") + records("jinan"))
    build(plain)
    before = store.stamp()["cities"]
    raw(records("qingdao", "100.01") + records("jinan"))
    build(plain)
    after = store.stamp()["cities"]
    assert before["jinan"] == after["jinan"] and before["qingdao"] != after["qingdao"]


def test_a_city_with_an_error_keeps_its_parts_and_is_named(raw, plain):
    raw(records("qingdao") + records("jinan"))
    build(plain)
    before = store.stamp()["cities"]
    raw(records("qingdao", "200.00") + records("jinan", "100.01", ("10.00", "40.01", "50.00")))
    made = build(plain)
    assert made.stale == ("qingdao",)
    assert made.findings[["check", "level", "city"]].values.tolist() == [["sum_to_total", "error", "qingdao"]]
    assert store.stamp()["cities"]["qingdao"] == before["qingdao"] and store.stamp()["cities"]["jinan"] != before["jinan"]
    assert store.read_series("qingdao", GDP)["amount"].tolist() == [100.0]


def test_a_city_with_a_high_or_low_finding_is_stored(raw, plain):
    raw(records("qingdao", "100.03"))
    made = build(plain)
    assert made.findings["level"].tolist() == ["low"] and made.stale == ()
    assert store.read_findings("qingdao")["check"].tolist() == ["sum_to_total"]


def test_an_accepted_error_lets_the_city_through(raw, plain, correction):
    accept = correction("accept", check="sum_to_total", edition="panel_sectors_2024")
    raw(records("qingdao", "200.00"))
    made = build(dataclasses.replace(plain, corrections=(accept,)))
    assert made.stale == () and made.findings[["level", "suggestion"]].values.tolist() == [["low", "accepted c1"]]
    assert store.read_series("qingdao", GDP)["amount"].tolist() == [200.0]


def test_a_correction_is_applied_before_the_checks_and_kept_on_record(raw, plain, correction):
    mend = correction("replace", edition="panel_sectors_2024", value="100.00", expect_raw="10000")
    raw(records("qingdao", "10000"))
    made = build(dataclasses.replace(plain, corrections=(mend,)))
    assert made.findings.empty and made.stale == ()
    assert store.read_table("corrections", "qingdao")[["id", "old", "new"]].values.tolist() == [["c1", "10000", "100.00"]]
    assert store.read_observations("qingdao").query("indicator == @GDP")["note"].tolist() == ["10000 → 100.00 (c1)"]


def test_a_limit_is_checked_as_printed_and_settled_by_a_correction(raw, plain, correction):
    """The finding about the printed figure stays on record, as low."""
    mend = correction("replace", edition="panel_sectors_2024", value="100.00", expect_raw="-100.00")
    raw(records("qingdao", "-100.00"))
    assert build(plain).stale == ("qingdao",)
    made = build(dataclasses.replace(plain, corrections=(mend,)))
    assert made.stale == ()
    assert made.findings[["check", "level", "suggestion"]].values.tolist() == [["limits", "low", "corrected c1"]]


def test_a_repeated_key_with_another_figure_keeps_the_city_back(raw, plain):
    raw([*records("qingdao"), records("qingdao", "100.10")[0]])
    made = build(plain)
    assert made.findings["check"].tolist() == ["duplicate_conflict"] and made.stale == ("qingdao",)


def test_a_fault_of_a_file_stops_before_anything_is_written(raw, plain):
    raw(records("qingdao"))
    build(plain)
    before = store.read_manifest()
    path = raw(records("qingdao", "100.50")) / "panel_sectors" / "2024" / "figures.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(SourceError, match="raw files are never edited"):
        build(plain)
    assert store.read_manifest() == before


def test_contradicting_figures_stop_before_anything_is_written(write_raw, plain):
    rows = [
        ("qingdao", GDP, "whole_city", 2018, text, edition, "2019")
        for text, edition in (("100.0", "qd_communique_2018"), ("101.0", "qd_work_report_2019"))
    ]
    rows[0] = (*rows[0][:6], "2019-04")
    rows[1] = (*rows[1][:6], "2019-04")
    write_raw({("qd_collection", "2026"): rows})
    with pytest.raises(DataError, match="figures of one class and date contradict each other"):
        build(plain)
    assert not (store.data_folder() / "manifest.json").exists()


def write_table(root, cells: tuple[str, str, str]) -> str:
    """A yearbook table of one row in a raw folder; returns the id of its last cell."""
    folder = root / "qd_yearbook" / "2021"
    folder.mkdir(parents=True)
    path = folder / "1-1.csv"
    path.write_text(f"1-1 主要指标,,,\n指标,2018年,2019年,2020年\n地区生产总值（亿元）,{','.join(cells)}\n", encoding="utf-8")
    sidecar = {
        "source": "qd_yearbook",
        "edition": "2021",
        "title": "主要指标",
        "kind": "table",
        "tables": "1-1",
        "city": "qingdao",
        "scope": "whole_city",
        "url": "https://example.org",
        "published": "2021",
        "accessed": "2026-11-20",
        "licence": "none",
        "route": "transcribed",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    text = "".join(f'{key}: "{value}"\n' for key, value in sidecar.items())
    path.with_name("1-1.csv.source.yml").write_text(text, encoding="utf-8")
    return "qd_yearbook_2021/1-1.csv!csv!D3"


@pytest.mark.parametrize(("printed", "stale"), [("12400.56", ()), ("12400.5.6", ("qingdao",))])
def test_a_figure_that_cannot_be_read_keeps_the_city_back(raw, plain, printed, stale):
    """Without it an older vintage would take its place unnoticed."""
    write_table(raw(records("qingdao", year=2010)), ("10949.38", "11741.31", printed))
    made = build(plain)
    assert made.stale == stale
    assert made.findings[["check", "level"]].values.tolist() == ([["unreadable", "error"]] if stale else [])


def test_an_unreadable_figure_that_is_entered_by_hand_lets_the_city_through(raw, plain, correction):
    cell = write_table(raw(records("qingdao", year=2010)), ("10949.38", "11741.31", "12400.5.6"))
    entry = correction(
        "replace",
        edition="qd_yearbook_2021",
        years=(2020,),
        cell=cell,
        value="12400.56",
        unit="hundred_million_yuan",
        expect_raw="12400.5.6",
    )
    made = build(dataclasses.replace(plain, corrections=(entry,)))
    assert made.stale == () and made.findings["level"].tolist() == ["low"]
    assert store.read_series("qingdao", GDP).set_index("year").loc[2020, "amount"] == 12400.56


def test_a_correction_that_matches_nothing_stops_the_build(raw, plain, correction):
    raw(records("qingdao"))
    with pytest.raises(DataError, match="c1: matches no figure"):
        build(dataclasses.replace(plain, corrections=(correction("drop"),)))


def test_a_mixed_basis_reaches_series_and_findings(write_raw, plain):
    """First releases, a panel that repeats them up to 2018 and turns in 2019, and the yearbook after the census."""
    first = {2015: "9300.07", 2016: "10011.29", 2017: "11037.28", 2018: "12001.52"}
    after = {2015: "8658.57", 2016: "9283.17", 2017: "10136.96", 2018: "10949.38", 2019: "11741.31"}
    place = ("qingdao", GDP, "whole_city")
    write_raw(
        {
            ("qd_collection", "2026"): [
                *[(*place, year, text, f"qd_communique_{year}", str(year + 1)) for year, text in first.items()],
                *[(*place, year, text, "qd_yearbook_2023", "2023") for year, text in after.items()],
                *[(*place, year, text, "panel_sectors_2024", "2024") for year, text in (first | {2019: "11741"}).items()],
            ]
        }
    )
    made = build(plain)
    assert made.findings[["check", "edition", "year"]].values.tolist() == [["mixed_basis", "panel_sectors_2024", 2019]]
    rows = store.read_observations("qingdao")
    assert rows.loc[rows["status"] == "B", ["edition", "year"]].values.tolist() == [["panel_sectors_2024", 2019]]
    assert store.read_revisions("qingdao")[["event", "edition", "census", "last_year"]].values.tolist() == [
        ["stale_copy", "panel_sectors_2024", 2018, 2018],
        ["census_revision", "qd_yearbook_2023", 2018, 2018],
    ]
    early = store.read_series("qingdao", GDP, "first_release").set_index("year")
    assert early.loc[2018, "amount"] == 12001.52 and not early.loc[2019, "linked"]
