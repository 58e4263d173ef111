"""Warm kernels one by one: nothing leaks, nothing is stale, nothing is left behind, and a plain kernel is there when they are not."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_client.manager import KernelManager

from qdlib.publishing import keeper as keeping
from qdlib.publishing import kernels
from qdlib.publishing.keeper import Keeper
from qdlib.publishing.runs import may_forecast

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="warm kernels need Linux")
ROOT = Path(__file__).parents[2]
PATIENCE = 20  # seconds until something that happens in a hundredth is called missing


@pytest.fixture(scope="module")
def keeper():
    with Keeper(timeout=60) as kept:
        assert kept.wait_ready(), kept.why_not
        yield kept


class Kernel:
    """A kernel by the name `python3`, as papermill and JupyterLab ask for it."""

    def __init__(self, folder: Path, socket: str, patch: pytest.MonkeyPatch):
        patch.setenv("JUPYTER_PATH", str(kernels.write_kernelspec(folder / "jupyter", socket)))
        patch.setenv("JUPYTER_RUNTIME_DIR", str(folder / "runtime"))
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        self.folder, self.manager = folder, KernelManager(kernel_name="python3")

    def __enter__(self) -> "Kernel":
        self.manager.start_kernel(cwd=str(self.folder))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.process = self.manager.provisioner.process
        return self

    def __exit__(self, *unused) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    @property
    def is_warm(self) -> bool:
        return hasattr(self.process, "cpu")

    @property
    def why_plain(self) -> str:
        return self.manager.provisioner.why_plain

    def run(self, source: str):
        """The value of the last expression, which must be one that JSON can hold."""
        heard = []
        self.client.execute_interactive(source, timeout=60, output_hook=heard.append)
        results = [message["content"] for message in heard if message["msg_type"] in ("execute_result", "error")]
        assert "evalue" not in results[-1], results[-1]
        return json.loads(eval(results[-1]["data"]["text/plain"]))


@pytest.fixture
def kernel(keeper, tmp_path, monkeypatch):
    return lambda socket=None: Kernel(tmp_path, keeper.socket if socket is None else socket, monkeypatch)


def wait_until(true, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_provisioner_is_installed():
    names = {entry.name for entry in metadata.entry_points(group=keeping.GROUP)}
    assert kernels.WARM in names, "install the project anew: tasks.py does, or `uv pip install --no-deps -e .`"


def test_a_kernel_is_forked_with_everything_imported(kernel, keeper):
    with kernel() as warm:
        assert warm.is_warm and warm.why_plain == ""
        found = warm.run("import json, os, sys; json.dumps([os.getppid(), os.getsid(0) == os.getpid(), 'pandas' in sys.modules])")
        assert found == [keeper.processes[-1].pid, True, True]


POISON = """
import json, os, random, sys
import matplotlib, numpy, pandas, qdlib
pandas.set_option("display.precision", 1)
matplotlib.rcParams["font.size"] = 99
os.environ["QD_POISON"] = "1"
qdlib.charts.canvas.poison = True
random.seed(1), numpy.random.seed(1)
os.chdir("/")
json.dumps([random.random(), float(numpy.random.random())])
"""
PROBE = """
import json, os, random, sys
import matplotlib, numpy, pandas, qdlib
json.dumps([pandas.get_option("display.precision"), matplotlib.rcParams["font.size"], os.environ.get("QD_POISON"),
    hasattr(qdlib.charts.canvas, "poison"), os.getcwd(), "POISON" in globals(), random.random(), float(numpy.random.random())])
"""


def test_nothing_of_one_kernel_reaches_the_next(kernel, tmp_path):
    with kernel() as first:
        before = first.run(PROBE)
        poisoned = first.run(POISON)
    with kernel() as second:
        after = second.run(PROBE)
        poisoned_again = second.run(POISON)
        assert second.run(PROBE)[:4] == [1, 99, "1", True], "the probe sees a poison that is there"
    assert first.is_warm and second.is_warm
    assert after[:6] == before[:6] and after[2:6] == [None, False, str(tmp_path), False]
    assert set(after[6:]).isdisjoint(before[6:]), "random draws differ from kernel to kernel"
    assert poisoned == poisoned_again, "and a seed gives the same draws"


@pytest.mark.parametrize(
    ("end", "code"), [("os.kill(os.getpid(), 9)", -9), ("os.kill(os.getpid(), 11)", -11), ("os._exit(3)", 3)]
)
def test_the_true_exit_status_is_known(kernel, end, code):
    with kernel() as warm:
        warm.client.execute(f"import os\n{end}")
        assert warm.process.wait(timeout=PATIENCE) == code
        assert warm.process.cpu > 0 and warm.process.memory > 10_000_000


SPIN = "import re; re.match(r'(a+)+b', 'a' * 64)"


def test_a_closed_lease_ends_a_kernel_that_spins_in_c(kernel):
    with kernel() as warm:
        pid = warm.process.pid
        warm.client.execute(SPIN)
        wait_until(lambda: cpu_of(pid) > 0.3, "the kernel computes")
        warm.process.connection.close()
        wait_until(lambda: not is_running(pid), "the kernel outlived its lease")
        warm.process.returncode = -9  # the lease is gone, so nobody else can tell


def cpu_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_killed_parent_takes_its_kernels_along_and_is_replaced(tmp_path, monkeypatch):
    with Keeper(timeout=60) as kept:
        with Kernel(tmp_path, kept.wait_ready(), monkeypatch) as warm:
            warm.client.execute(SPIN)
            wait_until(lambda: cpu_of(warm.process.pid) > 0.3, "the kernel computes")
            first = kept.processes[-1]
            first.kill()
            assert warm.process.wait(timeout=PATIENCE) == -signal.SIGKILL
            wait_until(lambda: not is_running(warm.process.pid), "the kernel outlived its parent")
        wait_until(lambda: kept.processes[-1] is not first and kept.is_ready, "there is a successor")
        with Kernel(tmp_path, kept.socket, monkeypatch) as warm:
            assert warm.is_warm, warm.why_plain
    assert all(process.poll() is not None for process in kept.processes) and not kept.folder.exists()


def test_what_dies_again_and_again_is_given_up_with_its_last_words(monkeypatch, tmp_path):
    at_start(monkeypatch, tmp_path, "raise SystemExit('自造的结局')")
    with Keeper(timeout=60) as kept:
        assert kept.wait_ready() == "" and "ended 3 times" in kept.why_not and "自造的结局" in kept.why_not


def test_what_is_not_ready_in_time_is_not_waited_for(monkeypatch, tmp_path):
    at_start(monkeypatch, tmp_path, "import time; time.sleep(60)")
    with Keeper(timeout=0.2) as kept:
        assert kept.wait_ready() == "" and "not ready in 0.2 s" in kept.why_not
    assert all(process.poll() is not None for process in kept.processes)


def at_start(patch: pytest.MonkeyPatch, folder: Path, source: str) -> None:
    """Let every pre-warmed process run something before anything else."""
    folder = folder / "start"
    folder.mkdir()
    guarded = f"import sys\nif 'qdlib.publishing.warm' in sys.orig_argv:\n    {source}\n"
    (folder / "sitecustomize.py").write_text(guarded, encoding="utf-8")
    patch.setenv("PYTHONPATH", os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]))


def test_a_second_native_thread_gives_a_plain_kernel_with_the_reason(monkeypatch, tmp_path):
    at_start(
        monkeypatch, tmp_path, "import threading, time; threading.Thread(target=time.sleep, args=(99,), daemon=True).start()"
    )
    with Keeper(timeout=60) as kept, Kernel(tmp_path, kept.wait_ready(), monkeypatch) as plain:
        assert not plain.is_warm and "2 native threads" in plain.why_plain
        assert plain.run("import json; json.dumps(1 + 1)") == 2


def test_reading_parquet_starts_threads_that_are_counted(tmp_path):
    """Why the pre-warmed process reads no data; and its imports start none."""
    source = """
import pathlib, sys
from qdlib.publishing import warm
warm.import_everything()
print(warm.count_threads())
import pandas
pandas.DataFrame({"a": [1]}).to_parquet(sys.argv[1])
pandas.read_parquet(sys.argv[1])
print(warm.count_threads() > 1)
server = warm.Server(pathlib.Path(sys.argv[1]).with_name("s"), {})
print(server.refusal(warm.Request([], {}, "", (), 0)))
"""
    environment = {**os.environ, **keeping.ENVIRONMENT}
    done = subprocess.run(
        [sys.executable, "-c", source, str(tmp_path / "x.parquet")], capture_output=True, text=True, env=environment, check=True
    )
    threads, more, refusal = done.stdout.splitlines()
    assert (threads, more) == ("1", "True") and "native threads, a fork needs exactly 1" in refusal


@pytest.mark.parametrize("models", [False, True])
def test_libraries_of_forecasts_are_loaded_beforehand_only_where_asked_for(models):
    source = f"""
import sys
from qdlib.publishing import warm
warm.import_everything(models={models})
print(sorted(name for name in ("pandas", "scipy.stats", "statsmodels.tsa.api") if name in sys.modules))
"""
    environment = {**os.environ, **keeping.ENVIRONMENT}
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == str(["pandas", *(["scipy.stats", "statsmodels.tsa.api"] if models else [])])


@pytest.mark.parametrize(
    ("reads", "city", "expected"), [(("qingdao",), "qingdao", False), (("all",), "qingdao", True), (("stages",), None, True)]
)
def test_pages_of_one_city_forecast_nothing(reads, city, expected):
    report = SimpleNamespace(reads=reads, values={"city": city} if city else {})
    assert may_forecast(report) is expected


def test_workers_are_forked_from_a_server_with_one_thread():
    source = "import os, qdlib.publishing.imports; print(len(os.listdir('/proc/self/task')))"
    environment = {**os.environ, **keeping.ENVIRONMENT}
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.split() == ["1"]


def test_no_parent_gives_a_plain_kernel_with_the_reason(kernel, tmp_path):
    with kernel(str(tmp_path / "nobody")) as plain:
        assert not plain.is_warm and "cannot be reached" in plain.why_plain
        assert plain.run("import json; json.dumps(2)") == 2


EDIT = """
import json, pathlib, sys, time
import qdlib
from pytest import MonkeyPatch
from qdlib.publishing.keeper import Keeper
from qdlib.publishing.runs import may_forecast
from tests.publishing.test_warm import Kernel, wait_until
folder = pathlib.Path(sys.argv[1])
assert pathlib.Path(qdlib.__file__).parents[1] == folder
ask = "import json, qdlib.charts.palette; json.dumps(getattr(qdlib.charts.palette, 'EDITED', 0))"
with Keeper(timeout=60) as kept, MonkeyPatch.context() as patch:
    kept.wait_ready()
    with Kernel(folder, kept.socket, patch) as first:
        print(first.is_warm, first.run(ask))
        module = folder / "qdlib" / "charts" / "palette.py"
        module.write_text(module.read_text("utf-8") + "EDITED = 1", "utf-8")
        kept.ready.clear()
        with Kernel(folder, kept.socket, patch) as second:
            print(second.is_warm, second.run(ask), second.why_plain)
        wait_until(kept.ready.is_set, "there is a successor")
        with Kernel(folder, kept.socket, patch) as third:
            print(third.is_warm, third.run(ask))
        print(first.process.poll(), first.run(ask))
"""


def test_an_edited_module_is_never_served_from_memory(tmp_path):
    shutil.copytree(ROOT / "qdlib", tmp_path / "qdlib", ignore=shutil.ignore_patterns("__pycache__"))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    command = [sys.executable, "-P", "-c", EDIT, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    first, second, third, still = done.stdout.splitlines()
    assert first == "True 0" and second.startswith("False 1 files of qdlib have changed") and third == "True 1"
    assert still == "None 0", "a kernel that was there before goes on"


def test_the_socket_is_for_this_user_alone(keeper):
    assert os.stat(keeper.folder).st_mode & 0o777 == 0o700
    assert os.stat(keeper.socket).st_mode & 0o777 == 0o600


def test_a_folder_with_a_long_path_is_refused_in_words(monkeypatch, tmp_path):
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with Keeper() as kept:
        assert kept.wait_ready() == "" and "too long" in kept.why_not and not kept.processes


def test_a_missing_entry_point_is_named_with_the_remedy(monkeypatch):
    monkeypatch.setattr(keeping.metadata, "entry_points", lambda group: ())
    assert "install the project anew" in keeping.why_impossible()
