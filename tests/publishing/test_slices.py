"""The slice that a run makes itself: when it is made, what it holds, and that equal content changes no report."""

import shutil

import pytest

from qdlib.catalogue import load_catalogue
from qdlib.observations import store
from qdlib.publishing.keys import Common
from qdlib.publishing.slices import make_calibration

COMMON = Common({"catalogue": "c", "code": "k"}, "look")


@pytest.fixture
def own_store(frozen, tmp_path, monkeypatch):
    """A copy of the frozen slice, in which 36 cities have GDP, without its calibration."""
    shutil.copytree(frozen, tmp_path / "copy")
    monkeypatch.setenv("QD_DATA", str(tmp_path / "copy"))
    with store.one_writer():
        store.write_shared("calibration", store.read_series("qingdao").iloc[:0])


def make(common=COMMON, cities=None) -> bool:
    return make_calibration(common, cities or store.cities_with_data(), load_catalogue())


def test_it_is_made_once_and_again_when_its_inputs_change(own_store):
    assert store.read_shared("calibration") is None and make()
    kept, before = store.read_shared("calibration"), store.content_hash("calibration")
    assert {"score", "bin", "word", "band", "line", "panel"} == set(kept["section"]) and set(kept["horizon"]) == {1, 2, 3}
    assert not make(), "nothing changed"
    assert make(Common({"catalogue": "c", "code": "other"}, "look"))
    assert store.content_hash("calibration") == before, "equal content from other inputs is the same slice"


def test_too_few_cities_leave_no_slice_and_are_not_tried_twice(own_store):
    assert make() and make(cities=["qingdao", "jinan"])
    assert store.read_shared("calibration") is None
    assert not make(cities=["jinan", "qingdao"])
