"""Keeps one pre-warmed process: starts it, waits until it is ready, replaces it when it is stale or dead, ends it.

Takes nothing but the interpreter; gives the path of its socket, or the reason why kernels will be plain. The socket lies in a fresh
folder for this user alone with a short path, because a unix socket's path has at most 107 bytes. A successor takes over the path of
its predecessor, which goes on until its last kernel has ended. What cannot be kept alive is given up after three deaths, not tried
for ever.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from qdlib.publishing.executors import ENVIRONMENT
from qdlib.publishing.kernels import REPRODUCIBLE, WARM

READY_TIMEOUT = 15  # seconds
END_TIMEOUT = 2
MOST_DEATHS = 3
LONGEST_PATH = 100  # bytes, with room for the suffix of a successor
GROUP = "jupyter_client.kernel_provisioners"


class Keeper:
    """The pre-warmed process of one run or of one JupyterLab; a context manager. `socket` is empty when there is none.

    models: whether it loads the libraries of forecasts beforehand, a second that a run without forecasts need not wait.
    """

    def __init__(self, timeout: float = READY_TIMEOUT, models: bool = True):
        self.options = ["--models"] if models else []
        self.timeout, self.socket, self.why_not = timeout, "", why_impossible()
        self.folder: Path | None = None
        self.processes: list[subprocess.Popen] = []
        self.ready, self.lock = threading.Event(), threading.Lock()
        self.closed, self.deaths = False, 0

    def __enter__(self) -> "Keeper":
        if not self.why_not:
            self.folder = Path(tempfile.mkdtemp(prefix="qd-"))
            if len(os.fsencode(self.folder / "kernels")) > LONGEST_PATH:
                self.why_not = f"the path of a socket in {self.folder.parent} is too long"
            else:
                self.start()
        return self

    def start(self) -> None:
        """One more process; a thread listens to what it says."""
        with self.lock:
            if self.closed:
                return
            command = [sys.executable, "-P", "-m", "qdlib.publishing.warm", str(self.folder / "kernels"), *self.options]
            environment = {**os.environ, **ENVIRONMENT, **REPRODUCIBLE}
            log = (self.folder / "log").open("ab")
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment, start_new_session=True
            )
            log.close()
            self.processes.append(process)
        threading.Thread(target=self.listen, args=(process,), daemon=True).start()

    def listen(self, process: subprocess.Popen) -> None:
        replaced = False
        for line in process.stdout:
            if line == b"ready\n":
                self.ready.set()
            elif line == b"stale\n":
                replaced = True
                self.start()
        process.wait()
        if not replaced and not self.closed:
            self.deaths += 1
            if self.deaths < MOST_DEATHS:
                self.ready.clear()
                self.start()
            else:
                self.ready.set()  # to say that there is nothing to wait for

    @property
    def is_ready(self) -> bool:
        return self.ready.is_set() and self.processes[-1].poll() is None

    def wait_ready(self) -> str:
        """The socket's path once the process answers; empty, with the reason in `why_not`, when it does not in time."""
        if not self.why_not and not self.ready.wait(self.timeout):
            self.why_not = f"the pre-warmed process was not ready in {self.timeout} s"
        elif not self.why_not and self.deaths >= MOST_DEATHS:
            self.why_not = f"the pre-warmed process ended {self.deaths} times: {self.last_words()}"
        self.socket = "" if self.why_not else str(self.folder / "kernels")
        return self.socket

    def last_words(self) -> str:
        text = (self.folder / "log").read_text(encoding="utf-8", errors="replace").strip()
        return text.splitlines()[-1] if text else "it said nothing"

    def __exit__(self, *unused) -> None:
        """End of file on stdin: every process kills its kernels and goes."""
        with self.lock:
            self.closed = True
        for process in self.processes:
            with suppress(OSError):
                process.stdin.close()
            if not self.ready.is_set():  # it is still importing and does not listen
                process.kill()
        for process in self.processes:
            try:
                process.wait(timeout=END_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def why_impossible() -> str:
    """Why this machine or installation has no warm kernels; empty when it has."""
    if not sys.platform.startswith("linux"):
        return "warm kernels need Linux"
    if WARM not in {entry.name for entry in metadata.entry_points(group=GROUP)}:
        return f"the entry point {WARM} is missing: install the project anew (`python3 tasks.py report` does)"
    return ""
