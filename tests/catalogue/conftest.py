"""A tiny invented catalogue that is right, copied for each test; a test spoils one line and asks for the faults."""

import shutil
from pathlib import Path

import pytest

from qdlib.catalogue import load_catalogue
from qdlib.errors import CatalogueError

TINY = Path(__file__).with_name("tiny_catalogue")


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the tiny catalogue, as it stands without a fault."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny_catalogue"))


@pytest.fixture
def spoil(folder):
    """Replace a text that stands once in a file of the copy."""

    def replace(file: str, old: str, new: str) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    return replace


@pytest.fixture
def faults(folder):
    """The single sentences of the one error that the spoilt copy raises."""

    def read() -> tuple[str, ...]:
        with pytest.raises(CatalogueError) as caught:
            load_catalogue(folder)
        return caught.value.faults

    return read


@pytest.fixture
def faults_after(spoil, faults):
    """The faults after one replacement."""

    def read(file: str, old: str, new: str) -> tuple[str, ...]:
        spoil(file, old, new)
        return faults()

    return read
