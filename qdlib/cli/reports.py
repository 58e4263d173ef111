"""The verbs that run notebooks: run, lab, schedule."""

from pathlib import Path

import click

from qdlib.errors import QdlibError, RunError


@click.command()
@click.option("--only", multiple=True, metavar="NOTEBOOK", help="Only this notebook; may be repeated.")
@click.option("--city", multiple=True, metavar="SLUG", help="Only reports of this city; may be repeated.")
@click.option("--pillar", multiple=True, metavar="ID", help="Only reports of this pillar; may be repeated.")
@click.option("--language", multiple=True, type=click.Choice(["zh", "en"]), help="Only this language.")
@click.option("--executor", default="local", show_default=True, help="Where notebooks run: local, or the address of a Dask scheduler, tcp://host:8786.")
@click.option("--workers", type=click.IntRange(1, 64), help="Number of worker processes; default: two per core, one with plain kernels.")
@click.option("--plain", is_flag=True, help="Use plain kernels, none of the pre-warmed process.")
@click.option("--force", is_flag=True, help="Run every report, changed or not.")
@click.option(
    "--plan", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Another run plan than notebooks/runs.yml."
)
@click.option(
    "-p", "--parameter", multiple=True, metavar="NAME=VALUE", help="Set a notebook parameter, checked before anything starts."
)
def run(only, city, pillar, language, executor, workers, plain, force, plan, parameter) -> None:
    """Run the plan of notebooks/runs.yml and publish reports/; unchanged reports are left alone."""
    from qdlib.publishing.runs import run as run_plan

    values = dict(split_parameter(text) for text in parameter)
    filters = {"only": only, "city": city, "pillar": pillar, "language": language, "parameters": values}
    try:
        code = run_plan(**filters, workers=workers, force=force, plan=plan, executor=executor, plain=plain)
    except RunError as error:
        # Refused before anything started: wrong usage where something was asked for, a broken plan otherwise.
        error.exit_code = 2 if any(filters.values()) else 1
        raise
    raise SystemExit(code)


def split_parameter(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise click.UsageError(f"--parameter is {text!r}, expected NAME=VALUE, for example first_year=1990")
    return name.strip(), value


@click.command()
def lab() -> None:
    """Open JupyterLab on the notebooks."""
    from qdlib.publishing.lab import start

    try:
        raise SystemExit(start())
    except QdlibError:
        raise
    except OSError as error:
        raise RunError(f"JupyterLab could not be started: {error}") from error


@click.command()
@click.option("--at", default="Mon..Fri 06:00", show_default=True, metavar="TIMES", help="Days and a time: Mon,Thu 18:30, daily 06:00.")
@click.option("--cron", is_flag=True, help="A line of cron instead of a systemd timer; cron does not catch up on a missed start.")
@click.option("--install", is_flag=True, help="Install it for this user instead of printing it.")
def schedule(at, cron, install) -> None:
    """Print a systemd timer, or a line of cron, that publishes the reports at a fixed hour; or install it."""
    from qdlib.publishing import schedule as schedules

    times, command = read_at(at), schedules.make_command()
    if cron:
        line = schedules.make_cron_line(times, command)
        schedules.install_cron_line(line) if install else click.echo(line, nl=False)
        return
    units = schedules.make_units(times, command)
    if not install:
        click.echo("\n".join(f"# {name}\n{text}" for name, text in units.items()), nl=False)
        for fault in schedules.check_units(units):
            click.echo(f"systemd-analyze: {fault}", err=True)
        return
    for path in schedules.install_units(units):
        click.echo(f"installed {path}")
    click.echo("to run while nobody is logged in: loginctl enable-linger")


def read_at(text: str):
    from qdlib.publishing.schedule import read_times

    try:
        return read_times(text)
    except RunError as error:
        raise click.UsageError(str(error)) from error
