"""What values a parameter of a given name may take, alike in every notebook.

Takes a name, a typed value and the catalogue; gives one sentence when the value is refused. The domain belongs to the name,
not to the notebook: `city` is a city everywhere. A name without a domain takes any value of its type.
"""

from collections.abc import Iterable

from qdlib.analysis.assumptions import read_assumptions
from qdlib.catalogue.documents import is_day
from qdlib.errors import DataError, nearest
from qdlib.observations.vintages import check_vintage
from qdlib.reading.stages import CURRENT, NAME, suggest_name

LANGUAGES = ("zh", "en")


def domain_fault(name: str, value, catalogue) -> str:
    """Why the value is refused; empty when it is not."""
    rule = _RULES.get(name)
    return rule(value, catalogue) if rule else ""


def one_of(value, known: Iterable[str], what: str) -> str:
    known = list(known)
    if value in known:
        return ""
    listed = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
    return f"{value!r} is no {what}: {listed}{nearest(str(value), known)}"


def _vintage(value, catalogue) -> str:
    try:
        check_vintage(str(value))
    except DataError as fault:
        return str(fault)
    return ""


def _stage(value: str) -> str:
    good = value == CURRENT or NAME.fullmatch(value)
    return "" if good else f"{value!r}: expected {CURRENT}, or a year and its half such as 2026H2{suggest_name(value)}"


def _levels(value, catalogue) -> str:
    rising = isinstance(value, list) and value and all(a < b for a, b in zip(value, value[1:], strict=False))
    return "" if rising and all(50 <= level <= 99 for level in value) else f"{value!r}: expected rising levels within 50 and 99"


def _scenario(value, catalogue) -> str:
    try:
        read_assumptions(value)
    except DataError as fault:
        return str(fault)
    return ""


def _between(low: int, high: int):
    return lambda value, catalogue: "" if low <= value <= high else f"{value!r}: expected {low} to {high}"


_RULES = {
    "city": lambda value, catalogue: one_of(value, catalogue.cities, "city"),
    "indicator": lambda value, catalogue: one_of(value, catalogue.indicators, "indicator"),
    "peer_group": lambda value, catalogue: one_of(value, ["own", *catalogue.peer_groups], "peer group"),
    "pillar": lambda value, catalogue: one_of(value, ["all", *catalogue.policy.pillars], "pillar"),
    "language": lambda value, catalogue: one_of(value, LANGUAGES, "language"),
    "stage": lambda value, catalogue: _stage(str(value)),
    "today": lambda value, catalogue: "" if is_day(value) else f"{value!r}: expected a date YYYY-MM-DD",
    "vintage": _vintage,
    "levels": _levels,
    "scenario": _scenario,
    "horizon": _between(1, 10),
    "first_year": _between(1949, 2100),
}
