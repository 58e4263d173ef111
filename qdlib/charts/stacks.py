"""Stacked areas: parts of a whole over years.

Takes shares in percent; gives a figure whose parts carry their names and last values at the right edge.
"""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from qdlib.charts.canvas import finish, make_canvas
from qdlib.charts.palette import LIGHT
from qdlib.charts.scales import number_text, spread, year_ticks

COLOURS = ("grass", "sea_pale", "sea")


def sector_shares(frame: pd.DataFrame, *, columns: list[str], names: list[str], alt: str, size: str = "half") -> Figure:
    """Shares (percent) of up to three parts, first at the bottom. frame: year and the columns."""
    years = frame["year"].to_numpy()
    first, last = int(years[0]), int(years[-1])
    latest = frame[columns].iloc[-1].to_numpy(float)
    labels = [f"{name} {number_text(value, 1)}" for name, value in zip(names, latest, strict=True)]
    canvas = make_canvas(alt, size, (first, last), (0, 100), [(year, str(year)) for year in year_ticks(first, last, 3)],
                         [(tick, str(tick)) for tick in (0, 50, 100)], right=labels)
    base = np.zeros(len(frame))
    middles = []
    for number, column in enumerate(columns):
        top = base + frame[column].to_numpy(float)
        canvas.axis.fill_between(years, base, top, color=LIGHT[COLOURS[number]], linewidth=0.6, edgecolor=LIGHT["paper"],
                                 gid=f"data-part-{number}")
        middles.append(float(base[-1] + top[-1]) / 2)
        base = top
    gap = canvas.points_to_data(canvas.points * 1.35)
    for place, label, colour in zip(spread(middles, gap, 2, 98), labels, COLOURS, strict=False):
        canvas.text(last + (last - first) * 0.025, place, label, "ink" if colour == "sea_pale" else colour, ha="left")
    return finish(canvas)
