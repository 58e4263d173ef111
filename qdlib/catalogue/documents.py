"""Catalogue files -> plain entries, with every fault collected.

Takes the YAML and CSV files of a catalogue folder; gives `Entry` objects whose typed readers note a fault instead of raising.
YAML is read with the base loader, because plain YAML would turn the code 0532 into 346 and `no` into False: each scalar is
text and is converted by the type of its field. Knows nothing of what the entries mean.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path

import yaml

from qdlib.errors import nearest

# Zero-width, no-break and ideographic spaces: invisible in an editor, fatal in an exact comparison.
HIDDEN = {"\u200b": "zero-width space", "\ufeff": "byte order mark", "\u00a0": "no-break space", "\u3000": "ideographic space"}
_REQUIRED = object()


@dataclass(frozen=True)
class Name:
    """A name or sentence in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh


def is_day(text: str) -> bool:
    """True for a day that the calendar has, written YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


# Both build the same text, lists and maps; the one in C, where PyYAML was built with it, takes a fifth of the time.
BaseLoader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class UniqueKeyLoader(BaseLoader):
    """The base loader, but a key that stands twice is an error: plain YAML keeps the last one without a word."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        repeated = sorted({key for key in keys if keys.count(key) > 1})
        if repeated:
            raise yaml.constructor.ConstructorError(None, None, f"key {', '.join(repeated)} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


@dataclass
class Entry:
    """One entry of a catalogue file: typed readers, and a list of what is wrong with it."""

    values: dict
    where: str
    faults: list[str]
    used: set = field(default_factory=set)

    def fault(self, sentence: str) -> None:
        self.faults.append(f"{self.where}: {sentence}")

    def raw(self, key: str, default=_REQUIRED):
        self.used.add(key)
        if key in self.values and self.values[key] not in ("", None):
            return self.values[key]
        if default is _REQUIRED:
            self.fault(f"`{key}` is missing; state it")
            return None
        return default

    def text(self, key: str, default=_REQUIRED) -> str | None:
        value = self.raw(key, default)
        if value is not None and value is not default and not isinstance(value, str):
            self.fault(f"`{key}` is {value!r}, expected one text")
            return None
        return value

    def choice(self, key: str, allowed: Iterable[str], default=_REQUIRED) -> str | None:
        value, allowed = self.text(key, default), tuple(allowed)
        if value is not None and value is not default and value not in allowed:
            self.fault(f"`{key}` is {value!r}, expected one of {', '.join(allowed)}{nearest(value, allowed)}")
        return value

    def flag(self, key: str, default=_REQUIRED) -> bool:
        known = {"yes": True, "true": True, "no": False, "false": False}
        value = self.text(key, default)
        if isinstance(value, str) and value not in known:
            self.fault(f"`{key}` is {value!r}, expected yes or no")
        return known.get(value, value) if isinstance(value, str) else bool(value)

    def integer(self, key: str, default=_REQUIRED) -> int | None:
        value = self.text(key, default)
        if value is None or value is default:
            return value
        try:
            return int(value)
        except ValueError:
            self.fault(f"`{key}` is {value!r}, expected a whole number")

    def number(self, key: str, default=_REQUIRED) -> Fraction | None:
        value = self.text(key, default)
        if value is None or value is default:
            return value
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError):
            self.fault(f"`{key}` is {value!r}, expected a number such as 33, 0.03 or 1/10000")

    def day(self, key: str, default=_REQUIRED) -> str | None:
        value = self.text(key, default)
        if isinstance(value, str) and not is_day(value):
            self.fault(f"`{key}` is {value!r}, expected a day such as 2026-06-30")
        return value

    def texts(self, key: str, default=_REQUIRED) -> tuple[str, ...]:
        value = self.raw(key, default)
        if value is None:
            return ()
        if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.fault(f"`{key}` is {value!r}, expected a list of texts")
        return ()

    def integers(self, key: str, default=_REQUIRED) -> tuple[int, ...]:
        values = self.texts(key, default)
        for value in values:
            if not value.isdecimal():
                self.fault(f"`{key}` holds {value!r}, expected whole numbers")
        return tuple(int(value) for value in values if value.isdecimal())

    def name(self, key: str, default=_REQUIRED) -> Name | None:
        value = self.raw(key, default)
        if value is None or value is default:
            return value
        if isinstance(value, dict) and set(value) == {"zh", "en"} and all(isinstance(text, str) and text for text in value.values()):
            return Name(**value)
        self.fault(f"`{key}` is {value!r}, expected zh and en, both filled")

    def child(self, key: str, default=_REQUIRED) -> "Entry | None":
        value = self.raw(key, default)
        if value is None or value is default:
            return None
        if isinstance(value, dict):
            return Entry(value, f"{self.where}, {key}", self.faults)
        self.fault(f"`{key}` is {value!r}, expected keys and values")

    def children(self, key: str) -> list["Entry"]:
        value = self.raw(key, [])
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return [Entry(item, f"{self.where}, {key} {number}", self.faults) for number, item in enumerate(value, start=1)]
        self.fault(f"`{key}` is {value!r}, expected a list of entries")
        return []

    def finish(self) -> None:
        """Note each key that nothing has read: a misspelt key would otherwise be lost."""
        for key in sorted(set(self.values) - self.used):
            self.fault(f"unknown key `{key}`{nearest(key, self.used)}")


def read_yaml(path: Path, faults: list[str]):
    """The content of a YAML file with every scalar as text; None and a fault when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
        note_hidden(text, path.name, faults)
        return yaml.load(text, UniqueKeyLoader)  # a base loader: it builds text, lists and maps only
    except FileNotFoundError:
        faults.append(f"{path.name} is missing from the catalogue")
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        faults.append(f"{path.name} is not readable YAML: {' '.join(str(error).split())}")
    return None


def note_hidden(text: str, file: str, faults: list[str]) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        for character, name in HIDDEN.items():
            if character in line:
                faults.append(f"{file}, line {number}: a {name} hides in {line.strip()[:60]!r}; type a plain space or none")


def keyed_entries(path: Path, faults: list[str]) -> list[tuple[str, Entry]]:
    """The entries of a file that maps ids to entries; ids must be sorted, so that a change is a readable diff."""
    content = read_yaml(path, faults)
    if content is None:
        return []
    if not isinstance(content, dict):
        faults.append(f"{path.name} must map ids to entries, found {type(content).__name__}")
        return []
    if list(content) != sorted(content):
        wrong = next(b for a, b in zip(content, list(content)[1:], strict=False) if b < a)
        faults.append(f"{path.name}: entries must be sorted by id, {wrong} stands too late")
    return [(key, Entry(value if isinstance(value, dict) else {}, f"{path.name}, {key}", faults)) for key, value in content.items()]


def listed_entries(path: Path, faults: list[str]) -> list[Entry]:
    """The entries of a file that is a list."""
    content = read_yaml(path, faults) or []
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        faults.append(f"{path.name} must be a list of entries")
        return []
    return [Entry(item, f"{path.name}, {item.get('id', f'entry {number}')}", faults) for number, item in enumerate(content, start=1)]


def table_entries(path: Path, faults: list[str]) -> list[Entry]:
    """The rows of a catalogue CSV as entries."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
    except FileNotFoundError:
        faults.append(f"{path.name} is missing from the catalogue")
        return []
    note_hidden(text, path.name, faults)
    rows = list(csv.DictReader(text.splitlines()))
    return [Entry(dict(row), f"{path.name}, line {number}", faults) for number, row in enumerate(rows, start=2)]
