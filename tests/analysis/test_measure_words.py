"""Every id that a measure can give has its words in both languages."""

from dataclasses import fields

import pytest

from qdlib.analysis.cross_checks import CrossChecks
from qdlib.analysis.growth_ratio import NOT_AVAILABLE, STATUSES, WITHHELD
from qdlib.analysis.robustness import MARKS
from qdlib.analysis.weather import SYMBOLS
from qdlib.catalogue import load_catalogue

IDS = {
    "status": STATUSES,
    "symbol": SYMBOLS,
    "mark": [mark for _, mark in MARKS],
    "choice": ("path", "base", "figure"),
    "withheld": (*NOT_AVAILABLE, *WITHHELD, "few_figures", "year_is_past"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("group", IDS)
def test_every_id_has_its_words(group, language):
    words = [load_catalogue().say(f"measure.{group}.{key}", language) for key in IDS[group]]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_measure_shown_has_a_name(language):
    shown = {
        "growth_ratio",
        "score_statcan",
        "score_eurostat",
        "unsd",
        "status_index",
        "weather",
        "probability_drift",
        "distance",
        "time",
    }
    assert shown <= {field.name for field in fields(CrossChecks)}
    for key in (*shown, "stability", "models_disagree"):
        assert load_catalogue().say(f"measure.{key}", language)
    said = load_catalogue().say("remark.jump", language, year=2024, value="46.2", change="+239.7%", low="-50.0%", high="+100.0%", rule="x")
    assert all(word in said for word in ("2024", "46.2", "+239.7%", "+100.0%"))
