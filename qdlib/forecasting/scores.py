"""Scores of forecasts: per case, averaged, and tested against each other.

Takes arrays of truths and forecasts, gives sMAPE, MASE, RMSSE, interval scores, coverage, Brier and the Diebold-Mariano test with
the Harvey-Leybourne-Newbold factor. Does not forecast. Decision: what cannot be scored (scale 0, too few cases or years) is
missing and counted, never replaced.
"""

import numpy as np
import pandas as pd

from qdlib.errors import DataError

LEAST_ORIGINS = 5  # origin years below which no test is made
LEAST_CASES = 200  # cases below which coverage gets no verdict
TOLERANCE = 3.0  # points of coverage that count as kept


def smape(y: np.ndarray, f: np.ndarray) -> np.ndarray:
    """200·|y − f|/(|y| + |f|) in per cent, 0 where both are 0."""
    size = np.abs(y) + np.abs(f)
    return 200 * np.divide(np.abs(y - f), size, out=np.zeros(np.shape(size)), where=size > 0) + np.where(np.isnan(size), np.nan, 0)


def interval_score(y: np.ndarray, low: np.ndarray, high: np.ndarray, level: int) -> np.ndarray:
    """Width plus 2/a times the miss, a = 1 − level, in the unit of y (MSIS divides it by the MASE scale)."""
    a = 1 - level / 100
    return (high - low) + 2 / a * (np.maximum(low - y, 0) + np.maximum(y - high, 0))


def judge_coverage(share: float, level: int, cases: int) -> str:
    """holds, too_narrow, too_wide, or too_few_cases below 200."""
    if cases < LEAST_CASES:
        return "too_few_cases"
    off = 100 * share - level
    return "holds" if abs(off) <= TOLERANCE else "too_narrow" if off < 0 else "too_wide"


def brier(p, outcome) -> dict[str, float]:
    """Brier score of probabilities, the score of always saying the base rate, the skill 1 − score/base and the number of
    cases."""
    p, outcome = np.asarray(p, dtype=float), np.asarray(outcome, dtype=float)
    if p.shape != outcome.shape or not len(p):
        raise DataError(f"{p.shape} probabilities and {outcome.shape} outcomes · expected as many of both, one at least")
    score, base = float(np.mean((p - outcome) ** 2)), float(np.mean((outcome.mean() - outcome) ** 2))
    return {"brier": score, "base": base, "skill": 1 - score / base if base else float("nan"), "cases": len(p)}


def reliability(p, outcome) -> pd.DataFrame:
    """Ten bins of p: low, high, cases, mean probability and share that came true (missing in an empty bin)."""
    p, outcome = np.asarray(p, dtype=float), np.asarray(outcome, dtype=float)
    where = np.minimum((p * 10).astype(int), 9)
    rows = [(b / 10, (b + 1) / 10, int((where == b).sum()), p[where == b].mean() if (where == b).any() else np.nan,
             outcome[where == b].mean() if (where == b).any() else np.nan) for b in range(10)]
    return pd.DataFrame(rows, columns=["low", "high", "cases", "mean_p", "share"])


def diebold_mariano(difference, horizon: int) -> dict:
    """Test that a series of loss differences (one per origin year, in order) has mean 0, for forecasts of `horizon` steps.

    Returns statistic, p, T and verdict. Factor √((T+1−2h+h(h−1)/T)/T), T−1 degrees, h−1 autocovariances, Bartlett weights where
    the plain variance is not above 0 (Harvey, Leybourne and Newbold 1997). T < 5 → verdict no_test.
    """
    d = np.asarray(difference, dtype=float)
    count, h = len(d), int(horizon)
    result = {"T": count, "difference": float(d.mean()) if count else float("nan"), "statistic": float("nan"), "p": float("nan"),
              "verdict": "no_test"}
    factor = (count + 1 - 2 * h + h * (h - 1) / count) / count if count else 0.0
    if count < LEAST_ORIGINS or factor <= 0:
        return result
    centred = d - d.mean()
    covariance = [float(centred[lag:] @ centred[:count - lag]) / count for lag in range(min(h, count))]
    variance = covariance[0] + 2 * sum(covariance[1:])
    if variance <= 0:
        variance = covariance[0] + 2 * sum((1 - lag / h) * c for lag, c in enumerate(covariance) if lag)
    if variance <= 0:
        return result | {"verdict": "equal" if not d.any() else "no_test"}
    from scipy.stats import t as student

    statistic = float(d.mean() / np.sqrt(variance / count) * np.sqrt(factor))
    p = float(2 * student.sf(abs(statistic), count - 1))
    verdict = "undecided" if p >= 0.05 else "first_better" if statistic < 0 else "second_better"
    return result | {"statistic": statistic, "p": p, "verdict": verdict}
