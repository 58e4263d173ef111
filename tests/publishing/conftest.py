"""Fixtures of the publishing tests: an invented project in a temporary folder, and what display functions have shown."""

import pytest

from tests.publishing.invented import Project, Recorder


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    return Project(tmp_path / "project").use(monkeypatch)


@pytest.fixture
def shown(project, monkeypatch) -> Recorder:
    """Records instead of displaying; the stamp must be called first, as in a notebook."""
    recorder = Recorder()
    monkeypatch.setattr("IPython.display.display", recorder)
    return recorder
