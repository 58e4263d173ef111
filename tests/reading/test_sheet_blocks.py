"""Where tables begin and end on a sheet."""

from qdlib.reading.tables import examine_file

HEAD = ["年份", "甲业", "乙业"]


def body(first, count=3):
    return [[str(first + number), str(number + 1), str(number + 5)] for number in range(count)]


def test_empty_rows_never_split(write_csv, read_one):
    table = read_one(write_csv([["1-1 表"], ["单位：万元"], HEAD, *body(1990), [""], [""], *body(1993)]))
    assert len(table.values) == 12


def test_t46_two_tables_with_two_units_in_one_sheet(write_csv):
    rows = [["1-1 甲表"], ["单位：万元"], HEAD, *body(1990), [""], ["1-2 乙表"], ["单位：亿元"], HEAD, *body(1990)]
    first, second = examine_file(write_csv(rows)).tables
    assert (first.number, first.values[0].unit.id) == ("1-1", "ten_thousand_yuan")
    assert (second.number, second.values[0].unit.id) == ("1-2", "hundred_million_yuan")


def test_t46_a_repeated_header_continues_downwards(write_csv, read_one):
    table = read_one(write_csv([["1-1 表"], ["单位：万元"], HEAD, *body(1990), ["续表1"], HEAD, *body(1993)]))
    assert [value.row[0].text for value in table.values[::2]] == [str(year) for year in range(1990, 1996)]


def test_t45_a_numbered_continuation_with_the_same_header_is_joined(write_csv, read_one):
    table = read_one(write_csv([["1-1 表"], ["单位：万元"], HEAD, *body(1990), ["1-1 续表"], HEAD, *body(1993)]))
    assert len(table.values) == 12 and table.range == "A3:C11"


def test_t45_a_continuation_with_another_unit_is_a_table_of_its_own(write_csv):
    rows = [["1-1 表"], ["单位：万元"], HEAD, *body(1990), ["1-1 续表"], ["单位：亿元"], HEAD, *body(1993)]
    tables = examine_file(write_csv(rows)).tables
    assert [table.values[0].unit.id for table in tables] == ["ten_thousand_yuan", "hundred_million_yuan"]


def test_t45_a_continuation_without_its_first_part_is_not_certain(write_csv, reasons):
    rows = [
        ["2-5 续表3"],
        ["单位：万元"],
        ["城市", "2001年", "2002年"],
        ["聊城", "1", "2"],
        ["河南", "", ""],
        ["郑州", "3", "4"],
        ["洛阳", "5", "6"],
    ]
    assert "page before" in reasons(write_csv(rows))


def test_t46_a_second_header_without_a_title_is_not_swallowed(write_csv):
    rows = [["1-1 表"], ["单位：万元"], HEAD, *body(1990), ["地区", "丙业", "丁业"], ["甲区", "7", "8"], ["乙区", "9", "10"]]
    seen = examine_file(write_csv(rows))
    assert not [
        value
        for table in seen.tables
        for value in table.values
        if value.raw in ("7", "8") and value.column[-1].text in ("甲业", "乙业")
    ]


def test_t47_notes_and_their_continuation_lines(write_csv, read_one):
    rows = [["1-1 表"], ["单位：万元"], HEAD, *body(1990), ["注：按当年价格计算，"], ["含农垦系统。"], ["资料来源：某局"]]
    table = read_one(write_csv(rows))
    assert len(table.values) == 6
    assert table.notes == ("注：按当年价格计算，", "含农垦系统。", "资料来源：某局")


def test_t47_watermark_sheets_hold_no_table(write_xlsx, write_csv):
    seen = examine_file(write_xlsx([["更多数据，尽在某网"], ["http://example.org"]]))
    assert (seen.tables, seen.uncertain) == ((), ())
    assert seen.without_table == ("t.xlsx!Sheet1",)


def test_t48_a_hidden_row_in_the_body_is_not_certain(write_xlsx, reasons):
    rows = [["1-1 表"], ["单位：万元"], HEAD, [1990, 1, 2], [1991, 3, 4], [1992, 5, 6]]
    assert "hidden rows [5]" in reasons(write_xlsx(rows, hidden_rows=(5,)))


def test_a_region_is_the_box_of_header_stub_and_body(write_xlsx, read_one):
    rows = [["1-1 表"], ["单位：万元"], HEAD, [1990, 1, 2], [1991, 3, 4], ["丙", "丁", "戊"], ["甲", 5, 6]]
    table = read_one(write_xlsx(rows), sheet="Sheet1", region="A3:C5")
    assert (table.title, len(table.values), table.values[0].unit.id) == ("表", 4, "ten_thousand_yuan")


def test_figures_without_labels_are_not_certain(write_csv, reasons):
    assert "no row with a label" in reasons(write_csv([["1", "2"], ["3", "4"], ["5", "6"]]))


def test_text_among_the_figures_is_not_certain(write_csv, reasons):
    assert "text among the figures: C5 '停产'" in reasons(
        write_csv([["1-1 表"], ["单位：万元"], HEAD, ["1990", "1", "2"], ["1991", "3", "停产"]])
    )


def test_a_body_with_many_damaged_cells_is_not_certain(write_csv, reasons):
    rows = [["1-1 表"], ["单位：万元"], HEAD, ["1990", "3", "4"], ["1991", "94O", "().13"], ["1992", "X94", "8!"]]
    assert "4 of 6 cells of the body are no figures: B5 '94O'" in reasons(write_csv(rows))


def test_figures_that_look_like_years_are_figures_in_the_body(write_csv, read_one, cells):
    rows = [
        ["1-1 表"],
        ["单位：万吨"],
        ["指标", "2001年", "2002年"],
        ["甲港", "1901", "2005"],
        ["乙港", "1450", "1552"],
        ["丙港", "2010", "2019"],
    ]
    table = read_one(write_csv(rows))
    assert cells(table)["C4"] == (["甲港"], ["2002年"], "2005", "ten_thousand_tonnes", "A")
    assert len(table.values) == 6


def test_t46_rankings_side_by_side_are_not_mixed(write_csv):
    rows = [
        ["5-9 表"],
        ["单位：万元"],
        ["序号", "城市", "数值", "序号", "城市", "数值"],
        ["1", "甲市", "90", "4", "丁市", "60"],
        ["2", "乙市", "80", "5", "戊市", "50"],
        ["3", "丙市", "70", "6", "己市", "40"],
    ]
    seen = examine_file(write_csv(rows))
    assert not [
        value
        for table in seen.tables
        for value in table.values
        if value.raw in ("60", "50", "40") and value.row[-1].text in ("甲市", "乙市", "丙市")
    ]
