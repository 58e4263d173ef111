"""Single figures that cannot be true, or look wrong beside the figures of their row.

Takes rows or figures; gives findings: limits of the catalogue, lost decimal points, districts above the whole city. Limits and
points are judged as printed, before correction, so that a correction which the source no longer needs is noticed. A finding
never changes a figure: that is a declared correction's work.
"""

from decimal import Decimal

import numpy as np
import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.observations.figures import YEARS, Figures, find_neighbours
from qdlib.observations.findings import explain, plain_number
from qdlib.observations.rows import SLACK, meets

# A row of a table prints points or it does not: of 61 rows of three yearbooks 46 have one in over 90 % of their cells, 15 in under
# 30 %, none between, so that a figure without one is an oddity above this share and none below.
POINT_SHARE = 0.7
# Of 7 633 changes from year to year in the city panels (without FDI) 99.87 % lie within half and double.
AT_HOME = (0.5, 2.0)


def check_limits(rows: pd.DataFrame, catalogue: Catalogue) -> list[dict]:
    """Figures that no true one can reach; forecasts and doubtful ones too, because they were printed."""
    codes, names = pd.factorize(rows["indicator"])
    items = [catalogue.indicators[name] for name in names]
    lower = np.array([-np.inf if item.lower is None else float(item.lower) for item in items] + [np.nan])[codes]
    upper = np.array([np.inf if item.upper is None else float(item.upper) for item in items] + [np.nan])[codes]
    amount = rows["amount"].to_numpy(float)
    found = []
    for at in np.flatnonzero((amount < lower - SLACK) | (amount > upper + SLACK)):
        row, item = rows.iloc[at], items[codes[at]]
        text = " … ".join("" if limit is None else plain_number(float(limit)) for limit in (item.lower, item.upper))
        found.append(
            {
                "check": "limits",
                "level": "error",
                **{key: row[key] for key in ("city", "indicator", "scope", "edition")},
                "year": int(row["year"]),
                "cells": row["source_cell"],
                "values": row["raw"],
                "expected": text,
                "explanation": explain("limits", found=row["amount"], range=text, unit=f"unit:{item.unit}"),
                "suggestion": "compare",
            }
        )
    return found


def mixed_points(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the indicators that are printed with a point and without: only there can one be lost."""
    codes, names = pd.factorize(rows["indicator"])
    decimals = rows["decimals"].to_numpy(float, na_value=0)
    pointed = np.bincount(codes[decimals > 0], minlength=len(names)) > 0
    bare = np.bincount(codes[decimals == 0], minlength=len(names)) > 0
    return rows[(pointed & bare)[codes]]


def check_lost_points(figures: Figures) -> list[dict]:
    """A figure without decimal point in a row of figures with one, right only after division by 10, 100 or 1000."""
    positive = figures.amount > 0
    count = np.bincount(figures.line[positive], minlength=1)
    pointed = np.bincount(figures.line[positive & (figures.decimals > 0)], minlength=len(count))
    bare = np.flatnonzero(positive & (figures.decimals == 0))
    suspects = bare[pointed[figures.line[bare]] >= POINT_SHARE * count[figures.line[bare]]]
    found = []
    for at in suspects:
        beside = find_neighbours(figures, at, 1)
        beside = beside[figures.amount[beside] > 0]
        divisor = lost_divisor(figures.amount[at], figures.amount[beside])
        if divisor:
            value = figures.rows["value"].iloc[figures.position[at]]
            repair = Decimal(f"{value:.0f}").scaleb(1 - len(str(divisor)))
            expected = " … ".join(plain_number(number) for number in sorted(figures.amount[beside]))
            found.append(
                {
                    "check": "lost_decimal_point",
                    "level": "high",
                    **figures.row(at),
                    "cells": figures.cells([at]),
                    "values": figures.raws([at]),
                    "expected": expected,
                    "suggestion": f"replace {repair:f}",
                    "explanation": explain(
                        "lost_decimal_point", found=figures.raws([at])[0], repair=f"{repair:f}", beside=expected
                    ),
                }
            )
    return found


def lost_divisor(amount: float, beside: np.ndarray) -> int:
    """The power of ten that brings the figure home to its neighbours; 0 where it is at home or nothing helps."""
    if not len(beside) or at_home(amount, beside).any():
        return 0
    return next((divisor for divisor in (10, 100, 1000) if at_home(amount / divisor, beside).all()), 0)


def at_home(amount: float, beside: np.ndarray) -> np.ndarray:
    return (amount / beside >= AT_HOME[0]) & (amount / beside <= AT_HOME[1])


def check_scopes(figures: Figures, catalogue: Catalogue) -> list[dict]:
    """Additive levels of the districts above those of the whole city, in one edition."""
    scopes = figures.names["scope"]
    if not {"whole_city", "urban_districts"} <= set(scopes):
        return []
    additive = np.array([catalogue.indicators[name].additive for name in figures.names["indicator"]])
    districts = np.flatnonzero((figures.codes["scope"] == scopes.index("urban_districts")) & additive[figures.codes["indicator"]])
    whole = other_scope(figures, districts, scopes.index("whole_city"))
    districts, whole = districts[whole >= 0], whole[whole >= 0]
    above = figures.amount[districts] > figures.amount[whole]
    above &= ~meets(figures.amount[districts], figures.half[districts], figures.amount[whole], figures.half[whole])
    return [
        {
            "check": "scope_order",
            "level": "error",
            **figures.row(at),
            "cells": figures.cells([at, city]),
            "values": figures.raws([at, city]),
            "expected": f"≤ {plain_number(figures.amount[city])}",
            "suggestion": "compare",
            "explanation": explain("scope_order", districts=figures.amount[at], city=figures.amount[city]),
        }
        for at, city in zip(districts[above], whole[above], strict=True)
    ]


def other_scope(figures: Figures, at: np.ndarray, scope: int) -> np.ndarray:
    """Index of the same indicator, city, edition and year in another scope; −1 where none is printed."""
    size = np.int64(max(1, len(figures.names["edition"])) * YEARS)
    span = figures.place.max(initial=0) + size * len(figures.names["scope"])
    key = figures.codes["indicator"] * span + figures.place
    wanted = key[at] + (scope - figures.codes["scope"][at].astype(np.int64)) * size
    near = np.minimum(np.searchsorted(key, wanted), max(0, len(key) - 1))
    return np.where(key[near] == wanted, near, -1) if len(key) else near
