"""Completion as a shell asks for it."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from templates.sources.source import Source, SourceBook
from tests.unit.launcher.terminal import Terminal
from tests.unit.launcher.test_process import FAKE, environ, run
from tests.unit.templates.sources.conftest import add_template


def completions(line: str, folder: Path, *program: str, **more: str) -> set[str]:
    answer = folder / "answer"
    done = run(
        *(program or FAKE),
        _ARGCOMPLETE="1",
        _ARGCOMPLETE_IFS="\n",
        _ARGCOMPLETE_SUPPRESS_SPACE="1",
        _ARGCOMPLETE_STDOUT_FILENAME=str(answer),
        COMP_LINE=line,
        COMP_POINT=str(len(line.encode())),
        **more,
    )
    assert (done.stdout, done.stderr) == ("", "")
    return set(answer.read_text().split("\n")) - {""}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("vibecode st", {"status", "start", "stop"}),
        ("./vibecode st", {"status", "start", "stop"}),
        ("vibecode stop ", {"shop"}),
        ("vibecode open s", {"shop"}),
        ("vibecode exec ", {"shop"}),
        ("vibecode new python-fa", {"python-fastapi"}),
        ("vibecode templates ", {"show"}),
        ("vibecode templates show st", {"static-site"}),
        ("vibecode delete shop --y", {"--yes"}),
        ("vibecode completion f", {"fish"}),
        ("vibecode new python-fastapi s", set()),
        ("vibecode import scre", {"screens/"}),
    ],
)
def test_commands_flags_and_names_are_completed(line: str, expected: set[str], tmp_path: Path) -> None:
    found = {word.strip() for word in completions(line, tmp_path)}

    assert expected <= found
    if line.endswith(("stop ", "exec ", "s", "python-fa")):
        assert {word for word in found if not word.startswith("-")} == expected


def test_nothing_is_said_where_the_cluster_is_not_there(tmp_path: Path) -> None:
    found = completions("vibecode stop ", tmp_path, sys.executable, "-m", "launcher", VIBECODE_HOME=str(tmp_path))

    assert {word.strip() for word in found} <= {"-h", "--help", "--json"}


def test_a_broken_setting_is_no_matter_for_a_shell(tmp_path: Path) -> None:
    found = completions("vibecode stop ", tmp_path, VIBECODE_HTTP_PORT="x")

    assert "shop" not in found


def test_bash_completes_with_our_script(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    program = tmp_path / "bin" / "vibecode"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {" ".join(FAKE)} "$@"\n')
    program.chmod(0o755)
    variables = environ(PATH=f"{program.parent}:{os.environ['PATH']}", PS1="> ", INPUTRC="/dev/null")
    with Terminal([bash, "--norc", "--noprofile", "-i"], variables) as terminal:
        terminal.send(b'eval "$(vibecode completion bash)"; echo rea""dy\n')
        terminal.read_until(b"\rready\r\n")
        terminal.send(b"vibecode stop sh\t")
        terminal.read_until(b"vibecode stop shop ")


def test_ones_own_templates_and_sources_are_completed(tmp_path: Path) -> None:
    book = SourceBook(tmp_path / "template-sources.json", tmp_path / "data" / "templates")
    book.write([Source("team", add_template(tmp_path / "own" / "api").parent)])
    for line, found in (("vibecode new te", "team/api"), ("vibecode templates remove t", "team")):
        told = completions(line, tmp_path, sys.executable, "-m", "launcher", VIBECODE_HOME=str(tmp_path))
        assert {word.strip() for word in told} == {found}
