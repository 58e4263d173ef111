"""Worked examples of the methods page: figures calculated by hand beside what the code gives.

Takes small series and hand results; gives a frame, and raises DataError where code and hand differ, so that the page cannot be
published with a wrong formula. Invented numbers only.
"""

from collections.abc import Iterable

import pandas as pd

from qdlib.analysis.paths import Path
from qdlib.analysis.schedule import coefficient
from qdlib.errors import DataError, raise_all

FIRST_YEAR = 2001


def forecast_examples(cases: Iterable[tuple[str, list[float], int, float, float]]) -> pd.DataFrame:
    """One row per case (method, history, step, hand result, tolerance): the member's point from the code beside it.

    Columns method, history, step, by_hand, by_code. Raises DataError naming every case beyond its tolerance.
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
        rows.append({"method": method, "history": text, "step": step, "by_hand": by_hand, "by_code": by_code})
    raise_all(DataError, faults, "worked examples of forecasting")
    return pd.DataFrame(rows)


def schedule_examples(cases: Iterable[tuple[str, float, int, float, int, int, float, float]]) -> pd.DataFrame:
    """One row per case (shape, base, base year, target, target year, year, figure, hand result): S from the code beside it."""
    rows, faults = [], []
    for shape, base, base_year, target, target_year, year, value, by_hand in cases:
        by_code = coefficient(Path(shape, base, base_year, target, target_year), year, value)
        if by_code is None or abs(by_code - by_hand) > 5e-4:
            faults.append(f"{shape} {base} → {target}, {value} in {year}: by hand {by_hand}, the code gives {by_code}")
        rows.append({"shape": shape, "base": base, "target": target, "year": year, "value": value, "by_hand": by_hand, "by_code": by_code})
    raise_all(DataError, faults, "worked examples of schedules")
    return pd.DataFrame(rows)
