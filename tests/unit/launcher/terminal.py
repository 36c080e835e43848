"""A pseudo-terminal with a program on it, as a person has one."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from time import monotonic

PATIENCE = 30.0


class Terminal:
    """Starts the program in a session of its own, so that Ctrl+C and a resize reach it as they would a person's."""

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], *, columns: int = 100, rows: int = 30
    ) -> None:
        self._master, self._slave = pty.openpty()
        self.resize(columns, rows)
        self.before = termios.tcgetattr(self._slave)
        self.printed = b""
        self.process = subprocess.Popen(
            command,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env=dict(environ),
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)
        os.close(self._slave)

    def send(self, data: bytes) -> None:
        os.write(self._master, data)

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    @property
    def modes(self) -> list[object]:
        return termios.tcgetattr(self._slave)

    def read_until(self, marker: bytes) -> bytes:
        """What is printed up to the marker; AssertionError with all of it where the marker does not come."""
        end = monotonic() + PATIENCE
        while marker not in self.printed:
            ready, _, _ = select.select([self._master], [], [], max(0, end - monotonic()))
            assert ready, f"{marker!r} was not printed: {self.printed!r}"
            self.printed += os.read(self._master, 65536)
        found, _, self.printed = self.printed.partition(marker)
        return found + marker

    def wait(self) -> int:
        """The exit code; all that is printed until then is kept in `printed`."""
        end = monotonic() + PATIENCE
        while self.process.poll() is None:
            assert monotonic() < end, f"still running: {self.printed!r}"
            if select.select([self._master], [], [], 0.05)[0]:
                self.printed += os.read(self._master, 65536)
        while select.select([self._master], [], [], 0)[0]:
            self.printed += os.read(self._master, 65536)
        return self.process.returncode
