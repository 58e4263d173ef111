"""The command `qd`: what it prints, how it exits, what it leaves untouched."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from qdlib.catalogue import load_catalogue
from qdlib.catalogue.corrections import load_corrections
from qdlib.cli import main

FAULTS = Path(__file__).parents[1] / "observations" / "faults"


def qd(*words: str):
    return CliRunner().invoke(main, list(words))


def spoilt_raw(monkeypatch) -> None:
    """One of the planted faults as data/raw: a decimal point is lost."""
    from qdlib.observations import build as stages

    monkeypatch.setenv("QD_RAW", str(FAULTS / "lost_decimal_point" / "raw"))
    plain = replace(load_catalogue(), corrections=())  # those of the package name cells of the real files
    monkeypatch.setattr(stages, "load_catalogue", lambda: plain)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "should read 1368.30 · compare with the printed page; if so, replace by 1368.30"), ("zh", "应为1368.30 · 核对原书")],
)
def test_build_says_what_it_found_in_the_language_asked_for(monkeypatch, language, sentence):
    spoilt_raw(monkeypatch)
    result = qd("build", "--verbose", "--language", language)
    assert result.exit_code == 0 and sentence in result.stdout


def test_build_prints_an_entry_that_the_catalogue_loads(monkeypatch, tmp_path):
    spoilt_raw(monkeypatch)
    entry = qd("build").stdout.partition("for corrections.yml, if the source shows it:\n")[2]
    (tmp_path / "corrections.yml").write_text(entry, encoding="utf-8")
    faults: list[str] = []
    (correction,) = load_corrections(tmp_path / "corrections.yml", faults)
    assert not faults and (correction.action, correction.value, correction.expect_raw) == ("replace", "1368.30", "136830")
    assert (correction.city, correction.indicator, correction.years) == ("qingdao", "budget_revenue", (2021,))


def targets() -> dict[str, dict]:
    result = qd("list", "targets", "--format", "json", "--today", "2026-06-30")
    assert result.exit_code == 0, result.stderr
    return {row["id"]: row for row in json.loads(result.stdout)}


def test_list_targets_has_one_object_per_commitment(frozen):
    found = targets()
    assert len(found) == 31
    assert {row["pillar"] for row in found.values()} == {"industry", "ocean", "innovation", "gateway", "bay", "governance"}
    assert all((row["status"] is None) != (row["reason"] is None) for row in found.values())
    first = found["T04"]
    assert (first["clause"], first["comparator"], first["value"], first["unit"], first["year"]) == (
        2,
        "gt",
        13000,
        "hundred_million_yuan",
        2026,
    )


def test_trace_prints_each_edition_with_its_cell(frozen):
    result = qd("trace", "qingdao", "gdp_current_prices", "2017")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    for figure, cell in (
        ("10136.96", "qd_yearbook_2023/1-7.xlsx!Sheet1!M12"),
        ("11037.28", "qd_collection_2026/figures.csv!csv!E"),
    ):
        place = next(number for number, line in enumerate(lines) if f" {figure} " in line)
        assert cell in lines[place + 1]


def test_trace_as_json(frozen):
    rows = json.loads(qd("trace", "qingdao", "gdp_current_prices", "2018", "--format", "json").stdout)
    assert {row["value"] for row in rows} >= {12001.52, 10949.38}
    assert all(row["source_cell"].count("!") == 2 for row in rows)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("trace", "qindao", "gdp_current_prices", "2017"), "qingdao"),
        (("trace", "qingdao", "gdp_curent_prices", "2017"), "gdp_current_prices"),
    ],
)
def test_unknown_id_is_wrong_usage_with_the_nearest_names(frozen, words, hint):
    result = qd(*words)
    assert result.exit_code == 2
    assert hint in result.stderr and "Traceback" not in result.output


def test_year_without_a_figure_names_the_years_that_have_one(frozen):
    result = qd("trace", "qingdao", "gdp_current_prices", "1900")
    assert result.exit_code == 1
    assert "2022" in result.stderr


@pytest.mark.parametrize(
    "words", [("trace", "qingdao"), ("list", "towns"), ("run", "--workers", "0"), ("run", "-p", "city"), ("brew",)]
)
def test_wrong_usage_exits_2(words):
    assert qd(*words).exit_code == 2


def test_no_processed_data_says_what_to_run():
    result = qd("list", "cities")
    assert result.exit_code == 1
    assert "qd build" in result.stderr


def test_build_of_a_tampered_file_lists_the_fault_and_leaves_the_store(tmp_path, monkeypatch):
    """A file whose hash is not its sidecar's stops the build before anything is written."""
    import shutil
    from pathlib import Path

    raw = tmp_path / "raw"
    shutil.copytree(Path(__file__).parents[2] / "data" / "raw", raw)
    monkeypatch.setenv("QD_RAW", str(raw))
    file = raw / "qd_yearbook" / "2006" / "1-12.csv"
    file.write_text(file.read_text("utf-8").replace("12.0", "13.0", 1), "utf-8")
    result = qd("build")
    assert result.exit_code == 1
    assert "1-12.csv" in result.stderr and "sha256" in result.stderr
    assert not (tmp_path / "processed" / "manifest.json").exists()


def test_unreadable_number_in_a_yearbook_keeps_the_city_as_it_was(tmp_path, monkeypatch):
    """10136.96 printed as 10l36.96: exit 1, cell and value named, no older vintage takes its place."""
    import hashlib
    import shutil
    from pathlib import Path

    from openpyxl import load_workbook

    from qdlib.observations import store

    raw = tmp_path / "raw"
    shutil.copytree(Path(__file__).parents[2] / "data" / "raw", raw)
    monkeypatch.setenv("QD_RAW", str(raw))
    assert qd("build").exit_code == 0
    before = store.content_hash("qingdao")
    file = raw / "qd_yearbook" / "2023" / "1-7.xlsx"
    book = load_workbook(file)
    book["Sheet1"]["M12"] = "10l36.96"
    book.save(file)
    sidecar = file.with_name("1-7.xlsx.source.yml")
    old = next(line for line in sidecar.read_text("utf-8").splitlines() if line.startswith("sha256:"))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    sidecar.write_text(sidecar.read_text("utf-8").replace(old, f"sha256: {digest}"), "utf-8")
    result = qd("build")
    assert result.exit_code == 1
    assert "1-7.xlsx!Sheet1!M12" in result.stderr and "10l36.96" in result.stderr and "corrections.yml" in result.stderr
    assert store.content_hash("qingdao") == before
    series = store.read_series("qingdao", "gdp_current_prices").set_index("year")
    assert series.loc[2017, "amount"] == 10136.96


@pytest.mark.parametrize("words", [("--city", "atlantis"), ("--only", "city_trnd"), ("-p", "ctiy=qingdao")])
def test_a_filter_or_parameter_that_does_not_fit_is_wrong_usage(frozen, words):
    result = qd("run", *words)
    assert result.exit_code == 2
    assert words[1].split("=")[0] in result.stderr


@pytest.mark.parametrize("value", ["True", "0532", "no", "12:30", "abc", "11", ""])
def test_a_value_of_another_type_is_wrong_usage_before_anything_starts(frozen, tmp_path, value):
    result = qd("run", "--only", "city_forecast", "-p", f"horizon={value}")
    assert result.exit_code == 2 and "horizon" in result.stderr and value in result.stderr
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(("words", "said"), [(("--at", "noon"), "expected days and a time"), (("--at", "Mo 06:00"), "Mon..Fri 06:00")])
def test_a_schedule_at_no_time_is_wrong_usage(words, said):
    result = qd("schedule", *words)
    assert result.exit_code == 2 and said in result.stderr


def test_a_schedule_is_printed_and_not_installed(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert "OnCalendar=Mon,Thu *-*-* 18:30:00" in qd("schedule", "--at", "Mon,Thu 18:30").stdout
    line = qd("schedule", "--cron").stdout
    assert line.startswith("0 6 * * 1,2,3,4,5 ") and "tasks.py report" in line
    assert not (tmp_path / "config").exists()


def test_unreadable_number_in_a_collection_is_located(tmp_path, monkeypatch):
    import hashlib
    import shutil
    from pathlib import Path

    raw = tmp_path / "raw"
    shutil.copytree(Path(__file__).parents[2] / "data" / "raw", raw)
    monkeypatch.setenv("QD_RAW", str(raw))
    file = raw / "panel_revised_gdp" / "2024" / "figures.csv"
    lines = file.read_text("utf-8").split("\n")
    cells = lines[1].split(",")
    cells[4] = "94O.5"
    lines[1] = ",".join(cells)
    file.write_text("\n".join(lines), "utf-8", newline="\n")
    sidecar = file.with_name("figures.csv.source.yml")
    old = next(line for line in sidecar.read_text("utf-8").splitlines() if line.startswith("sha256:"))
    sidecar.write_text(
        sidecar.read_text("utf-8").replace(old, "sha256: " + hashlib.sha256(file.read_bytes()).hexdigest()), "utf-8"
    )
    result = qd("build")
    assert result.exit_code == 1
    assert "94O.5" in result.stderr and "figures.csv" in result.stderr and "E2" in result.stderr
