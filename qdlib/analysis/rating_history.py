"""Past verdicts made again: what each target would have been called on past days, on the figures known then.

Takes the catalogue, the city's observations of all editions and days; gives a row per day and target. Method and catalogue are today's,
the figures and reviews those of the day (a publication known to the month or year only counts from its last day on): a word that
changes along the row has changed by what became known. It is no record of what was published on that day; that is a stored stage.
"""

from collections.abc import Iterable

import pandas as pd

from qdlib.analysis.reviews import assess_reviewed
from qdlib.analysis.stages import standing_of
from qdlib.analysis.targets import last_full_year
from qdlib.catalogue import Catalogue
from qdlib.catalogue.policy import Policy
from qdlib.observations.rows import last_day
from qdlib.observations.vintages import choose_vintage

MIDYEAR = "06-30"  # the communiqués of spring are out, and the last full year is the year before
COLUMNS = ["day", "full_year", "id", "pillar", "word", "stale", "latest_year", "schedule", "override"]


def rating_days(policy: Policy, today: str) -> list[str]:
    """Midyear of each year after the plan's first, so that a full year of the plan is known, then today."""
    midyears = [f"{year}-{MIDYEAR}" for year in range(policy.plan[0] + 1, int(today[:4]) + 1)]
    return [*(day for day in midyears if day < today), today]


def rate_history(catalogue: Catalogue, rows: pd.DataFrame, days: Iterable[str]) -> pd.DataFrame:
    """COLUMNS for each day and target; word as in `stages.word_of`, schedule the coefficient S, override the word of a review."""
    found = [row for day in days for row in rate_day(catalogue, known_on(rows, day, catalogue), day)]
    return pd.DataFrame(found, columns=COLUMNS).astype({"latest_year": "Int64"})


def rate_day(catalogue: Catalogue, known: pd.DataFrame, day: str) -> list[dict]:
    cases = assess_reviewed(catalogue, choose_vintage(known, "latest", catalogue), known, day)
    rows = []
    for case in cases:
        standing = standing_of(case.assessment)
        about = {"day": day, "full_year": last_full_year(day), "id": case.target.id, "pillar": case.target.pillar}
        kept = {
            "word": standing.word,
            "stale": standing.stale,
            "latest_year": standing.latest_year,
            "schedule": standing.schedule,
        }
        rows.append(about | kept | {"override": case.review.value if case.review else None})
    return rows


def known_on(rows: pd.DataFrame, day: str, catalogue: Catalogue) -> pd.DataFrame:
    """The observations that were published by a day."""
    return rows[last_day(rows, catalogue) <= day].reset_index(drop=True)
