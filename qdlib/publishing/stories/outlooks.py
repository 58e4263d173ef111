"""The words of an outlook: the headline probability, what it is made of, and whether those who speak agree.

Takes cases; gives keyword arguments for `table`. Everything shown stands in the assessment: nothing is computed here.
"""

import pandas as pd

from qdlib.analysis.targets import Case
from qdlib.publishing.display import number
from qdlib.publishing.phrases import UNKNOWN, name, word

COLUMNS = ("name", "probability", "mark", "forecast", "members", "peers", "drift", "disagree")


def outlooks(cases: list[Case]) -> dict | None:
    """A row for each commitment with a probability; None where none has one."""
    known = [case for case in cases if case.assessment.probability is not None]
    if not known:
        return None
    frame = pd.DataFrame([describe(case) for case in known], columns=list(COLUMNS))
    return {
        "frame": frame,
        "id": "outlooks",
        "caption": word("outlook.caption"),
        "columns": {column: word(f"outlook.column.{column}") for column in COLUMNS},
        "note": word("outlook.note"),
    }


def describe(case: Case) -> dict:
    result, peers = case.assessment, case.outlook.peers
    drift, said = result.checks.probability_drift, result.probability_word and word(f"probability.{result.probability_word}")
    return {
        "name": name(case),
        "probability": number(result.probability, 2) + (f" {said}" if said else ""),
        "mark": word(f"outlook.mark.{result.probability_mark}"),
        "forecast": number(result.probability_forecast, 2),
        "members": f"{number(result.probability_low, 2)}–{number(result.probability_high, 2)}",
        "peers": word("outlook.no_peers")
        if peers is None
        else word("outlook.peers_said", p=number(peers.probability, 2), cities=peers.cities, windows=peers.windows),
        "drift": UNKNOWN if drift is None else number(drift, 2),
        "disagree": word("outlook.disagree" if result.checks.models_disagree else "outlook.agree"),
    }
