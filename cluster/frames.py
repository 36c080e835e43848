"""A stream in frames of one size, each made in a thread while the one before it is sent."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator

FRAME = 128 * 1024
"""Bytes; larger WebSocket frames cost memory and some servers refuse them."""


def framed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in frames, of which only the last is shorter."""
    frame = bytearray()
    for piece in pieces:
        frame += piece
        while len(frame) >= FRAME:
            yield bytes(frame[:FRAME])
            del frame[:FRAME]
    if frame:
        yield bytes(frame)


async def ahead(frames: Iterator[bytes]) -> AsyncGenerator[bytes]:
    """Each frame, while a thread makes the next."""
    coming = asyncio.ensure_future(asyncio.to_thread(next, frames, None))
    try:
        while (frame := await coming) is not None:
            coming = asyncio.ensure_future(asyncio.to_thread(next, frames, None))
            yield frame
    finally:
        coming.cancel()
