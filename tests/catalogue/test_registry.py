"""The whole catalogue: loaded, cross-checked, frozen; each kind of fault fires on a spoilt copy, all in one error."""

import shutil
from dataclasses import FrozenInstanceError
from fractions import Fraction

import pytest

from qdlib.catalogue import load_catalogue
from qdlib.errors import CatalogueError

ECONOMY = "indicators/economy.yml"


def test_the_tiny_catalogue_has_no_fault(folder):
    """The nearest miss of every fault below: the same files before they are spoilt."""
    catalogue = load_catalogue(folder)
    assert list(catalogue.indicators) == ["output", "output_of_towns", "output_of_villages", "output_share"]
    assert catalogue.cities["qingdao"].code == "370200"
    assert catalogue.corrections[0].years == (2019,)
    assert catalogue.policy.targets["T02"].tolerance == Fraction(3, 100)


CASES = [
    # a key or an id
    (
        "unknown_key",
        ECONOMY,
        "revised_by: economic_census",
        "revized_by: economic_census",
        "output: unknown key `revized_by`; did you mean",
    ),
    ("duplicate_key", ECONOMY, "  price: current\n", "  price: current\n  unit: percent\n", "key unit stands twice"),
    ("unsorted_ids", "peer_groups.yml", "coast:", "zone: {name: {zh: 甲, en: a}, members: []}\ncoast:", "coast stands too late"),
    ("unsorted_cities", "cities.csv", "jinan,370100", "zibo,370100", "cities.csv: rows must be sorted by slug"),
    ("city_twice", "cities.csv", "jinan,370100", "qingdao,370100", "city qingdao stands twice"),
    # an indicator
    ("no_direction", ECONOMY, "  direction: up\n  limits", "  limits", "output: `direction` is missing"),
    ("no_additive", ECONOMY, "  additive: yes\n  revised_by", "  revised_by", "output: `additive` is missing"),
    (
        "unknown_kind",
        "indicators/shares.yml",
        "kind: share",
        "kind: shares",
        "`kind` is 'shares', expected one of flow, stock, share",
    ),
    ("unknown_price", ECONOMY, "price: current", "price: curent", "did you mean current?"),
    (
        "no_english_name",
        "indicators/shares.yml",
        "{zh: 占比, en: Share}",
        "{zh: 占比}",
        "`name` is {'zh': '占比'}, expected zh and en",
    ),
    (
        "months_without_whole",
        "indicators/shares.yml",
        "  additive: no",
        "  additive: no\n  months: 6",
        "needs both `partial_of` and `months`",
    ),
    (
        "unknown_limit",
        "indicators/shares.yml",
        "lower: 0, upper",
        "lowest: 0, upper",
        "limits: unknown key `lowest`; did you mean lower?",
    ),
    ("unknown_label_key", ECONOMY, "from: 2000", "form: 2000", "labels 1: unknown key `form`; did you mean from?"),
    # a hidden character, with its file and line
    (
        "no_break_space",
        ECONOMY,
        "en: Output of towns",
        "en: Output of\u00a0towns",
        "economy.yml, line 14: a no-break space hides",
    ),
    ("zero_width", "cities.csv", "370200,青岛", "370200,青\u200b岛", "cities.csv, line 3: a zero-width space hides"),
    # an id of something else that is not there
    (
        "unknown_unit",
        "indicators/shares.yml",
        "unit: percent",
        "unit: per_cent",
        "indicator output_share: unknown unit 'per_cent'; did you mean",
    ),
    (
        "unknown_part",
        "identities.yml",
        "output_of_towns",
        "output_of_town",
        "identity output_by_part: unknown indicator 'output_of_town'",
    ),
    (
        "unknown_whole",
        "indicators/shares.yml",
        "  additive: no",
        "  additive: no\n  partial_of: outputs\n  months: 6",
        "unknown indicator 'outputs'",
    ),
    (
        "unknown_base",
        "indicators/shares.yml",
        "  additive: no",
        "  additive: no\n  population_base: people",
        "unknown indicator 'people'",
    ),
    (
        "unknown_group",
        "cities.csv",
        "planned_separately,coast",
        "planned_separately,cost",
        "city qingdao: unknown peer group 'cost'; did you mean coast?",
    ),
    (
        "unknown_member",
        "peer_groups.yml",
        "[jinan, qingdao]",
        "[jinan, qindao]",
        "peer group coast: unknown city 'qindao'; did you mean qingdao?",
    ),
    ("unknown_changed_city", "city_changes.csv", "jinan,2019", "jnan,2019", "city_changes.csv: unknown city 'jnan'"),
    (
        "unknown_source",
        "sources.yml",
        "{source: old_panel,",
        "{source: older_panel,",
        "source office_panel: unknown source 'older_panel'",
    ),
    (
        "unknown_exception",
        "sources.yml",
        "except_cities: [jinan]",
        "except_cities: [jnan]",
        "source office_panel: unknown city 'jnan'",
    ),
    (
        "correction_city",
        "corrections.yml",
        "city: qingdao",
        "city: qingda",
        "correction office_2020_output: unknown city 'qingda'",
    ),
    (
        "correction_indicator",
        "corrections.yml",
        "indicator: output",
        "indicator: outpt",
        "unknown indicator 'outpt'; did you mean output?",
    ),
    (
        "correction_unit",
        "corrections.yml",
        "unit: hundred_million_yuan",
        "unit: yuan_100",
        "correction office_2020_output: unknown unit 'yuan_100'",
    ),
    (
        "target_indicator",
        "targets.yml",
        "indicator: output_share",
        "indicator: outputshare",
        "target T02: unknown indicator 'outputshare'",
    ),
    (
        "target_pillar",
        "targets.yml",
        "pillar: ocean\n    clauses: [2, 9]",
        "pillar: oceans\n    clauses: [2, 9]",
        "target T02: unknown pillar 'oceans'",
    ),
    ("target_pair", "targets.yml", "pair: T01", "pair: T03", "target T02: unknown target 'T03'"),
    # a table of units
    ("bad_factor", "units.csv", "1/100,%", "zero,%", "factor 'zero' is no fraction"),
    # a code that lost its zeros
    ("short_code", "cities.csv", "370200", "0532", "cities.csv, line 3: `code` is '0532', expected six digits as text"),
    (
        "unknown_level",
        "cities.csv",
        "370200,青岛,Qingdao,山东省,Shandong,planned_separately",
        "370200,青岛,Qingdao,山东省,Shandong,planned",
        "`level` is",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "sentence"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_fault_fires_alone_and_names_its_place(faults_after, file, old, new, sentence):
    found = faults_after(file, old, new)
    assert len([fault for fault in found if sentence in fault]) == 1, found


def test_all_faults_of_all_files_come_in_one_error(spoil, folder):
    spoil(ECONOMY, "  direction: up\n  limits", "  limits")
    spoil("cities.csv", "370200", "0532")
    spoil("units.csv", "1/100,%", "zero,%")
    spoil("sources.yml", "class: official", "class: offical")
    spoil("corrections.yml", '  expect: {raw: "136830"}\n', "")
    spoil("targets.yml", "value: 33, tolerance: 0.03", "value: 33")
    spoil("text/words.yml", "Hello {city}", "Hello {town}")
    spoil("identities.yml", "output_of_villages]", "output_of\u3000villages]")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    found = caught.value.faults
    for words in (
        "`direction` is missing",
        "'0532'",
        "factor 'zero'",
        "did you mean official?",
        "need a guard",
        "needs a tolerance",
        "different values",
        "ideographic space",
    ):
        assert sum(words in fault for fault in found) == 1, words
    assert len(found) == 8 and str(caught.value).count("\n") == 8 and "8 faults" in str(caught.value)


def test_all_unknown_ids_come_in_one_error(spoil, faults):
    spoil("indicators/shares.yml", "unit: percent", "unit: per_cent")
    spoil("corrections.yml", "city: qingdao", "city: qingda")
    spoil("targets.yml", "pair: T01", "pair: T03")
    assert len(faults()) == 3


@pytest.mark.parametrize(
    "file",
    [
        "cities.csv",
        "city_changes.csv",
        "corrections.yml",
        "events.yml",
        "identities.yml",
        "peer_groups.yml",
        "sources.yml",
        "targets.yml",
        "units.csv",
    ],
)
def test_a_missing_file_is_a_fault(folder, faults, file):
    (folder / file).unlink()
    assert f"{file} is missing from the catalogue" in faults()


def test_a_folder_without_themes_is_a_fault(folder, faults):
    shutil.rmtree(folder / "indicators")
    assert "indicators/ holds no theme file" in faults()


def test_one_id_in_two_themes_is_a_fault(folder, faults):
    shutil.copy(folder / "indicators/shares.yml", folder / "indicators/more.yml")
    assert faults() == ("shares.yml, output_share: the id stands in theme more already",)


def test_the_mappings_are_read_only(folder):
    catalogue = load_catalogue(folder)
    for mapping in (
        catalogue.indicators,
        catalogue.units,
        catalogue.cities,
        catalogue.peer_groups,
        catalogue.sources,
        catalogue.events,
        catalogue.identities,
        catalogue.policy.targets,
        catalogue.policy.pillars,
    ):
        with pytest.raises(TypeError):
            mapping["new"] = None
    with pytest.raises(FrozenInstanceError):
        catalogue.indicators["output"].unit = "percent"


def test_an_edition_belongs_to_the_longest_source_that_fits(folder):
    catalogue = load_catalogue(folder)
    assert catalogue.source_of("office_2020").id == "office"
    assert catalogue.source_of("office_panel_2020").id == "office_panel"
    assert catalogue.source_of("office").id == "office"
    with pytest.raises(CatalogueError, match="'ofice_2020' belongs to no source.*did you mean office"):
        catalogue.source_of("ofice_2020")
    with pytest.raises(CatalogueError):
        catalogue.source_of("officer_2020")


def test_an_unknown_word_gets_the_nearest_names(folder):
    catalogue = load_catalogue(folder)
    assert catalogue.need_city("jinan").name.zh == "济南"
    with pytest.raises(CatalogueError, match="unknown city 'qindao'; did you mean qingdao"):
        catalogue.need_city("qindao")
    with pytest.raises(CatalogueError, match="unknown indicator 'outpt'; did you mean output"):
        catalogue.need_indicator("outpt")


def test_look_ups_reach_units_names_and_texts(folder):
    catalogue = load_catalogue(folder)
    assert catalogue.convert("136830", "ten_thousand_yuan", "hundred_million_yuan") == Fraction("13.683")
    assert catalogue.find_unit("万元").id == "ten_thousand_yuan"
    assert catalogue.match_indicator("总产值", dimension="money_cny").indicator == "output"
    assert catalogue.say("greeting", "en", city="Qingdao") == "Hello Qingdao"


def test_the_packaged_catalogue_loads_once():
    assert load_catalogue() is load_catalogue()


def test_every_identity_and_derivation_of_the_package_names_known_ids():
    catalogue = load_catalogue()
    known = set(catalogue.indicators) | set(catalogue.policy.targets)
    formulas = [text for target in catalogue.policy.targets.values() for text in (target.derive, target.base_derive) if text]
    formulas += [text for identity in catalogue.policy.identities for text in (identity.left, identity.right)]
    known |= {identity.solve_for for identity in catalogue.policy.identities if identity.name}  # named beside the formula
    words = {word for formula in formulas for word in formula.split() if word not in "*/" and not word.isdigit()}
    assert words and words <= known


def test_every_label_of_the_package_states_a_dimension_that_exists():
    catalogue = load_catalogue()
    dimensions = {unit.dimension for unit in catalogue.units.values()}
    for indicator in catalogue.indicators.values():
        for label in indicator.labels:
            assert label.dimension is None or label.dimension in dimensions, (indicator.id, label.text)


def test_a_label_of_the_package_has_its_indicators_own_dimension():
    """A label with another dimension could only match figures that the build then refuses."""
    catalogue = load_catalogue()
    for indicator in catalogue.indicators.values():
        for label in indicator.labels:
            assert label.dimension in (None, catalogue.units[indicator.unit].dimension), (indicator.id, label.text)
