"""The stub: which leading columns hold labels, and what each of them is.

Takes a `Grid` and its body rows; gives stub columns with their roles: label, translation, unit, unit_translation or index. A
column belongs to the stub while at least 80 % of its filled body cells are words; years count as words in the first column,
elsewhere only where they are printed as such (`2005年`). How the rows hang together is decided in `row_trees`.
"""

from qdlib.catalogue.units import find_unit
from qdlib.reading.grid import FIGURES, LABELS, Grid
from qdlib.reading.labels import INDEX_HEADS, UNIT_HEADS, is_latin

TEXT_SHARE = 0.8
CORNERS = frozenset(
    """指标 指标名称 项目 名称 年份 年度 年 地区 地区名称 城市 城市名
    城市名称 市区名称 市、区名称 区市 县市 行业 分类 类别 单位名称 月份 品名 品种""".split()
)


def find_stub(grid: Grid, body: list[int]) -> tuple[list[int], list[str]]:
    """Leading columns with labels in at least 80 % of their filled body cells; reasons for doubt."""
    stub: list[int] = []
    for column in grid.columns:
        filled = [row for row in body if grid.kind(row, column) != "blank"]
        if not filled:
            if stub or column != grid.left:
                break
            continue
        labels = [row for row in filled if _is_label(grid, row, column)]
        years = sum(grid.kind(row, column) == "year" for row in filled)
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


def _is_index(grid: Grid, filled: list[int], column: int) -> bool:
    """Numbers 1, 2, 3 … with text to the right: a running number, no figure."""
    values = [grid.parsed(row, column).value for row in filled]
    if None in values or len(values) < 2 or any(later - first != 1 for first, later in zip(values, values[1:], strict=False)):
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
        chinese_left = any(role == "label" for role in roles.values()) and not _all_latin(grid, body, stub[0])
        if head in INDEX_HEADS or (
            texts and all(grid.kind(row, column) in ("number", "code") for row in body if grid.kind(row, column) != "blank")
        ):
            roles[column] = "index"
        elif roles and (head.replace(" ", "") in UNIT_HEADS or (texts and units >= TEXT_SHARE * len(texts))):
            roles[column] = "unit_translation" if latin and "unit" in roles.values() else "unit"
        else:
            roles[column] = "translation" if latin and chinese_left else "label"
    return roles


def _all_latin(grid: Grid, body: list[int], column: int) -> bool:
    texts = [grid.text(row, column) for row in body if grid.kind(row, column) == "text"]
    return bool(texts) and all(map(is_latin, texts))


def is_group(grid: Grid, row: int, stub: list[int], roles: dict[int, str], values: list[int]) -> bool:
    """A row with a label, without figure and without unit: an empty indicator row keeps its unit, a group has none."""
    unit = any(grid.kind(row, column) != "blank" for column in stub if roles[column] == "unit")
    return not unit and not any(grid.kind(row, column) in {*FIGURES, "year", "unreadable", "text"} for column in values)
