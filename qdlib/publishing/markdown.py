"""Markdown cells -> HTML of the page.

Takes one cell's text; gives its HTML, its headings of the second level, and the question when it is the first cell. Raw HTML
is escaped, but for the sub- and superscripts of formulas, which JupyterLab shows too.
The page has one h1, the answer: a heading of the first level in the first cell is the question, elsewhere it
counts as the second level.
"""

from collections.abc import Callable
from functools import cache

import mistune

from qdlib.publishing.blocks import escape


class Renderer(mistune.HTMLRenderer):
    """Headings get ids for the contents; links to pages of the plan become relative addresses."""

    def __init__(self):
        super().__init__(escape=True)
        self.headings: list[tuple[str, str]] = []
        self.first = 1
        self.address: Callable[[str], str | None] = lambda page: None

    def heading(self, text: str, level: int, **attrs) -> str:
        level = min(max(level, 2), 4)
        if level > 2:
            return f"<h{level}>{text}</h{level}>\n"
        id = f"s-{self.first + len(self.headings)}"
        self.headings.append((id, text))
        return f'<h2 id="{id}">{text}</h2>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return f'<a href="{escape(self.address(url) or url)}">{text}</a>'

    def inline_html(self, html: str) -> str:
        return html if html in ("<sub>", "</sub>", "<sup>", "</sup>") else escape(html)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return text  # a page asks for no file


@cache
def _parser() -> tuple[Renderer, mistune.Markdown]:
    renderer = Renderer()
    return renderer, mistune.create_markdown(renderer=renderer, plugins=["table", "strikethrough"])


def render_markdown(text: str, first_section: int, address: Callable[[str], str | None]) -> tuple[str, list[tuple[str, str]]]:
    """HTML and (id, text) of each h2; sections are numbered from `first_section`."""
    renderer, parse = _parser()
    renderer.headings, renderer.first, renderer.address = [], first_section, address
    return parse(text), renderer.headings


def split_question(text: str) -> tuple[str, str]:
    """The heading that opens a notebook, and the rest of its cell."""
    first, _, rest = text.strip().partition("\n")
    return (first.lstrip("# ").strip(), rest.strip()) if first.startswith("#") else ("", text.strip())
