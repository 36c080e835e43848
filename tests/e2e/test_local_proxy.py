"""A real code-server on a Unix socket behind the proxy, and a real browser in front of it."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from aiohttp import ClientSession, UnixConnector, web
from playwright.async_api import Browser, Page, WebSocket, expect

from cluster.kind.ports import free_port
from cluster.local.proxy.app import Application, listen, serve
from cluster.local.proxy.passes import COOKIE, Passes
from cluster.local.proxy.tickets import Tickets
from tests.e2e.editor import PATIENCE, Editor

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("this machine")]

BASE = "vibecode.localhost"
NAME = "shop"
ECHO = """new Promise(done => {
    const socket = new WebSocket(`ws://${location.host}/echo`)
    socket.onopen = () => socket.send("grüße")
    socket.onmessage = event => done(event.data)
})"""
CLOSED = "url => new Promise(done => { new WebSocket(url).onclose = event => done(event.code) })"


@dataclass(frozen=True, slots=True)
class Local:
    """One workspace behind the proxy, and what it serves on `served`."""

    port: int
    served: int
    tickets: Tickets

    @property
    def editor(self) -> str:
        return f"http://{NAME}.{BASE}:{self.port}"

    @property
    def server(self) -> str:
        return f"http://{self.served}-{NAME}.{BASE}:{self.port}"

    @property
    def link(self) -> str:
        return f"{self.editor}/?ticket={self.tickets.issue(NAME)}"


class OneSocket:
    def __init__(self, path: Path) -> None:
        self.path = path

    def socket(self, workspace: str) -> Path | None:
        return self.path if workspace == NAME else None


@pytest.fixture
async def local() -> AsyncIterator[Local]:
    code_server = shutil.which("code-server")
    assert code_server is not None, "code-server is not on PATH"
    with TemporaryDirectory(prefix="vc") as name, listen(0) as listener:
        folder, port, served = Path(name), listener.getsockname()[1], free_port()
        (folder / "project").mkdir()
        (folder / "project/hello.txt").write_text("hello")
        path, tickets = folder / "socket", Tickets()
        process = await asyncio.create_subprocess_exec(
            *(code_server, "--auth", "none", "--socket", path, "--socket-mode", "600", "--disable-workspace-trust"),
            *("--disable-telemetry", "--disable-update-check", "--proxy-domain", f"{{{{port}}}}-{NAME}.{BASE}:{port}"),
            folder / "project",
            env={**os.environ, "HOME": name, "XDG_DATA_HOME": f"{name}/data", "XDG_CONFIG_HOME": f"{name}/config"},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # it starts others, which do not end with it
        )
        runner = web.AppRunner(_project())
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", served).start()
        try:
            await _answers(path)
            app = Application(BASE, port, OneSocket(path), tickets, Passes(os.urandom(32)))
            async with serve(app, listener):
                yield Local(port, served, tickets)
        finally:
            await runner.cleanup()
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def test_the_link_opens_the_editor_in_this_browser_and_in_no_other(local: Local, browser: Browser) -> None:
    link, person, stranger = local.link, await browser.new_context(), await browser.new_context()
    page, sockets = await person.new_page(), list[WebSocket]()
    page.on("websocket", lambda socket: sockets.append(socket))

    await Editor(page).open(link)

    assert await Editor(page).explorer() == ["hello.txt"]
    assert "ticket" not in page.url
    assert len(sockets) >= 2
    assert not any(socket.is_closed() for socket in sockets)
    (cookie,) = [cookie for cookie in await person.cookies() if cookie.get("name") == COOKIE]
    assert (cookie.get("domain"), cookie.get("httpOnly"), cookie.get("sameSite")) == (f"{NAME}.{BASE}", True, "Lax")
    for url in (link, local.editor, page.url):
        await _refused(await stranger.new_page(), url, f"vibecode open {NAME}")
    await page.reload()
    await expect(page.locator(".explorer-folders-view .monaco-list-row")).to_have_count(1, timeout=PATIENCE)


async def test_what_the_project_serves_opens_by_its_own_host_name(local: Local, browser: Browser) -> None:
    person, stranger = await browser.new_context(), await browser.new_context()
    editor, page = await person.new_page(), await person.new_page()
    await editor.goto(local.link)

    answer = await page.goto(f"{local.server}/headers?a=%2F")

    assert answer is not None
    told = await answer.json()
    assert page.url == f"{local.server}/headers?a=%2F"
    assert told["Host"] == local.server.removeprefix("http://")
    assert COOKIE not in str(told)
    await page.evaluate("document.cookie = 'own=1'")
    again = await page.evaluate("fetch('/headers', {method: 'POST'}).then(answer => answer.json())")
    assert again["Cookie"] == "own=1"
    assert await page.evaluate(ECHO) == "grüße"
    await _refused(await stranger.new_page(), local.server, f"vibecode open {NAME}")


async def test_a_page_cannot_shut_the_person_out_or_send_for_them(local: Local, browser: Browser) -> None:
    person = await browser.new_context()
    page = await person.new_page()
    await page.goto(local.link)
    await page.goto(f"{local.server}/headers")
    await page.evaluate(f"document.cookie = '{COOKIE}=planted; path=/'")
    await page.evaluate(f"document.cookie = '{COOKIE}=planted; path=/headers'")
    await page.evaluate(f"document.cookie = '{COOKIE}=planted; path=/; domain={BASE}'")

    answer = await page.goto(f"{local.server}/headers/")

    assert answer is not None
    assert answer.status == 200
    assert COOKIE not in await answer.text()
    editor = await page.context.new_page()
    opened = await editor.goto(local.editor)
    assert opened is not None
    assert opened.status == 200
    statuses: list[int] = []
    page.on("response", lambda response: statuses.append(response.status))
    send = f"fetch('{local.editor}/', {{method: 'POST', mode: 'no-cors', credentials: 'include'}}).then(() => 1)"
    await page.evaluate(send)
    assert statuses == [403]
    assert await page.evaluate(CLOSED, f"ws://{local.editor.removeprefix('http://')}/") == 1006


async def _refused(page: Page, url: str, command: str) -> None:
    answer = await page.goto(url)
    assert answer is not None
    assert answer.status == 401
    await expect(page.locator("code")).to_have_text(command)


async def _answers(path: Path) -> None:
    async with asyncio.timeout(120), ClientSession(connector=UnixConnector(str(path), force_close=True)) as client:
        while True:
            try:
                async with client.get("http://workspace/healthz") as answer:
                    if answer.status == 200:
                        return
            except OSError:
                await asyncio.sleep(0.1)


def _project() -> web.Application:
    async def headers(request: web.Request) -> web.Response:
        return web.json_response(dict(request.headers))

    async def echo(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data)
        return socket

    app = web.Application()
    app.router.add_route("*", "/headers{rest:/?}", headers)
    app.router.add_get("/echo", echo)
    return app
