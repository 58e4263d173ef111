"""The words and tables of identities between commitments: what several of them together demand, and whether that was ever seen.

Takes implications of `analysis.identities`; gives keyword arguments for display functions. Names, units and numbers come from the policy
and the catalogue, so that a second policy's equations read like the first's.
"""

import pandas as pd

from qdlib.analysis.evidence import is_number, parse_product
from qdlib.analysis.identities import Implication
from qdlib.analysis.targets import Case
from qdlib.catalogue import load_catalogue
from qdlib.catalogue.policy import TargetIdentity
from qdlib.publishing.display import number, report_language
from qdlib.publishing.phrases import UNKNOWN, needed_decimals, target_requirement, unit_word, word


def concerning(implied: list[Implication], cases: list[Case]) -> list[Implication]:
    """The identities that rest on one of these commitments."""
    own = {case.target.id for case in cases}
    return [item for item in implied if own & set(item.targets)]


def biting_notes(implied: list[Implication]) -> list[dict]:
    """A note on each identity that is strained or inconsistent."""
    return [identity_note(item) for item in implied if item.bites]


def identity_note(item: Implication) -> dict:
    """The note on commitments that bind each other: what they imply, from where, how often that was seen."""
    sentences = [identity_sentence(item)]
    if item.floor is not None and item.floor_growth is not None:
        said = {"floor_year": item.floor_year, "floor": sought_amount(item, item.floor), "growth": f"{item.floor_growth:+.1f}"}
        seen = {"windows": item.floor_frequency.windows, "hits": item.floor_frequency.hits}
        sentences.append(word("overview.identity.floor", **said, **seen))
    if item.verdict == "inconsistent":
        sentences.append(contradiction(item))
    elif share_and_level(item):
        sentences.append(word("overview.identity.close"))
    return {"text": ("" if report_language() == "zh" else " ").join(sentences), "lead": word("overview.identity.lead")}


def contradiction(item: Implication) -> str:
    if item.latest_year is None or item.latest_year < item.year:
        return word("overview.identity.impossible")
    return word("overview.identity.contradicts", latest_year=item.latest_year, latest=sought_amount(item, item.latest))


def identity_sentence(item: Implication) -> str:
    targets = load_catalogue().policy.targets
    demands = [
        word("overview.identity.demand", name=target.name.in_language(report_language()), requirement=target_requirement(target))
        for target in (targets[key] for key in item.targets)
    ]
    values = {"targets": word("overview.identity.join").join(demands), "unknown": sought_name(item), "year": item.year}
    parts = [word("overview.identity.text", implied=sought_amount(item, item.implied), **values)]
    if item.high > item.low:
        parts.append(word("overview.identity.within", low=sought_amount(item, item.low), high=sought_amount(item, item.high)))
    if item.growth is not None:
        start = {"latest_year": item.latest_year, "latest": sought_amount(item, item.latest)}
        parts.append(word("overview.identity.needs", growth=f"{item.growth:+.1f}", **start))
    if item.frequency.windows:
        seen = {"windows": item.frequency.windows, "hits": item.frequency.hits, "cities": item.frequency.cities}
        parts.append(word("overview.identity.reached", span=item.year - item.latest_year, **seen))
    return "".join([*parts, word("overview.identity.stop")])


def share_and_level(item: Implication) -> bool:
    """Whether a share and a level are bound together: then the one can hold while the other fails."""
    kinds = {load_catalogue().policy.targets[key].kind for key in item.targets}
    return "share" in kinds and bool(kinds & {"flow", "stock"})


def identity_of(item: Implication) -> TargetIdentity:
    return next(identity for identity in load_catalogue().policy.identities if identity.id == item.id)


def operand_name(key: str) -> str:
    """A commitment by id and name, an indicator or what is sought by its name."""
    catalogue, language = load_catalogue(), report_language()
    if key in catalogue.policy.targets:
        return f"{key} {catalogue.policy.targets[key].name.in_language(language)}"
    named = {identity.solve_for: identity.name for identity in catalogue.policy.identities if identity.name}
    return (named.get(key) or catalogue.indicators[key].name).in_language(language)


def sought_name(item: Implication) -> str:
    return operand_name(item.solve_for) if item.solve_for else ""


def sought_unit(item: Implication) -> str:
    """The unit of what an identity yields: the unknown's, else that of the commitments on its left."""
    catalogue, identity = load_catalogue(), identity_of(item)
    if identity.unit:
        return identity.unit
    key = item.solve_for if item.solve_for else catalogue.policy.targets[item.targets[0]].indicator
    return catalogue.indicators[key].unit


def sought_places(item: Implication) -> int:
    return 2 if sought_unit(item) == "percent" else 0


def sought_amount(item: Implication, value: float) -> str:
    """A figure of the unknown with its unit: whole units as computed, one decimal more where the source prints one."""
    places = sought_places(item) if value != item.latest else needed_decimals(value, 2)
    unit = unit_word(sought_unit(item))
    return f"{number(value, places)}{'' if unit == '%' else ' '}{unit}"


def formula(item: Implication) -> str:
    """The identity in names: a share in per cent stands for itself, plain numbers are left out."""
    identity = identity_of(item)
    sides = []
    for side in (identity.left, identity.right):
        words = [(name, power) for name, power in parse_product(side) if not is_number(name)]
        first, *rest = words
        sides.append(operand_name(first[0]) + "".join(f" {'×' if power > 0 else '÷'} {operand_name(name)}" for name, power in rest))
    return f" {'≥' if identity.relation == 'ge' else '='} ".join(sides)


def identity_table(items: list[Implication]) -> dict | None:
    """Each identity with what it implies and how often that growth was seen; None where there is none."""
    if not items:
        return None
    frame = pd.DataFrame([identity_row(item) for item in items])
    return {
        "frame": frame,
        "id": "identities",
        "caption": word("overview.identity.table"),
        "note": word("overview.identity.note"),
        "columns": {column: word(f"overview.identity.{column}") for column in frame if column != "places"} | {"places": ""},
        "sources": [item.edition for item in items if item.edition],
        "units": {"needed": "%"},
        "decimals": {"implied": "places", "needed": 1},
    }


def identity_row(item: Implication) -> dict:
    places = sought_places(item)
    frequency = item.floor_frequency or item.frequency
    span = item.year - (item.floor_year or item.latest_year or item.year)
    seen = {"span": span, "windows": frequency.windows, "hits": frequency.hits}
    from_floor = item.floor is not None and item.floor_growth is not None
    start = word("target.above_value", value=number(item.floor, 0)) if from_floor else number(item.latest, 1) if item.latest else ""
    verdict = item.verdict if item.tested or item.bites else "untested"
    return {
        "formula": formula(item),
        "implied": item.implied,
        "unit": unit_word(sought_unit(item)),
        "band": UNKNOWN if item.high == item.low else f"{number(item.low, places)}–{number(item.high, places)}",
        "from": f"{start} ({item.floor_year if from_floor else item.latest_year})" if start else UNKNOWN,
        "needed": item.floor_growth if from_floor else item.growth,
        "seen": word("overview.identity.seen_value", **seen) if frequency.windows else UNKNOWN,
        "verdict": word(f"overview.identity.{verdict}"),
        "places": places,
    }


def bound_cases(implied: list[Implication], cases: list[Case]) -> list[Case]:
    """The commitments of identities that bite, levels before shares; of all identities where none does."""
    biting = [item for item in implied if item.bites] or implied
    own = {key for item in biting[:1] for key in item.targets}
    return sorted((case for case in cases if case.target.id in own), key=lambda case: case.target.kind not in ("flow", "stock"))
