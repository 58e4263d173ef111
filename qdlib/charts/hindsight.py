"""Past forecasts beside what came: one band a year, and the figure that was published.

Takes a frame of years with band, median and actual figure; gives a figure. The band is the pale teal of forecasts, the actual figure sea
blue, and coral where it fell outside: the thing to notice.
"""

import pandas as pd
from matplotlib.figure import Figure

from qdlib.charts.canvas import finish, make_canvas
from qdlib.charts.lines import padded
from qdlib.charts.palette import LIGHT
from qdlib.charts.scales import spread, tick_texts, year_ticks

WIDTH = 0.56  # of a year


def past_bands(frame: pd.DataFrame, *, alt: str, labels: dict[str, str], size: str = "half") -> Figure:
    """Bands of past forecasts by target year. frame: year, low, median, high, actual, inside. labels: band, median, actual."""
    low, high, ticks = padded(pd.concat([frame["low"], frame["high"], frame["actual"]]))
    first, last = int(frame["year"].min()), int(frame["year"].max())
    years = [(year, str(year)) for year in year_ticks(first, last, 4)]
    canvas = make_canvas(alt, size, (first - 0.7, last + 0.7), (low, high), years, tick_texts(ticks), right=list(labels.values()))
    axis = canvas.axis
    bars = axis.bar(frame["year"], frame["high"] - frame["low"], bottom=frame["low"], width=WIDTH, color=LIGHT["teal_band"])
    for number, bar in enumerate(bars):
        bar.set_gid(f"data-band-{number}")
    half = WIDTH / 2
    axis.hlines(
        frame["median"], frame["year"] - half, frame["year"] + half, color=LIGHT["teal"], linewidth=2.2, gid="data-median"
    )
    for inside, colour in ((True, "sea"), (False, "coral")):
        part = frame[frame["inside"] == inside]
        if len(part):
            name = "data-actual" if inside else "data-outside"
            axis.plot(part["year"], part["actual"], marker="o", markersize=5.5, linestyle="none", color=LIGHT[colour], gid=name)
    name_ends(canvas, frame.iloc[-1], labels)
    return finish(canvas)


def name_ends(canvas, end: pd.Series, labels: dict[str, str]) -> None:
    """Names of band, median and actual figure beside the last year, apart from each other."""
    places = {"band": float(end["high"]), "median": float(end["median"]), "actual": float(end["actual"])}
    colours = {"band": "teal", "median": "teal", "actual": "sea" if end["inside"] else "coral"}
    gap = canvas.points_to_data(canvas.points * 1.5)
    spots = spread([places[key] for key in labels], gap, *canvas.axis.get_ylim())
    for key, spot in zip(labels, spots, strict=True):
        canvas.text(end["year"] + 0.75, spot, labels[key], colours[key], ha="left")
