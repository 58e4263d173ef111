"""What the departments are asked for: years without a public figure, and only those."""

import pandas as pd
import pytest

from qdlib.analysis.reporting_gaps import list_gaps
from qdlib.catalogue import load_catalogue
from qdlib.errors import CatalogueError
from qdlib.observations.rows import admit_rows
from qdlib.observations.vintages import choose_vintage


def row(indicator, year, value, edition="qd_communique_2025", unit=None, **other):
    catalogue = load_catalogue()
    unit = unit or catalogue.indicators[indicator].unit
    return {
        "city": "qingdao", "indicator": indicator, "scope": "whole_city", "year": year, "value": value, "unit": unit, "decimals": 0,
        "status": "A", "bound": "equal", "edition": edition, "published": "2026-04", "raw": str(value), "note": "",
        "source_cell": f"{edition}/t.csv!csv!E{year}_{indicator}",
    } | other  # fmt: skip


def gaps_of(*rows, full_year=2025, pillars=()):
    catalogue = load_catalogue()
    admitted, _ = admit_rows(pd.DataFrame(rows), catalogue)
    before = admitted.copy()
    found = list_gaps(catalogue, choose_vintage(admitted, "latest", catalogue), admitted, full_year, pillars)
    pd.testing.assert_frame_equal(admitted, before)
    years: dict[str, list[int]] = {}
    for gap in found:
        years.setdefault(gap.target, []).append(gap.year)
    return years


def test_each_target_and_year_without_a_figure_is_asked_in_the_order_of_the_registry():
    found = gaps_of(row("trade_entities", 2023, 20000))
    assert found["T25"] == [2021, 2022, 2024, 2025] and found["T01"] == [2021, 2022, 2023, 2024, 2025]
    assert list(found) == list(load_catalogue().policy.targets)


def test_the_last_full_year_ends_the_form():
    assert gaps_of(row("trade_entities", 2023, 20000), full_year=2024)["T25"] == [2021, 2022, 2024]


def test_a_department_s_report_is_not_public():
    found = gaps_of(row("trade_entities", 2023, 20000), row("trade_entities", 2024, 21000, "department_reports_2026-05-20"))
    assert 2024 in found["T25"] and 2023 not in found["T25"]


def test_a_bound_is_no_figure():
    found = gaps_of(row("trade_entities", 2023, 20000), row("trade_entities", 2024, 21000, bound="above", status="E"))
    assert 2024 in found["T25"]


def test_a_figure_that_follows_from_published_ones_is_public():
    found = gaps_of(row("research_spending", 2023, 420), row("gdp_current_prices", 2023, 15760))
    assert 2023 not in found["T21"] and 2022 in found["T21"]


def test_only_the_pillars_asked_for():
    found = gaps_of(row("trade_entities", 2023, 20000), pillars=("gateway",))
    assert set(found) == {"T04", "T24", "T25"}


def test_an_unknown_pillar_is_refused_with_the_nearest():
    with pytest.raises(CatalogueError, match="did you mean ocean"):
        gaps_of(row("trade_entities", 2023, 20000), pillars=("ocaen",))
