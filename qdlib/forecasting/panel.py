"""Panel: annual series in padded arrays, with one note per series.

Takes a frame `unique_id, ds, y` in any row order and the dates of breaks. Gives arrays T × N, left-aligned, inner gaps as NaN,
and says of each series which years are used or why it cannot be forecast. Does not forecast and does not fill: how a gap is
filled depends on the path (`pool`). Decisions: offenders are listed, the first ten, in one DataError; history is the last 40
years unless told; a series starts behind its last break and behind its last gap of more than two years.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from qdlib.errors import DataError

HISTORY = 40  # years; older ones say nothing about the next ten and cost time
FILLABLE = 2  # an inner gap up to this many years is filled
LEAST = 4  # values that a forecast needs
COLUMNS = ("unique_id", "ds", "y")


def _list_first(items, number: int = 10) -> str:
    """The first ten as text, and how many there are."""
    items = list(items)
    more = f" … {len(items)} in all" if len(items) > number else ""
    return ", ".join(str(item) for item in items[:number]) + more


def _check_columns(frame: pd.DataFrame, wanted: tuple[str, ...], name: str) -> None:
    if not isinstance(frame, pd.DataFrame):
        raise DataError(f"{name} is a {type(frame).__name__} · expected a DataFrame with columns {', '.join(wanted)}")
    missing = [column for column in wanted if column not in frame.columns]
    if missing:
        raise DataError(f"{name} lacks column {', '.join(missing)} · it has {_list_first(frame.columns)} · "
                        f"expected {', '.join(wanted)}: rename the columns")


def _read_years(ds: pd.Series, name: str) -> np.ndarray:
    """Calendar year of each row as int64; DataError for anything but integers and dates without a time zone."""
    if ds.isna().any():
        raise DataError(f"{name}.ds is empty in {int(ds.isna().sum())} rows · first at rows {_list_first(np.flatnonzero(ds.isna()))} · "
                        "expected a year in every row: drop these rows")
    if pd.api.types.is_integer_dtype(ds.dtype):
        return ds.to_numpy(dtype=np.int64)
    if isinstance(ds.dtype, np.dtype) and ds.dtype.kind == "M":
        return ds.to_numpy().astype("datetime64[Y]").astype(np.int64) + 1970
    raise DataError(f"{name}.ds has dtype {ds.dtype}, first value {ds.iloc[0]!r} · expected whole years (int) or dates (datetime64): "
                    "convert with .astype('int64') or pandas.to_datetime")


def _read_values(y: pd.Series) -> np.ndarray:
    if not pd.api.types.is_numeric_dtype(y.dtype) or pd.api.types.is_bool_dtype(y.dtype) or pd.api.types.is_complex_dtype(y.dtype):
        raise DataError(f"series.y has dtype {y.dtype}, first value {y.iloc[0]!r} · expected numbers: convert with pandas.to_numeric")
    return y.to_numpy(dtype=np.float64, na_value=np.nan)


@dataclass(frozen=True, eq=False)
class _Rows:
    """All rows as given, sorted by series and year."""

    code: np.ndarray
    year: np.ndarray
    date: np.ndarray
    value: np.ndarray


@dataclass(frozen=True, eq=False)
class Panel:
    """`y` (T, N): the used years of each series from its first on, NaN in gaps and beyond the end.

    ids: Index of length N, in order of first appearance; n: years used, filled ones included; last: year of the last value (int);
    notes: frame `unique_id, n_used, first_year, last_year, status, reason, filled`. status is ok, short or not_forecast.
    """

    ids: pd.Index
    y: np.ndarray
    n: np.ndarray
    last: np.ndarray
    last_date: np.ndarray
    notes: pd.DataFrame
    history: int
    rows: _Rows
    breaks: tuple[np.ndarray, np.ndarray]  # code and year of each break
    date_type: object

    def __repr__(self) -> str:
        named = ", ".join(map(str, self.ids[:3])) + (" …" if len(self.ids) > 3 else "")
        return f"Panel of {len(self.ids)} series, {int(self.n.sum())} years in all: {named}; .notes says what of each is used"

    @classmethod
    def from_frame(cls, series: pd.DataFrame, history: int | None = None, breaks: pd.DataFrame | None = None) -> "Panel":
        """Check and arrange a frame.

        series: `unique_id`; `ds`, whole years or one date a year; `y`, any unit, NaN where missing. Other columns are ignored.
        history: use the last so many years (None: 40). breaks: `unique_id, ds`, the first year of each new definition; entries
        for series that the panel does not have are ignored. Raises DataError that names the first ten offenders.
        """
        _check_columns(series, COLUMNS, "series")
        if not len(series):
            raise DataError("series has no rows · expected at least one row of unique_id, ds, y")
        if history is not None and (isinstance(history, bool) or not isinstance(history, (int, np.integer)) or history < LEAST):
            raise DataError(f"history is {history!r} · expected a whole number of years, {LEAST} or more, or None for {HISTORY}")
        code, ids = pd.factorize(series["unique_id"], use_na_sentinel=True)
        if (code < 0).any():
            raise DataError(f"series.unique_id is empty in {int((code < 0).sum())} rows · first at rows "
                            f"{_list_first(np.flatnonzero(code < 0))} · expected an id in every row")
        year, value = _read_years(series["ds"], "series"), _read_values(series["y"])
        date = series["ds"].to_numpy() if series["ds"].dtype.kind == "M" else year
        key_order = np.lexsort((year, code)) if not _is_sorted(code, year) else slice(None)
        rows = _Rows(code[key_order], year[key_order], date[key_order], value[key_order])
        ids = pd.Index(ids, name="unique_id")
        _check_rows(rows, ids)
        return cls._arrange(ids, rows, HISTORY if history is None else int(history), _read_breaks(breaks, ids), series["ds"].dtype)

    def cut(self, year: int) -> "Panel":
        """The panel as it would have been with no row after `year`; series without an earlier row are left out."""
        keep = self.rows.year <= year
        present = np.unique(self.rows.code[keep])
        renumber = np.full(len(self.ids), -1)
        renumber[present] = np.arange(len(present))
        rows = _Rows(renumber[self.rows.code[keep]], self.rows.year[keep], self.rows.date[keep], self.rows.value[keep])
        codes, years = self.breaks
        inside = renumber[codes] >= 0
        return Panel._arrange(self.ids[present], rows, self.history, (renumber[codes[inside]], years[inside]), self.date_type)

    @classmethod
    def _arrange(cls, ids: pd.Index, rows: _Rows, history: int, breaks, date_type) -> "Panel":
        size = len(ids)
        row_end = np.searchsorted(rows.code, np.arange(size), side="right") - 1
        last, last_date = rows.year[row_end], rows.date[row_end]
        present = np.flatnonzero(~np.isnan(rows.value))
        code, year = rows.code[present], rows.year[present]
        last[code], last_date[code] = year, rows.date[present]  # sorted by year: the latest value is written last
        begin = last - history + 1
        available = np.bincount(code[year >= begin[code]], minlength=size)
        break_code, break_year = breaks
        relevant = (break_year <= last[break_code]) & (break_year > begin[break_code])
        after_break = begin.copy()
        np.maximum.at(after_break, break_code[relevant], break_year[relevant])
        used = np.flatnonzero(year >= after_break[code])
        unbroken = np.bincount(code[used], minlength=size)
        jump = used[1:][(code[used[1:]] == code[used[:-1]]) & (year[used[1:]] - year[used[:-1]] > FILLABLE + 1)]
        start = after_break.copy()
        start[code[jump]] = year[jump]
        used = used[year[used] >= start[code[used]]]
        code, year, value = code[used], year[used], rows.value[present][used]
        observed = np.bincount(code, minlength=size)
        first = np.where(observed > 0, last + 1, 0)
        np.minimum.at(first, code, year)
        n = np.where(observed > 0, last - first + 1, 0)
        y = np.full((max(int(n.max(initial=0)), 1), size), np.nan)  # no series at all: an origin before the first year
        y[year - first[code], code] = value
        reason = np.where(observed >= LEAST, "", np.where(available < LEAST, "too_short", np.where(
            unbroken < LEAST, "too_short_after_break", "too_short_after_gap")))
        notes = pd.DataFrame({
            "unique_id": ids,
            "n_used": n,
            "first_year": pd.array(np.where(observed > 0, first, 0), dtype="Int64"),
            "last_year": pd.array(last, dtype="Int64"),
            "status": np.where(observed < LEAST, "not_forecast", np.where(n < 8, "short", "ok")),
            "reason": reason,
            "filled": n - observed,
        })
        notes.loc[observed == 0, ["first_year", "last_year"]] = pd.NA
        return cls(ids, y, n, last, last_date, notes, history, rows, breaks, date_type)

    @cached_property
    def forecastable(self) -> np.ndarray:
        return (self.n - self.notes["filled"].to_numpy()) >= LEAST

    def find(self, unique_id) -> int:
        """Position of a series; DataError when it is not in the panel."""
        try:
            return int(self.ids.get_loc(unique_id))
        except KeyError:
            raise DataError(f"no series {unique_id!r} in this panel · it has {_list_first(self.ids)}") from None

    def next_dates(self, horizon: int) -> np.ndarray:
        """(N, H): `ds` of the steps 1…horizon, as years or as dates of the same day of the year."""
        steps = np.arange(1, horizon + 1)
        if self.last_date.dtype.kind != "M":
            return self.last_date[:, None] + steps
        month = self.last_date.astype("datetime64[M]")
        within = (self.last_date - month)[:, None]
        later = month[:, None] + (12 * steps).astype("timedelta64[M]")
        dates = later + within
        dates = np.where(dates.astype("datetime64[M]") > later, dates - np.timedelta64(1, "D"), dates)  # 29 February → 28 February
        return dates.astype(self.last_date.dtype)

    def observed(self, position: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All values of one series as given: dates, years, values (NaN rows left out)."""
        inside = slice(*np.searchsorted(self.rows.code, [position, position + 1]))
        has = ~np.isnan(self.rows.value[inside])
        return self.rows.date[inside][has], self.rows.year[inside][has], self.rows.value[inside][has]


def _is_sorted(code: np.ndarray, year: np.ndarray) -> bool:
    return bool(np.all((code[1:] > code[:-1]) | ((code[1:] == code[:-1]) & (year[1:] >= year[:-1]))))


def _check_rows(rows: _Rows, ids: pd.Index) -> None:
    infinite = np.flatnonzero(np.isinf(rows.value))
    if len(infinite):
        raise DataError("y is infinite at " + _list_first(f"({ids[rows.code[i]]}, {rows.date[i]})" for i in infinite) +
                        " · expected finite numbers, NaN for a missing year")
    same = np.flatnonzero((rows.code[1:] == rows.code[:-1]) & (rows.year[1:] == rows.year[:-1])) + 1
    if not len(same):
        return
    repeated = same[rows.date[same] == rows.date[same - 1]]
    if len(repeated):
        raise DataError("repeated (unique_id, ds): " + _list_first(f"({ids[rows.code[i]]}, {rows.date[i]})" for i in repeated) +
                        " · expected one row per series and year: choose one vintage")
    raise DataError("more than one date in a year, so not annual: " +
                    _list_first(f"({ids[rows.code[i]]}, {rows.date[i - 1]} and {rows.date[i]})" for i in same) +
                    " · expected one date a year: add up or pick one before forecasting")


def _read_breaks(breaks: pd.DataFrame | None, ids: pd.Index) -> tuple[np.ndarray, np.ndarray]:
    if breaks is None or not len(breaks):
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.int64)
    _check_columns(breaks, ("unique_id", "ds"), "breaks")
    code, year = ids.get_indexer(breaks["unique_id"]), _read_years(breaks["ds"], "breaks")
    return code[code >= 0], year[code >= 0]
