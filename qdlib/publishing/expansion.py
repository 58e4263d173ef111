"""Lines of the run plan -> the reports to make, one per page and language.

Takes a `Plan` and a `Setting` (catalogue, cities with data, date, values of the command line); gives `Report` entries with
typed values and the slices of the store they may read. Filters choose among them. Every fault of every line is raised at
once, before anything runs. Knows nothing of kernels or of what a page shows.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from qdlib.errors import RunError, raise_all
from qdlib.observations.store import SHARED as SHARED_SLICES
from qdlib.publishing import folders
from qdlib.publishing.domains import one_of
from qdlib.publishing.parameters import Parameter, check_texts, unknown_name
from qdlib.publishing.plan import Line, Plan

PAGE = re.compile(r"[a-z0-9_]+(/[a-z0-9_]+)*")
RESERVED = ("data", "runs", "en")  # folders of the site with another purpose


@dataclass(frozen=True)
class Setting:
    """What a plan is expanded with. `today` fills the parameter of that name; `overrides` are NAME=VALUE of the command line
    and go to the notebooks in `only`, to all where that is empty."""

    catalogue: object
    with_data: list[str]
    today: str = ""
    overrides: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()

    def overrides_for(self, notebook: str) -> Mapping[str, str]:
        return self.overrides if not self.only or notebook in self.only else {}


@dataclass(frozen=True)
class Report:
    """One page in one language. `reads` are slices of the store, or `all`."""

    notebook: str
    page: str
    language: str
    values: dict
    reads: tuple[str, ...]
    figures: int
    tables: int
    cell_timeout: int
    report_timeout: int

    @property
    def id(self) -> str:
        """Path of the page below the site, without suffix: Chinese at the top, English mirrored below `en/`."""
        return self.page if self.language == "zh" else f"{self.language}/{self.page}"

    @property
    def notebook_path(self) -> Path:
        return folders.notebooks_folder() / f"{self.notebook}.ipynb"


def expand_plan(plan: Plan, setting: Setting) -> list[Report]:
    """Every report of the plan, in its order. RunError lists every fault of every line."""
    faults: list[str] = []
    reports: list[Report] = []
    for line in plan.lines:
        try:
            reports += expand_line(line, plan.parameters[line.entry["notebook"]], setting)
        except RunError as error:
            faults += [f"{line.where}: {fault}" for fault in error.faults or [str(error)]]
    ids = [report.id for report in reports]
    faults += [f"page {page} is made twice" for page in sorted({page for page in ids if ids.count(page) > 1})]
    raise_all(RunError, dict.fromkeys(faults), f"run plan {plan.path.name}")
    return reports


def expand_line(line: Line, parameters: list[Parameter], setting: Setting) -> list[Report]:
    """The reports of one line: the product of its `for`, in each language."""
    entry, named = line.entry, line.entry.get("for") or {}
    fixed = own_values(setting, {parameter.name for parameter in parameters} - set(named))
    fixed |= {**(entry.get("values") or {}), **setting.overrides_for(entry["notebook"])}
    faults = list(line_faults(entry, named, fixed, [parameter.name for parameter in parameters]))
    choices = [expand_choice(name, choice, setting, faults) for name, choice in named.items()]
    reports = []
    for combination in product(*choices) if not faults else ():
        texts = {**fixed, **dict(zip(named, combination, strict=True))}
        for language in entry["languages"]:
            reports.append(make_report(entry, parameters, {**texts, "language": language}, setting.catalogue, faults))
    raise_all(RunError, dict.fromkeys(faults), "line")
    return reports


def own_values(setting: Setting, names: set[str]) -> dict[str, str]:
    """What a run knows without being told: the day, and the city of its policy for a page that is made for no city in particular."""
    policy = getattr(setting.catalogue, "policy", None)
    known = {"today": setting.today, "city": policy.city if policy else ""}
    return {name: value for name, value in known.items() if value and name in names}


def line_faults(entry: Mapping, named: Mapping, fixed: Mapping, known: list[str]) -> Iterable[str]:
    """Names in `for`, in the page's address and among the values that do not fit each other."""
    placeholders = set(re.findall(r"{(\w*)}", entry["page"]))
    yield from (unknown_name(name, known) for name in named if name not in known)
    yield from (f"page `{entry['page']}`: `{{{name}}}` is not in `for`" for name in sorted(placeholders - set(named)))
    for name in sorted(set(named) - placeholders):
        yield f"`for` names {name}, but page `{entry['page']}` does not: its pages would overwrite each other"
    if "language" in {*named, *fixed}:
        yield "parameter `language` is set by `languages`; choose with the filter --language"
    for name in sorted(set(named) & set(fixed)):
        yield f"parameter `{name}` is set by `for`, it cannot be given a second value; choose with the filter --{name}"


def expand_choice(name: str, choice, setting: Setting, faults: list[str]) -> list[str]:
    """The values of one name in `for`: a list, `all`, `with_data` or `group:<peer group>`."""
    catalogue = setting.catalogue
    known = {"city": catalogue.cities, "pillar": catalogue.policy.pillars, "indicator": catalogue.indicators}.get(name, {})
    if isinstance(choice, list):
        return choice
    if choice == "all" and known:
        return list(known)
    if choice == "with_data" and name == "city":
        return list(setting.with_data)
    if str(choice).startswith("group:") and name == "city" and choice[6:] in catalogue.peer_groups:
        return list(catalogue.peer_groups[choice[6:]].members)
    faults.append(f"`for` {name}: {choice!r} cannot be expanded; expected a list, all, with_data or group:<peer group>")
    return []


def make_report(entry: dict, parameters: list[Parameter], texts: dict, catalogue, faults: list[str]) -> Report | None:
    language, names = texts["language"], {parameter.name for parameter in parameters}
    given = {name: text for name, text in texts.items() if name != "language" or name in names}
    values, found = check_texts(parameters, given, catalogue)
    everything = {parameter.name: parameter.default for parameter in parameters} | values
    page = entry["page"].format_map({name: str(value) for name, value in texts.items()})
    if not PAGE.fullmatch(page) or page.split("/")[-1] == "index" or page.split("/")[0] in RESERVED:
        found.append(f"page {page!r}: expected lower-case words joined by /, not named index nor below {', '.join(RESERVED)}")
    reads = expand_reads(entry["reads"], everything, catalogue, found) if not found else ()
    faults += found
    if found:
        return None
    numbers = {key: int(entry[key]) for key in ("figures", "tables", "cell_timeout", "report_timeout")}
    return Report(entry["notebook"], page, language, values, reads, **numbers)


def expand_reads(reads: list[str], values: Mapping, catalogue, faults: list[str]) -> tuple[str, ...]:
    """Slices of the store: city slugs, a parameter that holds a city or a peer group, `all`, and those that belong to no city."""
    slices: list[str] = []
    for name in reads:
        if name == "peer_group" and name in values:
            group = values[name] if values[name] != "own" else catalogue.cities[values["city"]].peer_group
            slices += catalogue.peer_groups[group].members
        elif name in values:
            slices.append(str(values[name]))
        else:
            slices.append(name)
    if "all" in slices:
        return ("all",)
    known = [*catalogue.cities, *SHARED_SLICES]
    faults += [f"`reads` {fault}" for fault in (one_of(piece, known, "slice of the store") for piece in slices) if fault]
    return tuple(sorted(set(slices)))


def reads_piece(report: Report, piece: str) -> bool:
    return report.reads == ("all",) or piece in report.reads


def choose_reports(
    reports: list[Report],
    only: Iterable[str] = (),
    city: Iterable[str] = (),
    pillar: Iterable[str] = (),
    language: Iterable[str] = (),
) -> list[Report]:
    """The reports that the filters leave; RunError where a filter names nothing of the plan."""
    filters = {"notebook": list(only), "city": list(city), "pillar": list(pillar), "language": list(language)}
    faults = []
    for name, wanted in filters.items():
        known = sorted({str(filter_value(report, name)) for report in reports} - {"None"})
        faults += [f"{name} {fault}" for fault in (one_of(value, known, "part of the run plan") for value in wanted) if fault]
    raise_all(RunError, faults, "filters of the run")
    asked = {name: wanted for name, wanted in filters.items() if wanted}
    return [report for report in reports if all(filter_value(report, name) in wanted for name, wanted in asked.items())]


def filter_value(report: Report, name: str):
    return getattr(report, name) if name in ("notebook", "language") else report.values.get(name)
