"""Counts per pillar: how many commitments can be judged, how they stand, what is missing; and the two indices.

Takes assessments; gives one row per pillar, and an `Index` of attainment and one of progress. Aspirational commitments (力争) are a
block of their own: in no other count of the scoreboard and in no index. A stale verdict is shown, never counted, so for an index its
figure is missing too. Rising is not being good: a commitment that is not met but recovers is behind.
"""

from collections.abc import Iterable

import pandas as pd

from qdlib.analysis.composite import Index, compose_index
from qdlib.analysis.targets import Assessment
from qdlib.catalogue import Catalogue

STANDINGS = ("verdict", "attainment", "stale", "reason")
MET = ("met", "met_early")
ON_TRACK = (*MET, "ahead", "on_schedule", "holding", "nothing_due")


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
    """pillar, targets, the standings, met, on_track (met ones among them), behind, aspirational; pillars in the policy's order.

    All but `targets` and `aspirational` leave the aspirational commitments out: standings and aspirational add up to targets.
    """
    assessments = list(assessments)
    rows = []
    for pillar in catalogue.policy.pillars:
        own = [item for item in assessments if item.pillar == pillar]
        firm = [item for item in own if not item.aspirational]
        words = [item.status for item in firm if standing(item) == "verdict"]
        rows.append(
            {
                "pillar": pillar,
                "targets": len(own),
                **count_standings(firm),
                "met": sum(word in MET for word in words),
                "on_track": sum(word in ON_TRACK for word in words),
                "behind": sum(word not in ON_TRACK for word in words),
                "aspirational": len(own) - len(firm),
            }
        )
    return pd.DataFrame(rows)


def compose_attainment(assessments: Iterable[Assessment]) -> Index:
    """Index of min(A, 1) over the commitments that are not aspirational, in points; one without a figure is missing, never zero."""
    known = [item for item in assessments if not item.aspirational]
    halves = {item.id: rounding_points(item, item.value) for item in known}
    return compose_index({item.id: attained(item) for item in known}, halves)


def compose_progress(assessments: Iterable[Assessment]) -> Index:
    """Index of the way covered, P within 0 to 1, in points; a commitment that is only kept counts as covered while it is met."""
    known = [item for item in assessments if not item.aspirational]
    halves = {item.id: rounding_points(item, (item.value or 0) - (item.base_value or 0)) for item in known}
    return compose_index({item.id: covered(item) for item in known}, halves)


def attained(item: Assessment) -> float | None:
    """100 · min(A, 1) of a judged commitment; 100 in the band or beyond it."""
    if item.attainment is None or item.stale or (item.reason is not None and item.reason != "no_base"):
        return None
    return 100.0 if item.meets else 100 * max(0.0, min(item.attainment, 1.0))


def covered(item: Assessment) -> float | None:
    if item.reason is not None or item.stale:
        return None
    if item.checks.distance is None:
        return 100.0 if item.meets else None
    return 100 * max(0.0, min(item.checks.distance, 1.0))


def rounding_points(item: Assessment, whole: float | None) -> float:
    """What the rounding of the newest figure is worth in points of a score, `whole` being 100 of them; 0 where it cannot move it."""
    if not whole or not item.latest_half or item.meets:
        return 0.0
    return 100 * item.latest_half / abs(whole)
