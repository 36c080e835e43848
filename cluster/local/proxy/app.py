"""The proxy as a web application: admits, finds the workspace, and passes bytes on as they come."""

import errno
import socket
from collections.abc import AsyncGenerator, Container
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from aiohttp import ClientError, ClientResponse, web
from yarl import URL

from cluster.local.proxy import headers, pages
from cluster.local.proxy.gate import Gate
from cluster.local.proxy.passes import Passes
from cluster.local.proxy.routes import Routes
from cluster.local.proxy.sites import Sites
from cluster.local.proxy.tickets import Tickets
from cluster.local.proxy.tunnel import tunnel
from cluster.local.proxy.upstreams import BUFFER, Upstreams

LINE_LIMIT = 16384
"""Bytes of a request's first line, and of each header; what is longer is answered 400."""
BACKLOG = 1024
_BY_AIOHTTP = ("Content-Type", "Date", "Server")
"""What aiohttp adds to an answer that lacks it."""
_Response = TypeVar("_Response", bound=web.StreamResponse)
_ADDED = web.ResponseKey("added", frozenset[str])


def application(base_domain: str, port: int, routes: Routes, tickets: Tickets, passes: Passes) -> web.Application:
    """The proxy for the workspaces below `base_domain`, as browsers reach it on `port`."""
    upstreams = Upstreams()
    relay = _Relay(Gate(Sites(base_domain, port), tickets, passes), routes, upstreams)

    async def clients(_: web.Application) -> AsyncGenerator[None]:
        yield
        await upstreams.close()

    app = web.Application()
    app.router.add_route("*", "/{target:(?s:.*)}", relay.handle, expect_handler=_not_yet)
    app.on_response_prepare.append(_without_added)
    app.cleanup_ctx.append(clients)
    return app


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


@asynccontextmanager
async def serve(app: web.Application, listener: socket.socket) -> AsyncGenerator[None]:
    """Serves, at ::1 too, until the block ends, which ends every connection.

    A browser that goes away cancels what runs for it. Nothing of a request is logged, as it may be a ticket.
    """
    runner = web.AppRunner(
        app,
        access_log=None,
        handler_cancellation=True,
        auto_decompress=False,
        read_bufsize=BUFFER,
        max_line_size=LINE_LIMIT,
        max_field_size=LINE_LIMIT,
        shutdown_timeout=1.0,
    )
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        if (twin := _twin(listener)) is not None:
            await web.SockSite(runner, twin).start()
        yield
    finally:
        await runner.cleanup()


class _Relay:
    def __init__(self, gate: Gate, routes: Routes, upstreams: Upstreams) -> None:
        self._gate = gate
        self._routes = routes
        self._upstreams = upstreams

    async def handle(self, request: web.Request) -> web.StreamResponse:
        admitted = self._gate.admit(request)
        if isinstance(admitted, web.Response):
            return admitted
        accept = request.headers.get("Accept", "")
        path = self._routes.socket(admitted.workspace)
        if path is None:
            return pages.not_running(admitted).response(accept)
        try:
            upstream = await self._ask(request, path)
        except (ClientError, OSError):
            return pages.no_answer(admitted).response(accept)
        async with upstream:
            if upstream.status != 101:
                return await _answered(request, upstream)
            if headers.is_upgrade(request.headers):
                return await _upgraded(request, upstream)
            # What the browser sends next is another request, with our cookie: never the workspace's as it is.
            return pages.no_answer(admitted).response(accept)

    async def _ask(self, request: web.Request, path: Path) -> ClientResponse:
        if "Expect" in request.headers:
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            request.writer.output_size = 0  # nothing of the answer itself is out
        return await self._upstreams.client(path).request(
            request.method,
            URL(f"http://workspace{request.raw_path}", encoded=True),
            headers=headers.to_workspace(
                request.headers, request.host, request.remote or "", upgrade=headers.is_upgrade(request.headers)
            ),
            data=request.content if request.body_exists else None,
            allow_redirects=False,
        )


async def _answered(request: web.Request, upstream: ClientResponse) -> web.StreamResponse:
    passed = headers.to_browser(upstream.headers, upgrade=False)
    if upstream.content.is_eof() and (body := await upstream.read()):  # here already: head and body in one packet
        return _marked(web.Response(status=upstream.status, reason=upstream.reason, headers=passed, body=body), passed)
    response = _marked(web.StreamResponse(status=upstream.status, reason=upstream.reason, headers=passed), passed)
    try:
        await response.prepare(request)
        async for chunk in upstream.content.iter_any():
            await response.write(chunk)
        await response.write_eof()
    except (ClientError, ConnectionError):
        # Either side broke off: so that no browser takes a part for the whole, its connection breaks off too.
        if request.transport is not None:
            request.transport.abort()
    return response


async def _upgraded(request: web.Request, upstream: ClientResponse) -> web.StreamResponse:
    passed = headers.to_browser(upstream.headers, upgrade=True)
    response = _marked(web.StreamResponse(status=101, reason=upstream.reason, headers=passed), passed)
    await response.prepare(request)
    response.force_close()
    await tunnel(request, upstream)
    return response


def _marked(response: _Response, passed: Container[str]) -> _Response:
    response[_ADDED] = frozenset(name for name in _BY_AIOHTTP if name not in passed)
    return response


async def _without_added(_: web.Request, response: web.StreamResponse) -> None:
    for name in response.get(_ADDED, ()):
        response.headers.popall(name, None)


async def _not_yet(request: web.Request) -> None:
    """Answers no `100 Continue` before the request is admitted."""
    if request.headers["Expect"].lower() != "100-continue":
        raise web.HTTPExpectationFailed()
