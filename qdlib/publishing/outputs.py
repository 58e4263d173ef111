"""What an executed notebook shows: its outputs, by kind.

Takes a notebook (plain JSON or a nbformat node); gives `Output` entries in order. An output without the mark that `display`
sets is a stray. Judges nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

KINDS = ("stamp", "say", "finding", "note", "notice", "caption", "figure", "table", "headline", "cards", "sources")


@dataclass(frozen=True)
class Output:
    """One output of a code cell; `kind` is empty for a stray, an error or a stream."""

    cell: int
    kind: str
    id: str
    payload: dict
    raw: dict


def read_output(cell: int, raw: dict) -> Output:
    mark = (raw.get("metadata") or {}).get("qdlib") or {}
    kind = mark.get("kind", "")
    payload = (raw.get("data") or {}).get(f"application/vnd.qdlib.{kind}+json")
    if kind not in KINDS or payload is None:
        return Output(cell, "", "", {}, raw)
    return Output(cell, kind, mark.get("id", ""), payload, raw)


def read_outputs(notebook: dict) -> list[Output]:
    return [
        read_output(number, raw)
        for number, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == "code"
        for raw in cell.get("outputs", ())
    ]


def of_kind(outputs: Iterable[Output], *kinds: str) -> list[Output]:
    return [output for output in outputs if output.kind in kinds]


def first_payload(outputs: Iterable[Output], kind: str) -> dict:
    """The payload of the first output of a kind, an empty dict without one."""
    return next((output.payload for output in outputs if output.kind == kind), {})


def text_of(value) -> str:
    """A MIME value as text: files hold lists of lines."""
    return value if isinstance(value, str) else "".join(value or ())
