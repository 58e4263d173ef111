"""Encodings: right or loud."""

import codecs

import pytest

from qdlib.reading.encodings import decode_text
from qdlib.reading.errors import UnreadableFile

TABLE = "年份,地区生产总值(亿元)\n2001,1.5\n"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (TABLE.encode("utf-8"), "utf-8"),
        (codecs.BOM_UTF8 + TABLE.encode("utf-8"), "utf-8"),
        (codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le"), "utf-16"),
        (TABLE.encode("gb18030"), "gb18030"),
        (b"year,gdp\n2001,1.5\n", "utf-8"),
    ],
)
def test_the_ladder_finds_the_encoding(data, name):
    text, found = decode_text(data, "t.csv")
    assert found == name
    assert text in (TABLE, "year,gdp\n2001,1.5\n")


def test_t01_rare_letters_of_gb18030_survive():
    text, _ = decode_text("单位：㎞,市长镕囍\n".encode("gb18030"), "t.csv", declared="gb2312")
    assert "㎞" in text and "镕囍" in text


def test_t02_declared_gb2312_but_utf8():
    text, name = decode_text(TABLE.encode("utf-8"), "t.html", declared="gb2312")
    assert (text, name) == (TABLE, "utf-8")


def test_t03_gbk_bytes_that_are_valid_utf8_by_chance():
    data = "农业,1\n".encode("gbk")
    assert data.decode("utf-8")
    assert decode_text(data, "t.csv") == ("农业,1\n", "gb18030")


@pytest.mark.parametrize(
    ("text", "name"), [("서울특별시 인구\n", "euc_kr"), ("東京都の人口と世帯\n", "euc_jp"), ("さいたま市の人口\n", "shift_jis")]
)
def test_t04_other_scripts_are_loud(text, name):
    with pytest.raises(UnreadableFile, match=r"t\.csv"):
        decode_text(text.encode(name), "t.csv")


@pytest.mark.parametrize("text", ["年份,\ufffd\ufffd", "年份,锟斤拷", "年份,\ue000"])
def test_t05_damaged_text_is_loud(text):
    with pytest.raises(UnreadableFile, match="damaged text"):
        decode_text(text.encode("utf-8"), "t.csv")


def test_nul_bytes_without_a_mark_are_loud():
    with pytest.raises(UnreadableFile, match="NUL byte at offset 3"):
        decode_text(b"abc\x00def", "t.bin")


def test_a_byte_order_mark_that_lies_is_loud():
    with pytest.raises(UnreadableFile, match="does not decode"):
        decode_text(codecs.BOM_UTF8 + b"\xff\xff", "t.csv")


def test_big5_counts_only_where_it_is_declared():
    text = "單位：年,人口,年份\n總計,年\n"
    assert decode_text(text.encode("big5"), "t.html", declared="big5") == (text, "big5")
    with pytest.raises(UnreadableFile):
        decode_text("縣市別,男,女\n".encode("big5"), "t.csv")
