"""Past cases: against a slow obvious loop, and nothing after the origin in what was said."""

import numpy as np
import pandas as pd
import pytest

from qdlib.analysis import pseudo_targets
from qdlib.analysis.drift import fit_drift, reach_probability

SAID = ["drift_15", "drift_5", "base_rate", "peers"]


def invent(cities: int = 20, years=range(1996, 2020), gaps=((0, 2005), (3, 2001), (5, 2016)), seed: int = 4) -> pd.DataFrame:
    """Levels of one indicator with a common cycle, a noise of each city, and a few years that nobody printed."""
    rng = np.random.default_rng(seed)
    cycle = 0.09 + 0.03 * np.sin(np.arange(len(years)))
    growth = cycle + rng.normal(0, 0.03, (cities, len(years)))
    amount = np.exp(4 + growth.cumsum(axis=1))
    rows = [(f"c{city:02}", "gdp", year, amount[city, at]) for city in range(cities) for at, year in enumerate(years)]
    frame = pd.DataFrame(rows, columns=["city", "indicator", "year", "amount"])
    missing = {(f"c{city:02}", year) for city, year in gaps}
    return frame[[key not in missing for key in zip(frame["city"], frame["year"], strict=True)]].reset_index(drop=True)


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    return invent()


@pytest.fixture(scope="module", params=[1, 2])
def cases(request, panel) -> pd.DataFrame:
    return pseudo_targets.list_cases(panel, (request.param,))


def loop(panel: pd.DataFrame, horizon: int):
    """Every case by the words of the docstring, one at a time."""
    levels = {city: dict(zip(own["year"], np.log(own["amount"]), strict=True)) for city, own in panel.groupby("city")}
    growth = {city: {y: z[y] - z[y - horizon] for y in z if y - horizon in z} for city, z in levels.items()}
    for origin in range(1996, 2020):
        if sum(year in own for own in growth.values() for year in range(origin - 5, origin)) < 72:
            continue
        window = [own[year] for own in growth.values() for year in range(origin - 4, origin + 1) if year in own]
        for quantile in pseudo_targets.QUANTILES:
            target = np.quantile(window, quantile)
            for city, z in levels.items():
                if origin not in z or origin + horizon not in z or sum(year < origin for year in z) < 6:
                    continue
                hits = windows = 0.0
                for age in range(5):
                    others = [own[origin - age] for other, own in growth.items() if other != city and origin - age in own]
                    hits += 0.5**age * sum(value >= target for value in others)
                    windows += 0.5**age * len(others)
                said = {"base_rate": np.mean([value >= target for value in window]), "peers": (hits + 0.5) / (windows + 1)}
                for changes in (15, 5):
                    years = [year for year in z if year <= origin][-changes - 1 :]
                    drift = fit_drift(years, [np.exp(z[year]) for year in years])
                    said[f"drift_{changes}"] = reach_probability(drift, float(np.exp(z[origin] + target)), horizon)
                yield {"city": city, "origin": origin, "quantile": quantile, "growth": target, "actual": z[origin + horizon] - z[origin], **said}


def test_the_batch_says_what_the_loop_says(panel, cases):
    key = ["city", "origin", "quantile"]
    slow = pd.DataFrame(loop(panel, int(cases["horizon"].iloc[0]))).sort_values(key, ignore_index=True)
    fast = cases.sort_values(key, ignore_index=True)
    assert len(slow) > 500 and slow[key].equals(fast[key])
    for name in ("growth", "actual", *SAID):
        np.testing.assert_allclose(fast[name], slow[name], rtol=0, atol=1e-9, err_msg=name)
    assert (fast["reached"] == (slow["actual"] >= slow["growth"])).all()


def test_what_was_said_knows_nothing_of_later_years(panel, cases):
    origin, horizon = 2012, int(cases["horizon"].iloc[0])
    poisoned = panel.assign(amount=panel["amount"].where(panel["year"] <= origin, panel["amount"] * 7.0))
    told = pseudo_targets.list_cases(poisoned, (horizon,))
    before, after = (own[own["origin"] <= origin].reset_index(drop=True) for own in (cases, told))
    pd.testing.assert_frame_equal(before[["growth", *SAID]], after[["growth", *SAID]])
    assert (before["actual"] < after["actual"]).any()


def test_a_city_needs_six_figures_before_the_origin():
    panel = invent(gaps=())
    late = panel[(panel["city"] != "c00") | (panel["year"] >= 2005)]
    assert pseudo_targets.list_cases(late, (1,)).groupby("city")["origin"].min()["c00"] == 2011


def test_a_small_panel_has_no_case():
    found = pseudo_targets.list_cases(invent(cities=14, gaps=()), (1,))
    assert found.empty and set(SAID) <= set(found.columns)
    assert pseudo_targets.list_cases(invent().iloc[:0]).empty


def test_levels_at_or_below_zero_are_left_out():
    panel = invent(gaps=())
    spoilt = panel.assign(amount=panel["amount"].mask((panel["city"] == "c01") & (panel["year"] == 2010), 0.0))
    found = pseudo_targets.list_cases(spoilt, (1,))
    assert not ((found["city"] == "c01") & found["origin"].isin([2009, 2010])).any()
    assert ((found["city"] == "c01") & (found["origin"] == 2011)).any()


def test_recent_windows_weigh_double():
    hits, windows = np.array([[1.0], [0.0]]), np.array([[1.0], [1.0]])
    assert pseudo_targets.weigh_recent(hits, windows)[0] == pytest.approx((1 + 0.5) / (1.5 + 1))
    assert pseudo_targets.weigh_recent(hits[::-1], windows)[0] == pytest.approx((0.5 + 0.5) / (1.5 + 1))


def test_a_drift_without_spread_is_certain():
    steady = invent(gaps=()).assign(amount=lambda own: 100 * 2.0 ** (own["year"] - 1996))
    found = pseudo_targets.list_cases(steady, (1,))
    assert set(found["drift_5"].round(9)) <= {0.0, 1.0}
