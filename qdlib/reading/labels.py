"""Label text: what is printed, without its layout; and what kind of label it is.

Takes the text of one header or stub cell; gives `LabelText` (Chinese text, English half, unit bracket) and answers to simple
questions: a year, a part of a year, a total, a sub-item, a numbered section, a region. Cleaning is by an explicit character map:
indent, letter-spacing, line breaks and footnote marks go, brackets, numbering, `#` and 其中 stay. Knows nothing of grids.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from qdlib.catalogue.names import FOOTNOTE
from qdlib.catalogue.units import Unit, find_unit
from qdlib.reading.cells import LETTERS, NOTHING, SPACES

HAN = re.compile(r"[\u3400-\u9fff]")
# English words rather than an abbreviation: a lower-case word, two words in capitals, or one long one.
WORD = re.compile(r"[A-Za-z]*[a-z]{2,}|[A-Z]{2,}['A-Z]*\s+(?:\S+\s+)*[A-Z]{2,}|[A-Z]{5,}")
GAP = {ord(letter): " " for letter in SPACES if letter not in "\r\n"} | {ord(letter): None for letter in NOTHING}
INDENTS = {" ": 1, "\u00a0": 1, "\u3000": 2, "\t": 2}
LINE = re.compile(r"_x000D_|\r\n|\r|\n")
LAST_BRACKET = re.compile(r"\s*[(（]([^()（）]*)[)）]\s*$")

YEAR = re.compile(r"^(1[89]\d\d|20\d\d|2100)(?:[.]0+)?\s*年?(?:末|底|度)?$")
# A mark behind a year: 2008*, 2009①; a raised digit is cut before, a digit on the line would be part of another number.
YEAR_MARK = re.compile(r"(?<=\d) ?(?:[*†‡①-⑳]+|\[\d\])\s*$")
SPACED_YEAR = re.compile(r"^((?:\d ){3}\d) ?年?$")
PERIOD = re.compile(
    r"^(?:(?:19|20)\d\d\s*[Hh][12]|(?:19|20)\d\d\s*[Qq][1-4]|(?:19|20)\d\d(?:0[1-9]|1[0-2])|(?:(?:19|20)\d\d年)?(?:[1-9]|1[0-2])(?:[-—~至][1-9]\d?)?月"
    r"|.*(?:[一二三四1-4]季度|上半年|下半年|前三季度|半年累计)(?:累计数?)?)$"
)
TOTALS = frozenset("总计 合计 小计 总数 总指数 全国总计 城市合计 全部城市 total all subtotal grandtotal ialt".split())
TOTAL_END = re.compile(r"(?:合计|总计)$")
SUB_ITEM = re.compile(r"^(?:~?#|其\s*中\s*[:：]?|of\s*which\s*[:：])", re.IGNORECASE)
NUMBERINGS = (
    re.compile(r"^([一二三四五六七八九十]{1,3})(?:、|[.．，,](?!\d))"),
    re.compile(r"^(?:[(（]([一二三四五六七八九十]{1,3})[)）]|([㈠-㈩]))"),
    re.compile(r"^(?:(\d{1,2})(?:、|[.．](?!\d))|([⒈-⒛]))"),
    re.compile(r"^(?:[(（](\d{1,2})[)）]|([⑴-⒇]))"),
    re.compile(r"^([①-⑳])"),
)
FIRST_SIGNS = ("㈠", "⒈", "⑴", "①")
DIGITS = "一二三四五六七八九"
UNIT_HEADS = frozenset({"单位", "计量单位", "unit", "units"})
INDEX_HEADS = frozenset({"序号", "行次", "编号", "代码", "no.", "no", "code"})
MUNICIPALITIES = frozenset("北京 天津 上海 重庆".split())
# In the order of the national area codes, in which statistics list them.
REGIONS = (
    "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南"
    " 广东 广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆"
).split()
PROVINCES = frozenset(REGIONS) - MUNICIPALITIES | {"内蒙"}
REGION_END = re.compile(r"(?:市|省|壮族自治区|回族自治区|维吾尔自治区|自治区)$")


@dataclass(frozen=True)
class LabelText:
    """A cleaned label. `unit` is its last bracket where the unit table knows it; the bracket stays in `text`."""

    text: str
    en: str = ""
    unit: Unit | None = None
    unit_text: str = ""


def indent_of(text: str) -> int:
    """Leading half-widths; a run of dots before the words counts as one step of two."""
    width = 0
    for letter in text:
        if letter not in INDENTS:
            break
        width += INDENTS[letter]
    return width + (2 if re.match(r"^[\s\u3000\xa0]*(?:[.]{2,}|…+|-{2,})\s*\S", text) else 0)


@lru_cache(maxsize=16384)
def clean_label(text: str) -> str:
    """Printed words without layout: no indent, letter-spacing, line break or footnote mark; Latin words keep one space."""
    flat = FOOTNOTE.sub("", LINE.sub("\n", text).translate(GAP))
    flat = re.sub(r"^\s*(?:[.]{2,}|…+|-{2,})\s*", "", flat)
    flat = re.sub(r"\s+", " ", flat).strip()
    flat = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", flat)
    return re.sub(r"(?<=\() | (?=\))", "", re.sub(r"^([#~]+) ", r"\1", flat))


def read_label(text: str, units: Mapping[str, Unit]) -> LabelText:
    """A label split into Chinese words, English translation and unit."""
    zh, en = split_bilingual(text)
    shown = clean_label(zh or en)
    unit, unit_text = bracket_unit(shown, units)
    if unit is None and shown.endswith(("%", "％", "‰")):
        unit, unit_text = find_unit(units, shown[-1]), shown[-1]
    if unit is None and en:
        unit, unit_text = bracket_unit(clean_label(en), units)
        if unit is not None and unit_text and zh:
            unit_text = unit.symbol("zh")
    return LabelText(shown, clean_label(en) if zh else "", unit, unit_text)


def split_bilingual(text: str) -> tuple[str, str]:
    """Chinese half and English half; a text without Han is all English. `GDP` or `R&D` inside Chinese text stays there."""
    if not HAN.search(text):
        return "", text
    lines = [part for part in LINE.split(text) if part.strip()]
    zh: list[str] = []
    en: list[str] = []
    for part in lines:
        if HAN.search(part) or (not en and not WORD.search(part)):
            head, tail = _split_line(part)
            zh.append(head)
            en += [tail] if tail else []
        else:
            en.append(part)
    return "\n".join(zh), "\n".join(en)


def _split_line(line: str) -> tuple[str, str]:
    """A line cut after its last Han letter or Chinese bracket, where English words follow."""
    last = max(found.end() for found in HAN.finditer(line)) if HAN.search(line) else 0
    closing = re.match(r"[^A-Za-z]*?[)）]", line[last:]) if "(" in line[:last] or "（" in line[:last] else None
    last += (
        closing.end()
        if closing
        and line[:last].translate({65288: 40, 65289: 41}).count("(") > line[:last].translate({65288: 40, 65289: 41}).count(")")
        else 0
    )
    bracket = re.match(r"\s*[(（][^()（）A-Za-z]*[)）]", line[last:])
    last += bracket.end() if bracket else 0
    tail = line[last:]
    if WORD.search(tail) and not re.match(r"^[\d-]", tail.strip()):
        return line[:last], tail.strip()
    return line, ""


def bracket_unit(text: str, units: Mapping[str, Unit]) -> tuple[Unit | None, str]:
    """The unit in the label's last brackets, and as printed."""
    rest = text
    while True:
        found = LAST_BRACKET.search(rest)
        if not found:
            break
        unit = find_unit(units, found[1])
        if unit:
            return unit, re.sub(r"\s+", "", found[1])
        rest = rest[: found.start()]
    return None, ""


@lru_cache(maxsize=65536)
def parse_year(text: str) -> int | None:
    """The year that a label names: `2000 年`, 1998, 2006.0, `1 9 9 2年`, 2005年底; `(20054年)`, 201902 and 2019H1 are none."""
    bare = YEAR_MARK.sub("", text.translate(LETTERS)).strip()
    spaced = SPACED_YEAR.match(bare)
    found = YEAR.match(spaced[1].replace(" ", "") if spaced else bare)
    return int(found[1]) if found else None


@lru_cache(maxsize=65536)
def is_period(text: str) -> bool:
    """A part of a year: half, quarter, month or a month code."""
    return bool(PERIOD.match(re.sub(r"\s+", "", text.translate(LETTERS))))


def is_total(text: str) -> bool:
    """A bare total word, which is never a parent."""
    bare = re.sub(r"[\s()]+", "", text.translate(LETTERS)).casefold()
    return bare in TOTALS or bool(TOTAL_END.search(bare))


def sub_item(text: str) -> str:
    """The mark of a sub-item (`#`, `~#`, `其中：`), or nothing."""
    found = SUB_ITEM.match(text.strip())
    return found[0] if found else ""


def numbering(text: str) -> tuple[int, int] | None:
    """Level and ordinal of a numbered label: 0 for 一、 1 for （一） 2 for 1. 3 for (1) 4 for ①; None without a number."""
    bare = text.strip()
    for level, pattern in enumerate(NUMBERINGS):
        found = pattern.match(bare)
        if found:
            return level, _ordinal(next(part for part in found.groups() if part))
    return None


def _ordinal(sign: str) -> int:
    if sign.isdecimal():
        return int(sign)
    first = next(
        (first for first in FIRST_SIGNS if 0 <= ord(sign[0]) - ord(first) < 20 and len(sign) == 1 and sign not in DIGITS + "十"),
        None,
    )
    if first:
        return ord(sign) - ord(first) + 1
    tens, ten, ones = sign.rpartition("十")
    return (10 * (DIGITS.find(tens) + 1 if tens else 1) if ten else 0) + (DIGITS.find(ones) + 1 if ones else 0)


def region_rank(text: str) -> int | None:
    """0 for a municipality, 1 for a province, None for any other label."""
    bare = re.sub(r"\s+", "", text)
    short = REGION_END.sub("", bare)
    if short in MUNICIPALITIES:
        return 0
    return 1 if short in PROVINCES and bare not in {f"{name}市" for name in PROVINCES} else None


def region_order(text: str) -> int:
    """Place of a province or municipality in the national list; -1 for any other label."""
    short = REGION_END.sub("", re.sub(r"\s+", "", text))
    return next((index for index, name in enumerate(REGIONS) if name == short or (short == "内蒙" and name == "内蒙古")), -1)


def is_latin(text: str) -> bool:
    """Words without any Han letter."""
    return bool(WORD.search(text) or re.search(r"[A-Za-z]{2,}", text)) and not HAN.search(text)
