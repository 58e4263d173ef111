"""Lines over years: one quantity in several vintages, and a forecast fan with its target.

Takes frames of year and amount; gives figures. The chosen vintage is strong, older ones grey or dashed; provisional years are
dotted with open markers; a break is a sand band with its name. Lines carry their names at their ends.
"""

import pandas as pd
from matplotlib.figure import Figure

from qdlib.charts.canvas import Canvas, finish, make_canvas
from qdlib.charts.palette import LIGHT
from qdlib.charts.scales import inches, nice_ticks, spread, tick_texts, year_ticks

OLDER = ("older", "teal", "sand_ink")
DASHES = ("solid", (0, (5, 2.5)), (0, (1.5, 2)))


def padded(values: pd.Series, floor: float | None = None) -> tuple[float, float, list[float]]:
    """Lower and upper limit and ticks for a level: from zero when the series spans more than a factor of four."""
    low, high = float(values.min()), float(values.max())
    start = 0.0 if low >= 0 and low < high / 2.5 else low - 0.12 * (high - low)
    ticks = nice_ticks(start if floor is None else floor, high)
    return min(start, ticks[0]), high + 0.06 * (high - start), [tick for tick in ticks if tick <= high + 0.06 * (high - start)]


def vintages(
    levels: pd.DataFrame,
    *,
    names: dict[str, str],
    alt: str,
    breaks: pd.DataFrame | None = None,
    break_name: str = "",
    last_label: str = "",
    size: str = "full",
) -> Figure:
    """One quantity in its vintages.

    levels: year, amount, status, line (`chosen` or an older line), joined (bool: may be connected with the year before);
    names: line -> label; breaks: before, after (last year of the old basis, first of the new one).
    """
    chosen = levels[levels["line"] == "chosen"]
    low, high, ticks = padded(levels["amount"])
    first, last = int(levels["year"].min()), int(levels["year"].max())
    years = year_ticks(first, last, 8 if size == "full" else 4)
    canvas = make_canvas(
        alt,
        size,
        (first - 0.5, last + 0.4),
        (low, high),
        [(year, str(year)) for year in years],
        tick_texts(ticks),
        right=[last_label],
    )
    draw_breaks(canvas, breaks, break_name)
    older = [line for line in dict.fromkeys(levels["line"]) if line != "chosen"]
    for number, line in enumerate(older):
        draw_older(canvas, levels[levels["line"] == line], number, names[line], len(older))
    draw_chosen(canvas, chosen, names["chosen"], last_label, beside=bool(older))
    return finish(canvas)


def draw_breaks(canvas: Canvas, breaks: pd.DataFrame | None, name: str) -> None:
    if breaks is None or breaks.empty:
        return
    low, _ = canvas.axis.get_ylim()
    for row in breaks.itertuples():
        canvas.axis.axvspan(row.before, row.after, color=LIGHT["sand"], zorder=0, gid=f"break-{row.before}")
    middle = (breaks["before"].iloc[-1] + breaks["after"].iloc[-1]) / 2
    canvas.text(middle, low + canvas.points_to_data(canvas.points * 2), name, "sand_ink", ha="center", fontsize=canvas.points - 1)


def draw_older(canvas: Canvas, line: pd.DataFrame, number: int, name: str, count: int) -> None:
    colour = OLDER[number % len(OLDER)]
    canvas.axis.plot(
        line["year"],
        line["amount"],
        color=LIGHT[colour],
        linewidth=1.6,
        linestyle=DASHES[number % len(DASHES)],
        marker="o" if number == 0 else None,
        markersize=3.6,
        gid=f"data-older-{number}",
    )
    # Older lines run above the chosen one, so their names stand to the upper left, each at its own point of the line.
    spot = line.iloc[-1] if number == 0 else line.iloc[0]
    lift = canvas.points_to_data(canvas.points * (1.1 if number == 0 else 1.9))
    first, last = canvas.axis.get_xlim()
    room = (spot["year"] - first) / (last - first) * canvas.axis.get_position().width * canvas.figure.get_figwidth()
    fits = inches([name], canvas.points) < room
    canvas.text(spot["year"] - 0.15 if fits else first + 0.2, spot["amount"] + lift, name, colour, ha="right" if fits else "left")


def draw_chosen(canvas: Canvas, chosen: pd.DataFrame, name: str, last_label: str, beside: bool) -> None:
    chosen = chosen.sort_values("year").reset_index(drop=True)
    joined = chosen["joined"].to_numpy()
    provisional = chosen["status"].isin(["P", "E"]).to_numpy()
    for position in range(1, len(chosen)):
        if joined[position]:
            dotted = provisional[position]
            pair = chosen.iloc[position - 1 : position + 1]
            canvas.axis.plot(
                pair["year"],
                pair["amount"],
                color=LIGHT["sea"],
                linewidth=2.6 if not dotted else 2.4,
                linestyle=(0, (0.1, 1.8)) if dotted else "solid",
                dash_capstyle="round",
                gid=f"data-chosen-{position}",
            )
    for open_marker in (False, True):
        part = chosen[provisional == open_marker]
        canvas.axis.plot(
            part["year"],
            part["amount"],
            linestyle="none",
            marker="o",
            markersize=5,
            markeredgewidth=1.5,
            color=LIGHT["sea"],
            markerfacecolor=LIGHT["paper"] if open_marker else LIGHT["sea"],
            gid=f"data-markers-{'open' if open_marker else 'full'}",
        )
    end = chosen.iloc[-1]
    canvas.text(end["year"] + 0.28, end["amount"], last_label, "sea", fontweight="bold", ha="left")
    if beside:
        spot = chosen.iloc[len(chosen) // 2]
        canvas.text(spot["year"] + 0.2, spot["amount"] - canvas.points_to_data(canvas.points * 1.5), name, "sea", ha="left")


def fan(
    history: pd.DataFrame,
    forecast: pd.DataFrame,
    *,
    labels: dict[str, str],
    alt: str,
    target: tuple[int, float] | None = None,
    path: pd.DataFrame | None = None,
    size: str = "full",
    height: float | None = None,
) -> Figure:
    """A history and its forecast: dashed median, bands, target as a diamond, reference path or assumed path dotted.

    history: year, amount, status; forecast: year, mean, and lo-/hi- columns for each level; path: year, value.
    labels: forecast, and, where drawn, target and path (its name at its end; none leaves it unnamed). Provisional years are open and dotted.
    """
    levels = sorted((int(column[3:]) for column in forecast if column.startswith("lo-")), reverse=True)
    values = pd.concat(
        [
            history["amount"],
            forecast[f"lo-{levels[0]}"],
            forecast[f"hi-{levels[0]}"],
            pd.Series([target[1]] if target else [], dtype=float),
            path["value"] if path is not None else pd.Series(dtype=float),
        ]
    )
    low, high, ticks = padded(values)
    first, last = int(history["year"].min()), int(max(forecast["year"].max(), target[0] if target else 0))
    years = year_ticks(first, last, 8 if size == "full" else 4)
    ends = [labels["forecast"], *([labels["target"]] if target else []), *([labels["path"]] if "path" in labels else [])]
    canvas = make_canvas(
        alt,
        size,
        (first - 0.4, last + 0.4),
        (low, high),
        [(year, str(year)) for year in years],
        tick_texts(ticks),
        right=ends,
        height=height,
    )
    draw_bands(canvas, history, forecast, levels)
    if path is not None:
        canvas.axis.plot(
            path["year"], path["value"], color=LIGHT["coral"], linewidth=1.6, linestyle=(0, (1, 1.6)), gid="data-path"
        )
    draw_history(canvas, history)
    draw_ends(canvas, forecast, labels, target, path)
    return finish(canvas)


def draw_history(canvas: Canvas, history: pd.DataFrame) -> None:
    """Observed years: a line with markers; provisional ones dotted with open markers."""
    provisional = history["status"].isin(["P", "E"]).to_numpy()
    years, amounts = history["year"].to_numpy(), history["amount"].to_numpy()
    firm = len(history) - (provisional[::-1].argmin() if not provisional.all() else len(history))
    style = {"color": LIGHT["sea"], "markersize": 4.6, "marker": "o"}
    canvas.axis.plot(years[:firm], amounts[:firm], linewidth=2.6, gid="data-actual", **style)
    if firm < len(history):
        begin = max(firm - 1, 0)
        dots = {"linewidth": 2.4, "linestyle": (0, (0.1, 1.8)), "dash_capstyle": "round"}
        canvas.axis.plot(years[begin:], amounts[begin:], color=LIGHT["sea"], gid="data-dotted", **dots)
        canvas.axis.plot(
            years[firm:], amounts[firm:], linestyle="none", markerfacecolor=LIGHT["paper"], gid="data-provisional", **style
        )


def draw_bands(canvas: Canvas, history: pd.DataFrame, forecast: pd.DataFrame, levels: list[int]) -> None:
    last = history.iloc[-1]
    years = [last["year"], *forecast["year"]]
    tones = ["teal_pale", "teal_band"] if len(levels) > 1 else ["teal_band"]
    for level, tone in zip(levels[-2:], tones, strict=False):
        low, high = ([last["amount"], *forecast[f"{side}-{level}"]] for side in ("lo", "hi"))
        canvas.axis.fill_between(years, low, high, color=LIGHT[tone], linewidth=0, gid=f"data-band-{level}")
    canvas.axis.plot(
        years, [last["amount"], *forecast["mean"]], color=LIGHT["teal"], linewidth=2.6, linestyle=(0, (4, 2)), gid="data-median"
    )


def draw_ends(
    canvas: Canvas,
    forecast: pd.DataFrame,
    labels: dict[str, str],
    target: tuple[int, float] | None,
    path: pd.DataFrame | None = None,
) -> None:
    end = forecast.iloc[-1]
    places, texts, colours = [end["mean"]], [labels["forecast"]], ["teal"]
    if target:
        canvas.axis.plot(
            [target[0]], [target[1]], marker="D", markersize=8, color=LIGHT["coral"], linestyle="none", gid="data-target"
        )
        places, texts, colours = [*places, target[1]], [*texts, labels["target"]], [*colours, "coral"]
    if path is not None and "path" in labels:
        places, texts, colours = [*places, path["value"].iloc[-1]], [*texts, labels["path"]], [*colours, "coral"]
    low, high = canvas.axis.get_ylim()
    lines = max(text.count("\n") + 1 for text in texts)
    gap = canvas.points_to_data(canvas.points * (0.4 + 1.5 * lines))
    first, last = canvas.axis.get_xlim()
    clear = max(0.3, 0.012 * (last - first))  # a label keeps off the band's end however many years are drawn
    for place, text, colour in zip(spread(places, gap, low, high), texts, colours, strict=True):
        canvas.text(
            max(end["year"], target[0] if target else 0) + clear,
            place,
            text,
            colour,
            ha="left",
            fontweight="bold" if colour == "coral" else "normal",
        )
