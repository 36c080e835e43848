"""Raw bytes on both sides, as no library sends them: requests in a row, odd answers, lost connections."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import monotonic

import pytest

from cluster.local.proxy.app import HEAD_WITHIN
from cluster.local.proxy.messages import HEAD_LIMIT
from cluster.local.proxy.upstreams import IDLE, Upstream, Upstreams
from tests.unit.cluster.local.proxy.conftest import Proxy, Workspace

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Script:
    """A workspace that says the next of `answers` to each head, whatever it is; None hangs up, as an empty one does."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.heads: list[bytes] = []
        self.connections = 0
        self._writer: asyncio.StreamWriter | None = None

    def finish(self, rest: bytes) -> None:
        """Says the rest of the last answer."""
        assert self._writer is not None
        self._writer.write(rest)

    @asynccontextmanager
    async def serve(self, proxy: Proxy) -> AsyncGenerator[None]:
        path = proxy.routes["shop"].with_name("script.sock")
        proxy.routes["shop"] = path
        async with await asyncio.start_unix_server(self._talk, path):
            yield

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writer = writer
        while not reader.at_eof():
            try:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            except (asyncio.IncompleteReadError, ConnectionError):
                break
            if (answer := self.answers.pop(0)) is None:
                break
            writer.write(answer)
            if answer.endswith(b"|"):  # the answer's end is the connection's
                break
        writer.close()


def _request(proxy: Proxy, line: str = "GET / HTTP/1.1", *lines: str, close: bool = False, body: bytes = b"") -> bytes:
    ours = (f"Host: {proxy.host()}", f"Cookie: {proxy.passes.cookie('shop')}")
    return "\r\n".join((line, *ours, *lines, *(("Connection: close",) if close else ()), "", "")).encode() + body


async def test_requests_in_one_packet_are_answered_in_their_order(proxy: Proxy, workspace: Workspace) -> None:
    got = await proxy.send(
        _request(proxy, "GET /1 HTTP/1.1")
        + _request(proxy, "POST /2 HTTP/1.1", "Content-Length: 3", body=b"abc")
        + _request(proxy, "GET /3 HTTP/1.1", close=True)
        + _request(proxy, "GET /4 HTTP/1.1")
    )
    assert got.count(b"HTTP/1.1 200 OK") == 3
    assert [request.path for request in workspace.seen] == ["/1", "/2", "/3"]
    assert workspace.bodies == [b"", b"abc", b""]


async def test_a_request_right_behind_chunks_is_not_read(proxy: Proxy, workspace: Workspace) -> None:
    first = _request(proxy, "POST /1 HTTP/1.1", "Transfer-Encoding: chunked", body=b"3\r\nabc\r\n0\r\n\r\n")
    got = await proxy.send(first + _request(proxy, "GET /2 HTTP/1.1"))
    assert got.count(b"HTTP/1.1 ") == 1
    assert [request.path for request in workspace.seen] == ["/1"]
    assert workspace.bodies == [b"abc"]


async def test_a_head_may_come_byte_by_byte(proxy: Proxy, workspace: Workspace) -> None:
    async with proxy.raw() as (reader, writer):
        for byte in _request(proxy, "POST /a HTTP/1.1", "Content-Length: 2", close=True, body=b"hi"):
            writer.write(bytes((byte,)))
            await writer.drain()
            await asyncio.sleep(0)
        assert (await reader.read()).endswith(b"hello")
    assert workspace.bodies == [b"hi"]


async def test_a_head_that_does_not_end_is_refused(proxy: Proxy, workspace: Workspace) -> None:
    answer = await proxy.send(b"GET / HTTP/1.1\r\n" + b"A: 1\r\n" * (HEAD_LIMIT // 6 + 1))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert workspace.seen == []


async def test_whoever_sends_much_still_reads_why_it_is_refused(proxy: Proxy) -> None:
    async with proxy.raw() as (reader, writer):
        writer.write(f"POST / HTTP/1.1\r\nHost: {proxy.host()}\r\nContent-Length: 8000000\r\n\r\n".encode())
        for _ in range(8):
            writer.write(bytes(1_000_000))
            await writer.drain()
        assert (await reader.read()).startswith(b"HTTP/1.1 401 ")


async def test_naming_a_length_hop_by_hop_does_not_take_it_away(proxy: Proxy) -> None:
    script = Script(b"HTTP/1.1 200 OK\r\nConnection: Content-Length\r\nContent-Length: 2\r\n\r\nok")
    async with script.serve(proxy):
        got = await proxy.send(
            _request(
                proxy,
                "POST / HTTP/1.1",
                "Connection: close, Content-Length",
                "Content-Length: 24",
                body=b"GET /smuggled HTTP/1.1\r\n",
            )
        )
    assert b"\r\nContent-Length: 24\r\n" in script.heads[0]
    assert b"\r\nContent-Length: 2\r\n" in got
    assert got.endswith(b"\r\n\r\nok")


@pytest.mark.parametrize(
    "lines",
    [("Content-Length: 2",), ("Transfer-Encoding: chunked",)],
)
async def test_an_upgrade_has_no_body(proxy: Proxy, workspace: Workspace, lines: tuple[str, ...]) -> None:
    upgrade = ("Connection: Upgrade", "Upgrade: websocket", *lines)
    assert (await proxy.send(_request(proxy, "GET / HTTP/1.1", *upgrade))).startswith(b"HTTP/1.1 400 ")
    assert workspace.seen == []


async def test_what_was_sent_for_a_refused_upgrade_is_no_request(proxy: Proxy, workspace: Workspace) -> None:
    upgrade = _request(proxy, "GET /1 HTTP/1.1", "Connection: Upgrade", "Upgrade: websocket")
    got = await proxy.send(upgrade + _request(proxy, "GET /2 HTTP/1.1"))
    assert got.startswith(b"HTTP/1.1 200 ")
    assert [request.path for request in workspace.seen] == ["/1"]


async def test_a_body_behind_an_offer_of_another_protocol_arrives(proxy: Proxy, workspace: Workspace) -> None:
    offer = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "Content-Length: 2")
    assert (await proxy.send(_request(proxy, "POST / HTTP/1.1", *offer, body=b"hi"))).endswith(b"hello")
    assert workspace.bodies == [b"hi"]


@pytest.mark.parametrize("hint", [b"100 Continue", b"103 Early Hints"])
async def test_the_answer_is_the_one_behind_interim_ones(proxy: Proxy, hint: bytes) -> None:
    async with Script(b"HTTP/1.1 %b\r\nLink: </a>\r\n\r\n" % hint + OK).serve(proxy):
        assert await proxy.send(_request(proxy, close=True)) == OK.replace(
            b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"
        )


@pytest.mark.parametrize(
    ("method", "first"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"),
        ("HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5000\r\n\r\n"),
    ],
)
async def test_an_answer_without_a_body_ends_with_its_head(proxy: Proxy, method: str, first: bytes) -> None:
    script = Script(first, OK)
    async with script.serve(proxy), proxy.raw() as (reader, writer):
        writer.write(_request(proxy, f"{method} / HTTP/1.1"))
        head = await reader.readuntil(b"\r\n\r\n")
        assert (b"5000" in head) == (b"5000" in first)
        writer.write(_request(proxy, close=True))
        assert (await reader.read()).endswith(b"\r\n\r\nok")
    assert script.connections == 1


async def test_an_answer_that_ends_with_its_connection_arrives_whole(proxy: Proxy) -> None:
    script = Script(b"HTTP/1.1 200 OK\r\n\r\nall of it|", OK)
    async with script.serve(proxy), proxy.raw() as (reader, writer):
        writer.write(_request(proxy))
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"Transfer-Encoding: chunked" in head
        assert await reader.readuntil(b"0\r\n\r\n") == b"a\r\nall of it|\r\n0\r\n\r\n"
        writer.write(_request(proxy, close=True))
        assert (await reader.read()).endswith(b"\r\n\r\nok")
    assert script.connections == 2


@pytest.mark.parametrize(
    "half",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf|",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhalf|",
    ],
)
async def test_half_an_answer_does_not_end_like_a_whole_one(proxy: Proxy, half: bytes) -> None:
    async with Script(half).serve(proxy):
        try:
            got = await proxy.send(_request(proxy, close=True))
        except ConnectionResetError:
            return
    assert b"half|" in got
    assert not got.endswith(b"0\r\n\r\n")
    assert len(got.partition(b"\r\n\r\n")[2]) < 100


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok",
        b"SSH-2.0-dropbear\r\n\r\n",
        b"A: 1\r\n" * (HEAD_LIMIT // 6 + 1),
    ],
    ids=lambda answer: repr(answer)[:40],
)
async def test_an_answer_that_cannot_be_read_is_none(proxy: Proxy, answer: bytes) -> None:
    async with Script(answer).serve(proxy):
        assert (await proxy.send(_request(proxy))).startswith(b"HTTP/1.1 502 ")


@pytest.mark.parametrize(
    ("line", "lines", "body", "status"),
    [
        ("GET / HTTP/1.1", (), b"", b"200"),
        ("HEAD / HTTP/1.1", (), b"", b"200"),
        ("POST / HTTP/1.1", ("Content-Length: 0",), b"", b"502"),
        ("DELETE / HTTP/1.1", (), b"", b"502"),
        ("GET / HTTP/1.1", ("Content-Length: 1",), b"x", b"502"),
    ],
)
async def test_what_an_old_connection_lost_is_asked_again_where_that_does_no_harm(
    proxy: Proxy, line: str, lines: tuple[str, ...], body: bytes, status: bytes
) -> None:
    script = Script(OK, None, OK)
    async with script.serve(proxy), proxy.raw() as (reader, writer):
        writer.write(_request(proxy))
        await reader.readuntil(b"ok")
        writer.write(_request(proxy, line, *lines, close=True, body=body))
        assert (await reader.read()).startswith(b"HTTP/1.1 " + status)
    assert script.connections == (2 if status == b"200" else 1)


async def test_a_new_connection_that_is_lost_is_not_tried_again(proxy: Proxy) -> None:
    script = Script(None, OK)
    async with script.serve(proxy):
        assert (await proxy.send(_request(proxy))).startswith(b"HTTP/1.1 502 ")
    assert script.connections == 1


async def test_what_is_answered_in_part_is_not_asked_again(proxy: Proxy) -> None:
    script = Script(OK, b"HTTP/1.1 200 O|", OK)
    async with script.serve(proxy), proxy.raw() as (reader, writer):
        writer.write(_request(proxy))
        await reader.readuntil(b"ok")
        writer.write(_request(proxy, close=True))
        assert (await reader.read()).startswith(b"HTTP/1.1 502 ")
    assert script.connections == 1


@pytest.mark.parametrize(
    "first",
    [OK + OK, OK.replace(b"Content-Length: 2", b"Connection: close\r\nContent-Length: 2"), OK.replace(b"1.1", b"1.0")],
    ids=["more than was asked", "the last one", "old"],
)
async def test_a_connection_that_is_no_good_is_not_used_again(proxy: Proxy, first: bytes) -> None:
    script = Script(first, b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond")
    async with script.serve(proxy), proxy.raw() as (reader, writer):
        writer.write(_request(proxy))
        await reader.readuntil(b"ok")
        writer.write(_request(proxy, close=True))
        assert (await reader.read()).endswith(b"\r\n\r\nsecond")
    assert script.connections == 2


async def test_the_last_answer_on_a_connection_waits_for_a_slow_browser(proxy: Proxy) -> None:
    size = 8_000_000
    async with Script(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + bytes(size)).serve(proxy):
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port, limit=1024)
        writer.write(_request(proxy, close=True))
        await reader.readuntil(b"\r\n\r\n")
        got = 0
        while piece := await reader.read(65536):
            got += len(piece)
        writer.close()
    assert got == size


@pytest.mark.parametrize("head", [b"", b"GET / HTTP/1.1\r\nHost:"], ids=["nothing", "half a head"])
async def test_who_never_asks_is_hung_up_on(proxy: Proxy, head: bytes) -> None:
    async with proxy.raw() as (reader, writer):
        for _ in range(2):  # after each answer it may wait as long again
            proxy.app.close_idle(monotonic() + HEAD_WITHIN - 60)
            writer.write(_request(proxy))
            await reader.readuntil(b"hello")
        writer.write(head)
        proxy.app.close_idle(monotonic() + HEAD_WITHIN)
        rest = b""
        with suppress(ConnectionResetError):  # what it said may be unread
            rest = await reader.read()
        assert rest == b""


async def test_who_waits_for_an_answer_is_not_hung_up_on(proxy: Proxy) -> None:
    script = Script(OK[:-2])
    async with script.serve(proxy), proxy.raw() as (reader, writer):
        writer.write(_request(proxy))
        await reader.readuntil(b"\r\n\r\n")
        proxy.app.close_idle(monotonic() + 2 * HEAD_WITHIN)
        script.finish(b"ok")
        assert await reader.readexactly(2) == b"ok"


@pytest.mark.parametrize(("passed", "kept"), [(IDLE - 0.1, True), (IDLE, False)])
async def test_a_connection_is_kept_for_a_short_time(
    folder: Path, workspace: Workspace, passed: float, kept: bool
) -> None:
    now = 0.0
    upstreams = Upstreams(clock=lambda: now)
    upstream = await upstreams.connect(folder / "shop.sock")
    upstreams.give_back(folder / "shop.sock", upstream)
    now = passed
    assert upstreams.take(folder / "shop.sock") is (upstream if kept else None)
    assert upstream.transport.is_closing() is not kept
    upstream.transport.abort()
    upstreams.close()


async def test_a_connection_that_speaks_unasked_is_closed() -> None:
    upstream, transport = Upstream(), _Transport()
    upstream.connection_made(transport)
    upstream.data_received(OK)
    assert transport.aborted


class _Transport(asyncio.Transport):
    aborted = False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...

    def abort(self) -> None:
        self.aborted = True
