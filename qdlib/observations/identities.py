"""Identities between indicators, evaluated inside one edition.

Takes figures and the catalogue's identities; gives findings. All members are intervals: only a gap that the rounding of all of
them cannot explain counts, so a part printed coarser raises no false alarm. A member that the edition does not print is
taken as known on its date; the level is then `high` at most, because the other edition may stand on another basis. Growth
and index are compared inside one edition only: between editions their difference is a revision, not a fault.
"""

from itertools import pairwise

import numpy as np

from qdlib.catalogue import Catalogue
from qdlib.catalogue.events import Identity
from qdlib.observations.figures import YEARS, Figures
from qdlib.observations.findings import explain, plain_number
from qdlib.observations.members import Members, borrow_known, find_known, find_printed, gather_members
from qdlib.observations.rows import SLACK, meets

# Parts made from shares of two decimals miss their total by up to 2 · 0.5e-4 of it and a little: of 863 city-years of sectors
# 34 lie between their rounding and this limit, and the 12 beyond it join a total to sectors of another vintage.
SHARE_SLACK = 1.1e-4
# Within three times the rounding a gap is more often one unit lost in adding than a wrong figure.
ROUNDING_ROOM = 3
# Implied deflators of 36 cities on one basis: −7.8 … +12.8 % (0.5 to 99.5 percentile of 826 city-years); the limits cut off 1 %.
DEFLATOR = (-6.0, 12.0)
# With one year-end in place of the mean of two: half of 452 yearly changes of a city's people are below 0.9 %, half of which is in
# the mean; twice that is allowed.
ONE_YEAR_END = 0.01
# A total this near to a power of ten times its parts is in another unit (log10, ± 20 %).
UNIT_WIDTH = 0.08


def check_identities(figures: Figures, catalogue: Catalogue) -> list[dict]:
    kinds = {
        "sum": check_sum,
        "shares_to_100": check_shares,
        "share_of": check_share_of,
        "per_capita": check_per_capita,
        "index_level": check_index_level,
        "growth_index": check_growth_index,
    }
    return [
        finding for identity in catalogue.identities.values() for finding in kinds[identity.kind](figures, identity, catalogue)
    ]


def check_sum(figures: Figures, identity: Identity, catalogue: Catalogue) -> list[dict]:
    """A total that its parts miss by more than rounding: low near rounding, else error."""
    members = gather_members(figures, identity, catalogue)
    unit = members.unit
    total = members.amount(identity.total)
    parts = sum(members.amount(key) * (unit[key] / unit[identity.total]) for key in identity.parts)
    half = sum(members.half(key) * (unit[key] / unit[identity.total]) for key in identity.members)
    found = []
    for i, level in judge_gaps(total, parts, half, members.borrowed):
        swapped = swapped_digits(members, identity, i, half[i]) if level == "error" else None
        if swapped:
            found.append(describe_swap(members, i, *swapped, total[i], parts[i]))
            continue
        power = unit_power(total[i], parts[i])
        name, values = ("sum_unit", {"power": plain_number(10.0 ** abs(power))}) if power else ("sum_to_total", {})
        found.append(
            {
                "check": "sum_to_total",
                "level": level,
                **members.locate(i),
                "expected": plain_number(parts[i]),
                "explanation": explain(name, total=total[i], parts=parts[i], gap=total[i] - parts[i], room=half[i], **values),
                "suggestion": "compare",
            }
        )
    return found


def judge_gaps(total: np.ndarray, parts: np.ndarray, half: np.ndarray, borrowed: np.ndarray) -> list[tuple[int, str]]:
    """Index and level of each sum that does not hold."""
    slack, gap = SLACK * np.abs(total), np.abs(parts - total)
    low = gap <= np.maximum(ROUNDING_ROOM * half, SHARE_SLACK * np.abs(total)) + slack
    return [(i, "low" if low[i] else "high" if borrowed[i] else "error") for i in np.flatnonzero(gap > half + slack)]


def swapped_digits(members: Members, identity: Identity, i: int, room: float) -> tuple[str, str] | None:
    """The one member, and its figure, with which the sum holds once two neighbouring digits are exchanged; None where not one."""
    unit = members.unit
    sign = {key: (-1 if key == identity.total else 1) * unit[key] / unit[identity.total] for key in identity.members}
    gap = sum(sign[key] * members.amount(key)[i] for key in identity.members)
    fits = []
    for key in identity.members:
        figure = members.figures.row_of(members.at[key][i])
        scale = sign[key] * members.amount(key)[i] / figure["value"] if figure["value"] else 0
        for text in exchange_digits(f"{figure['value']:.{int(figure['decimals'])}f}"):
            if abs(gap + scale * (float(text) - figure["value"])) <= room:
                fits.append((key, text))
    return fits[0] if len(fits) == 1 else None


def exchange_digits(text: str) -> list[str]:
    """The figure with each pair of neighbouring unlike digits exchanged."""
    at = [i for i, mark in enumerate(text) if mark.isdigit()]
    pairs = [(a, b) for a, b in pairwise(at) if text[a] != text[b]]
    return [text[:a] + text[b] + text[a + 1 : b] + text[a] + text[b + 1 :] for a, b in pairs]


def describe_swap(members: Members, i: int, key: str, repair: str, total: float, parts: float) -> dict:
    at = [members.at[key][i], *(index[i] for name, index in members.at.items() if name != key)]
    return {
        "check": "sum_to_total",
        "level": "error",
        **members.figures.row(at[0]),
        "cells": members.figures.cells(at),
        "values": members.figures.raws(at),
        "expected": repair,
        "suggestion": f"replace {repair}",
        "explanation": explain("sum_digits", total=total, parts=parts, found=members.figures.raws(at[:1])[0], repair=repair),
    }


def unit_power(total: float, parts: float) -> int:
    """The power of ten by which the total differs from its parts; 0 where no unit explains the gap."""
    if total <= 0 or parts <= 0:
        return 0
    power = np.log10(total / parts)
    return round(power) if abs(power - round(power)) < UNIT_WIDTH else 0


def check_shares(figures: Figures, identity: Identity, catalogue: Catalogue) -> list[dict]:
    """Shares of one whole that do not add up to 100 %."""
    members = gather_members(figures, identity, catalogue, borrow=False)
    whole = 1 / members.unit[identity.parts[0]]
    sums = sum(members.amount(key) for key in identity.parts) if len(members) else np.zeros(0)
    half = sum(members.half(key) for key in identity.parts) if len(members) else np.zeros(0)
    return [
        {
            "check": "shares_to_100",
            "level": level,
            **members.locate(i),
            "expected": plain_number(whole),
            "explanation": explain("shares_to_100", sum=sums[i], room=half[i]),
            "suggestion": "compare",
        }
        for i, level in judge_gaps(np.full(len(members), whole), sums, half, members.borrowed)
    ]


def check_share_of(figures: Figures, identity: Identity, catalogue: Catalogue) -> list[dict]:
    """A quotient that is not part by whole: error in one edition, high with a member from another."""
    members = gather_members(figures, identity, catalogue)
    unit = members.unit
    part, whole = identity.parts
    scale = unit[part] / unit[whole] / unit[identity.total]
    low, high = quotient(members.amount(part), members.half(part), members.amount(whole), members.half(whole), scale)
    found = []
    for i in outside(members.amount(identity.total), members.half(identity.total), low, high):
        found.append(
            {
                "check": "share_of",
                "level": "high" if members.borrowed[i] else "error",
                **members.locate(i),
                "expected": interval(low[i], high[i]),
                "suggestion": "compare",
                "explanation": explain(
                    "share_of",
                    found=members.amount(identity.total)[i],
                    low=short(low[i]),
                    high=short(high[i]),
                    part=f"indicator:{part}",
                    whole=f"indicator:{whole}",
                ),
            }
        )
    return found


def check_per_capita(figures: Figures, identity: Identity, catalogue: Catalogue) -> list[dict]:
    """A figure per head that does not fit the mean of the population at both ends of the year; with one end known, ± 1 %."""
    members = gather_members(figures, identity, catalogue)
    unit = members.unit
    flow, people = identity.parts
    before = year_before(figures, members, people, identity.total, catalogue)
    has = before >= 0
    heads = np.where(has, (members.amount(people) + figures.amount[before]) / 2, members.amount(people))
    half = np.where(has, (members.half(people) + figures.half[before]) / 2, members.half(people) + ONE_YEAR_END * heads)
    low, high = quotient(members.amount(flow), members.half(flow), heads, half, unit[flow] / unit[people] / unit[identity.total])
    found = []
    for i in outside(members.amount(identity.total), members.half(identity.total), low, high):
        place = members.locate(i)
        if has[i]:
            place |= {"cells": place["cells"] + figures.cells([before[i]]), "values": place["values"] + figures.raws([before[i]])}
        found.append(
            {
                "check": "per_capita",
                "level": "high",
                **place,
                "expected": interval(low[i], high[i]),
                "suggestion": "compare",
                "explanation": explain(
                    "per_capita" if has[i] else "per_capita_one",
                    found=members.amount(identity.total)[i],
                    low=short(low[i]),
                    high=short(high[i]),
                    heads=plain_number(heads[i]),
                ),
            }
        )
    return found


def year_before(figures: Figures, members: Members, people: str, total: str, catalogue: Catalogue) -> np.ndarray:
    """Index of the population one year earlier: of the population's own edition, else borrowed; −1 where there is none."""
    own = find_printed(figures, people, figures.place[members.at[people]] - 1)
    return np.where(own >= 0, own, borrow_known(figures, people, figures.place[members.at[total]] - 1, catalogue))


def check_growth_index(figures: Figures, identity: Identity, catalogue: Catalogue) -> list[dict]:
    """An index (year before = 100) that is not 100 and the growth rate printed beside it."""
    members = gather_members(figures, identity, catalogue, borrow=False)
    if not len(members):
        return []
    growth = identity.parts[0]
    wanted = 100 + members.amount(growth)
    wrong = ~meets(members.amount(identity.total), members.half(identity.total), wanted, members.half(growth))
    return [
        {
            "check": "growth_index",
            "level": "error",
            **members.locate(i),
            "expected": plain_number(wanted[i]),
            "suggestion": "compare",
            "explanation": explain("growth_index", index=members.amount(identity.total)[i], growth=members.amount(growth)[i]),
        }
        for i in np.flatnonzero(wrong)
    ]


def check_index_level(figures: Figures, identity: Identity, catalogue: Catalogue) -> list[dict]:
    """Levels of one edition whose change leaves no plausible deflator beside the published index, its own or any edition's."""
    level = figures.blocks.get(identity.parts[0], slice(0, 0))
    at = np.arange(level.start, level.stop)
    at = at[figures.continued[at] & (figures.year[at] - figures.year[at - 1] == 1) & (figures.amount[at - 1] > 0)]
    index = find_printed(figures, identity.total, figures.place[at])
    newest = figures.place[at] + (len(figures.names["edition"]) - 1 - figures.codes["edition"][at]).astype(np.int64) * YEARS
    index = np.where(index >= 0, index, find_known(figures, identity.total, newest))
    known = (index >= 0) & (figures.amount[index] > 0)  # −1 is no index; an index of 0 is beyond its limits and reported there
    at, index = at[known], index[known]
    deflator = 100 * (figures.amount[at] / figures.amount[at - 1] / (figures.amount[index] / 100) - 1)
    return [
        {
            "check": "index_level",
            "level": "high",
            **figures.row(at[i]),
            "cells": figures.cells([at[i] - 1, at[i], index[i]]),
            "values": figures.raws([at[i] - 1, at[i], index[i]]),
            "expected": f"{DEFLATOR[0]:g} … {DEFLATOR[1]:g}",
            "suggestion": "compare",
            "explanation": explain(
                "index_level",
                change=f"{100 * (figures.amount[at[i]] / figures.amount[at[i] - 1] - 1):+.2f}",
                index=figures.amount[index[i]],
                deflator=f"{deflator[i]:+.2f}",
                low=f"{DEFLATOR[0]:+g}",
                high=f"{DEFLATOR[1]:+g}",
            ),
        }
        for i in np.flatnonzero((deflator < DEFLATOR[0]) | (deflator > DEFLATOR[1]))
    ]


def quotient(
    part: np.ndarray, half: np.ndarray, whole: np.ndarray, room: np.ndarray, scale: float
) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest part/whole · scale within rounding; NaN where the whole is not above zero."""
    whole = np.where(whole - room > 0, whole, np.nan)
    return scale * (part - half) / (whole + room), scale * (part + half) / (whole - room)


def outside(value: np.ndarray, half: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    slack = SLACK * np.abs(value)
    return np.flatnonzero((value + half + slack < low) | (value - half - slack > high))


def interval(low: float, high: float) -> str:
    return f"{short(low)} … {short(high)}"


def short(value: float) -> str:
    """Six significant digits: enough to tell a wrong figure from a right one."""
    return f"{float(f'{value:.6g}'):.10g}"
