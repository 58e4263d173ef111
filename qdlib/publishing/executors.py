"""Where reports run: a `concurrent.futures.Executor` by name.

Takes `local` and a number of workers; gives a pool of spawned processes. Another address (a cluster) fits the same interface
and is refused until there is one. Workers use one native thread each and block `rfc3987_syntax`: importing nbformat pulls it
in for one optional format check, at about a second of CPU per process.
"""

import multiprocessing
import os
import signal
import sys
from concurrent.futures import Executor, ProcessPoolExecutor

from qdlib.errors import RunError

MOST_WORKERS = 16
MEMORY_OF_A_WORKER = 400_000_000  # bytes: worker and kernel together
# Set before a worker starts, because native libraries read them when they are loaded; kernels inherit them.
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


def usual_workers() -> int:
    """One worker per core, no more than memory allows."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, MOST_WORKERS, free_memory() // MEMORY_OF_A_WORKER))


def free_memory() -> int:
    """Bytes that can be used without swapping; generous where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable"))
    except (OSError, StopIteration, ValueError):
        return MOST_WORKERS * MEMORY_OF_A_WORKER


def check_executor(address: str, workers: int | None) -> None:
    """Refuse a wrong option before anything is made."""
    if address != "local":
        raise RunError(f"executor {address!r} is not available, expected `local`")
    if workers is not None and workers < 1:
        raise RunError(f"workers={workers}, expected 1 or more")


def open_executor(address: str = "local", workers: int | None = None) -> Executor:
    check_executor(address, workers)
    os.environ.update({name: value for name, value in ENVIRONMENT.items() if name not in os.environ})
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers or usual_workers(), mp_context=context, initializer=prepare_worker)


def prepare_worker() -> None:
    """Runs once in each worker, before anything imports nbformat."""
    block_slow_imports()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the run's to answer: it ends its workers itself


def block_slow_imports() -> None:
    sys.modules.setdefault("rfc3987_syntax", None)
