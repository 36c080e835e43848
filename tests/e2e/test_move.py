"""A workspace from the cluster to processes of this user and back, by the command line."""

from collections.abc import Iterator
from typing import Any

import pytest

from cluster.kind.ports import free_port
from tests.e2e.program import Program

pytestmark = pytest.mark.e2e

NAME = "mover"
FILL = r"""
mkdir -p 'a folder/größe' node_modules/left
head -c 3000000 /dev/urandom >data.bin
printf 'first\nsecond' >'a folder/größe/naïve name.txt'
: >empty
printf '#!/bin/sh\necho runs\n' >go.sh && chmod 755 go.sh
ln -s data.bin link
echo left >node_modules/left/index.js
cd "$HOME/.local/share/code-server/User"
printf '{"editor.fontSize": 21}' >settings.json
printf '[{"key": "ctrl+k", "command": "x"}]' >keybindings.json
mkdir -p snippets && printf '{}' >snippets/python.json
"""
HASHES = """
cd "$HOME" && find project .local/share/code-server/User/settings.json .local/share/code-server/User/keybindings.json \
  .local/share/code-server/User/snippets -type f -not -path '*/node_modules/*' -exec sha256sum {} + | LC_ALL=C sort
readlink project/link && project/go.sh
"""


@pytest.fixture(scope="module")
def both(environment: dict[str, str]) -> Iterator[Program]:
    """The command line on the shared cluster, and on local workspaces whose proxy has a port of its own."""
    program = Program(environment)
    local = Program({**environment, "VIBECODE_ENGINE": "local", "VIBECODE_HTTP_PORT": str(free_port())})
    local.answer("up")
    yield program
    local.answer("down", "--yes")


@pytest.fixture
def made(both: Program) -> Iterator[dict[str, Any]]:
    yield both.answer("new", "static-site", NAME, "--no-open")
    both.run("delete", NAME, "--yes")


def test_a_workspace_is_the_same_in_the_other_engine_and_after_it_came_back(
    both: Program, made: dict[str, Any]
) -> None:
    assert made["engine"] == "kind"
    both.read(NAME, "sh", "-ec", FILL)
    before = both.read(NAME, "sh", "-ec", HASHES)
    assert "naïve name.txt" in before

    for engine in ("local", "kind"):
        moved = both.answer("move", NAME, "--to", engine)

        assert (moved["engine"], moved["state"], moved["template"]) == (engine, "running", "static-site")
        assert [one["engine"] for one in both.answer("list") if one["name"] == NAME] == [engine]
        assert both.read(NAME, "sh", "-ec", HASHES) == before
        assert both.run("exec", NAME, "--", "test", "-e", "node_modules").code == 1
