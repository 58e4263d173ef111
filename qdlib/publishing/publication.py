"""Finished files -> the site: replaced whole, in an order that a crash cannot spoil.

Takes what a worker left in its scratch folder; writes downloads first, then the page, the record, and the key last. Without
its key a page counts as never made, so whatever a crash cuts short is made again. The key also lists the page's files, so
that one that was deleted is noticed.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from qdlib.publishing import folders
from qdlib.publishing.execution import Job, Outcome
from qdlib.publishing.expansion import Report
from qdlib.publishing.frame import BANNER, Place, stale_banner, with_banner
from qdlib.publishing.keys import Keys
from qdlib.publishing.records import record_path
from qdlib.publishing.site import PLACEHOLDER, cause_of


def key_path(id: str) -> Path:
    return folders.state_folder() / "keys" / f"{id}.json"


def executed_path(id: str) -> Path:
    return folders.state_folder() / "executed" / f"{id}.ipynb"


def read_published(id: str) -> dict | None:
    """Keys, inputs and files of a published page; None when there is none."""
    return folders.read_json(key_path(id))


def is_whole(published: dict) -> bool:
    """Whether every file of a page is there with the size it was published with; a banner changes the page's own."""
    sizes = ((folders.reports_folder() / path, size) for path, size in published["files"].items())
    return all(path.exists() and (size == path.stat().st_size or path.suffix == ".html") for path, size in sizes)


def publish(job: Job, outcome: Outcome, keys: Keys, record: dict) -> None:
    """Replace the page and all that belongs to it."""
    id, reports, made = job.report.id, folders.reports_folder(), Path(job.scratch) / "site"
    before = read_published(id) or {"files": {}}
    key_path(id).unlink(missing_ok=True)
    sizes = {path: (made / path).stat().st_size for path in outcome.files}
    if not job.executed:
        folders.replace_file(Path(job.scratch) / "executed.ipynb", executed_path(id))
    for path in outcome.files:
        folders.replace_file(made / path, reports / path)
    for path in sorted(set(before["files"]) - set(sizes)):
        folders.remove_file(reports / path, reports)
    write_record(record)
    folders.write_json(key_path(id), {"execution": keys.execution, "render": keys.render, "inputs": keys.inputs, "files": sizes})


def write_record(record: dict) -> None:
    folders.write_json(record_path(record["id"]), record)


def mark_stale(reports: Iterable[Report], records: Mapping[str, dict]) -> None:
    """Put the banner on pages that stayed because their report failed."""
    for report in reports:
        record, page = records.get(report.id, {}), folders.reports_folder() / f"{report.id}.html"
        if record.get("status") != "failed" or not record.get("published_at") or not page.exists():
            continue
        place = Place(report.id, report.page, report.language)
        sentence = place.say("page.stale.banner", date=record["stale_since"][:10], cause=cause_of(place, record))
        html = page.read_text(encoding="utf-8")
        marked = with_banner(html, stale_banner(sentence)) if BANNER[0] in html else html
        if marked != html:
            folders.write_file(page, marked)


def write_site_page(path: str, html: str) -> None:
    """An index or a placeholder. A placeholder never replaces a page that once held; the clock alone rewrites the index only."""
    target = folders.reports_folder() / path
    before = target.read_text(encoding="utf-8") if target.exists() else ""
    keeps_page = PLACEHOLDER in html and before and PLACEHOLDER not in before
    if not keeps_page and (target.stem == "index" and "/cities/" not in f"/{path}" or without_clock(before) != without_clock(html)):
        folders.write_file(target, html)


def without_clock(html: str) -> list[str]:
    return [line for line in html.splitlines() if "<time" not in line]


def remove_left(ids: set[str], records: Mapping[str, dict]) -> list[str]:
    """Remove pages that left the plan, with their downloads, records and keys; returns what was removed, sorted."""
    reports = folders.reports_folder()
    for id in sorted(ids):
        files = {*records[id].get("files", ()), f"{id}.html"}
        for path in [*(reports / file for file in files), key_path(id), executed_path(id), record_path(id)]:
            folders.remove_file(path, reports)
    return sorted(ids)


def remove_unknown(known: set[str]) -> None:
    """Remove pages that neither the plan nor the site's own pages account for, for example the index of a city that left."""
    reports = folders.reports_folder()
    for path in list(folders.files_below(reports, ".html")):
        if path.relative_to(reports).as_posix() not in known:
            folders.remove_file(path, reports)
