"""List measures: each word with its nearest miss, the golden figures, and reports that cannot be right."""

from datetime import date, timedelta

import pandas as pd
import pytest

from qdlib.analysis import programme as lists
from qdlib.analysis.item_reports import COLUMNS, ItemReport, Milestone, collect_reports, tabulate_reports
from qdlib.catalogue import load_catalogue
from qdlib.errors import DataError
from qdlib.observations import store

TODAY = "2024-06-30"
DAY = date(2024, 6, 30)
ITEM, PARTED = "c05-3", "c27-1"  # no parts; seven stated


def empty_store() -> dict[str, pd.DataFrame]:
    """A store of one city with one figure."""
    rows = pd.DataFrame([{"city": "qingdao", "edition": "office_2023", "published": "2023"}])
    return dict.fromkeys(store.TABLES, rows)


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def steps(*triples) -> tuple[Milestone, ...]:
    """weight, days since due, days since done or None."""
    return tuple(
        Milestone(f"step {number}", weight, ago(due), None if done is None else ago(done))
        for number, (weight, due, done) in enumerate(triples, start=1)
    )


def report(item: str = ITEM, **values) -> ItemReport:
    """A report that is in progress: half of the weight was due and done."""
    return ItemReport(
        **{
            "item": item,
            "reported_on": ago(10),
            "responsible_unit": "甲局",
            "start": ago(300),
            "due": ago(-200),
            "milestones": steps((0.5, 30, 30), (0.5, -100, None)),
        }
        | values
    )


def row(*reports: ItemReport, item: str = ITEM) -> pd.Series:
    return lists.assess_programme(load_catalogue().programme, reports, TODAY).set_index("item").loc[item]


LATE = steps((0.39, 30, 30), (0.11, 20, None), (0.5, -100, None))  # .39 of .50: below .8
JUST = steps((0.4, 30, 30), (0.1, 20, None), (0.5, -100, None))  # .40 of .50: exactly .8
NOTHING = steps((0.5, -10, None), (0.5, -100, None))


@pytest.mark.parametrize(
    ("word", "given"),
    [
        ("unreported", None),
        ("unreported", report(reported_on=ago(-1))),  # dated tomorrow: not there yet
        ("in_progress", report(reported_on=DAY)),
        ("done", report(milestones=steps((0.5, 30, 30), (0.5, 20, 0)))),
        ("in_progress", report(milestones=steps((0.5, 30, 30), (0.5, -1, -1)))),  # the last step is done tomorrow
        ("in_progress", report(milestones=())),  # without milestones nothing can be done
        ("overdue", report(due=ago(1))),
        ("in_progress", report(due=DAY)),  # due today is not past
        ("done", report(due=ago(1), milestones=steps((1, 9, 5)))),  # late, yet done
        ("not_started", report(start=ago(-1), milestones=NOTHING)),
        ("in_progress", report(start=DAY, milestones=NOTHING)),
        ("in_progress", report(start=ago(-1))),  # a step is done before the stated start
        ("in_progress", report(start=ago(-1), milestones=NOTHING, investment_spent=0.1)),
        ("not_started", report(start=ago(-1), milestones=NOTHING, investment_spent=0.0)),
        ("not_started", report(start=None, milestones=NOTHING)),
        ("stalled", report(start=None, milestones=NOTHING, reported_on=ago(90))),
        ("not_started", report(start=ago(-1), milestones=NOTHING, reported_on=ago(90))),
        ("stalled", report(reported_on=ago(90))),
        ("in_progress", report(reported_on=ago(89))),
        ("overdue", report(due=ago(1), reported_on=ago(90))),
        ("slow", report(milestones=LATE)),
        ("in_progress", report(milestones=JUST)),
        ("stalled", report(milestones=LATE, reported_on=ago(90))),
    ],
)
def test_each_word_and_its_nearest_miss(word, given):
    assert row(*([given] if given else [])).word == word


def test_every_word_is_reached_by_a_case_above():
    cases = next(mark for mark in test_each_word_and_its_nearest_miss.pytestmark if mark.name == "parametrize").args[1]
    assert {word for word, _ in cases} == set(lists.WORDS)


def test_golden_schedule_index_and_planned_investment():
    milestones = steps((0.62, 30, 30), (0.13, 1, None), (0.25, -100, None))
    assert lists.milestone_index(milestones, DAY) == pytest.approx(0.826666667, abs=1e-9)
    assert lists.planned_investment(2535, 1.11) == pytest.approx(2283.783784, abs=1e-6)
    assert lists.spent_share(report(investment_planned=2283.783784, investment_spent=2535)) == pytest.approx(1.11, abs=1e-9)


def test_shares_that_have_no_denominator_are_missing_not_zero():
    assert lists.milestone_index(NOTHING, DAY) is None and lists.on_time_rate(NOTHING, DAY) is None
    assert lists.milestone_index(steps((0.5, -10, 3), (0.5, -100, None)), DAY) is None  # done ahead of the first due date
    assert lists.spent_share(report(investment_spent=3.0)) is None
    assert lists.spent_share(report(investment_planned=0.0, investment_spent=3.0)) is None
    assert lists.spent_share(report(investment_planned=4.0, investment_spent=0.0)) == 0
    assert lists.days_overdue(report(due=None), DAY) is None
    with pytest.raises(DataError, match="at a share of 0: expected a share above 0"):
        lists.planned_investment(2535, 0)


def test_on_time_counts_steps_not_weights():
    milestones = steps((0.1, 40, 40), (0.1, 30, 29), (0.1, 20, 25), (0.1, 10, None), (0.6, -5, 1))
    assert lists.on_time_rate(milestones, DAY) == 0.5  # on the day and early; a day late and undone miss
    assert lists.milestone_index(milestones, DAY) == pytest.approx(0.9 / 0.4)


def test_days_overdue_parts_and_completeness():
    found = row(report(PARTED, due=ago(45), parts_done=3, responsible_unit=""), item=PARTED)
    assert (found.days_overdue, found.parts_done, found.parts_total) == (45, 3, 7)
    assert (found.complete, found.missing) == (2, ("responsible_unit",))
    bare = row(ItemReport(PARTED, ago(1)), item=PARTED)
    assert (bare.complete, bare.missing, bare.word) == (0, lists.REQUIRED, "not_started")
    silent = row(item=PARTED)
    assert (silent.complete, silent.missing, silent.parts_total, silent.parts_done) == (0, lists.REQUIRED, 7, None)


def test_the_newest_report_decides_and_an_earlier_day_sees_the_earlier_one():
    old, new = report(reported_on=ago(40), milestones=LATE), report(reported_on=ago(5), milestones=JUST)
    assert row(new, old).word == "in_progress"
    earlier = lists.assess_programme(load_catalogue().programme, [new, old], ago(20).isoformat()).set_index("item").loc[ITEM]
    assert earlier.reported_on == ago(40)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (report("c05-33"), "report of 2024-06-20 on c05-33: unknown item; did you mean c05-3"),
        (report(milestones=steps((0.5, 1, 1), (0.4, -1, None))), "milestone weights sum to 0.9, expected 1"),
        (report(milestones=steps((1.5, 1, 1), (-0.5, -1, None))), "milestone 'step 2' weighs -0.5, expected more than 0"),
        (report(start=ago(1), due=ago(2)), "due 2024-06-28 before the start 2024-06-29"),
        (report(PARTED, parts_done=8), "8 parts done, the item has 7"),
        (report(parts_done=1), "1 parts done, the item has no parts"),
    ],
)
def test_a_report_that_cannot_be_right_is_a_fault(wrong, sentence):
    with pytest.raises(DataError) as caught:
        row(wrong)
    assert len(caught.value.faults) == 1 and sentence in caught.value.faults[0]


def test_all_faults_of_all_reports_come_in_one_error():
    with pytest.raises(DataError) as caught:
        row(report("c99-1"), report(PARTED, parts_done=8, due=ago(400)))
    assert len(caught.value.faults) == 3


def test_counts_of_today_are_all_unreported():
    """No department has reported: every word is `unreported`, and no field is filled."""
    programme = load_catalogue().programme
    assessed = lists.assess_programme(programme, [], TODAY)
    counts = lists.count_words(assessed).set_index("type")
    assert (
        counts["unreported"].to_dict() == {"task": 85, "project": 57, "policy": 35}
        and (counts["items"] == counts["unreported"]).all()
    )
    assert lists.count_fields(assessed)[["responsible_unit", "due", "milestones", "all_fields"]].to_numpy().sum() == 0
    owed = lists.dispatch(assessed)
    assert owed[["unit", "items", "unreported", "fields"]].to_dict("records") == [
        {"unit": "", "items": 177, "unreported": 177, "fields": 531}
    ]
    assert owed[["overdue", "stalled", "slow", "days_overdue"]].isna().all(axis=None)  # not known, which is not 0


def test_dispatch_lists_units_by_name_with_what_they_owe():
    reports = [
        report("c05-3", responsible_unit="乙局", due=ago(12)),
        report("c05-1", responsible_unit="乙局", due=ago(30), milestones=()),
        report("c05-2", responsible_unit="甲局", milestones=LATE),
    ]
    assessed = lists.assess_programme(load_catalogue().programme, reports, TODAY)
    owed = lists.dispatch(assessed).set_index("unit")
    assert list(owed.index) == ["", "乙局", "甲局"]
    assert owed.loc["乙局"].to_dict() == {
        "items": 2, "overdue": 2, "stalled": 0, "slow": 0, "unreported": 0, "days_overdue": 30, "fields": 1,
    }  # fmt: skip
    assert owed.loc["甲局", "slow"] == 1 and owed.loc["", "unreported"] == 174
    assert owed["items"].sum() == 177
    fields = lists.count_fields(assessed).set_index("type")
    assert fields.loc["project", ["responsible_unit", "due", "milestones", "all_fields"]].to_list() == [2, 2, 1, 1]


def test_arguments_stay_untouched():
    reports = [report(), report("c05-1")]
    before = list(reports)
    assessed = lists.assess_programme(load_catalogue().programme, reports, TODAY)
    copy = assessed.copy(deep=True)
    lists.count_words(assessed), lists.count_fields(assessed, "pillar"), lists.dispatch(assessed)
    assert reports == before
    pd.testing.assert_frame_equal(assessed, copy)


# --- reports as a frame ---------------------------------------------------------------------------------------------------------


def test_reports_survive_the_way_to_a_frame_and_back():
    reports = [
        report(supporting_units=("乙局", "丙局"), investment_planned=4.5, investment_spent=5.0, note="备注", milestones=LATE),
        report(reported_on=ago(40), milestones=JUST),
        ItemReport(PARTED, ago(3), parts_done=0),
        ItemReport("c05-1", ago(3), investment_spent=0.0),
    ]
    frame = tabulate_reports(reports)
    assert list(frame.columns) == list(COLUMNS) and len(frame) == 8
    assert collect_reports(frame) == reports
    assert collect_reports(tabulate_reports([])) == collect_reports(None) == []


def test_reports_lent_by_the_store_are_the_reports_written():
    with store.one_writer():
        store.write_build(empty_store())
        assert store.read_shared("programme") is None
        store.write_shared("programme", tabulate_reports([report(), ItemReport("c05-1", ago(3))]))
    assert collect_reports(store.read_shared("programme")) == [report(), ItemReport("c05-1", ago(3))]


def test_a_frame_without_its_columns_is_refused():
    with pytest.raises(DataError, match="lack the columns weight, found item"):
        collect_reports(tabulate_reports([report()]).drop(columns="weight"))
