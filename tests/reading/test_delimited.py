"""Text tables: addresses are those of an ordinary csv reader."""

import csv
import io

from qdlib.reading.delimited import fold_records, is_scraped, read_delimited
from qdlib.reading.tables import examine_file

SCRAPE = (
    "测试表\r\r\n"
    '"\r\n", 1-1 单位：亿元 \r\r\n'
    '"\r\n",年 份,"\r\n",合计,"\r\n",人均,产值,(元)\r\r\n'
    '"\r\n",2001,"\r\n",1.5,"\r\n",71\r\r\n'
    '"\r\n",2002,"\r\n",1.6,"\r\n",72\r\r\n'
)


def test_t07_fragments_are_one_cell_at_its_first_field():
    records = list(csv.reader(io.StringIO(SCRAPE, newline="")))
    assert is_scraped(records)
    sheet = fold_records(records, "t.csv", "", "utf-8")
    assert sheet.values[4] == ("年 份", "合计", "人均\n产值\n(元)")
    assert [sheet.a1(4, column) for column in range(3)] == ["B5", "D5", "F5"]


def test_t07_a_value_is_found_again_by_a_csv_reader_alone(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(SCRAPE.encode("gb18030"))
    records = list(csv.reader(io.StringIO(path.read_bytes().decode("gb18030"), newline="")))
    seen = examine_file(path)
    values = {value.cell: value for value in seen.tables[0].values}
    assert set(values) == {"D7", "F7", "D9", "F9"}
    for a1, value in values.items():
        assert records[int(a1[1:]) - 1][ord(a1[0]) - 65] == value.raw
    assert [label.text for label in values["F7"].column] == ["人均产值(元)"]
    assert values["F7"].unit.id == "yuan"


def test_blank_fields_keep_their_columns():
    sheet = read_delimited("a,,b\n\n,x,\n", "t.csv", "", "utf-8")
    assert sheet.values == (("a", None, "b"), (), (None, "x", None))


def test_tabs_and_semicolons_separate_where_no_comma_stands():
    assert read_delimited("年份\t产值\n2001\t1\n", "t.txt", "", "utf-8").values[1] == ("2001", "1")
    assert read_delimited("年份;产值\n2001;1\n", "t.txt", "", "utf-8").values[1] == ("2001", "1")


def test_a_plain_csv_is_not_folded():
    assert not read_delimited("年份,产值\n2001,1\n", "t.csv", "", "utf-8").folded
