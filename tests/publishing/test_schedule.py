"""The scheduled command does its work once at a time; units and cron line say what was asked for, whatever is in a path."""

import os
import shlex
import shutil
import subprocess
import sys

import pytest

from qdlib.errors import RunError
from qdlib.publishing import schedule
from qdlib.publishing.schedule import Times, check_units, make_command, make_cron_line, make_units, read_times
from tests.publishing.invented import good_cells
from tests.publishing.test_kills import PLAN
from tests.publishing.test_warm import wait_until

needs_tools = pytest.mark.skipif(
    not (shutil.which("flock") and shutil.which("timeout")), reason="flock or timeout is not installed"
)
pytestmark = needs_tools


@pytest.mark.parametrize(
    ("text", "times", "calendar", "cron"),
    [
        ("Mon..Fri 06:00", Times((0, 1, 2, 3, 4), 6, 0), "Mon,Tue,Wed,Thu,Fri *-*-* 06:00:00", "0 6 * * 1,2,3,4,5 "),
        ("thu,MON 18:30", Times((0, 3), 18, 30), "Mon,Thu *-*-* 18:30:00", "30 18 * * 1,4 "),
        ("Sat..Sun 7:05", Times((5, 6), 7, 5), "Sat,Sun *-*-* 07:05:00", "5 7 * * 6,0 "),
        ("daily 06:00", Times((), 6, 0), "*-*-* 06:00:00", "0 6 * * * "),
        ("Mon..Sun 06:00", Times((), 6, 0), "*-*-* 06:00:00", "0 6 * * * "),
        ("23:59", Times((), 23, 59), "*-*-* 23:59:00", "59 23 * * * "),
    ],
)
def test_days_and_a_time_are_read(text, times, calendar, cron):
    assert read_times(text) == times
    assert f"OnCalendar={calendar}\n" in make_units(times, ["x"])["qdlib-reports.timer"]
    assert make_cron_line(times, ["x"]).startswith(cron)


@pytest.mark.parametrize(
    "text", ["", "Mo 06:00", "Fri..Mon 06:00", "Mon..Wed..Fri 06:00", "24:00", "06:60", "6", "Mon", "Mon 06:00 x", "*:0/5"]
)
def test_other_words_are_refused(text):
    with pytest.raises(RunError, match="expected days and a time"):
        read_times(text)


def test_the_command_names_files_that_exist():
    command = make_command()
    assert command[-1] == "report" and "75" in command
    assert all(os.path.isabs(word) and os.path.exists(word) for word in command if "/" in word)
    assert not any(word.endswith(".qd/lock") for word in command)


def test_what_is_missing_is_listed_at_once(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(schedule.folders, "PROJECT", tmp_path)
    with pytest.raises(RunError) as caught:
        make_command()
    assert len(caught.value.faults) == 3 and "tasks.py is missing" in str(caught.value)


def test_of_two_at_once_one_does_the_work_and_one_exits_75(tmp_path):
    source = (
        "import pathlib, sys, time\nfolder = pathlib.Path(sys.argv[1])\n"
        "(folder / 'began').touch()\nwhile not (folder / 'go').exists(): time.sleep(0.02)"
    )
    command = make_command([sys.executable, "-c", source, str(tmp_path)])
    first = subprocess.Popen(command)
    wait_until((tmp_path / "began").exists, "the first begins")
    assert subprocess.run(command).returncode == 75
    (tmp_path / "go").touch()
    assert first.wait(timeout=30) == 0
    assert subprocess.run(command).returncode == 0, "and the lock is free again"


def test_the_run_does_not_find_the_lock_of_its_own_schedule(project):
    project.write("trend", good_cells())
    project.plan(PLAN.replace("with_data", "[qingdao]"))
    done = subprocess.run(
        make_command([sys.executable, "-c", "from qdlib.cli import main; main()", "run", "--plain"]),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert project.record("cities/qingdao/trend")["status"] == "published"


AWKWARD = '/tmp/a b/100% "q" $HOME/it\'s;x'


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_systemd_accepts_the_units_and_awkward_words_reach_the_command(monkeypatch):
    monkeypatch.setenv("QD_DATA", AWKWARD)
    units = make_units(read_times("Mon..Fri 06:00"), make_command())
    assert check_units(units) == []
    broken = {
        name: text.replace("OnCalendar=", "OnCalendar=never ").replace("Type=oneshot", "Type=onceshot")
        for name, text in units.items()
    }
    assert check_units(broken), "and a wrong unit is found"
    assert (
        'ExecStart=/usr/bin/printf "a b" 50%% "it\'s" "$$x y"'
        in make_units(Times((), 6, 0), ["/usr/bin/printf", "a b", "50%", "it's", "$x y"])["qdlib-reports.service"]
    )


def test_units_limit_the_run_and_catch_up():
    units = make_units(read_times("daily 06:00"), make_command())
    service, timer = units["qdlib-reports.service"], units["qdlib-reports.timer"]
    for line in ("Type=oneshot", "SuccessExitStatus=75", "KillMode=control-group", "TimeoutStartSec=3720", "Nice=10"):
        assert f"\n{line}\n" in service
    assert "\nPersistent=true\n" in timer and "\nWantedBy=timers.target\n" in timer


def test_a_cron_line_runs_what_was_written(monkeypatch, tmp_path):
    """What cron hands to the shell: up to the first `%` that is not escaped, escapes removed."""
    folder = tmp_path / "100% sure $x it's"
    folder.mkdir()
    monkeypatch.setattr(schedule.folders, "PROJECT", folder)
    monkeypatch.setenv("QD_DATA", AWKWARD)
    line = make_cron_line(
        Times((0,), 6, 0), ["/usr/bin/env", "python3", "-c", "import os; print(os.getcwd(), os.environ['QD_DATA'], '5%')"]
    )
    words = line.split(None, 5)[5]
    assert line.count("\n") == 1 and not [place for place, sign in enumerate(words) if sign == "%" and words[place - 1] != "\\"]
    done = subprocess.run(["sh", "-c", words.replace("\\%", "%")], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{folder} {os.path.realpath(AWKWARD)} 5%"


def tool(folder, name: str, source: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{source}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine whose systemctl and crontab write down what they are asked; the real ones are left alone."""
    tools = tmp_path / "tools"
    tools.mkdir()
    tool(tools, "systemctl", f'echo "$@" >> {tools}/asked')
    tool(
        tools,
        "crontab",
        f'if [ "$1" = -l ]; then cat {tools}/table 2>/dev/null; else cat > {tools}/new; mv {tools}/new {tools}/table; fi',
    )
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tools


def test_units_are_installed_for_the_user_and_started(machine, tmp_path):
    paths = schedule.install_units(make_units(read_times("daily 06:00"), make_command()))
    assert [path.name for path in paths] == ["qdlib-reports.service", "qdlib-reports.timer"]
    assert all(path.parent == tmp_path / "config" / "systemd" / "user" and path.exists() for path in paths)
    assert (machine / "asked").read_text().splitlines() == ["--user daemon-reload", "--user enable --now qdlib-reports.timer"]


def test_a_user_without_systemd_is_told_what_to_do(machine):
    tool(machine, "systemctl", "echo 'Failed to connect to bus' >&2; exit 1")
    with pytest.raises(RunError, match=r"Failed to connect to bus.*--cron is the other way"):
        schedule.install_units(make_units(read_times("daily 06:00"), make_command()))


def test_the_cron_line_replaces_its_predecessor_and_keeps_the_others(machine):
    (machine / "table").write_text("5 5 * * * other\n")
    schedule.install_cron_line(make_cron_line(Times((), 6, 0), ["a"]))
    schedule.install_cron_line(make_cron_line(Times((), 7, 0), ["b"]))
    first, second = (machine / "table").read_text().splitlines()
    assert first == "5 5 * * * other" and second.startswith("0 7 ") and shlex.split(second, comments=True)[-1] == "b"
