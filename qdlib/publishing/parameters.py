"""The parameter cell of a notebook -> typed parameters; values -> checked values.

Takes a notebook file and values from the run plan, the command line or a notebook's stamp; gives `Parameter` entries and
checked values. papermill would run a misspelt name's notebook with its defaults and call that a success, so every name is
checked before papermill sees it.
Text is typed by the notebook's annotation, never by YAML: `0532` stays text. All faults are collected and raised once.
"""

import ast
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from qdlib.errors import RunError, nearest, raise_all
from qdlib.publishing.domains import domain_fault

TYPES = ("str", "int", "float", "bool", "list[str]", "list[int]", "list[float]")
_FORMS = {  # how each type is written in runs.yml and on the command line
    "int": (re.compile(r"[+-]?(0|[1-9]\d*)"), int, "a whole number without leading zeros"),
    "float": (re.compile(r"[+-]?(0|[1-9]\d*)(\.\d+)?"), float, "a number such as 0.5"),
    "bool": (re.compile(r"true|false"), lambda text: text == "true", "true or false"),
    "str": (re.compile(r".*", re.S), str, "text"),
}


@dataclass(frozen=True)
class Parameter:
    """One line of the parameter cell: `name: type = default  # help`."""

    name: str
    type: str
    default: object
    help: str


def read_parameters(notebook_path: Path) -> list[Parameter]:
    """The typed parameters of a notebook, in order. RunError lists every line that is not `name: type = literal`."""
    path = Path(notebook_path)
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError) as error:
        raise RunError(f"notebook {path.name} cannot be read: {error}; expected a Jupyter notebook in {path.parent}") from error
    tagged = [cell for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", ())]
    if len(tagged) != 1:
        raise RunError(f"notebook {path.name} has {len(tagged)} cells tagged `parameters`, expected exactly one")
    source = tagged[0]["source"]
    return parse_cell(source if isinstance(source, str) else "".join(source), path.stem)


def parse_cell(source: str, where: str) -> list[Parameter]:
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise RunError(f"{where}, parameter cell, line {error.lineno}: {error.msg}") from error
    lines, faults, parameters = source.splitlines(), [], []
    for statement in statements:
        line = lines[statement.end_lineno - 1]
        try:
            parameters.append(parse_statement(statement, line[statement.end_col_offset :]))
        except ValueError as error:
            faults.append(f"line {statement.lineno}, `{line.strip()}`: {error}")
    names = [parameter.name for parameter in parameters]
    faults += [f"`{name}` stands twice" for name in sorted({name for name in names if names.count(name) > 1})]
    raise_all(RunError, faults, f"parameter cell of {where}")
    return parameters


def parse_statement(statement: ast.stmt, rest: str) -> Parameter:
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name) or statement.value is None:
        raise ValueError("expected `name: type = literal  # help`")
    kind = ast.unparse(statement.annotation)
    if kind not in TYPES:
        raise ValueError(f"type {kind} is not one of {', '.join(TYPES)}")
    try:
        default = ast.literal_eval(statement.value)
    except ValueError:
        raise ValueError("the default must be a literal, nothing computed") from None
    if not has_type(default, kind):
        raise ValueError(f"the default {default!r} is no {kind}")
    return Parameter(statement.target.id, kind, default, rest.strip().lstrip("#").strip())


def has_type(value, kind: str) -> bool:
    """Whether a Python value is of the type; True is no int, an int serves as a float."""
    if kind.startswith("list["):
        return isinstance(value, list) and all(has_type(item, kind[5:-1]) for item in value)
    if kind == "float":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return type(value).__name__ == kind


def type_text(value, kind: str):
    """A value written as text -> the type; a list may be a YAML list or `80,95`. ValueError says what was expected."""
    if kind.startswith("list["):
        items = value if isinstance(value, list) else [part.strip() for part in value.split(",")] if value else []
        return [type_text(item, kind[5:-1]) for item in items]
    form, make, expected = _FORMS[kind]
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError(f"{value!r} is no {kind}: expected {expected}")
    return make(value)


def check_texts(parameters: Iterable[Parameter], given: Mapping[str, object], catalogue) -> tuple[dict, list[str]]:
    """Text values typed and checked against names and domains: (values, faults)."""
    known, values, faults = {parameter.name: parameter for parameter in parameters}, {}, []
    for name, text in given.items():
        if name not in known:
            faults.append(unknown_name(name, known))
            continue
        try:
            values[name] = type_text(text, known[name].type)
        except ValueError as error:
            faults.append(f"parameter `{name}` = {error}")
    faults += domain_faults(values, catalogue)
    return values, faults


def check_values(values: Mapping[str, object], catalogue) -> None:
    """Refuse values that a notebook was given by hand, in the words the run would use."""
    raise_all(RunError, domain_faults(values, catalogue), "parameters")


def domain_faults(values: Mapping[str, object], catalogue) -> list[str]:
    found = ((name, domain_fault(name, value, catalogue)) for name, value in values.items())
    return [f"parameter `{name}` = {fault}" for name, fault in found if fault]


def unknown_name(name: str, known: Iterable[str]) -> str:
    known = list(known)
    return f"unknown parameter `{name}`: this notebook has {', '.join(known) or 'none'}{nearest(name, known)}"
