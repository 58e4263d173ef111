"""Reports at a fixed hour: a systemd timer, or a line of cron, printed or installed.

Takes days and a time; gives the texts and, when told, puts them where the system looks. What is started is `tasks.py report` under
`flock` and `timeout`: a run that is still going makes the next exit 75, one that hangs is ended after an hour. The lock is held on
tasks.py itself, which is there before the first run, never on `.qd/lock`: that is the run's, and would answer 75 to itself. systemd
catches up once on a start that was missed; cron does not. Any other scheduler may call the same command.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from qdlib.errors import RunError, raise_all
from qdlib.publishing import folders

NAME = "qdlib-reports"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
AT = re.compile(r"(?:(?P<days>[A-Za-z.,]+)\s+)?(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)")
USUAL = "Mon..Fri 06:00"
LONGEST = 3600  # seconds of one run: 300 reports take a few minutes
GRACE = 60  # seconds between SIGTERM, on which a run ends its kernels and writes its records, and SIGKILL


@dataclass(frozen=True)
class Times:
    """Days of the week (0 is Monday; none stands for all) and a time of day."""

    days: tuple[int, ...]
    hour: int
    minute: int


def read_times(text: str) -> Times:
    """`Mon..Fri 06:00`, `Mon,Thu 18:30`, `daily 06:00` or `06:00`."""
    found = AT.fullmatch(text.strip())
    days = read_days(found["days"]) if found else None
    if days is None:
        raise RunError(f"--at is {text!r}, expected days and a time such as {USUAL!r}, 'Mon,Thu 18:30' or 'daily 06:00'")
    return Times(days, int(found["hour"]), int(found["minute"]))


def read_days(text: str | None) -> tuple[int, ...] | None:
    """None when a day is unknown or a range runs backwards."""
    if text is None or text.lower() == "daily":
        return ()
    days: set[int] = set()
    for part in text.split(","):
        ends = [DAYS.index(name.title()) if name.title() in DAYS else -1 for name in part.split("..")]
        if len(ends) > 2 or -1 in ends or ends[0] > ends[-1]:
            return None
        days |= set(range(ends[0], ends[-1] + 1))
    return tuple(sorted(days)) if len(days) < len(DAYS) else ()


def make_command(work: list[str] | None = None) -> list[str]:
    """The scheduled command. work: what runs under lock and time limit; usually `tasks.py report`."""
    tools = {name: shutil.which(name) for name in ("flock", "timeout")}
    missing = [f"{name} is not installed (util-linux, coreutils)" for name, path in tools.items() if not path]
    tasks = folders.PROJECT / "tasks.py"
    if not tasks.exists():
        missing.append(f"{tasks} is missing: schedule from a checkout of the project")
    raise_all(RunError, missing, "schedule")
    limits = [tools["flock"], "-n", "-E", "75", str(tasks), tools["timeout"], f"--kill-after={GRACE}", str(LONGEST)]
    return [*limits, *(work or [own_python(), str(tasks), "report"])]


def own_python() -> str:
    """The interpreter that the environment was made from: tasks.py may make the environment anew under its feet."""
    base = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return str(base if base.exists() else sys.executable)


def settings() -> dict[str, str]:
    """QD_* variables of this shell: the scheduled run shall use the same folders."""
    return {name: str(folders.folder_of(name)) for name in folders.FOLDER_VARIABLES if os.environ.get(name)}


def make_units(times: Times, command: list[str]) -> dict[str, str]:
    """Service and timer by file name."""
    days = ",".join(DAYS[day] for day in times.days)
    service = [
        "[Unit]",
        "Description=qdlib: build the data and publish the reports that changed",
        "",
        "[Service]",
        "Type=oneshot",
        f"WorkingDirectory={escape_unit(str(folders.PROJECT))}",
        *(f"Environment={quote_unit(f'{name}={value}')}" for name, value in settings().items()),
        f"ExecStart={' '.join(quote_unit(word, command=True) for word in command)}",
        "# 75: the run before is still going.",
        "SuccessExitStatus=75",
        f"TimeoutStartSec={LONGEST + 2 * GRACE}",
        "KillMode=control-group",
        "Nice=10",
    ]
    timer = [
        "[Unit]",
        "Description=qdlib reports at a fixed hour",
        "",
        "[Timer]",
        f"OnCalendar={f'{days} ' if days else ''}*-*-* {times.hour:02}:{times.minute:02}:00",
        "# A start that was missed while the machine was off is made up for once.",
        "Persistent=true",
        "RandomizedDelaySec=300",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]
    return {f"{NAME}.service": "\n".join(service) + "\n", f"{NAME}.timer": "\n".join(timer) + "\n"}


def escape_unit(text: str) -> str:
    return text.replace("%", "%%")


def quote_unit(word: str, command: bool = False) -> str:
    """One word of a unit file; in a command `$` would be a variable."""
    escaped = escape_unit(word).replace("\\", "\\\\").replace('"', '\\"')
    escaped = escaped.replace("$", "$$") if command else escaped
    return f'"{escaped}"' if re.search(r"[\s'\"\\;]", escaped) or not escaped else escaped


def make_cron_line(times: Times, command: list[str]) -> str:
    """One line of a crontab; `%` would be a line break there."""
    days = ",".join(str((day + 1) % 7) for day in times.days) or "*"
    words = [*(f"{name}={shlex.quote(value)}" for name, value in settings().items()), shlex.join(command)]
    work = f"cd {shlex.quote(str(folders.PROJECT))} && {' '.join(words)}"
    escaped = work.replace("%", "\\%")
    return f"{times.minute} {times.hour} * * {days} {escaped}  # {NAME}\n"


def check_units(units: dict[str, str]) -> list[str]:
    """What `systemd-analyze` finds wrong with the units; nothing where it is not installed."""
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        return []
    with tempfile.TemporaryDirectory() as folder:
        for name, text in units.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        calendar = re.search(r"^OnCalendar=(.*)$", units[f"{NAME}.timer"], re.M).group(1)
        checks = [["verify", "--man=no", *(str(Path(folder) / name) for name in units)], ["calendar", calendar]]
        done = [subprocess.run([analyze, *check], capture_output=True, text=True) for check in checks]
    return [line for run in done if run.returncode for line in run.stderr.splitlines() if line.strip()]


def install_units(units: dict[str, str]) -> list[Path]:
    """Write the units for this user and start the timer; RunError when the user's systemd does not answer."""
    raise_all(RunError, check_units(units), "systemd units")
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    for name, text in units.items():
        folders.write_file(folder / name, text)
    for words in (["daemon-reload"], ["enable", "--now", f"{NAME}.timer"]):
        call(["systemctl", "--user", *words], f"the units lie in {folder}, but the timer is not started; --cron is the other way")
    return [folder / name for name in units]


def install_cron_line(line: str) -> None:
    """Put the line into this user's crontab, in the place of an earlier one."""
    listed = subprocess.run([find("crontab"), "-l"], capture_output=True, text=True)
    kept = [other for other in listed.stdout.splitlines() if not other.endswith(f"# {NAME}")] if listed.returncode == 0 else []
    call(["crontab", "-"], "the crontab is unchanged", "\n".join([*kept, line.rstrip("\n")]) + "\n")


def find(name: str) -> str:
    path = shutil.which(name)
    if not path:
        raise RunError(f"{name} is not installed on this machine: print the schedule without --install and place it by hand")
    return path


def call(command: list[str], consequence: str, given: str | None = None) -> None:
    done = subprocess.run([find(command[0]), *command[1:]], input=given, capture_output=True, text=True)
    if done.returncode:
        raise RunError(f"`{shlex.join(command)}` ended with {done.returncode}: {done.stderr.strip()} · {consequence}")
