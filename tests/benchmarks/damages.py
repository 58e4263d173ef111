"""Seeded damage to tables that are read with certainty: what of it the reader refuses or flags at the right cell.

Takes sheets; gives counts by kind of damage. A damage is caught if the table is no longer certain, if nothing wrong is printed, or if a
remark or a doubtful status stands at a wrong cell. In reach are the damages to a cell of a sum that the sound table shows, and those
that change the layout; damages to figures that no sum holds are counted apart, because one edition alone cannot show them. A sum counts
if it is still believed with one line broken.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from qdlib.errors import QdlibError
from qdlib.reading.model import Examination, Table
from qdlib.reading.sheet import Sheet
from qdlib.reading.table_sums import find_relations, is_believed, lines_of

Read = Callable[[Sheet], Examination]


@dataclass(frozen=True)
class Sound:
    """A sheet with its certain tables and the cells that take part in a sum."""

    sheet: Sheet
    read: Read
    seen: Examination
    table: Table
    summed: frozenset[str]


def sound_tables(pairs: Iterable[tuple[Sheet, Read]]) -> list[Sound]:
    """Every certain table of the sheets."""
    found = []
    for sheet, read in pairs:
        seen = read(sheet)
        for table in seen.tables if not seen.uncertain else ():
            if len(table.values) >= 6 and not table.source.places:
                found.append(Sound(sheet, read, seen, table, frozenset(_summed(table))))
    return found


def _summed(table: Table) -> Iterable[str]:
    for axis in ("row", "column"):
        lines = lines_of(table, axis)
        for relation in find_relations(table, axis, lines):
            for name in relation.held:
                without = tuple(other for other in relation.held if other != name)
                if not is_believed(replace(relation, held=without, broken=(*relation.broken, name)), lines):
                    continue
                yield from (lines[name][cell].cell for cell in (relation.total, *relation.parts) if cell in lines[name])


def _set(sheet: Sheet, changes: dict) -> Sheet:
    rows = [list(row) for row in sheet.values]
    for (row, column), value in changes.items():
        rows[row] += [None] * (column + 1 - len(rows[row]))
        rows[row][column] = value
    styles = {place: style for place, style in sheet.styles.items() if place not in changes or style.text is None}
    return replace(sheet, values=tuple(map(tuple, rows)), styles=styles)


def _pick(sound: Sound, dice: random.Random, fits: Callable[[str], bool]):
    """A cell whose text the damage can change, in a sum where there is one."""
    values = [value for value in sound.table.values if value.value is not None and fits(value.raw)]
    inside = [value for value in values if value.cell in sound.summed]
    return dice.choice(inside or values) if values else None


def _cell(change: Callable[[str, random.Random], str | None], fits: Callable[[str], bool]):
    """A damage to the text of one figure."""

    def damage(sound: Sound, dice: random.Random) -> tuple[Sheet, set[str]] | None:
        value = _pick(sound, dice, fits)
        text = change(value.raw, dice) if value else None
        if text is None or text == value.raw:
            return None
        return _set(sound.sheet, {sound.sheet.locate(value.cell): text}), {value.cell}

    return damage


def _transposed(raw: str, dice: random.Random) -> str | None:
    places = [
        i
        for i in range(len(raw) - 1)
        if raw[i].isdigit() and raw[i + 1].isdigit() and raw[i] != raw[i + 1] and (i or raw[1] != "0")
    ]
    if not places:
        return None
    place = dice.choice(places)
    return raw[:place] + raw[place + 1] + raw[place] + raw[place + 2 :]


def _row_shift(sound: Sound, dice: random.Random):
    """The stub one row lower than its figures."""
    cells = _stub(sound)
    texts = [sound.sheet.value(*place) for place in cells]
    moved = dict(zip(cells, [None, *texts[:-1]], strict=True))
    return _set(sound.sheet, moved), {value.cell for value in sound.table.values}


def _header_moved(sound: Sound, dice: random.Random):
    """The labels over the figures one column to the right."""
    cells = sorted({sound.sheet.locate(label.cell) for label in sound.table.labels if label.axis == "column"})
    changes: dict = dict.fromkeys(cells)
    changes |= {(row, column + 1): sound.sheet.value(row, column) for row, column in cells}
    merges = {place: span for place, span in sound.sheet.merges.items() if place not in cells}
    merges |= {
        (row, column + 1): sound.sheet.merges[(row, column)] for row, column in cells if (row, column) in sound.sheet.merges
    }
    return replace(_set(sound.sheet, changes), merges=merges), {value.cell for value in sound.table.values}


def _deleted_span(sound: Sound, dice: random.Random):
    wide = [sound.sheet.locate(label.cell) for label in sound.table.labels if label.axis == "column"]
    wide = [place for place in wide if sound.sheet.merges.get(place, (1, 1))[1] > 1]
    if not wide:
        return None
    gone = dice.choice(wide)
    merges = {place: span for place, span in sound.sheet.merges.items() if place != gone}
    return replace(sound.sheet, merges=merges), {value.cell for value in sound.table.values}


def _swapped(sound: Sound, dice: random.Random):
    """The figures of two columns exchanged: a total and one of its parts, where there is a sum."""
    lines = lines_of(sound.table, "column")
    relations = find_relations(sound.table, "column", lines)
    if relations:
        chosen = dice.choice(relations)
        pair = (chosen.total, dice.choice(chosen.parts))
    else:
        labels = [
            label.cell
            for label in sound.table.labels
            if label.axis == "column" and any(label.cell in line for line in lines.values())
        ]
        if len(labels) < 2:
            return None
        pair = tuple(dice.sample(labels, 2))
    changes: dict = {}
    for line in lines.values():
        if all(cell in line for cell in pair):
            first, second = (sound.sheet.locate(line[cell].cell) for cell in pair)
            changes |= {first: sound.sheet.value(*second), second: sound.sheet.value(*first)}
    cells = {sound.sheet.a1(*place) for place in changes}
    return (_set(sound.sheet, changes), cells if relations else set()) if changes else None


def _slip(sound: Sound, dice: random.Random):
    value = _pick(sound, dice, lambda raw: True)
    if value is None or not value.value:
        return None
    return _set(sound.sheet, {sound.sheet.locate(value.cell): format(value.value * 10000, "f")}), {value.cell}


def _mark_removed(sound: Sound, dice: random.Random):
    marked = [label for label in sound.table.labels if re.match(r"\s*~?#|其中", label.text)]
    if not marked:
        return None
    label = dice.choice(marked)
    place = sound.sheet.locate(label.cell)
    text = re.sub(r"^(\s*)(?:~?#|其中[:：]?)", r"\1", sound.sheet.text(*place))
    cells = {value.cell for value in sound.table.values if label.cell in {part.cell for part in (*value.row, *value.column)}}
    return _set(sound.sheet, {place: text}), cells


def _stub(sound: Sound) -> list:
    """The innermost label cells of the body, top to bottom."""
    found = {sound.sheet.locate(value.row[-1].cell) for value in sound.table.values}
    return sorted(found)


def _row_doubled(sound: Sound, dice: random.Random):
    row = dice.choice(_stub(sound))[0]
    return _with_rows(sound.sheet, [*range(row + 1), *range(row, sound.sheet.height)]), set()


def _row_deleted(sound: Sound, dice: random.Random):
    row = dice.choice(_stub(sound)[1:])[0]
    return _with_rows(sound.sheet, [*range(row), *range(row + 1, sound.sheet.height)]), set()


def _with_rows(sheet: Sheet, rows: list[int]) -> Sheet:
    """The sheet with its rows in another order, each with its looks; merges that start below move along."""
    merges, styles = {}, {}
    for number, row in enumerate(rows):
        merges |= {(number, place[1]): span for place, span in sheet.merges.items() if place[0] == row}
        styles |= {(number, place[1]): style for place, style in sheet.styles.items() if place[0] == row}
    return replace(sheet, values=tuple(sheet.values[row] for row in rows), merges=merges, styles=styles)


KINDS = {
    "row shift": _row_shift,
    "swapped columns": _swapped,
    "deleted span": _deleted_span,
    "header moved by one": _header_moved,
    "10^4 unit slip": _slip,
    "digit transposition": _cell(_transposed, lambda raw: len(re.sub(r"\D", "", raw)) >= 2),
    "lost point": _cell(lambda raw, dice: raw.replace(".", "", 1), lambda raw: bool(re.search(r"[1-9]\d*\.\d", raw))),
    "glued footnote": _cell(lambda raw, dice: f"{raw}{dice.randint(1, 9)}", lambda raw: raw[-1:].isdigit()),
    "lost minus": _cell(lambda raw, dice: raw.lstrip("-—－–"), lambda raw: raw[:1] in "-—－–"),
    "removed #": _mark_removed,
    "doubled row": _row_doubled,
    "deleted row": _row_deleted,
}
LAYOUT = frozenset({"row shift", "deleted span", "header moved by one"})


def run_damages(sounds: list[Sound], number: int, seed: int) -> tuple[Counter, list[str]]:
    """Counts (kind, in reach or rest, caught or missed), and the damages in reach that went unseen."""
    dice = random.Random(seed)
    counts: Counter = Counter()
    missed: list[str] = []
    tried = 0
    while sum(counts.values()) < number and tried < 20 * number:
        tried += 1
        kind, sound = dice.choice(list(KINDS)), dice.choice(sounds)
        made = KINDS[kind](sound, dice)
        if made is None:
            continue
        sheet, cells = made
        reach = "in reach" if kind in LAYOUT or cells & sound.summed else "rest"
        caught = is_caught(sound, sheet)
        counts[(kind, reach, caught)] += 1
        if reach == "in reach" and not caught:
            missed.append(f"{kind}: {sound.table.file}!{sound.table.sheet}!{sound.table.range} {' '.join(sorted(cells)[:2])}")
    return counts, missed


def is_caught(sound: Sound, sheet: Sheet) -> bool:
    """Refused, harmless, or remarked at a cell that is wrong now."""
    try:
        seen = sound.read(sheet)
    except QdlibError:
        return True
    if seen.uncertain:
        return True
    truth = {_said(value): value.value for value in sound.table.values}
    others = {_said(value) for table in sound.seen.tables for value in table.values}
    wrong = [
        value
        for table in seen.tables
        for value in table.values
        if value.value is not None
        and (_said(value) in truth and truth[_said(value)] != value.value or _said(value) not in others)
    ]
    flagged = {finding.cell for finding in seen.findings} - {finding.cell for finding in sound.seen.findings}
    labels = {part.cell for value in wrong for part in (*value.row, *value.column)}
    return not wrong or any(value.cell in flagged or value.status != "A" for value in wrong) or bool(labels & flagged)


def _said(value) -> tuple:
    """What is printed about a figure, apart from the figure."""
    return tuple(part.text for part in value.row), tuple(part.text for part in value.column)
