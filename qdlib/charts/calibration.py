"""Reliability: what was said against how often it came true, and the line on which the two are equal.

Takes a frame of bins for one or two methods; gives a figure. Our probability is teal as forecasts are, with the interval of each bin; the
method it is compared with is grey. Both axes are shares from 0 to 1 on the same scale.
"""

import pandas as pd
from matplotlib.figure import Figure

from qdlib.charts.canvas import finish, make_canvas
from qdlib.charts.palette import LIGHT
from qdlib.charts.scales import spread, tick_texts

TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
LOOKS = (("own", "teal", "o", 2.0), ("other", "older", "s", 1.4))


def reliability(frame: pd.DataFrame, *, alt: str, labels: dict[str, str], size: str = "half") -> Figure:
    """Share that came true by probability said. frame: line (own, other), said, seen, low, high; labels: own, other, equal."""
    ticks = tick_texts(TICKS)
    canvas = make_canvas(alt, size, (-0.02, 1.02), (-0.03, 1.03), ticks, ticks, right=list(labels.values()))
    axis = canvas.axis
    axis.plot([0, 1], [0, 1], color=LIGHT["axis"], linewidth=1.0, linestyle=(0, (4, 3)), gid="data-equal")
    ends = {"equal": 1.0}
    for line, colour, marker, width in LOOKS:
        part = frame[frame["line"] == line].sort_values("said")
        if part.empty:
            continue
        if line == "own":
            axis.vlines(part["said"], part["low"], part["high"], color=LIGHT[colour], linewidth=1.4, gid="data-interval")
        axis.plot(part["said"], part["seen"], color=LIGHT[colour], linewidth=width, marker=marker, markersize=4.8, gid=f"data-{line}")
        ends[line] = float(part["seen"].iloc[-1])
    colours = {"equal": "soft"} | {line: colour for line, colour, _, _ in LOOKS}
    shown = [key for key in labels if key in ends]
    places = spread([ends[key] for key in shown], canvas.points_to_data(canvas.points * 1.5), *axis.get_ylim())
    for key, place in zip(shown, places, strict=True):
        canvas.text(1.05, place, labels[key], colours[key], ha="left")
    return finish(canvas)
