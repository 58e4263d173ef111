"""Worked examples of the methods page: figures calculated by hand beside what the code gives.

Takes small series and hand results; gives a frame, and raises DataError where code and hand differ, so that the page cannot be
published with a wrong formula. Invented numbers only.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from qdlib.analysis.paths import Path
from qdlib.analysis.schedule import coefficient
from qdlib.errors import DataError, raise_all

FIRST_YEAR = 2001


def forecast_examples(cases: Iterable[tuple[str, list[float], int, float, float]]) -> pd.DataFrame:
    """One row per case (method, history, step, hand result, tolerance): the member's point from the code beside it.

    Columns method, history, step, by_hand, by_code, tolerance. Raises DataError naming every case beyond its tolerance.
    """
    from qdlib.forecasting import Panel, forecast

    rows, faults = [], []
    for method, history, step, by_hand, tolerance in cases:
        years = range(FIRST_YEAR, FIRST_YEAR + len(history))
        frame = pd.DataFrame({"unique_id": method, "ds": list(years), "y": [float(value) for value in history]})
        raw = method in ("ses", "mean_ten", "theta")
        result = forecast(Panel.from_frame(frame), step, scale="raw" if raw else "auto", learner=False)
        by_code = float(result.members[result.member_names.index(method), 0, step - 1])
        if abs(by_code - by_hand) > tolerance:
            faults.append(f"{method} on {history}, step {step}: by hand {by_hand}, the code gives {by_code:.6g}")
        text = ", ".join(f"{value:g}" for value in history)
        rows.append({"method": method, "history": text, "step": step, "by_hand": by_hand, "by_code": by_code, "tolerance": f"{tolerance:g}"})
    raise_all(DataError, faults, "worked examples of forecasting")
    return pd.DataFrame(rows)


def rule_examples(cases: Iterable[tuple[str, list[float], float, float]]) -> pd.DataFrame:
    """One row per case (rule, inputs, hand result, tolerance): what the code gives for the inputs beside the hand result.

    Columns rule, inputs, by_hand, by_code, tolerance. Rules and their inputs are those of `RULES`. Raises DataError naming every
    case beyond its tolerance, and every rule that is not known.
    """
    rows, faults = [], []
    for rule, inputs, by_hand, tolerance in cases:
        if rule not in RULES:
            faults.append(f"no rule {rule!r}; known are {', '.join(RULES)}")
            continue
        by_code = float(RULES[rule](*[float(value) for value in inputs]))
        if not abs(by_code - by_hand) <= tolerance:
            faults.append(f"{rule} on {inputs}: by hand {by_hand}, the code gives {by_code:.6g}")
        text = ", ".join(f"{value:g}" for value in inputs)
        rows.append({"rule": rule, "inputs": text, "by_hand": by_hand, "by_code": by_code, "tolerance": f"{tolerance:g}"})
    raise_all(DataError, faults, "worked examples of rules")
    return pd.DataFrame(rows)


def _forecast_history(*history: float):
    """Forecast of two steps of an invented history."""
    from qdlib.forecasting import Panel, forecast

    frame = pd.DataFrame({"unique_id": "y", "ds": range(FIRST_YEAR, FIRST_YEAR + len(history)), "y": history})
    return forecast(Panel.from_frame(frame), 2)


def _transform(exponent: float, x: float) -> float:
    from qdlib.forecasting.methods import transform

    return transform(np.array([[x]]), np.array([exponent]))[0, 0]


def _make_curve(low: float, middle: float, high: float) -> np.ndarray:
    """Knots in ln y of a curve with the given 10, 50 and 90 % points; the outermost follow the same lines."""
    from qdlib.forecasting.intervals import Z

    inner = np.log([low, middle, high])
    down, up = (inner[1] - inner[0]) / -Z[1], (inner[2] - inner[1]) / Z[3]
    return np.array([inner[1] + Z[0] * down, *inner, inner[1] + Z[4] * up])


def _read_quantile(low: float, middle: float, high: float, p: float) -> float:
    from qdlib.forecasting.intervals import read_quantile

    return np.exp(read_quantile(_make_curve(low, middle, high), p))


def _reach(low: float, middle: float, high: float, target: float) -> float:
    from qdlib.forecasting.intervals import read_share_below

    return 1 - read_share_below(_make_curve(low, middle, high), np.log(target), include=False)


def _reconcile(total: float, one: float, other: float, *deviations: float) -> np.ndarray:
    """Reconciled total and two parts of a one-year forecast with the given standard deviations."""
    from qdlib.forecasting import Panel, forecast
    from qdlib.forecasting.intervals import Z
    from qdlib.forecasting.reconcile import reconcile

    names, points = ["total", "one", "other"], np.array([[total], [one], [other]])
    years = pd.DataFrame({"unique_id": np.repeat(names, 5), "ds": list(range(5)) * 3, "y": np.repeat(points[:, 0], 5)})
    base = forecast(Panel.from_frame(years), 1, scale="raw")
    knots = points[..., None] + np.array(deviations)[:, None, None] * Z
    known = replace(base, point=points, knots=knots)
    return reconcile(known, ({"total": 1, "one": -1, "other": -1}, 0.0)).point[:, 0]


def _follow_path(first: float, second: float, growth: float) -> float:
    """Second year of a path whose first year grows by `growth` per cent from 100, where the baseline says `first` and `second`."""
    from qdlib.forecasting.scenarios import path

    base = _forecast_history(80, 84, 88, 92, 96, 100)
    known = replace(base, point=np.array([[first, second]]))
    return path(known, "y", growth={int(known.years[0, 0]): growth})["path"].iloc[1]


def _scale_naive(*values: float) -> float:
    """MASE of the naive forecast of the last two values from those before them."""
    from qdlib.forecasting import Panel
    from qdlib.forecasting.backtest import roll

    frame = pd.DataFrame({"unique_id": "y", "ds": range(len(values)), "y": values})
    return roll(Panel.from_frame(frame), 2, origins=[len(values) - 3], methods=["naive"]).table()["MASE"].item()


def _score(name: str):
    from qdlib.forecasting import scores

    return getattr(scores, name)


# Rule of the methods page -> what the code gives for its inputs (all numbers, in the order of the page's sentence).
RULES = {
    "pool": lambda *history: _forecast_history(*history).pool[0, 1],
    "learned_half": lambda *history: _forecast_history(*history).point[0, 1],
    "box_cox": _transform,
    "quantile": _read_quantile,
    "reach": _reach,
    "reconcile_total": lambda *inputs: _reconcile(*inputs)[0],
    "reconcile_part": lambda *inputs: _reconcile(*inputs)[1],
    "scenario": _follow_path,
    "smape": lambda y, f: _score("smape")(np.array([y]), np.array([f]))[0],
    "mase": _scale_naive,
    "interval_score": lambda y, low, high, level: _score("interval_score")(
        np.array([y]), np.array([low]), np.array([high]), int(level)
    )[0],
    "diebold_mariano": lambda horizon, *differences: _score("diebold_mariano")(differences, int(horizon))["statistic"],
}


def schedule_examples(cases: Iterable[tuple[str, float, int, float, int, int, float, float]]) -> pd.DataFrame:
    """One row per case (shape, base, base year, target, target year, year, figure, hand result): S from the code beside it."""
    rows, faults = [], []
    for shape, base, base_year, target, target_year, year, value, by_hand in cases:
        by_code = coefficient(Path(shape, base, base_year, target, target_year), year, value)
        if by_code is None or abs(by_code - by_hand) > 5e-4:
            faults.append(f"{shape} {base} → {target}, {value} in {year}: by hand {by_hand}, the code gives {by_code}")
        rows.append(
            {"shape": shape, "base": base, "target": target, "year": year, "value": value, "by_hand": by_hand, "by_code": by_code}
        )
    raise_all(DataError, faults, "worked examples of schedules")
    return pd.DataFrame(rows)
