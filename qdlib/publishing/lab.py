"""JupyterLab on the notebooks, for working by hand.

Starts it in the notebooks' folder with absolute data folders; holds no lock and writes nothing to `reports/`. Ctrl-C is JupyterLab's own
question, whether to stop; the waiting command only waits on, so that it ends with JupyterLab and no server is left behind.
"""

import os
import subprocess
import sys

from qdlib.publishing import folders


def start() -> int:
    """Run JupyterLab until it is closed; returns its exit code."""
    environment = {**os.environ, **folders.folder_environment()}
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folders.notebooks_folder()}"]
    with subprocess.Popen(command, env=environment, cwd=folders.notebooks_folder()) as lab:
        return wait_on(lab)


def wait_on(process) -> int:
    """The exit code of a process, however often Ctrl-C is pressed while it is asked about."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue
