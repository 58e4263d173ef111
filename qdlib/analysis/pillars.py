"""Counts per pillar: how many commitments can be judged, how they stand, what is missing.

Takes assessments; gives one row per pillar. Aspirational commitments are counted apart and never among those met.
"""

from collections.abc import Iterable

import pandas as pd

from qdlib.analysis.targets import Assessment
from qdlib.catalogue import Catalogue

STANDINGS = ("verdict", "attainment", "stale", "reason")
ON_TRACK = ("met", "met_early", "ahead", "on_schedule", "holding", "recovering", "nothing_due")


def standing(assessment: Assessment) -> str:
    """One of verdict, attainment (figure but no base), stale, reason."""
    if assessment.stale:
        return "stale"
    if assessment.status:
        return "verdict"
    return "attainment" if assessment.reason == "no_base" else "reason"


def count_standings(assessments: Iterable[Assessment]) -> dict[str, int]:
    """Number of commitments by standing, in the order of `STANDINGS`."""
    kinds = [standing(assessment) for assessment in assessments]
    return {kind: kinds.count(kind) for kind in STANDINGS}


def count_pillars(assessments: Iterable[Assessment], catalogue: Catalogue) -> pd.DataFrame:
    """pillar, targets, the standings, on_track, aspirational; pillars in the policy's order."""
    assessments = list(assessments)
    rows = []
    for pillar in catalogue.policy.pillars:
        own = [item for item in assessments if item.pillar == pillar]
        on_track = sum(standing(item) == "verdict" and item.status in ON_TRACK for item in own)
        rows.append(
            {
                "pillar": pillar,
                "targets": len(own),
                **count_standings(own),
                "on_track": on_track,
                "aspirational": sum(item.aspirational for item in own),
            }
        )
    return pd.DataFrame(rows)
