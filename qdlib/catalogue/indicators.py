"""Indicators: one id for one quantity on one price basis, in one currency, by one definition.

Takes `indicators/<theme>.yml`; gives frozen `Indicator` entries. A different basis (growth instead of index, dollars instead
of yuan) is an id of its own, so that two unlike figures can never meet in one series. The direction has no default: what
is better must be said, or `none`.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from qdlib.catalogue.documents import Entry, Name, keyed_entries

KINDS = ("flow", "stock", "share", "rate", "index", "rank", "count", "ratio")
PRICES = ("current", "constant", "index_previous_year", "none")
DIRECTIONS = ("up", "down", "none")
REVISED_BY = ("economic_census", "population_census")


@dataclass(frozen=True)
class Label:
    """A printed name of an indicator, with what must hold for it to mean this indicator."""

    text: str
    from_year: int | None
    to_year: int | None
    ancestors: tuple[str, ...]
    dimension: str | None
    title: str | None
    concept_break: bool


@dataclass(frozen=True)
class Indicator:
    """A statistical indicator; `unit` is a unit id, `lower` and `upper` are limits that no true figure leaves."""

    id: str
    theme: str
    name: Name
    unit: str
    decimals: int
    kind: str
    price: str
    direction: str
    lower: Fraction | None
    upper: Fraction | None
    additive: bool
    population_base: str | None
    revised_by: str | None
    partial_of: str | None
    months: int | None
    definition: Name | None
    labels: tuple[Label, ...]

    @property
    def in_points(self) -> bool:
        """True where change is counted in percentage points, never as growth."""
        return self.kind in ("share", "rate", "index", "rank")


def load_indicators(folder: Path, faults: list[str]) -> dict[str, Indicator]:
    found: dict[str, Indicator] = {}
    files = sorted(folder.glob("*.yml"))
    if not files:
        faults.append(f"{folder.name}/ holds no theme file")
    for path in files:
        for key, entry in keyed_entries(path, faults):
            if key in found:
                entry.fault(f"the id stands in theme {found[key].theme} already")
            found[key] = read_indicator(key, path.stem, entry)
    return found


def read_indicator(key: str, theme: str, entry: Entry) -> Indicator:
    limits = entry.child("limits", None)
    indicator = Indicator(
        id=key,
        theme=theme,
        name=entry.name("name"),
        unit=entry.text("unit"),
        decimals=entry.integer("decimals"),
        kind=entry.choice("kind", KINDS),
        price=entry.choice("price", PRICES, "none"),
        direction=entry.choice("direction", DIRECTIONS),
        lower=limits.number("lower", None) if limits else None,
        upper=limits.number("upper", None) if limits else None,
        additive=entry.flag("additive"),
        population_base=entry.text("population_base", None),
        revised_by=entry.choice("revised_by", REVISED_BY, None),
        partial_of=entry.text("partial_of", None),
        months=entry.integer("months", None),
        definition=entry.name("definition", None),
        labels=tuple(read_label(label) for label in entry.children("labels")),
    )
    if limits:
        limits.finish()
    if (indicator.partial_of is None) != (indicator.months is None):
        entry.fault("a part of a year needs both `partial_of` and `months`")
    entry.finish()
    return indicator


def read_label(entry: Entry) -> Label:
    label = Label(
        text=entry.text("text"),
        from_year=entry.integer("from", None),
        to_year=entry.integer("to", None),
        ancestors=entry.texts("ancestors", ()),
        dimension=entry.text("dimension", None),
        title=entry.text("title", None),
        concept_break=entry.flag("concept_break", "no"),
    )
    entry.finish()
    return label
