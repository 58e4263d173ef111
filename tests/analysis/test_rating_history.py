"""Past ratings rest on what was published by the day, on the reviews of the day, and on today's method."""

from dataclasses import replace

from qdlib.analysis.rating_history import known_on, rate_history, rating_days
from qdlib.catalogue import load_catalogue
from qdlib.observations import store
from tests.analysis.test_reviews import OVERRIDE
from tests.analysis.test_stages import admitted, row

LATE = "qd_communique_2025"
FIGURES = [
    row(2021, 4685.0, "qd_communique_2022", published="2022-03"),
    row(2023, 5300.0, "qd_communique_2024", published="2024-03"),
    row(2023, 4800.0, LATE, published="2025-03"),
    row(2024, 5513.2, LATE, published="2025-03"),
]


def words_of(days: list[str], catalogue=None) -> dict[str, str]:
    rated = rate_history(catalogue or load_catalogue(), admitted(FIGURES), days)
    return dict(rated.loc[rated["id"] == "T17", ["day", "word"]].itertuples(index=False, name=None))


def test_days_are_midyears_behind_the_first_year_of_the_plan_and_today():
    policy = load_catalogue().policy
    assert rating_days(policy, "2025-11-24") == ["2023-06-30", "2024-06-30", "2025-06-30", "2025-11-24"]
    assert rating_days(policy, "2025-06-30") == ["2023-06-30", "2024-06-30", "2025-06-30"]
    assert rating_days(policy, "2023-03-01") == ["2023-03-01"]


def test_a_past_day_sees_the_figure_of_its_time():
    """In mid-2024 the year 2023 stood at 5300; neither its revision to 4800 nor the year 2024 was known yet."""
    found = words_of(["2023-06-30", "2024-06-30", "2025-06-30"])
    assert found == {"2023-06-30": "one_point", "2024-06-30": "on_schedule", "2025-06-30": "slightly_behind"}


def test_a_month_counts_from_its_last_day():
    catalogue = load_catalogue()
    assert len(known_on(admitted(FIGURES), "2025-03-30", catalogue)) == 2
    assert len(known_on(admitted(FIGURES), "2025-03-31", catalogue)) == 4


def test_nothing_was_known_before_anything_was_published():
    rated = rate_history(load_catalogue(), admitted(FIGURES), ["2021-06-30"])
    assert len(rated) == 31 and set(rated["word"]) == {"no_public_data", "no_operational_rule"}


def test_a_review_counts_on_its_days_only():
    catalogue = replace(load_catalogue(), reviews=(OVERRIDE,))
    rated = rate_history(catalogue, admitted(FIGURES), ["2025-06-30", "2026-06-30", "2026-07-01"]).set_index(["id", "day"])
    assert rated.loc["T17", "override"].dropna().to_dict() == {"2026-06-30": "on_schedule"} and rated["override"].count() == 1


def test_the_real_history_ends_in_today_s_verdicts(frozen):
    rows = store.read_observations("qingdao")
    rated = rate_history(load_catalogue(), rows, ["2025-06-30", "2026-06-30"]).set_index(["day", "id"])["word"]
    assert (rated["2025-06-30", "T03"], rated["2026-06-30", "T03"]) == ("ahead", "slightly_behind")
    assert (rated["2025-06-30", "T17"], rated["2026-06-30", "T17"]) == ("one_point", "slightly_behind")
