"""Train the forecaster's prior: `python -m tests.benchmarks.train_prior --data FILE.parquet [--block B] [--out FILE.npz]`.

Takes a parquet file `unique_id, ds, y, split`, gives `prior.npz`: tables of quantiles of the pool's errors on both paths and the
weights of the network. Rows with another split than "train" are filtered out while reading, so nothing after the training part
can be seen; `--block B` further leaves out the last B years of each series, for gates that are blocked in time. Decisions: no
early stopping, no choice of seed, nothing random but the fixed seeds. The same data give the same tables; weights can differ in
the last bits between BLAS libraries.
"""

import argparse
import hashlib
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from qdlib.forecasting import features, methods, pool, prior
from qdlib.forecasting.intervals import KNOTS, STEPS
from qdlib.forecasting.panel import HISTORY, Panel

ORIGINS = (*range(1, 11), 12, 14, 16, 19, 22, 26, 30)  # years before the end, n ≥ 7
SHORT_ORIGINS = (1, 3, 5, 6, 8, 10, 14, 19, 26)  # years before the end, n ≥ 4, history cut to the last 4–14 years
SHORT_HISTORY = (4, 14)
BINS = 12
BATCH = 1024  # windows computed at a time
# Of Adam: rows per step, passes, first rate (falls as a cosine), L2. What is kept is not the last weights but their running mean, of memory
# `MEMORY`, over the steps after the share `SETTLED` of all. On the blocks B = 6 and 12 twenty-four passes with the mean have OWA .0016 and
# .0027 and MSIS .56 and .47 below eight passes at a rate of .002 without it; forty-eight passes gain no more at B = 12, and the mean alone
# nothing (both within .0003 of OWA). `forecasting.csv` has the attempts that did not win on both blocks.
ROWS, EPOCHS, RATE, PENALTY = 1024, 24, 0.003, np.float32(1e-5)
MEMORY, SETTLED = np.float32(0.9995), 0.4
LAST_LAYER = 0.01  # size of its first weights beside those of the others


@dataclass(frozen=True, eq=False)
class Windows:
    """Cut histories `y` (T, W), left-aligned, lengths `n`, and what came after, `target` (W, 10), NaN past the end."""

    y: np.ndarray
    n: np.ndarray
    target: np.ndarray


def read_training(path: Path, block: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The training part as (T, N) and lengths, without the last `block` years; poison in other splits never gets in."""
    rows = pd.read_parquet(path, filters=[("split", "==", "train")], columns=["unique_id", "ds", "y"])
    panel = Panel.from_frame(rows, history=10_000)
    n = np.maximum(panel.n - block, 0)
    y = np.where(np.arange(len(panel.y))[:, None] < n, panel.y, 0.0)
    return y, n


def cut_windows(y: np.ndarray, n: np.ndarray, short_seed: int = 0) -> Windows:
    """Both sets of windows of every series, histories of at most 40 years."""
    random = np.random.default_rng(short_seed)
    parts = [_cut(y, n, origin, 7, np.full(len(n), HISTORY)) for origin in ORIGINS]
    for origin in SHORT_ORIGINS:
        parts.append(_cut(y, n, origin, 4, random.integers(SHORT_HISTORY[0], SHORT_HISTORY[1] + 1, len(n))))
    return Windows(np.concatenate([part.y for part in parts], axis=1), np.concatenate([part.n for part in parts]),
                   np.concatenate([part.target for part in parts]))


def _cut(y: np.ndarray, n: np.ndarray, origin: int, least: int, history: np.ndarray) -> Windows:
    column = np.flatnonzero(n - origin >= least)
    end, used = n[column] - origin, np.minimum(history[column], n[column] - origin)
    row = (end - used) + np.arange(HISTORY)[:, None]
    inside = np.arange(HISTORY)[:, None] < used
    history_y = np.where(inside, y[np.minimum(row, len(y) - 1), column], 0.0)
    later = end[:, None] + np.arange(STEPS)
    target = np.where(later < n[column][:, None], y[np.minimum(later, len(y) - 1), column[:, None]], np.nan)
    return Windows(history_y, used, target)


def _make_batches(windows: Windows):
    ordered = np.argsort(-windows.n, kind="stable")
    for begin in range(0, len(ordered), BATCH):
        chunk = ordered[begin:begin + BATCH]
        part = windows.y[:windows.n[chunk[0]], chunk]
        exponent = np.frexp(np.abs(part).max(axis=0))[1]
        yield chunk, methods.Batch(np.ldexp(part, -exponent), windows.n[chunk]), np.ldexp(windows.target[chunk], -exponent[:, None])


def measure_log_windows(windows: Windows) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of each window on the log path: s (W,), u of the pool (W, 10), features (W, 49), and the weight that OWA gives it (W,)."""
    steps, errors = np.empty(len(windows.n)), np.empty(windows.target.shape)
    seen, weight = np.empty((len(steps), features.NUMBER), np.float32), np.empty(len(steps))
    for chunk, batch, target in _make_batches(windows):
        fit = pool.pool_log(batch, STEPS)
        steps[chunk] = features.measure_steps(batch)
        errors[chunk] = np.log(target / fit.pool) / steps[chunk][:, None]
        seen[chunk] = features.describe(batch, fit)
        weight[chunk] = steps[chunk] * (3.06 + 0.126 / features.measure_relative_steps(batch))
    weight /= np.median(weight)
    return steps, errors, seen, np.minimum(weight, np.quantile(weight, 0.995))


def make_log_table(steps: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Edges of the bins of s, equal counts, and quantiles of u by bin and step."""
    edges = np.quantile(steps, np.arange(1, BINS) / BINS)
    where = np.searchsorted(edges, steps)
    return edges, np.stack([np.nanquantile(errors[where == one], KNOTS, axis=0).T for one in range(BINS)])


def make_raw_table(y: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Quantiles of the raw path's errors over mean |Δy| by class of n and step, from the growth rates 100·Δln y."""
    logs = np.log(np.where(np.arange(len(y))[:, None] < n, y, 1.0))
    growth = np.where(np.arange(1, len(y))[:, None] < n, 100 * np.diff(logs, axis=0), 0.0)
    windows = cut_windows(growth, np.maximum(n - 1, 0))
    errors = np.empty(windows.target.shape)
    for chunk, batch, target in _make_batches(windows):
        scale = prior.measure_raw_steps(batch)
        gap = target - pool.pool_raw(batch, STEPS)[1]
        with np.errstate(divide="ignore", invalid="ignore"):
            errors[chunk] = np.where(scale[:, None] > 0, gap / scale[:, None], np.nan)
    where = np.searchsorted(prior.RAW_CLASSES, windows.n)
    return np.stack([np.nanquantile(errors[where == one], KNOTS, axis=0).T for one in range(len(prior.RAW_CLASSES) + 1)])


# --- network --------------------------------------------------------------------------------------------------------------------


def fit_network(seen: np.ndarray, target: np.ndarray, weight: np.ndarray, seed: int) -> list[np.ndarray]:
    """One network by Adam on the weighted pinball loss of `target` (W, 10), already on the soft scale; NaN targets are masked.

    Returns the running mean of weights and biases in turn, layer by layer.
    """
    random = np.random.default_rng(seed)
    layers = []
    for into, out in zip(prior.LAYERS[:-1], prior.LAYERS[1:], strict=True):
        # the last layer starts near zero, at u = 0: on both blocks MSIS is .4 lower than from full-sized random quantiles
        size = np.sqrt(2 / into) * (LAST_LAYER if out == prior.LAYERS[-1] else 1)
        layers += [random.normal(0, size, (into, out)).astype(np.float32), np.zeros((1, out), np.float32)]
    moments = [(np.zeros_like(layer), np.zeros_like(layer)) for layer in layers]
    total, done, kept = EPOCHS * (len(seen) // ROWS), 0, None
    for _ in range(EPOCHS):
        order = random.permutation(len(seen))
        for begin in range(0, len(seen) - ROWS + 1, ROWS):
            rows = order[begin:begin + ROWS]
            gradients = _find_gradients(layers, seen[rows], target[rows], weight[rows])
            done += 1
            rate = np.float32(RATE * 0.5 * (1 + np.cos(np.pi * done / total)))
            _take_step(layers, gradients, moments, rate, done)
            if done > SETTLED * total:
                kept = _average(kept, layers)
    return kept or layers  # fewer windows than one step takes: nothing was learned


def _average(kept: list[np.ndarray] | None, layers: list[np.ndarray]) -> list[np.ndarray]:
    """The running mean with the newest weights in it; the first weights as they are."""
    if kept is None:
        return [layer.copy() for layer in layers]
    return [mean + (1 - MEMORY) * (layer - mean) for mean, layer in zip(kept, layers, strict=True)]


def _find_gradients(layers: list[np.ndarray], x: np.ndarray, target: np.ndarray, weight: np.ndarray) -> list[np.ndarray]:
    states = [x]
    for i in range(0, len(layers), 2):
        state = states[-1] @ layers[i] + layers[i + 1]
        states.append(np.maximum(state, 0) if i < len(layers) - 2 else state)
    gap = target[:, :, None] - states[-1].reshape(len(x), STEPS, len(KNOTS))
    quantiles = np.array(KNOTS, np.float32)
    slope = np.where(gap > 0, -quantiles, 1 - quantiles)
    slope = np.where(np.isnan(gap), 0, slope) * (weight / len(x))[:, None, None]
    back, gradients = slope.reshape(len(x), -1), []
    for i in range(len(layers) - 2, -1, -2):
        before = states[i // 2]
        gradients = [before.T @ back + PENALTY * layers[i], back.sum(axis=0, keepdims=True), *gradients]
        if i:
            back = (back @ layers[i].T) * (before > 0)
    return gradients


def _take_step(layers, gradients, moments, rate: np.float32, done: int) -> None:
    """Adam, in place."""
    for layer, gradient, (first, second) in zip(layers, gradients, moments, strict=True):
        first += np.float32(0.1) * (gradient - first)
        second += np.float32(0.001) * (gradient * gradient - second)
        layer -= rate * (first / np.float32(1 - 0.9**done)) / (np.sqrt(second / np.float32(1 - 0.999**done)) + np.float32(1e-8))


def fit_networks(seen: np.ndarray, errors: np.ndarray, weight: np.ndarray) -> dict[str, np.ndarray]:
    """Weights of all networks under their names in `prior.npz`."""
    mean, deviation = seen.mean(axis=0, dtype=np.float64), seen.std(axis=0, dtype=np.float64)
    deviation = np.where(deviation > 0, deviation, 1.0)
    x = prior.standardise(seen, mean, deviation).astype(np.float32)
    target = (prior.SOFT * np.arcsinh(errors / prior.SOFT)).astype(np.float32)
    networks = [fit_network(x, target, weight.astype(np.float32), seed) for seed in range(prior.NETWORKS)]
    names = [f"{kind}{i}" for i in range(len(prior.LAYERS) - 1) for kind in ("weight", "bias")]
    return {"mean": mean, "deviation": deviation} | {name: np.stack(parts) for name, *parts in zip(names, *networks, strict=True)}


def train(y: np.ndarray, n: np.ndarray) -> dict[str, np.ndarray]:
    """All arrays of the prior but its origin."""
    windows = cut_windows(y, n)
    steps, errors, seen, weight = measure_log_windows(windows)
    edges, table = make_log_table(steps, errors)
    arrays = {"log_edges": edges, "log_table": table, "raw_table": make_raw_table(y, n)} | fit_networks(seen, errors, weight)
    return {name: array.astype(np.float64 if name == "log_edges" else np.float32) for name, array in arrays.items()}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="parquet file: unique_id, ds, y, split")
    parser.add_argument("--out", type=Path, help="where to write (default: the packaged prior.npz; with --block required)")
    parser.add_argument("--block", type=int, default=0, help="leave out the last so many years of the training part")
    parser.add_argument("--date", default=date.today().isoformat(), help="date written into the file")
    options = parser.parse_args(arguments)
    if options.block and not options.out:
        parser.error("--block needs --out: a blocked prior must not replace the packaged one")
    begin = time.process_time()
    arrays = train(*read_training(options.data, options.block))
    out = options.out or Path(prior.__file__).with_name("prior.npz")
    np.savez_compressed(out, version=prior.FILE_VERSION, feature_version=features.VERSION, date=options.date,
                        source=f"{options.data.name}, split train" + (f", last {options.block} years left out" if options.block else ""),
                        digest=hashlib.sha256(options.data.read_bytes()).hexdigest(), **arrays)
    print(f"{out.name}: {out.stat().st_size / 1024:.0f} KB, {time.process_time() - begin:.0f} CPU seconds")


if __name__ == "__main__":
    main()
