"""Contrast of the colours in both modes and their distance for colour-blind eyes, computed: no browser judges text inside SVG.

Marks: each word of a status has one of its own, and none of them is a mark of direction, because up is not good.
"""

import math
from itertools import combinations

import pytest

from qdlib.analysis.schedule import WORDS
from qdlib.catalogue import load_catalogue
from qdlib.publishing.frame import style_sheet
from qdlib.publishing.phrases import MARKS as MARK_OF
from qdlib.publishing.phrases import UNKNOWN, status_words
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


# How red- and green-blind eyes see linear RGB, severity 1. Source: G. Machado, M. Oliveira, L. Fernandes, "A Physiologically-based Model
# for Simulation of Color Vision Deficiency", IEEE Trans. Visualization and Computer Graphics 15(6), 2009.
EYES = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}
TONES = ("good", "caution", "bad", "soft")  # soft is the grey of what is not counted
APART = 15  # units of CIELAB; one that a trained eye just notices is 2.3


def seen(colour: str, eye: str) -> tuple[float, float, float]:
    """A colour in CIELAB (D65) as an eye sees it. Source of the conversion: CIE 15:2004 and IEC 61966-2-1."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    red, green, blue = (min(max(sum(a * b for a, b in zip(row, linear, strict=True)), 0), 1) for row in EYES[eye])
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    x, y, z = (part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116 for part in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def apart(one: str, other: str, eye: str) -> float:
    return math.dist(seen(one, eye), seen(other, eye))


def test_simulation_against_known_colours():
    """White is white to every eye, red and green meet for a green-blind one, and blue and yellow never do."""
    assert seen("#ffffff", "usual") == pytest.approx((100, 0, 0), abs=0.05)
    assert seen("#ff0000", "usual") == pytest.approx((53.2, 80.1, 67.2), abs=0.2)
    for eye in ("protanopia", "deuteranopia"):
        assert seen("#ffffff", eye) == pytest.approx((100, 0, 0), abs=0.1)
    assert apart("#b03a2a", "#84661f", "deuteranopia") < 3 < 40 < apart("#b03a2a", "#84661f", "usual")
    assert apart("#0000ff", "#ffff00", "deuteranopia") > 100


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_tones_are_told_apart_by_every_eye(mode, eye):
    for one, other in combinations(TONES, 2):
        assert apart(COLOURS[one][mode], COLOURS[other][mode], eye) >= APART, (one, other)


def test_every_word_of_a_status_has_a_mark_of_its_own():
    assert set(MARK_OF) == set(WORDS)
    assert len(set(MARK_OF.values())) == len(MARK_OF) and UNKNOWN not in MARK_OF.values()
    assert set(MARK_OF.values()) | {UNKNOWN} <= set(MARKS), "each has its tone"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_word_is_said_with_its_mark(language):
    for word in WORDS:
        assert load_catalogue().say(f"status.{word}", language)
    assert status_words("ahead", None) == "● 快于序时"


def test_a_mark_has_one_tone_and_the_tone_of_its_word():
    """Met or on time is good; behind, or met and falling, or not met and rising, is caution; the rest is bad."""
    tones = {word: MARKS[mark] for word, mark in MARK_OF.items()}
    assert {word for word, tone in tones.items() if tone == "good"} == {"met", "met_early", "ahead", "on_schedule", "holding"}
    assert {word for word, tone in tones.items() if tone == "caution"} == {"slightly_behind", "slipping", "recovering"}
    assert {word for word, tone in tones.items() if tone == "quiet"} == {"nothing_due"}


POINTING = set("↑↓→←▲▼△▽▴▾↗↘⬆⬇")


def test_up_and_good_never_share_a_mark():
    """↑ of a rank is bad news, ● is good news: a mark of a status points nowhere, and no word of a status has an arrow."""
    assert not POINTING & set(MARKS)
    catalogue = load_catalogue()
    for key in (key for key in catalogue.texts if key.split(".")[0] in ("status", "reason", "remark", "measure", "overview")):
        assert not POINTING & set(catalogue.texts[key].zh + catalogue.texts[key].en), key


def test_every_mark_has_a_rule_in_the_style_sheet():
    assert all(f".chip.{name}" in style_sheet() for name in set(MARKS.values()) - {"quiet"})


def test_dark_values_never_reach_paper():
    assert "@media screen and (prefers-color-scheme:dark)" in colour_variables()


def test_style_sheet_loads_nothing():
    assert "url(" not in style_sheet() and "@import" not in style_sheet() and "@font-face" not in style_sheet()
