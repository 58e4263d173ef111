"""Scenarios: frames for fan charts, and paths in which some years are given.

Takes a forecast, gives frames. Does not draw and does not forecast anew. Decision: a path has no band, because nobody knows how
sure an assumption is; beside each year stands where the path lies in the baseline's distribution.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from qdlib.errors import DataError
from qdlib.forecasting.forecasts import Forecast, check_levels


def fan(forecast: Forecast, unique_id, levels=(50, 80, 95)) -> pd.DataFrame:
    """`ds, observed, median, lo-L, hi-L …` of one series: its observed years, then the forecast, joined at the last observed
    year.

    In the joining year median and bands equal the observed value; before it they are missing, after it `observed` is.
    """
    levels = check_levels(levels)
    i = forecast.panel.find(unique_id)
    dates, _, values = forecast.panel.observed(i)
    if forecast.notes.iloc[i]["status"] == "not_forecast":
        raise DataError(f"{unique_id!r} is not forecast: {forecast.notes.iloc[i]['reason']} · expected at least 4 usable years")
    names = ["median", *(f"{end}-{level}" for level in levels for end in ("lo", "hi"))]
    ends = [0.5] + [0.5 + sign * level / 200 for level in levels for sign in (-1, 1)]
    ahead = {name: forecast.quantile(p)[i] for name, p in zip(names, ends, strict=True)}
    blank = np.full(len(values), np.nan)
    blank[-1] = values[-1]
    frame = {"ds": pd.array(np.concatenate([dates, forecast.years[i]]), dtype=forecast.panel.date_type),
             "observed": np.concatenate([values, np.full(forecast.horizon, np.nan)])}
    return pd.DataFrame(frame | {name: np.concatenate([blank, ahead[name]]) for name in names})


def path(forecast: Forecast, unique_id, growth: Mapping[int, float] | None = None,
         level: Mapping[int, float] | None = None) -> pd.DataFrame:
    """`ds, baseline, path, growth, given, percentile` of one series' forecast years, in its unit; growth in per cent on the year
    before.

    growth: {year: per cent}; level: {year: value}. Years not given keep the baseline's growth from the new level (on the raw
    path, and where the baseline is not positive: the baseline's change). percentile (0–100) is the path's place in the baseline's
    distribution. Raises DataError for a year given twice, and for a year that is observed or past the horizon.
    """
    growth, level = dict(growth or {}), dict(level or {})
    twice = sorted(set(growth) & set(level))
    if twice:
        raise DataError(f"{unique_id!r} {', '.join(map(str, twice))}: growth and level given for one year · expected one of them")
    for year in (*growth, *level):
        forecast.locate(unique_id, year)
    i = forecast.panel.find(unique_id)
    first = int(forecast.panel.last[i]) + 1
    _, _, values = forecast.panel.observed(i)
    before = last = float(values[-1])
    rows = []
    for step, baseline in enumerate(forecast.point[i].tolist()):
        year = first + step
        if year in level:
            value, given = float(level[year]), "level"
        elif year in growth:
            value, given = last * (1 + growth[year] / 100), "growth"
        elif last == before:
            value, given = baseline, ""
        else:
            positive = not forecast.raw[i] and before > 0
            value, given = (last * (baseline / before) if positive else last + baseline - before), ""
        change = 100 * (value / last - 1) if last > 0 else float("nan")
        rows.append((baseline, value, change, given, forecast.percentile(i, step, value)))
        before, last = baseline, value
    frame = pd.DataFrame(rows, columns=["baseline", "path", "growth", "given", "percentile"])
    frame.insert(0, "ds", pd.array(forecast.years[i], dtype=forecast.panel.date_type))
    return frame
