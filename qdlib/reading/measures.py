"""Which unit holds for a cell.

Takes the parsed cell, its labels, the unit column and the captions; gives the unit, its printed form and whether it is
doubtful. The cell's own bracket comes first, then a ratio in the header, unit column, row or header bracket, caption. Two
different units on one step are a contradiction. A bare cell after one with its own unit is doubtful, and so is a label whose
words (比重, 指数, 人数) fit no inherited unit: such a cell keeps its figure and has no unit. A unit stated nowhere is no doubt,
only unknown.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qdlib.catalogue.names import compact
from qdlib.catalogue.units import Unit, find_unit
from qdlib.reading.captions import Caption
from qdlib.reading.model import Label

RATIOS = frozenset({"ratio", "index_previous_year", "index_fixed_base", "percentage_points"})
# Last words of a label, and the dimensions that such a figure can have.
FITTING = (
    (re.compile(r"(?:比重|比例|构成|增长|增速|增长率|出生率|死亡率|指数|速度|幅度|.率)$"), RATIOS),
    (re.compile(r"(?:人数|人口|职工|劳动者|从业人员)$"), frozenset({"persons", "ratio"}) | RATIOS),
    (re.compile(r"户数$"), frozenset({"households"}) | RATIOS),
    (re.compile(r"面积$"), frozenset({"area"}) | RATIOS),
)
PER_HEAD = re.compile(r"^(?:人均|平均每人|每人)")


@dataclass(frozen=True)
class Measure:
    """The unit of one cell. `doubtful`: the print leaves it open; `note` says why or how it was filled."""

    unit: Unit | None = None
    text: str = ""
    doubtful: bool = False
    note: str = ""


UNKNOWN = Measure()


def printed_unit(words: str, units: Mapping[str, Unit]) -> Measure:
    """A word in a unit place: a unit, or doubtful where the table does not know it."""
    bare = re.sub(r"\s+", "", words).strip("()（）")
    unit = find_unit(units, bare)
    if unit is None:
        return Measure(None, "", True, f'unknown unit "{bare}"')
    return stated(unit, bare)


def stated(unit: Unit, words: str) -> Measure:
    """A unit as printed; one that is printed in English only shows its first Chinese form."""
    return Measure(unit, words if re.search(r"[\u3400-\u9fff%‰％]", words) else unit.symbol("zh"))


def is_ratio(text: str) -> bool:
    """True where a label's last words name a share, growth or index."""
    bare = _bare(text)
    return bool(FITTING[0][0].search(bare)) or bare.endswith(("%", "％", "‰"))


def label_unit(path: Sequence[Label]) -> Measure:
    """The innermost unit bracket of a path; one that stands on an ancestor must fit the label's own words."""
    for label in reversed(path):
        if label.unit is not None:
            measure = stated(label.unit, label.unit_text)
            return measure if label is path[-1] else _fitting(measure, [_bare(path[-1].text)])
    return UNKNOWN


@lru_cache(maxsize=65536)
def asking_words(text: str) -> str:
    """A label's bare words where they ask for a dimension, else nothing: labels that ask alike take the same unit."""
    bare = _bare(text)
    return bare if PER_HEAD.search(bare) or any(pattern.search(bare) for pattern, _ in FITTING) else ""


class Inherited:
    """Units that cells without their own take from one table's caption, unit column, header and stub; each combination once."""

    def __init__(self, caption: Caption, units: Mapping[str, Unit]):
        self.caption, self.units = caption, units
        self.paths: dict[int, tuple] = {}
        self.known: dict[tuple, tuple[Measure, str]] = {}
        self.settled: dict[tuple, dict[int, Measure]] = defaultdict(dict)

    def take(self, place: Measure, row: Sequence[Label], column: Sequence[Label]) -> tuple[Measure, str]:
        """As `inherited`."""
        key = (place.text, place.note, place.doubtful, self._path(row), self._path(column))
        if key not in self.known:
            self.known[key] = inherited(place, row, column, self.caption, self.units)
        return self.known[key]

    def along(self, place: Measure, row: Sequence[Label]) -> dict[int, Measure]:
        """Units without doubt by the identity of the column's path, shared by all rows that ask alike; the reader fills it."""
        return self.settled[(place.text, place.note, place.doubtful, self._path(row))]

    def _path(self, path: Sequence[Label]) -> tuple:
        """A path's unit and the words that ask for one; the path is kept, so that its identity stays its own."""
        try:
            return self.paths[id(path)][1]
        except KeyError:
            unit = label_unit(path)
            asks = asking_words(path[-1].text) if path and path[-1].year is None else ""
            return self.paths.setdefault(id(path), (path, (unit.text, unit.note, unit.doubtful, asks)))[1]


def caption_unit(caption: Caption, row: Sequence[Label], column: Sequence[Label]) -> Measure:
    """The caption's unit; with several, the one whose dimension the labels ask for."""
    if not caption.unit_words:
        return UNKNOWN
    names = [_bare(path[-1].text) for path in (row, column) if path and path[-1].year is None]
    if len(caption.units) == 1:
        unit = caption.units[0]
        if unit is None:
            return Measure(None, "", True, f'unknown unit "{caption.unit_words[0]}"')
        return _fitting(stated(unit, caption.unit_words[0]), names)
    return _one_of(caption, names)


@lru_cache(maxsize=65536)
def _bare(text: str) -> str:
    return re.sub(r"\([^()]*\)$", "", compact(text))


def _fitting(measure: Measure, names: Sequence[str]) -> Measure:
    """An inherited unit, unless a label's words contradict its dimension."""
    for name in names:
        if not _fits(measure.unit.dimension, name):
            return Measure(None, "", True, f'unit "{measure.text}" does not fit "{name}"')
    return measure


@lru_cache(maxsize=65536)
def _fits(dimension: str, name: str) -> bool:
    return not any(pattern.search(name) and dimension not in dimensions for pattern, dimensions in FITTING)


def _one_of(caption: Caption, names: Sequence[str]) -> Measure:
    """One of several caption units: 元 for per-head figures beside a larger money unit, else by the label's words."""
    pairs = [(unit, word) for unit, word in zip(caption.units, caption.unit_words, strict=True) if unit is not None]
    doubt = Measure(None, "", True, f"caption states {'、'.join(caption.unit_words)}")
    if len(pairs) != len(caption.units):
        return doubt
    money = sorted((pair for pair in pairs if pair[0].dimension == "money_cny"), key=lambda pair: pair[0].factor)
    if len(money) == len(pairs) == 2 and money[0][0].id == "yuan":
        unit, word = money[0] if any(PER_HEAD.search(name) for name in names) else money[1]
        return Measure(unit, word)
    for name in names:
        for pattern, dimensions in FITTING:
            if pattern.search(name):
                fits = [pair for pair in pairs if pair[0].dimension in dimensions]
                return Measure(*fits[0]) if len(fits) == 1 else doubt
    return doubt


def base_unit(caption: Caption, units: Mapping[str, Unit]) -> Measure:
    """The index base that a caption states: 以1950年价格为100, 上年=100."""
    unit = find_unit(units, caption.base) if caption.base else None
    return Measure(unit, caption.base) if unit else UNKNOWN


def inherited(
    row_place: Measure,
    row: Sequence[Label],
    column: Sequence[Label],
    caption: Caption,
    units: Mapping[str, Unit],
) -> tuple[Measure, str]:
    """The unit that a cell without its own takes, and a contradiction in words (empty for none).

    row_place: what the unit column says in this row.
    """
    header, stub = label_unit(column), label_unit(row)
    if header.unit is not None and header.unit.dimension in RATIOS and stub.unit is None:
        return header, ""
    places = [place for place in (row_place, stub, header) if place.unit is not None or place.doubtful]
    stated_units = {place.unit.id for place in places if place.unit is not None}
    if len(stated_units) > 1:
        words = " and ".join(f"{place.text}" for place in places)
        return UNKNOWN, f"two units claim one cell: {words}"
    if places:
        return places[0], ""
    taken = caption_unit(caption, row, column)
    if taken is UNKNOWN:
        taken = base_unit(caption, units)
    return taken, ""
