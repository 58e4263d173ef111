"""The number grammar: what one printed cell says.

Takes the displayed text of a cell; gives a `Parsed` with kind, exact Decimal, decimals as printed, bound, unit bracket and marks.
Letters are mapped by an explicit table, never by NFKC, which reads `112.9①` as 112.91. What the grammar does not know is
`unreadable`, never zero and never missing; only corrections repair it. Digits split by OCR become a number only beside figures of
the same size (`settle_split`), so that `2005 2006` is never 20 052 006. Knows nothing of tables.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\r\n\x0b\x0c"
NOTHING = "\u200b\u200c\u200d\u2060\ufeff"
# Full-width ASCII, spaces, and nothing else: letters keep their identity, so that ① stays a mark and O stays no zero.
LETTERS = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | {ord(letter): " " for letter in SPACES}
    | {ord(letter): None for letter in NOTHING}
    | {ord("﹪"): "%", ord("﹣"): "-", ord("﹢"): "+", ord("￥"): "¥", ord("￡"): "£", ord("∶"): ":"}
)
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212-"  # the hyphen last: these stand in character classes
SUPERSCRIPTS = "¹²³⁰⁴⁵⁶⁷⁸⁹"
MARKS = rf"(?:[{SUPERSCRIPTS}①-⑳⑴-⒇*†‡§△▲※]|\[注?\d{{1,2}}\]|注\d{{1,2}}| \d\))"

ABOVE = re.compile(r"^(?:>|超过|超|突破) ?")
BELOW = re.compile(r"^(?:<|不足) ?")
ABOUT = re.compile(r"^(?:约|近) ?")
ABOUT_AFTER = re.compile(r" ?(?:左右|余|多)$")
CURRENCY = re.compile(r"^([$€£¥]) ?")
BRACKET = re.compile(r" ?\(([^()]*)\)$")
TRAILING_MARK = re.compile(rf" ?({MARKS})$")
TRAILING_LETTER = re.compile(r"(?<=\d) ?([A-Za-z])$")
NO_FOOTNOTE = frozenset("OIlSZBois")

SIGN = rf"[+{DASHES}]"
PLAIN = re.compile(rf"^({SIGN}?)(\d+)?([.]\d+)?([%‰]?)$")
GROUPED = re.compile(rf"^({SIGN}?)(\d{{1,3}}(?:([ ,])\d{{3}})(?:\3\d{{3}})*)([.]\d+)?([%‰]?)$")
SPLIT = re.compile(rf"^({SIGN}?) ?(\d+(?: \d+)*)(?: ?[.] ?(\d+(?: \d+)*))?([%‰]?)$")
MISSING = re.compile(rf"^(?:[{DASHES}]{{1,4}}|_|…{{1,2}}|[.]{{1,3}}|[.]{{6}}|[xX]|F|NA|N/A|n[.]a[.]|不详|缺)$")
UNIT_OF_SIGN = {"%": "%", "‰": "‰"}


class Parsed(NamedTuple):  # a sheet has hundreds of thousands; a tuple is made four times faster than a dataclass
    """One cell. kind: blank, number, missing, split (OCR, not yet settled), code, unreadable or text."""

    kind: str
    text: str
    value: Decimal | None = None
    decimals: int | None = None
    bound: str = "equal"
    unit: str | None = None
    marks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    too_small: bool = False

    @property
    def status(self) -> str:
        """A as printed, E bounded, U repaired or unreadable, N below the smallest unit, M a mark of unstated meaning."""
        if self.too_small:
            return "N"
        if self.kind == "number" and not any(note.startswith("joined") for note in self.notes):
            return "A" if self.bound == "equal" else "E"
        return {"missing": "M", "blank": "M"}.get(self.kind, "U")


def plain_text(text: str) -> str:
    """Half-width, with ordinary single spaces, without invisible letters."""
    return re.sub(r" +", " ", text.translate(LETTERS)).strip()


@lru_cache(maxsize=65536)
def parse_cell(text: str, *, letters: frozenset[str] = frozenset(), superscript: str = "") -> Parsed:
    """What a printed cell says. `letters`: Latin footnote letters that the table explains or repeats."""
    bare = plain_text(text)
    if not bare:
        return Parsed("blank", text)
    rest, marks = _cut_marks(bare, letters)
    marks = (*marks, *([superscript.strip()] if superscript.strip() else []))
    notes = tuple(f'mark "{mark}"' for mark in marks)
    if MISSING.match(rest):
        return Parsed("missing", text, marks=marks, notes=(f'mark "{rest}"', *notes))
    number = _number(rest, text)
    if number is not None:
        return number._replace(marks=marks, notes=(*number.notes, *notes))
    if _looks_numeric(rest):
        return Parsed("unreadable", text, marks=marks, notes=(f'unreadable "{bare}"', *notes))
    return Parsed("text", text)


def _cut_marks(bare: str, letters: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """The cell without the footnote marks behind it; a mark alone is no mark."""
    marks: list[str] = []
    while True:
        found = TRAILING_MARK.search(bare)
        letter = TRAILING_LETTER.search(bare)
        if not found and letter and letter[1] in letters and letter[1] not in NO_FOOTNOTE:
            found = letter
        if not found or found.start() == 0:
            return bare, tuple(marks)
        marks.insert(0, found[1].strip())
        bare = bare[: found.start()].rstrip()


def _number(rest: str, text: str) -> Parsed | None:
    bound, rest = _cut_bound(rest)
    notes: list[str] = []
    currency = CURRENCY.match(rest)
    if currency:
        rest = rest[currency.end() :]
        notes.append(f'currency "{currency[1]}"')
    unit = None
    bracket = BRACKET.search(rest)
    if bracket and bracket.start() > 0 and not re.search(r"\d", bracket[1]):
        unit, rest = bracket[1].strip(), rest[: bracket.start()].rstrip()
    found = PLAIN.match(rest)
    if found and (found[2] or found[3]):
        if found[2] and len(found[2]) > 1 and found[2][0] == "0":
            return Parsed("code", text, notes=(f'code "{rest}"',))
        digits, fraction, sign = found[2] or "0", found[3] or "", found[4]
    else:
        found = GROUPED.match(rest)
        if not found or found[2][0] == "0":
            return _split(rest, text)
        digits, fraction, sign = re.sub(r"[ ,]", "", found[2]), found[4] or "", found[5]
    if sign and unit is None:
        unit = sign
    return Parsed(
        "number", text, _signed(found[1], digits + fraction), max(len(fraction) - 1, 0), bound, unit, notes=tuple(notes)
    )


def _cut_bound(rest: str) -> tuple[str, str]:
    for name, pattern in (("above", ABOVE), ("below", BELOW), ("about", ABOUT)):
        found = pattern.match(rest)
        if found:
            return name, rest[found.end() :]
    found = ABOUT_AFTER.search(rest)
    return ("about", rest[: found.start()]) if found and found.start() else ("equal", rest)


def _split(rest: str, text: str) -> Parsed | None:
    """Digits with stray spaces, which only the figures around them can settle."""
    found = SPLIT.match(rest)
    if not found:
        return None
    digits, fraction = found[2].replace(" ", ""), (found[3] or "").replace(" ", "")
    if len(digits) > 1 and digits[0] == "0":
        return None
    value = _signed(found[1], digits + ("." + fraction if fraction else ""))
    return Parsed("split", text, value, len(fraction), unit=found[4] or None, notes=(f'joined "{rest}"',))


def _signed(sign: str, digits: str) -> Decimal:
    number = Decimal(digits)
    return -number if sign and sign in DASHES else number


def _looks_numeric(rest: str) -> bool:
    """A damaged figure rather than words: digits, and at most two letters, none of them Han."""
    if not re.search(r"\d", rest) or re.search(r"[\u3400-\u9fff]", rest):
        return False
    return len(re.findall(r"[^\W\d_]", rest)) <= 2


def settle_split(parsed: Parsed, typical: Decimal | None) -> Parsed:
    """A split figure joined, if it lies within a factor 100 of the typical size around it; unreadable otherwise."""
    if parsed.kind != "split":
        return parsed
    size = abs(parsed.value)
    if typical and size and typical / 100 <= size <= typical * 100:
        return parsed._replace(kind="number")
    bare = plain_text(parsed.text)
    return Parsed("unreadable", parsed.text, marks=parsed.marks, notes=(f'unreadable "{bare}"',))
