"""Commands in containers, over the WebSocket protocol of Kubernetes' exec.

Each message begins with the number of its channel; v5 (Kubernetes 1.30) adds to v4 the end of standard input. The
source: `k8s.io/apimachinery/pkg/util/remotecommand` and `k8s.io/apimachinery/pkg/util/httpstream/wsstream`.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress
from time import monotonic
from typing import Literal

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from cluster.engine import TerminalSize
from cluster.errors import ApiError, ClusterUnreachableError, KubernetesTooOldError
from cluster.kube.refusals import api_error
from cluster.kube.transport import Transport
from cluster.kube.websocket import FRAME, open_websocket
from templates.errors import VibeCodeError

V5, V4 = Subprotocol("v5.channel.k8s.io"), Subprotocol("v4.channel.k8s.io")
STDIN, STDOUT, STDERR, STATUS, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255

UNREAD = 16
"""Messages of output, usually of up to 32 KiB, that wait for their reader before the command has to."""

PING_EVERY = 20.0
SILENCE = 60.0
"""Seconds without an answer to a ping after which the connection is taken for dead; kubectl's bound, too."""

STARTS = 3
"""Attempts at a command whose process the runtime lost before it ran anything."""

LOST_START = "read init-p: connection reset by peer"
"""What runc says then (https://github.com/opencontainers/runc/pull/2812): it happens where memory or time is short."""

REPEATABLE = 4 * FRAME
"""Bytes of input that are kept until the command shows that it runs, to be sent again if it did not."""

Stream = Literal["stdout", "stderr"]


async def open_exec(
    transport: Transport,
    path: str,
    params: Sequence[tuple[str, str]],
    *,
    ping_every: float = PING_EVERY,
    silence: float = SILENCE,
) -> "KubeExec":
    """Starts a command. Raises ApiError with the server's words, ClusterUnreachableError, KubernetesTooOldError."""

    async def connected() -> ClientConnection:
        socket = await open_websocket(transport, path, params, (V5, V4), "exec")
        if socket.subprotocol not in (V5, V4):
            await socket.close()
            raise KubernetesTooOldError("It does not speak the protocol by which commands are run, v4 or v5.")
        return socket

    return KubeExec(await connected(), connected, ping_every=ping_every, silence=silence)


class KubeExec:
    """A running command; an `ExecSession`.

    Standard input waits for the command, and the command for whoever reads `output`: write and read at the same time.
    A command that ends with more than a pipe's buffer of its input unread is not always told of (containerd waits for
    the rest to be read, and so does kubectl): let it read to the end, with `cat >/dev/null` where it failed.
    """

    def __init__(
        self,
        socket: ClientConnection,
        connect_again: Callable[[], Awaitable[ClientConnection]],
        *,
        ping_every: float,
        silence: float,
    ) -> None:
        self._socket = socket
        self._connect_again = connect_again
        self._unconfirmed: list[bytes] | None = []  # what was sent; None once the command is known to run
        self._sending = asyncio.Lock()
        self._pieces = asyncio.Queue[tuple[Stream, bytes] | None](UNREAD)
        self._end: int | VibeCodeError | None = None
        self._loss = "The connection to the command was lost."
        self._heard: float | None = monotonic()  # None while it is the output's reader who is waited for
        self._reader = asyncio.create_task(self._read())
        self._keeper = asyncio.create_task(self._keep_alive(ping_every, silence))

    async def write(self, data: bytes) -> None:
        """Sends to standard input. What an ended command no longer reads is dropped; `output` tells why it ended."""
        view = memoryview(data)
        for start in range(0, len(view), FRAME):
            await self._send(STDIN, view[start : start + FRAME])

    async def close_stdin(self) -> None:
        """Raises KubernetesTooOldError where the protocol is v4, which cannot tell the end of standard input."""
        if self._socket.subprotocol != V5:
            raise KubernetesTooOldError("It cannot tell a command that its standard input has ended.")
        await self._send(CLOSE, bytes([STDIN]))

    async def resize(self, size: TerminalSize) -> None:
        await self._send(RESIZE, json.dumps({"Width": size.columns, "Height": size.rows}).encode())

    async def output(self) -> AsyncGenerator[tuple[Stream, bytes]]:
        """What the command prints, until it has ended.

        Raises ApiError where it could not be started, ClusterUnreachableError where the connection was lost.
        """
        while (piece := await self._pieces.get()) is not None:
            yield piece
        self._pieces.put_nowait(None)  # for whoever asks again
        if isinstance(self._end, VibeCodeError):
            raise self._end

    @property
    def exit_code(self) -> int:
        if not isinstance(self._end, int):
            raise RuntimeError("the exit code is known once the output has ended")
        return self._end

    async def close(self) -> None:
        """Leaves the command, which may go on: container runtimes neither end it nor hang up its terminal."""
        self._reader.cancel()
        self._keeper.cancel()
        await asyncio.wait([self._reader, self._keeper])
        await self._hang_up()
        if self._end is None:
            self._end = ClusterUnreachableError("The connection to the command was closed.")
        while not self._pieces.empty():
            self._pieces.get_nowait()
        self._pieces.put_nowait(None)

    async def _read(self) -> None:
        try:
            self._end = await self._outcome()
        except VibeCodeError as error:
            self._end = error
        except ConnectionClosed:
            self._end = ClusterUnreachableError(self._loss)
        self._keeper.cancel()
        await self._pieces.put(None)
        await self._hang_up()

    async def _outcome(self) -> int:
        for _ in range(STARTS - 1):
            try:
                return await self._receive()
            except ApiError as error:
                if self._unconfirmed is None or LOST_START not in error.detail:
                    raise
                await self._start_again()
        return await self._receive()

    async def _start_again(self) -> None:
        await self._hang_up()  # first, so that who is sending leaves the lock
        async with self._sending:
            self._socket = await self._connect_again()
            self._heard = monotonic()
            with suppress(ConnectionClosed):  # who reads learns why
                for message in self._unconfirmed or ():
                    await self._socket.send(message)

    async def _receive(self) -> int:
        """Passes on the output and returns the exit code, which is the last that the server sends."""
        while True:
            message = await self._socket.recv(decode=False)
            self._heard = monotonic()
            channel, data = message[0] if message else STDOUT, message[1:]
            if not data:
                continue  # the server greets with an empty message
            if channel == STATUS:
                return _exit_code(data)
            if channel in (STDOUT, STDERR):
                self._unconfirmed = None
                self._heard = None
                await self._pieces.put(("stdout" if channel == STDOUT else "stderr", data))
                self._heard = monotonic()

    async def _send(self, channel: int, data: bytes | memoryview) -> None:
        await asyncio.sleep(0)  # what has arrived goes first: `send` gives way only where it has to wait
        message = bytes([channel]) + data
        async with self._sending:
            if self._unconfirmed is not None:
                self._unconfirmed.append(message)
                if sum(map(len, self._unconfirmed)) > REPEATABLE:
                    self._unconfirmed = None
            with suppress(ConnectionClosed):
                await self._socket.send(message)

    async def _keep_alive(self, every: float, silence: float) -> None:
        while True:
            await asyncio.sleep(every)
            try:
                async with asyncio.timeout(silence):
                    await (await self._socket.ping())
            except ConnectionClosed:
                continue  # whoever reads is told, and ends this too
            except TimeoutError:
                if self._heard is not None and monotonic() - self._heard >= silence:
                    self._loss = f"For {silence:g} s nothing was heard of the command."
                    self._socket.transport.abort()

    async def _hang_up(self) -> None:
        if self._socket.transport.get_write_buffer_size():
            self._socket.transport.abort()  # a command that has ended reads no more: the closing frame would wait
        await self._socket.close()


def _exit_code(status: bytes) -> int:
    """The exit code that a `Status` object tells; raises ApiError where it tells that the command did not start."""
    code = 500
    try:
        parsed = json.loads(status)
        if parsed["status"] == "Success":
            return 0
        if parsed["reason"] == "NonZeroExitCode":
            return next(int(cause["message"]) for cause in parsed["details"]["causes"] if cause["reason"] == "ExitCode")
        code = int(parsed["code"])
    except (ValueError, KeyError, TypeError, StopIteration):
        pass  # then it is told as it is
    raise api_error("exec", code, status)
