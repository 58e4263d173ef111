"""How well are economic censuses recognised? Simulated yearbooks with known censuses and the things that look like one.

    python -m tests.benchmarks.censuses [--seed 7] [--cities 60]

Each city prints 25 yearbooks, a communiqué before each, of eight indicators: whole histories, main years or windows of eight years,
with 0 to 2 decimals. A census moves 85 % of the cities and 90 % of their indicators by ±2–12 % × 0.4–1.6, phased in over the years
before it, and is printed two or three years after the year that it counts. Confounders: preliminary figures (σ 0.6 %), routine
revisions of the last three years in 20 % of the indicators, method changes of ±1–3 % in 3 % of the editions, misprints in one cell of
500. Scored per indicator, census and edition. Nothing in the rules may be fitted to these draws: the seed is free.
"""

import argparse
import time

import numpy as np
import pandas as pd

from qdlib.catalogue import load_catalogue
from qdlib.observations.comparisons import compare_editions
from qdlib.observations.revisions import name_events
from qdlib.observations.rows import COLUMNS, in_catalogue_unit

INDICATORS = [
    "gdp_current_prices",
    "gdp_per_capita",
    "industry_value_added",
    "primary_value_added",
    "secondary_value_added",
    "tertiary_value_added",
    "finance_value_added",
    "retail_sales",
]
CENSUSES = (2004, 2008, 2013, 2018)
FIRST, YEARBOOKS = 1978, range(2000, 2025)
MAIN_YEARS = {1978, 1980, 1985, 1990, 1995, 2000, 2005, 2010, 2015, 2020}


def simulate(cities: int, seed: int) -> tuple[pd.DataFrame, set]:
    """Observation rows, and the true (city, indicator, census, edition) of every census that was printed."""
    random, records, truth = np.random.default_rng(seed), [], set()
    for city in range(cities):
        simulate_city(f"city_{city:03d}", random, records, truth)
    return pd.DataFrame(records, columns=COLUMNS), truth


def simulate_city(city: str, random: np.random.Generator, records: list, truth: set) -> None:
    years = np.arange(FIRST, YEARBOOKS[-1])
    number = len(INDICATORS)
    growth = random.normal(0.11, 0.05, (number, len(years)))
    basis = random.uniform(20, 400, (number, 1)) * np.exp(np.cumsum(growth, axis=1))
    style, decimals = random.choice(["whole", "main", "window"]), random.integers(0, 3, number)
    routine = random.random(number) < 0.2
    censuses = {c: plan_census(c, random, number, years) for c in CENSUSES if random.random() < 0.85}
    printed = basis.copy()  # what the office holds now, census by census
    for yearbook in YEARBOOKS:
        newest = yearbook - 1 - FIRST
        preliminary = printed[:, newest] * (1 + random.normal(0, 0.006, number))
        for census, (release, factor) in censuses.items():
            if release == yearbook:
                # A communiqué in the spring before stands on the new basis when the census is two years back, as 2019 did in Qingdao.
                past = years <= (census if release == census + 2 else census + 1)
                before = printed.copy()
                printed[:, past] *= factor[:, past]
                shown = printable(style, years, newest) & past
                moved = np.any(np.abs(printed[:, shown] / before[:, shown] - 1) > 0.001, axis=1)
                truth |= {(city, INDICATORS[k], census, f"nb_yearbook_{yearbook}") for k in np.flatnonzero(moved)}
        if random.random() < 0.03:
            some = random.random(number) < 0.6
            printed[some, :newest] *= 1 + random.choice([-1, 1]) * random.uniform(0.01, 0.03)
        last = slice(max(newest - 3, 0), newest)
        printed[routine, last] *= 1 + random.normal(0, 0.006, (routine.sum(), 3))
        for k in range(number):
            add(
                records,
                city,
                k,
                years[newest],
                preliminary[k],
                decimals[k],
                f"qd_communique_{yearbook - 1}",
                f"{yearbook}-02",
                random,
            )
            for at in np.flatnonzero(printable(style, years, newest)):
                add(records, city, k, years[at], printed[k, at], decimals[k], f"nb_yearbook_{yearbook}", f"{yearbook}-10", random)


def plan_census(census: int, random: np.random.Generator, number: int, years: np.ndarray) -> tuple[int, np.ndarray]:
    """Year of printing, and the factor by indicator and year: nothing before it is phased in, all of it at the census."""
    size = random.choice([-1, 1]) * random.uniform(0.02, 0.12) * random.uniform(0.4, 1.6, (number, 1))
    size *= random.random((number, 1)) < 0.9
    phase = random.integers(4, 12)
    ramp = np.clip((years - (census - phase)) / phase, 0, 1)
    return census + int(random.integers(2, 4)), 1 + size * ramp


def printable(style: str, years: np.ndarray, newest: int) -> np.ndarray:
    until = np.arange(len(years)) <= newest
    if style == "window":
        return until & (np.arange(len(years)) > newest - 8)
    return until & (np.isin(years, list(MAIN_YEARS)) | (np.arange(len(years)) > newest - 6)) if style == "main" else until


def add(records: list, city, k, year, value, decimals, edition, published, random) -> None:
    text = f"{value:.{decimals}f}"
    if random.random() < 0.002:
        at = random.integers(len(text))
        text = (
            text[:at] + (str((int(text[at]) + random.integers(1, 10)) % 10) if text[at].isdigit() else text[at]) + text[at + 1 :]
        )
    unit = "yuan" if INDICATORS[k] == "gdp_per_capita" else "hundred_million_yuan"
    records.append(
        (
            city,
            INDICATORS[k],
            "whole_city",
            int(year),
            float(text),
            unit,
            int(decimals),
            "A",
            "equal",
            edition,
            published,
            f"{edition}/t.csv!csv!{city}.{k}.{year}",
            text,
            "",
        )
    )


def score(truth: set, found: set) -> dict[str, float]:
    right = len(truth & found)
    precision, recall = right / max(len(found), 1), right / max(len(truth), 1)
    return {"precision": precision, "recall": recall, "F1": 2 * precision * recall / max(precision + recall, 1e-9)}


def by_length_and_end(pairs: pd.DataFrame) -> set:
    """The plain rule to beat: three revised years in a row that end at a census or the year after."""
    keys = ["city", "indicator", "edition"]
    runs = pairs.assign(run=(pairs["same"] | (pairs[keys] != pairs[keys].shift()).any(axis=1)).cumsum())[~pairs["same"]]
    ends = runs.groupby([*keys, "run"]).agg(last=("year", "max"), years=("year", "size")).reset_index()
    ends = ends[ends["years"] >= 3]
    return {(e.city, e.indicator, c, e.edition) for e in ends.itertuples() for c in CENSUSES if e.last in (c, c + 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--cities", type=int, default=60)
    options = parser.parse_args()
    catalogue = load_catalogue()
    rows, truth = simulate(options.cities, options.seed)
    rows = in_catalogue_unit(rows.astype({"year": "int64", "decimals": "Int64"}), catalogue)
    began = time.perf_counter()
    pairs = compare_editions(rows, catalogue)
    events = name_events(pairs, catalogue)
    seconds = time.perf_counter() - began
    census = events[events["event"] == "census_revision"]
    found = {(e.city, e.indicator, int(e.census), e.edition) for e in census.itertuples()}
    print(
        f"seed {options.seed}: {len(rows):,} figures, {len(pairs):,} overlaps, {len(events):,} events in {seconds:.1f} s; "
        f"{len(truth)} true censuses"
    )
    for name, guess in (("length and end year alone", by_length_and_end(pairs)), ("qdlib", found)):
        print(f"  {name:28s}" + "  ".join(f"{key} {value:.3f}" for key, value in score(truth, guess).items()))
    print("  floor F1 .95, goal .98;", "events:", events["event"].value_counts().to_dict())


if __name__ == "__main__":
    main()
