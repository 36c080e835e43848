"""What waits for dependencies: the shell of tasks, and commands that use a package manager."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.dependencies.scripts import AWAIT_PATH, BEGIN, await_file
from cluster.dependencies.tasks import SHELL_PATH, after_dependencies, waiting_shell


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for file in (await_file(), waiting_shell('exec sh "$@"\n')):
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content or b"")
        path.chmod(file.mode)
    (tmp_path / "project").mkdir()
    return tmp_path


@pytest.fixture
def gate(home: Path) -> Path:
    os.mkfifo(home / "gate")
    return home / "gate"


def begin(home: Path, command: str) -> None:
    subprocess.run(("sh", "-c", BEGIN, "install", command), cwd=home / "project", env=environ(home), check=True)


def environ(home: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(home)}


def start(home: Path, *command: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(command, env=environ(home), stdout=subprocess.PIPE, text=True)


@pytest.fixture
def task(home: Path, gate: Path) -> Iterator[subprocess.Popen[str]]:
    """A task that was begun while dependencies are installed."""
    begin(home, "cat ../gate; echo there >installed")
    task = start(home, home / SHELL_PATH, "-c", f"cat '{home}/project/installed'")
    yield task
    task.kill()
    task.wait()


def test_a_task_waits_for_what_it_needs_and_says_so(task: subprocess.Popen[str], gate: Path) -> None:
    assert task.stdout is not None
    said = task.stdout.readline()
    assert said.startswith("Dependencies are being installed (cat ../gate;")
    assert "log: ~/.vibecode/install/log" in said

    gate.write_text("go on")

    assert task.communicate()[0] == "They are there.\nthere\n"
    assert task.returncode == 0


def test_a_task_begins_again_what_was_cut_off(home: Path) -> None:
    begin(home, "kill -9 $PPID")  # the program that would note the end
    subprocess.run(("flock", home / ".vibecode/install/lock", "true"), check=True)
    (home / ".vibecode/install/command").write_text("echo there >installed\n")

    task = start(home, home / SHELL_PATH, "-c", f"cat '{home}/project/installed'")

    assert task.communicate()[0].splitlines()[1:] == ["They are there.", "there"]


def test_a_task_says_that_the_installation_failed_and_runs_all_the_same(home: Path, gate: Path) -> None:
    begin(home, "cat ../gate; exit 3")
    task = start(home, home / SHELL_PATH, "-c", "echo on")
    assert task.stdout is not None
    task.stdout.readline()
    gate.write_text("go on")
    assert task.communicate()[0] == "That ended with exit code 3.\non\n"


@pytest.mark.parametrize("arguments", [("-c", "echo on"), ("-i", "-c", "echo on")])
def test_nothing_is_said_where_nothing_is_installed(home: Path, arguments: tuple[str, ...]) -> None:
    assert start(home, home / SHELL_PATH, *arguments).communicate()[0] == "on\n"
    begin(home, "true")
    subprocess.run(("flock", home / ".vibecode/install/lock", "true"), check=True)
    assert start(home, home / SHELL_PATH, *arguments).communicate()[0] == "on\n"


@pytest.mark.parametrize(
    "command",
    [
        ("npm", "test"),
        ("uv", "run", "pytest"),
        ("sh", "-c", "cd web && npm run build"),
        (".venv/bin/python", "-m", "app"),
        ("node_modules/.bin/vite",),
    ],
)
def test_a_command_that_uses_packages_waits_and_keeps_its_words(command: tuple[str, ...], home: Path) -> None:
    waiting = after_dependencies(command)
    assert waiting != command
    assert waiting[-len(command) :] == command
    shown = after_dependencies(("printf", "%s|", *command))
    ended = subprocess.run(shown, env=environ(home), capture_output=True, text=True, check=True)
    assert ended.stdout == "".join(f"{word}|" for word in command)
    assert ended.stderr == ""


@pytest.mark.parametrize("command", [("bash",), ("ls", "-la"), ("tail", "-f", "log"), ("cat", "uv.lock", "a-uv")])
def test_any_other_command_is_as_it_was(command: tuple[str, ...]) -> None:
    assert after_dependencies(command) == command


def test_a_command_in_a_workspace_of_before_runs_as_ever(tmp_path: Path) -> None:
    command = after_dependencies(("sh", "-c", "echo on # npm"))
    ended = subprocess.run(command, env=environ(tmp_path), capture_output=True, text=True, check=True)
    assert (ended.stdout, ended.stderr) == ("on\n", "")
    assert not (tmp_path / AWAIT_PATH).exists()
