"""The verb that hands the data out as files, or stores a stage of the evaluation: export."""

from datetime import date
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
@click.option(
    "--stage",
    metavar="NAME",
    help="Store a stage of the evaluation in data/raw instead, once and for all: 2026H1 or 2026H2. Takes --today only.",
)
@click.option("--today", metavar="DAY", help="Day of the evaluation that --stage stores, such as 2026-12-31; default: today.")
def export(city, indicator, vintage, form, language, folder, stage, today) -> None:
    """Write the data as xlsx, CSV, SDMX-CSV and data package, and list the files: qd export --city qingdao"""
    if stage is not None:
        if city or indicator or form or (vintage, language, folder) != ("latest", "zh", Path(FOLDER)):
            raise click.UsageError("--stage stores the whole evaluation and takes --today only")
        store_stage(stage, today)
        return
    if today is not None:
        raise click.UsageError("--today is the day of a stage; give --stage NAME with it")
    export_files(city, indicator, vintage, form, language, folder)


def export_files(city, indicator, vintage, form, language, folder) -> None:
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


def store_stage(name: str, today: str | None) -> None:
    """Freeze the evaluation of the policy as of a day: verdicts, the figures behind them, list measures, reviews in force."""
    from qdlib.analysis.calibration import look_back
    from qdlib.analysis.item_reports import collect_reports
    from qdlib.analysis.programme import assess_programme
    from qdlib.analysis.stages import freeze_stage
    from qdlib.analysis.targets import last_full_year
    from qdlib.catalogue import load_catalogue
    from qdlib.catalogue.documents import is_day
    from qdlib.observations import store
    from qdlib.publishing.keys import method_version
    from qdlib.reading.sources import raw_folder
    from qdlib.reading.stage_archive import write_stage
    from qdlib.reading.stages import check_stage_name

    today, catalogue = today or date.today().isoformat(), load_catalogue()
    if not is_day(today):
        raise click.UsageError(f"--today is {today!r}, expected a day such as 2026-12-31")
    try:
        check_stage_name(name, today, catalogue.policy.plan[0])
    except DataError as error:
        error.exit_code = 2  # a name that a person typed
        raise
    city = catalogue.policy.city
    listed = assess_programme(catalogue.programme, collect_reports(store.read_shared("programme")), today)
    past = look_back(store.read_shared("calibration"), store.read_peers(city))
    tables = freeze_stage(catalogue, store.read_series(city), store.read_observations(city), listed, today, past)
    about = {
        "stage": name,
        "policy": catalogue.policy.title.zh,
        "city": city,
        "today": today,
        "last_full_year": str(last_full_year(today)),
        "method": method_version(),
        "data": store.content_hash(city),
    }
    folder = write_stage(raw_folder(), tables, about)
    counts = ", ".join(f"{len(frame)} {table}" for table, frame in tables.items())
    click.echo(f"stage {name} as of {today}: {counts}; method {about['method']}")
    click.echo(f"stored in {folder}, to be committed and never changed; `qd build` hands it on to the reports")
