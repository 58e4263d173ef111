"""The words of stage evaluation: what changed since a stored stage and why, reviews beside verdicts, past ratings.

Takes frames of `analysis.stages` and `analysis.rating_history`, the stage, and the catalogue's reviews; gives keyword arguments of
`table`, and sentences. Overview, pillar and programme pages share it. Without a stage every table is None and `nothing` says why.
"""

import pandas as pd

from qdlib.analysis.stages import CAUSES, MET, STEPS
from qdlib.catalogue import load_catalogue
from qdlib.catalogue.reviews import Review
from qdlib.publishing.display import report_language
from qdlib.publishing.phrases import MARKS, UNKNOWN, amount, verdict_words, word
from qdlib.reading.stages import Stage

FIGURES = ("base", "latest")
BEFORE = dict(zip(CAUSES, STEPS, strict=False))  # the step that each cause moved away from
AFTER = dict(zip(CAUSES, STEPS[1:], strict=True))


def choose_pillar(changes: pd.DataFrame | None, pillar: str) -> pd.DataFrame | None:
    """The rows of one pillar, or all of them; None where nothing was compared."""
    if changes is None or pillar == "all":
        return changes
    return changes[changes["pillar"] == pillar].reset_index(drop=True)


def summary(stage: Stage, changes: pd.DataFrame) -> str:
    """How many verdicts changed, by what, and which by revision alone."""
    kinds, values = changes["change"].value_counts(), {"since": since(stage), "total": len(changes)}
    changed = int(kinds.get("changed", 0))
    parts = [word("stages.changed", changed=changed, unchanged=int(kinds.get("unchanged", 0)), **values)]
    if changed:
        counts = [(cause, int((changes["cause"] == cause).sum())) for cause in CAUSES]
        said = [word("stages.cause_count", cause=word(f"stages.cause.{cause}"), number=number) for cause, number in counts if number]
        parts.append(word("stages.causes", counts=word("stages.join").join(said)))
    alone = changes[(changes["cause"] == "revision") & changes["alone"].astype(bool)]
    if len(alone):
        parts.append(word("stages.alone", names=word("stages.join").join(name_of(key) for key in alone["id"])))
    return joined([*parts, *remarks(changes)])


def since(stage: Stage) -> str:
    return word("stages.since", stage=stage.name, day=stage.today, year=stage.full_year)


def remarks(changes: pd.DataFrame) -> list[str]:
    """What else is to be said of targets whose word is as it was, and of those that came or went."""
    same = changes["change"] == "unchanged"
    counts = {
        "revised": int((same & changes["revised"].astype(bool)).sum()),
        "aged": int(changes["aged"].astype(bool).sum()),
        "came": int((changes["change"] == "new").sum()),
        "gone": int((changes["change"] == "dropped").sum()),
    }
    return [word(f"stages.{key}", number=number) for key, number in counts.items() if number]


def joined(sentences: list[str]) -> str:
    return ("" if report_language() == "zh" else " ").join(sentences)


def nothing(stage: Stage | None, changes: pd.DataFrame | None) -> str:
    """Why there is no table of changes."""
    if stage is None:
        return word("stages.none")
    return joined([word("stages.same", since=since(stage), total=len(changes)), *remarks(changes)])


def changed_table(stage: Stage | None, changes: pd.DataFrame | None, today: str) -> dict | None:
    """Targets whose verdict changed, with the one cause and what lies behind it; None where none did."""
    return tabulate(stage, changes, today, ["then", "now"], "changes", "stages.table.caption")


def steps_table(stage: Stage | None, changes: pd.DataFrame | None, today: str) -> dict | None:
    """The same with the word after each step, and with those whose changes cancelled out; None where nothing moved."""
    return tabulate(stage, changes, today, list(STEPS), "stage_steps", "stages.table.steps")


def tabulate(stage: Stage | None, changes: pd.DataFrame | None, today: str, steps: list[str], id: str, caption: str) -> dict | None:
    if stage is None:
        return None
    undone = changes["undone"].map(len).gt(0) & (len(steps) > 2)
    shown = changes[(changes["change"] != "unchanged") | undone]
    if shown.empty:
        return None
    rows = [
        {"name": name_of(row["id"]), **{step: said(row, step) for step in steps}, "cause": cause_word(row), "why": why(row, today)}
        for row in shown.to_dict("records")
    ]
    frame = pd.DataFrame(rows)
    return {
        "frame": frame,
        "id": id,
        "caption": word(caption, stage=stage.name),
        "columns": {column: word(f"stages.table.{column}") for column in frame},
        "note": joined([word("stages.table.note"), word("stages.table.method_then", method=stage.method)]),
    }


def name_of(key: str) -> str:
    """Id and name; the id alone where the policy no longer has the target."""
    target = load_catalogue().policy.targets.get(key)
    return f"{key} {target.name.in_language(report_language())}" if target else key


def said(row: dict, step: str) -> str:
    """The verdict at a step as a chip's text, with the override beside it; a dash where the target was not on record."""
    if not isinstance(row[f"word_{step}"], str):
        return UNKNOWN
    override = row["override_now" if step == "now" else "override_then"]
    year = int(row[f"latest_year_{step}"]) if row[f"stale_{step}"] else None
    return verdict_words(row[f"word_{step}"], override if isinstance(override, str) else None, year)


def cause_word(row: dict) -> str:
    if row["change"] in ("new", "dropped"):
        return word(f"stages.cause.{row['change']}")
    return word(f"stages.cause.{row['cause'] if row['change'] == 'changed' else 'none'}")


def why(row: dict, today: str) -> str:
    """What lies behind a change: figures old and new, or the review; whether it was the only thing that changed."""
    if row["change"] in ("new", "dropped"):
        return UNKNOWN
    join = word("stages.join").join
    if row["change"] == "unchanged":
        parts = [word("stages.why.undone", causes=join(word(f"stages.cause.{cause}") for cause in row["undone"]))]
    else:
        parts = review_reasons(row, today) if row["cause"] == "override" else step_reasons(row, row["cause"])
        parts += [word("stages.why.alone")] if row["cause"] == "revision" and row["alone"] else []
        also = [word(f"stages.cause.{cause}") for cause in row["also"]]
        parts += [word("stages.why.also", causes=join(also))] if also else []
    return word("stages.why.join").join(parts)


def step_reasons(row: dict, cause: str) -> list[str]:
    """The figures that a step moved; the step in general where it moved none. A method is always named: the figures are the same."""
    before, after = BEFORE[cause], AFTER[cause]
    moved = [text for text in (figure_change(row, figure, before, after) for figure in FIGURES) if text]
    return [word("stages.why.method"), *moved] if cause == "method" else moved or [word(f"stages.why.{cause}")]


def figure_change(row: dict, figure: str, before: str, after: str) -> str:
    """How the base or the newest figure moved between two steps; empty where it did not."""
    old, new = (None if pd.isna(row[f"{figure}_{step}"]) else row[f"{figure}_{step}"] for step in (before, after))
    years = [None if pd.isna(row[f"{figure}_year_{step}"]) else int(row[f"{figure}_year_{step}"]) for step in (before, after)]
    if (old, years[0]) == (new, years[1]):
        return ""
    indicator = load_catalogue().policy.targets[row["id"]].indicator
    values = {"what": word(f"stages.why.{figure}"), "old": amount(old, indicator), "new": amount(new, indicator)}
    if old is None or new is None:
        return word("stages.why.figure_came" if old is None else "stages.why.figure_gone", old_year=years[0], new_year=years[1], **values)
    if years[0] == years[1]:
        return word("stages.why.figure_revised", year=years[0], **values)
    return word("stages.why.figure_moved", old_year=years[0], new_year=years[1], **values)


def review_reasons(row: dict, today: str) -> list[str]:
    """Who reviewed what and why, or that a review has ended."""
    own = [review for review in load_catalogue().reviews if review.target == row["id"] and review.state_on(today) == "in_force"]
    parts = []
    for review in own:
        values = {"author": review.author, "date": review.date, "reason": review.reason.in_language(report_language())}
        if review.kind == "override":
            parts.append(word("stages.why.override", word=word(f"status.{review.value}"), **values))
        elif row["word_new_data"] != row["word_now"]:
            parts.append(word("stages.why.confirmed", year=review.value, **values))
    if isinstance(row["override_then"], str) and not isinstance(row["override_now"], str):
        parts.append(word("stages.why.ended", word=word(f"status.{row['override_then']}")))
    return parts or [word("stages.cause.override")]


def items_sentence(moved: pd.DataFrame, total: int) -> str:
    """How many items of the lists changed their status, by the move. moved: frame of `analysis.stages.compare_lists`."""
    if moved.empty:
        return word("stages.items_same", total=total)
    counts = moved.groupby(["then", "now"], sort=False).size()
    moves = [
        word("stages.item_move", then=item_word(then), now=item_word(now), number=int(number)) for (then, now), number in counts.items()
    ]
    return word("stages.items_changed", total=total, changed=len(moved), moves=word("stages.join").join(moves))


def item_word(key: str) -> str:
    return word(f"programme.word.{key}") if key else word("stages.item_absent")


def reviews_table(reviews: tuple[Review, ...], rated: pd.DataFrame, pillar: str, today: str) -> dict | None:
    """Every review on record with the computed word beside it; None where there is none. rated: past ratings, today's among them."""
    targets, now = load_catalogue().policy.targets, rated[rated["day"] == today].set_index("id")
    own = [review for review in reviews if pillar in ("all", targets[review.target].pillar)]
    if not own:
        return None
    frame = pd.DataFrame(
        {
            "name": name_of(review.target),
            "computed": verdict_words(now.loc[review.target, "word"]),
            "kind": word(f"reviews.kinds.{review.kind}"),
            "value": verdict_words(review.value) if review.kind == "override" else word("reviews.confirmed", year=review.value),
            "state": word(f"reviews.states.{review.state_on(today)}"),
            "author": review.author,
            "reason": review.reason.in_language(report_language()),
            "date": review.date,
            "expires": review.expires or UNKNOWN,
        }
        for review in own
    )
    columns = {column: word(f"reviews.{column}") for column in frame}
    return {"frame": frame, "id": "reviews", "caption": word("reviews.caption"), "columns": columns, "note": word("reviews.note")}


def ratings_table(rated: pd.DataFrame) -> dict | None:
    """The words of past days, a row per target that could ever be judged or attained, a column per day; None where none could."""
    known = rated["word"].isin(MARKS) | rated["word"].str.startswith("no_base")
    shown = [key for key in rated["id"].unique() if known[rated["id"] == key].any()]
    if not shown:
        return None
    days = list(rated["day"].unique())
    cells = {(row["id"], row["day"]): rating(row) for row in rated.to_dict("records")}
    rows = [{"name": name_of(key), **{column_of(day): cells[key, day] for day in days}} for key in shown]
    return {
        "frame": pd.DataFrame(rows),
        "id": "past_ratings",
        "caption": word("ratings.caption"),
        "columns": {"name": word("ratings.name"), **{column_of(day): day for day in days}},
        "note": word("ratings.note", rest=rated["id"].nunique() - len(shown)),
    }


def rating(row: dict) -> str:
    """One cell: the verdict in few words, because the table has a column a year."""
    year = int(row["latest_year"]) if row["stale"] else None
    if row["word"].endswith(MET):
        text = f"{UNKNOWN} {word('ratings.attained')}"
        return f"{text} ({year})" if year else text
    return verdict_words(row["word"], row["override"] if isinstance(row["override"], str) else None, year)


def column_of(day: str) -> str:
    return f"on_{day.replace('-', '_')}"
