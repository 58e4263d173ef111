"""The same plan on a Dask cluster: scheduler and two workers on loopback, started as on a real one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from qdlib.errors import RunError
from qdlib.publishing import cluster, executors
from qdlib.publishing.runs import run
from tests.publishing.invented import DEFAULT_CITIES, Project, code, good_cells
from tests.publishing.test_kills import PLAN, WAIT
from tests.publishing.test_warm import wait_until

distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
ROOT = Path(__file__).parents[2]
QUIET = ["--no-dashboard", "--host", "127.0.0.1"]
PAGES = [f"cities/{city}/trend" for city in DEFAULT_CITIES]


class Cluster:
    """A scheduler and workers in processes of their own, none of them in the folder of the project."""

    def __init__(self, folder: Path, names: tuple[str, ...], **environment: str):
        folder.mkdir()
        self.folder, self.environment = (
            folder,
            {
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
                **environment,
            },
        )
        file = folder / "scheduler.json"
        self.start("dask_scheduler", "--port", "0", "--scheduler-file", str(file))
        wait_until(file.exists, "the scheduler starts")
        with distributed.Client(scheduler_file=str(file), set_as_default=False) as client:
            self.address = client.scheduler.address
            for name in names:
                self.start("dask_worker", self.address, "--nthreads", "2", "--name", name, "--local-directory", str(folder))
            client.wait_for_workers(len(names), timeout=60)

    def start(self, module: str, *options: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *options, *QUIET]
        with (self.folder / f"{module}.log").open("ab") as log:
            subprocess.Popen(command, stdout=log, stderr=log, env=self.environment, cwd=self.folder, start_new_session=True)

    def workers(self) -> dict[str, int]:
        """Process ids by name."""
        with distributed.Client(self.address, set_as_default=False) as client:
            found = client.run(os.getpid)
            names = {address: worker["name"] for address, worker in client.scheduler_info(-1)["workers"].items()}
        return {str(names[address]): pid for address, pid in found.items()}

    def close(self) -> None:
        with distributed.Client(self.address, set_as_default=False) as client:
            client.shutdown()


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("cluster") / "dask", ("one", "two"))
    yield made
    made.close()


@pytest.fixture
def written(project) -> Project:
    project.write("trend", good_cells())
    project.plan(PLAN)
    return project


def bare(project: Project) -> dict[str, list[str]]:
    return {id: [line for line in project.page(id).splitlines() if "<time" not in line] for id in PAGES}


def test_a_cluster_gives_the_same_pages_from_relative_folders(written, two_workers, monkeypatch):
    monkeypatch.chdir(written.reports.parent)
    monkeypatch.setenv("QD_REPORTS", "reports")
    assert run(executor=two_workers.address) == 0
    records = [written.record(id) for id in PAGES]
    assert {(record["status"], record["kernel"], record["attempts"]) for record in records} == {("published", "plain", 1)}
    there = bare(written)
    assert run(force=True) == 0
    assert bare(written) == there


def test_a_killed_worker_is_survived(project, two_workers):
    """The first to be at work is killed; its report goes to another worker, which finds the way free."""
    project.write("trend", good_cells(body=(code(WAIT),)))
    project.plan(PLAN)
    folder = project.reports.parent
    drive = "import sys\nfrom qdlib.publishing.runs import run\nsys.exit(run(executor=sys.argv[1]))"
    process = subprocess.Popen(
        [sys.executable, "-c", drive, two_workers.address], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        wait_for_files(process, [folder / f"{city}.pid" for city in DEFAULT_CITIES])
        os.kill(two_workers.workers()["one"], signal.SIGKILL)
        (folder / "go").touch()
        said = process.communicate(timeout=120)[0]
        assert process.returncode == 0, said
    finally:
        process.kill()
        process.wait()
    assert [project.record(id)["status"] for id in PAGES] == ["published"] * 2


def wait_for_files(process: subprocess.Popen, files: list[Path]) -> None:
    deadline = time.monotonic() + 60
    while not all(file.exists() for file in files):
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.05)


def test_workers_that_would_make_other_pages_are_refused_before_anything_starts(written, two_workers, monkeypatch):
    inputs = cluster.read_common()
    monkeypatch.setattr(cluster, "read_common", lambda: type(inputs)({**inputs.inputs, "code": "other"}, inputs.rendering))
    before = written.tree()
    with pytest.raises(RunError) as caught:
        run(executor=two_workers.address)
    assert len(caught.value.faults) == 2 and all("another code than this machine" in fault for fault in caught.value.faults)
    assert written.tree() == before


def test_a_worker_that_sees_other_folders_is_refused(tmp_path):
    here = {"host": "a", "data": "1", "reports": "2", "code": "3"}
    faults = cluster.worker_faults("tcp://b:1", {**here, "host": "b", "data": "", "reports": ""}, here)
    assert "does not see the same data/processed" in faults[0] and "reports folder under the same path" in faults[1]
    assert "ModuleNotFoundError: qdlib" in cluster.worker_faults("tcp://b:1", ModuleNotFoundError("qdlib"), here)[0]
    assert cluster.worker_faults("tcp://b:1", {**here, "host": "b"}, here) == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QD_REPORTS", str(tmp_path))
        with cluster.shared_marker() as marker:
            environment = {"QD_DATA": str(tmp_path)}
            assert cluster.describe_worker(str(marker), environment)["reports"] == marker.read_text()
            assert cluster.describe_worker(f"{marker}x", environment)["reports"] == ""
        assert not marker.exists()


def test_addresses_are_checked(monkeypatch):
    for address in ("host:8786", "tcp://host", "udp://host:1", "tcp://a b:1", "Local"):
        with pytest.raises(RunError, match="expected `local` or the address"):
            executors.check_executor(address, None)
    monkeypatch.setattr(cluster, "ANSWER_TIMEOUT", 1)
    with pytest.raises(RunError, match="no Dask scheduler answers"):
        executors.check_executor("tcp://127.0.0.1:9", None)


def test_a_missing_package_is_named_with_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RunError, match="extra `cluster`"):
        cluster.connect("tcp://127.0.0.1:9")


def test_lost_workers_are_told_from_faults_of_ours():
    assert executors.has_lost_worker(distributed.KilledWorker("x", None, 3))
    assert executors.has_lost_worker(executors.CancelledError()) and executors.has_lost_worker(executors.BrokenExecutor())
    assert not executors.has_lost_worker(ValueError())
