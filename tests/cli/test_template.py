"""`qd template`: the form written, a filled one checked, and the whole way from a department's figure to a verdict."""

import hashlib
import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from qdlib.cli import main
from qdlib.observations import store
from qdlib.observations.build import build
from tests.reading.department_samples import GAPS, HEADER, ITEMS, address, filled_form, put, row_of, save, sheet_of

TODAY = "2026-11-20"
PUBLIC = (
    "city,indicator,scope,year,value,unit,status,bound,edition,published,route,source_title,source_address,note\n"
    "qingdao,national_high_tech_enterprises,whole_city,2021,5554,enterprises,A,equal,qd_communique_2021,2022-03,official_copy,,,\n"
    "qingdao,national_high_tech_enterprises,whole_city,2024,8650,enterprises,A,equal,qd_communique_2024,2025-03,official_copy,,,\n"
)


def qd(*words: str):
    return CliRunner().invoke(main, list(words))


def put_raw(folder: Path, source: str, edition: str, file: str, content: bytes, kind: str) -> None:
    target = folder / source / edition
    target.mkdir(parents=True, exist_ok=True)
    (target / file).write_bytes(content)
    sidecar = {
        "source": source, "edition": edition, "title": "invented for a test", "kind": kind, "tables": "none", "url": "none",
        "published": edition, "accessed": edition, "sha256": hashlib.sha256(content).hexdigest(), "licence": "none", "route": "original",
    }  # fmt: skip
    text = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in sidecar.items())
    (target / f"{file}.source.yml").write_text(text, encoding="utf-8")


@pytest.fixture
def raw(tmp_path, monkeypatch) -> Path:
    """A small data/raw of published figures, built."""
    folder = tmp_path / "raw"
    monkeypatch.setenv("QD_RAW", str(folder))
    put_raw(folder, "qd_collection", "2026", "figures.csv", PUBLIC.encode(), "collection")
    plain_build(monkeypatch)
    return folder


def plain_build(monkeypatch):
    from dataclasses import replace

    from qdlib.catalogue import load_catalogue

    return build(replace(load_catalogue(), corrections=()))  # those of the package name cells of the real files


def targets() -> dict[str, dict]:
    result = qd("list", "targets", "--format", "json", "--today", TODAY)
    assert result.exit_code == 0, result.output
    return {row["id"]: row for row in json.loads(result.stdout)}


def fill(path: Path, gaps: list[tuple[str, int]], figures: dict[tuple[str, int], float]) -> None:
    book = openpyxl.load_workbook(path)
    for (target, year), value in figures.items():
        entry = {
            "value": value,
            "published": date(year + 1, 3, 1),
            "status": "A",
            "source": "商务统计年报",
            "department": "市商务局",
        }
        put(book, "indicators", row_of(target, year, gaps), entry)
    book.save(path)


def asked(path: Path) -> list[tuple[str, int]]:
    sheet = sheet_of(openpyxl.load_workbook(path), "indicators")
    return [(row[0], row[3]) for row in sheet.iter_rows(min_row=5, values_only=True)]


def test_a_reported_figure_reaches_the_verdict_with_its_department(raw, tmp_path, monkeypatch):
    assert targets()["T25"]["reason"] == "no_public_data"
    form = tmp_path / "out" / "form.xlsx"
    result = qd("template", "--pillar", "gateway", "--today", TODAY, "--to", str(form))
    assert result.exit_code == 0 and "15 years without a public figure, of 3 targets" in result.output, result.output
    gaps = asked(form)
    fill(form, gaps, {("T25", 2021): 15200, ("T25", 2025): 22790})
    checked = qd("template", "--check", str(form), "--today", TODAY)
    assert checked.exit_code == 0 and "would add 2 figures" in checked.output and "市商务局" in checked.output
    folder = raw / "department_reports" / TODAY
    folder.mkdir(parents=True)
    (folder / "form.xlsx").write_bytes(form.read_bytes())
    sidecar = checked.output.partition("form.xlsx.source.yml:\n")[2]
    (folder / "form.xlsx.source.yml").write_text(sidecar, encoding="utf-8")
    result = plain_build(monkeypatch)
    assert result.findings[result.findings["level"] != "low"].empty
    found = targets()["T25"]
    assert (found["reason"], found["latest_value"], found["latest_year"]) == (None, 22790, 2025)
    assert found["status"] == "on_schedule" and found["editions"] == [f"department_reports_{TODAY}"]
    traced = qd("trace", "qingdao", "trade_entities", "2025").output
    cell = address("indicators", "value", row_of("T25", 2025, gaps))
    assert f"department_reports_{TODAY}/form.xlsx!指标!{cell}" in traced and "市商务局; 商务统计年报" in traced
    again = tmp_path / "again.xlsx"
    assert qd("template", "--pillar", "gateway", "--today", TODAY, "--to", str(again)).exit_code == 0
    assert asked(again) == gaps, "what a department reported is not public, and may be corrected"


def test_a_published_figure_wins_and_the_gap_is_a_finding(raw, tmp_path, monkeypatch):
    form = tmp_path / "form.xlsx"
    assert qd("template", "--today", TODAY, "--to", str(form)).exit_code == 0
    gaps = asked(form)
    assert ("T03", 2024) not in gaps and ("T03", 2023) in gaps
    fill(form, gaps, {("T03", 2022): 6653, ("T03", 2023): 7802})
    put_raw(raw, "department_reports", TODAY, "t.xlsx", form.read_bytes(), "department_workbook")
    line = PUBLIC.splitlines()[2].replace(",2024,8650", ",2023,7702")
    later = PUBLIC + line.replace("2025-03", "2024-03").replace("communique_2024", "communique_2023") + "\n"
    put_raw(raw, "qd_collection", "2026", "figures.csv", later.encode(), "collection")
    findings = plain_build(monkeypatch).findings
    (gap,) = findings[findings["check"] == "department_gap"].itertuples()
    assert (gap.level, gap.year, gap.values) == ("high", 2023, "7802 | 7702") and gap.cells.startswith("department_reports_")
    series = store.read_series("qingdao", "national_high_tech_enterprises").set_index("year")["amount"]
    assert series[2023] == 7702 and series[2022] == 6653


def test_a_later_report_mends_an_earlier_one_of_the_same_date(raw, tmp_path, monkeypatch):
    form = tmp_path / "form.xlsx"
    assert qd("template", "--pillar", "gateway", "--today", TODAY, "--to", str(form)).exit_code == 0
    gaps = asked(form)
    for day, value in (("2026-05-20", 21790), (TODAY, 22790)):
        fill(form, gaps, {("T25", 2025): value})
        put_raw(raw, "department_reports", day, "gateway.xlsx", form.read_bytes(), "department_workbook")
    findings = plain_build(monkeypatch).findings
    assert "coverage_shrank" not in set(findings["check"])
    chosen = {vintage: store.read_series("qingdao", "trade_entities", vintage) for vintage in ("latest", "first_release")}
    assert {vintage: series["amount"].tolist() for vintage, series in chosen.items()} == {
        "latest": [22790],
        "first_release": [21790],
    }


def test_what_departments_report_on_items_comes_with_the_raw_figures(raw, monkeypatch):
    from qdlib.reading import department
    from qdlib.reading.rows import read_raw

    frame = read_raw(raw).programme
    assert frame.empty and str(frame["parts_done"].dtype) == "Int64" and "source_cell" in frame
    monkeypatch.setattr(department, "programme_items", lambda catalogue: ITEMS)
    book = filled_form()
    put(book, "programme", HEADER + 1, {"parts_done": None})  # the policy names no parts of c05-3
    put_raw(raw, "department_reports", TODAY, "bureau.xlsx", save(book), "department_workbook")
    found = read_raw(raw)
    assert found.programme["item"].tolist() == ["c05-3", "c05-3", "c07-4"] and found.programme["weight"].sum() == 1
    assert len(found.rows) == len(read_raw(raw).rows) == 2 + len(GAPS)
    plain_build(monkeypatch)
    assert store.read_shared("programme")["item"].tolist() == ["c05-3", "c05-3", "c07-4"]
    shown = qd("list", "programme", "--format", "json")
    assert shown.exit_code == 0, (shown.output, shown.exception)
    listed = {row["id"]: row for row in json.loads(shown.stdout)}
    assert listed["c05-3"]["responsible_unit"] == "市工信局" and listed["c05-3"]["status"] != "unreported"
    assert listed["c08-2"]["status"] == "unreported"
    for path in (raw / "department_reports" / TODAY).iterdir():
        path.unlink()
    plain_build(monkeypatch)
    assert store.read_shared("programme") is None


def test_items_are_those_of_the_catalogue_s_programme_and_none_without_one():
    from types import SimpleNamespace

    from qdlib.reading.department_form import programme_items

    programme = SimpleNamespace(items={item.id: item for item in ITEMS})
    assert programme_items(SimpleNamespace(programme=programme)) == ITEMS
    assert programme_items(SimpleNamespace()) == ()


def test_a_faulty_file_stops_the_build_with_every_fault_at_its_cell(raw, monkeypatch):
    book = filled_form(items=())
    put(book, "indicators", row_of("T25", 2024), {"value": "2万"})
    put(book, "indicators", row_of("T01", 2024), {"source": None})
    sheet_of(book, "notes").title = "Sheet3"
    put_raw(raw, "department_reports", TODAY, "bureau.xlsx", save(book), "department_workbook")
    result = qd("check")
    where = f"department_reports_{TODAY}/bureau.xlsx!指标!"
    assert result.exit_code == 1
    assert where + address("indicators", "value", row_of("T25", 2024)) in result.output
    assert where + address("indicators", "source", row_of("T01", 2024)) in result.output
    assert "[sheet_missing]" in result.output


@pytest.mark.parametrize(("source", "kind"), [("department_reports", "table"), ("qd_department", "department_workbook")])
def test_kind_and_source_belong_together(raw, source, kind):
    put_raw(raw, source, TODAY, "bureau.xlsx", save(filled_form(items=())), kind)
    result = qd("check")
    assert result.exit_code == 1 and "a file of department_reports is a department_workbook, and no other is" in result.output


@pytest.mark.parametrize(("language", "words"), [("zh", "请只填数字"), ("en", "type digits only")])
def test_check_lists_the_faults_in_the_language_asked_for(tmp_path, language, words):
    book = filled_form(items=())
    put(book, "indicators", row_of("T25", 2024), {"value": "2万"})
    path = tmp_path / "bureau.xlsx"
    book.save(path)
    result = qd("template", "--check", str(path), "--language", language, "--today", TODAY)
    assert result.exit_code == 1 and words in result.stderr and "1 fault" in result.stderr and "Traceback" not in result.output


def test_a_form_that_was_checked_is_left_as_it_was(tmp_path):
    path = tmp_path / "bureau.xlsx"
    path.write_bytes(save(filled_form(items=())))
    before = path.read_bytes()
    qd("template", "--check", str(path), "--today", TODAY)
    assert path.read_bytes() == before and [entry.name for entry in tmp_path.iterdir()] == ["bureau.xlsx"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [(("--pillar", "ocaen"), "did you mean ocean"), (("--city", "qindao"), "qingdao"), (("--today", "2026"), "2026-11-20")],
)
def test_wrong_usage_exits_2_and_writes_nothing(frozen, tmp_path, words, hint):
    target = tmp_path / "form.xlsx"
    result = qd("template", *words, "--to", str(target))
    assert result.exit_code == 2 and hint in result.output and not target.exists()


def test_the_last_full_year_follows_the_day(frozen, tmp_path):
    target = tmp_path / "form.xlsx"
    for today, last in (("2026-03-31", 2024), ("2026-04-01", 2025)):
        assert qd("template", "--today", today, "--to", str(target)).exit_code == 0
        assert max(year for _, year in asked(target)) == last


def test_the_same_data_give_the_same_bytes(frozen, tmp_path):
    files = [tmp_path / name for name in ("a.xlsx", "b.xlsx")]
    for path in files:
        assert qd("template", "--today", TODAY, "--to", str(path)).exit_code == 0
    first, second = (path.read_bytes() for path in files)
    assert first == second and openpyxl.load_workbook(io.BytesIO(first)).sheetnames[-1] == "_meta"
