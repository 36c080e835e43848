"""A real small upstream on a Unix socket, behind the proxy as it is served; everything over real connections."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from aiohttp import ClientSession, CookieJar, web

from cluster.local.loops import loop_factory
from cluster.local.proxy.app import Application, listen, serve
from cluster.local.proxy.passes import Passes
from cluster.local.proxy.tickets import Tickets

BASE = "vibecode.localhost"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The host's own, and the one that it falls back to."""
    return {"asyncio": asyncio.new_event_loop, "host": loop_factory() or asyncio.new_event_loop}


class Workspace:
    """What runs in the workspace `shop`: remembers every request, and answers as the test says."""

    def __init__(self) -> None:
        self.seen: list[web.Request] = []
        self.bodies: list[bytes] = []
        self.answer: Handler = self.hello

    async def hello(self, request: web.Request) -> web.StreamResponse:
        self.bodies.append(await request.read())
        return web.Response(text="hello")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        return await self.answer(request)

    @asynccontextmanager
    async def listening(self, path: Path) -> AsyncGenerator[None]:
        app = web.Application(client_max_size=2**30)
        app.router.add_route("*", "/{target:(?s:.*)}", self.handle)
        runner = web.AppRunner(app, handler_cancellation=True, auto_decompress=False, shutdown_timeout=0.1)
        await runner.setup()
        await web.UnixSite(runner, str(path)).start()
        try:
            yield
        finally:
            await runner.cleanup()


class Sockets(dict[str, Path]):
    """The workspaces that run."""

    def socket(self, workspace: str) -> Path | None:
        return self.get(workspace)


class Proxy:
    """The proxy as a browser reaches it."""

    def __init__(self, port: int, app: Application, routes: Sockets, tickets: Tickets, passes: Passes) -> None:
        self.port = port
        self.app = app
        self.routes = routes
        self.tickets = tickets
        self.passes = passes

    def host(self, label: str = "shop") -> str:
        return f"{label}.{BASE}:{self.port}"

    def origin(self, label: str = "shop") -> str:
        return f"http://{self.host(label)}"

    def url(self, target: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{target}"

    def headers(self, label: str = "shop", **more: str) -> dict[str, str]:
        """Those of a browser that is in."""
        return {"Host": self.host(label), "Cookie": self.passes.cookie(label), **more}

    @asynccontextmanager
    async def raw(self) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield reader, writer
        finally:
            writer.close()

    async def send(self, request: bytes) -> bytes:
        """The whole answer to these bytes, until the proxy closes the connection."""
        async with self.raw() as (reader, writer):
            writer.write(request)
            return await reader.read()


@pytest.fixture
def folder() -> Generator[Path]:
    """Short enough for a socket's path."""
    with TemporaryDirectory(prefix="vc") as name:
        yield Path(name)


@pytest.fixture
async def workspace(folder: Path) -> AsyncIterator[Workspace]:
    workspace = Workspace()
    async with workspace.listening(folder / "shop.sock"):
        yield workspace


@pytest.fixture
async def proxy(folder: Path, workspace: Workspace) -> AsyncIterator[Proxy]:
    routes, tickets, passes = Sockets(shop=folder / "shop.sock"), Tickets(), Passes(b"k" * 32)
    listener = listen(0)
    port = listener.getsockname()[1]
    app = Application(BASE, port, routes, tickets, passes)
    async with serve(app, listener):
        yield Proxy(port, app, routes, tickets, passes)


@pytest.fixture
async def browser() -> AsyncIterator[ClientSession]:
    async with ClientSession(cookie_jar=CookieJar(), auto_decompress=False) as session:
        yield session
