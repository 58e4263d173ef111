"""Counts per pillar: how many commitments can be judged, how they stand, what is missing.

Takes assessments; gives one row per pillar. Aspirational commitments are counted apart and never among those met.
"""

from collections.abc import Iterable

import pandas as pd

from qdlib.analysis.composite import Index, compose_index
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


def compose_attainment(assessments: Iterable[Assessment]) -> Index:
    """Index of min(A, 1) over the commitments that are not aspirational, in points; one without a figure is missing, never zero."""
    known = [item for item in assessments if not item.aspirational]
    scores = {item.id: attained(item) for item in known}
    return compose_index(scores)


def compose_progress(assessments: Iterable[Assessment]) -> Index:
    """Index of the way covered, P within 0 to 1, in points; a commitment that is only kept counts as covered while it is met."""
    known = [item for item in assessments if not item.aspirational]
    return compose_index({item.id: covered(item) for item in known})


def attained(item: Assessment) -> float | None:
    """100 · min(A, 1) of a judged commitment; 100 in the band or beyond it."""
    if item.attainment is None or (item.reason is not None and item.reason != "no_base"):
        return None
    return 100.0 if item.meets else 100 * max(0.0, min(item.attainment, 1.0))


def covered(item: Assessment) -> float | None:
    if item.reason is not None:
        return None
    if item.checks.distance is None:
        return 100.0 if item.meets else None
    return 100 * max(0.0, min(item.checks.distance, 1.0))
