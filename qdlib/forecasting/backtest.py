"""Back-test: rolling calendar-year origins over a panel.

Takes a panel, methods and origins; gives one row per method, series, origin and step, and tables, tests and widening factors from
it. Does not choose vintages: with `frames` the caller gives the figures known at each origin, otherwise the final ones are cut,
which flatters and is said in the table. Decisions: a target behind a break after the origin is not a case; naive is always run,
because OWA needs it on the same cases; widening is only ever computed here, never applied.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from qdlib.errors import DataError
from qdlib.forecasting import pool, scores
from qdlib.forecasting.forecasts import Forecast
from qdlib.forecasting.intervals import NORMAL
from qdlib.forecasting.panel import Panel

LEVELS = (80, 95)
BANDS = tuple(f"{end}-{level}" for level in LEVELS for end in ("lo", "hi"))
SLOW = ("ets", "arima", "trend")
MOST_SLOW = 50  # series for which single-series models are fitted
WIDEN_CASES, WIDEN_ORIGINS = 500, 5


@dataclass(frozen=True, eq=False)
class Backtest:
    """`cases`: method, unique_id, origin, ds (year), step, path, y, mean, lo/hi of 80 and 95, scale, square (mean (Δy)²), and
    `by` columns.

    `targets`: unique_id, origin, ds, comparator, value, p, outcome (empty unless targets were given). vintage: final or as_of.
    """

    cases: pd.DataFrame
    targets: pd.DataFrame
    vintage: str
    left_out: dict[str, int]

    @cached_property
    def scored(self) -> pd.DataFrame:
        """The cases with their scores and those of naive on the same case: every table is made from it."""
        scored = _score(self.cases)
        naive = scored[scored["method"] == "naive"].set_index(["unique_id", "origin", "step"])[["sMAPE", "MASE"]]
        return scored.join(naive.add_prefix("naive_"), on=["unique_id", "origin", "step"])

    def table(self, by: str | None = None) -> pd.DataFrame:
        """One row per method (and value of `by`: step, origin or a column given to `roll`): scores and coverage with verdicts."""
        if by is not None and by not in self.cases.columns:
            raise DataError(f"no column {by!r} to split by · expected one of step, origin, path or a column of `by` given to roll")
        keys = ["method"] if by is None else ["method", by]
        rows = [_summarise(part) | dict(zip(keys, key, strict=True)) for key, part in self.scored.groupby(keys, sort=False)]
        frame = pd.DataFrame(rows).assign(vintage=self.vintage)
        return frame[keys + [column for column in frame.columns if column not in keys]]

    def compare(self, a: str, b: str, score: str = "MASE") -> pd.DataFrame:
        """Diebold-Mariano per step and over all steps (`step` 0): loss of `a` less loss of `b`, averaged over series per origin
        year."""
        unknown = [name for name in (a, b) if name not in set(self.cases["method"])]
        if unknown:
            raise DataError(f"no method {', '.join(unknown)} in this back-test · expected {', '.join(self.cases['method'].unique())}")
        scored = _score(self.cases)
        keys = ["unique_id", "origin", "step"]
        pair = [scored[scored["method"] == name].set_index(keys)[score] for name in (a, b)]
        both = pd.concat(pair, axis=1, keys=["a", "b"], join="inner").dropna().reset_index()
        rows = []
        for step in (0, *sorted(both["step"].unique())):
            part = both if step == 0 else both[both["step"] == step]
            years = part.groupby("origin")[["a", "b"]].mean()
            test = scores.diebold_mariano(years["a"] - years["b"], step or int(both["step"].max()))
            rows.append({"step": step, a: part["a"].mean(), b: part["b"].mean(), "cases": len(part)} | test)
        return pd.DataFrame(rows)


def roll(panel: Panel, horizon: int, origins: int | Sequence[int] = 6, step: int = 1,
         methods: Sequence[str] = ("default", "pool", "naive"), by: pd.DataFrame | None = None,
         frames: Callable[[int], pd.DataFrame] | None = None, targets: pd.DataFrame | None = None, **settings) -> Backtest:
    """Forecast from each origin year with the rows up to it, and compare with what came.

    origins: how many years, the latest being the panel's last year less one, `step` years apart; or the years themselves.
    methods: default, pool, naive, any member of the pool; ets, arima, trend for panels of at most 50 series.
    by: `unique_id` and columns to split by. frames(T): rows known at T. targets: `unique_id, ds, comparator, value`, answered
    with a probability at every origin. settings: scale, bounds of `forecast`. Raises DataError for unknown methods.
    """
    names = tuple(dict.fromkeys((*methods, "naive")))
    _check_methods(names, panel)
    cases, answers, left_out = [], [], {"not_forecast": 0, "behind_break": 0}
    for year in _list_origins(panel, origins, step):
        known = panel.cut(year) if frames is None else _read_known(frames(year), panel, year)
        if not len(known.ids):
            continue
        truth = _find_truth(panel, known, horizon, left_out)
        left_out["not_forecast"] += int((~known.forecastable).sum())
        default = pool.forecast(known, horizon, **_narrow(settings, known))
        scale, square = _measure_scale(known)
        base = _spread(known, year, horizon, truth, scale, square, default)
        for name in names:
            cases.append(base.assign(method=name, **_forecast_by(name, known, horizon, default, settings)))
        if targets is not None:
            answers.append(_answer(targets, default, panel, year))
    if not cases:
        raise DataError("no origin leaves a series to forecast · expected origins after the fourth year of some series")
    frame = pd.concat(cases, ignore_index=True)
    frame = frame[frame["y"].notna() & frame["mean"].notna()]
    if by is not None:
        frame = frame.merge(by.drop_duplicates("unique_id"), on="unique_id", how="left")
    order = ["method", "unique_id", "origin", "ds", "step", "path", "y", "mean", *BANDS, "scale", "square"]
    frame = frame[order + [column for column in frame.columns if column not in order]].reset_index(drop=True)
    return Backtest(frame, pd.concat(answers, ignore_index=True) if answers else pd.DataFrame(), "final" if frames is None else "as_of",
                    left_out)


def widening_from(backtest: Backtest, method: str = "default") -> dict[int, float] | None:
    """Factors per level that would restore coverage, for `forecast(widening=…)`; None where the bands hold or cases are too few.

    Needs ≥ 500 cases from ≥ 5 origin years and coverage off by more than 3 points. The factor is the level-quantile of the
    distance from the point over that side's half-width, in ln y on the log path.
    """
    cases = backtest.cases[(backtest.cases["method"] == method) & backtest.cases["lo-95"].notna()]
    if len(cases) < WIDEN_CASES or cases["origin"].nunique() < WIDEN_ORIGINS:
        return None
    factors = {}
    for level in LEVELS:
        inside = ((cases["y"] >= cases[f"lo-{level}"]) & (cases["y"] <= cases[f"hi-{level}"])).mean()
        if abs(100 * inside - level) > scores.TOLERANCE:
            factors[level] = float(np.nanquantile(_relative_distance(cases, level), level / 100))
    return factors or None


def _relative_distance(cases: pd.DataFrame, level: int) -> np.ndarray:
    y, point, low, high = (cases[column].to_numpy() for column in ("y", "mean", f"lo-{level}", f"hi-{level}"))
    logs = (cases["path"] == "log").to_numpy() & (y > 0) & (low > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        y, point, low, high = (np.where(logs, np.log(np.where(logs, part, 1.0)), part) for part in (y, point, low, high))
        return np.where(y == point, 0.0, np.abs(y - point) / np.where(y > point, high - point, point - low))


# --- one origin -----------------------------------------------------------------------------------------------------------------


def _check_methods(names: tuple[str, ...], panel: Panel) -> None:
    known = ("default", "pool", "naive", *pool.MEMBERS, *SLOW)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise DataError(f"unknown method {', '.join(unknown)} · expected {', '.join(known)}")
    if set(names) & set(SLOW) and len(panel.ids) > MOST_SLOW:
        raise DataError(f"{', '.join(sorted(set(names) & set(SLOW)))} for {len(panel.ids)} series · expected at most {MOST_SLOW}: "
                        "these models are fitted one by one")


def _list_origins(panel: Panel, origins: int | Sequence[int], step: int) -> list[int]:
    if not isinstance(origins, (int, np.integer)):
        return sorted(int(year) for year in origins)
    if origins < 1 or step < 1:
        raise DataError(f"origins {origins}, step {step} · expected whole numbers above 0")
    latest = int(panel.last.max()) - 1
    return [latest - back * step for back in range(origins)][::-1]


def _read_known(frame: pd.DataFrame, panel: Panel, year: int) -> Panel:
    codes, years = panel.breaks
    breaks = pd.DataFrame({"unique_id": panel.ids[codes], "ds": years})
    return Panel.from_frame(frame, panel.history, breaks).cut(year)


def _narrow(settings: dict, known: Panel) -> dict:
    """Settings per series, without the series that this origin does not know."""
    ids = set(known.ids)
    return {key: {one: value for one, value in given.items() if one in ids} if isinstance(given, dict) else given
            for key, given in settings.items()}


def _find_truth(panel: Panel, known: Panel, horizon: int, left_out: dict[str, int]) -> np.ndarray:
    """(N, H): what was observed later, NaN where nothing was or where a new definition began in between."""
    truth, steps = np.full((len(known.ids), horizon), np.nan), np.arange(1, horizon + 1)
    codes, years = panel.breaks
    for i, unique_id in enumerate(known.ids):
        if unique_id not in panel.ids:
            continue
        position = panel.find(unique_id)
        _, year, value = panel.observed(position)
        later = dict(zip(year.tolist(), value.tolist(), strict=True))
        new = [one for one in years[codes == position] if one > known.last[i]]
        for k in steps:
            target = int(known.last[i]) + int(k)
            if target not in later:
                continue
            if new and target >= min(new):
                left_out["behind_break"] += 1
            else:
                truth[i, k - 1] = later[target]
    return truth


def _measure_scale(known: Panel) -> tuple[np.ndarray, np.ndarray]:
    """Mean |Δy| and mean (Δy)² of every series' years up to the origin, the history limit left aside."""
    whole = Panel._arrange(known.ids, known.rows, 10_000, known.breaks, known.date_type).y
    change = np.diff(whole, axis=0)
    has = ~np.isnan(change)
    count = np.maximum(has.sum(axis=0), 1)
    change = np.where(has, change, 0.0)
    return np.abs(change).sum(axis=0) / count, np.square(change).sum(axis=0) / count


def _spread(known: Panel, origin: int, horizon: int, truth, scale, square, default: Forecast) -> pd.DataFrame:
    steps = np.tile(np.arange(1, horizon + 1), len(known.ids))
    last = known.last.repeat(horizon)
    return pd.DataFrame({"unique_id": known.ids.repeat(horizon), "origin": origin, "ds": last + steps, "step": steps,
                         "path": default.notes["path"].to_numpy().repeat(horizon), "y": truth.ravel(), "scale": scale.repeat(horizon),
                         "square": square.repeat(horizon)})


def _forecast_by(name: str, known: Panel, horizon: int, default: Forecast, settings: dict) -> dict[str, np.ndarray]:
    """mean and bands of one method, (N·H,) each; methods without bands have NaN."""
    empty = dict.fromkeys(BANDS, np.nan)
    if name in ("default", "pool"):
        chosen = default if name == "default" else pool.forecast(known, horizon, learner=False, **_narrow(settings, known))
        frame = chosen.frame(LEVELS)
        return {column: frame[column].to_numpy() for column in ("mean", *BANDS)}
    if name == "naive":
        return _extend_naive(known, horizon)
    if name in pool.MEMBERS:
        return {"mean": default.members[pool.MEMBERS.index(name)].ravel()} | empty
    from qdlib.forecasting.models import forecast_by_model

    points = np.full((len(known.ids), horizon), np.nan)
    for i in np.flatnonzero(known.forecastable):
        points[i] = forecast_by_model(name, known.y[:known.n[i], i], horizon)
    return {"mean": points.ravel()} | empty


def _extend_naive(known: Panel, horizon: int) -> dict[str, np.ndarray]:
    """The last value, with the textbook's bands ± z·√(k·mean (Δy)²)."""
    usable = np.where(known.forecastable, 1.0, np.nan)
    last = known.y[np.maximum(known.n - 1, 0), np.arange(len(known.n))] * usable
    change = np.diff(known.y, axis=0)
    square = np.nansum(change * change, axis=0) / np.maximum((~np.isnan(change)).sum(axis=0), 1)
    width = np.sqrt(square)[:, None] * np.sqrt(np.arange(1, horizon + 1))
    result = {"mean": last.repeat(horizon)}
    for level in LEVELS:
        half = NORMAL.inv_cdf(0.5 + level / 200) * width
        result |= {f"lo-{level}": (last[:, None] - half).ravel(), f"hi-{level}": (last[:, None] + half).ravel()}
    return result


def _answer(targets: pd.DataFrame, default: Forecast, panel: Panel, year: int) -> pd.DataFrame:
    """Probability of each target from this origin, and whether it was met."""
    rows = []
    for target in targets.itertuples():
        if target.unique_id not in default.ids:
            continue
        i = default.panel.find(target.unique_id)
        wanted = int(target.ds) if isinstance(target.ds, (int, np.integer)) else pd.Timestamp(target.ds).year
        if not default.panel.forecastable[i] or not 1 <= wanted - default.panel.last[i] <= default.horizon:
            continue
        _, years, values = panel.observed(panel.find(target.unique_id))
        if wanted not in years:
            continue
        p = default.probability(target.unique_id, wanted, target.comparator, target.value)
        rows.append({"unique_id": target.unique_id, "origin": year, "ds": wanted, "comparator": target.comparator, "value": target.value,
                     "p": p, "outcome": meets(float(values[years == wanted][0]), target.comparator, target.value)})
    return pd.DataFrame(rows)


def meets(value: float, comparator: str, target) -> bool:
    """Whether a figure meets a target."""
    if comparator == "between":
        return bool(target[0] <= value <= target[1])
    return bool({">=": value >= target, ">": value > target, "<=": value <= target, "<": value < target}[comparator])


# --- tables ---------------------------------------------------------------------------------------------------------------------


def _score(cases: pd.DataFrame) -> pd.DataFrame:
    y, mean = cases["y"].to_numpy(), cases["mean"].to_numpy()
    scale = cases["scale"].where(cases["scale"] > 0).to_numpy()
    scored = cases.assign(sMAPE=scores.smape(y, mean), MASE=np.abs(y - mean) / scale,
                          SSE=np.square(y - mean) / cases["square"].where(cases["square"] > 0).to_numpy())
    for level in LEVELS:
        low, high = cases[f"lo-{level}"].to_numpy(), cases[f"hi-{level}"].to_numpy()
        has = ~np.isnan(low)
        scored[f"MSIS-{level}"] = scores.interval_score(y, low, high, level) / scale
        scored[f"below-{level}"] = np.where(has, y < low, np.nan)
        scored[f"above-{level}"] = np.where(has, y > high, np.nan)
        scored[f"cover-{level}"] = np.where(has, (y >= low) & (y <= high), np.nan)
    return scored


def _ratio(mean: pd.Series, score: str) -> float:
    """A score over naive's; missing where naive makes no error."""
    return mean[score] / mean[f"naive_{score}"] if mean[f"naive_{score}"] > 0 else float("nan")


def _summarise(part: pd.DataFrame) -> dict:
    """Means over steps, then over series and origins; coverage over cases."""
    wanted = ["sMAPE", "MASE", "SSE", "naive_sMAPE", "naive_MASE", *(f"MSIS-{level}" for level in LEVELS)]
    each = part.groupby(["unique_id", "origin"], sort=False)[wanted].mean()
    mean = each.mean()
    row = {"cases": len(part), "series": part["unique_id"].nunique(), "scale_zero": int((part["scale"] <= 0).sum()),
           "sMAPE": mean["sMAPE"], "MASE": mean["MASE"], "RMSSE": np.sqrt(each["SSE"]).mean(),
           "OWA": (_ratio(mean, "sMAPE") + _ratio(mean, "MASE")) / 2}
    for level in LEVELS:
        row[f"MSIS-{level}"] = mean[f"MSIS-{level}"]
        row |= {f"{side}-{level}": part[f"{side}-{level}"].mean() for side in ("cover", "below", "above")}
        counted = int(part[f"cover-{level}"].notna().sum())
        row[f"verdict-{level}"] = scores.judge_coverage(row[f"cover-{level}"], level, counted) if counted else ""
    return row
