"""Bars: growth by year, and attainment of commitments.

Takes frames; gives figures. Bars start at zero; the value that the title speaks of is coral, the others sea blue; only first, last,
highest, lowest and noted bars carry their number.
"""

import pandas as pd
from matplotlib.figure import Figure

from qdlib.charts.canvas import SIZES, finish, make_canvas, style_axis
from qdlib.charts.palette import LIGHT
from qdlib.charts.scales import break_label, inches, nice_ticks, number_text, tick_texts, year_ticks


def growth_bars(frame: pd.DataFrame, *, alt: str, noted: tuple[int, ...] = (), size: str = "half") -> Figure:
    """Growth in percent by year. frame: year, growth. `noted` years are coral and carry their number."""
    low, high = min(0.0, float(frame["growth"].min())), max(0.0, float(frame["growth"].max()))
    ticks = nice_ticks(low, high, 3)
    first, last = int(frame["year"].min()), int(frame["year"].max())
    room = 0.12 * (high - low)
    canvas = make_canvas(alt, size, (first - 0.6, last + 0.6), (min(low - (room if low < 0 else 0), ticks[0] if low < 0 else 0), high + room),
                         [(year, str(year)) for year in year_ticks(first, last, 4)],
                         tick_texts([tick for tick in ticks if low - room <= tick <= high + room]))
    colours = [LIGHT["coral"] if year in noted else LIGHT["sea"] for year in frame["year"]]
    bars = canvas.axis.bar(frame["year"], frame["growth"], width=0.72, color=colours)
    for number, bar in enumerate(bars):
        bar.set_gid(f"data-bar-{number}")
    canvas.axis.axhline(0, color=LIGHT["axis"], linewidth=0.8)
    told = {first, last, *noted, int(frame.loc[frame["growth"].idxmax(), "year"]), int(frame.loc[frame["growth"].idxmin(), "year"])}
    for row in frame[frame["year"].isin(apart(sorted(told), noted, frame))].itertuples():
        lift = canvas.points_to_data(canvas.points * 0.8)
        canvas.text(row.year, row.growth + (lift if row.growth >= 0 else -lift), number_text(row.growth, 1), "ink", ha="center",
                    fontsize=canvas.points - 1)
    return finish(canvas)


def apart(years: list[int], noted: tuple[int, ...], frame: pd.DataFrame) -> list[int]:
    """The years whose numbers have room: a neighbour of a more important one is left out."""
    span = frame["year"].max() - frame["year"].min() + 1
    gap = 1 if span <= 10 else 2
    kept: list[int] = []
    for year in sorted(years, key=lambda year: (year not in noted, year != frame["year"].max(), year != frame["year"].min())):
        if all(abs(year - other) >= gap for other in kept):
            kept.append(year)
    return kept


def attainment_bars(frame: pd.DataFrame, *, alt: str, goal_label: str, size: str = "full") -> Figure:
    """Attainment (x/T) of several commitments as horizontal bars with the goal at 1.

    frame: name, attainment (share), text (printed at the bar's end), stale (bool: drawn grey).
    """
    width, _, points = SIZES[size]
    tall = 0.55 + 0.4 * len(frame)
    canvas = make_canvas(alt, size, (0, max(1.05, float(frame["attainment"].max()) * 1.02)), (len(frame) - 0.5, -0.9), [], [],
                         right=list(frame["text"]), height=tall)
    axis = canvas.axis
    names = [break_label(name, 0.42 * width, points, lines=2) for name in frame["name"]]
    left = inches(names, points) + 0.2
    end = inches(list(frame["text"]), points) + 0.25
    axis.set_position((left / width, 0.1 / tall, 1 - (left + end) / width, 1 - 0.3 / tall))
    style_axis(axis, points, [], list(enumerate(names)), baseline=False)
    axis.grid(False)
    for place, row in enumerate(frame.itertuples()):
        axis.barh(place, row.attainment, height=0.52, color=LIGHT["older" if row.stale else "sea"], gid=f"data-bar-{place}")
        canvas.text(axis.get_xlim()[1], place, f"  {row.text}", "ink", ha="left")
    axis.plot([1, 1], [len(frame) - 0.6, -0.45], color=LIGHT["coral"], linewidth=1.6, gid="data-goal")
    canvas.text(1, -0.72, goal_label, "coral", ha="right")
    return finish(canvas)


def ranked_bars(frame: pd.DataFrame, *, alt: str, size: str = "full") -> Figure:
    """Cities as horizontal bars from zero, the highest first; the city that the page is about in sea blue, the others grey.

    frame: name, amount, text (printed at the bar's end), own (bool).
    """
    width, _, points = SIZES[size]
    tall = 0.25 + 0.31 * len(frame)
    low, high = min(0.0, float(frame["amount"].min())), max(0.0, float(frame["amount"].max()))
    canvas = make_canvas(alt, size, (low, high), (len(frame) - 0.5, -0.5), [], [], right=list(frame["text"]), height=tall)
    axis = canvas.axis
    left = inches(list(frame["name"]), points) + 0.2
    end = inches(list(frame["text"]), points) + 0.25
    axis.set_position((left / width, 0.1 / tall, 1 - (left + end) / width, 1 - 0.2 / tall))
    style_axis(axis, points, [], [(place, name) for place, name in enumerate(frame["name"])], baseline=False)
    axis.grid(False)
    for place, row in enumerate(frame.itertuples()):
        axis.barh(place, row.amount, height=0.62, color=LIGHT["sea" if row.own else "older"], gid=f"data-bar-{place}")
        beside = max(row.amount, 0.0) + 0.008 * (high - low)
        canvas.text(beside, place, row.text, "sea" if row.own else "soft", ha="left", fontsize=points - 1)
    return finish(canvas)
