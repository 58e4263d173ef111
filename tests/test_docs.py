"""README, CONTRIBUTING and --help say what there is."""

import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from qdlib.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("verb", sorted(main.commands))
def test_every_verb_is_in_the_readme(verb):
    assert f"`qd {verb}" in README


@pytest.mark.parametrize(
    ("verb", "option"),
    [(verb, option) for verb, command in main.commands.items() for option in command.params if isinstance(option, click.Option)],
)
def test_every_option_explains_itself(verb, option):
    assert option.help or isinstance(option.type, click.Choice), f"qd {verb} {option.opts}"


def test_every_verb_of_the_readme_exists():
    assert set(re.findall(r"^\| `qd (\w+)", README, re.M)) == set(main.commands)


@pytest.mark.parametrize("what", ["cities", "indicators", "targets", "programme", "notebooks", "sources", "revisions"])
def test_keys_of_the_lists_are_documented(what, frozen):
    result = CliRunner().invoke(main, ["list", what, "--format", "json"])
    assert result.exit_code == 0, result.stderr
    rows = json.loads(result.stdout)
    section = re.search(rf"^- `{what}`:(.*?)(?=^- `|\Z|^## )", README, re.M | re.S).group(1)
    assert rows and all(set(row) == set(rows[0]) for row in rows)
    for key in rows[0]:
        assert f"`{key}`" in section, key


def test_statuses_and_reasons_are_documented():
    from qdlib.analysis import programme
    from qdlib.analysis.evidence import REASONS
    from qdlib.analysis.schedule import WORDS

    for word in (*WORDS, *REASONS, *programme.WORDS):
        assert re.search(rf"\b{word}\b", README), word


def test_first_page_answers_for_whom_and_how():
    for phrase in (
        "python3 tasks.py report",
        "python3 tasks.py test",
        "python3 tasks.py lab",
        "中文简介",
        "import qdlib as qd",
        "LICENSE",
    ):
        assert phrase in README
    assert "![" not in README


def test_python_example_of_the_readme_runs(frozen):
    code = re.search(r"```python\n(.*?)```", README, re.S).group(1)
    space: dict = {}
    exec(code, space)
    assert space["gdp"]["amount"].gt(0).all()


def test_changelog_has_its_three_headings():
    unreleased = (ROOT / "CHANGELOG.md").read_text("utf-8").split("## Unreleased")[1]
    assert [line for line in unreleased.splitlines() if line.startswith("### ")][:3] == ["### Data", "### Methods", "### Code"]


def test_no_path_of_a_machine_and_no_registry():
    for path in [*ROOT.glob("*.*"), *(ROOT / "qdlib").rglob("*.py"), *(ROOT / "qdlib").rglob("*.yml")]:
        if path.is_file():
            text = path.read_text("utf-8")
            assert not re.search(r"(?:^|[^\w.])/(?:home|work|root|Users)/", text), path
            assert "index-url" not in text or path.suffix == ".py", path
