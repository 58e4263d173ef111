"""What a sheet of the exported workbook is: plain values, before any file format.

Gives `Table`, and the words for cells that hold nothing: `[x]` not available, `[z]` not applicable. Text that itself reads so gets an
apostrophe in front, so that the workbook reads back without loss.
"""

import re
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import pandas as pd

from qdlib.observations.citations import group_editions, source_line

NOT_AVAILABLE, NOT_APPLICABLE = "[x]", "[z]"
LOOKS_EMPTY = re.compile(r"'*\[[xz]\]")
# The letters of UK statistics' shorthand for SDMX statuses, and r for a figure that differs from the one known before.
STATUS_MARKS = {"B": "b", "E": "e", "F": "f", "P": "p", "U": "u"}
MARKS = ("b", "e", "f", "p", "r", "u")


class Figure(NamedTuple):
    """A number and the decimals it is shown with; the cell keeps every digit."""

    value: float
    decimals: int


class Link(NamedTuple):
    text: str
    sheet: str


@dataclass(frozen=True)
class Table:
    """One sheet: title in A1, lines below it, then the header and the rows. `frozen` columns stay when one scrolls."""

    id: str
    name: str
    title: str
    lines: tuple = ()
    headings: tuple[str, ...] = ()
    rows: list[tuple] = field(default_factory=list)
    frozen: int = 1
    filters: bool = False
    summary: dict = field(default_factory=dict)


def fill_empty(value, mark: str | None):
    """The mark where there is nothing; text that looks like a mark gets an apostrophe in front."""
    if mark is None:
        return value
    if value is None or value == "":
        return mark
    return f"'{value}" if isinstance(value, str) and LOOKS_EMPTY.fullmatch(value) else value


def span(frame: pd.DataFrame) -> dict[str, int]:
    return {"first": int(frame["year"].min()), "last": int(frame["year"].max())}


def sources_line(own: pd.DataFrame, catalogue, language: str) -> str:
    """The publications under a table; the sheet of sources, not the foot of a page, has the rest of a long list."""
    named = group_editions(sorted(own["edition"].unique()), catalogue, language)
    say = partial(catalogue.say, language=language)

    def say_here(key: str, **values) -> str:
        return say("export.line.more_sources" if key == "page.sources.more" else key, **values)

    return say("export.line.source", sources=source_line(named, say_here))


def vintage_name(selection, say) -> str:
    kind, _, value = selection.vintage.partition(":")
    return say(f"page.vintage.{kind}", value=value)
