"""All checks of figures, one line each, over one ordering of the rows.

Takes the rows as printed (before corrections), the corrected rows and the catalogue; gives the findings. Which revisions have no
name is not asked here but by `revisions`. One fault gets one finding: what a check with a name for it has explained is not
reported again as a spike or a jump.
"""

import pandas as pd

from qdlib.catalogue import Catalogue
from qdlib.observations.coverage import check_coverage
from qdlib.observations.department_gaps import check_department_gaps
from qdlib.observations.displacements import check_displacements
from qdlib.observations.figures import sort_figures
from qdlib.observations.findings import join_findings, make_findings
from qdlib.observations.identities import check_identities
from qdlib.observations.plausibility import check_limits, check_lost_points, check_scopes, mixed_points
from qdlib.observations.slips import check_slips
from qdlib.observations.smoothing import PanelEvidence, filled_years, smoothed_runs
from qdlib.observations.steps import check_repeats, check_steps

# Checks that name what happened, and those that only see that something did.
NAMED = ("limits", "lost_decimal_point", "unit_slip", "figure_elsewhere")
UNNAMED = ("spike", "jump")


def run_checks(before: pd.DataFrame, rows: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Findings about single figures, lines, identities and editions. before, rows: observation columns, amount and half."""
    found, evidence = check_cities(before, rows, catalogue)
    return join_findings([found, make_findings(filled_years([evidence]))])


def check_cities(before: pd.DataFrame, rows: pd.DataFrame, catalogue: Catalogue) -> tuple[pd.DataFrame, PanelEvidence]:
    """The findings that some cities give by themselves, and their share in what only a whole panel shows."""
    printed, figures = sort_figures(mixed_points(before), catalogue), sort_figures(rows, catalogue)
    smoothed, evidence = smoothed_runs(figures)
    found = [
        *check_limits(before, catalogue),
        *check_lost_points(printed),
        *check_scopes(figures, catalogue),
        *check_identities(figures, catalogue),
        *check_slips(figures),
        *check_displacements(figures),
        *check_steps(figures),
        *check_repeats(figures),
        *smoothed,
        *check_coverage(figures, catalogue),
        *check_department_gaps(rows, catalogue),
    ]
    return make_findings(drop_explained(found)), evidence


def drop_explained(found: list[dict]) -> list[dict]:
    """Without spikes and jumps at, or just after, a cell that a named finding is about; nor a slip beside its neighbours that is a
    lost point, or that another edition proves."""
    named = {first_cell(finding) for finding in found if finding["check"] in NAMED}
    proved = {first_cell(finding) for finding in found if is_proof(finding)}
    return [
        finding
        for finding in found
        if not (finding["check"] in UNNAMED and named & set(finding["cells"][:2]))
        and not (finding["check"] == "unit_slip" and finding["level"] == "high" and first_cell(finding) in proved)
    ]


def is_proof(finding: dict) -> bool:
    return finding["check"] == "lost_decimal_point" or (finding["check"] == "unit_slip" and finding["level"] == "error")


def first_cell(finding: dict) -> str:
    return finding["cells"] if isinstance(finding["cells"], str) else finding["cells"][0]
