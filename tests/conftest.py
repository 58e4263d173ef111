"""Shared by all tests: no test reads or writes the project's own data/processed or reports.

The notebooks' cells, which nbval runs, read the frozen slice of the real store.
"""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


FROZEN = ROOT / "tests" / "data" / "processed"


def pytest_configure(config):
    os.environ["QD_DATA"] = str(FROZEN)  # inherited by the kernels in which nbval runs the notebooks


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """Every test has folders of its own; one that needs the frozen slice asks for `frozen`."""
    monkeypatch.setenv("QD_DATA", str(tmp_path / "processed"))
    monkeypatch.setenv("QD_REPORTS", str(tmp_path / "reports"))
    monkeypatch.delenv("QD_READS", raising=False)


@pytest.fixture
def frozen(monkeypatch) -> Path:
    """The frozen slice of the real store that the notebooks' stored headlines were made from."""
    monkeypatch.setenv("QD_DATA", str(FROZEN))
    return FROZEN
