"""The words and drawings of city_forecast: fan charts, bands, what they rest on, what each method says, tests, headline.

Takes forecasts and diagnostics; gives keyword arguments for `show`, `table`, `headline`, `finding`. Sums of parts and scenarios are told by
`assumptions`, back-tests by `hindsight`. Codes of the forecaster (flags, reasons, paths) are put into words here and nowhere else.
"""

import re

import pandas as pd

from qdlib import charts
from qdlib.catalogue import load_catalogue
from qdlib.publishing.display import number
from qdlib.publishing.phrases import unit_word, word
from qdlib.publishing.stories.trend import city_name, edition_name, indicator_name

SCENARIO_YEARS = 6
WARNED = ("even_steps", "constant")  # flags that a reader must not miss
SETTINGS = {
    "local linear trend": "local_linear_trend",
    "smooth trend": "smooth_trend",
    ", constant": "constant",
    ", drift": "drift",
    " on ln y": "on_logarithms",
    " on y": "on_levels",
}  # of the statistical models
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


def places(amounts: pd.Series) -> int:
    """Decimals for figures of one size: none from a thousand on, one from ten on, else two."""
    largest = float(amounts.abs().max())
    return 0 if largest >= 1000 else 1 if largest >= 10 else 2


def fan(city: str, history: pd.DataFrame, points: pd.DataFrame, width: str = "full", name: str = "", scenario=None) -> dict:
    """Fan chart of one series. history: its figures; points: rows of `forecast_panel` for it, with 80 and 95 bands.

    name: where the series is no indicator of the catalogue. scenario: frame of `assumptions.assume`, drawn as a dotted path.
    """
    key, last, end = history["indicator"].iloc[0], history.iloc[-1], points.iloc[-1]
    digits, unit, name = places(points["mean"]), unit_word(last["unit"]), name or indicator_name(key)
    told = {"name": name, "year": int(end["ds"]), "value": number(end["mean"], digits), "unit": unit}
    span = {"city": city_name(city), "first": int(history["year"].min()), "last": int(last["year"])}
    band80 = {"low": number(end["lo-80"], digits), "high": number(end["hi-80"], digits)}
    labels = {"forecast": word("forecast.fan.label", value=told["value"], year=told["year"])}
    options = {"alt": word("forecast.fan.alt", **told, **span, **band80), "labels": labels}
    if scenario is not None:
        assumed = number(scenario["path"].iloc[-1], digits)
        history = history.tail(SCENARIO_YEARS)  # an assumption is judged against the recent past; far back it would be hairline
        labels["path"] = word("forecast.scenario.label", value=assumed)
        options |= {
            "path": scenario_path(history, scenario),
            "alt": word("forecast.scenario.alt", **told, **span, assumed=assumed),
        }
    frame = points[["ds", *BANDS.values()]].rename(columns={"ds": "year"})  # other levels are in the table
    drawn = (
        charts.both(charts.fan, history, frame, **options)
        if width == "full"
        else {"figure": charts.fan(history, frame, **options, size="half")}
    )
    kind = "fan" if scenario is None else "scenario"
    assumed = {} if scenario is None else {"assumed": number(scenario["path"].iloc[-1], digits)}
    return {
        **drawn,
        "id": f"{kind}_{key}",
        "width": width,
        "sources": sorted(set(history["edition"])),
        "title": word(f"forecast.{kind}.title", **told, **assumed),
        "subtitle": word(f"forecast.{kind}.subtitle", name=name, unit=unit),
        "data": history[["year", "amount", "status", "edition", "source_cell"]] if scenario is None else options["path"],
    }


def scenario_path(history: pd.DataFrame, scenario: pd.DataFrame) -> pd.DataFrame:
    """The assumed path as the chart draws it, from the last figure on."""
    last = history.iloc[-1]
    start = pd.DataFrame({"year": [int(last["year"])], "value": [float(last["amount"])]})
    return pd.concat([start, scenario.rename(columns={"path": "value"})[["year", "value"]]], ignore_index=True)


def reason(outlook, indicator: str) -> dict:
    """Why an indicator is not forecast, as the arguments of `notice`."""
    notes = outlook.notes.set_index("unique_id")
    code = notes.loc[indicator, "reason"] if indicator in notes.index else "too_short"
    return {
        "reason": "forecast.fan.none",
        "name": indicator_name(indicator),
        "why": word(f"forecast.reason.{code or 'too_short'}"),
    }


def code_words(row) -> str:
    """Status and flags of one forecast in words, `—` where there is nothing to say."""
    codes = [*([row.status] if row.status != "ok" else []), *row.flags]
    return word("page.sources.list").join(word(f"forecast.flag.{code}") for code in codes) or "—"


def basis_table(basis: pd.DataFrame, vintage: str) -> dict:
    """Vintage, years and path of each forecast, with its flags in words. basis: frame of `prospects.basis`."""
    frame = pd.DataFrame(
        {
            "indicator": [indicator_name(key) for key in basis["indicator"]],
            "years": basis["first"].astype(str) + "–" + basis["last"].astype(str),
            "number": basis["number"],
            "filled": basis["filled"],
            "newest": [
                f"{edition_name(row.edition)}{word('forecast.basis.provisional') if row.provisional else ''}"
                for row in basis.itertuples()
            ],
            "path": [word(f"forecast.path.{path}") if path else "—" for path in basis["path"]],
            "flags": [code_words(row) for row in basis.itertuples()],
        }
    )
    kind, _, value = vintage.partition(":")
    return {
        "frame": frame,
        "id": "basis",
        "caption": word("forecast.basis.caption"),
        "columns": {name: word(f"forecast.basis.{name}") for name in frame},
        "note": word("forecast.basis.note", vintage=word(f"forecast.vintage.{kind}", value=value)),
    }


def warning(basis: pd.DataFrame) -> dict:
    """The forecasts that carry a flag which a reader must not miss, as the arguments of `note`; empty where none does."""
    told = [
        word(f"forecast.warning.{flag}", name=indicator_name(row.indicator))
        for row in basis.itertuples()
        for flag in row.flags
        if flag in WARNED
    ]
    return {"text": " ".join(told), "lead": word("forecast.warning.lead")} if told else {}


def point_table(points: pd.DataFrame, history: pd.DataFrame) -> dict:
    """Forecast and bands by year with the growth that they imply."""
    levels = [history["amount"].iloc[-1], *points["mean"]]
    growth = [100 * (b / a - 1) for a, b in zip(levels, levels[1:], strict=False)]
    ends = sorted((name for name in points if name[:3] in ("lo-", "hi-")), key=lambda name: (int(name[3:]), name[0] == "h"))
    names = {"mean": word("forecast.table.mean")} | {name: word(f"forecast.table.{name[:2]}", level=name[3:]) for name in ends}
    frame = pd.DataFrame({"year": points["ds"].astype(int), **{name: points[name] for name in names}, "growth": growth})
    unit, digits = unit_word(history["unit"].iloc[-1]), places(points["mean"])
    return {
        "frame": frame,
        "id": "gdp_forecast",
        "caption": word("forecast.table.points"),
        "sources": sorted(set(history["edition"])),
        "columns": {name: word(f"forecast.table.{name}") for name in ("year", "growth")} | names,
        "decimals": dict.fromkeys(names, digits) | {"growth": 1},
        "units": dict.fromkeys(names, unit) | {"growth": "%"},
    }


def model_table(models: pd.DataFrame, unit: str) -> dict:
    """What each method says for the same series, by year. models: method, year, point, remark."""
    texts = load_catalogue().texts
    named = [word(f"method.{key}") if f"method.{key}" in texts else key for key in models["method"]]
    models = models.assign(method=named)
    wide = models.pivot(index="method", columns="year", values="point").reindex(models["method"].unique())  # keeps those that failed
    wide.columns = [str(year) for year in wide.columns]
    said = models.assign(remark=[remark_words(text) for text in models["remark"]])
    said = said.groupby("method", sort=False)[["years", "remark"]].first().fillna("")
    frame = wide.reset_index().merge(said.reset_index(), on="method", how="left")
    columns = {name: word(f"forecast.table.{name}") for name in ("method", "years", "remark")} | {
        year: year for year in wide.columns
    }
    return {
        "frame": frame,
        "id": "models",
        "caption": word("forecast.table.models"),
        "columns": columns,
        "units": dict.fromkeys(wide.columns, unit_word(unit)),
        "decimals": dict.fromkeys(wide.columns, 0),
        "note": word("forecast.table.models_note"),
    }


def remark_words(remark: str) -> str:
    """A model's setting, or why it was not fitted, in the report's language; what a library says itself stays as it is."""
    short = re.fullmatch(r"DataError: (\d+) years, needs (\d+)", remark)
    if short:
        return word("forecast.model.too_few_years", number=short[1], least=short[2])
    for part, key in SETTINGS.items():
        remark = remark.replace(part, word(f"forecast.setting.{key}"))
    return remark


def verdict_words(row) -> str:
    """What a test found, with the years of a break, or why it was not run."""
    if row.verdict != "not_run":
        years = f" ({row.years.replace(' ', word('page.sources.list'))})" if row.years else ""
        return f"{word(f'diagnostic.{row.verdict}')}{years}"
    few = re.fullmatch(r"too_few_years: (\d+), needs (\d+)", row.reason)
    if few:
        return word("diagnostic.not_run.too_few_years", number=few[1], least=few[2])
    kind = {"one of the two tests was not run": "one_missing", "half of the steps are equal": "equal_steps"}.get(
        row.reason, "failed"
    )
    return word(f"diagnostic.not_run.{kind}", reason=row.reason.removeprefix("failed: "))


def test_table(tests: pd.DataFrame, years: str) -> dict:
    """Tests on the series. tests: frame of `prospects.test_series`."""
    frame = pd.DataFrame(
        {
            "test": [word(f"diagnostic.test.{name}") for name in tests["name"]],
            "statistic": tests["statistic"],
            "p": tests["p_text"],
            "verdict": [verdict_words(row) for row in tests.itertuples()],
        }
    )
    return {
        "frame": frame,
        "id": "series_tests",
        "caption": word("forecast.table.tests"),
        "note": word("forecast.table.tests_note", years=years),
        "decimals": {"statistic": 2},
        "columns": {name: word(f"forecast.table.{name}") for name in frame},
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
        sentences.append(word("forecast.change.moved", moved=number(spread["moved"], 1)))
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
