"""The command `qd`: arguments and exit codes, nothing else.

Exit codes: 0 when all went well, 1 after a failure (each one is listed), 2 for wrong usage, 3 when `qd read` is not certain, 75
while another run holds the lock. Modules: `data` (build, check, read, trace), `exports` (export),
`departments` (template), `lists` (list), `reports` (run, lab, schedule).
"""

import click

from qdlib.errors import BusyError, CatalogueError, QdlibError

BUSY, FAILED, USAGE = 75, 1, 2


class Commands(click.Group):
    """A group that turns qdlib's errors into one message on stderr and an exit code, never a traceback."""

    def invoke(self, context: click.Context):
        try:
            return super().invoke(context)
        except BusyError as error:
            stop(error, BUSY)
        except CatalogueError as error:
            # An unknown id that a person typed is wrong usage; a broken catalogue lists its faults and has failed.
            stop(error, FAILED if error.faults else USAGE)
        except QdlibError as error:
            stop(error, getattr(error, "exit_code", FAILED))


def stop(error: Exception, code: int) -> None:
    click.echo(f"qd: {error}", err=True)
    raise SystemExit(code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="qdlib")
def main() -> None:
    """Yearbooks to reports: every figure with its source cell."""


from qdlib.cli import data, departments, exports, lists, reports  # noqa: E402 - the verbs register themselves on `main`

for verb in (
    data.build,
    data.check,
    data.read,
    data.trace,
    exports.export,
    departments.template,
    lists.list_,
    reports.run,
    reports.lab,
    reports.schedule,
):
    main.add_command(verb)
