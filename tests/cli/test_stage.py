"""`qd export --stage` and `qd list stages`: stored once and whole, noticed when touched, and the whole way to the cause of a change."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from qdlib.analysis import schedule, stages
from qdlib.catalogue import load_catalogue
from qdlib.catalogue.documents import Name
from qdlib.catalogue.reviews import Review
from qdlib.observations import store
from qdlib.reading import stage_archive
from qdlib.reading.stages import FILES, collect_stages
from tests.cli.test_template import PUBLIC, plain_build, put_raw, qd

DAY, TODAY = "2025-06-30", "2026-06-30"
REVISED = "qingdao,national_high_tech_enterprises,whole_city,2024,7000,enterprises,A,equal,qd_communique_2024b,2025-09,official_copy,,,\n"
NEXT = "qingdao,national_high_tech_enterprises,whole_city,2025,{value},enterprises,A,equal,qd_communique_2025,2026-03,official_copy,,,\n"


@pytest.fixture
def raw(tmp_path, monkeypatch) -> Path:
    """A small data/raw of published figures, built: T03 with 2021 and 2024, ahead of its path on the day of the stage."""
    folder = tmp_path / "raw"
    monkeypatch.setenv("QD_RAW", str(folder))
    put_raw(folder, "qd_collection", "2026", "figures.csv", PUBLIC.encode(), "collection")
    plain_build(monkeypatch)
    return folder


@pytest.fixture
def staged(raw, monkeypatch) -> Path:
    result = qd("export", "--stage", "2025H1", "--today", DAY)
    assert result.exit_code == 0, result.output
    plain_build(monkeypatch)
    return raw / "stage_evaluations" / "2025H1"


def publish(monkeypatch, raw: Path, more: str) -> None:
    """The figures with more lines, built."""
    put_raw(raw, "qd_collection", "2026", "figures.csv", (PUBLIC + more).encode(), "collection")
    plain_build(monkeypatch)


def changes(catalogue=None, today: str = TODAY):
    """The comparison of the one stage stored with what the store holds now, by target."""
    catalogue = catalogue or load_catalogue()
    stage = stages.choose_stage(store.read_shared("stages"), "current", "qingdao", today, catalogue)
    return stages.compare_stage(stage, catalogue, store.read_observations("qingdao"), today).set_index("id")


def test_a_stage_holds_verdicts_figures_lists_and_what_judged_them(staged):
    assert sorted(path.name for path in staged.iterdir()) == sorted([*FILES, *(f"{name}.source.yml" for name in FILES)])
    [stage] = collect_stages(store.read_shared("stages"))
    assert (stage.name, stage.city, stage.today, stage.full_year) == ("2025H1", "qingdao", DAY, 2024)
    assert re.fullmatch(r"\d+\.\d+\.\d+\+[0-9a-f]{12}", stage.method) and stage.data == store.content_hash("qingdao")
    words = stage.components.set_index("id")["status"]
    assert words["T03"] == "ahead" and set(words.drop("T03")) == {""} and len(words) == 31
    assert stage.inputs["value"].to_list() == [5554.0, 8650.0]
    assert len(stage.programme) == 177 and set(stage.programme["word"]) == {"unreported"} and stage.reviews.empty
    assert "tables: \"none\"" in (staged / "inputs.csv.source.yml").read_text("utf-8")


def test_it_is_listed_with_documented_keys_before_any_build(raw):
    assert json.loads(qd("list", "stages", "--format", "json").stdout) == []
    assert qd("export", "--stage", "2025H1", "--today", DAY).exit_code == 0
    [row] = json.loads(qd("list", "stages", "--format", "json").stdout)
    assert (row["stage"], row["today"], row["verdicts"], row["figures"], row["targets"]) == ("2025H1", DAY, 1, 2, 31)
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    section = re.search(r"^- `stages`:(.*?)(?=^- `)", readme, re.M | re.S).group(1)
    assert not [key for key in row if f"`{key}`" not in section]


def test_a_second_call_is_one_error_and_changes_nothing(staged):
    before = {path.name: path.read_bytes() for path in staged.iterdir()}
    result = qd("export", "--stage", "2025H1", "--today", "2026-06-30")
    assert result.exit_code == 1 and "stage 2025H1 is stored in stage_evaluations/2025H1 and is never overwritten" in result.stderr
    assert {path.name: path.read_bytes() for path in staged.iterdir()} == before


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--stage", "2026-H2"), "did you mean 2026H2?"),
        (("--stage", "2026"), "expected a year and its half, such as 2026H1 or 2026H2"),
        (("--stage", "2026H3"), "expected a year and its half"),
        (("--stage", "2021H2"), "lies before the plan, which begins in 2022"),
        (("--stage", "2026H2", "--today", "2026-06-30"), "begins on 2026-07-01, the day of the evaluation is 2026-06-30"),
        (("--stage", "2026H1", "--today", "2026-6-30"), "expected a day such as 2026-12-31"),
        (("--stage", "2026H1", "--city", "qingdao"), "takes --today only"),
        (("--stage", "2026H1", "--vintage", "first_release"), "takes --today only"),
        (("--today", "2026-06-30"), "give --stage NAME with it"),
    ],
)
def test_wrong_usage_says_what_is_expected_and_writes_nothing(raw, words, hint):
    result = qd("export", *words)
    assert result.exit_code == 2 and hint in result.stderr
    assert not (raw / "stage_evaluations").exists()


def test_a_stage_cannot_be_backdated(raw):
    result = qd("export", "--stage", "2025H1", "--today", "2025-02-28")
    assert result.exit_code == 1 and "figures that were published later: qd_collection_2026/figures.csv!csv!E3 of 2025-03" in result.stderr
    assert not (raw / "stage_evaluations").exists()


def test_nothing_half_written_is_left(raw, monkeypatch):
    written = stage_archive.write_file

    def break_off(path, content):
        if path.name == "programme.csv":
            raise OSError("no space left")
        written(path, content)

    monkeypatch.setattr(stage_archive, "write_file", break_off)
    result = qd("export", "--stage", "2025H1", "--today", DAY)
    assert result.exit_code == 1 and "no space left; nothing was left behind" in result.stderr
    assert [path.name for path in raw.iterdir()] == ["qd_collection"]


def test_a_touched_figure_stops_the_build(staged):
    path = staged / "components.csv"
    path.write_text(path.read_text("utf-8").replace("8650", "8651", 1), "utf-8")
    for verb in (("build",), ("check",), ("list", "stages")):
        result = qd(*verb)
        assert result.exit_code == 1 and "stage_evaluations_2025H1/components.csv.source.yml: sha256 is" in result.stderr


def test_a_figure_that_is_touched_with_its_sidecar_is_noticed_too(staged):
    path = staged / "inputs.csv"
    old = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_text(path.read_text("utf-8").replace("8650", "8651"), "utf-8")
    beside = staged / "inputs.csv.source.yml"
    beside.write_text(beside.read_text("utf-8").replace(old, hashlib.sha256(path.read_bytes()).hexdigest()), "utf-8")
    result = qd("build")
    assert result.exit_code == 1 and "stage_evaluations_2025H1: content is" in result.stderr


# --- from a changed figure to its cause -----------------------------------------------------------------------------------------


def test_nothing_changed(staged):
    found = changes(today=DAY)
    assert set(found["change"]) == {"unchanged"} and not found["revised"].any() and not found["aged"].any()


def test_a_revision_alone(staged, raw, monkeypatch):
    publish(monkeypatch, raw, REVISED)
    found = changes(today=DAY)
    row = found.loc["T03"]
    words = [row[f"word_{step}"] for step in stages.STEPS]
    assert words == ["ahead", "ahead", "slightly_behind", "slightly_behind", "slightly_behind"]
    assert (row["cause"], row["alone"], row["revised"]) == ("revision", True, True)
    assert (row["latest_method"], row["latest_revision"], row["latest_year_revision"]) == (8650, 7000, 2024)
    assert (found["change"] == "unchanged").sum() == 30


def test_a_new_year(staged, raw, monkeypatch):
    publish(monkeypatch, raw, NEXT.format(value=8683))
    row = changes().loc["T03"]
    assert (row["cause"], row["alone"], row["revised"], row["word_now"]) == ("new_data", True, False, "slightly_behind")
    assert (row["latest_year_revision"], row["latest_year_now"]) == (2024, 2025)


def test_a_revision_that_new_data_follow_is_the_cause_but_not_alone(staged, raw, monkeypatch):
    publish(monkeypatch, raw, REVISED + NEXT.format(value=6000))
    row = changes().loc["T03"]
    assert (row["word_revision"], row["word_now"]) == ("slightly_behind", "well_behind")
    assert (row["cause"], row["alone"], row["also"]) == ("revision", False, ("new_data",))


def test_a_revision_that_new_data_undo_has_caused_nothing(staged, raw, monkeypatch):
    publish(monkeypatch, raw, REVISED + NEXT.format(value=9900))
    row = changes().loc["T03"]
    assert (row["word_then"], row["word_revision"], row["word_now"]) == ("ahead", "slightly_behind", "ahead")
    assert (row["change"], row["undone"], row["revised"]) == ("unchanged", ("revision", "new_data"), True)


def test_a_method(staged, monkeypatch):
    monkeypatch.setattr(schedule, "CUTS", ((1.4, "ahead"), *schedule.CUTS[1:]))
    row = changes(today=DAY).loc["T03"]
    assert (row["cause"], row["alone"], row["word_method"], row["word_now"]) == ("method", True, "on_schedule", "on_schedule")
    assert not row["revised"]


def test_a_method_that_reads_the_catalogue_otherwise(staged):
    catalogue = load_catalogue()
    target = replace(catalogue.policy.targets["T03"], value=8000)
    policy = replace(catalogue.policy, targets=dict(catalogue.policy.targets) | {"T03": target})
    row = changes(replace(catalogue, policy=policy), DAY).loc["T03"]
    assert (row["cause"], row["word_method"]) == ("method", "met_early")


def review(kind: str, value: str, day: str = "2026-01-31", expires: str | None = "2026-12-31") -> Review:
    return Review("T03", kind, value, Name("另有未公开数据", "figures not published"), "某评估中心", day, expires)


def with_reviews(*reviews: Review):
    return replace(load_catalogue(), reviews=reviews)


def test_an_override_and_its_end(staged):
    row = changes(with_reviews(review("override", "on_schedule"))).loc["T03"]
    assert (row["cause"], row["alone"], row["override_then"], row["override_now"]) == ("override", True, None, "on_schedule")
    assert row["word_now"] == row["word_then"] == "ahead"  # the computed word stays
    assert changes(with_reviews(review("override", "on_schedule")), "2027-01-01").loc["T03", "override_now"] is None


def test_an_override_of_the_stage_that_has_ended_is_a_change(raw, monkeypatch):
    from qdlib.catalogue import registry

    reviewed = with_reviews(review("override", "on_schedule", "2025-01-31", "2025-12-31"))
    with monkeypatch.context() as patch:
        patch.setattr(registry, "packaged_catalogue", lambda: reviewed)
        assert qd("export", "--stage", "2025H1", "--today", DAY).exit_code == 0
    plain_build(monkeypatch)
    assert changes(reviewed, "2025-12-31").loc["T03", "change"] == "unchanged"
    row = changes(reviewed, "2026-01-01").loc["T03"]
    assert (row["cause"], row["override_then"], row["override_now"]) == ("override", "on_schedule", None)


def test_a_confirmed_jump_is_the_work_of_a_review(staged, raw, monkeypatch):
    # 8650 → 30000 is held back as a jump; the word before it stays until somebody confirms the figure.
    publish(monkeypatch, raw, NEXT.format(value=30000))
    assert changes().loc["T03", "change"] == "unchanged"
    row = changes(with_reviews(review("confirmed_jump", "2025", expires=None))).loc["T03"]
    assert (row["cause"], row["word_new_data"], row["word_now"]) == ("override", "ahead", "met_early")


def test_a_bound_that_becomes_a_figure_is_new_data(raw, monkeypatch):
    bound = NEXT.format(value=9000).replace(",A,equal,", ",E,above,").replace("2025,2026-03", "2025a,2025-06")
    publish(monkeypatch, raw, bound)
    assert qd("export", "--stage", "2025H1", "--today", DAY).exit_code == 0
    publish(monkeypatch, raw, bound + NEXT.format(value=8683))
    row = changes().loc["T03"]
    assert (row["cause"], row["latest_revision"], row["latest_now"]) == ("new_data", 8650, 8683)


def test_targets_that_came_and_went(staged):
    catalogue = load_catalogue()
    targets = dict(catalogue.policy.targets)
    targets["T99"] = replace(targets["T03"], id="T99")
    del targets["T03"]
    found = changes(replace(catalogue, policy=replace(catalogue.policy, targets=targets)))
    assert found.loc["T99", "change"] == "new" and found.loc["T99", "word_now"] == "ahead"
    assert found.loc["T03", "change"] == "dropped" and found.loc["T03", "word_then"] == "ahead"
    assert list(found.index)[-1] == "T03" and (found["change"] == "unchanged").sum() == 30


def test_a_stage_of_another_policy_is_passed_over(staged):
    catalogue, found = load_catalogue(), store.read_shared("stages")
    other = replace(catalogue, policy=replace(catalogue.policy, title=Name("另一份意见", "Other opinions")))
    assert stages.choose_stage(found, "current", "qingdao", TODAY, catalogue).name == "2025H1"
    assert stages.choose_stage(found, "current", "qingdao", TODAY, other) is None
    assert stages.choose_stage(found, "current", "jinan", TODAY, catalogue) is None
    assert stages.choose_stage(found, "current", "qingdao", "2025-06-29", catalogue) is None


def test_a_stage_that_there_is_not_says_which_there_are(staged):
    from qdlib.errors import DataError

    catalogue, found = load_catalogue(), store.read_shared("stages")
    with pytest.raises(DataError, match="no stage '2025H2' is stored; did you mean 2025H1.*stored are 2025H1"):
        stages.choose_stage(found, "2025H2", "qingdao", TODAY, catalogue)
    with pytest.raises(DataError, match="stage 2025H1 was stored on 2025-06-30, after 2025-01-01"):
        stages.choose_stage(found, "2025H1", "qingdao", "2025-01-01", catalogue)
