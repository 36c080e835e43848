"""Ready means: the page answers 200 through the ingress and a WebSocket upgrade answers 101."""

import asyncio
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from time import monotonic

from cluster.errors import NotReadyError
from cluster.manifests.workspace import Address

PAUSE = 0.05
"""Seconds between two looks."""

_NO_HEADERS: Mapping[str, str] = {}


async def editor_ready(
    address: Address, *, progress: Callable[[str], None], within: float = 120.0, cookie: str | None = None
) -> None:
    """Returns once a browser would see the editor; NotReadyError says what it would have seen instead.

    The first look also makes code-server load VS Code, which it does lazily. `cookie` lets in where a proxy asks.
    """
    headers = {"Cookie": cookie} if cookie else {}
    start, seen = monotonic(), ""
    imported = asyncio.ensure_future(asyncio.to_thread(import_module, "websockets.asyncio.client"))  # while it loads
    try:
        while monotonic() - start < within:
            state = await _page(address, headers)
            if state == "200":
                state = await _socket(address, headers)
                if state == "101":
                    return
            if state != seen:
                progress(f"the editor answers: {state}")
                seen = state
            await asyncio.sleep(PAUSE)
    finally:
        await asyncio.wait([imported])
    raise NotReadyError(f"After {within:.0f} s {address.url} still answers: {seen}.")


async def route_ready(address: Address, port: int, *, within: float = 15.0) -> None:
    """Returns once the ingress knows the port's host name, whether or not something serves on that port."""
    start = monotonic()
    while monotonic() - start < within:
        status, _, body = await get(address.http_port, f"{address.port_host(port)}", address.port_url(port))
        if status and not (status == 404 and body.startswith(b"404 page not found")):
            return
        await asyncio.sleep(PAUSE)
    raise NotReadyError(f"After {within:.0f} s the ingress does not know {address.port_url(port)}.")


async def ingress_ready(http_port: int, *, within: float = 300.0) -> None:
    """Returns once Traefik answers on the published port."""
    start = monotonic()
    while monotonic() - start < within:
        status, _, _ = await get(http_port, "localhost", "/")
        if status:
            return
        await asyncio.sleep(PAUSE)
    raise NotReadyError(
        f"After {within:.0f} s nothing answers on 127.0.0.1:{http_port}.",
        hint="`vibecode status` shows the ingress; `vibecode up` puts it right.",
    )


async def last_heartbeat(where: int | Path, host: str) -> datetime | None:
    """When the editor last heard from a browser; None where it never did, or does not answer within a second.

    Source: code-server's `/healthz`, whose `lastHeartbeat` is in milliseconds, 0 until the first.
    """
    status, _, body = await get(where, host, "/healthz", within=1.0)
    try:
        beat: object = json.loads(body)["lastHeartbeat"] if status == 200 else None
        return datetime.fromtimestamp(float(str(beat)) / 1000, UTC) if beat else None
    except (ValueError, TypeError, KeyError, OverflowError, OSError):  # what runs in a workspace may answer anything
        return None


async def get(
    where: int | Path, host: str, target: str, *, within: float = 10.0, headers: Mapping[str, str] = _NO_HEADERS
) -> tuple[int, dict[str, str], bytes]:
    """One GET on a connection of its own, to a port of 127.0.0.1 or a Unix socket.

    Answers the status (0: no answer), the headers, and the body's first 64 KiB.

    `Connection: close`, since an open connection counts as a person's activity at code-server.
    """
    path = target.split("/", 3)[3] if target.startswith("http") else target.removeprefix("/")
    try:
        async with asyncio.timeout(within):
            if isinstance(where, Path):
                reader, writer = await asyncio.open_unix_connection(where)
            else:
                reader, writer = await asyncio.open_connection("127.0.0.1", where)
            try:
                every = {"Host": host, "Accept": "*/*", "Connection": "close", **headers}
                lines = "".join(f"{name}: {value}\r\n" for name, value in every.items())
                writer.write(f"GET /{path} HTTP/1.1\r\n{lines}\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
                body = await reader.read(65536)
            finally:
                writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return 0, {}, b""
    first, *rest = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    answered = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0, answered, body


async def _page(address: Address, sent: Mapping[str, str]) -> str:
    target = "/"
    for _ in range(4):  # the editor redirects once, to the project's folder
        status, headers, _ = await get(address.http_port, address.authority, target, headers=sent)
        if status not in (301, 302, 303, 307, 308):
            return str(status) if status else "nothing yet"
        target = "/" + headers.get("location", "").removeprefix(address.url).removeprefix("./").removeprefix("/")
    return "redirects without end"


async def _socket(address: Address, sent: Mapping[str, str]) -> str:
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidHandshake, InvalidStatus

    query = "reconnectionToken=00000000-0000-4000-8000-000000000000&reconnection=false&skipWebSocketFrames=false"
    try:
        async with connect(
            f"ws://{address.authority}/?{query}",
            origin=None,
            additional_headers={"Origin": address.url.rstrip("/"), **sent},
            host="127.0.0.1",
            port=address.http_port,
            proxy=None,
            open_timeout=10,
            close_timeout=0.1,
        ):
            return "101"
    except InvalidStatus as error:
        return f"{error.response.status_code} for its WebSocket"
    except (OSError, TimeoutError, InvalidHandshake):
        return "no WebSocket yet"
