"""The planted faults: each folder of `faults/` is a tiny data/raw with one fault, built as the real one is.

`raw/` holds the fault, `clean/` the same figures without it, `expected.yml` the check, its level, the cell that it must name first
and the text that explains it. A fault that waits for a part of the package says so in `needs`; the test must then fail.
"""

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml

from qdlib.catalogue import load_catalogue
from qdlib.observations.build import build
from qdlib.observations.findings import say_finding, say_suggestion

ROOT = Path(__file__).parents[2]
FAULTS = Path(__file__).with_name("faults")
EXPECTED = {path.parent.name: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FAULTS.glob("*/expected.yml"))}
# Findings about a revision name both prints, in the order of publication.
REVISIONS = ("open", "mixed_basis", "year_shift")
CASES = [
    pytest.param(name, marks=pytest.mark.xfail(reason=f"needs {expected['needs']}", strict=True) if "needs" in expected else ())
    for name, expected in EXPECTED.items()
]


@pytest.fixture
def found_in(monkeypatch):
    """The findings of a build of one folder, without the corrections that name cells of the real files."""

    def run(folder: Path) -> pd.DataFrame:
        monkeypatch.setenv("QD_RAW", str(folder))
        return build(replace(load_catalogue(), corrections=())).findings

    return run


@pytest.mark.parametrize("name", CASES)
def test_a_planted_fault_is_found_at_its_cell_by_its_check(found_in, name):
    expected, found = EXPECTED[name], found_in(FAULTS / name / "raw")
    named = found["cells"].str.split(" | ", regex=False).map(lambda cells: cells if expected["check"] in REVISIONS else cells[:1])
    own = found[(found["check"] == expected["check"]) & named.map(lambda cells: expected["cell"] in cells)]
    assert own["level"].tolist() == [expected["level"]], found[["check", "level", "cells"]].to_string()
    if "explanation" in expected:
        assert f'"text": "{expected["explanation"]}"' in own["explanation"].iloc[0]
    for row in own.itertuples():
        said = [say_finding(row, load_catalogue(), language) for language in ("zh", "en")]
        assert said[0] != said[1] and "{" not in "".join(said)
        assert say_suggestion(row, load_catalogue(), "zh") != row.suggestion


@pytest.mark.parametrize("name", EXPECTED)
def test_the_same_figures_without_the_fault_are_quiet(found_in, name):
    found = found_in(FAULTS / name / "clean")
    assert found[found["level"] != "low"].empty and EXPECTED[name]["check"] not in set(found["check"]), found.to_string()


def test_there_are_at_least_fifteen_kinds_and_each_folder_is_complete():
    folders = sorted(path.name for path in FAULTS.iterdir() if path.is_dir())
    assert len(folders) >= 15 and folders == sorted(EXPECTED)
    for name in folders:
        assert list((FAULTS / name / "raw").rglob("*.source.yml")) and list((FAULTS / name / "clean").rglob("*.source.yml")), name


def test_every_check_of_the_observations_has_a_fault_that_it_finds():
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "qdlib" / "observations").glob("*.py"))
    checks = set(re.findall(r'"check": "(\w+)"', sources))
    assert len(checks) > 15 and checks <= {expected["check"] for expected in EXPECTED.values()}
