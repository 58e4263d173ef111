"""Asks the pre-warmed process for a kernel, in the way of jupyter_client: papermill, nbclient and JupyterLab all come through here.

Takes the socket of the kernelspec and the command that jupyter_client has prepared; gives a process in the words of `Popen`. Any
refusal, missing answer or broken socket starts the same command as a plain kernel instead, and `why_plain` says the reason: a
report is late rather than lost. Knows nothing of notebooks.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

from jupyter_client.provisioning import LocalProvisioner
from traitlets import Unicode

from qdlib.publishing.kernels import kill_group

ANSWER_TIMEOUT = 15  # seconds for the pre-warmed process to fork


class Refused(Exception):
    """There is no warm kernel to be had; the message is the reason."""


class Lease:
    """A kernel forked for us. Closing the connection, or dying, ends it."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int, args: list[str]):
        self.connection, self.pid, self.args = connection, pid, args
        self.returncode: int | None = None
        self.cpu, self.memory = 0.0, 0

    def poll(self) -> int | None:
        return self._hear(0)

    def wait(self, timeout: float | None = None) -> int:
        code = self._hear(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(self.args, timeout)
        return code

    def _hear(self, seconds: float | None) -> int | None:
        """The exit status, if it is known within so many seconds."""
        if self.returncode is None and select.select([self.connection], [], [], seconds)[0]:
            self._note_end(hear(self.connection))
        return self.returncode

    def _note_end(self, last: dict) -> None:
        """Without a last word the pre-warmed process itself has died, and its kernels go with it."""
        if "status" not in last:
            kill_group(self.pid)
        self.returncode = last.get("status", -signal.SIGKILL)
        self.cpu, self.memory = last.get("cpu", 0.0), last.get("memory", 0)
        self.connection.close()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def hear(connection: socket.socket) -> dict:
    try:
        return json.loads(connection.recv(4096) or "{}")
    except OSError:
        return {}


def ask_kernel(path: str, command: list[str], env: Mapping[str, str], cwd: str, outputs: tuple[int, int]) -> Lease:
    """A forked kernel for the command. Refused says why there is none."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        connection.settimeout(ANSWER_TIMEOUT)
        connection.connect(path)
        request = json.dumps({"argv": command, "env": dict(env), "cwd": cwd}).encode()
        socket.send_fds(connection, [request], list(outputs))
        answer = hear(connection)
    except OSError as error:
        connection.close()
        raise Refused(f"the pre-warmed process cannot be reached: {error.strerror or error}") from error
    if "pid" not in answer:
        connection.close()
        raise Refused(answer.get("refused", f"the pre-warmed process gave no answer in {ANSWER_TIMEOUT} s"))
    connection.settimeout(None)
    return Lease(connection, answer["pid"], command)


class WarmProvisioner(LocalProvisioner):
    """A local provisioner whose process is forked where that is possible."""

    socket = Unicode(help="Path of the pre-warmed process's socket.").tag(config=True)
    why_plain = ""

    async def launch_kernel(self, cmd, **kwargs):
        self.why_plain = ""
        try:
            self.process = ask_kernel(self.socket, cmd, kwargs["env"], folder_of(kwargs), outputs_of(kwargs))
        except Refused as reason:
            self.why_plain = str(reason)
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = folder_of(kwargs)
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        # Between fork and setsid the kernel has no process group of its own yet.
        with suppress(ProcessLookupError):
            await super().send_signal(signum)


def folder_of(options: Mapping) -> str:
    return str(options.get("cwd") or os.getcwd())


def outputs_of(options: Mapping) -> tuple[int, int]:
    """File descriptors for what the kernel prints: those of the caller where it names none."""
    given = ((options.get("stdout"), 1), (options.get("stderr"), 2))
    return tuple(usual if file in (None, sys.stdout, sys.stderr) else as_number(file) for file, usual in given)


def as_number(file) -> int:
    return file if isinstance(file, int) else file.fileno()
