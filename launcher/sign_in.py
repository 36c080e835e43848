"""Where the browser brings the code of a sign-in: one page on loopback, for as long as that takes."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from templates.models.errors import SignInError

PATIENCE = 600
"""Seconds; the code is good for no longer."""

_REQUEST = 16 * 1024
_PAGE = "<!doctype html><meta charset=utf-8><title>VibeCode</title><p>{}</p>"


@dataclass(frozen=True, slots=True)
class Callback:
    """`url` is what the service sends the browser to."""

    url: str
    _code: "asyncio.Future[str]"

    async def code(self) -> str:
        """Raises SignInError where the person said no, or nothing in time."""
        try:
            return await asyncio.wait_for(asyncio.shield(self._code), PATIENCE)
        except TimeoutError:
            raise SignInError(f"Nobody signed in within {PATIENCE // 60} minutes.") from None


@asynccontextmanager
async def callback() -> AsyncGenerator[Callback]:
    """Listens on a free port of 127.0.0.1 alone; what is not the sign-in is refused."""
    code: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            request = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            status, words = _answer(request.decode("latin-1"), port, code)
            body = _PAGE.format(words).encode()
            head = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
            writer.write(f"{head}Cache-Control: no-store\r\nConnection: close\r\n\r\n".encode() + body)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=_REQUEST)
    port: int = server.sockets[0].getsockname()[1]
    async with server:
        try:
            yield Callback(f"http://localhost:{port}/callback", code)
        finally:
            code.cancel()


def _answer(request: str, port: int, code: "asyncio.Future[str]") -> tuple[str, str]:
    line, *headers = request.split("\r\n")
    hosts = [header.partition(":")[2].strip() for header in headers if header.lower().startswith("host:")]
    words = line.split(" ")
    if hosts not in ([f"localhost:{port}"], [f"127.0.0.1:{port}"]) or len(words) != 3 or words[0] != "GET":
        return "400 Bad Request", "This is not for you."
    target = urlsplit(words[1])
    query = parse_qs(target.query)
    if target.path != "/callback" or code.done():
        return "404 Not Found", "There is nothing here."
    if "code" in query:
        code.set_result(query["code"][0])
        return "200 OK", "You are signed in. This tab can be closed; VibeCode goes on in the terminal."
    if "error" in query:
        code.set_exception(SignInError("The sign-in was not allowed."))
        return "200 OK", "You are not signed in. This tab can be closed."
    return "404 Not Found", "There is nothing here."
