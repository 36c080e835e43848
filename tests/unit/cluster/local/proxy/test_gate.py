"""Who gets in, and who does not."""

import re

import pytest
from aiohttp import ClientSession, web
from yarl import URL

from cluster.local.proxy.passes import COOKIE
from tests.unit.cluster.local.proxy.conftest import Proxy, Workspace

HTML = {"Accept": "text/html,*/*"}
NAVIGATE = {**HTML, "Sec-Fetch-Mode": "navigate"}


async def test_without_a_pass_a_page_says_how_to_get_in(
    proxy: Proxy, workspace: Workspace, browser: ClientSession
) -> None:
    async with browser.get(proxy.url(), headers={"Host": proxy.host(), **HTML}) as answer:
        assert answer.status == 401
        assert answer.content_type == "text/html"
        assert "vibecode open shop" in await answer.text()
    assert workspace.seen == []


async def test_a_program_without_a_pass_gets_the_same_in_plain_text(proxy: Proxy, browser: ClientSession) -> None:
    async with browser.post(proxy.url("/api"), headers={"Host": proxy.host("8000-shop")}, data=b"x") as answer:
        assert answer.status == 401
        assert answer.content_type == "text/plain"
        assert "vibecode open shop --port 8000" in await answer.text()


async def test_nobody_learns_without_a_pass_which_workspaces_there_are(proxy: Proxy, browser: ClientSession) -> None:
    async def told(label: str) -> tuple[int, str]:
        async with browser.get(proxy.url(), headers={"Host": proxy.host(label)}) as answer:
            return answer.status, (await answer.text()).replace(label, "NAME")

    assert await told("shop") == await told("nothing-here")


async def test_a_ticket_becomes_a_cookie_and_leaves_the_address(
    proxy: Proxy, workspace: Workspace, browser: ClientSession
) -> None:
    target = f"/a%2Fb/?x=%20y&ticket={proxy.tickets.issue('shop')}&folder=/home"
    url = URL(proxy.url(target), encoded=True)
    async with browser.get(url, headers={"Host": proxy.host()}, allow_redirects=False) as answer:
        assert answer.status == 302
        assert answer.headers["Location"] == f"{proxy.origin()}/a%2Fb/?x=%20y&folder=/home"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
    assert workspace.seen == []
    async with browser.get(proxy.url(), headers={"Host": proxy.host(), "Cookie": cookie}) as answer:
        assert await answer.text() == "hello"


async def test_a_ticket_that_was_used_is_refused(proxy: Proxy, browser: ClientSession) -> None:
    url, headers = proxy.url(f"/?ticket={proxy.tickets.issue('shop')}"), {"Host": proxy.host(), **HTML}
    async with browser.get(url, headers=headers, allow_redirects=False) as answer:
        assert answer.status == 302
    browser.cookie_jar.clear()
    async with browser.get(url, headers=headers, allow_redirects=False) as answer:
        assert answer.status == 401
        assert "Set-Cookie" not in answer.headers
        assert "vibecode open shop" in await answer.text()


async def test_an_old_link_in_a_browser_that_is_in_leads_on(proxy: Proxy, browser: ClientSession) -> None:
    ticket = proxy.tickets.issue("shop")
    proxy.tickets.redeem(ticket, "shop")
    async with browser.get(proxy.url(f"/?ticket={ticket}"), headers=proxy.headers(), allow_redirects=False) as answer:
        assert answer.status == 302
        assert answer.headers["Location"] == f"{proxy.origin()}/"


async def test_a_project_s_own_ticket_parameter_reaches_it(
    proxy: Proxy, workspace: Workspace, browser: ClientSession
) -> None:
    async with browser.get(proxy.url("/login?ticket=ST-1-abc"), headers=proxy.headers()) as answer:
        assert answer.status == 200
    assert workspace.seen[0].raw_path == "/login?ticket=ST-1-abc"


async def test_only_a_loaded_page_uses_a_ticket_up(proxy: Proxy, browser: ClientSession) -> None:
    url = proxy.url(f"/?ticket={proxy.tickets.issue('shop')}")
    async with browser.head(url, headers={"Host": proxy.host()}) as answer:
        assert answer.status == 401
    async with browser.get(url, headers={"Host": proxy.host()}, allow_redirects=False) as answer:
        assert answer.status == 302


async def test_a_ticket_cannot_send_a_browser_elsewhere(proxy: Proxy) -> None:
    ticket = proxy.tickets.issue("shop")
    request = f"GET //evil.example/?ticket={ticket} HTTP/1.1\r\nHost: {proxy.host()}\r\nConnection: close\r\n\r\n"
    answer = await proxy.send(request.encode())
    assert re.search(rb"Location: ([^\r]*)", answer)[1].decode() == f"{proxy.origin()}//evil.example/"  # type: ignore[index]


async def test_a_port_s_host_gets_its_pass_by_way_of_the_editor_s(
    proxy: Proxy, workspace: Workspace, browser: ClientSession
) -> None:
    async def step(host: str, target: str, cookie: str) -> tuple[str, str, str]:
        url = URL(proxy.url(target), encoded=True)
        headers = {"Host": host, "Cookie": cookie, **NAVIGATE}
        async with browser.get(url, headers=headers, allow_redirects=False) as answer:
            assert answer.status == 302
            location = answer.headers["Location"].removeprefix("http://")
            there, _, path = location.partition("/")
            return there, f"/{path}", answer.headers.get("Set-Cookie", "").partition(";")[0]

    host, target, _ = await step(proxy.host("8000-shop"), "/docs?a=%2F&b=1", "")
    assert host == proxy.host()
    host, target, _ = await step(host, target, proxy.passes.cookie("shop"))
    assert host == proxy.host("8000-shop")
    host, target, cookie = await step(host, target, "")
    assert (host, target) == (proxy.host("8000-shop"), "/docs?a=%2F&b=1")
    assert workspace.seen == []
    async with browser.get(proxy.url(), headers={"Host": host, "Cookie": cookie}) as answer:
        assert await answer.text() == "hello"
    async with browser.get(proxy.url(), headers={"Host": proxy.host(), "Cookie": cookie}) as answer:
        assert answer.status == 401


async def test_the_way_to_a_port_needs_the_editor_s_pass(proxy: Proxy, browser: ClientSession) -> None:
    async with browser.get(
        proxy.url("/.vibecode/port/8000?to=%2F"), headers={"Host": proxy.host(), **NAVIGATE}, allow_redirects=False
    ) as answer:
        assert answer.status == 401


@pytest.mark.parametrize("way", ["0?to=%2F", "99999?to=%2F", "x?to=%2F", "8000", "8000?to=evil", "8000?to=%2F%0Aa"])
async def test_a_way_to_no_port_is_refused(
    proxy: Proxy, workspace: Workspace, browser: ClientSession, way: str
) -> None:
    url = URL(proxy.url(f"/.vibecode/port/{way}"), encoded=True)
    async with browser.get(url, headers=proxy.headers(), allow_redirects=False) as answer:
        assert answer.status == 400
    assert workspace.seen == []


@pytest.mark.parametrize("headers", [{"Accept": "*/*"}, {**HTML, "Sec-Fetch-Mode": "cors"}])
async def test_what_a_page_loads_from_a_port_without_a_pass_is_refused(
    proxy: Proxy, browser: ClientSession, headers: dict[str, str]
) -> None:
    headers = {"Host": proxy.host("8000-shop"), **headers}
    async with browser.get(proxy.url(), headers=headers, allow_redirects=False) as answer:
        assert answer.status == 401


@pytest.mark.parametrize("host", ["evil.example", "localhost:{port}", "127.0.0.1:{port}", "shop.vibecode.localhost:1"])
async def test_a_foreign_host_is_refused(proxy: Proxy, workspace: Workspace, browser: ClientSession, host: str) -> None:
    headers = {**proxy.headers(), "Host": host.format(port=proxy.port), **HTML}
    async with browser.get(proxy.url(), headers=headers) as answer:
        assert answer.status == 421
        assert "vibecode list" in await answer.text()
    assert workspace.seen == []


@pytest.mark.parametrize(
    ("label", "origin", "fetch_site", "status"),
    [
        ("shop", None, None, 200),
        ("shop", "shop", None, 200),
        ("shop", "other", None, 403),
        ("shop", "8000-shop", None, 403),
        ("shop", "evil.example", None, 403),
        ("shop", "null", None, 403),
        ("shop", "null", "cross-site", 403),
        ("shop", "null", "same-origin", 200),
        ("8000-shop", "3000-shop", None, 200),
        ("8000-shop", "shop", None, 200),
        ("8000-shop", "3000-other", None, 403),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND", "GET"])
async def test_another_page_changes_nothing_and_opens_no_socket(
    proxy: Proxy,
    workspace: Workspace,
    browser: ClientSession,
    method: str,
    label: str,
    origin: str | None,
    fetch_site: str | None,
    status: int,
) -> None:
    headers = proxy.headers(label)
    if origin is not None:
        headers["Origin"] = origin if origin == "null" or "." in origin else proxy.origin(origin)
    if fetch_site is not None:
        headers["Sec-Fetch-Site"] = fetch_site
    if method == "GET":
        headers |= {"Connection": "Upgrade", "Upgrade": "websocket"}
    async with browser.request(method, proxy.url(), headers=headers) as answer:
        assert answer.status == status
    assert len(workspace.seen) == (status == 200)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_a_link_on_another_page_works(proxy: Proxy, browser: ClientSession, method: str) -> None:
    headers = proxy.headers(Origin="http://evil.example")
    async with browser.request(method, proxy.url(), headers=headers) as answer:
        assert answer.status == 200


async def test_an_origin_of_another_scheme_or_port_is_foreign(proxy: Proxy, browser: ClientSession) -> None:
    for origin in (f"https://{proxy.host()}", "http://shop.vibecode.localhost", proxy.host()):
        async with browser.post(proxy.url(), headers=proxy.headers(Origin=origin)) as answer:
            assert answer.status == 403


async def test_a_workspace_never_sees_our_cookie(proxy: Proxy, workspace: Workspace, browser: ClientSession) -> None:
    headers = proxy.headers()
    headers["Cookie"] = f"theme=dark; {headers['Cookie']}; id=7"
    async with browser.get(proxy.url(), headers=headers) as answer:
        assert answer.status == 200
    async with browser.get(proxy.url(), headers=proxy.headers()) as answer:
        assert answer.status == 200
    assert [request.headers.get("Cookie") for request in workspace.seen] == ["theme=dark; id=7", None]


async def test_a_workspace_cannot_set_our_cookie(proxy: Proxy, workspace: Workspace, browser: ClientSession) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.Response(text="set")
        for cookie in (f"{COOKIE}=theirs; Path=/", "a=1; Path=/", "b=2"):
            response.headers.add("Set-Cookie", cookie)
        return response

    workspace.answer = answer
    async with browser.get(proxy.url(), headers=proxy.headers()) as got:
        assert got.headers.getall("Set-Cookie") == ["a=1; Path=/", "b=2"]


async def test_a_workspace_that_does_not_run_is_named(proxy: Proxy, browser: ClientSession) -> None:
    async with browser.get(proxy.url(), headers={**proxy.headers("gone"), **HTML}) as answer:
        assert answer.status == 503
        assert "vibecode start gone" in await answer.text()
