"""Series and catalogue -> what an economist wants to know: trend, peers, target schedule and outlook.

In: series of one vintage, the catalogue, forecasts. Out: plain frames, one row per target, year or part. `today` and the last
full year are arguments: nothing here opens a file or asks the clock. "Not assessable, because …" is a result.
Does not belong here: reading, choosing a vintage, drawing, sentences (they are catalogue text).
"""

import importlib

_MODULES = (
    "assumptions",
    "calibration",
    "choices",
    "composite",
    "cross_checks",
    "desk",
    "distance",
    "drift",
    "evidence",
    "growth_ratio",
    "hindsight",
    "identities",
    "item_reports",
    "judgement",
    "nowcast",
    "outlook",
    "pairs",
    "parts",
    "paths",
    "peers",
    "pillars",
    "programme",
    "prospects",
    "pseudo_targets",
    "rating_history",
    "realisation",
    "recalibration",
    "reference_class",
    "reporting_gaps",
    "reviews",
    "robustness",
    "schedule",
    "stages",
    "status_index",
    "targets",
    "trend",
    "two_piece",
    "variants",
    "weather",
    "worked_examples",
)
__all__ = list(_MODULES)


def __getattr__(name: str):
    if name in _MODULES:
        return importlib.import_module(f"qdlib.analysis.{name}")
    raise AttributeError(f"module 'qdlib.analysis' has no attribute {name!r}; it offers {', '.join(_MODULES)}")
