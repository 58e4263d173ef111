"""The run plan: `runs.yml` -> lines of a checked form.

Takes `notebooks/runs.yml` and the parameter cells of the notebooks it names; gives a `Plan`. Every scalar is read as text and
typed by the notebook later: plain YAML would make `no` False and `0532` 346. Every fault is collected and raised once. What a
line means (cities, pages, slices) is `expansion`'s; `check_plan` looks at both.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from qdlib.errors import QdlibError, RunError, nearest, raise_all
from qdlib.publishing import folders
from qdlib.publishing.domains import LANGUAGES
from qdlib.publishing.parameters import Parameter, read_parameters

DEFAULTS = {"languages": ["zh"], "cell_timeout": "120", "report_timeout": "300"}
REQUIRED = ("notebook", "page", "reads", "figures", "tables")
OPTIONAL = ("for", "values", *DEFAULTS)


@dataclass(frozen=True)
class Line:
    """One line of `runs:` as written, defaults filled in."""

    number: int
    entry: dict

    @property
    def where(self) -> str:
        return f"runs.yml, run {self.number} ({self.entry.get('notebook', '?')})"


@dataclass(frozen=True)
class Plan:
    """The lines of a plan with the parameter cells of the notebooks they name."""

    path: Path
    lines: tuple[Line, ...]
    parameters: Mapping[str, list[Parameter]] = field(default_factory=dict)

    def notebook_path(self, notebook: str) -> Path:
        return folders.notebooks_folder() / f"{notebook}.ipynb"


def read_plan(path: Path | str | None = None) -> Plan:
    """The run plan of a file, `notebooks/runs.yml` by default. RunError lists every fault of its form."""
    path = Path(path) if path else folders.notebooks_folder() / "runs.yml"
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    except (OSError, yaml.YAMLError) as error:
        raise RunError(f"run plan {path.name} cannot be read: {error}") from error
    faults: list[str] = []
    lines = tuple(read_lines(content, faults))
    parameters: dict[str, list[Parameter]] = {}
    for notebook in dict.fromkeys(line.entry["notebook"] for line in lines):
        try:
            parameters[notebook] = read_parameters(folders.notebooks_folder() / f"{notebook}.ipynb")
        except RunError as error:
            faults += error.faults or [str(error)]
    raise_all(RunError, faults, f"run plan {path.name}")
    return Plan(path, lines, parameters)


def read_lines(content, faults: list[str]) -> Iterable[Line]:
    if not isinstance(content, dict) or not isinstance(content.get("runs"), list):
        faults.append("expected the keys `defaults` and `runs`, `runs` being a list")
        return
    defaults = content.get("defaults") or {}
    faults += [f"defaults: unknown key `{key}`{nearest(key, DEFAULTS)}" for key in defaults if key not in DEFAULTS]
    for number, entry in enumerate(content["runs"], start=1):
        entry = entry if isinstance(entry, dict) else {}
        line = Line(number, {**DEFAULTS, **defaults, **entry})
        found = list(line_faults(line))
        faults += [f"{line.where}: {fault}" for fault in found]
        if not found:
            yield line


def line_faults(line: Line) -> Iterable[str]:
    """Faults of a line's form; what its values mean is checked when it is expanded."""
    entry = line.entry
    for key in entry:
        if key not in REQUIRED + OPTIONAL:
            yield f"unknown key `{key}`{nearest(key, REQUIRED + OPTIONAL)}"
    for key in REQUIRED:
        if not entry.get(key):
            yield f"`{key}` is missing"
    for key in ("figures", "tables", "cell_timeout", "report_timeout"):
        if key in entry and not re.fullmatch(r"0|[1-9]\d*", str(entry[key])):
            yield f"`{key}` is {entry[key]!r}, expected a whole number"
    for key, kind in (("for", dict), ("values", dict), ("reads", list), ("languages", list)):
        if key in entry and not isinstance(entry[key], kind):
            yield f"`{key}` is {entry[key]!r}, expected a {'list' if kind is list else 'mapping'}"
    for language in entry["languages"] if isinstance(entry["languages"], list) else ():
        if language not in LANGUAGES:
            yield f"`languages` names {language!r}, expected {' or '.join(LANGUAGES)}"


def check_plan(path: Path | str | None = None) -> list[str]:
    """Every fault of the run plan and its notebooks' parameter cells, for `qd check`; empty when there is none."""
    from qdlib.catalogue import load_catalogue
    from qdlib.publishing.expansion import Setting, expand_plan

    try:
        catalogue = load_catalogue()
        expand_plan(read_plan(path), Setting(catalogue, list(catalogue.cities)))
    except QdlibError as error:
        return list(error.faults) or [str(error)]
    return []
