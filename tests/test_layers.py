"""Imports point up the architecture's table only; files are opened in the named edge modules only."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "qdlib"
ORDER = ["errors", "catalogue", "reading", "observations", "forecasting", "analysis", "charts", "publishing", "cli"]
# Display sits at the end of the journey, but a notebook's stories may use everything above them.
EDGES = {"catalogue", "reading", "observations/exports.py", "observations/store.py", "forecasting/prior.py", "publishing"}


def imported(source: str) -> set[str]:
    """Second part of each qdlib module that the source imports, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "qdlib" else [node.module]
        found |= {name.split(".")[1] for name in names if name.startswith("qdlib.")}
    return found & set(ORDER)


def breaches(package: str, source: str) -> set[str]:
    return {other for other in imported(source) if ORDER.index(other) > ORDER.index(package)}


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        part = path.relative_to(PACKAGE).parts
        if part != ("__init__.py",):
            yield part[0].removesuffix(".py"), path


def test_imports_point_up_the_table_only():
    wrong = {
        str(path.relative_to(PACKAGE)): found
        for package, path in modules()
        if (found := breaches(package, path.read_text("utf-8")))
    }
    assert not wrong


def test_a_downward_import_is_seen_even_inside_a_function():
    assert breaches("charts", "def f():\n    from qdlib.publishing import display\n") == {"publishing"}
    assert breaches("analysis", "import qdlib.charts.lines\n") == {"charts"}
    assert breaches("publishing", "from qdlib import charts\n") == set()


def test_every_package_has_a_signpost():
    for package in ORDER[1:]:
        docstring = ast.get_docstring(ast.parse((PACKAGE / package / "__init__.py").read_text("utf-8")))
        assert docstring and len(docstring.splitlines()) >= 3, package


def opened(source: str) -> bool:
    """True where the source opens, reads or writes a file by a call of its own."""
    calls = {"open", "read_text", "read_bytes", "write_text", "write_bytes"}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = (
                node.func.id
                if isinstance(node.func, ast.Name)
                else node.func.attr
                if isinstance(node.func, ast.Attribute)
                else ""
            )
            if name in calls:
                return True
    return False


def test_files_are_opened_at_the_edges_only():
    wrong = []
    for package, path in modules():
        relative = path.relative_to(PACKAGE).as_posix()
        if opened(path.read_text("utf-8")) and package not in EDGES and relative not in EDGES:
            wrong.append(relative)
    assert not wrong


def test_an_opened_file_is_seen():
    assert opened("from pathlib import Path\nPath('x').read_text()")
    assert not opened("frame.to_json()")


def test_import_of_the_package_is_light():
    import subprocess
    import sys

    code = "import sys, qdlib; print([m for m in ('pandas', 'papermill', 'nbconvert', 'ipywidgets', 'matplotlib') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
