"""The order of the checks and its tools, held against slow and obvious loops."""

import statistics

import numpy as np
import pandas as pd
import pytest

from qdlib.observations.figures import digits, middles, sort_figures
from qdlib.observations.members import find_known, find_printed
from qdlib.observations.slips import near_power
from qdlib.observations.steps import standard_steps
from tests.benchmarks.panels import Shape, make_panel, panel_catalogue

SHAPE = Shape(cities=4, indicators=23, years=12, editions=3)


@pytest.fixture(scope="module")
def known():
    return panel_catalogue(SHAPE.cities)


@pytest.fixture(scope="module")
def rows():
    """A panel with gaps: every seventh row is missing, so that editions and lines differ."""
    panel = make_panel(SHAPE, 3).sample(frac=1, random_state=5).reset_index(drop=True)
    return panel[panel.index % 7 != 0].reset_index(drop=True)


@pytest.fixture(scope="module")
def figures(rows, known):
    return sort_figures(rows, known)


def test_the_order_is_indicator_city_scope_edition_year(figures):
    heads = pd.DataFrame([figures.row(at) for at in range(len(figures))])
    order = heads.sort_values(["indicator", "city", "scope", "edition", "year"], kind="stable")
    assert order.index.tolist() == heads.index.tolist()
    lines = heads.groupby(["indicator", "city", "scope", "edition"], sort=False).ngroup()
    assert lines.tolist() == figures.line.tolist()


def test_the_arguments_are_untouched(rows, known):
    before = rows.copy(deep=True)
    sort_figures(rows, known)
    pd.testing.assert_frame_equal(rows, before)


def test_editions_are_numbered_by_day_of_publication(admit, observe, catalogue):
    rows = admit([observe("1", 2018, "office_b", published="2019-03"), observe("1", 2018, "office_a", published="2020")])
    figures = sort_figures(rows, catalogue)
    assert figures.names["edition"] == ["office_b", "office_a"] and figures.days.tolist() == ["2019-03-31", "2020-12-31"]


def test_no_rows_are_no_figures(admit, observe, catalogue):
    figures = sort_figures(admit([observe("1", 2018, status="U")]), catalogue)
    assert len(figures) == 0 and figures.blocks == {} and len(figures.place) == 0


def test_medians_by_group_equal_those_of_a_loop():
    rng = np.random.default_rng(1)
    group, values = np.sort(rng.integers(0, 40, 500)), rng.normal(size=500)
    values[rng.integers(0, 500, 60)] = np.nan
    expected = [statistics.median(v) if len(v := values[(group == g) & np.isfinite(values)]) else np.nan for g in range(41)]
    np.testing.assert_allclose(middles(values, group, 41), expected)


def test_what_was_known_equals_a_loop(figures, rows):
    """The last figure of another edition by the date of each place's edition."""
    key = "secondary_value_added"
    places = figures.place[figures.blocks["gdp_current_prices"]]
    printed, known = find_printed(figures, key, places), find_known(figures, key, places)
    own = rows[rows["indicator"] == key]
    for at, place, exact, last in zip(
        range(*figures.blocks["gdp_current_prices"].indices(len(figures))), places, printed, known, strict=True
    ):
        head = figures.row(at)
        same = own[(own["city"] == head["city"]) & (own["year"] == head["year"]) & (own["edition"] <= head["edition"])]
        assert figures.place[at] == place
        assert (exact >= 0) == (head["edition"] in set(same["edition"]))
        expected = same.sort_values("edition")["source_cell"].iloc[-1:].tolist()
        assert figures.cells([last] if last >= 0 else []) == expected


def test_steps_equal_a_loop(figures):
    """z of every step, line by line, as the design states it."""
    z = standard_steps(figures)
    for line in np.unique(figures.line):
        at = np.flatnonzero(figures.line == line)
        if figures.kinds[at[0]] in ("rate", "index", "rank"):
            assert np.isnan(z[at]).all()
            continue
        steps, slack = {}, {}
        for i in at[1:]:
            gap = figures.year[i] - figures.year[i - 1]
            if gap > 3:
                continue
            if figures.kinds[i] == "share":
                steps[i] = (figures.amount[i] - figures.amount[i - 1]) / 100 / gap
                slack[i] = (figures.half[i] + figures.half[i - 1]) / 100 / gap
            else:
                steps[i] = np.log(figures.amount[i] / figures.amount[i - 1]) / gap
                slack[i] = (figures.half[i] / figures.amount[i] + figures.half[i - 1] / figures.amount[i - 1]) / gap
        middle = statistics.median(steps.values())
        scale = max(1.4826 * statistics.median(abs(step - middle) for step in steps.values()), 0.02)
        for i, step in steps.items():
            expected = np.sign(step - middle) * max(abs(step - middle) - slack[i], 0) / scale
            assert z[i] == pytest.approx(expected, abs=1e-9) if len(steps) >= 5 else np.isnan(z[i])


@pytest.mark.parametrize(
    ("text", "count"), [("1200", 2), ("12.34", 4), ("0.05", 1), ("100.0", 1), ("1368.30", 5), ("0", 0), ("-45.6", 3)]
)
def test_significant_digits(admit, observe, catalogue, text, count):
    figures = sort_figures(admit([observe(text, 2018)]), catalogue)
    assert digits(figures, np.array([0])).tolist() == [count]


@pytest.mark.parametrize(("ratio", "power"), [(4.0, 4), (0.93, 1), (0.91, 0), (-1.07, -1), (0.04, 0), (9.0, 0), (1.5, 0)])
def test_powers_of_ten(ratio, power):
    assert near_power(ratio, 0.08) == power
