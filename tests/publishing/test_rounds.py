"""What is tried again, and what is not; kernels and signals of a run that ends early."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import BrokenExecutor, Executor, Future

import pytest

from qdlib.publishing import rounds
from qdlib.publishing.execution import Job, Outcome
from qdlib.publishing.expansion import Report
from qdlib.publishing.frame import Place
from qdlib.publishing.kernels import end_all_noted, end_noted, start_time
from qdlib.publishing.verdicts import Fault
from tests.publishing.invented import code, good_cells

DEAD = Outcome((Fault("killed", "x"),), infrastructure=True, dead_kernel=True)
PORT = Outcome((Fault("infrastructure", "x"),), infrastructure=True)
FAILED = Outcome((Fault("error", "x"),))


class Pool(Executor):
    """Answers from a script; a job that kills its worker breaks everything submitted with it."""

    def __init__(self, script: dict, killers: set[str]):
        self.script, self.killers, self.names = script, killers, []
        self.futures: list[Future] = []

    def submit(self, function, job):
        self.names.append(job.report.notebook)
        self.futures.append(Future())
        return self.futures[-1]

    def settle(self):
        broken = self.killers & set(self.names)
        for name, future in zip(self.names, self.futures, strict=True):
            if broken:
                future.set_exception(BrokenExecutor("a worker died"))
            else:
                answers = self.script.get(name, [Outcome()])
                future.set_result(answers.pop(0) if len(answers) > 1 else answers[0])


def run_script(monkeypatch, names: list[str], script: dict, killers: set[str]) -> tuple[dict, Counter, list]:
    """Outcomes and attempts by notebook, and the names of each batch."""
    pools: list[Pool] = []

    def open_pool(address, workers):
        pools.append(Pool(script, killers))
        return pools[-1]

    def wait(futures, **unused):
        pools[-1].settle() if not pools[-1].futures[0].done() else None
        return [future for future in futures if future.done()], []

    monkeypatch.setattr(rounds, "open_executor", open_pool)
    monkeypatch.setattr(rounds, "wait", wait)
    outcomes, attempts = {}, Counter()

    def settle(job, outcome, number):
        outcomes[job.report.notebook], attempts[job.report.notebook] = outcome, number

    reports = [Report(name, name, "zh", {}, (), 0, 0, 1, 1) for name in names]
    jobs = [Job(report, Place(report.id, report.page, "zh"), "", "", frozenset(), "nowhere") for report in reports]
    assert rounds.run_rounds(jobs, "local", 2, settle) is False
    return outcomes, attempts, [pool.names for pool in pools]


def test_a_report_that_kills_its_worker_runs_alone_in_the_last_round(monkeypatch):
    outcomes, attempts, batches = run_script(monkeypatch, ["a", "killer", "b"], {}, {"killer"})
    assert not outcomes["a"].faults and not outcomes["b"].faults and outcomes["killer"].faults
    assert attempts["killer"] == 3 and ["killer"] in batches


def test_infrastructure_is_tried_again_and_failing_cells_are_not(monkeypatch):
    script = {"port": [PORT, Outcome()], "failing": [FAILED, Outcome()], "dead": [DEAD]}
    outcomes, attempts, _ = run_script(monkeypatch, ["port", "failing", "dead"], script, set())
    assert not outcomes["port"].faults and attempts["port"] == 2
    assert outcomes["failing"].faults and attempts["failing"] == 1
    assert outcomes["dead"].faults and attempts["dead"] == 2


def test_what_never_comes_right_is_given_up_after_three_rounds(monkeypatch):
    outcomes, attempts, _ = run_script(monkeypatch, ["port"], {"port": [PORT]}, set())
    assert outcomes["port"].faults and attempts["port"] == 3


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="process start times are read from /proc")
def test_an_orphaned_kernel_is_ended_only_if_it_is_still_that_process(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        other = tmp_path / "other.json"
        other.write_text(json.dumps({"pid": process.pid, "started": "1"}))
        assert not end_noted(other) and process.poll() is None and not other.exists()
        (tmp_path / "note.json").write_text(json.dumps({"pid": process.pid, "started": start_time(process.pid)}))
        (tmp_path / "cut.json").write_text("{")
        assert end_all_noted(tmp_path) == 1
        assert process.wait(timeout=5) == -signal.SIGKILL
    finally:
        process.kill()


def test_sigterm_ends_run_and_kernels_and_keeps_what_is_known(project):
    project.write("slow", good_cells(body=(code("import time\ntime.sleep(60)"),)))
    project.plan("runs:\n  - {notebook: slow, page: slow, reads: [qingdao], figures: 1, tables: 1}\n")
    command = "import sys\nfrom qdlib.publishing.runs import run\nif __name__ == '__main__':\n    sys.exit(run(workers=1))"
    script = project.notebooks / "go.py"
    script.write_text(command)
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    notes, deadline = project.reports / ".qd" / "kernels", time.monotonic() + 40
    while not list(notes.glob("*.json")):
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.1)
    kernel = json.loads(next(iter(notes.glob("*.json"))).read_text())["pid"]
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1 and "stopped from outside; not run: slow" in said
    assert list(notes.glob("*.json")) == [] and not is_running(kernel)
    assert "尚未生成" in project.page("slow")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0]
