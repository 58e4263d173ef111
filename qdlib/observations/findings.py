"""Findings: one row per thing that cannot be true, is probably wrong, or should be looked at once.

Gives the frame that every check fills, and the sentence for one row in the reader's language. Nothing in the frame belongs to a
language: `expected` is a number or a range, `suggestion` a verb with its argument (`replace 1368.30`), `explanation` JSON of a
text id and its values, because one store serves pages in both. Levels: `error` cannot be true, `high` probably wrong,
`low` look once.
"""

import json

import pandas as pd

from qdlib.catalogue import Catalogue

COLUMNS = [
    "check",
    "level",
    "city",
    "indicator",
    "scope",
    "year",
    "edition",
    "cells",
    "values",
    "expected",
    "explanation",
    "suggestion",
]
LEVELS = ("error", "high", "low")
# What a reader can do about a finding; each has a text `suggestion.<verb>`.
VERBS = ("replace", "scale", "enter", "compare", "declare", "accepted", "corrected")
# Values of an explanation that name something of the catalogue: the prefix says what.
NAMED = ("indicator", "edition", "unit", "scope", "text")


def make_findings(found: list[dict]) -> pd.DataFrame:
    """Findings as a sorted frame; lists of cells and values become text separated by ` | `, an explanation becomes JSON."""
    frame = pd.DataFrame(found, columns=COLUMNS)
    for column in ("cells", "values"):
        frame[column] = frame[column].map(lambda item: " | ".join(map(str, item)) if isinstance(item, (list, tuple)) else item)
    frame["explanation"] = frame["explanation"].map(lambda item: to_json(item) if isinstance(item, dict) else item)
    frame["year"] = frame["year"].astype("Int64")
    texts = [column for column in COLUMNS if column != "year"]
    frame[texts] = frame[texts].astype(object).where(frame[texts].notna(), "").astype(str)
    return sort_findings(frame)


def explain(text: str, **values) -> dict:
    """An explanation: the id of a sentence below `explain.`, and what fills its braces (numbers as they should be read)."""
    return {"text": text} | {key: value if isinstance(value, str) else plain_number(value) for key, value in values.items()}


def plain_number(value: float) -> str:
    """Ten significant digits at most, no exponent: 0.1 + 0.2 reads 0.3, a float's dust is no news."""
    text = f"{value:.10g}"
    return f"{float(text):.10f}".rstrip("0").rstrip(".") if "e" in text else text


def to_json(explanation: dict) -> str:
    return json.dumps(explanation, ensure_ascii=False, sort_keys=True)


def say_finding(row, catalogue: Catalogue, language: str) -> str:
    """The sentence of one finding: what was found and what was expected. row: has check and explanation.

    A finding without an explanation (of an older build) is named by its check.
    """
    explanation = json.loads(row.explanation) if row.explanation else {}
    if not explanation:
        return catalogue.say(f"finding.{row.check}", language)
    values = {key: _shown(value, catalogue, language) for key, value in explanation.items() if key != "text"}
    return catalogue.say(f"explain.{explanation['text']}", language, **values)


def say_suggestion(row, catalogue: Catalogue, language: str) -> str:
    """What to do about one finding; the reason of a declared correction is looked up by its id."""
    verb, _, argument = row.suggestion.partition(" ")
    if verb not in VERBS:
        return row.suggestion
    if verb in ("accepted", "corrected"):
        declared = {correction.id: correction.reason for correction in catalogue.corrections}
        argument = declared[argument].in_language(language) if argument in declared else argument
    return catalogue.say(f"suggestion.{verb}", language, value=argument)


def _shown(value: str, catalogue: Catalogue, language: str) -> str:
    kind, _, key = value.partition(":")
    if kind not in NAMED or not key:
        return value
    if kind == "indicator":
        return catalogue.indicators[key].name.in_language(language) if key in catalogue.indicators else key
    if kind == "unit":
        return catalogue.units[key].symbol(language) if key in catalogue.units else key
    if kind == "edition":
        source = catalogue.source_of(key)
        return f"{source.title.in_language(language)} {key.removeprefix(source.id).strip('_').replace('_', '-')}".strip()
    return catalogue.say(f"scope.{key}" if kind == "scope" else key, language)


def sort_findings(frame: pd.DataFrame) -> pd.DataFrame:
    order = frame["level"].map({level: number for number, level in enumerate(LEVELS)})
    keys = ["order", "check", "city", "indicator", "scope", "year", "edition", "cells"]
    return frame.assign(order=order).sort_values(keys, kind="stable", ignore_index=True)[COLUMNS]


def join_findings(frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return sort_findings(pd.concat(filled, ignore_index=True)) if filled else make_findings([])
