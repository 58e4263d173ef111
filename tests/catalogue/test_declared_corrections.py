"""Declared corrections as catalogue entries: each with a reason and, where it changes a figure, a guard."""

import re
from fractions import Fraction

import pytest

from qdlib.catalogue import load_catalogue

GUARD = '  expect: {raw: "136830"}\n'
ACTION = '  action: replace\n  value: "1368.30"\n'


@pytest.mark.parametrize("guard", ['{raw: "136830"}', '{above: "100000"}', '{below: "200000"}', '{raw: "136830", above: "1"}'])
def test_a_replacement_with_any_guard_is_fine(spoil, folder, guard):
    spoil("corrections.yml", GUARD, f"  expect: {guard}\n")
    assert len(load_catalogue(folder).corrections) == 1


@pytest.mark.parametrize("action", [ACTION, '  action: scale\n  factor: "1/100"\n'])
def test_a_replacement_or_scaling_without_guard_is_a_fault(spoil, faults, action):
    spoil("corrections.yml", GUARD, "")
    spoil("corrections.yml", ACTION, action)
    found = faults()
    assert len(found) == 1 and found[0].startswith("corrections.yml, office_2020_output: `replace` and `scale` need a guard")


@pytest.mark.parametrize("action", ["  action: drop\n", "  action: flag\n", "  action: accept\n  check: sum_to_total\n"])
def test_actions_that_change_no_figure_need_no_guard(spoil, folder, action):
    spoil("corrections.yml", GUARD, "")
    spoil("corrections.yml", ACTION, action)
    assert load_catalogue(folder).corrections[0].action in action


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (ACTION, "  action: replace\n", "`value` is missing"),
        ("1368.30", "1,368.30", "`value` is '1,368.30', expected the figure"),
        (ACTION, "  action: scale\n", "`factor` is missing"),
        (ACTION, '  action: scale\n  factor: "1/0"\n', "expected a number such as"),
        (ACTION, "  action: accept\n", "`check` is missing"),
        (ACTION, "  action: mend\n", "expected one of replace, scale, drop, flag, accept"),
        ('years: ["2019"]', 'years: ["2o19"]', "`years` holds '2o19', expected whole numbers"),
        ('  years: ["2019"]\n', "", "`years` is missing"),
        ("{raw:", "{row:", "unknown key `row`; did you mean raw?"),
        ("  reason: {zh: 丢失小数点, en: decimal point lost}\n", "", "`reason` is missing"),
        ("{zh: 丢失小数点, en: decimal point lost}", "decimal point lost", "expected zh and en, both filled"),
        ("zh: 丢失小数点, ", "", "expected zh and en, both filled"),
        ("status: open", "status: closed", "expected one of open, reported, settled"),
        ("  status: open\n", "  statu: open\n", "unknown key `statu`; did you mean status?"),
    ],
)
def test_a_spoilt_entry_is_a_fault(faults_after, old, new, word):
    assert any(word in fault for fault in faults_after("corrections.yml", old, new))


def test_an_id_that_stands_twice_is_a_fault(folder, faults):
    path = folder / "corrections.yml"
    path.write_text(path.read_text(encoding="utf-8") * 2, encoding="utf-8")
    assert faults() == ("corrections.yml: correction office_2020_output stands twice",)


def test_a_factor_is_an_exact_fraction(spoil, folder):
    spoil("corrections.yml", ACTION, '  action: scale\n  factor: "1/10000"\n')
    assert load_catalogue(folder).corrections[0].factor == Fraction(1, 10000)


def test_the_package_declares_each_reason_and_known_edition():
    known = load_catalogue()
    for correction in known.corrections:
        assert len(correction.reason.en) > 20 and len(correction.reason.zh) > 10, correction.id
        assert re.search("[\u4e00-\u9fff]", correction.reason.zh) and correction.reason.en.isascii(), correction.id
        assert correction.edition.startswith(known.source_of(correction.edition).id)
        assert correction.years, f"{correction.id} would touch every year"
