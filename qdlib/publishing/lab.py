"""JupyterLab on the notebooks, for working by hand.

Starts it in the notebooks' folder with absolute data folders and a pre-warmed process for its kernels; holds no lock and writes
nothing to `reports/`. After an edit of the package the next kernel is a plain one with the new code, and the one after it warm again.
Ctrl-C is JupyterLab's own question, whether to stop; the waiting command only waits on, so that no server is left behind.
"""

import os
import subprocess
import sys

from qdlib.publishing import folders, kernels
from qdlib.publishing.keeper import Keeper


def start() -> int:
    """Run JupyterLab until it is closed; returns its exit code."""
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folders.notebooks_folder()}"]
    with Keeper() as keeper:
        environment = lab_environment(keeper)
        with subprocess.Popen(command, env=environment, cwd=folders.notebooks_folder()) as process:
            return wait_on(process)


def lab_environment(keeper: Keeper) -> dict[str, str]:
    """This shell's environment with the project's folders; kernels named `python3` are forked where that is possible."""
    environment = {**os.environ, **folders.folder_environment()}
    if not keeper.wait_ready():
        print(f"kernels start without the pre-warmed process: {keeper.why_not}", file=sys.stderr)
        return environment
    ours = str(kernels.write_kernelspec(keeper.folder / "jupyter", keeper.socket))
    return {**environment, "JUPYTER_PATH": os.pathsep.join(filter(None, [ours, os.environ.get("JUPYTER_PATH")]))}


def wait_on(process) -> int:
    """The exit code of a process, however often Ctrl-C is pressed while it is asked about."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue
