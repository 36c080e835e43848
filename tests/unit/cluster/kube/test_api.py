"""A server that is busy, failing, silent or cut off: asked again where that is safe, told in words where it is not."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from contextlib import aclosing, closing
from dataclasses import replace
from time import monotonic
from urllib.parse import urlsplit

import httpx
import pytest

from cluster.errors import ApiError, ClusterUnreachableError, KubeconfigError
from cluster.kube.api import Kube
from cluster.kube.connection import Connection
from cluster.kube.transport import lines
from tests.fakes.kube_server import Cut, FakeKubeServer, Fault, Refuse, Silence
from tests.fakes.relay import Relay
from tests.unit.cluster.kube.conftest import NAMESPACE, POD, config_map

PATH = f"/api/v1/namespaces/{NAMESPACE}/configmaps"

Call = Callable[[Kube], Awaitable[object]]

IDEMPOTENT: dict[str, Call] = {
    "get": lambda kube: kube.get("ConfigMap", "one", NAMESPACE),
    "list": lambda kube: kube.list("ConfigMap", NAMESPACE),
    "apply": lambda kube: kube.apply(config_map("one", a="1")),
    "patch": lambda kube: kube.patch("ConfigMap", "one", NAMESPACE, {"data": {"a": "1"}}),
    "delete": lambda kube: kube.delete("ConfigMap", "one", NAMESPACE),
    "raw": lambda kube: kube.raw("/readyz"),
}


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        return taken.getsockname()[1]


@pytest.fixture(autouse=True)
def _one(server: FakeKubeServer) -> None:
    server.store.create(("configmaps", NAMESPACE, "one"), config_map("one"))


@pytest.mark.parametrize("call", IDEMPOTENT.values(), ids=IDEMPOTENT)
@pytest.mark.parametrize(
    "faults",
    [
        [Refuse(500), Refuse(504)],
        [Refuse(503, retry_after=0), Refuse(429, retry_after=0)],
        [Silence()],
        [Cut(), Cut()],
        [Cut(after=1)],
    ],
    ids=["5xx", "busy", "silent", "cut", "cut in the answer"],
)
async def test_what_may_be_done_twice_is_done_again(
    server: FakeKubeServer, kube: Kube, faults: list[Fault], call: Call
) -> None:
    server.faults.extend(faults)

    await call(kube)

    assert len(server.requests) == len(faults) + 1


async def test_a_list_that_is_cut_in_the_middle_comes_whole(server: FakeKubeServer, kube: Kube) -> None:
    for number in range(50):
        server.store.create(("configmaps", NAMESPACE, f"n-{number:02}"), config_map(f"n-{number:02}", a="x" * 1000))
    server.faults.append(Cut(after=20_000))

    found = await kube.list("ConfigMap", NAMESPACE)

    assert len(found) == 51
    assert server.requests == [f"GET {PATH}"] * 2


async def test_the_servers_wish_is_kept(server: FakeKubeServer, kube: Kube) -> None:
    server.faults.append(Refuse(429, retry_after=1))
    start = monotonic()

    assert await kube.get("ConfigMap", "one", NAMESPACE)

    assert monotonic() - start >= 1.0


async def test_a_server_that_stays_busy_is_told(server: FakeKubeServer) -> None:
    kube = Kube(server.connection, patience=0.5)
    server.faults.extend([Refuse(429, message="too many requests")] * 100)

    with pytest.raises(ApiError, match="too many requests") as refused:
        await kube.get("ConfigMap", "one", NAMESPACE)

    assert refused.value.status == 429
    assert 2 < len(server.requests) < 20
    await kube.close()


@pytest.mark.parametrize(
    ("faults", "requests"),
    [([Refuse(429)], 2), ([Refuse(503, retry_after=0)], 2)],
    ids=["429", "503 with Retry-After"],
)
async def test_a_create_that_was_not_begun_is_sent_again(
    server: FakeKubeServer, kube: Kube, faults: list[Fault], requests: int
) -> None:
    server.faults.extend(faults)

    await kube.create(config_map("two"))

    assert server.requests == [f"POST {PATH}"] * requests


@pytest.mark.parametrize("fault", [Refuse(500), Refuse(503), Refuse(504), Silence(), Cut(), Cut(after=5)], ids=str)
async def test_a_create_that_may_have_happened_is_not(server: FakeKubeServer, kube: Kube, fault: Fault) -> None:
    server.faults.append(fault)

    with pytest.raises(ApiError if isinstance(fault, Refuse) else ClusterUnreachableError):
        await kube.create(config_map("two"))

    assert server.requests == [f"POST {PATH}"]


async def test_a_create_that_could_not_be_sent_is_sent_once_it_can(server: FakeKubeServer) -> None:
    there = urlsplit(server.connection.server)
    assert there.hostname is not None
    assert there.port is not None
    port = free_port()
    kube = Kube(Connection(f"http://127.0.0.1:{port}"))
    creating = asyncio.ensure_future(kube.create(config_map("two")))
    await asyncio.wait([creating], timeout=0.05)

    async with Relay(there.hostname, there.port, port):
        await creating
        await kube.close()

    assert server.requests == [f"POST {PATH}"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 422])
async def test_a_refusal_is_final(server: FakeKubeServer, kube: Kube, status: int) -> None:
    server.faults.append(Refuse(status, reason="Because", message="not like this"))

    with pytest.raises(ApiError, match="not like this") as refused:
        await kube.apply(config_map("one"))

    assert (refused.value.status, refused.value.reason) == (status, "Because")
    assert len(server.requests) == 1


@pytest.mark.parametrize("call", IDEMPOTENT.values(), ids=IDEMPOTENT)
async def test_silence_ends_within_its_bound(server: FakeKubeServer, call: Call) -> None:
    server.faults.extend([Silence()] * 100)
    kube = Kube(server.connection, timeout=0.1, patience=0.5)
    start = monotonic()

    with pytest.raises(ClusterUnreachableError, match=server.connection.server):
        await call(kube)

    assert monotonic() - start < 2.0
    await kube.close()


async def test_nobody_there_ends_within_its_bound() -> None:
    kube = Kube(Connection(f"http://127.0.0.1:{free_port()}"), timeout=0.2, patience=0.5)
    start = monotonic()

    for call in (kube.list("Pod"), kube.create(config_map("x")), kube.raw("/"), anext(kube.watch("Pod"))):
        with pytest.raises(ClusterUnreachableError):
            await call
    with pytest.raises(ClusterUnreachableError):
        await kube.exec(POD, NAMESPACE, ["true"], container="main")
    assert not await kube.ready()

    assert monotonic() - start < 5.0
    await kube.close()


@pytest.mark.parametrize("fault", [Refuse(500), Refuse(401), Silence(), Cut()], ids=str)
async def test_readiness_is_asked_once(server: FakeKubeServer, kube: Kube, fault: Fault) -> None:
    server.faults.append(fault)

    assert not await kube.ready()
    assert server.requests == ["GET /readyz"]
    assert await kube.ready()


async def test_what_is_not_kubernetes_is_told() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        kube = Kube(Connection(f"http://127.0.0.1:{port}"))
        with pytest.raises(ClusterUnreachableError, match="not Kubernetes"):
            await kube.list("Pod")
        await kube.close()


async def test_proxy_variables_divert_nothing(
    server: FakeKubeServer, kube: Kube, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)

    assert await kube.ready()
    session = await kube.exec(POD, NAMESPACE, ["true"], container="main")
    assert [piece async for piece in session.output()] == []


@pytest.mark.parametrize("missing", ["ca", "certificate"])
async def test_certificates_that_cannot_be_read_are_told(server: FakeKubeServer, missing: str) -> None:
    connection = replace(server.connection, server="https://127.0.0.1:1")
    nowhere = server.root / "nowhere.crt"
    kube = Kube(replace(connection, ca=nowhere) if missing == "ca" else replace(connection, certificate=nowhere))

    with pytest.raises(KubeconfigError, match=connection.server):
        await kube.list("Pod")
    with pytest.raises(KubeconfigError, match=connection.server):
        await kube.exec(POD, NAMESPACE, ["true"], container="main")


async def test_a_list_that_the_server_forgot_is_begun_again(server: FakeKubeServer, kube: Kube) -> None:
    for number in range(9):
        server.store.create(("configmaps", NAMESPACE, f"n-{number}"), config_map(f"n-{number}"))
    listing = asyncio.ensure_future(kube.list("ConfigMap", NAMESPACE, page=3))
    while not server.requests:
        await asyncio.sleep(0)
    server.store.forget()

    assert len(await listing) == 10
    assert len(server.requests) > 4


async def test_a_log_that_is_cut_off_is_told(server: FakeKubeServer, kube: Kube) -> None:
    server.say(NAMESPACE, POD, "one")
    async with aclosing(kube.logs(POD, NAMESPACE, follow=True)) as log:
        assert await anext(log) == "one"
        server.cut_all()
        with pytest.raises(ClusterUnreachableError, match="cut off"):
            await anext(log)


async def test_a_followed_log_ends_with_its_pod(server: FakeKubeServer, kube: Kube) -> None:
    server.say(NAMESPACE, POD, "one")
    async with aclosing(kube.logs(POD, NAMESPACE, follow=True)) as log:
        assert await anext(log) == "one"
        await kube.delete("Pod", POD, NAMESPACE)
        assert [line async for line in log] == []


@pytest.mark.parametrize(
    ("chunks", "longest", "expected"),
    [
        ([], None, []),
        ([b"\n"], None, [b""]),
        ([b"a\nb\n"], None, [b"a", b"b"]),
        ([b"a\nb"], None, [b"a", b"b"]),
        ([b"a", b"b\nc", b"\n"], None, [b"ab", b"c"]),
        ([b"a\n", b"\n", b"b"], None, [b"a", b"", b"b"]),
        (["ü\x85\u2028\r\v".encode()[:1], "ü\x85\u2028\r\v\n".encode()[1:]], None, ["ü\x85\u2028\r\v".encode()]),
        ([b"abcdef", b"gh\ni"], 4, [b"abcdef", b"gh", b"i"]),
        ([b"abc", b"def", b"\n"], 4, [b"abcdef", b""]),
    ],
)
async def test_lines(chunks: list[bytes], longest: int | None, expected: list[bytes]) -> None:
    async def body():
        for chunk in chunks:
            yield chunk

    assert [line async for line in lines(httpx.Response(200, content=body()), longest)] == expected


async def test_objects_are_sent_as_they_are(server: FakeKubeServer, kube: Kube) -> None:
    await kube.create(config_map("two", text="ü\u2028 \x85 \0 😀"))

    kept = server.store.get(("configmaps", NAMESPACE, "two"))
    assert kept["data"] == {"text": "ü\u2028 \x85 \0 😀"}
    assert json.loads(await kube.raw(f"{PATH}/two"))["data"] == kept["data"]


async def test_what_is_asked_while_the_connection_is_closed_is_told(server: FakeKubeServer, kube: Kube) -> None:
    server.faults.append(Silence())
    asked = asyncio.ensure_future(kube.list("Pod"))
    while not server.requests:
        await asyncio.sleep(0.005)

    await kube.close()

    for waiting in (asked, kube.list("Pod")):
        with pytest.raises(ClusterUnreachableError):
            await waiting
    assert not await kube.ready()
