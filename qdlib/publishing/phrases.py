"""Assessments -> the words that tables and cards show.

Takes analysis results; gives frames and dicts of ready words in the report's language, with units and marks of the house.
Computes nothing: a number is only put into its unit and a status into its mark.
"""

from collections.abc import Iterable

import pandas as pd

from qdlib.analysis import stages
from qdlib.analysis.pillars import MET, STANDINGS, count_pillars
from qdlib.analysis.targets import Case, paced_in_steps
from qdlib.catalogue import load_catalogue
from qdlib.catalogue.policy import Target
from qdlib.publishing.display import number, report_language

# A mark of its own for each word, so that shape alone tells them apart; none of them points up or down, because rising is not good.
MARKS = {
    "met": "★",
    "met_early": "☆",
    "ahead": "●",
    "on_schedule": "■",
    "holding": "◆",
    "slipping": "◈",
    "recovering": "◇",
    "slightly_behind": "◐",
    "well_behind": "○",
    "reversed": "⊗",
    "not_met": "✕",
    "lost": "⊘",
    "nothing_due": "·",
}
UNKNOWN = "—"
COUNTED = (*STANDINGS, "aspirational")


def word(key: str, **values) -> str:
    return load_catalogue().say(key, report_language(), **values)


def unit_word(unit: str) -> str:
    """The unit as printed, in the report's language."""
    entry = load_catalogue().units[unit]
    forms = entry.en if report_language() == "en" and entry.en else entry.zh
    return forms[0] if forms else ""


def amount(value: float | None, indicator: str) -> str:
    """A figure in its indicator's decimals with its unit: `6 400 亿元`."""
    if value is None or pd.isna(value):
        return UNKNOWN
    item = load_catalogue().indicators[indicator]
    return number(float(value), needed_decimals(float(value), item.decimals)) + unit_after_number(item.unit)


def unit_after_number(unit: str) -> str:
    """The unit with what stands before it: nothing before %, a times sign before a unit that is a number itself (100 million yuan)."""
    said = unit_word(unit)
    return said if said == "%" else f" × {said}" if said[:1].isdigit() else f" {said}"


def needed_decimals(value: float, most: int) -> int:
    """The fewest decimals, up to `most`, that print the value as finely as `most` would."""
    return next(
        places for places in range(most + 1) if abs(round(value, places) - round(value, most)) < 1e-9 * max(1.0, abs(value))
    )


def requirement(case: Case) -> str:
    """What the text asks for: `＞6 400 亿元`, `前5位`, `全覆盖`."""
    return target_requirement(case.target)


def target_requirement(target: Target) -> str:
    """The requirement of a commitment that has not been assessed."""
    if target.value is None:
        return word(f"requirement.{target.op}")
    values = {"value": amount(float(target.value), target.indicator)}
    if target.value_max is not None:
        values = {"value": number(float(target.value)), "value_max": amount(float(target.value_max), target.indicator)}
    return word(f"requirement.{target.op}", **values) if target.op != "full" else word("requirement.full")


def chip(case: Case) -> str:
    """Mark and word of a status, or `—` and the reason; a review in force beside it; a stale one carries its year in brackets."""
    result = case.assessment
    override = case.review.value if case.review else None
    above = result.above_band and result.status in MET
    return verdict_words(result.status or result.reason, override, result.latest_year if result.stale else None, above)


def verdict_words(verdict: str, override: str | None = None, stale_year: int | None = None, above_band: bool = False) -> str:
    """A status, a reason or `stages.word_of` as a chip's text. The computed word stands first: an override never takes its place."""
    if verdict in MARKS:
        text = status_words(verdict, None)
    else:
        text = status_words(None, verdict.removesuffix(stages.MET))
        text = word("stages.attained", word=text) if verdict.endswith(stages.MET) else text
    text = word("target.above_band", word=text) if above_band else text
    text = word("reviews.beside", word=text, review=word(f"status.{override}")) if override else text
    return f"{text} ({stale_year})" if stale_year else text


def status_words(status: str | None, reason: str | None) -> str:
    """Mark and word of a status, or the reason why there is none."""
    return f"{MARKS[status]} {word(f'status.{status}')}" if status else f"{UNKNOWN} {word(f'reason.{reason}.short')}"


def latest(case: Case) -> str:
    """The newest figure; one of which only "more than" is stated says so."""
    shown = amount(case.assessment.latest_value, case.target.indicator)
    return word("target.above_value", value=shown) if case.assessment.bound_decides else shown


def why(case: Case) -> str:
    """The sentence for a reason, and what else a reader must know of the record."""
    result, target = case.assessment, case.target
    parts = [word(f"reason.{result.reason}.long")] if result.reason else []
    return (" " if report_language() == "en" else "").join([*parts, *open_points(target)])


def open_points(target: Target) -> list[str]:
    """What the text leaves open, a sentence each: a definition, the year, a value that is our reading."""
    parts = [target.open_definition.in_language(report_language())] if target.open_definition else []
    parts += [word("target.no_year")] if target.year is None and target.op != "lead" else []
    parts += [word("target.our_reading")] if not target.value_stated else []
    stop = "." if report_language() == "en" else "。"
    return [part if part.endswith((".", "。")) else part + stop for part in parts]


def name(case: Case) -> str:
    text = case.target.name.in_language(report_language())
    return word("target.aspirational", name=text) if case.target.aspirational else text


def probability(case: Case) -> str:
    """The number and its word; a mark where it is uncalibrated, where its word is withdrawn, and where the models disagree."""
    result = case.assessment
    if result.probability is None:
        return UNKNOWN
    said = [word(f"probability.{result.probability_word}")] if result.probability_word else []
    said += [word(f"probability.mark.{result.probability_mark}")] if result.probability_mark != "calibrated" else []
    said += [word("probability.disagree")] if result.checks.models_disagree else []
    return f"{result.probability:.2f} {word('probability.join').join(said)}"


def pace(value: float | None, case: Case) -> str:
    """Growth a year in percent, percentage points for shares, things or places a year for counts and ranks."""
    if value is None or pd.isna(value):
        return UNKNOWN
    indicator = load_catalogue().indicators[case.target.indicator]
    said = f"{'+' if value > 0 else ''}{number(value, 1)}"
    if not paced_in_steps(case.target, indicator):
        return f"{said}%"
    return f"{said} {word('target.points')}" if indicator.unit == "percent" else said + unit_after_number(indicator.unit)


def target_table(cases: Iterable[Case], columns: list[str]) -> pd.DataFrame:
    """One row per commitment with the named columns, as words; `source_cell` is added for the trace."""
    policy = load_catalogue().policy
    fill = {
        "pillar": lambda case: policy.pillars[case.target.pillar].short.in_language(report_language()),
        "clause": lambda case: word("page.sources.list").join(map(str, case.target.clauses)),
        "name": name,
        "requirement": requirement,
        "base": lambda case: amount(case.assessment.base_value, case.target.indicator),
        "base_year": lambda case: case.assessment.base_year,
        "latest": latest,
        "latest_year": lambda case: case.assessment.latest_year,
        "status": chip,
        "schedule": lambda case: case.assessment.schedule,
        "needs": lambda case: pace(case.assessment.required_pace, case),
        "had": lambda case: pace(case.assessment.own_pace, case),
        "probability": probability,
        "attainment": lambda case: None if case.assessment.attainment is None else 100 * case.assessment.attainment,
        "why": why,
    }
    rows = [
        {column: fill[column](case) for column in columns} | {"source_cell": "; ".join(case.assessment.source_cells)}
        for case in cases
    ]
    frame = pd.DataFrame(rows, columns=[*columns, "source_cell"])
    for column in {"base_year", "latest_year"} & set(columns):
        frame[column] = frame[column].astype("Int64")
    return frame


def headings(columns: Iterable[str]) -> dict[str, str]:
    return {column: word(f"target.{column}") for column in columns}


def pillar_cards(cases: list[Case]) -> list[dict]:
    """One card a pillar: counts, its headline commitment with chip, how far of the way it is and how far it should be."""
    policy = load_catalogue().policy
    counts = count_pillars([case.assessment for case in cases], load_catalogue()).set_index("pillar")
    cards = []
    for key, pillar in policy.pillars.items():
        row, case = counts.loc[key], leading(key, cases)
        known = [word(f"overview.count.{kind}", number=int(row[kind])) for kind in COUNTED if row[kind]]
        card = {
            "title": pillar.name.in_language(report_language()),
            "counts": " · ".join([word("overview.count.targets", number=int(row["targets"])), *known]),
            "page": f"pillars/{key}",
        }
        if case is not None:
            asked = f"{case.target.name.in_language(report_language())} {requirement(case)}"
            card |= {"headline": asked, "chip": chip(case), **progress(case)}
        cards.append(card)
    return cards


def leading(pillar: str, cases: list[Case]) -> Case | None:
    """The commitment that stands for a pillar: its headline, else its first with a status, else its first; None for an empty one."""
    own = [case for case in cases if case.target.pillar == pillar]
    own.sort(key=lambda case: (not case.target.headline, case.assessment.status is None))
    return own[0] if own else None


def progress(case: Case) -> dict:
    """Share of the way from base to target that is done, and that should be done; texts at both ends."""
    result = case.assessment
    if case.path is None or result.latest_value is None or result.value == result.base_value or result.maintain:
        left = "" if result.latest_value is None else f"{result.latest_year} {amount(result.latest_value, case.target.indicator)}"
        return {"progress": None, "tick": None, "left": left, "right": ""}
    span = result.value - result.base_value
    done = (result.latest_value - result.base_value) / span
    due = (case.path.value(result.latest_year) - result.base_value) / span
    return {
        "progress": min(max(done, 0.0), 1.0),
        "tick": min(max(due, 0.0), 1.0),
        "left": f"{result.base_year} {amount(result.base_value, case.target.indicator)}",
        "right": f"{result.latest_year} {amount(result.latest_value, case.target.indicator)}",
    }
