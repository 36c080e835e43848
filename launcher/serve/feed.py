"""What happened in one job, in order: kept once, read by any number of clients, each from where it stopped."""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator
from dataclasses import dataclass

from launcher.serve.streams import sse

KEPT = 1000
"""Events of which a later one tells more, such as how far a step is, that are kept."""
PIECE = 64
"""Events that are sent in one piece."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it is sent; `passing` is one of which a later one tells more."""

    number: int
    event: bytes
    passing: bool


class Feed:
    """Numbers begin at 1. Of `passing` events the oldest are dropped, so that no job fills the memory."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._entries: list[Entry] = []
        self._passing = 0
        self._number = 0
        self._ended = False
        self._changed = asyncio.Event()

    @property
    def last(self) -> int:
        """The number of the newest event."""
        return self._number

    @property
    def ended(self) -> bool:
        return self._ended

    def add(self, name: str, data: str, *, passing: bool = False) -> None:
        self._number += 1
        self._entries.append(Entry(self._number, sse(name, data, self._number), passing))
        self._passing += passing
        if self._passing > 2 * self._kept:
            self._drop()
        self._tell()

    def end(self, name: str, data: str) -> None:
        self._ended = True
        self.add(name, data)

    async def read(self, after: int = 0) -> AsyncIterator[bytes]:
        """The events that come after this number, until the last."""
        while True:
            changed = self._changed
            start = bisect_right(self._entries, after, key=lambda entry: entry.number)
            piece = self._entries[start : start + PIECE]
            if piece:
                after = piece[-1].number
                yield b"".join(entry.event for entry in piece)
            elif self._ended:
                return
            else:
                await changed.wait()

    def _drop(self) -> None:
        surplus = self._passing - self._kept
        kept: list[Entry] = []
        for entry in self._entries:
            if entry.passing and surplus:
                surplus -= 1
            else:
                kept.append(entry)
        self._entries, self._passing = kept, self._kept

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
