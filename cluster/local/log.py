"""An editor's log, as it was and as it grows."""

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path

LOOK_EVERY = 0.2
"""Seconds between two looks at a log that is followed."""


async def lines(log: Path, *, follow: bool = False, tail: int | None = None) -> AsyncIterator[str]:
    """All lines, or the last `tail`; with `follow` also those to come, in this log and in the one after it."""
    while not log.exists():
        if not follow:
            return
        await asyncio.sleep(LOOK_EVERY)
    file = await asyncio.to_thread(log.open, "rb")
    try:
        there = await asyncio.to_thread(file.readlines)
        rest = there.pop() if follow and there and not there[-1].endswith(b"\n") else b""
        for line in deque(there, maxlen=tail):
            yield _text(line)
        while follow:
            rest += await asyncio.to_thread(file.read)
            *whole, rest = rest.split(b"\n")
            for line in whole:
                yield _text(line)
            if log.exists() and log.stat().st_ino != os.fstat(file.fileno()).st_ino:
                file.close()
                file = await asyncio.to_thread(log.open, "rb")
            await asyncio.sleep(LOOK_EVERY)
    finally:
        file.close()


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r\n")
