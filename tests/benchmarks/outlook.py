"""Measure the outlook: `python -m tests.benchmarks.outlook [--panel FILE.csv] [--attempts]`.

Takes the city panel of the facts; scores what each method said of the pseudo-targets one and two years ahead: the closed-form drift
over 15 and 5 changes, the panel's base rate, the mean of the last two and its plain recalibration (document 05 gives figures for these),
the forecast, the peers, their mean, the headline, and the constant of hindsight. With --attempts also the other ways to recalibrate that were
tried. Every fitted one is time-blocked. Prints cases, Brier scores, how often each word came true, seconds; decides nothing.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd

from qdlib.analysis import calibration, recalibration
from qdlib.analysis.pseudo_targets import KEY

FACTS = Path(__file__).parents[2].parent / "shared" / "facts" / "city_panel.csv"
INDICATORS = ("budget_revenue", "budget_expenditure", "retail_sales", "household_deposits")
RULES = ("drift_15", "drift_5", "base_rate", "rules_mean", "rules_recalibrated")
OWN = ("peers", "forecast", "mean", "alone", "headline")
GOALS = {1: (0.184, 0.170), 2: (0.197, 0.185)}
FEATURES = ("forecast", "peers", "drift_5", "drift_15", "base_rate")


def read_cities(path: Path = FACTS) -> pd.DataFrame:
    """The five indicators of document 05: GDP as revised, the others as circulated; city, indicator, year, amount."""
    rows = pd.read_csv(path)
    revised = (rows["indicator"] == "gdp") & rows["vintage"].str.startswith("revised")
    chosen = rows[revised | rows["indicator"].isin(INDICATORS)]
    return chosen.rename(columns={"city_slug": "city", "value": "amount"})[["city", "indicator", "year", "amount"]].reset_index(drop=True)


def add_rules(cases: pd.DataFrame) -> pd.DataFrame:
    """The mean of drift over five changes and base rate, and the plain line through it."""
    cases = cases.assign(rules_mean=(cases["drift_5"] + cases["base_rate"]) / 2)
    return cases.assign(rules_recalibrated=recalibration.recalibrate_in_time(cases, "rules_mean", prior_years=0)["p"])


def brier(cases: pd.DataFrame, p) -> float:
    return float(((p - cases["reached"]) ** 2).mean())


def try_others(cases: pd.DataFrame) -> dict[str, pd.Series]:
    """Other ways from forecast and peers to one probability, by name."""
    tried = {f"line, identity as {years} years": recalibration.recalibrate_in_time(cases, "mean", years)["p"] for years in (0, 5, 10, 40, 80)}
    own = [recalibration.recalibrate_in_time(part, "mean", recalibration.PRIOR_YEARS)["p"] for _, part in cases.groupby("indicator")]
    tried["line of each indicator, 20 years"] = pd.concat(own).reindex(cases.index)
    tried["logistic regression on five features"] = regress_in_time(cases, FEATURES)
    tried["peers' windows of five years weighed alike"] = (cases["forecast"] + cases["base_rate"]) / 2
    return tried


def regress_in_time(cases: pd.DataFrame, features: tuple[str, ...]) -> pd.Series:
    """Logistic regression on the logits of several probabilities, known cases only; their plain mean before there are enough."""
    from scipy.special import expit, logit
    from statsmodels.api import GLM, families

    design = np.column_stack([np.ones(len(cases)), *(logit(cases[name].clip(0.005, 0.995)) for name in features)])
    p = cases["mean"].copy()
    for (horizon, origin), own in cases.groupby(["horizon", "origin"]):
        past = ((cases["horizon"] == horizon) & (cases["origin"] + horizon <= origin)).to_numpy()
        if past.sum() >= recalibration.LEAST_CASES and cases["origin"][past].nunique() >= recalibration.LEAST_ORIGINS:
            fitted = GLM(cases["reached"].to_numpy()[past], design[past], family=families.Binomial()).fit()
            p.loc[own.index] = expit(design[cases.index.get_indexer(own.index)] @ fitted.params)
    return p


def print_words(cases: pd.DataFrame, method: str) -> None:
    words = pd.Series(np.array([word for _, word in calibration.WORDS], object)[calibration.word_places(cases[method])], cases.index)
    for word in dict.fromkeys(word for _, word in calibration.WORDS):
        own = cases["reached"][words == word]
        if len(own):
            print(f"    {word:14} {len(own):6} cases  {own.mean():.3f}  {calibration.judge_word(word, own.mean(), len(own))}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--panel", type=Path, default=FACTS)
    parser.add_argument("--attempts", action="store_true")
    options = parser.parse_args()
    panel = read_cities(options.panel)
    began = time.perf_counter()
    cases = calibration.score_past(panel, tuple(GOALS))
    summary = calibration.summarise(cases)
    seconds = time.perf_counter() - began
    cases = add_rules(cases)
    others = try_others(cases) if options.attempts else {}
    for horizon, own in cases.groupby("horizon"):
        floor, goal = GOALS[horizon]
        print(f"\nh {horizon}: {len(own)} cases of {len(own.drop_duplicates(KEY))} forecasts, {own['city'].nunique()} cities, origins "
              f"{own['origin'].min()}–{own['origin'].max()}, {own['calibrated'].mean():.0%} calibrated; floor {floor}, goal {goal}")
        told = summary[(summary["section"] == "score") & (summary["horizon"] == horizon) & (summary["key"] == "brier")].set_index("method")
        for name in (*RULES, *OWN):
            ends = f"  [{told['low'][name]:.3f}, {told['high'][name]:.3f}]" if name in told.index else ""
            print(f"  {name:20} {brier(own, own[name]):.4f}{ends}")
        print(f"  {'constant':20} {brier(own, own['reached'].mean()):.4f}")
        for method in calibration.SOURCES:
            print(f"  words of {method}")
            print_words(own, method)
        print(f"  80 % band covers {own['inside'].mean():.3f}")
        for name, p in others.items():
            print(f"  tried: {name:45} {brier(own, p.loc[own.index]):.4f}")
    print(f"\n{seconds:.1f} s for the calibration of both horizons")


if __name__ == "__main__":
    main()
