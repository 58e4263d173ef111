"""Stories: what a notebook found, put into words and drawn.

In: frames that the notebook computed with `qdlib`. Out: the keyword arguments of `show`, `table`, `headline` or `finding`, with
sentences of the catalogue in the report's language. One module per notebook, and one per section where it would grow too long.
Does not compute figures: a story may pick the first, last, lowest and highest of what it is given, no more.
"""

import importlib

_MODULES = (
    "assumptions",
    "bindings",
    "calibration",
    "forecast",
    "hindsight",
    "methods",
    "outlooks",
    "overview",
    "peers",
    "pillar",
    "programme",
    "quality",
    "remarks",
    "scoreboard",
    "selection",
    "stages",
    "targets",
    "trend",
)


def __getattr__(name: str):
    if name in _MODULES:
        return importlib.import_module(f"qdlib.publishing.stories.{name}")
    raise AttributeError(f"module 'qdlib.publishing.stories' has no attribute {name!r}; it offers {', '.join(_MODULES)}")
