"""What the figures mean: indicators, units, cities, sources, events, corrections, the policy's targets and their reviews,
and words for people.

In: the YAML and CSV files of this folder (package data). Out: one frozen, cross-checked `Catalogue` (`load_catalogue`).
Unit, direction, limits and names live here and nowhere else; frames join them by id.
Does not belong here: figures, files of `data/`, anything that computes.
"""

from qdlib.catalogue.registry import Catalogue, load_catalogue

__all__ = ["Catalogue", "load_catalogue"]
