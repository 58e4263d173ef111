"""Jobs on an executor, with another try for what the machine did: broken pools and dead kernels.

Takes jobs and what to do with each result; gives True when the run was stopped from outside. At most three rounds, each with a
fresh executor. A job that was in flight in two broken rounds runs alone in the last, so that one that kills its worker cannot
take the others along. After a kernel's death a job runs once more, on a plain kernel. A failing cell, a timeout or a verdict is
never tried again.
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from qdlib.errors import RunError
from qdlib.publishing.execution import Job, Outcome, make_report
from qdlib.publishing.executors import has_lost_worker, open_executor
from qdlib.publishing.kernels import end_all_noted
from qdlib.publishing.verdicts import Fault

ROUNDS = 3
Settle = Callable[[Job, Outcome, int], None]


def run_rounds(jobs: list[Job], address: str, workers: int, settle: Settle) -> bool:
    """Run every job; `settle` gets each final outcome with the number of attempts. True when stopped by a signal."""
    attempts: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    waiting = list(jobs)
    try:
        with stopping_signals():
            for number in range(1, ROUNDS + 1):
                alone = [job for job in waiting if broken[job.report.id] > 1]
                together = [job for job in waiting if job not in alone]
                waiting = []
                for batch in [together, *([job] for job in alone)]:
                    waiting += run_batch(batch, address, workers, settle, attempts, broken, number == ROUNDS) if batch else []
                if not waiting:
                    break
    except KeyboardInterrupt:
        end_all_noted(Path(jobs[0].kernels))
        return True
    return False


def run_batch(
    batch: list[Job], address: str, workers: int, settle: Settle, attempts: Counter, broken: Counter, last: bool
) -> list[Job]:
    """One executor's worth of jobs; returns those that may be tried again."""
    again: list[Job] = []
    try:
        executor = open_executor(address, min(workers, len(batch)))
    except RunError as error:  # a cluster that was there when the run began
        for job in batch:
            settle(job, Outcome((Fault("infrastructure", str(error)),)), attempts[job.report.id])
        return again
    try:
        pending = {submit(executor, job): job for job in batch}
        while pending:
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                job = pending.pop(future)
                attempts[job.report.id] += 1
                outcome = result_of(future, job, broken)
                if may_retry(outcome, attempts[job.report.id], last):
                    again.append(plainly(job) if outcome.dead_kernel else job)
                else:
                    settle(job, outcome, attempts[job.report.id])
    except KeyboardInterrupt:
        stop_workers(executor)
        raise
    executor.shutdown()
    if again:
        end_all_noted(Path(batch[0].kernels))
    return again


def submit(executor: Executor, job: Job) -> Future:
    """A future in any case: a pool that is broken already refuses new work by an exception."""
    try:
        return executor.submit(make_report, replace(job, submitted=time.time()))
    except BrokenExecutor as error:
        refused: Future = Future()
        refused.set_exception(error)
        return refused


def result_of(future, job: Job, broken: Counter) -> Outcome:
    try:
        return future.result()
    except Exception as error:
        if has_lost_worker(error):
            broken[job.report.id] += 1
            return Outcome((Fault("infrastructure", "the worker process died"),), infrastructure=True)
        # a fault of ours in the worker: one report must not stop the others
        return Outcome((Fault("infrastructure", f"{type(error).__name__}: {error}"),))


def may_retry(outcome: Outcome, attempts: int, last: bool) -> bool:
    """Infrastructure only; a kernel's death once."""
    return outcome.infrastructure and not last and not (outcome.dead_kernel and attempts > 1)


def plainly(job: Job) -> Job:
    """The next try of a report whose kernel has died."""
    return replace(job, warm="", why_plain="the kernel of the first try died") if job.warm else job


def stop_workers(executor: Executor) -> None:
    """End a pool at once: what it was doing is thrown away with its scratch folder."""
    processes = list((getattr(executor, "_processes", None) or {}).values())
    executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)


@contextmanager
def stopping_signals():
    """Treat SIGTERM as Ctrl-C: stop submitting, end kernels, write what is known."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*unused):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
