"""The verb `export`: what it writes, what it prints, how it exits."""

import json

import pytest
from click.testing import CliRunner

from qdlib.cli import main


def qd(*words: str):
    return CliRunner().invoke(main, list(words))


def test_all_formats_are_written_and_listed_with_their_rows(frozen, tmp_path):
    result = qd("export", "--city", "qingdao", "--indicator", "gdp_current_prices", "--to", str(tmp_path / "out"))
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.splitlines()
    files = {path.relative_to(tmp_path / "out").as_posix(): path for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert lines[0] == f"{len(files)} files in {tmp_path / 'out'}"
    assert {line.split()[0] for line in lines[1:]} == set(files) and len(files) == 13
    for line in lines[1:]:
        name, size = line.split()[:2]
        assert int(size.replace(",", "")) == files[name].stat().st_size
    rows = (tmp_path / "out" / "csv" / "observations.csv").read_text("utf-8").count("\n") - 1
    assert f"{rows:,} figures" in next(line for line in lines if "csv/observations.csv" in line)


def test_only_the_formats_asked_for_in_the_language_asked_for(frozen, tmp_path):
    words = ("--format", "xlsx", "--format", "datapackage", "--format", "xlsx", "--language", "en", "--to", str(tmp_path / "out"))
    assert qd("export", "--city", "qingdao", *words).exit_code == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"city-statistics.en.xlsx", "datapackage"}
    descriptor = json.loads((tmp_path / "out" / "datapackage" / "datapackage.json").read_text("utf-8"))
    assert descriptor["title"] == "Statistics of Qingdao and comparable cities"


def test_the_default_folder_is_below_the_one_you_stand_in(frozen, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = qd("export", "--city", "qingdao", "--format", "csv")
    assert f"in {tmp_path / 'qd-export'}" in result.stdout and (tmp_path / "qd-export" / "csv" / "series.csv").exists()


def test_the_vintage_governs_the_series(frozen, tmp_path):
    words = ("--city", "qingdao", "--indicator", "gdp_current_prices", "--format", "csv", "--to", str(tmp_path))
    assert qd("export", "--vintage", "as_of:2019-06-30", *words).exit_code == 0
    assert ",2018,12001.52," in (tmp_path / "csv" / "series.csv").read_text("utf-8")
    assert qd("export", *words).exit_code == 0
    assert ",2018,10949.38," in (tmp_path / "csv" / "series.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--city", "qindao"), "did you mean qingdao"),
        (("--indicator", "gdp_curent_prices"), "did you mean gdp_current_prices"),
        (("--vintage", "newest"), "expected latest"),
        (("--vintage", "as_of:1900-01-01"), "shows no figure"),
        (("--format", "ods"), "'ods' is not one of"),
        (("--language", "fr"), "'fr' is not one of"),
    ],
)
def test_what_does_not_fit_is_wrong_usage_and_writes_nothing(frozen, tmp_path, words, hint):
    result = qd("export", *words, "--to", str(tmp_path / "out"))
    assert result.exit_code == 2 and hint in result.stderr and "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_the_command_offers_the_formats_that_there_are():
    """Stated twice, because the command line must start without loading pandas."""
    from qdlib.cli import exports as verb
    from qdlib.observations import exports

    assert verb.FORMATS == exports.FORMATS == tuple(exports.MAKERS)


def test_without_data_it_says_what_to_run(tmp_path):
    result = qd("export", "--to", str(tmp_path / "out"))
    assert result.exit_code == 1 and "qd build" in result.stderr


def test_a_folder_that_cannot_be_made_is_one_sentence(frozen, tmp_path):
    (tmp_path / "file").write_text("")
    result = qd("export", "--city", "qingdao", "--format", "csv", "--to", str(tmp_path / "file" / "out"))
    assert result.exit_code == 1 and "--to" in result.stderr and "Traceback" not in result.output
