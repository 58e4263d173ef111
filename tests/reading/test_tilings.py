"""Lost spans of scraped headers: one tiling, several settled, several not."""

YEARS = range(1991, 2003)


def rows_of(header, columns, figures):
    return [["测试表"], ["1-1", "单位：万元"], *header, *[[str(year), *figures(year - 1990)] for year in YEARS]], columns


def test_t24_one_tiling(write_scrape, read_one, cells):
    rows, _ = rows_of(
        [["年 份", "收入", "支出", ""], ["#基建", "#行政", "#文教"]],
        6,
        lambda n: [str(90 + n), str(60 + n), str(10 + n), str(20 + n), str(5 + n)],
    )
    table = read_one(write_scrape(rows))
    first = [value for value in table.values if value.row[0].text == "1991"]
    assert [[label.text for label in value.column] for value in first] == [
        ["收入"],
        ["支出"],
        ["支出", "#基建"],
        ["支出", "#行政"],
        ["支出", "#文教"],
    ]
    assert {value.unit.id for value in first} == {"ten_thousand_yuan"}


def test_t24_a_blank_over_columns_without_a_left_label_is_no_parent(write_scrape, read_one):
    rows, _ = rows_of(
        [["年 份", "", ["人均", "产值", "(元)"]], ["总产值", "甲业", "乙业", "", "丙业"], ["#工业"]],
        7,
        lambda n: [str(90 + n), str(20 + n), str(30 + n), str(25 + n), str(40), str(700 + n)],
    )
    table = read_one(write_scrape(rows))
    first = [[label.text for label in value.column] for value in table.values if value.row[0].text == "1991"]
    assert first == [["总产值"], ["甲业"], ["乙业"], ["乙业", "#工业"], ["丙业"], ["人均产值(元)"]]


def test_t24_several_tilings_settled_by_sums(write_scrape, read_one):
    rows, _ = rows_of(
        [["年 份", "按构成分", "按来源分"], ["建筑", "设备", "其他", "国家", "贷款", "外资", "自筹"]],
        8,
        lambda n: [str(1100 * n), str(300 + n), str(200 + n), str(1100 * n), str(100), str(200 + 2 * n), str(200)],
    )
    table = read_one(write_scrape(rows))
    groups = [value.column[0].text for value in table.values if value.row[0].text == "1991"]
    assert groups == ["按构成分"] * 3 + ["按来源分"] * 4


def test_t24_several_tilings_not_settled_are_not_certain(write_scrape, reasons):
    rows, _ = rows_of(
        [["年 份", "甲", "乙"], ["一", "二", "三", "四", "五"]],
        6,
        lambda n: [str(7 * n), str(11 * n * n), str(13 + n), str(17 * n), str(19 + n * n)],
    )
    words = reasons(write_scrape(rows))
    assert "ways to lay out the header" in words and "甲 over" in words


def test_t24_settled_by_units(write_scrape, read_one):
    header = [
        ["市区名称", ["平均气温", "(摄氏度)"], "极端气温", ["降水量", "(毫米)"]],
        [["最高", "(摄氏度)"], ["最低", "(摄氏度)"]],
    ]
    rows = [
        ["气象情况"],
        ["1-2", "(2005年)"],
        *header,
        *[[name, "12.8", "35.0", "-8.5", "830.8"] for name in ("甲区", "乙区", "丙区", "丁市")],
    ]
    table = read_one(write_scrape(rows))
    assert [label.text for label in table.values[2].column] == ["极端气温", "最低(摄氏度)"]


def test_t24_settled_by_repeated_groups(write_scrape, read_one):
    header = [["年 份", "出生", "死亡"], [["人数", "(人)"], ["出生率", "(‰)"], ["人数", "(人)"], ["死亡率", "(‰)"]]]
    rows = [["人口变动"], ["2-5"], *header, *[[str(year), "11", "28.6", "6", "15.0"] for year in YEARS]]
    table = read_one(write_scrape(rows))
    assert [[label.text for label in value.column] for value in table.values[:4]] == [
        ["出生", "人数(人)"],
        ["出生", "出生率(‰)"],
        ["死亡", "人数(人)"],
        ["死亡", "死亡率(‰)"],
    ]


def test_t25_a_dropped_last_blank_is_put_back(write_scrape, read_one):
    rows, _ = rows_of(
        [["年 份", "收入", "支出"], ["#基建", "#行政"]], 5, lambda n: [str(90 + n), str(60 + n), str(10 + n), str(20 + n)]
    )
    table = read_one(write_scrape(rows))
    assert [[label.text for label in value.column] for value in table.values[:4]] == [
        ["收入"],
        ["支出"],
        ["支出", "#基建"],
        ["支出", "#行政"],
    ]


def test_headers_that_cover_nothing_are_not_certain(write_scrape, reasons):
    rows, _ = rows_of([["年 份", "收入"], ["甲", "乙", "丙", "丁", "戊", "己"]], 4, lambda n: [str(n), str(n + 1), str(n + 2)])
    assert "tile 4 columns in no way" in reasons(write_scrape(rows))


def test_t24_parts_are_never_more_than_the_label_left_of_their_blank(write_scrape, read_one):
    rows, _ = rows_of(
        [["年 份", "存款", "", "贷款", ""], ["#企业", "#居民", "#工业", "#商业"]],
        7,
        lambda n: [str(690 + n), str(240 + n), str(28 + n), str(280 + n), str(11 + n), str(234 + n)],
    )
    table = read_one(write_scrape(rows))
    first = [[label.text for label in value.column] for value in table.values if value.row[0].text == "1991"]
    assert first == [["存款"], ["存款", "#企业"], ["存款", "#居民"], ["贷款"], ["贷款", "#工业"], ["贷款", "#商业"]]


def test_t24_parts_that_fit_under_either_label_settle_nothing(write_scrape, reasons):
    rows, _ = rows_of(
        [["年 份", "存款", "", "贷款", ""], ["#企业", "#居民", "#工业", "#商业"]],
        7,
        lambda n: [str(690 + n), "0", "0", "0", "0", "0"],
    )
    assert "ways to lay out the header" in reasons(write_scrape(rows))
