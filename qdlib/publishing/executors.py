"""Where reports run: a `concurrent.futures.Executor` by name.

Takes `local` and a number of workers, or the address of a Dask cluster (`cluster`); gives an executor. Local workers are forked from a
server that has imported papermill and nbconvert once (`imports`); where there is no such server they are spawned. They use one native
thread each, and leave when the run that started them is gone, whatever ended it: their kernels leave with them.
"""

import multiprocessing
import multiprocessing.forkserver
import os
import re
import signal
import sys
import threading
from concurrent.futures import BrokenExecutor, CancelledError, Executor, ProcessPoolExecutor

from qdlib.errors import RunError

CLUSTER = re.compile(r"(tcp|tls)://[^\s/:]+:\d+")
MOST_WORKERS = 16
MEMORY_OF_A_WORKER = 400_000_000  # bytes: worker and kernel together
# Set before a worker starts, because native libraries read them when they are loaded; kernels inherit them. A second thread, be it of
# BLAS or of Arrow's memory pool, would make a process unfit to be forked.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def usual_workers(warm: bool = False) -> int:
    """One worker per core, two with warm kernels (one waits for its kernel while the other computes), no more than memory allows."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores * (2 if warm else 1), MOST_WORKERS, free_memory() // MEMORY_OF_A_WORKER))


def free_memory() -> int:
    """Bytes that can be used without swapping; generous where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError):
        return MOST_WORKERS * MEMORY_OF_A_WORKER


def check_executor(address: str, workers: int | None) -> None:
    """Refuse a wrong option, or a cluster that cannot do the work, before anything is made."""
    if address != "local" and not CLUSTER.fullmatch(address):
        raise RunError(f"executor {address!r} is unknown, expected `local` or the address of a Dask scheduler such as tcp://host:8786")
    if workers is not None and workers < 1:
        raise RunError(f"workers={workers}, expected 1 or more")
    if address != "local":
        from qdlib.publishing.cluster import check_cluster

        check_cluster(address)


def open_executor(address: str = "local", workers: int | None = None) -> Executor:
    if address != "local":
        from qdlib.publishing.cluster import open_cluster

        return open_cluster(address)
    return ProcessPoolExecutor(workers or usual_workers(), mp_context=prepare_context(), initializer=prepare_worker)


def has_lost_worker(error: BaseException) -> bool:
    """Whether a job failed because the process that had it is gone, here or on a cluster."""
    return isinstance(error, (BrokenExecutor, CancelledError)) or type(error).__module__.partition(".")[0] == "distributed"


def prepare_executor(address: str) -> None:
    """Begin what takes a while, so that it goes on beside the start of the pre-warmed process."""
    if address == "local":
        prepare_context()


def prepare_context():
    """How workers are started; the server that they are forked from begins its imports at once."""
    limit_threads()
    if not sys.platform.startswith("linux"):
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["qdlib.publishing.imports"])
    multiprocessing.forkserver.ensure_running()
    return context


def limit_threads() -> None:
    os.environ.update({name: value for name, value in ENVIRONMENT.items() if name not in os.environ})


def prepare_worker() -> None:
    """Runs once in each worker, before anything imports nbformat."""
    block_slow_imports()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the run's to answer: it ends its workers itself
    threading.Thread(target=leave_with_run, daemon=True).start()


def leave_with_run() -> None:
    """A pool's worker waits for ever for work from a run that was killed; the connections of its kernels would stay open."""
    run = multiprocessing.parent_process()
    if run is not None:
        run.join()
        os._exit(1)


def block_slow_imports() -> None:
    sys.modules.setdefault("rfc3987_syntax", None)
