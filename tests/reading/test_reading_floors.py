"""The floors below which the reader is not shipped, on both corpora, and the command that measures them."""

from pathlib import Path

import pytest

from qdlib.reading.sources import read_sheets
from tests.benchmarks import reading as benchmark

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
needs_troy = pytest.mark.skipif(not (CORPUS / "troy200").is_dir(), reason="corpus not present: ../shared/corpus/troy200")
needs_gold = pytest.mark.skipif(not (CORPUS / "yearbooks").is_dir(), reason="corpus not present: ../shared/corpus/yearbooks")


@needs_troy
def test_troy_keeps_its_floors():
    given, found, plain = benchmark.measure_troy(CORPUS, details=False)
    assert given.tables == 200 and given.exact >= 196 and given.exact_all >= 190
    assert found.exact >= 193
    assert given.silent == found.silent == plain.silent == 0, "a printed label that the gold lacks"


@needs_gold
def test_chinese_gold_keeps_its_floors():
    bare, stated, plain = benchmark.measure_gold(CORPUS, details=False)
    assert bare.tables == 30 and bare.exact >= 29 and bare.abstained <= 1
    assert stated.exact == 30
    assert bare.silent == stated.silent == plain.silent == 0


@needs_gold
def test_damage_in_reach_is_caught():
    paths = [path for path in benchmark.yearbook_files(CORPUS) if path.suffix == ".xlsx"][:12]
    sheets = [sheet for path in paths for sheet in read_sheets(path) if sheet.height * sheet.width <= 4000]
    counts, _ = benchmark.damages.run_damages(
        benchmark.damages.sound_tables((sheet, benchmark.examine_sheet) for sheet in sheets), 150, seed=7
    )
    reach = {caught: sum(count for key, count in counts.items() if key[1:] == ("in reach", caught)) for caught in (True, False)}
    assert reach[True] >= 0.9 * (reach[True] + reach[False]) > 0


@needs_gold
def test_every_value_reproduces_from_its_cell_alone(capsys):
    benchmark.measure_cells(CORPUS)
    words = capsys.readouterr().out.split()
    assert words[-2] == words[-4] and int(words[-2]) > 50_000
