"""JupyterLab's kernels come from the pre-warmed process, start again, and draw inline; Ctrl-C is its own question."""

import os
import sys
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from jupyter_client.manager import KernelManager

from qdlib.publishing import lab
from tests.publishing.test_warm import Kernel, is_running

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="warm kernels need Linux")


class Done(nullcontext):
    """A process that has ended with a code."""

    def __init__(self, code: int):
        super().__init__(self)
        self.code = code

    def wait(self) -> int:
        return self.code


class LabKernel(Kernel):
    """A kernel as JupyterLab starts it: the specification is found on the path that `qd lab` sets."""

    def __init__(self, folder):
        self.folder, self.manager = folder, KernelManager(kernel_name="python3")


BACKEND = "import json, os, matplotlib.pyplot as plt; json.dumps([plt.get_backend(), os.getpid(), os.environ['QD_NOTEBOOKS']])"


def test_kernels_of_the_lab_are_warm_restart_and_draw_inline(project, monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_PATH", "elsewhere")
    monkeypatch.delenv("MPLBACKEND", raising=False)
    seen = {}

    def jupyterlab(command, env, cwd):
        """What JupyterLab would do: start a kernel by its usual name, and restart it."""
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        assert command[2] == "jupyterlab" and env["JUPYTER_PATH"].endswith(f"{os.pathsep}elsewhere")
        with LabKernel(tmp_path) as kernel:
            assert kernel.is_warm, kernel.why_plain
            seen["first"] = kernel.run(BACKEND)
            kernel.manager.restart_kernel(now=True)
            kernel.client.wait_for_ready(timeout=60)
            seen["second"] = kernel.run(BACKEND)
            assert hasattr(kernel.manager.provisioner.process, "cpu"), "warm again"
        return Done(7)

    monkeypatch.setattr(lab, "subprocess", SimpleNamespace(Popen=jupyterlab))
    assert lab.start() == 7
    (backend, pid, folder), (_, other, _) = seen["first"], seen["second"]
    assert "inline" in backend and pid != other and folder == str(project.notebooks)
    assert not is_running(pid) and not is_running(other)
    assert not project.reports.exists(), "the lab writes nothing to the site"


def test_without_a_pre_warmed_process_the_lab_says_so_and_starts(monkeypatch, capsys):
    monkeypatch.setattr("qdlib.publishing.keeper.why_impossible", lambda: "warm kernels need Linux")
    monkeypatch.setattr(lab, "subprocess", SimpleNamespace(Popen=lambda command, env, cwd: Done(0)))
    assert lab.start() == 0
    assert "without the pre-warmed process: warm kernels need Linux" in capsys.readouterr().err


class Asked:
    """A process that is interrupted twice before it ends."""

    def __init__(self):
        self.interrupts = 2

    def wait(self) -> int:
        if self.interrupts:
            self.interrupts -= 1
            raise KeyboardInterrupt
        return 3


def test_the_command_ends_with_jupyterlab_and_its_code():
    asked = Asked()
    assert lab.wait_on(asked) == 3 and asked.interrupts == 0
