"""Declared splices: what the catalogue refuses, and what the packaged one joins."""

import pytest

from qdlib.catalogue import load_catalogue
from qdlib.errors import CatalogueError
from qdlib.observations import store


def test_a_declared_series_names_its_vintages_overlap_and_reason():
    derived = load_catalogue().derived["qingdao_gdp_since_1949_spliced"]
    assert (derived.old, derived.new, derived.overlap) == ("edition:qd_yearbook_2006", "edition:qd_yearbook_2023", (2000, 2005))
    assert derived.reason.zh and derived.reason.en and derived.scope == "whole_city"


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('  overlap: ["2000"]\n', "  overlap: [two]\n", "expected whole numbers"),
        ("  old: first_release\n", "", "`old` is missing"),
        ("  city: jinan\n", "  city: jina\n", "unknown city 'jina'; did you mean jinan"),
    ],
)
def test_a_spoilt_declaration_is_a_fault(faults_after, old, new, word):
    found = faults_after("derived.yml", old, new)
    assert len(found) == 1 and word in found[0]


def test_an_unknown_series_gets_the_nearest_id():
    with pytest.raises(CatalogueError, match="unknown derived series 'qingdao_gdp_spliced'"):
        store.read_derived("qingdao_gdp_spliced")
