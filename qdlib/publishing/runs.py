"""One run, as a table of contents: lock, plan, shared slices, keys, execute, judge, render, publish, site, summary.

Takes filters and options; writes `reports/` and gives an exit code (0 all held, 1 something failed and is listed, 75 another
run holds the lock). A misspelt name stops the run before anything is touched. Reports whose inputs are unchanged are not
executed; those whose look changed are rendered from the notebook executed before. One failure does not stop the others, and a
page that failed stays as it was, marked stale.
"""

import datetime
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from qdlib.publishing import changes, folders, publication, records
from qdlib.publishing.directory import read_coverage
from qdlib.publishing.execution import Job, Outcome
from qdlib.publishing.executors import check_executor, prepare_executor, usual_workers
from qdlib.publishing.expansion import Report, Setting, choose_reports, expand_plan, reads_piece
from qdlib.publishing.frame import Place, in_language
from qdlib.publishing.keeper import Keeper
from qdlib.publishing.kernels import end_all_noted
from qdlib.publishing.keys import Common, Keys, digest, make_keys, read_common, reason_to_execute
from qdlib.publishing.plan import read_plan
from qdlib.publishing.progress import Progress
from qdlib.publishing.rounds import run_rounds
from qdlib.publishing.site import make_menu, make_site
from qdlib.publishing.slices import make_calibration
from qdlib.publishing.verdicts import Fault

LOCKED = 75


@dataclass
class Run:
    """One run: what the plan says, what the filters chose (`is_whole`: there were none), what has become of each report
    (`plain`: why its kernel was not a warm one)."""

    reports: list[Report]
    chosen: list[Report]
    now: str
    is_whole: bool
    keys: dict[str, Keys] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    plain: dict[str, str] = field(default_factory=dict)
    failures: dict[str, list[str]] = field(default_factory=dict)
    changes: list[dict] = field(default_factory=list)


def run(
    only: Iterable[str] = (),
    city: Iterable[str] = (),
    pillar: Iterable[str] = (),
    language: Iterable[str] = (),
    workers: int | None = None,
    force: bool = False,
    plan: Path | str | None = None,
    executor: str = "local",
    plain: bool = False,
    parameters: Mapping[str, str] | None = None,
) -> int:
    """Make the reports that the filters choose; returns the exit code. RunError for a wrong option, before anything is made.

    plain: no kernels of the pre-warmed process.
    parameters: NAME=VALUE of the command line as text, typed and checked by the notebooks' parameter cells.
    """
    began = time.monotonic()
    check_executor(executor, workers)
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    setting = read_setting(parameters or {}, tuple(only), now)
    reports = expand_plan(read_plan(plan), setting)
    filters = [tuple(choice) for choice in (only, city, pillar, language)]
    this = Run(reports, choose_reports(reports, *filters), now, not any(filters))
    with lock() as held:
        if not held:
            print("another run holds reports/.qd/lock; try again when it has ended", file=sys.stderr)
            return LOCKED
        end_all_noted(folders.state_folder() / "kernels")
        shutil.rmtree(folders.state_folder() / "scratch", ignore_errors=True)
        folders.remove_drafts(folders.reports_folder())
        common = read_common()
        if any(reads_piece(report, "calibration") for report in this.chosen):
            make_calibration(common, setting.with_data, setting.catalogue)
        jobs = choose_jobs(this, common, setting.with_data, force)
        stopped = make_all(this, jobs, executor, workers, plain)
        try:
            publish_site(this)
        except OSError as error:
            this.failures["index"] = [f"the indexes of the site could not be written: {error}"]
    print_summary(this, time.monotonic() - began, stopped)
    return 1 if this.failures or stopped else 0


def read_setting(parameters: Mapping[str, str], only: tuple[str, ...], now: str) -> Setting:
    from qdlib.catalogue import load_catalogue
    from qdlib.observations import store

    return Setting(load_catalogue(), store.cities_with_data(), now[:10], parameters, only)


@contextmanager
def lock():
    """Hold `.qd/lock` for the run; gives False when another process holds it. The system frees it when a process ends."""
    path = folders.state_folder() / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        try:
            lock_file(file)
        except OSError:
            yield False
            return
        yield True


def lock_file(file) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def choose_jobs(this: Run, common: Common, with_data: list[str], force: bool) -> list[Job]:
    """Keys of every chosen report, and a job for each that must be executed or rendered; the slowest last time comes first."""
    jobs = []
    site_files = known_files(this.reports)
    for report in this.chosen:
        place = make_place(this, report)
        keys = make_keys(report, common, with_data, digest(place.menu, sorted(place.pages), place.languages))
        before, record = publication.read_published(report.id), records.read_record(report.id)
        this.keys[report.id] = keys
        reason = reason_to_execute(keys, before, force=force)
        executed = publication.executed_path(report.id)
        look = reason_to_render(keys, before, record) if before else ""
        if not reason and look and not executed.exists():
            reason = "new"
        if not reason and not look:
            this.status[report.id] = "unchanged"
            continue
        this.reasons[report.id] = reason or look
        jobs.append(make_job(this, report, place, "" if reason else str(executed), site_files))
    return sorted(jobs, key=lambda job: -sum(records.read_record(job.report.id).get("seconds", {}).values()))


def reason_to_render(keys: Keys, before: dict, record: dict) -> str:
    """Why a page whose inputs are unchanged must be rendered again; empty when it need not."""
    if record.get("status") == "failed":
        return "recovered"
    if before["render"] != keys.render:
        return "template"
    return "" if publication.is_whole(before) else "missing_files"


def known_files(reports: Iterable[Report]) -> frozenset[str]:
    """Paths that a page's links may name besides its own downloads: all pages, indexes, records."""
    files: set[str] = set()
    for report in reports:
        files |= {f"{report.id}.html", f"runs/{report.id}.json"}
        files |= {in_language(name, report.language) for name in ("index.html", "indicators.html", "changes.html", "feed.xml")}
        if report.page.startswith("cities/"):
            files.add(in_language(f"cities/{report.page.split('/')[1]}/index.html", report.language))
    return frozenset(files)


def make_place(this: Run, report: Report) -> Place:
    return Place(
        id=report.id,
        page=report.page,
        language=report.language,
        notebook=report.notebook,
        made=this.now,
        pages=frozenset(other.id for other in this.reports),
        menu=make_menu(this.reports, report.language),
        languages=tuple(other.language for other in this.reports if other.page == report.page),
    )


def make_job(this: Run, report: Report, place: Place, executed: str, files: frozenset[str]) -> Job:
    state = folders.state_folder()
    keyed = replace(place, key=this.keys[report.id].execution[:12])
    scratch, notes = state / "scratch" / report.id, state / "kernels"
    return Job(report, keyed, str(scratch), executed, files, str(notes), folders.folder_environment())


def make_all(this: Run, jobs: list[Job], executor: str, workers: int | None, plain: bool) -> bool:
    """Run the jobs and publish each that held as soon as it is there. True when the run was stopped from outside."""
    if not jobs:
        return False
    prepare_executor(executor)
    with warm_kernels(jobs, executor, plain) as jobs, Progress(len(jobs)) as progress:

        def settle(job: Job, outcome: Outcome, attempts: int) -> None:
            publish(this, job, outcome, attempts)
            progress.step(job.report.id, this.status[job.report.id], outcome, this.failures.get(job.report.id, ()))

        return run_rounds(jobs, executor, workers or usual_workers(warm=any(job.warm for job in jobs)), settle)


@contextmanager
def warm_kernels(jobs: list[Job], executor: str, plain: bool):
    """The jobs with the socket of a pre-warmed process, while there is one; with the reason where there is none."""
    if plain or executor != "local" or all(job.executed for job in jobs):
        advise_font()
        yield jobs
        return
    with Keeper(models=any(may_forecast(job.report) for job in jobs if not job.executed)) as keeper:
        advise_font()  # while the process imports
        socket = keeper.wait_ready()
        yield [replace(job, warm=socket, why_plain=keeper.why_not) for job in jobs]


def may_forecast(report: Report) -> bool:
    """Whether a report reads more than one city: forecasts and probabilities rest on others, pages of one city show its figures."""
    return set(report.reads) != {report.values.get("city")}


def advise_font() -> None:
    """Say once, not in each report, that there is no font for Chinese labels."""
    from qdlib.charts.canvas import CJK_FAMILIES, font_family

    if not set(font_family()) & set(CJK_FAMILIES):
        print("no Chinese font is installed here: labels of figures may be misplaced; install fonts-noto-cjk", file=sys.stderr)


def publish(this: Run, job: Job, outcome: Outcome, attempts: int) -> None:
    """Downloads, page, record, key; a failure leaves them alone and says so on the old page."""
    report, id = job.report, job.report.id
    keys, reason, before = this.keys[id], this.reasons[id], records.read_record(id)
    if outcome.why_plain:
        this.plain[id] = outcome.why_plain
    if outcome.faults:
        fail(this, job, outcome, attempts)
        return
    status = "rendered" if job.executed else "published"
    if before and job.executed:
        outcome = records.with_execution(outcome, before)
    record = records.success_record(report, keys, outcome, status, reason, this.now, attempts)
    try:
        publication.publish(job, outcome, keys, record)
    except OSError as error:  # a full disk, as a rule: its key is gone, so the next run makes the page again
        fail(this, job, Outcome((Fault("infrastructure", f"the page could not be written: {error}"),)), attempts)
    else:
        this.status[id] = status
        this.changes += changes.compare_records(before, record, this.now)


def fail(this: Run, job: Job, outcome: Outcome, attempts: int) -> None:
    id = job.report.id
    this.status[id] = "failed"
    this.failures[id] = [fault.detail for fault in outcome.faults]
    before = records.read_record(id)
    record = records.failure_record(job.report, before, outcome, this.reasons[id], this.now, attempts)
    this.changes += changes.compare_records(before, record, this.now)
    with suppress(OSError):  # what fills the disk is listed with the failures in any case
        publication.write_record(record)


def publish_site(this: Run) -> None:
    """Banners of stale pages, indexes, the flat list of records; pages that left the plan go after a run of everything."""
    known = records.read_records()
    if this.is_whole:
        gone = publication.remove_left(set(known) - {report.id for report in this.reports}, known)
        known = {id: record for id, record in known.items() if id not in gone}
        for id in gone:
            print(f"removed {id}: it is no longer in the run plan")
    publication.mark_stale(this.reports, known)
    changes.keep_changes(this.changes, this.now)
    made = make_site(this.reports, known, this.now, changes.read_changes(), read_coverage())
    for path, html in made.items():
        publication.write_site_page(path, html)
    if this.is_whole:
        publication.remove_unknown({*made, *(f"{report.id}.html" for report in this.reports)})
    folders.write_file(folders.reports_folder() / "runs.csv", records.make_csv(known))


def print_summary(this: Run, seconds: float, stopped: bool) -> None:
    """What became of everything, every failure with all its faults, wall time and number of pages."""
    counts = {name: list(this.status.values()).count(name) for name in ("published", "rendered", "unchanged", "failed")}
    pages = len(list(folders.files_below(folders.reports_folder(), ".html")))
    listed = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
    print(f"{len(this.chosen)} reports: {listed or 'none'} · {pages} pages in the site · {seconds:.1f} s", flush=True)
    for why, number in Counter(this.plain.values()).items():
        print(f"{number} on plain kernels: {why}", file=sys.stderr)
    if stopped:
        left = [report.id for report in this.chosen if report.id not in this.status]
        print(f"stopped from outside; not run: {', '.join(left) or 'none'}", file=sys.stderr)
    for faults, ids in same_faults(this.failures).items():
        print(f"failed {', '.join(ids)}", file=sys.stderr)
        for fault in faults:
            print(f"  {fault}", file=sys.stderr)


def same_faults(failures: Mapping[str, list[str]]) -> dict[tuple[str, ...], list[str]]:
    """Failed reports by what stopped them: one fault of the catalogue stops a hundred pages and is read once."""
    grouped: dict[tuple[str, ...], list[str]] = {}
    for id, faults in sorted(failures.items()):
        grouped.setdefault(tuple(faults), []).append(id)
    return grouped
