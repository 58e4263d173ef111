"""How far the undertakings of the programme are: list measures and a word for each item.

Takes the programme's items, the departments' reports and `today`; gives a frame with one row per item, and counts of it. Every
measure is a share of what was planned by the unit itself, so an item without report has none and is `unreported`: nothing is
assumed for it. Reports dated after `today` do not count, and of the others the newest decides, so that a past stage can be
evaluated as it was. SPI is the schedule performance index of earned-value practice (PMI, Practice Standard for Earned Value
Management) with milestone weights in place of money; the cuts are ours: slow below .8, stalled at 90 days without report. Nobody is
ranked.
"""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from qdlib.analysis.item_reports import ItemReport, Milestone, check_reports, choose_newest
from qdlib.catalogue.programme import Item, Programme
from qdlib.errors import DataError

WORDS = ("unreported", "not_started", "in_progress", "slow", "stalled", "overdue", "done")
SLOW_BELOW = 0.8
STALLED_AFTER = 90  # days
REQUIRED = ("responsible_unit", "due", "milestones")
SLACK = 1e-9


def assess_programme(programme: Programme, reports: Iterable[ItemReport], today: str) -> pd.DataFrame:
    """One row per item in the order of the lists.

    Columns: item, type, pillar, clause, word; spi, spent_share, on_time_rate (shares), days_overdue (days); parts_done, parts_total;
    complete (0 to 3 of unit, due date, milestones), missing (what is absent, tuple); unit, supporting, start, due, reported_on.
    Raises DataError with all faults: an unknown item, weights that do not sum to 1, more parts done than there are, a due date
    before the start.
    """
    day = date.fromisoformat(today)
    newest = choose_newest(reports, day)
    check_reports(newest, programme)
    return pd.DataFrame([assess_item(item, newest.get(item.id), day) for item in programme.items.values()])


def assess_item(item: Item, report: ItemReport | None, day: date) -> dict:
    """One row of `assess_programme`."""
    row = {"item": item.id, "type": item.type, "pillar": item.pillar, "clause": item.clause, "word": item_word(report, day)}
    if report is None:
        empty = dict.fromkeys(("spi", "spent_share", "on_time_rate", "days_overdue", "parts_done"))
        about = {"unit": "", "supporting": (), "start": None, "due": None, "reported_on": None}
        return row | empty | {"parts_total": item.parts_total, "complete": 0, "missing": REQUIRED} | about
    missing = missing_fields(report)
    return row | {
        "spi": milestone_index(report.milestones, day),
        "spent_share": spent_share(report),
        "on_time_rate": on_time_rate(report.milestones, day),
        "days_overdue": days_overdue(report, day),
        "parts_done": report.parts_done,
        "parts_total": item.parts_total,
        "complete": len(REQUIRED) - len(missing),
        "missing": missing,
        "unit": report.responsible_unit,
        "supporting": report.supporting_units,
        "start": report.start,
        "due": report.due,
        "reported_on": report.reported_on,
    }


def item_word(report: ItemReport | None, day: date) -> str:
    """The one word for an item; the first that applies, from what is certain to what is only a pace.

    unreported: no report. done: every milestone is done. overdue: the item's due date is past. not_started: nothing is done or spent
    and the start lies ahead, or is not stated. stalled: the newest report is 90 days old or older. slow: SPI below .8. Else
    in_progress.
    """
    if report is None:
        return "unreported"
    if is_done(report, day):
        return "done"
    if days_overdue(report, day):
        return "overdue"
    if not has_begun(report, day) and report.start and report.start > day:
        return "not_started"
    if (day - report.reported_on).days >= STALLED_AFTER:
        return "stalled"
    if not has_begun(report, day) and report.start is None:
        return "not_started"
    index = milestone_index(report.milestones, day)
    return "slow" if index is not None and index < SLOW_BELOW - SLACK else "in_progress"


def is_done(report: ItemReport, day: date) -> bool:
    return bool(report.milestones) and all(done_by(step, day) for step in report.milestones)


def has_begun(report: ItemReport, day: date) -> bool:
    return any(done_by(step, day) for step in report.milestones) or bool(report.investment_spent) or bool(report.parts_done)


def done_by(step: Milestone, day: date) -> bool:
    return step.done_on is not None and step.done_on <= day


def milestone_index(milestones: Iterable[Milestone], day: date) -> float | None:
    """SPI: weight done over weight due by the day, .62 of .75 is .827; None while nothing is due."""
    milestones = tuple(milestones)
    due = sum(step.weight for step in milestones if step.due <= day)
    return sum(step.weight for step in milestones if done_by(step, day)) / due if due else None


def on_time_rate(milestones: Iterable[Milestone], day: date) -> float | None:
    """Share of the milestones due by the day that were done on their date or before; None while nothing is due."""
    due = [step for step in milestones if step.due <= day]
    return sum(step.done_on is not None and step.done_on <= step.due for step in due) / len(due) if due else None


def spent_share(report: ItemReport) -> float | None:
    """Spent over planned investment; None where either is not reported or nothing was planned."""
    if report.investment_spent is None or not report.investment_planned:
        return None
    return report.investment_spent / report.investment_planned


def planned_investment(spent: float, share: float) -> float:
    """The plan behind a published rate, in the unit of `spent`: 2535 亿元 at 111 % (share 1.11) were 2283.8 planned."""
    if share <= 0:
        raise DataError(f"investment of {spent:g} at a share of {share:g}: expected a share above 0, 1.11 for 111 %")
    return spent / share


def days_overdue(report: ItemReport, day: date) -> int | None:
    """Days since the item's due date; 0 when it is done or not due, None without a due date."""
    if report.due is None:
        return None
    return 0 if is_done(report, day) else max((day - report.due).days, 0)


def missing_fields(report: ItemReport) -> tuple[str, ...]:
    """Which of unit in charge, due date and milestones the report lacks."""
    return tuple(name for name in REQUIRED if not getattr(report, name))


def count_words(assessed: pd.DataFrame, by: str = "type") -> pd.DataFrame:
    """Items by word: one row per value of `by` (in order of appearance), a column per word and `items`, their sum."""
    counts = pd.crosstab(assessed[by], assessed["word"]).reindex(index=assessed[by].unique(), columns=WORDS, fill_value=0)
    return counts.assign(items=counts.sum(axis=1)).rename_axis(columns=None).reset_index()


def count_fields(assessed: pd.DataFrame, by: str = "type") -> pd.DataFrame:
    """Completeness: per value of `by` the items, those with each required field, and those with all."""
    has = pd.DataFrame({name: [name not in absent for absent in assessed["missing"]] for name in REQUIRED}, index=assessed.index)
    frame = assessed[[by]].assign(items=1, **has, all_fields=has.all(axis=1)).groupby(by, sort=False).sum()
    return frame.astype(int).reset_index()


def dispatch(assessed: pd.DataFrame) -> pd.DataFrame:
    """Who must act: one row per unit in charge, by name, with the items it holds and those in need of action.

    Columns: unit ('' where none is reported), items, overdue, stalled, slow, unreported, days_overdue (the longest), fields (required
    fields that are missing). Where a unit has reported nothing, overdue, stalled and slow are missing, not 0: nobody knows; so is
    days_overdue without any due date. Sorted by name, the nameless first: it says who owes what and ranks nobody.
    """
    rows = [{"unit": unit} | owed_by(own) for unit, own in assessed.groupby("unit", sort=True)]
    counts = ["items", "overdue", "stalled", "slow", "unreported", "days_overdue", "fields"]
    return pd.DataFrame(rows, columns=["unit", *counts]).astype(dict.fromkeys(counts, "Int64"))


def owed_by(own: pd.DataFrame) -> dict:
    """The counts of one unit's items."""
    silent, days = (own["word"] == "unreported").all(), own["days_overdue"].dropna()
    return {
        "items": len(own),
        **{word: None if silent else int((own["word"] == word).sum()) for word in ("overdue", "stalled", "slow")},
        "unreported": int((own["word"] == "unreported").sum()),
        "days_overdue": int(days.max()) if len(days) else None,
        "fields": sum(len(absent) for absent in own["missing"]),
    }
