"""OLE containers: sound, damaged, protected."""

import pytest

from qdlib.reading.containers import BOF, FILEPASS, is_protected, open_container
from qdlib.reading.errors import UnreadableFile
from qdlib.reading.sources import OLE, read_sheets


def record(kind, size):
    return kind.to_bytes(2, "little") + size.to_bytes(2, "little") + bytes(size)


def test_t06_a_protected_workbook_is_known_by_its_second_record():
    assert is_protected(record(BOF, 16) + record(FILEPASS, 54))
    assert is_protected(record(BOF, 16) + record(0x00E1, 2) + record(FILEPASS, 54))
    assert not is_protected(record(BOF, 16) + record(0x00E1, 2) + record(0x000A, 0))
    assert not is_protected(record(0x00E1, 2) + record(FILEPASS, 54))
    assert not is_protected(b"")


def test_a_damaged_container_is_loud(tmp_path):
    with pytest.raises(UnreadableFile, match="container is damaged"):
        open_container(OLE + bytes(range(256)) * 8, "t.xls")
    path = tmp_path / "t.csv"
    path.write_bytes(OLE + b"rest")
    with pytest.raises(UnreadableFile, match="container is damaged"):
        read_sheets(path)
