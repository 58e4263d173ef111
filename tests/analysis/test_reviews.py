"""Reviews in force reach the verdict: a confirmed jump changes it, an override stands beside it, an expired one does nothing."""

from dataclasses import replace

from qdlib.analysis.pillars import count_standings
from qdlib.analysis.reviews import assess_reviewed, confirmed_jumps, reviews_on, tabulate_reviews
from qdlib.catalogue import load_catalogue
from qdlib.catalogue.documents import Name
from qdlib.catalogue.reviews import Review
from qdlib.observations.vintages import choose_vintage
from tests.analysis.test_stages import admitted, row

OVERRIDE = Review("T17", "override", "on_schedule", Name("理由", "reason"), "某评估中心", "2026-01-01", "2026-06-30")
JUMP = Review("T17", "confirmed_jump", "2024", Name("已核实", "checked"), "某统计局", "2026-01-01", None)
FIGURES = [row(2020, 4500.0), row(2021, 4685.0), row(2023, 5000.0), row(2024, 12000.0)]  # more than doubles: a jump


def assess(*reviews: Review, today: str = "2026-06-30"):
    catalogue, rows = replace(load_catalogue(), reviews=reviews), admitted(FIGURES)
    cases = assess_reviewed(catalogue, choose_vintage(rows, "latest", catalogue), rows, today)
    return cases, next(case for case in cases if case.target.id == "T17")


def test_a_jump_is_held_back_until_a_review_confirms_it():
    held = assess()[1].assessment
    assert (held.latest_year, held.robustness.jump_year) == (2023, 2024)
    let_through = assess(JUMP)[1].assessment
    assert (let_through.latest_year, let_through.status, let_through.robustness.jump) == (2024, "met_early", None)
    assert assess(JUMP, today="2025-12-31")[1].assessment.latest_year == 2023
    assert assess(replace(JUMP, value="2023"))[1].assessment.latest_year == 2023


def test_an_override_stands_beside_the_computed_word_which_is_counted():
    plain, (cases, case) = assess(), assess(OVERRIDE)
    assert case.review is OVERRIDE and case.assessment == plain[1].assessment
    assert count_standings(item.assessment for item in cases) == count_standings(item.assessment for item in plain[0])
    assert [item.target.id for item in cases if item.review] == ["T17"]


def test_an_expired_override_and_one_to_come_do_nothing():
    assert assess(OVERRIDE, today="2026-07-01")[1].review is None
    assert assess(OVERRIDE, today="2025-12-31")[1].review is None


def test_reviews_in_force_on_a_day():
    assert reviews_on((OVERRIDE, JUMP), "2026-07-01") == (JUMP,)
    assert confirmed_jumps((OVERRIDE, JUMP)) == {("T17", 2024)}
    assert tabulate_reviews((OVERRIDE, JUMP))["expires"].to_list() == ["2026-06-30", ""]
    assert list(tabulate_reviews(()).columns) == list(tabulate_reviews((JUMP,)).columns)
