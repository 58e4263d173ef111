"""Past outlooks scored: the trap's published figures, the goals, the summary by hand, the record that pages read."""

import numpy as np
import pandas as pd
import pytest

from qdlib.analysis import calibration
from qdlib.analysis.calibration import TrackRecord, judge_word
from qdlib.analysis.outlook import probability_word
from qdlib.catalogue import load_catalogue
from qdlib.forecasting import Panel, forecast
from tests.analysis.test_pseudo_targets import invent
from tests.benchmarks import outlook as benchmark

needs_facts = pytest.mark.skipif(not benchmark.FACTS.exists(), reason=f"{benchmark.FACTS.name} of ../shared/facts is not here")
# Document 05, section 6: cases, then Brier scores of the closed-form drift over 15 and 5 changes, the base rate, the mean of the last
# two, the same recalibrated, and the best constant. Its drift over five changes was computed a little differently: hence .0045.
TRAP = {1: (11320, 0.237, 0.198, 0.192, 0.188, 0.184, 0.237), 2: (10450, 0.273, 0.210, 0.211, 0.201, 0.197, 0.221)}


@pytest.fixture(scope="module")
def past() -> pd.DataFrame:
    return benchmark.add_rules(calibration.score_past(benchmark.read_cities(), (1, 2)))


@needs_facts
@pytest.mark.parametrize("horizon", TRAP)
def test_the_trap_is_measured_again(past, horizon):
    own = past[past["horizon"] == horizon]
    number, *scores = TRAP[horizon]
    assert len(own) == number
    found = [benchmark.brier(own, own[name]) for name in benchmark.RULES] + [benchmark.brier(own, own["reached"].mean())]
    assert found == pytest.approx(scores, abs=0.0045)
    sure = own[own["drift_15"] >= 0.9]
    assert sure["drift_15"].mean() == pytest.approx(0.95, abs=0.01)
    assert sure["reached"].mean() == pytest.approx({1: 0.78, 2: 0.61}[horizon], abs=0.01)


@needs_facts
def test_the_headline_reaches_the_goals(past):
    for horizon, (_, goal) in benchmark.GOALS.items():
        own = past[past["horizon"] == horizon]
        assert benchmark.brier(own, own["headline"]) <= goal
        words = pd.Series(np.array([word for _, word in calibration.WORDS], object)[calibration.word_places(own["headline"])], own.index)
        seen = own["reached"].groupby(words).agg(["mean", "size"])
        verdicts = {word: judge_word(word, row["mean"], row["size"]) for word, row in seen.iterrows()}
        assert set(verdicts.values()) <= {"holds", "too_few_cases"} and list(verdicts.values()).count("holds") >= 4


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    second = invent(seed=9).assign(indicator="retail", amount=lambda own: own["amount"] * 50)
    return pd.concat([invent(), second], ignore_index=True)


@pytest.fixture(scope="module")
def cases(panel) -> pd.DataFrame:
    return calibration.score_past(panel, (1, 2))


def test_each_case_holds_the_forecast_made_of_its_own_past(panel, cases):
    for row in cases.sample(12, random_state=3).itertuples():
        own = panel[(panel["city"] == row.city) & (panel["indicator"] == row.indicator) & (panel["year"] <= row.origin)]
        said = forecast(Panel.from_frame(own.rename(columns={"city": "unique_id", "year": "ds", "amount": "y"})), row.horizon)
        target = own["amount"].iloc[-1] * np.exp(row.growth)
        year = row.origin + row.horizon
        assert row.forecast == pytest.approx(said.probability(row.city, year, ">=", target), abs=1e-9)
        figure = own["amount"].iloc[-1] * np.exp(row.actual)
        low, high = (said.quantile(p)[0, row.horizon - 1] for p in (0.1, 0.9))
        assert row.inside == float(low <= figure <= high)
    assert (cases["mean"] == (cases["forecast"] + cases["peers"]) / 2).all()


def test_the_summary_counts_what_a_hand_would_count(cases):
    table = calibration.summarise(cases)
    for horizon, own in cases.groupby("horizon"):
        rows = table[table["horizon"] == horizon]
        score = rows[rows["section"] == "score"].set_index(["method", "key"])["value"]
        losses = {name: ((own[name] - own["reached"]) ** 2).mean() for name in calibration.METHODS}
        assert score["headline", "brier"] == pytest.approx(losses["headline"])
        assert score["headline", "skill"] == pytest.approx(1 - losses["headline"] / losses["drift_15"])
        assert score["drift_15", "skill"] == 0
        assert score["constant", "brier"] == pytest.approx(own["reached"].var(ddof=0))
        for method in ("headline", "alone", "drift_15"):
            bins = rows[(rows["section"] == "bin") & (rows["method"] == method)].set_index("key")
            inside = own[(own[method] >= 0.2) & (own[method] < 0.3)]
            assert (bins["cases"]["2"], bins["value"]["2"]) == (len(inside), pytest.approx(inside["reached"].mean()))
            assert bins["said"]["2"] == pytest.approx(inside[method].mean()) and bins["cases"].sum() == len(own)
            words = rows[(rows["section"] == "word") & (rows["method"] == method)].set_index("key")
            likely = own[(own[method] >= 0.66) & (own[method] < 0.9)]
            assert (words["cases"]["likely"], words["value"]["likely"]) == (len(likely), pytest.approx(likely["reached"].mean()))
        once = own.drop_duplicates(["city", "indicator", "origin"])
        band = rows[rows["section"] == "band"].iloc[0]
        assert (band["cases"], band["value"]) == (len(once), pytest.approx(once["inside"].mean()))


def test_intervals_resample_cities(cases):
    table = calibration.summarise(cases)
    known = table[table["section"].isin(["score", "bin", "word", "band"])]
    assert (known["low"] <= known["value"] + 1e-12).mean() > 0.99 and (known["value"] <= known["high"] + 1e-12).mean() > 0.99
    pd.testing.assert_frame_equal(table, calibration.summarise(cases))
    alone = calibration.Draws(pd.Series(["a"] * 5))
    assert alone.share([0, 1, 1, np.nan, 0]) == (0.5, 0.5, 0.5)
    unlike = calibration.Draws(pd.Series(["a"] * 50 + ["b"] * 50))
    assert unlike.share([0] * 50 + [1] * 50) == (0.5, 0.0, 1.0)


def test_a_panel_without_cases_gives_no_row_and_an_empty_record():
    few = invent(cities=5)
    table = calibration.calibrate(few)
    assert table.empty and list(table.columns) == calibration.COLUMNS
    for record in (TrackRecord.from_frame(table), TrackRecord.from_frame(None)):
        assert not record.line(1, "headline").is_calibrated
        assert record.verdict(1, "headline", "likely") == "too_few_cases"


def test_the_record_gives_back_line_and_verdict(cases):
    record = TrackRecord.from_frame(calibration.summarise(cases))
    own = cases[cases["horizon"] == 1]
    fitted = calibration.fit_line(own["mean"].to_numpy(), own["reached"].to_numpy(), own["origin"].to_numpy())
    assert record.line(1, "headline") == fitted and fitted.is_calibrated
    assert not record.line(7, "headline").is_calibrated
    spoilt = record.frame.assign(value=record.frame["value"].mask(record.frame["section"] == "word", 0.02))
    assert TrackRecord(spoilt).verdict(1, "headline", "likely") == "poorly_calibrated"


@pytest.mark.parametrize(
    ("word", "seen", "cases", "verdict"),
    [
        ("very_likely", 0.8501, 100, "holds"),
        ("very_likely", 0.8499, 100, "poorly_calibrated"),
        ("very_likely", 0.5, 99, "too_few_cases"),
        ("likely", 0.949, 500, "holds"),
        ("likely", 0.951, 500, "poorly_calibrated"),
        ("uncertain", 0.281, 500, "holds"),
        ("uncertain", 0.279, 500, "poorly_calibrated"),
        ("very_unlikely", 0.149, 500, "holds"),
        ("very_unlikely", 0.151, 500, "poorly_calibrated"),
    ],
)
def test_a_word_is_withdrawn_where_it_leaves_its_range(word, seen, cases, verdict):
    assert judge_word(word, seen, cases) == verdict


def test_words_are_chosen_as_the_outlook_chooses_them():
    p = np.array([0.0, 0.0999, 0.1, 0.33, 0.6599, 0.66, 0.8999, 0.9, 1.0])
    names = [word for _, word in calibration.WORDS]
    assert [names[place] for place in calibration.word_places(p)] == [probability_word(float(one)) for one in p]


def test_the_panel_is_levels_that_many_cities_publish():
    series = {
        f"c{city}": pd.DataFrame(
            {
                "indicator": ["gdp_current_prices"] * 5 + ["marine_gdp_share"] * 5 + (["retail_sales"] * 5 if city < 3 else []),
                "year": [2000, 2001, 2002, 2003, 2009] * (3 if city < 3 else 2),
                "amount": 5.0,
                "comparable": True,
                "scope": "whole_city",
            }
        )
        for city in range(16)
    }
    found = calibration.gather_panel(series, load_catalogue())
    assert set(found["indicator"]) == {"gdp_current_prices"} and found["city"].nunique() == 16
    assert set(found["year"]) == {2009}, "figures before a long gap are not comparable history"
    assert calibration.gather_panel({}, load_catalogue()).empty
