"""Annual sets that nothing here was fitted on: what statsmodels ships, and figures of Chinese cities.

Takes the data sets inside the statsmodels package (sub-annual ones as annual means of whole years) and, where the folder is given, the
yearbook series and the city panel; rolls origins through each and prints OWA over own log-Theta's and coverage of the 95 % band. Does not
choose anything. Decisions: every method is scored on the cases that log-Theta can forecast (all y > 0); coverage counts its cases,
because the small sets say little; series that repeat years or are interpolated by their source are named as such, not dropped.
"""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from qdlib.forecasting import Panel, backtest

FACTS = Path(__file__).parents[2].parent / "shared" / "facts"
STEPS, ORIGINS, LEAST = 6, 10, 8  # steps as in M4-yearly; the last ten origins with eight years behind them
METHODS = ("default", "pool", "theta_log", "drift")


def make_long(wide: pd.DataFrame, name: str) -> pd.DataFrame:
    """Columns of a frame whose index is the year -> unique_id, ds, y; lengths differ, so empty ends are dropped."""
    long = wide.rename_axis("ds").reset_index().melt("ds", var_name="unique_id", value_name="y").dropna()
    return long.assign(unique_id=name + "/" + long["unique_id"].astype(str), ds=long["ds"].astype(int), y=long["y"].astype(float))


def take_whole_years(rows: pd.DataFrame, year: pd.Series, parts: int) -> pd.DataFrame:
    """Annual means of the years of which all `parts` are there."""
    grouped = rows.groupby(year.to_numpy())
    return grouped.mean()[grouped.size() >= parts]


def read_packaged() -> Iterator[tuple[str, pd.DataFrame]]:
    """Sets inside statsmodels: name and unique_id, ds, y."""
    from statsmodels import datasets as shipped

    load = {
        name: getattr(shipped, name).load_pandas().data
        for name in (
            "fertility",
            "macrodata",
            "interest_inflation",
            "danish_data",
            "grunfeld",
            "longley",
            "nile",
            "sunspots",
            "elnino",
            "co2",
            "copper",
        )
    }
    fertility = load["fertility"].set_index("Country Code")
    yield (
        "fertility (World Bank, by country)",
        make_long(fertility[[name for name in fertility if name.isdigit()]].T, "fertility"),
    )
    firms = load["grunfeld"].assign(year=load["grunfeld"]["year"].astype(int)).pivot(index="year", columns="firm")
    yield "grunfeld (firms)", make_long(firms.set_axis([" ".join(name) for name in firms], axis=1), "grunfeld")
    macro = load["macrodata"].drop(columns=["infl", "realint", "quarter"])
    parts = [make_long(take_whole_years(macro.drop(columns="year"), macro["year"].astype(int), 4), "macrodata")]
    rates = load["interest_inflation"]
    parts.append(make_long(take_whole_years(rates[["R"]], rates["year"].astype(int), 4), "interest"))
    danish = load["danish_data"]
    parts.append(make_long(take_whole_years(danish[["lrm", "lry", "ibo", "ide"]], danish.index.year.to_series(), 4), "danish"))
    parts.append(make_long(load["longley"].set_index("YEAR"), "longley"))
    copper = load["copper"]
    parts.append(make_long(copper.drop(columns="TIME").set_index(1950 + copper["TIME"].astype(int)), "copper"))
    yield "economic (macrodata, longley, copper, …)", pd.concat(parts)
    nature = [
        make_long(load["nile"].set_index("year"), "nile"),
        make_long(load["sunspots"].set_index("YEAR"), "sunspots"),
        make_long(load["elnino"].set_index("YEAR").mean(axis=1).to_frame("mean"), "elnino"),
        make_long(take_whole_years(load["co2"].dropna(), load["co2"].dropna().index.year.to_series(), 45), "co2"),
    ]
    yield "nature (nile, sunspots, elnino, co2)", pd.concat(nature)


def read_panel(path: Path) -> pd.DataFrame:
    """Whole-city values as circulated: one GDP source, nothing preliminary, one id per city and indicator."""
    rows = pd.read_csv(path)
    flags = rows["flag"].fillna("")
    keep = rows["vintage"].str.startswith("as circulated") & ~flags.str.contains("preliminary")
    keep &= ~((rows["indicator"] == "gdp") & ~rows["source"].str.startswith("zz14754"))
    rows = rows[keep]
    return pd.DataFrame(
        {
            "unique_id": rows["city_slug"] + "/" + rows["indicator"],
            "ds": rows["year"],
            "y": rows["value"],
            "indicator": rows["indicator"],
        }
    )


def read_facts(folder: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Sets of Chinese cities, where the folder holds them."""
    if (folder / "yearbook_series.csv").exists():
        rows = pd.read_csv(folder / "yearbook_series.csv")
        ids = rows["city"] + "/" + rows["table"] + "/" + rows["labels"].fillna("")
        long = pd.DataFrame({"unique_id": ids, "ds": rows["year"], "y": rows["value"]}).dropna()
        yield "yearbook series (Qingdao, Ningbo)", long[~long.duplicated(["unique_id", "ds"], keep=False)]
    if (folder / "city_panel.csv").exists():
        yield "city panel (36 cities, as circulated)", read_panel(folder / "city_panel.csv")
    missing = [name for name in ("yearbook_series.csv", "city_panel.csv") if not (folder / name).exists()]
    if missing:
        print(f"{folder} holds no {' and no '.join(missing)}: not measured")


def score(rows: pd.DataFrame) -> dict:
    """Cases, series, and of default and log-Theta on the same cases OWA and MASE; coverage of the default's bands."""
    last = rows.dropna(subset="y").groupby("unique_id")["ds"].transform("max")
    rows = (
        rows.assign(ds=rows["ds"] - last).dropna(subset="ds").astype({"ds": int})
    )  # series end in different years: counted from each end
    panel = Panel.from_frame(rows)
    result = backtest.roll(panel, STEPS, origins=list(range(-ORIGINS, 0)), methods=METHODS)
    keys = ["unique_id", "origin", "step"]
    known = pd.concat([panel.cut(year).notes.assign(origin=year) for year in sorted(result.cases["origin"].unique())])
    enough = known.loc[(known["n_used"] >= LEAST) & (known["last_year"] == known["origin"]), ["unique_id", "origin"]]
    shared = result.cases.loc[result.cases["method"] == "theta_log", keys].merge(enough, on=["unique_id", "origin"])
    cases = result.cases.merge(shared, on=keys)
    table = backtest.Backtest(cases, result.targets, result.vintage, result.left_out).table().set_index("method")
    return {
        "series": int(table.loc["default", "series"]),
        "cases": int(table.loc["default", "cases"]),
        "ratio": table.loc["default", "OWA"] / table.loc["theta_log", "OWA"],
        **{name: table.loc[name, "OWA"] for name in METHODS},
        "mase": table.loc["default", "MASE"],
        **{f"in {level}": table.loc["default", f"cover-{level}"] for level in backtest.LEVELS},
    }


def measure(folder: Path) -> pd.DataFrame:
    """Print and give one row per set."""
    found = {name: score(rows) for part in (read_packaged(), read_facts(folder)) for name, rows in part}
    table = pd.DataFrame.from_dict(found, orient="index")
    print(
        f"annual sets not used for fitting: last {ORIGINS} origins, {STEPS} steps, at least {LEAST} years; OWA by method, ratio to log-Theta"
    )
    print(table.round(3).to_string())
    return table
