"""The GDP of Qingdao from the project's own data/raw, against figures copied by hand from the publications.

First column: as first published. Second: yearbook 2023, after the fourth economic census. 亿元 at current prices.
"""

import json
import re

import pandas as pd
import pytest

from qdlib.observations import store
from qdlib.observations.growth import growth, implied_deflator, real_growth
from qdlib.observations.tracing import trace
from qdlib.observations.vintages import comparable_years
from qdlib.reading.sources import read_cell

GDP = "gdp_current_prices"
FIRST = {
    2000: 1150.07,
    2005: 2695.50,
    2010: 5666.19,
    2012: 7302.11,
    2013: 8006.60,
    2014: 8692.10,
    2015: 9300.07,
    2016: 10011.29,
    2017: 11037.28,
    2018: 12001.52,
    2019: 11741.31,
}
YEARBOOK_2018 = {2013: 8147.32, 2014: 8850.54, 2015: 9472.40, 2016: 10193.29}
YEARBOOK_2023 = {
    2000: 1183.14,
    2005: 2576.95,
    2010: 5350.69,
    2012: 6869.61,
    2013: 7508.7,
    2014: 8120.66,
    2015: 8658.57,
    2016: 9283.17,
    2017: 10136.96,
    2018: 10949.38,
    2019: 11741.31,
    2020: 12400.56,
    2021: 14136.46,
    2022: 14920.75,
}
CHANGE = {
    2000: 2.88,
    2005: -4.40,
    2010: -5.57,
    2012: -5.92,
    2013: -6.22,
    2014: -6.57,
    2015: -6.90,
    2016: -7.27,
    2017: -8.16,
    2018: -8.77,
    2019: 0.0,
}
INDEX = {
    2000: 114.3,
    2005: 115.6,
    2010: 112.1,
    2012: 109.9,
    2013: 109.4,
    2014: 107.8,
    2015: 107.9,
    2016: 107.7,
    2017: 107.4,
    2018: 107.3,
    2019: 106.5,
    2020: 103.7,
    2021: 108.3,
    2022: 103.9,
}

# City-years that the circulated panels mark as falling while real growth is positive (facts: city_panel.csv, its flags).
FALLS = {
    "panel_36_cities_2025": (
        "changchun 2019, dalian 2016, dalian 2019, haerbin 2019, huhehaote 2017, huhehaote 2019, nanning 2018, "
        "qingdao 2019, shijiazhuang 2018, shijiazhuang 2019, wulumuqi 2016"
    ),
    "panel_revised_gdp_2024": (
        "haikou 2001, shijiazhuang 2010, xining 2001, xining 2010"
    ),
    "panel_sectors_2024": (
        "changchun 2019, dalian 2016, dalian 2019, fuzhou 2005, haerbin 2019, huhehaote 2017, huhehaote 2019, "
        "nanning 2018, qingdao 2019, shenzhen 2001, shijiazhuang 2018, shijiazhuang 2019, tianjin 2019, "
        "wulumuqi 2016"
    ),
}


@pytest.fixture
def latest(real):
    return store.read_series("qingdao", GDP).set_index("year")


@pytest.fixture
def first(real):
    return store.read_series("qingdao", GDP, "first_release").set_index("year")


@pytest.mark.parametrize("year", YEARBOOK_2023)
def test_latest_is_the_yearbook_2023(latest, year):
    assert latest.loc[year, ["amount", "edition"]].tolist() == [YEARBOOK_2023[year], "qd_yearbook_2023"]


@pytest.mark.parametrize("year", FIRST)
def test_first_release_is_the_figure_first_published(first, year):
    assert first.loc[year, "amount"] == FIRST[year]


@pytest.mark.parametrize("year", CHANGE)
def test_the_revision_in_percent(latest, first, year):
    assert 100 * (latest.loc[year, "amount"] / first.loc[year, "amount"] - 1) == pytest.approx(CHANGE[year], abs=0.005)


@pytest.mark.parametrize(("day", "amount"), [("2019-06-30", 12001.52), ("2023-12-30", 12001.52), ("2023-12-31", 10949.38)])
def test_what_was_known_of_2018_on_a_day(real, day, amount):
    series = store.read_series("qingdao", GDP, f"as_of:{day}").set_index("year")
    assert series.loc[2018, "amount"] == amount


def test_before_its_publication_a_figure_is_not_known(real):
    series = store.read_series("qingdao", GDP, "as_of:2018-12-30")
    assert series["year"].max() < 2018 and (series["published"].str[:4] <= "2018").all()


def test_growth_of_2019_on_one_basis_is_7_23_percent(latest):
    rates = growth(latest.reset_index()).set_index("year")
    assert rates.loc[2019, "growth"] == pytest.approx(100 * (11741.31 / 10949.38 - 1)) == pytest.approx(7.23, abs=0.005)
    assert (rates.loc[2013:2023, "growth"] > 0).all()
    # The fifth census puts 2023 at about 15 900 beside 15 760.34; what is printed for 2024 stands on the basis behind it.
    assert rates.loc[2024, "reason"] == "basis_changes"


def test_first_releases_have_no_growth_in_2019_because_the_basis_changes(first):
    row = growth(first.reset_index()).set_index("year").loc[2019]
    assert pd.isna(row["growth"]) and row["reason"] == "basis_changes"
    assert not first.loc[2019, "linked"]


def test_no_vintage_shows_the_circulated_fall(real):
    """12001.52 → 11741.31 is −2.17 %, printed by two panels; no vintage may give it."""
    editions = store.read_observations("qingdao")["edition"].unique()
    for vintage in (
        "latest",
        "first_release",
        "as_of:2024-06-30",
        *(f"edition:{name}" for name in editions if name.startswith("panel_")),
    ):
        rates = growth(store.read_series("qingdao", GDP, vintage)).set_index("year")["growth"]
        assert 2019 not in rates.index or pd.isna(rates[2019]) or rates[2019] > 0, vintage


def test_the_census_of_2018_is_named_once_for_the_yearbook(real):
    revisions = store.read_revisions("qingdao")
    own = revisions[(revisions["indicator"] == GDP) & (revisions["edition"] == "qd_yearbook_2023")]
    assert own[["event", "census", "first_year", "last_year", "years"]].values.tolist() == [
        ["census_revision", 2018, 2000, 2018, 10]
    ]
    assert own["r_last"].iloc[0] == pytest.approx(-0.09175, abs=5e-6)  # ln(10949.38 / 12001.52)


def test_the_panels_copies_of_2019_are_marked_as_breaks(real):
    rows = store.read_observations("qingdao")
    own = rows[(rows["indicator"] == GDP) & (rows["year"] == 2019)].set_index("edition")["status"].to_dict()
    assert own == {"panel_36_cities_2025": "B", "panel_sectors_2024": "B", "panel_revised_gdp_2024": "A", "qd_yearbook_2023": "A"}
    notes = rows.loc[(rows["indicator"] == GDP) & (rows["status"] == "B") & (rows["year"] == 2019), "note"]
    assert notes.str.endswith("first year after the economic census of 2018").all() and len(notes) == 2


def test_a_panel_mixes_the_bases_of_the_first_census_too(real):
    """2163.80 for 2004 is the first release, 2695.82 for 2005 is behind the census of 2004: 24.6 % growth that never was."""
    rows = store.read_observations("qingdao")
    panel = rows[(rows["indicator"] == GDP) & (rows["edition"] == "panel_sectors_2024")].set_index("year")
    assert panel.loc[[2004, 2005], ["value", "status"]].values.tolist() == [[2163.8, "A"], [2695.82, "B"]]
    assert panel.loc[2005, "note"].endswith("first year after the economic census of 2004")


def test_the_mixed_panels_are_findings(real):
    findings = store.read_findings("qingdao")
    own = findings[(findings["check"] == "mixed_basis") & (findings["indicator"] == GDP)]
    assert own[["edition", "year"]].sort_values(["year", "edition"]).values.tolist() == [
        ["panel_sectors_2024", 2005],
        ["panel_36_cities_2025", 2019],
        ["panel_sectors_2024", 2019],
    ]
    assert set(own["level"]) == {"high"}


@pytest.mark.parametrize("year", YEARBOOK_2018)
def test_the_bars_of_the_yearbook_2018_are_kept_and_never_chosen(real, year):
    found = trace("qingdao", GDP, year).set_index("edition")
    row = found.loc["qd_yearbook_2018"]
    assert (row["value"], row["status"], row["chosen_by"]) == (YEARBOOK_2018[year], "U", "")
    assert found.loc["qd_yearbook_2023", "chosen_by"] == "latest"


def test_the_published_index(real):
    index = store.read_series("qingdao", "gdp_index_previous_year").set_index("year")["amount"]
    assert index[list(INDEX)].to_dict() == INDEX


@pytest.mark.parametrize(
    ("year", "rate", "indicator"),
    [
        (2019, 6.5, "gdp_growth_real"),
        (2018, 7.4, "gdp_growth_real"),  # the communiqué's 7.4 before a panel's revised 107.3
        (2014, 7.8, "gdp_index_previous_year"),
    ],
)
def test_real_growth_is_the_published_rate_else_the_index(real, year, rate, indicator):
    rates = real_growth(store.read_series("qingdao")).set_index("year")
    assert rates.loc[year, "growth"] == pytest.approx(rate) and rates.loc[year, "indicator"] == indicator


def test_the_implied_deflator_of_2019(latest):
    series = store.read_series("qingdao")
    found = implied_deflator(growth(latest.reset_index()), real_growth(series)).set_index("year")
    assert found.loc[2019, "deflator"] == pytest.approx(0.69, abs=0.005)


def test_one_trend_runs_on_one_basis(latest):
    """From 2000 on every comparable figure is of the yearbook 2023 or of the back-cast panel that agrees with it."""
    kept = comparable_years(latest.reset_index())
    kept = kept[kept["year"] >= 2000]
    assert {2000, 2005, 2010, *range(2012, 2023)} <= set(kept["year"]) and not {2001, 2004, 2007, 2011} & set(kept["year"])
    between = kept[~kept["year"].isin(YEARBOOK_2023) & (kept["year"] < 2020)]
    assert set(between["edition"]) == {"panel_revised_gdp_2024"}


def test_the_sectors_of_the_yearbook_sum_to_gdp_in_all_fourteen_years(real):
    findings = store.read_findings("qingdao")
    own = findings[(findings["check"] == "sum_to_total") & (findings["edition"] == "qd_yearbook_2023")]
    assert own[own["indicator"] == GDP].empty


@pytest.mark.parametrize(
    ("indicator", "year", "raw", "value"),
    [
        ("budget_revenue", 2021, "136830", 1368.30),
        ("agriculture_gross_output", 2000, "24833", 248.33),
        ("goods_exports_cny", 2016, "2821.91 （彳饭）", 2821.91),
        ("goods_exports_cny", 2020, "3876.76", 3876.76),
    ],
)
def test_the_damaged_cells_of_the_copy_are_corrected_and_kept_as_printed(real, indicator, year, raw, value):
    row = trace("qingdao", indicator, year).set_index("edition").loc["qd_yearbook_2023"]
    assert (row["raw"], row["value"], row["status"]) == (raw, value, "A")
    entry = store.read_table("corrections", "qingdao").set_index(["indicator", "year"]).loc[(indicator, year)]
    assert entry["old"] == raw and float(entry["new"]) == value and entry["id"] in row["note"]
    assert store.read_series("qingdao", indicator).set_index("year").loc[year, "amount"] == value


def test_the_lost_points_are_the_only_ones_and_settled(real):
    findings = store.read_findings("qingdao")
    own = findings[findings["check"] == "lost_decimal_point"]
    assert sorted(zip(own["values"], own["suggestion"].str[:9], strict=True)) == [("136830", "corrected"), ("24833", "corrected")]
    assert set(own["level"]) == {"low"}


def test_the_sums_of_the_panel_34_low_and_12_accepted(real):
    """863 city-years of sectors: 34 miss their total by hundredths, 12 mix two vintages and are accepted with a reason."""
    found = pd.concat([store.read_findings(city) for city in store.cities_with_data()])
    own = found[(found["check"] == "sum_to_total") & (found["edition"] == "panel_sectors_2024")]
    accepted = own["suggestion"].str.startswith("accepted ")
    assert (int((~accepted).sum()), int(accepted.sum())) == (34, 12)
    assert set(own["level"]) == {"low"}
    assert own[accepted].groupby("city").size().to_dict() == {"guangzhou": 5, "hangzhou": 1, "jinan": 1, "shenzhen": 5}
    said = own["explanation"].map(json.loads)
    gaps = said.map(lambda text: abs(float(text["gap"]) / float(text["total"])))
    assert int((gaps > 0.005).sum()) == 10  # all that a tolerance of half a percent would see


def test_the_29_falls_of_gdp_beside_a_growing_index_are_all_found(real):
    """Breaks of vintage, none of them a recession: the index is above 100 in each."""
    falls = {(*place.split(" "), edition) for edition, places in FALLS.items() for place in places.split(", ")}
    found = pd.concat([store.read_findings(city) for city in store.cities_with_data()])
    named = found[found["check"].isin(["index_level", "mixed_basis"]) & (found["indicator"] == GDP)]
    assert len(falls) == 29
    assert falls <= set(zip(named["city"], named["year"].astype(str), named["edition"], strict=True))


def test_the_panels_own_slips_are_flagged_and_leave_the_series(real):
    """Household deposits as a panel prints them: 3790.10 for Haikou in 2017 (1445.49 and 1706.50 beside it), 88.65 for Nanning in 2008."""
    for city, year, value in (("haikou", 2017, 3790.0965), ("nanning", 2008, 88.6542)):
        rows = store.read_observations(city).query("indicator == 'household_deposits' and year == @year")
        assert rows[["value", "status"]].values.tolist() == [[value, "U"]]
        assert year not in store.read_series(city, "household_deposits")["year"].tolist()


def test_every_finding_can_be_said_in_both_languages_and_holds_words_of_neither(real):
    from qdlib.catalogue import load_catalogue
    from qdlib.observations.findings import VERBS, say_finding, say_suggestion

    known = load_catalogue()
    for city in store.cities_with_data():
        for row in store.read_findings(city).itertuples():
            assert re.fullmatch(r"[-+≤…. 0-9]*", row.expected) and row.suggestion.partition(" ")[0] in VERBS
            assert say_finding(row, known, "zh") != say_finding(row, known, "en")
            assert say_suggestion(row, known, "zh") != say_suggestion(row, known, "en")


def test_no_city_is_kept_back_by_an_error(real):
    found = pd.concat([store.read_findings(city) for city in store.cities_with_data()])
    assert len(store.cities_with_data()) == 36 and (found["level"] != "error").all()


def test_every_event_check_and_level_of_the_store_has_its_words(real):
    from qdlib.catalogue import load_catalogue

    texts = load_catalogue().texts
    for city in store.cities_with_data():
        assert {f"finding.{check}" for check in store.read_findings(city)["check"]} <= set(texts)
        assert {f"event.{event}" for event in store.read_revisions(city)["event"]} <= set(texts)


def test_figures_equal_their_cells_read_again(real):
    """A sample of Qingdao's rows, every twentieth, and all of the yearbook's GDP; corrected figures differ on purpose."""
    rows = store.read_observations("qingdao")
    rows = rows[rows["value"].notna() & ~rows["note"].str.contains(" → ")]
    gdp = rows[(rows["indicator"] == GDP) & (rows["edition"] == "qd_yearbook_2023")]
    assert len(gdp) == 14
    for row in pd.concat([gdp, rows.iloc[::20]]).itertuples():
        assert float(read_cell(row.source_cell)) == row.value, row.source_cell


def test_the_same_gdp_is_chosen_on_its_last_day(real):
    last = store.read_series("qingdao", vintage="as_of:9999-12-31")
    pd.testing.assert_frame_equal(last, store.read_series("qingdao"), check_dtype=False)


def test_no_series_shows_a_bound_a_forecast_or_a_doubtful_figure(real):
    rows = store.read_observations("qingdao").set_index("source_cell")
    chosen = rows.loc[store.read_series("qingdao")["source_cell"]]
    assert (chosen["bound"] == "equal").all() and not set(chosen["status"]) & {"F", "U", "M"}
    assert {"above", "about"} <= set(rows["bound"]) and {"U", "F"} <= set(rows["status"])


def disagreeing_keys(rows: pd.DataFrame) -> set[tuple]:
    """Keys of which two editions print figures whose intervals do not meet, by an obvious loop."""
    found = set()
    for key, group in rows.groupby(["indicator", "scope", "year"]):
        low, high = (group["amount"] - group["half"]).to_numpy(), (group["amount"] + group["half"]).to_numpy()
        if len(group) > 1 and low.max() > high.min() + 1e-9:
            found.add(key)
    return found


@pytest.mark.parametrize("city", ["qingdao", "jinan", "beijing"])
def test_every_overlap_that_is_not_identical_is_an_event(real, city):
    rows, events = store.read_observations(city), store.read_revisions(city)
    rows = rows[rows["value"].notna() & (rows["bound"] == "equal") & (rows["status"] != "F")]
    named = {
        (event.indicator, event.scope, year) for event in events.itertuples() for year in range(event.first_year, event.last_year + 1)
    }
    assert disagreeing_keys(rows) <= named and (events["event"] != "").all()


def test_a_tenth_of_qingdaos_own_disagreements_stays_open_at_most(real):
    """Yearbooks, communiqués and collected figures, without the panels: the goal of the design."""
    rows, events = store.read_observations("qingdao"), store.read_revisions("qingdao")
    rows = rows[rows["value"].notna() & (rows["bound"] == "equal") & (rows["status"] != "F") & ~rows["edition"].str.startswith("panel_")]
    still_open = {
        (event.indicator, event.scope, year)
        for event in events[events["event"] == "open"].itertuples()
        for year in range(event.first_year, event.last_year + 1)
    }
    keys = disagreeing_keys(rows)
    assert len(keys) >= 40 and len(keys & still_open) <= 0.1 * len(keys)


def test_the_portals_gdp_of_2012_is_a_misprint(real):
    found = trace("qingdao", GDP, 2012).set_index("edition")
    assert found.loc["qd_government_portal_2012", ["value", "relation", "event"]].tolist() == [7980.11, "deviates", "misprint"]


def test_the_yearbook_2018_is_a_declared_change_of_method(real):
    own = store.read_revisions("qingdao").query("edition == 'qd_yearbook_2018' and indicator == @GDP").iloc[0]
    assert own[["event", "cause", "first_year", "last_year"]].tolist() == ["method_revision", "research_spending_in_gdp", 2013, 2016]


def test_sectors_of_2020_and_2021_are_reclassified(real):
    events = store.read_revisions("qingdao")
    own = events[(events["edition"] == "qd_yearbook_2023") & (events["event"] == "reclassified")]
    assert own[["indicator", "first_year", "last_year"]].values.tolist() == [
        ["secondary_value_added", 2020, 2021],
        ["tertiary_value_added", 2020, 2021],
    ]


def test_jinan_is_back_cast_for_laiwu(real):
    """+10 % in every year alike: the area, with no census beside it."""
    own = store.read_revisions("jinan").query("event == 'boundary_change'").iloc[0]
    assert own[["cause", "first_year", "last_year"]].tolist() == ["jinan 2019-01-09", 2000, 2018] and pd.isna(own["census"])
    assert 0.09 < own["r_first"] < own["r_last"] < 0.11


def test_the_declared_splice_joins_1949_to_the_basis_of_2023(real):
    """Both yearbooks print 2000 and 2005: the geometric mean of 1183.14/1191.25 and 2576.95/2695.82."""
    joined = store.read_derived("qingdao_gdp_since_1949_spliced").set_index("year")
    assert joined["factor"].iloc[0] == pytest.approx(((1183.14 / 1191.25) * (2576.95 / 2695.82)) ** 0.5)
    assert set(joined.loc[:1999, "status"]) == {"E"} and joined.loc[2000, "amount"] == 1183.14
    assert not set(joined["source_cell"]) - set(store.read_observations("qingdao")["source_cell"])
