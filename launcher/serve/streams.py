"""Server-sent events: kept alive while nothing happens, ended when the reader leaves or does not read."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from fastapi.sse import format_sse_event
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from launcher.serve.errors import TooManyRequestsError
from launcher.serve.limits import STREAMS

log = logging.getLogger(__name__)

KEEP_ALIVE = 15.0
"""Seconds without an event after which a comment says that the stream is alive."""
PATIENCE = 20.0
"""Seconds that a reader may take for what is sent; then it is cut off."""
COMMENT = b": alive\n\n"


class Streams:
    """The streams that are open; `close` ends them all."""

    def __init__(self, most: int = STREAMS, keep_alive: float = KEEP_ALIVE, patience: float = PATIENCE) -> None:
        self._most = most
        self.keep_alive = keep_alive
        self.patience = patience
        self._open: set[asyncio.Task[None]] = set()
        self.cut: Callable[[object], None] = lambda _: None
        """Ends the connection of the client whose address this is; set by the server."""

    @property
    def count(self) -> int:
        """How many are open."""
        return len(self._open)

    def answer(self, events: AsyncIterator[bytes]) -> "EventStream":
        """Raises TooManyRequestsError where too many are open already."""
        if len(self._open) >= self._most:
            raise TooManyRequestsError(f"{self._most} streams are open already.", seconds=5)
        return EventStream(self, events)

    async def follow(self, work: asyncio.Task[None]) -> None:
        self._open.add(work)
        try:
            await asyncio.gather(work, return_exceptions=True)
        finally:
            self._open.discard(work)

    async def close(self) -> None:
        for work in self._open:
            work.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)


class EventStream(Response):
    """Sends what `events` yields, each a whole number of events in the form of an event stream."""

    media_type = "text/event-stream"

    def __init__(self, streams: Streams, events: AsyncIterator[bytes]) -> None:
        super().__init__(headers={"Cache-Control": "no-store"})
        del self.headers["content-length"]
        self._streams = streams
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        work = asyncio.create_task(self._send(scope, send))
        leaving = asyncio.create_task(_left(receive))
        leaving.add_done_callback(lambda _: work.cancel())
        try:
            await self._streams.follow(work)
        finally:
            leaving.cancel()
            work.cancel()
            await asyncio.gather(work, leaving, return_exceptions=True)

    async def _send(self, scope: Scope, send: Send) -> None:
        async def deliver(body: bytes, *, more: bool = True) -> None:
            async with asyncio.timeout(self._streams.patience):
                await send({"type": "http.response.body", "body": body, "more_body": more})

        try:
            async for piece in _kept_alive(self._events, self._streams.keep_alive):
                await deliver(piece)
            await deliver(b"", more=False)
        except TimeoutError:
            log.info("a reader of events did not read for %g s and is cut off", self._streams.patience)
            self._streams.cut(scope.get("client"))
        except asyncio.CancelledError:  # the server closes: the stream has an end, so that the client comes again
            with suppress(TimeoutError):
                await deliver(b"", more=False)
            raise


def sse(name: str, data: str, number: int | None = None) -> bytes:
    """One event."""
    return format_sse_event(event=name, data_str=data, id=None if number is None else str(number))


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _kept_alive(events: AsyncIterator[bytes], seconds: float) -> AsyncIterator[bytes]:
    upcoming: asyncio.Future[bytes] | None = None
    try:
        while True:
            upcoming = upcoming or asyncio.ensure_future(anext(events))
            done, _ = await asyncio.wait({upcoming}, timeout=seconds)
            if not done:
                yield COMMENT
                continue
            try:
                piece = upcoming.result()
            except StopAsyncIteration:
                return
            upcoming = None
            yield piece
    finally:
        if upcoming is not None:
            upcoming.cancel()
            await asyncio.gather(upcoming, return_exceptions=True)
        close = getattr(events, "aclose", None)
        if close is not None:
            await close()
