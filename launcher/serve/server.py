"""The server itself: its sockets, its life, and an end that lets nothing hang."""

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from launcher.serve.address import LOOPBACK
from launcher.serve.errors import InsecureAddressError, ServerRunsError
from launcher.serve.streams import Streams

log = logging.getLogger(__name__)

BACKLOG = 1024
CONNECTIONS = 1024
"""Open connections; beyond them callers are answered 503."""
FAREWELL = 2
"""Seconds that requests under way have when the server ends."""
HEAD = 65536
"""Bytes of a request's head."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files in PEM: the chain, and its private key."""

    chain: Path
    key: Path


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def listen(host: str, port: int) -> list[socket.socket]:
    """On 127.0.0.1 the same port of ::1 too, where `localhost` leads first.

    Raises ServerRunsError where it is taken.
    """
    listeners: list[socket.socket] = []
    try:
        listeners.append(_listener(host, port))
        if host == LOOPBACK and _has_ipv6_loopback():
            listeners.append(_listener("::1", listeners[0].getsockname()[1]))
    except OSError as error:
        for listener in listeners:
            listener.close()
        detail = f"Nothing can listen on port {port} of {host}: {error.strerror or error}."
        hint = f"`vibecode serve --open` opens the server that runs already; `--port {port + 1}` starts another."
        raise ServerRunsError(detail, hint=hint) from error
    return listeners


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    # Its connections inherit it. asyncio sets it only where a socket names its protocol, which this one does not;
    # without it each answer waits 40 ms for the acknowledgement of its head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _has_ipv6_loopback() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@asynccontextmanager
async def serving(
    app: ASGIApp, streams: Streams, listeners: list[socket.socket], tls: ssl.SSLContext | None = None
) -> AsyncGenerator[None]:
    """Serves until the block ends; then streams end first, and what is under way has a moment."""
    server = _Server(_config(app, tls))
    streams.cut = lambda client: _cut(server, client)
    work = asyncio.create_task(server.serve(listeners))
    try:
        await server.listens.wait()
        yield
    finally:
        await streams.close()
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await work


def _config(app: ASGIApp, tls: ssl.SSLContext | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=FAREWELL,
        h11_max_incomplete_event_size=HEAD,
        ssl_context_factory=None if tls is None else lambda _config, _default: tls,
    )


def tls_context(certificate: Certificate) -> ssl.SSLContext:
    """Raises InsecureAddressError where the files are not a certificate and its key."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate.chain, certificate.key)
    except (OSError, ssl.SSLError) as error:
        hint = "Name a certificate and its private key, both in PEM."
        raise InsecureAddressError(f"{certificate.chain}, {certificate.key}: {error}.", hint=hint) from error
    return context


def _cut(server: uvicorn.Server, client: object) -> None:
    for connection in tuple(server.server_state.connections):
        if getattr(connection, "client", None) == client:
            connection.transport.abort()
