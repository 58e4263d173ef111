"""The forecast page: every code of the forecaster has its words, and what a reader must not miss reaches the page in both languages."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from qdlib.analysis import assumptions, parts, prospects
from qdlib.catalogue import load_catalogue
from qdlib.errors import RunError
from qdlib.forecasting import Panel, diagnostics, forecast, models, pool
from qdlib.observations import store
from qdlib.publishing import display
from qdlib.publishing.stories import assumptions as assumed
from qdlib.publishing.stories import forecast as story
from qdlib.publishing.stories import hindsight as past
from tests.conftest import FROZEN

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "notebooks" / "city_forecast.ipynb"
KEY = "gdp_current_prices"
TEXTS = load_catalogue().texts


def source(module) -> str:
    return Path(module.__file__).read_text("utf-8")


def quoted(text: str) -> set[str]:
    return set(re.findall(r'"([a-z_]+)"', text))


def test_every_flag_status_and_reason_has_its_words():
    words = re.search(r"words = \{(.*?)\}", source(pool), re.S)[1]
    flags = set(re.findall(r'"([a-z_]+)":', words)) | {"reconciled", "short", "not_forecast"}
    assert {"even_steps", "constant", "beyond_prior", "widened"} <= flags and {f"forecast.flag.{flag}" for flag in flags} <= set(
        TEXTS
    )
    assert {f"forecast.reason.{reason}" for reason in ("too_short", "too_short_after_break", "too_short_after_gap")} <= set(TEXTS)


def test_every_test_and_verdict_has_its_words():
    found = [quoted(line.split('"verdict":')[1]) for line in source(diagnostics).splitlines() if '"verdict":' in line]
    judged = quoted(re.search(r'return \{"verdict": \{(.*?)\}\[', source(diagnostics), re.S)[1])
    codes = (set().union(*found) | judged) - {"reason", "verdict", "not_run", "name", "years"}
    assert {"both_rejected", "autocorrelated", "stationary_with_break", "break", "unit_root"} <= codes
    missing = {code for code in codes if f"diagnostic.{code}" not in TEXTS}
    assert not missing
    names = set(diagnostics.examine(np.exp(np.linspace(0, 2, 30)) + np.sin(np.arange(30)), np.arange(1990, 2020))["name"])
    assert {f"diagnostic.test.{name}" for name in names} <= set(TEXTS)
    assert {f"method.{name}" for name in (*models.MODELS, *pool.MEMBERS, "default", "pool", "learned", "naive")} <= set(TEXTS)


# --- single pieces --------------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["zh", "en"])
def language(request, frozen, monkeypatch):
    monkeypatch.setattr(display, "_report", display.Report(language=request.param))
    return request.param


@pytest.fixture
def series(frozen):
    return store.read_series("qingdao")


@pytest.fixture
def outlook(series):
    return forecast(Panel.from_frame(prospects.comparable_panel(series, [KEY, "budget_revenue"])), 3)


def test_the_table_shows_every_level_that_was_asked_for(language, series, outlook):
    rows = outlook.frame((50, 80, 95))
    shown = story.point_table(rows[rows["unique_id"] == KEY], prospects.history(series, KEY))
    assert list(shown["frame"].columns) == ["year", "mean", "lo-50", "hi-50", "lo-80", "hi-80", "lo-95", "hi-95", "growth"]
    assert shown["columns"]["lo-50"] == {"zh": "50%下限", "en": "50 % low"}[language]


def test_the_fan_draws_the_bands_that_its_subtitle_names(language, series, outlook):
    rows = outlook.frame((50, 80, 95))
    drawn = story.fan("qingdao", prospects.history(series, KEY), rows[rows["unique_id"] == KEY])
    bands = {artist.get_gid() for artist in drawn["figure"].axes[0].collections}
    assert bands == {"data-band-80", "data-band-95"} and len(drawn["figure"].get_label()) <= 200


def test_a_scenario_is_called_one_everywhere_and_has_no_band(language, series, outlook):
    path = assumptions.assume(outlook, KEY, ["2026:2.0"])
    rows = outlook.frame()
    drawn = story.fan("qingdao", prospects.history(series, KEY), rows[rows["unique_id"] == KEY], scenario=path)
    table = assumed.scenario_table(path, "hundred_million_yuan")
    label = {"zh": "情景（假设", "en": "cenario"}[language]
    texts = [
        drawn["title"],
        table["caption"],
        drawn["figure"].get_label(),
        *[text.get_text() for text in drawn["figure"].axes[0].texts],
    ]
    assert sum(label in text for text in texts) >= 3 and label in drawn["title"] and label in table["caption"]
    assert not [name for name in table["frame"] if "lo" in name or "hi" in name] and "percentile" in table["frame"]
    assert drawn["id"] != story.fan("qingdao", prospects.history(series, KEY), rows[rows["unique_id"] == KEY])["id"]


@pytest.mark.parametrize(("entries", "key"), [([], "none"), (["2031:5"], "outside"), (["2020:5"], "outside")])
def test_why_there_is_no_scenario(language, outlook, entries, key):
    why = assumed.scenario_reason(outlook, KEY, entries)
    assert why["reason"] == f"forecast.scenario.{key}" and load_catalogue().say(why.pop("reason"), language, **why)


def test_parts_tables_say_what_moved(language, series):
    catalogue = load_catalogue()
    sectors = catalogue.identities["gdp_by_sector"]
    for reconcile, rows in ((parts.add_up, 5), (parts.share_out, 4)):
        shown = assumed.parts_table(reconcile(series, sectors, 2027, catalogue), sectors)
        assert len(shown["frame"]) == rows and {"separate", "reconciled", "moved"} <= set(shown["frame"]) == set(shown["columns"])
        assert "2027" in shown["caption"] and shown["note"]
    missing = parts.add_up(series[series["indicator"] != "primary_value_added"], sectors, 2027, catalogue)
    why = assumed.parts_reason(missing, KEY)
    assert catalogue.say(why.pop("reason"), language, **why)


def test_models_and_tests_are_told_in_the_reader_s_language(language, series, outlook):
    own = prospects.history(series, KEY)
    shown = story.model_table(prospects.compare_models(outlook, own, 3), "hundred_million_yuan")["frame"]
    tests = story.test_table(prospects.test_series(own), "2012–2024 (13)")["frame"]
    if language == "zh":
        assert not shown["remark"].str.contains("drift|trend|on ln").any() and "未做：只有13个连续年份，至少要20个" in set(
            tests["verdict"]
        )
    assert (
        story.remark_words("DataError: 5 years, needs 8")
        == {"zh": "未拟合：只有5个连续年份，至少要8个", "en": "not fitted: 5 unbroken years, 8 needed"}[language]
    )
    assert story.remark_words("LinAlgError: singular") == "LinAlgError: singular"


def test_models_that_failed_are_rows_with_their_reason(language, series):
    own = prospects.history(series, KEY).tail(5).reset_index(drop=True)
    short = forecast(Panel.from_frame(pd.DataFrame({"unique_id": KEY, "ds": own["year"], "y": own["amount"]})), 3)
    shown = story.model_table(prospects.compare_models(short, own, 3), "hundred_million_yuan")["frame"].set_index("method")
    failed = shown.loc[TEXTS["method.arima"].in_language(language)]
    assert failed[["2025", "2026", "2027"]].isna().all() and failed["remark"] == load_catalogue().say(
        "forecast.model.too_few_years", language, number=5, least=8
    )
    assert shown.index[0] == TEXTS["method.default"].in_language(language) and len(shown) == 10


def test_the_years_of_a_break_are_told(language):
    row = pd.Series({"verdict": "jump", "years": "2009 2019", "reason": ""})
    assert re.search(r"\(2009.*2019\)", story.verdict_words(row))
    failed = pd.Series({"verdict": "not_run", "years": "", "reason": "failed: singular"})
    assert "singular" in story.verdict_words(failed)


def test_the_verdict_on_the_bands_counts_its_cases(language):
    steps = pd.DataFrame(
        {
            "step": [0, 1],
            "cases": [268, 104],
            "cover80": [79.1, 72.1],
            "verdict80": ["holds", "too_few_cases"],
            "cover95": [90.0, 97.0],
            "verdict95": ["too_narrow", "too_few_cases"],
        }
    )
    told = past.verdict(steps, 15)
    assert all(part in told for part in ("268", "79.1", "90.0", TEXTS["forecast.cover.too_narrow"].in_language(language)))


# --- from the store to the page -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def interpolated(tmp_path_factory) -> Path:
    """The frozen store, in which Qingdao's household deposits of 2012–2018 grow by equal steps."""
    folder = tmp_path_factory.mktemp("interpolated") / "processed"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QD_DATA", str(FROZEN))
        cities = store.cities_with_data()
        tables = {name: pd.concat([store.read_table(name, city) for city in cities], ignore_index=True) for name in store.TABLES}
        even = tables["series"]
        rows = (even["city"] == "qingdao") & (even["indicator"] == "household_deposits") & even["year"].between(2012, 2018)
        tables["series"] = even.assign(amount=even["amount"].where(~rows, 3500.0 + 400 * (even["year"] - 2012)))
        assert rows.sum() == 7
        patch.setenv("QD_DATA", str(folder))
        with store.one_writer():
            store.write_build(tables)
    return folder


def run_cells(language: str) -> list[dict]:
    """Payloads of everything the notebook shows, in order, with their kind."""
    shown = []

    def record(bundle, raw=True, metadata=None):
        if isinstance(metadata, dict) and "qdlib" in metadata:
            kind = metadata["qdlib"]["kind"]
            shown.append({"kind": kind, "id": metadata["qdlib"]["id"]} | bundle.get(f"application/vnd.qdlib.{kind}+json", {}))

    names: dict = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("IPython.display.display", record)
        for cell in json.loads(BOOK.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), names)
                names |= {"language": language}
    return shown


@pytest.mark.parametrize(
    ("language", "words", "flag"),
    [
        ("zh", "住户存款余额的历史中至少连续四年的变化完全相等", "等步变化"),
        ("en", "changes by exactly equal steps in four or more years", "equal steps"),
    ],
)
def test_interpolated_years_are_said_on_the_page_in_words(interpolated, monkeypatch, language, words, flag):
    monkeypatch.setenv("QD_DATA", str(interpolated))
    shown = run_cells(language)
    notes = [part["text"] for part in shown if part["kind"] == "note"]
    assert len(notes) == 1 and words in notes[0]
    basis = next(part for part in shown if part["id"] == "basis")
    flagged = [row for row in basis["rows"] if any(flag in str(cell) for cell in row)]
    assert len(flagged) == 1


def test_a_sound_store_has_no_such_note(frozen):
    shown = run_cells("zh")
    assert not [part for part in shown if part["kind"] == "note"]
    assert sum(part["kind"] == "figure" for part in shown) == 8
    assert sum(part["kind"] in ("table", "headline") for part in shown) == 11


def test_the_page_carries_the_note(interpolated, monkeypatch, tmp_path):
    from qdlib.publishing.runs import run

    monkeypatch.setenv("QD_DATA", str(interpolated))
    monkeypatch.setenv("QD_REPORTS", str(tmp_path / "reports"))
    assert run(only=("city_forecast",), city=("qingdao",), workers=1, parameters={"scenario": "2026:2.5,2028=21000"}) == 0
    page = (tmp_path / "reports" / "cities" / "qingdao" / "forecast.html").read_text("utf-8")
    assert "很可能是插补而非统计数" in page and "情景（假设，非预测）" in page and "设定水平" in page


def test_a_scenario_that_cannot_be_read_stops_before_anything_is_made(frozen):
    from qdlib.publishing.runs import run

    with pytest.raises(RunError, match="expected year:growth in per cent"):
        run(only=("city_forecast",), city=("qingdao",), workers=1, parameters={"scenario": "2026:high"})
