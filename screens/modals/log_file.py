"""VibeCode's own log file: the end of it, with what an error does not say."""

import asyncio
import os
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Log, Static

from templates.text import plain

TAIL = 200_000
"""Bytes that are shown."""


def read_tail(file: Path, size: int = TAIL) -> list[str]:
    """The last lines of a file that may not be there, cleaned of what would steer the terminal."""
    try:
        with file.open("rb") as stream:
            start = max(0, stream.seek(0, os.SEEK_END) - size)
            stream.seek(start)
            lines = stream.read().decode("utf-8", "replace").splitlines()
    except OSError as error:
        return [f"{file} cannot be read: {error.strerror}."]
    return [plain(line) for line in (lines[1:] if start else lines)]


class LogFile(Screen[None]):
    """The newest line is in view; Escape goes back."""

    DEFAULT_CSS = """
    LogFile > Static { height: 2; padding: 0 2; }
    LogFile > Log { padding: 0 2; scrollbar-size-vertical: 1; background: $background; }
    """
    BINDINGS = [Binding("escape,q,ctrl+l", "dismiss(None)", "Back", show=False)]

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def compose(self) -> ComposeResult:
        yield Static(Content.assemble((str(self._file), "bold"), ("   esc goes back", "$muted")))
        yield Log()

    async def on_mount(self) -> None:
        self.query_one(Log).write_lines(await asyncio.to_thread(read_tail, self._file))
