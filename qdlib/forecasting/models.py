"""Models of one series: ARIMA, ETS and trend components of statsmodels, side by side with the default.

Takes values and years of one series, gives a frame with a row per model and year, and combinations of such rows. Does not feed
the default: on the same M4 series these models do worse. Decisions: ARIMA and trends are fitted to ln y where all y > 0, ETS to
y; a model that fails is a row with its reason; weights from in-sample fit are refused, because close fit of the past is no sign
of a good forecast.
"""

import inspect
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qdlib.errors import DataError

LEVELS = (80, 95)
COLUMNS = ["model", "year", "point", "lo-80", "hi-80", "lo-95", "hi-95", "setting", "aicc", "ljung_box_p", "converged", "mase", "reason"]
MODELS = ("arima", "ets", "trend_linear", "trend_smooth")
LEAST = 8  # years that a model needs
SEED = 20240101  # multiplicative errors have simulated bands


@dataclass(frozen=True, eq=False)
class Fitted:
    """Points (h,), bands {level: (low, high)}, and what was chosen."""

    points: np.ndarray
    bands: dict[int, tuple[np.ndarray, np.ndarray]]
    setting: str
    aicc: float
    residuals: np.ndarray
    parameters: int
    converged: bool


def fit_models(y, years, horizon: int, origins: int = 5) -> pd.DataFrame:
    """One row per model and forecast year: point, native bands, order, AICc, Ljung-Box p, converged, MASE over its last origins.

    y, years: one series (NaN where missing; the years behind the last gap are used). Models: arima, ets, trend_linear,
    trend_smooth and default. mase averages min(origins, n−8) origins, models chosen anew at each (origins=0: none, much faster).
    AICc compares orders within a model only (ETS is fitted to y, the others to ln y where y > 0). A model that fails has one row
    per year with NaN and its reason.
    """
    from qdlib.forecasting.diagnostics import ljung_box, read_series

    values, years = read_series(y, years)
    ahead = np.arange(int(years[-1]) + 1, int(years[-1]) + horizon + 1)
    frames = []
    for name in MODELS:
        try:
            if len(values) < LEAST:
                raise DataError(f"{len(values)} years, needs {LEAST}")
            fitted = _fit_quietly(name, values, horizon)
            row = {"point": fitted.points, "setting": fitted.setting, "aicc": fitted.aicc, "converged": fitted.converged, "reason": "",
                   "ljung_box_p": ljung_box(fitted.residuals, fitted.parameters)[1],
                   "mase": _measure_mase(values, horizon, lambda part, h, name=name: _fit_quietly(name, part, h).points, origins)}
            row |= {f"{end}-{level}": band[side] for level, band in fitted.bands.items() for side, end in enumerate(("lo", "hi"))}
        except Exception as fault:  # whatever a library raises on an odd series is that model's result
            row = {"point": np.nan, "converged": False, "reason": f"{type(fault).__name__}: {fault}"}
        frames.append(pd.DataFrame({"model": name, "year": ahead} | row))
    frames.append(_forecast_default(values, years, horizon, ahead, origins))
    return pd.concat([frame.reindex(columns=COLUMNS) for frame in frames], ignore_index=True)


def forecast_by_model(name: str, values: np.ndarray, horizon: int) -> np.ndarray:
    """Points (h,) of ets, arima or trend (local linear) for one series; NaN where the model fails."""
    try:
        return _fit_quietly({"trend": "trend_linear"}.get(name, name), values[~np.isnan(values)], horizon).points
    except Exception:  # a failing model is a missing row of the back-test, never its end
        return np.full(horizon, np.nan)


def combine(tables, weights: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Weighted mean of models: `year, point, lo-80 …`; equal weights, or one number per model, scaled to 1.

    tables: the frame of `fit_models`, or a mapping from model to a frame with `year, point`. Models with a missing point are left
    out when weights are equal. Raises DataError for unknown models, and for weights that name a fit criterion.
    """
    frame = tables if isinstance(tables, pd.DataFrame) else pd.concat(
        [table.assign(model=name) for name, table in tables.items()], ignore_index=True)
    if isinstance(weights, str):
        raise DataError(f"weights {weights!r} · expected numbers per model or None: weights from in-sample fit are refused, "
                        "because close fit of the past is no sign of good forecasts")
    complete = frame.groupby("model", sort=False)["point"].apply(lambda points: points.notna().all())
    if weights is None:
        weights = dict.fromkeys(complete.index[complete], 1.0)
    wrong = [f"{model}: {weight}" for model, weight in weights.items() if not complete.get(model, False) or not weight >= 0]
    if wrong or not sum(weights.values()) > 0:
        raise DataError(f"weights {', '.join(wrong) or dict(weights)} · expected numbers of 0 or more, one above 0, for models with points: "
                        f"{', '.join(complete.index[complete])}")
    columns = [column for column in ("point", "lo-80", "hi-80", "lo-95", "hi-95") if column in frame.columns]
    chosen = frame[frame["model"].isin(list(weights))]
    share = chosen["model"].map(weights) / sum(weights.values())
    weighted = chosen[columns].mul(share.to_numpy(), axis=0).assign(year=chosen["year"].to_numpy())
    return weighted.groupby("year", as_index=False).agg({column: lambda part: part.sum(skipna=False) for column in columns})


def _measure_mase(values: np.ndarray, horizon: int, points_of, most: int = 5) -> float:
    """Mean over the last min(most, n−8) origins of the mean |error| over the mean |Δy| up to the origin; NaN where none fits."""
    origins = min(most, len(values) - 8)
    errors = []
    for back in range(1, origins + 1):
        past, truth = values[:-back], values[len(values) - back:][:horizon]
        scale = np.abs(np.diff(past)).mean()
        if scale > 0:
            errors.append(np.abs(truth - points_of(past, len(truth))).mean() / scale)
    return float(np.mean(errors)) if errors else float("nan")


def _forecast_default(values: np.ndarray, years: np.ndarray, horizon: int, ahead: np.ndarray, origins: int) -> pd.DataFrame:
    from qdlib.forecasting.pool import forecast_panel

    def default(part: np.ndarray, steps: int) -> pd.DataFrame:
        return forecast_panel(pd.DataFrame({"unique_id": "y", "ds": years[:len(part)], "y": part}), steps, LEVELS)

    frame = default(values, horizon)
    row = {f"{end}-{level}": frame[f"{end}-{level}"].to_numpy() for level in LEVELS for end in ("lo", "hi")}
    failed = frame["mean"].isna().any()
    mase = _measure_mase(values, horizon, lambda part, steps: default(part, steps)["mean"].to_numpy(), origins)
    return pd.DataFrame({"model": "default", "year": ahead, "point": frame["mean"].to_numpy(), "converged": not failed, "mase": mase,
                         "reason": "too_short" if failed else ""} | row)


def _fit_quietly(name: str, values: np.ndarray, horizon: int) -> Fitted:
    import statsmodels.tools.sm_exceptions  # noqa: F401 - its import sets filters of its own, so it must come before ours

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        fitted = {"arima": _fit_arima, "ets": _fit_ets, "trend_linear": _fit_trend, "trend_smooth": _fit_trend}[name](
            values, horizon, *(("local linear trend",) if name == "trend_linear" else ("smooth trend",) if name == "trend_smooth" else ()))
    if not np.isfinite(fitted.points).all():
        raise DataError("the model's points are not finite")
    return fitted


def _aicc(log_likelihood: float, parameters: int, n: int) -> float:
    """AIC corrected for short series; infinite where more parameters than it can bear."""
    spare = n - parameters - 1
    return float("inf") if spare <= 0 else float(-2 * log_likelihood + 2 * parameters + 2 * parameters * (parameters + 1) / spare)


def _scale(values: np.ndarray):
    """The series as it is modelled, the way back, and the scale's name."""
    return (np.log(values), np.exp, "ln y") if (values > 0).all() else (values, lambda x: x, "y")


def _choose_differences(x: np.ndarray) -> int:
    from statsmodels.tsa.stattools import kpss

    for d in range(2):
        series = np.diff(x, d)
        if len(series) < 5 or np.ptp(series) == 0 or kpss(series, regression="c", nlags="auto")[1] >= 0.05:
            return d
    return 2


def _fit_arima(values: np.ndarray, horizon: int) -> Fitted:
    from statsmodels.tsa.arima.model import ARIMA

    x, back, scale = _scale(values)
    d = _choose_differences(x)
    trend = {0: "c", 1: "t", 2: "n"}[d]
    best, least = None, np.inf
    for p in range(3):
        for q in range(3):
            try:
                result = ARIMA(x, order=(p, d, q), trend=trend).fit()
            except (ValueError, np.linalg.LinAlgError):
                continue
            aicc = _aicc(result.llf, len(result.params), len(x) - d)
            if aicc < least and np.isfinite(result.llf):
                best, least = ((p, d, q), result), aicc
    if best is None:
        raise DataError("no order could be fitted")
    order, result = best
    ahead = result.get_forecast(horizon)
    bands = {level: tuple(back(np.asarray(ahead.conf_int(alpha=1 - level / 100)).T)) for level in LEVELS}
    drift = {0: ", constant", 1: ", drift", 2: ""}[d]
    return Fitted(back(np.asarray(ahead.predicted_mean)), bands, f"ARIMA{order}{drift} on {scale}".replace(" ", "", 2), least,
                  np.asarray(result.resid)[d:], order[0] + order[2], bool(result.mle_retvals.get("converged", True)))


def _fit_ets(values: np.ndarray, horizon: int) -> Fitted:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    best, least = None, np.inf
    for error in ("add", "mul") if (values > 0).all() else ("add",):
        for trend, damped in ((None, False), ("add", False), ("add", True)):
            try:
                result = ETSModel(pd.Series(values), error=error, trend=trend, damped_trend=damped).fit(disp=False)
            except (ValueError, np.linalg.LinAlgError):
                continue
            aicc = _aicc(result.llf, len(result.params) + 1, len(values))
            if aicc < least and np.isfinite(result.llf):
                best, least = ((error, trend, damped), result), aicc
    if best is None:
        raise DataError("no form could be fitted")
    (error, trend, damped), result = best
    n = len(values)
    ahead = result.get_prediction(start=n, end=n + horizon - 1, **_seed(result.simulate))
    bands = {level: tuple(np.asarray(ahead.pred_int(alpha=1 - level / 100)).T) for level in LEVELS}
    letters = f"ETS({'A' if error == 'add' else 'M'},{'N' if trend is None else 'Ad' if damped else 'A'},N)"
    return Fitted(np.asarray(ahead.predicted_mean), bands, letters, least, np.asarray(result.resid),
                  1 + (trend is not None) + damped, bool(result.mle_retvals is None or _has_converged(result.mle_retvals)))


def _seed(simulate) -> dict[str, int]:
    """The seed under the name that this statsmodels uses: rng from 0.15 on, random_state before."""
    return {"rng" if "rng" in inspect.signature(simulate).parameters else "random_state": SEED}


def _has_converged(returned) -> bool:
    """Optimisers of statsmodels report either a dict or a scipy result."""
    return bool(returned.get("converged", returned.get("success", True))) if hasattr(returned, "get") else True


def _fit_trend(values: np.ndarray, horizon: int, form: str) -> Fitted:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    x, back, scale = _scale(values)
    result = UnobservedComponents(x, form).fit(disp=False)
    ahead = result.get_forecast(horizon)
    bands = {level: tuple(back(np.asarray(ahead.conf_int(alpha=1 - level / 100)).T)) for level in LEVELS}
    return Fitted(back(np.asarray(ahead.predicted_mean)), bands, f"{form} on {scale}", _aicc(result.llf, len(result.params), len(x)),
                  np.asarray(result.resid)[2:], len(result.params) - 1, _has_converged(result.mle_retvals))
