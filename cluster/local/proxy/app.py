"""The proxy as a server on this machine's loopback addresses."""

import asyncio
import errno
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from time import monotonic

from cluster.local.proxy.browser import Browser
from cluster.local.proxy.gate import Gate
from cluster.local.proxy.passes import Passes
from cluster.local.proxy.reception import Reception
from cluster.local.proxy.routes import Routes
from cluster.local.proxy.sites import Sites
from cluster.local.proxy.tickets import Tickets
from cluster.local.proxy.upstreams import Upstreams

BACKLOG = 1024
HEAD_WITHIN = 75.0
"""Seconds that a connection may wait for a whole request before it is closed: anybody here may open many."""


class Application:
    """The proxy for the workspaces below `base_domain`, as browsers reach it on `port`."""

    def __init__(self, base_domain: str, port: int, routes: Routes, tickets: Tickets, passes: Passes) -> None:
        self._reception = Reception(Gate(Sites(base_domain, port), tickets, passes), routes)
        self._upstreams = Upstreams()
        self._connected: set[Browser] = set()

    def accept(self) -> Browser:
        """What serves a new connection."""
        return Browser(self._reception, self._upstreams, self._connected)

    def close_idle(self, now: float) -> None:
        """Ends the connections that have waited too long for a request, by the monotonic clock."""
        for browser in tuple(self._connected):
            browser.close_if_idle(now - HEAD_WITHIN)

    def close(self) -> None:
        """Ends every connection."""
        for browser in tuple(self._connected):
            browser.abort()
        self._upstreams.close()


def listen(port: int) -> socket.socket:
    """The proxy's listening socket, on 127.0.0.1; with port 0 on a free one. OSError where the port is taken.

    Taken is also the same port of ::1: browsers go there first for `*.localhost` and would show their passes to whoever
    listens.
    """
    listener = socket.create_server(("127.0.0.1", port), backlog=BACKLOG)
    try:
        if (twin := _twin(listener)) is not None:
            twin.close()
    except OSError:
        listener.close()
        raise
    return listener


def _twin(listener: socket.socket) -> socket.socket | None:
    """The same port at ::1; None where this machine has no such address."""
    try:
        address = ("::1", listener.getsockname()[1])
        return socket.create_server(address, family=socket.AF_INET6, backlog=BACKLOG)
    except OSError as error:
        if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            return None
        raise


async def _sweep(app: Application) -> None:
    while True:
        await asyncio.sleep(HEAD_WITHIN / 5)
        app.close_idle(monotonic())


@asynccontextmanager
async def serve(app: Application, listener: socket.socket) -> AsyncGenerator[None]:
    """Serves, at ::1 too, until the block ends, which ends every connection. Nothing is logged: it may be a ticket."""
    twin = _twin(listener)
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(app.accept, sock=one, backlog=BACKLOG) for one in (listener, twin) if one]
    sweeping = loop.create_task(_sweep(app))
    try:
        yield
    finally:
        sweeping.cancel()
        await asyncio.wait([sweeping])
        for server in servers:
            server.close()
        app.close()
        await asyncio.sleep(0)  # the connections close in the loop's next turn
        for server in servers:
            await server.wait_closed()
