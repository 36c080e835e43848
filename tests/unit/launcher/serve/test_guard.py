"""Who gets in, and what is refused before anything is done with it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from cluster.config import ClusterConfig
from cluster.local.proxy.tickets import Tickets
from launcher.serve.limits import BODY, Bucket
from tests.fakes.engine import FakeEngine
from tests.unit.launcher.serve.conftest import Serve, Served

pytestmark = pytest.mark.asyncio(loop_scope="module")
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with serve(FakeEngine(ClusterConfig(home=tmp_path_factory.mktemp("engine")))) as served:
        yield served


def ticketed(server: Served, path: str = "/") -> str:
    return server.access.ticketed(path)


async def cookie(server: Served) -> dict[str, str]:
    """The cookie of a browser that came in."""
    answer = await server.anybody.get(ticketed(server))
    server.anybody.cookies.clear()
    return {"Cookie": answer.headers["Set-Cookie"].partition(";")[0]}


async def raw(server: Served, *lines: str, body: bytes = b"") -> bytes:
    """What is answered to a request of these lines, byte for byte."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.given.address.port)
    try:
        writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body)
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    "path", ["/api/health", "/api/workspaces", "/api/openapi.json", "/", "/workspace/shop", "/portal/main.js"]
)
async def test_nobody_gets_in_without_token_or_cookie(server: Served, path: str) -> None:
    answer = await server.anybody.get(path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "vibecode serve --open" in answer.json()["hint"]


async def test_a_browser_without_a_pass_is_told_how_to_get_one(server: Served) -> None:
    answer = await server.anybody.get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 401
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "vibecode serve --open" in answer.text


@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer wrong", "Basic {token}", "{token}", "Bearer {token}x", "Bearer {token} {token}", "ü"],
)
async def test_a_wrong_token_does_not_let_in(server: Served, authorization: str) -> None:
    value = authorization.format(token=server.token).encode("latin-1")
    answer = await server.anybody.get("/api/health", headers={b"Authorization": value})
    assert answer.status_code == 401


async def test_two_authorizations_do_not_let_in(server: Served) -> None:
    headers = [("Authorization", f"Bearer {server.token}")] * 2
    assert (await server.anybody.get("/api/health", headers=headers)).status_code == 401


async def test_a_ticket_is_exchanged_once_for_a_cookie(server: Served) -> None:
    url = ticketed(server, "/workspace/shop?x=1")
    first = await server.anybody.get(url)
    assert first.status_code == 303
    assert first.headers["Location"] == "/workspace/shop?x=1"
    assert "HttpOnly" in first.headers["Set-Cookie"]
    assert "SameSite=Lax" in first.headers["Set-Cookie"]
    server.anybody.cookies.clear()
    assert (await server.anybody.get(url)).status_code == 401


async def test_a_ticket_of_a_workspace_is_none_here(server: Served) -> None:
    assert (await server.anybody.get(f"/?ticket={Tickets().issue('shop')}")).status_code == 401
    assert (
        await server.anybody.get(f"/api/health?ticket={server.access.ticketed('').split('=')[1]}")
    ).status_code == 401


async def test_a_cookie_lets_our_own_page_in_and_no_other(server: Served) -> None:
    own = await cookie(server)
    for path in ("/", "/workspace/shop", "/portal/main.js"):
        assert (await server.anybody.get(path, headers=own)).status_code == 200
    for headers, expected in (
        ({}, 401),
        (OWN_PAGE, 200),
        ({"Origin": server.url}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 401),
    ):
        assert (await server.anybody.get("/api/health", headers={**own, **headers})).status_code == expected, headers


async def test_a_cookie_alone_changes_nothing(server: Served) -> None:
    own = await cookie(server)
    assert (await server.anybody.post("/api/ticket", headers=own)).status_code == 401
    assert (await server.anybody.post("/api/ticket", headers={**own, "Origin": server.url})).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example:{port}", ""]
)
async def test_a_foreign_host_is_refused(server: Served, host: str) -> None:
    answer = await server.http.get("/api/health", headers={"Host": host.format(port=server.given.address.port)})
    assert answer.status_code == 403
    assert answer.json()["code"] == "foreign-host"


async def test_two_hosts_are_refused(server: Served) -> None:
    host = f"Host: {server.authority}"
    answer = await raw(server, "GET /api/health HTTP/1.1", host, host, f"Authorization: Bearer {server.token}")
    assert status(answer) in (400, 403)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://{own}", "http://localhost:1", "{own}", ""])
async def test_a_foreign_origin_is_refused_even_with_the_token(server: Served, origin: str) -> None:
    answer = await server.http.post("/api/ticket", headers={"Origin": origin.format(own=server.authority)})
    assert answer.status_code == 403
    assert answer.json()["code"] == "foreign-origin"


async def test_a_preflight_of_another_site_is_refused(server: Served) -> None:
    headers = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    answer = await server.anybody.options("/api/files/sync", headers=headers)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize(
    "target",
    [
        "/api/../etc/passwd",
        "/portal/../../errors.py",
        "/portal/%2e%2e/index.html",
        "/portal/..%5cerrors.py",
        "/api//workspaces",
        "/api/workspaces/%ff",
        "/api/workspaces/%00",
        "/api/workspaces/a%0d%0ab",
        "//evil.example/",
        "http://evil.example/",
    ],
)
async def test_a_path_that_no_browser_sends_is_refused(server: Served, target: str) -> None:
    lines = (f"GET {target} HTTP/1.1", f"Host: {server.authority}", f"Authorization: Bearer {server.token}")
    assert status(await raw(server, *lines)) in (400, 404, 422)


@pytest.mark.parametrize("lines", [("Transfer-Encoding: chunked", "Content-Length: 3"), ("Content-Length: -1",)])
async def test_a_body_of_doubtful_length_is_refused(server: Served, lines: tuple[str, ...]) -> None:
    head = ("POST /api/ticket HTTP/1.1", f"Host: {server.authority}", f"Authorization: Bearer {server.token}")
    assert status(await raw(server, *head, *lines, body=b"0\r\n\r\n")) == 400


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ({"Content-Type": "application/json"}, b"{", "request-invalid"),
        ({"Content-Type": "application/json"}, b"\xff\xfe{", "request-malformed request-invalid"),
        ({"Content-Type": "application/json"}, b"[" * 5000, "request-invalid request-malformed"),
        ({"Content-Type": "application/json"}, b"[]", "request-invalid"),
        ({"Content-Type": "application/json"}, b"", "request-invalid"),
        ({"Content-Type": "text/plain"}, b'{"name": "shop"}', "request-invalid body-unsupported"),
        ({}, b'{"name": "shop"}', "request-invalid"),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, b"\x1f\x8b", "body-unsupported"),
        ({"Content-Type": "application/json"}, b" " * (BODY + 1), "body-too-large"),
    ],
    ids=["cut", "utf-16", "deep", "array", "empty", "text", "untyped", "gzip", "large"],
)
async def test_a_hostile_body_is_refused_with_a_problem(
    server: Served, headers: dict[str, str], body: bytes, expected: str
) -> None:
    answer = await server.http.post("/api/workspaces", content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] in expected.split()
    assert server.given.work.all == ()


async def test_a_body_without_a_length_is_cut_off_at_its_limit(server: Served) -> None:
    head = ("POST /api/workspaces HTTP/1.1", f"Host: {server.authority}", f"Authorization: Bearer {server.token}")
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    chunks = chunk * (BODY // 65536 + 1)
    answer = await raw(server, *head, "Content-Type: application/json", "Transfer-Encoding: chunked", body=chunks)
    assert status(answer) == 413
    assert b'"code": "body-too-large"' in answer


async def test_each_request_has_an_id_which_a_caller_may_choose(server: Served) -> None:
    assert (await server.http.get("/api/health", headers={"X-Request-Id": "a-1"})).headers["X-Request-Id"] == "a-1"
    own = {(await server.http.get("/api/health")).headers["X-Request-Id"] for _ in range(3)}
    assert len(own) == 3
    forged = await server.http.get("/api/nothing", headers={"X-Request-Id": "a b\tc"})
    assert forged.json()["request_id"] == forged.headers["X-Request-Id"] != "a b\tc"


async def test_pages_may_load_and_be_framed_by_nothing_foreign(server: Served) -> None:
    policy = (await server.http.get("/")).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert "unsafe" not in policy


async def test_the_log_has_neither_token_nor_ticket_nor_names_of_paths(
    server: Served, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = ticketed(server)
    await server.anybody.get(url)
    await server.http.get("/api/workspaces/very-private")
    assert "GET /api/workspaces/{name} 404" in caplog.text
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("launcher")]
    for secret in (server.token, url.split("=")[1], "very-private"):
        assert not [message for message in ours if secret in message]


async def test_too_many_changes_are_put_off_and_reading_is_not(serve: Serve, tmp_path: Path) -> None:
    async with serve(FakeEngine(ClusterConfig(home=tmp_path)), changes=Bucket(0.001, 2)) as server:
        answers = [await server.http.post("/api/ticket") for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 200, 429]
        assert int(answers[2].headers["Retry-After"]) >= 1
        assert (await server.http.get("/api/health")).status_code == 200
