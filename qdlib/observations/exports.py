"""The processed data as files for others: workbook, CSV, SDMX-CSV, data package.

Takes ids, a vintage, formats and a folder; writes the files and gives their names and numbers of rows. All content is made
before anything is written, and every file is written beside its target before the first is moved into place, so a fault
leaves the old files as they were. The observations are all editions whatever the vintage; the vintage chooses the series and
the tables of the workbook, with the same result as `store.read_series`. The only module besides `store` that writes files here.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from qdlib.catalogue import Catalogue, load_catalogue
from qdlib.errors import DataError, nearest, raise_all
from qdlib.observations import store
from qdlib.observations.datapackage import make_package
from qdlib.observations.records import frame_csv
from qdlib.observations.rows import COLUMNS, sort_rows
from qdlib.observations.sdmx import make_message
from qdlib.observations.sdmx_structure import make_structure
from qdlib.observations.vintages import SERIES_COLUMNS, YEAR, check_vintage
from qdlib.observations.wide_tables import add_marks

FORMATS = ("xlsx", "csv", "sdmx-csv", "datapackage")
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Selection:
    """What is exported: `rows` of all editions, `series` of one vintage with `marks`, `revised` source cells."""

    catalogue: Catalogue
    cities: tuple[str, ...]
    vintage: str
    rows: pd.DataFrame
    series: pd.DataFrame
    revised: frozenset[str]
    hash: str


@dataclass(frozen=True)
class ExportFile:
    """One file: its place below the folder, its bytes, and the rows of figures in it (None where it holds none of its own)."""

    path: str
    content: bytes
    rows: int | None


def export_figures(
    selection: Selection, folder: Path, formats: Iterable[str] = FORMATS, language: str = "zh"
) -> list[ExportFile]:
    """Write the selection into the folder, replacing files of the same names; returns the files."""
    formats = tuple(dict.fromkeys(formats))
    faults = [
        f"format {name!r}, expected one of {', '.join(FORMATS)}{nearest(name, FORMATS)}"
        for name in formats
        if name not in FORMATS
    ]
    faults += [f"language {language!r}, expected one of {', '.join(LANGUAGES)}"] * (language not in LANGUAGES)
    raise_all(DataError, faults, "nothing was exported")
    files = make_files(selection, formats, language)
    write_files(folder, files)
    return files


def select_figures(cities: Iterable[str] = (), indicators: Iterable[str] = (), vintage: str = "latest") -> Selection:
    """The figures asked for; all cities with data and all their indicators when none are named.

    Raises one DataError with every id that is unknown or brings no figure, and for a vintage that shows nothing.
    """
    catalogue, known, build = load_catalogue(), store.cities_with_data(), store.stamp()
    cities, indicators = tuple(dict.fromkeys(cities)), tuple(dict.fromkeys(indicators))
    raise_all(DataError, unknown_ids(cities, indicators, known, catalogue), "nothing was exported")
    chosen = tuple(sorted(cities)) or tuple(known)
    rows = pd.concat([store.read_observations(city) for city in chosen], ignore_index=True)
    check_editions(rows, vintage)
    if indicators:
        rows = rows[rows["indicator"].isin(indicators)]
    faults = [f"no figure of city {city!r} for the indicators asked for" for city in cities if city not in set(rows["city"])]
    faults += [
        f"no figure of indicator {key!r} for the cities asked for" for key in indicators if key not in set(rows["indicator"])
    ]
    raise_all(DataError, faults, "nothing was exported")
    chosen = tuple(sorted(set(rows["city"])))
    series = read_vintage(rows, vintage)
    if series.empty and ":" in vintage:
        # Without a date or edition asked for, an empty series only says that all figures are bounds, forecasts or doubtful.
        sentence = f"vintage {vintage!r} shows no figure; the oldest publication is of {rows['published'].min()}"
        raise_all(DataError, [sentence], "nothing was exported")
    revised = revised_cells(chosen)
    if store.stamp() != build:
        raise DataError("the data were built anew while they were read: export again")
    return Selection(catalogue, chosen, vintage, sort_rows(rows), add_marks(series, revised), revised, data_hash(chosen))


def unknown_ids(cities: Iterable[str], indicators: Iterable[str], known: list[str], catalogue: Catalogue) -> list[str]:
    faults = []
    for city in cities:
        if city not in catalogue.cities:
            faults.append(f"unknown city {city!r}{nearest(city, catalogue.cities)} (`qd list cities` shows them)")
        elif city not in known:
            faults.append(f"no processed data for city {city!r} (`qd list cities` shows which have data)")
    for key in indicators:
        if key not in catalogue.indicators:
            faults.append(f"unknown indicator {key!r}{nearest(key, catalogue.indicators)} (`qd list indicators` shows them)")
    return faults


def check_editions(rows: pd.DataFrame, vintage: str) -> None:
    try:
        check_vintage(vintage, set(rows["edition"]))
    except DataError as error:
        raise_all(DataError, [str(error)], "nothing was exported")


def read_vintage(rows: pd.DataFrame, vintage: str) -> pd.DataFrame:
    """The series of the cities and indicators that occur in `rows`, in the vintage; a city without the edition has none."""
    kind, _, value = vintage.partition(":")
    printing = rows[rows["edition"] == value] if kind == "edition" else rows
    cities = sorted(set(printing["city"]))
    if not cities:
        return store.read_series(rows["city"].iloc[0])[:0]
    series = pd.concat([store.read_series(city, vintage=vintage) for city in cities], ignore_index=True)
    return series[series["indicator"].isin(set(rows["indicator"]))].sort_values(YEAR, kind="stable", ignore_index=True)


def revised_cells(cities: Iterable[str]) -> frozenset[str]:
    """Source cells whose figure differs from the one known before it."""
    events = pd.concat([store.read_revisions(city) for city in cities], ignore_index=True)
    return frozenset(cell for cells in events["cells_new"] for cell in cells.split(" | "))


def data_hash(cities: Iterable[str]) -> str:
    """Twelve digits that name the content of the cities' data."""
    content = "\n".join(f"{city} {store.content_hash(city)}" for city in cities)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


# --- files ------------------------------------------------------------------------------------------------------------------


def make_files(selection: Selection, formats: Iterable[str], language: str) -> list[ExportFile]:
    """Every file of the formats, in their order."""
    return [file for name in formats for file in MAKERS[name](selection, language)]


def workbook_files(selection: Selection, language: str) -> list[ExportFile]:
    from qdlib.observations.workbook import make_workbook

    return [ExportFile(f"city-statistics.{language}.xlsx", make_workbook(selection, language), len(selection.rows))]


def csv_files(selection: Selection, language: str) -> list[ExportFile]:
    return [
        ExportFile("csv/observations.csv", frame_csv(selection.rows, COLUMNS), len(selection.rows)),
        ExportFile("csv/series.csv", frame_csv(selection.series, SERIES_COLUMNS), len(selection.series)),
    ]


def sdmx_files(selection: Selection, language: str) -> list[ExportFile]:
    return [
        ExportFile("sdmx-csv/observations.csv", make_message(selection.rows), len(selection.rows)),
        ExportFile("sdmx-csv/structure.json", make_structure(selection, language), None),
    ]


def package_files(selection: Selection, language: str) -> list[ExportFile]:
    sizes = {"observations.csv": len(selection.rows), "series.csv": len(selection.series)}
    files = make_package(selection, language).items()
    return [ExportFile(f"datapackage/{name}", content, sizes.get(name)) for name, content in files]


MAKERS: Mapping[str, Callable[[Selection, str], list[ExportFile]]] = {
    "xlsx": workbook_files,
    "csv": csv_files,
    "sdmx-csv": sdmx_files,
    "datapackage": package_files,
}


def write_files(folder: Path, files: Iterable[ExportFile]) -> None:
    """Write all files beside their targets, then move each into place; after a fault nothing is left half-written."""
    drafts: dict[Path, Path] = {}
    try:
        for file in files:
            target = folder / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            drafts[target] = target.with_name(f".{target.name}.{os.getpid()}")
            with drafts[target].open("wb") as draft:
                draft.write(file.content)
                draft.flush()
                os.fsync(draft.fileno())
        for target, draft in drafts.items():
            os.replace(draft, target)
    except OSError as error:
        raise DataError(f"the export could not be written to {folder}: {error}; name another folder with --to") from error
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
