"""WebSockets: frames as they were sent, both ways, for as long as both ends want."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server, ServerConnection, unix_serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from tests.unit.cluster.local.proxy.conftest import Proxy

MEGABYTE = 2**20


class Sockets:
    """A WebSocket server in the workspace, another library than the proxy's."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.seen: list[ServerConnection] = []

    @asynccontextmanager
    async def serve(
        self, handler: Callable[[ServerConnection], Awaitable[None]], **options: Any
    ) -> AsyncGenerator[Server]:
        async def handle(connection: ServerConnection) -> None:
            self.seen.append(connection)
            await handler(connection)

        path = self.proxy.routes["shop"].with_name("ws.sock")
        self.proxy.routes["shop"] = path
        async with unix_serve(handle, str(path), max_size=None, ping_interval=None, **options) as server:
            yield server

    @asynccontextmanager
    async def connect(self, label: str = "shop", **options: Any) -> AsyncGenerator[ClientConnection]:
        proxy = self.proxy
        headers = {"Cookie": proxy.passes.cookie(label), "Origin": proxy.origin(label)}
        async with connect(
            f"ws://{proxy.host(label)}/socket?a=%2F",
            additional_headers=headers,
            host="127.0.0.1",
            port=proxy.port,
            proxy=None,
            max_size=None,
            ping_interval=None,
            **options,
        ) as connection:
            yield connection


@pytest.fixture
def sockets(proxy: Proxy) -> Sockets:
    return Sockets(proxy)


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


@pytest.mark.parametrize("compression", ["deflate", None])
async def test_text_and_binary_messages_of_any_size(sockets: Sockets, compression: str | None) -> None:
    async with sockets.serve(echo, compression=compression), sockets.connect(compression=compression) as connection:
        for message in ("", "grüße", b"", b"\0\xff", "x" * 65536, bytes(range(256)) * 65536):
            await connection.send(message)
            assert await connection.recv() == message


async def test_a_message_in_fragments_arrives_in_the_same_fragments(sockets: Sockets) -> None:
    fragments: list[Any] = []

    async def collect(connection: ServerConnection) -> None:
        fragments.extend([fragment async for fragment in connection.recv_streaming()])
        await connection.send("done")

    async with sockets.serve(collect), sockets.connect() as connection:
        await connection.send(["a", "b", "c"])
        assert await connection.recv() == "done"
    assert [fragment for fragment in fragments if fragment] == ["a", "b", "c"]


@pytest.mark.parametrize(("code", "reason"), [(1000, ""), (1001, "going"), (4321, "because")])
async def test_close_codes_pass_both_ways(sockets: Sockets, code: int, reason: str) -> None:
    closed = asyncio.Event()

    async def serve(connection: ServerConnection) -> None:
        if await connection.recv() == "you":
            await connection.close(code, reason)
        else:
            await connection.wait_closed()
            closed.set()

    async with sockets.serve(serve):
        async with sockets.connect() as connection:
            await connection.send("you")
            await connection.wait_closed()
            assert (connection.close_code, connection.close_reason) == (code, reason)
        async with sockets.connect() as connection:
            await connection.send("me")
            await connection.close(code, reason)
            await closed.wait()
    assert (sockets.seen[1].close_code, sockets.seen[1].close_reason) == (code, reason)


async def test_pings_are_answered_by_the_other_end(sockets: Sockets) -> None:
    async def serve(connection: ServerConnection) -> None:
        await (await connection.ping(b"from the workspace"))
        await connection.send("answered")
        await connection.wait_closed()

    async with sockets.serve(serve), sockets.connect() as connection:
        await (await connection.ping(b"from the browser"))
        assert await connection.recv() == "answered"


async def test_the_workspace_chooses_the_subprotocol(sockets: Sockets) -> None:
    ours = [Subprotocol("second"), Subprotocol("third")]
    async with (
        sockets.serve(echo, subprotocols=ours),
        sockets.connect(subprotocols=[Subprotocol("first"), Subprotocol("second")]) as connection,
    ):
        assert connection.subprotocol == "second"


async def test_the_upgrade_arrives_as_the_browser_sent_it(sockets: Sockets) -> None:
    async with sockets.serve(echo), sockets.connect("8000-shop") as connection:
        await connection.send("x")
        assert await connection.recv() == "x"
    request = sockets.seen[0].request
    assert request is not None
    assert request.path == "/socket?a=%2F"
    assert request.headers.get_all("Host") == [sockets.proxy.host("8000-shop")]
    assert request.headers["Origin"] == sockets.proxy.origin("8000-shop")
    assert request.headers["X-Forwarded-Host"] == sockets.proxy.host("8000-shop")
    assert "Cookie" not in request.headers


async def test_a_refused_upgrade_reaches_the_browser(sockets: Sockets) -> None:
    def refuse(connection: ServerConnection, _: object) -> Any:
        return connection.respond(418, "no tea")

    async with sockets.serve(echo, process_request=refuse):
        with pytest.raises(InvalidStatus) as refused:
            async with sockets.connect():
                raise AssertionError
    assert refused.value.response.status_code == 418
    assert refused.value.response.body == b"no tea"


async def test_what_comes_right_behind_the_upgrade_is_not_lost(sockets: Sockets) -> None:
    async def serve(connection: ServerConnection) -> None:
        await connection.send("first")
        await connection.send(b"x" * MEGABYTE)
        await connection.wait_closed()

    async with sockets.serve(serve), sockets.connect() as connection:
        assert await connection.recv() == "first"
        assert await connection.recv() == b"x" * MEGABYTE


async def test_frames_sent_with_the_upgrade_request_are_not_lost(sockets: Sockets) -> None:
    got: asyncio.Future[str | bytes] = asyncio.get_running_loop().create_future()

    async def serve(connection: ServerConnection) -> None:
        got.set_result(await connection.recv())

    async with sockets.serve(serve), sockets.proxy.raw() as (_, writer):
        writer.write(_upgrade(sockets.proxy) + b"\x81\x82\0\0\0\0hi")
        assert await got == "hi"


async def test_a_browser_that_is_gone_ends_the_workspace_s_connection(sockets: Sockets) -> None:
    ended = asyncio.Event()

    async def serve(connection: ServerConnection) -> None:
        with pytest.raises(ConnectionClosed):
            await connection.recv()
        ended.set()

    async with sockets.serve(serve):
        async with sockets.proxy.raw() as (reader, writer):
            writer.write(_upgrade(sockets.proxy))
            await reader.readuntil(b"\r\n\r\n")
        await ended.wait()


async def test_a_workspace_that_is_gone_ends_the_browser_s_connection(sockets: Sockets) -> None:
    async def serve(connection: ServerConnection) -> None:
        await connection.send("last words")
        connection.transport.close()

    async with sockets.serve(serve), sockets.connect() as connection:
        assert await connection.recv() == "last words"
        await connection.wait_closed()
        assert connection.close_code == 1006


@pytest.mark.parametrize("slow", ["browser", "workspace"])
async def test_a_fast_end_waits_for_a_slow_one(sockets: Sockets, slow: str) -> None:
    size, sent, received = 64 * MEGABYTE, 0, 0

    async def send(connection: ServerConnection | ClientConnection) -> None:
        nonlocal sent
        while sent < size:
            await connection.send(bytes(MEGABYTE))
            sent += MEGABYTE

    async def receive(connection: ServerConnection | ClientConnection) -> None:
        nonlocal received
        while received < size:
            received += len(await connection.recv())
            assert sent - received < 24 * MEGABYTE

    ended = asyncio.Event()

    async def serve(connection: ServerConnection) -> None:
        await (send if slow == "browser" else receive)(connection)
        ended.set()
        await connection.wait_closed()

    async with sockets.serve(serve, compression=None), sockets.connect(compression=None) as connection:
        await (receive if slow == "browser" else send)(connection)
        await ended.wait()
    assert received == size


async def test_another_protocol_than_websocket_is_not_changed_to(proxy: Proxy, browser: ClientSession) -> None:
    headers = proxy.headers(Connection="Upgrade, HTTP2-Settings", Upgrade="h2c", **{"HTTP2-Settings": "AAMAAABk"})
    async with browser.get(proxy.url(), headers=headers) as answer:
        assert answer.status == 200


def _upgrade(proxy: Proxy) -> bytes:
    lines = ("GET /socket HTTP/1.1", f"Host: {proxy.host()}", f"Cookie: {proxy.passes.cookie('shop')}")
    upgrade = ("Connection: keep-alive, Upgrade", "Upgrade: WebSocket", "Sec-WebSocket-Version: 13")
    return "\r\n".join((*lines, *upgrade, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", "")).encode()
