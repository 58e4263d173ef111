"""The members of an identity, brought together: the total and its parts as one edition prints them.

Takes figures in the checks' order and an identity of the catalogue; gives `Members`, one row per city, scope, year and edition in
which the identity holds and can be tried. An edition that prints all members but one borrows that one as it was known on
the edition's date, official figures before copies; `borrowed` marks it, because two editions may stand on two bases. Where a
census that revises the member is known to lie between the two editions, nothing is borrowed. A quotient itself is never
borrowed: one printed before a revision says nothing about figures printed after it.
"""

from dataclasses import dataclass

import numpy as np

from qdlib.catalogue import Catalogue
from qdlib.catalogue.events import Identity
from qdlib.observations.figures import FIRST_YEAR, YEARS, Figures

# Results of a census of year c enter the figures after this many years more: the population's are out in the spring of c + 1, the
# economic census first moves the yearbook of c + 2 (GDP of Qingdao 2018: 12001.52 in 2019, 10949.38 from the end of that year).
LAG = {"economic_census": 1, "population_census": 0}


@dataclass(frozen=True)
class Members:
    """`at`: indicator -> index of its figure, one for each row; amount and half are in the member's own unit. `places`: where each row
    is evaluated, whatever edition a member was borrowed from. `unit`: indicator -> factor of its unit to the base."""

    figures: Figures
    at: dict[str, np.ndarray]
    places: np.ndarray
    borrowed: np.ndarray
    unit: dict[str, float]

    def __len__(self) -> int:
        return len(self.borrowed)

    def amount(self, indicator: str) -> np.ndarray:
        return self.figures.amount[self.at[indicator]]

    def half(self, indicator: str) -> np.ndarray:
        return self.figures.half[self.at[indicator]]

    def pick(self, index: int) -> list[int]:
        """Indices of the members' figures of one row, in the identity's order."""
        return [int(at[index]) for at in self.at.values()]

    def locate(self, index: int) -> dict:
        """Head, cells and printed figures of one row; the edition is the one in which the identity was evaluated."""
        at, editions = self.pick(index), self.figures.names["edition"]
        edition = editions[self.places[index] // YEARS % len(editions)]
        return self.figures.row(at[0]) | {"edition": edition, "cells": self.figures.cells(at), "values": self.figures.raws(at)}


def gather_members(figures: Figures, identity: Identity, catalogue: Catalogue, borrow: bool = True) -> Members:
    """Rows with every member printed in one edition, or with one of them borrowed."""
    printed = [figures.place[figures.blocks[key]] for key in identity.members if key in figures.blocks]
    places = np.unique(np.concatenate(printed)) if printed else np.zeros(0, np.int64)
    places = places[holds(figures, identity, places, catalogue)]
    at = {key: find_printed(figures, key, places) for key in identity.members}
    lacking = sum((found < 0).astype(int) for found in at.values())
    tried = lacking <= (1 if borrow else 0)
    at, places, lacking = {key: found[tried] for key, found in at.items()}, places[tried], lacking[tried]
    for key, found in at.items():
        missing = np.flatnonzero(found < 0)
        if key != identity.total or identity.kind == "sum":
            found[missing] = borrow_known(figures, key, places[missing], catalogue)
    whole = np.all([found >= 0 for found in at.values()], axis=0)
    unit = {key: float(catalogue.units[catalogue.indicators[key].unit].factor) for key in identity.members}
    return Members(figures, {key: found[whole] for key, found in at.items()}, places[whole], (lacking > 0)[whole], unit)


def holds(figures: Figures, identity: Identity, places: np.ndarray, catalogue: Catalogue) -> np.ndarray:
    """True for the places whose year and edition the identity covers."""
    year = places % YEARS + FIRST_YEAR
    mask = np.ones(len(places), bool)
    if identity.from_year is not None:
        mask &= year >= identity.from_year
    if identity.to_year is not None:
        mask &= year <= identity.to_year
    if identity.editions:
        named = [
            name in identity.editions or catalogue.source_of(name).id in identity.editions for name in figures.names["edition"]
        ]
        mask &= np.array(named, bool)[places // YEARS % len(named)]
    return mask


def find_printed(figures: Figures, indicator: str, places: np.ndarray) -> np.ndarray:
    """Index of the indicator's figure at each place, −1 where that edition prints none."""
    block = figures.blocks.get(indicator, slice(0, 0))
    own = figures.place[block]
    if not len(own) or not len(places):
        return np.full(len(places), -1)
    near = np.minimum(np.searchsorted(own, places), len(own) - 1)
    return np.where(own[near] == places, block.start + near, -1)


def find_known(figures: Figures, indicator: str, places: np.ndarray) -> np.ndarray:
    """Index of the figure that other editions had printed by the date of each place's edition; −1 where none had."""
    block = figures.blocks.get(indicator, slice(0, 0))
    found = np.full(len(places), -1)
    if block.stop == block.start or not len(places):
        return found
    editions = len(figures.names["edition"])
    last = np.searchsorted(figures.days, figures.days, side="right") - 1  # editions of one day know each other
    wanted = spread(places, editions) + last[places // YEARS % editions]
    own = spread(figures.place[block], editions) + figures.codes["edition"][block]
    ranks = figures.ranks[figures.codes["edition"][block]]
    for rank in np.unique(ranks):
        mine = np.flatnonzero(ranks == rank)
        mine = mine[np.argsort(own[mine], kind="stable")]
        near = np.searchsorted(own[mine], wanted, side="right") - 1
        hit = (found < 0) & (near >= 0) & (own[mine[near]] // editions == wanted // editions)
        found[hit] = block.start + mine[near[hit]]
    return found


def borrow_known(figures: Figures, indicator: str, places: np.ndarray, catalogue: Catalogue) -> np.ndarray:
    """What was known, unless it is of a lower class than the borrowing edition or a census lies between the two; else −1."""
    found = find_known(figures, indicator, places)
    hit = np.flatnonzero(found >= 0)
    lender, own = figures.codes["edition"][found[hit]], places[hit] // YEARS % max(1, len(figures.names["edition"]))
    refused = figures.ranks[lender] > figures.ranks[own]
    kind = catalogue.indicators[indicator].revised_by
    issued = np.array([int(day[:4]) for day in figures.days], int)
    for event in catalogue.events.values():
        if event.kind == kind:
            known = event.year + LAG[kind]
            refused |= (figures.year[found[hit]] <= event.year) & (issued[lender] <= known) & (known < issued[own])
    found[hit[refused]] = -1
    return found


def spread(places: np.ndarray, editions: int) -> np.ndarray:
    """The places' city, scope and year as one number, with room for an edition behind it."""
    return (places // YEARS // editions * YEARS + places % YEARS) * editions
