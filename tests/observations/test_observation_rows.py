"""Rows: what is admitted, what is refused with its place, amounts in catalogue units, dates, and repeated keys."""

import pandas as pd
import pytest

from qdlib.errors import DataError
from qdlib.observations.rows import admit_rows, in_catalogue_unit, last_day, shown


def test_a_good_row_is_admitted_as_it_is(catalogue, frame_of, observe):
    rows, findings = admit_rows(frame_of([observe("12001.52", 2018)]), catalogue)
    row = rows.iloc[0]
    assert (row["value"], row["amount"], row["half"], row["decimals"]) == (12001.52, 12001.52, 0.005, 2)
    assert findings.empty


@pytest.mark.parametrize(
    ("field", "bad", "good"),
    [
        ("scope", "district", "urban_districts"),
        ("year", 1899, 1900),
        ("year", 2101, 2100),
        ("status", "X", "Q"),
        ("bound", "over", "above"),
        ("decimals", 13, 12),
        ("decimals", -1, 0),
        ("published", "2019/04", "2019-04"),
        ("published", "19", "2019"),
        ("published", "2019-4-1", "2019-04-01"),
    ],
)
def test_each_rule_of_the_schema_fires_and_its_nearest_miss_passes(catalogue, frame_of, observe, field, bad, good):
    with pytest.raises(DataError) as caught:
        admit_rows(frame_of([observe("1.5", 2018) | {field: bad}]), catalogue)
    assert len(caught.value.faults) == 1
    assert "office_2020/t.csv!csv!" in caught.value.faults[0] and f"{field} is {bad!r}" in caught.value.faults[0]
    assert len(admit_rows(frame_of([observe("1.5", 2018) | {field: good}]), catalogue)[0]) == 1


@pytest.mark.parametrize("field", ["city", "indicator", "scope", "year", "status", "bound", "edition", "published"])
def test_no_field_of_the_key_may_be_empty(catalogue, frame_of, observe, field):
    with pytest.raises(DataError, match=f"office_2020/.*: {field} is "):
        admit_rows(frame_of([observe("1.5", 2018) | {field: None}]), catalogue)


@pytest.mark.parametrize(("field", "bad"), [("city", "qindao"), ("indicator", "gdp"), ("unit", "yuan_100")])
def test_an_id_that_the_catalogue_lacks_is_refused(catalogue, frame_of, observe, field, bad):
    with pytest.raises(DataError, match=f"{field} '{bad}' is not in the catalogue: office_2020/.* and 0 more"):
        admit_rows(frame_of([observe("1.5", 2018) | {field: bad}]), catalogue)


def test_all_faults_are_raised_at_once(catalogue, frame_of, observe):
    rows = frame_of([observe("1.5", 1899), observe("1.5", 2018, status="X"), observe("1.5", 2019, city="qindao")])
    with pytest.raises(DataError) as caught:
        admit_rows(rows, catalogue)
    assert len(caught.value.faults) == 3 and "3 faults" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "unit", "amount", "half"),
    [
        ("12001.52", "hundred_million_yuan", 12001.52, 0.005),
        ("489", "billion_yuan", 4890.0, 5.0),  # 489 billion ± 0.5 billion; one billion is ten 亿
        ("136830", "ten_thousand_yuan", 13.683, 0.00005),  # ten thousand 万 make one 亿
        ("7508.7", "hundred_million_yuan", 7508.7, 0.05),
        ("7508.70", "hundred_million_yuan", 7508.7, 0.005),
    ],
)
def test_a_figure_is_an_interval_in_the_catalogues_unit(catalogue, frame_of, observe, text, unit, amount, half):
    row = in_catalogue_unit(frame_of([observe(text, 2018, unit=unit)]), catalogue).iloc[0]
    assert row["amount"] == pytest.approx(amount, rel=1e-12) and row["half"] == pytest.approx(half, rel=1e-12)


def test_a_unit_of_another_dimension_is_refused(catalogue, frame_of, observe):
    rows = frame_of([observe("1.5", 2018, unit="hundred_million_us_dollars"), observe("1.5", 2017)])
    with pytest.raises(
        DataError, match=r"2018: gdp_current_prices in hundred_million_us_dollars.*like hundred_million_yuan \(1 rows\)"
    ):
        in_catalogue_unit(rows, catalogue)


def test_a_repeated_key_keeps_the_finer_figure_and_names_the_other_cell(catalogue, frame_of, observe):
    """12001.5 ± .05 and 12001.54 ± .005 meet: .04 apart, .055 allowed."""
    coarse, fine = observe("12001.5", 2018), observe("12001.54", 2018, source_cell="office_2020/u.csv!csv!B2")
    rows, findings = admit_rows(frame_of([coarse, fine]), catalogue)
    assert rows["value"].tolist() == [12001.54] and findings.empty
    assert rows["note"].iloc[0] == f"also {coarse['source_cell']}"


def test_a_repeated_key_with_another_figure_is_an_error_with_both_cells(catalogue, frame_of, observe):
    """12001.5 ± .05 and 12001.56 ± .005 do not meet: .06 apart."""
    one, two = observe("12001.5", 2018), observe("12001.56", 2018, source_cell="office_2020/u.csv!csv!B2")
    rows, findings = admit_rows(frame_of([one, two]), catalogue)
    assert len(rows) == 1
    assert findings[["check", "level", "year", "edition"]].values.tolist() == [
        ["duplicate_conflict", "error", 2018, "office_2020"]
    ]
    assert set(findings["cells"].iloc[0].split(" | ")) == {one["source_cell"], two["source_cell"]}
    assert set(findings["values"].iloc[0].split(" | ")) == {"12001.5", "12001.56"}


@pytest.mark.parametrize("fields", [{"edition": "office_2021"}, {"scope": "urban_districts"}, {"year": 2017}, {"city": "jinan"}])
def test_rows_that_differ_in_their_key_are_not_repeated(catalogue, frame_of, observe, fields):
    other = {"year": 2018} | fields
    rows, findings = admit_rows(frame_of([observe("1.00", 2018), observe("9.00", **other)]), catalogue)
    assert len(rows) == 2 and findings.empty


def test_a_missing_mark_does_not_push_out_the_figure_of_its_key(catalogue, frame_of, observe):
    mark, figure = observe(None, 2018), observe("12002", 2018, source_cell="office_2020/u.csv!csv!B2")
    for order in ([mark, figure], [figure, mark]):
        rows, findings = admit_rows(frame_of(order), catalogue)
        assert rows["value"].tolist() == [12002.0] and findings.empty


def test_arguments_are_not_changed(catalogue, frame_of, observe):
    rows = frame_of([observe("1.5", 2018), observe("1.50", 2018, source_cell="office_2020/u.csv!csv!B2")])
    before = rows.copy()
    admit_rows(rows, catalogue)
    in_catalogue_unit(rows, catalogue)
    pd.testing.assert_frame_equal(rows, before)


@pytest.mark.parametrize(
    ("edition", "published", "day"),
    [
        ("office_2019", "2019", "2019-12-31"),
        ("spring_2019", "2019", "2019-04-31"),  # a text that sorts behind every day of the month
        ("office_2019", "2019-06", "2019-06-31"),
        ("spring_2019", "2019-06", "2019-06-31"),
        ("office_2019", "2019-06-03", "2019-06-03"),
    ],
)
def test_a_date_that_is_half_known_counts_as_its_last_day(catalogue, frame_of, observe, edition, published, day):
    assert last_day(frame_of([observe("1.5", 2018, edition, published=published)]), catalogue).tolist() == [day]


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ({}, True),
        ({"status": "P"}, True),
        ({"status": "E"}, True),
        ({"status": "B"}, True),
        ({"status": "F"}, False),
        ({"status": "U"}, False),
        ({"status": "N"}, False),
        ({"status": "L"}, False),
        ({"status": "Q"}, False),
        ({"status": "M"}, False),
        ({"bound": "above"}, False),
        ({"bound": "below"}, False),
        ({"bound": "about"}, False),
        ({"value": float("nan")}, False),
    ],
)
def test_a_series_shows_exact_figures_that_are_neither_forecast_nor_doubtful(frame_of, observe, fields, seen):
    assert shown(frame_of([observe("1.5", 2018, **fields)])).tolist() == [seen]
