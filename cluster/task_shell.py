"""Runs a task in a terminal of its own between the editor's and it, and copies its lines to the container's log.

Colours and progress bars stay out of the log, and so does what draws on the whole screen. It is a program of its own,
copied into workspaces, so that it imports nothing but the standard library of whatever Python an image has.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import sys
import termios
import tty
from collections.abc import Iterable, Iterator
from contextlib import suppress

LOG = os.environ.get("VIBECODE_TASK_LOG", "/proc/1/fd/1")
SHELL = os.environ.get("SHELL", "/bin/bash")
LONGEST = 64 * 1024
CONTROL = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\x1b[@-Z\\-_]|[\x00-\x08\x0b\x0c\x0e-\x1f]"
)
SCREEN = re.compile(rb"\x1b\[\?1049([hl])")


class Lines:
    """Whole lines of what is printed, as text; none while an application has the whole screen."""

    def __init__(self) -> None:
        self.rest = b""
        self.hidden = False

    def of(self, data: bytes) -> Iterator[bytes]:
        before = 0
        for switch in SCREEN.finditer(data):
            if not self.hidden:
                yield from self._split(data[before : switch.start()])
            self.hidden, before = switch[1] == b"h", switch.end()
        if not self.hidden:
            yield from self._split(data[before:])

    def end(self) -> Iterator[bytes]:
        yield from self._split(b"\n")

    def _split(self, data: bytes) -> Iterator[bytes]:
        *whole, self.rest = (self.rest + data).split(b"\n")
        if len(self.rest) > LONGEST:
            whole.append(self.rest)
            self.rest = b""
        for line in whole:
            shown = CONTROL.sub(b"", line.rstrip(b"\r")).rpartition(b"\r")[2]  # what a progress bar wrote last
            if shown.strip():
                yield shown + b"\n"


def write_all(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]


def take_size(terminal: int) -> None:
    with suppress(OSError):  # there may be none to take it from
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(8)))


def open_log() -> int | None:
    try:
        return os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_NOCTTY)
    except OSError:
        return None


def relay(terminal: int, log: int | None) -> None:
    lines, sources = Lines(), [0, terminal]
    while True:
        ready, _, _ = select.select(sources, [], [])
        if terminal in ready:
            try:
                data = os.read(terminal, 32 * 1024)
            except OSError:  # its last process has ended
                data = b""
            if not data:
                break
            write_all(1, data)
            log = logged(log, lines.of(data))
        if 0 in ready:
            data = os.read(0, 4096)
            if data:
                write_all(terminal, data)
            else:
                sources.remove(0)
    logged(log, lines.end())


def logged(log: int | None, lines: Iterable[bytes]) -> int | None:
    """The log, as long as it can be written."""
    if log is not None:
        try:
            for line in lines:
                write_all(log, line)
        except OSError:
            return None
    return log


def main() -> None:
    if sys.argv[1:2] != ["-c"]:  # a person's own shell
        os.execvp(SHELL, [SHELL, *sys.argv[1:]])
    log = open_log()
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(SHELL, [SHELL, *sys.argv[1:]])
    take_size(terminal)

    def resize(_number: int, _frame: object) -> None:
        take_size(terminal)

    signal.signal(signal.SIGWINCH, resize)

    def pass_on(number: int, _: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(child, number)

    for one in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(one, pass_on)
    before = termios.tcgetattr(0) if os.isatty(0) else None
    try:
        if before:
            tty.setraw(0)
        relay(terminal, log)
    finally:
        if before:
            termios.tcsetattr(0, termios.TCSAFLUSH, before)
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    sys.exit(os.waitstatus_to_exitcode(status) % 256)


if __name__ == "__main__":
    main()
