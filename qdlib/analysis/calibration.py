"""How far a probability of ours may be believed: past outlooks of the peer cities, scored.

Takes levels of many cities (city, indicator, year, amount); gives the cases with what each method said, and from them one small frame:
Brier scores, skill over the closed-form drift, reliability in ten bins, words, coverage of the 80 % band, the lines for today. Draws
nothing and asks no clock. Binding: the headline is σ(a + b·logit((forecast + peers)/2)), by the line known at each origin; where an
indicator has no peers the same with the forecast alone, scored for itself. Intervals resample cities, because windows of one city
overlap; cities share a year's shock, so the intervals are too narrow rather than too wide, and the page says so.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qdlib.analysis.outlook import ALONE, HEADLINE, WORDS, Past
from qdlib.analysis.pseudo_targets import KEY, list_cases
from qdlib.analysis.recalibration import Line, fit_line, recalibrate_in_time

HORIZONS = (1, 2, 3)
DRAWS, SEED = 1000, 20260630
BENCHMARK = "drift_15"
SOURCES = {HEADLINE: "mean", ALONE: "forecast"}  # what each is recalibrated from
METHODS = ("drift_15", "drift_5", "base_rate", "peers", "forecast", "mean", HEADLINE, ALONE)
LEAST_OF_A_WORD = 100  # cases
SLACK = 0.05  # by which a word's frequency may leave its range
LEAST_CITIES = 15
COLUMNS = ["section", "horizon", "method", "key", "cases", "said", "value", "low", "high"]


def gather_panel(series: Mapping[str, pd.DataFrame], catalogue) -> pd.DataFrame:
    """Comparable levels of every indicator that at least 15 cities publish: city, indicator, year, amount.

    series: city -> its series of one vintage. Shares, rates and parts of a year are left out: they do not grow by logarithms.
    """
    from qdlib.analysis.prospects import history

    published = {city: set(own.loc[own["comparable"], "indicator"]) for city, own in series.items()}
    number = Counter(key for keys in published.values() for key in keys)
    levels = [key for key, cities in sorted(number.items()) if cities >= LEAST_CITIES and is_level(catalogue.indicators[key])]
    frames = [
        history(series[city], key)[["indicator", "year", "amount"]].assign(city=city)
        for key in levels
        for city in series
        if key in published[city]
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["indicator", "year", "amount", "city"])


def is_level(indicator) -> bool:
    return not indicator.in_points and indicator.partial_of is None


def score_past(panel: pd.DataFrame, horizons: Iterable[int] = HORIZONS) -> pd.DataFrame:
    """The cases of `pseudo_targets.list_cases` with forecast, mean, headline, alone, calibrated and inside (the 80 % band held)."""
    cases = ask_forecaster(list_cases(panel, tuple(horizons)), panel)
    cases = cases.assign(mean=(cases["forecast"] + cases["peers"]) / 2)
    told = {name: recalibrate_in_time(cases, source) for name, source in SOURCES.items()}
    return cases.assign(calibrated=told[HEADLINE]["calibrated"], **{name: found["p"] for name, found in told.items()})


def ask_forecaster(cases: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """The forecast of every series cut at every origin, all at once: columns forecast (p of the target) and inside (0 or 1)."""
    from qdlib.forecasting import Panel, forecast

    if cases.empty:
        return cases.assign(forecast=pd.Series(dtype=float), inside=pd.Series(dtype=float))
    origins = cases[KEY].drop_duplicates().reset_index(drop=True).rename_axis("unique_id").reset_index()
    rows = panel[panel["amount"] > 0].merge(origins, on=["indicator", "city"])
    rows = rows[rows["year"] <= rows["origin"]].sort_values(["unique_id", "year"])
    said = forecast(Panel.from_frame(rows.rename(columns={"year": "ds", "amount": "y"})), int(cases["horizon"].max()))
    last = rows.groupby("unique_id")["amount"].last()
    frames = []
    for horizon, own in cases.merge(origins, on=KEY).groupby("horizon"):
        asked = own["unique_id"].unique()
        places = np.searchsorted(said.ids, asked)
        grown = last.loc[asked].to_numpy()[:, None] * np.exp(own["growth"].to_numpy().reshape(len(asked), -1))
        targets = np.full((len(said.ids), grown.shape[1]), np.nan)
        targets[places] = grown
        came = own.drop_duplicates("unique_id")
        figure = last.loc[asked].to_numpy() * np.exp(came["actual"].to_numpy())
        low, high = (said.quantile(p)[places, horizon - 1] for p in (0.1, 0.9))
        inside = ((figure >= low) & (figure <= high)).astype(float)
        frames.append(own.assign(forecast=said.reach(horizon, targets)[places].ravel(), inside=np.repeat(inside, grown.shape[1])))
    return pd.concat(frames, ignore_index=True).drop(columns="unique_id").dropna(subset="forecast", ignore_index=True)


def calibrate(panel: pd.DataFrame, horizons: Iterable[int] = HORIZONS) -> pd.DataFrame:
    """The slice `calibration` of the store: `COLUMNS`, one row per score, bin, word, band and coefficient; no row without a case."""
    return summarise(score_past(panel, horizons))


def summarise(cases: pd.DataFrame) -> pd.DataFrame:
    """Section score (key brier, skill), bin (0–9), word, band (80), line (intercept, slope) and panel (counts), by horizon and method.

    cases: number; said: mean probability; value: score, or share that came true; low, high: 95 % over resampled cities.
    """
    rows: list[tuple] = []
    for horizon, own in cases.groupby("horizon"):
        draws = Draws(own["city"])
        rows += [(*key, *values) for key, values in score_rows(own, draws, int(horizon))]
        for method in (*SOURCES, BENCHMARK):
            bins = np.minimum((own[method].to_numpy() * 10).astype(int), 9)
            rows += group_rows("bin", own, method, bins, draws)
            words = np.array([word for _, word in WORDS], object)[word_places(own[method])]
            rows += group_rows("word", own, method, words, draws)
        once = own["quantile"] == own["quantile"].min()
        inside = own["inside"].where(once)
        rows.append(("band", int(horizon), "forecast", "80", int(once.sum()), 0.8, *draws.share(inside)))
        for method, source in SOURCES.items():
            line = fit_line(*(own[name].to_numpy() for name in (source, "reached", "origin")))
            for key, value in (("intercept", line.intercept), ("slope", line.slope)):
                rows.append(("line", int(horizon), method, key, line.cases, line.origins, value, np.nan, np.nan))
        counts = {"cities": own["city"].nunique(), "indicators": own["indicator"].nunique()}
        counts |= {"first": own["origin"].min(), "last": own["origin"].max()}
        rows += [("panel", int(horizon), "", key, len(own), np.nan, float(value), np.nan, np.nan) for key, value in counts.items()]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"horizon": "int64", "cases": "int64"} | dict.fromkeys(COLUMNS[5:], float))


class Draws:
    """Cities drawn with replacement, the same draws for every figure, so that differences are of the same cities."""

    def __init__(self, city: pd.Series):
        self.code, names = pd.factorize(city)
        self.weight = np.random.default_rng(SEED).multinomial(len(names), np.full(len(names), 1 / len(names)), DRAWS)
        self.size = len(names)

    def means(self, values) -> np.ndarray:
        """The mean of the values that are there, and after it the mean in every draw."""
        values = np.asarray(values, dtype=float)
        known = ~np.isnan(values)
        total = np.bincount(self.code, np.where(known, values, 0), self.size)
        number = np.bincount(self.code, known, self.size)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.concatenate([[total.sum() / number.sum()], (self.weight @ total) / (self.weight @ number)])

    def share(self, values) -> tuple[float, float, float]:
        return middle_and_ends(self.means(values))


def middle_and_ends(means: np.ndarray) -> tuple[float, float, float]:
    """The figure, and the 2.5 and 97.5 % points of its draws."""
    return float(means[0]), *(float(end) for end in np.nanquantile(means[1:], (0.025, 0.975)))


def score_rows(own: pd.DataFrame, draws: Draws, horizon: int) -> list[tuple[tuple, tuple]]:
    """Brier score and skill over the drift of every method; `constant` is the best single probability, known in hindsight only."""
    reached = own["reached"].to_numpy()
    said = {method: own[method].to_numpy() for method in METHODS} | {"constant": np.full(len(own), reached.mean())}
    losses = {method: draws.means((p - reached) ** 2) for method, p in said.items()}
    rows = []
    for method, loss in losses.items():
        for key, value in (("brier", loss), ("skill", 1 - loss / losses[BENCHMARK])):
            rows.append((("score", horizon, method, key, len(own)), (float(said[method].mean()), *middle_and_ends(value))))
    return rows


def group_rows(section: str, own: pd.DataFrame, method: str, groups: np.ndarray, draws: Draws) -> list[tuple]:
    """Cases, mean probability and share that came true of each group (a bin, a word) that has cases."""
    rows = []
    for group in pd.unique(groups):
        inside = groups == group
        share = draws.share(np.where(inside, own["reached"], np.nan))
        rows.append((section, int(own["horizon"].iloc[0]), method, str(group), int(inside.sum()), float(own[method][inside].mean()), *share))
    order = [str(number) for number in range(10)] + [word for _, word in WORDS]
    return sorted(rows, key=lambda row: order.index(row[3]))


def word_places(p) -> np.ndarray:
    """Index in `WORDS` of each probability."""
    cuts = np.array([cut for cut, _ in WORDS])
    return (np.asarray(p)[:, None] < cuts).sum(axis=1)


def judge_word(word: str, seen: float, cases: int) -> str:
    """holds, poorly_calibrated (the frequency leaves the word's range by more than .05), or too_few_cases below 100."""
    if cases < LEAST_OF_A_WORD:
        return "too_few_cases"
    names = [name for _, name in WORDS]
    place = names.index(word)
    low, high = WORDS[place][0], 1.0 if place == 0 else WORDS[place - 1][0]
    return "holds" if low - SLACK <= seen <= high + SLACK else "poorly_calibrated"


@dataclass(frozen=True)
class TrackRecord:
    """What past outlooks were worth, as the store keeps it; an empty one knows nothing, and every outlook stays uncalibrated."""

    frame: pd.DataFrame

    @classmethod
    def from_frame(cls, frame: pd.DataFrame | None) -> "TrackRecord":
        return cls(pd.DataFrame(columns=COLUMNS) if frame is None else frame)

    def choose(self, section: str, horizon: int, method: str) -> pd.DataFrame:
        own = self.frame
        return own[(own["section"] == section) & (own["horizon"] == horizon) & (own["method"] == method)]

    def line(self, horizon: int, method: str) -> Line:
        """The line fitted on all cases whose outcome is known; the identity, uncalibrated, where there are none."""
        own = self.choose("line", horizon, method).set_index("key")
        if own.empty:
            return Line()
        return Line(own["value"]["intercept"], own["value"]["slope"], int(own["cases"].iloc[0]), int(own["said"].iloc[0]))

    def verdict(self, horizon: int, method: str, word: str) -> str:
        """`judge_word` on the past cases of the horizon; too_few_cases where there are none."""
        own = self.choose("word", horizon, method).set_index("key")
        return judge_word(word, own["value"][word], int(own["cases"][word])) if word in own.index else "too_few_cases"


def look_back(kept: pd.DataFrame | None, peers: Mapping[str, pd.DataFrame]) -> Past:
    """What `targets.assess_policy` may look back on: the slice `calibration` as read from the store, and the other cities' series."""
    return Past(TrackRecord.from_frame(kept), peers)
