"""Whole runs that lose a process or the disk on the way: no half page, nothing left behind, the next run repairs."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qdlib.publishing import folders, publication
from qdlib.publishing.runs import run
from tests.publishing.invented import DEFAULT_CITIES, Project, code, good_cells
from tests.publishing.test_warm import is_running, wait_until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found in /proc")
PLAN = 'runs:\n  - {notebook: trend, for: {city: with_data}, page: "cities/{city}/trend", reads: [city], figures: 1, tables: 1}\n'
# Says which process it is, then waits to be killed or let go.
WAIT = """
import os, pathlib, time
folder = pathlib.Path(os.environ["QD_REPORTS"]).parent
written = (folder / f"{city}.pid").write_text(str(os.getpid()))
while not (folder / "go").exists(): time.sleep(0.02)
"""
DRIVE = "import sys\nfrom qdlib.publishing.runs import run\nif __name__ == '__main__':\n    sys.exit(run(workers=2))"


class Drive:
    """A run of two reports in a process of its own, both in the middle of their notebooks."""

    def __init__(self, project: Project):
        self.project, self.folder = project, project.reports.parent
        project.write("trend", good_cells(body=(code(WAIT),)))
        project.plan(PLAN)
        script = self.folder / "drive.py"
        script.write_text(DRIVE, encoding="utf-8")
        self.process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.kernels = self.wait_for_kernels()

    def wait_for_kernels(self) -> dict[str, int]:
        files, deadline = [self.folder / f"{city}.pid" for city in DEFAULT_CITIES], time.monotonic() + 60
        while not all(file.exists() and file.read_text() for file in files):
            assert self.process.poll() is None and time.monotonic() < deadline, self.process.communicate()
            time.sleep(0.02)
        return {file.stem: int(file.read_text()) for file in files}

    def below(self, pid: int | None = None) -> list[int]:
        """All processes that the run, or another of them, has started."""
        found = [pid or self.process.pid]
        for parent in found:
            try:
                found += [int(word) for word in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
            except OSError:
                continue
        return found[1:]

    def named(self, name: str) -> int:
        return next(pid for pid in self.below() if name in Path(f"/proc/{pid}/cmdline").read_text())

    def finish(self) -> tuple[int, str]:
        """Let the notebooks go on; exit code and stderr of the run."""
        (self.folder / "go").touch()
        _, said = self.process.communicate(timeout=90)
        return self.process.returncode, said

    def records(self) -> list[dict]:
        return [self.project.record(f"cities/{city}/trend") for city in DEFAULT_CITIES]


@pytest.fixture
def drive(project):
    driven = Drive(project)
    yield driven
    driven.process.kill()
    driven.process.wait()


def test_a_killed_worker_costs_a_round_and_nothing_else(drive):
    worker = drive.below(drive.named("forkserver"))[0]
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: not any(map(is_running, drive.kernels.values())), "a kernel outlived its worker")
    code, said = drive.finish()
    assert code == 0, said
    assert [record["status"] for record in drive.records()] == ["published"] * 2
    assert max(record["attempts"] for record in drive.records()) == 2


def test_a_killed_kernel_runs_once_more_on_a_plain_one(drive):
    os.kill(drive.kernels["qingdao"], signal.SIGKILL)
    code, said = drive.finish()
    assert code == 0 and "1 on plain kernels: the kernel of the first try died" in said
    first, second = drive.records()
    assert (first["kernel"], first["attempts"], first["why_plain"]) == ("plain", 2, "the kernel of the first try died")
    assert (second["kernel"], second["attempts"], second["why_plain"]) == ("warm", 1, "")


def test_a_killed_warm_process_is_survived(drive):
    os.kill(drive.named("qdlib.publishing.warm"), signal.SIGKILL)
    wait_until(lambda: not any(map(is_running, drive.kernels.values())), "a kernel outlived its parent")
    code, said = drive.finish()
    assert code == 0, said
    assert [record["status"] for record in drive.records()] == ["published"] * 2


def test_a_killed_run_leaves_the_old_page_and_no_process(project, monkeypatch):
    project.write("trend", good_cells())
    project.plan(PLAN)
    assert run(plain=True) == 0
    before = {path: content for path, content in project.tree().items() if "trend" in path}
    drive = Drive(project)
    family = drive.below()
    assert len(family) >= 5, "pre-warmed process, two kernels, server of the workers, workers"
    drive.process.kill()
    drive.process.wait()
    wait_until(lambda: not any(map(is_running, family)), f"left behind: {[pid for pid in family if is_running(pid)]}")
    assert {path: content for path, content in project.tree().items() if "trend" in path} == before
    (drive.folder / "go").touch()
    assert run(plain=True) == 0
    assert [record["reason"] for record in drive.records()] == ["notebook"] * 2
    assert not list((project.reports / ".qd" / "kernels").glob("*.json"))


def test_a_report_that_kills_its_worker_each_time_fails_alone(project):
    """The kernel of a spawned worker is that worker's child; a warm one is not, so this report asks for plain kernels."""
    project.write("trend", good_cells())
    project.write("killer", good_cells(body=(code("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"),)))
    project.plan(PLAN + "  - {notebook: killer, page: killer, reads: [qingdao], figures: 1, tables: 1}\n")
    assert run(plain=True, workers=2) == 1
    assert project.record("killer")["attempts"] == 3 and "worker process died" in project.record("killer")["faults"][0]["detail"]
    assert {project.record(f"cities/{city}/trend")["status"] for city in DEFAULT_CITIES} == {"published"}


@pytest.fixture
def small_disk(project):
    """The site on a disk of its own, where this machine lets us have one."""
    project.reports.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(project.reports)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield project
    subprocess.run(["umount", "--lazy", str(project.reports)], check=True)


def test_a_full_disk_keeps_the_old_pages_and_the_next_run_repairs(small_disk, capsys):
    project = small_disk
    project.write("trend", good_cells())
    project.plan(PLAN)
    assert run(plain=True) == 0
    before = {path: content for path, content in project.tree().items() if path.endswith("trend.html")}
    project.set_data({"qingdao": "3333cccc", "jinan": "4444dddd"})
    ballast = project.reports / ".qd" / "ballast"
    with pytest.raises(OSError, match="space"), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"0" * 4096)
    capsys.readouterr()
    assert run(plain=True) == 1
    said = capsys.readouterr().err
    assert "No space left" in said and "failed" in said
    assert {path: content for path, content in project.tree().items() if path.endswith("trend.html")} == before
    ballast.unlink()
    assert run(plain=True) == 0
    assert all(
        "3333cccc" in project.page(id) or "4444dddd" in project.page(id) for id in ("cities/jinan/trend", "cities/qingdao/trend")
    )


@pytest.mark.parametrize("kind", [".html", ".json"])
def test_a_disk_that_fills_while_publishing_is_named_and_repaired(project, monkeypatch, capsys, kind):
    project.write("trend", good_cells())
    project.plan(PLAN.replace("with_data", "[qingdao]"))
    assert run(plain=True) == 0
    old = project.page("cities/qingdao/trend")
    whole, replace_file = len(project.tree()), folders.replace_file

    def full(source, target):
        if target.suffix == kind and "trend" in str(target) and ".qd" not in target.parts:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        replace_file(source, target)

    monkeypatch.setattr(folders, "replace_file", full)
    project.set_data({"qingdao": "3333cccc"})
    assert run(plain=True) == 1
    assert "could not be written" in capsys.readouterr().err
    assert publication.read_published("cities/qingdao/trend") is None
    kept = project.page("cities/qingdao/trend")
    assert kept.endswith("</html>\n") and (
        kind == ".json" or old.partition("<!--/stale-->")[2] == kept.partition("<!--/stale-->")[2]
    )
    monkeypatch.setattr(folders, "replace_file", replace_file)
    assert run(plain=True) == 0
    assert "3333cccc" in project.page("cities/qingdao/trend") and len(project.tree()) == whole
    assert json.loads((project.reports / "runs/cities/qingdao/trend.json").read_text("utf-8"))["stale_since"] == ""
