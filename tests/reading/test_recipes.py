"""Recipes: what each key does, and that a recipe which does not fit is loud."""

import pytest

from qdlib.reading.errors import RecipeMismatch
from qdlib.reading.tables import examine_file

LOST = [["1-1 测试表"], ["单位：万元"], ["年份", "出口", "出口"], ["2001", "1", "2"], ["2002", "3", "(4.5)"]]
HALVES = [
    ["1-2 测试表"],
    ["单位：万元"],
    ["地区", "教育", "医疗"],
    ["", "事业费", "卫生费"],
    ["甲区", "1", "2"],
    ["乙区", "3", "4"],
]
STUB = [
    ["1-3 测试表"],
    ["指标", "2001年", "2002年"],
    ["总人口", "12", "13"],
    ["其中：男", "6", "7"],
    ["女", "6", "6"],
    ["户数", "4", "-"],
]


@pytest.fixture
def with_recipe(write_csv):
    """A table with a recipe beside it, examined."""

    def examine(rows, recipe, used=True):
        path = write_csv(rows)
        path.with_name(path.name + ".recipe.yml").write_text(recipe, "utf-8")
        return examine_file(path, recipe=used)

    return examine


@pytest.fixture
def mismatch(with_recipe):
    """The words of a recipe that does not fit."""

    def read(rows, recipe) -> str:
        with pytest.raises(RecipeMismatch) as caught:
            with_recipe(rows, recipe)
        return str(caught.value)

    return read


def test_joined_halves_settle_a_wrapped_header(with_recipe, cells):
    recipe = (
        "recipe: 1\ntable: {number: 1-2, title: 测试表}\nlayout: {joined: {B3: B4, C3: C4}}\nexpect: {values: 4, missing: 0}\n"
    )
    seen = with_recipe(HALVES, recipe)
    assert cells(seen.tables[0])["C5"][1] == ["医疗卫生费"]


def test_without_its_recipe_the_table_is_not_certain(with_recipe):
    recipe = "recipe: 1\ntable: {number: 1-2}\nlayout: {joined: {B3: B4, C3: C4}}\n"
    assert with_recipe(HALVES, recipe, used=False).uncertain and not with_recipe(HALVES, recipe).uncertain


def test_a_stated_row_tree_and_parents(with_recipe, cells):
    recipe = "recipe: 1\ntable: {number: 1-3}\nlayout: {row_tree: marks, parents: {A5: A3}}\nunit: {default: 万人, 户数: 万户}\n"
    table = with_recipe(STUB, recipe).tables[0]
    assert cells(table)["B5"] == (["总人口", "女"], ["2001年"], "6", "ten_thousand_persons", "A")
    assert cells(table)["B6"][3] == "ten_thousand_households" and cells(table)["B6"][0] == ["户数"]


def test_a_flat_row_tree_has_no_parents(with_recipe, cells):
    table = with_recipe(STUB, "recipe: 1\ntable: {number: 1-3}\nlayout: {row_tree: flat}\n").tables[0]
    assert cells(table)["B4"][0] == ["其中：男"]


def test_meanings_of_marks_and_blanks(with_recipe, cells):
    rows = [["1-4 测试表"], ["单位：万元"], ["地区", "甲", "乙"], ["东区", "-", "…"], ["西区", "5①", ""], ["南区", "6", "7"]]
    recipe = 'recipe: 1\ntable: {number: 1-4}\nmissing: {"-": Q, "…": N, "": L}\nnotes: {"①": 初步核算数}\n'
    found = {value.cell: (value.value, value.status, value.notes) for value in with_recipe(rows, recipe).tables[0].values}
    assert [found[cell][1] for cell in ("B4", "C4", "B5", "C5")] == ["Q", "N", "P", "L"]
    assert found["B5"][2] == ('mark "①": 初步核算数',)


def test_brackets_as_minus_signs(with_recipe):
    rows = [["1-5 表"], ["单位：万元"], ["地区", "甲", "乙"], ["东区", "1", "(4.5)"], ["西区", "5", "6"]]
    table = with_recipe(rows, "recipe: 1\ntable: {number: 1-5}\nnegatives: parentheses\n").tables[0]
    assert {value.cell: str(value.value) for value in table.values}["C4"] == "-4.5"


def test_a_region_header_rows_and_stub_columns(with_recipe, cells):
    recipe = "recipe: 1\ntable: {sheet: csv}\nlayout: {region: A3:C5, header_rows: 1, stub_columns: 1, spans: {B3: 1x1}}\n"
    rows = [["1-1 表"], ["单位：万元"], ["年份", "出口", "进口"], ["2001", "1", "2"], ["2002", "3", "4"]]
    assert cells(with_recipe(rows, recipe).tables[0])["C5"] == (["2002"], ["进口"], "4", "ten_thousand_yuan", "A")


def test_spans_of_a_scraped_header(write_scrape, read_one, cells):
    rows = [
        ["1-1 测试表"],
        ["年份", "甲", "乙"],
        ["子", "丑"],
        ["2001", "1", "2", "3"],
        ["2002", "4", "5", "6"],
        ["2003", "7", "8", "9"],
    ]
    path = write_scrape(rows)
    first = examine_file(path)
    assert first.uncertain
    sheet = first.uncertain[0].source
    addresses = {sheet.text(row, column): sheet.a1(row, column) for row in range(3) for column in range(3)}
    names = [addresses[text] for text in ("年份", "甲", "乙")]
    spans = "{}: 2x1, {}: 1x2, {}: 2x1".format(*names)
    recipe = f"recipe: 1\ntable: {{number: 1-1}}\nlayout: {{spans: {{{spans}}}}}\n"
    path.with_name(path.name + ".recipe.yml").write_text(recipe, "utf-8")
    paths = [[label.text for label in value.column] for value in read_one(path).values[:3]]
    assert paths == [["甲", "子"], ["甲", "丑"], ["乙"]]


def test_nearer_recipes_win_key_by_key(tmp_path, write_csv, cells):
    folder = tmp_path / "source" / "2031"
    folder.mkdir(parents=True)
    path = write_csv([["1-6 表"], ["地区", "甲"], ["东区", "-"], ["西区", "…"], ["南区", "5"], ["北区", "6"]]).rename(
        folder / "t.csv"
    )
    (folder.parent / "recipe.yml").write_text('recipe: 1\nmissing: {"-": N, "…": N}\n', "utf-8")
    (folder / "recipe.yml").write_text('recipe: 1\nmissing: {"…": L}\n', "utf-8")
    assert [value.status for value in examine_file(path).tables[0].values] == ["N", "L", "A", "A"]


def test_checks_report_sums_that_do_not_hold(with_recipe):
    rows = [["1-7 表"], ["单位：万元"], ["年份", "合计数", "甲", "乙"], ["2001", "9", "4", "5"], ["2002", "9", "4", "7"]]
    recipe = "recipe: 1\ntable: {number: 1-7}\nchecks: [{total: 合计数, parts: [甲, 乙]}, {whole: 甲, includes: [乙]}]\n"
    found = {finding.cell: finding.kind for finding in with_recipe(rows, recipe).findings}
    assert found == {"B5": "parts_differ", "C5": "part_exceeds_whole"}  # 4 and 5 in row 4 are one rounding apart


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ("recipe: 1\ntabel: {number: 1-3}\n", "unknown key 'tabel'; did you mean table"),
        ("recipe: 1\ntable: {number: 1-3}\nlayout: {heads: 2}\n", "unknown key layout.heads"),
        ("recipe: 2\ntable: {number: 1-3}\n", "recipe is '2', expected 1"),
        ("recipe: 1\ntable: {number: 1-3}\nlayout: {row_tree: tall}\n", "layout.row_tree is 'tall', expected one of marks"),
        ("recipe: 1\ntable: {number: 1-3}\nlayout: {spans: {B3: five}}\n", "expected rows x columns such as 1x5"),
        ("recipe: 1\ntable: {number: 1-3}\nlayout: {region: Z9:A1}\n", "runs backwards"),
        ("recipe: 1\ntable: {number: 1-3}\nlayout: {header_rows: two}\n", "expected a whole number"),
        ("recipe: 1\ntable: {number: 1-3}\nmissing: {'-': X}\n", "expected one of M, N, L, Q"),
        ("recipe: 1\ntable: {number: 1-3}\naxes: {rows: town}\n", "axes.rows is 'town'"),
        ("recipe: 1\ntable: {number: 9-9}\n", "is there 0 times, expected once"),
        ("- 1\n", "holds no keys"),
        ("recipe: [1\n", "no valid YAML"),
    ],
)
def test_a_recipe_with_a_fault_is_loud(mismatch, recipe, words):
    assert words in mismatch(STUB, recipe)


def test_t29_a_header_that_changed_under_its_recipe(mismatch):
    recipe = "recipe: 1\ntable: {number: 1-3}\nlayout: {row_tree: marks}\nindicators: {总人口数: population}\n"
    assert "label '总人口数' is not in the table; was the header changed?" in mismatch(STUB, recipe)
    wrong = "recipe: 1\ntable: {number: 1-3}\nlayout: {row_tree: marks}\nexpect: {values: 8, missing: 0}\n"
    assert "values is 7, expected 8" in mismatch(STUB, wrong)
    gone = "recipe: 1\ntable: {number: 1-3}\nlayout: {row_tree: marks, parents: {A9: A3}}\n"
    assert "cell A9 is not in the table" in mismatch(STUB, gone)


def test_one_recipe_never_meets_two_tables(mismatch):
    rows = [*STUB, [""], STUB[0], ["指标", "2003年", "2004年"], *STUB[2:]]
    assert "is there 2 times" in mismatch(rows, "recipe: 1\ntable: {number: 1-3}\nlayout: {row_tree: marks}\n")
