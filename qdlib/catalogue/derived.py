"""Declared series that join two bases of one indicator.

Takes derived.yml; gives frozen `DerivedSeries`. A splice invents a history that nobody published: it must be asked for by name, with the
vintages that it joins, the years at which they overlap and its reason. Making one is `observations.growth.splice`.
"""

from dataclasses import dataclass
from pathlib import Path

from qdlib.catalogue.documents import Name, keyed_entries


@dataclass(frozen=True)
class DerivedSeries:
    """`old` and `new` are vintages; `overlap` are the years whose ratio joins them, none for all that both print."""

    id: str
    city: str
    indicator: str
    scope: str
    old: str
    new: str
    overlap: tuple[int, ...]
    name: Name
    reason: Name


def load_derived(path: Path, faults: list[str]) -> dict[str, DerivedSeries]:
    derived = {}
    for key, entry in keyed_entries(path, faults):
        derived[key] = DerivedSeries(
            id=key,
            city=entry.text("city"),
            indicator=entry.text("indicator"),
            scope=entry.text("scope", "whole_city"),
            old=entry.text("old"),
            new=entry.text("new"),
            overlap=entry.integers("overlap", ()),
            name=entry.name("name"),
            reason=entry.name("reason"),
        )
        entry.finish()
    return derived
