"""An invented filled workbook, made by the real writer and filled in with openpyxl as a department would."""

import io
from dataclasses import dataclass
from datetime import date

import openpyxl
from openpyxl.utils import get_column_letter

from qdlib.catalogue import load_catalogue
from qdlib.catalogue.documents import Name
from qdlib.observations.template import make_template
from qdlib.reading.department import Report, read_report
from qdlib.reading.department_form import HEADER, columns_of

REPORTED = "2026-11-20"
FILE = "bureau.xlsx"
YEARS = (2023, 2024, 2025)
# A share, a rank, an open definition, a large count, a count that never falls; several years each.
TARGETS = ("T01", "T06", "T08", "T25", "T28")
GAPS = [(target, year) for target in TARGETS for year in YEARS]
VALUES = {
    "T01": (27.5, 28.1, 28.94),
    "T06": (11, 9, 7),
    "T08": (61.2, 62.0, 63.5),
    "T25": (18200, 20150, 22790),
    "T28": (90, 150, 214),
}


@dataclass(frozen=True)
class Item:
    id: str
    type: str
    pillar: str
    clause: int
    title: Name
    parts_total: int | None = None


ITEMS = (
    Item("c05-3", "task", "industry", 5, Name("工赋青岛行动", "Industrial-internet action"), 3),
    Item("c07-4", "project", "ocean", 7, Name("深海基因库", "Deep-sea gene bank")),
    Item("c08-2", "policy", "ocean", 8, Name("启运港退税政策", "Port-of-departure tax refund")),
)


def blank_form(language: str = "zh", items=ITEMS, gaps=GAPS) -> openpyxl.Workbook:
    content = make_template(gaps, load_catalogue(), "qingdao", 2025, language, items=items)
    return openpyxl.load_workbook(io.BytesIO(content))


def sheet_of(book, part: str, language: str = "zh"):
    return book[load_catalogue().say(f"template.sheet.{part}", language)]


def row_of(target: str, year: int, gaps=GAPS) -> int:
    return HEADER + 1 + gaps.index((target, year))


def address(part: str, name: str, row: int) -> str:
    return f"{get_column_letter(columns_of(part).index(name) + 1)}{row}"


def put(book, part: str, row: int, values: dict, language: str = "zh") -> None:
    for name, value in values.items():
        sheet_of(book, part, language)[address(part, name, row)] = value


def figure_entry(target: str, year: int, value) -> dict:
    entry = {
        "value": value,
        "published": date(year + 1, 3, 15),
        "status": "A",
        "source": f"年报〔{year}〕7号",
        "department": "市工信局",
    }
    if target == "T06":
        entry |= {"list": "全国营商环境测评", "list_size": 50}
    return entry | ({"definition": "规上工业总产值"} if target == "T08" else {})


ITEM_ENTRY = {
    **{
        "department": "市工信局",
        "start": date(2023, 1, 10),
        "due": date(2026, 6, 30),
        "planned": 12.5,
        "spent": 8,
        "parts_done": 2,
    },
    **{"supporting": "市大数据局、市商务局"},
    **{"title_1": "立项", "weight_1": 0.4, "due_1": date(2023, 12, 31), "done_1": date(2023, 11, 2), "evidence_1": "批复12号"},
    **{"title_2": "建成", "weight_2": 0.6, "due_2": date(2026, 6, 30)},
}


def filled_form(language: str = "zh", items=ITEMS) -> openpyxl.Workbook:
    """Every row reported, two of three items, no fault."""
    book = blank_form(language, items)
    for target, values in VALUES.items():
        for year, value in zip(YEARS, values, strict=True):
            put(book, "indicators", row_of(target, year), figure_entry(target, year, value), language)
    if items:
        put(book, "programme", HEADER + 1, ITEM_ENTRY, language)
        put(book, "programme", HEADER + 2, {"department": "自然资源部门", "due": date(2026, 12, 31)}, language)
    return book


def save(book) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(book, reported: str = REPORTED, items=ITEMS) -> Report:
    return read_report(book if isinstance(book, bytes) else save(book), FILE, reported, load_catalogue(), items)
