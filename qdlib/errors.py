"""One family of errors; the subclass says who must act.

Takes nothing, gives the exceptions of the whole package. A message names what is wrong, where (file, sheet, cell, edition),
the values, what is expected and how to put it right. All faults of a stage are collected and raised once, because whoever
mends a yearbook wants the list, not the first line of it.
"""

from collections.abc import Iterable


class QdlibError(Exception):
    """Anything that qdlib refuses. `faults` holds the single sentences when several were collected."""

    def __init__(self, message: str, *, faults: Iterable[str] = ()):
        super().__init__(message)
        self.faults = tuple(faults)


class SourceError(QdlibError):
    """A file of data/raw or its sidecar must be mended."""


class CatalogueError(QdlibError):
    """An entry of the catalogue must be mended."""


class DataError(QdlibError):
    """Figures contradict each other or what was asked of them."""


class RunError(QdlibError):
    """A notebook, a parameter or a run plan must be mended."""


def raise_all(error: type[QdlibError], faults: Iterable[str], what: str) -> None:
    """Raise `error` once with every fault, each on its own line; do nothing when there is none."""
    faults = tuple(faults)
    if not faults:
        return
    lines = "\n".join(f"  {number}. {fault}" for number, fault in enumerate(faults, start=1))
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    raise error(f"{what}: {count}\n{lines}", faults=faults)


def nearest(word: str, known: Iterable[str], number: int = 3) -> str:
    """The known words closest to a misspelt one, as text for a message; empty when nothing is close."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), n=number, cutoff=0.6)
    return f"; did you mean {' or '.join(close)}?" if close else ""


class BusyError(QdlibError):
    """Another run holds the lock; nothing was done (exit code 75)."""
