"""Collections: one long CSV of figures gathered from many publications, read by header name without inference.

Takes the file, its sidecar and the catalogue; gives observation rows, one for each record, each with its own edition. A bound may
stand in the value as printed (`> 9000`). Every id, word, number and date is checked; faults go to the caller's list and name the
cell, so that whoever mends the file sees them all at once. Does not open files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qdlib.catalogue import Catalogue
from qdlib.errors import CatalogueError, nearest
from qdlib.reading.cells import Parsed, parse_cell
from qdlib.reading.sheet import Sheet, to_a1
from qdlib.reading.sources import DATE, ROUTES, SCOPES, Sidecar, make_source_cell

COLUMNS = (
    "city",
    "indicator",
    "scope",
    "year",
    "value",
    "unit",
    "status",
    "bound",
    "edition",
    "published",
    "route",
    "source_title",
    "source_address",
    "note",
)
STATUSES = tuple("APEFBUMNLQ")
MISSING = frozenset("MNLQ")
BOUNDS = ("equal", "above", "below", "about")


@dataclass(frozen=True)
class Record:
    """One record by header name, with the place of each field for messages."""

    fields: Mapping[str, str]
    number: int
    columns: Mapping[str, int]
    file: str

    def where(self, name: str) -> str:
        return f"{self.file} {to_a1(self.number, self.columns[name])}"


def read_collection(sheet: Sheet, sidecar: Sidecar, catalogue: Catalogue, faults: list[str]) -> list[dict]:
    """Observation rows of a collection. Faults are appended; a record with a fault gives no row."""
    file = f"{sidecar.edition_id}/{sheet.file}"
    if sheet.name != "csv" or sheet.folded:
        faults.append(
            f"{file}: a collection is one UTF-8 CSV, this is a {'scraped text' if sheet.folded else 'workbook'}; save it as CSV"
        )
        return []
    header = [str(value or "").strip() for value in (sheet.values[0] if sheet.values else ())]
    lacking = [name for name in COLUMNS if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    if lacking or unknown or len(set(header)) < len(header):
        faults.append(
            f"{file} row 1: columns missing: {', '.join(lacking) or 'none'}; unknown or repeated: "
            f"{', '.join(unknown) or 'none'}; expected {','.join(COLUMNS)}"
        )
        return []
    columns = {name: header.index(name) for name in COLUMNS}
    rows = []
    for number, values in enumerate(sheet.values[1:], start=1):
        if not any(values):
            continue
        fields = {name: str(values[column] or "").strip() if column < len(values) else "" for name, column in columns.items()}
        before = len(faults)
        if len(values) != len(header):
            faults.append(
                f"{file} row {number + 1}: {len(values)} fields, the header has {len(header)}; quote fields that hold commas"
            )
            continue
        parsed = check_record(Record(fields, number, columns, file), catalogue, faults)
        if len(faults) == before:
            rows.append(
                _row(
                    fields, parsed, make_source_cell(sidecar.edition_id, sheet.file, sheet.name, to_a1(number, columns["value"]))
                )
            )
    return rows


def check_record(record: Record, catalogue: Catalogue, faults: list[str]) -> Parsed:
    """The parsed value of a record; every fault of the record is appended."""
    fields = record.fields
    for name, known in (("city", catalogue.cities), ("indicator", catalogue.indicators), ("unit", catalogue.units)):
        if fields[name] not in known:
            faults.append(
                f"{record.where(name)}: unknown {name} {fields[name]!r}{nearest(fields[name], known)} (the catalogue lists them)"
            )
    for name, allowed in (("scope", SCOPES), ("status", STATUSES), ("bound", ("", *BOUNDS)), ("route", ROUTES)):
        if fields[name] not in allowed:
            faults.append(f"{record.where(name)}: {name} is {fields[name]!r}, expected one of {', '.join(filter(None, allowed))}")
    if not (fields["year"].isdigit() and 1900 <= int(fields["year"]) <= 2100):
        faults.append(f"{record.where('year')}: year is {fields['year']!r}, expected four digits such as 2018")
    if not DATE.fullmatch(fields["published"]):
        faults.append(f"{record.where('published')}: published is {fields['published']!r}, expected 2023, 2023-11 or 2023-11-20")
    _check_edition(record, catalogue, faults)
    _check_dimension(record, catalogue, faults)
    return _check_value(record, faults)


def _check_edition(record: Record, catalogue: Catalogue, faults: list[str]) -> None:
    try:
        catalogue.source_of(record.fields["edition"])
    except CatalogueError as fault:
        faults.append(f"{record.where('edition')}: {fault}")


def _check_dimension(record: Record, catalogue: Catalogue, faults: list[str]) -> None:
    """The unit must be of the indicator's dimension: dollars belong to an indicator in dollars."""
    unit = catalogue.units.get(record.fields["unit"])
    indicator = catalogue.indicators.get(record.fields["indicator"])
    if unit and indicator and indicator.unit in catalogue.units and catalogue.units[indicator.unit].dimension != unit.dimension:
        faults.append(
            f"{record.where('unit')}: {indicator.id} is counted in {indicator.unit}, not in {unit.id} ({unit.dimension}); "
            "take the indicator of this dimension"
        )


def _check_value(record: Record, faults: list[str]) -> Parsed:
    parsed = parse_cell(record.fields["value"])
    empty = parsed.kind in ("blank", "missing")
    if empty != (record.fields["status"] in MISSING):
        faults.append(
            f"{record.where('value')}: value {record.fields['value']!r} with status {record.fields['status']!r}: "
            "a figure has A P E F B or U, a missing one M N L or Q"
        )
    elif not empty and (parsed.kind != "number" or parsed.unit is not None):
        faults.append(
            f"{record.where('value')}: {record.fields['value']!r} is no plain number; expected one such as 16719.46 or > 9000"
        )
    stated = record.fields["bound"] or "equal"
    if parsed.bound != "equal" and stated not in ("equal", parsed.bound):
        faults.append(
            f"{record.where('bound')}: bound is {stated!r}, but the value {record.fields['value']!r} says {parsed.bound}"
        )
    return parsed


def _row(fields: Mapping[str, str], parsed: Parsed, source_cell: str) -> dict:
    bound = parsed.bound if parsed.bound != "equal" else fields["bound"] or "equal"
    status = "E" if bound != "equal" and fields["status"] == "A" else fields["status"]
    return {
        "city": fields["city"],
        "indicator": fields["indicator"],
        "scope": fields["scope"],
        "year": int(fields["year"]),
        "value": None if parsed.value is None else float(parsed.value),
        "unit": fields["unit"],
        "decimals": parsed.decimals,
        "status": status,
        "bound": bound,
        "edition": fields["edition"],
        "published": fields["published"],
        "source_cell": source_cell,
        "raw": fields["value"],
        "note": fields["note"],
    }


def editions_of(rows: Sequence[Mapping]) -> list[tuple[str, str, str]]:
    """Edition, date and first cell that states it, for each pair of edition and date."""
    seen: dict[tuple[str, str], str] = {}
    for row in rows:
        seen.setdefault((row["edition"], row["published"]), row["source_cell"])
    return [(edition, published, cell) for (edition, published), cell in seen.items()]
