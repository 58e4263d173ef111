"""The workbook's sheets beside the figures: cover, contents, notes, indicators, sources.

Takes a `Selection` and, for the contents, the other tables; gives `Table`s. No date of the day stands anywhere: the same data
give the same bytes, and the newest publication says how fresh they are.
"""

from functools import partial

from qdlib.observations.citations import in_language
from qdlib.observations.rows import BOUNDS, SCOPES, STATUSES
from qdlib.observations.sheets import MARKS, NOT_APPLICABLE, NOT_AVAILABLE, Link, Table, span, vintage_name


def make_cover(selection, language: str) -> Table:
    say = partial(selection.catalogue.say, language=language)
    rows = selection.rows
    counts = {
        "indicators": rows["indicator"].nunique(),
        "figures": f"{len(rows):,}",
        "editions": rows["edition"].nunique(),
        **span(rows),
    }
    if len(selection.cities) == 1:
        city = selection.catalogue.cities[selection.cities[0]].name.in_language(language)
        content = say("export.cover.selection_one", city=city, **counts)
    else:
        content = say("export.cover.selection", cities=len(selection.cities), **counts)
    newest = rows.sort_values(["published", "edition"], kind="stable").iloc[-1]
    publication = selection.catalogue.source_of(newest["edition"]).title.in_language(language)
    lines = (
        say("export.description"),
        content,
        say("export.cover.vintage", vintage=vintage_name(selection, say)),
        say(
            "export.cover.newest",
            edition=newest["edition"],
            publication=publication,
            published=newest["published"],
            hash=selection.hash,
        ),
        say("export.cover.status"),
        say("export.cover.licence"),
        Link(say("export.cover.start"), say("export.sheet.contents")),
    )
    return Table("cover", say("export.sheet.cover"), say("export.title"), lines)


def list_contents(tables: list[Table], say) -> Table:
    headings = ("table", "content", "unit", "years", "cities", "figures")
    rows = []
    for table in tables:
        note = table.summary
        years = f"{note['first']}–{note['last']}" if "first" in note else NOT_APPLICABLE
        facts = (note.get("unit", NOT_APPLICABLE), years, note.get("cities", NOT_APPLICABLE), note.get("figures", NOT_APPLICABLE))
        rows.append((Link(table.name, table.name), table.title, *facts))
    headings = tuple(say(f"export.column.{name}") for name in headings)
    return Table(
        "contents", say("export.sheet.contents"), say("export.table.contents"), (say("export.line.contents"),), headings, rows
    )


def list_notes(selection, language: str) -> Table:
    """Marks, codes, the vintage, rules for reading, and the units that occur."""
    catalogue = selection.catalogue
    say = partial(catalogue.say, language=language)
    kind = selection.vintage.partition(":")[0]
    units = sorted(set(selection.rows["unit"]) | set(selection.series["unit"]))
    entries = [
        *(("mark", f"[{mark}]", say(f"export.mark.{mark}")) for mark in MARKS),
        *(("empty", f"[{mark}]", say(f"export.empty.{mark}")) for mark in ("x", "z")),
        ("vintage", vintage_name(selection, say), say(f"export.vintage.{kind}")),
        *(
            ("reading", str(number), say(f"export.reading.{key}"))
            for number, key in enumerate(("years", "units", "shown", "text"), 1)
        ),
        *(("status", status, say(f"export.status.{status}")) for status in sorted(STATUSES)),
        *(("bound", bound, say(f"export.bound.{bound}")) for bound in BOUNDS),
        *(("scope", scope, say(f"export.scope.{scope}")) for scope in SCOPES),
        *(("unit", unit, catalogue.units[unit].symbol(language)) for unit in units),
    ]
    rows = [(say(f"export.group.{group}"), term, meaning) for group, term, meaning in entries]
    headings = tuple(say(f"export.column.{name}") for name in ("group", "term", "meaning"))
    return Table("notes", say("export.sheet.notes"), say("export.table.notes"), (say("export.line.notes"),), headings, rows)


def list_indicators(selection, language: str) -> Table:
    catalogue, rows = selection.catalogue, []
    say = partial(catalogue.say, language=language)
    for key in sorted(set(selection.rows["indicator"])):
        item = catalogue.indicators[key]
        definition = item.definition.in_language(language) if item.definition else NOT_AVAILABLE
        words = (
            say(f"export.theme.{item.theme}"),
            catalogue.units[item.unit].symbol(language),
            say(f"export.price.{item.price}"),
        )
        rows.append((key, item.name.in_language(language), *words, definition))
    headings = tuple(
        say(f"export.column.{name}") for name in ("indicator", "indicator_name", "theme", "unit", "price", "definition")
    )
    return Table(
        "indicators",
        say("export.sheet.indicators"),
        say("export.table.indicators"),
        (say("export.line.indicators"),),
        headings,
        rows,
    )


def list_sources(selection, language: str) -> Table:
    """One edition a row, the official ones first."""
    catalogue, rows = selection.catalogue, []
    say = partial(catalogue.say, language=language)
    editions = selection.rows.groupby("edition").agg(published=("published", "max"), figures=("published", "size"))
    for edition, row in editions.iterrows():
        source = catalogue.source_of(edition)
        publisher = in_language(source.publisher or NOT_AVAILABLE, language)
        words = (source.title.in_language(language), publisher, say(f"export.class.{source.class_}"), row["published"])
        rows.append((source.rank, (edition, *words, source.licence.in_language(language), int(row["figures"]))))
    ordered = [row for _, row in sorted(rows)]
    names = ("edition", "title", "publisher", "class", "published", "licence", "figures")
    headings = tuple(say(f"export.column.{name}") for name in names)
    return Table(
        "sources", say("export.sheet.sources"), say("export.table.sources"), (say("export.line.sources"),), headings, ordered
    )
