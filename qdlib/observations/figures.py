"""Figures in the order in which the checks walk through them: by indicator, city, scope, edition and year.

Takes observation rows with amount and half; gives `Figures`: numbers for each shown row, and where it stands in the rows. The
order is made once for all checks. A *line* is one series as one edition prints it, a *series* the same in all editions. Text
columns are looked up only for what was found, because millions of rows are walked and a handful is reported.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.observations.rows import last_day, shown

FIRST_YEAR, YEARS = 1800, 400  # a year is a digit of the key; the rows' schema admits 1900 to 2100
NAMES = ("indicator", "city", "scope", "edition")


@dataclass(frozen=True)
class Figures:
    """Shown rows as arrays of one order. `codes` and `names`: number and names of indicator, city, scope, edition.

    Editions are numbered by day of publication, so a greater number is not older. `place` numbers city, scope, edition and
    year: two indicators of one edition meet in it, and place − 1 is the year before.
    """

    rows: pd.DataFrame
    position: np.ndarray
    codes: dict[str, np.ndarray]
    names: dict[str, list[str]]
    days: np.ndarray
    ranks: np.ndarray
    year: np.ndarray
    amount: np.ndarray
    half: np.ndarray
    decimals: np.ndarray
    broken: np.ndarray
    factors: np.ndarray
    kinds: np.ndarray

    def __len__(self) -> int:
        return len(self.position)

    @cached_property
    def series(self) -> np.ndarray:
        """Number of the series of each figure; rising."""
        cities, scopes = len(self.names["city"]), len(self.names["scope"])
        return (self.codes["indicator"].astype(np.int64) * cities + self.codes["city"]) * scopes + self.codes["scope"]

    @cached_property
    def line(self) -> np.ndarray:
        """Number of the line of each figure, from 0, rising by one."""
        key = self.series * max(1, len(self.names["edition"])) + self.codes["edition"]
        return np.cumsum(np.r_[False, key[1:] != key[:-1]]) if len(key) else key

    @cached_property
    def place(self) -> np.ndarray:
        scopes, editions = len(self.names["scope"]), max(1, len(self.names["edition"]))
        place = (self.codes["city"].astype(np.int64) * scopes + self.codes["scope"]) * editions + self.codes["edition"]
        return place * YEARS + (self.year - FIRST_YEAR)

    @cached_property
    def continued(self) -> np.ndarray:
        """True where the figure before stands in the same line and no break lies between: they may be compared."""
        same = np.r_[False, self.line[1:] == self.line[:-1]] if len(self) else np.zeros(0, bool)
        return same & ~self.broken

    @cached_property
    def blocks(self) -> dict[str, slice]:
        """Where each indicator's figures stand; within a block `place` rises."""
        edges = np.searchsorted(self.codes["indicator"], np.arange(len(self.names["indicator"]) + 1))
        return {name: slice(*edges[i : i + 2]) for i, name in enumerate(self.names["indicator"])}

    @cached_property
    def by_year(self) -> np.ndarray:
        """Order by series, year and edition: all prints of one figure stand together, the oldest first."""
        key = self.series * YEARS + (self.year - FIRST_YEAR)
        return np.argsort(key * max(1, len(self.names["edition"])) + self.codes["edition"], kind="stable")

    @cached_property
    def prints(self) -> np.ndarray:
        """Number of the printed figure (series and year) of each entry of `by_year`, from 0, rising."""
        key = (self.series * YEARS + (self.year - FIRST_YEAR))[self.by_year]
        return np.cumsum(np.r_[False, key[1:] != key[:-1]]) if len(key) else key

    @cached_property
    def in_points(self) -> np.ndarray:
        """True for shares, rates, indices and ranks, whose changes are differences."""
        return np.isin(self.kinds, ["share", "rate", "index", "rank"])

    def name(self, column: str, at: int) -> str:
        return self.names[column][self.codes[column][at]]

    def row(self, at: int) -> dict:
        """City, indicator, scope, year and edition of one figure: the head of a finding."""
        return {column: self.name(column, at) for column in ("city", "indicator", "scope", "edition")} | {
            "year": int(self.year[at])
        }

    def row_of(self, at: int) -> dict:
        """Value and decimals of one figure as printed, in its own unit."""
        position = int(self.position[at])
        return {column: float(self.rows[column].iat[position]) for column in ("value", "decimals")}

    def cells(self, at: Iterable[int]) -> list[str]:
        return self.texts("source_cell", at)

    def raws(self, at: Iterable[int]) -> list[str]:
        return self.texts("raw", at)

    def texts(self, column: str, at: Iterable[int]) -> list[str]:
        """One by one: a take on millions of texts costs as much for one as for all."""
        column = self.rows[column].array
        return [str(column[int(self.position[index])]) for index in at]


def sort_figures(rows: pd.DataFrame, catalogue: Catalogue) -> Figures:
    """The shown rows in the checks' order. rows: columns of an observation with amount and half."""
    position = np.flatnonzero(shown(rows).to_numpy())
    part = rows if len(position) == len(rows) else rows.iloc[position]
    codes, names = {}, {}
    for column in NAMES:
        codes[column], labels = pd.factorize(part[column], sort=column != "edition")
        names[column] = [str(label) for label in labels]
    codes["edition"], names["edition"], days = number_editions(part, codes["edition"], names["edition"], catalogue)
    year = part["year"].to_numpy(np.int64)
    key = codes["indicator"].astype(np.int64)
    for column in NAMES[1:]:
        key = key * max(1, len(names[column])) + codes[column]
    order = np.argsort(key * YEARS + (year - FIRST_YEAR), kind="stable")
    codes = {column: code[order].astype(np.int32) for column, code in codes.items()}
    items = [catalogue.indicators[name] for name in names["indicator"]]
    factors = np.array([float(catalogue.units[item.unit].factor) for item in items] or [1.0])
    kinds = np.array([item.kind for item in items] or ["flow"])
    columns = {name: part[name].to_numpy(float, na_value=np.nan)[order] for name in ("amount", "half", "decimals")}
    broken = (part["status"] == "B").to_numpy()[order] | declared_breaks(codes, names, year[order], catalogue)
    ranks = np.array([catalogue.source_of(name).rank for name in names["edition"]], int)
    return Figures(
        rows,
        position[order],
        codes,
        names,
        days,
        ranks,
        year[order],
        **columns,
        broken=broken,
        factors=factors[codes["indicator"]],
        kinds=kinds[codes["indicator"]],
    )


def number_editions(
    part: pd.DataFrame, codes: np.ndarray, names: list[str], catalogue: Catalogue
) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Codes and names of the editions by day of publication, and their days; one edition has one date (`reading.rows`)."""
    first = np.zeros(len(names), int)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    days = last_day(part.iloc[first][["edition", "published"]], catalogue).to_numpy(str)
    order = np.lexsort((np.array(names, str), days))
    number = np.empty(len(names), int)
    number[order] = np.arange(len(names))
    return number[codes], [names[i] for i in order], days[order]


def declared_breaks(codes: dict, names: dict, year: np.ndarray, catalogue: Catalogue) -> np.ndarray:
    """True in the first year of a changed area or concept: what lies before cannot be compared."""
    broken = np.zeros(len(year), bool)
    number = {column: {name: i for i, name in enumerate(names[column])} for column in ("indicator", "city", "scope")}
    for key, item in catalogue.indicators.items():
        for label in item.labels:
            if label.concept_break and key in number["indicator"]:
                broken |= (codes["indicator"] == number["indicator"][key]) & (year == label.from_year)
    for change in catalogue.city_changes:
        for scope in change.scopes:
            if change.city in number["city"] and scope in number["scope"]:
                same = (codes["city"] == number["city"][change.city]) & (codes["scope"] == number["scope"][scope])
                broken |= same & (year == change.first_data_year)
    return broken


def middles(values: np.ndarray, group: np.ndarray, number: int) -> np.ndarray:
    """Median of each group's finite values (NaN for a group without any). group: 0 … number − 1."""
    finite = np.isfinite(values)
    values, group = values[finite], group[finite]
    order = np.lexsort((values, group))
    values, count = values[order], np.bincount(group, minlength=number)
    start = np.r_[0, np.cumsum(count)[:-1]]
    filled = count > 0
    middle = np.full(number, np.nan)
    low = values[(start + (count - 1) // 2)[filled]]
    middle[filled] = (low + values[(start + count // 2)[filled]]) / 2
    return middle


def digits(figures: Figures, at: np.ndarray) -> np.ndarray:
    """Significant digits of the figures as printed, zeros at the end left out: 1200 has two, 12.34 four."""
    unit = 2 * figures.half[at]
    whole = np.rint(np.abs(figures.amount[at]) / unit).astype(np.int64)
    count = np.floor(np.log10(np.maximum(whole, 1))).astype(int) + 1
    for _ in range(12):
        zero = (whole % 10 == 0) & (whole > 0)
        if not zero.any():
            break
        whole, count = np.where(zero, whole // 10, whole), np.where(zero, count - 1, count)
    return np.where(whole > 0, count, 0)


def find_neighbours(figures: Figures, at: int, reach: int) -> np.ndarray:
    """Indices of up to `reach` figures on either side in the same line, the nearest years printed."""
    near = np.arange(max(0, at - reach), min(len(figures), at + reach + 1))
    return near[(figures.line[near] == figures.line[at]) & (near != at)]
