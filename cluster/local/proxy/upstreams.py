"""Our connections to the workspaces' code-servers, kept for the next request."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Protocol, cast

from cluster.local.proxy.bodies import Body, UntilClosed, answer_body
from cluster.local.proxy.headers import is_last
from cluster.local.proxy.messages import END, HEAD_LIMIT, Answer, MessageError, parse_answer

IDLE = 2.0
"""Seconds that a connection is good for the next request; it is closed before twice as many have passed.

Under Node's 5, so that we rarely send on one that it closes; and an open connection counts as use of the editor.
"""
CONNECT = 5.0
"""Seconds."""
HIGH_WATER = 262144
"""Bytes that may wait to be written before we stop reading from the other side."""


class Asker(Protocol):
    """Who asked a workspace, and is told its answer."""

    def on_answer(self, answer: Answer, body: Body) -> None: ...

    def on_piece(self, piece: bytes) -> None: ...

    def on_packet_end(self) -> None:
        """What was told since is to be passed on now."""
        ...

    def on_answer_end(self) -> None: ...

    def on_broken(self) -> None:
        """The connection ended before its answer did."""
        ...

    def pause_sending(self) -> None: ...

    def resume_sending(self) -> None: ...


class Upstream(asyncio.Protocol):
    """One connection to a code-server; one question is asked on it at a time."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.used = False
        """Whether a question was answered before this one."""
        self.silent = True
        """Whether nothing of this one's answer came."""
        self.since = 0.0
        """When the last answer ended."""
        self.reusable = False
        self._asker: Asker | None = None
        self._method = ""
        self._body: Body | None = None
        self._buffer: bytes = b""
        self._tunnelled = False

    def ask(self, asker: Asker, method: str, head: bytes) -> None:
        self._asker, self._method, self._body = asker, method, None
        self.reusable, self.silent = False, True
        self.transport.write(head)

    def send(self, data: bytes) -> None:
        """What belongs to the question, or to the tunnel."""
        if not self.transport.is_closing():
            self.transport.write(data)

    def tunnel(self) -> None:
        """From here on all that comes is passed on as it is; it begins with what came already."""
        self._tunnelled = True

    def forget(self) -> None:
        """Whoever asked wants no answer any more."""
        self._asker = None
        self.transport.abort()

    def hang_up(self) -> None:
        """The tunnel's other end is gone; what it sent before still arrives."""
        self._asker = None
        self.transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=HIGH_WATER)

    def connection_lost(self, exc: Exception | None) -> None:
        asker, self._asker = self._asker, None
        if asker is None:
            return
        if isinstance(self._body, UntilClosed) and exc is None and not self._tunnelled:
            asker.on_answer_end()
        else:
            asker.on_broken()

    def data_received(self, data: bytes) -> None:
        asker = self._asker
        if asker is None:  # nobody asked
            self.transport.abort()
            return
        self.silent = False
        try:
            rest = data if self._tunnelled else self._read(asker, data)
        except MessageError:
            self.transport.abort()
            return
        if self._tunnelled:
            asker.on_piece(rest)
        if self._asker is not None and self._body is not None and self._body.complete:
            self.reusable = self.reusable and not rest and not self._body.overrun
            self._asker, self.used = None, True
            asker.on_answer_end()
        else:
            asker.on_packet_end()

    def pause_writing(self) -> None:
        if self._asker is not None:
            self._asker.pause_sending()

    def resume_writing(self) -> None:
        if self._asker is not None:
            self._asker.resume_sending()

    def _read(self, asker: Asker, data: bytes) -> bytes:
        """Tells the asker of the answer, and gives back what follows it."""
        rest = self._buffer + data
        self._buffer = b""
        while self._body is None:
            end = rest.find(END) + len(END)
            if end > HEAD_LIMIT or (end < len(END) and len(rest) > HEAD_LIMIT):
                raise MessageError
            if end < len(END):
                self._buffer = rest
                return b""
            answer, rest = parse_answer(rest[:end]), rest[end:]
            if answer.status < 200 and answer.status != 101:
                continue  # we answered Expect ourselves, and nothing else of the kind is for a browser to wait for
            self._body = answer_body(answer, self._method)
            self.reusable = not is_last(answer.version, answer.headers) and not isinstance(self._body, UntilClosed)
            asker.on_answer(answer, self._body)
        if self._asker is None or self._tunnelled or self._body.complete:
            return rest
        piece, rest = self._body.feed(rest)
        if piece:
            asker.on_piece(piece)
        return rest


class Upstreams:
    """The connections that wait for a question, by the socket that they go to."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._waiting: dict[Path, list[Upstream]] = {}
        self._sweep: asyncio.TimerHandle | None = None

    def take(self, socket: Path) -> Upstream | None:
        """The one that was used last, if it is good still."""
        waiting = self._waiting.get(socket)
        while waiting:
            upstream = waiting.pop()
            if not upstream.transport.is_closing() and self._clock() - upstream.since < IDLE:
                return upstream
            upstream.transport.abort()
        return None

    async def connect(self, socket: Path) -> Upstream:
        """A new one. OSError where nobody listens, or takes it in time."""
        async with asyncio.timeout(CONNECT):
            _, upstream = await asyncio.get_running_loop().create_unix_connection(Upstream, str(socket))
        return upstream

    def give_back(self, socket: Path, upstream: Upstream) -> None:
        upstream.since = self._clock()
        self._waiting.setdefault(socket, []).append(upstream)
        upstream.transport.resume_reading()
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(IDLE, self._close_old)

    def close(self) -> None:
        if self._sweep is not None:
            self._sweep.cancel()
        for upstream in (one for waiting in self._waiting.values() for one in waiting):
            upstream.transport.abort()
        self._waiting.clear()

    def _close_old(self) -> None:
        now, kept = self._clock(), dict[Path, list[Upstream]]()
        for socket, waiting in self._waiting.items():
            for upstream in waiting:
                if not upstream.transport.is_closing() and now - upstream.since < IDLE:
                    kept.setdefault(socket, []).append(upstream)
                else:
                    upstream.transport.abort()
        self._waiting = kept
        self._sweep = asyncio.get_running_loop().call_later(IDLE, self._close_old) if kept else None
