"""Where the notebooks lie and where the site goes; files replaced whole or not at all.

Takes the environment (QD_NOTEBOOKS, QD_REPORTS and the like), gives absolute paths: kernels work in other folders. The private state of
the runs lives in `reports/.qd/`, so that the rest can be copied to a server as it is.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DRAFT = ".part"
# Handed to worker and kernel as absolute paths, whatever folder they work in.
FOLDER_VARIABLES = {
    "QD_RAW": "data/raw",
    "QD_DATA": "data/processed",
    "QD_REPORTS": "reports",
    "QD_NOTEBOOKS": "notebooks",
    "QD_CATALOGUE": "qdlib/catalogue",
}


def folder_of(variable: str) -> Path:
    return Path(os.environ.get(variable) or PROJECT / FOLDER_VARIABLES[variable]).resolve()


def notebooks_folder() -> Path:
    return folder_of("QD_NOTEBOOKS")


def reports_folder() -> Path:
    return folder_of("QD_REPORTS")


def state_folder() -> Path:
    return reports_folder() / ".qd"


def folder_environment() -> dict[str, str]:
    return {variable: str(folder_of(variable)) for variable in FOLDER_VARIABLES}


def replace_file(source: Path, target: Path) -> None:
    """Move a finished file over the old one; after a crash there is the old file or the new one, never half of either."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(source, target)


def write_file(path: Path, content: str | bytes) -> None:
    """Write beside the target, then replace it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}{DRAFT}")
    try:
        draft.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        replace_file(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)  # a full disk must not keep what did not fit
        raise


def remove_drafts(folder: Path) -> None:
    """What a run that was killed while it wrote has left beside its targets."""
    for path in folder.rglob(f".*{DRAFT}"):
        path.unlink(missing_ok=True)


def write_json(path: Path, content) -> None:
    write_file(path, json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def read_json(path: Path):
    """The content of a JSON file, None when it is missing or was cut short."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError, UnicodeDecodeError):
        return None


def remove_file(path: Path, below: Path) -> None:
    """Remove a file and the folders above it that are empty now, up to `below`."""
    path.unlink(missing_ok=True)
    for folder in path.parents:
        if folder == below or below not in folder.parents or not folder.is_dir() or any(folder.iterdir()):
            return
        folder.rmdir()


def empty_folder(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def files_below(folder: Path, suffix: str) -> Iterator[Path]:
    """Every file with the suffix, sorted, the private state left out."""
    yield from sorted(path for path in folder.rglob(f"*{suffix}") if ".qd" not in path.relative_to(folder).parts)
