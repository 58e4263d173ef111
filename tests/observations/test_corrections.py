"""Corrections: each action, each guard, and the entries that must go."""

from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest

from qdlib.errors import DataError
from qdlib.observations.build import accept_findings, settle_corrected
from qdlib.observations.corrections import apply_corrections
from qdlib.observations.findings import make_findings


@pytest.fixture
def apply(catalogue, frame_of):
    """Rows, unmatched and applied after the corrections given."""

    def run(corrections, observations, unmatched=()):
        known = replace(catalogue, corrections=tuple(corrections))
        rest = frame_of(list(unmatched)).assign(label="货物出口", reason="unit_doubtful")
        return apply_corrections(frame_of(observations), rest, known)

    return run


@pytest.fixture
def refused(apply):
    """The faults of corrections that cannot be applied."""

    def run(*arguments) -> tuple[str, ...]:
        with pytest.raises(DataError) as caught:
            apply(*arguments)
        return caught.value.faults

    return run


def test_a_replacement_changes_the_figure_and_keeps_what_was_printed(apply, correction, observe):
    entry = correction("replace", value="1368.30", expect_raw="136830")
    rows, _, applied = apply([entry], [observe("136830", 2018), observe("1253.85", 2017)])
    row = rows[rows["year"] == 2018].iloc[0]
    assert (row["value"], row["decimals"], row["raw"], row["note"]) == (1368.3, 2, "136830", "136830 → 1368.30 (c1)")
    assert rows.loc[rows["year"] == 2017, "value"].tolist() == [1253.85]
    assert applied[["id", "action", "year", "old", "new", "status"]].values.tolist() == [
        ["c1", "replace", 2018, "136830", "1368.30", "open"]
    ]
    assert applied["source_cell"].tolist() == [row["source_cell"]]


def test_the_note_of_a_row_is_kept(apply, correction, observe):
    rows, _, _ = apply([correction("replace", value="2", expect_raw="1")], [observe("1", 2018, note="see page 3")])
    assert rows["note"].tolist() == ["see page 3; 1 → 2 (c1)"]


@pytest.mark.parametrize(("raw", "holds"), [("136830", True), ("136830 ", False), ("1368.30", False), ("136831", False)])
def test_a_guard_on_the_printed_text_is_exact(apply, refused, correction, observe, raw, holds):
    arguments = [correction("replace", value="1368.30", expect_raw="136830")], [observe("136830", 2018, raw=raw)]
    if holds:
        assert apply(*arguments)[0]["value"].tolist() == [1368.3]
    else:
        assert len(found := refused(*arguments)) == 1
        assert repr(raw) in found[0] and "the guard expects raw 136830" in found[0] and "delete or mend it" in found[0]


@pytest.mark.parametrize(
    ("guard", "value", "holds"),
    [
        ({"expect_above": "100000"}, "100001", True),
        ({"expect_above": "100000"}, "100000", False),
        ({"expect_below": "0.5"}, "0.4", True),
        ({"expect_below": "0.5"}, "0.5", False),
        ({"expect_above": "1", "expect_below": "3"}, "2", True),
        ({"expect_above": "1", "expect_below": "3"}, "3", False),
    ],
)
def test_a_guard_on_the_size_is_strict(apply, refused, correction, observe, guard, value, holds):
    arguments = [correction("replace", value="7", **guard)], [observe(value, 2018)]
    if holds:
        assert apply(*arguments)[0]["value"].tolist() == [7.0]
    else:
        assert "the guard expects" in refused(*arguments)[0]


@pytest.mark.parametrize(
    ("factor", "text", "value"), [("1/10000", "12001520", 1200.152), ("10", "1.5", 15.0), ("1/100", "136830", 1368.3)]
)
def test_a_figure_is_scaled_by_an_exact_fraction(apply, correction, observe, factor, text, value):
    rows, _, applied = apply([correction("scale", factor=factor, expect_above="1")], [observe(text, 2018)])
    assert rows["value"].tolist() == [value]
    assert float(applied["new"].iloc[0]) == value == float(Fraction(text) * Fraction(factor))


def test_a_dropped_figure_is_missing_and_traced(apply, correction, observe):
    rows, _, applied = apply([correction("drop")], [observe("12", 2018)])
    row = rows.iloc[0]
    assert pd.isna(row["value"]) and (row["status"], row["raw"]) == ("M", "12")
    assert applied["action"].tolist() == ["drop"]


def test_a_flagged_figure_is_kept_and_doubtful(apply, correction, observe):
    rows, _, _ = apply([correction("flag")], [observe("12", 2018)])
    assert rows[["value", "status"]].values.tolist() == [[12.0, "U"]]


def test_a_mended_doubtful_figure_is_no_longer_doubtful(apply, correction, observe):
    rows, _, _ = apply([correction("replace", value="12", expect_raw="120")], [observe("120", 2018, status="U")])
    assert rows[["value", "status"]].values.tolist() == [[12.0, "A"]]


@pytest.mark.parametrize(
    "other",
    [
        {"edition": "office_2021"},
        {"city": "jinan"},
        {"indicator": "retail_sales"},
        {"scope": "urban_districts"},
        {"years": (2017,)},
        {"cell": "office_2020/t.csv!csv!A1"},
    ],
)
def test_an_entry_that_matches_nothing_must_go(refused, correction, observe, other):
    found = refused([correction("drop", **other)], [observe("12", 2018)])
    assert len(found) == 1 and found[0].startswith("c1: matches no figure (") and "delete it or mend its keys" in found[0]


def test_an_entry_without_years_matches_every_year(apply, correction, observe):
    rows, _, applied = apply(
        [correction("flag", years=())], [observe("12", 2018), observe("13", 2019), observe("9", 2019, city="jinan")]
    )
    assert rows["status"].tolist() == ["U", "U", "A"] and len(applied) == 2


def test_two_entries_on_one_cell_are_refused(refused, correction, observe):
    found = refused([correction("flag"), correction("drop", id="c2")], [observe("12", 2018)])
    assert len(found) == 1 and found[0].startswith("c2: office_2020/") and "is corrected by c1 already" in found[0]


def test_two_entries_on_two_cells_are_fine(apply, correction, observe):
    rows, _, _ = apply(
        [correction("flag"), correction("flag", id="c2", years=(2019,))], [observe("12", 2018), observe("13", 2019)]
    )
    assert rows["status"].tolist() == ["U", "U"]


def test_all_faults_come_at_once(refused, correction, observe):
    entries = [correction("drop", years=(2001,)), correction("replace", id="c2", value="1", expect_raw="2")]
    assert len(refused(entries, [observe("12", 2018)])) == 2


CELL = "office_2020/t.csv!csv!B7"


def unmatched_cell(observe):
    """A figure whose unit the reader could not read: no indicator, no unit, doubtful."""
    return observe("2821.91", 2016, raw="2821.91 （彳饭）", status="U", source_cell=CELL) | {"indicator": "", "unit": None}


def adopting(correction, **fields):
    entry = {
        "indicator": "goods_exports_cny",
        "years": (2016,),
        "cell": CELL,
        "value": "2821.91",
        "unit": "hundred_million_yuan",
        "expect_raw": "2821.91 （彳饭）",
    }
    return correction("replace", **(entry | fields))


def test_a_cell_that_the_reader_left_out_is_adopted(apply, correction, observe):
    other = unmatched_cell(observe) | {"source_cell": "office_2020/t.csv!csv!B8"}
    rows, rest, applied = apply([adopting(correction)], [observe("12", 2018)], [unmatched_cell(observe), other])
    row = rows[rows["source_cell"] == CELL].iloc[0]
    assert (row["indicator"], row["year"], row["value"], row["unit"], row["status"], row["bound"]) == (
        "goods_exports_cny",
        2016,
        2821.91,
        "hundred_million_yuan",
        "A",
        "equal",
    )
    assert rest["source_cell"].tolist() == [other["source_cell"]]
    assert applied["old"].tolist() == ["2821.91 （彳饭）"] and len(rows) == 2


@pytest.mark.parametrize("fields", [{"years": (2015, 2016)}, {"years": ()}, {"unit": None}])
def test_an_adopted_cell_needs_one_year_and_a_unit(refused, correction, observe, fields):
    found = refused([adopting(correction, **fields)], [observe("12", 2018)], [unmatched_cell(observe)])
    assert "c1: a cell that the reader could not assign needs exactly one year and a unit" in found


def test_the_guard_of_an_adopted_cell_holds_too(refused, correction, observe):
    mended = unmatched_cell(observe) | {"raw": "2821.91"}
    assert (
        "'2821.91', the guard expects raw 2821.91 （彳饭）" in refused([adopting(correction)], [observe("12", 2018)], [mended])[0]
    )


def test_arguments_are_not_changed(catalogue, frame_of, correction, observe):
    known = replace(catalogue, corrections=(correction("replace", value="2", expect_raw="1"), adopting(correction, id="c2")))
    rows = frame_of([observe("1", 2018)])
    rest = frame_of([unmatched_cell(observe)]).assign(label="x", reason="y")
    before = rows.copy(), rest.copy()
    apply_corrections(rows, rest, known)
    pd.testing.assert_frame_equal(rows, before[0])
    pd.testing.assert_frame_equal(rest, before[1])


def test_an_acceptance_changes_no_figure(apply, correction, observe):
    rows, _, applied = apply([correction("accept", check="sum_to_total")], [observe("12", 2018)])
    assert rows[["value", "status", "note"]].values.tolist() == [[12.0, "A", ""]] and applied.empty


PLACE = {
    "check": "sum_to_total",
    "level": "error",
    "city": "qingdao",
    "indicator": "gdp_current_prices",
    "scope": "whole_city",
    "year": 2018,
    "edition": "office_2020",
    "cells": "a",
}


@pytest.mark.parametrize(
    "other",
    [
        {"check": "limits"},
        {"city": "jinan"},
        {"indicator": "retail_sales"},
        {"scope": "urban_districts"},
        {"year": 2017},
        {"edition": "office_2021"},
    ],
)
def test_an_accepted_finding_falls_to_low_and_its_neighbours_stay(catalogue, correction, other):
    known = replace(catalogue, corrections=(correction("accept", check="sum_to_total"),))
    after = accept_findings(make_findings([PLACE, PLACE | other | {"cells": "b"}]), known)
    levels = after.set_index("cells")["level"]
    assert (levels["a"], levels["b"]) == ("low", "error")
    assert after.set_index("cells")["suggestion"]["a"] == "accepted c1"


def test_an_acceptance_without_a_finding_must_go(catalogue, correction):
    known = replace(catalogue, corrections=(correction("accept", check="sum_to_total", years=(2017,)),))
    with pytest.raises(
        DataError, match="c1: no finding 'sum_to_total' for qingdao gdp_current_prices 2017 in office_2020; delete it"
    ):
        accept_findings(make_findings([PLACE]), known)


def test_a_finding_about_a_mended_cell_falls_to_low():
    applied = pd.DataFrame({"source_cell": ["a"], "id": ["c1"]})
    quiet = PLACE | {"level": "low", "check": "repaired", "suggestion": "a space was taken out"}
    findings = make_findings([PLACE, PLACE | {"cells": "b"}, PLACE | {"cells": ["a", "b"]}, quiet])
    after = settle_corrected(findings, applied)
    assert after[["check", "cells", "level", "suggestion"]].values.tolist() == [
        ["sum_to_total", "a", "low", "corrected c1"],
        ["sum_to_total", "a | b", "error", ""],
        ["sum_to_total", "b", "error", ""],
        ["repaired", "a", "low", "a space was taken out"],
    ]
