"""Declared corrections of printed figures, each with its reason and its guard.

Takes corrections.yml; gives frozen `Correction` entries. `replace` and `scale` must say what they expect to find, so that
a mended source stops the build instead of being damaged a second time. The reason stands in both languages, because readers of
the reports see it. Applying them is `observations.corrections`.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from qdlib.catalogue.documents import Name, listed_entries

ACTIONS = ("replace", "scale", "drop", "flag", "accept")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Correction:
    """`value` is the new figure as printed (replace); `unit` the unit that the source lost; `cell` names a figure that the
    reader could not assign; `check` is the finding that an `accept` lowers."""

    id: str
    edition: str
    city: str
    indicator: str
    scope: str
    years: tuple[int, ...]
    action: str
    value: str | None
    unit: str | None
    factor: Fraction | None
    cell: str | None
    check: str | None
    expect_raw: str | None
    expect_above: Fraction | None
    expect_below: Fraction | None
    reason: Name
    status: str


def load_corrections(path: Path, faults: list[str]) -> tuple[Correction, ...]:
    corrections = []
    for entry in listed_entries(path, faults):
        expect = entry.child("expect", None)
        action = entry.choice("action", ACTIONS)
        correction = Correction(
            id=entry.text("id"),
            edition=entry.text("edition"),
            city=entry.text("city"),
            indicator=entry.text("indicator"),
            scope=entry.text("scope", "whole_city"),
            years=entry.integers("years"),
            action=action,
            value=entry.text("value") if action == "replace" else entry.text("value", None),
            unit=entry.text("unit", None),
            factor=entry.number("factor") if action == "scale" else entry.number("factor", None),
            cell=entry.text("cell", None),
            check=entry.text("check") if action == "accept" else entry.text("check", None),
            expect_raw=expect.text("raw", None) if expect else None,
            expect_above=expect.number("above", None) if expect else None,
            expect_below=expect.number("below", None) if expect else None,
            reason=entry.name("reason"),
            status=entry.choice("status", ("open", "reported", "settled"), "open"),
        )
        guarded = (correction.expect_raw, correction.expect_above, correction.expect_below) != (None, None, None)
        if action in ("replace", "scale") and not guarded:
            entry.fault("`replace` and `scale` need a guard: expect: {raw: …} or {above: …} or {below: …}")
        if correction.value is not None and not NUMBER.fullmatch(correction.value):
            entry.fault(f"`value` is {correction.value!r}, expected the figure as it should be printed, such as 1368.30")
        if expect:
            expect.finish()
        entry.finish()
        corrections.append(correction)
    ids = [correction.id for correction in corrections]
    faults += [f"{path.name}: correction {key} stands twice" for key in sorted({key for key in ids if ids.count(key) > 1})]
    return tuple(corrections)
