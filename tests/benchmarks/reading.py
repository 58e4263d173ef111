"""How well the reader reads tables with a gold standard: `python -m tests.benchmarks.reading --corpus ../shared/corpus`.

Prints for each corpus: tables exact, figures silently wrong, missed and abstained, seconds and values a second; beside Troy_200 what
TabbyXL published and what one pandas call gives; a risk-coverage table with one run that sees no styles; then seeded damage, the second
reading of every source cell, and the speed of a whole yearbook (`--part` picks some). Writes nothing. Decisions: a table is exact if every
pair of figure and label equals the gold's and nothing is missed or added; an abstention is no error, a wrong label is the worst result.
"""

import argparse
import csv
import importlib.util
import random
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pandas as pd

from qdlib.errors import QdlibError
from qdlib.reading.model import Examination
from qdlib.reading.sheet import Sheet, from_range
from qdlib.reading.sources import cell_reader, read_sheets
from qdlib.reading.tables import examine_file, examine_sheet, examine_sheets
from qdlib.reading.views import value_line
from tests.benchmarks import damages, troy

RECIPES = Path(__file__).parent / "reading_recipes"
MEASURES = ("entries", "labels", "pairs", "parents")


@dataclass
class Tally:
    """One run over a corpus: tables and figures by outcome."""

    name: str
    tables: int = 0
    exact: int = 0
    exact_all: int = 0
    abstained: int = 0
    values: int = 0
    emitted: int = 0
    silent: int = 0
    missed: int = 0
    seconds: float = 0.0
    found: Counter = field(default_factory=Counter)
    detail: list[str] = field(default_factory=list)

    def line(self) -> str:
        speed = self.emitted / self.seconds if self.seconds else 0
        every = f", all four measures exact {self.exact_all}" if self.exact_all else ""
        return (
            f"{self.name}: tables {self.tables}, exact {self.exact}{every}, abstained {self.abstained}; values {self.values}, emitted "
            f"{self.emitted}, silent errors {self.silent}, missed {self.missed}; {self.seconds:.1f} s, {speed:,.0f} values/s"
        )


def run_troy(sheets: list[Sheet], gold: dict[str, troy.Cells], name: str, read: Callable[[Sheet], Iterable]) -> Tally:
    """All tables by one way of reading. `read`: a sheet → its tables, empty where it abstains."""
    tally = Tally(name)
    for sheet in sheets:
        start = time.perf_counter()
        tables = list(read(sheet))
        tally.seconds += time.perf_counter() - start
        score_troy(tally, gold[sheet.name], troy.cells_of(tables), sheet.name, bool(tables))
    return tally


def score_troy(tally: Tally, wanted: troy.Cells, got: troy.Cells, name: str, emitted: bool) -> None:
    wrong = {cell for cell, _ in got.pairs - wanted.pairs}
    tally.tables += 1
    tally.values += len(wanted.entries)
    tally.emitted += len(got.entries)
    tally.abstained += not emitted
    tally.silent += len(wrong)
    tally.missed += len(wanted.entries - got.entries) if emitted else 0
    tally.exact += got.pairs == wanted.pairs
    tally.exact_all += all(getattr(got, part) == getattr(wanted, part) for part in ("entries", "labels", "pairs", "parents"))
    for part in MEASURES:
        mine, true = getattr(got, part), getattr(wanted, part)
        tally.found.update({(part, "both"): len(mine & true), (part, "mine"): len(mine), (part, "true"): len(true)})
    if got.pairs != wanted.pairs:
        tally.detail.append(f"{name}{'' if emitted else ' abstained'}{f' wrong {len(wrong)}' if wrong else ''}")


def recall_precision(tally: Tally) -> dict[str, tuple[float, float]]:
    found = tally.found
    return {
        part: (
            found[(part, "both")] / max(found[(part, "true")], 1),
            found[(part, "both")] / max(found[(part, "mine")], 1),
        )
        for part in MEASURES
    }


def read_region(sheet: Sheet) -> Iterable:
    """Tables inside the marked region, none where it is not certain."""
    return _certain(examine_sheet(troy.without_marks(sheet), troy.region_of(sheet)))


def read_free(sheet: Sheet) -> Iterable:
    """Tables where the reader looks for them itself."""
    return _certain(examine_sheet(troy.without_marks(sheet)))


def read_plain(sheet: Sheet) -> Iterable:
    """As `read_region`, with merges, bold, indents and formats taken away."""
    return _certain(examine_sheet(replace(troy.without_marks(sheet), styles={}, merges={}), troy.region_of(sheet)))


def _certain(seen: Examination) -> Iterable:
    return () if seen.uncertain else seen.tables


def pandas_cells(sheet: Sheet) -> troy.Cells:
    """What `read_excel(…, header=0, index_col=0)` on the region would say: first row and first column are the labels."""
    top, left, bottom, right = from_range(troy.region_of(sheet))
    entries, pairs, labels = set(), set(), set()
    for row in range(top + 1, bottom + 1):
        for column in range(left + 1, right + 1):
            if pd.isna(pd.to_numeric(str(sheet.value(row, column) or "").replace("\xa0", "").replace(",", ""), errors="coerce")):
                continue
            cell, names = sheet.a1(row, column), (sheet.a1(row, left), sheet.a1(top, column))
            entries.add(cell)
            labels |= set(names)
            pairs |= {(cell, name) for name in names}
    return troy.Cells(frozenset(entries), frozenset(labels), frozenset(pairs))


def measure_troy(corpus: Path, details: bool) -> list[Tally]:
    """Troy_200: three ways of reading, TabbyXL and pandas."""
    folder = corpus / "troy200"
    sheets = read_sheets(folder / "data" / "tables.xlsx")
    gold = {path.stem: troy.read_gold(path) for path in sorted((folder / "data" / "gt").glob("C*.xlsx"))}
    sheets = [sheet for sheet in sheets if sheet.name in gold]
    runs = [
        run_troy(sheets, gold, "Troy_200, region given", read_region),
        run_troy(sheets, gold, "Troy_200, region found", read_free),
        run_troy(sheets, gold, "Troy_200, region given, no styles", read_plain),
    ]
    tabby, naive = Tally("TabbyXL 1.1.0 (its results)"), Tally("pandas, first row and column")
    for sheet in sheets:
        score_troy(
            tabby,
            gold[sheet.name],
            troy.read_gold(folder / "results" / "crl2j" / "extracted" / f"{sheet.name}.xlsx"),
            sheet.name,
            True,
        )
        score_troy(naive, gold[sheet.name], pandas_cells(sheet), sheet.name, True)
    for tally in (*runs, tabby, naive):
        print(tally.line())
    print(f"{'recall / precision':36s}" + "".join(f"{part:>18s}" for part in MEASURES))
    print(f"{'TabbyXL 1.1.0 (published)':36s}" + "".join(f"{f'{r:.4f} / {p:.4f}':>18s}" for r, p in troy.PUBLISHED.values()))
    for tally in (*runs, tabby, naive):
        found = recall_precision(tally)
        print(f"{tally.name:36s}" + "".join(f"{f'{r:.4f} / {p:.4f}':>18s}" for r, p in found.values()))
    if details:
        print("\n".join(f"  {tally.name}: {', '.join(tally.detail)}" for tally in runs))
    return runs


def load_scorer(folder: Path):
    """The corpus's own scorer, score.py."""
    spec = importlib.util.spec_from_file_location("yearbook_score", folder / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure_gold(corpus: Path, details: bool) -> list[Tally]:
    """The Chinese gold, scored by the corpus's own scorer: bare, with styles removed, and with the benchmark's recipes."""
    folder = corpus / "yearbooks"
    scorer = load_scorer(folder)
    with (folder / "gold" / "index.csv").open(encoding="utf-8") as lines:
        regions = {row["gold"]: row["region"] for row in csv.DictReader(lines)}
    ways = {
        "Chinese gold": lambda path, sheet, name: examine_file(path, sheet=sheet, recipe=False),
        "Chinese gold, with recipes": lambda path, sheet, name: examine_file(path, sheet=sheet, recipe=_recipe_of(name)),
        "Chinese gold, no styles": lambda path, sheet, name: examine_sheets(
            replace(found, styles={}, merges={}) for found in read_sheets(path, sheet)
        ),
    }
    runs = []
    for name, read in ways.items():
        tally = Tally(name)
        for path in sorted((folder / "gold").glob("*.jsonl")):
            _score_gold(tally, scorer, folder, path, regions.get(path.name), read)
        print(tally.line())
        if details:
            print("\n".join(f"  {line}" for line in tally.detail))
        runs.append(tally)
    return runs


def _recipe_of(name: str) -> Path | bool:
    path = RECIPES / f"{name}.recipe.yml"
    return path if path.is_file() else False


def _score_gold(tally: Tally, scorer, folder: Path, path: Path, region: str | None, read) -> None:
    gold = scorer.read(path)
    first = gold[0]
    sheet = first["sheet"] if first["sheet"] and not first["sheet"].startswith("table ") else None
    start = time.perf_counter()
    seen = read(folder / first["file"], sheet, path.stem)
    tally.seconds += time.perf_counter() - start
    lines = [value_line(table, value, first["file"]) for table, value in seen.values()]
    found = lines or [{"abstain": True, "sheet": first["sheet"], "file": first["file"]}]
    result, errors = scorer.score(gold, found, region)
    tally.tables += 1
    tally.exact += result["exact"]
    tally.abstained += result["table_abstained"]
    tally.values += result["values"]
    tally.emitted += sum(line["value"] is not None for line in lines)
    tally.silent += result["silent"]
    tally.missed += result["missed"]
    if not result["exact"]:
        why = "; ".join(reason for table in seen.uncertain for reason in table.reasons)
        tally.detail.append(f"{path.stem}: {errors[:3] or why}")


def print_risk(runs: Iterable[Tally]) -> None:
    """Risk against coverage: what is printed, what of it is wrong, what is held back."""
    print(f"{'':36s}{'emitted':>10s}{'wrong':>8s}{'abstained tables':>18s}{'coverage':>10s}{'risk':>10s}")
    for tally in runs:
        coverage = tally.emitted / max(tally.values, 1)
        risk = tally.silent / max(tally.emitted, 1)
        print(f"{tally.name:36s}{tally.emitted:10d}{tally.silent:8d}{tally.abstained:18d}{coverage:10.1%}{risk:10.4%}")


def yearbook_files(corpus: Path) -> list[Path]:
    """Table files of the Chinese corpus: no prose, no annotations."""
    skip = {"gold", "text", "communique", "budget"}
    files = (path for path in sorted((corpus / "yearbooks").rglob("*")) if path.is_file())
    return [
        path
        for path in files
        if path.parent.name not in skip and path.suffix not in (".md", ".py") and path.name != "MANIFEST.csv"
    ]


def measure_damages(corpus: Path, number: int, seed: int, details: bool) -> None:
    """Seeded damage to every table of both corpora that is certain."""
    pairs = []
    for path in yearbook_files(corpus):
        try:
            pairs += [(sheet, examine_sheet) for sheet in read_sheets(path) if sheet.height * sheet.width <= 4000]
        except QdlibError:
            continue
    for sheet in read_sheets(corpus / "troy200" / "data" / "tables.xlsx"):
        region = troy.region_of(sheet)
        pairs.append((troy.without_marks(sheet), partial(examine_sheet, region=region)))
    sounds = damages.sound_tables(pairs)
    counts, missed = damages.run_damages(sounds, number, seed)
    print(f"damage: {sum(counts.values())} mutations of {len(sounds)} tables, seed {seed}")
    for reach in ("in reach", "rest"):
        total = {caught: sum(count for key, count in counts.items() if key[1:] == (reach, caught)) for caught in (True, False)}
        print(f"  {reach}: {total[True]} of {sum(total.values())} caught ({total[True] / max(sum(total.values()), 1):.1%})")
        for kind in damages.KINDS:
            hits, misses = counts[(kind, reach, True)], counts[(kind, reach, False)]
            if hits + misses:
                print(f"    {kind:24s}{hits:6d} of {hits + misses:5d}  {hits / (hits + misses):.1%}")
    if details:
        print("\n".join(f"  missed {line}" for line in missed[:60]))


def measure_cells(corpus: Path) -> None:
    """Every value of both corpora read again from its address alone."""
    checked = equal = 0
    for path in [*yearbook_files(corpus), corpus / "troy200" / "data" / "tables.xlsx"]:
        try:
            sheets = read_sheets(path)
            seen = examine_sheets(sheets)
        except QdlibError:
            continue
        for sheet in sheets:
            tables = [table for table in seen.tables if table.sheet == sheet.name]
            again = cell_reader(sheet)
            for value in (value for table in tables for value in table.values):
                checked += 1
                equal += again(value.cell) == value.value
    print(f"cells read again from their address alone: {equal} of {checked} equal")


def measure_speed(corpus: Path) -> None:
    """A whole scraped yearbook in one process, and a workbook of 5,000 by 40 figures, best of three."""
    folder = corpus / "yearbooks" / "qingdao_2006"
    files = sorted(folder.rglob("*.csv"))
    seconds, seen = min((_timed(lambda: [examine_file(path) for path in files]) for _ in range(3)), key=lambda pair: pair[0])
    tables, open_ = sum(len(part.tables) for part in seen), sum(len(part.uncertain) for part in seen)
    print(f"yearbook of {len(files)} files: {seconds:.2f} s, {tables} tables certain, {open_} not")
    with tempfile.TemporaryDirectory() as folder:
        path = write_large(Path(folder) / "large.xlsx")
        seconds, part = min((_timed(lambda: examine_file(path)) for _ in range(3)), key=lambda pair: pair[0])
    count = sum(len(table.values) for table in part.tables)
    print(f"5000 x 40 workbook: {seconds:.2f} s, {count / seconds:,.0f} cells/s, peak memory {peak_megabytes()} MB")


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def peak_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def write_large(path: Path) -> Path:
    """Forty years of five thousand invented rows."""
    import openpyxl

    dice = random.Random(3)
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("Sheet1")
    for line in (["1-1 大表"], ["单位：万元"], ["地区", *(f"{1980 + year}年" for year in range(40))]):
        page.append(line)
    for row in range(5000):
        page.append([f"第{row}区", *(round(dice.uniform(100, 9999), 2) for _ in range(40))])
    book.save(path)
    return path


PARTS = ("troy", "gold", "cells", "damage", "speed")


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.benchmarks.reading", description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--part", action="append", choices=PARTS, help="only this part; may be repeated")
    parser.add_argument("--mutations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20261124)
    parser.add_argument("--details", action="store_true", help="name the tables that are not exact")
    options = parser.parse_args()
    chosen = options.part or PARTS
    missing = [str(options.corpus / name) for name in ("troy200", "yearbooks") if not (options.corpus / name).is_dir()]
    if missing:
        parser.error(f"corpus not present: {', '.join(missing)}")
    runs: list[Tally] = []
    if "troy" in chosen:
        runs += measure_troy(options.corpus, options.details)
    if "gold" in chosen:
        runs += measure_gold(options.corpus, options.details)
    if runs:
        print_risk(runs)
    if "cells" in chosen:
        measure_cells(options.corpus)
    if "damage" in chosen:
        measure_damages(options.corpus, options.mutations, options.seed, options.details)
    if "speed" in chosen:
        measure_speed(options.corpus)


if __name__ == "__main__":
    main()
