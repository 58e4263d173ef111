"""The search box of the index: found without any server, from disk too.

Takes entries of `directory`; gives the box with its entries as inline JSON (a page on disk may fetch nothing) and the one script
of the site, which the page's policy allows by its hash. The box is hidden until the script runs: without it the page's lists
stand for themselves. Letters of any width and case find the same (NFKC); every word of the query must be found.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from qdlib.publishing.blocks import escape
from qdlib.publishing.directory import Entry
from qdlib.publishing.frame import TEMPLATES

SCRIPT = "search.js"


def read_script(path: Path = TEMPLATES / SCRIPT) -> str:
    """The script as it stands in the page; its hash covers exactly this text."""
    return "".join(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if not line.strip().startswith("//"))


def script_policy() -> str:
    """The source expression that allows the script: `'sha256-…'`."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(read_script().encode()).digest()).decode()}'"


def search_box(entries: Iterable[Entry], say: Callable[..., str]) -> str:
    """The box, its list of results, its entries and its script; HTML."""
    entries = list(entries)
    kinds = list(dict.fromkeys(entry.kind for entry in entries))
    known = {
        "kinds": [say(kind) for kind in kinds],
        "found": say("page.search.found", number="{n}"),
        "none": say("page.search.none"),
        "all": [[entry.title, kinds.index(entry.kind), entry.address, shortened(entry)] for entry in entries],
    }
    return (
        f'<section class="search" id="search" role="search" hidden><label for="query">{escape(say("page.search.label"))}</label>'
        f'<input id="query" type="search" autocomplete="off" placeholder="{escape(say("page.search.hint"))}">'
        '<p id="count" role="status"></p><ul id="found" class="found"></ul></section>'
        f'<script type="application/json" id="entries">{as_json(known)}</script><script>{read_script()}</script>'
    )


def shortened(entry: Entry) -> str:
    """Further words without those that the title has: the entries are half of the page."""
    return " ".join(word for word in dict.fromkeys(entry.words.split()) if word not in entry.title)


def as_json(value) -> str:
    """JSON that no browser can read as a tag."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c").replace("&", "\\u0026")
