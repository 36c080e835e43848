"""A log as it grows, in batches that a screen has time for."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

MOST = 2000
"""Lines of one batch, which is how many a frame has time for."""
REST = 0.03
"""Seconds between two batches, so that a torrent of lines leaves room for keys."""


async def batches(lines: AsyncIterator[str], most: int = MOST, rest: float = REST) -> AsyncGenerator[list[str]]:
    """What has come since the last batch, at once where there was silence; ends, and fails, as `lines` does."""
    waiting: list[str] = []
    news, room = asyncio.Event(), asyncio.Event()

    async def read() -> None:
        try:
            async for line in lines:
                waiting.append(line)
                news.set()
                if len(waiting) >= most:
                    room.clear()
                    await room.wait()
        finally:
            if (close := getattr(lines, "aclose", None)) is not None:
                await close()
            news.set()

    reading = asyncio.ensure_future(read())
    try:
        while not reading.done() or waiting:
            await news.wait()
            batch = waiting[:]
            waiting.clear()
            news.clear()
            room.set()
            if batch:
                yield batch
                if not reading.done():
                    await asyncio.sleep(rest)
        await reading
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
