"""The department workbook as a form: its sheets, columns and hidden `_meta`, known to its writer and its reader alike.

Takes a catalogue; gives columns, the facts that `_meta` holds, and the faults that a filled form may have. Decisions: labels, units
and years of the rows stand in `_meta` as they were handed out, so that a report in data/raw can still be read when a name is
reworded later. The catalogue hash covers only what a figure means (indicator, unit, kind, limits of the form's own targets): when
that has changed, the old form asked another question. Does not open files.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from qdlib.catalogue import Catalogue

FORMAT = "1"
SOURCE = "department_reports"
KIND = "department_workbook"
META = "_meta"
HEADER = 4  # row of the headings; title, a line of help and the words locked / fill in stand above
NOT_ASKED = "—"
STATUSES = ("A", "P", "E")
MILESTONES = (1, 2, 3)
MILESTONE = ("title", "weight", "due", "done", "evidence")
LOCKED = {
    "indicators": ("target", "indicator", "name", "year", "unit", "limits", "asks"),
    "programme": ("item", "type", "pillar", "clause", "title"),
}
INPUTS = {
    "indicators": ("value", "published", "status", "source", "department", "list", "list_size", "definition", "note"),
    "programme": (
        *("department", "supporting", "start", "due", "planned", "spent", "parts_done"),
        *(f"{part}_{number}" for number in MILESTONES for part in MILESTONE),
        "note",
    ),
}


class ProgrammeItem(Protocol):
    """What the Programme sheet needs of an item; `title` has zh and en. `parts_total`: how many parts can be done, None without parts."""

    id: str
    type: str
    pillar: str
    clause: int
    parts_total: int | None

    @property
    def title(self): ...


@dataclass(frozen=True)
class Asked:
    """One target on a form: what a figure of it means, how the row is worded, which years are asked for."""

    target: str
    indicator: str
    unit: str
    name: str
    unit_text: str
    years: tuple[int, ...]


@dataclass(frozen=True)
class Meta:
    """What `_meta` says. `sheets`: part -> sheet name; `headings`: part -> headings in order; `items`: programme id -> title."""

    format: str
    policy: str
    catalogue: str
    city: str
    language: str
    full_year: int
    sheets: Mapping[str, str]
    headings: Mapping[str, tuple[str, ...]]
    targets: Mapping[str, Asked]
    items: Mapping[str, str]


@dataclass(frozen=True)
class Fault:
    """One fault at one cell (`sheet` and `cell` are empty for the whole file); the sentence is `template.fault.<kind>`."""

    kind: str
    sheet: str
    cell: str
    value: str
    expected: str = ""

    def words(self, file: str, catalogue: Catalogue, language: str = "en") -> str:
        """File, sheet, cell, value, what is expected and what to do."""
        place = "!".join(filter(None, (file, self.sheet, self.cell)))
        said = catalogue.say(f"template.fault.{self.kind}", language, value=self.value, expected=self.expected)
        return f"{place}: {said} [{self.kind}]"


def columns_of(part: str) -> tuple[str, ...]:
    return (*LOCKED[part], *INPUTS[part])


def programme_items(catalogue: Catalogue) -> tuple[ProgrammeItem, ...]:
    """The items of the catalogue's programme in its order; none while it has no programme."""
    programme = getattr(catalogue, "programme", None)
    return tuple(programme.items.values()) if programme else ()


def hash_meaning(catalogue: Catalogue, targets: Iterable[str], items: Iterable[str]) -> str:
    """Twelve digits that change when a figure of one of the targets would mean something else. Unknown targets count as such."""
    parts = [FORMAT, catalogue.policy.title.zh, *sorted(items)]
    for key in sorted(targets):
        target = catalogue.policy.targets.get(key)
        indicator = target and catalogue.indicators[target.indicator]
        facts = indicator and (
            indicator.id,
            indicator.unit,
            target.kind,
            indicator.lower,
            indicator.upper,
            bool(target.open_definition),
        )
        parts.append(f"{key} {facts}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def meta_rows(meta: Meta) -> list[tuple[str, str]]:
    """The rows of `_meta`: a key and its value, and last a digest of all, so that a changed row is noticed."""
    rows = [(key, str(getattr(meta, key))) for key in ("format", "policy", "catalogue", "city", "language", "full_year")]
    for key in ("sheets", "headings", "items"):
        rows += [(f"{key} {name}", json.dumps(value, ensure_ascii=False)) for name, value in getattr(meta, key).items()]
    for asked in meta.targets.values():
        values = (asked.indicator, asked.unit, asked.name, asked.unit_text, asked.years)
        rows.append((f"targets {asked.target}", json.dumps(values, ensure_ascii=False)))
    return [*rows, ("digest", digest(rows))]


def digest(rows: Iterable[tuple[str, str]]) -> str:
    return hashlib.sha256(json.dumps(list(rows), ensure_ascii=False).encode()).hexdigest()[:16]


def parse_meta(rows: list[tuple[str, str]]) -> Meta | None:
    """What the rows of `_meta` say; None where they are not what was written."""
    if not rows or rows[-1] != ("digest", digest(rows[:-1])):
        return None
    plain = {key: value for key, value in rows if " " not in key}
    nested: dict[str, dict] = {"sheets": {}, "headings": {}, "items": {}, "targets": {}}
    for key, value in rows:
        group, sign, name = key.partition(" ")
        if sign:
            nested[group][name] = json.loads(value)
    return Meta(
        **{key: plain[key] for key in ("format", "policy", "catalogue", "city", "language")},
        full_year=int(plain["full_year"]),
        sheets=nested["sheets"],
        headings={name: tuple(value) for name, value in nested["headings"].items()},
        targets={key: Asked(key, *value[:4], tuple(value[4])) for key, value in nested["targets"].items()},
        items=nested["items"],
    )
