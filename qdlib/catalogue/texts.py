"""Sentences for people, in both languages, by id.

Takes `text/*.yml`, where `id: {zh: …, en: …}` may be nested and nested keys are joined by dots; gives `Texts`, whose `say`
fills the braces. A sentence that lacks a language or a value is a fault, never an empty string.
"""

import string
from pathlib import Path

from qdlib.catalogue.documents import Name, read_yaml
from qdlib.errors import CatalogueError, nearest


class Texts(dict):
    """Text id -> Name."""

    def say(self, key: str, language: str, **values) -> str:
        """The sentence in the language with its braces filled; CatalogueError on an unknown id or a missing value."""
        if key not in self:
            raise CatalogueError(f"text `{key}` is not in catalogue/text{nearest(key, self)}")
        sentence = self[key].in_language(language)
        try:
            return sentence.format(**values)
        except (KeyError, IndexError) as error:
            given = ", ".join(values) or "nothing"
            raise CatalogueError(f"text `{key}` ({language}) needs {error}, was given {given}: {sentence!r}") from error


def load_texts(folder: Path, faults: list[str]) -> Texts:
    texts = Texts()
    for path in sorted(folder.glob("*.yml")):
        content = read_yaml(path, faults) or {}
        if isinstance(content, dict):
            add_nested(texts, content, "", path.name, faults)
        else:
            faults.append(f"{path.name} must map ids to texts, found {type(content).__name__}")
    return texts


def add_nested(texts: Texts, content: dict, prefix: str, file: str, faults: list[str]) -> None:
    for key, value in content.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and not {"zh", "en"} & set(value):
            add_nested(texts, value, f"{name}.", file, faults)
        elif not isinstance(value, dict) or not {"zh", "en"} <= set(value) or not all(value.values()):
            faults.append(f"{file}, {name}: needs zh and en, both filled, found {value!r}")
        elif name in texts:
            faults.append(f"{file}, {name}: the id stands twice")
        elif None in (placeholders(value["zh"]), placeholders(value["en"])):
            faults.append(f"{file}, {name}: a brace is not closed, or stands alone: {value['zh']!r}, {value['en']!r}")
        elif placeholders(value["zh"]) != placeholders(value["en"]):
            faults.append(f"{file}, {name}: zh and en use different values: {value['zh']!r}, {value['en']!r}")
        else:
            texts[name] = Name(value["zh"], value["en"])


def placeholders(sentence: str) -> set[str] | None:
    """Names in the braces of a sentence; None where the braces do not pair."""
    try:
        return {field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}
    except ValueError:
        return None
