"""The one writer of data/raw: a stage of the evaluation, stored once with a sidecar beside each file.

Takes tables and what is known of them; gives data/raw/stage_evaluations/<stage>/. A stage is never overwritten, and it appears whole or
not at all: all files lie in a folder beside before one rename puts it into place. Numbers are written so that they read back equal.
"""

import csv
import hashlib
import io
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from qdlib.errors import DataError
from qdlib.reading.sources import SUFFIX
from qdlib.reading.stages import ABOUT, ABOUT_KEYS, KIND, SEPARATOR, SOURCE, TABLES, content_of


def write_stage(root: Path, tables: Mapping[str, pd.DataFrame], about: Mapping[str, str]) -> Path:
    """Write the files of a stage with their sidecars below root; gives the folder. DataError where the stage is there already.

    tables: a frame for each of TABLES. about: ABOUT_KEYS but `content`. All files lie in a folder beside before one rename.
    """
    folder = root / SOURCE / about["stage"]
    if folder.exists():
        place = f"{SOURCE}/{about['stage']}"
        raise DataError(f"stage {about['stage']} is stored in {place} and is never overwritten; give the next one its own name")
    files = {f"{table}.csv": make_csv(tables[table]) for table in TABLES}
    rows = [(key, about[key] if key != "content" else content_of(files)) for key in ABOUT_KEYS]
    files = {ABOUT: make_csv(pd.DataFrame(rows, columns=["key", "value"])), **files}
    draft = root / f".{about['stage']}.{os.getpid()}"
    try:
        draft.mkdir(parents=True)
        for name, content in files.items():
            write_file(draft / name, content)
            write_file(draft / (name + SUFFIX), make_sidecar(name, content, about))
        folder.parent.mkdir(exist_ok=True)
        os.rename(draft, folder)
    except OSError as error:
        raise DataError(f"stage {about['stage']} could not be written to {root}: {error}; nothing was left behind") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def write_file(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def make_csv(frame: pd.DataFrame) -> bytes:
    """The frame as CSV in UTF-8; shortest numbers that read back equal, several values of a cell joined by SEPARATOR."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows([as_text(value) for value in row] for row in frame.itertuples(index=False, name=None))
    return buffer.getvalue().encode("utf-8")


def as_text(value) -> str:
    if isinstance(value, (tuple, list)):
        return SEPARATOR.join(map(str, value))
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))
    return str(value)


def make_sidecar(file: str, content: bytes, about: Mapping[str, str]) -> bytes:
    entries = {
        "source": SOURCE,
        "edition": about["stage"],
        "title": f"{about['policy']} · {about['stage']} · {file}",
        "kind": KIND,
        "tables": "none",
        "city": about["city"],
        "url": "none",
        "published": about["today"],
        "accessed": about["today"],
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": "own evaluation; its input figures under the terms of their sources",
        "route": "original",
    }
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in entries.items()).encode("utf-8")
