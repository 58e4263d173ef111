"""qdlib: statistics for Qingdao's six-cities programme, from the yearbook's cell to the published page.

`import qdlib as qd` gives what an economist uses: `qd.series`, `qd.panel`, `qd.trend`, `qd.forecast`, `qd.targets`, `qd.trace` and
`qd.indicators` take names and give plain frames (notebooks/cheat_sheet.ipynb shows each). Every name is loaded when it is first used
(PEP 562), so the import costs little and pulls in neither papermill nor nbconvert. The packages, in the order in which data pass
through them: errors, catalogue, reading, observations, forecasting, analysis, charts, publishing, cli.
"""

import importlib

__version__ = "0.1.0"

# name -> module that defines it; the only list of what notebooks may use.
_HOMES = {
    "qdlib.catalogue": ["load_catalogue"],
    "qdlib.reading.tables": ["read_tables", "read_edition", "examine_file"],
    "qdlib.reading.sources": ["read_cell"],
    "qdlib.reading.pictures": ["show_table", "show_cell"],
    "qdlib.reading.rows": ["read_raw"],
    "qdlib.observations.rows": ["admit_rows"],
    "qdlib.observations.store": [
        "cities_with_data",
        "read_series",
        "read_derived",
        "read_observations",
        "read_findings",
        "read_revisions",
        "read_peers",
        "read_shared",
        "read_table",
    ],
    "qdlib.analysis.desk": ["series", "panel", "trend", "forecast", "targets", "trace", "indicators", "cities"],
    "qdlib.observations.growth": ["growth", "real_growth", "real_level", "implied_deflator"],
    "qdlib.observations.vintages": ["choose_vintage", "comparable_years"],
    "qdlib.forecasting": ["forecast_panel", "Panel"],
    "qdlib.publishing.explorer": ["explore"],
    "qdlib.publishing.display": [
        "stamp",
        "finding",
        "say",
        "tell",
        "note",
        "show",
        "show_or",
        "table",
        "table_or",
        "headline",
        "cards",
        "notice",
        "sources",
        "number",
    ],
}
_MODULES = {
    name: f"qdlib.{name}"
    for name in ("analysis", "catalogue", "charts", "errors", "forecasting", "observations", "publishing", "reading")
}
_MODULES["stories"] = "qdlib.publishing.stories"
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = sorted([*_HOME_OF, *_MODULES])


def __getattr__(name: str):
    if name in _HOME_OF:
        value = getattr(importlib.import_module(_HOME_OF[name]), name)
    elif name in _MODULES:
        value = importlib.import_module(_MODULES[name])
    else:
        from qdlib.errors import nearest

        hint = nearest(name, __all__)
        raise AttributeError(f"module 'qdlib' has no attribute {name!r}{hint}; it offers {', '.join(__all__)}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
