"""Sources: the class of the body that issued a figure, and what supersedes what."""

import pytest

from qdlib.catalogue import load_catalogue


def test_official_comes_before_department_before_copy(spoil, folder):
    spoil("sources.yml", "class: copy\n  supersedes", "class: department\n  supersedes")
    sources = load_catalogue(folder).sources
    assert [sources[key].rank for key in ("office", "office_panel", "old_panel")] == [0, 1, 2]


def test_a_publisher_is_one_name_or_a_pair(folder):
    sources = load_catalogue(folder).sources
    assert (sources["office"].publisher.zh, sources["office_panel"].publisher) == ("统计局", "somebody")


def test_what_a_source_supersedes_and_for_whom_not(folder):
    other = load_catalogue(folder).sources["office_panel"].supersedes[0]
    assert (other.source, other.except_cities) == ("old_panel", ("jinan",))


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("class: official", "class: offical", "did you mean official?"),
        ("  class: official\n", "", "`class` is missing"),
        ("  licence: {zh: 未注明, en: none stated}\n  class: official", "  class: official", "`licence` is missing"),
        ("usual_month: 4", "usual_month: April", "`usual_month` is 'April', expected a whole number"),
        ("  reason: the older panel mixes vintages\n", "", "office_panel: `supersedes` needs a `reason`"),
        (
            "publisher: {zh: 统计局, en: Statistics office}",
            "publisher: {zh: 统计局}",
            "`publisher` is {'zh': '统计局'}, expected zh and en",
        ),
        ("  publisher: somebody else\n", "", "old_panel: `publisher` is missing"),
    ],
)
def test_a_spoilt_source_is_a_fault(faults_after, old, new, word):
    found = faults_after("sources.yml", old, new)
    assert any(word in fault for fault in found)


def test_a_source_that_supersedes_nothing_needs_no_reason(spoil, folder):
    spoil(
        "sources.yml",
        "  supersedes:\n    - {source: old_panel, except_cities: [jinan]}\n  reason: the older panel mixes vintages\n",
        "",
    )
    assert load_catalogue(folder).sources["office_panel"].supersedes == ()


@pytest.mark.parametrize(
    ("source", "class_"),
    [
        ("qd_yearbook", "official"),
        ("qd_communique", "official"),
        ("nb_yearbook", "official"),
        ("panel_36_cities", "copy"),
        ("panel_sectors", "copy"),
        ("panel_revised_gdp", "copy"),
        ("qd_department", "department"),
        ("press_china_daily", "copy"),
    ],
)
def test_the_package_classes_bodies_not_carriers(source, class_):
    assert load_catalogue().sources[source].class_ == class_


def test_the_back_cast_panel_supersedes_the_mixed_ones():
    others = {other.source: other.except_cities for other in load_catalogue().sources["panel_revised_gdp"].supersedes}
    assert set(others) == {"panel_36_cities", "panel_sectors"}
    assert set(others["panel_36_cities"]) == {"beijing", "chongqing", "shanghai", "tianjin"}
