"""Contrast of the colours in both modes, computed from the tables: no browser judges text inside SVG."""

import pytest

from qdlib.publishing.frame import style_sheet
from qdlib.publishing.theme import COLOURS, MARKS, colour_variables

TEXT = ["ink", "soft", "sea", "coral", "teal", "sand_ink", "good", "caution", "bad"]
LINES = ["axis", "older", "grass", "sea_pale"]


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_contrast_formula_against_known_pairs():
    assert contrast("#000000", "#ffffff") == pytest.approx(21) and contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("token", TEXT)
def test_text_is_readable_on_paper_and_shade(token, mode):
    for ground in ("paper", "shade"):
        assert contrast(COLOURS[token][mode], COLOURS[ground][mode]) >= 4.5


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("token", LINES)
def test_lines_stand_out_from_paper(token, mode):
    if (token, mode) == ("sea_pale", 0):
        pytest.skip("an area between two others, labelled in words")
    assert contrast(COLOURS[token][mode], COLOURS["paper"][mode]) >= 3


def test_every_mark_has_a_rule_in_the_style_sheet():
    assert all(f".chip.{name}" in style_sheet() for name in set(MARKS.values()) - {"quiet"})


def test_dark_values_never_reach_paper():
    assert "@media screen and (prefers-color-scheme:dark)" in colour_variables()


def test_style_sheet_loads_nothing():
    assert "url(" not in style_sheet() and "@import" not in style_sheet() and "@font-face" not in style_sheet()
