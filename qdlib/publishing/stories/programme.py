"""The words and tables of the programme page: three lists, what is reported of them, who must act, and the commitments they serve.

Takes the frame of `analysis.programme.assess_programme`, whole or of one pillar; gives keyword arguments for display functions. What
no department has reported stays empty: the page says that it is missing, and by whom it is owed.
"""

import pandas as pd

from qdlib.analysis.programme import SLOW_BELOW, STALLED_AFTER, count_fields, dispatch
from qdlib.catalogue import load_catalogue
from qdlib.catalogue.programme import TYPES, Item
from qdlib.publishing.display import report_language
from qdlib.publishing.phrases import UNKNOWN, target_requirement, word

MARKS = {"unreported": "—", "not_started": "·", "in_progress": "■", "slow": "◐", "stalled": "○", "overdue": "✕", "done": "★"}
ITEM_COLUMNS = ["title", "status", "unit", "due", "spi", "clause", "parts", "serves"]


def choose_pillar(assessed: pd.DataFrame, pillar: str) -> pd.DataFrame:
    """The items of one pillar, or all of them."""
    return assessed if pillar == "all" else assessed[assessed["pillar"] == pillar].reset_index(drop=True)


def finding(assessed: pd.DataFrame, pillar: str) -> dict:
    """Head of the page: how many items there are and what is known of them."""
    total, reported = len(assessed), int((assessed["word"] != "unreported").sum())
    done, late = (int(assessed["word"].isin(words).sum()) for words in (("done",), ("overdue", "stalled")))
    title = (
        word("programme.finding.partly", items=total, reported=reported, done=done, late=late)
        if reported
        else word("programme.finding.silent", items=total)
    )
    lede = word("programme.lede") if pillar == "all" else word("programme.lede_pillar", pillar=part_name(pillar))
    return {"title": title, "lede": lede, "key_figures": key_figures(assessed, reported)}


def key_figures(assessed: pd.DataFrame, reported: int) -> list[tuple]:
    unit, figures = word("programme.key.unit"), []
    for kind in TYPES:
        own = [item for item in items_of(assessed) if item.type == kind]
        sought = sum(item.aspirational for item in own)
        remark = word("programme.key.sought", number=sought) if sought else word("programme.key.none_sought")
        figures.append((word(f"programme.type.{kind}"), len(own), unit, remark))
    return [*figures, (word("programme.key.reported"), reported, unit, word("programme.key.of", items=len(assessed)))]


def items_of(assessed: pd.DataFrame) -> list[Item]:
    known = load_catalogue().programme.items
    return [known[key] for key in assessed["item"]]


def part_name(section: str) -> str:
    """The name of a pillar, or of the part of the policy that belongs to none."""
    catalogue = load_catalogue()
    entry = catalogue.policy.pillars.get(section) or catalogue.programme.sections[section]
    return entry.name.in_language(report_language())


def headings(columns) -> dict[str, str]:
    return {column: word(f"programme.column.{column}") for column in columns}


def act_note(assessed: pd.DataFrame) -> dict | None:
    """What has to happen first, while no unit has reported at all."""
    if (assessed["word"] != "unreported").any():
        return None
    return {"text": word("programme.dispatch.silent", items=len(assessed)), "lead": word("programme.dispatch.lead")}


def dispatch_table(assessed: pd.DataFrame) -> dict:
    """Units in charge by name with what they owe; items without a unit in a row of their own."""
    owed = dispatch(assessed)
    return {
        "frame": owed.assign(unit=owed["unit"].replace("", word("programme.dispatch.nobody"))),
        "id": "dispatch",
        "caption": word("programme.dispatch.caption"),
        "columns": headings(owed),
        "note": word("programme.dispatch.note", days=STALLED_AFTER, slow=round(100 * SLOW_BELOW)),
    }


def completeness(assessed: pd.DataFrame) -> dict:
    """Per part of the policy: items by type, and how many carry what departments must supply; the sum below."""
    own = pd.DataFrame(
        {
            "pillar": item.pillar,
            **{kind: item.type == kind for kind in TYPES},
            "sought": item.aspirational,
            "linked": bool(item.targets),
        }
        for item in items_of(assessed)
    )
    own["reported"] = assessed["word"].ne("unreported").to_numpy()
    counts = own.groupby("pillar", sort=False).sum().reset_index()
    fields = count_fields(assessed, "pillar").drop(columns="all_fields").rename(columns={"due": "due_known"})
    frame = counts.merge(fields, on="pillar", sort=False)
    frame["clauses"] = [clause_span(items_of(assessed), key) for key in frame["pillar"]]
    frame = frame[
        ["pillar", "clauses", "items", *TYPES, "sought", "linked", "reported", "responsible_unit", "due_known", "milestones"]
    ]
    frame = frame.assign(pillar=[part_name(key) for key in frame["pillar"]]).rename(columns={"pillar": "part"})
    if len(frame) > 1:
        frame.loc[len(frame)] = [word("programme.type.all"), "", *frame.drop(columns=["part", "clauses"]).sum()]
    return {
        "frame": frame,
        "id": "completeness",
        "caption": word("programme.complete.caption"),
        "columns": headings(frame),
        "note": word("programme.complete.note"),
    }


def clause_span(items: list[Item], section: str) -> str:
    """The clauses of a part of the policy, which stand side by side: `3–6`."""
    clauses = [item.clause for item in items if item.pillar == section]
    return f"{min(clauses)}–{max(clauses)}"


def item_table(assessed: pd.DataFrame, kind: str) -> dict | None:
    """One of the three lists, a row per item in the order of the text; None where there is no such item."""
    own = assessed[assessed["type"] == kind]
    if own.empty:
        return None
    rows = [item_row(item, row) for item, row in zip(items_of(own), own.to_dict("records"), strict=True)]
    columns = [name for name in ITEM_COLUMNS if name != "spi" or own["spi"].notna().any()]
    return {
        "frame": pd.DataFrame(rows, columns=columns),
        "id": f"list_{kind}",
        "caption": word(f"programme.list.{kind}", items=len(own)),
        "columns": headings(columns),
        "decimals": {"spi": 2} if "spi" in columns else {},
        "note": word("programme.list.note"),
    }


def item_row(item: Item, row: dict) -> dict:
    title = f"{item.id} {item.title.in_language(report_language())}"
    return {
        "title": word("programme.list.sought", title=title) if item.aspirational else title,
        "clause": str(item.clause),
        "parts": parts(item, row["parts_done"]),
        "serves": serves(item),
        "unit": row["unit"] or UNKNOWN,
        "due": row["due"].isoformat() if row["due"] else UNKNOWN,
        "spi": row["spi"],
        "status": f"{MARKS[row['word']]} {word('programme.word.' + row['word'])}",
    }


def parts(item: Item, done: float | None) -> str:
    """The parts as the text gives them: stated number, names, or both; with those done where they are reported."""
    if item.parts_total is None:
        return UNKNOWN
    names = word("programme.list.join").join(part.in_language(report_language()) for part in item.parts)
    if not item.parts:
        text = word("programme.list.stated", number=item.parts_total)
    elif len(item.parts) < item.parts_total:
        text = word("programme.list.some", number=item.parts_total, named=len(item.parts), parts=names)
    else:
        text = word("programme.list.parts", number=item.parts_total, parts=names)
    return text if done is None or pd.isna(done) else word("programme.list.parts_done", done=int(done), parts=text)


def serves(item: Item) -> str:
    """The commitments an item bears on, and the indicators to watch where the text gives a direction without a number."""
    catalogue, language = load_catalogue(), report_language()
    linked = [f"{key} {catalogue.policy.targets[key].name.in_language(language)}" for key in item.targets]
    watched = [word("programme.list.watch", indicator=catalogue.indicators[key].name.in_language(language)) for key in item.watch]
    return word("programme.list.break").join([*linked, *watched]) or UNKNOWN


def target_table(assessed: pd.DataFrame, pillar: str) -> dict | None:
    """Each commitment with the items that bear on it; None for a part of the policy without commitments."""
    catalogue, shown = load_catalogue(), set(assessed["item"])
    targets = [target for target in catalogue.policy.targets.values() if pillar in ("all", target.pillar)]
    if not targets:
        return None
    rows = []
    for target in targets:
        serving = [item for item in catalogue.programme.serving(target.id) if item.id in shown]
        titles = word("programme.list.break").join(f"{item.id} {item.title.in_language(report_language())}" for item in serving)
        rows.append(
            {
                "target": f"{target.id} {target.name.in_language(report_language())}",
                "clause": word("programme.list.join").join(map(str, target.clauses)),
                "requirement": target_requirement(target),
                "items": len(serving),
                "serving": titles or word("programme.targets.none"),
            }
        )
    frame = pd.DataFrame(rows)
    linked = int((frame["items"] > 0).sum())
    return {
        "frame": frame,
        "id": "commitments",
        "caption": word("programme.targets.caption"),
        "columns": headings(frame),
        "note": word("programme.targets.note", linked=linked, bare=len(frame) - linked),
    }


def headline(assessed: pd.DataFrame, today: str) -> dict:
    """Items, reports, complete reports and aspirational items by type."""
    fields = count_fields(assessed).set_index("type")
    rows = []
    for kind in [kind for kind in TYPES if kind in fields.index]:
        own = assessed[assessed["type"] == kind]
        values = {
            "items": len(own),
            "aspirational": sum(item.aspirational for item in items_of(own)),
            "reported": int((own["word"] != "unreported").sum()),
            "complete": int(fields.loc[kind, "all_fields"]),
        }
        about = {"item": word(f"programme.type.{kind}"), "year": int(today[:4])}
        unit = {"unit": word("programme.key.unit"), "decimals": 0}
        rows += [about | {"field": word(f"programme.field.{field}"), "value": value} | unit for field, value in values.items()]
    return {"frame": pd.DataFrame(rows)}
