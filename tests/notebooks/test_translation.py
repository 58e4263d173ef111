"""The English of the notebooks: every markdown cell of a planned notebook has its text, and none is outdated or left over."""

import re

import pytest

from qdlib.catalogue import load_catalogue
from tests.notebooks.test_shape import BOOKS, BY_HAND, cells, source

PLANNED = [path for path in BOOKS if path.stem not in BY_HAND]

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")


def translation_faults(name: str, written: list[dict], texts: dict) -> list[str]:
    """Cells without a text, with the text of other Chinese, with another shape or with Chinese in their English; texts without a cell."""
    found = []
    markdown = {f"{name}.{cell['id']}": source(cell).strip() for cell in written if cell["cell_type"] == "markdown"}
    for key, zh in markdown.items():
        text = texts.get(key)
        if text is None:
            found.append(f"{key}: no text")
        elif text.zh.strip() != zh:
            found.append(f"{key}: outdated")
        elif HAN.search(text.en):
            found.append(f"{key}: Chinese in the English: {HAN.findall(text.en)[:5]}")
        elif shape(text.en) != shape(zh):
            found.append(f"{key}: other headings or items: {shape(text.en)}, {shape(zh)}")
    left = [key for key in texts if key.startswith(f"{name}.") and texts[key].zh.lstrip().startswith("#") and key not in markdown]
    return found + [f"{key}: no such cell" for key in left]


def shape(text: str) -> list[str]:
    """How each paragraph of a cell begins: its level of heading, an item, or words."""
    return [match[0] if (match := re.match(r"#+ |- ", line)) else "words" for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("path", PLANNED, ids=lambda path: path.stem)
def test_every_cell_has_its_english(path):
    assert translation_faults(path.stem, cells(path), load_catalogue().texts) == []


@pytest.mark.parametrize(
    ("zh", "en", "words"),
    [
        ("## 标题二", None, "outdated"),
        (None, "## Sizes 规模", "Chinese in the English"),
        (None, "Sizes", "other headings"),
        ("", "", "no text"),
    ],
)
def test_a_missing_or_outdated_text_is_seen(zh, en, words):
    from qdlib.catalogue.documents import Name

    path = next(path for path in BOOKS if path.stem == "city_trend")
    texts = dict(load_catalogue().texts)
    was = texts.pop("city_trend.h-vintages")
    if zh != "":
        texts["city_trend.h-vintages"] = Name(zh or was.zh, en or was.en)
    assert any(words in fault for fault in translation_faults(path.stem, cells(path), texts))


def test_a_text_whose_cell_went_is_seen():
    path = next(path for path in BOOKS if path.stem == "city_trend")
    kept = [cell for cell in cells(path) if cell["id"] != "h-panels"]
    assert translation_faults(path.stem, kept, load_catalogue().texts) == ["city_trend.h-panels: no such cell"]


def test_the_plan_publishes_both_languages_of_every_page():
    from qdlib.publishing.plan import read_plan

    languages = {line.entry["notebook"]: line.entry["languages"] for line in read_plan().lines}
    assert languages == {path.stem: ["zh", "en"] for path in PLANNED}
