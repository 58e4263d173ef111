"""The style sheet of one page: of all rules of the site, those that this page can use.

Takes CSS as `frame` writes it (one level of @media, no comments) and the page's HTML; gives the CSS without rules that name a
class or an element that the page does not have. A third of a small page was style for other pages.
"""

import re
from functools import cache

ALWAYS = {"stale"}  # a banner is put into a finished page when its report fails later
_CLASSES = re.compile(r'\bclass="([^"]*)"')
_TAGS = re.compile(r"<([a-z][a-z0-9]*)")
_BRACKETED = re.compile(r":[a-z-]+\([^()]*(?:\([^()]*\)[^()]*)*\)")
_STYLE = re.compile(r"(<style>)(.*?)(</style>)", re.DOTALL)


def prune_style(html: str) -> str:
    """The page with only the rules that it can use."""
    body = _STYLE.sub("", html)
    names = {f".{name}" for value in _CLASSES.findall(body) for name in value.split()} | {f".{name}" for name in ALWAYS}
    known = names | set(_TAGS.findall(body))
    return _STYLE.sub(lambda found: found[1] + keep_rules(found[2], known) + found[3], html, count=1)


def keep_rules(css: str, known: set[str]) -> str:
    """Rules of which some selector names nothing unknown; `known`: element names, and class names with their point."""
    kept = []
    for selector, body in read_rules(css):
        if selector.startswith("@media") and "{" in body:
            inner = keep_rules(body, known)
            kept.append(f"{selector}{{{inner}}}" if inner else "")
        elif selector.startswith("@"):
            kept.append(f"{selector}{{{body}}}")
        else:
            useful = [one for one in split(selector) if named_in(one) <= known]
            kept += [f"{','.join(useful)}{{{body}}}"] if useful else []
    return "".join(kept)


@cache  # every page of a site carries the same sheet
def read_rules(css: str) -> tuple[tuple[str, str], ...]:
    """(selector, what stands in its braces) of each rule; a block of rules is one."""
    rules, depth, start, opened = [], 0, 0, 0
    for place, sign in enumerate(css):
        if sign == "{":
            depth += 1
            opened = place if depth == 1 else opened
        elif sign == "}":
            depth -= 1
            if depth == 0:
                rules.append((css[start:opened].strip(), css[opened + 1 : place]))
                start = place + 1
    return tuple(rules)


@cache
def split(selector: str) -> tuple[str, ...]:
    """The alternatives of a selector; commas in brackets, as in `:is(a,b)`, divide nothing."""
    return tuple(re.split(r",(?![^()]*\))", selector))


@cache
def named_in(selector: str) -> frozenset[str]:
    """The classes and elements that a selector names outside brackets: what is in brackets can only narrow it."""
    plain = re.sub(r"\[[^\]]*\]|::?[a-z-]+", "", _BRACKETED.sub("", selector))
    return frozenset(re.findall(r"\.[a-zA-Z][\w-]*|(?<![\w.-])[a-z][a-z0-9]*", plain))
