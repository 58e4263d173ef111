"""Any bytes give a result or a QdlibError, never another exception."""

import random

import pytest

from qdlib.errors import QdlibError
from qdlib.reading.tables import examine_file, read_edition

ROWS = [
    ["1-1 测试表"],
    ["单位：亿元"],
    ["年份", "总产值", "", "人均(元)"],
    ["", "", "#工业", ""],
    ["2001", "9.50", "4", "71"],
    ["2002", "10", "-", "72①"],
]


def damage(data: bytes, chance: random.Random) -> bytes:
    """One of four damages: bytes changed, end cut off, a piece lost, a piece doubled."""
    copy = bytearray(data)
    kind, start = chance.randrange(4), chance.randrange(len(copy))
    if kind == 0:
        for _ in range(chance.randrange(1, 12)):
            copy[chance.randrange(len(copy))] = chance.randrange(256)
    elif kind == 1:
        del copy[start:]
    elif kind == 2:
        del copy[start : start + chance.randrange(1, 60)]
    else:
        copy[start:start] = copy[: chance.randrange(1, 60)]
    return bytes(copy)


@pytest.mark.parametrize("kind", ["csv", "scrape", "xlsx", "html"])
def test_damaged_files_are_read_or_loud(write_csv, write_xlsx, write_scrape, tmp_path, kind):
    page = tmp_path / "p.html"
    page.write_text(
        "<table>" + "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS) + "</table>",
        encoding="utf-8",
    )
    whole = {"csv": write_csv, "scrape": write_scrape, "xlsx": write_xlsx}.get(kind, lambda rows: page)(ROWS).read_bytes()
    chance = random.Random(20260102)
    path = tmp_path / "damaged"
    for _ in range(120):
        path.write_bytes(damage(whole, chance))
        try:
            examine_file(path)
        except QdlibError:
            continue


def test_random_bytes_are_read_or_loud(tmp_path):
    chance = random.Random(7)
    path = tmp_path / "noise"
    for size in range(0, 3000, 61):
        path.write_bytes(chance.randbytes(size))
        try:
            examine_file(path)
        except QdlibError:
            continue


def test_an_edition_is_all_its_files(write_csv, add_raw):
    for name in ("1-1.csv", "1-2.csv"):
        path = add_raw(write_csv(ROWS, name))
    seen = read_edition(path.parent)
    assert [table.file for table in seen.tables] == ["1-1.csv", "1-2.csv"]
