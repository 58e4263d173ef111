"""A large clean panel in the form of observation rows: what the build is timed on.

Cities × indicators × years × editions of invented levels that grow by about 8 % a year, printed with two decimals. The second edition
revises the last years of the first, and the third brings the economic census of 2018, so that every stage has work to do.
"""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.observations.rows import COLUMNS

EDITIONS = {"nb_yearbook_2018": "2018-10", "nb_yearbook_2020": "2020-10", "nb_yearbook_2021": "2021-10"}


def enlarge(catalogue: Catalogue, cities: int) -> Catalogue:
    """The catalogue with invented cities and without corrections, which name real cells."""
    model = next(iter(catalogue.cities.values()))
    invented = {f"city_{number:03d}": replace(model, slug=f"city_{number:03d}") for number in range(cities)}
    return replace(catalogue, cities=MappingProxyType(invented), corrections=(), city_changes=())


def invent_rows(catalogue: Catalogue, cities: int, indicators: int = 60, years: int = 40, seed: int = 11) -> pd.DataFrame:
    """Rows of all cities, three editions each, in the columns of the reader."""
    random = np.random.default_rng(seed)
    # Totals of identities would need parts that add up; faults of that kind are what tests/benchmarks/faults.py is about.
    totals = {identity.total for identity in catalogue.identities.values()}
    names = [
        key
        for key, item in catalogue.indicators.items()
        if item.partial_of is None and item.kind in ("flow", "stock") and item.upper is None and key not in totals
    ][:indicators]
    moved = np.array([catalogue.indicators[name].revised_by == "economic_census" for name in names])
    shape = (cities, len(names), years)
    level = random.uniform(50, 500, shape[:2])[..., None] * np.exp(np.cumsum(random.normal(0.08, 0.03, shape), axis=2))
    label = np.arange(years) + 2020 - years + 1
    second = level.copy()
    second[..., -5:] *= 1 + random.normal(0, 0.004, (*shape[:2], 5))
    third = second.copy()
    third[:, moved] *= 1 - 0.05 * np.clip((label - 2004) / 14, 0, 1) * (label <= 2018)
    values = np.stack([level, second, third], axis=3)
    where = np.indices(values.shape).reshape(4, -1)
    city, indicator, edition = (
        np.array(pool, dtype=object)[at]
        for pool, at in ((list(catalogue.cities), where[0]), (names, where[1]), (list(EDITIONS), where[3]))
    )
    text = np.char.mod("%.2f", values.ravel())
    frame = pd.DataFrame(
        {
            "city": city,
            "indicator": indicator,
            "scope": "whole_city",
            "year": label[where[2]],
            "value": text.astype(float),
            "unit": pd.Series(indicator).map({name: catalogue.indicators[name].unit for name in names}),
            "decimals": 2,
            "status": "A",
            "bound": "equal",
            "edition": edition,
            "published": pd.Series(edition).map(EDITIONS),
            "raw": text,
            "note": "",
        }
    )
    frame["source_cell"] = frame["edition"] + "/t.csv!csv!" + pd.Series(np.arange(len(frame)).astype(str))
    last = {"nb_yearbook_2018": 2017, "nb_yearbook_2020": 2019, "nb_yearbook_2021": 2020}
    # An edition prints up to the year before it; the other rows would not exist.
    kept = frame["year"].to_numpy() <= frame["edition"].map(last).to_numpy()
    return frame.loc[kept, COLUMNS].astype({"decimals": "Int64"}).reset_index(drop=True)
