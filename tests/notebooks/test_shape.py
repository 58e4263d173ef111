"""The rules of notebooks, on their JSON; and that a changed digit in a stored headline is noticed."""

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
BOOKS = sorted(FOLDER.glob("*.ipynb"))
BY_HAND = {"cheat_sheet", "explore", "first_hour", "selection"}  # opened at the desk, never published
BANNED = re.compile(r"^\s*[%!]|\$\$|\\\(")


def cells(path: Path) -> list[dict]:
    return json.loads(path.read_text("utf-8"))["cells"]


def source(cell: dict) -> str:
    return "".join(cell["source"])


def code(path: Path) -> list[dict]:
    return [cell for cell in cells(path) if cell["cell_type"] == "code"]


def tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])


def faults(path: Path) -> list[str]:
    """Everything about a notebook that breaks a rule."""
    found, programme = [], "\n".join(source(cell) for cell in code(path))
    lines = [line for line in programme.splitlines() if line.strip()]
    if len(lines) > 60:
        found.append(f"{len(lines)} lines of code")
    if any(BANNED.search(line) for line in programme.splitlines()):
        found.append("magic, shell or TeX")
    tree = ast.parse(programme)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.AsyncFunctionDef)):
            found.append(type(node).__name__)
        if isinstance(node, ast.Import) and [alias.name for alias in node.names] != ["qdlib"] or isinstance(node, ast.ImportFrom):
            found.append("imports more than qdlib")
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
            "open",
            "now",
            "today",
            "Path",
            "system",
        ):
            found.append("path or clock")
    headlines = [cell for cell in code(path) if {"keep_output", "nbval-check-output"} <= set(tags(cell))]
    if len(headlines) != 1 or not headlines[0]["outputs"] or not headlines[0]["execution_count"]:
        found.append("no stored headline: tag, output and count")
    if any(cell["outputs"] or cell["execution_count"] for cell in code(path) if "keep_output" not in tags(cell)):
        found.append("outputs not stripped")
    if sum("parameters" in tags(cell) for cell in code(path)) != 1:
        found.append("no parameter cell")
    if cells(path)[0]["cell_type"] != "markdown" or not source(cells(path)[0]).startswith("# "):
        found.append("does not begin with its question")
    if source(code(path)[-1]).strip() != "qd.sources()":
        found.append("does not end with its sources")
    return found


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_notebook_keeps_the_rules(path):
    assert faults(path) == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("def f():\n    return 1", "FunctionDef"),
        ("import pandas", "imports more"),
        ("%matplotlib inline", "magic"),
        ("open('x')", "path or clock"),
    ],
)
def test_a_broken_rule_is_seen(tmp_path, wrong, words):
    book = json.loads(BOOKS[0].read_text("utf-8"))
    book["cells"].insert(
        3, {"cell_type": "code", "id": "wrong", "metadata": {}, "outputs": [], "execution_count": None, "source": wrong}
    )
    path = tmp_path / "wrong.ipynb"
    path.write_text(json.dumps(book), "utf-8")
    if wrong.startswith("%"):
        assert BANNED.search(wrong)
    else:
        assert any(words in fault for fault in faults(path))


def test_every_notebook_is_planned():
    from qdlib.publishing.plan import check_plan

    assert check_plan() == []
    plan = (FOLDER / "runs.yml").read_text("utf-8")
    planned = {path.stem for path in BOOKS if re.search(rf"notebook: {path.stem}\b", plan)}
    assert planned == {path.stem for path in BOOKS} - BY_HAND


def run_nbval(path: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-x", "-p", "no:xdist", "-p", "no:cacheprovider", str(path)]
    return subprocess.run(command, capture_output=True, text=True, cwd=path.parent)


def test_a_changed_digit_in_a_stored_headline_fails(tmp_path, frozen):
    """nbval compares the stored headline: 8683 enterprises turned into 8684 is noticed, the untouched notebook passes."""
    path = tmp_path / "overview.ipynb"
    shutil.copy(FOLDER / "overview.ipynb", path)
    assert run_nbval(path).returncode == 0
    text = path.read_text("utf-8")
    assert "8683.0" in text
    path.write_text(text.replace("8683.0", "8684.0"), "utf-8")
    failed = run_nbval(path)
    assert failed.returncode == 1
    assert "8684" in failed.stdout
