"""Store the notebooks' headlines: freeze a slice of the real store, run each notebook on it, strip everything else.

    python3 tasks.py notebooks

Takes the processed data of `qd build`; writes tests/data/processed (Qingdao in full, GDP of the other cities, because the overview
compares with them, and the calibration of all cities' figures) and the notebooks. Running it twice gives the same bytes. Not a test.
"""

import os
import sys
from pathlib import Path

import nbformat
import pandas as pd
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
FROZEN = ROOT / "tests" / "data" / "processed"
OWN = "qingdao"
SHARED = ["gdp_current_prices"]


def freeze_slice() -> None:
    """Write the frozen store from the real one."""
    from qdlib.catalogue import load_catalogue
    from qdlib.observations import store
    from qdlib.publishing.keys import read_common
    from qdlib.publishing.slices import make_calibration

    os.environ.pop("QD_DATA", None)
    cities = store.cities_with_data()
    make_calibration(read_common(), cities, load_catalogue())
    calibration = store.read_shared("calibration")
    tables = {
        table: pd.concat([reduced(store.read_table(table, city), city) for city in cities], ignore_index=True)
        for table in store.TABLES
    }
    os.environ["QD_DATA"] = str(FROZEN)
    with store.one_writer():
        manifest = store.write_build(tables)
        store.remove_unused(manifest, {"cities": {}})
        store.write_shared("calibration", calibration)
    (FROZEN / ".lock").unlink()


def reduced(frame: pd.DataFrame, city: str) -> pd.DataFrame:
    return frame if city == OWN else frame[frame["indicator"].isin(SHARED)]


def store_headline(path: Path) -> None:
    """Run one notebook on the frozen store and keep the tagged cell's output and count, nothing else."""
    book = nbformat.read(path, as_version=4)
    NotebookClient(book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}).execute()
    number = 0
    for cell in book.cells:
        if cell.cell_type != "code":
            continue
        number += 1
        kept = "keep_output" in cell.metadata.get("tags", [])
        cell.outputs = cell.outputs if kept else []
        cell.execution_count = number if kept else None
        cell.metadata.pop("execution", None)
    book.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    path.write_text(nbformat.writes(book, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    if "--no-freeze" not in sys.argv:
        freeze_slice()
    os.environ["QD_DATA"] = str(FROZEN)
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        store_headline(path)
        print(path.name, flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
