"""Raw bytes that no browser sends: refused before the workspace sees any of them."""

import asyncio
import logging
import socket

import pytest

from cluster.local.proxy.app import listen
from cluster.local.proxy.messages import LINE_LIMIT
from tests.unit.cluster.local.proxy.conftest import Proxy, Workspace


def _has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


IPV6 = pytest.mark.skipif(not _has_ipv6(), reason="this machine has no ::1")
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        (("POST / HTTP/1.1", "Content-Length: 5", "Transfer-Encoding: chunked"), b"0\r\n\r\n" + SMUGGLED),
        (("POST / HTTP/1.1", "Transfer-Encoding: chunked", "Content-Length: 5"), b"0\r\n\r\n" + SMUGGLED),
        (("POST / HTTP/1.1", "Content-Length: 5", "Content-Length: 6"), b"hello" + SMUGGLED),
        (("POST / HTTP/1.1", "Content-Length: 5, 5"), b"hello" + SMUGGLED),
        (("POST / HTTP/1.1", "Content-Length: +5"), b"hello"),
        (("POST / HTTP/1.1", "Content-Length: -5"), b"hello"),
        (("POST / HTTP/1.1", "Content-Length: 0x5"), b"hello"),
        (("POST / HTTP/1.1", "Content-Length: 5 5"), b"hello"),
        (("POST / HTTP/1.1", "Content-Length : 5"), b"hello"),
        (("POST / HTTP/1.1", "Transfer-Encoding: xchunked"), b"0\r\n\r\n" + SMUGGLED),
        (("POST / HTTP/1.1", "Transfer-Encoding: chunked, identity"), b"0\r\n\r\n" + SMUGGLED),
        (("POST / HTTP/1.1", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), b"0\r\n\r\n" + SMUGGLED),
        (("POST / HTTP/1.1", "Transfer-Encoding : chunked"), b"0\r\n\r\n" + SMUGGLED),
        (("POST / HTTP/1.1", "Transfer-Encoding:\x0bchunked"), b"0\r\n\r\n" + SMUGGLED),
        (("POST / HTTP/1.0", "Transfer-Encoding: chunked"), b"0\r\n\r\n" + SMUGGLED),
        (("GET / HTTP/1.1", "X-A: 1", " folded: 2"), b""),
        (("GET / HTTP/1.1", "X-A: a\x00b"), b""),
        (("GET / HTTP/1.1", "X-A: a\rb"), b""),
        (("GET / HTTP/1.1", "X A: 1"), b""),
        (("GET / HTTP/1.1", "no colon"), b""),
        (("GET / HTTP/1.1", "X-A: " + "a" * (LINE_LIMIT + 1)), b""),
        (("GET /" + "a" * LINE_LIMIT + " HTTP/1.1",), b""),
        (("GET / HTTP/1.1", *(f"X-{number}: 1" for number in range(200))), b""),
        (("GET / HTTP/2.0",), b""),
        (("GET / HTTP/1.1.1",), b""),
        (("GET /a b HTTP/1.1",), b""),
        (("GET /\x01 HTTP/1.1",), b""),
        (("G(T / HTTP/1.1",), b""),
        (("GET /a#b HTTP/1.1",), b""),
        (("GET http://evil.example/ HTTP/1.1",), b""),
        (("CONNECT evil.example:443 HTTP/1.1",), b""),
        (("TRACE / HTTP/1.1",), b""),
        (("OPTIONS * HTTP/1.1",), b""),
        (("GET /é HTTP/1.1",), b""),
    ],
    ids=lambda value: repr(value)[:60],
)
async def test_what_could_be_read_two_ways_is_refused(
    proxy: Proxy,
    workspace: Workspace,
    caplog: pytest.LogCaptureFixture,
    lines: tuple[str, ...],
    body: bytes,
) -> None:
    first, *rest = lines
    ours = (f"Host: {proxy.host()}", f"Cookie: {proxy.passes.cookie('shop')}", "Connection: close")
    head = "\r\n".join((first, *ours, *rest, "", ""))
    caplog.set_level(logging.CRITICAL)  # the library logs what it cannot parse
    async with asyncio.timeout(10):
        answer = await proxy.send(head.encode() + body)
    assert int(answer.split()[1]) in (400, 404, 405, 421)
    assert workspace.seen == []


@pytest.mark.parametrize(
    "hosts", [(), ("shop", "shop"), ("shop", "8000-shop")], ids=["no host", "the same twice", "two"]
)
async def test_a_request_names_one_host(proxy: Proxy, workspace: Workspace, hosts: tuple[str, ...]) -> None:
    lines = [f"Host: {proxy.host(host)}" for host in hosts]
    cookie = f"Cookie: {proxy.passes.cookie('shop')}"
    request = "\r\n".join(("GET / HTTP/1.1", *lines, cookie, "Connection: close", "", ""))
    answer = await proxy.send(request.encode())
    assert int(answer.split()[1]) in (400, 421)
    assert workspace.seen == []


@pytest.mark.parametrize(
    "body", [b"5\nhello\n0\n\n", b"-1\r\n\r\n", b"zz\r\n", b"5\r\nhelloXX0\r\n\r\n", b"f" * 20 + b"\r\n"]
)
async def test_a_broken_chunk_ends_the_request_and_its_connection(
    proxy: Proxy, workspace: Workspace, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    caplog.set_level(logging.CRITICAL)
    lines = ("POST / HTTP/1.1", f"Host: {proxy.host()}", f"Cookie: {proxy.passes.cookie('shop')}")
    head = "\r\n".join((*lines, "Transfer-Encoding: chunked", "", "")).encode()
    async with asyncio.timeout(10):
        answer = await proxy.send(head + body + SMUGGLED)
    assert answer.count(b"HTTP/1.1 ") <= 1
    assert b" 200 " not in answer
    assert workspace.bodies == []
    assert not any("smuggled" in request.path for request in workspace.seen)


async def test_what_follows_a_refused_request_is_not_read(proxy: Proxy, workspace: Workspace) -> None:
    good = f"GET / HTTP/1.1\r\nHost: {proxy.host()}\r\nCookie: {proxy.passes.cookie('shop')}\r\n\r\n"
    bad = f"GET / HTTP/1.1\r\nHost: {proxy.host()}\r\n\r\n"
    answer = await proxy.send((bad + good).encode())
    assert answer.count(b"HTTP/1.1 ") == 1
    assert workspace.seen == []


@IPV6
async def test_nobody_else_gets_what_a_browser_sends_to_the_other_loopback_address(
    proxy: Proxy, workspace: Workspace
) -> None:
    reader, writer = await asyncio.open_connection("::1", proxy.port)
    ours = (f"Host: {proxy.host()}", f"Cookie: {proxy.passes.cookie('shop')}", "Connection: close")
    writer.write("\r\n".join(("GET / HTTP/1.1", *ours, "", "")).encode())
    assert (await reader.read()).endswith(b"hello")
    writer.close()
    assert workspace.seen[0].headers["X-Forwarded-For"] == "::1"


def test_the_proxy_listens_on_loopback_alone() -> None:
    with listen(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_said() -> None:
    with listen(0) as listener, pytest.raises(OSError):
        listen(listener.getsockname()[1])


@IPV6
def test_a_port_that_somebody_holds_at_the_other_loopback_address_is_taken() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as theirs, pytest.raises(OSError):
        listen(theirs.getsockname()[1])
