"""How long does a build take, and how does it grow? Real data/raw, and a large synthetic panel from rows to store.

    python -m tests.benchmarks.build [--cities 75 150 300]

Each build runs in a fresh process into an empty folder; memory is the peak of that process and of its workers together (resident sets
sampled ten times a second). The panel has 60 indicators × 40 years × 3 editions for each city: 300 cities are 2.1 million figures.
Beside it, in the same run: what writing and hashing the same rows costs without any statistics.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pandas as pd

FLOORS = {"real": "floor 10 s, goal 5 s", 300: "floor 60 s and 4 GB, goal 20 s and 2 GB"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cities", type=int, nargs="*", default=[75, 150, 300])
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return CHILDREN[options.child.partition(":")[0]](options.child.partition(":")[2])
    for attempt in ("cold", "again"):
        seconds, peak, result = measure("real:")
        print(
            f"data/raw, {attempt}: {result['rows']:,} figures of {result['cities']} cities, {result['seconds']:.1f} s in the build, "
            f"{seconds:.1f} s with start, {peak:.2f} GB ({FLOORS['real']})"
        )
    before = None
    for cities in options.cities:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.parquet"
            subprocess.run([sys.executable, "-m", "tests.benchmarks.build", "--child", f"invent:{cities}:{path}"], check=True)
            plain = measure(f"plain:{cities}:{path}")[2]
            seconds, peak, result = measure(f"panel:{cities}:{path}")
        growth = "" if before is None else f", ×{result['seconds'] / before[1]:.2f} for ×{result['rows'] / before[0]:.2f} rows"
        print(
            f"{cities} cities: {result['rows']:,} figures, {result['seconds']:.1f} s, {peak:.2f} GB{growth}; "
            f"{result['events']}; {result['findings']} findings; plain write and hash {plain['seconds']:.1f} s"
            + (f" ({FLOORS[cities]})" if cities in FLOORS else "")
        )
        before = (result["rows"], result["seconds"])


def measure(child: str) -> tuple[float, float, dict]:
    """Wall seconds, peak memory in GB, and what the child printed."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.build", "--child", child],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"QD_DATA": folder},
        )
        peak = [0.0]
        watcher = threading.Thread(target=watch_memory, args=(process, peak), daemon=True)
        watcher.start()
        printed = process.communicate()[0]
    if process.returncode:
        sys.exit(f"{child} failed")
    return time.perf_counter() - began, peak[0], json.loads(printed.splitlines()[-1])


def watch_memory(process: subprocess.Popen, peak: list[float]) -> None:
    while process.poll() is None:
        family = [process.pid]
        for pid in family:
            try:
                family += [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
            except OSError:
                continue
        peak[0] = max(peak[0], sum(map(resident, family)) / 1e6)
        time.sleep(0.1)


def resident(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) for line in lines if line.startswith("VmRSS")), 0.0)


def build_real(_: str) -> None:
    from qdlib.observations.build import build

    began = time.perf_counter()
    made = build()
    print(json.dumps({"rows": made.rows, "cities": made.cities, "seconds": time.perf_counter() - began}))


def invent(argument: str) -> None:
    from qdlib.catalogue import load_catalogue
    from tests.benchmarks.synthetic import enlarge, invent_rows

    cities, path = argument.split(":")
    invent_rows(enlarge(load_catalogue(), int(cities)), int(cities)).to_parquet(path)


def build_panel(argument: str) -> None:
    from qdlib.catalogue import load_catalogue
    from qdlib.observations import store
    from qdlib.observations.build import store_figures
    from qdlib.reading.rows import FINDINGS, UNMATCHED, Raw
    from tests.benchmarks.synthetic import enlarge

    cities, path = argument.split(":")
    catalogue = enlarge(load_catalogue(), int(cities))
    rows = pd.read_parquet(path)
    began = time.perf_counter()
    with store.one_writer():
        made = store_figures(Raw(rows, pd.DataFrame(columns=UNMATCHED), pd.DataFrame(columns=FINDINGS)), catalogue)
    seconds = time.perf_counter() - began
    events = pd.concat([store.read_revisions(city)["event"] for city in store.cities_with_data()]).value_counts().to_dict()
    print(json.dumps({"rows": made.rows, "seconds": seconds, "events": events, "findings": len(made.findings)}))


def write_plainly(argument: str) -> None:
    from qdlib.observations import store

    path = argument.split(":")[1]
    rows = pd.read_parquet(path)
    began = time.perf_counter()
    store.write_parts({"observations": rows}, sorted(rows["city"].unique()))
    print(json.dumps({"rows": len(rows), "seconds": time.perf_counter() - began}))


CHILDREN = {"real": build_real, "invent": invent, "panel": build_panel, "plain": write_plainly}

if __name__ == "__main__":
    main()
