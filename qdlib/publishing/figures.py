"""matplotlib's SVG -> SVG that can stand inside a page: themed, small, free of collisions.

Takes one drawing, a prefix and its alt text; gives the element as text, the width it needs for legible text, and faults.
Ids are prefixed (matplotlib repeats them from figure to figure), font families dropped (text takes the page's), and the
palette's colours become CSS variables, so that one drawing serves light and dark. A colour without a name is a fault.
"""

import re
from dataclasses import dataclass

from lxml import etree

from qdlib.charts.scales import PHONE_COLUMN, least_width
from qdlib.publishing.blocks import NO_BREAK_SPACE, escape
from qdlib.publishing.frames import NARROW_SPACE
from qdlib.publishing.outlines import repeat_shape, shorten_outlines
from qdlib.publishing.theme import VARIABLE_OF

DROPPED = ("metadata", "title", "style")
NUMBERS = ("d", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "r", "cx", "cy", "points", "transform")
COLOURED = ("fill", "stroke", "color", "stop-color")
USUAL = {("stroke-dashoffset", "0"), ("stroke-linecap", "butt"), ("stroke-linejoin", "round"), ("font-weight", "400")}  # as without
HREF = "{http://www.w3.org/1999/xlink}href"
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b")


@dataclass(frozen=True)
class Drawing:
    """`least_width`: CSS pixels below which some text would fall under the legible size."""

    svg: str
    least_width: int
    faults: tuple[str, ...]


def inline_svg(svg: str, prefix: str, alt: str, digits: int = 1) -> Drawing:
    """The drawing as an element of a page; `digits` after the point of its places. One unit is about one pixel."""
    parser = etree.XMLParser(remove_comments=True, remove_blank_text=True, resolve_entities=False)
    root = etree.fromstring(svg.encode("utf-8"), parser)
    faults: list[str] = []
    _drop(root)
    _prefix_ids(root, prefix)
    sizes: list[float] = []
    for element in root.iter():
        _clean(element, faults, sizes, digits)
    _share_styles(root)
    _join_marks(root)
    _lift_styles(root)
    etree.strip_tags(root, "bare")
    _drop_empty(root)
    shorten_outlines(root, prefix)
    _drop_empty(root)
    box = root.get("viewBox", "0 0 1 1")
    root.attrib.clear()
    for name, value in (("viewBox", box), ("role", "img"), ("aria-label", alt)):
        root.set(name, value)
    etree.cleanup_namespaces(root)
    width = float(box.split()[2])
    least = least_width(width, min(sizes, default=10))
    return Drawing(etree.tostring(root, encoding="unicode"), least, tuple(dict.fromkeys(faults)))


def _drop(root) -> None:
    for element in list(root.iter()):
        if etree.QName(element).localname in DROPPED and element.getparent() is not None:
            element.getparent().remove(element)


def _drop_empty(root) -> None:
    for element in [element for element in root.iter("defs") if not len(element)]:
        element.getparent().remove(element)


def _prefix_ids(root, prefix: str) -> None:
    """Keep only ids that are referred to, numbered, each with the prefix."""
    text = " ".join(value for element in root.iter() for value in element.attrib.values())
    wanted = dict.fromkeys(re.findall(r"#([^\s\"')]+)", text))
    known = [element.get("id") for element in root.iter() if element.get("id")]
    short = {id: f"{prefix}{number}" for number, id in enumerate(id for id in known if id in wanted)}
    for element in root.iter():
        for name, value in list(element.attrib.items()):
            if name == "id":
                element.set("id", short[value]) if value in short else element.attrib.pop("id")
            elif name in (HREF, "href"):
                element.attrib.pop(name)
                element.set("href", f"#{short.get(value[1:], value[1:])}" if value.startswith("#") else value)
            elif "url(#" in value:
                element.set(name, re.sub(r"url\(#([^)]+)\)", lambda found: f"url(#{short.get(found[1], found[1])})", value))


def _clean(element, faults: list[str], sizes: list[float], digits: int) -> None:
    element.tag = etree.QName(element).localname
    places = 0 if element.tag == "text" else digits
    if element.text:
        element.text = element.text.replace(NARROW_SPACE, NO_BREAK_SPACE)
    if element.tag == "image":
        faults.append("a raster image cannot follow light and dark: draw shapes")
    for name in NUMBERS:
        if name in element.attrib:
            element.set(name, _tight(_NUMBER.sub(lambda found: _short(found, places), element.get(name))))
    if element.get("transform", "").startswith("rotate(-0 "):
        element.attrib.pop("transform")
    for name in COLOURED:
        if name in element.attrib:
            element.set(name, _themed(element.get(name), faults))
    if "style" in element.attrib:
        element.set("style", ";".join(f"{key}:{_themed(value, faults)}" for key, value in _style(element.get("style"), sizes)))
        if not element.get("style"):
            element.attrib.pop("style")
    if element.tag == "g" and not element.attrib:
        element.tag = "bare"


def _share_styles(root) -> None:
    """Markers of one line repeat one style: say it once, on the group that holds them."""
    for group in root.iter("g", "bare"):
        styles = {child.get("style") for child in group}
        if len(styles) == 1 and None not in styles and not group.get("style"):
            group.tag = "g"
            group.set("style", styles.pop())
            for child in group:
                child.attrib.pop("style")


def _lift_styles(root) -> None:
    """A group that styles one shape only is that shape with its style."""
    for group in list(root.iter("g")):
        if len(group) == 1 and set(group.attrib) == {"style"} and not group[0].get("style"):
            group[0].set("style", group.attrib.pop("style"))
            group.tag = "bare"


def _join_marks(root) -> None:
    """The marks of one line as one path, dots or small shapes: a tenth of the text for the same drawing."""
    shapes = {path.get("id"): path for path in root.iter("path") if path.get("id")}
    for group in list(root.iter("g")):
        uses = list(group)
        targets = {use.get("href", "")[1:] for use in uses if use.tag == "use"}
        if len(targets) != 1 or any(use.tag != "use" or len(use.attrib) != 3 for use in uses):
            continue
        shape = shapes.get(next(iter(targets)))
        drawn = _as_dots(group, uses, shape) or _as_shapes(group, uses, shape)
        if drawn is None:
            continue
        clip = {"clip-path": group.get("clip-path")} if group.get("clip-path") else {}
        for use in uses:
            group.remove(use)
        etree.SubElement(group, "path", {**drawn, **clip})
        group.attrib.clear()
        group.tag = "bare"
    used = {use.get("href", "")[1:] for use in root.iter("use")}
    for id, shape in shapes.items():
        if id not in used and shape.getparent().tag == "defs":
            shape.getparent().remove(shape)


def _as_dots(group, uses, shape) -> dict[str, str] | None:
    """Round marks filled and edged in one colour: lines of no length with round ends."""
    style, radius = _declared(group), _radius(shape)
    if not radius or set(style) != {"fill", "stroke"} or style["fill"] != style["stroke"]:
        return None
    dots = "".join(f"M{use.get('x')} {use.get('y')}h0" for use in uses)
    return {"d": dots, "style": f"fill:none;stroke:{style['stroke']};stroke-width:{2 * radius + 1:g};stroke-linecap:round"}


def _as_shapes(group, uses, shape) -> dict[str, str] | None:
    """Marks of straight lines, each drawn at its place; the shape's own style goes before that of its group."""
    places = [(float(use.get("x")), float(use.get("y"))) for use in uses]
    data = repeat_shape(shape.get("d", ""), places) if shape is not None else None
    style = {**_declared(group), **(_declared(shape) if shape is not None else {})}
    return {"d": data, "style": ";".join(f"{key}:{value}" for key, value in style.items())} if data else None


def _declared(element) -> dict[str, str]:
    return dict(part.split(":", 1) for part in element.get("style", "").split(";") if part)


def _radius(shape) -> float | None:
    """Radius of a marker that is a circle around its place: eight curves, nothing else; None for other shapes."""
    path = shape.get("d", "") if shape is not None else ""
    numbers = [abs(float(number)) for number in re.findall(r"-?\d+(?:\.\d+)?", path)]
    is_circle = path.count("C") == 8 and set(re.findall("[A-Za-z]", path)) == {"M", "C", "z"} and path.startswith("M0 ")
    return max(numbers) if is_circle else None


def _short(match: re.Match, digits: int) -> str:
    text = f"{float(match.group()):.{digits}f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _tight(text: str) -> str:
    """Path data without the blanks that its letters make needless."""
    return re.sub(r" ?([A-Za-z]) ", r"\1", " ".join(text.split())).replace(" z", "z")


def _style(text: str, sizes: list[float]) -> list[tuple[str, str]]:
    """The declarations that stay: no font family; sizes are noted."""
    kept = []
    for declaration in filter(None, (part.strip() for part in text.split(";"))):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key == "font":  # short form: style weight size family
            value = re.search(r"(?:(\d{3}|bold) )?(\d+(?:\.\d+)?)px", value)
            kept += [("font-weight", value[1])] if value and value[1] else []
            key, value = "font-size", f"{value[2]}px" if value else ""
        if key == "font-size":
            sizes.append(float(value.removesuffix("px")))
        if key != "font-family" and value and (key, value) not in USUAL:
            kept.append((key, value))
    return kept


def _themed(value: str, faults: list[str]) -> str:
    def variable(match: re.Match) -> str:
        colour = match.group().lower()
        if colour not in VARIABLE_OF:
            faults.append(f"colour {colour} is not in qdlib.charts.palette: name it there, with its dark value")
        return VARIABLE_OF.get(colour, colour)

    return value if "url(" in value else _COLOUR.sub(variable, value)


def share_looks(svg: str, looks: dict[str, str]) -> str:
    """The drawing with a class for each style; `looks` (style to class) grows, and is the page's: `look_sheet` writes it out."""

    def name(match: re.Match) -> str:
        return f'class="{looks.setdefault(match[1], f"k{len(looks)}")}"'

    return re.sub(r'style="([^"]*)"', name, svg)


def look_sheet(looks: dict[str, str]) -> str:
    """The rules of the classes that `share_looks` has given."""
    return "".join(f".{name}{{{style}}}" for style, name in looks.items())


def place_drawing(wide: Drawing, narrow: Drawing | None, label: str) -> str:
    """The drawing in its frame; below 720 px the narrow one takes its place, unless the first can be read there too."""
    if narrow is None or wide.least_width <= PHONE_COLUMN:
        return _framed(wide, "drawing", label)
    return _framed(wide, "drawing wide", label) + _framed(narrow, "drawing narrow", label)


def _framed(drawing: Drawing, names: str, label: str) -> str:
    """A drawing whose text would be too small on a phone keeps its width and scrolls, so the keyboard must reach it."""
    if drawing.least_width <= PHONE_COLUMN or names == "drawing wide":
        return f'<div class="{names}">{drawing.svg}</div>'
    return (
        f'<div class="{names} scroll" role="region" tabindex="0" aria-label="{escape(label)}">'
        f'<div style="min-width:{drawing.least_width}px">{drawing.svg}</div></div>'
    )
