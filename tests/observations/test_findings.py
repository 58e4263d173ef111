"""The frame of findings: text columns, lists joined, errors first."""

from qdlib.observations.findings import COLUMNS, join_findings, make_findings


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
