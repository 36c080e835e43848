"""The review of `chat` in a terminal, as a person does it."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fakes.model_server import KEY, says
from tests.unit.launcher.model_thread import model_server
from tests.unit.launcher.terminal import Terminal

FAKE = [sys.executable, "-m", "tests.fakes.program", "chat", "shop", "be polite"]
ENVIRON = {"VIBECODE_AI_KEY": KEY, "TERM": "xterm", "PYTHONPATH": str(Path(__file__).parents[3])}
ANSWER = """\
README.md
<<<<<<< SEARCH
# Shop
=======
# Our shop
>>>>>>> REPLACE
notes.md
<<<<<<< SEARCH
=======
notes
>>>>>>> REPLACE
```run
cat README.md; ls
```
"""
FIRST = b"Take it (1 of 2)? [y]es, [n]o, [e]dit, [a]ll, [q]uit: "
SECOND = FIRST.replace(b"1 of", b"2 of")


@contextmanager
def chatting(answer: str, **environ: str) -> Iterator[Terminal]:
    with (
        model_server(says(answer)) as server,
        Terminal(FAKE, ENVIRON | os.environ | {"VIBECODE_AI_URL": server.url, "NO_COLOR": "1"} | environ) as terminal,
    ):
        yield terminal


@pytest.mark.parametrize(
    ("answers", "written", "after"),
    [
        ([b"y", b"n"], "Written: README.md.", "# Our shop README.md"),
        ([b"n", b"y"], "Written: notes.md.", "# Shop README.md notes.md"),
        ([b"?", b"a"], "Written: README.md, notes.md.", "# Our shop README.md notes.md"),
        ([b"q"], "Nothing is written.", "# Shop README.md"),
    ],
)
def test_only_what_is_taken_is_written(answers: list[bytes], written: str, after: str) -> None:
    with chatting(ANSWER) as terminal:
        shown = terminal.read_until(FIRST)
        terminal.send(answers[0] + b"\n")
        for answer in answers[1:]:
            shown += terminal.read_until(FIRST if answers[0] == b"?" else SECOND)
            terminal.send(answer + b"\n")
        shown += terminal.read_until(b"Run it? [y/N] ")
        terminal.send(b"y\n")
        code = terminal.wait()

    assert code == 0, terminal.printed.decode()
    assert b"    1 - # Shop\r\n    1 + # Our shop\r\n" in shown
    assert b"    cat README.md; ls\r\n" in shown
    ended = terminal.printed.decode()
    assert written in ended
    assert after in " ".join(ended.split())


def editor(folder: Path, script: str) -> str:
    program = folder / "editor"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return f"{program} --wait"


def test_a_change_is_edited_shown_again_and_written_as_the_person_left_it(tmp_path: Path) -> None:
    with chatting(ANSWER, EDITOR=editor(tmp_path, 'cat "$2" && echo "# Their shop" >"$2"'), VISUAL="") as terminal:
        terminal.read_until(FIRST)
        terminal.send(b"e\n")
        shown = terminal.read_until(FIRST)
        terminal.send(b"y\n")
        terminal.read_until(SECOND)
        terminal.send(b"q\n")
        terminal.read_until(b"Run it? [y/N] ")
        terminal.send(b"y\n")
        assert terminal.wait() == 0, terminal.printed.decode()

    assert b"# Our shop\r\n    1 - # Shop\r\n    1 + # Their shop\r\n" in shown, "the editor had the model's lines"
    assert "# Their shop README.md" in " ".join(terminal.printed.decode().split())


@pytest.mark.parametrize(
    ("script", "said"), [("exit 1", "ended with exit code 1"), (None, "/nowhere/editor: No such file or directory")]
)
def test_an_editor_that_fails_leaves_the_change_as_it_was(tmp_path: Path, script: str | None, said: str) -> None:
    program = editor(tmp_path, script) if script else "/nowhere/editor"
    with chatting(ANSWER, EDITOR=program, VISUAL="") as terminal:
        terminal.read_until(FIRST)
        terminal.send(b"e\n")
        shown = terminal.read_until(FIRST)
        terminal.send(b"y\n")
        terminal.read_until(SECOND)
        terminal.send(b"q\n")
        terminal.read_until(b"Run it? [y/N] ")
        terminal.send(b"y\n")
        assert terminal.wait() == 0, terminal.printed.decode()

    assert said.encode() in shown
    assert b"export EDITOR=nano" in shown
    assert "# Our shop README.md" in " ".join(terminal.printed.decode().split())


def test_a_command_runs_only_when_agreed_to() -> None:
    with chatting("```run\necho it ran >ran; cat ran\n```\n") as terminal:
        terminal.read_until(b"Run it? [y/N] ")
        terminal.send(b"n\n")
        assert terminal.wait() == 0, terminal.printed.decode()

    assert "it ran" not in terminal.printed.decode()
    assert "It proposes no change." in terminal.printed.decode()
