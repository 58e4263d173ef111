"""What departments report on the items of the programme lists: unit in charge, dates, milestones, money.

Takes reports as a frame, one row per milestone (an item without milestones has one row); gives `ItemReport` entries and back
again. Each report is kept with its date, so that a past day can be seen as it was; the newest of a day decides. The policy names
no unit and no date, so nothing here is ever filled in for a department. No persons, only organisations.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from qdlib.catalogue.programme import Programme
from qdlib.errors import DataError, nearest, raise_all
from qdlib.reading.department_programme import ITEM_COLUMNS, STEP_COLUMNS

SLACK = 1e-9
COLUMNS = (*ITEM_COLUMNS, *STEP_COLUMNS)


@dataclass(frozen=True)
class Milestone:
    """A step of an item: weight (share of the item, all weights sum to 1), date due, date done (None: not yet)."""

    title: str
    weight: float
    due: date
    done_on: date | None = None
    evidence: str = ""


@dataclass(frozen=True)
class ItemReport:
    """What a unit says of an item on a day. Investment in 亿元 since the start; `investment_planned` is the plan up to that day."""

    item: str
    reported_on: date
    responsible_unit: str = ""
    supporting_units: tuple[str, ...] = ()
    start: date | None = None
    due: date | None = None
    milestones: tuple[Milestone, ...] = ()
    investment_planned: float | None = None
    investment_spent: float | None = None
    parts_done: int | None = None
    note: str = ""


def tabulate_reports(reports: Iterable[ItemReport]) -> pd.DataFrame:
    """The reports as a frame with `COLUMNS`, one row per milestone: dates as ISO text, supporting units one a line."""
    rows = []
    for report in reports:
        own = {name: getattr(report, name) for name in ITEM_COLUMNS}
        own |= {name: as_text(own[name]) for name in ("reported_on", "start", "due")}
        own["supporting_units"] = "\n".join(report.supporting_units)
        steps = [(step.title, step.weight, as_text(step.due), as_text(step.done_on), step.evidence) for step in report.milestones]
        rows += [own | dict(zip(STEP_COLUMNS, step, strict=True)) for step in steps or [("", None, "", "", "")]]
    numbers = dict.fromkeys(("investment_planned", "investment_spent", "weight"), float)
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({**numbers, "parts_done": "Int64"})


def collect_reports(frame: pd.DataFrame | None) -> list[ItemReport]:
    """The frame of `tabulate_reports` as reports; none where departments have not reported. DataError on missing columns."""
    if frame is None or frame.empty:
        return []
    absent = [name for name in COLUMNS if name not in frame]
    if absent:
        raise DataError(f"departments' reports lack the columns {', '.join(absent)}, found {', '.join(map(str, frame.columns))}")
    keys = ["item", "reported_on", "responsible_unit"]
    return [read_report(rows) for _, rows in frame.groupby(keys, sort=False, dropna=False)]


def read_report(rows: pd.DataFrame) -> ItemReport:
    first = {name: None if pd.isna(value) else value for name, value in rows.iloc[0].items()}
    return ItemReport(
        item=first["item"],
        reported_on=date.fromisoformat(first["reported_on"]),
        responsible_unit=first["responsible_unit"] or "",
        supporting_units=tuple(unit for unit in (first["supporting_units"] or "").split("\n") if unit),
        start=as_date(first["start"]),
        due=as_date(first["due"]),
        milestones=tuple(
            Milestone(
                row.step, float(row.weight), date.fromisoformat(row.step_due), as_date(row.step_done_on), row.evidence or ""
            )
            for row in rows.itertuples()
            if row.step
        ),
        investment_planned=first["investment_planned"],
        investment_spent=first["investment_spent"],
        parts_done=None if first["parts_done"] is None else int(first["parts_done"]),
        note=first["note"] or "",
    )


def as_text(day: date | None) -> str:
    return day.isoformat() if day else ""


def as_date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def choose_newest(reports: Iterable[ItemReport], day: date) -> dict[str, ItemReport]:
    """The newest report of each item that was there on the day; of two on one date the later in the list."""
    known = sorted((report for report in reports if report.reported_on <= day), key=lambda report: report.reported_on)
    return {report.item: report for report in known}


def check_reports(reports: Mapping[str, ItemReport], programme: Programme) -> None:
    faults = []
    for key, report in reports.items():
        item, where = programme.items.get(key), f"report of {report.reported_on} on {key}"
        if item is None:
            faults.append(f"{where}: unknown item{nearest(key, programme.items)}; expected an id of the programme lists")
            continue
        total = sum(step.weight for step in report.milestones)
        if report.milestones and abs(total - 1) > SLACK:
            faults.append(f"{where}: milestone weights sum to {total:g}, expected 1")
        faults += [
            f"{where}: milestone {step.title!r} weighs {step.weight:g}, expected more than 0"
            for step in report.milestones
            if step.weight <= 0
        ]
        if report.start and report.due and report.due < report.start:
            faults.append(f"{where}: due {report.due} before the start {report.start}")
        if report.parts_done is not None and not 0 <= report.parts_done <= (item.parts_total or 0):
            faults.append(f"{where}: {report.parts_done} parts done, the item has {item.parts_total or 'no parts'}")
    raise_all(DataError, faults, "reports on the programme")
