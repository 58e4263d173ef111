"""The empty drawing: size, margins, axis, type.

Takes tick and label texts; gives a `Canvas` with one axis whose margins leave room for them. Few ticks, horizontal hairlines
only, no frame. `both` draws a chart for the page and, where that cannot be read there, for a phone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qdlib.charts.palette import LIGHT
from qdlib.charts.scales import PHONE_COLUMN, inches, least_width

# width and height in inches, type size in points: text stays readable when the page scales the drawing.
SIZES = {"full": (10.3, 4.5, 11.5), "half": (5.0, 3.2, 11.0), "narrow": (5.0, 3.9, 12.0)}
CJK_FAMILIES = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "WenQuanYi Micro Hei")


@dataclass(frozen=True)
class Canvas:
    figure: Figure
    axis: Axes
    points: float
    size: str

    def text(self, x: float, y: float, words: str, colour: str, **options) -> None:
        """Text in data coordinates in a palette colour; never clipped."""
        options = {"fontsize": self.points, "va": "center", "clip_on": False, "linespacing": 1.5} | options
        self.axis.text(x, y, words, color=LIGHT[colour], **options)

    def points_to_data(self, points: float) -> float:
        """A height in points as a height in data units."""
        low, high = self.axis.get_ylim()
        height = self.axis.get_position().height * self.figure.get_figheight() * 72
        return points / height * (high - low)


@cache
def font_family() -> tuple[str, ...]:
    """The first installed Chinese family, then the default; the page replaces families, so the drawing does not depend on it."""
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    return (*[family for family in CJK_FAMILIES if family in known][:1], "DejaVu Sans")


def make_canvas(
    alt: str, size: str, xlim: tuple[float, float], ylim: tuple[float, float], xticks: Sequence[tuple[float, str]],
    yticks: Sequence[tuple[float, str]], right: Sequence[str] = (), height: float | None = None, baseline: bool = True,
) -> Canvas:
    """One axis with room for the y tick texts on the left and for end labels (`right`) on the right."""
    width, tall, points = SIZES[size]
    tall = height or tall
    figure = Figure(figsize=(width, tall))
    figure.set_label(alt)
    left = inches([text for _, text in yticks], points) + 0.18
    end = max(inches(right, points) + 0.18, 0.32)
    bottom = points * 2.2 / 72
    axis = figure.add_axes((left / width, bottom / tall, 1 - (left + end) / width, 1 - (bottom + 0.16) / tall))
    axis.set_xlim(*xlim)
    axis.set_ylim(*ylim)
    style_axis(axis, points, xticks, yticks, baseline)
    return Canvas(figure, axis, points, size)


def style_axis(axis: Axes, points: float, xticks, yticks, baseline: bool = True) -> None:
    """Ticks, hairlines and frame. The look comes before the ticks: said afterwards, each tick would be made and then mended twice."""
    for side in ("top", "right", "left", "bottom"):
        axis.spines[side].set_visible(side == "bottom" and baseline)
    axis.spines["bottom"].set_color(LIGHT["axis"])
    axis.set_facecolor("none")
    axis.figure.patch.set_visible(False)
    axis.patch.set_visible(False)
    look = {"length": 0, "labelsize": points, "labelcolor": LIGHT["soft"], "labelfontfamily": list(font_family())}
    axis.tick_params(axis="x", pad=8, **look)
    axis.tick_params(axis="y", pad=5, grid_color=LIGHT["line"], grid_linewidth=0.8, gridOn=True, **look)
    axis.set_xticks([place for place, _ in xticks], [text for _, text in xticks])
    axis.set_yticks([place for place, _ in yticks], [text for _, text in yticks])
    for line in (axis.xaxis, axis.yaxis):
        line.set_label_coords(0, 0)  # it has no words; a free place is sought among all tick texts
    axis.set_axisbelow(True)


def finish(canvas: Canvas) -> Figure:
    """The figure with the font family on every text."""
    from matplotlib.text import Text

    for text in canvas.figure.findobj(Text):
        text.set_fontfamily(list(font_family()))
    return canvas.figure


def both(draw: Callable[..., Figure], *frames, size: str | None = None, **options) -> dict[str, Figure | None]:
    """The chart for the page (in `size`, else its usual one) and for a phone, as `figure` and `narrow` of `show`.

    narrow is None where the first can be read on a phone: a page would show no other there, and a drawing costs a twentieth of a second.
    """
    page = {} if size is None else {"size": size}
    figure = draw(*frames, **options, **page)
    return {"figure": figure, "narrow": None if fits_phone(figure) else draw(*frames, **options, size="narrow")}


def fits_phone(figure: Figure) -> bool:
    """Whether the smallest text is legible when the page scales the drawing to a phone's width."""
    from matplotlib.text import Text

    sizes = [text.get_fontsize() for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    return least_width(figure.get_figwidth() * 72, min(sizes, default=10)) <= PHONE_COLUMN
