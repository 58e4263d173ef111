"""The words and drawings of city_forecast: fan charts, bands, what each method says, tests, back-test.

Takes forecasts and diagnostics; gives keyword arguments for `show`, `table`, `headline`, `finding`.
"""

import pandas as pd

from qdlib import charts
from qdlib.catalogue import load_catalogue
from qdlib.publishing.display import number
from qdlib.publishing.phrases import unit_word, word
from qdlib.publishing.stories.trend import city_name, edition_name, indicator_name

BANDS = {"mean": "mean", "lo80": "lo-80", "hi80": "hi-80", "lo95": "lo-95", "hi95": "hi-95"}


def finding(city: str, history: pd.DataFrame, points: pd.DataFrame) -> dict:
    """Head of the page: the last forecast year with its 80 % band."""
    if points["mean"].isna().any():
        return {"title": word("forecast.finding_none", city=city_name(city)), "lede": ""}
    end, start, last = points.iloc[-1], points.iloc[0], history.iloc[-1]
    low, high = number(end["lo-80"], 0), number(end["hi-80"], 0)
    years = int(end["ds"]) - int(last["year"])
    growth = 100 * ((end["mean"] / last["amount"]) ** (1 / years) - 1)
    unit = unit_word(last["unit"])
    title = word("forecast.finding", city=city_name(city), year=int(end["ds"]), value=number(end["mean"], 0), low=low, high=high)
    lede = word("forecast.lede", first=int(history["year"].min()), last=int(last["year"]), number=len(history))
    figures = [
        (word("forecast.key.next", year=int(start["ds"])), round(start["mean"]), unit, band(start)),
        (word("forecast.key.point", year=int(end["ds"])), round(end["mean"]), unit, band(end)),
        (word("forecast.key.growth"), growth, "%", f"{int(last['year'])}–{int(end['ds'])}"),
        (
            word("forecast.key.used"),
            len(history),
            word("forecast.key.years"),
            f"{int(history['year'].min())}–{int(last['year'])}",
        ),
    ]
    return {"title": title, "lede": lede, "key_figures": figures}


def band(row: pd.Series) -> str:
    return word("forecast.key.band", low=number(row["lo-80"], 0), high=number(row["hi-80"], 0))


def fan(city: str, history: pd.DataFrame, points: pd.DataFrame, width: str = "full") -> dict:
    """Fan chart of one indicator. history: comparable figures; points: rows of `forecast_panel` for it."""
    key, last, end = history["indicator"].iloc[0], history.iloc[-1], points.iloc[-1]
    unit = unit_word(last["unit"])
    value = number(end["mean"], 0)
    alt = word(
        "forecast.fan.alt",
        city=city_name(city),
        name=indicator_name(key),
        first=int(history["year"].min()),
        last=int(last["year"]),
        year=int(end["ds"]),
        value=value,
        low=number(end["lo-80"], 0),
        high=number(end["hi-80"], 0),
        unit=unit,
    )
    drawing = (
        charts.both(
            charts.fan,
            history,
            points.rename(columns={"ds": "year"}),
            alt=alt,
            labels={
                "actual": word("forecast.fan.actual"),
                "forecast": word("forecast.fan.label", value=value, year=int(end["ds"])),
            },
        )
        if width == "full"
        else half_fan(history, points, alt, value)
    )
    return {
        **drawing,
        "id": f"fan_{key}",
        "width": width,
        "sources": sorted(set(history["edition"])),
        "title": word("forecast.fan.title", name=indicator_name(key), year=int(end["ds"]), value=value, unit=unit),
        "subtitle": word("forecast.fan.subtitle", name=indicator_name(key), unit=unit),
        "data": history[["year", "amount", "status", "edition", "source_cell"]],
    }


def half_fan(history: pd.DataFrame, points: pd.DataFrame, alt: str, value: str) -> dict:
    labels = {
        "actual": word("forecast.fan.actual"),
        "forecast": word("forecast.fan.label", value=value, year=int(points["ds"].iloc[-1])),
    }
    frame = points.rename(columns={"ds": "year"})
    return {"figure": charts.fan(history, frame, labels=labels, alt=alt, size="half")}


def point_table(points: pd.DataFrame, history: pd.DataFrame) -> dict:
    """Forecast and bands by year with the growth that they imply."""
    levels = [history["amount"].iloc[-1], *points["mean"]]
    growth = [100 * (b / a - 1) for a, b in zip(levels, levels[1:], strict=False)]
    frame = pd.DataFrame(
        {"year": points["ds"].astype(int), **{name: points[column] for name, column in BANDS.items()}, "growth": growth}
    )
    unit = unit_word(history["unit"].iloc[-1])
    return {
        "frame": frame,
        "id": "gdp_forecast",
        "caption": word("forecast.table.points"),
        "sources": sorted(set(history["edition"])),
        "columns": {name: word(f"forecast.table.{name}") for name in frame},
        "decimals": dict.fromkeys(BANDS, 0) | {"growth": 1},
        "units": dict.fromkeys(BANDS, unit) | {"growth": "%"},
    }


def model_table(models: pd.DataFrame, unit: str) -> dict:
    """What each method says for the same series, by year. models: method, year, point, remark."""
    texts = load_catalogue().texts
    named = [word(f"method.{key}") if f"method.{key}" in texts else key for key in models["method"]]
    models = models.assign(method=named)
    wide = models.pivot_table(index="method", columns="year", values="point", aggfunc="first", sort=False)
    wide.columns = [str(year) for year in wide.columns]
    said = models.groupby("method", sort=False)[["years", "remark"]].first().fillna("")
    frame = wide.reset_index().merge(said.reset_index(), on="method", how="left")
    columns = {name: word(f"forecast.table.{name}") for name in ("method", "years", "remark")} | {year: year for year in wide.columns}
    return {
        "frame": frame,
        "id": "models",
        "caption": word("forecast.table.models"),
        "columns": columns,
        "units": dict.fromkeys(wide.columns, unit_word(unit)),
        "decimals": dict.fromkeys(wide.columns, 0),
        "note": word("forecast.table.models_note"),
    }


def test_table(tests: pd.DataFrame, years: str) -> dict:
    """Tests on the series. tests: name, statistic, p, n, verdict (codes)."""
    texts = load_catalogue().texts
    verdicts = [word(f"diagnostic.{code}") if f"diagnostic.{code}" in texts else str(code) for code in tests["verdict"]]
    names = [word(f"diagnostic.test.{name}") if f"diagnostic.test.{name}" in texts else str(name) for name in tests["name"]]
    frame = pd.DataFrame({"test": names, "statistic": tests["statistic"], "p": tests["p_text"], "verdict": verdicts})
    return {
        "frame": frame,
        "id": "series_tests",
        "caption": word("forecast.table.tests"),
        "note": word("forecast.table.tests_note", years=years),
        "decimals": {"statistic": 2},
        "columns": {name: word(f"forecast.table.{name}") for name in frame},
    }


def backtest_table(own: pd.DataFrame, peers: pd.DataFrame, number: int) -> dict:
    """Scores on the city's own series and on the peers' GDP. Both: method, cases, smape, mase, cover80, cover95."""
    parts = {word("forecast.table.own"): own, word("forecast.table.peers", number=number): peers}
    scores = pd.concat([part.assign(scope=scope) for scope, part in parts.items()], ignore_index=True)
    scores = scores[["scope", *own.columns]]
    texts = load_catalogue().texts
    named = [word(f"method.{key}") if f"method.{key}" in texts else key for key in scores["method"]]
    frame = scores.assign(method=named)
    return {
        "frame": frame,
        "id": "backtest",
        "caption": word("forecast.table.backtest"),
        "note": word("forecast.table.backtest_note"),
        "columns": {name: word(f"forecast.table.{name}") for name in frame},
        "units": {"smape": "%", "cover80": "%", "cover95": "%"},
        "decimals": {"smape": 1, "mase": 2, "cover80": 1, "cover95": 1, "cases": 0},
    }


def changes(history: pd.DataFrame, spread: dict | None) -> list[str]:
    """Sentences on what would change the answer."""
    last = history.iloc[-1]
    sentences = [word("forecast.change.basis", edition=edition_name(last["edition"]))]
    if last["status"] in ("P", "E"):
        sentences.append(word("forecast.change.provisional", year=int(last["year"])))
    if spread:
        texts = load_catalogue().texts
        named = {
            end: word(f"method.{spread[end]}") if f"method.{spread[end]}" in texts else spread[end]
            for end in ("highest", "lowest")
        }
        sentences.append(word("forecast.change.spread", spread=number(100 * spread["spread"], 1), **named))
    return sentences


def headline(city: str, points: pd.DataFrame, unit: str) -> dict:
    name = f"{city_name(city)} {indicator_name('gdp_current_prices')}"
    rows = [
        {
            "item": name,
            "year": int(row["ds"]),
            "field": word(f"forecast.table.{key}"),
            "value": row[column],
            "unit": unit_word(unit),
            "decimals": 0,
            "status": "F",
        }
        for _, row in points.head(3).iterrows()
        for key, column in (("mean", "mean"), ("lo80", "lo-80"), ("hi80", "hi-80"))
    ]
    return {"frame": pd.DataFrame(rows)}
