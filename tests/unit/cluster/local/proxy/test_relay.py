"""What passes through, byte for byte and as it comes; and what does not."""

import asyncio
import gzip
import hashlib
import logging
from collections.abc import AsyncIterator, Generator

import pytest
from aiohttp import ClientError, ClientSession, web
from yarl import URL

from tests.unit.cluster.local.proxy.conftest import Proxy, Workspace

MEGABYTE = 2**20
IN_FLIGHT = 16 * MEGABYTE
"""More than the buffers of four sockets and two programs hold, less than what a proxy that buffers would."""


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Generator[None]:
    """Nothing that a browser or a workspace does is an error in the log."""
    yield
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_request_arrives_as_the_browser_sent_it(
    proxy: Proxy, workspace: Workspace, browser: ClientSession
) -> None:
    target = "/a%2Fb/../c;d/%E2%82%AC/%0a//e?q=%20&&r=a+b=[1]{|}'&s"
    headers = proxy.headers(Accept="x/y", Origin=proxy.origin(), **{"X-Own": "1", "Content-Type": "text/csv"})
    async with browser.put(URL(proxy.url(target), encoded=True), headers=headers, data=b"\0body") as answer:
        assert answer.status == 200
    (seen,) = workspace.seen
    assert (seen.method, seen.raw_path) == ("PUT", target)
    assert workspace.bodies == [b"\0body"]
    assert seen.headers["Host"] == proxy.host()
    assert {name: seen.headers[name] for name in ("Accept", "Origin", "X-Own", "Content-Type", "Content-Length")} == {
        "Accept": "x/y",
        "Origin": proxy.origin(),
        "X-Own": "1",
        "Content-Type": "text/csv",
        "Content-Length": "5",
    }


async def test_the_proxy_alone_says_who_asked_for_what(
    proxy: Proxy, workspace: Workspace, browser: ClientSession
) -> None:
    lies = {
        "Forwarded": "host=evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "8.8.8.8",
        "X-Forwarded-Port": "1",
        "X-Forwarded-Prefix": "/evil",
        "X-Real-IP": "8.8.8.8",
    }
    async with browser.get(proxy.url(), headers=proxy.headers("8000-shop", **lies)) as answer:
        assert answer.status == 200
    told = {name: value for name, value in workspace.seen[0].headers.items() if "orward" in name or "Real" in name}
    assert told == {
        "X-Forwarded-Host": proxy.host("8000-shop"),
        "X-Forwarded-Proto": "http",
        "X-Forwarded-For": "127.0.0.1",
    }


async def test_what_belongs_to_one_connection_ends_with_it(
    proxy: Proxy, workspace: Workspace, browser: ClientSession
) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(headers={"Connection": "X-Hop", "X-Hop": "1", "Keep-Alive": "timeout=9", "X-Own": "2"})

    workspace.answer = answer
    hop = {"Connection": "keep-alive, X-Hop, Host, X-Forwarded-For", "X-Hop": "1", "Keep-Alive": "1", "TE": "trailers"}
    hop |= {"Proxy-Authorization": "secret", "Proxy-Connection": "close", "Upgrade": "h2c", "X-Own": "1"}
    async with browser.get(proxy.url(), headers=proxy.headers(**hop)) as got:
        assert got.headers["X-Own"] == "2"
        assert not {"X-Hop", "Keep-Alive"} & set(got.headers)
    seen = workspace.seen[0].headers
    assert not {"X-Hop", "Keep-Alive", "TE", "Proxy-Authorization", "Proxy-Connection", "Upgrade"} & set(seen)
    assert (seen["X-Own"], seen["Host"], seen["X-Forwarded-For"]) == ("1", proxy.host(), "127.0.0.1")


async def test_a_request_gains_no_headers(proxy: Proxy, workspace: Workspace) -> None:
    head = (
        f"GET / HTTP/1.1\r\nHost: {proxy.host()}\r\nCookie: {proxy.passes.cookie('shop')}\r\nConnection: close\r\n\r\n"
    )
    assert (await proxy.send(head.encode())).startswith(b"HTTP/1.1 200")
    assert set(workspace.seen[0].headers) == {"Host", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For"}


@pytest.mark.parametrize("body", [b"", b"x"])
async def test_an_answer_gains_no_headers(proxy: Proxy, body: bytes) -> None:
    async def bare(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 203 Odd\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        await reader.read()
        writer.close()

    path = proxy.routes["shop"].with_name("bare.sock")
    proxy.routes["shop"] = path
    async with await asyncio.start_unix_server(bare, path):
        answer = await proxy.send(_get(proxy))
    head, _, got = answer.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    assert first == b"HTTP/1.1 203 Odd"
    assert sorted(line.lower() for line in lines) == sorted(
        [b"x-a: 1", b"x-a: 2", b"content-length: %d" % len(body), b"connection: close"]
    )
    assert got == body


async def test_head_and_304_have_a_length_and_no_body(
    proxy: Proxy, workspace: Workspace, browser: ClientSession
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.method == "HEAD":
            return web.Response(body=b"x" * 5000)
        return web.Response(status=304, headers={"ETag": '"1"'})

    workspace.answer = answer
    async with browser.head(proxy.url(), headers=proxy.headers()) as got:
        assert (got.status, got.headers["Content-Length"], await got.read()) == (200, "5000", b"")
    async with browser.get(proxy.url(), headers=proxy.headers()) as got:
        assert (got.status, got.headers["ETag"], await got.read()) == (304, '"1"', b"")


@pytest.mark.parametrize("location", ["/next", "../up?x=1", "http://elsewhere.example/", "//other/path"])
async def test_a_redirect_is_not_touched(
    proxy: Proxy, workspace: Workspace, browser: ClientSession, location: str
) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": location})

    workspace.answer = answer
    async with browser.post(proxy.url(), headers=proxy.headers(), data=b"x", allow_redirects=False) as got:
        assert (got.status, got.headers["Location"]) == (307, location)
    assert len(workspace.seen) == 1


async def test_what_is_compressed_stays_so(proxy: Proxy, workspace: Workspace, browser: ClientSession) -> None:
    packed = gzip.compress(b"text" * 1000)

    async def answer(request: web.Request) -> web.StreamResponse:
        assert await request.read() == packed
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    workspace.answer = answer
    headers = proxy.headers(**{"Content-Encoding": "gzip"})
    async with browser.post(proxy.url(), headers=headers, data=packed) as got:
        assert got.headers["Content-Encoding"] == "gzip"
        assert await got.read() == packed


async def test_bodies_of_known_and_of_unknown_length_arrive_whole(
    proxy: Proxy, workspace: Workspace, browser: ClientSession
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        known = "Content-Length" in request.headers
        response = web.StreamResponse(headers={"Content-Length": str(len(body))} if known else {})
        await response.prepare(request)
        for start in range(0, len(body), 70_000):
            await response.write(body[start : start + 70_000])
        return response

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(sent), 50_000):
            yield sent[start : start + 50_000]

    workspace.answer = answer
    sent = bytes(range(256)) * 4000
    for data, name in ((sent, "Content-Length"), (pieces(), "Transfer-Encoding")):
        async with browser.post(proxy.url(), headers=proxy.headers(), data=data) as got:
            assert hashlib.sha256(await got.read()).digest() == hashlib.sha256(sent).digest()
            assert name in got.headers
        assert name in workspace.seen[-1].headers


async def test_a_download_waits_for_a_slow_browser(proxy: Proxy, workspace: Workspace, browser: ClientSession) -> None:
    size, sent = 200 * MEGABYTE, 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Length": str(size)})
        await response.prepare(request)
        while sent < size:
            await response.write(bytes(MEGABYTE))
            sent += MEGABYTE
        return response

    workspace.answer = answer
    received = 0
    async with browser.get(proxy.url(), headers=proxy.headers()) as got:
        async for chunk in got.content.iter_any():
            received += len(chunk)
            assert sent - received < IN_FLIGHT
    assert received == size


async def test_an_upload_waits_for_a_slow_workspace(proxy: Proxy, workspace: Workspace, browser: ClientSession) -> None:
    size, sent, received = 200 * MEGABYTE, 0, 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal received
        async for chunk in request.content.iter_any():
            received += len(chunk)
            assert sent - received < IN_FLIGHT
        return web.Response(text=str(received))

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < size:
            yield bytes(MEGABYTE)
            sent += MEGABYTE

    workspace.answer = answer
    async with browser.post(proxy.url(), headers=proxy.headers(), data=body()) as got:
        assert await got.text() == str(size)


async def test_events_arrive_as_they_are_sent(proxy: Proxy, workspace: Workspace, browser: ClientSession) -> None:
    seen = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for number in range(3):
            await seen.wait()  # the head, then each event, reach the browser before the next is sent
            seen.clear()
            await response.write(b"data: %d\n\n" % number)
        await seen.wait()
        return response

    workspace.answer = answer
    async with browser.get(proxy.url(), headers=proxy.headers()) as got:
        assert got.headers["Content-Type"] == "text/event-stream"
        for number in range(3):
            seen.set()
            assert await got.content.readany() == b"data: %d\n\n" % number
        seen.set()
        assert await got.read() == b""


async def test_the_browser_sends_its_body_once_it_is_asked_to(proxy: Proxy, workspace: Workspace) -> None:
    head = _post(proxy, "Content-Length: 4", "Expect: 100-continue")
    async with proxy.raw() as (reader, writer):
        writer.write(head)
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"body")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
    assert workspace.bodies == [b"body"]
    assert "Expect" not in workspace.seen[0].headers


async def test_a_body_that_is_not_admitted_is_not_asked_for(proxy: Proxy) -> None:
    head = f"POST / HTTP/1.1\r\nHost: {proxy.host()}\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"
    async with proxy.raw() as (reader, writer):
        writer.write(head.encode())
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 401 ")


async def test_another_expectation_is_refused(proxy: Proxy, workspace: Workspace, browser: ClientSession) -> None:
    async with browser.get(proxy.url(), headers=proxy.headers(Expect="tea")) as got:
        assert got.status == 417
    assert workspace.seen == []


async def test_an_early_answer_to_an_upload_reaches_the_browser(proxy: Proxy, workspace: Workspace) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        response = web.Response(status=413, text="too large")
        response.force_close()
        return response

    workspace.answer = answer
    async with proxy.raw() as (reader, writer):
        writer.write(_post(proxy, "Content-Length: 1000000") + b"x")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 413 ")


async def test_one_connection_carries_many_requests(proxy: Proxy, workspace: Workspace) -> None:
    async with proxy.raw() as (reader, writer):
        for _ in range(3):
            writer.write(_get(proxy, close=False))
            head = await reader.readuntil(b"\r\n\r\n")
            assert b"close" not in head
            assert await reader.readexactly(5) == b"hello"
    ports = {request.transport for request in workspace.seen}
    assert len(ports) == 1


@pytest.mark.parametrize("gone", [True, False])
async def test_a_workspace_that_does_not_answer_gets_a_page(proxy: Proxy, browser: ClientSession, gone: bool) -> None:
    async def slam(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    path = proxy.routes["shop"].with_name("dead.sock")
    async with await asyncio.start_unix_server(slam, path):
        proxy.routes["shop"] = path.with_name("none.sock") if gone else path
        async with browser.post(proxy.url(), headers=proxy.headers(Accept="text/html"), data=b"x") as got:
            assert got.status == 502
            assert "vibecode logs shop" in await got.text()


async def test_a_workspace_that_breaks_off_is_not_taken_for_whole(
    proxy: Proxy, workspace: Workspace, browser: ClientSession
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.abort()
        return response

    workspace.answer = answer
    with pytest.raises(ClientError):
        async with browser.get(proxy.url(), headers=proxy.headers()) as got:
            await got.read()


@pytest.mark.parametrize("begun", [True, False])
async def test_a_browser_that_goes_away_ends_what_runs_for_it(proxy: Proxy, workspace: Workspace, begun: bool) -> None:
    asked, ended = asyncio.Event(), asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        if begun:
            await response.prepare(request)
            await response.write(b"first")
        asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return response

    workspace.answer = answer
    async with proxy.raw() as (_, writer):
        writer.write(_get(proxy))
        await asked.wait()
    async with asyncio.timeout(10):
        await ended.wait()


async def test_a_workspace_does_not_take_over_a_connection_that_nobody_offered(proxy: Proxy) -> None:
    taken = asyncio.get_running_loop().create_future()

    async def take_over(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        taken.set_result(await reader.read())
        writer.close()

    path = proxy.routes["shop"].with_name("taker.sock")
    proxy.routes["shop"] = path
    async with await asyncio.start_unix_server(take_over, path):
        answer = await proxy.send(_get(proxy, close=False) + _get(proxy))
        assert answer.startswith(b"HTTP/1.1 502 ")
        assert await taken == b""


async def test_an_old_client_gets_no_chunks(proxy: Proxy, workspace: Workspace) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"one")
        await response.write(b"two")
        return response

    workspace.answer = answer
    head, _, body = (await proxy.send(_get(proxy).replace(b"HTTP/1.1", b"HTTP/1.0"))).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 200 OK")
    assert b"chunked" not in head
    assert body == b"onetwo"


async def test_a_browser_that_goes_away_during_an_upload_ends_it(proxy: Proxy, workspace: Workspace) -> None:
    asked, ended = asyncio.Event(), asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.set()
        try:
            await request.read()
        finally:
            ended.set()
        raise AssertionError("half a body is no body")

    workspace.answer = answer
    async with proxy.raw() as (_, writer):
        writer.write(_post(proxy, "Content-Length: 1000000") + b"x" * 1000)
        await asked.wait()
    async with asyncio.timeout(10):
        await ended.wait()


async def test_a_workspace_that_starts_again_is_found_again(
    proxy: Proxy, workspace: Workspace, browser: ClientSession
) -> None:
    async with browser.get(proxy.url(), headers=proxy.headers()) as got:
        assert got.status == 200
    path = proxy.routes["shop"]
    path.unlink()
    again = Workspace()
    async with again.listening(path):
        for request in workspace.seen:
            assert request.transport is None or not request.transport.close()
        async with browser.get(proxy.url(), headers=proxy.headers()) as got:
            assert got.status == 200
    assert len(again.seen) == 1


def _get(proxy: Proxy, *, close: bool = True) -> bytes:
    end = "Connection: close\r\n" if close else ""
    return f"GET / HTTP/1.1\r\nHost: {proxy.host()}\r\nCookie: {proxy.passes.cookie('shop')}\r\n{end}\r\n".encode()


def _post(proxy: Proxy, *headers: str) -> bytes:
    lines = ("POST / HTTP/1.1", f"Host: {proxy.host()}", f"Cookie: {proxy.passes.cookie('shop')}", *headers)
    return "\r\n".join((*lines, "", "")).encode()
