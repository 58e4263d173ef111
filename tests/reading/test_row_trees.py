"""Stubs and row trees: sections, indents, numbering, regions, marks, totals, wraps."""

import pytest

HEAD = [["1-1 测试表"], ["单位：万元"], ["指标", "2001年", "2002年"]]


@pytest.fixture
def rows_of(write_csv, read_one):
    """Row paths of a table with two year columns, by the row's number among the body rows."""

    def read(labels, *, head=HEAD):
        body = [
            [label, "", ""] if blank else [label, str(10 + number), str(20 + number)]
            for number, (label, blank) in enumerate(labels)
        ]
        table = read_one(write_csv([*head, *body]))
        paths = {}
        for value in table.values:
            paths.setdefault(int(value.cell[1:]) - len(head) - 1, [label.text for label in value.row])
        return [paths.get(number) for number in range(len(labels))]

    return read


@pytest.fixture
def doubts_of(write_csv, reasons):
    def read(labels):
        body = [
            [label, "", ""] if blank else [label, str(10 + number), str(20 + number)]
            for number, (label, blank) in enumerate(labels)
        ]
        return reasons(write_csv([*HEAD, *body]))

    return read


def full(*labels):
    return [(label, False) for label in labels]


def test_sections_without_values_label_the_rows_below(rows_of):
    labels = [("人口", True), *full("年末人口", "城镇人口"), ("就业", True), *full("全部从业人员", "单位从业人员")]
    assert rows_of(labels)[1:3] == [["人口", "年末人口"], ["人口", "城镇人口"]]
    assert rows_of(labels)[5] == ["就业", "单位从业人员"]


def test_a_lone_group_row_is_not_certain(doubts_of):
    assert "is a group or the first half" in doubts_of([*full("甲项"), ("城镇居民家庭", True), *full("人均收入", "乙项")])


def test_t35_a_wrapped_label_is_never_a_group(doubts_of):
    labels = [*full("总产值"), ("全部独立核算工业企业", True), *full("财务成本合计"), *full("出口额")]
    assert "first half" in doubts_of(labels)
    assert "first half" in doubts_of([("工业（不含", True), *full("军工）", "农业"), ("商业", True), *full("零售", "批发")])


def test_t35_the_second_half_of_a_label_is_no_empty_group(doubts_of):
    assert "half of a wrapped label" in doubts_of(
        [*full("甲项", "城镇居民人均可支"), ("配收入", True)] + [("乙组", True), *full("丙项", "丁项")]
    )


def test_t36_a_stub_one_cell_short_is_not_certain(write_csv, reasons):
    rows = [*HEAD, ["甲项", "1", "2"], ["乙项", "3", "4"], ["", "5", "6"]]
    assert "no row label" in reasons(write_csv(rows))


def test_t31_a_total_is_no_parent(rows_of):
    assert rows_of(full("合计", "  甲区", "  乙区")) == [["合计"], ["甲区"], ["乙区"]]


def test_t31_a_bold_total_is_no_parent(write_xlsx, read_one, cells):
    table = read_one(write_xlsx([*HEAD, ["总 计", 9, 10], ["甲区", 4, 5], ["乙区", 5, 5]], bold=(4,)))
    assert cells(table)["B5"][0] == ["甲区"]


def test_t31_subtotals_and_yields_stay_beside_their_rows(rows_of):
    assert rows_of(full("总计", "市区", "甲区", "乙县", "每公顷产量"))[1:] == [["市区"], ["甲区"], ["乙县"], ["每公顷产量"]]


@pytest.mark.parametrize("step", ["  ", "\u3000", "\u00a0\u00a0", "......"])
def test_t32_indents_of_any_sign_make_children(rows_of, step):
    assert rows_of(full("第一产业", f"{step}农业", f"{step}林业", "第二产业", f"{step}工业")) == [
        ["第一产业"],
        ["第一产业", "农业"],
        ["第一产业", "林业"],
        ["第二产业"],
        ["第二产业", "工业"],
    ]


def test_t32_style_indents_count_too(write_xlsx, read_one, cells):
    table = read_one(
        write_xlsx([*HEAD, ["甲业", 9, 10], ["子业", 4, 5], ["乙业", 5, 5], ["丑业", 1, 2]], indents={"A5": 1, "A7": 1})
    )
    assert cells(table)["B5"][0] == ["甲业", "子业"]


def test_t33_letter_spacing_is_no_indent(rows_of):
    assert rows_of(full("第 一 产 业", "第  二 产  业", "第三产业")) == [["第一产业"], ["第二产业"], ["第三产业"]]


def test_t30_marks_hang_below_the_last_unmarked_row(rows_of):
    assert rows_of(full("从业人员", "#单位从业人员", "~#国有", "工资总额")) == [
        ["从业人员"],
        ["从业人员", "#单位从业人员"],
        ["从业人员", "~#国有"],
        ["工资总额"],
    ]


def test_t30_of_which_over_three_rows_by_indent(rows_of):
    labels = full("总人口", "  其中：男", "        女", "        其他", "户数")
    assert rows_of(labels) == [["总人口"], ["总人口", "其中：男"], ["总人口", "女"], ["总人口", "其他"], ["户数"]]


def test_t30_of_which_without_indent_is_not_certain(doubts_of):
    assert "may belong to the 其中 above" in doubts_of(full("总人口", "其中：男", "女", "户数"))


def test_numbered_sections_with_and_without_values(rows_of):
    labels = [*full("一、总产值", "甲业", "乙业", "二、人口"), ("三、产量", True), *full("纱", "布"), *full("四、投资")]
    assert rows_of(labels) == [
        ["一、总产值"],
        ["一、总产值", "甲业"],
        ["一、总产值", "乙业"],
        ["二、人口"],
        None,
        ["三、产量", "纱"],
        ["三、产量", "布"],
        ["四、投资"],
    ]


def test_t34_a_number_printed_twice_opens_two_sections(rows_of):
    labels = [*full("一、总产值", "二、人口"), ("二、产量", True), *full("纱")]
    assert rows_of(labels)[3] == ["二、产量", "纱"]


def test_numbers_of_three_levels(rows_of):
    assert rows_of(full("一、消费", "(一)居民", "1.农村", "2.城镇", "(二)政府"))[2:] == [
        ["一、消费", "(一)居民", "1.农村"],
        ["一、消费", "(一)居民", "2.城镇"],
        ["一、消费", "(二)政府"],
    ]


def test_unnumbered_rows_between_numbered_ones_are_not_certain(doubts_of):
    assert "lies above its list" in doubts_of(full("第一产业", "(1)农业", "第二产业", "(2)工业"))


def test_a_list_that_starts_in_the_middle_is_not_certain(doubts_of):
    assert "not the first of its list" in doubts_of(full("(12)租赁", "(13)科研"))


def test_t37_blank_provinces_label_their_cities(rows_of):
    labels = [
        *full("北京"),
        ("河北", True),
        *full("石家庄", "唐山"),
        ("山西", True),
        *full("太原"),
        ("吉林", True),
        *full("长春", "吉林"),
    ]
    assert rows_of(labels) == [
        ["北京"],
        None,
        ["河北", "石家庄"],
        ["河北", "唐山"],
        None,
        ["山西", "太原"],
        None,
        ["吉林", "长春"],
        ["吉林", "吉林"],
    ]


def test_provinces_with_values_label_their_cities_whatever_the_indent(rows_of):
    labels = full("合计", "  北京", "河北", "石家庄", "山西", "  太原", "山东", "济南", "重庆")
    assert rows_of(labels) == [
        ["合计"],
        ["北京"],
        ["河北"],
        ["河北", "石家庄"],
        ["山西"],
        ["山西", "太原"],
        ["山东"],
        ["山东", "济南"],
        ["重庆"],
    ]


def test_a_list_sorted_by_name_has_no_provinces_above(rows_of):
    assert rows_of(full("安徽", "安庆", "北京", "福建", "甘肃", "保定", "广东"))[1] == ["安庆"]


def test_cities_before_any_province_are_not_certain(doubts_of):
    assert "its own is on another page" in doubts_of(full("聊城", "滨州", "河南", "郑州", "湖北", "武汉", "湖南", "长沙"))


def test_bold_groups_need_no_second_one(write_xlsx, read_one, cells):
    table = read_one(write_xlsx([*HEAD, ["甲项", 1, 2], ["城镇", None, None], ["收入", 3, 4], ["支出", 5, 6]], bold=(5,)))
    assert cells(table)["B6"][0] == ["城镇", "收入"]


def test_an_empty_row_with_a_unit_is_no_group(write_csv, read_one, cells):
    rows = [
        ["1-1 测试表"],
        ["指标", "单位", "2001年", "2002年"],
        ["甲项", "万元", "1", "2"],
        ["乙项", "万元", "", ""],
        ["丙项", "万元", "5", "6"],
    ]
    assert cells(read_one(write_csv(rows)))["C5"][0] == ["丙项"]


def test_several_stub_columns_fill_down(write_csv, read_one, cells):
    rows = [
        ["1-1 测试表"],
        ["单位：人"],
        ["地区", "性别", "2001年", "2002年"],
        ["甲市", "男", "1", "2"],
        ["", "女", "3", "4"],
        ["乙市", "男", "5", "6"],
        ["", "女", "7", "8"],
    ]
    assert cells(read_one(write_csv(rows)))["C5"][0] == ["甲市", "女"]


def test_translation_and_unit_columns_are_no_labels(write_csv, read_one, cells):
    rows = [
        ["1-1 测试表"],
        ["指标", "Item", "单位", "Unit", "2001年", "2002年"],
        ["产值", "Output", "亿元", "100 million yuan", "1", "2"],
        ["人口", "Population", "万人", "10000 persons", "3", "4"],
    ]
    table = read_one(write_csv(rows))
    assert cells(table)["E4"] == (["人口"], ["2001年"], "3", "ten_thousand_persons", "A")
    assert table.values[0].row[0].en == "Output"


def test_running_numbers_are_no_labels(write_csv, read_one, cells):
    rows = [
        ["1-1 测试表"],
        ["单位：万元"],
        ["序号", "城市", "产值", "税收"],
        ["1", "甲市", "9", "3"],
        ["2", "乙市", "8", "2"],
        ["3", "丙市", "7", "1"],
    ]
    assert cells(read_one(write_csv(rows)))["C4"][0] == ["甲市"]


SUMMED = [["1-1 投资表"], ["单位：万元"], ["指标", "2001年", "2002年", "2003年"]]


def summed(*lines):
    return [*SUMMED, *([label, *map(str, figures)] for label, *figures in lines)]


def test_rows_behind_of_which_that_make_its_whole_are_parts_too(write_csv, read_one, cells):
    rows = summed(("总人口", 9012, 9124, 9230), ("其中：男", 4511, 4601, 4700), ("女", 4501, 4523, 4530), ("户数", 3001, 3102, 3203))
    table = cells(read_one(write_csv(rows)))
    assert table["B6"][0] == ["总人口", "女"] and table["B7"][0] == ["户数"]


def test_rows_behind_of_which_that_make_it_are_its_parts(write_csv, read_one, cells):
    rows = summed(
        ("总投资", 9912, 9924, 9930),
        ("其中：规模以上", 9012, 9124, 9230),
        ("第一产业", 1011, 1101, 1200),
        ("第二产业", 5000, 5000, 5010),
        ("#工业", 4000, 4100, 4200),
        ("第三产业", 3001, 3023, 3020),
    )
    table = cells(read_one(write_csv(rows)))
    assert table["B6"][0] == ["总投资", "其中：规模以上", "第一产业"] and table["B9"][0] == ["总投资", "其中：规模以上", "第三产业"]
    assert table["B8"][0][-2:] == ["第二产业", "#工业"]


def test_rows_behind_of_which_that_make_the_total_stand_beside(write_csv, read_one, cells):
    rows = summed(
        ("房屋总面积", 9012, 9124, 9230),
        ("住宅", 6000, 6100, 6200),
        ("其中：经济适用房", 400, 500, 600),
        ("办公楼", 2011, 2001, 2000),
        ("其他", 1001, 1023, 1030),
    )
    table = cells(read_one(write_csv(rows)))
    assert table["B7"][0] == ["办公楼"] and table["B6"][0] == ["住宅", "其中：经济适用房"]
