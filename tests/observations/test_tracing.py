"""One figure through all its editions."""

import dataclasses

import pytest

from qdlib.catalogue import load_catalogue
from qdlib.errors import CatalogueError, DataError
from qdlib.observations.build import build
from qdlib.observations.tracing import trace

GDP = ("qingdao", "gdp_current_prices", "whole_city")


@pytest.fixture
def traced(write_raw):
    """2018 in a communiqué, a plan that rounds it, a copy, and the yearbook after the census; 2017 in the yearbook only."""
    write_raw(
        {
            ("qd_collection", "2026"): [
                (*GDP, 2018, "12001.52", "qd_communique_2018", "2019"),
                (*GDP, 2018, "12002", "qd_work_report_2020", "2020"),
                (*GDP, 2018, "12001.5", "panel_sectors_2024", "2024"),
                (*GDP, 2018, "10949.38", "qd_yearbook_2023", "2023"),
                (*GDP, 2017, "10136.96", "qd_yearbook_2023", "2023"),
                ("qingdao", "population_registered", "urban_districts", 2018, "518.1", "qd_yearbook_2023", "2023"),
            ]
        }
    )
    build(dataclasses.replace(load_catalogue(), corrections=()))


def test_each_edition_is_a_row_in_the_order_of_publication(traced):
    found = trace("qingdao", "gdp_current_prices", 2018)
    assert found[["edition", "value", "relation"]].values.tolist() == [
        ["qd_communique_2018", 12001.52, "first"],
        ["qd_work_report_2020", 12002.0, "confirmed"],
        ["qd_yearbook_2023", 10949.38, "revised"],
        ["panel_sectors_2024", 12001.5, "stale"],
    ]


def test_the_change_is_told_where_the_figure_was_revised(traced):
    """10949.38 after 12002: −8.77 %; 12001.5 after 10949.38: +9.61 %."""
    change = trace("qingdao", "gdp_current_prices", 2018)["change_pct"]
    assert change.isna().tolist() == [True, True, False, False]
    assert (
        change.tolist()[2:] == [round(100 * (10949.38 / 12002 - 1), 2), round(100 * (12001.5 / 10949.38 - 1), 2)] == [-8.77, 9.61]
    )


def test_a_copy_is_compared_with_the_office_and_never_revises_it(traced):
    found = trace("qingdao", "gdp_current_prices", 2018).set_index("edition")
    assert found.loc["panel_sectors_2024", ["beside", "event"]].tolist() == ["qd_yearbook_2023", "stale_copy"]
    assert found.loc["qd_yearbook_2023", ["beside", "event"]].tolist() == ["qd_work_report_2020", "open"]
    assert found.loc["qd_work_report_2020", "event"] == "" and found.loc["qd_communique_2018", "beside"] == ""


def test_findings_and_corrections_are_told_at_their_cell(write_raw, correction):
    write_raw({("panel_sectors", "2024"): [(*GDP, 2018, "-5.0", "panel_sectors_2024", "2024")]})
    mend = correction("replace", edition="panel_sectors_2024", value="5.0", expect_raw="-5.0")
    build(dataclasses.replace(load_catalogue(), corrections=(mend,)))
    row = trace("qingdao", "gdp_current_prices", 2018).iloc[0]
    assert row[["value", "raw", "correction", "findings"]].tolist() == [5.0, "-5.0", "c1", "limits"]


def test_a_bound_and_a_forecast_stand_to_nothing(write_raw):
    rows = [
        (*GDP, 2018, text, edition, "2019")
        for text, edition in (("> 9000", "qd_communique_2018"), ("9100.5", "qd_work_report_2019"))
    ]
    write_raw({("qd_collection", "2026"): rows})
    build(dataclasses.replace(load_catalogue(), corrections=()))
    found = trace("qingdao", "gdp_current_prices", 2018).set_index("edition")["relation"]
    assert found.to_dict() == {"qd_communique_2018": "", "qd_work_report_2019": "first"}


def test_the_vintages_that_choose_a_figure_are_named(traced):
    chosen = trace("qingdao", "gdp_current_prices", 2018).set_index("edition")["chosen_by"].to_dict()
    assert chosen == {
        "qd_communique_2018": "first_release",
        "qd_work_report_2020": "",
        "qd_yearbook_2023": "latest",
        "panel_sectors_2024": "",
    }
    assert trace("qingdao", "gdp_current_prices", 2017)["chosen_by"].tolist() == ["latest first_release"]


def test_every_figure_has_its_cell_and_what_it_reads(traced):
    found = trace("qingdao", "gdp_current_prices", 2018)
    assert found["source_cell"].tolist() == [f"qd_collection_2026/figures.csv!csv!E{row}" for row in (2, 3, 5, 4)]
    assert found["raw"].tolist() == ["12001.52", "12002", "10949.38", "12001.5"]


def test_the_scope_is_asked_for(traced):
    assert trace("qingdao", "population_registered", 2018, "urban_districts")["value"].tolist() == [518.1]
    with pytest.raises(
        DataError, match=r"no edition prints population_registered of qingdao for 2018 \(whole_city\); years with figures: none"
    ):
        trace("qingdao", "population_registered", 2018)


def test_a_year_without_a_figure_names_those_that_have_one(traced):
    with pytest.raises(DataError, match="for 2016.*years with figures: 2017, 2018"):
        trace("qingdao", "gdp_current_prices", 2016)


def test_unknown_ids_get_the_nearest_names(traced):
    with pytest.raises(CatalogueError, match="unknown city 'qindao'; did you mean qingdao"):
        trace("qindao", "gdp_current_prices", 2018)
    with pytest.raises(CatalogueError, match="unknown indicator 'gdp_current_price'; did you mean gdp_current_prices"):
        trace("qingdao", "gdp_current_price", 2018)
