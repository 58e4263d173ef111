"""Measure the forecaster: `python -m tests.benchmarks.forecasting --data FILE.parquet`, or `--panel FILE.csv`, or `--unseen`.

Takes a parquet file `unique_id, ds, y, split` (train, test; horizon = the test part's length), a city panel, or the annual sets of
`unseen`; prints, of the default, the pool, every single method and naive, sMAPE, MASE, OWA, MSIS and coverage, beside the published table;
then coverage by step, seconds, and the ratio to statsmodels. Does not choose anything: settings are judged on `--block` (the years after n−B
of the training part, with a prior trained without them), never on the test part, which is only reported.
Decision: naive is checked against the published figures first, because a benchmark that misses those measures something else.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from qdlib.forecasting import Panel, backtest, models, pool, prior, scores
from qdlib.forecasting.intervals import NORMAL
from tests.benchmarks import unseen
from tests.benchmarks.unseen import read_panel

HEAD = "                            sMAPE    MASE    OWA    MSIS   in 80   in 95  CPU s"
PUBLISHED = """published (M4-yearly; Mcompetitions/M4-methods, "Evaluation and Ranks")
  ES-RNN, the winner       13.176   2.980   .778  23.898
  Theta on Box-Cox data    13.366   3.009   .788       –
  FFORMA                   13.528   3.060   .799  27.477
  Comb                     14.848   3.280   .867       –
  Theta                    14.593   3.382   .872       –
  naive                    16.342   3.974  1.000  56.554"""
M4_SERIES, M4_NAIVE = 23_000, (16.3422, 3.9744)
SINGLE = ("drift", "log_theta", "dot", "dot_box_cox", "ses", "mean_ten", "theta")  # the pool's members, alone
ALL = ("default", "pool", *SINGLE, "naive")
MEMBER = {"log_theta": "theta_log"}  # the competitions' name of a member
RAW_MEMBERS = ("ses", "mean_ten", "theta")
MANY = 12_000  # series that a scheduled run needs: 200 cities × 60 indicators
ETS_SERIES = 25  # fitted for the ratio when no other number is asked for
LEVELS = (80, 95)
RECORD = Path(__file__).with_name("forecasting.csv")
PANEL_ORIGINS, PANEL_STEPS, PANEL_LEAST = range(2014, 2023), 3, 6
COLD = """
import json, sys, time
begin, cpu = time.perf_counter(), time.process_time()
from qdlib.forecasting import forecast_panel
imported, imported_cpu = time.perf_counter() - begin, time.process_time()
import pandas
frame = pandas.read_parquet(sys.argv[1])
times = []
for _ in range(2):
    begin, cpu = time.perf_counter(), time.process_time()
    forecast_panel(frame, int(sys.argv[2]), (80, 95), int(sys.argv[3]) or None)
    times.append((time.perf_counter() - begin, time.process_time() - cpu))
print(json.dumps([imported + times[0][0], imported_cpu + times[0][1], *times[1]]))
"""


@dataclass(frozen=True, eq=False)
class Task:
    """Rows given to the forecaster, what came after as (N, H), and the MASE scale of each series (its whole training part)."""

    given: pd.DataFrame
    truth: np.ndarray
    scale: np.ndarray
    square: np.ndarray  # mean (Δy)² of the training part, for naive's bands
    last: np.ndarray


def read_task(path: Path, limit: int | None, block: int) -> Task:
    """Training rows and the years to be forecast; with `block` both from the training part."""
    rows = pd.read_parquet(path, columns=["unique_id", "ds", "y", "split"])
    if limit:
        rows = rows[rows["unique_id"].isin(rows["unique_id"].unique()[:limit])]
    horizon = int((rows["split"] == "test").groupby(rows["unique_id"], sort=False).sum().max())
    if block:
        rows = rows[rows["split"] == "train"]
        left = rows.groupby("unique_id", sort=False).cumcount(ascending=False)
        rows = rows[left > block - horizon - 1] if block > horizon else rows
        left = rows.groupby("unique_id", sort=False).cumcount(ascending=False)
        rows = rows.assign(split=np.where(left < min(horizon, block), "test", "train"))
        horizon = min(horizon, block)
        length = rows["split"].eq("train").groupby(rows["unique_id"]).transform("sum")
        rows = rows[length >= 4]
    train = rows[rows["split"] == "train"]
    truth = rows.loc[rows["split"] == "test", "y"].to_numpy().reshape(-1, horizon)
    change = train["y"].diff().where(train["unique_id"] == train["unique_id"].shift())
    scale, square = (part.groupby(train["unique_id"], sort=False).mean().to_numpy() for part in (change.abs(), change**2))
    return Task(train[["unique_id", "ds", "y"]], truth, scale, square, train.groupby("unique_id", sort=False)["y"].last().to_numpy())


def forecast_by(method: str, task: Task, history: int | None, source) -> dict[str, np.ndarray]:
    """mean and, where the method has them, bands: (N, H) each. A single method that a series' pool lacks gives NaN for it."""
    horizon = task.truth.shape[1]
    if method == "naive":
        return naive_bands(task, horizon)
    panel = Panel.from_frame(task.given, history=history)
    scale = "raw" if method in RAW_MEMBERS else "auto"
    result = pool.compute(panel, horizon, scale=scale, learner=method == "default", source=source)
    if method in SINGLE:
        return {"mean": result.members[pool.MEMBERS.index(MEMBER.get(method, method))]}
    frame = result.frame(LEVELS)
    return {name: frame[name].to_numpy().reshape(-1, horizon) for name in frame.columns if name not in ("unique_id", "ds")}


def naive_bands(task: Task, horizon: int) -> dict[str, np.ndarray]:
    """The last value, with the organisers' bands: ± z·√(k·mean (Δy)²) of the training part."""
    mean = np.repeat(task.last[:, None], horizon, axis=1)
    width = np.sqrt(task.square)[:, None] * np.sqrt(np.arange(1, horizon + 1))
    half = {level: NORMAL.inv_cdf(0.5 + level / 200) * width for level in LEVELS}
    return {"mean": mean} | {f"{end}-{level}": mean + sign * half[level] for level in LEVELS for end, sign in (("lo", -1), ("hi", 1))}


def measure(task: Task, said: dict[str, np.ndarray]) -> dict[str, float]:
    """Scores: each measure averaged over steps, then over series; series of scale 0 are left out of scaled scores."""
    y, mean, scale = task.truth, said["mean"], np.where(task.scale > 0, task.scale, np.nan)[:, None]
    naive = np.repeat(task.last[:, None], y.shape[1], axis=1)
    result = {"sMAPE": scores.smape(y, mean).mean(), "MASE": np.nanmean(np.abs(y - mean) / scale)}
    result["OWA"] = (result["sMAPE"] / scores.smape(y, naive).mean() + result["MASE"] / np.nanmean(np.abs(y - naive) / scale)) / 2
    for level in LEVELS if "lo-95" in said else ():
        low, high = said[f"lo-{level}"], said[f"hi-{level}"]
        result[f"MSIS-{level}"] = np.nanmean(scores.interval_score(y, low, high, level) / scale)
        inside = (y >= low) & (y <= high)
        result[f"cover-{level}"] = inside.mean()
        result |= {f"cover-{level}-{step}": share for step, share in enumerate(inside.mean(axis=0), start=1)}
    return {name: float(value) for name, value in result.items()}


def check_naive(task: Task) -> None:
    """Stop unless naive on all of M4-yearly scores what the organisers published."""
    naive = measure(task, {"mean": np.repeat(task.last[:, None], task.truth.shape[1], axis=1)})
    found = (naive["sMAPE"], naive["MASE"])
    if len(task.truth) != M4_SERIES:
        print(f"naive: sMAPE {found[0]:.4f}, MASE {found[1]:.4f} (not all of M4-yearly, nothing to check against)")
    elif any(abs(a - b) > 6e-5 for a, b in zip(found, M4_NAIVE, strict=True)):
        raise SystemExit(f"naive scores {found}, published are {M4_NAIVE}: these are not the data or not the measures of M4-yearly")
    else:
        print(f"naive: sMAPE {found[0]:.4f}, MASE {found[1]:.4f}, as published")


def time_cold(task: Task, history: int | None, folder: Path) -> list[float]:
    """Cold wall, cold CPU, warm wall, warm CPU seconds of forecast_panel with both bands for the first `MANY` series: a fresh process,
    one thread, imports included, reading excluded."""
    file = folder / "given.parquet"
    first = task.given["unique_id"].unique()[:MANY]
    task.given[task.given["unique_id"].isin(first)].reset_index(drop=True).to_parquet(file)
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    import os

    done = subprocess.run([sys.executable, "-c", COLD, str(file), str(task.truth.shape[1]), str(history or 0)], check=True,
                          capture_output=True, text=True, env=os.environ | threads)
    return json.loads(done.stdout)


def time_statsmodels(task: Task, number: int, own: float) -> str:
    """CPU seconds per series of an ETS search (six models, least AICc) over the forecaster's own."""
    series = [values.to_numpy() for _, values in task.given.groupby("unique_id", sort=False)["y"]][:number]
    models.forecast_by_model("ets", series[0], 1)  # imports are not counted
    begin = time.process_time()
    points = [models.forecast_by_model("ets", values[-40:], task.truth.shape[1]) for values in series]
    each = (time.process_time() - begin) / len(series)
    part = Task(task.given, *(array[:number] for array in (task.truth, task.scale, task.square, task.last)))
    found = measure(part, {"mean": np.array([np.where(np.isnan(p), last, p) for p, last in zip(points, part.last, strict=True)])})
    return (f"statsmodels ETS search on {len(series)} series: {1000 * each:.1f} ms a series, {each / own:,.0f} × the default's CPU, "
            f"sMAPE {found['sMAPE']:.2f}, MASE {found['MASE']:.2f}")


def measure_panel(path: Path) -> None:
    """Rolling origins over a city panel: MASE over drift's, coverage overall, by origin year and by step."""
    rows = read_panel(path)
    panel = Panel.from_frame(rows)
    result = backtest.roll(panel, PANEL_STEPS, origins=list(PANEL_ORIGINS), methods=("default", "pool", "theta_log", "drift"),
                           by=rows[["unique_id", "indicator"]])
    cases = result.cases
    used = pd.concat([panel.cut(year).notes.assign(origin=year) for year in PANEL_ORIGINS])
    enough = used.loc[(used["n_used"] >= PANEL_LEAST) & (used["last_year"] == used["origin"]), ["unique_id", "origin"]]
    cases = cases.merge(enough, on=["unique_id", "origin"])
    part = backtest.Backtest(cases, result.targets, result.vintage, result.left_out)
    table = part.table().set_index("method")
    print(f"{table.loc['default', 'cases']} cases")
    print(table[["sMAPE", "MASE", "RMSSE", "OWA", "MSIS-95", "cover-95", "cover-80"]].round(3).to_string())
    print(f"MASE over drift's: {table.loc['default', 'MASE'] / table.loc['drift', 'MASE']:.3f}")
    for by in ("step", "origin", "indicator"):
        split = part.table(by)
        print(split.loc[split["method"] == "default", [by, "cases", "MASE", "cover-95", "cover-80"]].round(3).to_string(index=False))


def measure_methods(task: Task, names: tuple[str, ...], history: int | None, source) -> dict[str, dict[str, float]]:
    """Scores of each method on the same series, with `seconds` of CPU; a series that a method cannot forecast stops the run."""
    results = {}
    for name in names:
        begin = time.process_time()
        said = forecast_by(name, task, history, source)
        seconds = time.process_time() - begin
        if np.isnan(said["mean"]).any():
            if len(names) == 1:
                raise SystemExit(f"{name} does not forecast {int(np.isnan(said['mean'][:, 0]).sum())} of {len(task.truth)} series")
            print(f"{name}: left out, it does not forecast {int(np.isnan(said['mean'][:, 0]).sum())} series")
            continue
        results[name] = measure(task, said) | {"seconds": seconds}
    return results


def report(results: dict[str, dict[str, float]]) -> None:
    """Our methods, the published ones, and coverage by step of whatever has bands. Members are computed together with their pool."""
    print(f"\n{HEAD}")
    for name, found in results.items():
        bands = [f"{found['MSIS-95']:7.3f} {found['cover-80']:7.4f} {found['cover-95']:7.4f}" if "MSIS-95" in found else " " * 23]
        seconds = f"{found['seconds']:6.2f}" if name not in SINGLE else "  pool" if name not in RAW_MEMBERS else "   raw"
        print(f"  {name:<22} {found['sMAPE']:8.4f} {found['MASE']:7.4f} {found['OWA']:6.4f} {bands[0]} {seconds}")
    print(PUBLISHED)
    for name in [name for name in results if "MSIS-95" in results[name]]:
        for level in LEVELS:
            steps = [f"{value:.3f}" for key, value in results[name].items() if key.startswith(f"cover-{level}-")]
            print(f"  {name}, {level} % by step: {' '.join(steps)}   MSIS {results[name][f'MSIS-{level}']:.3f}")


def record(found: dict[str, float], settings: str) -> None:
    """Append date, commit, settings and scores to the record."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=RECORD.parent).stdout.strip()
    names = ["sMAPE", "MASE", "OWA", "MSIS-95", "cover-80", "cover-95"]
    fresh = not RECORD.exists()
    with RECORD.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        if fresh:
            writer.writerow(["date", "commit", "settings", *names])
        writer.writerow([date.today().isoformat(), commit, settings, *(f"{found[name]:.4f}" if name in found else "" for name in names)])


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="parquet file: unique_id, ds, y, split")
    parser.add_argument("--panel", type=Path, help="city panel (csv) instead of --data: rolling origins")
    parser.add_argument("--unseen", action="store_true", help="annual sets that nothing was fitted on, instead of --data")
    parser.add_argument("--facts", type=Path, default=unseen.FACTS, help="folder of yearbook_series.csv and city_panel.csv for --unseen")
    parser.add_argument("--method", choices=ALL, help="this method only (default: all)")
    parser.add_argument("--history", type=int, help="give the last so many years only (the MASE scale keeps all)")
    parser.add_argument("--limit", type=int, help="the first so many series")
    parser.add_argument("--block", type=int, default=0, help="score the years after n−B of the training part")
    parser.add_argument("--prior", type=Path, help="a prior trained with the same --block")
    parser.add_argument("--statsmodels", type=int, default=ETS_SERIES, help=f"time an ETS search on so many series (default {ETS_SERIES})")
    parser.add_argument("--record", action="store_true", help=f"append to {RECORD.name}")
    parser.add_argument("--attempt", default="", help="a word for the record: what was tried")
    options = parser.parse_args(arguments)
    if not (options.data or options.panel or options.unseen):
        parser.error("--data, --panel or --unseen is needed")
    if options.block and options.method in (None, "default", "pool") and not options.prior:
        parser.error("--block needs --prior: the packaged prior has seen those years")
    return options


def print_speed(task: Task, history: int | None, number: int) -> None:
    """Seconds of a scheduled run's size, cold and warm, and the ratio to an ETS search by statsmodels."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = time_cold(task, history, Path(folder))
    count = min(MANY, len(task.truth))
    print(f"  {count} series, both bands, one core: " + "cold {:.2f} wall, {:.2f} CPU s · warm {:.2f} wall, {:.2f} CPU s".format(*seconds))
    if number:
        print("  " + time_statsmodels(task, number, seconds[3] / count))


def main(arguments: list[str] | None = None) -> None:
    options = read_options(arguments)
    if options.panel:
        return measure_panel(options.panel)
    if options.unseen:
        return unseen.measure(options.facts)
    if not options.block:
        check_naive(read_task(options.data, None, 0))
    task = read_task(options.data, options.limit, options.block)
    print(f"{len(task.truth)} series, {task.truth.shape[1]} steps")
    source = prior.read(options.prior.read_bytes(), options.prior.name) if options.prior else None
    results = measure_methods(task, (options.method,) if options.method else ALL, options.history, source)
    report(results)
    if "default" in results and not options.block:
        print_speed(task, options.history, options.statsmodels)
    for name, found in results.items() if options.record else ():
        settings = {"method": name} | {key: getattr(options, key) for key in ("history", "limit", "block", "attempt")}
        record(found, " ".join(f"{key}={value}" for key, value in settings.items() if value))


if __name__ == "__main__":
    main()
