"""Fixtures of the publishing tests: an invented project in a temporary folder, and what display functions have shown."""

import pytest

from tests.publishing.invented import Project, Recorder, use_project


@pytest.fixture
def project(tmp_path, monkeypatch) -> Project:
    return use_project(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def module_project(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        yield use_project(tmp_path_factory.mktemp("project"), patch)


@pytest.fixture
def shown(project, monkeypatch) -> Recorder:
    """Records instead of displaying; the stamp must be called first, as in a notebook."""
    recorder = Recorder()
    monkeypatch.setattr("IPython.display.display", recorder)
    return recorder
