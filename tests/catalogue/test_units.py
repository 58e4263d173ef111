"""The unit table: closed, exact, and loud about its own faults."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdlib.catalogue.units import PACKAGED, convert, find_unit, load_units, packaged_units
from qdlib.errors import CatalogueError

UNITS = packaged_units()
HEAD = "id,dimension,factor,zh,en\n"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("亿元", "hundred_million_yuan"),
        (" 亿 元 ", "hundred_million_yuan"),
        ("万元／人", "ten_thousand_yuan_per_person"),
        ("％", "percent"),
        ("‰", "per_mille"),
        ("万标箱", "ten_thousand_teu"),
        ("万TEU", "ten_thousand_teu"),
        ("10 000 persons", "ten_thousand_persons"),
        ("100 Million Yuan", "hundred_million_yuan"),
        ("10,000 yuan", "ten_thousand_yuan"),
        ("上年=100", "index_previous_year_100"),
        ("以1950年价格为100", "index_fixed_base_100"),
        ("2000年=1", "index_fixed_base_1"),
        ("公里", "kilometres"),
        ("µg/m³", "micrograms_per_cubic_metre"),
    ],
)
def test_printed_forms_are_found(text, key):
    assert find_unit(UNITS, text).id == key


@pytest.mark.parametrize("text", ["", "彳饭", "百万千焦", "亿", "万元、万平方米", "单位", "10000", "亿元人"])
def test_other_words_are_no_units(text):
    assert find_unit(UNITS, text) is None


def test_every_form_finds_its_unit_and_symbols_come_first():
    for unit in UNITS.values():
        for language in ("zh", "en"):
            assert find_unit(UNITS, unit.symbol(language)) is unit
        assert all(find_unit(UNITS, form) is unit for form in (*unit.zh, *unit.en))


def test_ids_spell_out_their_factor():
    sizes = {
        "thousand_": 10**3,
        "ten_thousand_": 10**4,
        "million_": 10**6,
        "hundred_million_": 10**8,
        "billion_": 10**9,
        "trillion_": 10**12,
    }
    for key, unit in UNITS.items():
        prefix = max((name for name in sizes if key.startswith(name)), key=len, default="")
        base = UNITS.get(key.removeprefix(prefix)) if prefix else None
        if base and base.dimension == unit.dimension:
            assert unit.factor == base.factor * sizes[prefix], key


@pytest.mark.parametrize(
    ("value", "start", "end", "result"),
    [
        (1, "hectares", "mu", 15),
        (12.3, "yuan", "ten_thousand_yuan", Fraction(123, 100000)),
        ("1.41", "trillion_yuan", "hundred_million_yuan", 14100),
        (Fraction(1, 3), "percent", "percent", Fraction(1, 3)),
        (5, "per_mille", "percent", Fraction(1, 2)),
        (1, "kilometres", "metres", 1000),
    ],
)
def test_conversion_is_exact(value, start, end, result):
    assert convert(UNITS, value, start, end) == result


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4), st.sampled_from(sorted(UNITS)))
def test_conversion_there_and_back_changes_nothing(value, key):
    for other in (unit.id for unit in UNITS.values() if unit.dimension == UNITS[key].dimension):
        assert convert(UNITS, convert(UNITS, value, key, other), other, key) == Fraction(value)


def test_another_dimension_is_an_error_with_the_value():
    with pytest.raises(
        CatalogueError, match=r"hundred_million_us_dollars \(money_usd\) cannot become hundred_million_yuan .* value 702.22"
    ):
        convert(UNITS, "702.22", "hundred_million_us_dollars", "hundred_million_yuan")


def test_an_unknown_id_is_an_error_with_its_neighbours():
    with pytest.raises(CatalogueError, match="unknown unit id 'yuans'; did you mean yuan"):
        convert(UNITS, 1, "yuans", "yuan")


FAULTS = [
    ("yuan,money,one,元,yuan\n", "factor 'one' is no fraction"),
    ("yuan,money,1/0,元,yuan\n", "factor '1/0' is no fraction"),
    ("yuan,money,-1,元,yuan\n", "must be above zero"),
    ("Yuan,money,1,元,yuan\n", "id 'Yuan' is not snake_case"),
    ("yuan,money,1,,yuan\n", "needs a printed form in zh and in en"),
    ("yuan,money,1,元\n", "4 fields, expected 5"),
    ("yuan,money,1,元,yuan\nyuan,money,1,圆,Y\n", "the id 'yuan' stands twice"),
    ("b,money,1,乙,b\na,money,1,甲,a\n", "not sorted by id, first at 'b'"),
    ("a,money,1,元,a\nb,money,1,元,b\n", "the form '元' belongs to 'a' and to 'b'"),
]


@pytest.mark.parametrize(("body", "words"), FAULTS)
def test_each_fault_of_the_table_is_named(tmp_path, body, words):
    path = tmp_path / "units.csv"
    path.write_text(HEAD + body, encoding="utf-8")
    with pytest.raises(CatalogueError, match="units.csv") as caught:
        load_units(path)
    assert any(words in fault for fault in caught.value.faults), caught.value.faults


def test_another_header_is_refused(tmp_path):
    path = tmp_path / "units.csv"
    path.write_text("id,factor\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match="expected id,dimension,factor,zh,en"):
        load_units(path)


def test_the_packaged_table_is_clean_text():
    data = PACKAGED.read_bytes()
    assert data.endswith(b"\n") and b"\r" not in data and b" \n" not in data
    assert not set("\u200b\u00a0\u3000") & set(data.decode("utf-8"))
