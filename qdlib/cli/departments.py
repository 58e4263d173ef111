"""The verb of the reporting departments: template, and the check of a filled one."""

from datetime import date
from pathlib import Path

import click

from qdlib.errors import SourceError, raise_all


@click.command()
@click.option("--pillar", multiple=True, metavar="ID", help="Only targets of this pillar; may be repeated. Default: all.")
@click.option("--city", metavar="SLUG", help="Of this city; default: the policy's own.")
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the workbook and of its faults."
)
@click.option("--today", default=None, help="The day (YYYY-MM-DD) that says which year is the last full one; default: today.")
@click.option(
    "--to", "target", type=click.Path(dir_okay=False, path_type=Path), default="departments.xlsx", show_default=True,
    help="The workbook to write; one of the same name is replaced.",
)  # fmt: skip
@click.option(
    "--check", "filled", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read this filled workbook instead and list its faults (exit 1), or what it would add.",
)  # fmt: skip
def template(pillar, city, language, today, target, filled) -> None:
    """Write the workbook in which departments report figures that are not public, or check a filled one."""
    try:
        today = date.fromisoformat(today or date.today().isoformat()).isoformat()
    except ValueError as error:
        raise click.UsageError(f"--today is {today!r}, expected a day such as 2026-11-20") from error
    if filled:
        check_filled(filled, today, language)
    else:
        write_template(pillar, city, language, today, target)


def write_template(pillar, city, language: str, today: str, target: Path) -> None:
    from qdlib.analysis.reporting_gaps import list_gaps
    from qdlib.analysis.targets import last_full_year
    from qdlib.catalogue import load_catalogue
    from qdlib.observations.exports import ExportFile, write_files
    from qdlib.observations.store import read_observations, read_series
    from qdlib.observations.template import make_template

    catalogue = load_catalogue()
    city, full_year = catalogue.need_city(city or catalogue.policy.city).slug, last_full_year(today)
    gaps = list_gaps(catalogue, read_series(city), read_observations(city), full_year, pillar)
    pairs = [(gap.target, gap.year) for gap in gaps]
    content = make_template(pairs, catalogue, city, full_year, language, pillar)
    write_files(target.parent, [ExportFile(target.name, content, len(gaps))])
    targets = len({gap.target for gap in gaps})
    click.echo(f"{target}: {len(gaps)} years without a public figure, of {targets} targets up to {full_year}; one row each")


def check_filled(filled: Path, today: str, language: str) -> None:
    from qdlib.catalogue import load_catalogue
    from qdlib.reading.department import draft_sidecar, read_report
    from qdlib.reading.sources import load_bytes

    catalogue = load_catalogue()
    data = load_bytes(filled)
    report = read_report(data, filled.name, today, catalogue)
    faults = [fault.words(filled.name, catalogue, language) for fault in report.faults]
    raise_all(SourceError, faults, f"{filled.name} cannot be taken over")
    for row in report.rows:
        name = catalogue.indicators[row["indicator"]].name.in_language(language)
        unit = catalogue.units[row["unit"]].symbol(language)
        click.echo(f"{name} · {row['year']} · {row['raw']} {unit} · {row['status']} · {row['published']} · {row['note']}")
    added = f"{len(report.rows)} figures, {len(report.programme)} programme items"
    click.echo(f"{filled.name}: no fault; would add {added}; {report.unreported} rows without figure")
    if report.rows or report.programme:
        click.echo(f"to add it: data/raw/department_reports/{today}/{filled.name}, and beside it {filled.name}.source.yml:")
        click.echo(draft_sidecar(data, filled.name, today, catalogue), nl=False)
