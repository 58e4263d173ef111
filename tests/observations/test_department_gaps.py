"""A department's figure beside a published one: who stands in the series, and which gaps are findings."""

import pandas as pd
import pytest

from qdlib.catalogue import load_catalogue
from qdlib.observations.department_gaps import check_department_gaps
from qdlib.observations.findings import explain
from qdlib.observations.rows import admit_rows
from qdlib.observations.vintages import choose_vintage

REPORT = "department_reports_2026-11-20"


def row(value, edition, published="2025-03", decimals=0, bound="equal", year=2024):
    return {
        "city": "qingdao", "indicator": "tourist_visits", "scope": "whole_city", "year": year, "value": value,
        "unit": "ten_thousand_person_times", "decimals": decimals, "status": "A" if bound == "equal" else "E", "bound": bound,
        "edition": edition, "published": published, "raw": str(value), "note": "", "source_cell": f"{edition}/t.csv!csv!E{year}",
    }  # fmt: skip


def admit(*rows):
    return admit_rows(pd.DataFrame(rows), load_catalogue())[0]


def gaps(*rows):
    return check_department_gaps(admit(*rows), load_catalogue())


@pytest.mark.parametrize(
    ("edition", "wins"),
    [
        ("qd_communique_2024", True),
        ("qd_department_2025-02", True),
        ("qd_environment_bulletin_2024", True),
        ("press_qingdaonews_2025", False),
    ],
)
def test_offices_and_what_departments_published_come_first_copies_do_not(edition, wins):
    rows = admit(row(12100, REPORT, "2026-11-01"), row(12000, edition))
    (chosen,) = choose_vintage(rows, "latest", load_catalogue())["amount"]
    assert chosen == (12000 if wins else 12100)
    (gap,) = check_department_gaps(rows, load_catalogue())
    assert (gap["check"], gap["level"], gap["edition"]) == ("department_gap", "high", REPORT)
    assert gap["cells"] == [f"{REPORT}/t.csv!csv!E2024", f"{edition}/t.csv!csv!E2024"]


@pytest.mark.parametrize(("value", "found"), [(12060, False), (12061, True), (11940, False), (11939, True)])
def test_half_a_percent_is_the_limit(value, found):
    assert bool(gaps(row(value, REPORT), row(12000, "qd_communique_2024"))) is found


def test_figures_that_agree_within_their_rounding_have_no_gap():
    assert not gaps(row(3, REPORT, decimals=0), row(3.4, "qd_communique_2024", decimals=1))
    assert gaps(row(3, REPORT, decimals=1), row(3.4, "qd_communique_2024", decimals=1))


def test_a_bound_another_year_or_no_published_figure_gives_no_gap():
    assert not gaps(row(12500, REPORT), row(12000, "qd_communique_2024", bound="above"))
    assert not gaps(row(12500, REPORT), row(12000, "qd_communique_2023", year=2023))
    assert not gaps(row(12500, REPORT))
    assert not gaps(row(12500, "qd_department_2025-02"), row(12000, "qd_communique_2024"))


def test_the_newest_figure_of_the_best_class_is_the_published_one():
    (gap,) = gaps(row(12100, REPORT), row(12000, "qd_communique_2024"), row(12090, "press_qingdaonews_2026", "2026-10"))
    assert gap["explanation"] == explain(
        "department_gap", found=12100.0, other=12000.0, edition="edition:qd_communique_2024", gap="0.83"
    )


def test_the_widest_gap_to_nothing_is_said():
    (gap,) = gaps(row(5, REPORT), row(0, "qd_communique_2024"))
    assert gap["explanation"]["gap"] == "∞"
