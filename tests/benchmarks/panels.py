"""Synthetic yearbooks: observation rows of many cities whose figures behave like real ones and are true by construction.

Takes numbers of cities, indicators, years and editions and a seed; gives rows with amount and half, as admitted. Levels grow with
a common cycle and their own noise, parts sum to totals before rounding, figures per head and shares are computed from the
same edition's members, an economic census moves GDP and its parts, a population census the heads, and the last year of
every edition is preliminary. Nothing in such a panel is a fault: whatever a check finds there is a false alarm.
"""

from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from qdlib.catalogue import Catalogue, load_catalogue
from qdlib.observations.rows import COLUMNS, in_catalogue_unit

SECTORS = ("primary_value_added", "secondary_value_added", "tertiary_value_added")
SHARES = ("primary_gdp_share", "secondary_gdp_share", "tertiary_gdp_share")
CORE = (
    "gdp_current_prices",
    *SECTORS,
    *SHARES,
    "gdp_index_previous_year",
    "gdp_growth_real",
    "gdp_per_capita",
    "population_resident",
    "urban_population",
    "urbanisation_rate",
    "marine_gdp",
    "marine_gdp_share",
    "goods_trade_cny",
    "goods_exports_cny",
    "goods_imports_cny",
    "population_registered",
    "population_registered_male",
    "population_registered_female",
)
ECONOMIC, POPULATION = 2018, 2020
# Deviation of a year's growth: GDP, trade and people as in the city panels of 2000–2023, other quantities in between.
NOISE = {"gdp": 0.025, "trade": 0.10, "people": 0.003, "other": (0.03, 0.10)}


@dataclass(frozen=True)
class Shape:
    cities: int = 16
    indicators: int = 24
    years: int = 26
    editions: int = 3
    last: int = 2022


def panel_catalogue(cities: int) -> Catalogue:
    """The packaged catalogue with as many invented cities as asked for, and neither corrections nor changes of area."""
    known = load_catalogue()
    pattern = known.cities["qingdao"]
    names = {slug: replace(pattern, slug=slug) for slug in slugs(cities)}
    return replace(known, cities=MappingProxyType(names), city_changes=(), corrections=())


def slugs(cities: int) -> list[str]:
    return [f"city_{number:03d}" for number in range(1, cities + 1)]


def make_panel(shape: Shape, seed: int) -> pd.DataFrame:
    """Rows of every city, indicator, year and edition: the columns of an observation, amount and half."""
    rng = np.random.default_rng(seed)
    catalogue = panel_catalogue(shape.cities)
    names = choose_indicators(shape.indicators, catalogue)
    truth = make_truth(shape, names, catalogue, rng)
    frames = []
    for number in range(shape.editions):
        published = shape.last + 1 - 2 * (shape.editions - 1 - number)
        printed = print_edition(truth, published, shape, rng)
        frames.append(as_rows(printed, names, published, shape, catalogue))
    return in_catalogue_unit(pd.concat(frames, ignore_index=True), catalogue)


def choose_indicators(number: int, catalogue: Catalogue) -> list[str]:
    """The members of the identities, then further additive quantities of the catalogue."""
    more = [
        key
        for key, item in catalogue.indicators.items()
        if item.additive and item.partial_of is None and item.kind in ("flow", "stock", "count")
    ]
    known = {key for identity in catalogue.identities.values() for key in identity.members} | set(CORE)
    return [*CORE, *(key for key in more if key not in known)][:number]


def make_truth(shape: Shape, names: list[str], catalogue: Catalogue, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """True levels, cities × (years + 1), the year before the first included; quotients are made per edition."""
    size = (shape.cities, shape.years + 1)
    cycle = np.linspace(0.12, 0.07, size[1]) + rng.normal(0, 0.012, size[1])
    walk = {"gdp_current_prices": levels(rng, rng.uniform(100, 2500, size[0]), cycle, NOISE["gdp"], size)}
    gdp = walk["gdp_current_prices"]
    weights = np.log([[[0.08]], [[0.45]], [[0.47]]]) + rng.normal(0, 0.25, (3, size[0], 1))
    weights = np.exp(weights + np.cumsum(rng.normal(0, 0.02, (3, *size)), axis=2))
    walk |= dict(zip(SECTORS, gdp * weights / weights.sum(axis=0), strict=True))
    people = np.full(size[1], 0.008)
    walk["population_resident"] = levels(rng, rng.uniform(200, 1200, size[0]), people, NOISE["people"], size)
    logit = np.linspace(-0.2, 1.0, size[1]) + rng.normal(0, 0.4, (size[0], 1)) + np.cumsum(rng.normal(0, 0.01, size), axis=1)
    walk["urban"] = 1 / (1 + np.exp(-logit))
    walk["ocean"] = np.clip(
        rng.uniform(0.08, 0.3, (size[0], 1)) * np.exp(np.cumsum(rng.normal(0, 0.02, size), axis=1)), 0.01, 0.6
    )
    for key in ("goods_exports_cny", "goods_imports_cny"):
        walk[key] = levels(rng, rng.uniform(50, 900, size[0]), cycle, NOISE["trade"], size)
    for key in ("population_registered_male", "population_registered_female"):
        walk[key] = levels(rng, rng.uniform(100, 400, size[0]), people, NOISE["people"], size)
    for key in names:
        if key not in walk and key not in CORE:
            walk[key] = levels(
                rng, rng.uniform(20, 3000, size[0]), cycle * rng.uniform(0.3, 1.1), rng.uniform(*NOISE["other"]), size
            )
    walk["inflation"] = rng.normal(0.02, 0.012, size)
    return walk


def levels(rng: np.random.Generator, start: np.ndarray, growth: np.ndarray, noise: float, size: tuple[int, int]) -> np.ndarray:
    return start[:, None] * np.exp(np.cumsum(growth + rng.normal(0, noise, size), axis=1))


def print_edition(truth: dict[str, np.ndarray], published: int, shape: Shape, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """What one edition prints, before rounding: the basis known then, its last year preliminary, quotients of its own."""
    years = np.arange(shape.last - shape.years, shape.last + 1)
    size = truth["gdp_current_prices"].shape
    last = (years == published - 1) & (published <= shape.last)
    moved = np.exp(np.where(last, rng.normal(0, 0.006, size), 0))
    gdp, people = moved * basis(years, published, ECONOMIC, 1, size, 11), basis(years, published, POPULATION, 0, size, 13)
    printed = dict(truth)
    for key in ("gdp_current_prices", *SECTORS):
        printed[key] = truth[key] * gdp
    printed["population_resident"] = truth["population_resident"] * people
    return add_quotients(printed)


def basis(years: np.ndarray, published: int, census: int, lag: int, size: tuple[int, int], salt: int) -> np.ndarray:
    """Factor on the truth in an edition that came out before the census was counted: phased in over five years, per city."""
    if published > census + lag:
        return np.ones(size)
    shift = np.random.default_rng(salt).uniform(0.02, 0.08, size[0]) * np.random.default_rng(salt + 1).choice([-1, 1], size[0])
    return 1 + shift[:, None] * np.clip((years - (census - 5)) / 5, 0, 1)


def add_quotients(printed: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    gdp, people = printed["gdp_current_prices"], printed["population_resident"]
    heads = (people + np.c_[people[:, :1], people[:, :-1]]) / 2
    ratio = gdp / np.c_[gdp[:, :1] / 1.1, gdp[:, :-1]]
    index = np.clip(100 * ratio / (1 + printed["inflation"]), 88, 130).round(1)
    more = dict(zip(SHARES, (100 * printed[key] / gdp for key in SECTORS), strict=True))
    return (
        printed
        | more
        | {
            "gdp_per_capita": gdp * 1e4 / heads,
            "gdp_index_previous_year": index,
            "gdp_growth_real": (index - 100).round(1),
            "urban_population": people * printed["urban"],
            "urbanisation_rate": 100 * printed["urban"],
            "marine_gdp": gdp * printed["ocean"],
            "marine_gdp_share": 100 * printed["ocean"],
            "goods_trade_cny": printed["goods_exports_cny"] + printed["goods_imports_cny"],
            "population_registered": printed["population_registered_male"] + printed["population_registered_female"],
        }
    )


def as_rows(printed: dict[str, np.ndarray], names: list[str], published: int, shape: Shape, catalogue: Catalogue) -> pd.DataFrame:
    """The rounded figures of one edition as observation rows: one table a city, a row an indicator, a column a year."""
    years = np.arange(shape.last - shape.years + 1, min(shape.last, published - 1) + 1)
    cities = np.array(slugs(shape.cities), object)
    edition = f"qd_yearbook_{published}"
    frames = []
    for number, key in enumerate(names, start=2):
        item = catalogue.indicators[key]
        values = printed[key][:, 1 : 1 + len(years)].round(item.decimals).ravel()
        city = np.repeat(cities, len(years))
        column = np.tile(np.arange(2, 2 + len(years)).astype(str).astype(object), shape.cities)
        frames.append(
            pd.DataFrame(
                {
                    "city": city,
                    "indicator": key,
                    "scope": "whole_city",
                    "year": np.tile(years, shape.cities),
                    "value": values,
                    "unit": item.unit,
                    "decimals": item.decimals,
                    "status": "A",
                    "bound": "equal",
                    "edition": edition,
                    "published": str(published),
                    "source_cell": edition
                    + "/1-"
                    + pd.Series(city).str[5:].to_numpy(object)
                    + f".xlsx!Sheet1!R{number}C"
                    + column,
                    "raw": np.char.mod(f"%.{item.decimals}f", values),
                    "note": "",
                }
            )
        )
    return pd.concat(frames, ignore_index=True)[COLUMNS].astype({"decimals": "Int64"})
