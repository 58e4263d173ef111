"""What speaks for each decision, and that a decision needs two families; what sums settle stays open without them."""

import pytest

from qdlib.reading import arithmetic, assembly, evidence
from qdlib.reading.tables import examine_file

YEARS = ["指标", "2001年", "2002年", "2003年"]
LISTS = [
    ["4-1 增加值"],
    ["单位：亿元"],
    YEARS,
    ["总值", "178.33", "190.44", "201.55"],
    ["(1)农业", "100.22", "105.11", "110.05"],
    ["(2)林业", "78.11", "85.33", "91.50"],
    ["职工", "900.5", "910.5", "920.5"],
]


def test_each_decision_names_its_families(write_csv, read_one):
    words = read_one(write_csv(LISTS)).evidence
    for decision in evidence.DECISIONS.values():
        line = next(line for line in words if line.startswith(f"{decision}: "))
        assert line.count(",") >= 1, line
    assert "row tree: " in " ".join(words) and "sums" in next(line for line in words if line.startswith("row tree"))


def test_without_sums_the_same_table_is_not_certain(write_csv, monkeypatch, read_one, cells):
    path = write_csv(LISTS)
    assert cells(read_one(path))["B5"][0] == ["总值", "(1)农业"]
    monkeypatch.setattr(arithmetic.Sums, "hold", lambda self, whole, parts: False)
    monkeypatch.setattr(arithmetic.Sums, "exceed", lambda self, row, whole: False)
    assert "is a part of 总值 or stands beside it" in "; ".join(examine_file(path).uncertain[0].reasons)


def test_a_decision_that_one_family_supports_is_not_certain(write_csv, monkeypatch, reasons):
    monkeypatch.setattr(assembly, "weigh", lambda parts, table: {"block": "GT", "rows": "G"})
    assert reasons(write_csv(LISTS)) == "only geometry speaks for the row tree"


@pytest.mark.parametrize(("letters", "weak"), [("", True), ("T", True), ("P", False), ("GT", False), ("PG", False)])
def test_what_a_person_states_counts_twice(letters, weak):
    assert bool(evidence.weak_decisions({"stub": letters})) == weak


def test_a_region_is_stated_by_a_person(write_csv):
    table = examine_file(write_csv(LISTS), region="A3:D7").tables[0]
    assert all("stated by a person" in line for line in table.evidence if line.partition(":")[0] in evidence.DECISIONS.values())
