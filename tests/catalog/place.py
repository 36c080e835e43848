"""Where a template is proven: what the proof needs of a workspace, and a folder of this machine that gives it."""

import asyncio
import os
import pty
import shutil
import signal
import subprocess
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import httpx

from templates.project import Project

if TYPE_CHECKING:
    from playwright.async_api import Page as BrowserPage


LOCAL, WORKSPACE = "a folder", "a workspace"


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended, with all that it printed."""

    code: int
    output: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: str


class Running(Protocol):
    """A command that goes on until it ends, or its context does."""

    @property
    def output(self) -> str: ...
    @property
    def code(self) -> int | None: ...


class Page(Protocol):
    """A page that a browser has open."""

    async def text(self) -> str:
        """What a person reads on it now."""
        ...


class Place(Protocol):
    """A workspace as the proof sees it; commands are for a shell in the project's folder."""

    @property
    def name(self) -> str: ...
    async def put(self, project: Project) -> None: ...
    async def run(self, command: str) -> Ended: ...
    def start(self, command: str) -> AbstractAsyncContextManager[Running]:
        """The command on a terminal; it is ended with all that it started when the context is left."""
        ...

    async def read(self, path: str) -> str: ...
    async def write(self, path: str, text: str) -> None: ...
    async def get(self, port: int, path: str) -> Answer | None:
        """What is served there, asked for by the host name that a browser uses; None while nothing answers."""
        ...

    def browse(self, port: int, path: str) -> AbstractAsyncContextManager[Page]:
        """The page that is served there, in a browser that keeps it open while the context lasts."""
        ...


class _OnTerminal:
    """A process with a terminal of its own, whose output is kept as it comes."""

    def __init__(self, process: asyncio.subprocess.Process, master: int) -> None:
        self.process = process
        self._master = master
        self._output = bytearray()

    @property
    def output(self) -> str:
        return self._output.decode(errors="replace")

    @property
    def code(self) -> int | None:
        return self.process.returncode

    def take(self) -> None:
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:  # EIO: the last one who had the terminal open is gone
            data = b""
        if data:
            self._output += data
        else:
            asyncio.get_running_loop().remove_reader(self._master)


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """A folder of this machine: Python, uv and Node are those on PATH."""

    folder: Path
    name: str = LOCAL

    async def put(self, project: Project) -> None:
        for file in project.files:
            path = self.folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"".join(file.chunks()))
            path.chmod(file.mode)

    async def run(self, command: str) -> Ended:
        process = await asyncio.create_subprocess_shell(
            command,
            cwd=self.folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            output, _ = await process.communicate()
        finally:
            _end(process.pid)
        return Ended(process.returncode or 0, output.decode(errors="replace"))

    @asynccontextmanager
    async def start(self, command: str) -> AsyncGenerator[Running]:
        master, slave = pty.openpty()
        environment = {**_environment(), "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"}
        process = await asyncio.create_subprocess_shell(
            command,
            cwd=self.folder,
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        running = _OnTerminal(process, master)
        loop = asyncio.get_running_loop()
        loop.add_reader(master, running.take)
        try:
            yield running
        finally:
            loop.remove_reader(master)
            _end(process.pid)
            await process.wait()
            os.close(master)

    async def read(self, path: str) -> str:
        return (self.folder / path).read_text(encoding="utf-8")

    async def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text, encoding="utf-8")

    async def get(self, port: int, path: str) -> Answer | None:
        # As through the editor's proxy: over IPv4, and with the host name of the workspace.
        headers = {"Host": _host(port), "Accept": "text/html, */*"}
        try:
            async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=60) as client:
                answer = await client.get(f"http://127.0.0.1:{port}{path}", headers=headers)
        except httpx.TransportError:
            return None
        return Answer(answer.status_code, answer.text)

    @asynccontextmanager
    async def browse(self, port: int, path: str) -> AsyncGenerator[Page]:
        from playwright.async_api import async_playwright

        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"))
            try:
                page = await browser.new_page()
                await page.goto(f"http://{_host(port)}:{port}{path}", wait_until="commit")
                yield Opened(page)
            finally:
                await browser.close()


@dataclass(frozen=True, slots=True)
class Opened:
    page: "BrowserPage"

    async def text(self) -> str:
        from playwright.async_api import Error

        try:
            return await self.page.locator("body").inner_text(timeout=5_000)
        except Error:  # it is just being loaded anew
            return ""


def _host(port: int) -> str:
    return f"{port}-proof.vibecode.localhost"


def _environment() -> dict[str, str]:
    """As in a workspace: nothing of the environment that this program itself runs in."""
    return {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH", "CI")}


def _end(leader: int) -> None:
    """Ends what a command has started: servers ignore a closed terminal, and leave children behind."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
