"""Rules of the target kinds at their edges: every one has a case that turns when the rule is broken.

Invented figures on the policy's own targets, changed where a rule needs another operator, year or path.
"""

from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest

from qdlib.analysis.pairs import WORST_FIRST, join_line, join_pairs
from qdlib.analysis.paths import Path, decompose_years
from qdlib.analysis.schedule import WORDS, bound_meets, missing_years, read_bands
from qdlib.analysis.targets import assess_target
from qdlib.catalogue import load_catalogue
from qdlib.catalogue.policy import OfficialPoint

NOTE = "市统计局; 年度通报; {name}; n = {size}"


def change(key: str, **fields):
    """A target of the policy with other fields; numbers become fractions."""
    numbers = {name: Fraction(str(value)) for name, value in fields.items() if type(value) in (int, float)}
    return replace(load_catalogue().policy.targets[key], **{**fields, **numbers})


def case(target, figures: dict[int, float], full_year: int = 2025, notes: dict[int, str] | None = None, bounds=(), half=0.0, **more):
    """The case of a target on figures by year; bounds: (year, side, amount); notes by year; more: columns by year such as comparable."""
    years = list(figures)
    series = pd.DataFrame({"year": years, "amount": [float(value) for value in figures.values()]}).assign(
        city="qingdao",
        indicator=target.indicator,
        scope="whole_city",
        half=half,
        status="A",
        edition="e_2025",
        source_cell=[f"e_2025/f.csv!csv!A{year}" for year in years],
        comparable=[more.get("comparable", {}).get(year, True) for year in years],
    )
    rows = series.assign(bound="equal", raw="x", note=[(notes or {}).get(year, "") for year in years], published="2025")
    stated = [
        {"indicator": target.indicator, "scope": "whole_city", "year": year, "bound": side, "amount": float(amount),
         "raw": f"> {amount}", "edition": "e_2025", "source_cell": f"b{year}", "note": "", "published": "2025"}
        for year, side, amount in bounds
    ]  # fmt: skip
    rows = pd.concat([rows, pd.DataFrame(stated)]) if stated else rows
    return assess_target(target, load_catalogue(), series, rows, full_year)


def assess(*args, **more):
    return case(*args, **more).assessment


# --- bounds ---------------------------------------------------------------------------------------------------------------------


def test_a_bound_that_meets_the_requirement_decides():
    """Over 13,000 is what the text asks for, however far over: no pace, no probability."""
    found = assess(change("T04"), {2021: 8498.43, 2022: 9117.2}, bounds=[(2025, "above", 13000)])
    assert (found.status, found.meets, found.latest_value, found.latest_year) == ("met_early", True, 13000.0, 2025)
    assert (found.schedule, found.required_pace, found.probability, found.bound_decides) == (None, None, None, True)
    assert found.stale is False and found.source_cells == ("e_2025/f.csv!csv!A2021", "b2025")
    assert found.checks.growth_ratio_reason == "bound_only"


def test_a_bound_below_the_requirement_says_nothing():
    found = assess(change("T04"), {2021: 8498.43, 2022: 9117.2}, bounds=[(2025, "above", 12999)])
    assert (found.status, found.latest_year, found.bound, found.bound_decides) == ("slightly_behind", 2022, "> 12999", False)


def test_a_bound_before_the_newest_figure_is_history():
    assert assess(change("T04"), {2021: 8498.43, 2024: 9117.2}, bounds=[(2023, "above", 13000)]).status != "met_early"


def test_a_bound_in_the_target_year_meets_for_good():
    assert assess(change("T04"), {2021: 8498.43}, full_year=2026, bounds=[(2026, "above", 13000)]).status == "met"
    assert assess(change("T04"), {}, full_year=2025, bounds=[(2026, "above", 13000)]).status is None


@pytest.mark.parametrize(
    ("op", "side", "amount", "meets"),
    [
        ("gt", "above", 13000, True),
        ("ge", "above", 13000, True),
        ("ge", "above", 12999, False),
        ("ge", "about", 14000, False),
        ("ge", "below", 14000, False),
        ("le", "below", 13000, True),
        ("lt", "below", 13000, True),
        ("le", "above", 12000, False),
        ("range", "above", 13000, True),
        ("each_year", "above", 14000, False),
    ],
)
def test_which_bound_meets_which_requirement(op, side, amount, meets):
    assert bound_meets(change("T04", op=op), side, amount) is meets


def test_more_than_the_lower_edge_meets_about():
    assert bound_meets(change("T02"), "above", 32.1) and not bound_meets(change("T02"), "above", 32.0)


# --- about ----------------------------------------------------------------------------------------------------------------------


def test_anywhere_in_the_band_is_attained_in_full():
    assert assess(change("T10"), {2021: 55.0, 2024: 61.0}).attainment == 1.0
    assert assess(change("T10"), {2021: 55.0, 2024: 60.0}).attainment == pytest.approx(60 / 62)
    assert assess(change("T10"), {2021: 55.0, 2024: 68.2}).attainment == pytest.approx(1.1)


def test_above_the_band_is_met_and_said():
    found = assess(change("T10"), {2021: 55.0, 2024: 68.0})
    assert (found.status, found.above_band, found.in_band_5) == ("met_early", True, False)
    assert not assess(change("T10"), {2021: 55.0, 2024: 63.0}).above_band


def test_the_band_is_read_at_one_three_and_five_per_cent():
    assert read_bands(change("T02"), 32.1) == {"1": False, "3": True, "5": True}
    assert read_bands(change("T02"), 33.2) == {"1": True, "3": True, "5": True}
    assert read_bands(change("T02"), 31.4) == {"1": False, "3": False, "5": True}
    assert read_bands(change("T01"), 33.0) == {}


def test_the_path_of_about_aims_at_the_value_not_at_the_edge():
    """30.5 → 31.5 toward 33: two thirds of what is due, although the edge would say 1.10."""
    found = assess(change("T10", value=33), {2021: 30.5, 2024: 31.5})
    assert found.schedule == pytest.approx(0.666666667, abs=1e-9)


# --- ranks ----------------------------------------------------------------------------------------------------------------------


def rank(figures, name="中国营商环境评价", size=15, **more):
    return assess(change("T06"), figures, notes={year: NOTE.format(name=name, size=size) for year in figures}, **more)


def test_a_rank_with_its_list_is_judged():
    """9 → 7 of 15 toward the first five: half of the way, .818 attained."""
    found = rank({2021: 9, 2024: 7})
    assert (found.list_name, found.list_size, found.status) == ("中国营商环境评价", 15, "on_schedule")  # 6.6 places are 7
    assert found.attainment == pytest.approx(0.818181818, abs=1e-9)
    assert found.checks.distance == pytest.approx(0.5)
    assert found.reason is None and found.checks.growth_ratio_reason == "not_level"


def test_a_rank_that_climbs_to_its_goal_is_met_and_one_that_falls_is_reversed():
    assert rank({2021: 9, 2024: 5}).status == "met_early"
    assert rank({2021: 9, 2024: 10}).status == "reversed"
    assert rank({2021: 9, 2026: 6}, full_year=2026).status == "not_met"


def test_a_rank_without_list_has_no_rule():
    found = assess(change("T06"), {2021: 9, 2024: 7})
    assert (found.status, found.reason, found.attainment, found.meets) == (None, "no_operational_rule", None, None)


def test_places_on_two_lists_are_not_compared():
    notes = {2021: NOTE.format(name="甲榜", size=15), 2024: NOTE.format(name="乙榜", size=15)}
    assert assess(change("T06"), {2021: 9, 2024: 7}, notes=notes).reason == "break_unspliced"


def test_a_rank_has_no_rounding():
    """Half a place is no place: 5 of 15 is within the first five in every variant."""
    found = rank({2021: 9, 2024: 5})
    assert (found.robustness.stability, found.latest_half) == (1.0, 0.0)


def test_to_stay_ahead_needs_list_and_place_and_is_then_maintained():
    notes = {year: NOTE.format(name="健康指数", size=20) for year in (2021, 2023, 2024)}
    assert assess(change("T31"), {2021: 3, 2024: 2}, notes=notes).reason == "no_operational_rule"
    lead = change("T31", value=3, value_stated=False, shape="steps")
    assert assess(lead, {2021: 3, 2023: 2, 2024: 2}, notes=notes).status == "holding"
    assert assess(lead, {2021: 3, 2023: 2, 2024: 6}, notes=notes).status == "lost"


# --- quotas of every year ---------------------------------------------------------------------------------------------------------


QUOTA = {2022: 31, 2023: 30, 2024: 35, 2025: 30, 2026: 40}


def without(*years):
    return {year: value for year, value in QUOTA.items() if year not in years}


def test_a_quota_needs_every_year_of_the_plan():
    assert assess(change("T24"), QUOTA, full_year=2026).status == "met"
    assert assess(change("T24"), {**QUOTA, 2023: 28}, full_year=2026).status == "not_met"


@pytest.mark.parametrize("gap", [2022, 2024, 2025])
def test_an_unknown_year_leaves_a_quota_open(gap):
    found = assess(change("T24"), without(gap), full_year=2026)
    assert (found.status, found.reason, found.checks.quota_missing) == (None, "no_public_data", (gap,))


def test_a_year_missed_fails_a_quota_whatever_is_unknown():
    assert assess(change("T24"), {**without(2024), 2023: 28}, full_year=2026).status == "not_met"


def test_a_quota_whose_last_year_is_unknown_is_not_met_yet():
    found = assess(change("T24"), without(2026), full_year=2026)
    assert (found.status, found.latest_year, found.checks.quota_missing) == ("holding", 2025, (2026,))


def test_one_year_is_enough_to_judge_a_quota():
    assert assess(change("T24"), {2025: 31}).status == "holding"
    assert assess(change("T24"), {2025: 29}).status == "lost"


def test_a_quota_missed_before_is_not_held_but_recovers():
    """31 28 35 30: three of four years, and the missed one cannot be made good."""
    assert assess(change("T24"), {2022: 31, 2023: 28, 2024: 35, 2025: 30}).status == "recovering"
    assert assess(change("T24"), {2022: 31, 2023: 28}, full_year=2023).status == "lost"


def test_a_quota_has_no_way_to_it():
    assert case(change("T24"), {2021: 10, 2022: 31, 2024: 35}).path is None


def test_missing_years():
    assert missing_years([2022, 2024], 2022, 2025) == (2023, 2025)


# --- counts, steps, ranges --------------------------------------------------------------------------------------------------------


def test_a_count_from_nothing_needs_whole_things():
    """Ten areas in five years, three in five: what is due is a whole number, rounded up, but 224 of 280 is 224."""
    due = decompose_years(Path("linear", 0, 2021, 3, 2026), counted=True)
    assert due["value"].tolist() == [0, 1, 2, 2, 3, 3]
    assert decompose_years(Path("linear", 0, 2021, 280, 2026), counted=True)["value"].tolist() == [0, 56, 112, 168, 224, 280]
    assert decompose_years(Path("linear", 0, 2021, 3, 2026))["value"].tolist()[1] == pytest.approx(0.6)


def test_a_small_count_from_nothing_is_never_kept():
    """1 is within three units of 0, yet it is to be reached."""
    assert not assess(change("T30", value=2), {2024: 1}).maintain


def test_the_lower_end_of_a_range_decides_and_the_upper_is_the_stretch():
    found = assess(change("T27"), {2024: 1})
    assert (found.status, found.stretch) == ("met_early", False)
    assert assess(change("T27"), {2024: 2}).stretch is True
    assert assess(change("T27"), {2026: 0}, full_year=2026).status == "not_met"
    assert assess(change("T28"), {2024: 300}).stretch is None


def test_nothing_due_but_not_where_it_got_worse():
    assert assess(change("T14"), {2021: 2, 2025: 2}).status == "nothing_due"
    assert assess(change("T14"), {2021: 2, 2025: 1}).status == "reversed"


def test_full_coverage_is_a_hundred():
    assert assess(change("T33"), {2021: 80.0, 2024: 100.0}).status == "met_early"
    assert assess(change("T33"), {2021: 80.0, 2026: 99.9}, full_year=2026).status == "not_met"


# --- maintain mode and staleness ----------------------------------------------------------------------------------------------------


def test_met_early_then_kept_or_lost():
    """Met in 2023: afterwards the question is whether it holds, not whether it is on time."""
    level = change("T17")
    assert assess(level, {2021: 4685, 2023: 6500}).status == "met_early"
    assert assess(level, {2021: 4685, 2023: 6500, 2024: 6600}).status == "holding"
    assert assess(level, {2021: 4685, 2023: 6900, 2024: 6450, 2025: 6420}).status == "holding"
    found = assess(level, {2021: 4685, 2023: 6500, 2024: 5900, 2025: 5500})
    assert (found.status, found.schedule, found.maintain) == ("recovering", None, True)


def test_within_three_units_of_the_target_is_kept():
    assert assess(change("T18"), {2021: 98.5, 2024: 98.7}).maintain
    assert not assess(change("T18"), {2021: 98.4, 2024: 98.7}).maintain


@pytest.mark.parametrize(("year", "stale"), [(2023, True), (2024, False), (2025, False)])
def test_a_figure_is_stale_before_the_year_before_the_last_full_one(year, stale):
    assert assess(change("T17"), {2021: 4685, year: 5300}).stale is stale


# --- bases, breaks, parts of a year -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("years", "base"),
    [((2019, 2020, 2022, 2024), 2020), ((2019, 2022, 2024), 2019), ((2022, 2023, 2024), 2022), ((2023, 2024), 2023), ((2018, 2024), None)],
)
def test_the_nearest_base_earlier_first(years, base):
    found = assess(change("T17"), {year: 4000 + 100 * (year - 2015) for year in years})
    assert (found.base_year, found.reason) == (base, None if base else "no_base")


def test_a_break_is_refused():
    assert assess(change("T17"), {2021: 4685, 2024: 5513}, comparable={2021: False}).reason == "break_unspliced"


def part(key: str, months: int, year: int):
    """A figure of part of a year for a target, in a catalogue in which that part is an indicator."""
    catalogue, target = load_catalogue(), change(key)
    known = dict(catalogue.indicators)
    known["part"] = replace(known[target.indicator], id="part", partial_of=target.indicator, months=months, labels=())
    series = pd.DataFrame(
        {"year": [2021, year], "amount": [100.0, 200.0], "indicator": [target.indicator, "part"], "city": "qingdao", "half": 0.0,
         "scope": "whole_city", "status": "A", "edition": "e_2025", "source_cell": ["a", "b"], "comparable": True}
    )  # fmt: skip
    rows = series.assign(bound="equal", raw="x", note="", published="2025")
    return assess_target(target, replace(catalogue, indicators=known), series, rows, 2025).assessment


def test_a_stock_of_october_stands_for_its_year_and_a_flow_never():
    """Base stations counted in October are those of the year, provisional; eleven months of trade are no year."""
    found = part("T12", 10, 2024)
    assert (found.latest_year, found.latest_value, found.latest_status) == (2024, 200.0, "P")
    assert part("T12", 9, 2024).latest_year == 2021
    assert part("T04", 11, 2024).latest_year == 2021


# --- official points ----------------------------------------------------------------------------------------------------------------


def test_official_points_replace_the_reference_path():
    """4685 → 6400 with 5000 set by the city for 2024: 5513 is far ahead of it, though behind the curve."""
    official = change("T17", official={2024: OfficialPoint(Fraction(5000), "通知")})
    found = case(official, {2021: 4685, 2024: 5513.2})
    assert (found.path.shape, found.path.value(2024), found.path.value(2025)) == ("manual", 5000, 5700)
    assert found.assessment.status == "ahead"
    years = decompose_years(found.path, {2024: 5513.2}).set_index("year")
    assert years["provenance"].tolist() == ["reference", "reference", "reference", "official", "reference", "reference"]
    assert years.loc[2024, "schedule"] == pytest.approx((5513.2 - 4685) / (5000 - 4685))
    assert found.path.year_of(5350) == 2024.5 and found.path.year_of(7000) is None
    assert found.assessment.robustness.stability_variants == 3  # the city's points are no choice of ours


# --- joint lines --------------------------------------------------------------------------------------------------------------------


def joint(one: str | None, other: str | None, reason: str = "one_point"):
    base = assess(change("T13"), {2021: 10, 2024: 15})
    parts = [
        replace(base, id=key, pair=pair, status=word, reason=None if word else reason)
        for key, pair, word in (("T13", "T14", one), ("T14", "T13", other))
    ]
    return join_pairs(parts)[0]


def test_a_joint_line_takes_the_worse():
    assert (joint("met", "well_behind").status, joint("met", "well_behind").decided_by) == ("well_behind", "T14")
    assert joint("ahead", "holding").status == "ahead"
    assert joint("recovering", "slipping").status == "recovering"


def test_a_joint_line_with_an_unknown_part_is_unknown_unless_the_other_has_failed():
    assert (joint("met", None).status, joint("met", None).reason) == (None, "one_point")
    assert joint("not_met", None).status == "not_met"


def test_every_word_has_its_place_among_the_worse_and_the_better():
    assert sorted(WORST_FIRST) == sorted(WORDS)


def test_a_joint_line_is_stale_with_the_part_that_decides():
    parts = tuple(replace(assess(change("T13"), {2021: 10, 2024: 15}), id=key, stale=key == "T14", status=word) for key, word in
                  (("T13", "ahead"), ("T14", "reversed")))  # fmt: skip
    assert join_line(parts).stale


# --- worse is never better ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["T01", "T03", "T17", "T28", "T06"])
def test_a_worse_figure_never_has_a_better_word(key):
    down = load_catalogue().indicators[load_catalogue().policy.targets[key].indicator].direction == "down"
    goal = float(load_catalogue().policy.targets[key].value)
    notes = {year: NOTE.format(name="榜", size=30) for year in (2021, 2024)}
    start = 15 if down else 0.6 * goal
    ladder = range(20, 3, -1) if down else [goal * share / 20 for share in range(11, 25)]
    words = [assess(change(key), {2021: start, 2024: value}, notes=notes).status for value in ladder]
    places = [WORST_FIRST.index(word) for word in words if word]
    assert len(places) == len(words) and places == sorted(places)
