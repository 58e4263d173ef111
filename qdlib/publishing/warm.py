"""The pre-warmed process: it has imported everything once and forks a real kernel for each request.

Takes requests on a unix socket (`{argv, env, cwd}` and two file descriptors for what the kernel prints); gives the kernel's process
id, and later its exit status, CPU and memory. The socket of a request is a lease: when it closes, the kernel's process group is
killed, and end of file on stdin ends all. Each kernel starts from the same state, so nothing of one report can reach the next.
It reads no data and starts no native thread, because a fork copies one thread only: a second one, or a file of the package that has
changed since it was imported, makes it refuse, and the caller takes a plain kernel. Linux only (/proc, SEQPACKET, parent's death).
"""

import ctypes
import gc
import importlib
import io
import json
import os
import pkgutil
import random
import selectors
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from qdlib.publishing.kernels import kill_group

PACKAGE = Path(__file__).resolve().parents[1]
MESSAGE = 1 << 20  # bytes of a request at most; an environment has a few thousand
LIBRARIES = (
    "IPython.core.completer",
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "numpy",
    "pandas",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "scipy.sparse.csgraph",
)
# Half of what there is to import, and no figure of a single city needs it: loaded beforehand where reports of a run may forecast. A
# kernel that misses them loads them itself.
MODELS = ("scipy.stats", "statsmodels.tsa.api")
# What notebooks of the plan reach through `import qdlib`: reading is for the first hour, which nobody schedules.
OWN = ("catalogue", "observations", "forecasting", "analysis", "charts", "publishing.stories", "publishing.display")
YOUNG_OBJECTS = 50_000  # a kernel lives for seconds: looking for cycles after every 700 new objects takes a tenth of its time
PARENT_DEATH = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>


@dataclass(frozen=True)
class Request:
    """A kernel that is asked for. outputs: file descriptors for its stdout and stderr; parent: the process that forks."""

    argv: list[str]
    env: dict[str, str]
    cwd: str
    outputs: tuple[int, ...]
    parent: int


def main() -> None:
    """Import, listen, fork: a forked child comes back from `serve` with its request and becomes a kernel."""
    files = stamp_files()  # before the imports: a file that changes meanwhile counts as changed
    import_everything(models="--models" in sys.argv)
    gc.collect()
    gc.freeze()  # the collector of a child would otherwise touch, and so copy, every page of the parent
    request = Server(Path(sys.argv[1]), files).serve()
    if request:
        run_kernel(request)


def stamp_files(package: Path = PACKAGE) -> dict[str, tuple[int, int]]:
    """Size and time of every file of the package."""
    found: dict[str, tuple[int, int]] = {}
    for folder, folders, names in os.walk(package):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for path in (os.path.join(folder, name) for name in names):
            status = os.stat(path)
            found[path] = (status.st_size, status.st_mtime_ns)
    return found


def import_everything(models: bool = True) -> None:
    """Load libraries, those for forecasts too if wanted, qdlib and its catalogue, and draw once: the first drawing looks for fonts."""
    from qdlib.catalogue import load_catalogue

    for name in (*LIBRARIES, *(MODELS if models else ())):
        importlib.import_module(name)
    for name in OWN:
        module = importlib.import_module(f"qdlib.{name}")
        for inner in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{module.__name__}."):
            importlib.import_module(inner.name)
    load_catalogue()
    draw_once()


def draw_once() -> None:
    from matplotlib.figure import Figure

    from qdlib.charts.canvas import font_family

    figure = Figure(figsize=(2, 1))
    axes = figure.add_subplot(title="1")
    axes.plot([0, 1], [0, 1])
    axes.title.set_fontfamily(list(font_family()))
    figure.savefig(io.BytesIO(), format="svg")


def count_threads() -> int:
    """Native threads of this process; `threading.active_count()` sees those of Python only."""
    return len(os.listdir("/proc/self/task"))


class Server:
    """One listening socket, one lease per kernel; a lease is None once its holder is gone and its kernel is being killed."""

    def __init__(self, path: Path, files: dict[str, tuple[int, int]]):
        self.files = files
        self.leases: dict[int, socket.socket | None] = {}
        self.selector = selectors.DefaultSelector()
        self.listener = listen(path)
        self.deaths, self.wakeup = socket.socketpair()
        for end in (self.deaths, self.wakeup):
            end.setblocking(False)

    def serve(self) -> Request | None:
        """Returns in a forked child, with what it shall run; in the parent None when all is over."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the run's to answer: it closes stdin
        signal.signal(signal.SIGCHLD, lambda *unused: None)
        signal.set_wakeup_fd(self.wakeup.fileno(), warn_on_full_buffer=False)
        for source, meaning in ((sys.stdin, "end"), (self.deaths, "deaths"), (self.listener, "listener")):
            self.selector.register(source, selectors.EVENT_READ, meaning)
        say("ready")
        while self.leases or self.listener.fileno() >= 0:
            for key, _ in self.selector.select():
                if key.data == "end":
                    return self.end_all()
                request = self.attend(key)
                if request:
                    return request
        return None

    def attend(self, key: selectors.SelectorKey) -> Request | None:
        if key.data == "deaths":
            self.reap()
        elif key.data == "listener":
            connection, _ = self.listener.accept()
            self.selector.register(connection, selectors.EVENT_READ, "request")
        elif key.data == "request":
            self.selector.unregister(key.fileobj)
            return self.answer(key.fileobj)
        elif self.leases.get(key.data) is not None:
            self.end_lease(key.data)
        return None

    def answer(self, connection: socket.socket) -> Request | None:
        """Fork for a request, or say why not; returns the request in the child."""
        request = receive(connection)
        refusal = self.refusal(request)
        pid = -1 if refusal else os.fork()
        if pid == 0:
            connection.close()
            self.forget()
            return request
        for number in request.outputs if request else ():
            os.close(number)
        if refusal:
            send(connection, {"refused": refusal})
            connection.close()
        else:
            self.leases[pid] = connection
            self.selector.register(connection, selectors.EVENT_READ, pid)
            send(connection, {"pid": pid})
        return None

    def refusal(self, request: Request | None) -> str:
        """Why there is no fork; empty when there is one. After a change of the package there will be none any more."""
        if request is None:
            return "the request could not be read"
        if count_threads() != 1:
            return f"the pre-warmed process has {count_threads()} native threads, a fork needs exactly 1"
        if stamp_files() != self.files:
            self.selector.unregister(self.listener)
            self.listener.close()
            say("stale")
            return "files of qdlib have changed since the pre-warmed process imported them"
        return ""

    def reap(self) -> None:
        """Send the exit status, CPU and memory of every kernel that has ended."""
        with suppress(BlockingIOError):
            self.deaths.recv(4096)
        while self.leases:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if not pid:
                return
            connection = self.leases.pop(pid, None)
            if connection is not None:
                self.selector.unregister(connection)
                cpu = round(usage.ru_utime + usage.ru_stime, 3)
                send(connection, {"status": os.waitstatus_to_exitcode(status), "cpu": cpu, "memory": usage.ru_maxrss * 1024})
                connection.close()

    def end_lease(self, pid: int) -> None:
        connection, self.leases[pid] = self.leases[pid], None
        self.selector.unregister(connection)
        connection.close()
        end_kernel(pid)

    def end_all(self) -> None:
        for pid in self.leases:
            end_kernel(pid)

    def forget(self) -> None:
        """In a child: leave the parent's conversations."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.selector.close()
        for connection in (self.listener, self.deaths, self.wakeup, *self.leases.values()):
            if connection is not None:
                connection.close()


def listen(path: Path) -> socket.socket:
    """A socket for this user alone, put in the place of an earlier one when it can already be reached."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    draft = path.with_suffix(".new")
    listener.bind(str(draft))
    os.chmod(draft, 0o600)
    listener.listen(64)
    os.replace(draft, path)
    return listener


def receive(connection: socket.socket) -> Request | None:
    """The one message of a connection; None when it was closed or cut short."""
    message, numbers, flags, _ = socket.recv_fds(connection, MESSAGE, 2)
    try:
        content = json.loads(message)
        if flags & socket.MSG_TRUNC or len(numbers) != 2:
            raise ValueError("cut short")
        return Request(content["argv"], content["env"], content["cwd"], tuple(numbers), os.getpid())
    except (ValueError, KeyError, TypeError):
        for number in numbers:
            os.close(number)
        return None


def end_kernel(pid: int) -> None:
    """Kill a child that is not reaped yet, and all that it has started; for a moment after the fork it leads no group."""
    kill_group(pid)
    os.kill(pid, signal.SIGKILL)


def send(connection: socket.socket, content: dict) -> None:
    with suppress(OSError):  # whoever asked is gone; its closed lease is noticed by the loop
        connection.send(json.dumps(content).encode())


def say(word: str) -> None:
    """One line to whoever keeps this process."""
    with suppress(OSError):
        os.write(1, f"{word}\n".encode())


def run_kernel(request: Request) -> None:
    """Become the kernel that was asked for: own session, outputs, environment, folder and random state."""
    os.setsid()
    ctypes.CDLL(None, use_errno=True).prctl(PARENT_DEATH, signal.SIGKILL)
    if os.getppid() != request.parent:  # it died before its death could be noticed
        os._exit(1)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    for number, target in zip(request.outputs, (1, 2), strict=True):
        os.dup2(number, target)
        os.close(number)
    os.environ.clear()
    os.environ.update(request.env)
    os.chdir(request.cwd)
    gc.set_threshold(YOUNG_OBJECTS)
    # matplotlib has read its back end when it was imported; without a wish ipykernel's own is meant, as in a plain kernel.
    sys.modules["matplotlib"].rcParams["backend"] = request.env.get("MPLBACKEND") or "module://matplotlib_inline.backend_inline"
    random.seed()
    sys.modules["numpy"].random.seed()
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = request.argv[:1] + request.argv[3:]
    # 1 stands for "no parent to watch": the lease ends a kernel sooner than a look at the parent once a second.
    IPKernelApp.launch_instance(argv=[*request.argv[3:], "--IPKernelApp.parent_handle=1"])


if __name__ == "__main__":
    main()
