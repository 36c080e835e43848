"""One model of a server that speaks the OpenAI chat protocol, streamed."""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from time import time
from typing import Any

import httpx

from templates.models.chunks import Chunk, read_chunk
from templates.models.errors import (
    ModelError,
    ModelServerFailedError,
    ModelUnreachableError,
    NotAModelServerError,
    RateLimitError,
    StreamCutError,
)
from templates.models.model import ChatMessage, Finished, FinishReason, TextDelta, Usage
from templates.models.refusals import refusal
from templates.models.server import Server
from templates.models.sse import EventParser

log = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(30, connect=10, read=300)
"""Seconds; a model on this machine may read a long prompt for minutes before its first word."""

ATTEMPTS = 3
LONGEST_WAIT = 60.0
"""Seconds of a Retry-After that are waited; a longer one is told instead."""

_BODY = 64 * 1024

Sleep = Callable[[float], Awaitable[object]]


@asynccontextmanager
async def http_client() -> AsyncGenerator[httpx.AsyncClient]:
    """For servers of models: follows no redirect, since the key is for one address; loopback needs no proxy."""
    direct: dict[str, httpx.AsyncBaseTransport | None] = {
        f"all://{host}": None for host in ("localhost", "127.0.0.1", "[::1]")
    }
    async with httpx.AsyncClient(timeout=TIMEOUT, mounts=direct) as client:
        yield client


class OpenAIModel:
    """See `ChatModel`. Asks again, up to three times, only where nothing of an answer was received."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        server: Server,
        model: str,
        *,
        context: int | None = None,
        sleep: Sleep = asyncio.sleep,
        notice: Callable[[str], object] = log.info,
    ) -> None:
        """`notice` is told in words what is waited for."""
        self._http = http
        self._server = server
        self._id = model
        self._context = context
        self._sleep = sleep
        self._notice = notice

    @property
    def id(self) -> str:
        return self._id

    @property
    def context(self) -> int | None:
        return self._context

    async def answer(
        self, messages: Sequence[ChatMessage], *, max_tokens: int | None = None
    ) -> AsyncGenerator[TextDelta | Finished]:
        body: dict[str, Any] = {
            "model": self._id,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if max_tokens is not None:
            body["max_tokens"] = max_tokens
        response = await self._send(body)
        try:
            async for piece in self._pieces(response):
                yield piece
        except httpx.HTTPError as error:
            raise StreamCutError(f"{self._id}: {_words(error)}.") from error
        finally:
            await response.aclose()

    async def _send(self, body: dict[str, Any]) -> httpx.Response:
        """A response whose body is an answer."""
        url = f"{self._server.url}/chat/completions"
        headers = self._server.headers()
        for attempt in range(1, ATTEMPTS + 1):
            wait = 2.0 ** (attempt - 1) + random.random()
            try:
                response = await self._http.send(
                    self._http.build_request("POST", url, json=body, headers=headers), stream=True
                )
            except (httpx.TransportError, httpx.InvalidURL) as error:
                failure: ModelError = ModelUnreachableError(f"{self._server.url}: {_words(error)}.")
                asked_for = None
                if isinstance(error, httpx.ReadTimeout | httpx.UnsupportedProtocol | httpx.InvalidURL):
                    raise failure from error
            else:
                if response.status_code == 200:
                    return response
                failure = await self._refusal(response)
                asked_for = retry_after(response.headers.get("retry-after"))
            again = isinstance(failure, RateLimitError | ModelServerFailedError | ModelUnreachableError)
            if not again or attempt == ATTEMPTS or (asked_for or 0) > LONGEST_WAIT:
                raise failure
            wait = wait if asked_for is None else asked_for
            self._notice(f"{failure.title}: trying again in {wait:.0f} s")
            await self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    async def _refusal(self, response: httpx.Response) -> ModelError:
        body = b""
        try:
            async for data in response.aiter_bytes():
                body += data
                if len(body) > _BODY:
                    break
        except httpx.HTTPError:
            log.debug("a refusal broke off", exc_info=True)
        finally:
            await response.aclose()
        if response.is_redirect:
            return NotAModelServerError(f"{self._server.url} leads elsewhere: {response.headers.get('location', '')}.")
        return refusal(self._server, self._id, response.status_code, body[:_BODY])

    async def _pieces(self, response: httpx.Response) -> AsyncIterator[TextDelta | Finished]:
        reason: FinishReason | None = None
        usage = Usage()
        ended = False
        async for chunk in _chunks(response):
            if chunk is None:
                ended = True
                break
            if chunk.error is not None:
                raise refusal(self._server, self._id, *chunk.error)
            if chunk.text:
                yield TextDelta(chunk.text)
            reason = chunk.reason or reason
            usage = chunk.usage or usage
        if reason is None and not ended:
            raise StreamCutError(f"{self._id}: the connection ended in the middle of the answer.")
        yield Finished(reason or "stop", usage)


async def _chunks(response: httpx.Response) -> AsyncIterator[Chunk | None]:
    """The answer's chunks; None is its proper end. A server that does not stream answers in one chunk."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        yield read_chunk((await response.aread()).decode("utf-8", "replace"))
        yield None
        return
    if kind not in ("text/event-stream", ""):
        raise NotAModelServerError(f"{response.request.url} answered {kind}.")
    parser = EventParser()
    async for data in response.aiter_bytes():
        for event in parser.feed(data):
            yield _event(event)
    for event in parser.close():
        yield _event(event)


def _event(data: str) -> Chunk | None:
    return None if data.strip() == "[DONE]" else read_chunk(data)


def retry_after(value: str | None) -> float | None:
    """Seconds that a Retry-After asks for, as a number or a date; None where there is none that can be read."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time())
    except ValueError:
        return None


def _words(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__
