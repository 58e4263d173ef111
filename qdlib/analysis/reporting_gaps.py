"""Which target and year lacks a public figure: what the departments are asked for.

Takes the policy's targets, one city's series and observations and the last full year; gives `Gap`s, year by year from the base year.
A figure that a department reported before is not public, so its year is asked for again and may be corrected; a figure that
follows from published ones (`derive`) is public. Bounds and parts of a year are no figures. Draws no workbook.
"""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from qdlib.analysis.evidence import choose_evidence
from qdlib.catalogue import Catalogue
from qdlib.errors import CatalogueError, nearest
from qdlib.reading.department_form import SOURCE


@dataclass(frozen=True)
class Gap:
    target: str
    year: int


def list_gaps(
    catalogue: Catalogue, series: pd.DataFrame, rows: pd.DataFrame, full_year: int, pillars: Collection[str] = ()
) -> list[Gap]:
    """Every target and year from the base year to the last full year without a public figure, in the order of the registry.

    series: one city's series of one vintage; rows: its observations; pillars: only theirs, all by default. CatalogueError for an
    unknown pillar.
    """
    policy = catalogue.policy
    for pillar in pillars:
        if pillar not in policy.pillars:
            raise CatalogueError(
                f"unknown pillar {pillar!r}{nearest(pillar, policy.pillars)}; known are {', '.join(policy.pillars)}"
            )
    public = series[[catalogue.source_of(edition).id != SOURCE for edition in series["edition"]]]
    gaps = []
    for target in policy.targets.values():
        if not pillars or target.pillar in pillars:
            known = {figure.year for figure in choose_evidence(target, public, rows, catalogue, full_year).figures}
            gaps += [Gap(target.id, year) for year in range(policy.base_year, full_year + 1) if year not in known]
    return gaps
