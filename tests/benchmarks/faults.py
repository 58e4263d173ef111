"""Planted faults, measured: `python -m tests.benchmarks.faults [--seeds 40] [--facts ../shared/facts/city_panel.csv] [--large]`.

One clean synthetic panel a seed (`panels`), fifteen kinds of fault, each planted in a city of its own in cells that an identity or
a second edition covers. Prints, per kind, how many were found at the right cell and how many by the right check; the false
alarms on the clean panel; the share of its cells that are covered; and, where the file is at hand, the sums and falls of a
real panel. `--large` times all checks over 300 cities × 60 indicators × 40 years × 3 editions instead. Floors and goals are
those of the design; the exit code is 1 where a floor is missed.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from qdlib.catalogue import Catalogue, load_catalogue
from qdlib.observations.build import settle_figures
from qdlib.observations.checks import run_checks
from qdlib.observations.findings import join_findings, make_findings
from qdlib.observations.rows import in_catalogue_unit
from qdlib.observations.smoothing import filled_years
from tests.benchmarks.panels import SECTORS, Shape, make_panel, panel_catalogue, slugs

GDP, PRIMARY, SECONDARY, TERTIARY = "gdp_current_prices", *SECTORS
FLOOR_CELL, GOAL_CHECK, FLOOR_ALARMS, GOAL_ALARMS = 1.0, 0.95, 1.0, 0.3
# Editions two years apart print 42, 40 and 38 years: 2.16 million rows.
LARGE, LARGE_SECONDS = Shape(300, 60, 42, 3), 8.0
REVISION_CHECKS = ("open", "mixed_basis", "year_shift")
REAL = (34, 12, 29)  # sums of 863 city-years: low and error; falls of GDP


@dataclass(frozen=True)
class Planted:
    """The city's rows with the fault, the source cells that may be named, and the checks that name it rightly."""

    rows: pd.DataFrame
    cells: set[str]
    checks: tuple[str, ...]


def find_all(rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Findings of a build's stages on rows in memory: checks and revisions, nothing read or written."""
    _, found, evidence = settle_figures(rows, rows, catalogue)
    return join_findings([found, make_findings(filled_years([evidence]))])


def line_of(rows: pd.DataFrame, indicator: str, edition: str) -> pd.Index:
    own = rows[(rows["indicator"] == indicator) & (rows["edition"] == edition) & (rows["scope"] == "whole_city")]
    return own.sort_values("year").index


def write(rows: pd.DataFrame, at, texts: list[str]) -> None:
    """Print other figures into the cells `at` of a copy."""
    rows.loc[at, "raw"] = texts
    rows.loc[at, "value"] = [float(text) for text in texts]
    rows.loc[at, "decimals"] = [len(text.partition(".")[2]) for text in texts]


def scale_cell(rows: pd.DataFrame, rng: np.random.Generator, factor: float) -> Planted:
    at = rng.choice(line_of(rows, GDP, newest(rows))[2:-2])
    write(rows, [at], [f"{rows.at[at, 'value'] * factor:.2f}"])
    return Planted(rows, {rows.at[at, "source_cell"]}, ("unit_slip",))


def newest(rows: pd.DataFrame) -> str:
    return max(rows["edition"])


def plant_ten_thousand(rows: pd.DataFrame, rng: np.random.Generator) -> Planted:
    return scale_cell(rows, rng, 1e4)


def plant_ten(rows: pd.DataFrame, rng: np.random.Generator) -> Planted:
    return scale_cell(rows, rng, rng.choice([10, 0.1]))


def plant_lost_point(rows: pd.DataFrame, rng: np.random.Generator) -> Planted:
    at = rng.choice(line_of(rows, rng.choice([GDP, SECONDARY, TERTIARY]), newest(rows))[1:-1])
    write(rows, [at], [rows.at[at, "raw"].replace(".", "")])
    return Planted(rows, {rows.at[at, "source_cell"]}, ("lost_decimal_point",))


def plant_swapped_digits(rows: pd.DataFrame, rng: np.random.Generator) -> Planted:
    """Two unlike neighbouring digits before the point, so that more than rounding changes."""
    line = list(line_of(rows, rng.choice([SECONDARY, TERTIARY]), newest(rows))[1:-1])
    for at in rng.permutation(line):
        text = rows.at[at, "raw"]
        places = [i for i in range(text.index(".") - 1) if text[i] != text[i + 1]]
        if places:
            i = rng.choice(places)
            write(rows, [at], [text[:i] + text[i + 1] + text[i] + text[i + 2 :]])
            return Planted(rows, {rows.at[at, "source_cell"]}, ("sum_to_total", "share_of", "open"))
    raise AssertionError("no two unlike digits in a whole line")


def plant_shifted_rows(rows: pd.DataFrame, rng: np.random.Generator) -> Planted:
    lines = [line_of(rows, key, newest(rows)) for key in (SECONDARY, TERTIARY, "goods_trade_cny")]
    texts = [rows.loc[line, "raw"].tolist() for line in lines]
    for line, text in zip(lines, texts[1:] + texts[:1], strict=True):
        write(rows, line, text)
    return Planted(rows, set(rows.loc[np.concatenate(lines), "source_cell"]), ("figure_elsewhere",))


def plant_shifted_years(rows: pd.DataFrame, rng: np.random.Generator) -> Planted:
    line = line_of(rows, "population_registered_male", newest(rows))
    write(rows, line[1:], rows.loc[line[:-1], "raw"].tolist())
    return Planted(rows, set(rows.loc[line, "source_cell"]), ("year_shift",))


def plant_swapped_sectors(rows: pd.DataFrame, rng: np.random.Generator) -> Planted:
    one, other = line_of(rows, SECONDARY, newest(rows)), line_of(rows, TERTIARY, newest(rows))
    i = rng.integers(2, len(one) - 2)
    texts = [rows.at[other[i], "raw"], rows.at[one[i], "raw"]]
    write(rows, [one[i], other[i]], texts)
    return Planted(rows, set(rows.loc[[one[i], other[i]], "source_cell"]), ("figure_elsewhere", "share_of"))


def plant_large_share(rows: pd.DataFrame, rng: np.random.Generator) -> Planted:
    at = rng.choice(line_of(rows, "tertiary_gdp_share", newest(rows)))
    write(rows, [at], [rows.at[at, "raw"].replace(".", "")])
    return Planted(rows, {rows.at[at, "source_cell"]}, ("limits",))


def plant_interpolated(rows: pd.DataFrame, rng: np.random.Generator) -> Planted:
    line = line_of(rows, "goods_exports_cny", newest(rows))
    inner = int(rng.integers(3, 7))
    first = int(rng.integers(0, len(line) - inner - 2))
    run = line[first : first + inner + 2]
    start, end = rows.loc[run[[0, -1]], "value"]
    write(rows, run[1:-1], [f"{value:.2f}" for value in np.linspace(start, end, inner + 2)[1:-1]])
    return Planted(rows, set(rows.loc[run[1:-1], "source_cell"]), ("looks_interpolated",))


def plant_repeated(rows: pd.DataFrame, rng: np.random.Generator) -> Planted:
    line = line_of(rows, GDP, newest(rows))
    i = int(rng.integers(1, len(line) - 2))
    write(rows, line[i : i + 2], [rows.at[line[i - 1], "raw"]] * 2)
    return Planted(rows, set(rows.loc[line[i : i + 2], "source_cell"]), ("repeated_value",))


def plant_districts(rows: pd.DataFrame, rng: np.random.Generator) -> Planted:
    """The edition before prints the districts too; the newest has their figure in the whole city's cell of one year."""
    before = sorted(rows["edition"].unique())[-2]
    part = rows.loc[line_of(rows, GDP, before)].copy()
    texts = [
        f"{value * share:.2f}"
        for value, share in zip(part["value"], rng.uniform(0.55, 0.75) + 0.01 * np.arange(len(part)), strict=False)
    ]
    part = part.assign(
        scope="urban_districts", source_cell=part["source_cell"] + "D", raw=texts, value=[float(text) for text in texts]
    )
    line = line_of(rows, GDP, newest(rows))
    i = int(rng.integers(2, len(part) - 2))
    write(rows, [line[i]], [texts[i]])
    rows = pd.concat([rows, part], ignore_index=True)
    return Planted(rows, {rows.loc[line[i], "source_cell"]}, ("figure_elsewhere",))


def plant_mixed_bases(rows: pd.DataFrame, rng: np.random.Generator) -> Planted:
    """A copy joins the yearbook before the census (to 2018) to the one after it (from 2019)."""
    old, new = (rows.loc[line_of(rows, GDP, edition)] for edition in (min(rows["edition"]), newest(rows)))
    copy = pd.concat([old[old["year"] <= 2018], new[new["year"] > 2018]])
    cells = "panel_15_cities_2024/figures.csv!csv!E" + copy["year"].astype(str)
    copy = copy.assign(edition="panel_15_cities_2024", published="2024", source_cell=cells)
    first = copy.loc[copy["year"] == 2019, "source_cell"]
    return Planted(pd.concat([rows, copy], ignore_index=True), set(first), ("mixed_basis",))


def plant_other_heads(rows: pd.DataFrame, rng: np.random.Generator) -> Planted:
    """The figure per head made with the registered population."""
    at = rng.choice(line_of(rows, "gdp_per_capita", newest(rows))[1:])
    year = rows.at[at, "year"]
    same = rows[(rows["edition"] == newest(rows)) & (rows["year"] == year)].set_index("indicator")["value"]
    other = same["population_resident"] * rng.choice([0.85, 0.9, 1.1, 1.15])
    write(rows, [at], [f"{same[GDP] * 1e4 / other:.0f}"])
    return Planted(rows, {rows.at[at, "source_cell"]}, ("per_capita",))


def plant_growth_for_index(rows: pd.DataFrame, rng: np.random.Generator) -> Planted:
    at = rng.choice(line_of(rows, "gdp_index_previous_year", newest(rows)))
    write(rows, [at], [f"{rows.at[at, 'value'] - 100:.1f}"])
    return Planted(rows, {rows.at[at, "source_cell"]}, ("limits",))


def plant_dropped_years(rows: pd.DataFrame, rng: np.random.Generator) -> Planted:
    before = sorted(rows["edition"].unique())[-2]
    line = line_of(rows, "goods_imports_cny", before)
    year = int(rng.choice(rows.loc[line[-4:], "year"]))
    gone = rows[(rows["edition"] == newest(rows)) & (rows["year"] == year) & (rows["indicator"] == "goods_imports_cny")].index
    return Planted(
        rows.drop(index=gone), set(rows.loc[line[rows.loc[line, "year"] == year], "source_cell"]), ("coverage_shrank",)
    )


KINDS: dict[str, Callable[[pd.DataFrame, np.random.Generator], Planted]] = {
    "unit_slip_ten_thousand": plant_ten_thousand,
    "unit_slip_ten": plant_ten,
    "lost_decimal_point": plant_lost_point,
    "digits_transposed": plant_swapped_digits,
    "rows_shifted": plant_shifted_rows,
    "years_shifted": plant_shifted_years,
    "sectors_swapped": plant_swapped_sectors,
    "share_above_hundred": plant_large_share,
    "interpolated_run": plant_interpolated,
    "value_repeated": plant_repeated,
    "districts_for_city": plant_districts,
    "two_bases_mixed": plant_mixed_bases,
    "per_head_on_other_population": plant_other_heads,
    "growth_for_index": plant_growth_for_index,
    "years_dropped": plant_dropped_years,
}


def plant_all(rows: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, dict[str, Planted]]:
    """The panel with one kind of fault in each of its first cities; the last city stays clean."""
    rng = np.random.default_rng(1000 + seed)
    planted, parts = {}, []
    for kind, city in zip(KINDS, slugs(len(KINDS)), strict=True):
        own = rows[rows["city"] == city].drop(columns=["amount", "half"]).reset_index(drop=True)
        planted[kind] = KINDS[kind](own.copy(), rng)
        parts.append(planted[kind].rows)
    rest = rows[~rows["city"].isin(slugs(len(KINDS)))].drop(columns=["amount", "half"])
    return pd.concat([*parts, rest], ignore_index=True), planted


def score(found: pd.DataFrame, planted: Planted, city: str) -> tuple[bool, bool]:
    """Found at the right cell, and by the right check."""
    own = found[found["city"] == city]
    hit = own["cells"].str.split(" | ", regex=False).map(lambda cells: bool(planted.cells & set(cells)))
    return bool(hit.any()), bool((hit & own["check"].isin(planted.checks)).any())


def covered(rows: pd.DataFrame, catalogue: Catalogue) -> float:
    """Share of the figures that a second edition prints too, or an identity with all members in their edition contains."""
    again = rows.duplicated(["city", "indicator", "scope", "year"], keep=False)
    inside = pd.Series(False, index=rows.index)
    for identity in catalogue.identities.values():
        members = rows[rows["indicator"].isin(identity.members)]
        complete = members.groupby(["city", "scope", "year", "edition"])["indicator"].transform("nunique") == len(
            identity.members
        )
        inside |= complete.reindex(rows.index, fill_value=False)
    return float((again | inside).mean())


def measure_planted(seeds: int) -> bool:
    shape = Shape(cities=len(KINDS) + 1)
    catalogue, hits, alarms, cells, share = panel_catalogue(shape.cities), {kind: [] for kind in KINDS}, [], 0, []
    begin = time.perf_counter()
    for seed in range(seeds):
        rows = make_panel(shape, seed)
        clean = find_all(rows, catalogue)
        alarms.append(clean[["check", "level"]].value_counts())
        cells += len(rows)
        share.append(covered(rows, catalogue))
        spoilt, planted = plant_all(rows, seed)
        found = find_all(in_catalogue_unit(spoilt, catalogue), catalogue)
        for kind, city in zip(KINDS, slugs(len(KINDS)), strict=True):
            hits[kind].append(score(found, planted[kind], city))
    print(
        f"seeds 0 to {seeds - 1}; {cells / seeds:,.0f} figures a panel, {share and np.mean(share):.1%} of them covered; "
        f"{time.perf_counter() - begin:.0f} s"
    )
    good = print_alarms(pd.concat(alarms, axis=1).sum(axis=1), cells)
    for kind, results in hits.items():
        cell, check = np.mean(results, axis=0)
        missed = [seed for seed, (at_cell, _) in enumerate(results) if not at_cell]
        print(f"{kind:30s} right cell {cell:6.1%}  right check {check:6.1%}" + (f"  missed in seeds {missed}" if missed else ""))
        good &= cell >= FLOOR_CELL
    right = np.mean([[check for _, check in results] for results in hits.values()])
    print(f"{'all kinds':30s} right check {right:.1%} (goal {GOAL_CHECK:.0%})")
    return bool(good)


def print_alarms(total: pd.Series, cells: int) -> bool:
    """False alarms of the clean panels, those about revisions apart; True where both floors hold."""
    counts = total.rename("number").reset_index()
    errors = int(counts.loc[counts["level"] == "error", "number"].sum())
    high = counts[counts["level"] == "high"].set_index("check")["number"]
    rate = 2000 * high / cells
    revised = float(rate[rate.index.isin(REVISION_CHECKS)].sum())
    print(
        f"clean panels: {errors} errors (0); high findings per 2 000 cells: {rate.sum():.3f} (floor {FLOOR_ALARMS:g}, goal {GOAL_ALARMS:g}), "
        f"of which {revised:.3f} about revisions"
    )
    print("  " + ", ".join(f"{check} {level}: {number:.0f}" for check, level, number in counts.itertuples(index=False)))
    return errors == 0 and float(rate.sum()) <= FLOOR_ALARMS


def measure_real(path: Path) -> bool:
    """Sums and falls of a circulated panel: 863 city-years of sectors, and GDP that falls while the real index rises."""
    if not path.is_file():
        print(f"{path.name} is not at hand: the real panel is not measured")
        return True
    panel = pd.read_csv(path)
    found = find_all(panel_rows(panel), load_catalogue())
    sums = found[found["check"] == "sum_to_total"]["level"].value_counts()
    falls = panel[panel["flag"].fillna("").str.contains("level_falls_while_real_growth_is_positive")]
    named = found[found["check"].isin(["index_level", "mixed_basis"])]
    hit = set(zip(named["city"], named["year"], named["edition"], strict=True))
    seen = sum((row.city_slug, row.year, edition_of(row)) in hit for row in falls.itertuples())
    result = (int(sums.get("low", 0)), int(sums.get("error", 0)), seen)
    print(
        f"{path.name}: {result[0]} low and {result[1]} error sums, {seen} of {len(falls)} falls (expected {', '.join(map(str, REAL))})"
    )
    return result == REAL


INDICATORS = {
    "gdp": GDP,
    "va_primary": PRIMARY,
    "va_secondary": SECONDARY,
    "va_tertiary": TERTIARY,
    "gdp_index_prev_year": "gdp_index_previous_year",
}


def edition_of(row) -> str:
    if row.source.startswith("zz"):
        return "panel_36_cities_2025"
    return "panel_revised_gdp_2024" if row.vintage.startswith("revised") else "panel_sectors_2024"


def panel_rows(panel: pd.DataFrame) -> pd.DataFrame:
    """GDP, sectors and index of the panel as observation rows, decimals as the file has them."""
    part = panel[panel["indicator"].isin(INDICATORS)].reset_index(drop=True)
    known = load_catalogue()
    raw = part["value"].map(lambda value: f"{value:.10g}")
    rows = pd.DataFrame(
        {
            "city": part["city_slug"],
            "indicator": part["indicator"].map(INDICATORS),
            "scope": "whole_city",
            "year": part["year"],
            "value": part["value"],
            "decimals": raw.str.partition(".")[2].str.len(),
            "status": "A",
            "bound": "equal",
            "raw": raw,
            "note": "",
            "edition": [edition_of(row) for row in part.itertuples()],
        }
    )
    rows["unit"] = rows["indicator"].map({key: item.unit for key, item in known.indicators.items()})
    rows["published"] = rows["edition"].str[-4:]
    rows["source_cell"] = rows["edition"] + "/city_panel.csv!csv!E" + rows.index.astype(str)
    return in_catalogue_unit(rows.astype({"decimals": "Int64"}), known)


def measure_large() -> bool:
    """Seconds and memory of all checks over millions of rows; the rows themselves are made before."""
    catalogue = panel_catalogue(LARGE.cities)
    rows = make_panel(LARGE, 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin, cpu = time.perf_counter(), time.process_time()
    found = run_checks(rows, rows, catalogue)
    wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**20
    print(
        f"{len(rows):,} rows: {wall:.1f} s ({cpu:.1f} s of one CPU; floor {LARGE_SECONDS:g}, goal 4), {memory:.2f} GB beyond the rows (1); "
        f"{len(found):,} findings, {int((found['level'] != 'low').sum())} of them high"
    )
    return wall <= LARGE_SECONDS and memory <= 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=40, help="panels, each with every kind of fault (default 40)")
    parser.add_argument("--facts", type=Path, default=Path(__file__).parents[3] / "shared" / "facts" / "city_panel.csv")
    parser.add_argument("--large", action="store_true", help="time all checks over two million rows, nothing else")
    options = parser.parse_args()
    if options.large:
        return 0 if measure_large() else 1
    good = measure_planted(options.seeds)
    return 0 if measure_real(options.facts) and good else 1


if __name__ == "__main__":
    sys.exit(main())
