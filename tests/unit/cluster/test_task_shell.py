"""The shell of tasks: a terminal for what runs, its lines for the container's log, its exit code for the editor."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from cluster import task_shell
from cluster.task_log import task_log_files
from cluster.task_shell import LONGEST, Lines


@pytest.fixture
def shell(tmp_path: Path) -> Path:
    """As a workspace's home folder has it."""
    for file in task_log_files():
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content or b"")
        path.chmod(file.mode)
    return tmp_path / ".vibecode" / "task-shell"


def run(shell: Path, log: Path, *arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": path or os.environ["PATH"], "SHELL": "/bin/bash", "VIBECODE_TASK_LOG": str(log)}
    return subprocess.run(
        [shell, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    file = tmp_path / "log"
    file.touch()
    return file


def test_output_and_errors_are_seen_and_logged_and_the_exit_code_is_kept(shell: Path, log: Path) -> None:
    ended = run(shell, log, "-c", "echo one; echo two >&2; exit 7")
    assert (ended.returncode, ended.stdout) == (7, "one\ntwo\n")
    assert log.read_text() == "one\ntwo\n"


def test_what_runs_has_a_terminal(shell: Path, log: Path) -> None:
    assert run(shell, log, "-c", "test -t 0 && test -t 1 && test -t 2").returncode == 0


def test_a_json_line_arrives_as_it_is(shell: Path, log: Path) -> None:
    line = json.dumps({"message": "Sold für 420", "dd.trace_id": "7"}, ensure_ascii=False)
    run(shell, log, "-c", f"printf '%s\\n' '{line}'")
    assert json.loads(log.read_text()) == json.loads(line)


def test_a_log_that_cannot_be_written_stops_nobody(shell: Path, tmp_path: Path) -> None:
    assert run(shell, tmp_path / "no" / "log", "-c", "echo one").stdout == "one\n"


def test_an_image_without_python_runs_tasks_all_the_same(shell: Path, log: Path, tmp_path: Path) -> None:
    empty = tmp_path / "bin"
    empty.mkdir()
    ended = run(shell, log, "-c", "echo one", path=str(empty))
    assert (ended.returncode, ended.stdout, log.read_text()) == (0, "one\n", "")


def test_a_persons_own_shell_is_not_logged(shell: Path, log: Path) -> None:
    assert run(shell, log, "--norc", "--version").stdout.startswith("GNU bash")
    assert log.read_text() == ""


def test_what_is_typed_arrives_and_ctrl_c_ends_it(shell: Path, log: Path) -> None:
    terminal, inside = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "SHELL": "/bin/bash", "VIBECODE_TASK_LOG": str(log)}
    task = subprocess.Popen(
        [shell, "-c", "echo ready; read word; echo got $word; sleep 60"],
        env=environment, stdin=inside, stdout=inside, stderr=inside, start_new_session=True,
    )  # fmt: skip
    os.close(inside)
    seen = b""
    for awaited, typed in ((b"ready", b"hello\r"), (b"got hello", b"\x03")):
        while awaited not in seen:
            seen += os.read(terminal, 1024)
        os.write(terminal, typed)
    assert task.wait(timeout=20) != 0
    os.close(terminal)
    assert "got hello\n" in log.read_text()


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ([b"a\r\nb\r\n"], [b"a\n", b"b\n"]),
        ([b"a", b"b\n", b"c"], [b"ab\n", b"c\n"]),
        ([b"\x1b[32mINFO\x1b[0m:  up\n"], [b"INFO:  up\n"]),
        ([b"10%\r60%\r100%\r\n"], [b"100%\n"]),
        ([b"\x1b]0;a title\x07here\n"], [b"here\n"]),
        ([b"\n \n"], []),
        ([b"before\n\x1b[?1049hdrawn\nand drawn\n\x1b[?1049lafter\n"], [b"before\n", b"after\n"]),
        ([b"\x1b[?1049hdrawn\n", b"still drawn\n"], []),
    ],
)
def test_lines_are_whole_and_plain(pieces: list[bytes], lines: list[bytes]) -> None:
    reader = Lines()
    assert [line for piece in pieces for line in reader.of(piece)] + list(reader.end()) == lines


def test_a_line_without_end_is_not_kept_for_ever() -> None:
    reader = Lines()
    logged = [line for _ in range(8) for line in reader.of(b"x" * LONGEST)]
    assert len(logged) >= 3
    assert len(reader.rest) <= LONGEST


def test_it_needs_nothing_but_the_standard_library() -> None:
    script = Path(task_shell.__file__)
    code = f"import runpy, sys; sys.argv = ['x', '-c', 'true']; runpy.run_path({str(script)!r})"
    assert subprocess.run([sys.executable, "-IS", "-c", code], capture_output=True, check=True).stderr == b""
