"""The workbook's tables of one vintage: years × cities, and years × indicators.

Takes a `Selection`; gives `Table`s. Decisions: an indicator that several cities have is one sheet of years × cities; what only one
city has is one sheet a theme, because a sheet of one column helps nobody. Years are rows, as yearbooks print them, and only those
with a figure. The last column carries the marks in words, never by colour. Amounts are in the indicator's own unit and keep
every digit; they are shown with the decimals that were printed.
"""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from qdlib.observations.rows import SCOPES, SERIES
from qdlib.observations.sheets import (
    MARKS,
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    STATUS_MARKS,
    Figure,
    Table,
    sources_line,
    span,
    vintage_name,
)

# The chapters of a yearbook; a theme that is not among them stands behind them.
CHAPTERS = (
    "national_accounts",
    "population_employment",
    "prices_income",
    "fiscal_finance",
    "industry",
    "trade",
    "transport",
    "tourism_culture",
    "ocean",
    "innovation",
    "environment",
    "governance",
)


def panel_tables(selection, language: str) -> list[Table]:
    """Years × cities, a sheet for each indicator and area that two cities or more have; in chapters, the widest first."""
    catalogue, tables = selection.catalogue, []
    say = partial(catalogue.say, language=language)
    own = with_themes(selection)
    groups = dict(list(own[own["cities"] > 1].groupby(["theme", "indicator", "scope"])))
    cities = {key: group["city"].nunique() for key, group in groups.items()}
    for key in sorted(groups, key=lambda key: (chapter(key[0]), -cities[key], key)):
        _, indicator, scope = key
        item, own = catalogue.indicators[indicator], groups[key]
        names = {city: catalogue.cities[city].name.in_language(language) for city in city_order(own["city"], catalogue)}
        words = {"indicator": item.name.in_language(language), "cities": len(names)}
        unit = catalogue.units[item.unit].symbol(language)
        table = make_table(own, "panel", words, words["indicator"], say("export.line.unit", unit=unit), selection, language)
        headings, rows = spread(own, "city", names, say)
        tables.append(
            replace(
                table,
                id=f"{indicator}_{scope}",
                headings=headings,
                rows=rows,
                summary=table.summary | {"unit": unit, "cities": len(names)},
            )
        )
    return tables


def theme_tables(selection, language: str) -> list[Table]:
    """Years × indicators, a sheet for each city, theme and area, of the indicators that only one city has."""
    catalogue, tables = selection.catalogue, []
    say = partial(catalogue.say, language=language)
    own = with_themes(selection)
    groups = dict(list(own[own["cities"] == 1].groupby(["city", "theme", "scope"])))
    first = {city: number for number, city in enumerate(city_order({key[0] for key in groups}, catalogue))}
    for key in sorted(groups, key=lambda key: (first[key[0]], chapter(key[1]), SCOPES.index(key[2]))):
        city, theme, scope = key
        own = groups[key]
        words = {"city": catalogue.cities[city].name.in_language(language), "theme": say(f"export.theme.{theme}")}
        names = headings_with_units(own["indicator"], catalogue, language)
        plain = {key: catalogue.indicators[key].name.in_language(language) for key in names}
        units = {catalogue.units[catalogue.indicators[key].unit].symbol(language) for key in names}
        unit = units.pop() if len(units) == 1 else say("export.column.several")
        name = say("export.table.of_city", **words)
        table = make_table(own, "theme", words, name, say("export.line.units"), selection, language)
        headings, rows = spread(own, "indicator", names, say, plain)
        tables.append(
            replace(
                table,
                id=f"{city}_{theme}_{scope}",
                headings=headings,
                rows=rows,
                summary=table.summary | {"unit": unit, "cities": 1},
            )
        )
    return tables


def make_table(own: pd.DataFrame, kind: str, words: dict, name: str, unit_line: str, selection, language: str) -> Table:
    """What both kinds share: name and title, with the districts where they are meant, and the lines below the title."""
    say = partial(selection.catalogue.say, language=language)
    districts = own["scope"].iloc[0] != "whole_city"
    return Table(
        id=kind,
        name=say("export.table.districts", name=name) if districts else name,
        title=say(f"export.table.{kind}_districts" if districts else f"export.table.{kind}", **words, **span(own)),
        lines=lines_of(own, selection, language, unit_line),
        summary={"figures": len(own), **span(own)},
    )


def with_themes(selection) -> pd.DataFrame:
    """The chosen series with `theme`, and with `cities`, the number of cities that have the indicator for the area."""
    series, indicators = selection.series, selection.catalogue.indicators
    theme = series["indicator"].map({key: item.theme for key, item in indicators.items()})
    return series.assign(theme=theme, cities=series.groupby(["indicator", "scope"])["city"].transform("nunique"))


def chapter(theme: str) -> tuple[int, str]:
    return CHAPTERS.index(theme) if theme in CHAPTERS else len(CHAPTERS), theme


def city_order(cities, catalogue) -> list[str]:
    """The policy's own city first, the others by slug."""
    return sorted(set(cities), key=lambda city: (city != catalogue.policy.city, city))


def headings_with_units(indicators, catalogue, language: str) -> dict[str, str]:
    """Indicator id -> name with unit; the id joins where two indicators share a name, since a header cell must be unique."""
    say = partial(catalogue.say, language=language)
    names = {}
    for key in sorted(set(indicators)):
        item = catalogue.indicators[key]
        unit = catalogue.units[item.unit].symbol(language)
        names[key] = say("export.column.with_unit", name=item.name.in_language(language), unit=unit)
    shared = {name for name in names.values() if list(names.values()).count(name) > 1}
    return {key: f"{name} {key}" if name in shared else name for key, name in names.items()}


def spread(
    own: pd.DataFrame, by: str, names: dict[str, str], say, plain: dict[str, str] | None = None
) -> tuple[tuple, list[tuple]]:
    """Header and rows of a wide table: year, one column for each of `names`, and marks, which call the columns by `plain`."""
    cells = {
        (year, column): Figure(amount, decimals)
        for year, column, amount, decimals in zip(own["year"], own[by], own["amount"], shown_decimals(own), strict=True)
    }
    rows = []
    for year, group in own.groupby("year", sort=True):
        marks = dict(zip(group[by], group["marks"], strict=True))
        figures = [cells.get((year, key), NOT_AVAILABLE) for key in names]
        rows.append((int(year), *figures, row_marks(marks, plain or names, say)))
    return (say("export.column.year"), *names.values(), say("export.column.marks")), rows


def row_marks(marks: dict[str, str], names: dict[str, str], say) -> str:
    """The marks of a row in words: `[p] Beijing, Qingdao [r] all but Jinan`. `marks` has those with a figure in this row."""
    parts = []
    for mark in MARKS:
        held = [key for key in names if mark in marks.get(key, "")]
        if held:
            parts.append(f"[{mark}] {name_columns(held, list(marks), names, say)}" if len(names) > 1 else f"[{mark}]")
    return " ".join(parts) or NOT_APPLICABLE


def name_columns(held: list[str], present: list[str], names: dict[str, str], say) -> str:
    """Names of columns, counted down from all where that is shorter."""
    others = [key for key in names if key in present and key not in held]
    if not others and len(held) > 1:
        return say("export.all_columns")
    if others and 2 * len(others) < len(held):
        return say("export.all_but", names=say("export.list").join(names[key] for key in others))
    return say("export.list").join(names[key] for key in held)


def shown_decimals(frame: pd.DataFrame) -> list[int]:
    """Decimals that a figure was printed with, counted in the unit that it is shown in."""
    return np.maximum(0, np.ceil(-np.log10(2 * frame["half"].to_numpy(float)) - 1e-6)).astype(int).tolist()


def lines_of(own: pd.DataFrame, selection, language: str, unit_line: str) -> tuple[str, ...]:
    """What stands between title and header: unit, vintage, source, how to read the marks."""
    say = partial(selection.catalogue.say, language=language)
    vintage = say("export.line.vintage", vintage=vintage_name(selection, say))
    return unit_line, vintage, sources_line(own, selection.catalogue, language), say("export.line.marks")


def add_marks(series: pd.DataFrame, revised: set[str]) -> pd.DataFrame:
    """The series with `marks`, the letters that hold for each figure; `b` where the figure before it is of another basis."""
    before = series.groupby(SERIES, sort=False)["year"].shift(1).notna()
    letters = series["status"].map(STATUS_MARKS).fillna("")
    cut = before & ~series["linked"].astype(bool) & (letters != "b")
    marks = letters + np.where(cut, "b", "") + np.where(series["source_cell"].isin(revised), "r", "")
    return series.assign(marks=marks)
