"""Each ingredient changes exactly its key, and the reason to run names it."""

from dataclasses import replace

import pytest

from qdlib.publishing import keys
from qdlib.publishing.expansion import Report
from qdlib.publishing.keys import Common, make_keys, reason_to_execute
from tests.publishing.invented import code, good_cells

COMMON = Common({"catalogue": "c", "code": "k", "lock": "l", "python": "3.11"}, "rendering")
CITIES = ["jinan", "qingdao"]
REPORT = Report("trend", "cities/qingdao/trend", "zh", {"city": "qingdao"}, ("qingdao",), 1, 1, 120, 300)


@pytest.fixture
def noted(project):
    project.write("trend", good_cells())
    return project


def reason(before: keys.Keys, after: keys.Keys) -> str:
    return reason_to_execute(after, {"execution": before.execution, "inputs": before.inputs})


def test_equal_inputs_give_equal_keys(noted):
    assert make_keys(REPORT, COMMON, CITIES) == make_keys(REPORT, COMMON, CITIES)


@pytest.mark.parametrize("name", ["catalogue", "code", "lock", "python"])
def test_each_shared_input_executes_again(noted, name):
    before = make_keys(REPORT, COMMON, CITIES)
    after = make_keys(REPORT, Common({**COMMON.inputs, name: "other"}, "rendering"), CITIES)
    assert reason(before, after) == name


def test_data_of_a_declared_slice_executes_again_and_other_data_do_not(noted):
    before = make_keys(REPORT, COMMON, CITIES)
    noted.set_data({"qingdao": "1111aaaa", "jinan": "changed"})
    assert reason(before, make_keys(REPORT, COMMON, CITIES)) == ""
    noted.set_data({"qingdao": "changed", "jinan": "2222bbbb"})
    assert reason(before, make_keys(REPORT, COMMON, CITIES)) == "data:qingdao"


def test_a_report_that_reads_all_follows_every_city(noted):
    report = replace(REPORT, reads=("all",))
    before = make_keys(report, COMMON, CITIES)
    noted.set_data({"qingdao": "1111aaaa", "jinan": "changed"})
    assert reason(before, make_keys(report, COMMON, CITIES)) == "data:jinan"
    noted.set_data({"qingdao": "1111aaaa", "jinan": "2222bbbb", "dalian": "new"})
    assert reason(before, make_keys(report, COMMON, [*CITIES, "dalian"])) == "data:dalian"


def test_values_and_promise_execute_again(noted):
    before = make_keys(REPORT, COMMON, CITIES)
    for other in (replace(REPORT, values={"city": "jinan"}), replace(REPORT, figures=2)):
        assert reason(before, make_keys(other, COMMON, CITIES)) == "parameters"


def test_a_cell_executes_again_and_a_stored_output_does_not(noted):
    before = make_keys(REPORT, COMMON, CITIES)
    path = noted.write("trend", good_cells())
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"outputs": []', '"outputs": [{"output_type": "stream"}]'), encoding="utf-8")
    assert reason(before, make_keys(REPORT, COMMON, CITIES)) == ""
    noted.write("trend", good_cells(body=(code("x = 1"),)))
    assert reason(before, make_keys(REPORT, COMMON, CITIES)) == "notebook"


def test_template_and_menu_render_again_without_executing(noted):
    before = make_keys(REPORT, COMMON, CITIES, "menu")
    for after in (make_keys(REPORT, Common(COMMON.inputs, "other"), CITIES, "menu"), make_keys(REPORT, COMMON, CITIES, "other")):
        assert after.execution == before.execution and after.render != before.render


def test_words_of_the_frame_belong_to_rendering_alone(tmp_path, monkeypatch):
    package = tmp_path / "qdlib"
    words = ("catalogue/text/pages.yml", "catalogue/text/trend.yml")
    styles = ("publishing/templates/page.css", "charts/palette.py")
    for path in (*words, "analysis/trend.py", "publishing/display.py", *styles):
        (package / path).parent.mkdir(parents=True, exist_ok=True)
        (package / path).write_text("one")
    monkeypatch.setattr(keys, "PACKAGE", package)
    changes = {}
    for path in (*words, "analysis/trend.py", "publishing/display.py", styles[0]):
        before = keys.read_common()
        (package / path).write_text("two")
        after = keys.read_common()
        changed = {name for name in before.inputs if before.inputs[name] != after.inputs[name]}
        changes[path] = (changed, before.rendering != after.rendering)
    assert changes == {
        "catalogue/text/pages.yml": (set(), True),
        "catalogue/text/trend.yml": ({"catalogue"}, True),
        "analysis/trend.py": ({"code"}, False),
        "publishing/display.py": ({"code"}, False),
        "publishing/templates/page.css": (set(), True),
    }


def test_lists_of_modules_name_files_that_exist():
    folder = keys.PACKAGE / "publishing"
    assert [name for name in (*keys.RENDERING, *keys.RUNNING) if not (folder / name).exists()] == []


def test_what_notebooks_call_counts_as_computing():
    names = {path.name for path in keys.code_files() if path.parent.name == "publishing"}
    assert {"display.py", "frames.py", "parameters.py"} <= names and "runs.py" not in names


def test_new_and_forced_reports_say_so(noted):
    made = make_keys(REPORT, COMMON, CITIES)
    assert reason_to_execute(made, None) == "new"
    assert reason_to_execute(made, {"execution": made.execution, "inputs": made.inputs}, force=True) == "forced"


def test_a_catalogue_elsewhere_with_the_same_files_is_the_same_method(tmp_path, monkeypatch):
    """A stage of another policy can be named at all, and a copy of the packaged metadata is no change of method."""
    import shutil

    own = keys.method_version()
    copy = tmp_path / "catalogue"
    shutil.copytree(keys.PACKAGE / "catalogue", copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    monkeypatch.setenv("QD_CATALOGUE", str(copy))
    assert keys.method_version() == own
    (copy / "units.csv").write_text((copy / "units.csv").read_text("utf-8") + "\n", "utf-8")
    assert keys.method_version() != own
