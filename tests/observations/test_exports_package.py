"""The data package, the SDMX message and its structure, checked by rules of the standards that this file states anew."""

import csv
import hashlib
import io
import json
import re

import pytest

from qdlib.observations.datapackage import make_package
from qdlib.observations.exports import select_figures
from qdlib.observations.sdmx import STRUCTURE_ID, make_message
from qdlib.observations.sdmx_structure import make_structure
from tests.observations.export_samples import read_fields

PATTERNS = {"integer": r"-?\d+", "number": r"-?\d+(\.\d+)?(e[+-]?\d+)?", "boolean": "true|false", "string": r"(?s).*"}


@pytest.fixture(scope="module")
def files(real_store):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QD_DATA", str(real_store))
        return make_package(select_figures(), "en")


def faults_of(files: dict[str, bytes]) -> list[str]:
    """What a validator would say: hashes, sizes, headers, types, constraints, primary and foreign keys."""
    descriptor, faults = json.loads(files["datapackage.json"]), []
    resources = {resource["name"]: resource for resource in descriptor["resources"]}
    rows = {name: read_fields(files[resource["path"]]) for name, resource in resources.items()}
    for name, resource in resources.items():
        content, schema = files[resource["path"]], resource["schema"]
        if resource["hash"] != f"sha256:{hashlib.sha256(content).hexdigest()}" or resource["bytes"] != len(content):
            faults.append(f"{name}: hash or size")
        header = next(csv.reader(io.StringIO(content.decode())))
        if header != [field["name"] for field in schema["fields"]]:
            faults.append(f"{name}: header")
            continue
        faults += [f"{name}.{field['name']}: {fault}" for field in schema["fields"] for fault in field_faults(field, rows[name])]
        keys = [tuple(row[column] for column in schema["primaryKey"]) for row in rows[name]]
        if len(set(keys)) < len(keys):
            faults.append(f"{name}: primary key")
        for foreign in schema["foreignKeys"]:
            (column,), reference = foreign["fields"], foreign["reference"]
            known = {row[reference["fields"][0]] for row in rows[reference["resource"]]}
            if {row[column] for row in rows[name]} - known:
                faults.append(f"{name}.{column}: foreign key")
    return faults


def field_faults(field: dict, rows: list[dict]) -> list[str]:
    values, constraints = {row[field["name"]] for row in rows}, field.get("constraints", {})
    faults = [f"type of {value!r}" for value in values if value and not re.fullmatch(PATTERNS[field["type"]], value)]
    if constraints.get("required") and "" in values:
        faults.append("required")
    if "enum" in constraints and values - {""} - set(constraints["enum"]):
        faults.append("enum")
    return faults


def test_the_package_has_no_fault(files):
    assert faults_of(files) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("observations.csv", b",2017,", b",20l7,", "observations.year: type of '20l7'"),
        ("observations.csv", b"qingdao,", b"qindao,", "observations.city: foreign key"),
        ("observations.csv", b",equal,", b",egal,", "observations.bound: enum"),
        ("editions.csv", b"qd_yearbook_2023,qd_yearbook,", b"qd_yearbook_2023,qd_yearboook,", "editions.source: foreign key"),
        ("units.csv", b"\npercent,", b"\nyuan,", "units: primary key"),
        ("series.csv", b"comparable", b"comparables", "series: header"),
        ("cities.csv", b"qingdao,370200", b",370200", "cities.id: required"),
    ],
)
def test_each_rule_can_fail(files, file, old, new, fault):
    assert old in files[file]
    assert {fault, f"{file[:-4]}: hash or size"} <= set(faults_of(files | {file: files[file].replace(old, new, 1)}))


def test_the_descriptor_says_what_the_standard_asks_for(files):
    descriptor = json.loads(files["datapackage.json"])
    assert descriptor["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert re.fullmatch("[a-z0-9._-]+", descriptor["name"]) and descriptor["title"] and descriptor["description"]
    assert descriptor["licenses"][0]["path"] in files and len(descriptor["sources"]) > 20
    assert set(files) == {"datapackage.json"} | {resource["path"] for resource in descriptor["resources"]}
    for resource in descriptor["resources"]:
        assert (resource["type"], resource["encoding"], resource["mediatype"]) == ("table", "utf-8", "text/csv")
    keys = {resource["name"]: resource["schema"]["primaryKey"] for resource in descriptor["resources"]}
    assert keys["observations"] == ["city", "indicator", "scope", "year", "edition"]
    assert keys["series"] == ["city", "indicator", "scope", "year"]
    terms = {row["licence_en"] for row in read_fields(files["sources.csv"])}
    assert "" not in terms and any("©" in text for text in terms)


def test_factors_of_units_are_exact(files, catalogue):
    from fractions import Fraction

    for row in read_fields(files["units.csv"]):
        assert Fraction(row["factor"]) == catalogue.units[row["id"]].factor


# --- SDMX-CSV -----------------------------------------------------------------------------------------------------------------


def test_the_message_has_the_columns_of_the_field_guide(frozen):
    selection = select_figures(["qingdao"])
    content = make_message(selection.rows)
    header = content.decode().split("\n")[0].split(",")
    assert header[:9] == [
        "STRUCTURE",
        "STRUCTURE_ID",
        "ACTION",
        "CITY",
        "INDICATOR",
        "SCOPE",
        "TIME_PERIOD",
        "EDITION",
        "OBS_VALUE",
    ]
    assert header[9:] == ["UNIT", "DECIMALS", "OBS_STATUS", "PUBLISHED", "SOURCE_CELL", "NOTE", "BOUND", "RAW"]
    rows = read_fields(content)
    assert {(row["STRUCTURE"], row["ACTION"]) for row in rows} == {("dataflow", "I")}
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*:[A-Z][A-Z0-9_]*\(\d+\.\d+\.\d+\)", row["STRUCTURE_ID"]) for row in rows)
    dimensions = header[3:8]
    assert all(re.fullmatch(r"[A-Za-z0-9_@$-]+", row[name]) for row in rows for name in dimensions), "ids of the standard"
    assert len({tuple(row[name] for name in dimensions) for row in rows}) == len(rows), "the dimensions are the key"


def test_a_missing_figure_is_an_empty_value_with_its_status(observe, admit, catalogue):
    (row,) = read_fields(make_message(admit([observe(None, 2000, raw="…", status="N")])))
    assert (row["OBS_VALUE"], row["DECIMALS"], row["OBS_STATUS"], row["RAW"]) == ("", "", "N", "…")


def structure_faults(structure: dict, rows: list[dict]) -> list[str]:
    """Where message and structure disagree: the dataflow, the components, codes without an entry, missing attributes."""
    (dataflow,), (definition,) = structure["data"]["dataflows"], structure["data"]["dataStructures"]
    lists = {
        urn_of("codelist.Codelist", entry): {code["id"] for code in entry["codes"]} for entry in structure["data"]["codelists"]
    }
    (scheme,) = structure["data"]["conceptSchemes"]
    concepts = {f"{urn_of('conceptscheme.Concept', scheme)}.{concept['id']}" for concept in scheme["concepts"]}
    parts = definition["dataStructureComponents"]
    dimensions = [*parts["dimensionList"]["dimensions"], parts["dimensionList"]["timeDimension"]]
    components = [*dimensions, *parts["measureList"]["measures"], *parts["attributeList"]["attributes"]]
    faults = []
    if {row["STRUCTURE_ID"] for row in rows} != {urn_of("", dataflow).split("=")[1]}:
        faults.append("dataflow")
    if dataflow["structure"] != urn_of("datastructure.DataStructure", definition):
        faults.append("structure")
    if {component["id"] for component in components} != set(rows[0]) - {"STRUCTURE", "STRUCTURE_ID", "ACTION"}:
        faults.append("components")
    for component in components:
        values = {row[component["id"]] for row in rows}
        if component["conceptIdentity"] not in concepts:
            faults.append(f"{component['id']}: concept")
        code_list = component["localRepresentation"].get("enumeration")
        if code_list and values - lists[code_list]:
            faults.append(f"{component['id']}: codes")
        if (component in dimensions or component.get("usage") == "mandatory") and "" in values:
            faults.append(f"{component['id']}: empty")
    return faults


def urn_of(kind: str, artefact: dict) -> str:
    return f"urn:sdmx:org.sdmx.infomodel.{kind}={artefact['agencyID']}:{artefact['id']}({artefact['version']})"


@pytest.fixture(scope="module")
def message(real_store) -> tuple[dict, list[dict]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QD_DATA", str(real_store))
        selection = select_figures(["qingdao", "jinan"])
    return json.loads(make_structure(selection, "en")), read_fields(make_message(selection.rows))


def test_the_structure_describes_the_message(message):
    assert structure_faults(*message) == []


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("CITY", "qindao", "CITY: codes"),
        ("OBS_STATUS", "Z", "OBS_STATUS: codes"),
        ("STRUCTURE_ID", "QDLIB:OTHER(1.0.0)", "dataflow"),
        ("SOURCE_CELL", "", "SOURCE_CELL: empty"),
    ],
)
def test_a_row_that_the_structure_does_not_allow_is_seen(message, column, value, fault):
    structure, rows = message
    assert fault in structure_faults(structure, [rows[0] | {column: value}, *rows[1:]])


def test_names_of_the_structure_stand_in_both_languages(message):
    structure, _ = message
    entries = [code for entry in structure["data"]["codelists"] for code in (entry, *entry["codes"])]
    entries += structure["data"]["conceptSchemes"][0]["concepts"]
    assert len(entries) > 200
    assert all(entry["name"] == entry["names"]["en"] and entry["names"]["zh"] for entry in entries)
    assert STRUCTURE_ID == "QDLIB:OBSERVATIONS(1.0.0)"
