"""Units: a closed table with exact factors, looked up by printed form, converted by fractions.

Takes `units.csv` (id, dimension, factor to the dimension's base, forms in zh and en separated by `|`); gives `Unit` entries.
A look-up is exact after removing spaces and mapping full-width letters: nothing is composed at run time, so a word that is not
in the table is unknown and never half understood (a composer reads 万元／人 as 万元 times 人). Knows nothing of files of data.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

from qdlib.errors import CatalogueError, nearest, raise_all

PACKAGED = Path(__file__).with_name("units.csv")
COLUMNS = ["id", "dimension", "factor", "zh", "en"]

# Full-width ASCII and the signs that printers use for the same unit; spelled out, because NFKC would also turn ³ into 3.
FORMS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord("﹪"): "%", ord("″"): None, ord("∶"): ":"}
BASE_YEAR = re.compile(r"以?(?:1[89]|20)\d\d年?(?:价格)?(?:=|为)(100|1)")


@dataclass(frozen=True)
class Unit:
    """A unit; `factor` times a value gives the value in the base unit of its dimension."""

    id: str
    dimension: str
    factor: Fraction
    zh: tuple[str, ...]
    en: tuple[str, ...]
    forms: frozenset[str] = field(repr=False, compare=False, default=frozenset())

    def symbol(self, language: str = "zh") -> str:
        """The first printed form in that language."""
        return (self.zh if language == "zh" else self.en)[0]


def normal_form(text: str) -> str:
    """A printed unit as it is compared: no space, no thousands comma, half-width, lower case; a base year is only a base."""
    bare = re.sub(r"[\s,]+", "", text.translate(FORMS)).casefold()
    return BASE_YEAR.sub(r"基期=\1", bare)


def load_units(path: Path) -> dict[str, Unit]:
    """Units by id, in the file's order. Raises one CatalogueError with every fault of the table."""
    faults: list[str] = []
    units: dict[str, Unit] = {}
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if not rows or rows[0] != COLUMNS:
        raise CatalogueError(f"{path.name}: the header is {rows[0] if rows else 'missing'}, expected {','.join(COLUMNS)}")
    for number, row in enumerate(rows[1:], start=2):
        unit = _read_unit(row, f"{path.name}, line {number}", faults)
        if unit and unit.id in units:
            faults.append(f"{path.name}, line {number}: the id {unit.id!r} stands twice; keep one row")
        elif unit:
            units[unit.id] = unit
    faults += _check_table(units, path.name)
    raise_all(CatalogueError, faults, f"{path.name} cannot be used")
    return units


def _read_unit(row: list[str], where: str, faults: list[str]) -> Unit | None:
    if len(row) != len(COLUMNS):
        faults.append(f"{where}: {len(row)} fields, expected {len(COLUMNS)} ({','.join(COLUMNS)})")
        return None
    key, dimension, factor, zh, en = row
    forms = [tuple(part.strip() for part in text.split("|") if part.strip()) for text in (zh, en)]
    for name, value in (("id", key), ("dimension", dimension)):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", value):
            faults.append(f"{where}: {name} {value!r} is not snake_case")
    if not all(forms):
        faults.append(f"{where}: unit {key!r} needs a printed form in zh and in en")
    try:
        size = Fraction(factor)
    except (ValueError, ZeroDivisionError):
        faults.append(f"{where}: factor {factor!r} is no fraction such as 10000 or 1/15")
        return None
    if size <= 0:
        faults.append(f"{where}: factor {factor!r} must be above zero")
        return None
    return Unit(key, dimension, size, *forms, frozenset(normal_form(form) for part in forms for form in part))


def _check_table(units: Mapping[str, Unit], name: str) -> list[str]:
    faults = []
    if list(units) != sorted(units):
        late = next(key for key, expected in zip(units, sorted(units), strict=True) if key != expected)
        faults.append(f"{name}: rows are not sorted by id, first at {late!r}")
    owner: dict[str, str] = {}
    for unit in units.values():
        for form in unit.forms:
            if owner.setdefault(form, unit.id) != unit.id:
                faults.append(f"{name}: the form {form!r} belongs to {owner[form]!r} and to {unit.id!r}; a form means one unit")
    return faults


@cache
def packaged_units() -> Mapping[str, Unit]:
    """The table that the package ships; readers of files use it without a whole catalogue."""
    return load_units(PACKAGED)


def find_unit(units: Mapping[str, Unit], text: str) -> Unit | None:
    """The unit printed as `text`, or None when the table does not know the word."""
    form = normal_form(text)
    if not form:
        return None
    return next((unit for unit in units.values() if form in unit.forms), None)


def convert(units: Mapping[str, Unit], value, from_id: str, to_id: str) -> Fraction:
    """`value` of unit `from_id` in unit `to_id`, exactly: 1 公顷 is 15 亩. Raises CatalogueError on unlike dimensions."""
    source, target = _known(units, from_id), _known(units, to_id)
    if source.dimension != target.dimension:
        raise CatalogueError(
            f"{from_id} ({source.dimension}) cannot become {to_id} ({target.dimension}): value {value}; "
            f"units of one dimension convert, a figure in another needs an indicator of its own"
        )
    return _exact(value) * source.factor / target.factor


def _exact(value) -> Fraction:
    """A float counts as the decimal number that it prints, not as its binary neighbour."""
    return Fraction(Decimal(repr(value))) if isinstance(value, float) else Fraction(value)


def _known(units: Mapping[str, Unit], key: str) -> Unit:
    if key not in units:
        raise CatalogueError(f"unknown unit id {key!r}{nearest(key, units)} (units.csv lists them)")
    return units[key]
