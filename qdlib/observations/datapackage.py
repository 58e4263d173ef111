"""The data as a Data Package 2.0: CSV files, and a descriptor with types, keys, hashes, terms and sources.

Takes a `Selection`; gives file names and bytes. The descriptor states what a program needs to check the files alone: primary and
foreign keys, allowed codes, sha256 and bytes. The terms point to `sources.csv`, because no single licence covers figures that were
taken as facts from many publications. Nothing in it depends on the clock: `version` is the data's own hash.
Standard: https://datapackage.org (Data Package, Data Resource, Table Schema 2.0).
"""

import hashlib
import json
from functools import partial

import pandas as pd

from qdlib.observations.records import frame_csv
from qdlib.observations.rows import BOUNDS, COLUMNS, KEY, SCOPES, STATUSES
from qdlib.observations.vintages import SERIES_COLUMNS, YEAR

PROFILE = "https://datapackage.org/profiles/2.0/{}.json"
NAME = "qdlib-city-statistics"
TYPES = {"year": "integer", "decimals": "integer", "basis": "integer", "value": "number", "amount": "number", "half": "number"}
TYPES |= {"linked": "boolean", "breaks": "boolean", "comparable": "boolean"}
CODES = {"scope": SCOPES, "status": STATUSES, "bound": BOUNDS}
NEVER_EMPTY = {
    "city",
    "indicator",
    "scope",
    "year",
    "unit",
    "status",
    "bound",
    "edition",
    "published",
    "source_cell",
    "amount",
    "half",
    "id",
}
# Table -> primary key, and column -> the table that it points to.
KEYS = {
    "observations": (KEY, {"city": "cities", "indicator": "indicators", "unit": "units", "edition": "editions"}),
    "series": (YEAR, {"city": "cities", "indicator": "indicators", "unit": "units", "edition": "editions"}),
    "cities": (["id"], {}),
    "editions": (["id"], {"source": "sources"}),
    "indicators": (["id"], {"unit": "units"}),
    "sources": (["id"], {}),
    "units": (["id"], {}),
}


def make_package(selection, language: str) -> dict[str, bytes]:
    """File name -> bytes: the descriptor and a CSV file for each table."""
    tables = {"observations": selection.rows[COLUMNS], "series": selection.series[SERIES_COLUMNS], **code_tables(selection)}
    files = {f"{name}.csv": frame_csv(frame, list(frame.columns)) for name, frame in tables.items()}
    descriptor = describe_package(selection, tables, files, language)
    return {"datapackage.json": (json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n").encode("utf-8"), **files}


def describe_package(selection, tables: dict[str, pd.DataFrame], files: dict[str, bytes], language: str) -> dict:
    say = partial(selection.catalogue.say, language=language)
    sources = sorted({selection.catalogue.source_of(edition).id for edition in selection.rows["edition"]})
    return {
        "$schema": PROFILE.format("datapackage"),
        "name": NAME,
        "title": say("export.title"),
        "description": f"{say('export.description')} {say('export.package.text_rule')}",
        "version": selection.hash,
        "licenses": [{"path": "sources.csv", "title": say("export.package.licence")}],
        "sources": [{"title": selection.catalogue.sources[key].title.in_language(language)} for key in sources],
        "resources": [describe_table(name, frame, files[f"{name}.csv"], selection, say) for name, frame in tables.items()],
    }


def describe_table(name: str, frame: pd.DataFrame, content: bytes, selection, say) -> dict:
    primary, foreign = KEYS[name]
    description = say(f"export.package.{name}")
    if name == "series":
        description += f" {say('export.line.vintage', vintage=selection.vintage)}"
    return {
        "name": name,
        "type": "table",
        "path": f"{name}.csv",
        "title": name,
        "description": description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "dialect": {
            "$schema": PROFILE.format("tabledialect"),
            "delimiter": ",",
            "lineTerminator": "\n",
            "quoteChar": '"',
            "doubleQuote": True,
        },
        "schema": {
            "$schema": PROFILE.format("tableschema"),
            "fields": [describe_field(column, say) for column in frame.columns],
            "missingValues": [""],
            "primaryKey": list(primary),
            "foreignKeys": [
                {"fields": [column], "reference": {"resource": other, "fields": ["id"]}} for column, other in foreign.items()
            ],
        },
    }


def describe_field(column: str, say) -> dict:
    field = {"name": column, "type": TYPES.get(column, "string")}
    constraints = {"required": True} if column in NEVER_EMPTY else {}
    if column in CODES:
        constraints["enum"] = list(CODES[column])
    return field | ({"constraints": constraints} if constraints else {})


def code_tables(selection) -> dict[str, pd.DataFrame]:
    """The entries of the catalogue that the figures refer to, names in both languages."""
    catalogue, rows = selection.catalogue, selection.rows
    indicators = [catalogue.indicators[key] for key in sorted(set(rows["indicator"]))]
    units = sorted(set(rows["unit"]) | set(selection.series["unit"]) | {item.unit for item in indicators})
    editions = rows.groupby("edition")["published"].max()
    sources = {edition: catalogue.source_of(edition) for edition in editions.index}
    return {
        "cities": make_frame([describe_city(catalogue.cities[city]) for city in sorted(set(rows["city"]))]),
        "editions": make_frame([{"id": key, "source": sources[key].id, "published": editions[key]} for key in editions.index]),
        "indicators": make_frame([describe_indicator(item) for item in indicators]),
        "sources": make_frame(
            [describe_source(item) for _, item in sorted({item.id: item for item in sources.values()}.items())]
        ),
        "units": make_frame([describe_unit(catalogue.units[unit]) for unit in units]),
    }


def make_frame(entries: list[dict]) -> pd.DataFrame:
    return pd.DataFrame(entries, dtype=object)


def describe_city(city) -> dict:
    names = {"name_zh": city.name.zh, "name_en": city.name.en, "province_zh": city.province.zh, "province_en": city.province.en}
    return {"id": city.slug, "code": city.code, **names, "level": city.level}


def describe_indicator(item) -> dict:
    definition = {f"definition_{key}": getattr(item.definition, key) if item.definition else None for key in ("zh", "en")}
    names = {"name_zh": item.name.zh, "name_en": item.name.en}
    return {"id": item.id, "theme": item.theme, **names, "unit": item.unit, "kind": item.kind, "price": item.price, **definition}


def describe_unit(unit) -> dict:
    """The factor is an exact fraction as text: 1/3 has no exact decimal."""
    names = {"name_zh": unit.symbol("zh"), "name_en": unit.symbol("en")}
    return {"id": unit.id, "dimension": unit.dimension, "factor": str(unit.factor), **names}


def describe_source(source) -> dict:
    publisher = source.publisher
    names = {
        f"publisher_{key}": publisher if isinstance(publisher, str | None) else getattr(publisher, key) for key in ("zh", "en")
    }
    texts = {"title_zh": source.title.zh, "title_en": source.title.en, **names}
    return {"id": source.id, **texts, "class": source.class_, "licence_zh": source.licence.zh, "licence_en": source.licence.en}
