"""A workspace on the cluster as the place of a proof: with its image, its limits, its network and its ingress."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from cluster.engine import Engine, ExecSession, TerminalSize
from cluster.errors import WorkspaceNotFoundError
from cluster.files import EngineFiles
from templates.project import Project
from templates.workspace_files import Write
from tests.catalog.place import WORKSPACE, Answer, Ended, Opened, Page, Running

NOBODY = frozenset({500, 502, 503, 504})
"""What the editor's proxy and the ingress answer while nothing listens on a port."""


class _InTerminal:
    """A command on a terminal in the workspace, whose output is kept as it comes."""

    def __init__(self, session: ExecSession) -> None:
        self._session = session
        self._said = bytearray()
        self._reading = asyncio.ensure_future(self._read())

    @property
    def output(self) -> str:
        return self._said.decode(errors="replace")

    @property
    def code(self) -> int | None:
        return self._session.exit_code if self._reading.done() else None

    async def end(self) -> None:
        self._reading.cancel()
        await asyncio.wait([self._reading])
        await self._session.close()

    async def _read(self) -> None:
        async for _, data in self._session.output():
            self._said += data


@dataclass(frozen=True, slots=True)
class Workspace:
    """The workspace `own` of an engine; it is made by `put`."""

    engine: Engine
    own: str
    name: str = WORKSPACE

    async def put(self, project: Project) -> None:
        async for _ in self.engine.create(self.own, project):
            pass

    async def remove(self) -> None:
        with suppress(WorkspaceNotFoundError):
            async for _ in self.engine.delete(self.own):
                pass

    async def run(self, command: str) -> Ended:
        session = await self.engine.exec(self.own, ("sh", "-c", command))
        try:
            await session.close_stdin()
            said = b"".join([data async for _, data in session.output()])
        finally:
            await session.close()
        return Ended(session.exit_code, said.decode(errors="replace"))

    @asynccontextmanager
    async def start(self, command: str) -> AsyncGenerator[Running]:
        running = _InTerminal(
            await self.engine.exec(self.own, ("sh", "-c", command), terminal=TerminalSize(columns=100, rows=30))
        )
        try:
            yield running
        finally:
            await running.end()

    async def read(self, path: str) -> str:
        return (await EngineFiles(self.engine, self.own).read([path]))[path].content.decode()

    async def write(self, path: str, text: str) -> None:
        await EngineFiles(self.engine, self.own).apply([Write(path, text.encode())])

    async def get(self, port: int, path: str) -> Answer | None:
        """Sent to 127.0.0.1 with the host name, since not every resolver knows `*.localhost`."""
        parts = urlsplit(await self.engine.entrance(self.own, port))
        headers = {"Host": parts.netloc, "Accept": "text/html, */*"}
        try:
            async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=60) as client:
                answer = await client.get(f"http://127.0.0.1:{parts.port or 80}{path}", headers=headers)
        except httpx.TransportError:
            return None
        return None if answer.status_code in NOBODY else Answer(answer.status_code, answer.text)

    @asynccontextmanager
    async def browse(self, port: int, path: str) -> AsyncGenerator[Page]:
        from playwright.async_api import async_playwright

        address = (await self.engine.entrance(self.own, port)).rstrip("/")
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"))
            try:
                page = await browser.new_page()
                await page.goto(address + path, wait_until="commit")
                yield Opened(page)
            finally:
                await browser.close()
