"""The processed data: one Parquet part per city and table, and a manifest that is replaced last.

Takes the tables of a build; gives them back per city. A part is named by its content, so an unchanged city is not rewritten and
a reader that opened the manifest sees one build or the other, never a mixture; parts of the build before stay until
the next. Bytes are deterministic. `QD_DATA` names the folder; `QD_READS` lists the slices that a report declared, and every
other slice is refused, so a declaration cannot be too small. The only module that touches data/processed.
"""

import fcntl
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet

from qdlib.errors import BusyError, DataError, RunError, nearest

TABLES = ("observations", "series", "revisions", "findings", "corrections", "unmatched")
SHARED = ("programme", "stages", "calibration")
# Tables whose content makes a city's hash: what a report can show of its figures. Labels without an indicator change no figure.
HASHED = ("observations", "series", "revisions", "findings", "corrections")
FORMAT = 1


@dataclass(frozen=True)
class Part:
    """A written part: its file's name and the sha256 of its content as text."""

    file: str
    digest: bytes


def data_folder() -> Path:
    """The folder of the processed data: `QD_DATA`, else data/processed beside the package."""
    return Path(os.environ.get("QD_DATA") or Path(__file__).parents[2] / "data" / "processed")


def read_manifest() -> dict:
    """The manifest of the newest complete build; DataError where there is none."""
    path = data_folder() / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError("there are no processed data yet: run `qd build`") from None
    if manifest.get("format") != FORMAT:
        raise DataError(f"the processed data have format {manifest.get('format')}, expected {FORMAT}: run `qd build`")
    return manifest


def cities_with_data() -> list[str]:
    return sorted(read_manifest()["cities"])


def content_hash(piece: str) -> str:
    """Hash of a slice's content (a city, `programme`, `stages`, `calibration`), whatever the version of the file format."""
    manifest = read_manifest()
    if piece in manifest["cities"]:
        return manifest["cities"][piece]["hash"]
    if piece in SHARED:
        return manifest["shared"].get(piece, "none")
    raise DataError(f"no slice {piece!r} in the processed data{nearest(piece, [*manifest['cities'], *SHARED])}")


def stamp() -> dict:
    """What a report names as its data: newest edition, and the content hash of each city."""
    manifest = read_manifest()
    return {
        "newest_edition": manifest["newest_edition"],
        "cities": {key: part["hash"] for key, part in manifest["cities"].items()},
    }


def read_table(table: str, city: str, columns: tuple[str, ...] | None = None) -> pd.DataFrame:
    """One table of one city, or some columns of it; DataError for an unknown city, RunError for a slice that the report did not declare."""
    refuse_undeclared(city)
    try:
        return read_part(part_path(table, city), columns).copy()
    except FileNotFoundError:
        # Two builds ended since the manifest was opened, and the second removed the part: the new manifest names its successor.
        return read_part(part_path(table, city), columns).copy()


def part_path(table: str, city: str) -> str:
    """The file that the manifest names for a table of a city."""
    cities = read_manifest()["cities"]
    if city not in cities:
        raise DataError(f"no processed data for city {city!r}{nearest(city, cities)}: `qd list cities` shows which have data")
    return str(data_folder() / table / cities[city]["files"][table])


@lru_cache(maxsize=512)
def read_part(path: str, columns: tuple[str, ...] | None = None) -> pd.DataFrame:
    return parquet.read_table(path, columns=columns and list(columns), memory_map=False).to_pandas()


def read_observations(city: str) -> pd.DataFrame:
    """All editions of all figures of a city: the architecture's columns with `amount` and `half`."""
    return read_table("observations", city)


def read_series(city: str, indicator: str | None = None, vintage: str = "latest") -> pd.DataFrame:
    """The city's series in one vintage (columns: `vintages.SERIES_COLUMNS`), of one indicator if named."""
    if vintage == "latest":
        series = read_table("series", city)
    else:
        from qdlib.catalogue import load_catalogue
        from qdlib.observations.vintages import choose_vintage

        series = choose_vintage(read_observations(city), vintage, load_catalogue(), indicator)
    if indicator is None:
        return series
    own = series[series["indicator"] == indicator].reset_index(drop=True)
    if own.empty:
        from qdlib.catalogue import load_catalogue

        load_catalogue().need_indicator(indicator)  # nothing published is an empty series, a misspelt id is an error
    return own


def read_derived(key: str) -> pd.DataFrame:
    """A declared series of derived.yml, spliced: columns of `growth.splice`. CatalogueError on an unknown id.

    The only way to figures on two bases in one column; whoever shows it shows `load_catalogue().derived[key].reason` too.
    """
    from qdlib.catalogue import load_catalogue
    from qdlib.observations.growth import splice

    declared = load_catalogue().need_derived(key)
    parts = [read_series(declared.city, declared.indicator, vintage) for vintage in (declared.old, declared.new)]
    return splice(*(part[part["scope"] == declared.scope] for part in parts), declared.overlap)


def read_findings(city: str) -> pd.DataFrame:
    return read_table("findings", city)


def read_revisions(city: str) -> pd.DataFrame:
    return read_table("revisions", city)


def read_shared(piece: str) -> pd.DataFrame | None:
    """A slice that belongs to no city; None where nothing was written.

    `programme`: what departments report on its items. `stages`: the files of frozen stages, as `reading.stages` gives them.
    """
    refuse_undeclared(piece)
    if piece not in SHARED:
        raise DataError(f"no shared slice {piece!r}{nearest(piece, SHARED)}; there are {', '.join(SHARED)}")
    digest = content_hash(piece)
    return None if digest == "none" else read_part(str(data_folder() / piece / f"{piece}-{digest[:12]}.parquet")).copy()


def refuse_undeclared(piece: str) -> None:
    declared = os.environ.get("QD_READS")
    if declared is not None and declared != "all" and piece not in declared.split(","):
        raise RunError(
            f"this report reads {piece!r}, but its line in runs.yml declares `reads: [{declared}]`: add the slice there"
        )


@contextmanager
def one_writer() -> Iterator[None]:
    """Hold data/processed/.lock; BusyError where another build holds it."""
    data_folder().mkdir(parents=True, exist_ok=True)
    with (data_folder() / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(f"another build holds {data_folder().name}/.lock; try again when it has ended") from None
        yield


def write_build(tables: Mapping[str, pd.DataFrame], keep: tuple[str, ...] = ()) -> dict:
    """Write the tables city by city and replace the manifest; cities in `keep` stay as they were before.

    Returns the new manifest. The caller holds `one_writer`.
    """
    cities = sorted(tables["observations"]["city"].unique())
    return publish_parts(write_parts(tables, cities), newest_edition(tables["observations"]), keep)


def read_peers(city: str, vintage: str = "latest") -> dict[str, pd.DataFrame]:
    """Every other city with data and its series of one vintage, all indicators; an edition belongs to one city, so others are then `latest`."""
    chosen = "latest" if vintage.startswith("edition:") else vintage
    return {other: read_series(other, vintage=chosen) for other in cities_with_data() if other != city}


def made_from(piece: str) -> str:
    """What a shared slice was made from, as `write_shared` was told; empty where it was never told."""
    return read_manifest().get("made_from", {}).get(piece, "")


def write_shared(piece: str, frame: pd.DataFrame, made_from: str = "") -> dict:
    """Write a shared slice whole and name it in the manifest, which must exist; returns the new manifest.

    A frame without rows takes the slice away. made_from: key of its inputs, kept beside it and no part of its hash: equal content from
    other inputs changes no report. The slice before stays for whoever reads it meanwhile; older ones go. The caller holds `one_writer`.
    """
    manifest = read_manifest()
    if made_from:
        manifest["made_from"] = manifest.get("made_from", {}) | {piece: made_from}
    if frame.empty:
        manifest["shared"] = {key: digest for key, digest in manifest["shared"].items() if key != piece}
        replace_text(data_folder() / "manifest.json", json.dumps(manifest, indent=1, sort_keys=True) + "\n")
        return manifest
    part = write_part(piece, piece, frame)
    kept = {part.file, f"{piece}-{manifest['shared'].get(piece, '')[:12]}.parquet"}
    manifest["shared"] = manifest["shared"] | {piece: part.digest.hex()}
    replace_text(data_folder() / "manifest.json", json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    for path in (data_folder() / piece).glob("*.parquet"):
        if path.name not in kept:
            path.unlink(missing_ok=True)
    return manifest


def newest_edition(rows: pd.DataFrame) -> tuple[str, str]:
    """Date and id of the edition published last."""
    return max(rows[["published", "edition"]].drop_duplicates().itertuples(index=False, name=None))


def write_parts(tables: Mapping[str, pd.DataFrame], cities: Iterable[str]) -> dict[str, dict[str, Part]]:
    """Write one part per city and table, an empty one where a table has no row of the city; what is there already is not rewritten.

    Nothing refers to the parts until `publish_parts` names them: whoever reads meanwhile sees the build before.
    """
    split = {name: dict(list(frame.groupby("city", sort=True))) for name, frame in tables.items()}
    return {
        city: {name: write_part(name, city, split[name].get(city, tables[name].iloc[:0])) for name in tables} for city in cities
    }


def publish_parts(parts: Mapping[str, Mapping[str, Part]], newest: tuple[str, str], keep: tuple[str, ...] = ()) -> dict:
    """Replace the manifest by one that names these parts; cities in `keep` stay as they were before. Returns it.

    parts: for each city one part of every table in TABLES.
    """
    before = old_manifest()
    cities = {city: before["cities"][city] for city in keep if city in before["cities"]}
    for city in set(parts) - set(keep):
        digest = hashlib.sha256(b"".join(parts[city][name].digest for name in HASHED))
        cities[city] = {"hash": digest.hexdigest(), "files": {name: parts[city][name].file for name in TABLES}}
    manifest = {
        "format": FORMAT,
        "newest_edition": newest[1],
        "cities": dict(sorted(cities.items())),
        "shared": before.get("shared", {}),
    }
    if before.get("made_from"):
        manifest["made_from"] = before["made_from"]
    replace_text(data_folder() / "manifest.json", json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    remove_unused(manifest, before)
    return manifest


def old_manifest() -> dict:
    try:
        return read_manifest()
    except DataError:
        return {"cities": {}, "shared": {}}


def as_text(part: pd.DataFrame) -> bytes:
    """The part as CSV text with shortest round-trip numbers: the same content gives the same bytes in every version."""
    buffer = io.BytesIO()
    arrow_csv.write_csv(pa.Table.from_pandas(part, preserve_index=False), buffer)
    return buffer.getvalue()


def write_part(table: str, city: str, part: pd.DataFrame) -> Part:
    """Write one part under its content's name, unless it is there already."""
    part = part.drop(columns="index", errors="ignore")
    digest = hashlib.sha256(as_text(part)).digest()
    name = f"{city}-{digest.hex()[:12]}.parquet"
    path = data_folder() / table / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        content = pa.Table.from_pandas(part, preserve_index=False).replace_schema_metadata(None)
        scratch = path.with_name(f".{name}.{os.getpid()}")
        parquet.write_table(content, scratch, compression="zstd", store_schema=False)
        os.replace(scratch, path)
    return Part(name, digest)


def replace_text(path: Path, text: str) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    with scratch.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(scratch, path)


def remove_unused(manifest: dict, before: dict) -> None:
    """Delete parts that neither this build nor the one before names."""
    used = {
        (table, file)
        for build in (manifest, before)
        for part in build["cities"].values()
        for table, file in part["files"].items()
    }
    for table in TABLES:
        for path in (data_folder() / table).glob("*.parquet"):
            if (table, path.name) not in used:
                path.unlink(missing_ok=True)
