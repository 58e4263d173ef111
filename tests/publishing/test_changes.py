"""What is new: two headlines compared, kept for a year, told in words and as a feed."""

import json

import pytest
from lxml import etree

from qdlib.publishing import changes, feed
from qdlib.publishing.frame import Place

NOW, LATER = "2026-11-23T06:00:00+00:00", "2026-11-24T06:00:00+00:00"
COLUMNS = [
    {"name": name, "heading": name, "unit": "", "type": kind, "decimals": "decimals" if name == "value" else None}
    for name, kind in (
        ("item", "text"), ("year", "year"), ("field", "text"), ("value", "number"),
        ("unit", "text"), ("decimals", "decimals"), ("status", "text"),
    )
]  # fmt: skip


def headline(*rows) -> dict:
    return {"columns": COLUMNS, "rows": [list(row) for row in rows]}


def record(head: dict | None, status: str = "published", at: str = NOW, reason: str = "data:qingdao") -> dict:
    return {"id": "overview", "title": "答案", "status": status, "published_at": at, "headline": head, "reason": reason}


GDP = ("地区生产总值", 2024, "数值", 16719.46, "亿元", 2, "")
GOAL = ("T02 海洋占比", 2024, "最新值", 33.0, "%", 0, "◆ 稳固")


def compared(before: dict, after: dict) -> list[tuple]:
    return [(change["kind"], change.get("old"), change.get("new")) for change in changes.compare_records(before, after, LATER)]


def test_a_revised_figure_a_changed_verdict_and_a_new_year_are_told_apart():
    after = headline((*GDP[:3], 16800.0, *GDP[4:]), (*GOAL[:-1], "◐ 回落"), ("常住人口", 2025, "数值", 1044.0, "万人", 1, ""))
    before = headline(GDP, GOAL, ("常住人口", 2024, "数值", 1040.0, "万人", 1, ""))
    assert compared(record(before), record(after)) == [
        ("revised", "16\u202f719.46", "16\u202f800.00"),
        ("status", "◆ 稳固", "◐ 回落"),
        ("year", None, "1\u202f044.0"),
    ]


def test_rows_that_come_and_go_are_named_and_the_same_row_is_no_news():
    assert compared(record(headline(GDP)), record(headline(GDP))) == []
    assert compared(record(headline(GDP)), record(headline(GOAL))) == [("added", None, "33"), ("removed", "16\u202f719.46", None)]


def test_a_first_publication_is_no_change_and_a_failure_is_told_once():
    assert compared({}, record(headline(GDP))) == []
    failed = record(headline(GDP), status="failed")
    assert compared(record(headline(GDP)), failed) == [("failed", None, None)]
    assert compared(failed, failed) == []
    assert compared(failed, record(headline(GDP))) == [("recovered", None, None)]


@pytest.fixture
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("QD_REPORTS", str(tmp_path))
    return changes.log_path


def test_changes_are_kept_for_a_year_newest_first_and_a_torn_line_is_left_out(log):
    old = {"at": "2025-11-01T06:00:00+00:00", "page": "overview", "kind": "failed"}
    new = [{"at": at, "page": "overview", "kind": "failed"} for at in (NOW, LATER)]
    changes.keep_changes([old], old["at"])
    changes.keep_changes(new[:1], NOW)
    log().write_text(log().read_text("utf-8") + '{"at": "2026', "utf-8")
    changes.keep_changes(new[1:], LATER)
    assert [change["at"] for change in changes.read_changes()] == [LATER, NOW]
    before = log().stat().st_mtime_ns
    changes.keep_changes([], LATER)
    assert log().stat().st_mtime_ns == before and all(json.loads(line) for line in log().read_text("utf-8").splitlines())


HOSTILE = '<script>alert(1)</script>&"x'


def news(language: str = "zh") -> list[feed.News]:
    after = headline((*GDP[:3], 16800.0, *GDP[4:]), (HOSTILE, 2024, "x", 1.0, "", 0, ""))
    found = changes.compare_records(record(headline(GDP)), record(after), LATER)
    found += [{**found[0], "page": "gone"}]
    return feed.group_news(found, Place("changes", "changes", language), {"overview": "总览"})


def test_news_are_sentences_with_their_cause_and_only_of_pages_that_exist():
    (one,) = news()
    assert one.sentences[0] == "地区生产总值·数值 2024：由 16\u202f719.46 改为 16\u202f800.00 亿元" and one.cause == "青岛数据更新"
    assert news("en")[0].sentences[0].startswith("地区生产总值 · 数值 2024: 16")


def test_the_feed_is_atom_with_relative_links_stable_ids_and_no_tag_of_the_data():
    place = Place("changes", "changes", "zh")
    text = feed.make_feed(news(), place, NOW)
    root = etree.fromstring(text.encode())
    atom = {"a": "http://www.w3.org/2005/Atom"}
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert root.findtext("a:updated", namespaces=atom) == LATER
    assert root.xpath("//a:entry/a:link/@href", namespaces=atom) == ["overview.html"]
    assert all(id.startswith("urn:uuid:") for id in root.xpath("//a:id/text()", namespaces=atom))
    assert "<script" not in text and HOSTILE in root.findtext("a:entry/a:summary", namespaces=atom)
    assert feed.make_feed(news(), place, NOW) == text
    empty = etree.fromstring(feed.make_feed([], place, NOW).encode())
    assert empty.findtext("a:updated", namespaces=atom) == NOW and not empty.xpath("//a:entry", namespaces=atom)


def test_many_causes_are_summed_up():
    place = Place("changes", "changes", "zh")
    reason = "data:qingdao data:jinan data:dalian data:ningbo code"
    assert feed.cause_in_words(place, reason) == "数据更新、方法或代码变更"
    assert feed.cause_in_words(place, "unheard_of") == ""
