"""A pod's port as a socket of this machine's, over the WebSocket protocol of Kubernetes' port-forward.

Each connection has a WebSocket of its own, whose messages begin with the number of their channel. The first two bytes
of a channel are the port's number. The source: `k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go`.
"""

import asyncio
import logging
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from cluster.errors import KubernetesTooOldError
from cluster.kube.refusals import api_error
from cluster.kube.transport import Transport
from cluster.kube.websocket import FRAME, open_websocket
from templates.errors import VibeCodeError

log = logging.getLogger(__name__)

V4 = Subprotocol("v4.channel.k8s.io")
DATA, ERROR = 0, 1
PORT_NUMBER = 2
"""Bytes at a channel's begin."""


@asynccontextmanager
async def forwarded(transport: Transport, path: str, port: int, at: Path) -> AsyncGenerator[None]:
    """Who connects to the Unix socket `at` reaches the pod's port; all are cut off in the end.

    A connection that cannot be made is hung up, and the log says why: the pod is asked for each anew.
    """
    under_way = set[asyncio.Task[None]]()

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        under_way.add(task)
        try:
            socket = await _connected(transport, path, port)
            try:
                await _pass_on(socket, reader, writer)
            finally:
                await socket.close()
        except VibeCodeError as error:
            log.info("port %d is not reached: %s", port, error.detail)
        except asyncio.CancelledError:
            pass  # the forwarding has ended; before Python 3.12 the server would take it for a defect
        finally:
            under_way.discard(task)
            writer.close()

    server = await asyncio.start_unix_server(serve, at)
    try:
        yield
    finally:
        server.close()
        for task in under_way:
            task.cancel()
        if under_way:
            await asyncio.wait(under_way)


async def _connected(transport: Transport, path: str, port: int) -> ClientConnection:
    socket = await open_websocket(transport, path, [("ports", str(port))], [V4], "port-forward")
    if socket.subprotocol != V4:
        await socket.close()
        raise KubernetesTooOldError("It does not speak the protocol by which ports are forwarded, v4.")
    return socket


async def _pass_on(socket: ClientConnection, reader: StreamReader, writer: StreamWriter) -> None:
    """Until either side leaves: the protocol has no way to tell that one only says no more."""
    both = asyncio.ensure_future(_upward(reader, socket)), asyncio.ensure_future(_downward(socket, writer))
    try:
        done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in both:
            one.cancel()
        await asyncio.wait(both)
    for one in done:
        one.result()


async def _upward(reader: StreamReader, socket: ClientConnection) -> None:
    with suppress(OSError, ConnectionClosed):
        while data := await reader.read(FRAME):
            await socket.send(bytes([DATA]) + data)


async def _downward(socket: ClientConnection, writer: StreamWriter) -> None:
    """Raises ApiError with what the pod's node says where nobody listens."""
    greeting = {DATA: PORT_NUMBER, ERROR: PORT_NUMBER}
    complaint = b""
    with suppress(OSError, ConnectionClosed):
        while True:
            message = await socket.recv(decode=False)
            channel, data = message[0] if message else DATA, message[1:]
            skipped = min(greeting.get(channel, 0), len(data))
            greeting[channel] = greeting.get(channel, 0) - skipped
            data = data[skipped:]
            if channel == DATA:
                writer.write(data)
                await writer.drain()
            elif channel == ERROR:
                complaint += data
    if complaint:
        raise api_error("port-forward", 500, complaint)
