"""The department workbook as it is handed out: sheets, locks, validations, print, and the same bytes each time."""

import re

import pytest

from qdlib.catalogue import load_catalogue
from qdlib.errors import DataError
from qdlib.observations.template import make_template
from qdlib.reading.department_form import HEADER, INPUTS, LOCKED, META, columns_of, parse_meta
from tests.reading.department_samples import GAPS, ITEMS, TARGETS, YEARS, address, blank_form, row_of, sheet_of


@pytest.fixture(scope="module", params=["zh", "en"])
def made(request):
    return request.param, blank_form(request.param)


def rules_at(sheet, cell):
    return [
        rule
        for rule in sheet.data_validations.dataValidation
        if cell in {str(part) for part in rule.sqref.ranges} or cell in rule.sqref
    ]


def test_sheets_are_notes_indicators_programme_and_a_hidden_meta(made):
    language, book = made
    names = [load_catalogue().say(f"template.sheet.{part}", language) for part in ("notes", "indicators", "programme")]
    assert book.sheetnames == [*names, META]
    assert [sheet.sheet_state for sheet in book] == ["visible"] * 3 + ["hidden"]


def test_every_sheet_is_protected_without_password(made):
    for sheet in made[1]:
        assert sheet.protection.sheet and not sheet.protection.password


@pytest.mark.parametrize("part", ["indicators", "programme"])
def test_inputs_are_open_what_a_figure_means_is_locked_and_words_say_so(made, part):
    language, book = made
    sheet, catalogue = sheet_of(book, part, language), load_catalogue()
    rows = range(HEADER + 1, sheet.max_row + 1)
    for column, name in enumerate(columns_of(part), start=1):
        mark = sheet.cell(HEADER - 1, column).value
        assert (mark == catalogue.say("template.locked", language)) == (name in LOCKED[part])
        cells = [sheet.cell(row, column) for row in rows]
        if name in LOCKED[part]:
            assert all(cell.protection.locked and cell.value is not None for cell in cells), name
        else:
            # An open cell is empty, a locked one among the inputs holds a dash: nothing is asked for there.
            assert all((cell.value is None) if not cell.protection.locked else (cell.value == "—") for cell in cells), name
            assert any(not cell.protection.locked for cell in cells), name
    assert len(rows) == len(GAPS if part == "indicators" else ITEMS)


def test_lists_are_asked_of_ranks_and_definitions_of_what_the_text_leaves_open(made):
    language, book = made
    sheet = sheet_of(book, "indicators", language)
    asked = {name: {target for target in TARGETS if not sheet[address("indicators", name, row_of(target, 2024))].protection.locked}
             for name in INPUTS["indicators"]}  # fmt: skip
    assert asked["list"] == asked["list_size"] == {"T06"} and asked["definition"] == {"T08"}
    assert asked["value"] == asked["source"] == set(TARGETS)
    words = sheet[address("indicators", "asks", row_of("T08", 2024))].value
    assert words == load_catalogue().policy.targets["T08"].open_definition.in_language(language)


@pytest.mark.parametrize(
    ("name", "target", "kind", "limits"),
    [
        ("value", "T01", "decimal", ("0", "100")),
        ("value", "T06", "whole", ("1", "1e+15")),
        ("value", "T25", "whole", ("0", "1e+15")),
        ("published", "T01", "date", ("DATE(2024,1,1)", None)),
        ("status", "T01", "list", ('"A,P,E"', None)),
        ("source", "T01", "textLength", ("2", None)),
        ("department", "T01", "textLength", ("2", None)),
        ("list_size", "T06", "whole", ("1", "1e+15")),
    ],
)
def test_inputs_are_validated_by_the_indicator_s_limits(made, name, target, kind, limits):
    language, book = made
    (rule,) = rules_at(sheet_of(book, "indicators", language), address("indicators", name, row_of(target, 2024)))
    assert (rule.type, (rule.formula1, rule.formula2)) == (kind, limits)
    assert rule.showErrorMessage and rule.prompt and rule.error and rule.allow_blank


def test_headings_stay_in_view_and_repeat_in_print(made):
    language, book = made
    for part in ("indicators", "programme"):
        sheet = sheet_of(book, part, language)
        assert sheet.freeze_panes == f"E{HEADER + 1}" and sheet.print_title_rows == f"${HEADER - 1}:${HEADER}"
        assert sheet.page_setup.orientation == "landscape" and sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "&P" in sheet.oddFooter.center.text


def test_notes_say_in_words_how_to_fill_in(made):
    language, book = made
    text = "\n".join(str(row[0]) for row in sheet_of(book, "notes", language).iter_rows(values_only=True))
    catalogue = load_catalogue()
    for key in (key for key in catalogue.texts if key.startswith("template.note.")):
        assert catalogue.say(key, language) in text
    assert catalogue.policy.title.in_language(language) in text


def test_meta_says_what_was_handed_out(made):
    language, book = made
    meta = parse_meta([(row[0].value, row[1].value) for row in book[META].iter_rows()])
    assert (meta.city, meta.language, meta.full_year) == ("qingdao", language, 2025)
    assert meta.targets["T28"].years == YEARS and meta.targets["T28"].unit == "institutions"
    assert list(meta.items) == [item.id for item in ITEMS]


def test_same_input_same_bytes_and_another_input_other_bytes():
    make = lambda gaps: make_template(gaps, load_catalogue(), "qingdao", 2025, items=ITEMS)  # noqa: E731
    first = make(GAPS)
    assert first == make(GAPS) != make(GAPS[1:])
    assert not re.search(rb"20\d\d-\d\d-\d\dT", first)


def test_only_the_items_of_the_pillars():
    content = make_template(GAPS, load_catalogue(), "qingdao", 2025, pillars=("ocean",), items=ITEMS)
    from tests.reading.department_samples import read

    assert not read(content).faults
    import io

    import openpyxl

    sheet = sheet_of(openpyxl.load_workbook(io.BytesIO(content)), "programme")
    assert [sheet.cell(row, 1).value for row in range(HEADER + 1, sheet.max_row + 1)] == ["c07-4", "c08-2"]


def test_nothing_to_ask_for_is_said():
    with pytest.raises(DataError, match="nothing to ask for"):
        make_template([], load_catalogue(), "qingdao", 2025, items=())
