"""The stub: which leading columns hold labels, and what each of them is.

Takes a `Grid` and its body rows; gives stub columns with their roles: label, translation, unit, unit_translation or index. A
column belongs to the stub while at least 80 % of its filled body cells are words; years count as words in the first column,
elsewhere only where they are printed as such (`2005年`). How the rows hang together is decided in `row_trees`.
"""

import re

from qdlib.catalogue.units import find_unit
from qdlib.reading.grid import FIGURES, LABELS, Grid
from qdlib.reading.labels import HAN, INDEX_HEADS, UNIT_HEADS, is_latin

TEXT_SHARE = 0.8
MOST_CODES = 3
CODE_HEAD = re.compile(r"\b(?:rank|code|i[.]?d|no)\b", re.IGNORECASE)
CORNERS = frozenset(
    """指标 指标名称 项目 名称 年份 年度 年 地区 地区名称 城市 城市名
    城市名称 市区名称 市、区名称 区市 县市 行业 分类 类别 单位名称 月份 品名 品种""".split()
)


def find_stub(grid: Grid, body: list[int]) -> tuple[list[int], list[str]]:
    """Leading columns with labels in at least 80 % of their filled body cells; reasons for doubt.

    Codes and ranks left of such a column belong to the stub too.
    """
    codes = _code_columns(grid, body)
    stub: list[int] = []
    for column in grid.columns:
        filled = [row for row in body if grid.kind(row, column) != "blank"]
        if not filled:
            if stub or column != grid.left:
                break
            continue
        labels = [row for row in filled if _is_label(grid, row, column)]
        years = sum(grid.kind(row, column) == "year" for row in filled)
        if column in codes:
            stub.append(column)
            continue
        if len(labels) < TEXT_SHARE * len(filled) and not (not stub and _is_index(grid, filled, column)):
            break
        if stub and years > 0.5 * len(filled) and not _is_year_column(grid, filled, column, body):
            break
        stub.append(column)
    while len(stub) > 1 and not any(grid.kind(row, stub[0]) != "blank" for row in body):
        stub.pop(0)
    return stub, [] if stub else ["no column of labels in front of the figures"]


def _is_label(grid: Grid, row: int, column: int) -> bool:
    return grid.kind(row, column) in LABELS or (column == grid.left and grid.names_time(row, column))


def _code_columns(grid: Grid, body: list[int]) -> set[int]:
    """Columns of whole numbers left of a column of words: codes and ranks, which a table without Han letters prints as labels.

    In front of all words each number stands once, or the head names a rank or code; between words only the head tells a code
    from a figure.
    """
    if not grid.conventions.latin:
        return set()
    words = [column for column in grid.columns if _words_share(grid, body, column) >= TEXT_SHARE]
    if not words:
        return set()
    found = {column for column in range(grid.left, words[-1]) if column not in words}
    found = {column for column in found if any(grid.kind(row, column) != "blank" for row in body)}
    plain = all(_is_code_column(grid, body, column, column < words[0]) for column in found)
    return found if plain and len(found) <= MOST_CODES else set()


def _is_code_column(grid: Grid, body: list[int], column: int, leading: bool) -> bool:
    filled = [row for row in body if grid.kind(row, column) != "blank"]
    heads = " ".join(grid.text(row, column) for row in range(grid.top, body[0]))
    distinct = len({grid.text(row, column) for row in filled}) == len(filled)
    named = bool(CODE_HEAD.search(heads))
    return all(_is_code(grid, row, column) for row in filled) and (named or (leading and distinct))


def _words_share(grid: Grid, body: list[int], column: int) -> float:
    filled = [row for row in body if grid.kind(row, column) != "blank"]
    return sum(grid.kind(row, column) == "text" for row in filled) / len(filled) if len(filled) >= 0.5 * len(body) > 0 else 0.0


def _is_code(grid: Grid, row: int, column: int) -> bool:
    """A whole number without grouping, or a list of codes."""
    parsed = grid.parsed(row, column)
    whole = parsed.kind == "number" and parsed.value >= 0 and not parsed.decimals and "," not in parsed.text
    return whole or parsed.kind in ("code", "text")


def _is_index(grid: Grid, filled: list[int], column: int) -> bool:
    """Numbers 1, 2, 3 … with text to the right: a running number, no figure."""
    texts = [grid.text(row, column).strip().removesuffix(".0") for row in filled]
    if len(texts) < 2 or not all(text.isascii() and text.isdigit() for text in texts):
        return False
    if any(int(later) - int(first) != 1 for first, later in zip(texts, texts[1:], strict=False)):
        return False
    return all(grid.kind(row, column + 1) == "text" for row in filled)


def _is_year_column(grid: Grid, filled: list[int], column: int, body: list[int]) -> bool:
    """Years right of another label column are labels only if printed as such in every row (`2005年`)."""
    return len(filled) == len(body) and all("年" in grid.text(row, column) for row in filled)


def column_roles(grid: Grid, stub: list[int], header: list[int], body: list[int]) -> dict[int, str]:
    """Role of each stub column: label, translation, unit, unit_translation or index."""
    roles: dict[int, str] = {}
    for column in stub:
        head = " ".join(grid.label(row, column).text for row in header if grid.kind(row, column) != "blank").casefold().strip()
        texts = [grid.text(row, column) for row in body if grid.kind(row, column) != "blank"]
        units = sum(find_unit(grid.units, text.strip("()（） ")) is not None for text in texts)
        latin = bool(texts) and sum(map(is_latin, texts)) >= TEXT_SHARE * len(texts)
        chinese_left = any(role == "label" and _has_han(grid, body, other) for other, role in roles.items())
        numbers = bool(texts) and all(grid.kind(row, column) in ("number", "code") for row in body if grid.kind(row, column) != "blank")
        if head in INDEX_HEADS or (numbers and not (grid.conventions.latin and head)):
            roles[column] = "index"
        elif roles and (head.replace(" ", "") in UNIT_HEADS or (texts and units >= TEXT_SHARE * len(texts))):
            roles[column] = "unit_translation" if latin and "unit" in roles.values() else "unit"
        else:
            roles[column] = "translation" if latin and chinese_left else "label"
    return roles


def _has_han(grid: Grid, body: list[int], column: int) -> bool:
    return any(HAN.search(grid.text(row, column)) for row in body)


def is_group(grid: Grid, row: int, stub: list[int], roles: dict[int, str], values: list[int]) -> bool:
    """A row with a label, without figure and without unit: an empty indicator row keeps its unit, a group has none."""
    unit = any(grid.kind(row, column) != "blank" for column in stub if roles[column] == "unit")
    return not unit and not any(grid.kind(row, column) in {*FIGURES, "year", "unreadable", "text"} for column in values)
