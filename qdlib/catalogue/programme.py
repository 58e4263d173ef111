"""The programme lists: every concrete undertaking of the policy as task, project or policy.

Takes the folder programme/ with one file per pillar, and one for the measures that carry the policy out; gives a frozen
`Programme`. An item says what the text says and nothing else: it has no unit in charge, date, milestone or money, because the
text names none. Those are reported by departments and live with the data, never here. `counts` in each file's head is checked
against its items, so that a line cannot be lost. `targets` and `watch` are links of our own reading: the commitment whose figure
the item moves, and the indicator that shows its direction where the text states no number.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from qdlib.catalogue.documents import Entry, Name, read_yaml
from qdlib.catalogue.policy import Policy
from qdlib.errors import nearest

TYPES = ("task", "project", "policy")
ITEM_ID = re.compile(r"c(\d\d)-([1-9]\d?)")


@dataclass(frozen=True)
class Section:
    """One file of items. `name` and `short` are None for a pillar: the policy names it."""

    id: str
    name: Name | None
    short: Name | None


@dataclass(frozen=True)
class Item:
    """One undertaking. `parts` are those that the text names; `parts_stated` is the number it states, None where it states none."""

    id: str
    type: str
    pillar: str
    clause: int
    title: Name
    parts: tuple[Name, ...]
    parts_stated: int | None
    aspirational: bool
    targets: tuple[str, ...]
    watch: tuple[str, ...]

    @property
    def parts_total(self) -> int | None:
        """How many parts can be done: as stated, else as named; None for an undivided item."""
        return self.parts_stated or len(self.parts) or None


@dataclass(frozen=True)
class Programme:
    sections: Mapping[str, Section]
    items: Mapping[str, Item]

    def serving(self, target: str) -> tuple[Item, ...]:
        """The items that are linked to a commitment."""
        return tuple(item for item in self.items.values() if target in item.targets)


def load_programme(folder: Path, order: tuple[str, ...], faults: list[str]) -> Programme:
    """Sections in the order of the policy's pillars (`order`), others behind; items in the order of the text."""
    sections, items = {}, {}
    files = {path.stem: path for path in sorted(folder.glob("*.yml"))}
    if not files:
        faults.append(f"{folder.name}/ holds no file: state the programme's items, one file per pillar")
    for key in sorted(files, key=lambda key: (order.index(key) if key in order else len(order), key)):
        content = read_yaml(files[key], faults)
        if isinstance(content, dict):
            entry = Entry(content, f"{folder.name}/{key}.yml", faults)
            sections[key] = read_section(key, entry)
            read_items(key, entry, items)
            entry.finish()
        elif content is not None:
            faults.append(f"{folder.name}/{key}.yml must have a head and `items`, found {type(content).__name__}")
    return Programme(MappingProxyType(sections), MappingProxyType(items))


def read_section(key: str, entry: Entry) -> Section:
    stated = entry.text("pillar")
    if stated not in (None, key):
        entry.fault(f"`pillar` is {stated!r}, expected {key!r}, the file's own name")
    return Section(key, entry.name("name", None), entry.name("short", None))


def read_items(key: str, entry: Entry, items: dict[str, Item]) -> None:
    """Read the items of one file into `items` and hold their number against the head."""
    own = []
    for child in entry.children("items"):
        identifier = child.text("id") or "without id"
        child.where = f"{entry.where}, item {identifier}"
        item = read_item(identifier, key, child)
        if identifier in items:
            child.fault("the id stands twice; ids are never reused")
        check_item(item, own[-1] if own else None, child)
        items[identifier] = item
        own.append(item)
    check_counts(own, entry)


def read_item(key: str, pillar: str, entry: Entry) -> Item:
    item = Item(
        id=key,
        type=entry.choice("type", TYPES),
        pillar=pillar,
        clause=entry.integer("clause"),
        title=entry.name("title"),
        parts=tuple(read_parts(entry)),
        parts_stated=entry.integer("parts_stated", None),
        aspirational=entry.flag("aspirational", "no"),
        targets=entry.texts("targets", ()),
        watch=entry.texts("watch", ()),
    )
    entry.finish()
    return item


def read_parts(entry: Entry) -> Iterator[Name]:
    for number, child in enumerate(entry.children("parts"), start=1):
        holder = Entry({"name": child.values}, f"{entry.where}, part {number}", entry.faults)
        name = holder.name("name")
        if name is not None:
            yield name


def check_item(item: Item, before: Item | None, entry: Entry) -> None:
    """The id says clause and place in the clause; parts are two or more, and no more than the text states."""
    found = ITEM_ID.fullmatch(item.id)
    if not found:
        entry.fault(f"the id is {item.id!r}, expected clause and number such as c05-3")
    elif item.clause is not None:
        if int(found[1]) != item.clause:
            entry.fault(f"`clause` is {item.clause}, but the id says {int(found[1])}")
        expected = int(ITEM_ID.fullmatch(before.id)[2]) + 1 if before and follows(before, item) else 1
        if int(found[2]) != expected:
            entry.fault(f"stands where c{item.clause:02d}-{expected} is expected; ids of a clause count up without a gap")
    if before and None not in (before.clause, item.clause) and item.clause < before.clause:
        entry.fault(f"`clause` {item.clause} stands behind clause {before.clause}; items are in the order of the text")
    if item.parts_stated is not None and item.parts_stated < max(len(item.parts), 2):
        entry.fault(
            f"`parts_stated` is {item.parts_stated}, but {len(item.parts)} parts are named; expected at least 2 and those"
        )
    if len(item.parts) == 1 and item.parts_stated is None:
        entry.fault(f"`parts` holds {item.parts[0].zh} alone: one part is the item itself")


def follows(before: Item, item: Item) -> bool:
    return before.clause == item.clause and ITEM_ID.fullmatch(before.id) is not None


def check_counts(items: list[Item], entry: Entry) -> None:
    head = entry.child("counts")
    for kind in TYPES if head else ():
        stated, found = head.integer(kind), sum(item.type == kind for item in items)
        if stated is not None and stated != found:
            entry.fault(
                f"`counts` states {kind}: {stated}, the file holds {found}: an item was lost or added; mend the head or the items"
            )
    if head:
        head.finish()


def cross_check_programme(programme: Programme, policy: Policy, indicators: Mapping) -> list[str]:
    """Every pillar, clause, commitment and indicator that an item uses must exist; a clause belongs to one file."""
    faults: list[str] = []
    for section in programme.sections.values():
        named, where = section.name is not None and section.short is not None, f"programme/{section.id}.yml"
        if section.id not in policy.pillars and not named:
            faults.append(
                f"{where}: unknown pillar {section.id!r}{nearest(section.id, policy.pillars)} (else state name and short)"
            )
        if section.id in policy.pillars and (section.name or section.short):
            faults.append(f"{where}: `name` and `short` of a pillar stand in targets.yml; take them out here")
    homes: dict[int, str] = {}
    for item in programme.items.values():
        where = f"programme/{item.pillar}.yml, item {item.id}"
        if not 1 <= item.clause <= policy.clauses:
            faults.append(f"{where}: clause {item.clause} is not in the policy, which has clauses 1 to {policy.clauses}")
        if homes.setdefault(item.clause, item.pillar) != item.pillar:
            faults.append(f"{where}: clause {item.clause} stands in programme/{homes[item.clause]}.yml already")
        for known, keys, what in ((policy.targets, item.targets, "target"), (indicators, item.watch, "indicator")):
            faults += [f"{where}: unknown {what} {key!r}{nearest(key, known)}" for key in keys if key not in known]
    return faults
