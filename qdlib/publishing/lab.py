"""JupyterLab on the notebooks, for working by hand.

Starts it in the notebooks' folder with absolute data folders; holds no lock and writes nothing to `reports/`.
"""

import os
import subprocess
import sys

from qdlib.publishing import folders


def start() -> int:
    """Run JupyterLab until it is closed; returns its exit code."""
    environment = {**os.environ, **folders.folder_environment()}
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folders.notebooks_folder()}"]
    return subprocess.run(command, env=environment, cwd=folders.notebooks_folder(), check=False).returncode
