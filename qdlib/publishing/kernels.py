"""Kernels: their specification, the papermill engine that watches them, and their end.

Takes a time limit and a folder for notes; gives an engine that notes each kernel's process, kills it when the report takes too
long, and keeps the signal that ended it. A kernel whose worker died is found by its note: machine, process id and start time must
all match, because ids are used again. A warm kernel is another specification under the same name, `python3`: notebooks name no other.
When the last cell is done the kernel is killed, not asked to leave: it has nothing to save, and an orderly end costs 0.3 s.
"""

import json
import os
import platform
import resource
import signal
import sys
import threading
from pathlib import Path

ENGINE = "qdlib"
WARM = "qdlib-warm"  # the provisioner's entry point in pyproject.toml
# What libraries read when they are loaded and what could differ between two runs; the pre-warmed process has the same.
REPRODUCIBLE = {"MPLBACKEND": "agg", "PYTHONHASHSEED": "0"}


def write_kernelspec(folder: Path, socket: str = "") -> Path:
    """A specification named `python3` for this interpreter; whatever is registered in a home or system does not matter.

    socket: of a pre-warmed process, which then forks the kernel.
    """
    spec = folder / "kernels" / "python3"
    spec.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    quiet = ["--log-level=ERROR", "--HistoryManager.enabled=False"]
    content = {"argv": [*command, *quiet], "display_name": "Python 3", "language": "python"}
    if socket:
        content["metadata"] = {"kernel_provisioner": {"provisioner_name": WARM, "config": {"socket": socket}}}
    (spec / "kernel.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


class Watch:
    """Watches one kernel from its start to its end. `log`: where the kernel's own messages go, not to the terminal.

    `kind`: warm or plain; `why_plain`: why a warm one was not to be had; `signal`: what ended it before its last cell was done.
    """

    def __init__(self, seconds: float, notes: Path, log: Path):
        self.seconds, self.notes, self.log = seconds, notes, log
        self.fired = False
        self.process = None
        self.kind, self.why_plain, self.signal = "plain", "", None
        self.children = _children_usage()

    def begin(self, manager) -> None:
        provisioner = manager.provisioner
        self.process = getattr(provisioner, "process", None)
        if self.process is None:
            return
        self.kind = "warm" if hasattr(self.process, "cpu") else "plain"
        self.why_plain = getattr(provisioner, "why_plain", "")
        self.notes.mkdir(parents=True, exist_ok=True)
        pid = self.process.pid
        self.note = self.notes / f"{pid}.json"
        note = {"pid": pid, "started": start_time(pid), "host": platform.node()}
        self.note.write_text(json.dumps(note), encoding="utf-8")
        self.timer = threading.Timer(self.seconds, self.kill)
        self.timer.daemon = True
        self.timer.start()

    def end(self) -> None:
        if self.process is None:
            return
        self.timer.cancel()
        code = self.process.poll()
        self.signal = -code if code is not None and code < 0 else None
        self.note.unlink(missing_ok=True)

    def kill(self) -> None:
        self.fired = True
        kill_group(self.process.pid)

    def usage(self) -> tuple[float, int]:
        """Seconds of CPU and peak bytes of memory of the kernel, once it has ended."""
        if self.kind == "warm":
            return self.process.cpu, self.process.memory
        now, before = _children_usage(), self.children
        return now.ru_utime + now.ru_stime - before.ru_utime - before.ru_stime, now.ru_maxrss * 1024


def _children_usage():
    return resource.getrusage(resource.RUSAGE_CHILDREN)


def register_engine(watch: Watch) -> None:
    """Make papermill run the next notebook under this watch."""
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import NBClientEngine, papermill_engines
    from papermill.log import logger

    class WatchedClient(PapermillNotebookClient):
        def papermill_execute_cells(self):
            watch.begin(self.km)
            try:
                super().papermill_execute_cells()
            finally:
                watch.end()

    class WatchedEngine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, start_timeout=60, execution_timeout=None, **unused):
            options = {"timeout": execution_timeout, "startup_timeout": start_timeout, "kernel_name": kernel_name}
            options["shutdown_kernel"] = "immediate"
            with watch.log.open("wb") as log:
                WatchedClient(nb_man, log=logger, **options).execute(stdout=log, stderr=log)

    papermill_engines.register(ENGINE, WatchedEngine)


def start_time(pid: int) -> str:
    """When a process started, in the kernel's ticks; empty where the system does not tell."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def kill_group(pid: int) -> None:
    """A kernel leads its own process group: what it started ends with it."""
    try:
        os.killpg(pid, signal.SIGKILL) if hasattr(os, "killpg") else os.kill(pid, signal.SIGTERM)
    except (ProcessLookupError, PermissionError):
        pass


def end_noted(note: Path) -> bool:
    """End the kernel of a note if it is still that process; the note goes in any case. True when there was one to end."""
    try:
        content = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        content = {}
    note.unlink(missing_ok=True)
    here = content.get("host", platform.node()) == platform.node()  # workers of a cluster note theirs in the same folder
    alive = here and bool(content.get("started")) and start_time(content["pid"]) == content["started"]
    if alive:
        kill_group(content["pid"])
    return alive


def end_all_noted(folder: Path) -> int:
    """End the kernels that a run noted and did not end itself: those of a dead run, or of one that is being stopped."""
    return sum(end_noted(note) for note in sorted(folder.glob("*.json")))
