"""Files replaced whole, read as missing when cut short, removed with the folders they leave empty."""

import os

import pytest

from qdlib.publishing import folders


def test_a_file_is_replaced_or_left_alone(tmp_path, monkeypatch):
    path = tmp_path / "a" / "page.html"
    folders.write_file(path, "old")
    monkeypatch.setattr(os, "replace", lambda *unused: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        folders.write_file(path, "new")
    assert path.read_text() == "old"


def test_json_cut_short_counts_as_missing(tmp_path):
    path = tmp_path / "record.json"
    folders.write_json(path, {"b": 1, "a": "青岛"})
    assert folders.read_json(path) == {"a": "青岛", "b": 1} and path.read_text(encoding="utf-8").index("青岛")
    path.write_bytes(path.read_bytes()[:9])
    assert folders.read_json(path) is None and folders.read_json(tmp_path / "none.json") is None


def test_removing_a_file_removes_empty_folders_only(tmp_path):
    for name in ("cities/qingdao/trend.html", "cities/jinan/trend.html"):
        folders.write_file(tmp_path / name, "x")
    folders.remove_file(tmp_path / "cities/qingdao/trend.html", tmp_path)
    assert not (tmp_path / "cities/qingdao").exists() and (tmp_path / "cities/jinan/trend.html").exists()
    folders.remove_file(tmp_path / "cities/jinan/trend.html", tmp_path)
    assert tmp_path.exists() and not (tmp_path / "cities").exists()


def test_variables_are_handed_on_as_absolute_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QD_DATA", "processed")
    assert folders.folder_environment()["QD_DATA"] == str(tmp_path / "processed")
    assert all(os.path.isabs(path) for path in folders.folder_environment().values())


def test_a_failed_write_leaves_no_draft_and_drafts_of_a_dead_run_are_swept(tmp_path, monkeypatch):
    path = tmp_path / "a" / "page.html"
    folders.write_file(path, "old")

    def full(source, target):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="space"):
        patch.setattr(folders, "replace_file", full)
        folders.write_file(path, "new")
    assert [file.name for file in path.parent.iterdir()] == ["page.html"] and path.read_text() == "old"
    (path.parent / f".page.html.1{folders.DRAFT}").write_text("half")
    folders.remove_drafts(tmp_path)
    assert [file.name for file in path.parent.iterdir()] == ["page.html"]
