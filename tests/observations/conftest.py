"""Small invented observations written as a source prints them, sources of each class, and the real store, built once."""

import csv
import hashlib
import inspect
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pytest

from qdlib.catalogue import load_catalogue
from qdlib.catalogue.corrections import Correction
from qdlib.catalogue.documents import Name
from qdlib.catalogue.sources import Source, Supersession
from qdlib.observations.figures import sort_figures
from qdlib.observations.findings import make_findings
from qdlib.observations.rows import COLUMNS, in_catalogue_unit

RAW = Path(__file__).parents[2] / "data" / "raw"
GDP = "gdp_current_prices"


def invent_source(key: str, class_: str, **options) -> Source:
    return Source(
        key, "somebody", Name("某", "Some"), Name("无", "none"), class_, options.get("usual_month"), options.get("supersedes", ()), None
    )


@pytest.fixture(scope="session")
def catalogue():
    """The packaged catalogue without corrections, with a source of each class beside the real ones.

    `late_panel` supersedes `panel`, except for Beijing; `spring` is official and known to be out in April.
    """
    known = load_catalogue()
    invented = [
        invent_source("office", "official"),
        invent_source("spring", "official", usual_month=4),
        invent_source("bureau", "department"),
        invent_source("panel", "copy"),
        invent_source("late_panel", "copy", supersedes=(Supersession("panel", ("beijing",)),)),
    ]
    sources = dict(known.sources) | {source.id: source for source in invented}
    return replace(known, sources=MappingProxyType(sources), corrections=())


def observe(text: str | None, year: int, edition: str = "office_2020", **fields) -> dict:
    """One observation row from the figure as printed; the edition's last part is its date unless `published` says otherwise."""
    indicator = fields.get("indicator", GDP)
    unit = fields.get("unit") or load_catalogue().indicators[indicator].unit
    decimals = None if text is None else len(text.partition(".")[2])
    row = {
        "city": "qingdao",
        "indicator": indicator,
        "scope": "whole_city",
        "year": year,
        "value": None if text is None else float(text),
        "unit": unit,
        "decimals": decimals,
        "status": "M" if text is None else "A",
        "bound": "equal",
        "edition": edition,
        "published": edition.split("_")[-1],
        "raw": text or "",
        "note": "",
    } | {key: value for key, value in fields.items() if key != "unit"}
    place = f"{row['city']}.{row['indicator']}.{row['scope']}.{row['year']}"
    return {"source_cell": f"{edition}/t.csv!csv!{place}"} | row


def frame_of(observations: list[dict]) -> pd.DataFrame:
    """Rows as the reader gives them."""
    frame = pd.DataFrame(observations, columns=COLUMNS)
    return frame.astype({"year": "Int64", "decimals": "Int64", "value": "float64"})


@pytest.fixture(scope="session", name="observe")
def observe_fixture():
    return observe


@pytest.fixture(scope="session", name="frame_of")
def frame_of_fixture():
    return frame_of


@pytest.fixture(scope="session")
def admit(catalogue):
    """Observations as admitted rows, with amount and half; test_observation_rows.py is about admission itself."""
    return lambda observations: in_catalogue_unit(frame_of(observations).astype({"year": "int64"}), catalogue)


@pytest.fixture(scope="session")
def line():
    """A series as one edition prints it: {year: text}."""

    def make(figures: dict[int, str], edition: str = "office_2020", **fields) -> list[dict]:
        return [observe(text, year, edition, **fields) for year, text in figures.items()]

    return make


@pytest.fixture(scope="session")
def correction():
    """A declared correction of Qingdao's GDP in office_2020; the fields that a test is about are given."""

    def make(action: str, **fields) -> Correction:
        empty = dict.fromkeys(("value", "unit", "factor", "cell", "check", "expect_raw", "expect_above", "expect_below"))
        entry = {
            "id": "c1",
            "edition": "office_2020",
            "city": "qingdao",
            "indicator": GDP,
            "scope": "whole_city",
            "years": (2018,),
        }
        entry |= {"reason": Name("笔误", "a slip"), "status": "open"} | fields
        numbers = {key: Fraction(entry[key]) for key in ("factor", "expect_above", "expect_below") if key in entry}
        return Correction(action=action, **(empty | entry | numbers))

    return make


@pytest.fixture
def write_raw(tmp_path, monkeypatch):
    """A raw folder of collections, {(source, edition): [(city, indicator, scope, year, value, edition, published)]}; sets QD_RAW."""

    def write(collections: dict[tuple[str, str], list[tuple]]) -> Path:
        root = tmp_path / "raw"
        for (source, edition), records in collections.items():
            folder = root / source / edition
            folder.mkdir(parents=True, exist_ok=True)
            write_collection(folder / "figures.csv", records)
            digest = hashlib.sha256((folder / "figures.csv").read_bytes()).hexdigest()
            sidecar = {
                "source": source,
                "edition": edition,
                "title": "invented figures",
                "kind": "collection",
                "tables": "none",
                "url": "https://example.org/figures",
                "published": edition[:4],
                "accessed": "2026-11-20",
                "sha256": digest,
                "licence": "none",
                "route": "transcribed",
            }
            text = "".join(f'{key}: "{value}"\n' for key, value in sidecar.items())
            (folder / "figures.csv.source.yml").write_text(text, encoding="utf-8")
        monkeypatch.setenv("QD_RAW", str(root))
        return root

    return write


def write_collection(path: Path, records: list[tuple]) -> None:
    header = "city,indicator,scope,year,value,unit,status,bound,edition,published,route,source_title,source_address,note".split(
        ","
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for city, indicator, scope, year, value, edition, published in records:
            unit = load_catalogue().indicators[indicator].unit
            writer.writerow(
                [city, indicator, scope, year, value, unit, "A", "equal", edition, published, "transcribed", "", "", ""]
            )


@pytest.fixture(scope="session")
def real_store(tmp_path_factory) -> Path:
    """The folder of the store that the project's own data/raw gives; built once."""
    from qdlib.observations.build import build

    folder = tmp_path_factory.mktemp("real") / "processed"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QD_DATA", str(folder))
        patch.setenv("QD_RAW", str(RAW))
        build()
    return folder


@pytest.fixture
def real(real_store, monkeypatch) -> Path:
    """Read the real store in this test."""
    monkeypatch.setenv("QD_DATA", str(real_store))
    return real_store


@pytest.fixture(scope="session")
def run_check(catalogue, admit):
    """The findings of one check function on observations: `run_check(check_steps, line({...}))`."""

    def run(check, observations: list[dict], known=None) -> pd.DataFrame:
        known = known or catalogue
        figures = sort_figures(admit(observations), known)
        wants = len(inspect.signature(check).parameters)
        return make_findings(check(figures, known) if wants == 2 else check(figures))

    return run
