"""Small multiples: several quantities side by side, each with its own unit and scale.

Takes one frame per panel; gives one figure. Each panel names its quantity and unit above and its last value at the end; scales
differ because units do, and the subtitle on the page says so.
"""

import pandas as pd
from matplotlib.figure import Figure

from qdlib.charts.canvas import SIZES, Canvas, finish, style_axis
from qdlib.charts.palette import LIGHT
from qdlib.charts.scales import inches, nice_ticks, number_text, spread, tick_texts, year_ticks


def small_multiples(panels: list[dict], *, alt: str, size: str = "full") -> Figure:
    """Panels in a row of up to three (one below the other on a phone).

    Each panel: title, unit, lines = list of (frame with year, amount, joined; label or ""), first line strong.
    """
    width, _, points = SIZES[size]
    columns = min(3, len(panels)) if size == "full" else 1
    rows = -(-len(panels) // columns)
    cell = 2.8 if size == "full" else 2.45
    tall = rows * cell
    figure = Figure(figsize=(width, tall))
    figure.set_label(alt)
    for number, panel in enumerate(panels):
        row, column = divmod(number, columns)
        place = (column * width / columns, tall - (row + 1) * cell, width / columns, cell)
        draw_panel(figure, place, panel, points, number, size)
    return finish(Canvas(figure, figure.axes[0], points, size))


def draw_panel(figure: Figure, place: tuple[float, float, float, float], panel: dict, points: float, number: int, size: str) -> None:
    x, y, wide, high = place
    width, tall = figure.get_size_inches()
    frames = [frame for frame, _ in panel["lines"]]
    values = pd.concat([frame["amount"] for frame in frames])
    years = pd.concat([frame["year"] for frame in frames])
    top = float(values.max())
    ticks = nice_ticks(min(0.0, float(values.min())), top, 3)
    texts = tick_texts(ticks)
    ends = [label_at_end(frame, label) for frame, label in panel["lines"]]
    left, right, head = inches([text for _, text in texts], points - 1) + 0.14, inches(ends, points - 1) + 0.14, points * 3.9 / 72
    bottom = points * 2.2 / 72
    axis = figure.add_axes(((x + left) / width, (y + bottom) / tall, (wide - left - right) / width, (high - head - bottom) / tall))
    axis.set_xlim(years.min() - 0.6, years.max() + 0.6)
    axis.set_ylim(ticks[0], max(ticks[-1], top * 1.05))
    style_axis(axis, points - 1, [(year, str(year)) for year in year_ticks(int(years.min()), int(years.max()), 3)], texts)
    canvas = Canvas(figure, axis, points - 1, size)
    figure.text((x + 0.04) / width, (y + high - points * 0.9 / 72) / tall, panel["title"], color=LIGHT["ink"], fontsize=points,
                fontweight="bold", va="center")
    figure.text((x + 0.04) / width, (y + high - points * 2.2 / 72) / tall, panel["unit"], color=LIGHT["soft"], fontsize=points - 1.5,
                va="center")
    lasts = [float(frame.sort_values("year")["amount"].iloc[-1]) for frame in frames]
    lines = max(text.count("\n") + 1 for text in ends)
    places = spread(lasts, canvas.points_to_data(canvas.points * 1.5 * lines), *axis.get_ylim())
    for order, (frame, text, spot) in enumerate(zip(frames, ends, places, strict=True)):
        draw_line(canvas, frame.sort_values("year").reset_index(drop=True), "sea" if order == 0 else "sea_pale", f"{number}-{order}")
        canvas.text(axis.get_xlim()[1] + 0.2, spot, text, "sea" if order == 0 else "soft", ha="left")


def label_at_end(frame: pd.DataFrame, label: str) -> str:
    value = number_text(float(frame.sort_values("year")["amount"].iloc[-1]))
    return f"{label}\n{value}" if label else value


def draw_line(canvas: Canvas, frame: pd.DataFrame, colour: str, name: str) -> None:
    """Segments between joined years, a marker on each figure."""
    starts = [0, *[position for position in range(1, len(frame)) if not frame["joined"].iloc[position]], len(frame)]
    for part, (start, end) in enumerate(zip(starts, starts[1:], strict=False)):
        piece = frame.iloc[start:end]
        canvas.axis.plot(piece["year"], piece["amount"], color=LIGHT[colour], linewidth=2.2, marker="o", markersize=3.4,
                         gid=f"data-line-{name}-{part}")
