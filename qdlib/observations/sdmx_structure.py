"""What the columns of the SDMX message mean, as an SDMX-JSON 2.0 structure message.

Takes a `Selection`; gives the data structure definition, its dataflow, concepts and code lists, names in zh and en: without them
the identifier in each row of the message would name nothing, and no receiver could load it. Code lists hold the codes of the
selection, statuses and bounds all codes. `prepared` is a fixed time: the same data give the same bytes.
"""

import json

from qdlib.observations.rows import BOUNDS, SCOPES, STATUSES
from qdlib.observations.sdmx import AGENCY, ATTRIBUTES, COMPONENTS, DIMENSIONS, ID, MEASURES, VERSION
from qdlib.observations.spreadsheet import FIXED_STAMP

SCHEMA = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/2.0.0/sdmx-json-structure-schema.json"
URN = "urn:sdmx:org.sdmx.infomodel.{}={}:{}({})"
# Component -> its code list; what is not coded has a data type.
CODED = {
    "CITY": "CL_CITY",
    "INDICATOR": "CL_INDICATOR",
    "SCOPE": "CL_SCOPE",
    "EDITION": "CL_EDITION",
    "UNIT": "CL_UNIT",
    "OBS_STATUS": "CL_OBS_STATUS",
    "BOUND": "CL_BOUND",
}
TYPES = {"TIME_PERIOD": "GregorianYear", "OBS_VALUE": "Double", "DECIMALS": "Integer"}
ALWAYS = ("UNIT", "OBS_STATUS", "PUBLISHED", "SOURCE_CELL", "BOUND")
# Component -> the text that names it where the column of the workbook has another one.
WORDS = {"UNIT": "unit_id", "TIME_PERIOD": "year", "OBS_VALUE": "value", "OBS_STATUS": "status"}


def make_structure(selection, language: str) -> bytes:
    """The structure message as bytes; `language` is that of the single names, which stand beside the names in both."""
    say = selection.catalogue.say
    title = {key: say("export.title", key) for key in ("zh", "en")}
    data = {
        "codelists": [
            artefact(name, title_of(name, say), language, codes=codes) for name, codes in code_lists(selection, language)
        ],
        "conceptSchemes": [artefact("CS_OBSERVATIONS", title, language, concepts=concepts(say, language))],
        "dataStructures": [artefact(ID, title, language, dataStructureComponents=components())],
        "dataflows": [artefact(ID, title, language, structure=urn("datastructure.DataStructure", ID))],
    }
    meta = {"schema": SCHEMA, "id": ID, "prepared": FIXED_STAMP, "contentLanguages": ["zh", "en"], "sender": {"id": AGENCY}}
    return (json.dumps({"meta": meta, "data": data}, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def urn(kind: str, id: str) -> str:
    return URN.format(kind, AGENCY, id, VERSION)


def artefact(id: str, names: dict[str, str], language: str, **content) -> dict:
    return {"id": id, "agencyID": AGENCY, "version": VERSION, "name": names[language], "names": names, **content}


def item(id: str, names: dict[str, str], language: str) -> dict:
    return {"id": id, "name": names[language], "names": names}


def title_of(code_list: str, say) -> dict[str, str]:
    component = next(name for name, other in CODED.items() if other == code_list)
    return component_names(component, say)


def component_names(component: str, say) -> dict[str, str]:
    return {key: say(f"export.column.{WORDS.get(component, component.lower())}", key) for key in ("zh", "en")}


def concepts(say, language: str) -> list[dict]:
    return [item(component, component_names(component, say), language) for component in COMPONENTS]


def components() -> dict:
    """Dimensions, the measure and the attributes of an observation, in the order of the message."""
    dimensions = [describe(name) for name in DIMENSIONS if name != "TIME_PERIOD"]
    attributes = [
        describe(name) | {"attributeRelationship": {"observation": {}}, "usage": "mandatory" if name in ALWAYS else "optional"}
        for name in ATTRIBUTES
    ]
    return {
        "dimensionList": {"id": "DimensionDescriptor", "dimensions": dimensions, "timeDimension": describe("TIME_PERIOD")},
        "measureList": {"id": "MeasureDescriptor", "measures": [describe(name) for name in MEASURES]},
        "attributeList": {"id": "AttributeDescriptor", "attributes": attributes},
    }


def describe(component: str) -> dict:
    if component in CODED:
        representation = {"enumeration": urn("codelist.Codelist", CODED[component])}
    else:
        representation = {"format": {"dataType": TYPES.get(component, "String")}}
    concept = f"{urn('conceptscheme.Concept', 'CS_OBSERVATIONS')}.{component}"
    return {"id": component, "conceptIdentity": concept, "localRepresentation": representation}


def code_lists(selection, language: str) -> list[tuple[str, list[dict]]]:
    """The codes of each list with their names in both languages."""
    catalogue, rows = selection.catalogue, selection.rows
    say = catalogue.say

    def spoken(group: str, codes) -> dict:
        return {code: {key: say(f"export.{group}.{code}", key) for key in ("zh", "en")} for code in codes}

    names = {
        "CL_CITY": {city: both(catalogue.cities[city].name) for city in sorted(set(rows["city"]))},
        "CL_INDICATOR": {key: both(catalogue.indicators[key].name) for key in sorted(set(rows["indicator"]))},
        "CL_SCOPE": spoken("scope", SCOPES),
        "CL_EDITION": {key: both(catalogue.source_of(key).title) for key in sorted(set(rows["edition"]))},
        "CL_UNIT": {
            key: {"zh": catalogue.units[key].symbol("zh"), "en": catalogue.units[key].symbol("en")}
            for key in sorted(set(rows["unit"]))
        },
        "CL_OBS_STATUS": spoken("status", sorted(STATUSES)),
        "CL_BOUND": spoken("bound", BOUNDS),
    }
    return [(name, [item(code, words, language) for code, words in codes.items()]) for name, codes in names.items()]


def both(name) -> dict[str, str]:
    return {"zh": name.zh, "en": name.en}
