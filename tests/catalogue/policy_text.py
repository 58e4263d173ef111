"""The numbers of a policy text and who owns them.

Takes the text and a catalogue; gives each Arabic number, each Chinese numeral and each word of quantity with its clause and the
records that own it: the plan's last year, a commitment, an item's `parts_stated`, or an argued entry of `not_targets`.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from qdlib.catalogue.registry import Catalogue

DIGITS = {word: number for number, word in enumerate("〇一二三四五六七八九")}
HEADING = re.compile(r"^(?:\(([一二三四五六七八九十]+)\)|[一二三四五六七八九十]+、)", re.M)
ARABIC = re.compile(r"\d+(?:\.\d+)?")
CHINESE = re.compile(r"(?<![\d.万亿])[〇一二两三四五六七八九十百千万亿]+")
# Words that promise a quantity without a numeral.
WORDS = re.compile(r"全覆盖|领先|倍增|翻番|过半|减半|全面建成|全面推行|首届")
FACTORS = {"%": Fraction(1, 100), "万": Fraction(10**4), "亿": Fraction(10**8)}


@dataclass(frozen=True)
class Quantity:
    """A number of the text: its clause, place and value (None for a word), and what stands behind it."""

    clause: int
    start: int
    written: str
    value: Fraction | None
    behind: str

    @property
    def arabic(self) -> bool:
        return self.written[0].isdecimal() and self.written.isascii()


def clause_number(words: str) -> int:
    """二十三 -> 23."""
    tens, _, ones = words.rpartition("十")
    return (10 * DIGITS.get(tens, 1) if "十" in words else 0) + DIGITS.get(ones, 0)


def find_quantities(text: str) -> list[Quantity]:
    """Every number and word of quantity in the order of the text; the numbering of headings is none."""
    heads = [(found.start(), clause_number(found[1])) for found in HEADING.finditer(text) if found[1]]
    numbering = {place for found in HEADING.finditer(text) for place in range(*found.span())}
    quantities = []
    for pattern, value_of in ((ARABIC, arabic_value), (CHINESE, chinese_value), (WORDS, lambda written, behind: None)):
        for found in pattern.finditer(text):
            if found.start() not in numbering:
                clause = max((number for start, number in heads if start < found.start()), default=0)
                behind = text[found.end() : found.end() + 3]
                quantities.append(Quantity(clause, found.start(), found[0], value_of(found[0], behind), behind))
    return sorted(quantities, key=lambda quantity: quantity.start)


def arabic_value(written: str, behind: str) -> Fraction:
    """In base units: 1.3万亿 is 1.3 · 10¹²."""
    value = Fraction(written)
    for sign in re.match(r"[%万亿]*", behind)[0]:
        value *= FACTORS[sign]
    return value


def chinese_value(written: str, behind: str) -> Fraction | None:
    """The count that a plain numeral states; None for 百亿 and the like, which name a size."""
    return None if set(written) & set("百千万亿") else Fraction(clause_number(written))


def owners(quantity: Quantity, text: str, catalogue: Catalogue) -> list[str]:
    """Ids and words of every record that owns the number; a right catalogue has one."""
    policy = catalogue.policy
    found = [f"not_targets {words}" for words, _ in policy.not_targets if covers(words, text, quantity)]
    if quantity.arabic and quantity.value == policy.plan[1] and quantity.behind.startswith("年"):
        found.append("plan")
    found += [target.id for target in policy.targets.values() if owns_number(target, quantity, catalogue)]
    found += [
        item.id
        for item in catalogue.programme.items.values()
        if item.clause == quantity.clause and not quantity.arabic and quantity.value == item.parts_stated is not None
    ]
    return found


def covers(words: str, text: str, quantity: Quantity) -> bool:
    """True where an occurrence of the words holds the number's first character."""
    starts = (found.start() for found in re.finditer(re.escape(words), text))
    return any(start <= quantity.start < start + len(words) for start in starts)


def owns_number(target, quantity: Quantity, catalogue: Catalogue) -> bool:
    """A commitment owns its value in its clauses, a numeral inside its own name, and the word that states its rule."""
    if quantity.clause not in target.clauses:
        return False
    if quantity.arabic:
        factor = catalogue.units[catalogue.indicators[target.indicator].unit].factor
        factor = 1 if target.kind == "ratio" else factor  # 9人 in 每万人律师数: the text's number is the value itself
        return quantity.value in [number * factor for number in (target.value, target.value_max) if number is not None]
    if quantity.value is None and quantity.written not in ("全覆盖", "领先"):
        return quantity.written + quantity.behind[:1] in target.name.zh
    return target.op == {"全覆盖": "full", "领先": "lead"}.get(quantity.written)
