"""The verbs that read and show data: build, check, read, trace."""

import json
from pathlib import Path

import click

from qdlib.errors import QdlibError


@click.command()
@click.option("--verbose", is_flag=True, help="Print every finding, not only errors and suggestions.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True, help="Language of the findings.")
def build(verbose: bool, language: str) -> None:
    """Read data/raw into data/processed, list what was found; exit 1 when a city cannot be replaced."""
    from qdlib.catalogue import load_catalogue
    from qdlib.observations.build import build as run_build
    from qdlib.observations.corrections import suggest_entry

    result = run_build()
    catalogue = load_catalogue()
    click.echo(
        f"{result.rows:,} figures of {result.cities} cities in {result.editions} editions; {len(result.applied)} corrections applied"
    )
    counts = result.findings.groupby(["level", "check"]).size()
    for (level, check), number in counts.items():
        click.echo(f"  {level:5s} {check}: {number}")
    if len(result.findings) and not verbose:
        click.echo("  `qd build --verbose` lists them, and so does each city's data-quality page")
    shown = result.findings if verbose else result.findings[result.findings["level"] == "error"]
    for row in shown.itertuples():
        click.echo(finding_line(row, catalogue, language), err=row.level == "error")
    for row in result.findings[result.findings["level"] != "low"].itertuples():
        if entry := suggest_entry(row, catalogue):
            click.echo(f"for corrections.yml, if the source shows it:\n{entry}")
    if result.stale:
        click.echo(f"kept as they were before, because of errors: {', '.join(result.stale)}", err=True)
        raise SystemExit(1)


def finding_line(row, catalogue, language: str) -> str:
    from qdlib.observations.findings import say_finding, say_suggestion

    words = (say_finding(row, catalogue, language), say_suggestion(row, catalogue, language))
    place = f"{row.level} {row.check}: {row.city} {row.indicator} {row.year} {row.edition}"
    return " · ".join(filter(None, (place, row.cells, *words)))


@click.command()
def check() -> None:
    """Check catalogue, sidecars, notebooks and run plan; write nothing."""
    from qdlib.catalogue import load_catalogue
    from qdlib.publishing.plan import check_plan
    from qdlib.reading.rows import read_raw
    from qdlib.reading.sources import raw_folder

    faults: list[str] = []
    catalogue = load_catalogue()
    try:
        raw = read_raw(raw_folder(), catalogue)
        click.echo(f"data/raw: {len(raw.rows):,} figures, {len(raw.unmatched)} without an indicator")
    except QdlibError as error:
        faults += error.faults or [str(error)]
    faults += check_plan()
    for fault in faults:
        click.echo(f"- {fault}", err=True)
    click.echo("check: " + (f"{len(faults)} faults" if faults else "no fault"))
    raise SystemExit(1 if faults else 0)


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "jsonl", "tables", "html"]), default="text", show_default=True)
@click.option("--sheet", help="Only this sheet.")
@click.option("--range", "region", help="Only this box of header, stub and body, for example A1:Z99.")
@click.option(
    "--regions", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="CSV with a sheet and a range in each line; one load."
)
@click.option("--recipe", "write", is_flag=True, help="Print a recipe for each table, filled in as far as the reader is certain.")
@click.option("--no-recipe", "ignore", is_flag=True, help="Ignore the recipes beside FILE.")
def read(
    file: Path, form: str, sheet: str | None, region: str | None, regions: Path | None, write: bool, ignore: bool
) -> None:
    """Show what the reader sees in FILE, or count it in the files of a folder; exit 3 when it is not certain."""
    from qdlib.reading.sources import read_regions
    from qdlib.reading.views import describe, describe_folder, write_recipes

    if file.is_dir() and (write or region or regions or sheet or form != "text"):
        raise click.UsageError(f"{file} is a folder, which is only counted; name one file of it for {form} or --recipe")
    if region and regions:
        raise click.UsageError("--range and --regions both name boxes; give one of them")
    try:
        boxes = read_regions(regions) if regions else ()
    except QdlibError as fault:
        raise click.UsageError(str(fault)) from fault
    if file.is_dir():
        out, err, code = describe_folder(file, not ignore)
    elif write:
        out, err, code = write_recipes(file, sheet)
    else:
        out, err, code = describe(file, format=form, sheet=sheet, region=region, regions=boxes, recipes=not ignore)
    click.echo(out, nl=False)
    click.echo(err, nl=False, err=True)
    raise SystemExit(code)


@click.command()
@click.argument("city")
@click.argument("indicator")
@click.argument("year", type=int)
@click.option("--scope", type=click.Choice(["whole_city", "urban_districts"]), default="whole_city", show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def trace(city: str, indicator: str, year: int, scope: str, form: str) -> None:
    """Print a figure in every edition, each with its source cell: qd trace qingdao gdp_current_prices 2017"""
    from qdlib.catalogue import load_catalogue
    from qdlib.observations.revisions import say_event
    from qdlib.observations.tracing import trace as trace_figure

    found = trace_figure(city, indicator, year, scope)
    if form == "json":
        click.echo(json.dumps(json.loads(found.to_json(orient="records", force_ascii=False)), ensure_ascii=False, indent=1))
        return
    catalogue = load_catalogue()
    click.echo(f"{city} · {indicator} ({catalogue.indicators[indicator].name.zh}) · {year} · {scope}")
    for row in found.itertuples():
        unit = catalogue.units[row.unit].zh[0]
        change = f" {row.change_pct:+.2f} % beside {row.beside}" if row.change_pct == row.change_pct else ""
        chosen = f"  ← {row.chosen_by.replace(' ', ', ')}" if row.chosen_by else ""
        sign = {"above": ">", "below": "<", "about": "≈"}.get(row.bound, "")
        figure = f"{sign}{row.raw or row.value}" + ("" if unit in str(row.raw) else f" {unit}")
        click.echo(
            f"{row.published:10s}  {figure}  {row.status}  {row.relation}{change}  {row.edition}{chosen}"
        )
        click.echo(f"            {row.source_cell}" + (f"  ({row.note})" if row.note else ""))
        corrected = row.correction and f"corrected by {row.correction}"
        remarks = [say_event(row, catalogue, "en") if row.event else "", corrected, row.findings and f"findings: {row.findings}"]
        if any(remarks):
            click.echo("            " + "; ".join(filter(None, remarks)))
