"""What pages say of commitments: scoreboard, index or why there is none, identities and remarks, in both languages.

On the frozen slice of the real store, and on invented figures for what does not happen there today.
"""

import re
from dataclasses import replace

import pytest

from qdlib.analysis.identities import assess_identities, sought
from qdlib.analysis.pairs import join_pairs
from qdlib.analysis.targets import assess_policy
from qdlib.catalogue import load_catalogue
from qdlib.observations import store
from qdlib.publishing import display
from qdlib.publishing.phrases import chip, latest, leading, pace
from qdlib.publishing.stories import bindings, overview, pillar, remarks, scoreboard, targets
from tests.analysis.test_edge_cases import case, change

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(params=["zh", "en"])
def language(request, monkeypatch):
    monkeypatch.setattr(display, "_report", display.Report(language=request.param))
    return request.param


@pytest.fixture
def zh(monkeypatch):
    monkeypatch.setattr(display, "_report", display.Report(language="zh"))


@pytest.fixture
def cases(frozen):
    return assess_policy(load_catalogue(), store.read_series("qingdao"), store.read_observations("qingdao"), 2025)


@pytest.fixture
def implied(frozen):
    catalogue = load_catalogue()
    others = [city for city in store.cities_with_data() if city != "qingdao"]
    peers = {key: {other: store.read_series(other, key) for other in others} for key in sought(catalogue)}
    return assess_identities(catalogue, store.read_series("qingdao"), store.read_observations("qingdao"), peers)


def words_of(table: dict) -> str:
    cells = [value for column in table["frame"] for value in table["frame"][column] if isinstance(value, str)]
    return " ".join([table["caption"], table.get("note", ""), *table["columns"].values(), *cells])


def said(found) -> str:
    return " ".join(remarks.remarks(found))


def test_every_table_speaks_one_language(cases, implied, language):
    tables = [
        scoreboard.scoreboard(cases),
        bindings.identity_table(implied),
        remarks.remarks_table(cases, join_pairs(case.assessment for case in cases)),
        targets.joint_lines(cases),
        targets.followed(cases),
        pillar.statuses(cases),
    ]
    notes = bindings.biting_notes(implied)
    for words in [*map(words_of, tables), *(f"{note['lead']} {note['text']}" for note in notes)]:
        assert bool(CHINESE.search(words)) == (language == "zh"), words
        assert not re.search(r"[{}]|\bNone\b|\bnan\b", words)


def test_scoreboard_of_the_first_report(cases, zh):
    """22 that cannot be assessed come first; the one aspiration stands in the last column and in no other."""
    frame = scoreboard.scoreboard(cases)["frame"]
    assert list(frame)[:2] == ["pillar", "reason"] and list(frame)[-1] == "aspirational"
    assert frame.iloc[-1, 1:].tolist() == [22, 1, 4, 3, 0, 1, 2, 1]
    assert (frame.iloc[:-1, 1:].sum() == frame.iloc[-1, 1:]).all()


def test_no_index_today_and_by_how_much(cases, zh):
    assert scoreboard.index_table(cases) is None
    reason = scoreboard.index_reason(cases)
    assert (reason["total"], reason["attained"], reason["covered"]) == (30, 26, 27)
    sentence = load_catalogue().say(reason.pop("reason"), "zh", **reason)
    assert "30项承诺中，完成率缺26项（87%），目标进度缺27项（90%），都超过20%的上限" in sentence


def test_an_index_never_stands_without_interval_and_sensitivity(cases, language):
    """Of the commitments that can be judged there is one: each form with its band, leaving one out, the most decisive part."""
    judged = [case for case in cases if case.assessment.status and not case.assessment.stale]
    table = scoreboard.index_table(judged)
    frame = table["frame"]
    assert len(frame) == 4 and frame["value"].notna().all()
    for row in frame.itertuples():
        low, high = map(float, row.interval.split("–"))
        least, most = map(float, row.without.split("–"))
        assert low <= row.value <= high and least < row.value < most
    assert frame["decisive"].iloc[0] in {one.target.name.in_language(language) for one in judged}


def test_an_index_with_too_much_missing_says_so_beside_one_that_stands(cases, zh):
    judged = [case for case in cases if case.assessment.status and not case.assessment.stale]
    torn = [replace(one, assessment=replace(one.assessment, checks=replace(one.assessment.checks, distance=None))) for one in judged]
    frame = scoreboard.index_table(torn)["frame"]
    assert frame["form"].iloc[-1] == "缺2项（67%），不计算" and frame["value"].isna().iloc[-1]


def test_the_marine_identity_is_told_from_the_policy(implied, zh):
    notes = bindings.biting_notes(implied)
    assert len(notes) == 1
    text = re.sub(r"[\u00a0\u202f]", "", notes[0]["text"])
    for words in ("≈33%", "＞6400 亿元", "约19394 亿元", "18829 亿元—19994 亿元", "年均+7.7%", "至多需+14.1%", "占比可能达成而总量不达"):
        assert words in text, words


def test_contradictions_are_told_as_such(implied, zh):
    item = replace(implied[0], verdict="inconsistent", floor=None, growth=None)
    assert "不可能同时成立" in bindings.identity_note(item)["text"]
    past = replace(item, latest_year=2026, latest=18000.0)
    assert "与2026年的18 000" in bindings.identity_note(past)["text"].replace("\u202f", " ")


def test_identities_stand_on_the_pillars_that_they_concern(cases, implied):
    own = {key: [one for one in cases if one.target.pillar == key] for key in load_catalogue().policy.pillars}
    found = {key: {item.id for item in bindings.concerning(implied, of)} for key, of in own.items()}
    assert "marine_level_and_share" in found["ocean"] and "research_level" in found["innovation"]
    assert {"manufacturing_level", "high_tech_level", "firms_by_size"} <= found["industry"]
    assert found["bay"] == found["governance"] == set()


def test_a_pillar_without_headline_has_a_card_all_the_same(cases):
    assert leading("ocean", [one for one in cases if not one.target.headline]).target.id == "T17"
    assert leading("ocean", []) is None


def test_a_held_figure_is_told_with_its_change_and_what_would_have_passed(zh):
    leap = case(change("T17"), {2021: 4685, 2022: 4900, 2023: 5100, 2024: 11000})
    assert "每年变动+115.7%，可接受的范围是−50.0%至+100.0%（一年内不翻倍也不减半）" in said(leap)
    spread = case(change("T17"), dict(zip(range(2017, 2025), [4000, 4200, 4430, 4640, 4900, 5120, 5390, 7500], strict=True)))
    assert "六倍稳健标准差" in said(spread) and "+39.1%" in said(spread)
    points = case(change("T10"), dict(zip(range(2017, 2025), [50, 50.5, 51, 51.6, 52, 52.5, 53, 60], strict=True)))
    assert "每年变动+7.0 个百分点" in said(points)


def test_ways_beyond_the_end_and_below_the_base_are_told_as_they_are(zh):
    assert "进度116.6%，已超过全程" in said(case(change("T17"), {2021: 4685, 2024: 6685}))
    below = said(case(change("T17"), {2021: 4685, 2024: 4600}))
    assert "进度−5.0%" in below and "负数而不是零" in below
    assert "进度" not in said(case(change("T17"), {2021: 4685, 2024: 5600}))


def test_bounds_are_told_with_what_they_are_worth(zh):
    lower = case(change("T04"), {2021: 8498.43, 2022: 9117.2}, bounds=[(2025, "above", 9000)])
    assert "至少走完全程的11.1%，不用于判定" in said(lower)
    enough = case(change("T04"), {2021: 8498.43}, bounds=[(2025, "above", 13000)])
    assert "已足以判定达到要求" in said(enough) and latest(enough).startswith("超过13")


def test_above_the_band_is_in_the_word(zh):
    assert chip(case(change("T10"), {2021: 55.0, 2024: 68.0})) == "☆ 提前达成·超出区间"
    assert chip(case(change("T10"), {2021: 55.0, 2024: 62.0})) == "☆ 提前达成"


def test_rounding_that_decides_is_told(zh):
    assert "序时系数在0.89与1.18之间" in said(case(change("T18"), {2021: 98.0, 2024: 98.5}, half=0.05))


def test_paces_are_growth_points_or_things(zh):
    assert pace(7.74, case(change("T17"), {2021: 4685, 2024: 5513})) == "+7.7%"
    assert pace(1.5, case(change("T10"), {2021: 50, 2024: 52})) == "+1.5 个百分点"
    villages = case(change("T29"), {2024: 60})
    assert villages.assessment.required_pace == 20 and pace(20.0, villages) == "+20.0 个"


def test_what_is_met_needs_no_pace():
    assert case(change("T17"), {2021: 4685, 2024: 6500}).assessment.required_pace is None


def test_the_headline_has_what_an_identity_binds(cases, implied, zh):
    items = overview.headline(cases, implied)["frame"]["item"].tolist()
    assert any(item.startswith("T17") for item in items) and any(item.startswith("T02") for item in items)
    assert overview.binding_path(implied, cases)["id"] == "path_t17"
