"""The colours of the pages as CSS variables, light and dark.

Takes the palette of the figures and adds what only pages need: the colours of a status. Gives the CSS text and the map from a
light hex value to its variable. A status is always a mark and a word as well; its colour only helps to find it. Still the tones differ
in lightness too, so that red- and green-blind readers tell them apart: each two, and each from the grey of what is not counted, lie
15 units of CIELAB apart or more as either of them sees it (a test computes it).
"""

from qdlib.charts.palette import PALETTE

PAGE_COLOURS: dict[str, tuple[str, str]] = {
    "shade": ("#f5f7f8", "#1c2329"),      # ground of notes
    "good": ("#2a6b3c", "#8fd3a0"),       # met, ahead, on schedule, holding
    "caution": ("#8a5f00", "#e3b341"),    # slightly behind, slipping
    "bad": ("#8c1d18", "#ec7f70"),        # well behind, lost
}
COLOURS = {**PALETTE, **PAGE_COLOURS}
VARIABLE_OF = {light: f"var(--{token.replace('_', '-')})" for token, (light, _) in PALETTE.items()}

# Mark at the start of a status -> class of its chip; the words after the mark are the notebook's. No mark points up or down, because
# up is not good (a rank, a share of waste).
MARKS = {
    **dict.fromkeys("★☆●■◆", "good"),
    **dict.fromkeys("◈◇◐", "caution"),
    **dict.fromkeys("○⊗✕⊘", "bad"),
    **dict.fromkeys("·—", "quiet"),
}


def colour_variables() -> str:
    """The `:root` rules: light values, dark ones where the reader's system asks for them, light again on paper."""
    light, dark = (
        "".join(f"--{token.replace('_', '-')}:{pair[mode]};" for token, pair in COLOURS.items()) for mode in (0, 1)
    )
    return (
        f":root{{color-scheme:light dark;{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    )
