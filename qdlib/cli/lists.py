"""The verb `list`: cities, indicators, targets, programme, stages, notebooks, sources, revisions, as text or JSON."""

import json
from datetime import date

import click
import pandas as pd

LISTS = ["cities", "indicators", "targets", "programme", "stages", "notebooks", "sources", "revisions"]


@click.command("list")
@click.argument("what", type=click.Choice(LISTS))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--today", default=None, help="Assess targets and items as of this day (YYYY-MM-DD); default: today.")
def list_(what: str, form: str, today: str | None) -> None:
    """List what there is; --format json prints one array of objects."""
    rows = {
        "cities": cities,
        "indicators": indicators,
        "targets": lambda: targets(today),
        "programme": lambda: programme(today),
        "stages": stages,
        "notebooks": notebooks,
        "sources": sources,
        "revisions": revisions,
    }[what]()
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(
            "  ".join(
                f"{key}={value}" if number else str(value)
                for number, (key, value) in enumerate(row.items())
                if value not in (None, [])
            )
        )


def plain(frame: pd.DataFrame) -> list[dict]:
    """Rows as JSON objects with null for what is missing."""
    return json.loads(frame.to_json(orient="records", force_ascii=False))


def cities() -> list[dict]:
    from qdlib.analysis import desk

    return plain(desk.cities())


def indicators() -> list[dict]:
    from qdlib.analysis import desk

    return plain(desk.indicators())


def targets(today: str | None) -> list[dict]:
    from qdlib.analysis import desk

    return plain(desk.targets(today=today).drop(columns="name"))


def programme(today: str | None) -> list[dict]:
    """Every item of the lists with what departments have reported of it."""
    from qdlib.analysis.item_reports import collect_reports
    from qdlib.analysis.programme import assess_programme
    from qdlib.catalogue import load_catalogue
    from qdlib.observations.store import read_shared

    lists = load_catalogue().programme
    assessed = assess_programme(lists, collect_reports(read_shared("programme")), today or date.today().isoformat())
    return [
        {
            "id": item.id,
            "type": item.type,
            "pillar": item.pillar,
            "clause": item.clause,
            "title_zh": item.title.zh,
            "title_en": item.title.en,
            "parts": [part.zh for part in item.parts],
            "parts_stated": item.parts_stated,
            "aspirational": item.aspirational,
            "targets": list(item.targets),
            "watch": list(item.watch),
            "status": row["word"],
            "responsible_unit": row["unit"] or None,
            "due": row["due"].isoformat() if row["due"] else None,
        }
        for item, row in zip(lists.items.values(), assessed.to_dict("records"), strict=True)
    ]


def stages() -> list[dict]:
    """The stages stored in data/raw, whether or not a build has handed them on."""
    from qdlib.reading.sources import raw_folder
    from qdlib.reading.stages import read_stages

    return [
        {
            "stage": stage.name,
            "today": stage.today,
            "last_full_year": stage.full_year,
            "policy": stage.policy,
            "city": stage.city,
            "targets": len(stage.components),
            "verdicts": int((stage.components["status"] != "").sum()),
            "figures": len(stage.inputs),
            "reviews": len(stage.reviews),
            "method": stage.method,
            "data": stage.data[:12],
            "content": stage.content[:12],
        }
        for stage in read_stages(raw_folder())
    ]


def notebooks() -> list[dict]:
    from qdlib.publishing.folders import notebooks_folder
    from qdlib.publishing.parameters import read_parameters

    return [
        {
            "name": path.stem,
            "parameters": [
                {"name": item.name, "type": item.type, "default": item.default, "help": item.help}
                for item in read_parameters(path)
            ],
        }
        for path in sorted(notebooks_folder().glob("*.ipynb"))
    ]


def sources() -> list[dict]:
    from qdlib.catalogue import load_catalogue
    from qdlib.observations.store import cities_with_data, read_observations

    catalogue = load_catalogue()
    every = pd.concat([read_observations(city)[["edition", "published"]] for city in cities_with_data()])
    editions = every.groupby("edition").agg(published=("published", "max"), figures=("published", "size")).reset_index()
    editions["source"] = [catalogue.source_of(edition).id for edition in editions["edition"]]
    found = []
    for key, source in sorted(catalogue.sources.items()):
        own = editions[editions["source"] == key]
        publisher = source.publisher if isinstance(source.publisher, str) else source.publisher.zh
        found.append(
            {
                "id": key,
                "publisher": publisher,
                "title_zh": source.title.zh,
                "title_en": source.title.en,
                "class": source.class_,
                "licence": source.licence.en,
                "editions": own[["edition", "published", "figures"]].to_dict("records"),
            }
        )
    return found


def revisions() -> list[dict]:
    from qdlib.observations.store import cities_with_data, read_revisions

    every = pd.concat([read_revisions(city) for city in cities_with_data()], ignore_index=True)
    return plain(every.astype({"census": "Int64"}))
