"""Which edition prints which year: a grid of marks.

Takes edition, year and number of figures; gives a figure in which a darker mark means more figures of that year.
"""

import pandas as pd
from matplotlib.figure import Figure

from qdlib.charts.canvas import SIZES, Canvas, finish, style_axis
from qdlib.charts.palette import LIGHT
from qdlib.charts.scales import break_label, inches, year_ticks

LABEL_SHARE = 0.5  # of the width: longer names of editions are broken, as English ones are


def edition_grid(frame: pd.DataFrame, *, alt: str, size: str = "full") -> Figure:
    """frame: name (one row of marks each, top first), year, figures (number printed)."""
    width, _, points = SIZES[size]
    names = list(dict.fromkeys(frame["name"]))
    labels = [break_label(name, LABEL_SHARE * width, points - 1) for name in names]
    tall = 0.55 + (0.29 + (max(label.count("\n") for label in labels)) * points * 1.2 / 72) * len(names)
    figure = Figure(figsize=(width, tall))
    figure.set_label(alt)
    left = inches(labels, points - 1) + 0.2
    bottom = points * 2.2 / 72
    axis = figure.add_axes((left / width, bottom / tall, 1 - (left + 0.3) / width, 1 - (bottom + 0.1) / tall))
    first, last = int(frame["year"].min()), int(frame["year"].max())
    axis.set_xlim(first - 0.8, last + 0.8)
    axis.set_ylim(len(names) - 0.4, -0.6)
    style_axis(axis, points - 1, [(year, str(year)) for year in year_ticks(first, last, 8 if size == "full" else 3)],
               list(enumerate(labels)))
    for few, colour in ((True, "sea_pale"), (False, "sea")):
        part = frame[(frame["figures"] < 3) == few]
        axis.plot(part["year"], [names.index(name) for name in part["name"]], linestyle="none", marker="s",
                  markersize=5 if size == "full" else 2.6, color=LIGHT[colour], gid=f"data-marks-{colour}")
    return finish(Canvas(figure, axis, points, size))
