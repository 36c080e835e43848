"""A connection that is up stays up: nobody loses a terminal for having gone to lunch."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, WebSocket
from websockets.asyncio.client import connect

from cluster.kind.engine import KindEngine
from tests.e2e.editor import Editor
from tests.e2e.inside import said, written

pytestmark = pytest.mark.e2e

IDLE = 76.0
"""Seconds; Traefik's and most other proxies' time-outs are 60 or less where nobody sets them."""

ECHO = (Path(__file__).parent / "echo.py").read_bytes()
ECHO_PORT = 9100


async def test_idle_connections_outlive_every_default_time_out(
    workspace: Callable[[str], dict[str, Any]], browser: Browser, engine: KindEngine
) -> None:
    made = workspace("static-site")
    name = made["name"]
    await said(engine, name, "sh", "-c", "cat >/tmp/echo.py", stdin=ECHO)
    await said(engine, name, "sh", "-c", f"python3 /tmp/echo.py {ECHO_PORT} >/tmp/echo 2>&1 &")
    assert await written(engine, name, "/tmp/echo") == "listening\n"
    address = urlsplit(await engine.open_port(name, ECHO_PORT))
    editor, sockets, dropped = Editor(await browser.new_page()), list[WebSocket](), asyncio.Event()

    def watch(socket: WebSocket) -> None:
        sockets.append(socket)
        socket.on("close", lambda _: dropped.set())

    editor.page.on("websocket", watch)
    await editor.open(made["url"])
    await editor.readme_title()  # shown by an extension, so that its host is connected, too
    opened = len(sockets)
    assert opened >= 2

    async with connect(
        f"ws://{address.netloc}/", host="127.0.0.1", port=address.port or 80, proxy=None, ping_interval=None
    ) as socket:
        waiting = {asyncio.ensure_future(one) for one in (socket.recv(), dropped.wait())}
        ended, _ = await asyncio.wait(waiting, timeout=IDLE, return_when=asyncio.FIRST_COMPLETED)
        assert not ended, [one.exception() for one in ended]
        for one in waiting:
            one.cancel()
        await socket.send("still there?")
        assert await asyncio.wait_for(socket.recv(), 10) == "still there?"

    await editor.open_terminal()
    await editor.type_line("echo answered >/tmp/answered")
    assert await written(engine, name, "/tmp/answered") == "answered\n"
    assert not dropped.is_set()
    assert len(sockets) == opened
