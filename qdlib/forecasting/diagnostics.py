"""Tests on one annual series, each as a row with its verdict or the reason why it was not run.

Takes values and years of one series, gives a frame. Models of one series and their combination are in `models` and can be called
from here. Does not decide anything for the forecast: these stand beside the default. Decisions: statsmodels and scipy are
imported inside the functions; tests look at ln y (y where a value is ≤ 0) behind the last gap; seeds are fixed; verdicts are
codes.
"""

import warnings

import numpy as np
import pandas as pd

from qdlib.errors import DataError
from qdlib.forecasting.models import combine, fit_models

__all__ = ["combine", "examine", "fit_models"]

LEAST_UNIT_ROOT = 10
LEAST_ZIVOT_ANDREWS = 20
SIDE = 4  # years of growth on each side of a break
JUMP = 5.0  # robust deviations
TRIM = 0.15  # of the series at each end has no break in Zivot-Andrews' test
DRAWS, SEED = 999, 20240101
COLUMNS = ["name", "statistic", "p", "p_text", "n", "setting", "years", "verdict", "reason"]


def examine(y, years) -> pd.DataFrame:
    """One row per test: `name, statistic, p, p_text, n, setting, years, verdict, reason`.

    y: values of one series in any unit (NaN where missing), years: as many whole years, rising. p_text says ≤ 0.01 or ≥ 0.10
    where a p value is read from a table's edge; years names the years of a break, joined by blanks; reason is empty unless the
    test was not run.
    """
    values, years = read_series(y, years)
    logs = bool((values > 0).all())
    x = np.log(values) if logs else values
    scale = "ln y" if logs else "y"
    rows = [*_test_unit_roots(x, scale), _test_autocorrelation(np.diff(x), scale), _test_jump(np.diff(x), years[1:], scale),
            _test_growth(np.diff(x), years[1:], scale), _test_cusum(np.diff(x), scale), _test_zivot_andrews(x, years, scale)]
    rows = [dict.fromkeys(COLUMNS, "") | {"statistic": np.nan, "p": np.nan} | row for row in rows]
    for row in rows:
        row["p_text"] = row["p_text"] or ("" if np.isnan(row["p"]) else "< 0.001" if row["p"] < 0.0005 else f"{row['p']:.3f}")
    return pd.DataFrame(rows)


def read_series(y, years) -> tuple[np.ndarray, np.ndarray]:
    """Values and years behind the last gap; DataError for unequal lengths, unordered years, infinite or no values."""
    values, years = np.asarray(y, dtype=float), np.asarray(years)
    if values.shape != years.shape or values.ndim != 1 or not np.issubdtype(years.dtype, np.integer):
        raise DataError(f"y has shape {values.shape}, years {years.shape} of {years.dtype} · expected two lists of one length, years whole")
    if (np.diff(years) <= 0).any() or np.isinf(values).any() or np.isnan(values).all():
        raise DataError(f"years {years[:5].tolist()} …, y {values[:5].tolist()} … · expected rising years and finite values, NaN where missing")
    has = ~np.isnan(values)
    values, years = values[has], years[has]
    gaps = np.flatnonzero(np.diff(years) > 1)
    start = gaps[-1] + 1 if len(gaps) else 0
    return values[start:], years[start:]


def _skip(name: str, n: int, least: int, setting: str) -> dict:
    return {"name": name, "n": n, "setting": setting, "verdict": "not_run", "reason": f"too_few_years: {n}, needs {least}"}


def _run(name: str, n: int, setting: str, test) -> dict:
    """The row that `test` gives; a failure inside it becomes the reason."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with np.errstate(all="ignore"):
                return {"name": name, "n": n, "setting": setting} | test()
        except (ValueError, ArithmeticError, IndexError, np.linalg.LinAlgError) as fault:
            return {"name": name, "n": n, "setting": setting, "verdict": "not_run", "reason": f"failed: {fault}"}


def _test_unit_roots(x: np.ndarray, scale: str) -> list[dict]:
    """ADF and KPSS on the level (with trend) and on the difference (with constant), and a joint verdict for each."""
    rows = []
    for part, series, trend in (("level", x, "ct"), ("difference", np.diff(x), "c")):
        n, what = len(series), scale if part == "level" else f"Δ {scale}"
        settings = f"{what}, {trend}, AIC, maxlag {n // 4}", f"{what}, {trend}, lags auto"
        if n < LEAST_UNIT_ROOT or np.ptp(series) == 0:
            reason = {} if n < LEAST_UNIT_ROOT else {"reason": "constant"}
            rows += [_skip(f"{test}_{part}", n, LEAST_UNIT_ROOT, setting) | reason for test, setting in
                     zip(("adf", "kpss"), settings, strict=True)]
            continue
        pair = [_run(f"adf_{part}", n, settings[0], lambda s=series, t=trend: _adf(s, t)),
                _run(f"kpss_{part}", n, settings[1], lambda s=series, t=trend: _kpss(s, t))]
        rows += [*pair, {"name": f"unit_root_{part}", "n": n, "setting": "ADF and KPSS at 5 %"} | _judge(*pair)]
    return rows


def _adf(x: np.ndarray, trend: str) -> dict:
    from statsmodels.tsa.stattools import adfuller

    statistic, p = adfuller(x, maxlag=len(x) // 4, regression=trend, autolag="AIC")[:2]
    return {"statistic": float(statistic), "p": float(p), "verdict": "stationary" if p < 0.05 else "unit_root"}


def _kpss(x: np.ndarray, trend: str) -> dict:
    from statsmodels.tsa.stattools import kpss

    statistic, p = kpss(x, regression=trend, nlags="auto")[:2]
    text = "≤ 0.01" if p <= 0.01 else "≥ 0.10" if p >= 0.1 else f"{p:.3f}"
    return {"statistic": float(statistic), "p": float(p), "p_text": text, "verdict": "unit_root" if p < 0.05 else "stationary"}


def _judge(adf: dict, kpss: dict) -> dict:
    verdicts = adf["verdict"], kpss["verdict"]
    if "not_run" in verdicts:
        return {"verdict": "not_run", "reason": "one of the two tests was not run"}
    return {"verdict": {("stationary", "stationary"): "stationary", ("unit_root", "unit_root"): "unit_root",
                        ("stationary", "unit_root"): "both_rejected", ("unit_root", "stationary"): "undecided"}[verdicts]}


def _test_autocorrelation(growth: np.ndarray, scale: str) -> dict:
    lags, setting = min(10, len(growth) // 5), f"Δ {scale} less its mean, lags {min(10, len(growth) // 5)}"
    if lags < 1 or np.ptp(growth) == 0:
        return _skip("ljung_box", len(growth), 5, setting) | ({"reason": "constant"} if lags else {})

    def test() -> dict:
        statistic, p = ljung_box(growth - growth.mean(), 0)
        return {"statistic": statistic, "p": p, "verdict": "autocorrelated" if p < 0.05 else "no_autocorrelation"}

    return _run("ljung_box", len(growth), setting, test)


def ljung_box(residuals: np.ndarray, parameters: int) -> tuple[float, float]:
    """Statistic and p at min(10, n//5) lags, degrees less the model's dynamic parameters; p is NaN where none are left."""
    from statsmodels.stats.diagnostic import acorr_ljungbox

    lags = min(10, len(residuals) // 5)
    if lags <= parameters:
        return float("nan"), float("nan")
    row = acorr_ljungbox(residuals, lags=[lags], model_df=parameters).iloc[0]
    return float(row["lb_stat"]), float(row["lb_pvalue"])


def _test_jump(growth: np.ndarray, years: np.ndarray, scale: str) -> dict:
    setting = f"Δ {scale} beyond median ± {JUMP:g}·1.4826·MAD"
    if len(growth) < 2 * SIDE:
        return _skip("jump", len(growth), 2 * SIDE, setting)
    middle = np.median(growth)
    deviation = 1.4826 * np.median(np.abs(growth - middle))
    if deviation <= 1e-12 * np.abs(growth).max():
        return {"name": "jump", "n": len(growth), "setting": setting, "verdict": "not_run", "reason": "half of the steps are equal"}
    distance = np.abs(growth - middle) / deviation
    found = years[distance > JUMP]
    return {"name": "jump", "n": len(growth), "setting": setting, "statistic": float(distance.max()),
            "years": " ".join(map(str, found)), "verdict": "jump" if len(found) else "no_jump"}


def _sup_f(growth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Largest F of a change in mean over all splits with SIDE years on each side, and that split; growth is (draws, n)."""
    n = growth.shape[1]
    split = np.arange(SIDE, n - SIDE + 1)
    total = growth.sum(axis=1, keepdims=True)
    left = np.cumsum(growth, axis=1)[:, split - 1]
    squares = np.square(growth).sum(axis=1, keepdims=True)
    without = squares - total**2 / n
    within = squares - left**2 / split - (total - left) ** 2 / (n - split)
    f = (without - within) / np.maximum(within / (n - 2), 1e-300)
    best = f.argmax(axis=1)
    return f[np.arange(len(f)), best], split[best]


def _test_growth(growth: np.ndarray, years: np.ndarray, scale: str) -> dict:
    setting = f"sup-F for the mean of Δ {scale}, {SIDE} years each side, {DRAWS} orderings, seed {SEED}"
    if len(growth) < 2 * SIDE or np.ptp(growth) == 0:
        return _skip("growth_break", len(growth), 2 * SIDE, setting) | ({"reason": "constant"} if len(growth) >= 2 * SIDE else {})
    centred = growth - growth.mean()  # F does not notice, and sums of squares lose no digits
    (statistic,), (split,) = _sup_f(centred[None])
    shuffled = np.random.default_rng(SEED).permuted(np.tile(centred, (DRAWS, 1)), axis=1)
    p = (1 + int((_sup_f(shuffled)[0] >= statistic).sum())) / (DRAWS + 1)
    return {"name": "growth_break", "n": len(growth), "setting": setting, "statistic": float(statistic), "p": p,
            "years": str(years[split]) if p < 0.05 else "", "verdict": "break" if p < 0.05 else "no_break"}


def _test_cusum(growth: np.ndarray, scale: str) -> dict:
    setting = f"CUSUM of Δ {scale} less its mean"
    if len(growth) < 2 * SIDE or np.ptp(growth) == 0:
        return _skip("cusum", len(growth), 2 * SIDE, setting) | ({"reason": "constant"} if len(growth) >= 2 * SIDE else {})

    def test() -> dict:
        from statsmodels.stats.diagnostic import breaks_cusumolsresid

        statistic, p = breaks_cusumolsresid(growth - growth.mean(), ddof=1)[:2]
        return {"statistic": float(statistic), "p": float(p), "verdict": "break" if p < 0.05 else "no_break"}

    return _run("cusum", len(growth), setting, test)


def _test_zivot_andrews(x: np.ndarray, years: np.ndarray, scale: str) -> dict:
    setting = f"{scale}, break in level and trend, AIC"
    if len(x) < LEAST_ZIVOT_ANDREWS or np.ptp(x) == 0:
        return _skip("zivot_andrews", len(x), LEAST_ZIVOT_ANDREWS, setting) | ({"reason": "constant"} if np.ptp(x) == 0 else {})

    def test() -> dict:
        from statsmodels.tsa.stattools import zivot_andrews

        # the first break tried lies 15 % into the series: with that many lags before it, its dummy would equal the constant
        lags = int(TRIM * len(x)) - 2
        statistic, p, _, _, position = zivot_andrews(x, trim=TRIM, maxlag=lags, regression="ct", autolag="AIC")
        return {"statistic": float(statistic), "p": float(p), "years": str(years[position]),
                "verdict": "stationary_with_break" if p < 0.05 else "unit_root"}

    return _run("zivot_andrews", len(x), setting, test)
