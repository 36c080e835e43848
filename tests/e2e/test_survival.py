"""What was written in a workspace stays: over stop and start, and over a restart of the cluster's node."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cluster.editor import SETTINGS, SETTINGS_PATH
from cluster.kind.node import node_name
from cluster.manifests.workspace import HOME
from tests.e2e.conftest import CLUSTER, docker
from tests.e2e.program import Program
from tests.e2e.web import fetch, until_served

pytestmark = pytest.mark.e2e

NAME = "survivor"
MINE = {**SETTINGS, "editor.fontSize": 17, "telemetry.telemetryLevel": "error"}
SETTINGS_FILE = f"{HOME}/{SETTINGS_PATH}"


@pytest.fixture(scope="module")
def written(program: Program) -> Iterator[dict[str, Any]]:
    """A workspace in which a person has changed a file, the settings, and what lies beside the project."""
    made = program.answer("new", "static-site", NAME, "--no-open")
    program.read(NAME, "sh", "-c", "mkdir notes; tee notes/mine.txt >>README.md", stdin="mine\n")
    program.read(NAME, "sh", "-c", f"cat >{SETTINGS_FILE}", stdin=json.dumps(MINE))
    program.read(NAME, "sh", "-c", "echo beside >~/beside.txt")
    yield made
    program.answer("delete", NAME, "--yes")


async def check(program: Program, made: dict[str, Any]) -> None:
    """The workspace runs at its address, with all that was written."""
    [found] = [one for one in program.answer("list") if one["name"] == NAME]
    assert (found["state"], found["url"]) == ("running", made["url"])
    assert program.read(NAME, "cat", "notes/mine.txt", f"{HOME}/beside.txt") == "mine\nbeside\n"
    assert program.read(NAME, "tail", "-n", "1", "README.md") == "mine\n"
    assert json.loads(program.read(NAME, "cat", SETTINGS_FILE)) == MINE
    assert (await until_served(f"{made['url']}?folder=/home/coder/project")).status_code == 200


async def test_stop_and_start(program: Program, written: dict[str, Any]) -> None:
    stopped = program.answer("stop", NAME)
    assert (stopped["state"], stopped["url"]) == ("stopped", written["url"])
    assert (await fetch(written["url"])).status_code != 200
    assert program.error("exec", NAME, "--", "true")["code"] == "workspace-stopped"

    started = program.answer("start", NAME)

    assert (started["state"], started["url"]) == ("running", written["url"])
    await check(program, written)


async def test_a_restarted_node(program: Program, written: dict[str, Any]) -> None:
    """As after a restart of Docker, which starts the node again by itself; the API server follows when it can."""
    docker("restart", node_name(CLUSTER))

    assert program.answer("up")["state"] == "running"

    assert program.answer("start", NAME)["url"] == written["url"]
    await check(program, written)


async def test_a_stopped_node(program: Program, written: dict[str, Any]) -> None:
    """As where Docker does not start it again: every command says so, and `up` brings it back."""
    docker("stop", node_name(CLUSTER))
    assert program.answer("status")["state"] == "stopped"
    error = program.error("list")
    assert error["code"] == "cluster-down"
    assert "vibecode up" in error["hint"]

    assert program.answer("up")["state"] == "running"

    program.answer("start", NAME)
    await check(program, written)
