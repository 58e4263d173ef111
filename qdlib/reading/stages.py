"""A frozen stage of the evaluation: what its files are called, and what they say when they are still as they were written.

Takes data/raw/stage_evaluations; gives the files as text for the store, and `Stage` entries from them. A stage holds the input figures
too, not only the verdicts: otherwise nobody could tell later whether a word changed by method or by data. Tables but the inputs stay
text, because their columns are those of the day on which the stage was stored. A spoilt file makes its whole stage unusable. Writing
is `stage_archive`, comparing `analysis.stages`.
"""

import csv
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from qdlib.catalogue.documents import is_day
from qdlib.errors import DataError, SourceError, raise_all
from qdlib.reading.model import OBSERVATION
from qdlib.reading.sources import SUFFIX, Sidecar, load_bytes, read_sidecar

SOURCE = "stage_evaluations"
KIND = "stage_evaluation"
TABLES = ("components", "inputs", "programme", "reviews")
ABOUT = "about.csv"
FILES = (ABOUT, *(f"{table}.csv" for table in TABLES))
ABOUT_KEYS = ("stage", "policy", "city", "today", "last_full_year", "method", "data", "content")
COLUMNS = ("stage", "file", "content")
CURRENT = "current"  # where a stage may be named: the newest one stored
NAME = re.compile(r"(?P<year>\d{4})H(?P<half>[12])")
SEPARATOR = " | "
FIRST_DAYS = {"1": "01-01", "2": "07-01"}


@dataclass(frozen=True)
class Stage:
    """What was known and judged on a day. `components`, `programme`, `reviews`: text as stored; `inputs`: observations, typed.

    `method` names the code that judged, `data` the store's content, `content` the four tables by their bytes.
    """

    name: str
    policy: str
    city: str
    today: str
    full_year: int
    method: str
    data: str
    content: str
    components: pd.DataFrame
    inputs: pd.DataFrame
    programme: pd.DataFrame
    reviews: pd.DataFrame


def check_stage_name(name: str, today: str, first_year: int) -> str:
    """The name itself where it is a half-year, from the plan's first year on, that has begun on the day; DataError otherwise."""
    found = NAME.fullmatch(name)
    if not found:
        raise DataError(f"stage is {name!r}, expected a year and its half, such as 2026H1 or 2026H2{suggest_name(name)}")
    if int(found["year"]) < first_year:
        raise DataError(f"stage {name} lies before the plan, which begins in {first_year}; expected {first_year}H1 or later")
    begins = f"{found['year']}-{FIRST_DAYS[found['half']]}"
    if today < begins:
        raise DataError(
            f"stage {name} begins on {begins}, the day of the evaluation is {today}: a stage is stored when it has begun"
        )
    return name


def suggest_name(text: str) -> str:
    """The half-year that a misspelt name may mean: 2026-H2, 2026h2, 2026 H2."""
    found = re.fullmatch(r"\s*(\d{4})\s*[-_/]?\s*[hH]\s*([12])\s*", text)
    return f"; did you mean {found[1]}H{found[2]}?" if found else ""


def read_stages(root: Path) -> list[Stage]:
    """The stages below root in the order of their days; SourceError with every fault of their files."""
    faults: list[str] = []
    entries = [entry for folder in stage_folders(root) for entry in read_stage_folder(folder, faults)]
    raise_all(SourceError, faults, f"{SOURCE} cannot be read")
    return collect_stages(stages_frame(entries))


def stage_folders(root: Path) -> list[Path]:
    below = root / SOURCE
    return sorted(path for path in below.iterdir() if path.is_dir()) if below.is_dir() else []


def read_stage_folder(folder: Path, faults: list[str]) -> list[dict]:
    """The files of one stage as rows of COLUMNS, or its faults: a spoilt, strange or missing file makes the whole stage unusable."""
    where, before = f"{SOURCE}_{folder.name}", len(faults)
    if not NAME.fullmatch(folder.name):
        faults.append(f"{where}: the folder is no stage, expected a year and its half, such as 2026H2{suggest_name(folder.name)}")
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    known = {*FILES, *(name + SUFFIX for name in FILES)}
    faults += [
        f"{where}/{name} belongs to no stage, which has {', '.join(FILES)}; take it away" for name in names if name not in known
    ]
    faults += [f"{where}/{name} is missing; restore it: a stage is never changed" for name in FILES if name not in names]
    contents: dict[str, bytes] = {}
    for name in (name for name in FILES if name in names):
        sidecar = read_sidecar(folder / name, faults)
        if sidecar and check_kind(sidecar, f"{where}/{name}", faults):
            contents[name] = load_bytes(folder / name)
    if len(faults) == before:
        faults += check_about(contents, folder.name, where)
    if len(faults) > before:
        return []
    return [{"stage": folder.name, "file": name, "content": content.decode("utf-8")} for name, content in contents.items()]


def check_kind(sidecar: Sidecar, where: str, faults: list[str]) -> bool:
    if sidecar.kind == KIND:
        return True
    faults.append(f"{where}{SUFFIX}: kind is {sidecar.kind!r}, a file of {SOURCE} has the kind {KIND}; restore the sidecar")
    return False


def check_about(contents: Mapping[str, bytes], name: str, where: str) -> list[str]:
    """Faults of what a stage says of itself."""
    about = read_about(contents[ABOUT].decode("utf-8"))
    faults = [f"{where}/{ABOUT}: the key {key!r} is missing; restore the file" for key in ABOUT_KEYS if not about.get(key)]
    if faults:
        return faults
    if about["stage"] != name:
        faults.append(f"{where}/{ABOUT}: stage is {about['stage']!r}, but the folder is {name!r}; restore its name")
    if not is_day(about["today"]) or not re.fullmatch(r"\d{4}", about["last_full_year"]):
        stated = f"today is {about['today']!r} and last_full_year {about['last_full_year']!r}"
        faults.append(f"{where}/{ABOUT}: {stated}, expected a day and a year")
    stated, found = about["content"], content_of(contents)
    if stated != found:
        faults.append(f"{where}: content is {stated[:16]}…, the tables have {found[:16]}…: a stage is never changed; restore it")
    return faults


def content_of(files: Mapping[str, bytes]) -> str:
    """One hash of the tables by name and bytes: a file that is mended together with its sidecar is still noticed."""
    digest = hashlib.sha256()
    for name in sorted(set(files) - {ABOUT}):
        digest.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
    return digest.hexdigest()


def stages_frame(entries: list[dict]) -> pd.DataFrame:
    """The files of all stages, a row each: what the store hands on to notebooks."""
    return pd.DataFrame(entries, columns=list(COLUMNS)).astype("str")


def collect_stages(frame: pd.DataFrame | None) -> list[Stage]:
    """The stages of a frame of `stages_frame`, by their days; none where nothing is stored."""
    if frame is None or frame.empty:
        return []
    found = [parse_stage(dict(zip(own["file"], own["content"], strict=True))) for _, own in frame.groupby("stage", sort=True)]
    return sorted(found, key=lambda stage: (stage.today, stage.name))


def parse_stage(texts: Mapping[str, str]) -> Stage:
    about = read_about(texts[ABOUT])
    tables = {table: read_table(texts[f"{table}.csv"]) for table in TABLES}
    return Stage(
        name=about["stage"],
        policy=about["policy"],
        city=about["city"],
        today=about["today"],
        full_year=int(about["last_full_year"]),
        method=about["method"],
        data=about["data"],
        content=about["content"],
        **(tables | {"inputs": type_observations(tables["inputs"])}),
    )


def read_about(text: str) -> dict[str, str]:
    return dict(row[:2] for row in csv.reader(io.StringIO(text)) if len(row) >= 2)


def read_table(text: str) -> pd.DataFrame:
    head, *rows = csv.reader(io.StringIO(text))
    return pd.DataFrame(rows, columns=head, dtype="str")


def type_observations(frame: pd.DataFrame) -> pd.DataFrame:
    """Frozen observations with the types that the reader gives."""
    empty = {"value": "float64", "decimals": "Int64", "year": "int64"}
    plain = frame[list(OBSERVATION)].copy()
    for name, kind in empty.items():
        plain[name] = pd.to_numeric(plain[name].where(plain[name] != "")).astype(kind)
    return plain
