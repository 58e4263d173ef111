"""What `qd read` prints: keys, order, exit codes."""

import json

import pytest

from qdlib.reading.views import describe, describe_folder, write_recipes

KEYS = [
    "file",
    "sheet",
    "cell",
    "value",
    "unit",
    "unit_zh",
    "status",
    "row",
    "row_cells",
    "column",
    "column_cells",
    "title",
    "notes",
]
GOOD = [
    ["1-10 测试表"],
    ["单位：亿元"],
    ["年份", "总产值", ""],
    ["", "", "#工业"],
    ["2001", "5.90", "-"],
    ["2002", "182 321", "4.1①"],
    ["2003", "6", ""],
]
BAD = [["1-1 表"], ["单位：亿元"], ["年份", "出口", "出口"], ["2001", "1", "2"], ["2002", "3", "4"]]


def lines_of(text):
    return [json.loads(line) for line in text.splitlines()]


def test_one_line_a_value_with_all_keys_in_order(write_csv):
    path = write_csv(GOOD)
    out, err, code = describe(path, format="jsonl")
    lines = lines_of(out)
    assert (err, code) == ("", 0)
    assert all(list(line) == KEYS for line in lines)
    assert [line["cell"] for line in lines] == ["B5", "C5", "B6", "C6", "B7"]
    assert lines[0] == {
        "file": str(path),
        "sheet": "csv",
        "cell": "B5",
        "value": "5.90",
        "unit": "hundred_million_yuan",
        "unit_zh": "亿元",
        "status": "A",
        "row": ["2001"],
        "row_cells": ["A5"],
        "column": ["总产值"],
        "column_cells": ["B3"],
        "title": "测试表",
        "notes": [],
    }
    assert (lines[1]["value"], lines[1]["status"], lines[1]["column"], lines[1]["column_cells"]) == (
        None,
        "M",
        ["总产值", "#工业"],
        ["B3", "C4"],
    )
    assert lines[2]["value"] == "182321"
    assert lines[3]["notes"] == ['mark "①"']


def test_english_units_show_their_chinese_form(write_csv):
    rows = [["1-1 Output"], ["Unit: 10000 yuan"], ["Year", "Gross output"], ["2001", "5"], ["2002", "6"]]
    assert {line["unit_zh"] for line in lines_of(describe(write_csv(rows), format="jsonl")[0])} == {"万元"}


def test_an_uncertain_table_prints_nothing_and_exits_three(write_csv):
    path = write_csv(BAD)
    out, err, code = describe(path, format="jsonl")
    assert (out, code) == ("", 3)
    assert "t.csv!csv!A3:C5" in err and "2 columns are labelled 出口" in err and "--recipe > " in err


def test_certain_tables_of_the_file_still_print(write_csv):
    out, err, code = describe(write_csv([*GOOD, [""], *BAD]), format="jsonl")
    assert len(lines_of(out)) == 5 and code == 3 and "出口" in err


def test_unreadable_files_exit_one(tmp_path):
    path = tmp_path / "t.pdf"
    path.write_bytes(b"%PDF-1.7")
    out, err, code = describe(path, format="jsonl")
    assert (out, code) == ("", 1) and "a PDF" in err


def test_a_file_without_a_table_exits_one(write_csv):
    out, err, code = describe(write_csv([["更多数据"], ["某网"]]), format="jsonl")
    assert (out, code) == ("", 1) and "no table" in err


def test_a_missing_file_and_a_bad_range_exit_one(tmp_path, write_csv):
    assert describe(tmp_path / "none.csv")[2] == 1
    assert describe(write_csv(GOOD), region="Z9:A1")[2] == 1
    assert describe(write_csv(GOOD), sheet="other")[2] == 1


def test_an_unknown_format_is_wrong_usage(write_csv):
    with pytest.raises(ValueError, match="unknown format 'xml'; expected one of text, jsonl, tables"):
        describe(write_csv(GOOD), format="xml")


def test_text_shows_values_paths_and_evidence(write_csv):
    out, _, code = describe(write_csv(GOOD))
    assert code == 0
    assert "1-10 测试表" in out and "evidence: stub columns A3 (label)" in out
    assert "182321" in out and "2002 | 总产值" in out and '[mark "①"]' in out


def test_tables_lists_labels_with_parent_and_relation(write_csv):
    entry = lines_of(describe(write_csv(GOOD), format="tables")[0])[0]
    assert [line["cell"] for line in entry["values"]] == ["B5", "C5", "B6", "C6", "B7"] and entry["range"] == "A3:C7"
    assert list(entry) == ["file", "sheet", "range", "title", "labels", "values"]
    assert {"cell": "C4", "text": "#工业", "parent": "B3", "relation": "of_which"} in entry["labels"]


def test_html_shows_the_grid(write_csv):
    out, err, code = describe(write_csv(GOOD), format="html")
    assert out.startswith("<!doctype html>") and "qd-grid" in out and (err, code) == ("", 0)


def test_regions_are_read_from_one_load(write_csv):
    path = write_csv([*GOOD, [""], ["1-11 表"], ["单位：万元"], ["年份", "甲"], ["2001", "1"], ["2002", "2"]])
    out, _, code = describe(path, format="jsonl", regions=[("csv", "A3:C6"), ("csv", "A11:B13")])
    assert [line["cell"] for line in lines_of(out)] == ["B5", "C5", "B6", "C6", "B12", "B13"] and code == 0
    assert describe(path, regions=[("other", "A1:B2")])[2] == 1


def test_a_folder_is_counted_with_a_summary(write_csv, tmp_path):
    write_csv(GOOD, "a.csv"), write_csv(BAD, "b.csv")
    out, err, code = describe_folder(tmp_path)
    assert out.splitlines()[-1] == "2 files: 1 tables certain, 1 not certain, 5 values" and "b.csv" in err and code == 3


def test_a_written_recipe_is_accepted_as_it_is(write_csv):
    path = write_csv(GOOD)
    text, _, code = write_recipes(path)
    assert code == 0 and "number: 1-10" in text and "expect: {values: 4, missing: 1}" in text
    path.with_name("t.csv.recipe.yml").write_text(text, "utf-8")
    assert describe(path, format="jsonl")[2] == 0


def test_a_written_recipe_of_an_uncertain_table_names_what_is_open(write_csv):
    text, _, code = write_recipes(write_csv(BAD))
    assert code == 0 and "#   2 columns are labelled 出口" in text and "header_rows: 1" in text


def test_recipes_beside_a_file_can_be_ignored(write_csv):
    path = write_csv(GOOD)
    path.with_name("t.csv.recipe.yml").write_text("recipe: 1\ntable: {number: 9-9}\n", "utf-8")
    assert describe(path)[2] == 1 and describe(path, recipes=False)[2] == 0
