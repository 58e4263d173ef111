"""The words and tables of the methods page: worked examples and the vintage rule on Qingdao's GDP.

Takes frames of `analysis.worked_examples` and series in two vintages; gives keyword arguments for display functions.
"""

import pandas as pd

from qdlib.analysis.worked_examples import FIRST_YEAR
from qdlib.observations.growth import REASONS, growth
from qdlib.publishing.phrases import unit_word, word

YEARS = (2017, 2021)


def finding(*examples: pd.DataFrame) -> dict:
    return {"title": word("methods.finding", number=sum(map(len, examples))), "lede": word("methods.lede")}


def headings(frame: pd.DataFrame) -> dict[str, str]:
    return {name: word(f"methods.column.{name}") for name in frame if name != "source_cell"}


def growth_table(chosen: pd.DataFrame, first: pd.DataFrame) -> dict:
    """The years around the census in the chosen vintage and as first published, with growth or the reason why there is none."""
    both = chosen.merge(first[["year", "amount", "source_cell"]], on="year", suffixes=("", "_first"))
    both = both[both["year"].between(*YEARS)]
    change = growth(chosen).set_index("year")
    reasons = {"": "", **{key: word(f"trend.reason.{key}") for key in REASONS}}
    frame = pd.DataFrame(
        {
            "year": both["year"],
            "latest": both["amount"],
            "growth": both["year"].map(change["growth"]),
            "first": both["amount_first"],
            "growth_first": 100 * (both["amount_first"] / both["amount_first"].shift(1) - 1),
            "reason": [reasons[key] for key in growth(first).set_index("year")["reason"].reindex(both["year"]).fillna("")],
            "source_cell": both["source_cell"] + "; " + both["source_cell_first"],
        }
    )
    unit = unit_word(chosen["unit"].iloc[0])
    return {
        "frame": frame,
        "id": "growth_rule",
        "caption": word("methods.growth"),
        "columns": headings(frame),
        "units": {"latest": unit, "first": unit, "growth": "%", "growth_first": "%"},
        "decimals": {"latest": 2, "first": 2, "growth": 1, "growth_first": 1},
        "sources": sorted({*chosen[chosen["year"].between(*YEARS)]["edition"], *first[first["year"].between(*YEARS)]["edition"]}),
    }


def example_table(examples: pd.DataFrame) -> dict:
    frame = examples.assign(method=[word(f"method.{key}") for key in examples["method"]])
    return {
        "frame": frame,
        "id": "forecast_examples",
        "caption": word("methods.examples"),
        "columns": headings(frame),
        "decimals": {"by_hand": 2, "by_code": 2},
    }


def rule_table(rules: pd.DataFrame) -> dict:
    """Worked examples of the rules that are no single method: pool, bands, sums, scenarios, scores."""
    frame = rules.assign(rule=[word(f"methods.rule.{key}") for key in rules["rule"]])
    return {
        "frame": frame,
        "id": "rule_examples",
        "caption": word("methods.rules"),
        "columns": headings(frame),
        "decimals": {"by_hand": 4, "by_code": 4},
    }


def schedule_table(schedules: pd.DataFrame) -> dict:
    frame = schedules.assign(shape=[word(f"shape.{key}") for key in schedules["shape"]])
    return {
        "frame": frame,
        "id": "schedule_examples",
        "caption": word("methods.schedules"),
        "columns": headings(frame),
        "decimals": {"by_hand": 3, "by_code": 3, "value": 1, "base": 0, "target": 0},
    }


def headline(examples: pd.DataFrame) -> dict:
    """What the code gives for each example, keyed by method and forecast year."""
    rows = [
        {
            "item": word(f"method.{row.method}"),
            "year": FIRST_YEAR + row.history.count(",") + row.step,
            "field": word("methods.column.by_code"),
            "value": round(row.by_code, 4),
            "decimals": 2,
        }
        for row in examples.itertuples()
    ]
    return {"frame": pd.DataFrame(rows).drop_duplicates(["item", "year"])}
