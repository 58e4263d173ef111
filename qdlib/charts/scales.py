"""Numbers and places on a figure: ticks, number texts, text widths, labels that do not touch.

Takes numbers and texts; gives numbers and texts. Widths are counted in ems (a Chinese character 1, others 0.55), because
measuring glyphs would tie the drawing to the installed fonts.
"""

import math
import re
from collections.abc import Sequence

THIN = "\u202f"
LEGIBLE = 9.5  # px: the smallest text on a phone
PHONE_COLUMN = 342  # px: a phone of 390 less its margins


def nice_ticks(low: float, high: float, number: int = 4) -> list[float]:
    """Round ticks that cover low … high with about `number` steps."""
    span = (high - low) or abs(high) or 1.0
    rough = span / number
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def year_ticks(first: int, last: int, number: int) -> list[int]:
    """First and last year and round steps between, none so close to the ends that labels would touch."""
    span = last - first
    if span <= number:
        return list(range(first, last + 1))
    step = next(step for step in (1, 2, 5, 10, 20, 50) if span / step <= number)
    inner = [year for year in range(first - first % step, last, step) if year - first >= 0.75 * step and last - year >= 0.75 * step]
    return [first, *inner, last]


def number_text(value: float, decimals: int | None = None) -> str:
    """1234567.8 -> `1 234 568` with thin spaces; one decimal below 1000 unless the number is whole, or as many as asked for."""
    if decimals is None:
        decimals = 0 if float(value).is_integer() or abs(value) >= 1000 else 1
    return f"{value:,.{decimals}f}".replace(",", THIN)


def tick_texts(ticks: Sequence[float]) -> list[tuple[float, str]]:
    """Each tick with its number, printed exactly: rounded to one place, 0.25 and 0.75 would stand at wrong heights."""
    places = [next((number for number in range(10) if round(tick, number) == tick), 10) for tick in ticks]
    return [(tick, number_text(tick, number)) for tick, number in zip(ticks, places, strict=True)]


def ems(text: str) -> float:
    return sum(1.0 if ord(character) > 0x2E7F else 0.55 for character in text)


def least_width(width: float, smallest: float) -> int:
    """CSS pixels that a drawing of `width` units needs for its smallest text (same units) to be legible."""
    return round(LEGIBLE * width / smallest)


def inches(texts: Sequence[str], points: float) -> float:
    """Width of the longest text in inches at a font size in points; line breaks count."""
    return max((ems(line) for text in texts for line in text.split("\n")), default=0.0) * points / 72


def break_label(text: str, room: float, points: float, lines: int = 3) -> str:
    """A label broken between words or Chinese characters, no line wider than `room` inches; what `lines` cannot hold ends in `…`."""
    most, broken = room * 72 / points, [""]
    for word in re.findall(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+|\s+", text):
        fits = ems(broken[-1] + word.rstrip()) <= most or not broken[-1]
        broken = [*broken[:-1], broken[-1] + word] if fits else [*broken, word.lstrip()]
    broken = [line.rstrip() for line in broken if line.strip()]
    shown = broken[:lines]
    shown[-1] += "…" if len(broken) > lines else ""
    return "\n".join(line if ems(line) <= most else clip(line, most) for line in shown)


def clip(line: str, most: float) -> str:
    """As much of a line as `most` ems hold, with `…` at its end."""
    kept = next(end for end in range(len(line), -1, -1) if ems(line[:end]) + 1 <= most or not end)
    return f"{line[:kept].rstrip()}…"


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places moved apart to at least `gap`, kept in order and, as far as they fit, within low … high."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = [min(max(places[index], low), high) for index in order]
    for position in range(1, len(moved)):
        moved[position] = max(moved[position], moved[position - 1] + gap)
    if moved and moved[-1] > high:
        moved[-1] = high
        for position in range(len(moved) - 2, -1, -1):
            moved[position] = min(moved[position], moved[position + 1] - gap)
    result = [0.0] * len(places)
    for index, place in zip(order, moved, strict=True):
        result[index] = place
    return result
