"""What is new since the last publication: two records of a page -> changes, kept for a year.

Takes the headline rows of a page before and now, and what became of its report; gives changes as plain dicts and keeps them in
`.qd/changes.jsonl`. A row is known by item, year and field: another value is a revision, another status a changed verdict, a
known item with a new year a new figure. The cause is the run's reason. Says nothing about a page's first publication.
"""

import datetime
import json
from collections.abc import Iterable

from qdlib.publishing import folders
from qdlib.publishing.frames import cell_decimals, format_number

KEPT_DAYS = 366
KEY = ("item", "year", "field")


def compare_records(before: dict, after: dict, now: str) -> list[dict]:
    """The changes of one page between two records; `now`: ISO time of the run."""
    common = {"at": now, "page": after["id"], "title": after.get("title", ""), "cause": after.get("reason", "")}
    if not before.get("published_at"):
        return []
    if after["status"] == "failed":
        news = [] if before.get("status") == "failed" else [{"kind": "failed"}]
        return [{**common, **each} for each in news]
    recovered = [{"kind": "recovered"}] if before.get("status") == "failed" else []
    return [{**common, **each} for each in [*recovered, *compare_headlines(before.get("headline"), after.get("headline"))]]


def compare_headlines(before: dict | None, after: dict | None) -> list[dict]:
    """Revised, changed, new and gone rows of a headline."""
    old, new = read_rows(before), read_rows(after)
    known = {(item, field): year for item, year, field in old}
    changes = []
    for key, row in new.items():
        place = {**dict(zip(KEY, key, strict=True)), "unit": row["unit"]}
        if key not in old:
            kind = "year" if (key[0], key[2]) in known else "added"
            changes.append({"kind": kind, **place, "new": row["shown"], "status": row["status"]})
            continue
        if row["shown"] != old[key]["shown"]:
            changes.append({"kind": "revised", **place, "old": old[key]["shown"], "new": row["shown"]})
        if row["status"] != old[key]["status"]:
            changes.append({"kind": "status", **place, "old": old[key]["status"], "new": row["status"]})
    renewed = {(item, field) for item, _, field in new}
    gone = [key for key in old if key not in new and (key[0], key[2]) not in renewed]
    return changes + [{"kind": "removed", **dict(zip(KEY, key, strict=True)), "old": old[key]["shown"]} for key in gone]


def read_rows(headline: dict | None) -> dict[tuple, dict]:
    """Rows of a headline payload by item, year and field, values as the page shows them."""
    if not headline:
        return {}
    places = {column["name"]: number for number, column in enumerate(headline["columns"])}
    value = headline["columns"][places["value"]]
    return {
        tuple(row[places[name]] for name in KEY): {
            "shown": format_number(row[places["value"]], cell_decimals(headline, value, row))
            if not isinstance(row[places["value"]], str)
            else row[places["value"]],
            "unit": row[places["unit"]] or "" if "unit" in places else "",
            "status": row[places["status"]] or "" if "status" in places else "",
        }
        for row in headline["rows"]
    }


def log_path():
    return folders.state_folder() / "changes.jsonl"


def read_changes() -> list[dict]:
    """Kept changes, newest first; a line that a crash cut short is left out."""
    if not log_path().exists():
        return []
    kept = []
    for line in log_path().read_text(encoding="utf-8").splitlines():
        try:
            kept.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return sorted(kept, key=lambda change: change["at"], reverse=True)


def keep_changes(changes: Iterable[dict], now: str) -> None:
    """Add changes to the log, and drop what is older than a year; nothing new leaves the file as it is."""
    changes = list(changes)
    if not changes:
        return
    oldest = (datetime.datetime.fromisoformat(now) - datetime.timedelta(days=KEPT_DAYS)).isoformat()
    kept = [change for change in reversed(read_changes()) if change["at"] >= oldest]
    folders.write_file(log_path(), "".join(json.dumps(change, ensure_ascii=False) + "\n" for change in [*kept, *changes]))
