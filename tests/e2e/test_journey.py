"""What a person types, from the templates to an empty list."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.program import VIBECODE, Program
from tests.e2e.web import until_served
from tests.unit.launcher.terminal import Terminal

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def made(program: Program) -> Iterator[dict[str, Any]]:
    """What `new` answers with a name of the person's choice."""
    yield program.answer("new", "static-site", "journey", "--no-open")
    program.answer("delete", "journey", "--yes")


def test_templates(program: Program) -> None:
    assert {one["id"] for one in program.answer("templates")} >= {"python-fastapi", "node-express", "static-site"}


def test_a_name_that_is_taken_is_refused_and_what_is_there_stays(program: Program, made: dict[str, Any]) -> None:
    program.read(made["name"], "touch", "here")

    error = program.error("new", "static-site", made["name"], "--no-open")

    assert error["code"] == "name-taken"
    assert f"vibecode open {made['name']}" in error["hint"]
    assert program.read(made["name"], "ls", "here") == "here\n"


def test_list_and_status_show_the_workspace(program: Program, made: dict[str, Any]) -> None:
    listed = {one["name"]: one for one in program.answer("list")}
    status = program.answer("status")

    mine = listed[made["name"]]
    same = ("url", "state", "engine", "template")
    assert [mine[key] for key in same] == [made[key] for key in same]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", mine["created"])
    assert (status["engine"], status["state"]) == ("kind", "running")
    assert [one["name"] for one in status["workspaces"]] == list(listed)
    assert made["url"] in program.run("list").out


async def test_open_gives_the_editor_and_any_port(program: Program, made: dict[str, Any]) -> None:
    name = made["name"]
    assert program.answer("open", name, "--no-open")["url"] == made["url"]
    address = program.answer("open", name, "--port", "9000", "--no-open")["url"]
    assert address == made["url"].replace("://", "://9000-")
    program.read(name, "sh", "-c", "echo at port 9000 >/tmp/index.html")
    program.read(name, "sh", "-c", "cd /tmp; python3 -m http.server 9000 --bind 127.0.0.1 >/tmp/9000.log 2>&1 &")

    assert (await until_served(address, within=30)).text == "at port 9000\n"


def test_logs(program: Program, made: dict[str, Any]) -> None:
    lines = program.answer("logs", made["name"])["lines"]
    last = program.run("logs", made["name"], "--tail", "1").out

    assert any("HTTP server listening on" in line for line in lines)
    assert len(last.splitlines()) == 1


def test_exec_passes_on_streams_and_the_exit_code(program: Program, made: dict[str, Any]) -> None:
    ended = program.run("exec", made["name"], "--", "sh", "-c", "cat; echo err >&2; pwd; exit 7", stdin="typed\n")

    assert (ended.code, ended.out, ended.err) == (7, "typed\n/home/coder/project\n", "err\n")


def test_exec_is_a_terminal_where_there_is_one(program: Program, made: dict[str, Any]) -> None:
    """It has the size of the person's own, follows it, and Ctrl+C goes to what runs inside."""
    command = [str(VIBECODE), "exec", made["name"], "--", "bash"]
    with Terminal(command, {**os.environ, "TERM": "xterm", **program.environment}, columns=91, rows=33) as terminal:
        terminal.read_until(b"$ ")
        terminal.send(b"stty size\r")
        terminal.read_until(b"33 91\r\n")
        terminal.resize(120, 44)
        terminal.read_until(b"$ ")
        terminal.send(b"echo begun; sleep 600\r")
        terminal.read_until(b"begun\r\n")
        terminal.send(b"\x03")
        terminal.read_until(b"^C")
        terminal.read_until(b"$ ")
        terminal.send(b"echo code $?; stty size; exit 5\r")
        terminal.read_until(b"code 130\r\n44 120\r\n")
        assert terminal.wait() == 5


def test_import_takes_what_git_would_and_names_the_rest(program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "My Shop"
    for path, text in {
        ".git/config": "[core]",
        ".gitignore": "build/\n*.log\n",
        ".env": "KEY=secret",
        "build/out.js": "made",
        "debug.log": "said",
        "src/main.py": "print('mine')",
        "run": "#!/bin/sh\necho ran\n",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (folder / "run").chmod(0o755)

    ended = program.run("import", str(folder), "--no-open", "--json")

    assert (ended.code, ended.document["name"], ended.document["state"]) == (0, "my-shop", "running"), ended.err
    for name in (".env", "build/", "debug.log", ".git/"):
        assert re.search(rf"Left out: .*{re.escape(name)}", ended.err), ended.err
    assert "KEY=secret" not in ended.err
    found = program.read("my-shop", "find", ".", "-type", "f")
    assert sorted(found.split()) == ["./.gitignore", "./run", "./src/main.py"]
    assert program.read("my-shop", "./run") == "ran\n"
    assert program.answer("delete", "my-shop", "--yes") == {"deleted": ["my-shop"]}


async def test_delete_takes_one_and_leaves_the_others(program: Program, made: dict[str, Any]) -> None:
    gone = program.answer("new", "static-site", "gone", "--set", "title=Soon gone", "--no-open")
    assert "Soon gone" in program.read("gone", "cat", "site/index.html")
    before = {one["name"]: one["state"] for one in program.answer("list")}
    refused = program.run("delete", "gone")
    assert refused.code == 2
    assert "--yes" in refused.err

    assert program.answer("delete", "gone", "--yes") == {"deleted": ["gone"]}

    assert {one["name"]: one["state"] for one in program.answer("list")} | {"gone": "running"} == before
    assert program.error("open", "gone", "--no-open")["code"] == "workspace-not-found"
    assert program.read(made["name"], "ls", "README.md") == "README.md\n"
    assert gone["url"] not in program.run("list").out
