"""One cause for a changed word: the rule by itself, the steps that it is asked about, and an agency's own revision.

`tests/cli/test_stage.py` goes the whole way from a stored stage; here the pieces are held against small tables.
"""

from dataclasses import replace
from types import MappingProxyType

import pandas as pd
import pytest

from qdlib.analysis.programme import assess_programme
from qdlib.analysis.stages import (
    CAUSES,
    Attribution,
    attribute,
    compare_lists,
    compare_stage,
    freeze_stage,
    judge_steps,
    keep_years,
    restore_inputs,
    word_of,
)
from qdlib.catalogue import load_catalogue
from qdlib.observations import store
from qdlib.observations.rows import COLUMNS, in_catalogue_unit
from qdlib.observations.vintages import choose_vintage
from qdlib.reading.stage_archive import write_stage
from qdlib.reading.stages import read_stages
from tests.analysis.test_published_cases import CASES

ABOUT = {"stage": "2025H1", "city": "qingdao", "today": "2025-06-30", "last_full_year": "2024", "method": "m", "data": "d"}


@pytest.mark.parametrize(
    ("words", "cause", "alone", "also", "undone"),
    [
        ("AAAAA", None, False, (), ()),
        ("ABBBB", "method", True, (), ()),
        ("AABBB", "revision", True, (), ()),
        ("AAABB", "new_data", True, (), ()),
        ("AAAAB", "override", True, (), ()),
        ("AABCC", "revision", False, ("new_data",), ()),
        ("ABCDE", "method", False, ("revision", "new_data", "override"), ()),
        ("AABAA", None, False, (), ("revision", "new_data")),  # new data undo what the revision did: nothing is changed
        ("ABABB", "new_data", False, (), ("method", "revision")),  # the method's move was taken back before new data came
        ("AABAB", "override", False, (), ("revision", "new_data")),
        ("ABCBB", "method", False, ("revision", "new_data"), ()),  # it came back to B, never to the stored A
    ],
)
def test_the_cause_is_the_step_that_left_the_stored_word_for_good(words, cause, alone, also, undone):
    assert attribute(words) == Attribution(cause, alone, also, undone)


def test_every_change_has_exactly_one_cause():
    from itertools import product

    for words in product("ABC", repeat=5):
        found = attribute(words)
        assert (found.cause in CAUSES) == (words[0] != words[-1])
        assert found.cause is None or words[CAUSES.index(found.cause) + 1] != words[0]
        moved = {step for step, a, b in zip(CAUSES, words, words[1:], strict=False) if a != b}
        assert {found.cause, *found.also, *found.undone} - {None} == moved
        assert found.alone == (len(moved) == 1)


def test_attainment_alone_has_a_word_of_its_own():
    assert word_of("ahead", None, True) == "ahead" and word_of(None, "one_point", True) == "one_point"
    assert word_of(None, "no_base", True) == "no_base_met" and word_of(None, "no_base", False) == "no_base"


# --- the figures of a stage -----------------------------------------------------------------------------------------------------


def row(year: int, value: float, edition: str = "qd_communique_2024", indicator: str = "marine_gdp", **fields) -> dict:
    unit = fields.pop("unit", None) or load_catalogue().indicators[indicator].unit
    known = {"city": "qingdao", "indicator": indicator, "scope": "whole_city", "year": year, "value": value, "unit": unit, "decimals": 1}
    known |= {"status": "A", "bound": "equal", "edition": edition, "published": edition.split("_")[-1], "raw": str(value), "note": ""}
    return known | {"source_cell": f"{edition}/t.csv!csv!A{year}"} | fields


def admitted(rows: list[dict], catalogue=None) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=COLUMNS).astype({"decimals": "Int64", "value": "float64", "year": "int64"})
    return in_catalogue_unit(frame, catalogue or load_catalogue())


def store_stage(root, catalogue, rows: pd.DataFrame, **about):
    listed = assess_programme(catalogue.programme, [], "2025-06-30")
    tables = freeze_stage(catalogue, choose_vintage(rows, "latest", catalogue), rows, listed, about.get("today", ABOUT["today"]))
    write_stage(root, tables, ABOUT | {"policy": catalogue.policy.title.zh} | about)
    return read_stages(root)[0]


def test_frozen_figures_read_back_as_they_were(frozen, tmp_path):
    """Every observation of the city, with the amounts that today's catalogue gives it."""
    catalogue, rows = load_catalogue(), store.read_observations("qingdao")
    stage = store_stage(tmp_path, catalogue, rows, today="2026-11-24", stage="2026H2")
    restored = restore_inputs(stage, catalogue)
    pd.testing.assert_frame_equal(restored[list(rows.columns)], rows, check_dtype=False)


def test_an_indicator_that_the_catalogue_has_dropped_is_no_input(tmp_path):
    catalogue = load_catalogue()
    stage = store_stage(tmp_path, catalogue, admitted([row(2021, 4685.0), row(2021, 14136.46, indicator="gdp_current_prices")]))
    fewer = replace(catalogue, indicators={key: item for key, item in catalogue.indicators.items() if key != "marine_gdp"})
    assert restore_inputs(stage, fewer)["indicator"].to_list() == ["gdp_current_prices"]


def test_the_same_years_are_those_of_a_figure_not_of_a_bound():
    frozen = admitted([row(2021, 4685.0), row(2022, 5000.0, bound="above", status="E")])
    late = "qd_communique_2025"
    rows = admitted([row(2021, 4700.0, late), row(2022, 5014.0, late), row(2022, 5000.0, bound="above", status="E"), row(2023, 5236.0, late)])
    assert keep_years(rows, frozen)[["year", "value"]].values.tolist() == [[2021, 4700.0], [2022, 5000.0]]


def test_a_withdrawn_figure_is_a_revision():
    frozen = admitted([row(2021, 4685.0)])
    assert keep_years(admitted([row(2021, 4685.0, status="U")]), frozen)["status"].to_list() == ["U"]
    assert keep_years(admitted([]), frozen).empty


def test_the_arguments_stay_as_they_are(tmp_path):
    catalogue, rows = load_catalogue(), admitted([row(2021, 4685.0), row(2024, 5513.2)])
    before, stage = rows.copy(), store_stage(tmp_path, catalogue, admitted([row(2021, 4685.0)]))
    components, inputs = stage.components.copy(), stage.inputs.copy()
    compare_stage(stage, catalogue, rows, "2026-06-30")
    pd.testing.assert_frame_equal(rows, before)
    pd.testing.assert_frame_equal(stage.components, components)
    pd.testing.assert_frame_equal(stage.inputs, inputs)


def test_what_goes_stale_without_news_is_told_apart(tmp_path):
    catalogue, rows = load_catalogue(), admitted([row(2021, 4685.0), row(2024, 5513.2)])
    stage = store_stage(tmp_path, catalogue, rows)
    found = compare_stage(stage, catalogue, rows, "2027-06-30").set_index("id").loc["T17"]
    assert (found["change"], found["aged"], found["stale_then"], found["stale_now"]) == ("unchanged", True, False, True)


def test_lists_are_compared_item_by_item(tmp_path):
    catalogue = load_catalogue()
    stage = store_stage(tmp_path, catalogue, admitted([row(2021, 4685.0)]))
    listed = assess_programme(catalogue.programme, [], "2026-06-30")
    assert compare_lists(stage, listed).empty
    moved = listed.assign(word=listed["word"].where(listed["item"] != "c05-3", "in_progress"))
    found = compare_lists(stage, moved[moved["item"] != "c07-4"])
    assert found[["item", "then", "now", "pillar"]].values.tolist() == [
        ["c05-3", "unreported", "in_progress", "industry"],
        ["c07-4", "unreported", "", "ocean"],
    ]


# --- Statistics Canada's revision -----------------------------------------------------------------------------------------------

BEFORE_REVISION = 10.2  # the figure of 2023 for indicator 1-1-1 as first released; 10.4 in the published file (shared facts)


@pytest.fixture
def canadian():
    """A policy of one commitment: the case 1-1-1 of Statistics Canada on a geometric path, 14.5 in 2015 to 7.25 in 2030, lower is better."""
    case = CASES[(CASES["agency"] == "Statistics Canada") & (CASES["indicator"] == "1-1-1")].iloc[0]
    known = load_catalogue()
    indicator = replace(known.indicators["marine_gdp"], id="case_1_1_1", direction="down", decimals=1)
    target = replace(
        known.policy.targets["T17"], id="T01", indicator="case_1_1_1", op="le", value=case.target, year=int(case.target_year), derive=None
    )
    policy = replace(known.policy, base_year=int(case.base_year), plan=(2016, 2030), targets={"T01": target})
    catalogue = replace(known, policy=policy, indicators=MappingProxyType({**known.indicators, indicator.id: indicator}))
    figures = {"indicator": indicator.id, "unit": indicator.unit}
    base = row(int(case.base_year), case.base_value, "qd_communique_2016", **figures)
    first = row(int(case.current_year), BEFORE_REVISION, "qd_communique_2024", **figures)
    revised = row(int(case.current_year), case.current_value, "qd_communique_2025", **figures)
    return catalogue, admitted([base, first], catalogue), admitted([base, first, revised], catalogue)


def test_the_revision_of_statistics_canada_is_found_as_the_only_cause(canadian, tmp_path):
    catalogue, then, now = canadian
    stage = store_stage(tmp_path, catalogue, then)
    found = compare_stage(stage, catalogue, now, "2025-12-31").iloc[0]
    assert (found["latest_then"], found["latest_revision"], found["base_then"]) == (10.2, 10.4, 14.5)
    assert (found["word_then"], found["word_now"]) == ("on_schedule", "slightly_behind")
    assert (found["cause"], found["alone"], found["revised"]) == ("revision", True, True)
    assert found["schedule_now"] == pytest.approx(0.914947461, abs=1e-9)


def test_its_own_word_changes_by_revision_alone_too(canadian, tmp_path):
    catalogue, then, now = canadian
    stage = store_stage(tmp_path, catalogue, then)
    steps = judge_steps(stage, catalogue, now, "2025-12-31")
    checks = {step: cases[0].assessment.checks for step, cases in steps.items()}
    assert checks["method"].growth_ratio == pytest.approx(0.952590179, abs=1e-9)
    assert checks["now"].growth_ratio == pytest.approx(0.901089955, abs=1e-9)
    words = [stage.components["growth_ratio_status"].iloc[0], *(own.growth_ratio_status for own in checks.values())]
    assert words == ["substantial_progress", "substantial_progress", *["moderate_progress"] * 3]
    assert attribute(words) == Attribution("revision", True, (), ())
