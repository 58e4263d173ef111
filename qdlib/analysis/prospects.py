"""What the forecaster says about one city's series, and how far it may be believed.

Takes series of one vintage and forecasts of `qdlib.forecasting`; gives frames for tables and charts. Only comparable years enter a
forecast: one basis, no break between. The statistical models stand beside the default, never in it.
"""

import pandas as pd

from qdlib.analysis.trend import pick
from qdlib.errors import DataError

FULL = 100.0  # per cent: no share lies above


def settings(panel: pd.DataFrame, catalogue) -> dict:
    """`scale` and `bounds` of `forecast` for a frame whose ids are indicators: rates go the raw path, shares stay within 0 and 100."""
    known = {key: catalogue.indicators[key] for key in panel["unique_id"].unique()}
    return {
        "scale": {key: "raw" for key, item in known.items() if item.kind == "rate"},
        "bounds": {key: (0.0, FULL) for key, item in known.items() if item.kind == "share"},
    }


def history(series: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """The comparable figures that a forecast uses, by year: behind the last long gap, at most forty years."""
    from qdlib.forecasting.panel import FILLABLE, HISTORY

    own = pick(series, indicator)
    own = own[own["comparable"]]
    own = own[own["year"] > own["year"].max() - HISTORY]
    start = own.loc[own["year"].diff() > FILLABLE + 1, "year"].max()
    return own[own["year"] >= start].reset_index(drop=True) if pd.notna(start) else own.reset_index(drop=True)


def comparable_panel(series: pd.DataFrame, indicators: list[str]) -> pd.DataFrame:
    """The forecaster's frame (unique_id, ds, y) of several indicators; one without a figure is left out."""
    frames = [history(series, key)[["indicator", "year", "amount"]] for key in indicators]
    return pd.concat(frames, ignore_index=True).set_axis(["unique_id", "ds", "y"], axis=1)


def figures_and_forecast(series: pd.DataFrame, points: pd.DataFrame, indicator: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The comparable figures of an indicator, and its rows of the forecast: none where it is not forecast."""
    said = points[(points["unique_id"] == indicator) & points["mean"].notna()]
    return history(series, indicator), said


def compare_models(outlook, own: pd.DataFrame, horizon: int) -> pd.DataFrame:
    """What the default, its pool, the learned voice, each member and each statistical model say: method, year, point, remark (setting or
    reason), years.

    `years` says which figures each uses: the default bridges short gaps, the statistical models begin behind the last one.
    """
    from qdlib.forecasting.models import fit_models

    key = own["indicator"].iloc[0]
    position = list(outlook.ids).index(key)
    years = [int(year) for year in outlook.years[position]]
    rows = [("default", year, value, "") for year, value in zip(years, outlook.point[position], strict=True)]
    said = {"pool": outlook.pool, "learned": outlook.learned} | dict(zip(outlook.member_names, outlook.members, strict=True))
    for name, points in said.items():
        rows += [(name, year, value, "") for year, value in zip(years, points[position], strict=True) if pd.notna(value)]
    frame = pd.DataFrame(rows, columns=["method", "year", "point", "remark"]).assign(years=span(own["year"]))
    try:
        fitted = fit_models(own["amount"].to_numpy(), own["year"].to_numpy(), horizon, origins=0)
    except DataError as error:
        failed = pd.DataFrame({"method": "models", "year": years[:1], "point": float("nan"), "remark": str(error)})
        return pd.concat([frame, failed], ignore_index=True)
    unbroken = unbroken_years(own)
    fitted = fitted[(fitted["model"] != "default") & fitted["year"].isin(years)]
    beside = fitted.rename(columns={"model": "method"}).assign(
        remark=fitted["setting"].astype(object).fillna("").astype(str).where(fitted["reason"] == "", fitted["reason"]), years=span(unbroken)
    )
    return pd.concat([frame, beside[list(frame.columns)]], ignore_index=True)


def unbroken_years(own: pd.DataFrame) -> pd.Series:
    """The years behind the last gap, however short: what the statistical models and tests use."""
    gaps = own.loc[own["year"].diff() > 1, "year"]
    return own.loc[own["year"] >= (gaps.max() if len(gaps) else own["year"].min()), "year"]


def span(years: pd.Series) -> str:
    """`2012–2024 (13)`: first and last year and how many figures."""
    return f"{years.min()}–{years.max()} ({len(years)})"


def test_series(own: pd.DataFrame) -> pd.DataFrame:
    """The usual tests on the years behind the last gap: name, statistic, p, n, verdict, reason."""
    from qdlib.forecasting.diagnostics import examine

    return examine(own["amount"].to_numpy(), own["year"].to_numpy())


def peer_vintage(vintage: str) -> str:
    """The vintage in which peers are read: an edition belongs to one city, so peers are then taken in their latest figures."""
    return "latest" if vintage.startswith("edition:") else vintage


def peer_panel(peers: dict[str, pd.DataFrame], indicator: str) -> pd.DataFrame:
    """The forecaster's frame of one indicator over several cities, each city's comparable years."""
    frames = [history(series, indicator).assign(unique_id=city) for city, series in peers.items()]
    return pd.concat(frames, ignore_index=True).rename(columns={"year": "ds", "amount": "y"})[["unique_id", "ds", "y"]]


def basis(outlook, series: pd.DataFrame) -> pd.DataFrame:
    """What each forecast rests on: indicator, first, last, number (published figures), filled (years), provisional (last year), path,
    status, reason, flags (list of codes), edition (of the last figure), editions (number)."""
    rows = []
    for note in outlook.notes.to_dict("records"):
        own = history(series, note["unique_id"])
        used = own[own["year"] >= (0 if pd.isna(note["first_year"]) else int(note["first_year"]))]
        rows.append(
            {
                "indicator": note["unique_id"],
                "first": int(used["year"].min()),
                "last": int(used["year"].max()),
                "number": len(used),
                "filled": int(note["filled"]),
                "provisional": used["status"].iloc[-1] in ("P", "E"),
                "path": note["path"],
                "status": note["status"],
                "reason": note["reason"],
                "flags": note["flags"].split(),
                "edition": used["edition"].iloc[-1],
                "editions": used["edition"].nunique(),
            }
        )
    return pd.DataFrame(rows)


def member_spread(outlook, indicator: str) -> dict | None:
    """How far the members differ in the last year: spread (highest/lowest − 1), who is highest and lowest, and by how many per cent the
    learned correction moved their mean."""
    position = list(outlook.ids).index(indicator)
    last = {name: points[position, -1] for name, points in zip(outlook.member_names, outlook.members, strict=True)}
    last = {name: value for name, value in last.items() if pd.notna(value)}
    if len(last) < 2 or min(last.values()) <= 0:
        return None
    highest, lowest = max(last, key=last.get), min(last, key=last.get)
    moved = 100 * (outlook.point[position, -1] / outlook.pool[position, -1] - 1)
    return {"spread": last[highest] / last[lowest] - 1, "highest": highest, "lowest": lowest, "moved": float(moved)}
