"""Port-forward as the fake API server does it: a pod's ports are ports of this machine."""

import asyncio
from collections.abc import Mapping

from aiohttp import WSMsgType, web

from cluster.kube.port_forward import DATA, ERROR, V4


async def serve_port_forward(request: web.Request, pod: str, ports: Mapping[int, int]) -> web.WebSocketResponse:
    """Upgrades the request and passes bytes on, until either side leaves."""
    port = int(request.query["ports"])
    socket = web.WebSocketResponse(protocols=(V4,), compress=False, max_msg_size=0, timeout=1)
    await socket.prepare(request)
    for channel in (DATA, ERROR):
        await socket.send_bytes(bytes([channel]) + port.to_bytes(2, "little"))
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", ports.get(port, port))
    except OSError as error:
        await socket.send_bytes(bytes([ERROR]) + f"error forwarding port {port} to pod {pod}: {error}".encode())
        await socket.close()
        return socket
    upward = asyncio.ensure_future(_upward(socket, writer))
    downward = asyncio.ensure_future(_downward(reader, socket))
    try:
        await asyncio.wait([upward, downward], return_when=asyncio.FIRST_COMPLETED)
    finally:
        upward.cancel()
        downward.cancel()
        await asyncio.wait([upward, downward])
        writer.close()
    await socket.close()
    return socket


async def _upward(socket: web.WebSocketResponse, writer: asyncio.StreamWriter) -> None:
    async for message in socket:
        if message.type is WSMsgType.BINARY and message.data[:1] == bytes([DATA]):
            writer.write(message.data[1:])
            await writer.drain()


async def _downward(reader: asyncio.StreamReader, socket: web.WebSocketResponse) -> None:
    while data := await reader.read(32 * 1024):
        await socket.send_bytes(bytes([DATA]) + data)
