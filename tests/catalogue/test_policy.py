"""The policy's commitments: complete, as the text states them, none eased. That every number has an owner: test_policy_coverage."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from qdlib.catalogue import load_catalogue
from tests.catalogue.policy_text import clause_number

SHARED = Path(__file__).parents[3] / "shared"
FACTS = SHARED / "facts" / "targets.csv"
PILLARS = ["industry", "ocean", "innovation", "gateway", "bay", "governance"]

# Transcribed by hand from the text: pillar, first clause, indicator, operator, value, kind, path, year stated.
TABLE = """
T01 industry    2 manufacturing_gdp_share                  ge          30    share      linear    2026
T02 ocean       2 marine_gdp_share                         about       33    share      linear    2026
T03 innovation  2 national_high_tech_enterprises           gt          10000 stock      geometric 2026
T04 gateway     2 goods_trade_cny                          gt          13000 flow       geometric 2026
T05 bay         2 tourist_visits                           gt          17000 flow       geometric 2026
T06 governance  2 business_environment_rank                rank_within 5     rank       steps     2026
T07 industry    3 industrial_output_above_scale            gt          20000 flow       geometric 2026
T08 industry    3 high_tech_output_share                   ge          65    share      linear    2026
T10 industry    4 producer_services_share                  about       62    share      linear    2026
T12 industry    5 base_stations_5g                         gt          40000 stock      linear    2026
T13 industry    6 firms_of_10_billion_yuan                 ge          20    stock      steps     2026
T14 industry    6 firms_of_100_billion_yuan                ge          3     stock      steps     2026
T15 ocean       8 international_container_routes           ge          200   stock      linear    2026
T16 ocean       8 finance_value_added                      ge          1200  flow       geometric 2026
T17 ocean       9 marine_gdp                               gt          6400  flow       geometric 2026
T18 ocean      10 nearshore_water_good_share               ge          98.8  share      linear    2026
T19 innovation 12 national_manufacturing_innovation_centres ge         2     stock      steps     2026
T20 innovation 12 national_enterprise_technology_centres   ge          55    stock      steps     2026
T21 innovation 13 research_spending_gdp_share              ge          3.2   share      linear    2026
T23 innovation 14 talent_total                             gt          300   stock      linear    2026
T24 gateway    15 free_trade_area_innovations              each_year   30    each_year  linear    -
T25 gateway    18 trade_entities                           gt          25000 stock      linear    2026
T27 bay        21 new_5a_attractions                       range       1     cumulative steps     -
T28 bay        22 schools_built                            ge          280   cumulative linear    -
T29 bay        23 provincial_model_villages                ge          100   cumulative linear    2026
T30 bay        23 rural_demonstration_areas                ge          10    cumulative linear    2026
T31 governance 24 road_traffic_health_rank                 lead        -     rank       -         -
T32 governance 25 lawyers_per_10000                        ge          9     ratio      linear    2026
T33 governance 26 practice_centre_coverage                 full        100   coverage   linear    -
T34 governance 26 social_work_coverage                     full        100   coverage   linear    -
T36 governance 27 clean_courtyard_share                    ge          90    share      linear    -
"""


@pytest.fixture(scope="module")
def policy():
    return load_catalogue().policy


def test_there_are_31_commitments_in_six_pillars_and_30_have_a_value(policy):
    assert len(policy.targets) == 31
    assert list(policy.pillars) == PILLARS
    assert [key for key, target in policy.targets.items() if target.value is None] == ["T31"]
    assert (policy.city, policy.base_year, policy.plan) == ("qingdao", 2021, (2022, 2026))


@pytest.mark.parametrize("line", TABLE.strip().splitlines(), ids=lambda line: line.split()[0])
def test_each_commitment_is_the_one_of_the_text(policy, line):
    key, pillar, clause, indicator, op, value, kind, shape, year = line.split()
    target = policy.targets[key]
    assert (target.pillar, target.clauses[0], target.indicator, target.op, target.kind) == (
        pillar,
        int(clause),
        indicator,
        op,
        kind,
    )
    assert target.value == (None if value == "-" else Fraction(value))
    assert (target.shape, target.year) == (None if shape == "-" else shape, None if year == "-" else int(year))


def test_the_table_of_this_test_covers_all_commitments(policy):
    assert [line.split()[0] for line in TABLE.strip().splitlines()] == list(policy.targets)


def test_what_the_text_does_not_state_is_marked(policy):
    targets = policy.targets
    assert {key for key, target in targets.items() if not target.value_stated} == {"T33", "T34"}
    assert {key for key, target in targets.items() if target.aspirational} == {"T06"}
    assert {key for key, target in targets.items() if target.tolerance is not None} == {"T02", "T10"}
    assert {targets[key].tolerance for key in ("T02", "T10")} == {Fraction(3, 100)}
    assert {key for key, target in targets.items() if target.open_definition} == {"T08", "T13", "T14", "T32"}
    assert (targets["T27"].value, targets["T27"].value_max) == (1, 2)


def test_joint_lines_point_at_each_other(policy):
    pairs = {key: target.pair for key, target in policy.targets.items() if target.pair}
    assert pairs == {"T13": "T14", "T14": "T13", "T19": "T20", "T20": "T19", "T29": "T30", "T30": "T29"}


def test_only_a_rank_asks_for_less(policy):
    known = load_catalogue().indicators
    for target in policy.targets.values():
        assert known[target.indicator].direction == ("down" if target.kind == "rank" else "up"), target.id


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("value: 33, tolerance: 0.03", "value: 33", "target T02: requirement `about` needs a tolerance"),
        ("op: gt, value: 6400", "op: gt", "target T01: requirement `gt` needs a value"),
        ("op: gt, value: 6400", "op: range, value: 1", "requirement `range` needs value_max"),
        ("op: gt", "op: above", "`op` is 'above', expected one of ge, gt"),
        ("word: 突破, ", "", "`word` is missing"),
        ("clauses: [2]", "clauses: []", "`clauses` is empty"),
        ("clauses: [2, 9]", "clauses: [2, IX]", "`clauses` holds 'IX', expected whole numbers"),
        ("kind: flow", "kind: level", "expected one of flow, stock, share"),
        ("shape: geometric", "shape: geometry", "did you mean geometric?"),
        ("plan: [2022, 2026]", "plan: [2022]", "expected its first and last year"),
        ("plan: [2022, 2026]", "plan: [2022, later]", "`plan` holds 'later'"),
        ("base_year: 2021\n", "", "`base_year` is missing"),
        ("- id: T02\n", "- id: T01\n", "target T01: the id stands twice"),
        ("tolerance: 0.03", "tolerence: 0.03", "unknown key `tolerence`; did you mean tolerance?"),
        ("    pair: T01\n", "    pair: T01\n    asprational: yes\n", "unknown key `asprational`; did you mean aspirational?"),
        ("{text: 三年行动, reason: length of a plan}", "{text: 三年行动}", "`reason` is missing"),
    ],
)
def test_a_spoilt_commitment_is_a_fault(faults_after, old, new, word):
    assert any(word in fault for fault in faults_after("targets.yml", old, new))


def test_a_lead_needs_no_value(spoil, folder):
    spoil("targets.yml", "op: gt, value: 6400", "op: lead")
    assert load_catalogue(folder).policy.targets["T01"].value is None


# --- the collected facts, where they are at hand ----------------------------------------------------------------------------------


@pytest.mark.skipif(not FACTS.exists(), reason="the facts are not beside the project")
def test_values_and_years_are_those_of_the_collected_commitments(policy):
    """37 collected rows: one repeats another, five count or name members of a list and are programme items."""
    with FACTS.open(encoding="utf-8", newline="") as file:
        rows = {row["target_id"]: row for row in csv.DictReader(file)}
    assert set(rows) - set(policy.targets) == {"T09", "T11", "T22", "T26", "T35", "T37"}
    for key, target in policy.targets.items():
        row = rows[key]
        scale = 10**4 if row["unit"] == "万家" else 1  # the catalogue counts enterprises one by one
        assert target.value == (Fraction(row["value"]) * scale if row["value"] else None), key
        assert target.year == (int(row["year"]) if row["year"] else None), key
        assert target.word == row["comparator_word"].strip("()"), key
        assert target.headline == (row["headline"] == "1"), key
        assert target.clauses[0] == clause_number(row["clause"].strip("()")), key
