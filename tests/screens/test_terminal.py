"""The application on a terminal of its own: what it writes there, and how it leaves it."""

import os
import signal
import sys
from pathlib import Path

from tests.unit.launcher.terminal import Terminal

FAKE = (sys.executable, "-m", "tests.fakes.program")
ROOT = Path(__file__).parents[2]
SHOWN = b"http://shop.vibecode"
ENTERED, LEFT = b"\x1b[?1049h", b"\x1b[?1049l"
"""What a terminal is sent for a page of the program's own, and to have its former one back."""


def environ(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLORTERM")}
    return {**kept, "PYTHONPATH": str(ROOT), "VIBECODE_HOME": str(home), "TERM": "xterm-256color", **more}


def test_suspended_it_gives_the_terminal_back_and_continued_it_draws_all_anew(tmp_path: Path) -> None:
    with Terminal(FAKE, environ(tmp_path)) as terminal:
        terminal.read_until(SHOWN)
        terminal.send(b"\x1a")
        terminal.read_until(LEFT)
        _, status = os.waitpid(terminal.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        assert terminal.modes == terminal.before
        terminal.process.send_signal(signal.SIGCONT)
        terminal.read_until(ENTERED)
        terminal.read_until(b"Workspaces")
        terminal.read_until(SHOWN)
        terminal.send(b"q")
        assert terminal.wait() == 0


def test_resized_again_and_again_it_goes_on(tmp_path: Path) -> None:
    with Terminal(FAKE, environ(tmp_path)) as terminal:
        terminal.read_until(SHOWN)
        for number in range(60):
            terminal.resize(20 + 7 * number % 180, 5 + 3 * number % 50)
            terminal.process.send_signal(signal.SIGWINCH)
        terminal.resize(20, 5)
        terminal.read_until(b"50 columns")
        terminal.resize(120, 40)
        terminal.read_until(SHOWN)
        terminal.send(b"q")
        assert terminal.wait() == 0
        assert b"Traceback" not in terminal.printed


def test_no_colour_is_written_where_none_is_wanted(tmp_path: Path) -> None:
    with Terminal(FAKE, environ(tmp_path, NO_COLOR="1", COLORTERM="truecolor")) as terminal:
        drawn = terminal.read_until(SHOWN)
        terminal.send(b"q")
        terminal.wait()
    colours = {part.partition(b"m")[0] for part in drawn.split(b"38;2;")[1:]}
    assert all(len(set(colour.split(b";")[:3])) == 1 for colour in colours), colours  # shades of grey alone
