"""Parts and their total in a forecast: sectors that sum to GDP, shares that sum to 100 per cent.

Takes one city's series of one vintage and an identity of the catalogue (a total and its parts); gives each forecast on its own
beside the reconciled one. Does not draw and does not judge whether the identity is true. Decisions: only current-price amounts add up,
what else an identity names is a DataError; total and parts are taken for the years that all of them have, and must add up in the last
of these, because figures of two vintages do not (Beijing's sectors of 2023 miss its later GDP by 7.6 %): then nothing is reconciled and
the reason is a result.
"""

from dataclasses import dataclass

import pandas as pd

from qdlib.analysis.prospects import history
from qdlib.catalogue import Catalogue
from qdlib.errors import DataError

# Parts and total of one vintage miss each other by up to .007 % (observed in the last common year of 32 of 36 cities); those of two
# vintages by 1.5 % and more (the other four).
SLACK = 1e-4
LEAST = 4  # common years that a forecast needs
WHOLE = 100.0


@dataclass(frozen=True)
class Addition:
    """`frame`: indicator, year, separate, reconciled, moved (% of separate), and reconciled lo-80, hi-80, lo-95, hi-95; or empty, and
    `reason` says why: `missing` (a part has no figures), `too_few_years`, `does_not_add_up` (`gap` in % of the total in `last_year`).
    `figures`: what was forecast, by year (index) and indicator (columns). `flags`: codes of the forecaster, with `reconciled`."""

    frame: pd.DataFrame
    figures: pd.DataFrame
    first_year: int
    last_year: int
    number: int
    gap: float
    editions: list[str]
    reason: str = ""
    flags: tuple[str, ...] = ()


def add_up(series: pd.DataFrame, identity, until: int, catalogue: Catalogue) -> Addition:
    """Amounts of the parts and their total up to the year `until`, reconciled so that the parts sum to the total in every year."""
    check_addable(identity, catalogue)
    found = gather(series, identity)
    if found.reason:
        return found
    wide = found.figures
    constraint = ({identity.total: 1.0} | dict.fromkeys(identity.parts, -1.0), 0.0)
    return reconciled(found, wide[[identity.total, *identity.parts]], constraint, until)


def share_out(series: pd.DataFrame, identity, until: int, catalogue: Catalogue) -> Addition:
    """Shares of the parts in per cent of their sum up to the year `until`, kept within 0 and 100 and reconciled so that they sum to 100.

    A total of another vintage does not matter here: the shares are those of the parts in their own sum.
    """
    check_addable(identity, catalogue)
    found = gather(series, identity)
    if found.reason in ("missing", "too_few_years"):
        return found
    parts = found.figures[list(identity.parts)]
    shares = WHOLE * parts.div(parts.sum(axis=1), axis=0)
    return reconciled(found, shares, (dict.fromkeys(identity.parts, 1.0), WHOLE), until, bounds=(0.0, WHOLE))


def check_addable(identity, catalogue: Catalogue) -> None:
    """DataError unless the identity is a sum of amounts at current prices."""
    wrong = [
        key
        for key in (identity.total, *identity.parts)
        if not catalogue.indicators[key].additive or catalogue.indicators[key].price != "current"
    ]
    if identity.kind != "sum" or wrong:
        described = ", ".join(
            f"{key} ({catalogue.indicators[key].kind}, {catalogue.indicators[key].price} prices)" for key in wrong
        )
        raise DataError(
            f"identity {identity.id} ({identity.kind}) cannot be reconciled: {described or 'it is no sum'} · expected a sum of "
            "additive amounts at current prices: constant prices, rates and index numbers do not add up"
        )


def gather(series: pd.DataFrame, identity) -> Addition:
    """Amounts by year of total and parts, for the years that all have."""
    own = {key: history(series, key).set_index("year") for key in (identity.total, *identity.parts)}
    wide = pd.concat({key: frame["amount"] for key, frame in own.items()}, axis=1).dropna()
    empty = [key for key, frame in own.items() if frame.empty]
    editions = sorted({edition for frame in own.values() for edition in frame.loc[frame.index.isin(wide.index), "edition"]})
    if empty or len(wide) < LEAST:
        years = (int(wide.index.min()), int(wide.index.max())) if len(wide) else (0, 0)
        return Addition(pd.DataFrame(), wide, *years, len(wide), float("nan"), editions, "missing" if empty else "too_few_years")
    last = wide.iloc[-1]
    gap = float(100 * (last[list(identity.parts)].sum() / last[identity.total] - 1))
    reason = "does_not_add_up" if abs(gap) > 100 * SLACK else ""
    return Addition(pd.DataFrame(), wide, int(wide.index.min()), int(wide.index.max()), len(wide), gap, editions, reason)


def reconciled(found: Addition, wide: pd.DataFrame, constraint, until: int, bounds=None) -> Addition:
    """`found` with the forecast of `wide`, separate and reconciled, in place of the figures."""
    from qdlib.forecasting import Panel, forecast
    from qdlib.forecasting.reconcile import reconcile

    long = wide.rename_axis("ds").reset_index().melt("ds", var_name="unique_id", value_name="y")
    separate = forecast(Panel.from_frame(long), until - found.last_year, bounds=bounds)
    together = reconcile(separate, constraint)
    frame = together.frame((80, 95)).rename(columns={"unique_id": "indicator", "ds": "year", "mean": "reconciled"})
    frame.insert(2, "separate", separate.point.ravel())
    frame.insert(4, "moved", 100 * (frame["reconciled"] / frame["separate"] - 1))
    flags = tuple(sorted({flag for flags in together.notes["flags"] for flag in flags.split()}))
    return Addition(
        frame.astype({"year": int}), wide, found.first_year, found.last_year, found.number, found.gap, found.editions, "", flags
    )


def close_last_year(addition: Addition, identity) -> pd.DataFrame:
    """The last forecast year, parts first, then their sum (id `sum`), then the total where it was forecast: indicator, observed, separate,
    reconciled, moved (%), lo-80, hi-80."""
    last = addition.frame[addition.frame["year"] == addition.frame["year"].max()].set_index("indicator")
    last.insert(0, "observed", addition.figures.iloc[-1])
    parts = last.loc[list(identity.parts)]
    summed = parts[["observed", "separate", "reconciled"]].sum().to_frame("sum").T
    rows = [parts, summed, *([last.loc[[identity.total]]] if identity.total in last.index else [])]
    columns = ["observed", "separate", "reconciled", "moved", "lo-80", "hi-80"]
    return pd.concat(rows)[columns].rename_axis("indicator").reset_index()
