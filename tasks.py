#!/usr/bin/env python3
"""The two commands of the README, and a few for developers. Needs the standard library only.

    python3 tasks.py report      environment, build, every report; prints the path of the index
    python3 tasks.py test        environment, then the whole test suite

It makes `.venv` from `requirements.lock`, says plainly what is missing, and hands over to `qd` inside it.
The environment's stamp is written last, so that a half-made environment is finished by the next call.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "qdlib needs Python 3.11 or newer, this is %d.%d: install a newer Python (for example python3.12) "
        "and run that one with tasks.py" % sys.version_info[:2]
    )

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "qdlib-environment.txt"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")


def stamp() -> str:
    """What the environment is made from: lock, project file, Python version, place."""
    digest = hashlib.sha256()
    for file in (LOCK, ROOT / "pyproject.toml"):
        digest.update(file.read_bytes())
    return f"{digest.hexdigest()} {sys.version_info[0]}.{sys.version_info[1]} {ROOT}\n"


def stop(sentence: str, code: int = 2) -> None:
    print(sentence, file=sys.stderr)
    raise SystemExit(code)


def call(command: list, **options) -> int:
    return subprocess.run([str(part) for part in command], cwd=ROOT, **options).returncode


def locked_block(name: str) -> str:
    """The lines of one package in the lock, with its hashes."""
    found = re.search(rf"^{re.escape(name)}==[^\n]*\\\n(?:    --hash=[^\n]*\n)+", LOCK.read_text(encoding="utf-8"), re.M)
    if not found:
        stop(f"{LOCK.name} has no line for {name}: run `python3 tasks.py lock` where the network is up")
    return found.group(0)


def make_venv() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        stop(
            "this Python cannot make virtual environments: install the package python3-venv "
            "(Debian, Ubuntu: apt install python3-venv) and run the command again"
        )
    shutil.rmtree(VENV, ignore_errors=True)
    venv.create(VENV, with_pip=True)


def install_locked() -> None:
    """Install the lock with uv, itself installed by hash; the local cache is tried before the network."""
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "uv.txt"
        file.write_text(locked_block("uv"), encoding="utf-8")
        has_uv = call([*pip, "-r", file]) == 0
    if has_uv:
        uv = [BIN / "uv", "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "--compile-bytecode"]
        if call([*uv, "--offline", "-r", LOCK], stderr=subprocess.DEVNULL) == 0 or call([*uv, "-r", LOCK]) == 0:
            return
    if call([*pip, "-r", LOCK]) != 0:
        stop("the packages of requirements.lock could not be installed (see above): check the network and run again", 1)


def ensure_environment() -> None:
    if STAMP.exists() and PYTHON.exists() and STAMP.read_text(encoding="utf-8") == stamp():
        return
    began = time.monotonic()
    print("making .venv from requirements.lock (once; about a minute)", flush=True)
    make_venv()
    install_locked()
    project = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    if call([*project, "--no-build-isolation", "--no-index", "-e", "."]) != 0:
        stop("qdlib itself could not be installed into .venv (see above)", 1)
    STAMP.write_text(stamp(), encoding="utf-8")
    print(f"environment ready in {time.monotonic() - began:.0f} s", flush=True)


def report(rest: list[str]) -> int:
    """Build the data and run every report. A finding that stops a city still lets the others be published."""
    began = time.monotonic()
    built = call([BIN / "qd", "build"])
    if built == 75:
        return built
    ran = call([BIN / "qd", "run", *rest])
    print(f"total {time.monotonic() - began:.0f} s; open {ROOT / 'reports' / 'index.html'}", flush=True)
    return ran or built


def test(rest: list[str]) -> int:
    """pytest over tests/, then nbval over notebooks/: one notebook stops at its first failure."""
    pytest = [PYTHON, "-m", "pytest"]
    if rest:
        return call([*pytest, *rest])
    return call([*pytest, "tests", "notebooks", "--nbval-lax", "-n", "2", "--dist", "loadscope", "-q"])


def notebooks(rest: list[str]) -> int:
    return call([PYTHON, "-m", "tests.notebooks.refresh", *rest])


def lab(rest: list[str]) -> int:
    return call([BIN / "qd", "lab", *rest])


def lock(rest: list[str]) -> int:
    """Resolve pyproject.toml anew for every platform; the header that would name this machine's command is dropped."""
    return call(
        [
            BIN / "uv",
            "pip",
            "compile",
            "pyproject.toml",
            "--all-extras",
            "--universal",
            "--generate-hashes",
            "--python-version",
            "3.11",
            "--no-header",
            "--no-annotate",
            "--quiet",
            "-o",
            LOCK,
            *rest,
        ]
    )


VERBS = {"report": report, "test": test, "lab": lab, "notebooks": notebooks, "lock": lock}


def main() -> int:
    parser = argparse.ArgumentParser(description="qdlib: environment, reports, tests")
    parser.add_argument("verb", choices=VERBS, help="report and test are all that a fresh machine needs")
    options, rest = parser.parse_known_args()
    ensure_environment()
    return VERBS[options.verb](rest)


if __name__ == "__main__":
    raise SystemExit(main())
