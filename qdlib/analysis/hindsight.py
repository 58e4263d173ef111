"""How far a city's forecasts may be believed: the same method, asked in past years.

Takes the forecaster's frames of a city and of its peers; gives scores by method, coverage by step, and the verdict on the bands. Does not
widen a band. Decision: the city alone has too few cases for a verdict, so the peers' stand beside it; both are final vintages, which
flatters, and the page says so.
"""

import pandas as pd

ORIGINS = 8
METHODS = ("default", "drift", "naive")


def look_back(panel: pd.DataFrame, horizon: int):
    """Back-test over the last origins of all series of a frame (unique_id, ds, y)."""
    from qdlib.forecasting import Panel
    from qdlib.forecasting.backtest import roll

    return roll(Panel.from_frame(panel), horizon, origins=ORIGINS, methods=METHODS)


def score(backtest) -> pd.DataFrame:
    """One row per method: method, cases, smape, mase, cover80, cover95 (per cent)."""
    table = backtest.table()
    return pd.DataFrame(
        {
            "method": table["method"],
            "cases": table["cases"],
            "smape": table["sMAPE"],
            "mase": table["MASE"],
            "cover80": 100 * table["cover-80"],
            "cover95": 100 * table["cover-95"],
        }
    )


def cover_by_step(backtest) -> pd.DataFrame:
    """The default's bands by step, step 0 for all steps: step, cases, cover80, verdict80, cover95, verdict95 (codes)."""
    frames = [backtest.table().assign(step=0), backtest.table("step")]
    table = pd.concat([frame[frame["method"] == "default"] for frame in frames], ignore_index=True)
    return pd.DataFrame(
        {
            "step": table["step"].astype(int),
            "cases": table["cases"],
            "cover80": 100 * table["cover-80"],
            "verdict80": table["verdict-80"],
            "cover95": 100 * table["cover-95"],
            "verdict95": table["verdict-95"],
        }
    )


def past_cases(backtest, indicator: str, step: int) -> pd.DataFrame:
    """What the default said of one indicator `step` years ahead, and what came: origin, year, low, median, high (80 %), actual, inside."""
    cases = backtest.cases
    own = cases[(cases["method"] == "default") & (cases["unique_id"] == indicator) & (cases["step"] == step)]
    names = {"ds": "year", "lo-80": "low", "mean": "median", "hi-80": "high", "y": "actual"}
    frame = own.rename(columns=names)[["origin", *names.values()]].sort_values("year", ignore_index=True)
    return frame.assign(inside=frame["actual"].between(frame["low"], frame["high"]))
