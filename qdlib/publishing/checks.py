"""What must hold of a page and needs no browser: checked before it is published.

Takes a finished page and the files that exist beside it; gives one sentence per fault. A browser is the judge of what readers
see; this is the part that can be known from the text: ids, references, links, and that nothing is asked of any other place.
"""

import base64
import hashlib
import posixpath
import re
from collections.abc import Iterable, Iterator

from lxml import html as lxml_html

from qdlib.publishing.frame import LANG, Place

LOADED = {
    "img": "src",
    "script": "src",
    "iframe": "src",
    "source": "src",
    "image": "href",
    "use": "href",
    "object": "data",
    "embed": "src",
}


def page_faults(text: str, place: Place, files: Iterable[str]) -> list[str]:
    """Faults of a page; `files` are paths below the site that its links may name."""
    root = lxml_html.document_fromstring(text.encode("utf-8"), parser=lxml_html.HTMLParser(encoding="utf-8"))
    rules = (id_faults(root), shape_faults(root, place), request_faults(root, text), link_faults(root, place, set(files)))
    return [fault for rule in rules for fault in rule]


def id_faults(root) -> Iterator[str]:
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        yield f"id {id!r} stands {ids.count(id)} times"
    values = [value for element in root.iter() for value in element.attrib.values()]
    referred = {found for value in values for found in re.findall(r"url\(#([^)]+)\)", value)}
    referred |= {element.get("href")[1:] for element in root.iter("a", "use") if (element.get("href") or "").startswith("#")}
    for id in sorted(referred - set(ids)):
        yield f"#{id} is referred to, but no element has that id"


def shape_faults(root, place: Place) -> Iterator[str]:
    if root.get("lang") != LANG[place.language]:
        yield f"lang is {root.get('lang')!r}, expected {LANG[place.language]!r}"
    for tag in ("h1", "title", "main", "time"):
        count = sum(element.getparent().tag != "svg" for element in root.iter(tag))
        if count != 1:
            yield f"{count} <{tag}> elements, expected one"
    labels = [element.get("aria-label") for element in root.iter() if element.get("role") == "region"]
    for label in sorted({label for label in labels if labels.count(label) > 1}):
        yield f"two scroll regions are called {label!r}"


def request_faults(root, text: str) -> Iterator[str]:
    """Anything the page would load, and any script."""
    if "default-src 'none'" not in text:
        yield "the content security policy is missing"
    for element in root.iter():
        tag = element.tag if isinstance(element.tag, str) else ""
        address = element.get(LOADED.get(tag, ""), "") if tag in LOADED else ""
        if tag == "link" and element.get("rel") != "alternate":
            address = element.get("href", "")
        if address and not address.startswith(("data:", "#")):
            yield f"<{tag}> would load {address!r}"
        if tag == "script" and not is_allowed(element, text) or any(name.startswith("on") for name in element.attrib):
            yield f"<{tag}> would run a script"
    if re.search(r"url\(\s*['\"]?(?!#|data:)", text) or "@import" in text:
        yield "a style would load a file"


def is_allowed(script, text: str) -> bool:
    """Data, which no browser runs, or a script that the page's own policy names by its hash."""
    content = (script.text or "").encode("utf-8")
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return script.get("type") == "application/json" or f"script-src 'sha256-{digest}'" in text and not script.get("src")


def link_faults(root, place: Place, files: set[str]) -> Iterator[str]:
    """Relative links must name files of the site."""
    folder = posixpath.dirname(place.id)
    for element in root.iter("a", "link"):
        address = (element.get("href") or "").partition("#")[0]
        if address and not re.match(r"[a-z]+:", address):
            target = posixpath.normpath(posixpath.join(folder, address))
            if target not in files:
                yield f"link to {target}, which the site does not have"
