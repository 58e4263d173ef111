"""How long do city reports take, and how much is that against a shell loop? All four ways in one run, starts counted.

    python -m tests.benchmarks.reports --n 20        shell loop, xargs -P2, plain pool, warm pool; contents compared
    python -m tests.benchmarks.reports --cities 300  the warm pool alone, with memory, and an unchanged run after it

The shell runs papermill and then nbconvert with this project's own exporter, one report after the other or two at a time. The pools are
`qd run`: they also judge, make downloads, records and the site. The data are those of data/processed; beyond the number of cities a
report differs by its first year. Seconds of CPU stand beside the clock, because a machine that does something else as well slows the
ways unequally: a loop of one process loses more of its share than a pool. `--workers` changes the number of the pools' workers.
"""

import argparse
import ctypes
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from qdlib.observations.store import cities_with_data
from qdlib.publishing import folders

GOALS = "floor 12 and 6 at n = 20, goal 16 and 9 at n >= 60"
FIRST_YEARS = range(2000, 2012)
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of <linux/prctl.h>
PER_READING = 0.5  # seconds between two looks at the memory


@dataclass
class Measured:
    """Wall seconds, seconds of CPU of all processes, peak bytes (proportional sets), what was printed."""

    seconds: float
    cpu: float
    peak: float
    said: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=20, help="reports for the comparison")
    parser.add_argument("--cities", type=int, help="only the warm pool, on so many reports, with memory")
    parser.add_argument("--workers", type=int, help="workers of the pools; default: what qd run takes")
    options = parser.parse_args()
    # Orphans, such as the server of a pool's workers, come to this process, so that their CPU can be counted.
    ctypes.CDLL(None).prctl(SUBREAPER, 1)
    with tempfile.TemporaryDirectory() as folder:
        if options.cities:
            measure_many(choose(options.cities), Path(folder), options.workers)
        else:
            compare(choose(options.n), Path(folder), options.workers)


def choose(number: int) -> list[tuple[str, int]]:
    """City and first year of each report, as many cities as there are before another year."""
    pairs = [(city, year) for year in FIRST_YEARS for city in cities_with_data()]
    if number > len(pairs):
        sys.exit(f"{number} reports, but data/processed has figures for {len(pairs)} at most: run `qd build`")
    return pairs[:number]


def compare(reports: list[tuple[str, int]], folder: Path, workers: int | None) -> None:
    print(f"{len(reports)} reports, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start ({GOALS})")
    ways = {
        "shell loop": lambda into: measure(shell(reports, into, 1)),
        "xargs -P2": lambda into: measure(shell(reports, into, 2)),
        "plain pool": lambda into: measure(run_command(reports, into, workers, "--plain"), into),
        "warm pool": lambda into: measure(run_command(reports, into, workers), into),
    }
    results, contents = {}, {}
    for name, way in ways.items():
        into = folder / name.replace(" ", "_")
        into.mkdir()
        results[name] = way(into)
        contents[name] = [content_of(into / f"{id_of(report)}.html") for report in reports]
        report_way(name, results, len(reports))
    differing = {
        name: sum(a != b for a, b in zip(found, contents["shell loop"], strict=True)) for name, found in contents.items()
    }
    print(f"pages whose content differs from the shell loop's: {differing}")
    if any(differing.values()):
        sys.exit(1)


def report_way(name: str, results: dict[str, Measured], number: int) -> None:
    this, shell = results[name], results["shell loop"]
    against = f"{shell.seconds / this.seconds:5.1f} x the shell loop ({shell.cpu / this.cpu:.1f} x by CPU)"
    if "xargs -P2" in results:
        two = results["xargs -P2"]
        against += f", {two.seconds / this.seconds:4.1f} x xargs ({two.cpu / this.cpu:.1f} x by CPU)"
    print(
        f"{name:10} {this.seconds:7.1f} s, {this.seconds / number:5.2f} s each, CPU {this.cpu / number:5.2f} s each, {against}",
        flush=True,
    )


def measure_many(reports: list[tuple[str, int]], folder: Path, workers: int | None) -> None:
    command = run_command(reports, folder, workers)
    print(f"{len(reports)} reports, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start (floor 180 s, goal 120 s)")
    first = measure(command, folder, memory=True)
    print(
        f"{first.seconds:.1f} s, {first.seconds / len(reports):.2f} s each, CPU {first.cpu:.0f} s, peak {first.peak / 1e9:.2f} GB"
    )
    print(first.said.splitlines()[-1])
    records = [json.loads(path.read_text("utf-8")) for path in (folder / "runs").rglob("*.json")]
    kernels = sorted(record["kernel_cpu"] for record in records)
    print(f"CPU of a kernel: median {kernels[len(kernels) // 2]:.2f} s, most {kernels[-1]:.2f} s")
    again = measure(command, folder)
    print(
        f"unchanged: {again.seconds:.1f} s with start-up, CPU {again.cpu:.1f} s (floor 2 s after start-up); {again.said.splitlines()[-1]}"
    )


def id_of(report: tuple[str, int]) -> str:
    city, year = report
    return f"cities/{city}/trend_{year}"


def shell(reports: list[tuple[str, int]], into: Path, together: int) -> list[str]:
    """A script for each report, papermill and then nbconvert; so many of them at a time, one after the other without xargs."""
    notebook, python = folders.notebooks_folder() / "city_trend.ipynb", shlex.quote(sys.executable)
    scripts = []
    for city, year in reports:
        page = into / f"{id_of((city, year))}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        executed, log, script = (page.with_suffix(suffix) for suffix in (".ipynb", ".log", ".sh"))
        papermill = (
            f"{python} -m papermill {shlex.quote(str(notebook))} {executed} -p city {city} -p first_year {year} > {log} 2>&1"
        )
        nbconvert = f"{python} -m nbconvert --to qdlib {executed} --output {page.name} >> {log} 2>&1"
        script.write_text(f"{papermill} && {nbconvert} || {{ cat {log}; exit 255; }}\n", encoding="utf-8")
        scripts.append(str(script))
    if together == 1:
        return ["sh", "-c", f"for script in {' '.join(scripts)}; do sh $script || exit; done"]
    return ["sh", "-c", f"printf '%s\\n' {' '.join(scripts)} | xargs -P{together} -n1 sh"]


def run_command(reports: list[tuple[str, int]], into: Path, workers: int | None, *more: str) -> list[str]:
    years = sorted({year for _, year in reports})
    lines = ["runs:"]
    for year in years:
        cities = ", ".join(city for city, other in reports if other == year)
        lines.append(
            f"  - {{notebook: city_trend, for: {{city: [{cities}]}}, values: {{first_year: {year}}}, "
            f'page: "cities/{{city}}/trend_{year}", reads: [city], figures: 4, tables: 3}}'
        )
    plan = into / ".qd" / "plan.yml"
    plan.parent.mkdir(exist_ok=True)
    plan.write_text("\n".join(lines) + "\n", encoding="utf-8")
    chosen = ["--workers", str(workers)] if workers else []
    return [sys.executable, "-c", "from qdlib.cli import main; main()", "run", "--plan", str(plan), *chosen, *more]


def measure(command: list[str], site: Path | None = None, memory: bool = False) -> Measured:
    """Run a command to its end, and to the end of all that it has started."""
    before, began, peak = used(), time.perf_counter(), [0.0]
    environment = os.environ | folders.folder_environment() | ({"QD_REPORTS": str(site)} if site else {})
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    if memory:
        threading.Thread(target=watch_memory, args=(process, peak), daemon=True).start()
    said = process.communicate()[0]
    seconds = time.perf_counter() - began
    if process.returncode:
        sys.exit(f"{shlex.join(command)[:200]} … ended with {process.returncode}:\n{said[-2000:]}")
    wait_for_orphans()
    return Measured(seconds, used() - before, peak[0], said)


def used() -> float:
    times = os.times()
    return times.children_user + times.children_system


def wait_for_orphans() -> None:
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def watch_memory(process: subprocess.Popen, peak: list[float]) -> None:
    while process.poll() is None:
        family = [os.getpid()]
        for pid in family:
            try:
                family += [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
            except OSError:
                continue
        peak[0] = max(peak[0], sum(map(proportional_set, family[1:])))
        time.sleep(PER_READING)


def proportional_set(pid: int) -> float:
    """Bytes of a process, with shared pages divided among those who share them: forked processes share most."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0.0)


def content_of(page: Path) -> str:
    """The main part of a page without what belongs to its site: links to downloads."""
    main = re.search(r"<main.*?</main>", page.read_text("utf-8"), re.S).group(0)
    main = re.sub(r'<(span|p|div|section) class="(links|downloads)">.*?</\1>', "", main, flags=re.S)
    return re.sub(r"\s+", " ", main)


if __name__ == "__main__":
    main()
