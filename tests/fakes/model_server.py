"""A scripted server that speaks the OpenAI protocol, over real HTTP: each request takes the next reply."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

KEY = "sk-test-0123456789"


@dataclass(frozen=True)
class Reply:
    """`pieces` go over the wire as they are, one by one; `cut` ends the connection after them, `hangs` keeps it."""

    pieces: Sequence[bytes] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/event-stream"})
    cut: bool = False
    hangs: bool = False


Script = Reply | Callable[[dict[str, Any]], Reply]


def event(**chunk: object) -> bytes:
    return f"data: {json.dumps(chunk)}\n\n".encode()


def delta(text: str) -> bytes:
    return event(choices=[{"index": 0, "delta": {"content": text}, "finish_reason": None}])


def finish(reason: str) -> bytes:
    return event(choices=[{"index": 0, "delta": {}, "finish_reason": reason}])


def usage(prompt: int, completion: int, cost: float | None = None) -> bytes:
    counts = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    return event(choices=[], usage=counts if cost is None else {**counts, "cost": cost})


DONE = b"data: [DONE]\n\n"


def says(
    *texts: str, reason: str = "stop", cost: float | None = 0.001, prompt: int = 10, completion: int = 20
) -> Reply:
    """A whole answer in these pieces."""
    return Reply([*map(delta, texts), finish(reason), usage(prompt, completion, cost), DONE])


def refuses(status: int, message: str, *, headers: dict[str, str] | None = None, **error: object) -> Reply:
    body = json.dumps({"error": {"code": status, "message": message, **error}}).encode()
    return Reply([body], status, {"Content-Type": "application/json", **(headers or {})})


@dataclass
class ModelServer:
    """`requests` are the bodies that came, `keys` the Authorization headers; `left` is set when a client has gone."""

    script: list[Script]
    models: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    async def chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        self.keys.append(request.headers.get("Authorization"))
        script = self.script.pop(0)
        reply = script(body) if callable(script) else script
        response = web.StreamResponse(status=reply.status, headers=reply.headers)
        response.enable_chunked_encoding()
        await response.prepare(request)
        try:
            for piece in reply.pieces:
                await response.write(piece)
            if reply.hangs:
                while True:  # a client that has gone is noticed by writing
                    await response.write(b": keep-alive\n\n")
                    await asyncio.sleep(0.01)
        except ConnectionResetError:
            self.left.set()
            raise
        finally:
            if reply.hangs:
                self.left.set()
        if reply.cut:
            assert request.transport is not None
            request.transport.abort()
        return response

    async def exchange(self, request: web.Request) -> web.Response:
        """A sign-in's code for a key."""
        body = await request.json()
        self.requests.append(body)
        return web.json_response({"key": KEY}) if body["code"] == "good" else web.json_response({}, status=403)

    async def list_models(self, request: web.Request) -> web.Response:
        self.keys.append(request.headers.get("Authorization"))
        return web.json_response({"object": "list", "data": self.models})


@asynccontextmanager
async def serving(*script: Script, models: Sequence[dict[str, Any]] = ()) -> AsyncGenerator[ModelServer]:
    """The server on a free port of loopback."""
    server = ModelServer(list(script), list(models))
    app = web.Application()
    app.router.add_post("/v1/chat/completions", server.chat)
    app.router.add_post("/v1/auth/keys", server.exchange)
    app.router.add_get("/v1/models", server.list_models)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        yield server
    finally:
        await runner.cleanup()
