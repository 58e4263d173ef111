"""Results as the agencies published them, recomputed from their inputs.

`published_cases.csv` holds 36 figures of others, with attribution: 26 of Statistics Canada (Canadian Indicator Framework for the
Sustainable Development Goals, file indicator_calculation_components.yml; Statistics Canada Open Licence; Crown copyright; adapted: a
choice of records and fields, which does not constitute an endorsement by Statistics Canada), 8 of EUSTAT, the Basque statistical office
(progress of SDG indicators), 2 of the Open SDG project (test site, ProgressStatus.feature). Formulas: Open SDG, progress-methodology.md.
"""

from pathlib import Path

import pandas as pd
import pytest

from qdlib.analysis.growth_ratio import (
    eurostat_rate_score,
    eurostat_score,
    growth_rate,
    growth_ratio,
    limit_factor,
    reaches,
    statcan_rate_score,
    statcan_rate_status,
    statcan_score,
    statcan_status,
)

CASES = pd.read_csv(Path(__file__).with_name("published_cases.csv"), dtype={"indicator": str})
# Open SDG's test site gives one record without a target year, and says "on track" for the highest status without the target reached.
DEFAULT_YEAR = 2030
OPEN_SDG = {"on track": "substantial_progress"}


def records(agency: str, targeted: bool) -> list:
    own = CASES[(CASES["agency"] == agency) & (CASES["target"].notna() == targeted)]
    return [pytest.param(row, id=f"{row.agency} {row.indicator}") for row in own.itertuples()]


def near(expected: float):
    return pytest.approx(expected, abs=1e-9, rel=1e-9)


def ratio_of(case):
    end = DEFAULT_YEAR if pd.isna(case.target_year) else case.target_year
    return growth_ratio(case.base_value, case.base_year, case.current_value, case.current_year, case.target, end, case.direction)


def rate_of(case):
    return growth_rate(case.base_value, case.base_year, case.current_value, case.current_year, case.direction)


def test_the_file_holds_what_its_docstring_says():
    assert CASES.groupby("agency").size().to_dict() == {"Statistics Canada": 26, "EUSTAT": 8, "Open SDG": 2}


@pytest.mark.parametrize("case", records("Statistics Canada", True))
def test_statistics_canada_with_a_target(case):
    progress, achieved = ratio_of(case).value, reaches(case.current_value, case.target, case.direction)
    assert progress == near(case.progress_value)
    assert statcan_score(progress, achieved) == near(case.score)
    assert statcan_status(progress, achieved) == case.status


@pytest.mark.parametrize("case", records("Statistics Canada", False))
def test_statistics_canada_without_a_target(case):
    if pd.isna(case.base_value):
        assert case.status == statcan_rate_status(None) == "not_available"
        return
    progress = rate_of(case)
    if pd.isna(case.progress_value):
        assert (progress.value, progress.reason) == (None, "no_elapsed_time")
        assert statcan_rate_status(progress.value) == case.status
        return
    factor = limit_factor(case.base_value, None if pd.isna(case.limit) else case.limit)
    assert progress.value == near(case.progress_value)
    assert statcan_rate_score(progress.value, factor) == near(case.score)
    assert statcan_rate_status(progress.value, factor) == case.status


@pytest.mark.parametrize("case", records("EUSTAT", True))
def test_eustat_with_a_target(case):
    progress = ratio_of(case).value
    assert progress == near(case.progress_value)
    assert eurostat_score(progress) == near(case.score)


@pytest.mark.parametrize("case", records("EUSTAT", False))
def test_eustat_without_a_target(case):
    progress = rate_of(case).value
    assert progress == near(case.progress_value)
    assert eurostat_rate_score(progress) == near(case.score)


@pytest.mark.parametrize("case", records("Open SDG", True))
def test_open_sdg_status(case):
    found = statcan_status(ratio_of(case).value, reaches(case.current_value, case.target, case.direction))
    assert found == OPEN_SDG.get(case.status, case.status)
