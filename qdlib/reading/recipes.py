"""Recipes: what a person says about tables that the reader cannot settle alone.

Takes YAML documents of a source, an edition and a file; gives one `Recipe` a table, the nearer document winning key by key. A recipe
removes rivals and never invents: an unknown key, a cell or label that is not there, a table that is not found or found twice, other counts
than expected are `RecipeMismatch`, because an edition whose header changed under its recipe would be read with the labels of the old one.
Opens no file.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from qdlib.errors import nearest, raise_all
from qdlib.reading.errors import RecipeMismatch
from qdlib.reading.sheet import Place, from_a1, from_range

VERSION = "1"
ROW_TREES = ("marks", "indent", "bold", "groups", "flat")
AXES = ("year", "indicator", "city", "scope", "period", "unit", "ignore")
STATUSES = ("M", "N", "L", "Q")
# A note that says what kind of figure its mark means; any other wording stays a note.
NOTE_STATUS = (
    (re.compile(r"初步|快报|预计|provisional|preliminary"), "P"),
    (re.compile(r"估计|估算|estimat"), "E"),
    (re.compile(r"慎用"), "U"),
)
KEYS = {
    "table": ("sheet", "number", "title"),
    "layout": ("region", "header_rows", "stub_columns", "spans", "row_tree", "parents", "joined"),
    "axes": ("rows", "columns"),
    "fixed": ("city", "scope", "year"),
    "unit": None,
    "indicators": None,
    "missing": None,
    "negatives": (),
    "notes": None,
    "checks": (),
    "expect": ("values", "missing"),
    "recipe": (),
}


@dataclass(frozen=True)
class Layout:
    """Where things stand. `spans`: rows and columns of header cells; `joined`: a label → the cell with its second half."""

    region: str = ""
    header_rows: int | None = None
    stub_columns: int | None = None
    spans: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    row_tree: str = ""
    parents: Mapping[str, str] = field(default_factory=dict)
    joined: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipe:
    """What a person says about one table, or (without `table`) about every table of a file."""

    where: str = ""
    sheet: str = ""
    number: str = ""
    title: str = ""
    layout: Layout = Layout()
    axes: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    indicators: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    brackets_negative: bool = False
    notes: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[Mapping[str, Any], ...] = ()
    expect: Mapping[str, int] = field(default_factory=dict)

    @property
    def chooses(self) -> bool:
        """True where the recipe is for one table."""
        return bool(self.sheet or self.number or self.title or self.layout.region)

    def words(self) -> str:
        parts = (self.sheet, self.number, self.title, self.layout.region)
        return f"{self.where}: table {' '.join(filter(None, parts)) or '(every table)'}"


NO_RECIPE = Recipe()


def make_recipes(documents: Iterable[tuple[str, Sequence[Any]]]) -> tuple[Recipe, tuple[Recipe, ...]]:
    """What holds for every table of a file, and the recipes of single tables.

    documents: (name, YAML documents) from the farthest file to the nearest. Raises RecipeMismatch with every fault.
    """
    faults: list[str] = []
    general: dict = {}
    single: list[Recipe] = []
    where = ""
    for where, entries in documents:
        for entry in entries:
            if not isinstance(entry, dict):
                faults.append(f"{where}: holds no keys; expected `recipe: {VERSION}` and the keys {', '.join(KEYS)}")
            elif "table" in entry or "region" in (entry.get("layout") or {}):
                single.append(_recipe(_merged(general, entry), where, faults))
            else:
                general = _merged(general, entry)
    whole = _recipe(general, where, faults) if general else NO_RECIPE
    raise_all(RecipeMismatch, faults, "recipe cannot be used")
    return whole, tuple(single)


def _merged(first: Mapping, second: Mapping) -> dict:
    """The second document's keys over the first's, mappings key by key."""
    found = dict(first)
    for key, value in second.items():
        both = isinstance(value, dict) and isinstance(found.get(key), dict)
        found[key] = {**found[key], **value} if both else value
    return found


def _recipe(entry: Mapping, where: str, faults: list[str]) -> Recipe:
    before = len(faults)
    _check_keys(entry, where, faults)
    if len(faults) > before:
        return NO_RECIPE
    table, unit = entry.get("table") or {}, dict(entry.get("unit") or {})
    return Recipe(
        where,
        table.get("sheet", ""),
        table.get("number", ""),
        table.get("title", ""),
        _layout(entry.get("layout") or {}, where, faults),
        entry.get("axes") or {},
        entry.get("fixed") or {},
        unit.pop("default", ""),
        unit,
        entry.get("indicators") or {},
        entry.get("missing") or {},
        entry.get("negatives", "") == "parentheses",
        entry.get("notes") or {},
        tuple(entry.get("checks") or ()),
        {key: _count(value, f"expect.{key}", where, faults) or 0 for key, value in (entry.get("expect") or {}).items()},
    )


def _check_keys(entry: Mapping, where: str, faults: list[str]) -> None:
    if entry.get("recipe") != VERSION:
        faults.append(f"{where}: recipe is {entry.get('recipe')!r}, expected {VERSION}")
    for key, value in entry.items():
        if key not in KEYS:
            faults.append(f"{where}: unknown key {key!r}{nearest(key, KEYS)}; known are {', '.join(KEYS)}")
        elif KEYS[key] != () and not isinstance(value, dict):
            faults.append(f"{where}: {key} is {value!r}, expected a mapping")
        elif KEYS[key]:
            for inner in sorted(set(value) - set(KEYS[key])):
                faults.append(f"{where}: unknown key {key}.{inner}{nearest(inner, KEYS[key])}; known are {', '.join(KEYS[key])}")
    if not isinstance(entry.get("checks", []), list):
        faults.append(f"{where}: checks is {entry['checks']!r}, expected a list of {{total, parts}} or {{whole, includes}}")
    _check_words(entry, where, faults)


def _check_words(entry: Mapping, where: str, faults: list[str]) -> None:
    layout, axes, missing = (entry.get(key) if isinstance(entry.get(key), dict) else {} for key in ("layout", "axes", "missing"))
    choices = [
        ("layout.row_tree", layout.get("row_tree", ""), ("", *ROW_TREES)),
        ("negatives", entry.get("negatives", ""), ("", "parentheses")),
    ]
    choices += [(f"axes.{key}", value, AXES) for key, value in axes.items()]
    choices += [(f"missing.{key!r}", value, STATUSES) for key, value in missing.items()]
    for key, value, allowed in choices:
        if value not in allowed:
            faults.append(f"{where}: {key} is {value!r}, expected one of {', '.join(filter(None, allowed))}")


def _layout(entry: Mapping, where: str, faults: list[str]) -> Layout:
    spans = {}
    for cell, size in (entry.get("spans") or {}).items():
        found = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", size)
        if found and _address(cell, where, faults):
            spans[cell] = (int(found[1]), int(found[2]))
        elif not found:
            faults.append(f"{where}: layout.spans {cell} is {size!r}, expected rows x columns such as 1x5")
    region = entry.get("region", "")
    if region:
        try:
            from_range(region)
        except Exception as fault:
            faults.append(f"{where}: layout.region: {fault}")
    pairs = {key: entry.get(key) or {} for key in ("parents", "joined")}
    for pair in pairs.values():
        for cell in (*pair, *pair.values()):
            _address(cell, where, faults)
    header, stub = (_count(entry.get(key), f"layout.{key}", where, faults) for key in ("header_rows", "stub_columns"))
    return Layout(region, header, stub, spans, entry.get("row_tree", ""), pairs["parents"], pairs["joined"])


def _count(value: str | None, key: str, where: str, faults: list[str]) -> int | None:
    if value is None:
        return None
    if not re.fullmatch(r"\d+", value):
        faults.append(f"{where}: {key} is {value!r}, expected a whole number")
        return None
    return int(value)


def _address(cell: str, where: str, faults: list[str]) -> bool:
    try:
        from_a1(cell)
    except Exception as fault:
        faults.append(f"{where}: {fault}")
        return False
    return True


def note_status(words: str) -> str:
    """Status that the words of a footnote mean: P, E or U; empty for any other note."""
    return next((status for pattern, status in NOTE_STATUS if pattern.search(words)), "")


def places_of(cells: Mapping[str, Any], locate) -> dict[Place, Any]:
    """Addresses of a recipe as logical places; `locate` is the sheet's."""
    return {locate(cell): value for cell, value in cells.items()}
