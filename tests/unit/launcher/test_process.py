"""The program as a process of its own: signals, terminals, pipes, and what it imports."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import __version__
from tests.unit.launcher.terminal import Terminal

FAKE = (sys.executable, "-m", "tests.fakes.program")
ROOT = Path(__file__).parents[3]


def environ(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR", "BROWSER", "DISPLAY")}
    return {**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **more}


def run(*command: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environ(**more), capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_one_line(flag: str) -> None:
    done = run(sys.executable, "-m", "launcher", flag)

    assert (done.returncode, done.stdout, done.stderr) == (0, f"vibecode {__version__}\n", "")


def test_ctrl_c_says_what_is_left_and_how_to_go_on() -> None:
    with Terminal([*FAKE, "new", "static-site", "blog"], environ(FAKE_HANGS="seed")) as terminal:
        terminal.read_until(b"Seeding the files")
        terminal.send(b"\x03")
        code = terminal.wait()

    last = terminal.printed.decode().strip().splitlines()[-1]
    assert code == 130
    assert "Stopped in “Seeding the files”: blog is not whole yet, and `vibecode delete blog` removes it." in last
    assert "Run the same command again" in last
    assert "Traceback" not in terminal.printed.decode()


def test_ctrl_c_once_the_editor_is_ready_says_that_it_can_be_used() -> None:
    arguments = ["new", "python-fastapi", "api", "--no-open"]
    with Terminal([*FAKE, *arguments], environ(FAKE_HANGS="extensions")) as terminal:
        terminal.read_until(b"http://api.vibecode.localhost:8080/")
        terminal.read_until(b"Installing extensions")
        terminal.send(b"\x03")

        assert terminal.wait() == 130
    assert "api can be used" in terminal.printed.decode()


def test_ctrl_c_leaves_what_is_being_installed_to_itself_and_says_so() -> None:
    arguments = ["new", "python-fastapi", "api", "--no-open"]
    with Terminal([*FAKE, *arguments], environ(FAKE_HANGS="install")) as terminal:
        terminal.read_until(b"Installing dependencies: uv sync")
        terminal.send(b"\x03")

        assert terminal.wait() == 130
    printed = terminal.printed.decode()
    assert "api can be used, and what was begun goes on inside it." in printed
    assert "`vibecode exec api -- sh -c 'tail -f ~/.vibecode/install/log'` shows how far it is." in printed


def test_termination_is_a_document_for_scripts() -> None:
    with subprocess.Popen(
        [*FAKE, "new", "static-site", "blog", "--json"],
        env=environ(FAKE_HANGS="seed"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        while "Seeding" not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)

    assert process.returncode == 128 + signal.SIGTERM
    assert '{"error": {"code": "cancelled"' in out
    assert "Traceback" not in err


def test_a_second_ctrl_c_does_not_wait_for_the_cleaning_up() -> None:
    with Terminal([*FAKE, "new", "static-site", "blog"], environ(FAKE_LINGERS="seed")) as terminal:
        terminal.read_until(b"Seeding the files")
        terminal.send(b"\x03")
        terminal.read_until(b"stopping; Ctrl+C again")
        terminal.send(b"\x03")

        assert terminal.wait() == 130
    assert "Traceback" not in terminal.printed.decode()


def test_following_a_log_ends_with_ctrl_c_and_without_a_word() -> None:
    with Terminal([*FAKE, "logs", "shop", "-f"], environ(FAKE_LOG="3")) as terminal:
        terminal.read_until(b"line 2")
        terminal.send(b"\x03")

        assert terminal.wait() == 130
    assert terminal.printed.decode().replace("^C", "").strip() == ""


def test_following_a_log_gives_one_document_per_line() -> None:
    with subprocess.Popen(
        [*FAKE, "logs", "shop", "-f", "--json"], env=environ(FAKE_LOG="1"), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline(), process.stdout.readline()]
        process.send_signal(signal.SIGINT)

    assert [json.loads(line) for line in lines] == [
        {"name": "shop", "service": None, "line": line} for line in ("the editor listens", "line 0")
    ]


@pytest.mark.parametrize("arguments", ["logs shop", "logs shop -f", "--help", "config"])
def test_a_reader_that_leaves_early_is_no_error(arguments: str) -> None:
    shell = f"{sys.executable} -m tests.fakes.program {arguments} | head -1; exit ${{PIPESTATUS[0]}}"
    done = run("bash", "-c", shell, FAKE_LOG="200000" if "logs" in arguments else "0")

    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    assert done.returncode in (0, 128 + signal.SIGPIPE)


def test_an_encoding_without_our_signs_gets_others() -> None:
    done = run(*FAKE, "stop", "shop", PYTHONIOENCODING="ascii")

    assert done.returncode == 0
    assert done.stderr.splitlines()[0] == "* Stopping the workspace"
    assert done.stderr.splitlines()[1].startswith("ok Stopping the workspace")


def test_a_terminal_shows_progress_in_colours_and_no_color_takes_them_away() -> None:
    with Terminal([*FAKE, "stop", "shop"], environ()) as terminal:
        assert terminal.wait() == 0
    coloured = terminal.printed
    with Terminal([*FAKE, "stop", "shop"], environ(NO_COLOR="1")) as terminal:
        assert terminal.wait() == 0

    assert b"\x1b[32m\xe2\x9c\x93" in coloured
    assert b"\x1b[32m" not in terminal.printed
    assert "✓ Stopping the workspace" in terminal.printed.decode()


def test_a_dumb_terminal_gets_lines() -> None:
    with Terminal([*FAKE, "stop", "shop"], environ(TERM="dumb")) as terminal:
        assert terminal.wait() == 0

    assert b"\x1b" not in terminal.printed
    assert "• Stopping the workspace" in terminal.printed.decode()


def test_a_dumb_terminal_is_told_why_the_application_does_not_open() -> None:
    with Terminal(FAKE, environ(TERM="dumb")) as terminal:
        assert terminal.wait() == 0

    assert b"\x1b" not in terminal.printed
    assert "The terminal application needs a terminal to draw on; TERM says 'dumb'" in terminal.printed.decode()


@pytest.mark.parametrize(
    ("answer", "code", "said"), [(b"y\r", 0, "Deleted: shop."), (b"\r", 1, "Nothing is deleted."), (b"\x04", 1, "")]
)
def test_a_question_takes_only_yes_for_yes(answer: bytes, code: int, said: str) -> None:
    with Terminal([*FAKE, "delete", "shop"], environ()) as terminal:
        terminal.read_until(b"Delete shop with all files in it? [y/N] ")
        terminal.send(answer)

        assert terminal.wait() == code
    assert said in terminal.printed.decode()


def test_a_question_can_be_left_by_ctrl_c() -> None:
    with Terminal([*FAKE, "delete", "shop"], environ()) as terminal:
        terminal.read_until(b"[y/N] ")
        terminal.send(b"\x03")

        assert terminal.wait() == 130
    assert "nothing was changed" in terminal.printed.decode()


def test_exec_on_a_terminal_is_raw_and_follows_its_size() -> None:
    script = "trap 'stty size' WINCH; trap 'echo caught; exit 9' INT; stty size; while :; do sleep 0.05; done"
    with Terminal([*FAKE, "exec", "shop", "--", "sh", "-c", script], environ(), columns=91, rows=33) as terminal:
        terminal.read_until(b"33 91")
        assert terminal.modes != terminal.before
        terminal.resize(120, 44)
        terminal.read_until(b"44 120")
        terminal.send(b"\x03")
        terminal.read_until(b"caught")

        assert terminal.wait() == 9
        assert terminal.modes == terminal.before


def test_the_terminal_is_put_back_when_the_program_is_ended() -> None:
    with Terminal([*FAKE, "exec", "shop", "--", "sh", "-c", "echo ready; sleep 60"], environ()) as terminal:
        terminal.read_until(b"ready")
        terminal.process.send_signal(signal.SIGTERM)

        assert terminal.wait() == 128 + signal.SIGTERM
        assert terminal.modes == terminal.before


def test_ctrl_c_without_a_terminal_leaves_the_command() -> None:
    with subprocess.Popen(
        [*FAKE, "exec", "shop", "--", "sh", "-c", "echo ready; sleep 60"],
        env=environ(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)

    assert process.returncode == 130
    assert err.startswith("Left shop; the command may still be running there.")


@pytest.mark.parametrize("source", ["file", "pipe"])
def test_standard_input_may_be_a_file_or_a_pipe(source: str, tmp_path: Path) -> None:
    data = bytes(range(256)) * 2000
    (tmp_path / "data").write_bytes(data)
    command = " ".join(FAKE) + " exec shop -- cat"
    shell = f"{command} < {tmp_path / 'data'}" if source == "file" else f"cat {tmp_path / 'data'} | {command}"
    done = subprocess.run(["bash", "-c", shell], env=environ(), capture_output=True, timeout=60)

    assert (done.returncode, done.stdout == data, done.stderr) == (0, True, b"")
