"""The lock and environment.yml keep step with pyproject.toml."""

import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {"matplotlib-base": "matplotlib", "pyyaml": "PyYAML"}


def wanted() -> dict[str, SpecifierSet]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"], *(line for group in project["optional-dependencies"].values() for line in group)]
    return {normal(Requirement(line).name): Requirement(line).specifier for line in lines}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def conda() -> dict[str, SpecifierSet]:
    lines = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    flat = [line for line in lines if isinstance(line, str)] + [
        inner for line in lines if isinstance(line, dict) for inner in line["pip"]
    ]
    found = {}
    for line in flat:
        requirement = Requirement(line)
        found[normal(CONDA_NAMES.get(requirement.name, requirement.name))] = requirement.specifier
    return found


def test_environment_has_the_names_and_ranges_of_pyproject():
    found = conda()
    assert found.pop("python") == SpecifierSet(">=3.11")
    found.pop("pip")
    assert found == wanted()


def test_lock_is_hashed_and_names_no_address():
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in text
    blocks = re.findall(r"^(\S+)==(\S+).*?\\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.M)
    assert len(blocks) == len(re.findall(r"^\S+==", text, re.M)) > 100


def test_lock_holds_every_dependency_within_its_range():
    locked: dict[str, list[str]] = {}
    for name, version in re.findall(r"^(\S+)==([^\s;]+)", (ROOT / "requirements.lock").read_text("utf-8"), re.M):
        locked.setdefault(normal(name), []).append(version)
    for name, specifier in wanted().items():
        assert all(Version(version) in specifier for version in locked[name]), name


def test_ci_calls_the_test_command_of_the_readme():
    assert "python3 tasks.py test" in (ROOT / ".ci" / "run").read_text("utf-8")
    assert "python3 tasks.py test" in (ROOT / "README.md").read_text("utf-8")


def test_missing_venv_is_one_sentence(tmp_path):
    """A Python without ensurepip: exit 2, one sentence with the remedy, nothing made."""
    import shutil
    import subprocess
    import sys

    for name in ("tasks.py", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    code = (
        "import sys; sys.modules['ensurepip'] = None; sys.argv = ['tasks.py', 'report']; "
        "exec(open('tasks.py').read(), {'__name__': '__main__', '__file__': 'tasks.py'})"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 2
    assert "python3-venv" in run.stderr and run.stderr.count("\n") == 1
    assert not (tmp_path / ".venv").exists()


def test_old_python_is_one_sentence(tmp_path):
    import subprocess
    import sys

    code = (
        "import sys; sys.version_info = (3, 9, 2); "
        f"exec(open({str(ROOT / 'tasks.py')!r}).read(), {{'__name__': '__main__', '__file__': 'tasks.py'}})"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode != 0
    assert "3.11" in run.stderr and "3.9" in run.stderr and run.stderr.count("\n") == 1


def test_a_changed_project_file_makes_the_environment_anew(tmp_path):
    """Entry points, for example the provisioner of warm kernels, are there only after an installation."""
    import importlib.util
    import shutil

    for name in ("tasks.py", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    spec = importlib.util.spec_from_file_location("copied_tasks", tmp_path / "tasks.py")
    tasks = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tasks)
    before = tasks.stamp()
    assert tasks.stamp() == before
    with (tmp_path / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('\n[project.entry-points."x"]\ny = "z"\n')
    assert tasks.stamp() != before
