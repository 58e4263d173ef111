"""Counts per pillar: how many commitments can be judged, how they stand, what is missing.

Takes assessments; gives one row per pillar. Aspirational commitments are counted apart and never among those met.
"""

import pandas as pd

from qdlib.catalogue import Catalogue

ON_TRACK = ("met", "met_early", "ahead", "on_schedule", "holding", "recovering", "nothing_due")


def standing(assessment) -> str:
    """One of verdict, attainment (figure but no base), stale, reason."""
    if assessment.stale:
        return "stale"
    if assessment.status:
        return "verdict"
    return "attainment" if assessment.reason == "no_base" else "reason"


def count_pillars(assessments: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """pillar, targets, verdict, attainment, stale, reason, on_track, aspirational; pillars in the policy's order."""
    kinds = pd.Series([standing(row) for row in assessments.itertuples()], index=assessments.index)
    frame = assessments.assign(standing=kinds, on_track=assessments["status"].isin(ON_TRACK) & (kinds == "verdict"))
    rows = []
    for pillar in catalogue.policy.pillars:
        own = frame[frame["pillar"] == pillar]
        counts = {kind: int((own["standing"] == kind).sum()) for kind in ("verdict", "attainment", "stale", "reason")}
        rows.append({"pillar": pillar, "targets": len(own), **counts, "on_track": int(own["on_track"].sum()),
                     "aspirational": int(own["aspirational"].sum())})
    return pd.DataFrame(rows)
