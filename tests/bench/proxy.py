"""Through the `local` engine's proxy against code-server's own socket: the first page, a download, small requests.

`python -m tests.bench.proxy SOCKET` is the proxy, in a process of its own as it is in the product.
"""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, urljoin

from aiohttp import BaseConnector, ClientSession, TCPConnector, UnixConnector
from yarl import URL

from cluster.local import loops
from cluster.local.proxy.app import Application, listen, serve
from cluster.local.proxy.passes import Passes
from cluster.local.proxy.tickets import Tickets
from tests.bench.code_server import code_server
from tests.bench.harness import Result, in_turns, timed

DOWNLOAD = 200_000_000
"""Bytes."""
REQUESTS = 10_000
CONNECTIONS = 6
"""As many as a browser opens to one host."""
BUFFER = 262144
_NAME, _BASE = "bench", "vibecode.localhost"
_LINKED = re.compile(r'(?:src|href)="([^"]+\.(?:js|css|json|ico|svg|png)[^"]*)"')


@dataclass(frozen=True, slots=True)
class Way:
    """One way to the same code-server."""

    client: ClientSession
    base: str
    headers: Mapping[str, str]

    async def get(self, target: str) -> int:
        """The answer's length in bytes; nothing of it is kept."""
        url, length = URL(urljoin(self.base, target), encoded=True), 0
        async with self.client.get(url, headers=self.headers) as answer:
            answer.raise_for_status()
            async for chunk in answer.content.iter_any():
                length += len(chunk)
        return length

    async def first_page(self) -> None:
        """The editor's page, then what it links to, side by side."""
        async with self.client.get(self.base, headers=self.headers) as answer:
            answer.raise_for_status()
            linked = set(_LINKED.findall(await answer.text()))
        assert linked
        await asyncio.gather(*(self.get(target) for target in linked))

    async def small(self) -> None:
        left = iter(range(REQUESTS))

        async def one_connection() -> None:
            for _ in left:
                await self.get("/healthz")

        await asyncio.gather(*(one_connection() for _ in range(CONNECTIONS)))

    async def download(self, path: Path) -> None:
        assert await self.get(f"/vscode-remote-resource?path={quote(str(path))}") == DOWNLOAD


async def measure(runs: int = 5) -> list[Result]:
    with TemporaryDirectory(prefix="vc") as name:
        folder = Path(name)
        (folder / "project").mkdir()
        file = folder / "project" / "large"
        with file.open("wb") as large:
            large.truncate(DOWNLOAD)
        async with _code_server(folder) as socket, _proxy(socket) as (told, memory):
            connector = UnixConnector(str(socket), limit=CONNECTIONS)
            local = TCPConnector(limit=CONNECTIONS)
            host = {"Host": f"{_NAME}.{_BASE}:{told['port']}"}
            async with _client(connector) as bare, _client(local) as through:
                direct = Way(bare, "http://code-server/", host)
                proxied = Way(through, f"http://127.0.0.1:{told['port']}/", {**host, "Cookie": told["cookie"]})
                return await _compared(direct, proxied, file, memory, runs)


async def _compared(direct: Way, proxied: Way, file: Path, memory: Path, runs: int) -> list[Result]:
    async def page_direct(_: int) -> float:
        return await timed(direct.first_page())

    async def page_proxied(_: int) -> float:
        return await timed(proxied.first_page())

    async def small_direct(_: int) -> float:
        return await timed(direct.small())

    async def small_proxied(_: int) -> float:
        return await timed(proxied.small())

    async def download_direct(_: int) -> float:
        return await timed(direct.download(file))

    async def download_proxied(_: int) -> float:
        return await timed(proxied.download(file))

    pages = await in_turns(runs * 4, page_direct, page_proxied, warm_up=True)
    requests = await in_turns(runs, small_direct, small_proxied)
    before = _peak(memory)
    downloads = await in_turns(runs, download_direct, download_proxied)
    rise = (_peak(memory) - before) / 1e6
    against = "code-server's socket"
    return [
        Result("proxy", "the editor's first page", pages[1], "at most 1.2", against, pages[0]),
        Result("proxy", f"{REQUESTS} small requests", requests[1], "at most 2", against, requests[0]),
        Result("proxy", f"{DOWNLOAD // 10**6} MB down", downloads[1], "at most 2", against, downloads[0]),
        Result("proxy", "memory that the downloads took", (rise,), "at most 20 MB", unit="MB"),
    ]


def _client(connector: BaseConnector) -> ClientSession:
    return ClientSession(connector=connector, read_bufsize=BUFFER)


def _peak(status: Path) -> int:
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
    assert found is not None
    return int(found[1]) * 1024


@asynccontextmanager
async def _code_server(folder: Path) -> AsyncGenerator[Path]:
    socket = folder / "socket"
    quiet = ("--disable-telemetry", "--disable-update-check")
    async with code_server(folder, "--socket", socket, *quiet, folder / "project"):
        async with asyncio.timeout(120):
            while not socket.exists():
                await asyncio.sleep(0.05)
        yield socket


@asynccontextmanager
async def _proxy(socket: Path) -> AsyncGenerator[tuple[dict[str, str], Path]]:
    """What the proxy told, and where the system says how much memory it has."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.proxy", socket, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield json.loads(await process.stdout.readline()), Path(f"/proc/{process.pid}/status")
    finally:
        process.terminate()
        await process.wait()


class _One:
    def __init__(self, path: Path) -> None:
        self._path = path

    def socket(self, workspace: str) -> Path | None:
        return self._path if workspace == _NAME else None


async def _run(socket: Path) -> None:
    passes = Passes(os.urandom(32))
    with listen(0) as listener:
        port = listener.getsockname()[1]
        async with serve(Application(_BASE, port, _One(socket), Tickets(), passes), listener):
            print(json.dumps({"port": port, "cookie": passes.cookie(_NAME)}), flush=True)
            await asyncio.Event().wait()


if __name__ == "__main__":
    loops.run(_run(Path(sys.argv[1])))
