"""Reports on a Dask cluster; the only importer of `distributed` (extra `cluster`).

Takes the address of a scheduler; gives an executor, after every worker has shown that it has the same code, catalogue and Python, and
that it sees the same data and the same reports folder under the same absolute path. Kernels are plain ones. A worker runs one report
at a time, however many threads it has, because a notebook needs the working folder and the environment of its process to itself.
Dask gives the jobs of a lost worker to another one; what it gives up comes back as a lost worker and has its other rounds.
"""

import os
import platform
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path

from qdlib.errors import RunError, raise_all
from qdlib.publishing import folders
from qdlib.publishing.executors import block_slow_imports, limit_threads
from qdlib.publishing.keys import hash_file, read_common

ANSWER_TIMEOUT = 15  # seconds for the scheduler
_alone = threading.Lock()


class ClusterExecutor(Executor):
    """Dask's executor, with one report at a time in a worker; `shutdown` closes the client too."""

    def __init__(self, client):
        self.client, self.executor = client, client.get_executor(pure=False)

    def submit(self, function: Callable, *arguments, **options) -> Future:
        return self.executor.submit(run_alone, function, *arguments, **options)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.executor.shutdown(wait=wait and not cancel_futures)
        self.client.close()


def run_alone(function: Callable, *arguments, **options):
    """In a worker: one call at a time, in a process that is as one of the local pool."""
    with _alone:
        limit_threads()
        block_slow_imports()
        return function(*arguments, **options)


def open_cluster(address: str) -> ClusterExecutor:
    return ClusterExecutor(connect(address))


def connect(address: str):
    try:
        from distributed import Client
    except ImportError as error:
        raise RunError(f"executor {address} needs the package distributed: install the extra `cluster`") from error
    try:
        return Client(address, timeout=ANSWER_TIMEOUT, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise RunError(f"no Dask scheduler answers at {address} in {ANSWER_TIMEOUT} s: start `dask scheduler` there") from error


def check_cluster(address: str) -> None:
    """RunError with every worker that could not make the same pages, or when there is none."""
    with connect(address) as client, shared_marker() as marker:
        here = describe_worker(str(marker), folders.folder_environment())
        found = client.run(describe_worker, str(marker), folders.folder_environment(), on_error="return")
    if not found:
        raise RunError(f"no worker is connected to the Dask scheduler at {address}: start `dask worker {address} --nthreads 1`")
    raise_all(
        RunError, [fault for worker in sorted(found) for fault in worker_faults(worker, found[worker], here)], "Dask workers"
    )


@contextmanager
def shared_marker():
    """A file in the reports folder that a worker can only know by reading it."""
    marker = folders.state_folder() / f"seen_by_workers_{secrets.token_hex(8)}"
    folders.write_file(marker, secrets.token_hex(16))
    try:
        yield marker
    finally:
        marker.unlink(missing_ok=True)


def describe_worker(marker: str, environment: dict[str, str]) -> dict[str, str]:
    """What must be alike here and there: code, catalogue, lock, Python, data, and the reports folder."""
    common, data = read_common(), Path(environment["QD_DATA"]) / "manifest.json"
    return {
        "host": platform.node(),
        **common.inputs,
        "rendering": common.rendering,
        "data": hash_file(data) if data.exists() else "",
        "reports": Path(marker).read_text(encoding="utf-8") if os.path.exists(marker) else "",
    }


def worker_faults(worker: str, found: dict | BaseException, here: dict) -> list[str]:
    if isinstance(found, BaseException):
        return [f"worker {worker}: {type(found).__name__}: {found}"]
    same = {"data": "does not see the same data/processed", "reports": "does not see the reports folder under the same path"}
    names = [name for name in here if name != "host" and found.get(name) != here[name]]
    return [f"worker {worker} on {found['host']}: {same.get(name, f'has another {name} than this machine')}" for name in names]
