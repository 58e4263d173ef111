"""The first hour's shell commands, executed as they stand in the notebook."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "notebooks" / "first_hour.ipynb"


def shell_blocks() -> list[str]:
    cells = json.loads(BOOK.read_text("utf-8"))["cells"]
    words = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return re.findall(r"```sh\n(.*?)```", words, re.S)


@pytest.fixture
def project(tmp_path) -> Path:
    """A folder that looks like the project to a shell, with `qd` on its path; what is written stays in it."""
    for name in ("data", "notebooks"):
        (tmp_path / name).symlink_to(ROOT / name)
    command = tmp_path / "bin" / "qd"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from qdlib.cli import main; main()" "$@"\n', "utf-8")
    command.chmod(0o755)
    return tmp_path


def test_two_commands_lead_from_the_table_to_the_page(project):
    prepare, commands = shell_blocks()
    assert len(commands.strip().splitlines()) == 2
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QD_")}
    environment = kept | {"PATH": f"{project / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-e", "-c", prepare + commands], cwd=project, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    page = (project / "first-hour" / "reports" / "cities" / "qingdao" / "trend.html").read_text("utf-8")
    plain = re.sub(r"\u00a0|\u202f|&#8239;|<wbr>|<span class=\"?t\"?></span>", "", page)
    assert "23043.6" in plain and "qd_yearbook_2031/9-9.csv" in plain


def test_the_sample_table_says_that_it_is_invented():
    folder = ROOT / "notebooks" / "first_hour" / "qd_yearbook" / "2031"
    assert "虚构" in (folder / "9-9.csv").read_text("utf-8") and "虚构" in (folder / "9-9.csv.source.yml").read_text("utf-8")
