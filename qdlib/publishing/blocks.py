"""Payloads -> HTML: one function per kind of output, the same for the page and for JupyterLab.

Takes the plain payloads that `display` attaches to each output and `say`, which gives a word of the page in its language.
Gives HTML text without script, style or address of its own; colours and layout are the style sheet's. Every text is escaped
here and nowhere else.
"""

import html
from collections.abc import Callable, Iterable

from qdlib.publishing.frames import NARROW_SPACE, cell_decimals, cell_text, format_number, is_number, visible_columns
from qdlib.publishing.theme import MARKS
from qdlib.publishing.traces import group_addresses

Say = Callable[..., str]
NO_BREAK_SPACE = "\u00a0"
CONTROLS = dict.fromkeys({*range(0x20), 0x7F} - {0x09, 0x0A, 0x0D})
TRACE_ROWS = 40  # addresses listed on the page; the CSV holds all
FIGURE_SPACE, POINT_SPACE = "\u2007", "\u2008"  # as wide as a digit and as a point: align decimals of mixed length


def escape(text) -> str:
    """Text for HTML and XML, without control signs, which neither can hold. U+202F is a tenth of an em in CJK fonts: a no-break
    space reads as the thin space it should be."""
    return html.escape(str(text).translate(CONTROLS).replace(NARROW_SPACE, NO_BREAK_SPACE), quote=True)


def status_mark(text: str) -> str:
    """The mark a status starts with; empty for other text, also for a lone `—`, which is a missing figure."""
    text = str(text)
    return text[0] if text[:1] in MARKS and text[1:].strip() else ""


def chip(text: str) -> str:
    """A status as mark, word and colour; one that ends in a year in brackets is stale and loses its colour."""
    mark = status_mark(text)
    if not mark:
        return escape(text)
    words = text[1:].strip()
    stale = words.endswith((")", "）")) and words[:-1].replace("(", "（").rpartition("（")[2][:4].isdigit()
    return (
        f'<span class="chip {"quiet" if stale else MARKS[mark]}"><span class="mark" aria-hidden="true">{mark}</span>'
        f"{escape(words)}</span>"
    )


def sentence(payload: dict) -> str:
    return f"<p>{escape(payload['text'])}</p>"


def note(payload: dict) -> str:
    lead = f"<strong>{escape(payload['lead'])}</strong> " if payload["lead"] else ""
    return f'<aside class="note"><p>{lead}{escape(payload["text"])}</p></aside>'


def notice(payload: dict, say: Say) -> str:
    """What stands where a figure or table cannot be shown."""
    heading = say(f"page.notice.{payload['instead_of']}")
    return f'<div class="notice"><p><strong>{escape(heading)}</strong> {escape(payload["text"])}</p></div>'


def finding(payload: dict, question: str = "") -> str:
    """The head of a page: the question in small, the answer as h1, one line of lede, up to four key figures."""
    parts = ['<div class="head">']
    if question:
        parts.append(f'<p class="question">{escape(question)}</p>')
    parts.append(f"<h1>{escape(payload['title'])}</h1>")
    if payload.get("lede"):
        parts.append(f'<p class="lede">{escape(payload["lede"])}</p>')
    parts.append("</div>")
    return "".join(parts) + key_figures(payload.get("key_figures", ()))


def key_figures(figures: Iterable[dict]) -> str:
    cells = "".join(
        f'<div><dt>{escape(figure["label"])}{_small(figure["note"])}</dt>'
        f'<dd>{escape(key_value(figure["value"]))}{_small(figure["unit"], "unit")}</dd></div>'
        for figure in figures
    )
    return f'<dl class="key-figures">{cells}</dl>' if cells else ""


def key_value(value) -> str:
    if not is_number(value) and value is not None:
        return str(value)
    return format_number(value, 1 if isinstance(value, float) else 0)


def _small(text: str, name: str = "when") -> str:
    return f' <span class="{name}">{escape(text)}</span>' if text else ""


def cards(payload: dict, say: Say, link: Callable[[str], str | None], level: int = 2) -> str:
    """Cards of commitments: counts, headline, status, and a bar with its tick where the schedule stands."""
    return f'<div class="cards">{"".join(_card(item, say, link, level) for item in payload["items"])}</div>'


def _card(item: dict, say: Say, link: Callable[[str], str | None], level: int) -> str:
    address = link(item["page"]) if item["page"] else None
    title = f'<a href="{escape(address)}">{escape(item["title"])}</a>' if address else escape(item["title"])
    lines = [f"<h{level}>{title}</h{level}>"]
    lines += [f'<p class="{name}">{escape(item[name])}</p>' for name in ("counts", "headline") if item[name]]
    lines.append(f'<p class="status">{chip(item["chip"])}</p>' if item["chip"] else "")
    if item["progress"] is not None or item["tick"] is not None:
        lines.append(_bar(item, say))
    if item["left"] or item["right"] or item["tick"] is not None:
        lines.append(f'<p class="ends"><span>{escape(item["left"])}</span>&#160;<span>{escape(item["right"])}</span></p>')
    return f'<article class="card">{"".join(lines)}</article>'


def _bar(item: dict, say: Say) -> str:
    progress, tick = _percent(item["progress"]), _percent(item["tick"])
    words = [say("page.bar.progress", share=f"{progress:g}")] if progress is not None else [say("page.bar.no_data")]
    words += [say("page.bar.tick", share=f"{tick:g}")] if tick is not None else []
    inside = f'<span class="done" style="width:{progress:g}%"></span>' if progress is not None else ""
    inside += f'<span class="tick" style="left:{tick:g}%"></span>' if tick is not None else ""
    return f'<div class="bar" role="img" aria-label="{escape(say("page.bar.joint").join(words))}">{inside}</div>'


def _percent(share: float | None) -> float | None:
    return None if share is None else round(min(max(share, 0), 1) * 100, 1)


def table(payload: dict, say: Say, links: str = "", label: str = "") -> str:
    """A table in its own scroll region, with the line of sources and downloads below."""
    anchor = f"t-{payload['id']}"
    shown = visible_columns(payload)
    aligned = {number: _aligned(payload, number) for number in shown if payload["columns"][number]["type"] == "number"}
    head = "".join(_head_cell(payload["columns"][number]) for number in shown)
    body = "".join(
        "<tr>" + "".join(_cell(payload, number, place, row, line, aligned) for place, number in enumerate(shown)) + "</tr>"
        for line, row in enumerate(payload["rows"])
    )
    classes = " ".join(column_classes([payload["columns"][number]["type"] == "number" for number in shown]))
    opened = f'<table class="{classes}">' if classes else "<table>"
    caption = f"<caption><span>{escape(payload['caption'])}</span></caption>" if payload["caption"] else ""
    remark = f'<p class="remark">{escape(payload["note"])}</p>' if payload["note"] else ""
    return (
        f'<div class="block table" id="{escape(anchor)}"><div class="scroll" role="region" tabindex="0" '
        f'aria-label="{escape(label or payload["caption"] or payload["id"])}">{opened}{caption}<thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{remark}{source_line(payload, say, links)}</div>"
    )


def _head_cell(column: dict) -> str:
    unit = f' <span class="unit">{escape(column["unit"])}</span>' if column["unit"] else ""
    return f'<th scope="col">{escape(column["heading"])}{unit}</th>' if column["heading"] else "<td></td>"


def column_classes(is_number: list[bool]) -> list[str]:
    """`n3`: the third column holds numbers and stands right; `w4`: the fourth holds words and follows numbers."""
    numbered = list(enumerate(is_number, start=1))
    numbers = [f"n{place}" for place, held in numbered if held]
    return numbers + [f"w{place}" for place, held in numbered[1:] if not held and is_number[place - 2]]


def _cell(payload: dict, number: int, place: int, row: list, line: int, aligned: dict[int, list[str]]) -> str:
    column, value = payload["columns"][number], row[number]
    if number in aligned:
        return f"<td>{escape(aligned[number][line])}</td>"
    text = cell_text(payload, column, row, value)
    inside = chip(text) if column["type"] == "text" else escape(text)
    return f'<th scope="row">{inside}</th>' if place == 0 else f"<td>{inside}</td>"


def _aligned(payload: dict, number: int) -> list[str]:
    """The texts of a number column; where rows differ in decimals, blanks of a digit's width keep the points in line."""
    column = payload["columns"][number]
    texts = [cell_text(payload, column, row, row[number]) for row in payload["rows"]]
    if not isinstance(column["decimals"], str):
        return texts
    places = [cell_decimals(payload, column, row) if row[number] is not None else None for row in payload["rows"]]
    most = max((count for count in places if count is not None), default=0)
    return [text if count is None else text + _blanks(most, count) for text, count in zip(texts, places, strict=True)]


def _blanks(most: int, count: int) -> str:
    return "" if most == count else (POINT_SPACE if count == 0 else "") + FIGURE_SPACE * (most - count)


def figure(payload: dict, drawing: str, say: Say, links: str = "") -> str:
    """A figure: title and subtitle as text, the drawing, the line of sources and downloads."""
    subtitle = f'<p class="subtitle">{escape(payload["subtitle"])}</p>' if payload["subtitle"] else ""
    return (
        f'<figure class="block" id="f-{escape(payload["id"])}"><figcaption><p class="title">{escape(payload["title"])}</p>'
        f"{subtitle}</figcaption>{drawing}{source_line(payload, say, links)}</figure>"
    )


def source_line(payload: dict, say: Say, links: str) -> str:
    traced = trace(payload, say)
    if not (payload["source_line"] or links or traced):
        return ""
    named = f"{say('page.sources.label')}{payload['source_line']}" if payload["source_line"] else ""
    return f'<div class="source"><span class="named">{escape(named)}</span>{links}{traced}</div>'


def trace(payload: dict, say: Say) -> str:
    """The addresses of the source cells behind a table, folded away: each file once, with the rows it gave."""
    grouped, left = group_addresses(payload, TRACE_ROWS)
    if not grouped:
        return ""
    items = "".join(f"<li><code>{escape(sheet)}</code> {escape(' · '.join(listed))}</li>" for sheet, listed in grouped)
    more = f"<li>{escape(say('page.trace.more', number=left))}</li>" if left else ""
    return f'<details class="trace"><summary>{escape(say("page.trace.label"))}</summary><ul>{items}{more}</ul></details>'


def sources(payload: dict, say: Say) -> str:
    items = "".join(
        f"<li>{escape(source['publisher'])}{say('page.sources.colon')}{escape(source['title'])} {escape(source['editions'])}"
        f'<span class="licence">{escape(source["licence"])}</span></li>'
        for source in payload["sources"]
    )
    listed = f"<ul>{items}</ul>" if items else f"<p>{escape(say('page.sources.none'))}</p>"
    return f'<section class="sources" id="sources"><h2>{escape(say("page.sources.heading"))}</h2>{listed}</section>'
