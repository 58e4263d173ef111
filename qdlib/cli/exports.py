"""The verb that hands the data out as files: export."""

from pathlib import Path

import click

from qdlib.errors import DataError

FORMATS = ("xlsx", "csv", "sdmx-csv", "datapackage")
FOLDER = "qd-export"


@click.command()
@click.option("--city", multiple=True, metavar="SLUG", help="Only this city; may be repeated. Default: all with data.")
@click.option("--indicator", multiple=True, metavar="ID", help="Only this indicator; may be repeated. Default: all.")
@click.option(
    "--vintage",
    default="latest",
    show_default=True,
    help="Of the series and the workbook's tables: latest, first_release, as_of:YYYY-MM-DD or edition:ID. "
    "The observations are all editions.",
)
@click.option(
    "--format", "form", multiple=True, type=click.Choice(FORMATS), help="Only this format; may be repeated. Default: all."
)
@click.option(
    "--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the workbook and of descriptions."
)
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=FOLDER,
    show_default=True,
    help="Folder for the files; those of the same names are replaced.",
)
def export(city, indicator, vintage, form, language, folder) -> None:
    """Write the data as xlsx, CSV, SDMX-CSV and data package, and list the files: qd export --city qingdao"""
    from qdlib.observations.exports import export_figures, select_figures

    try:
        selection = select_figures(city, indicator, vintage)
    except DataError as error:
        # Its faults are ids and vintages that a person typed; without any, it is the data that are missing.
        error.exit_code = 2 if error.faults else 1
        raise
    files = export_figures(selection, folder, form or FORMATS, language)
    click.echo(f"{len(files)} files in {folder.resolve()}")
    width = max(len(file.path) for file in files)
    for file in files:
        rows = "" if file.rows is None else f"  {file.rows:>9,} figures"
        click.echo(f"  {file.path:{width}}  {len(file.content):>11,} bytes{rows}")
