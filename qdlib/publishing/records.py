"""What is known of each report's last run: one JSON file a page, and one sorted CSV of all.

Takes reports, keys and outcomes; gives records as plain dicts. A record that failed keeps what it knew of the published page,
because that page is still there. The clock appears here and nowhere in a page but its footer.
"""

import csv
import io
import platform
from dataclasses import replace
from pathlib import Path

from qdlib.publishing import folders
from qdlib.publishing.execution import Outcome
from qdlib.publishing.expansion import Report
from qdlib.publishing.keys import Keys

COLUMNS = (
    "id",
    "notebook",
    "language",
    "status",
    "reason",
    "stale_since",
    "published_at",
    "figures",
    "tables",
    "notices",
    "bytes",
    "gzip_bytes",
    "kernel",
    "attempts",
    "queue_seconds",
    "execute_seconds",
    "render_seconds",
    "cpu_seconds",
    "kernel_cpu",
    "kernel_memory",
    "title",
    "faults",
)


def record_path(id: str) -> Path:
    return folders.reports_folder() / "runs" / f"{id}.json"


def read_record(id: str) -> dict:
    """The last record of a page; empty for a page that was never tried."""
    return folders.read_json(record_path(id)) or {}


def read_records() -> dict[str, dict]:
    folder = folders.reports_folder() / "runs"
    found = (folders.read_json(path) for path in folders.files_below(folder, ".json")) if folder.is_dir() else ()
    return {record["id"]: record for record in found if record and "id" in record}


def success_record(report: Report, keys: Keys, outcome: Outcome, status: str, reason: str, now: str, attempts: int) -> dict:
    """`published` (executed) or `rendered` (from the notebook executed before)."""
    return {
        **describe(report, outcome, status, reason, now, attempts),
        **outcome.summary,
        "execution_key": keys.execution,
        "render_key": keys.render,
        "inputs": keys.inputs,
        "published_at": now,
        "stale_since": "",
        "files": list(outcome.files),
    }


def with_execution(outcome: Outcome, before: dict) -> Outcome:
    """A page rendered anew keeps the seconds and the kernel of the execution it was rendered from."""
    kept = {name: before[name] for name in ("cpu", "kernel", "why_plain", "kernel_cpu", "kernel_memory") if name in before}
    return replace(outcome, seconds={**before.get("seconds", {}), **outcome.seconds}, **kept)


def failure_record(report: Report, before: dict, outcome: Outcome, reason: str, now: str, attempts: int) -> dict:
    """The page of before stays, so its description stays too."""
    return {
        **before,
        **describe(report, outcome, "failed", reason, now, attempts),
        "published_at": before.get("published_at", ""),
        "stale_since": before.get("stale_since") or now,
    }


def describe(report: Report, outcome: Outcome, status: str, reason: str, now: str, attempts: int) -> dict:
    from qdlib import __version__

    return {
        "id": report.id,
        "notebook": report.notebook,
        "page": report.page,
        "language": report.language,
        "values": report.values,
        "reads": list(report.reads),
        "status": status,
        "reason": reason,
        "run_at": now,
        "attempts": attempts,
        "kernel": outcome.kernel,
        "why_plain": outcome.why_plain,
        "kernel_cpu": outcome.kernel_cpu,
        "kernel_memory": outcome.kernel_memory,
        "host": outcome.host,
        "signal": outcome.signal,
        "seconds": outcome.seconds,
        "cpu": outcome.cpu,
        "versions": {"qdlib": __version__, "python": platform.python_version()},
        "faults": [{"kind": fault.kind, "detail": fault.detail} for fault in outcome.faults],
    }


def make_csv(records: dict[str, dict]) -> str:
    """All records, one row a page, sorted by id."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for id in sorted(records):
        writer.writerow([_cell(records[id], column) for column in COLUMNS])
    return buffer.getvalue()


def _cell(record: dict, column: str):
    if column.endswith("_seconds"):
        name = column.removesuffix("_seconds")
        return record.get("cpu", "") if name == "cpu" else record.get("seconds", {}).get(name, "")
    if column == "faults":
        return "; ".join(fault["detail"] for fault in record.get("faults", ()))
    return record.get(column, "")
