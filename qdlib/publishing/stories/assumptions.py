"""The words and tables of city_forecast on parts and their total, scenarios, and what the answer hangs on.

Takes frames of `analysis.parts` and `analysis.assumptions`; gives keyword arguments for `table`, `show` and `notice`. A scenario is called
one wherever it appears: in title, label, caption and note.
"""

import pandas as pd

from qdlib.analysis.assumptions import outside
from qdlib.analysis.parts import close_last_year
from qdlib.catalogue import load_catalogue
from qdlib.publishing.display import number
from qdlib.publishing.phrases import unit_word, word
from qdlib.publishing.stories.forecast import fan, places
from qdlib.publishing.stories.trend import indicator_name

SUM = "sum"
SHARE = "percent"


def part_name(key: str, share: bool) -> str:
    """Name of a part, of their sum, or of the total."""
    if key == SUM:
        return word("forecast.parts.sum")
    return word("forecast.parts.share_name", name=indicator_name(key)) if share else indicator_name(key)


def parts_table(addition, identity) -> dict:
    """Separate and reconciled forecasts of the last year, and by how much each moved. addition: of `parts.add_up` or `parts.share_out`."""
    closing, share = close_last_year(addition, identity), identity.total not in addition.figures
    year = int(addition.frame["year"].max())
    frame = closing.rename(columns={"lo-80": "lo80", "hi-80": "hi80"})
    largest = addition.frame.loc[addition.frame["moved"].abs().idxmax()]
    unit = "%" if share else unit_word(load_catalogue().indicators[closing["indicator"].iloc[0]].unit)
    amounts = [name for name in frame if name not in ("indicator", "moved")]
    kind, years = "shares" if share else "amounts", {"last": addition.last_year, "year": year}
    return {
        "frame": frame.assign(indicator=[part_name(key, share) for key in frame["indicator"]]),
        "id": "sector_shares" if share else "sectors",
        "caption": word(f"forecast.parts.{kind}", year=year),
        "columns": {
            name: word(f"forecast.parts.{name}", **years) for name in ("indicator", "observed", "separate", "reconciled", "moved")
        }
        | {name: word(f"forecast.table.{name}") for name in ("lo80", "hi80")},
        "units": dict.fromkeys(amounts, unit) | {"moved": "%"},
        "decimals": dict.fromkeys(amounts, 1 if share else places(closing["separate"])) | {"moved": 2},
        "sources": addition.editions,
        "note": word(
            f"forecast.parts.{kind}_note",
            first=addition.first_year,
            last=addition.last_year,
            number=addition.number,
            moved=number(abs(largest["moved"]), 2),
            at=int(largest["year"]),
            name=part_name(largest["indicator"], share),
        ),
    }


def parts_reason(addition, total: str) -> dict:
    """Why parts and total are not reconciled, as the arguments of `notice`."""
    gap = "" if pd.isna(addition.gap) else number(addition.gap, 1)
    return {
        "reason": f"forecast.parts.{addition.reason}",
        "name": indicator_name(total),
        "year": addition.last_year,
        "gap": gap,
        "number": addition.number,
    }


def share_fan(city: str, addition, key: str) -> dict:
    """Fan chart of one part's share, reconciled with the others to 100 per cent."""
    shares = addition.figures[key]
    history = pd.DataFrame(
        {
            "year": shares.index,
            "amount": shares.to_numpy(),
            "status": "A",
            "unit": SHARE,
            "indicator": key,
            "edition": "",
            "source_cell": "",
        }
    )
    points = addition.frame[addition.frame["indicator"] == key].rename(columns={"year": "ds", "reconciled": "mean"})
    drawn = fan(city, history, points, width="half", name=part_name(key, share=True))
    return drawn | {"id": f"share_{key}", "sources": addition.editions, "data": history[["year", "amount"]]}


def scenario_table(scenario: pd.DataFrame, unit: str) -> dict:
    """Baseline and assumed path by year, with the path's place in the baseline's distribution; no band."""
    given = {
        "": "forecast.scenario.follows",
        "growth": "forecast.scenario.growth_given",
        "level": "forecast.scenario.level_given",
    }
    frame = scenario[["year", "growth", "baseline", "path", "difference", "percentile"]].assign(
        given=[word(given[code]) for code in scenario["given"]]
    )
    digits = places(scenario["baseline"])
    return {
        "frame": frame,
        "id": "scenario",
        "caption": word("forecast.scenario.caption"),
        "columns": {name: word(f"forecast.scenario.{name}") for name in frame},
        "units": {"growth": "%", "difference": "%"} | dict.fromkeys(("baseline", "path"), unit_word(unit)),
        "decimals": {"growth": 1, "difference": 1, "percentile": 0} | dict.fromkeys(("baseline", "path"), digits),
        "note": word("forecast.scenario.note"),
    }


def scenario_reason(outlook, indicator: str, entries: list[str]) -> dict:
    """Why no scenario is shown, as the arguments of `notice`."""
    wrong, years = outside(outlook, indicator, entries), outlook.years[outlook.panel.find(indicator)]
    if wrong:
        listed = word("page.sources.list").join(map(str, wrong))
        return {"reason": "forecast.scenario.outside", "years": listed, "first": int(years[0]), "last": int(years[-1])}
    return {
        "reason": "forecast.scenario.none" if not entries else "forecast.scenario.not_forecast",
        "name": indicator_name(indicator),
    }


def inputs_table(inputs: pd.DataFrame, year: int, unit: str) -> dict:
    """The forecast of the last year with one input changed. inputs: frame of `assumptions.compare_inputs`."""
    frame = inputs.assign(change=[word(f"forecast.input.{code}") for code in inputs["change"]])
    return {
        "frame": frame,
        "id": "inputs",
        "caption": word("forecast.input.caption", year=year),
        "columns": {name: word(f"forecast.input.column.{name}") for name in frame},
        "units": {"value": unit_word(unit), "difference": "%"},
        "decimals": {"value": places(inputs["value"]), "difference": 1},
        "note": word("forecast.input.note"),
    }
