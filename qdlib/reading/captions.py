"""What stands around a table: number, title, unit, base, period, preamble, notes.

Takes the filled cells of rows above (or below) a table; gives `Caption`. A unit caption needs a colon: 单位数(个) and 单位名称
are no captions. A caption may state several units (`亿元、元`); which label takes which is decided in `measures`. Infers no
layout.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from qdlib.catalogue.units import Unit, find_unit
from qdlib.reading.cells import plain_text
from qdlib.reading.labels import HAN, bracket_unit, clean_label, parse_year, split_bilingual

NUMBER = re.compile(r"(?:^|(?<=[^\d.,]))表?\s*(\d{1,2}\s?[-－—–]\s?\d{1,3})(?![\d%])")
UNIT = re.compile(r"(?:计量)?单\s*位\s*:\s*")
UNIT_EN = re.compile(r"^\(?\s*units?\s*:\s*", re.IGNORECASE)
BASE = re.compile(r"\(?((?:按|以)[^()（）,，;；]{0,12}?(?:价格为\s*100|价格?计算|为基数|为\s*100|=\s*100|价格?))\)?")
PERIOD = re.compile(r"\(((?:19|20)\d\d) ?年?(?:底|末)?\)")
RANGE = re.compile(r"\(?(?:19|20)\d\d ?年?[-—–~](?:19|20)\d\d ?年?\)?")
PREAMBLE = re.compile(r"^(数据库|指标|时间|地区|频度|城市|分类)\s*:\s*(.+)$")
NOTE = re.compile(
    r"^(?:注|备注|说明|资料来源|数据来源|来源|摘编自|摘自|Notes?|Sources?|Data source)"
    r"\s*(?:\d{1,2}|[①-⑳])?\s*[:.．、]|^(?:摘编自|注[①-⑳]|注\d)",
    re.IGNORECASE,
)
CONTINUED = re.compile(
    r"[(（]?\s*续\s*表?\s*[一二三四五六七八九十\d]*\s*[)）]?(?:\s*continued\s*\d*)?|\(?\bcontinued\b\s*\d*\)?", re.IGNORECASE
)
SEPARATORS = re.compile(r"[、,，;；/／\s]+")


@dataclass(frozen=True)
class Caption:
    """`units` as stated (None where the word is not in the unit table), `unit_words` as printed; `subject` from a preamble."""

    number: str = ""
    title: str = ""
    units: tuple[Unit | None, ...] = ()
    unit_words: tuple[str, ...] = ()
    base: str = ""
    period: int | None = None
    subject: str = ""
    continued: bool = False
    page: int = 0
    rows: tuple[int, ...] = ()


def is_note(text: str) -> bool:
    """A line below a table: 注, 说明, 资料来源, Note, Source."""
    return bool(NOTE.match(plain_text(text)))


def has_unit_caption(text: str) -> bool:
    return bool(UNIT.search(plain_text(text)) or UNIT_EN.match(plain_text(text)))


def has_table_number(text: str) -> bool:
    """A printed table number such as 1-10, not a span of years and not a figure."""
    bare = RANGE.sub("", plain_text(text))
    return bool(NUMBER.search(bare)) and bool(HAN.search(bare) or re.fullmatch(r"表?\s*\d{1,2}\s?[-－—–]\s?\d{1,3}", bare))


def is_continued(text: str) -> bool:
    """A line that only says 续表, or a title with （续） behind it."""
    bare = plain_text(text)
    return bool(CONTINUED.fullmatch(bare) or re.search(r"\(续表?[一二三四五六七八九十\d]*\)$", bare))


def is_preamble(text: str) -> bool:
    return bool(PREAMBLE.match(plain_text(text)))


def is_base(text: str) -> bool:
    """A bracket with nothing but a price base, a base year or a period."""
    bare = plain_text(text)
    if not re.fullmatch(r"\(.*\)", bare):
        return False
    scope = bare.startswith(("(包括", "(不包括", "(含")) or "价格" in bare
    return (
        scope
        or any(pattern.search(bare) for pattern in (BASE, PERIOD))
        or any(pattern.fullmatch(bare) for pattern in (RANGE, CONTINUED))
    )


def read_captions(lines: Iterable[tuple[int, str]], units: Mapping[str, Unit]) -> Caption:
    """One caption from (row, text) pairs, top to bottom."""
    caption = Caption()
    for row, text in lines:
        caption = replace(_add(caption, text, units), rows=(*caption.rows, row))
    return caption


def _add(caption: Caption, text: str, units: Mapping[str, Unit]) -> Caption:
    bare = plain_text(text)
    preamble = PREAMBLE.match(bare)
    if preamble:
        return _add_preamble(caption, preamble[1], preamble[2], units)
    if is_note(bare):
        return caption
    found = UNIT.search(bare) or UNIT_EN.match(bare)
    if found:
        caption = _add_units(caption, bare[found.end() :], units)
        bare = bare[: found.start()]
    page = CONTINUED.search(bare)
    if page:
        caption = replace(caption, continued=True, page=max(caption.page, _page(page[0])))
        bare = CONTINUED.sub(" ", bare)
    number = NUMBER.search(RANGE.sub(" ", bare))
    if number and not caption.number:
        caption = replace(caption, number=re.sub(r"\s", "", re.sub(r"[－—–]", "-", number[1])))
        bare = bare[bare.find(number[1]) + len(number[1]) :]
    return _add_title(caption, bare)


def _page(words: str) -> int:
    """The number of a continued page: 续表 and 续表一 are 1, 续表3 is 3."""
    found = re.search(r"\d+|[一二三四五六七八九十]", words)
    if not found:
        return 1
    return int(found[0]) if found[0].isdecimal() else "一二三四五六七八九十".index(found[0]) + 1


def _add_preamble(caption: Caption, key: str, words: str, units: Mapping[str, Unit]) -> Caption:
    if key != "指标":
        year = parse_year(words) if key == "时间" else None
        return replace(caption, period=year or caption.period)
    subject = clean_label(words)
    unit, word = bracket_unit(subject, units)
    if unit:
        caption = replace(caption, units=(unit,), unit_words=(word,))
    return replace(caption, subject=subject, title=caption.title or subject)


def _add_units(caption: Caption, words: str, units: Mapping[str, Unit]) -> Caption:
    """The stated units, in order; an English half in brackets repeats them and counts only where there is no Chinese."""
    zh = re.sub(r"\([^()]*[A-Za-z][^()]*\)?$", "", words).strip(" ()") or words.strip(" ()")
    whole = find_unit(units, zh)
    parts = [zh] if whole else [part for part in SEPARATORS.split(zh) if part]
    found = tuple(find_unit(units, part) for part in parts)
    return replace(
        caption, units=(*caption.units, *found), unit_words=(*caption.unit_words, *(re.sub(r"\s", "", part) for part in parts))
    )


def _add_title(caption: Caption, bare: str) -> Caption:
    base = BASE.search(bare)
    if base:
        caption = replace(caption, base=caption.base or re.sub(r"\s", "", base[1]))
        if base[0].startswith("("):
            bare = bare.replace(base[0], " ")
    period = PERIOD.search(bare)
    if period:
        caption = replace(caption, period=int(period[1]))
        bare = PERIOD.sub(" ", bare)
    alone = parse_year(bare.strip("() "))
    if alone:
        return replace(caption, period=alone)
    zh, en = split_bilingual(bare)
    words = clean_label(zh or en)
    if not re.search(r"[\w]", words):
        return caption
    if not caption.period:
        years = set(re.findall(r"(?<!\d)((?:19|20)\d\d) ?年(?!\s*[-—–~以至])", words)) if not RANGE.search(words) else set()
        caption = replace(caption, period=int(years.pop()) if len(years) == 1 else None)
    if not caption.title or (HAN.search(words) and not HAN.search(caption.title)):
        return replace(caption, title=words)
    return caption
