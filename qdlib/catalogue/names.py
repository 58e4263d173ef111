"""Names of indicators: a printed label as bare name and qualifiers, and the one indicator that it means.

Takes label text, ancestors, the unit's dimension and the table's title; gives a `Match` with an id, or with the reason why
there is none. Exact on bare name, qualifiers, ancestors and dimension, because a near match is a wrong label; a fuzzy search
only fills the suggestion. A catalogue label without ancestors, dimension or title leaves that open; where several labels fit,
the one that asks for more decides. Knows nothing of files of data.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qdlib.catalogue.units import FORMS, find_unit, packaged_units
from qdlib.errors import nearest

NUMBERING = re.compile(
    r"^(?:\([一二三四五六七八九十]+\)|[一二三四五六七八九十]+(?:、|[.](?!\d))|\(\d{1,2}\)|\d{1,2}(?:、|[.](?!\d))|[㈠-㈩⒈-⒛⑴-⒇①-⑳])"
)
SUB_ITEM = re.compile(r"^(?:[#~]+|其中[:]?|ofwhich[:]?)", re.IGNORECASE)
# In front of a label ① and ⑴ number it; behind the first letter they are footnotes.
FOOTNOTE = re.compile(r"(?<=.)[①-⑳⑴-⒇]|[△▲※*†‡§¹²³⁴-⁹⁰]|\[注?\d+\]|\(注\d*\)", re.DOTALL)
BRACKET = re.compile(r"\(([^()]*)\)")

# Words that change what a figure is without changing what it is called; a printed one must be known to the indicator.
QUALIFIERS = {
    "current_prices": ("按当年价格计算", "当年价格", "按当年价格", "按当年价", "当年价", "现价", "按现价计算", "当年价计算"),
    "constant_prices": ("按可比价格计算", "可比价格", "可比价", "按可比价格", "不变价格", "不变价", "按不变价格计算"),
    "previous_year_100": ("上年=100", "以上年为100", "上年为100", "以上年价格为100"),
    "above_scale": ("规模以上",),
    "year_end": ("年末", "年底"),
}
PREFIXES = {"规模以上": "above_scale", "年末": "year_end", "年底": "year_end"}
PRICE_OF = {"current_prices": "current", "constant_prices": "constant", "previous_year_100": "index_previous_year"}


@dataclass(frozen=True)
class Name:
    """A label's bare name and its qualifiers (keys of QUALIFIERS)."""

    bare: str
    qualifiers: frozenset[str]


@dataclass(frozen=True)
class Match:
    """The indicator that a label means; `indicator` is None with a `reason` (no_indicator, ambiguous) and words for people."""

    indicator: str | None
    reason: str
    words: str
    candidates: tuple[str, ...] = ()


def compact(text: str) -> str:
    """Without any space, half-width, without footnote marks: how labels are compared, never how they are shown."""
    return FOOTNOTE.sub("", re.sub(r"\s+", "", text.translate(FORMS)))


@lru_cache(maxsize=16384)
def canonical_name(text: str) -> Name:
    """Bare name and qualifiers, less unit bracket, numbering, `#` and 其中: `二、#总人口（年末）(万人)` → 总人口, year_end."""
    bare = compact(text)
    while True:
        cut = SUB_ITEM.sub("", NUMBERING.sub("", bare))
        if cut == bare:
            break
        bare = cut
    qualifiers = set()
    for inner in BRACKET.findall(bare):
        key = next((key for key, forms in QUALIFIERS.items() if inner in forms), None)
        if key or find_unit(packaged_units(), inner):
            bare = bare.replace(f"({inner})", "")
            qualifiers |= {key} - {None}
    for prefix, key in PREFIXES.items():
        if bare.startswith(prefix) and len(bare) > len(prefix) + 1:
            bare = bare.removeprefix(prefix)
            qualifiers.add(key)
    return Name(bare.strip(":%‰"), frozenset(qualifiers))


def match_indicator(
    indicators: Mapping,
    name: str,
    ancestors: Iterable[str] = (),
    dimension: str | None = None,
    title: str = "",
    year: int | None = None,
) -> Match:
    """The indicator printed as `name` below `ancestors` (outermost first), with a unit of `dimension`, in year `year`.

    Exact on bare name and qualifiers. What a catalogue label states must hold: its ancestors among the printed ones and in their
    order, its dimension, its title as a part of the printed one. Several indicators: the label with the most conditions wins, a
    draw is `ambiguous`. A dimension that is not known (None) meets no label that states one.
    """
    printed = canonical_name(name)
    above = tuple(canonical_name(text).bare for text in ancestors)
    fits: dict[str, int] = {}
    seen_bare: set[str] = set()
    for indicator in indicators.values():
        for label in indicator.labels:
            wanted = canonical_name(label.text)
            if wanted.bare != printed.bare:
                continue
            seen_bare.add(indicator.id)
            if _conditions_hold(label, above, dimension, compact(title), year) and _qualified(printed, wanted, indicator):
                asked = len(label.ancestors) + bool(label.dimension) + bool(label.title) + len(wanted.qualifiers)
                fits[indicator.id] = max(fits.get(indicator.id, 0), asked)
    return _decide(indicators, printed, fits, seen_bare, dimension)


def _in_order(wanted: Iterable[str], above: Sequence[str]) -> bool:
    """Each wanted ancestor among the printed ones, in the same order."""
    rest = iter(above)
    return all(canonical_name(text).bare in rest for text in wanted)


def _conditions_hold(label, above: Sequence[str], dimension: str | None, title: str, year: int | None) -> bool:
    return (
        _in_order(label.ancestors, above)
        and (label.dimension is None or label.dimension == dimension)
        and (label.title is None or compact(label.title) in title)
        and (year is None or label.from_year is None or label.from_year <= year)
        and (year is None or label.to_year is None or year <= label.to_year)
    )


def _qualified(printed: Name, wanted: Name, indicator) -> bool:
    """Equal qualifiers; a printed price basis may also be the indicator's own (当年价 on a figure at current prices)."""
    extra = printed.qualifiers - wanted.qualifiers
    return wanted.qualifiers <= printed.qualifiers and all(PRICE_OF.get(key) == indicator.price for key in extra)


def _decide(indicators: Mapping, printed: Name, fits: Mapping[str, int], seen: set[str], dimension: str | None) -> Match:
    best = sorted(key for key, asked in fits.items() if asked == max(fits.values()))
    if len(best) == 1:
        return Match(best[0], "", "", tuple(best))
    if best:
        return Match(
            None, "ambiguous", f"{printed.bare} means {' or '.join(best)}: state ancestors or title in a label", tuple(best)
        )
    if seen:
        known = ", ".join(sorted(seen))
        words = (
            f"{printed.bare} is known ({known}), but not with this dimension ({dimension}), qualifier, ancestor, title or year"
        )
        return Match(None, "no_indicator", words, tuple(sorted(seen)))
    names = {canonical_name(label.text).bare for indicator in indicators.values() for label in indicator.labels}
    return Match(None, "no_indicator", f"no label of the catalogue reads {printed.bare}{nearest(printed.bare, names)}")
