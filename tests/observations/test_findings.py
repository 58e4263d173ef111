"""The frame of findings: text columns, lists joined, errors first; the sentences, and the corrections that suggestions become."""

import json
from fractions import Fraction

import pytest

from qdlib.catalogue import load_catalogue
from qdlib.catalogue.corrections import load_corrections
from qdlib.observations.corrections import suggest_entry
from qdlib.observations.findings import COLUMNS, explain, join_findings, make_findings, say_finding, say_suggestion


def test_lists_become_text_and_missing_fields_are_empty():
    found = make_findings([{"check": "limits", "level": "low", "year": 2018, "cells": ["a", "b"], "values": ("1", 2)}])
    row = found.iloc[0]
    assert list(found.columns) == COLUMNS
    assert (row["cells"], row["values"], row["city"], row["suggestion"], row["year"]) == ("a | b", "1 | 2", "", "", 2018)


def test_a_finding_without_a_year_is_kept():
    assert make_findings([{"check": "repaired", "level": "low", "year": None}])["year"].isna().tolist() == [True]


def test_errors_come_first_then_high_then_low():
    found = [
        {"check": check, "level": level, "year": 2018}
        for check, level in (("b", "low"), ("a", "high"), ("c", "error"), ("a", "low"))
    ]
    joined = join_findings([make_findings(found[:2]), make_findings([]), make_findings(found[2:])])
    assert joined[["level", "check"]].values.tolist() == [["error", "c"], ["high", "a"], ["low", "a"], ["low", "b"]]


def test_no_findings_are_a_frame_with_all_columns():
    assert list(join_findings([]).columns) == COLUMNS and join_findings([make_findings([])]).empty


def finding(**fields):
    return make_findings([{"check": "limits", "level": "error", "year": 2018, **fields}]).iloc[0]


def test_an_explanation_is_a_text_id_with_numbers_and_belongs_to_no_language():
    row = finding(explanation=explain("sum_to_total", total=6869.61, parts=0.1 + 0.2, gap=1e-7, room=0.02))
    assert json.loads(row["explanation"]) == {
        "text": "sum_to_total",
        "total": "6869.61",
        "parts": "0.3",
        "gap": "0.0000001",
        "room": "0.02",
    }


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh", "比重印为27.7，按“海洋生产总值”除以“地区生产总值”应在30.3842至30.3843之间"),
        ("en", "share printed 27.7; 'Gross marine product' over 'Gross domestic product' gives 30.3842 to 30.3843"),
    ],
)
def test_the_sentence_is_said_in_the_readers_language(language, sentence):
    parts = {"part": "indicator:marine_gdp", "whole": "indicator:gdp_current_prices"}
    row = finding(explanation=explain("share_of", found=27.7, low="30.3842", high="30.3843", **parts))
    known = load_catalogue()
    name = known.indicators["marine_gdp"].name.in_language(language)
    expected = sentence.replace("海洋生产总值", name).replace("Gross marine product", name)
    gdp = known.indicators["gdp_current_prices"].name.in_language(language)
    assert say_finding(row, known, language) == expected.replace("地区生产总值", gdp).replace("Gross domestic product", gdp)


def test_editions_scopes_and_units_are_named():
    values = {"found": 8711.34, "other": "scope:urban_districts", "edition": "edition:qd_yearbook_2018", "expected": 11037.28}
    said = say_finding(finding(explanation=explain("figure_elsewhere", **values)), load_catalogue(), "zh")
    assert said == "印为8711.34，与《青岛统计年鉴 2018》中“市辖区”的数字相同；其他版本此处为11037.28"


def test_a_finding_without_explanation_is_named_by_its_check():
    assert say_finding(finding(), load_catalogue(), "en") == "outside the indicator's limits"


def test_a_suggestion_is_a_verb_with_its_argument():
    known = load_catalogue()
    assert say_suggestion(finding(suggestion="replace 1368.30"), known, "zh") == "核对原书；如属实，改为1368.30"
    accepted = finding(suggestion="accepted panel_sectors_jinan_2000")
    assert say_suggestion(accepted, known, "zh").startswith("已说明：面板数据") and "0.1 %" in say_suggestion(
        accepted, known, "en"
    )
    assert say_suggestion(finding(suggestion="accepted of_another_catalogue"), known, "en") == "accepted: of_another_catalogue"
    assert say_suggestion(finding(suggestion="a sentence of an older build"), known, "zh") == "a sentence of an older build"


def test_every_suggestion_with_a_figure_loads_as_a_correction(tmp_path):
    found = make_findings(
        [
            {"check": "lost_decimal_point", "level": "high", "city": "qingdao", "indicator": "budget_revenue", "scope": "whole_city",
             "year": 2021, "edition": "qd_yearbook_2023", "cells": "a", "values": 'odd: "136830" # ①', "suggestion": "replace 1368.30",
             "explanation": explain("lost_decimal_point", found='odd: "136830" # ①', repair="1368.30", beside="1253.85")},
            {"check": "unit_slip", "level": "high", "city": "nanning", "indicator": "deposits", "scope": "urban_districts", "year": 2008,
             "edition": "panel_36_cities_2025", "cells": ["a", "b"], "values": ["0.0012", "12"], "suggestion": "scale 1/10000",
             "explanation": explain("unit_slip_step", found=1.2, median=1, power=10000)},
        ]
    )  # fmt: skip
    path, faults, known = tmp_path / "corrections.yml", [], load_catalogue()
    path.write_text("\n".join(suggest_entry(row, known) for row in found.itertuples()) + "\n", encoding="utf-8")
    first, second = load_corrections(path, faults)
    assert not faults
    assert (first.action, first.value, first.expect_raw, first.years) == ("replace", "1368.30", 'odd: "136830" # ①', (2021,))
    assert (second.action, second.factor, second.expect_raw, second.scope) == (
        "scale",
        Fraction(1, 10000),
        "0.0012",
        "urban_districts",
    )
    assert first.reason.zh.startswith("印为") and first.reason.en.startswith("printed")


def test_other_suggestions_have_no_entry():
    assert suggest_entry(finding(suggestion="compare"), load_catalogue()) == ""
