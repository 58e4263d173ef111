"""The words, drawings and tables of the calibration section: were past probabilities worth believing?

Takes the slice `calibration` (frame of `analysis.calibration.summarise`); gives keyword arguments for `show` and `table`, and sentences.
"""

from collections.abc import Iterator

import pandas as pd

from qdlib import charts
from qdlib.analysis.calibration import ALONE, BENCHMARK, HEADLINE, METHODS, judge_word
from qdlib.analysis.outlook import WORDS
from qdlib.publishing.display import number, report_language
from qdlib.publishing.phrases import word

SHOWN = (1, 2)  # years ahead on the page; outlooks three years ahead have their line and verdicts too


def choose(kept: pd.DataFrame, section: str, horizon: int, method: str) -> pd.DataFrame:
    return kept[(kept["section"] == section) & (kept["horizon"] == horizon) & (kept["method"] == method)]


def one(kept: pd.DataFrame, section: str, horizon: int, method: str, key: str) -> pd.Series:
    own = choose(kept, section, horizon, method)
    return own[own["key"] == key].iloc[0]


def percent(share: float, places: int = 0) -> str:
    return number(100 * share, places)


def paragraphs(kept: pd.DataFrame) -> Iterator[str]:
    """What the cases say, a paragraph for each horizon drawn: the score beside the drift's, the sure ones, the words, the band."""
    for horizon in SHOWN:
        told = [part(kept, horizon) for part in (score_sentence, sure, words_sentence, band)]
        yield ("" if report_language() == "zh" else " ").join(told)


def score_sentence(kept: pd.DataFrame, horizon: int) -> str:
    own, drift = (one(kept, "score", horizon, method, "brier") for method in (HEADLINE, BENCHMARK))
    counts = {key: int(one(kept, "panel", horizon, "", key)["value"]) for key in ("cities", "indicators", "first", "last")}
    scores = {"own": own["value"], "low": own["low"], "high": own["high"], "drift": drift["value"]}
    told = {key: number(value, 3) for key, value in scores.items()}
    skill = percent(one(kept, "score", horizon, HEADLINE, "skill")["value"])
    return word("calibration.sentence", horizon=horizon, cases=number(int(own["cases"]), 0), skill=skill, **counts, **told)


def band(kept: pd.DataFrame, horizon: int) -> str:
    row = one(kept, "band", horizon, "forecast", "80")
    shares = {key: percent(row[name], 1) for key, name in (("cover", "value"), ("low", "low"), ("high", "high"))}
    return word("calibration.band", horizon=horizon, cases=number(int(row["cases"]), 0), **shares)


def sure(kept: pd.DataFrame, horizon: int) -> str:
    """How often came true what the drift, and what we, called very likely."""
    first = WORDS[0][1]
    drift, own = (choose(kept, "word", horizon, method).set_index("key")["value"] for method in (BENCHMARK, HEADLINE))
    if first not in own:
        return word("calibration.sure_none", horizon=horizon, drift=percent(drift[first]))
    cases = int(one(kept, "word", horizon, HEADLINE, first)["cases"])
    return word("calibration.sure", horizon=horizon, drift=percent(drift[first]), own=percent(own[first]), cases=number(cases, 0))


def words_sentence(kept: pd.DataFrame, horizon: int) -> str:
    """The words that are withdrawn, with peers or without; or that none is."""
    gone = [
        word("calibration.withdrawn", word=word(f"probability.{row.key}"), basis=word(f"calibration.basis.{method}"))
        for method in (HEADLINE, ALONE)
        for row in choose(kept, "word", horizon, method).itertuples()
        if judge_word(row.key, row.value, row.cases) == "poorly_calibrated"
    ]
    if not gone:
        return word("calibration.words_hold", horizon=horizon)
    return word("calibration.words_withdrawn", horizon=horizon, words=word("calibration.join").join(gone))


def diagram(kept: pd.DataFrame, horizon: int) -> dict:
    """The reliability diagram of one horizon as a half figure: our probability beside the closed-form drift."""
    named = {"own": HEADLINE, "other": BENCHMARK}
    frames = [
        choose(kept, "bin", horizon, method)[["said", "value", "low", "high", "cases"]].assign(line=line) for line, method in named.items()
    ]
    frame = pd.concat(frames, ignore_index=True).rename(columns={"value": "seen"})
    off = (frame["seen"] - frame["said"]).abs().groupby(frame["line"]).max()
    own = frame[frame["line"] == "own"]
    total = own["cases"].sum()
    told = {
        "horizon": horizon,
        "bins": len(own),
        "cases": number(int(total), 0),
        "off": percent(off["own"]),
        "drift_off": percent(off["other"]),
        "said": percent((own["said"] * own["cases"]).sum() / total),
        "seen": percent((own["seen"] * own["cases"]).sum() / total),
    }
    labels = {key: word(f"calibration.diagram.{key}") for key in ("own", "other", "equal")}
    return {
        "figure": charts.reliability(frame, alt=word("calibration.diagram.alt", **told), labels=labels),
        "id": f"reliability_{horizon}",
        "width": "half",
        "title": word("calibration.diagram.title", **told),
        "subtitle": word("calibration.diagram.subtitle"),
        "data": frame[["line", "said", "seen", "low", "high", "cases"]],
    }


def interval(row) -> str:
    return f"{number(row.low, 3)}–{number(row.high, 3)}"


def score_table(kept: pd.DataFrame) -> dict:
    """Brier score and skill of every method, a row a method, three columns a horizon."""
    rows = []
    for method in (*METHODS, "constant"):
        row = {"method": word(f"calibration.method.{method}")}
        for horizon in SHOWN:
            brier, skill = (one(kept, "score", horizon, method, key) for key in ("brier", "skill"))
            row |= {f"brier_{horizon}": brier["value"], f"interval_{horizon}": interval(brier), f"skill_{horizon}": skill["value"]}
        rows.append(row)
    frame = pd.DataFrame(rows)
    names = {"method": word("calibration.scores.method")}
    for part in ("brier", "interval", "skill"):
        names |= {f"{part}_{horizon}": word(f"calibration.scores.{part}", horizon=horizon) for horizon in SHOWN}
    counted = [number(int(one(kept, "score", horizon, HEADLINE, "brier")["cases"]), 0) for horizon in SHOWN]
    return {
        "frame": frame,
        "id": "calibration_scores",
        "caption": word("calibration.scores.caption"),
        "note": word("calibration.scores.note", cases=word("calibration.join").join(counted)),
        "columns": names,
        "decimals": {f"brier_{horizon}": 3 for horizon in SHOWN} | {f"skill_{horizon}": 2 for horizon in SHOWN},
    }


def word_table(kept: pd.DataFrame) -> dict:
    """Each word with its range and how often it came true, with peers and by the forecast alone."""
    ranges, above = {}, 1.0
    for cut, name in WORDS:
        ranges[name], above = f"{number(cut, 2)}–{number(above, 2)}", cut
    rows = [
        {
            "horizon": int(row.horizon),
            "basis": word(f"calibration.basis.{row.method}"),
            "word": word(f"probability.{row.key}"),
            "range": ranges[row.key],
            "cases": int(row.cases),
            "said": row.said,
            "seen": row.value,
            "interval": interval(row),
            "verdict": word(f"calibration.verdict.{judge_word(row.key, row.value, row.cases)}"),
        }
        for horizon in SHOWN
        for method in (HEADLINE, ALONE)
        for row in choose(kept, "word", horizon, method).itertuples()
    ]
    frame = pd.DataFrame(rows)
    return {
        "frame": frame,
        "id": "calibration_words",
        "caption": word("calibration.words.caption"),
        "note": word("calibration.words.note"),
        "columns": {column: word(f"calibration.words.{column}") for column in frame},
        "decimals": {"said": 2, "seen": 2, "cases": 0, "horizon": 0},
    }
