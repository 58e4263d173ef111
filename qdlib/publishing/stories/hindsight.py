"""The words, drawings and tables of city_forecast on back-tests: past forecasts, scores, coverage by step, honest bands or not.

Takes frames of `analysis.hindsight`; gives keyword arguments for `show` and `table`, and the verdict's sentence. A verdict is given
only where there are cases enough; otherwise the words say that there are not.
"""

import pandas as pd

from qdlib import charts
from qdlib.catalogue import load_catalogue
from qdlib.publishing.display import number
from qdlib.publishing.phrases import unit_word, word
from qdlib.publishing.stories.trend import city_name, indicator_name


def join_scopes(own: pd.DataFrame, peers: pd.DataFrame, number_of_peers: int) -> pd.DataFrame:
    """The city's own rows above its peers', with `scope` in words."""
    named = {word("forecast.table.own"): own, word("forecast.table.peers", number=number_of_peers): peers}
    return pd.concat([part.assign(scope=scope) for scope, part in named.items()], ignore_index=True)[["scope", *own.columns]]


def score_table(own: pd.DataFrame, peers: pd.DataFrame, number_of_peers: int) -> dict:
    """Scores on the city's own series and on the peers' GDP. Both: method, cases, smape, mase, cover80, cover95."""
    scores, texts = join_scopes(own, peers, number_of_peers), load_catalogue().texts
    frame = scores.assign(method=[word(f"method.{key}") if f"method.{key}" in texts else key for key in scores["method"]])
    return {
        "frame": frame,
        "id": "backtest",
        "caption": word("forecast.table.backtest"),
        "note": word("forecast.table.backtest_note"),
        "columns": {name: word(f"forecast.table.{name}") for name in frame},
        "units": {"smape": "%", "cover80": "%", "cover95": "%"},
        "decimals": {"smape": 1, "mase": 2, "cover80": 1, "cover95": 1, "cases": 0},
    }


def step_table(own: pd.DataFrame, peers: pd.DataFrame, number_of_peers: int) -> dict:
    """Coverage of the default's bands by step. Both: step (0: all), cases, cover80, verdict80, cover95, verdict95."""
    rows = join_scopes(own, peers, number_of_peers)
    frame = rows.assign(
        step=[
            word("forecast.cover.all") if step == 0 else word("forecast.cover.step_number", step=step) for step in rows["step"]
        ],
        **{name: [word(f"forecast.cover.{code}") for code in rows[name]] for name in ("verdict80", "verdict95")},
    )
    return {
        "frame": frame,
        "id": "coverage",
        "caption": word("forecast.cover.caption"),
        "note": word("forecast.cover.note"),
        "columns": {name: word(f"forecast.table.{name}") for name in ("scope", "cases", "cover80", "cover95")}
        | {name: word(f"forecast.cover.{name}") for name in ("step", "verdict80", "verdict95")},
        "units": {"cover80": "%", "cover95": "%"},
        "decimals": {"cover80": 1, "cover95": 1, "cases": 0},
    }


def verdict(peers: pd.DataFrame, number_of_peers: int) -> str:
    """Is the band honest? One sentence from the peers' cases over all steps."""
    row = peers[peers["step"] == 0].iloc[0]
    told = {f"verdict{level}": word(f"forecast.cover.{row[f'verdict{level}']}") for level in (80, 95)}
    shares = {f"cover{level}": number(row[f"cover{level}"], 1) for level in (80, 95)}
    return word("forecast.cover.verdict", number=number_of_peers, cases=int(row["cases"]), **shares, **told)


def bands(city: str, indicator: str, cases: pd.DataFrame, step: int) -> dict:
    """What was said `step` years ahead and what came, as a half figure. cases: frame of `hindsight.past_cases`, at least one row."""
    told = {
        "city": city_name(city),
        "name": indicator_name(indicator),
        "step": step,
        "number": len(cases),
        "inside": int(cases["inside"].sum()),
        "first": int(cases["year"].min()),
        "last": int(cases["year"].max()),
        "unit": unit_word(load_catalogue().indicators[indicator].unit),
    }
    labels = {key: word(f"forecast.past.{key}") for key in ("band", "median", "actual")}
    return {
        "figure": charts.past_bands(cases, alt=word("forecast.past.alt", **told), labels=labels),
        "id": f"past_{step}",
        "width": "half",
        "title": word("forecast.past.title", **told),
        "subtitle": word("forecast.past.subtitle", **told),
        "data": cases,
    }
