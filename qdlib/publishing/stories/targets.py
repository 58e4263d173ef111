"""The words of the targets page: the whole list of commitments, clause by clause, decomposed year by year.

Takes cases; gives keyword arguments for display functions. Tables and drawings are those of the pillar and overview pages, for all
pillars at once or for one.
"""

from qdlib.analysis.pillars import count_standings
from qdlib.analysis.targets import Case
from qdlib.catalogue import load_catalogue
from qdlib.publishing.display import report_language
from qdlib.publishing.phrases import word
from qdlib.publishing.stories.pillar import key_figures


def choose(cases: list[Case], pillar: str) -> list[Case]:
    """The cases of one pillar, or all, in the order of their clauses."""
    own = [case for case in cases if pillar in ("all", case.target.pillar)]
    return sorted(own, key=lambda case: (case.target.clauses, case.target.id))


def finding(pillar: str, cases: list[Case]) -> dict:
    """Head of the page: how many commitments, and how they stand."""
    counts = count_standings(case.assessment for case in cases)
    words = word("pillar.join").join(word(f"overview.count.{kind}", number=value) for kind, value in counts.items() if value)
    whole = word("targets.all") if pillar == "all" else load_catalogue().policy.pillars[pillar].name.in_language(report_language())
    decomposed = sum(case.path is not None for case in cases)
    return {
        "title": word("targets.finding", pillar=whole, total=len(cases), words=words),
        "lede": word("targets.lede", decomposed=decomposed, rest=len(cases) - decomposed),
        "key_figures": key_figures(cases),
    }
