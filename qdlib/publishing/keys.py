"""Why a report must run: its execution key, its render key, and what differs from last time.

Takes a report and the content of everything it depends on; gives two keys and the reason to run. Data count by the store's
content hashes, not by files; a notebook by its sources, not by stored outputs. Words of the page's frame and the template
belong to the render key alone, so that a new style renders again without computing again.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePath

from qdlib.publishing import folders
from qdlib.publishing.expansion import SHARED_SLICES, Report

PACKAGE = Path(__file__).resolve().parents[1]
COMPUTING = ("errors.py", "__init__.py", "catalogue", "reading", "observations", "forecasting", "analysis", "charts")
RENDERING = (
    "blocks.py",
    "downloads.py",
    "figures.py",
    "frame.py",
    "frames.py",
    "markdown.py",
    "outlines.py",
    "outputs.py",
    "pages.py",
    "rules.py",
    "theme.py",
    "traces.py",
    "templates",
)
# Modules here that neither compute nor render. Any other, known or new, counts as computing: a module that is forgotten makes
# reports run once too often, never too seldom.
RUNNING = (
    "__init__.py",
    "changes.py",
    "checks.py",
    "cluster.py",
    "directory.py",
    "execution.py",
    "executors.py",
    "expansion.py",
    "feed.py",
    "folders.py",
    "imports.py",
    "keeper.py",
    "kernels.py",
    "keys.py",
    "lab.py",
    "plan.py",
    "progress.py",
    "provisioner.py",
    "publication.py",
    "records.py",
    "rounds.py",
    "runs.py",
    "schedule.py",
    "search.py",
    "site.py",
    "slices.py",
    "verdicts.py",
    "warm.py",
)
PAGE_WORDS = "pages.yml"
JUDGING = ("observations", "forecasting", "analysis")
NO_METHOD = ("reviews.yml", "sources.yml")


@dataclass(frozen=True)
class Keys:
    """`inputs`: one hash per ingredient of the execution key, kept to say later which of them changed."""

    execution: str
    render: str
    inputs: dict[str, str]


@dataclass(frozen=True)
class Common:
    """Inputs that every report shares, and the hash of all that renders."""

    inputs: dict[str, str]
    rendering: str


def digest(*parts) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def catalogue_folder() -> Path:
    """The catalogue in use: a second policy's, where QD_CATALOGUE names one."""
    return folders.folder_of("QD_CATALOGUE") if os.environ.get("QD_CATALOGUE") else PACKAGE / "catalogue"


def hash_files(paths: Iterable[Path], root: Path | None = None) -> str:
    """One hash of files below `root` (the package), by their path and their content."""
    named = {place_in(path, root or PACKAGE): path for path in set(paths)}
    return digest(*((place.as_posix(), hash_file(named[place])) for place in sorted(named)))


def place_in(path: Path, root: Path) -> PurePath:
    """A file's path below root; a catalogue that lies elsewhere counts as the package's own, wherever it is."""
    if path.is_relative_to(root):
        return PurePath(path.relative_to(root))
    return PurePath("catalogue") / path.relative_to(catalogue_folder())


def hash_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files_of(names: Iterable[str], folder: Path, suffix: str = "") -> Iterable[Path]:
    for name in names:
        path = folder / name
        below = path.rglob(f"*{suffix}") if path.is_dir() else [path]
        yield from (file for file in below if "__pycache__" not in file.parts and file.is_file())


def code_files() -> list[Path]:
    here = PACKAGE / "publishing"
    others = {*RUNNING, *RENDERING} - {"frames.py"}  # payloads are made by frames.py and read from it again
    computing = [path.name for path in here.iterdir() if path.name not in others] if here.is_dir() else []
    return [*files_of(COMPUTING, PACKAGE, ".py"), *files_of(computing, here, ".py")]


def catalogue_files() -> list[Path]:
    """Metadata that notebooks compute or speak with: all of the catalogue but the words of the page's frame."""
    return [path for path in files_of(["."], catalogue_folder()) if path.suffix != ".py" and path.name != PAGE_WORDS]


def method_version() -> str:
    """What judges: the package's version and twelve digits of the code and metadata that a verdict comes from.

    A stage carries it as a name. Whether a word changed by method is found by judging the stored figures again, because most changes
    of code change no word; the changelog, under Methods, says what changed. Words for people, reviews and sources are no method.
    """
    code = files_of(["catalogue", *JUDGING], PACKAGE, ".py")
    metadata_files = [path for path in catalogue_files() if path.parent.name != "text" and path.name not in NO_METHOD]
    return f"{version('qdlib')}+{hash_files([*code, *metadata_files])[:12]}"


def read_common() -> Common:
    """What all reports of one run have in common; read once per run."""
    lock = folders.PROJECT / "requirements.lock"
    inputs = {
        "catalogue": hash_files(catalogue_files(), catalogue_folder()),
        "code": hash_files(code_files()),
        "lock": hash_file(lock) if lock.exists() else "",
        "python": f"{sys.version_info[0]}.{sys.version_info[1]}",
    }
    words = catalogue_folder()
    drawing = [*files_of(RENDERING, PACKAGE / "publishing"), PACKAGE / "charts" / "palette.py"]
    return Common(inputs, digest(hash_files(drawing), hash_files(files_of(["text"], words), words)))


def notebook_hash(path: Path) -> str:
    """Hash of what is executed and read by people: cell types, ids, sources, tags; stored outputs do not count."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return digest(
        *(
            [cell["cell_type"], cell.get("id"), "".join(cell["source"]), sorted(cell.get("metadata", {}).get("tags", ()))]
            for cell in cells
        )
    )


def slices_of(report: Report, with_data: Iterable[str]) -> tuple[str, ...]:
    """The slices of the store behind a report, `all` spelled out; declared cities without data count by their absence."""
    return (*sorted(with_data), *SHARED_SLICES) if report.reads == ("all",) else report.reads


def make_keys(report: Report, common: Common, with_data: list[str], context: str = "") -> Keys:
    """The keys of a report. context: what else its page shows of the site, for example the pages of its menu."""
    from qdlib.observations import store

    inputs = dict(common.inputs)
    inputs["notebook"] = notebook_hash(report.notebook_path)
    inputs["parameters"] = digest(report.values, report.figures, report.tables, report.reads)
    for piece in slices_of(report, with_data):
        known = piece in with_data or piece in SHARED_SLICES
        inputs[piece if piece in SHARED_SLICES else f"data:{piece}"] = store.content_hash(piece) if known else "none"
    execution = digest(inputs)
    return Keys(execution, digest(execution, common.rendering, context), inputs)


def reason_to_execute(keys: Keys, before: dict | None, *, force: bool = False) -> str:
    """The inputs that changed since the published page was executed, in words; empty where none did."""
    if force:
        return "forced"
    if not before:
        return "new"
    if before["execution"] == keys.execution:
        return ""
    names = sorted({*keys.inputs, *before["inputs"]})
    return " ".join(name for name in names if keys.inputs.get(name) != before["inputs"].get(name)) or "new"
