"""Measure the forecaster: `python -m tests.benchmarks.forecasting --data FILE.parquet`, or `--panel FILE.csv`.

Takes a parquet file `unique_id, ds, y, split` (train, test; horizon = the test part's length) or a city panel; prints sMAPE, MASE, OWA,
MSIS, coverage by step and CPU and wall seconds, beside the published table. Does not choose anything: settings are judged on `--block`
(the years after n−B of the training part, with a prior trained without them), never on the test part, which is only reported.
Decision: naive is checked against the published figures first, because a benchmark that misses those measures something else.
"""

import argparse
import csv
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from qdlib.forecasting import Panel, backtest, models, pool, prior, scores

PUBLISHED = """published (M4-yearly)         sMAPE    MASE    OWA    MSIS
  ES-RNN, the winner         13.176   2.980   .778  23.898
  Theta on Box-Cox data      13.366   3.009   .788       –
  FFORMA                     13.528   3.060   .799  27.477
  Theta                      14.593   3.382   .872       –
  naive                      16.342   3.974  1.000  56.554"""
M4_SERIES, M4_NAIVE = 23_000, (16.3422, 3.9744)
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
    change = train["y"].diff().abs().where(train["unique_id"] == train["unique_id"].shift())
    scale = change.groupby(train["unique_id"], sort=False).mean().to_numpy()
    return Task(train[["unique_id", "ds", "y"]], truth, scale, train.groupby("unique_id", sort=False)["y"].last().to_numpy())


def forecast_by(method: str, task: Task, history: int | None, source) -> dict[str, np.ndarray]:
    """mean and, where the method has them, bands: (N, H) each."""
    horizon = task.truth.shape[1]
    if method == "naive":
        return {"mean": np.repeat(task.last[:, None], horizon, axis=1)}
    panel = Panel.from_frame(task.given, history=history)
    result = pool.compute(panel, horizon, learner=method == "default", source=source)
    if method == "log_theta":
        return {"mean": result.members[pool.MEMBERS.index("theta_log")]}
    frame = result.frame(LEVELS)
    return {name: frame[name].to_numpy().reshape(-1, horizon) for name in frame.columns if name not in ("unique_id", "ds")}


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
    """Cold wall, cold CPU, warm wall, warm CPU seconds of forecast_panel with both bands, imports included, reading excluded."""
    file = folder / "given.parquet"
    task.given.reset_index(drop=True).to_parquet(file)
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
    part = Task(task.given, task.truth[:number], task.scale[:number], task.last[:number])
    found = measure(part, {"mean": np.array([np.where(np.isnan(p), last, p) for p, last in zip(points, part.last, strict=True)])})
    return (f"statsmodels ETS search on {len(series)} series: {1000 * each:.1f} ms a series, {each / own:,.0f} × the default's CPU, "
            f"sMAPE {found['sMAPE']:.2f}, MASE {found['MASE']:.2f}")


def read_panel(path: Path) -> pd.DataFrame:
    """Whole-city values as circulated: one GDP source, nothing preliminary, one id per city and indicator."""
    rows = pd.read_csv(path)
    flags = rows["flag"].fillna("")
    keep = rows["vintage"].str.startswith("as circulated") & ~flags.str.contains("preliminary")
    keep &= ~((rows["indicator"] == "gdp") & ~rows["source"].str.startswith("zz14754"))
    rows = rows[keep]
    return pd.DataFrame({"unique_id": rows["city_slug"] + "/" + rows["indicator"], "ds": rows["year"], "y": rows["value"],
                         "indicator": rows["indicator"]})


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


def report(found: dict[str, float], method: str) -> None:
    print(f"\n{method}: sMAPE {found['sMAPE']:.4f}  MASE {found['MASE']:.4f}  OWA {found['OWA']:.4f}")
    for level in LEVELS if "MSIS-95" in found else ():
        steps = [f"{value:.3f}" for name, value in found.items() if name.startswith(f"cover-{level}-")]
        print(f"  {level} %: MSIS {found[f'MSIS-{level}']:.3f}  coverage {found[f'cover-{level}']:.4f}  by step {' '.join(steps)}")


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


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="parquet file: unique_id, ds, y, split")
    parser.add_argument("--panel", type=Path, help="city panel (csv) instead of --data: rolling origins")
    parser.add_argument("--method", default="default", choices=("default", "pool", "log_theta", "naive"))
    parser.add_argument("--history", type=int, help="give the last so many years only (the MASE scale keeps all)")
    parser.add_argument("--limit", type=int, help="the first so many series")
    parser.add_argument("--block", type=int, default=0, help="score the years after n−B of the training part")
    parser.add_argument("--prior", type=Path, help="a prior trained with the same --block")
    parser.add_argument("--statsmodels", type=int, help="time an ETS search on so many series")
    parser.add_argument("--record", action="store_true", help=f"append to {RECORD.name}")
    options = parser.parse_args(arguments)
    if options.panel:
        measure_panel(options.panel)
        return
    if not options.data:
        parser.error("--data or --panel is needed")
    if options.block and options.method in ("default", "pool") and not options.prior:
        parser.error("--block needs --prior: the packaged prior has seen those years")
    if not options.block:
        check_naive(read_task(options.data, None, 0))
    task = read_task(options.data, options.limit, options.block)
    print(f"{len(task.truth)} series, {task.truth.shape[1]} steps")
    source = prior.read(options.prior.read_bytes(), options.prior.name) if options.prior else None
    begin = time.process_time()
    found = measure(task, forecast_by(options.method, task, options.history, source))
    own = (time.process_time() - begin) / len(task.truth)
    report(found, options.method)
    if options.method == "default" and not options.block:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            seconds = time_cold(task, options.history, Path(folder))
        print("  seconds: cold {:.2f} wall, {:.2f} CPU · warm {:.2f} wall, {:.2f} CPU".format(*seconds))
        own = seconds[3] / len(task.truth)
    if options.statsmodels:
        print("  " + time_statsmodels(task, options.statsmodels, own))
    print(f"\n{PUBLISHED}")
    if options.record:
        settings = [f"{name}={value}" for name in ("method", "history", "limit", "block") if (value := getattr(options, name))]
        record(found, " ".join(settings))


if __name__ == "__main__":
    main()
