"""The README says what the program does: its settings are the settings, its commands are commands."""

import re
import shlex
from pathlib import Path

import pytest

from launcher.commands.catalog import COMMANDS
from launcher.parser import build_parser
from launcher.settings_docs import markdown_table
from screens import commands

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^    \./vibecode ([^#\n]+)", README, re.MULTILINE)


def test_the_settings_table_is_the_one_that_the_docstrings_make() -> None:
    [table] = re.findall(r"<!-- settings -->\n(.*?)\n<!-- /settings -->", README, re.DOTALL)
    assert table.strip() == markdown_table()


def test_the_table_of_keys_is_the_one_that_the_commands_make() -> None:
    [table] = re.findall(r"<!-- keys -->\n(.*?)\n<!-- /keys -->", README, re.DOTALL)
    assert table.strip() == commands.markdown_table()


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_command_line_in_it_can_be_typed(example: str) -> None:
    words = shlex.split(example)
    own = words[: words.index("--")] if "--" in words else words
    assert build_parser(COMMANDS).parse_args(own).command


def test_there_are_examples_of_it_at_all() -> None:
    assert len(EXAMPLES) > 10


def test_its_pictures_and_links_are_there() -> None:
    root = Path(__file__).parents[2]
    linked = re.findall(r"\]\((?!https?://)([^)#]+)\)", README)
    assert linked
    assert [path for path in linked if not (root / path).exists()] == []
