"""All cases of the facts file: published ones to 1e-9, its own ones to the digits that it prints.

The file lies beside the repository and is not part of it; its 36 published cases are tested without it in test_published_cases.
"""

import json
import math
from fractions import Fraction
from pathlib import Path

import pytest

from qdlib.analysis import composite, distance, drift, growth_ratio, nowcast, realisation, status_index, two_piece, weather
from qdlib.analysis import paths as shapes
from qdlib.analysis.growth_ratio import (
    eurostat_rate_score,
    eurostat_score,
    statcan_rate_score,
    statcan_rate_status,
    statcan_score,
    statcan_status,
)
from qdlib.analysis.reference_class import Frequency
from qdlib.analysis.schedule import coefficient, required_growth, years_ahead

FACTS = Path(__file__).parents[2].with_name("shared") / "facts" / "statcan_cases.json"
pytestmark = pytest.mark.skipif(not FACTS.exists(), reason="../shared/facts/statcan_cases.json is not beside the repository")
DEFAULT_YEAR = 2030


def ends(i: dict) -> tuple:
    return i["base_value"], i["base_year"], i["current_value"], i["current_year"], i["target"], i["target_year"] or DEFAULT_YEAR


def compute_growth_ratio(i: dict) -> dict:
    ratio, met = (
        growth_ratio.growth_ratio(*ends(i), i["direction"]).value,
        growth_ratio.reaches(i["current_value"], i["target"], i["direction"]),
    )
    status = statcan_status(ratio, met)
    return {
        "progress_value": ratio,
        "growth_ratio": ratio,
        "score": statcan_score(ratio, met),
        "status": status,
        "unsd_ratio": growth_ratio.unsd_ratio(*ends(i)).value,
    }


def compute_rate(i: dict) -> dict:
    if i["base_value"] is None:
        return {"progress_value": None, "score": None, "status": statcan_rate_status(None)}
    rate = growth_ratio.growth_rate(*ends(i)[:4], i["direction"]).value
    factor = growth_ratio.limit_factor(i["base_value"], i["limit"])
    score = None if rate is None else statcan_rate_score(rate, factor)
    return {"progress_value": rate, "score": score, "status": statcan_rate_status(rate, factor)}


def compute_eurostat(i: dict) -> dict:
    ratio = growth_ratio.growth_ratio(*ends(i), i["direction"]).value
    return {"progress_value": ratio, "score": eurostat_score(ratio)}


def compute_eurostat_rate(i: dict) -> dict:
    rate = growth_ratio.growth_rate(i["base_value"], i["base_year"], i["current_value"], i["current_year"], i["direction"]).value
    return {"progress_value": rate, "score": eurostat_rate_score(rate)}


def on_paths(i: dict) -> dict:
    """S, years ahead and yearly values on each shape that can join the ends."""
    base, start, value, year, target, end = ends(i)
    line = shapes.Path("linear", base, start, target, end, i.get("upper_limit", 100.0))
    every = {name: line.with_shape(name) for name in ("linear", "geometric", "s_curve")}
    if "upper_limit" in i:
        every["logit"] = line.with_shape("logit")
    found = {f"schedule_{name}": coefficient(path, year, value) for name, path in every.items() if path}
    found |= {
        f"years_ahead_{name}": years_ahead(path, year, value)
        for name, path in every.items()
        if path and name in ("linear", "geometric")
    }
    values = {name: [path.value(y) for y in range(start, end + 1)] for name, path in every.items() if path}
    return found | {"paths_2021_to_2026": {"scurve" if name == "s_curve" else name: row for name, row in values.items()}}


def compute_schedule(i: dict) -> dict:
    from qdlib.analysis.robustness import rounding_range

    base, start, value, year, target, end = ends(i)
    line = shapes.Path("linear", base, start, target, end)
    pace = required_growth(value, target, end - year, in_points=False)
    return on_paths(i) | {
        "growth_ratio": growth_ratio.growth_ratio(*ends(i), 1).value,
        "attainment": distance.attainment(value, target, "up"),
        "share_of_distance": distance.distance(base, value, target),
        "share_of_time": distance.time_share(start, year, end),
        "required_growth_per_year": pace / 100,
        "schedule_linear_range_from_rounding": list(rounding_range(line, year, value, 0.05, 0.05)),
    }


def compute_several(i: dict) -> dict:
    base, start, value, year, target, end = ends(i)
    ratio, unsd = growth_ratio.growth_ratio(*ends(i), i["direction"]), growth_ratio.unsd_ratio(*ends(i))
    return on_paths(i) | {
        "growth_ratio": ratio.value,
        "cagr_actual": ratio.growth,
        "unsd_projected_value_at_target_year": value * (1 + unsd.growth) ** (end - year),
        "unsd_ratio": unsd.value,
        "unsd_score": growth_ratio.unsd_score(unsd.value),
        "attainment_target_over_value": distance.attainment(value, target, "down"),
        "share_of_distance": distance.distance(base, value, target),
        "share_of_time": distance.time_share(start, year, end),
        "csi": status_index.status_index(base, value, target, i["direction"]).value,
    }


def compute_cumulative(i: dict) -> dict:
    start, year, end, goal, done = i["start_year"], i["current_year"], i["target_year"], i["target"], i["done"]
    line = shapes.Path("linear", 0, start, goal, end)
    return {
        "share_of_distance": distance.distance(0, done, goal),
        "needed_now": line.value(year),
        "schedule_ratio": coefficient(line, year, done),
        "remaining_per_year": required_growth(done, goal, end - year, in_points=True),
        "average_so_far_per_year": required_growth(0, done, year - start, in_points=True),
        "growth_ratio": growth_ratio.growth_ratio(0, start, done, year, goal, end, 1).value,
        "growth_ratio_if_base_replaced_by_0_001": growth_ratio.growth_ratio(0.001, start, done, year, goal, end, 1).value,
    }


def compute_target_of_zero(i: dict) -> dict:
    base, start, value, year, target, end = ends(i)
    instead = (0.1, 0.001, 1)
    ratios = {f"{x:g}": growth_ratio.growth_ratio(base, start, value, year, x, end, i["direction"]).value for x in instead}
    return {
        "schedule_linear": coefficient(shapes.Path("linear", base, start, target, end), year, value),
        "growth_ratio": growth_ratio.growth_ratio(*ends(i), i["direction"]).value,
        "growth_ratio_if_target_replaced_by": ratios,
    }


def compute_drift(i: dict) -> dict:
    known = drift.Drift(
        "log", i["log_value"], i["mean_log_growth"], i["sd_log_growth"], i["n_differences"], float(i["n_differences"])
    )
    return {"probability": drift.reach_probability(known, math.exp(i["log_target"]), i["horizon"], i["direction"])}


def compute_two_piece(i: dict) -> dict:
    targets = ("13000", "12000", "11000")
    return {"prob_at_least": {t: two_piece.reach_probability(float(t), i["mode"], i["sigma"], i["skew"]) for t in targets}}


def compute_jeffreys(i: dict) -> dict:
    found = Frequency(i["successes"], i["cases"], 1)
    low, high = found.interval(i["level"])
    return {"estimate": found.probability, "low": low, "high": high}


def compute_weather(i: dict) -> dict:
    values, target, years, direction = i["last_six_values"], i["target"], i["years_to_target"], i["direction"]
    found = weather.weather(values, target, years, direction)
    return {
        "mean_change": found.change,
        "projection": values[-1] + found.change * years if found.projection is None else found.projection,
        "relative_miss": found.miss,
        "symbol": found.symbol.replace("_", " "),
    }


def compute_csi(i: dict) -> dict:
    direction = 1 if i["target"] > i["base"] else -1
    return {"csi": status_index.status_index(i["base"], i["value"], i["target"], direction).value}


def compute_band(i: dict) -> dict:
    from dataclasses import replace

    from qdlib.analysis.schedule import meets
    from qdlib.catalogue import load_catalogue

    tolerance = Fraction(str(i["relative_tolerance"]))
    target = replace(load_catalogue().policy.targets["T02"], op="about", value=Fraction(i["target"]), tolerance=tolerance)
    lower, upper = target.value * (1 - tolerance), target.value * (1 + tolerance)
    return {"lower": float(lower), "upper": float(upper), "met": {x: meets(target, float(x)) for x in ("32.0", "32.1")}}


def compute_rank(i: dict) -> dict:
    of, goal = i["n"], i["target_rank"]
    return {
        "attainment": distance.rank_attainment(i["current_rank"], goal, of),
        "share_of_distance": distance.rank_distance(i["base_rank"], i["current_rank"], goal),
        "met_at_rank_5": distance.rank_attainment(5, goal, of) == 1,
        "attainment_at_rank_5": distance.rank_attainment(5, goal, of),
    }


def compute_quota(i: dict) -> dict:
    found = distance.measure_quota(i["values"], i["target_per_year"])
    naive = distance.attainment(sum(i["values"].values()), i["target_per_year"] * len(i["values"]), "up")
    return {"hit_rate": found.hit_rate, "mean_capped": found.mean_capped, "backlog": found.backlog, "naive_cumulative": naive}


def compute_identity(i: dict) -> dict:
    from qdlib.analysis.identities import implied_value
    from qdlib.catalogue import load_catalogue

    policy = load_catalogue().policy
    implied, low, high = implied_value(policy.identities[0], policy)
    return {
        "implied_gdp": implied,
        "implied_gdp_low": low,
        "implied_gdp_high": high,
        "growth_per_year_from_2021": required_growth(i["gdp_2021"], implied, 5, in_points=False) / 100,
        "share_if_gdp_is_17935": i["marine_gdp_target"] / 17935,
        "marine_gdp_if_share_is_33_percent_of_17935": i["marine_share_target"] * 17935,
        "growth_needed_from_17000": required_growth(17000, implied, 1, in_points=False) / 100,
    }


def compute_maintained(i: dict) -> dict:
    base_met = growth_ratio.reaches(i["base_value"], i["target"], i["direction"])
    return {
        "mode": "maintain" if base_met else "reach",
        "growth_ratio_published": growth_ratio.growth_ratio(*ends(i), i["direction"]).value,
        "share_of_distance_misleading": distance.distance(i["base_value"], i["current_value"], i["target"]),
    }


def compute_steps(i: dict) -> dict:
    base, start, value, year, target, end = ends(i)
    path = shapes.Path("steps", base, start, target, end)
    return {
        "share_of_distance": distance.distance(base, value, target),
        "schedule_ratio": coefficient(path.with_shape("linear"), year, value),
        "integer_path_2021_to_2026": [path.value(y) for y in range(start, end + 1)],
    }


def compute_nowcast(i: dict) -> dict:
    partial = {(2024, 10): i["first_ten_months_previous_year"], (2025, 10): i["first_ten_months"]}
    return {"nowcast": nowcast.nowcast_year(2025, 10, {2024: i["annual_previous_year"]}, partial).value}


def compute_realisation(i: dict) -> dict:
    band = i["interval"]
    return {
        "positive": 100 * realisation.realise_at_least(*i["positive"]),
        "positive_over": 100 * realisation.realise_at_least(*i["positive_over"]),
        "negative": 100 * realisation.realise_at_most(*i["negative"]),
        "interval": [100 * realisation.realise_within(x, tuple(band["band"]), tuple(band["limits"])) for x in band["values"]],
    }


def compute_composite(i: dict) -> dict:
    found = composite.compose_index(dict(zip("abc", i["scores"], strict=True)))
    return {
        "arithmetic": found.arithmetic,
        "geometric": found.geometric,
        "leave_one_out_arithmetic": list(found.without.values()),
    }


METHODS = {
    "growth_ratio": compute_growth_ratio,
    "growth_rate_without_target": compute_rate,
    "growth_ratio_eurostat_score": compute_eurostat,
    "growth_rate_without_target_eurostat_score": compute_eurostat_rate,
    "several": compute_several,
    "schedule_cumulative": compute_cumulative,
    "schedule_linear": compute_target_of_zero,
    "schedule_paths": compute_schedule,
    "probability_drift": compute_drift,
    "split_normal": compute_two_piece,
    "jeffreys_interval": compute_jeffreys,
    "dns_weather": compute_weather,
    "escap_csi": compute_csi,
    "escap_csi_parity": lambda i: {"csi": status_index.parity_index(i["base"], i["value"], i["target"]).value},
    "two_sided_band": compute_band,
    "rank": compute_rank,
    "annual_recurring": compute_quota,
    "identity": compute_identity,
    "maintain": compute_maintained,
    "schedule_integer_path": compute_steps,
    "nowcast": compute_nowcast,
    "xiaokang": compute_realisation,
    "composite": compute_composite,
}
WORDS = {"on track": "substantial_progress"}


def differences(expected, found, exact: bool = False, where: str = "") -> list[str]:
    """Every expected figure that the found one misses: by 1e-9 (relative above 1), or by half of the last digit printed."""
    if isinstance(expected, dict):
        return [line for key, value in expected.items() for line in differences(value, found[key], exact, f"{where}.{key}")]
    if isinstance(expected, list):
        longer = [f"{where}: {len(found)} values, expected {len(expected)}"] if len(expected) != len(found) else []
        pairs = enumerate(zip(expected, found, strict=False))
        return longer + [line for n, (one, other) in pairs for line in differences(one, other, exact, f"{where}[{n}]")]
    if expected is None or isinstance(expected, (str, bool)):
        return [] if WORDS.get(expected, expected) == found else [f"{where}: {found!r}, expected {expected!r}"]
    allowed = 1e-9 * max(1, abs(expected))
    if not exact and expected != round(expected):
        allowed = max(allowed, 0.5 * 10.0 ** -len(repr(expected).partition(".")[2]) * (1 + 1e-9))
    return [] if abs(found - expected) <= allowed else [f"{where}: {found!r}, expected {expected!r} within {allowed:g}"]


def load_cases() -> list:
    return json.loads(FACTS.read_text("utf-8")) if FACTS.exists() else []


@pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in load_cases()])
def test_case_of_the_facts(case):
    assert not differences(case["expected"], METHODS[case["method"]](case["inputs"]), exact=case["published"])


def test_every_case_and_method_is_covered():
    cases = load_cases()
    assert (len(cases), sum(case["published"] for case in cases)) == (68, 36)
    assert {case["method"] for case in cases} == set(METHODS)


def test_the_comparison_can_fail():
    assert differences({"a": 0.123457}, {"a": 0.1234576}) and not differences({"a": 0.123457}, {"a": 0.12345651})
    assert differences({"a": [1.0, 2.0]}, {"a": [1.0]}) and differences({"a": "sun"}, {"a": "cloud"})
    assert differences({"a": 5.0}, {"a": 5.00000001})
    assert differences({"a": 2.5}, {"a": 2.51}, exact=True) and not differences({"a": 2.5}, {"a": 2.51})


def test_the_published_csv_is_the_file_s():
    import pandas as pd

    own = pd.read_csv(Path(__file__).with_name("published_cases.csv"), dtype={"indicator": str})
    published = [case for case in load_cases() if case["published"]]
    for case, row in zip(published, own.to_dict("records"), strict=True):
        for key in (*case["inputs"], *case["expected"]):
            value = (case["inputs"] | case["expected"])[key]
            assert pd.isna(row[key]) if value is None else row[key] == value, (case["id"], key)
