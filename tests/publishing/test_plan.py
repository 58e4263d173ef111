"""runs.yml: its form, what it expands to, and every fault of it at once."""

import pytest

from qdlib.catalogue import load_catalogue
from qdlib.errors import RunError
from qdlib.publishing.expansion import Setting, choose_reports, expand_plan
from qdlib.publishing.plan import check_plan, read_plan
from tests.publishing.invented import code, good_cells, words

GOOD = """
defaults: {languages: [zh, en], cell_timeout: 60}
runs:
  - {notebook: trend, for: {city: with_data}, page: "cities/{city}/trend", reads: [city], figures: 1, tables: 1}
  - {notebook: dated, page: overview, values: {code: 0532}, reads: [all], figures: 0, tables: 1, languages: [zh]}
"""
DATED = 'today: str = "2026-06-30"\ncode: str = "1"\nhorizon: int = 5\nlanguage: str = "zh"'


@pytest.fixture
def planned(project):
    project.write("trend", good_cells())
    project.write("dated", [words("# q"), code(DATED, "parameters")])
    return project


def setting(**options) -> Setting:
    return Setting(load_catalogue(), ["qingdao", "jinan"], **options)


def expand(project, text: str = GOOD, **options) -> list:
    return expand_plan(read_plan(project.plan(text)), setting(**options))


def test_plan_is_expanded_by_city_and_language(planned):
    reports = expand(planned, today="2026-11-23")
    assert [report.id for report in reports] == [
        "cities/qingdao/trend", "en/cities/qingdao/trend", "cities/jinan/trend", "en/cities/jinan/trend", "overview",
    ]  # fmt: skip
    assert reports[0].reads == ("qingdao",) and reports[0].cell_timeout == 60 and reports[0].report_timeout == 300
    assert reports[1].values == {"city": "qingdao", "language": "en"}


def test_scalars_stay_text_and_today_is_filled(planned):
    values = expand(planned, today="2026-11-23")[-1].values
    assert values == {"today": "2026-11-23", "code": "0532", "language": "zh"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{notebook: trend, page: p, reads: [qingdao], figures: 1, tables: 1, tabels: 2}', "unknown key `tabels`"),
        ('{notebook: trend, page: p, reads: [qingdao], figures: 1}', "`tables` is missing"),
        ('{notebook: trend, page: p, reads: [qingdao], figures: one, tables: 1}', "expected a whole number"),
        ('{notebook: trend, page: p, reads: qingdao, figures: 1, tables: 1}', "expected a list"),
        ('{notebook: nothing, page: p, reads: [qingdao], figures: 1, tables: 1}', "nothing.ipynb cannot be read"),
        ('{notebook: trend, page: "{city}/p", reads: [city], figures: 1, tables: 1}', "`{city}` is not in `for`"),
        ('{notebook: trend, for: {city: all}, page: p, reads: [city], figures: 1, tables: 1}', "would overwrite each other"),
        ('{notebook: trend, for: {city: some}, page: "{city}/p", reads: [city], figures: 1, tables: 1}', "cannot be expanded"),
        ('{notebook: trend, for: {town: all}, page: "{town}/p", reads: [city], figures: 1, tables: 1}', "parameter `town`"),
        ('{notebook: trend, values: {city: qingdoa}, page: p, reads: [city], figures: 1, tables: 1}', "did you mean qingdao"),
        ('{notebook: dated, values: {horizon: True}, page: p, reads: [all], figures: 1, tables: 1}', "'True' is no int"),
        ('{notebook: dated, values: {horizon: 0532}, page: p, reads: [all], figures: 1, tables: 1}', "without leading zeros"),
        ('{notebook: dated, values: {horizon: no}, page: p, reads: [all], figures: 1, tables: 1}', "'no' is no int"),
        ('{notebook: dated, values: {horizon: 12:30}, page: p, reads: [all], figures: 1, tables: 1}', "'12:30' is no int"),
        ('{notebook: dated, values: {horizon: abc}, page: p, reads: [all], figures: 1, tables: 1}', "'abc' is no int"),
        ('{notebook: trend, page: p, reads: [qingdo], figures: 1, tables: 1}', "slice of the store"),
        ('{notebook: trend, page: a/index, reads: [city], figures: 1, tables: 1}', "not named index"),
        ('{notebook: trend, page: data/x, reads: [city], figures: 1, tables: 1}', "nor below data"),
    ],
)  # fmt: skip
def test_each_fault_of_a_line_is_named(planned, line, said):
    faults = check_plan(planned.plan(f"runs:\n  - {line}\n"))
    assert any(said in fault for fault in faults), faults


def test_a_page_that_is_made_twice_is_a_fault(planned):
    line = "  - {notebook: trend, page: p, reads: [city], figures: 1, tables: 1}\n"
    assert check_plan(planned.plan(f"runs:\n{line}{line}")) == ["page p is made twice"]


def test_faults_of_all_lines_come_at_once(planned):
    text = "runs:\n  - {notebook: trend, values: {ctiy: qingdao}, page: a, reads: [city], figures: 1, tables: 1}\n"
    text += "  - {notebook: dated, values: {horizon: x}, page: b, reads: [all], figures: 1, tables: 1}\n"
    faults = check_plan(planned.plan(text))
    assert len(faults) == 2 and "did you mean city" in faults[0] and "run 2 (dated)" in faults[1]


def test_a_good_plan_has_no_fault(planned):
    assert check_plan(planned.plan(GOOD)) == []


def test_a_peer_group_is_read_as_its_members(planned):
    planned.write("peers", [words("# q"), code('city: str = "qingdao"\npeer_group: str = "own"', "parameters")])
    reports = expand(planned, "runs:\n  - {notebook: peers, page: p, reads: [peer_group], figures: 1, tables: 1}\n")
    catalogue = load_catalogue()
    group = catalogue.peer_groups[catalogue.cities["qingdao"].peer_group]
    assert reports[0].reads == tuple(sorted(group.members)) and "qingdao" in reports[0].reads


def test_overrides_are_typed_and_reach_the_chosen_notebooks_only(planned):
    reports = expand(planned, overrides={"horizon": "7"}, only=("dated",))
    assert reports[-1].values["horizon"] == 7 and "horizon" not in reports[0].values


@pytest.mark.parametrize(
    ("overrides", "said"),
    [({"horzon": "7"}, "did you mean horizon"), ({"horizon": "True"}, "is no int"), ({"language": "en"}, "--language")],
)
def test_wrong_overrides_are_refused(planned, overrides, said):
    with pytest.raises(RunError, match=said):
        expand(planned, overrides=overrides, only=("dated",))


def test_an_override_of_what_the_plan_varies_is_refused(planned):
    with pytest.raises(RunError, match="set by `for`"):
        expand(planned, overrides={"city": "jinan"}, only=("trend",))


def test_filters_choose_and_refuse_unknown_names(planned):
    reports = expand(planned)
    assert [report.id for report in choose_reports(reports, city=["jinan"], language=["zh"])] == ["cities/jinan/trend"]
    with pytest.raises(RunError, match="did you mean trend") as caught:
        choose_reports(reports, only=["trnd"], city=["nowhere"])
    assert len(caught.value.faults) == 2
