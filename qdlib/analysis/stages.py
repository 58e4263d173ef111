"""A stored stage beside today: which words changed, and which one cause each of them has.

Takes a `Stage`, the catalogue, the city's observations and a day; gives a row per target. Each target is judged again step by step:
as stored → the figures stored, today's method → the same years in today's vintage → all years → today's reviews. Method means code,
thresholds and catalogue. Binding: the cause is the step that left the stored word for good; what a later step undoes has caused
nothing and is told apart (`undone`), what moved the word again after its cause too (`also`). A revision is the cause *alone* where no
other step moved the word: then no new year, no method and no reviewer would have changed it. A figure of a year that had none when
the stage was stored is new data, also where a bound ("> 9000") stood for it. Reviews of the stage's day hold until the last step.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from qdlib.analysis.outlook import Past
from qdlib.analysis.reviews import assess_reviewed, confirmed_jumps, reviews_on, tabulate_reviews
from qdlib.analysis.targets import Assessment, Case, assess_policy, assessments_frame, last_full_year
from qdlib.catalogue import Catalogue
from qdlib.catalogue.documents import Name
from qdlib.catalogue.reviews import Review
from qdlib.errors import DataError, nearest
from qdlib.observations.rows import COLUMNS, in_catalogue_unit, shown
from qdlib.observations.vintages import choose_vintage
from qdlib.reading.stages import CURRENT, Stage, collect_stages

STEPS = ("then", "method", "revision", "new_data", "now")
CAUSES = ("method", "revision", "new_data", "override")  # of the moves between them
MET = "_met"  # ending of the word of a target that can only be said to be attained, where it is
CHANGES = ("changed", "unchanged", "new", "dropped")
SERIES_YEAR = ["indicator", "scope", "year"]


@dataclass(frozen=True)
class Attribution:
    """cause: one of CAUSES, None where the word is as it was; also: steps that moved it after that; undone: moves taken back."""

    cause: str | None
    alone: bool
    also: tuple[str, ...]
    undone: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """What a target's verdict and its figures were at one step."""

    word: str | None = None
    stale: bool = False
    base: float | None = None
    base_year: int | None = None
    latest: float | None = None
    latest_year: int | None = None
    schedule: float | None = None

    @property
    def figures(self) -> tuple:
        return self.base, self.base_year, self.latest, self.latest_year


NOWHERE, NO_CHANGE = Standing(), Attribution(None, False, (), ())


def freeze_stage(
    catalogue: Catalogue, series: pd.DataFrame, rows: pd.DataFrame, listed: pd.DataFrame, today: str, past: Past | None = None
) -> dict[str, pd.DataFrame]:
    """The tables of a stage: components, inputs, programme, reviews. listed: the frame of `programme.assess_programme`;
    past: `calibration.look_back`, for the probabilities.

    The inputs are all observations of the city, because a later method may use others than today's. DataError where they hold
    figures published after `today`: a stage cannot be backdated.
    """
    check_not_backdated(rows, today)
    cases = assess_reviewed(catalogue, series, rows, today, past)
    return {
        "components": assessments_frame(cases),
        "inputs": rows[COLUMNS],
        "programme": listed,
        "reviews": tabulate_reviews(reviews_on(catalogue.reviews, today)),
    }


def check_not_backdated(rows: pd.DataFrame, today: str) -> None:
    # A date may be a year or a month only: it is late where its first day is.
    late = rows[[published > today[: len(published)] for published in rows["published"]]]
    if len(late):
        first = late.iloc[0]
        raise DataError(
            f"a stage of {today} cannot hold figures that were published later: {first['source_cell']} of {first['published']} and "
            f"{len(late) - 1} more; store the stage as of the day on which it is made"
        )


def choose_stage(stored: pd.DataFrame | None, name: str, city: str, today: str, catalogue: Catalogue) -> Stage | None:
    """The stage of a name, or for `current` the newest that was stored by the day; None where none was.

    stored: the slice `stages` of the store. Stages of another policy or city are passed over. DataError for a name that there is not, or that
    was stored after the day.
    """
    own = [stage for stage in collect_stages(stored) if (stage.policy, stage.city) == (catalogue.policy.title.zh, city)]
    past = [stage for stage in own if stage.today <= today]
    if name == CURRENT:
        return past[-1] if past else None
    known = {stage.name: stage for stage in own}
    if name not in known:
        stored = f"stored are {', '.join(known)}" if known else "none is"
        raise DataError(
            f"no stage {name!r} is stored{nearest(name, known)}; {stored} (`qd list stages`; `qd build` reads a new one)"
        )
    if known[name] not in past:
        raise DataError(f"stage {name} was stored on {known[name].today}, after {today}: it cannot be what changed since")
    return known[name]


def compare_stage(stage: Stage, catalogue: Catalogue, rows: pd.DataFrame, today: str) -> pd.DataFrame:
    """One row per target, in the order of the registry, those dropped from it last.

    rows: today's observations of the stage's city. Columns: id, pillar, change (CHANGES), cause, alone, also, undone; aged (only now
    stale); revised (a figure used was revised in the years of the stage); override_then, override_now; and the columns of `Standing`
    for each of STEPS: word_then … word_now and so on.
    """
    cases, frozen = judge_steps(stage, catalogue, rows, today), stage.components.set_index("id")
    before = {review.target: review.value for review in read_reviews(stage) if review.kind == "override"}
    after = {case.target.id: case.review.value for case in cases["now"] if case.review}
    known: dict[str, dict[str, Standing]] = {key: {"then": read_standing(row)} for key, row in frozen.iterrows()}
    for step, own in cases.items():
        for case in own:
            known.setdefault(case.target.id, {})[step] = standing_of(case.assessment)
    pillars = frozen["pillar"].to_dict() | {key: target.pillar for key, target in catalogue.policy.targets.items()}
    order = [*catalogue.policy.targets, *(key for key in frozen.index if key not in catalogue.policy.targets)]
    about = [
        {"id": key, "pillar": pillars[key], "override_then": before.get(key), "override_now": after.get(key)} for key in order
    ]
    return pd.DataFrame(
        [own | compare_target(known[own["id"]], own["override_then"], own["override_now"]) for own in about]
    ).astype({f"{name}_{step}": "Int64" for step in STEPS for name in ("base_year", "latest_year")})


def judge_steps(stage: Stage, catalogue: Catalogue, rows: pd.DataFrame, today: str) -> dict[str, list[Case]]:
    """The cases after each step; up to the last one with the reviews that were in force when the stage was stored."""
    reviews = read_reviews(stage)
    confirmed, frozen = confirmed_jumps(reviews), restore_inputs(stage, catalogue)

    def judge(figures: pd.DataFrame, full_year: int) -> list[Case]:
        return assess_policy(catalogue, choose_vintage(figures, "latest", catalogue), figures, full_year, confirmed)

    return {
        "method": judge(frozen, stage.full_year),
        "revision": judge(keep_years(rows, frozen), stage.full_year),
        "new_data": judge(rows, last_full_year(today)),
        "now": assess_reviewed(catalogue, choose_vintage(rows, "latest", catalogue), rows, today),
    }


def restore_inputs(stage: Stage, catalogue: Catalogue) -> pd.DataFrame:
    """The stored observations with amounts in today's catalogue units. An indicator that the catalogue no longer has is no input of
    today's method: what rested on it changes by method."""
    known = stage.inputs[stage.inputs["indicator"].isin(list(catalogue.indicators))]
    return in_catalogue_unit(known[COLUMNS].reset_index(drop=True), catalogue)


def keep_years(rows: pd.DataFrame, frozen: pd.DataFrame) -> pd.DataFrame:
    """Today's rows of the years that the stage knew: figures where it had a figure, marks and bounds where it had anything."""
    keys, known = pd.MultiIndex.from_frame(rows[SERIES_YEAR]), frozen[SERIES_YEAR]
    figure = keys.isin(pd.MultiIndex.from_frame(known[shown(frozen)]))
    anything = keys.isin(pd.MultiIndex.from_frame(known))
    return rows[figure | (anything & ~shown(rows).to_numpy())].reset_index(drop=True)


def read_reviews(stage: Stage) -> list[Review]:
    return [
        Review(row.target, row.kind, row.value, Name(row.reason_zh, row.reason_en), row.author, row.date, row.expires or None)
        for row in stage.reviews.itertuples()
    ]


def attribute(states: Sequence) -> Attribution:
    """The one cause of a change from the first state, as stored, to the last; one state for each of STEPS."""
    moved = [step for step, before, after in zip(CAUSES, states, states[1:], strict=False) if before != after]
    if states[0] == states[-1]:
        return Attribution(None, False, (), tuple(moved))
    last_same = max(number for number, state in enumerate(states) if state == states[0])
    cause = CAUSES[last_same]
    also = tuple(step for step in moved if CAUSES.index(step) > last_same)
    return Attribution(cause, moved == [cause], also, tuple(step for step in moved if CAUSES.index(step) < last_same))


def compare_target(known: dict[str, "Standing"], before: str | None, after: str | None) -> dict:
    """What became of one target: known holds its standing at each of STEPS at which it was in the policy."""
    row = {f"{name}_{step}": value for step in STEPS for name, value in asdict(known.get(step, NOWHERE)).items()}
    if "then" not in known or "now" not in known:
        return row | asdict(NO_CHANGE) | {"change": "new" if "now" in known else "dropped", "aged": False, "revised": False}
    found = attribute([(known[step].word, after if step == "now" else before) for step in STEPS])
    return row | {
        "change": "changed" if found.cause else "unchanged",
        **asdict(found),
        "aged": found.cause is None and known["now"].stale and not known["then"].stale,
        "revised": known["method"].figures != known["revision"].figures,
    }


def standing_of(assessment: Assessment) -> Standing:
    word = word_of(assessment.status, assessment.reason, assessment.meets)
    figures = (assessment.base_value, assessment.base_year, assessment.latest_value, assessment.latest_year)
    return Standing(word, assessment.stale, *figures, assessment.schedule)


def read_standing(row: pd.Series) -> Standing:
    """The standing in a stored row of components, whose columns are text."""
    word = word_of(row["status"], row["reason"], row["meets"] == "True")
    base, latest, schedule = (float(row[name]) if row[name] else None for name in ("base_value", "latest_value", "schedule"))
    base_year, latest_year = (int(row[name]) if row[name] else None for name in ("base_year", "latest_year"))
    return Standing(word, row["stale"] == "True", base, base_year, latest, latest_year, schedule)


def word_of(status: str | None, reason: str | None, meets: bool | None) -> str:
    """The word of a verdict or the reason for none; a target of which only attainment is known says whether it is attained."""
    return status or (f"{reason}{MET}" if reason == "no_base" and meets else reason)


def compare_lists(stage: Stage, listed: pd.DataFrame) -> pd.DataFrame:
    """Items of the programme lists whose word is another than at the stage: item, type, pillar, then, now ('' where there was no item).

    listed: today's frame of `programme.assess_programme`, of the whole policy.
    """
    columns = ["item", "type", "pillar", "word"]
    both = (
        stage.programme[columns].merge(listed[columns], on="item", how="outer", suffixes=("_then", "_now"), sort=False).fillna("")
    )
    frame = pd.DataFrame({"item": both["item"], "then": both["word_then"], "now": both["word_now"]})
    for name in ("type", "pillar"):
        frame[name] = both[f"{name}_now"].where(both[f"{name}_now"] != "", both[f"{name}_then"])
    return frame[frame["then"] != frame["now"]].sort_values("item", ignore_index=True)
