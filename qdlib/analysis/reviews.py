"""Verdicts with the reviews that are in force: confirmed jumps let through, overrides set beside the computed word.

Takes the catalogue with its reviews, one city's series and observations, and a day; gives cases. The computed word is never changed
by an override: it stays in the assessment and is what every count counts. An expired review is kept on record and does nothing.
"""

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from qdlib.analysis.outlook import Past
from qdlib.analysis.targets import Case, assess_policy, last_full_year
from qdlib.catalogue import Catalogue
from qdlib.catalogue.reviews import Review

COLUMNS = ("target", "kind", "value", "author", "date", "expires", "reason_zh", "reason_en")


def assess_reviewed(
    catalogue: Catalogue, series: pd.DataFrame, rows: pd.DataFrame, today: str, past: Past | None = None
) -> list[Case]:
    """Every target as of a day, with the jumps confirmed by then and the override in force, if any, in `Case.review`.

    past: `calibration.look_back`; without it outlooks are uncalibrated.
    """
    in_force = reviews_on(catalogue.reviews, today)
    cases = assess_policy(catalogue, series, rows, last_full_year(today), confirmed_jumps(in_force), past)
    return add_overrides(cases, in_force)


def reviews_on(reviews: Iterable[Review], day: str) -> tuple[Review, ...]:
    """The reviews in force on a day."""
    return tuple(review for review in reviews if review.state_on(day) == "in_force")


def confirmed_jumps(in_force: Iterable[Review]) -> frozenset[tuple[str, int]]:
    """Target and year of each jump that somebody has confirmed."""
    return frozenset((review.target, int(review.value)) for review in in_force if review.kind == "confirmed_jump")


def add_overrides(cases: Iterable[Case], in_force: Iterable[Review]) -> list[Case]:
    """The cases, each with the override of its target; their assessments are as they were."""
    by_target = {review.target: review for review in in_force if review.kind == "override"}
    return [replace(case, review=by_target.get(case.target.id)) for case in cases]


def tabulate_reviews(reviews: Iterable[Review]) -> pd.DataFrame:
    """The reviews as a frame with COLUMNS, for a frozen stage."""
    rows = [
        (
            review.target,
            review.kind,
            review.value,
            review.author,
            review.date,
            review.expires or "",
            review.reason.zh,
            review.reason.en,
        )
        for review in reviews
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")
