"""`vibecode ai` with a person at a terminal: the plan is theirs to change, and so is what runs."""

import os
import sys
from pathlib import Path

from tests.fakes.model_server import Script, refuses, says
from tests.unit.launcher.model_thread import model_server
from tests.unit.launcher.terminal import Terminal
from tests.unit.launcher.test_ai import FILES, PLAN, PROMPT

ROOT = Path(__file__).parents[3]
PROGRAM = """
import sys
from pathlib import Path
from cluster.config import ClusterConfig
from launcher import cli, wiring
from tests.fakes.engine import FakeEngine
from tests.fakes.secrets import MemorySecrets

async def docker_answers(): ...

engine = FakeEngine(ClusterConfig(home=Path(sys.argv[1])))
engine.lacks = {"network-isolation": "Workspaces here are processes of yours."}
services = wiring.Services(kind=lambda _: engine, docker_obstacle=docker_answers, secrets=MemorySecrets)
sys.exit(cli.main(["ai", sys.argv[2], "--no-open"], services))
"""
WRITE, RUN = b"say what is to be different: ", b"Run them as you? [y/N] "


def talk(tmp_path: Path, *script: Script, answers: list[tuple[bytes, bytes]]) -> tuple[int, str, list[str]]:
    """Answers each question; the exit code, all that was printed, and what the model was asked last each time."""
    with model_server(*script) as server:
        own = {"VIBECODE_HOME": str(tmp_path / "vibecode"), "VIBECODE_AI_URL": server.url}
        environ = {**os.environ, **own, "TERM": "xterm", "PYTHONPATH": str(ROOT)}
        engine = tmp_path / "engine" / server.url.split(":")[2].partition("/")[0]  # a fake does not outlive its program
        command = (sys.executable, "-c", PROGRAM, str(engine), PROMPT)
        with Terminal(command, environ) as terminal:
            printed = b""
            for question, answer in answers:
                printed += terminal.read_until(question)
                terminal.send(answer)
            code = terminal.wait()
            printed += terminal.printed
    return code, printed.decode(), [request["messages"][-1]["content"] for request in server.requests]


def test_the_plan_is_changed_accepted_and_its_commands_are_run_after_a_yes(tmp_path: Path) -> None:
    code, printed, asked = talk(
        tmp_path,
        says(PLAN),
        says(PLAN.replace("Says hello", "Says hello to the world")),
        says(FILES),
        answers=[(WRITE, b"Greet the world\n"), (WRITE, b"y\n"), (RUN, b"y\n")],
    )
    assert code == 0, printed
    assert "Greet the world" in asked[1]
    assert "Says hello to the world" in asked[2]
    assert "Workspaces here are processes of yours." in printed
    assert printed.index("sh test.sh", printed.index("The model wrote these commands")) < printed.index("Run them as")
    assert "It works: `sh test.sh` succeeded." in printed


def test_a_plan_that_is_not_wanted_leaves_nothing(tmp_path: Path) -> None:
    code, printed, asked = talk(tmp_path, says(PLAN), answers=[(WRITE, b"n\n")])
    assert code == 1
    assert "Nothing is written." in printed
    assert len(asked) == 1
    assert not (tmp_path / "engine").exists()
    assert list((tmp_path / "vibecode" / "data" / "generations").iterdir()) == []


def test_commands_that_are_not_wanted_are_not_run(tmp_path: Path) -> None:
    code, printed, _ = talk(tmp_path, says(PLAN), says(FILES), answers=[(WRITE, b"y\n"), (RUN, b"\n")])
    assert code == 0
    assert "Whether it works is not known: nothing of it was run." in printed
    assert "Running its tests" not in printed


def test_a_plan_that_was_accepted_before_the_interruption_is_not_asked_about_again(tmp_path: Path) -> None:
    talk(tmp_path, says(PLAN), refuses(402, "no credit"), answers=[(WRITE, b"y\n")])
    code, printed, asked = talk(tmp_path, says(FILES), answers=[(RUN, b"y\n")])
    assert code == 0, printed
    assert "Going on with" in printed
    assert len(asked) == 1
