"""The terminal application as a person has it: keys in, a screen to read; every screen that was waited for is kept."""

import os
import select
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic

import pyte

from tests.unit.launcher.terminal import Terminal

KEYS = {"enter": "\r", "escape": "\x1b", "tab": "\t", "down": "\x1b[B", "up": "\x1b[A"}


class Application(Terminal):
    """A program on a pseudo-terminal whose screen is read as text; its frames go into `frames`."""

    def __init__(
        self, command: Sequence[str], environ: Mapping[str, str], frames: Path, *, columns: int = 120, rows: int = 40
    ) -> None:
        super().__init__(command, {**environ, "TERM": "xterm-256color"}, columns=columns, rows=rows)
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._frames = frames
        self._count = 0
        frames.mkdir(parents=True, exist_ok=True)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, *keys: str) -> None:
        """Types names of keys, or the text that they are not."""
        for key in keys:
            self.send(KEYS.get(key, key).encode())

    def until(self, *words: str, without: Sequence[str] = (), within: float = 30.0) -> str:
        """The screen once it shows all the words and none of the others; AssertionError with it where that fails."""
        end = monotonic() + within
        while not all(word in self.text for word in words) or any(word in self.text for word in without):
            ready, _, _ = select.select([self._master], [], [], max(0, end - monotonic()))
            assert ready, f"{words} without {without}, after {within:g} s:\n{self.text}"
            self._stream.feed(os.read(self._master, 65536))
        self._count += 1
        (self._frames / f"{self._count:02}.txt").write_text(self.text + "\n", encoding="utf-8")
        return self.text
