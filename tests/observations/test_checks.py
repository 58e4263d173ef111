"""All checks together: nothing to check, anything printed, and one fault told once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdlib.observations.checks import run_checks
from qdlib.observations.findings import COLUMNS, say_finding, say_suggestion

INDICATORS = ["gdp_current_prices", "primary_value_added", "secondary_value_added", "tertiary_value_added", "primary_gdp_share",
              "gdp_growth_real", "gdp_index_previous_year", "gdp_per_capita", "population_resident", "schools_built"]  # fmt: skip
FIGURES = st.one_of(
    st.decimals(-1000, 1_000_000, places=2).map(lambda value: f"{value:f}"),
    st.sampled_from(["0", "0.00", "100.0", "1368.30", "136830", "0.05", "99999999", "-3.5", "12345.6"]),
    st.none(),
)
REVENUE = {2010: "1010.21", 2011: "1093.47", 2012: "1221.08", 2013: "1330.90", 2014: "1468.55", 2015: "1587.23", 2016: "1779.61",
           2017: "1921.04", 2018: "2140.37", 2019: "2318.82"}  # fmt: skip
KEYS = st.tuples(
    st.sampled_from(INDICATORS), st.sampled_from(["whole_city", "urban_districts"]), st.integers(2010, 2019),
    st.sampled_from(["office_2018", "office_2019", "office_2021", "bureau_2020", "panel_2024"]),
)  # fmt: skip


def test_no_rows_have_no_findings(admit, observe, catalogue):
    rows = admit([observe("1", 2018)]).iloc[:0]
    found = run_checks(rows, rows, catalogue)
    assert found.empty and list(found.columns) == COLUMNS


@pytest.fixture(scope="module")
def check_printed(admit, observe, catalogue):
    """Check figures given as {key: text}, say each finding, and give what went wrong."""

    def run(printed: dict) -> list[str]:
        rows = admit(
            [observe(text, year, edition, indicator=key, scope=scope) for (key, scope, year, edition), text in printed.items()]
        )
        before, cells = rows.copy(deep=True), set(rows["source_cell"])
        wrong = []
        for row in run_checks(rows, rows, catalogue).itertuples():
            said = [say(row, catalogue, language) for say in (say_finding, say_suggestion) for language in ("zh", "en")]
            wrong += [str(row)] if not all(said) or not set(row.cells.split(" | ")) <= cells else []
        return wrong if rows.equals(before) else [*wrong, "the rows were changed"]

    return run


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.dictionaries(KEYS, FIGURES, min_size=1, max_size=80))
def test_whatever_is_printed_every_finding_can_be_said_and_names_its_cells(check_printed, printed):
    assert check_printed(printed) == []


def test_one_fault_is_told_once(admit, line, catalogue):
    """A lost point is a slip of unit and a spike too; the name that says most stays."""
    rows = admit(line(REVENUE | {2015: "158723"}, indicator="budget_revenue"))
    assert run_checks(rows, rows, catalogue)["check"].tolist() == ["lost_decimal_point"]


def test_another_editions_proof_replaces_the_suspicion_beside_the_years(admit, line, catalogue):
    rows = admit(line(REVENUE) + line(REVENUE | {2015: "158723.00"}, "office_2021"))
    found = run_checks(rows, rows, catalogue)
    assert found[["check", "level", "edition"]].values.tolist() == [["unit_slip", "error", "office_2021"]]


def test_points_are_judged_as_printed_and_the_rest_as_corrected(admit, line, catalogue):
    before = admit(line(REVENUE | {2015: "158723"}, indicator="budget_revenue"))
    after = admit(line(REVENUE, indicator="budget_revenue"))
    assert run_checks(before, after, catalogue)["check"].tolist() == ["lost_decimal_point"]
    assert run_checks(after, after, catalogue).empty
