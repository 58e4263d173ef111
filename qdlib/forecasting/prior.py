"""The prior: what M4's yearly training part teaches about errors of the pool, shipped frozen as `prior.npz`.

Takes batches and their pools, gives u = (ln y − ln pool)/s at five probabilities for ten steps, s = the mean |Δ ln y|; and for the raw
path the error over the mean |Δy|. Does not learn: `tests/benchmarks/train_prior.py` does, from training rows only. Decisions: frozen,
because a prior retrained on the user's panel makes a city's forecast depend on its neighbours; the file holds arrays only (no pickle)
and is refused unless its versions and shapes fit.
"""

import io
import zipfile
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import numpy as np

from qdlib.errors import DataError
from qdlib.forecasting import features
from qdlib.forecasting.methods import Batch, total

FILE_VERSION = 1
RAW_CLASSES = (7, 12, 20)  # last n of the first three classes of the raw-path table
TABLES = {"log_edges": (11,), "log_table": (12, 10, 5), "raw_table": (4, 10, 5)}
NETWORKS, LAYERS = 4, (features.NUMBER, 64, 32, 50)
WEIGHTS = {"mean": (features.NUMBER,), "deviation": (features.NUMBER,)} | {
    f"{kind}{i}": (NETWORKS, *shape, out) for i, (into, out) in enumerate(zip(LAYERS[:-1], LAYERS[1:], strict=True))
    for kind, shape in (("weight", (into,)), ("bias", (1,)))}
SOFT = 1.5  # u = SOFT·sinh(c/SOFT): the network speaks on a scale on which tails do not dominate
ROWS = 256  # rows per product, padded, so that a row's result does not depend on how many others there are
MEND = "install the package again or run tests/benchmarks/train_prior.py"


def measure_raw_steps(batch: Batch) -> np.ndarray:
    """Mean |Δy|, at least 1e-4 of mean |y|, in the unit of y."""
    change = np.where(batch.mask[1:], np.abs(np.diff(batch.y, axis=0)), 0.0)
    return np.maximum(total(change) / (batch.n - 1), 1e-4 * total(np.abs(batch.y)) / batch.n)


@dataclass(frozen=True, eq=False)
class Prior:
    """Tables of quantiles of u, the networks' weights (None before they are trained), and `origin`: date, source and its digest."""

    log_edges: np.ndarray
    log_table: np.ndarray
    raw_table: np.ndarray
    weights: dict[str, np.ndarray] | None = None
    origin: dict = field(default_factory=dict)

    def look_up(self, steps: np.ndarray) -> np.ndarray:
        """u of the pool by s, (N, 10, 5)."""
        return self.log_table[np.searchsorted(self.log_edges, steps)]

    def look_up_raw(self, n: np.ndarray) -> np.ndarray:
        """Errors over mean |Δy| by n, (N, 10, 5)."""
        return self.raw_table[np.searchsorted(RAW_CLASSES, n)]

    def require_network(self) -> None:
        """DataError where the file has tables only."""
        if self.weights is None:
            raise DataError(f"learner=True, but prior.npz has tables and no weights · expected both: {MEND}, or call with learner=False")

    def speak(self, batch: Batch, fit) -> np.ndarray:
        """u by the networks, averaged and sorted, (N, 10, 5)."""
        self.require_network()
        seen = standardise(features.describe(batch, fit), self.weights["mean"], self.weights["deviation"])
        padded = np.zeros((-(-len(seen) // ROWS) * ROWS, seen.shape[1]))
        padded[:len(seen)] = seen
        spoken = np.concatenate([self._run(padded[begin:begin + ROWS]) for begin in range(0, len(padded), ROWS)])[:len(seen)]
        return np.sort(spoken.reshape(len(seen), 10, 5), axis=-1)

    def _run(self, rows: np.ndarray) -> np.ndarray:
        state = rows[None]
        for layer in range(len(LAYERS) - 1):
            state = state @ self.weights[f"weight{layer}"] + self.weights[f"bias{layer}"]
            if layer < len(LAYERS) - 2:
                np.maximum(state, 0.0, out=state)
        u = SOFT * np.sinh(np.clip(state / SOFT, -4.0, 4.0))
        return (u[0] + u[1] + u[2] + u[3]) / NETWORKS


def standardise(seen: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Features less the training mean over the training deviation, within ±5."""
    return np.clip((seen - mean) / deviation, -5.0, 5.0)


@cache
def load() -> Prior:
    """The packaged prior; DataError when the file is missing, damaged or of another version."""
    try:
        return read((resources.files("qdlib.forecasting") / "prior.npz").read_bytes())
    except FileNotFoundError:
        raise DataError(f"prior.npz is missing from qdlib.forecasting · expected it beside the modules: {MEND}") from None


def read(content: bytes, name: str = "prior.npz") -> Prior:
    """A prior from the bytes of its file."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
    except (ValueError, TypeError, AttributeError, OSError, EOFError, KeyError, zipfile.BadZipFile, zipfile.zlib.error) as fault:
        raise DataError(f"{name} cannot be read ({fault}), {len(content)} bytes · expected an npz file without pickles: {MEND}") from fault
    found = [int(arrays[key]) if key in arrays and arrays[key].shape == () else None for key in ("version", "feature_version")]
    if found != [FILE_VERSION, features.VERSION]:
        raise DataError(f"{name} has version {found[0]}, feature version {found[1]} · expected {FILE_VERSION} and {features.VERSION}: {MEND}")
    wanted = TABLES | (WEIGHTS if "weight0" in arrays else {})
    wrong = [f"{key} {arrays[key].shape if key in arrays else 'missing'}, expected {shape}" for key, shape in wanted.items()
             if key not in arrays or arrays[key].shape != shape or not np.isfinite(arrays[key]).all()]
    if wrong:
        raise DataError(f"{name} is damaged: {'; '.join(wrong)} · {MEND}")
    tables = [arrays[key].astype(float) for key in TABLES]
    weights = {key: arrays[key].astype(float) for key in WEIGHTS} if "weight0" in arrays else None
    return Prior(*tables, weights, {key: str(arrays[key]) for key in ("date", "source", "digest") if key in arrays})
