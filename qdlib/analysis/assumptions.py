"""What if: a path under assumed growth, and what moves the forecast.

Takes the forecasters' frame of a city and assumptions written as `2027:5.5` (growth of 5.5 % in 2027) or `2027=18000` (a level in the
indicator's unit); gives frames. Does not say that an assumption will come true: a scenario has no band, only its place in the baseline's
distribution. Decision: each alternative of `compare_inputs` changes one input and forecasts anew by the same method, so that a reader
sees what the answer hangs on.
"""

import re
from collections.abc import Iterable

import pandas as pd

from qdlib.errors import DataError

ASSUMPTION = re.compile(r"(\d{4})([:=])(-?\d+(?:\.\d+)?)")
LOWER = 1.0  # per cent by which the last figure is lowered
RECENT = 10  # years of the short history


def read_assumptions(entries: Iterable[str]) -> tuple[dict[int, float], dict[int, float]]:
    """Growth (%) and level by year; DataError that lists every entry that is neither, and every year given twice."""
    growth, level, faults = {}, {}, []
    for entry in entries:
        found = ASSUMPTION.fullmatch(str(entry))
        if not found:
            faults.append(f"{entry!r}: expected year:growth in per cent or year=level, as 2027:5.5 or 2027=18000")
        elif int(found[1]) in growth or int(found[1]) in level:
            faults.append(f"{entry!r}: {found[1]} is given twice")
        else:
            (growth if found[2] == ":" else level)[int(found[1])] = float(found[3])
    if faults:
        raise DataError("; ".join(faults))
    return growth, level


def assume(outlook, indicator: str, entries: Iterable[str]) -> pd.DataFrame:
    """Year by year the baseline and the path under the assumptions: year, baseline, path, growth (%), given, percentile, difference (%).

    Empty where nothing is assumed, the indicator is not forecast, or an assumed year is no forecast year (`outside` lists those).
    """
    from qdlib.forecasting.scenarios import path

    growth, level = read_assumptions(entries)
    note = outlook.notes.set_index("unique_id").loc[indicator]
    if not (growth or level) or note["status"] == "not_forecast" or outside(outlook, indicator, entries):
        return pd.DataFrame(columns=["year", "baseline", "path", "growth", "given", "percentile", "difference"])
    frame = path(outlook, indicator, growth, level).rename(columns={"ds": "year"})
    return frame.assign(difference=100 * (frame["path"] / frame["baseline"] - 1), year=frame["year"].astype(int))


def outside(outlook, indicator: str, entries: Iterable[str]) -> list[int]:
    """Assumed years that are not forecast: observed already, or past the horizon."""
    growth, level = read_assumptions(entries)
    years = {int(year) for year in outlook.years[outlook.panel.find(indicator)]}
    return sorted({*growth, *level} - years)


def compare_inputs(panel: pd.DataFrame, indicator: str, horizon: int) -> pd.DataFrame:
    """What the forecast of the last year would be with one input changed: change (code), value, difference (% of the baseline).

    Codes: lower_last (last figure `LOWER` % lower), without_last (as known a year earlier), recent_only (the last `RECENT` years),
    pool_only (without the learned correction). An alternative that leaves too few years is missing.
    """
    from qdlib.forecasting import Panel, forecast

    own = panel[panel["unique_id"] == indicator].sort_values("ds", ignore_index=True)
    lowered = own.assign(y=own["y"].where(own.index < len(own) - 1, own["y"] * (1 - LOWER / 100)))
    recent = own[own["ds"] > own["ds"].max() - RECENT]
    runs = {
        "baseline": (own, horizon, True),
        "lower_last": (lowered, horizon, True),
        "recent_only": (recent, horizon, True),
        "pool_only": (own, horizon, False),
    }
    earlier = own.iloc[:-1]
    if len(earlier):
        runs["without_last"] = (earlier, horizon + int(own["ds"].max() - earlier["ds"].max()), True)
    value = {
        code: float(forecast(Panel.from_frame(rows), steps, learner=learner).point[0, -1])
        for code, (rows, steps, learner) in runs.items()
    }
    order = ["baseline", "lower_last", "without_last", "recent_only", "pool_only"]
    frame = pd.DataFrame({"change": order, "value": [value.get(code, float("nan")) for code in order]})
    return frame.assign(difference=100 * (frame["value"] / value["baseline"] - 1))
