"""An index of several scores, with what its weights, its rounding and its form are worth.

Takes scores from 0 to 100 per component (None where not assessable); gives both means, seeded draws, leave-one-out and sensitivity, or
the reason why there is no index. Binding: the text of a programme gives no weights, so equal ones stand and the draws show how much
hangs on them; an index with over a fifth of its components missing is not computed; missing scores are never filled. An index is no
headline: counts per pillar are (`pillars`).
Source: OECD and Joint Research Centre, "Handbook on Constructing Composite Indicators", 2008, on weights, aggregation and sensitivity;
geometric mean with a floor as in the Human Development Index (UNDP, 2010).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from qdlib.errors import DataError, raise_all

DRAWS = 20_000
CONCENTRATION = 25.0  # of the Dirichlet distribution, for each component: a weight of 1/3 gets a standard deviation of .054
FLOOR = 1.0  # of 100: one score of zero must not make the whole index zero
MOST_MISSING = 0.20
FORMS = ("arithmetic", "geometric")


@dataclass(frozen=True)
class Index:
    """Both forms with their 5 to 95 % of draws, scores of 0 to 100; `without` is the arithmetic index with a component left out,
    `without_geometric` the geometric one.

    `sensitivity` is the width of 5 to 95 % when one source of uncertainty alone is let loose: weights, rounding, form.
    """

    arithmetic: float | None
    geometric: float | None
    intervals: Mapping[str, tuple[float, float]]
    without: Mapping[str, float]
    sensitivity: Mapping[str, float]
    components: int
    missing: tuple[str, ...] = ()
    reason: str | None = None
    without_geometric: Mapping[str, float] = field(default_factory=dict)

    @property
    def decisive(self) -> str | None:
        """The component whose omission moves the index most."""
        if not self.without:
            return None
        return max(self.without, key=lambda key: abs(self.without[key] - self.arithmetic))


def compose_index(
    scores: Mapping[str, float | None], halves: Mapping[str, float] | None = None, seed: int = 20_220_101, draws: int = DRAWS
) -> Index:
    """Index of the scores; halves: rounding half-width of a score, in points, 0 where not given.

    100, 80, 20: 66.666666667 and 54.288352332; without one each 50, 60, 90. Raises DataError for scores outside 0 to 100, all at once.
    """
    check_scores(scores)
    known = {key: float(score) for key, score in scores.items() if score is not None}
    missing = tuple(key for key, score in scores.items() if score is None)
    if not scores or len(missing) > MOST_MISSING * len(scores):
        return Index(None, None, {}, {}, {}, len(scores), missing, "too_many_missing" if scores else "no_components")
    values = np.array(list(known.values()))
    half = np.array([float((halves or {}).get(key, 0.0)) for key in known])
    drawn = draw_forms(values, half, seed, draws)
    return Index(
        arithmetic=float(values.mean()),
        geometric=float(np.exp(np.log(np.maximum(values, FLOOR)).mean())),
        intervals={form: middle(drawn[form]) for form in FORMS},
        without=leave_one_out(known),
        sensitivity=spread_sources(values, half, seed, draws),
        components=len(scores),
        missing=missing,
        without_geometric=leave_one_out_geometric(known),
    )


def mean_scores(values: np.ndarray, weights: np.ndarray, form: str) -> np.ndarray:
    """Weighted mean of each row, arithmetic or geometric."""
    if form == "geometric":
        return np.exp((weights * np.log(np.maximum(values, FLOOR))).sum(axis=-1))
    return (weights * values).sum(axis=-1)


def draw_forms(values: np.ndarray, half: np.ndarray, seed: int, draws: int, weigh: bool = True) -> dict[str, np.ndarray]:
    """Draws of each form: weights from a Dirichlet distribution (or equal), scores anywhere within their rounding."""
    random = np.random.default_rng(seed)
    number = len(values)
    equal = np.full((draws, number), 1 / number)
    weights = random.dirichlet(np.full(number, CONCENTRATION), size=draws) if weigh else equal
    rounded = np.clip(values + half * random.uniform(-1, 1, size=(draws, number)), 0, 100)
    return {form: mean_scores(rounded, weights, form) for form in FORMS}


def spread_sources(values: np.ndarray, half: np.ndarray, seed: int, draws: int) -> dict[str, float]:
    """Width of 5 to 95 % in points with the weights alone, the rounding alone; the gap between the two forms."""
    weights = middle(draw_forms(values, np.zeros_like(half), seed, draws)["arithmetic"])
    rounding = middle(draw_forms(values, half, seed, draws, weigh=False)["arithmetic"])
    equal = np.full(len(values), 1 / len(values))
    forms = [float(mean_scores(values, equal, form)) for form in FORMS]
    return {"weights": weights[1] - weights[0], "rounding": rounding[1] - rounding[0], "form": abs(forms[0] - forms[1])}


def leave_one_out(known: Mapping[str, float]) -> dict[str, float]:
    """The arithmetic index without each component; none where there is only one."""
    total, number = sum(known.values()), len(known)
    return {key: (total - score) / (number - 1) for key, score in known.items()} if number > 1 else {}


def leave_one_out_geometric(known: Mapping[str, float]) -> dict[str, float]:
    """The geometric index without each component: the mean of the logarithms, left out in the same way."""
    logs = {key: float(np.log(max(score, FLOOR))) for key, score in known.items()}
    return {key: float(np.exp(mean)) for key, mean in leave_one_out(logs).items()}


def middle(draws: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(draws, (0.05, 0.95))
    return float(low), float(high)


def check_scores(scores: Mapping[str, float | None]) -> None:
    faults = [
        f"component {key!r} scores {score}, expected 0 to 100: cap attainments at 1 and multiply by 100"
        for key, score in scores.items()
        if score is not None and not 0 <= score <= 100
    ]
    raise_all(DataError, faults, "index")
