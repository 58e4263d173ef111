"""Path data written short draws the same: every corner is found again, to a tenth."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from qdlib.publishing.outlines import read_path, repeat_shape, shorten, shorten_outlines

tenths = st.integers(-20000, 20000)
point = st.tuples(tenths, tenths)


def written(points, closed: bool) -> str:
    places = [f"{x / 10:g} {y / 10:g}" for x, y in points]
    return "M" + "L".join(places) + ("z" if closed else "")


def corners_of(data: str) -> list[tuple[int, int]]:
    """A reader of relative path data of its own: the corners in tenths."""
    at, corners, start = (0, 0), [], (0, 0)
    for letter, rest in re.findall(r"([A-Za-z])([^A-Za-z]*)", data):
        numbers = [round(float(number) * 10) for number in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", rest)]
        size = {"M": 2, "m": 2, "l": 2, "L": 2, "h": 1, "v": 1, "z": 1}[letter]
        if letter == "z":
            at = start
        for place in range(0, len(numbers), size):
            step = numbers[place : place + size]
            if letter in "ML":
                at = (step[0], step[1])
            else:
                dx, dy = {"h": (step[0], 0), "v": (0, step[0])}.get(letter) or (step[0], step[1])
                at = (at[0] + dx, at[1] + dy)
            start = at if letter in "Mm" else start
            corners.append(at)
    return corners


@given(st.lists(st.tuples(st.lists(point, min_size=2, max_size=8, unique=True), st.booleans()), min_size=1, max_size=4))
def test_shortened_data_has_the_same_corners_and_is_no_longer(pieces):
    data = "".join(written(points, closed) for points, closed in pieces)
    short = shorten(data)
    wanted = [corner for points, _ in pieces for corner in points]
    found = corners_of(short)
    assert [corner for corner, last in zip(found, [None, *found], strict=False) if corner != last] == [
        corner for corner, last in zip(wanted, [None, *wanted], strict=False) if corner != last
    ]
    assert len(short) <= len(data)


@pytest.mark.parametrize("data", ["M1 2A3 3 0 0 1 5 5", "1 2L3 4", "M1 2 3", "M1 2h3", "m1 2l3 4"])
def test_data_that_is_not_understood_stays(data):
    assert shorten(data) == data and read_path(data) is None


def test_a_piece_that_starts_where_the_last_ended_goes_on():
    assert shorten("M1 1L2 3M2 3L4 4") == "M1 1l1 2 2 1"
    assert shorten("M1 1L2 3zM2 3L4 4") == "M1 1l1 2zm1 2l2 1"


def test_a_shape_with_curves_is_not_repeated():
    assert repeat_shape("M0 0C1 1 2 2 3 3z", [(1, 1)]) is None
    assert repeat_shape("M-1 1L1 1z", [(10, 20), (30, 40)]) == "M9.0 21.0L11.0 21.0zM29.0 41.0L31.0 41.0z"


def drawing(inside: str):
    return etree.fromstring(f'<svg><defs><clipPath id="c"><rect x="0" y="0" width="10" height="10"/></clipPath></defs>{inside}</svg>')


def shortened(inside: str) -> str:
    root = drawing(inside)
    shorten_outlines(root, "p-")
    return etree.tostring(root, encoding="unicode")


def test_a_clip_goes_only_where_it_cuts_nothing():
    kept = shortened('<path d="M1 1L20 5" style="stroke:red" clip-path="url(#c)"/>')
    gone = shortened('<path d="M1 1L9 5" style="stroke:red" clip-path="url(#c)"/>')
    assert "url(#c)" in kept and "clipPath" in kept and "url(#c)" not in gone and "clipPath" not in gone


def test_neighbours_are_joined_only_where_they_look_alike_and_hide_nothing():
    bars = '<path d="M1 1L2 1z" style="fill:red"/><path d="M3 1L4 1z" style="fill:red"/>'
    assert shortened(bars).count("<path") == 1
    assert shortened(bars.replace("fill:red", "fill:red;fill-opacity:.5")).count("<path") == 2
    assert shortened(bars.replace("fill:red", "fill:blue", 1)).count("<path") == 2


def test_dots_elsewhere_than_on_the_corners_stay_dots():
    line = '<path d="M1 1L2 2L3 3" style="fill:none;stroke:red"/>'
    dots = '<path d="{}" style="fill:none;stroke:red;stroke-width:4;stroke-linecap:round"/>'
    on, off = dots.format("M1 1h0M2 2h0M3 3h0"), dots.format("M1 1h0M2 2h0")
    assert "marker:url(#p-m0)" in shortened(line + on) and "h0" not in shortened(line + on)
    assert "marker" not in shortened(line + off) and shortened(line + off).count("h0") == 2
