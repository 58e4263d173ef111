"""Pictures of a source grid: what the reader took for header, stub, figure or note.

Takes tables (or a source cell); gives a `Picture`, static HTML without script that a notebook shows. A role has a colour and a letter in
the corner (H S V M N ?), so that no meaning hangs on colour alone; words come from the catalogue's text files, in zh or en. All text of
the source is escaped. Infers nothing.
"""

import shlex
from dataclasses import dataclass
from html import escape
from pathlib import Path

from qdlib.catalogue import load_catalogue
from qdlib.errors import SourceError
from qdlib.reading.model import Examination, Table, Uncertain, Value
from qdlib.reading.sheet import Sheet, from_a1, to_a1
from qdlib.reading.sources import find_raw_file, parse_source_cell, raw_folder
from qdlib.reading.tables import examine_file

ROWS, COLUMNS = 40, 16
LONGEST = 40
STYLE = """<style>
.qd-grid{border-collapse:collapse;font:12px/1.3 system-ui,sans-serif;color:#1a1a1a;background:#fff}
.qd-grid td,.qd-grid th{border:1px solid #b8bec6;padding:2px 5px;position:relative;text-align:left;max-width:15em}
.qd-grid th{background:#f2f3f5;color:#5a6270;font-weight:400}
.qd-grid td small{position:absolute;right:1px;top:0;font-size:8px;color:#4a515c}
.qd-H{background:#d7e8f7}.qd-S{background:#e3efd8}.qd-V{background:#fff}.qd-M{background:#eceef1}.qd-N{background:#fbf3d4}
.qd-Q{background:repeating-linear-gradient(45deg,#f6d9d2 0 4px,#fff 4px 8px)}
.qd-mark{outline:2px solid #0b5cad;outline-offset:-2px}.qd-point{outline:3px solid #a23b00;outline-offset:-3px;font-weight:700}
.qd-said{font:13px/1.5 system-ui,sans-serif;margin:4px 0}
@media (prefers-color-scheme:dark){.qd-grid{background:#15181c;color:#e6e8ea}.qd-grid td,.qd-grid th{border-color:#49515b}
.qd-grid th{background:#22272d;color:#aab2bc}.qd-grid td small{color:#b4bcc6}
.qd-H{background:#17395a}.qd-S{background:#29401c}.qd-V{background:#15181c}.qd-M{background:#2c3138}.qd-N{background:#463d16}
.qd-Q{background:repeating-linear-gradient(45deg,#5c2a1f 0 4px,#15181c 4px 8px)}.qd-mark{outline-color:#7db8ee}.qd-point{outline-color:#ffab7a}}
@media print{.qd-grid{background:#fff;color:#000}.qd-grid td small{color:#000}}
</style>"""


@dataclass(frozen=True)
class Picture:
    """Static HTML; a notebook shows it, `html` is the text."""

    html: str

    def _repr_html_(self) -> str:
        return self.html


def show_table(table: Table | Uncertain, language: str = "zh") -> Picture:
    """The source grid with the role of each cell; for an uncertain table its reasons and the command that writes a recipe."""
    say = load_catalogue().say
    roles = _roles([table]) if isinstance(table, Table) else {}
    place = say("reading.table", language, file=table.file, sheet=table.sheet, range=table.range)
    if isinstance(table, Table):
        said = [f"{place}. {table.number} {table.title}", say("reading.certain", language, values=len(table.values))]
    else:
        command = f"qd read {shlex.quote(table.file)} --recipe"
        said = [f"{place}. {table.title}", say("reading.uncertain", language), *table.reasons]
        said.append(say("reading.recipe", language, command=command))
    grid = _grid(table.source, roles, _start(table), language, {}) if table.source is not None else ""
    return Picture(f"{STYLE}{_said(said)}{grid}{_legend(language)}")


def show_cell(source_cell: str, root: str | Path | None = None, language: str = "zh") -> Picture:
    """One figure in its source grid, outlined with every label of its path. Raises SourceError where the file or cell is not there."""
    say = load_catalogue().say
    address = parse_source_cell(source_cell)
    path = find_raw_file(address.edition, address.file, Path(root) if root else raw_folder())
    seen = examine_file(path, sheet=address.sheet)
    said = [say("reading.cell", language, file=address.file, sheet=address.sheet, cell=address.cell)]
    for table, value in seen.values():
        if value.cell == address.cell:
            said += _words_of(value, language)
            outlined = {label.cell: "qd-mark" for label in (*value.row, *value.column)} | {value.cell: "qd-point"}
            start = (max(from_a1(value.cell)[0] - ROWS // 2, 0), max(from_a1(value.cell)[1] - COLUMNS // 2, 0))
            return Picture(
                f"{STYLE}{_said(said)}{_grid(table.source, _roles([table]), start, language, outlined)}{_legend(language)}"
            )
    raise SourceError(f"{source_cell}: {say('reading.no_table', 'en')}; `qd read {shlex.quote(address.file)}` shows what is read")


def show_file(seen: Examination, language: str = "zh") -> str:
    """A page with the picture of every table of a file."""
    parts = [show_table(table, language).html.removeprefix(STYLE) for table in (*seen.tables, *seen.uncertain)]
    head = f'<meta charset="utf-8"><title>qd read</title>{STYLE}'
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body>{"<hr>".join(parts)}</body></html>'


def _words_of(value: Value, language: str) -> list[str]:
    say = load_catalogue().say
    unit = say("reading.unit", language, unit=value.unit_text) if value.unit else say("reading.no_unit", language)
    row, column = (" / ".join(label.text for label in path) for path in (value.row, value.column))
    return [say("reading.raw", language, raw=value.raw), unit, say("reading.path", language, row=row, column=column)]


def _roles(tables: list[Table]) -> dict[str, str]:
    """Letter of each cell that a table gave a role."""
    roles: dict[str, str] = {}
    for table in tables:
        for label in table.labels:
            roles[label.cell] = "S" if label.axis == "row" else "H"
        for value in table.values:
            unread = value.value is None and value.status == "U"
            roles[value.cell] = "?" if unread else "M" if value.value is None else "V"
    return roles


def _start(table: Table | Uncertain) -> tuple[int, int]:
    """Top left of the picture: four rows above the table, so that its title is seen."""
    first = table.range.partition(":")[0]
    row, _ = from_a1(first)
    return max(row - 4, 0), 0


def _grid(sheet: Sheet, roles: dict[str, str], start: tuple[int, int], language: str, outlined: dict[str, str]) -> str:
    """The physical cells from `start` on, with role, outline and span."""
    cells = {sheet.a1(row, column): (row, column) for row in range(sheet.height) for column in range(len(sheet.values[row]))}
    last_row = max((from_a1(cell)[0] for cell in cells), default=0)
    last_column = max((from_a1(cell)[1] for cell in cells if sheet.text(*cells[cell])), default=0)
    rows = range(start[0], min(start[0] + ROWS, last_row + 1))
    columns = range(start[1], min(start[1] + COLUMNS, last_column + 1))
    covered: set[tuple[int, int]] = set()
    lines = ["<tr><th></th>" + "".join(f"<th>{to_a1(0, column)[:-1]}</th>" for column in columns) + "</tr>"]
    for row in rows:
        line = [f"<th>{row + 1}</th>"]
        for column in columns:
            if (row, column) not in covered:
                line.append(_cell(sheet, cells.get(to_a1(row, column)), to_a1(row, column), roles, outlined, covered))
        lines.append(f"<tr>{''.join(line)}</tr>")
    shown = load_catalogue().say("reading.part", language, first=rows.start + 1, last=rows.stop, rows=last_row + 1)
    return f'<table class="qd-grid">{"".join(lines)}</table>' + (_said([shown]) if len(rows) <= last_row else "")


def _cell(sheet: Sheet, place, a1: str, roles: dict[str, str], outlined: dict[str, str], covered: set) -> str:
    if place is None or not sheet.text(*place).strip():
        return "<td></td>"
    role = roles.get(a1, "N" if roles else "?")
    text = sheet.text(*place).strip()
    span = "" if sheet.places else _span(sheet, place, covered)
    short = text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
    look = f"qd-{'Q' if role == '?' else role} {outlined.get(a1, '')}".strip()
    return f'<td class="{look}"{span}>{escape(short)}<small>{role}</small></td>'


def _span(sheet: Sheet, place: tuple[int, int], covered: set) -> str:
    height, width = sheet.merges.get(place, (1, 1))
    covered |= {(place[0] + down, place[1] + right) for down in range(height) for right in range(width)} - {place}
    return (f' rowspan="{height}"' if height > 1 else "") + (f' colspan="{width}"' if width > 1 else "")


def _legend(language: str) -> str:
    say = load_catalogue().say
    words = [f"{letter} {say(f'reading.role.{letter}', language)}" for letter in "HSVMN?"]
    return _said([" · ".join(words)])


def _said(lines: list[str]) -> str:
    return "".join(f'<p class="qd-said">{escape(line)}</p>' for line in lines)
