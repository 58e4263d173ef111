"""Frames -> matplotlib figures with alt text, drawn without pyplot.

In: plain frames, labels in the reader's language, the alt text (a figure's label) that states the message. Out: a `Figure`.
Title, subtitle and source are HTML around the figure, not drawn. Every colour is a light value of `palette`, every data artist
carries a gid `data-…`, and margins are counted in ems, never measured, so a figure is the same with and without the font.
Does not belong here: computing, saving, choosing a vintage.
"""

import importlib

_HOMES = {
    "qdlib.charts.lines": ["vintages", "fan"],
    "qdlib.charts.bars": ["growth_bars", "attainment_bars", "ranked_bars"],
    "qdlib.charts.stacks": ["sector_shares"],
    "qdlib.charts.panels": ["small_multiples"],
    "qdlib.charts.hindsight": ["past_bands"],
    "qdlib.charts.calibration": ["reliability"],
    "qdlib.charts.grids": ["edition_grid"],
    "qdlib.charts.canvas": ["both"],
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str):
    if name in _HOME_OF:
        return getattr(importlib.import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'qdlib.charts' has no attribute {name!r}; it offers {', '.join(__all__)}")
