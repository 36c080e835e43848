"""A browser's connection: each request is admitted, asked of its workspace, and answered, one after the other."""

import asyncio
from time import monotonic
from typing import cast

from cluster.local.proxy import pages
from cluster.local.proxy.bodies import LAST_CHUNK, Body, Sized, chunk, request_body
from cluster.local.proxy.exchange import Exchange
from cluster.local.proxy.headers import is_last, is_upgrade
from cluster.local.proxy.messages import END, HEAD_LIMIT, Answer, MessageError, Reply, Request, parse_request
from cluster.local.proxy.reception import Reception
from cluster.local.proxy.upstreams import HIGH_WATER, Upstream, Upstreams

LINGER = 2.0
"""Seconds in which a browser that still sends may read why nobody listens."""


class Browser(asyncio.Protocol):
    """Reads no further in a connection than it can pass on; a browser that goes away ends what runs for it."""

    _transport: asyncio.Transport

    def __init__(self, reception: Reception, upstreams: Upstreams, connected: set["Browser"]) -> None:
        self._reception = reception
        self._upstreams = upstreams
        self._connected = connected
        self._peer = ""
        self._buffer = b""
        self._out: list[bytes] = []
        self._exchange: Exchange | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._lingering: asyncio.TimerHandle | None = None
        self._tunnelled = False
        self._ended = False
        self._full = False
        self._waiting_since = monotonic()

    def close_if_idle(self, since: float) -> None:
        """Closes a connection that has waited for a whole request since then, by the monotonic clock."""
        if self._exchange is None and not self._ended and self._waiting_since <= since:
            self._transport.close()

    def abort(self) -> None:
        """Ends the connection, and what is asked for it."""
        self._drop()
        self._transport.abort()

    # What the transport tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=HIGH_WATER)
        self._peer = (self._transport.get_extra_info("peername") or ("unknown",))[0]
        self._connected.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._connected.discard(self)
        self._ended = True
        if self._lingering is not None:
            self._lingering.cancel()
        if self._tunnelled and self._exchange is not None and self._exchange.upstream is not None:
            self._exchange.upstream.hang_up()
        else:
            self._drop()

    def data_received(self, data: bytes) -> None:
        if self._ended:
            return
        if self._tunnelled and self._exchange is not None and self._exchange.upstream is not None:
            self._exchange.upstream.send(data)
            return
        self._buffer += data
        self._advance()

    def pause_writing(self) -> None:
        self._full = True
        if self._exchange is not None and self._exchange.upstream is not None:
            self._exchange.upstream.transport.pause_reading()

    def resume_writing(self) -> None:
        self._full = False
        if self._exchange is not None and self._exchange.upstream is not None:
            self._exchange.upstream.transport.resume_reading()

    # The request

    def _advance(self) -> None:
        """Takes of what came as much as can be used now."""
        try:
            while self._buffer and not self._ended:
                exchange = self._exchange
                if exchange is None:
                    end = self._buffer.find(END) + len(END)
                    if end > HEAD_LIMIT or (end < len(END) and len(self._buffer) > HEAD_LIMIT):
                        raise MessageError
                    if end < len(END):
                        return
                    head, self._buffer = self._buffer[:end], self._buffer[end:]
                    self._begin(parse_request(head))
                elif exchange.upstream is None or exchange.body.complete:
                    self._transport.pause_reading()
                    return
                else:
                    self._pass_body(exchange, exchange.upstream)
        except MessageError:
            self._refuse()

    def _begin(self, request: Request) -> None:
        body = request_body(request)
        destination = self._reception.receive(request, body)
        if isinstance(destination, Reply):
            self._reply(destination, request, body)
            return
        if "expect" in request.headers and request.version == "1.1" and not body.complete:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._exchange = exchange = Exchange.begin(request, body, destination)
        if (upstream := self._upstreams.take(destination.socket)) is not None:
            self._ask(exchange, upstream)
        else:
            self._connect(exchange)

    def _connect(self, exchange: Exchange) -> None:
        exchange.upstream = None
        self._connecting = asyncio.get_running_loop().create_task(self._connected_to(exchange))

    async def _connected_to(self, exchange: Exchange) -> None:
        try:
            upstream = await self._upstreams.connect(exchange.destination.socket)
        except OSError:  # TimeoutError is one
            self._connecting = None
            self._no_answer(exchange)
            return
        self._connecting = None
        self._ask(exchange, upstream)
        self._transport.resume_reading()
        self._advance()

    def _ask(self, exchange: Exchange, upstream: Upstream) -> None:
        exchange.upstream = upstream
        if self._full:
            upstream.transport.pause_reading()
        upstream.ask(self, exchange.request.method, exchange.question(self._peer))

    def _pass_body(self, exchange: Exchange, upstream: Upstream) -> None:
        piece, self._buffer = exchange.body.feed(self._buffer)
        exchange.last = exchange.last or exchange.body.overrun
        if exchange.body.length is None:
            piece = (chunk(piece) if piece else b"") + (LAST_CHUNK if exchange.body.complete else b"")
        upstream.send(piece)

    # The answer, as the workspace tells it

    def on_answer(self, answer: Answer, body: Body) -> None:
        exchange = self._exchange
        assert exchange is not None
        if answer.status == 101:
            if not is_upgrade(exchange.request.headers):
                # What the browser sends next is another request, with our cookie: never the workspace's as it is.
                self._no_answer(exchange)
                return
            self._tunnelled = True
            assert exchange.upstream is not None
            exchange.upstream.tunnel()
        self._out.append(exchange.answered(answer, body))

    def on_piece(self, piece: bytes) -> None:
        chunked = self._exchange is not None and self._exchange.chunked
        self._out.append(chunk(piece) if chunked else piece)

    def on_packet_end(self) -> None:
        if self._tunnelled and self._buffer and self._exchange is not None and self._exchange.upstream is not None:
            self._exchange.upstream.send(self._buffer)  # frames that came with the request
            self._buffer = b""
            self._transport.resume_reading()
        out, self._out = self._out, []
        if out:
            self._transport.write(out[0] if len(out) == 1 else b"".join(out))

    def on_answer_end(self) -> None:
        exchange = self._exchange
        if exchange is None or exchange.upstream is None:
            return
        if exchange.chunked:
            self._out.append(LAST_CHUNK)
        self.on_packet_end()
        self._exchange = None
        self._waiting_since = monotonic()
        if exchange.upstream.reusable and exchange.body.complete:
            self._upstreams.give_back(exchange.destination.socket, exchange.upstream)
        else:
            exchange.upstream.transport.abort()
        if exchange.last or not exchange.body.complete:
            self._end()
            return
        self._transport.resume_reading()
        self._advance()

    def on_broken(self) -> None:
        exchange = self._exchange
        if exchange is None:
            return
        if self._tunnelled:
            self._transport.close()
        elif exchange.repeatable:
            self._connect(exchange)
        elif exchange.answer is None:
            self._no_answer(exchange)
        else:  # so that no browser takes a part for the whole
            self._transport.abort()

    def pause_sending(self) -> None:
        self._transport.pause_reading()

    def resume_sending(self) -> None:
        self._transport.resume_reading()

    # What we answer ourselves

    def _no_answer(self, exchange: Exchange) -> None:
        self._drop()
        request = exchange.request
        self._reply(
            pages.no_answer(exchange.destination.site).reply(request.headers.get("accept")), request, exchange.body
        )

    def _refuse(self) -> None:
        """What came cannot be read: where it is a part of what a workspace is asked already, nobody answers it."""
        exchange = self._exchange
        self._drop()
        if exchange is not None and exchange.answer is not None:
            self._transport.abort()
        else:
            self._reply(pages.unreadable().reply(), None, Sized(0))

    def _reply(self, reply: Reply, request: Request | None, body: Body) -> None:
        last = reply.last or not body.complete or (request is not None and is_last(request.version, request.headers))
        self._transport.write(reply.encode(request, last=last))
        self._waiting_since = monotonic()
        if last:
            self._end()

    def _end(self) -> None:
        """Sends no more, and reads on for a while: a connection that is closed unread loses its last answer."""
        self._ended = True
        self._buffer = b""
        self._transport.resume_reading()
        if self._transport.can_write_eof() and not self._transport.is_closing():
            self._transport.write_eof()
        self._linger()

    def _close_read(self) -> None:
        """Closes, unless the browser is still reading."""
        if self._transport.get_write_buffer_size():
            self._linger()
        else:
            self._transport.abort()

    def _linger(self) -> None:
        self._lingering = asyncio.get_running_loop().call_later(LINGER, self._close_read)

    def _drop(self) -> None:
        """Asks no further."""
        exchange, self._exchange = self._exchange, None
        if self._connecting is not None:
            self._connecting.cancel()
        if exchange is not None and exchange.upstream is not None:
            exchange.upstream.forget()
