"""Declared corrections, applied with their guards.

Takes rows, the reader's unmatched figures and the catalogue's corrections; gives corrected rows, what is left unmatched, and one
row per applied correction (old and new value, cell; the reason is the catalogue's, by id). A correction that matches
nothing, whose guard no longer holds, or that meets a second one on its cell is a DataError: the entry must go. `raw` never
changes. A finding that suggests a new figure is turned into the entry that would carry it out.
"""

import json
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.catalogue.corrections import Correction
from qdlib.errors import DataError, raise_all
from qdlib.observations.findings import say_finding
from qdlib.observations.rows import COLUMNS

APPLIED = ["id", "action", "city", "indicator", "scope", "year", "edition", "source_cell", "old", "new", "status"]


def apply_corrections(
    rows: pd.DataFrame, unmatched: pd.DataFrame, catalogue: Catalogue
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Corrected rows, remaining unmatched, applied corrections. Raises DataError with all faults."""
    rows, unmatched = rows.copy(deep=False), unmatched.copy(deep=False)  # pandas copies a column when it is written to
    faults: list[str] = []
    applied: list[dict] = []
    touched: dict[str, str] = {}
    for correction in catalogue.corrections:
        if correction.action == "accept":
            continue
        if correction.cell:
            rows, unmatched = adopt_unmatched(rows, unmatched, correction, faults)
        place = matching(rows, correction)
        if not len(place):
            faults.append(f"{correction.id}: matches no figure ({describe(correction)}); delete it or mend its keys")
        for index in place:
            cell = rows.at[index, "source_cell"]
            if cell in touched:
                faults.append(f"{correction.id}: {cell} is corrected by {touched[cell]} already; keep one of the two")
            elif not guard_holds(correction, rows.loc[index]):
                faults.append(f"{correction.id}: {cell} reads {rows.at[index, 'raw']!r}, the guard expects {guard_text(correction)}; "
                              "the source was mended or the entry is wrong: delete or mend it")
            else:
                touched[cell] = correction.id
                applied.append(correct_row(rows, index, correction))
    raise_all(DataError, faults, "corrections.yml")
    return rows, unmatched, pd.DataFrame(applied, columns=APPLIED)


def matching(rows: pd.DataFrame, correction: Correction) -> pd.Index:
    same = (
        (rows["edition"] == correction.edition)
        & (rows["city"] == correction.city)
        & (rows["indicator"] == correction.indicator)
        & (rows["scope"] == correction.scope)
    )
    if correction.years:
        same &= rows["year"].isin(correction.years)
    if correction.cell:
        same &= rows["source_cell"] == correction.cell
    return rows.index[same]


def adopt_unmatched(
    rows: pd.DataFrame, unmatched: pd.DataFrame, correction: Correction, faults: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Move the named cell from unmatched to rows: the correction says which indicator, year and unit it is."""
    found = unmatched.index[unmatched["source_cell"] == correction.cell]
    if not len(found):
        return rows, unmatched
    if len(correction.years) != 1 or not correction.unit:
        faults.append(f"{correction.id}: a cell that the reader could not assign needs exactly one year and a unit")
        return rows, unmatched
    row = unmatched.loc[found[0]].reindex(COLUMNS).to_dict()
    row |= {"city": correction.city, "indicator": correction.indicator, "scope": correction.scope, "year": correction.years[0],
            "unit": correction.unit, "bound": row.get("bound") or "equal"}
    adopted = pd.DataFrame([row], columns=COLUMNS).astype(rows[COLUMNS].dtypes.to_dict())
    return pd.concat([rows, adopted], ignore_index=True), unmatched.drop(index=found)


def guard_holds(correction: Correction, row: pd.Series) -> bool:
    if correction.expect_raw is not None and row["raw"] != correction.expect_raw:
        return False
    if correction.expect_above is not None and not (row["value"] > float(correction.expect_above)):
        return False
    return correction.expect_below is None or row["value"] < float(correction.expect_below)


def guard_text(correction: Correction) -> str:
    parts = {"raw": correction.expect_raw, "above": correction.expect_above, "below": correction.expect_below}
    return ", ".join(f"{key} {value}" for key, value in parts.items() if value is not None)


def correct_row(rows: pd.DataFrame, index: int, correction: Correction) -> dict:
    """Change one row in the (already copied) frame and describe the change."""
    old = "" if pd.isna(rows.at[index, "value"]) else f"{rows.at[index, 'value']:.12g}"
    new = new_value(correction, rows.loc[index])
    if correction.action in ("drop", "flag"):
        rows.at[index, "status"] = "M" if correction.action == "drop" else "U"
    elif rows.at[index, "status"] == "U":
        rows.at[index, "status"] = "A"  # the declared figure is no longer doubtful
    if correction.action == "drop":
        rows.at[index, "value"] = float("nan")
    elif new is not None:
        rows.at[index, "value"] = float(new)
        rows.at[index, "decimals"] = max(0, -new.as_tuple().exponent)
        if correction.unit:
            rows.at[index, "unit"] = correction.unit
    change = f"{old} → {'' if new is None else new} ({correction.id})"
    rows.at[index, "note"] = "; ".join(filter(None, [rows.at[index, "note"], change]))
    row = rows.loc[index]
    return {"id": correction.id, "action": correction.action, **{key: row[key] for key in APPLIED[2:8]}, "old": row["raw"],
            "new": "" if new is None else str(new), "status": correction.status}


def new_value(correction: Correction, row: pd.Series) -> Decimal | None:
    if correction.action == "replace":
        return Decimal(correction.value)
    if correction.action == "scale":
        scaled = Fraction(Decimal(f"{row['value']:.15g}")) * correction.factor
        return Decimal(scaled.numerator) / Decimal(scaled.denominator)
    return None


def suggest_entry(row, catalogue: Catalogue) -> str:
    """An entry for corrections.yml that would carry out a finding's suggestion; empty where it suggests no new figure.

    row: a finding; its first cell and value are the figure to be corrected. The entry is YAML that the catalogue loads.
    """
    verb, _, argument = row.suggestion.partition(" ")
    if verb not in ("replace", "scale"):
        return ""
    key = "value" if verb == "replace" else "factor"
    entry = {"id": f"{row.edition}_{row.indicator}_{row.scope}_{row.year}", "edition": row.edition, "city": row.city,
             "indicator": row.indicator, "scope": row.scope, "years": [str(row.year)], "action": verb, key: argument,
             "expect": {"raw": row.values.split(" | ")[0]}, "reason": {code: say_finding(row, catalogue, code) for code in ("zh", "en")},
             "status": "open"}
    # JSON of a value is YAML, whatever marks the printed text holds.
    return "- " + "\n  ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items())


def describe(correction: Correction) -> str:
    years = ", ".join(map(str, correction.years)) or "every year"
    return f"{correction.city} {correction.indicator} {years} in {correction.edition}"
