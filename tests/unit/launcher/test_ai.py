"""`vibecode ai`, as scripts and people see it, on a fake engine and a scripted model over real HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.fakes.engine import FakeEngine
from tests.fakes.model_server import KEY, ModelServer, Reply, Script, delta, refuses, says
from tests.fakes.secrets import MemorySecrets
from tests.unit.launcher.conftest import Cli
from tests.unit.launcher.model_thread import model_server

PLAN = """\
NAME: greeter
TITLE: A greeter
SUMMARY: Says hello
LANGUAGE: Shell
STACK: sh
BASE: none
PORTS: none
INSTALL: none
RUN: none
TEST: sh test.sh
FILES:
- hello.sh: says hello
- test.sh: tests it
"""
FILES = '<file path="hello.sh">\necho hello\n</file>\n<file path="test.sh">\nsh hello.sh | grep hello\n</file>\n'
PROMPT = "a script that says hello"
PLANNED = says(PLAN, cost=0.01)
WRITTEN = says(FILES, cost=0.02)


@pytest.fixture
def local(engine: FakeEngine) -> FakeEngine:
    """An engine that runs nothing apart."""
    engine.lacks = {"network-isolation": "Workspaces here are processes of yours."}
    return engine


@contextmanager
def asking(vibecode: Cli, *script: Script, **more: Any) -> Iterator[ModelServer]:
    vibecode.services["secrets"] = MemorySecrets
    with model_server(*script, **more) as server:
        vibecode.environ |= {"VIBECODE_AI_URL": server.url, "VIBECODE_AI_KEY": KEY}
        yield server


def test_a_prompt_becomes_a_workspace_that_works(vibecode: Cli, engine: FakeEngine) -> None:
    with asking(vibecode, PLANNED, WRITTEN) as server:
        result = vibecode("ai", PROMPT, "--yes")

    assert result.code == 0, result.err
    assert "greeter is ready after" in result.out
    assert "It works: `sh test.sh` succeeded. The model cost $0.0300." in result.out
    assert "writes 2 files, about $0.0" in result.err
    assert "✓ Running its tests: sh test.sh" in result.err
    assert (engine.config.home / "greeter" / "hello.sh").read_text() == "echo hello\n"
    assert PROMPT in server.requests[0]["messages"][-1]["content"]
    assert set(server.keys) == {f"Bearer {KEY}"}
    assert KEY not in result.out + result.err


def test_the_document_for_a_script(vibecode: Cli) -> None:
    with asking(vibecode, PLANNED, WRITTEN):
        result = vibecode("ai", PROMPT, "shop", "--yes", "--json")

    document = result.document
    assert set(document) == {"name", "url", "state", "engine", "template", "seconds", "verified", "cost"}
    assert (document["name"], document["state"], document["verified"], document["cost"]) == (
        "shop",
        "running",
        True,
        0.03,
    )


def test_it_is_repaired_and_what_does_not_work_is_said(vibecode: Cli) -> None:
    vibecode.environ["VIBECODE_AI_REPAIRS"] = "1"
    broken = says(FILES.replace("grep hello", "grep goodbye"))
    with asking(vibecode, PLANNED, broken, says('<file path="hello.sh">\necho salut\n</file>\n')) as server:
        result = vibecode("ai", PROMPT, "--yes")

    assert result.code == 0
    assert "It does not work yet" in result.out
    assert 'vibecode chat greeter "…"' in result.out
    assert "exit code 1" in server.requests[2]["messages"][-1]["content"]


def test_without_a_terminal_the_plan_needs_a_yes_and_nothing_is_asked(vibecode: Cli) -> None:
    with asking(vibecode) as server:
        result = vibecode("ai", PROMPT, "--json")
    assert result.code == 2
    assert "--yes" in result.document["error"]["hint"]
    assert server.requests == []


def test_without_isolation_nothing_is_run_by_yes_alone(vibecode: Cli, local: FakeEngine) -> None:
    with asking(vibecode, PLANNED, WRITTEN):
        result = vibecode("ai", PROMPT, "--yes", "--json")
    assert result.document["verified"] is None
    assert "Running its tests" not in result.err


def test_without_isolation_run_is_a_yes(vibecode: Cli, local: FakeEngine) -> None:
    with asking(vibecode, PLANNED, WRITTEN):
        assert vibecode("ai", PROMPT, "--yes", "--run", "--json").document["verified"] is True


def test_a_base_is_rendered_and_changed(vibecode: Cli, engine: FakeEngine) -> None:
    with asking(vibecode, says(PLAN.replace("BASE: none", "BASE: static-site")), WRITTEN):
        result = vibecode("ai", PROMPT, "--yes", "--json")
    assert result.document["template"] == "static-site"
    assert (engine.config.home / "greeter" / "site" / "index.html").exists()
    assert (engine.config.home / "greeter" / "hello.sh").exists()


def test_hostile_files_are_left_out_and_named(vibecode: Cli, engine: FakeEngine) -> None:
    hostile = '<file path="../../escaped">\nx\n</file>\n<file path=".git/hooks/post-checkout">\nx\n</file>\n'
    with asking(vibecode, PLANNED, says(hostile + FILES)):
        result = vibecode("ai", PROMPT, "--yes")
    assert result.code == 0
    assert "Left out: '../../escaped'" in result.err
    assert ".git/hooks/post-checkout" in result.err
    assert not (engine.config.home.parent / "escaped").exists()


# Interrupted


def test_what_has_arrived_is_not_asked_for_again(vibecode: Cli, engine: FakeEngine) -> None:
    cut = FILES.index("test.sh")
    with asking(vibecode, PLANNED, Reply([delta(FILES[:cut])], cut=True), *[refuses(401, "no")] * 2) as server:
        result = vibecode("ai", PROMPT, "--yes")
        assert result.code == 1
        assert len(server.requests) == 3  # the plan, the files, and how they go on

    with asking(vibecode, says(FILES[FILES.rindex("<file") :])) as server:
        result = vibecode("ai", PROMPT, "--yes")
    assert result.code == 0, result.err
    assert "Going on with" in result.err
    [request] = server.requests
    assert "You were cut off" in request["messages"][-1]["content"]
    assert (engine.config.home / "greeter" / "test.sh").read_text() == "sh hello.sh | grep hello\n"


def test_when_it_has_ended_the_same_prompt_begins_anew(vibecode: Cli) -> None:
    with asking(vibecode, PLANNED, WRITTEN, PLANNED, WRITTEN):
        vibecode("ai", PROMPT, "--yes")
        result = vibecode("ai", PROMPT, "--yes", "--json")
    assert result.document["name"] == "greeter-2"


def interrupted(vibecode: Cli) -> None:
    with asking(vibecode, PLANNED, refuses(402, "Insufficient credits")):
        result = vibecode("ai", PROMPT, "--yes", "--json")
    assert result.document["error"]["code"] == "model-credit-missing"


def test_it_is_resumed_by_word(vibecode: Cli) -> None:
    interrupted(vibecode)
    with asking(vibecode, WRITTEN):
        assert vibecode("ai", "--resume", "--yes", "--json").document["verified"] is True
    assert vibecode("ai", "--resume", "--yes").code == 2


def test_it_is_dropped_by_word(vibecode: Cli) -> None:
    interrupted(vibecode)
    [dropped] = vibecode("ai", "--drop", "--json").document["dropped"]
    assert (dropped["prompt"], dropped["name"]) == (PROMPT, "greeter")
    assert vibecode("ai", "--drop", "--json").document == {"dropped": []}
    with asking(vibecode, PLANNED, WRITTEN) as server:
        assert vibecode("ai", PROMPT, "--yes", "--json").document["verified"] is True
    assert len(server.requests) == 2


def test_an_answer_that_is_of_no_use_is_not_kept(vibecode: Cli) -> None:
    with asking(vibecode, *[says("I would rather not.")] * 3):
        result = vibecode("ai", PROMPT, "--yes", "--json")
    assert result.document["error"]["code"] == "plan-unreadable"
    with asking(vibecode, PLANNED, WRITTEN):
        assert vibecode("ai", PROMPT, "--yes", "--json").document["verified"] is True


def test_a_request_that_was_refused_leaves_nothing_to_resume(vibecode: Cli) -> None:
    with asking(vibecode, refuses(401, "no such key")):
        result = vibecode("ai", PROMPT, "--yes", "--json")
    assert result.document["error"]["code"] == "model-key-wrong"
    assert vibecode("ai", "--drop", "--json").document == {"dropped": []}


def test_a_budget_that_is_used_up_stops_before_anything_is_sent(vibecode: Cli) -> None:
    vibecode.environ["VIBECODE_AI_BUDGET_REQUEST"] = "0.0001"
    with asking(vibecode) as server:
        result = vibecode("ai", PROMPT, "--yes", "--json")
    assert result.document["error"]["code"] == "budget-reached"
    assert server.requests == []


# Names and words


def test_a_name_that_is_taken_is_told_and_what_was_written_is_kept(vibecode: Cli) -> None:
    with asking(vibecode, PLANNED, WRITTEN, PLANNED):
        vibecode("ai", "another", "shop", "--yes")
        result = vibecode("ai", PROMPT, "shop", "--yes", "--json")
    assert result.document["error"]["code"] == "name-taken"


@pytest.mark.parametrize("arguments", [("ai",), ("ai", " "), ("ai", "--yes"), ("ai", "--resume")])
def test_a_prompt_is_needed(vibecode: Cli, arguments: tuple[str, ...]) -> None:
    result = vibecode(*arguments)
    assert result.code == 2
    assert "vibecode ai" in result.err.splitlines()[-1]


def test_what_it_cost_is_in_usage(vibecode: Cli) -> None:
    with asking(vibecode, PLANNED, WRITTEN):
        vibecode("ai", PROMPT, "--yes")
    document = vibecode("usage", "--json").document
    assert document["total"]["cost"] == pytest.approx(0.03)
    assert document["total"]["requests"] == 2
    assert document["workspaces"]["greeter"]["cost"] == pytest.approx(0.02)
    assert document["models"]["some/model"]["requests"] == 2
    assert "workspace greeter" in vibecode("usage").out
