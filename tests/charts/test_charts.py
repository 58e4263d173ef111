"""Every chart: palette colours only, an alt text, named data artists, no pyplot; and what each must show."""

import re
import subprocess
import sys
from io import BytesIO

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from qdlib import charts
from qdlib.charts.bars import apart
from qdlib.charts.canvas import fits_phone, make_canvas
from qdlib.charts.lines import padded
from qdlib.charts.palette import LIGHT, PALETTE
from qdlib.charts.scales import PHONE_COLUMN
from qdlib.publishing.display import draw_svg
from qdlib.publishing.figures import inline_svg

ALT = "折线图：青岛生产总值"
YEARS = list(range(2010, 2022))


def levels() -> pd.DataFrame:
    chosen = pd.DataFrame(
        {
            "year": YEARS,
            "amount": [5350.0 + 700 * step for step in range(12)],
            "status": ["A"] * 10 + ["P", "E"],
            "line": "chosen",
            "joined": [False] + [True] * 4 + [False] + [True] * 6,
        }
    )
    older = chosen.assign(amount=chosen["amount"] * 1.06, line="first_release").iloc[:9]
    return pd.concat([chosen, older, older.assign(amount=older["amount"] * 1.02, line="edition").iloc[3:7]], ignore_index=True)


def draw_vintages(size: str) -> Figure:
    breaks = pd.DataFrame({"before": [2018], "after": [2019]})
    return charts.vintages(
        levels(),
        names={"chosen": "普查后", "first_release": "初次公布", "edition": "年鉴2018"},
        alt=ALT,
        breaks=breaks,
        break_name="口径变更",
        last_label="13 050",
        size=size,
    )


def forecast(columns=(50, 80, 95)) -> pd.DataFrame:
    frame = pd.DataFrame({"year": [2022, 2023], "mean": [14000.0, 14700.0]})
    for level in columns:
        frame[f"lo-{level}"], frame[f"hi-{level}"] = frame["mean"] - 10.0 * level, frame["mean"] + 10.0 * level
    return frame


def draw_fan(size: str) -> Figure:
    path = pd.DataFrame({"year": [2021, 2026], "value": [13050.0, 17000.0]})
    labels = {"actual": "实际", "forecast": "14 700\n2023年预测", "target": "目标 17 000"}
    return charts.fan(levels().iloc[:12], forecast(), labels=labels, alt=ALT, target=(2026, 17000.0), path=path, size=size)


def draw_growth(size: str) -> Figure:
    frame = pd.DataFrame({"year": YEARS, "growth": [12.1, 10.0, 9.9, 9.4, 7.8, 7.9, 7.7, 7.4, 7.3, 6.5, -3.7, 8.3]})
    return charts.growth_bars(frame, noted=(2020,), alt=ALT, size=size)


def draw_attainment(size: str) -> Figure:
    frame = pd.DataFrame(
        {"name": ["海洋生产总值", "人才总量"], "attainment": [0.86, 1.2], "text": ["86 %", "120 %"], "stale": [False, True]}
    )
    return charts.attainment_bars(frame, goal_label="目标", alt=ALT, size=size)


def draw_shares(size: str) -> Figure:
    frame = pd.DataFrame({"year": YEARS, "one": 4.0, "two": 36.0, "three": 60.0})
    return charts.sector_shares(
        frame, columns=["one", "two", "three"], names=["第一产业", "第二产业", "第三产业"], alt=ALT, size=size
    )


def draw_panels(size: str) -> Figure:
    one = pd.DataFrame(
        {"year": YEARS, "amount": [100.0 + step for step in range(12)], "joined": [False] + [True] * 5 + [False] + [True] * 5}
    )
    panels = [
        {"title": f"指标{number}", "unit": "亿元", "lines": [(one, ""), (one.assign(amount=50.0), "支出")]} for number in range(4)
    ]
    return charts.small_multiples(panels, alt=ALT, size=size)


LONG = "Report on the execution of the economic and social development plan of a city with a long name 2023"


def draw_grid(size: str) -> Figure:
    frame = pd.DataFrame({"name": ["年鉴2018", "年鉴2018", LONG], "year": [2013, 2017, 2022], "figures": [1, 12, 30]})
    return charts.edition_grid(frame, alt=ALT, size=size)


def draw_past(size: str) -> Figure:
    frame = pd.DataFrame(
        {"year": [2019, 2020, 2021], "low": [90.0, 95.0, 99.0], "median": [100.0, 104.0, 110.0], "high": [112.0, 118.0, 125.0]}
    )
    frame = frame.assign(actual=[101.0, 80.0, 111.0], inside=[True, False, True])
    return charts.past_bands(frame, labels={"band": "80%区间", "median": "当时预测", "actual": "实际"}, alt=ALT, size=size)


def draw_reliability(size: str) -> Figure:
    own = pd.DataFrame({"said": [0.05, 0.35, 0.75], "seen": [0.04, 0.3, 0.8], "low": [0.02, 0.25, 0.74], "high": [0.07, 0.36, 0.86]})
    other = pd.DataFrame({"said": [0.06, 0.55, 0.95], "seen": [0.09, 0.4, 0.78], "low": 0.0, "high": 1.0})
    frame = pd.concat([own.assign(line="own"), other.assign(line="other")], ignore_index=True)
    return charts.reliability(frame, labels={"own": "本项目", "other": "漂移法", "equal": "说多少成多少"}, alt=ALT, size=size)


def draw_ranks(size: str) -> Figure:
    names, texts = ["1 深圳", "2 青岛", "3 大连"], ["36 802", "16 719", "9 517"]
    frame = pd.DataFrame({"name": names, "amount": [36801.9, 16719.5, 9516.9], "text": texts, "own": [False, True, False]})
    return charts.ranked_bars(frame, alt=ALT, size=size)


DRAWINGS = {
    "ranked_bars": draw_ranks,
    "past_bands": draw_past,
    "vintages": draw_vintages,
    "fan": draw_fan,
    "growth_bars": draw_growth,
    "attainment_bars": draw_attainment,
    "sector_shares": draw_shares,
    "small_multiples": draw_panels,
    "edition_grid": draw_grid,
    "reliability": draw_reliability,
}
CASES = [(name, size) for name in DRAWINGS for size in ("full", "half", "narrow")]


@pytest.fixture(scope="module")
def drawn() -> dict[tuple[str, str], Figure]:
    return {(name, size): DRAWINGS[name](size) for name, size in CASES}


def to_svg(figure: Figure) -> str:
    buffer = BytesIO()
    figure.savefig(buffer, format="svg")
    return buffer.getvalue().decode("utf-8")


def data_artists(figure: Figure) -> list:
    """Lines, bars and areas of the axes; not the axis itself, its grid, or the baseline of bars."""
    found = [artist for axis in figure.axes for artist in (*axis.lines, *axis.patches, *axis.collections)]
    return [
        artist for artist in found if artist.get_gid() or to_hex(getattr(artist, "get_color", lambda: "none")()) != LIGHT["axis"]
    ]


def test_every_public_chart_is_tested_here():
    assert set(DRAWINGS) == set(charts.__all__) - {"both"}


def test_an_unknown_chart_is_named_with_what_there_is():
    with pytest.raises(AttributeError, match="has no attribute 'pie'; it offers attainment_bars, both"):
        charts.pie  # noqa: B018


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_every_colour_is_a_light_value_of_the_palette(drawn, case):
    colours = set(re.findall(r"#[0-9a-fA-F]{6}\b", to_svg(drawn[case])))
    assert colours and colours <= set(LIGHT.values())
    texts = [text for text in drawn[case].findobj(Text) if text.get_text() and text.get_visible()]
    assert texts and {to_hex(text.get_color()) for text in texts} <= set(LIGHT.values())


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_every_figure_has_its_alt_text(drawn, case):
    assert drawn[case].get_label() == ALT


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_every_data_artist_is_named_once(drawn, case):
    names = [artist.get_gid() for artist in data_artists(drawn[case])]
    assert names and all(name and name.startswith(("data-", "break-")) for name in names), names
    assert any(name.startswith("data-") for name in names) and len(set(names)) == len(names)
    picture = to_svg(drawn[case])
    assert all(f'id="{name}"' in picture for name in names)


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_the_drawing_does_not_depend_on_when_it_is_drawn(drawn, case):
    again = DRAWINGS[case[0]](case[1])
    strip = re.compile(r"<dc:date>.*?</dc:date>|(?<=[\"#])[mp][0-9a-f]{10}")
    assert strip.sub("", to_svg(again)) == strip.sub("", to_svg(drawn[case]))


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_tick_texts_say_where_they_stand(drawn, case):
    for axis in drawn[case].axes:
        for place, label in zip(axis.get_yticks(), axis.get_yticklabels(), strict=True):
            bare = label.get_text().replace("\u202f", "")
            assert not re.fullmatch(r"-?[\d.]+", bare) or float(bare) == pytest.approx(place)


def test_the_palette_has_two_values_for_each_token_and_no_light_value_twice():
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for pair in PALETTE.values() for colour in pair)
    assert len(set(LIGHT.values())) == len(LIGHT)


def test_no_chart_needs_pyplot():
    """In a fresh interpreter: pyplot keeps figures and a backend of its own."""
    code = """
import sys, pandas as pd
from qdlib import charts
frame = pd.DataFrame({"year": [2018, 2019], "growth": [7.4, 6.5]})
for name in charts.__all__:
    getattr(charts, name)
charts.growth_bars(frame, alt="x")
assert "matplotlib.pyplot" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


# --- what a chart must show ------------------------------------------------------------------------------------------------------


def names(figure: Figure) -> list[str]:
    return [
        artist.get_gid() for axis in figure.axes for artist in (*axis.lines, *axis.patches, *axis.collections) if artist.get_gid()
    ]


def words(figure: Figure) -> set[str]:
    return {text.get_text() for text in figure.findobj(Text) if text.get_text()}


def test_a_line_is_not_drawn_across_a_basis(drawn):
    """Year 2015 is not joined with the one before: positions 1–4 and 6–11 are segments, 5 is none."""
    segments = [name for name in names(drawn["vintages", "full"]) if name.startswith("data-chosen-")]
    assert segments == [f"data-chosen-{position}" for position in (1, 2, 3, 4, 6, 7, 8, 9, 10, 11)]


def test_provisional_years_are_dotted_with_open_markers(drawn):
    lines = {line.get_gid(): line for line in drawn["vintages", "full"].axes[0].lines}
    assert lines["data-markers-open"].get_xdata().tolist() == [2020, 2021]
    assert to_hex(lines["data-markers-open"].get_markerfacecolor()) == LIGHT["paper"]
    assert lines["data-chosen-9"].get_linestyle() == "-" and lines["data-chosen-10"].get_linestyle() != "-"


def test_a_break_is_a_band_with_its_name_and_lines_are_named(drawn):
    assert "break-2018" in names(drawn["vintages", "full"])
    assert {"普查后", "初次公布", "年鉴2018", "口径变更", "13 050"} <= words(drawn["vintages", "full"])
    plain = charts.vintages(levels(), names={"chosen": "a", "first_release": "b", "edition": "c"}, alt=ALT)
    assert not [name for name in names(plain) if name.startswith("break-")]


def test_a_fan_shows_its_parts(drawn):
    assert set(names(drawn["fan", "full"])) == {
        "data-path",
        "data-actual",
        "data-dotted",
        "data-provisional",
        "data-median",
        "data-band-80",
        "data-band-50",
        "data-target",
    }
    alone = charts.fan(levels().iloc[:10], forecast((80, 95)), labels={"forecast": "x"}, alt=ALT)
    assert set(names(alone)) == {"data-actual", "data-median", "data-band-95", "data-band-80"}


def test_provisional_years_of_a_fan_are_open_and_dotted(drawn):
    lines = {line.get_gid(): line for line in drawn["fan", "full"].axes[0].lines}
    assert lines["data-actual"].get_xdata()[-1] == 2019 and lines["data-provisional"].get_xdata().tolist() == [2020, 2021]
    assert (
        to_hex(lines["data-provisional"].get_markerfacecolor()) == LIGHT["paper"] and lines["data-dotted"].get_linestyle() != "-"
    )
    every = levels().iloc[:12].assign(status="P")
    assert "data-provisional" in names(charts.fan(every, forecast(), labels={"forecast": "x"}, alt=ALT))


def test_an_assumed_path_carries_its_name_and_lies_in_the_picture():
    path = pd.DataFrame({"year": [2021, 2023], "value": [13050.0, 99000.0]})
    figure = charts.fan(levels().iloc[:12], forecast(), labels={"forecast": "x", "path": "情景（假设）"}, alt=ALT, path=path)
    assert "情景（假设）" in words(figure) and figure.axes[0].get_ylim()[1] > 99000
    assert "情景（假设）" not in words(charts.fan(levels().iloc[:12], forecast(), labels={"forecast": "x"}, alt=ALT, path=path))


def test_a_figure_outside_its_past_band_is_coral_and_names_do_not_touch(drawn):
    figure = drawn["past_bands", "half"]
    lines = {line.get_gid(): line for line in figure.axes[0].lines}
    assert lines["data-outside"].get_xdata().tolist() == [2020] and to_hex(lines["data-outside"].get_color()) == LIGHT["coral"]
    assert lines["data-actual"].get_xdata().tolist() == [2019, 2021]
    places = sorted(text.get_position()[1] for text in figure.axes[0].texts)
    low, high = figure.axes[0].get_ylim()
    assert min(b - a for a, b in zip(places, places[1:], strict=False)) > 0.05 * (high - low)


def test_the_fan_starts_at_the_last_actual_figure(drawn):
    lines = {line.get_gid(): line for line in drawn["fan", "full"].axes[0].lines}
    actual, median = lines["data-provisional"], lines["data-median"]
    assert (median.get_xdata()[0], median.get_ydata()[0]) == (actual.get_xdata()[-1], actual.get_ydata()[-1]) == (2021, 13050.0)


def test_everything_drawn_lies_inside_the_axes(drawn):
    axis = drawn["fan", "full"].axes[0]
    low, high = axis.get_ylim()
    assert all(low <= value <= high for line in axis.lines for value in line.get_ydata())


def test_bars_start_at_zero_and_noted_ones_are_coral(drawn):
    bars = drawn["growth_bars", "half"].axes[0].patches
    assert len(bars) == 12 and all(bar.get_y() == 0 for bar in bars)
    coral = [YEARS[number] for number, bar in enumerate(bars) if to_hex(bar.get_facecolor()) == LIGHT["coral"]]
    assert coral == [2020] and bars[10].get_height() == -3.7


def test_the_noted_the_first_and_the_last_bar_carry_their_number(drawn):
    assert {"12.1", "-3.7"} <= words(drawn["growth_bars", "full"])


def test_numbers_of_neighbouring_bars_give_way_to_the_noted_one():
    frame = pd.DataFrame({"year": range(2000, 2020)})
    assert apart([2000, 2001, 2010, 2011, 2019], (2010,), frame) == [2010, 2019, 2000]
    assert apart([2000, 2002, 2019], (2002,), frame) == [2002, 2019, 2000]


def test_a_goal_stands_at_one_and_old_verdicts_are_grey(drawn):
    axis = drawn["attainment_bars", "full"].axes[0]
    goal = next(line for line in axis.lines if line.get_gid() == "data-goal")
    assert list(goal.get_xdata()) == [1, 1]
    assert [(bar.get_width(), to_hex(bar.get_facecolor())) for bar in axis.patches] == [
        (0.86, LIGHT["sea"]),
        (1.2, LIGHT["older"]),
    ]


def test_shares_are_stacked_and_labelled_at_the_end(drawn):
    assert names(drawn["sector_shares", "half"]) == ["data-part-0", "data-part-1", "data-part-2"]
    assert {"第一产业 4.0", "第二产业 36.0", "第三产业 60.0"} <= words(drawn["sector_shares", "half"])
    assert drawn["sector_shares", "half"].axes[0].get_ylim() == (0, 100)


def test_panels_stand_three_in_a_row_and_below_each_other_on_a_phone(drawn):
    for size, columns in (("full", 3), ("narrow", 1)):
        figure = drawn["small_multiples", size]
        places = {round(axis.get_position().x0, 3) for axis in figure.axes}
        assert len(figure.axes) == 4 and len(places) == columns
    pieces = [name for name in names(drawn["small_multiples", "full"]) if name.startswith("data-line-0-0")]
    assert pieces == ["data-line-0-0-0", "data-line-0-0-1"]


def test_a_mark_is_paler_where_an_edition_prints_little(drawn):
    marks = {line.get_gid(): line for line in drawn["edition_grid", "full"].axes[0].lines}
    assert marks["data-marks-sea_pale"].get_xdata().tolist() == [2013] and marks["data-marks-sea"].get_xdata().tolist() == [
        2017,
        2022,
    ]
    assert [list(map(int, line.get_ydata())) for line in marks.values()] == [[0], [0, 1]]


def test_both_draws_for_the_page_and_for_a_phone():
    frame = pd.DataFrame({"year": [2018, 2019], "growth": [7.4, 6.5]})
    pair = charts.both(charts.growth_bars, frame, alt=ALT, size="full")
    assert [figure.get_size_inches().tolist() for figure in (pair["figure"], pair["narrow"])] == [[10.3, 4.5], [5.0, 3.9]]


def test_no_second_drawing_of_a_figure_that_can_be_read_on_a_phone():
    frame = pd.DataFrame({"year": [2018, 2019], "growth": [7.4, 6.5]})
    half = charts.both(charts.growth_bars, frame, alt=ALT)
    assert half["figure"].get_size_inches().tolist() == [5.0, 3.2] and half["narrow"] is None


@pytest.mark.parametrize(("points", "fits"), [(11.0, True), (10.0, True), (9.9, False)])
def test_what_fits_a_phone_is_what_the_page_finds_legible(points, fits):
    canvas = make_canvas(ALT, "half", (0, 1), (0, 1), [(0, "0")], [(0, "0")])
    canvas.axis.text(0.5, 0.5, "words", fontsize=points, color=LIGHT["ink"])
    assert fits_phone(canvas.figure) is fits
    assert (inline_svg(draw_svg(canvas.figure), "a-", ALT).least_width <= PHONE_COLUMN) is fits


@pytest.mark.parametrize(
    ("values", "from_zero"),
    [([100.0, 400.0], True), ([100.0, 249.0], False), ([10000.0, 12000.0], False), ([-5.0, 400.0], False)],
)
def test_a_level_starts_at_zero_only_when_it_spans_much(values, from_zero):
    low, high, ticks = padded(pd.Series(values))
    assert (low == 0) is from_zero and high > max(values) and low <= min(values)
    assert all(low <= tick <= high for tick in ticks)


def test_margins_leave_room_for_the_labels_and_heights_are_counted_in_points():
    short = make_canvas("x", "full", (0, 1), (0, 10), [], [(0, "0")], right=["a"])
    long = make_canvas("x", "full", (0, 1), (0, 10), [], [(0, "100 000")], right=["一二三四五六七八"])
    assert (
        long.axis.get_position().x0 > short.axis.get_position().x0 and long.axis.get_position().x1 < short.axis.get_position().x1
    )
    height = short.axis.get_position().height * short.figure.get_figheight() * 72
    assert short.points_to_data(height / 2) == pytest.approx(5.0)


def test_ranked_bars_begin_at_zero_and_the_own_city_is_sea_blue(drawn):
    axis = drawn["ranked_bars", "full"].axes[0]
    assert [bar.get_x() for bar in axis.patches] == [0, 0, 0] and axis.get_xlim()[0] == 0
    assert [to_hex(bar.get_facecolor()) for bar in axis.patches] == [LIGHT["older"], LIGHT["sea"], LIGHT["older"]]
    assert [text.get_text() for text in axis.texts] == ["36 802", "16 719", "9 517"]


def test_reliability_draws_what_came_true_against_what_was_said(drawn):
    axis = drawn["reliability", "half"].axes[0]
    lines = {line.get_gid(): line for line in axis.lines}
    assert list(lines["data-own"].get_xdata()) == [0.05, 0.35, 0.75] and list(lines["data-own"].get_ydata()) == [0.04, 0.3, 0.8]
    assert list(lines["data-equal"].get_xdata()) == list(lines["data-equal"].get_ydata()) == [0, 1]
    intervals = next(part for part in axis.collections if part.get_gid() == "data-interval")
    assert [[point[1] for point in segment] for segment in intervals.get_segments()] == [[0.02, 0.07], [0.25, 0.36], [0.74, 0.86]]


def test_reliability_without_the_other_method_names_only_what_is_drawn():
    frame = pd.DataFrame({"line": "own", "said": [0.5], "seen": [0.4], "low": [0.3], "high": [0.5]})
    figure = charts.reliability(frame, labels={"own": "本项目", "other": "漂移法", "equal": "相等"}, alt=ALT)
    words = {text.get_text() for text in figure.findobj(Text)}
    assert "本项目" in words and "漂移法" not in words
