"""Ruled tables of a PDF → one `Sheet` each, `p3t1` for the first of page 3; needs the extra `pdf` (pdfplumber).

Takes bytes; gives grids of text. The ruled lines and the words are read apart, and a table counts only where both agree: each word
lies in one ruled cell, no cell holds two figures, the words are written cell after cell, and those of each row are its cells' words.
A scan, a table without rules and prose give no sheet. Does not open files, infers nothing.
"""

import io
import re

from qdlib.reading.errors import UnreadableFile
from qdlib.reading.sheet import Sheet

FIGURE = re.compile(r"^[(+\-—－]?\d[\d,. ]*[)%‰]?$")
UNMAPPED = re.compile(r"[\x00-\x08\x0b-\x1f\ue000-\uf8ff\ufffd]|\(cid:")
GROUPED = re.compile(r"^[+\-—－]?\d{1,3}(?: \d{3})+(?:[.]\d+)?$")
# Words that touch a rule by less than this many points still lie inside it.
SLACK = 1.5
# Title and unit stand within six printed lines above a table.
ABOVE = 90


def read_pdf(data: bytes, file: str, sha256: str) -> list[Sheet]:
    """A sheet for each ruled table whose words agree with its rules. Raises UnreadableFile where there is none."""
    try:
        import pdfplumber
    except ImportError as fault:
        raise UnreadableFile(f"{file}: a PDF; install the extra `pdf` (pdfplumber) or save its tables as xlsx or CSV") from fault
    sheets: list[Sheet] = []
    doubts: list[str] = []
    try:
        with pdfplumber.open(io.BytesIO(data)) as book:
            for number, page in enumerate(book.pages, start=1):
                sheets += _read_page(page, number, file, sha256, doubts)
    except UnreadableFile:
        raise
    except Exception as fault:  # damaged objects fail in dozens of ways in pdfminer; each means the same to a reader
        raise UnreadableFile(f"{file}: a PDF that cannot be read ({type(fault).__name__}: {fault}); print it to a new PDF") from fault
    if not sheets:
        why = f"; {'; '.join(doubts[:3])}" if doubts else ""
        raise UnreadableFile(f"{file}: a PDF without a ruled table that its words agree with{why}; save its tables as xlsx or CSV")
    return sheets


def _read_page(page, number: int, file: str, sha256: str, doubts: list[str]) -> list[Sheet]:
    found = []
    words = page.extract_words(use_text_flow=True)
    for count, table in enumerate(page.find_tables(), start=1):
        name = f"p{number}t{count}"
        if len(table.rows) < 2 or len(table.columns) < 2:
            continue
        values, merges, against = _grid(table, words)
        if against:
            doubts.append(f"{name}: {against}")
            continue
        above = _lines_above(words, table.bbox)
        found.append(Sheet(file, name, sha256, "", values, merges=merges, preface=above))
    return found


def _grid(table, words: list[dict]) -> tuple[tuple, dict, str]:
    """Cells by the rules with the words inside them; spans of merged cells; what the two readings disagree on."""
    tops = sorted({round(cell[1], 1) for cell in table.cells})
    lefts = sorted({round(cell[0], 1) for cell in table.cells})
    rows: list[list[str | None]] = [[None] * len(lefts) for _ in tops]
    merges: dict[tuple[int, int], tuple[int, int]] = {}
    taken: set[int] = set()
    order: list[int] = []
    inside = [index for index, word in enumerate(words) if _touches(word, table.bbox)]
    broken = next((words[index]["text"] for index in inside if UNMAPPED.search(words[index]["text"])), None)
    if broken is not None:
        return (), {}, f"the font does not say which letters {broken!r} are"
    for left, top, right, bottom in sorted(table.cells, key=lambda cell: (cell[1], cell[0])):
        row, column = tops.index(round(top, 1)), lefts.index(round(left, 1))
        mine = [index for index in inside if _within(words[index], (left, top, right, bottom))]
        if set(mine) & taken:
            return (), {}, f"the word {words[mine[0]]['text']!r} lies in two ruled cells"
        taken |= set(mine)
        texts = [words[index]["text"] for index in mine]
        if sum(bool(FIGURE.match(text)) for text in texts) > 1 and not GROUPED.match(" ".join(texts)):
            return (), {}, f"one ruled cell holds the figures {' '.join(texts)}"
        if mine and order and mine[0] < order[-1]:
            return (), {}, f"the word {texts[0]!r} is written before the cell to its left or above it"
        order += sorted(mine)
        rows[row][column] = "\n".join(_printed_lines([words[index] for index in mine])) or None
        height = sum(top <= other < bottom - SLACK for other in tops)
        width = sum(left <= other < right - SLACK for other in lefts)
        if (height, width) != (1, 1):
            merges[(row, column)] = (max(height, 1), max(width, 1))
    lost = [words[index]["text"] for index in inside if index not in taken]
    if lost:
        return (), {}, f"{len(lost)} words cross a rule, first {lost[0]!r}"
    against = _disagree(rows, tops, [words[index] for index in inside], merges)
    return tuple(map(tuple, rows)), merges, against


def _within(word: dict, box: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = box
    middle = (word["top"] + word["bottom"]) / 2
    return left - SLACK <= word["x0"] and word["x1"] <= right + SLACK and top <= middle < bottom


def _touches(word: dict, box: tuple[float, float, float, float]) -> bool:
    """At least partly inside a box; a word across the outer rule must not be lost."""
    left, top, right, bottom = box
    return left + SLACK < word["x1"] and word["x0"] < right - SLACK and top <= (word["top"] + word["bottom"]) / 2 < bottom


def _disagree(rows: list, tops: list[float], words: list[dict], merges: dict) -> str:
    """Rows whose figures, read as words of one printed line from left to right, are not those of the ruled cells."""
    figures = [word for word in words if FIGURE.match(word["text"])]
    lines: dict[int, list[dict]] = {}
    for word in sorted(figures, key=lambda word: word["x0"]):
        lines.setdefault(round((word["top"] + word["bottom"]) / 2), []).append(word)
    for number, row in enumerate(rows):
        if any(place[0] <= number < place[0] + span[0] and span[0] > 1 for place, span in merges.items()):
            continue
        bottom = tops[number + 1] if number + 1 < len(tops) else float("inf")
        printed = [word["text"] for middle in sorted(lines) if tops[number] <= middle < bottom for word in lines[middle]]
        ruled = [text for cell in row if cell for text in cell.split() if FIGURE.match(text)]
        if sorted(printed) != sorted(ruled):
            return f"row {number + 1} reads {' '.join(ruled)} by its rules and {' '.join(printed)} by its words"
    return ""


def _printed_lines(words: list[dict]) -> list[str]:
    """Words in the order in which they are written, a new line where one starts left of the word before it or far to its right.

    Heights are not asked: brackets and digits of another font may stand a whole line too low.
    """
    lines: list[list[dict]] = []
    for word in words:
        before = lines[-1][-1] if lines else None
        if before is None or word["x0"] < before["x0"] or word["x0"] - before["x1"] > 3 * (word["bottom"] - word["top"]):
            lines.append([])
        lines[-1].append(word)
    return [_line_text(line) for line in lines]


def _line_text(words: list[dict]) -> str:
    text = ""
    for before, word in zip([None, *words], words, strict=False):
        text += (" " if before is not None and word["x0"] - before["x1"] > SLACK else "") + word["text"]
    return text


def _lines_above(words: list[dict], box: tuple[float, float, float, float]) -> tuple[str, ...]:
    """The printed lines just above a table, written before it: its title and unit."""
    first = next((index for index, word in enumerate(words) if _within(word, box)), len(words))
    near = [word for word in words[:first] if word["x0"] < box[2] and box[1] - ABOVE <= word["top"] and not UNMAPPED.search(word["text"])]
    return tuple(_printed_lines(near)[-3:])
