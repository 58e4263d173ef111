"""Which published figures speak to a commitment: its base, its latest full year, and why there may be none.

Takes a target and one city's series of one vintage; gives `Evidence`. Bounds ("> 9000") are a lower limit, never a figure;
parts of a year are other indicators and never enter. A base is the policy's base year, else the nearest within two years
before, else after, and is flagged; a yearly quota starts anew each year and is measured from its first figure. A rank comes with its
list, or it says nothing. Nothing is substituted.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.catalogue.policy import Target
from qdlib.errors import CatalogueError
from qdlib.reading.rank_lists import RankList, read_list

BASE_REACH = 2
LATE_MONTH = 10  # of the year: what is counted then stands for its end
OPERAND = re.compile(r"[A-Za-z_]\w*|\d+(\.\d+)?")
REASONS = (
    "no_operational_rule",
    "no_public_data",
    "before_base",
    "partial_year_only",
    "bound_only",
    "jump_unconfirmed",
    "break_unspliced",
    "no_base",
    "one_point",
)


@dataclass(frozen=True)
class Figure:
    """A figure used: year, amount in the catalogue's unit, rounding half-width, where it is printed, how it came about."""

    year: int
    amount: float
    half: float
    editions: tuple[str, ...]
    cells: tuple[str, ...]
    status: str = "A"
    derived: bool = False


@dataclass(frozen=True)
class Bound:
    """A statement of the kind "more than": year, amount, side (above, below, about), the words printed, where they are printed."""

    year: int
    amount: float
    side: str
    raw: str
    edition: str = ""
    cell: str = ""


@dataclass(frozen=True)
class Evidence:
    """Figures of a target in year order, the base among them, the figures that only bound it or cover part of a year.

    ranking: the list on which the newest rank stands; broken: base and newest figure are not on one basis, or not on one list.
    """

    figures: tuple[Figure, ...]
    base: Figure | None
    latest: Figure | None
    bounds: tuple[Bound, ...] = field(default=())
    partial: tuple[tuple[int, str], ...] = field(default=())
    broken: bool = False
    ranking: RankList | None = None


def choose_evidence(
    target: Target, series: pd.DataFrame, rows: pd.DataFrame, catalogue: Catalogue, last_full_year: int
) -> Evidence:
    """Evidence for one target.

    series: the city's series in one vintage, whole city; rows: all its observations (for bounds and parts of a year).
    """
    own = series[(series["indicator"] == target.indicator) & (series["scope"] == "whole_city")]
    figures = late_stocks(target, series, catalogue) | {figure.year: figure for figure in map(as_figure, own.itertuples())}
    if target.derive:
        derived = derive_figures(target.derive, series)
        figures = derived | figures
    usable = [figures[year] for year in sorted(figures) if year <= last_full_year]
    base = base_figure(target, usable, series, catalogue)
    if target.kind == "each_year":
        usable = [figure for figure in usable if figure.year > catalogue.policy.base_year]  # a quota binds the plan's years only
        base = usable[0] if usable else None
    latest = usable[-1] if usable else None
    apart = set(own.loc[~own["comparable"].astype(bool), "year"])
    broken = bool(base and latest and not latest.derived and not base.derived and base.year in apart)
    lists = [find_list(rows, figure) for figure in (base, latest)] if target.kind == "rank" else [None, None]
    if None not in lists and lists[0].name != lists[1].name:
        broken = True
    bounds = find_bounds(target, rows, last_full_year)
    return Evidence(tuple(usable), base, latest, bounds, partial_figures(target, rows, catalogue), broken, lists[1])


def late_stocks(target: Target, series: pd.DataFrame, catalogue: Catalogue) -> dict[int, Figure]:
    """Stocks counted from October on, which stand for the end of their year and are provisional; a flow of eleven months does not."""
    if catalogue.indicators[target.indicator].kind not in ("stock", "count"):
        return {}
    late = {key: item.months for key, item in catalogue.indicators.items() if item.partial_of == target.indicator}
    late = {key: months for key, months in late.items() if months >= LATE_MONTH}
    own = series[series["indicator"].isin(late) & (series["scope"] == "whole_city")]
    own = own.assign(months=own["indicator"].map(late)).sort_values(["year", "months"])
    return {int(row.year): replace(as_figure(row), status="P") for row in own.itertuples()}


def find_bounds(target: Target, rows: pd.DataFrame, last_full_year: int) -> tuple[Bound, ...]:
    """What is only stated as "more than", "less than" or "about", in year order, up to the last full year."""
    own = rows[(rows["indicator"] == target.indicator) & (rows["bound"] != "equal")]
    own = own[own["scope"] == "whole_city"] if "scope" in own else own
    found = [
        Bound(int(row.year), float(row.amount), row.bound, str(row.raw), getattr(row, "edition", ""), row.source_cell)
        for row in own.sort_values("year").itertuples()
        if int(row.year) <= last_full_year
    ]
    return tuple(found)


def find_list(rows: pd.DataFrame, figure: Figure | None) -> RankList | None:
    """The list of a rank, from the note at its cell; None without a figure, and where the note names none."""
    if figure is None or "note" not in rows:
        return None
    notes = rows.loc[rows["source_cell"].isin(figure.cells), "note"]
    return next((found for found in map(read_list, notes) if found), None)


def as_figure(row) -> Figure:
    return Figure(int(row.year), float(row.amount), float(row.half), (row.edition,), (row.source_cell,), row.status)


def base_figure(target: Target, figures: list[Figure], series: pd.DataFrame, catalogue: Catalogue) -> Figure | None:
    """The figure of the base year; else a declared derivation in that year; else the nearest within reach, earlier first.

    A cumulative count starts at zero: its base is no figure, and no other year can stand for it.
    """
    year = target.base_year or catalogue.policy.base_year
    by_year = {figure.year: figure for figure in figures}
    if year in by_year:
        return by_year[year]
    if target.base_derive:
        derived = derive_figures(target.base_derive, series)
        if year in derived:
            return derived[year]
    if target.kind == "cumulative" and figures:
        return Figure(year, 0.0, 0.0, (), (), derived=True)  # counted from nothing at the end of the base year, by its meaning
    earlier = [year - step for step in range(1, BASE_REACH + 1)]
    # The newest figure cannot be its own base: a single later point says how much is attained, not how fast.
    later = [year + step for step in range(1, BASE_REACH + 1) if figures and year + step < figures[-1].year]
    return next((by_year[near] for near in earlier + later if near in by_year), None)


def derive_figures(formula: str, series: pd.DataFrame) -> dict[int, Figure]:
    """Figures by year from a product or quotient of indicators of one vintage, rounding intervals carried along."""
    factors = parse_product(formula)
    columns = {}
    for name, _ in factors:
        if not is_number(name):
            own = series[(series["indicator"] == name) & (series["scope"] == "whole_city")]
            columns[name] = {int(row.year): row for row in own.itertuples()}
    if not columns:
        raise CatalogueError(f"formula {formula!r} names no indicator")
    years = set.intersection(*(set(values) for values in columns.values()))
    return {year: derive_one(year, factors, columns) for year in sorted(years)}


def derive_one(year: int, factors: list[tuple[str, int]], columns: Mapping[str, Mapping]) -> Figure:
    amount, relative, editions, cells = 1.0, 0.0, [], []
    for name, power in factors:
        if is_number(name):
            amount *= float(name) ** power
            continue
        row = columns[name][year]
        amount *= row.amount**power
        relative += row.half / abs(row.amount) if row.amount else 0.0
        editions.append(row.edition)
        cells.append(row.source_cell)
    return Figure(year, amount, abs(amount) * relative, tuple(dict.fromkeys(editions)), tuple(cells), "E", True)


def parse_product(formula: str) -> list[tuple[str, int]]:
    """`100 * a / b` as [(100, 1), (a, 1), (b, -1)]; CatalogueError on anything but products and quotients."""
    words = formula.split()
    if (
        len(words) % 2 == 0
        or any(word not in "*/" for word in words[1::2])
        or not all(OPERAND.fullmatch(word) for word in words[0::2])
    ):
        raise CatalogueError(f"formula {formula!r}: expected names and numbers joined by ` * ` or ` / `")
    signs = [1] + [1 if word == "*" else -1 for word in words[1::2]]
    return list(zip(words[0::2], signs, strict=True))


def is_number(word: str) -> bool:
    return word.replace(".", "", 1).isdigit()


def partial_figures(target: Target, rows: pd.DataFrame, catalogue: Catalogue) -> tuple[tuple[int, str], ...]:
    """Year and cell of each part-year figure of the target's indicator, or of all operands of its derivation."""
    wanted = {target.indicator}
    if target.derive:
        wanted |= {name for name, _ in parse_product(target.derive) if not is_number(name)}
    partial = {key for key, item in catalogue.indicators.items() if item.partial_of in wanted}
    found = rows[rows["indicator"].isin(partial)].sort_values("year")
    by_operand = {catalogue.indicators[key].partial_of for key in found["indicator"]}
    complete = target.indicator in by_operand or (target.derive and by_operand >= wanted - {target.indicator})
    return tuple(zip(found["year"].astype(int), found["source_cell"], strict=True)) if complete else ()
