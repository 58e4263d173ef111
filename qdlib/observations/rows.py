"""Observation rows: what a row must look like, which rows are admitted, and their amounts in catalogue units.

Takes rows of the reader; gives admitted rows and findings. A figure printed with d decimals is the interval amount ± half,
half = ½·10^−d in its own unit: two figures are the same when their intervals meet. The wider interval is the honest one, so
decimals are those of the printed text. Arguments are never changed.
"""

from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.errors import DataError, raise_all
from qdlib.reading.model import OBSERVATION as COLUMNS

SERIES = ["city", "indicator", "scope"]
KEY = [*SERIES, "year", "edition"]
SCOPES = ("whole_city", "urban_districts")
STATUSES = ("A", "P", "E", "F", "B", "U", "M", "N", "L", "Q")
BOUNDS = ("equal", "above", "below", "about")
# No series shows these: a forecast of the source, a doubtful figure, the kinds of missing.
UNSHOWN = ("F", "U", "M", "N", "L", "Q")
SLACK = 1e-9


@cache
def row_schema():
    """The table's schema; its index is `source_cell`, so that a failing row names its place."""
    import pandera.pandas as pa

    text = {"dtype": str, "coerce": True}
    return pa.DataFrameSchema(
        {
            "city": pa.Column(**text),
            "indicator": pa.Column(**text),
            "scope": pa.Column(**text, checks=pa.Check.isin(SCOPES)),
            "year": pa.Column(int, pa.Check.in_range(1900, 2100), coerce=True),
            "value": pa.Column(float, nullable=True, coerce=True),
            "unit": pa.Column(**text),
            "decimals": pa.Column("Int64", pa.Check.in_range(0, 12), nullable=True, coerce=True),
            "status": pa.Column(**text, checks=pa.Check.isin(STATUSES)),
            "bound": pa.Column(**text, checks=pa.Check.isin(BOUNDS)),
            "edition": pa.Column(**text),
            "published": pa.Column(**text, checks=pa.Check.str_matches(r"^\d{4}(-\d{2}(-\d{2})?)?$")),
        },
        index=pa.Index(str, name="source_cell"),
    )


def admit_rows(rows: pd.DataFrame, catalogue: Catalogue) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows that fit the schema and the catalogue, one per key, and the findings about repeated keys.

    Raises DataError with every row that does not fit. Of two rows with one key the finer stays when they agree; when they
    do not, neither is dropped silently: the first stays and a `duplicate_conflict` finding names both cells.
    """
    from qdlib.observations.findings import explain, make_findings

    rows = rows.reset_index(drop=rows.index.name != "source_cell" or "source_cell" in rows.columns)[COLUMNS]
    raise_all(DataError, [*schema_faults(rows), *unknown_ids(rows, catalogue)], "observation rows do not fit")
    rows = in_catalogue_unit(rows.astype({"year": "int64", "value": "float64", "decimals": "Int64"}), catalogue)
    repeated = rows.duplicated(KEY, keep=False)
    if not repeated.any():
        return sort_rows(rows), make_findings([])
    kept, found = [], []
    for _, group in rows[repeated].groupby(KEY, sort=True):
        # A mark for a missing figure has no decimals to compare; it must not push out the figure printed elsewhere.
        finest = group.assign(missing=group["value"].isna()).sort_values(["missing", "half"], kind="stable").iloc[0].copy()
        others = group[group["source_cell"] != finest["source_cell"]]
        finest["note"] = "; ".join(filter(None, [finest["note"], "also " + ", ".join(others["source_cell"])]))
        clash = others[(others["amount"] - finest["amount"]).abs() > others["half"] + finest["half"] + SLACK]
        if len(clash):
            found.append({"check": "duplicate_conflict", "level": "error", **{key: finest[key] for key in KEY},
                          "cells": [finest["source_cell"], *clash["source_cell"]], "values": [finest["raw"], *clash["raw"]],
                          "suggestion": "compare",
                          "explanation": explain("duplicate_conflict", found=finest["raw"], other=clash["raw"].iloc[0])})
        kept.append(finest)
    rows = pd.concat([rows[~repeated], pd.DataFrame(kept)[rows.columns].astype(rows.dtypes)], ignore_index=True)
    return sort_rows(rows), make_findings(found)


def schema_faults(rows: pd.DataFrame) -> list[str]:
    import pandera.errors

    try:
        row_schema().validate(rows.set_index("source_cell"), lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
        return [
            f"{case.index}: {case.column} is {plain(case.failure_case)!r}, expected {case.check}" for case in cases.itertuples()
        ]
    return []


def plain(value):
    """A numpy number as Python's own, for messages."""
    return value.item() if isinstance(value, np.generic) else value


def unknown_ids(rows: pd.DataFrame, catalogue: Catalogue) -> list[str]:
    faults = []
    for column, known in (("city", catalogue.cities), ("indicator", catalogue.indicators), ("unit", catalogue.units)):
        for value in sorted(set(rows[column].dropna().unique()) - set(known)):
            cells = rows.loc[rows[column] == value, "source_cell"]
            faults.append(
                f"{column} {value!r} is not in the catalogue: {cells.iloc[0]} and {len(cells) - 1} more; add or correct it"
            )
    return faults


def in_catalogue_unit(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """The rows with `amount` and `half` in the unit of their indicator; DataError where the dimensions differ."""
    rows, faults = rows.copy(), []
    target = pd.Series(
        look_up(rows["indicator"], {key: item.unit for key, item in catalogue.indicators.items()}), index=rows.index
    )
    numerator, denominator = np.ones(len(rows)), np.ones(len(rows))
    for (unit, wanted), place in rows.groupby([rows["unit"], target], sort=True).indices.items():
        if catalogue.units[unit].dimension != catalogue.units[wanted].dimension:
            first = rows.iloc[place[0]]
            faults.append(
                f"{first['source_cell']}: {first['indicator']} in {unit}, expected a unit like {wanted} ({len(place)} rows)"
            )
            continue
        ratio = catalogue.units[unit].factor / catalogue.units[wanted].factor
        numerator[place], denominator[place] = ratio.numerator, ratio.denominator
    raise_all(DataError, faults, "units do not fit their indicators")
    decimals = rows["decimals"].fillna(0).to_numpy(float)
    rows["amount"] = rows["value"].to_numpy(float) * numerator / denominator
    rows["half"] = 0.5 * 10.0**-decimals * numerator / denominator
    return rows


def sort_rows(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values([*KEY, "source_cell"], kind="stable", ignore_index=True)


def last_day(rows: pd.DataFrame, catalogue: Catalogue) -> pd.Series:
    """Day of publication as text of ten characters, for rows with edition and published.

    A month counts as its last day, a year as 31 December (or its source's usual month), so that no view sees too much.
    """
    _, first, codes = np.unique(integer_codes(rows, ["edition", "published"]), return_index=True, return_inverse=True)
    days = []
    for edition, published in zip(rows["edition"].iloc[first], rows["published"].iloc[first], strict=True):
        month = published if len(published) != 4 else f"{published}-{catalogue.source_of(edition).usual_month or 12:02d}"
        days.append(month if len(month) != 7 else f"{month}-31")
    return pd.Series(pd.array(days, dtype="str").take(codes), index=rows.index, name="day")


def look_up(column: pd.Series, values: Mapping) -> np.ndarray:
    """What a mapping holds for each text of a column: each different text is looked up once."""
    codes, texts = pd.factorize(column)
    return np.array([values[text] for text in texts])[codes] if len(texts) else np.array([], dtype=float)


def shown(rows: pd.DataFrame) -> pd.Series:
    """True for the rows that may stand in a series: a number, exact, neither forecast nor doubtful."""
    return rows["value"].notna() & (rows["bound"] == "equal") & ~rows["status"].isin(UNSHOWN)


def figures(rows: pd.DataFrame) -> pd.Series:
    """True for the rows that print a figure of the past, doubtful ones included: what editions can be compared by."""
    return shown(rows) | (rows["value"].notna() & (rows["bound"] == "equal") & (rows["status"] == "U"))


def integer_codes(rows: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """One integer per combination of the columns, in their order: what sorts and groups a large frame quickly."""
    codes = np.zeros(len(rows), np.int64)
    for column in columns:
        code, values = pd.factorize(rows[column], sort=True)
        codes = codes * max(len(values), 1) + code
    return codes


def meets(amount, half, other, other_half):
    """True where two rounding intervals touch: the figures are the same. Numbers, arrays or columns."""
    return np.abs(amount - other) <= half + other_half + SLACK * np.maximum(np.abs(amount), np.abs(other))
