"""One report in a worker: notebook -> executed notebook -> verdict -> page and downloads in a scratch folder.

Takes a `Job` (picklable, absolute paths only); gives an `Outcome`, never an exception for something a notebook did. papermill
runs the notebook on a kernel of its own; a watchdog kills the kernel when the whole report takes too long, because papermill
limits cells only. Nothing is written outside the scratch folder, so a failing report leaves the site as it was.
"""

import json
import logging
import os
import platform
import signal
import time
import traceback
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from qdlib.publishing import folders, kernels
from qdlib.publishing.expansion import Report
from qdlib.publishing.frame import Place
from qdlib.publishing.verdicts import Fault, judge

START_TIMEOUT = 60  # seconds for a kernel to answer


@dataclass(frozen=True)
class Job:
    """executed: an earlier executed notebook to render from; empty: execute. files: what links of the page may name.

    environment: absolute folders of the project, as the run sees them. warm: socket of the pre-warmed process; empty: a plain kernel,
    with why_plain as the reason where a warm one was wanted.
    """

    report: Report
    place: Place
    scratch: str
    executed: str
    files: frozenset[str]
    kernels: str
    environment: dict[str, str] = field(default_factory=dict)
    warm: str = ""
    why_plain: str = ""
    submitted: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What became of a job. `files`: paths below the site, finished in `<scratch>/site/`. `infrastructure`: may be retried.

    kernel: warm, plain, or empty where none ran; kernel_cpu in seconds, kernel_memory in bytes at its peak.
    """

    faults: tuple[Fault, ...] = ()
    infrastructure: bool = False
    dead_kernel: bool = False
    signal: int | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    cpu: float = 0.0
    kernel: str = ""
    why_plain: str = ""
    kernel_cpu: float = 0.0
    kernel_memory: int = 0
    host: str = field(default_factory=platform.node)
    files: tuple[str, ...] = ()
    summary: dict = field(default_factory=dict)


def make_report(job: Job) -> Outcome:
    """Execute if asked to, judge, render, check. Runs in a worker process and never raises."""
    try:
        return make_steps(job)
    except Exception as error:  # a fault of ours: name its place, let the other reports go on
        place = traceback.extract_tb(error.__traceback__)[-1]
        detail = f"{type(error).__name__}: {error} ({Path(place.filename).name}, line {place.lineno})"
        return Outcome((Fault("infrastructure", detail),))


def make_steps(job: Job) -> Outcome:
    began, cpu = time.time(), time.process_time()
    os.environ.update(job.environment)
    seconds = {"queue": max(began - job.submitted, 0.0) if job.submitted else 0.0}
    site = folders.empty_folder(Path(job.scratch) / "site")
    notebook, outcome = None, Outcome()
    if job.executed:
        notebook = json.loads(Path(job.executed).read_text(encoding="utf-8"))
    else:
        notebook, outcome = run_notebook(job)
        seconds["execute"] = time.time() - began
        if notebook is not None and not outcome.faults:
            outcome = replace(outcome, faults=tuple(judge(notebook, job.report)))
    if notebook is not None and not outcome.faults:
        rendering = time.time()
        outcome = render(job, notebook, site, outcome)
        seconds["render"] = time.time() - rendering
    cpu = time.process_time() - cpu + outcome.kernel_cpu
    return replace(outcome, seconds={name: round(value, 3) for name, value in seconds.items()}, cpu=round(cpu, 3))


def run_notebook(job: Job) -> tuple[dict | None, Outcome]:
    """The executed notebook as plain JSON, or the faults that stopped it; in both cases which kernel ran and what it used."""
    scratch = Path(job.scratch)
    watch = kernels.Watch(job.report.report_timeout, Path(job.kernels), scratch / "kernel.log")
    notebook, outcome = execute(job, watch)
    cpu, memory = watch.usage()
    used = {"kernel": watch.kind, "why_plain": watch.why_plain or job.why_plain, "kernel_cpu": round(cpu, 3), "kernel_memory": memory}
    return notebook, replace(outcome, **used)


def execute(job: Job, watch: kernels.Watch) -> tuple[dict | None, Outcome]:
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.ERROR)
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    report, scratch = job.report, Path(job.scratch)
    kernels.register_engine(watch)
    work = folders.empty_folder(scratch / "work")
    os.environ.update(kernel_environment(job))
    try:
        node = papermill.execute_notebook(
            str(report.notebook_path),
            str(scratch / "executed.ipynb"),
            parameters=report.values,
            engine_name=kernels.ENGINE,
            kernel_name="python3",
            progress_bar=False,
            request_save_on_cell_execute=False,
            start_timeout=START_TIMEOUT,
            execution_timeout=report.cell_timeout,
            cwd=str(work),
        )
        return json.loads(json.dumps(node)), Outcome()
    except PapermillExecutionError as error:
        return None, Outcome((Fault("error", f"cell {error.cell_index}: {error.ename}: {error.evalue}"),))
    except CellTimeoutError:
        return None, Outcome((Fault("timeout", f"a cell took longer than cell_timeout, {report.cell_timeout} s"),))
    except DeadKernelError:
        return None, kernel_outcome(watch, report)
    except Exception as error:  # start of a kernel, ports, sockets: the machine's fault, so another try may hold
        return None, unexpected_outcome(watch, report, error)


def kernel_outcome(watch: kernels.Watch, report: Report) -> Outcome:
    if watch.fired:
        fault = Fault("timeout", f"the report took longer than report_timeout, {report.report_timeout} s")
        return Outcome((fault,), signal=watch.signal)
    name = signal.Signals(watch.signal).name if watch.signal else "an unknown cause"
    fault = Fault("killed", f"the kernel was ended by {name}")
    return Outcome((fault,), infrastructure=True, dead_kernel=True, signal=watch.signal)


def unexpected_outcome(watch: kernels.Watch, report: Report, error: Exception) -> Outcome:
    if watch.fired or watch.signal:
        return kernel_outcome(watch, report)
    said = watch.log.read_text(encoding="utf-8", errors="replace").strip()[-300:] if watch.log.exists() else ""
    detail = f"{type(error).__name__}: {error}" + (f" · the kernel said: {said}" if said else "")
    return Outcome((Fault("infrastructure", detail),), infrastructure=True)


def kernel_environment(job: Job) -> dict[str, str]:
    """What a kernel inherits: absolute folders, the declared slices, and nothing of anybody's home."""
    scratch = Path(job.scratch)
    return {
        **job.environment,
        **kernels.REPRODUCIBLE,
        "QD_READS": ",".join(job.report.reads),
        "JUPYTER_PATH": str(kernels.write_kernelspec(scratch / "jupyter", job.warm)),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        "IPYTHONDIR": str(scratch / "ipython"),
    }


def render(job: Job, notebook: dict, site: Path, outcome: Outcome) -> Outcome:
    """Page, tables, workbook and notebook into `site`; faults of the page."""
    import nbformat

    from qdlib.publishing.checks import page_faults
    from qdlib.publishing.downloads import clean_notebook, make_notebook

    node = nbformat.from_dict(clean_notebook(notebook))
    html, resources = page_exporter().from_notebook_node(node, resources={"place": job.place})
    page = resources["page"]
    files = {**page.files(), page.file("", ".ipynb"): make_notebook(notebook), f"{job.place.id}.html": html.encode("utf-8")}
    faults = [Fault("text" if fault.startswith("text ") else "page", fault) for fault in page.faults]
    faults += [Fault("page", fault) for fault in page_faults(html, job.place, {*job.files, *files})]
    for path, content in files.items():
        target = site / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    ordered = (*sorted(set(files) - {f"{job.place.id}.html"}), f"{job.place.id}.html")
    return replace(outcome, faults=(*outcome.faults, *faults), files=ordered, summary=summarise(page, html))


@cache
def page_exporter():
    """One for each worker: compiling the templates takes longer than filling them in."""
    from qdlib.publishing.pages import PageExporter

    return PageExporter()


def summarise(page, html: str) -> dict:
    """What the index and the record keep of a page."""
    import gzip

    from qdlib.publishing.outputs import first_payload, of_kind

    count = {kind: len(of_kind(page.outputs, kind)) for kind in ("figure", "table", "notice")}
    content = html.encode("utf-8")
    summary = {
        "title": page.finding["title"],
        "lede": page.finding["lede"],
        "question": page.question,
        "key_figures": page.finding["key_figures"],
        "cards": [output.payload for output in of_kind(page.outputs, "cards")],
        "headline": first_payload(page.outputs, "headline"),
        "editions": first_payload(page.outputs, "sources").get("editions", []),
        "stamp": page.stamp,
        "figures": count["figure"],
        "tables": count["table"] + len(of_kind(page.outputs, "headline")),
        "notices": count["notice"],
        "bytes": len(content),
        "gzip_bytes": len(gzip.compress(content, mtime=0)),
    }
    # Plain values only: nodes of nbformat would make the run import it, at a second of CPU, to read the first result.
    return json.loads(json.dumps(summary))
