"""Path data of a drawing, written short: the same shapes in half the text.

Takes and gives lxml elements of one SVG whose numbers are absolute and rounded to a tenth, as `figures` leaves them. Moves and
lines become relative (exactly: in whole tenths, so that no rounding adds up), a clip that cuts nothing goes, neighbours drawn
alike become one path, and dots on each corner of a line become its markers. What it does not understand stays as it is.
"""

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"[A-Za-z]|-?\d+(?:\.\d+)?")
SIZES = {"M": 2, "L": 2, "Q": 4, "C": 6, "Z": 0, "z": 0, "h": 1}  # numbers that a step takes
_ALIKE = {"d", "style", "clip-path"}
SLACK = 10  # tenths: half a line's width may reach beyond the frame that clips it


def shorten_outlines(root, prefix: str) -> None:
    """All paths of a drawing: unneeded clips dropped, neighbours joined, dots made markers (ids with `prefix`), data short."""
    drop_idle_clips(root)
    join_neighbours(root)
    mark_corners(root, prefix)
    for path in list(root.iter("path")):
        path.set("d", shorten(path.get("d", "")))
        if re.fullmatch("M[^A-Za-z]*", path.get("d")) and path.get("id") is None:  # a move alone draws nothing
            path.getparent().remove(path)


def read_path(data: str) -> list[tuple[str, list[int]]] | None:
    """Commands with whole tenths, absolute, and the dots `h0`; None where there is any other command."""
    commands: list[tuple[str, list[int]]] = []
    for token in _TOKEN.findall(data):
        if token.isalpha():
            commands.append((token, []))
        elif not commands:
            return None
        else:
            commands[-1][1].append(round(float(token) * 10))
    known = all(name in SIZES and (numbers == [0] or name != "h") for name, numbers in commands)
    whole = known and all(len(numbers) % (SIZES[name] or 1) == 0 and bool(numbers) == bool(SIZES[name]) for name, numbers in commands)
    return commands if whole else None


def repeat_shape(data: str, places: list[tuple[float, float]]) -> str | None:
    """A small shape of straight lines at each place; None for a shape with curves."""
    commands = read_path(data)
    if not commands or any(name not in "MLz" for name, _ in commands):
        return None

    def at(numbers: list[int], place: tuple[float, float]) -> str:
        return " ".join(f"{number / 10 + place[position % 2]:.1f}" for position, number in enumerate(numbers))

    return "".join(name + at(numbers, place) for place in places for name, numbers in commands)


def shorten(data: str) -> str:
    """Path data with relative steps; the data itself where that is shorter or it is not understood."""
    commands = read_path(data)
    if commands is None:
        return data
    written, at, start = "", (0, 0), (0, 0)
    for name, numbers in commands:
        if name in "Zz":
            written, at = written + "z", start
        elif name == "h":
            written += "h0"
        else:
            for step in _steps(name, numbers):
                if name == "M" and tuple(step) == at and written[-1:].isdigit():
                    name = "L"  # the next piece of one line goes on where the last one ended
                    continue
                written += _relative(name, step, at, written) if written else f"M{_number(step[0])}{_join(step[1])}"
                at = (step[-2], step[-1])
                start, name = (at, "L") if name == "M" else (start, name)
    return min(written, data, key=len)


def _steps(name: str, numbers: list[int]) -> Iterator[list[int]]:
    for position in range(0, len(numbers), SIZES[name]):
        yield numbers[position : position + SIZES[name]]


def _relative(name: str, step: list[int], at: tuple[int, int], written: str) -> str:
    """One step from `at`; a letter only where it differs from the one before."""
    deltas = [value - at[number % 2] for number, value in enumerate(step)]
    letter = name.lower()
    if letter == "l" and deltas[1] == 0:
        letter, deltas = "h", deltas[:1]
    elif letter == "l" and deltas[0] == 0:
        letter, deltas = "v", deltas[1:]
    text = _number(deltas[0]) + "".join(_join(value) for value in deltas[1:])
    last = next((sign for sign in reversed(written) if sign.isalpha()), "")
    if last == letter and letter != "m":
        return text if text.startswith("-") else " " + text
    return letter + text


def _number(tenths: int) -> str:
    sign, whole, rest = "-" if tenths < 0 else "", abs(tenths) // 10, abs(tenths) % 10
    return f"{sign}{whole if whole or not rest else ''}{f'.{rest}' if rest else ''}"


def _join(tenths: int) -> str:
    text = _number(tenths)
    return text if text.startswith("-") else " " + text


def corners(data: str) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom in tenths of all points of a path, curves by their handles; None where not understood."""
    commands = read_path(data)
    points = [numbers for name, numbers in commands or () if name != "h"]
    xs, ys = ([value for numbers in points for value in numbers[first::2]] for first in (0, 1))
    return (min(xs), min(ys), max(xs), max(ys)) if xs else None


def drop_idle_clips(root) -> None:
    """A clip that holds the whole shape cuts nothing."""
    frames = {clip.get("id"): _clip_corners(clip) for clip in root.iter("clipPath")}
    for element in root.iter("path", "g"):
        name = element.get("clip-path", "")[5:-1]
        shapes = [element] if element.tag == "path" else list(element)
        if frames.get(name) and all(shape.tag == "path" and _is_within(shape, frames[name]) for shape in shapes):
            element.attrib.pop("clip-path")
    used = " ".join(element.get("clip-path", "") for element in root.iter())
    for clip in list(root.iter("clipPath")):
        if f"#{clip.get('id')})" not in used:
            clip.getparent().remove(clip)


def _clip_corners(clip) -> tuple[int, int, int, int] | None:
    shape = clip[0] if len(clip) == 1 else None
    if shape is None or shape.tag != "rect":
        return None
    left, top, width, height = (round(float(shape.get(name, "0")) * 10) for name in ("x", "y", "width", "height"))
    return left - SLACK, top - SLACK, left + width + SLACK, top + height + SLACK


def _is_within(shape, frame: tuple[int, int, int, int]) -> bool:
    box = None if shape.get("transform") else corners(shape.get("d", ""))
    return box is not None and box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= frame[2] and box[3] <= frame[3]


def join_neighbours(root) -> None:
    """Neighbours that differ in their data only, as one path: a row of bars, the pieces of one line."""
    for parent in list(root.iter("svg", "g")):
        before = None
        for path in list(parent):
            alike = before is not None and _is_plain(path) and _look(path) == _look(before)
            if alike:
                before.set("d", before.get("d") + path.get("d"))
                parent.remove(path)
            else:
                before = path if _is_plain(path) else None


def _is_plain(path) -> bool:
    """A path that only draws; where shapes are see-through or filled by winding, one is not the same as two."""
    plain = path.tag == "path" and {"d", "style"} <= set(path.attrib) <= _ALIKE and read_path(path.get("d", "")) is not None
    return plain and path.get("d", "").startswith("M") and "opacity" not in path.get("style", "")


def _look(path) -> tuple[str | None, str | None]:
    return path.get("style"), path.get("clip-path")


def mark_corners(root, prefix: str) -> None:
    """Dots on every corner of the line before them, as the line's markers: its places are then written once."""
    made: dict[str, str] = {}
    for dots in [path for path in root.iter("path") if "h0" in path.get("d", "")]:
        line, style = dots.getprevious(), _declarations(dots)
        if line is None or not _is_plain(line) or dots.get("clip-path") != line.get("clip-path") or _declarations(line)["fill"] != "none":
            continue
        if len(_places(line)) < 2 or _places(line) != _places(dots):
            continue
        name = made.setdefault(dots.get("style"), f"{prefix}m{len(made)}")
        if name == f"{prefix}m{len(made) - 1}" and root.find(f".//marker[@id='{name}']") is None:
            root.insert(0, _marker(name, style))
        line.set("style", f"{line.get('style')};marker:url(#{name})")
        dots.getparent().remove(dots)


def _declarations(path) -> dict[str, str]:
    return {"fill": "", **dict(part.split(":", 1) for part in path.get("style", "").split(";") if part)}


def _places(path) -> set[tuple[int, int]]:
    """Where a path of straight lines has its corners, a path of dots its dots; empty for one with curves."""
    commands = read_path(path.get("d", "")) or []
    if any(name in "CQ" for name, _ in commands):
        return set()
    return {(numbers[at], numbers[at + 1]) for name, numbers in commands if name in "ML" for at in range(0, len(numbers), 2)}


def _marker(name: str, style: dict[str, str]):
    from lxml import etree

    marker = etree.Element("marker", id=name, markerUnits="userSpaceOnUse", overflow="visible")
    etree.SubElement(marker, "circle", r=f"{float(style['stroke-width']) / 2:g}", fill=style["stroke"])
    return marker
