"""A WebSocket once it is open: bytes as they come, both ways, so that every frame arrives as it was sent."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from aiohttp import ClientResponse, web
from aiohttp.http import StreamWriter

HIGH_WATER = 262144
"""Bytes that may wait to be written before we stop reading from the other side."""


class _Flow:
    """One direction, as what aiohttp's protocols call a payload parser.

    It writes at once, so that what a side sent before it hung up still arrives; the side is read no further while the
    other is slow.
    """

    def __init__(
        self, source: asyncio.Transport, sink: asyncio.Transport, drain: Callable[[], Awaitable[None]]
    ) -> None:
        self._source = source
        self._sink = sink
        self._drain = drain
        self._full = asyncio.Event()
        self._ended = False

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        if self._sink.is_closing():
            return True, b""
        self._sink.write(data)
        if self._sink.get_write_buffer_size() > HIGH_WATER:
            self._source.pause_reading()
            self._full.set()
        return False, b""

    def feed_eof(self) -> None:
        self._ended = True
        self._full.set()

    async def run(self) -> None:
        """Lets the source go on whenever the sink has drained; ends with the source."""
        while True:
            await self._full.wait()
            if self._ended:
                return
            self._full.clear()
            await self._drain()
            if not self._source.is_closing():
                self._source.resume_reading()


async def tunnel(request: web.Request, upstream: ClientResponse) -> None:
    """Joins the two connections until either ends; what came is written by then, so the caller may close both."""
    browser, connection = request.transport, upstream.connection
    if browser is None or connection is None or connection.transport is None or connection.protocol is None:
        return
    workspace = connection.transport
    upstream_writer = StreamWriter(connection.protocol, asyncio.get_running_loop())
    outward = _Flow(browser, workspace, upstream_writer.drain)
    inward = _Flow(workspace, browser, request.writer.drain)
    # Both expect their WebSocket reader here and use of it what a flow has; the answer to the browser is sent already.
    connection.protocol.set_parser(inward, None)
    request.protocol.set_parser(cast(Any, outward))
    flows = [asyncio.create_task(flow.run()) for flow in (outward, inward)]
    try:
        await asyncio.wait(flows, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for flow in flows:
            flow.cancel()
        await asyncio.gather(*flows, return_exceptions=True)
