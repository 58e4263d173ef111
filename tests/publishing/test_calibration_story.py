"""The calibration section and the outlook table: what they say is what the slice holds, in both languages."""

from dataclasses import replace

import pandas as pd
import pytest

from qdlib.analysis import calibration
from qdlib.analysis.calibration import look_back
from qdlib.analysis.outlook import MARKS
from qdlib.analysis.reference_class import RecentShare
from qdlib.analysis.targets import assess_policy
from qdlib.catalogue import load_catalogue
from qdlib.observations import store
from qdlib.publishing import display
from qdlib.publishing.phrases import probability
from qdlib.publishing.stories import calibration as story
from qdlib.publishing.stories.outlooks import outlooks


@pytest.fixture(params=["zh", "en"])
def language(request, frozen, monkeypatch):
    monkeypatch.setattr(display, "_report", display.Report(language=request.param))
    return request.param


@pytest.fixture
def kept(frozen):
    return store.read_shared("calibration")


@pytest.fixture
def cases(frozen):
    past = look_back(store.read_shared("calibration"), {})
    return assess_policy(load_catalogue(), store.read_series("qingdao"), store.read_observations("qingdao"), 2025, past=past)


def changed(kept: pd.DataFrame, section: str, method: str, key: str, **values) -> pd.DataFrame:
    where = (kept["section"] == section) & (kept["method"] == method) & (kept["key"] == key)
    return kept.assign(**{name: kept[name].mask(where, value) for name, value in values.items()})


def test_sentences_name_the_scores_beside_the_drift(language, kept):
    told = changed(changed(kept, "score", "headline", "brier", value=0.1234), "score", "drift_15", "brier", value=0.9876)
    for horizon, paragraph in zip(story.SHOWN, story.paragraphs(told), strict=True):
        assert "0.123" in paragraph and "0.988" in paragraph
        assert {"zh": f"提前{horizon}年", "en": f"{horizon} ahead"}[language] in paragraph
        cover = story.one(kept, "band", horizon, "forecast", "80")["value"]
        assert f"{100 * cover:.1f}" in paragraph


def test_a_withdrawn_word_is_named_and_others_hold(language, kept):
    assert {"zh": "放宽0.05", "en": "within its range"}[language] in next(iter(story.paragraphs(kept)))
    told = next(iter(story.paragraphs(changed(kept, "word", "alone", "likely", value=0.4))))
    assert {"zh": "停用：较可能（仅预测）", "en": "more than .05: likely (forecast alone)"}[language] in told


def test_nobody_is_sure_is_said_too(language, kept):
    none = kept[~((kept["section"] == "word") & (kept["method"] == "headline") & (kept["key"] == "very_likely"))]
    assert {"zh": "从未说过", "en": "never said"}[language] in next(iter(story.paragraphs(none)))


def test_the_diagram_shows_every_bin_of_both_methods(language, kept):
    shown = story.diagram(kept, 1)
    assert 0 < len(shown["figure"].get_label()) <= display.ALT_LENGTH
    for line, method in (("own", "headline"), ("other", "drift_15")):
        own = shown["data"][shown["data"]["line"] == line]
        assert own["seen"].tolist() == story.choose(kept, "bin", 1, method)["value"].tolist()


def test_the_table_of_scores_has_a_row_a_method(language, kept):
    shown = story.score_table(kept)
    frame = shown["frame"]
    assert len(frame) == len(calibration.METHODS) + 1 and set(shown["columns"]) == set(frame)
    headline = frame.iloc[calibration.METHODS.index("headline")]
    assert headline["brier_2"] == story.one(kept, "score", 2, "headline", "brier")["value"]
    assert frame["skill_1"].iloc[0] == 0 and frame["method"].is_unique


def test_the_table_of_words_judges_each(language, kept):
    frame = story.word_table(changed(kept, "word", "headline", "unlikely", value=0.9))["frame"]
    assert len(frame) == sum(len(story.choose(kept, "word", h, m)) for h in story.SHOWN for m in ("headline", "alone"))
    verdicts = set(frame["verdict"])
    known = {"zh": {"可信", "校准不足，停用", "例数不足"}, "en": {"holds", "poorly calibrated, withdrawn", "too few cases"}}[language]
    withdrawn = {"zh": "校准不足，停用", "en": "poorly calibrated, withdrawn"}[language]
    assert withdrawn in verdicts <= known and len(verdicts) > 1
    assert set(frame["range"]) >= {"0.90–1.00", "0.66–0.90", "0.00–0.10"}


@pytest.mark.parametrize(
    "key",
    [
        *[f"calibration.method.{method}" for method in (*calibration.METHODS, "constant")],
        *[f"calibration.verdict.{verdict}" for verdict in ("holds", "poorly_calibrated", "too_few_cases")],
        *[f"calibration.basis.{basis}" for basis in calibration.SOURCES],
        *[f"outlook.mark.{mark}" for mark in MARKS],
        *[f"probability.mark.{mark}" for mark in MARKS if mark != "calibrated"],
    ],
)
def test_every_id_has_its_words(key):
    text = load_catalogue().texts[key]
    assert text.zh and text.en and text.zh != text.en


def test_the_outlook_says_what_each_says_and_that_they_differ(language, cases):
    frame = outlooks(cases)["frame"]
    firms = next(case for case in cases if case.target.id == "T03")
    assert len(frame) == sum(case.assessment.probability is not None for case in cases) == 1
    row = frame.iloc[0]
    assert row["drift"] == "0.68" and row["forecast"] == f"{firms.assessment.probability_forecast:.2f}"
    assert row["probability"].startswith(f"{firms.assessment.probability:.2f} ")
    assert row["mark"] == {"zh": "已校准", "en": "calibrated"}[language]
    assert row["disagree"] == {"zh": "模型分歧", "en": "models disagree"}[language]
    assert row["peers"] == {"zh": "同类城市未公布", "en": "not published by peers"}[language]
    spoken = replace(firms, outlook=replace(firms.outlook, peers=RecentShare(0.3, 90, 18)))
    assert "0.30" in outlooks([spoken])["frame"]["peers"][0] and "18" in outlooks([spoken])["frame"]["peers"][0]
    assert outlooks([case for case in cases if case is not firms]) is None


def test_the_mark_stands_beside_the_number(language, cases):
    firms = next(case for case in cases if case.target.id == "T03")
    agreed = replace(firms.assessment, checks=replace(firms.assessment.checks, models_disagree=False))
    plain = probability(replace(firms, assessment=agreed))
    assert plain == f"{agreed.probability:.2f} " + {"zh": "较难", "en": "unlikely"}[language]
    raw = probability(replace(firms, assessment=replace(agreed, probability_mark="uncalibrated")))
    assert raw == plain + {"zh": "；未校准", "en": "; uncalibrated"}[language]
    gone = probability(replace(firms, assessment=replace(agreed, probability_word=None, probability_mark="poorly_calibrated")))
    assert gone == f"{agreed.probability:.2f} " + {"zh": "校准不足", "en": "poorly calibrated"}[language]
