"""Datadog's HTTP API: one request, its answer, and what a refusal means.

Source: https://docs.datadoghq.com/api/latest/, and for limits https://docs.datadoghq.com/api/latest/rate-limits/.
"""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx

from cluster.datadog.errors import (
    DatadogAnswerError,
    DatadogError,
    DatadogKeyRefusedError,
    DatadogNotFoundError,
    DatadogOutageError,
    DatadogRateLimitError,
    DatadogScopeError,
)
from cluster.datadog.keys import Keys
from templates.text import plain

log = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(20, connect=8)
"""Seconds."""
ATTEMPTS = 4
LONGEST_WAIT = 60.0
"""Seconds that are waited for a limit to pass; longer ones are told instead."""
LARGEST = 32 << 20
"""Bytes of an answer that are read."""
LONGEST_WORDS = 400

_REFUSALS: dict[int, type[DatadogError]] = {
    401: DatadogKeyRefusedError,
    403: DatadogScopeError,
    404: DatadogNotFoundError,
}

Sleep = Callable[[float], Awaitable[object]]


@asynccontextmanager
async def http_client() -> AsyncGenerator[httpx.AsyncClient]:
    """Follows no redirect, since the keys are for one address."""
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        yield client


class DatadogApi:
    """The API at `url`, the base without a slash at its end, with the keys that there are."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        url: str,
        keys: Keys,
        *,
        attempts: int = ATTEMPTS,
        sleep: Sleep = asyncio.sleep,
        notice: Callable[[str], object] = log.info,
    ) -> None:
        """`attempts` is how often a request is made that meets a limit; `notice` is told what is waited for."""
        self._http = http
        self._url = url
        self._keys = keys
        self._attempts = attempts
        self._sleep = sleep
        self._notice = notice

    @property
    def whose(self) -> tuple[str, Keys]:
        """What it asks, and with which keys."""
        return self._url, self._keys

    def impatient(self) -> "DatadogApi":
        """The same, which waits for no limit: for an answer that somebody waits for."""
        return DatadogApi(self._http, self._url, self._keys, attempts=1)

    async def request(
        self, method: str, path: str, *, query: Mapping[str, str | int] | None = None, body: object = None
    ) -> Any:
        """The answer's JSON. Raises a DatadogError; after a limit, the request is made again."""
        for attempt in range(1, self._attempts + 1):
            status, headers, content = await self._send(method, path, query, body)
            if status != 429:
                return self._read(status, content)
            wait = _reset(headers)
            if attempt == self._attempts or wait > LONGEST_WAIT:
                name = headers.get("x-ratelimit-name", "")
                limit = f" (limit {plain(name)})" if name else ""
                raise DatadogRateLimitError(f"Datadog wants {wait:.0f} s without requests{limit}.", wait)
            self._notice(f"Datadog was asked too often: going on in {wait:.0f} s")
            await self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    async def _send(
        self, method: str, path: str, query: Mapping[str, str | int] | None, body: object
    ) -> tuple[int, httpx.Headers, bytes]:
        headers = {"Accept": "application/json", **self._keys.headers()}
        try:
            async with self._http.stream(
                method, f"{self._url}{path}", params=query, json=body, headers=headers
            ) as response:
                content = b""
                async for data in response.aiter_bytes():
                    content += data
                    if len(content) > LARGEST:
                        raise DatadogAnswerError(f"{self._url} answered more than {LARGEST >> 20} MiB.")
                return response.status_code, response.headers, content
        except httpx.TimeoutException as error:
            raise DatadogOutageError(f"{self._url} did not answer in time.") from error
        except httpx.HTTPError as error:
            raise DatadogOutageError(f"{self._url}: {_sentence(str(error) or type(error).__name__)}") from error

    def _read(self, status: int, content: bytes) -> Any:
        try:
            parsed: object = json.loads(content)
        except (ValueError, RecursionError):
            parsed = None
        if 200 <= status < 300:
            if parsed is None:
                raise DatadogAnswerError(f"{self._url} answered {status} without JSON.")
            return parsed
        words = _sentence(self._keys.hidden_in(_words(parsed)) or f"{self._url} answered {status}")
        if status >= 500:
            raise DatadogOutageError(words)
        if 300 <= status < 400:
            raise DatadogAnswerError(f"{self._url} leads elsewhere ({status}).")
        raise _REFUSALS.get(status, DatadogError)(words)


def _reset(headers: httpx.Headers) -> float:
    """Seconds until the limit has passed."""
    try:
        return max(1.0, float(headers.get("x-ratelimit-reset", "")))
    except ValueError:
        return 10.0


def _words(parsed: object) -> str:
    """What a refusal says: `{"errors": ["…"]}`, or the same with objects as JSON:API has them."""
    errors = cast("dict[str, Any]", parsed).get("errors") if isinstance(parsed, dict) else None
    said: list[str] = []
    for one in cast("list[Any]", errors) if isinstance(errors, list) else []:
        if isinstance(one, dict):
            table = cast("dict[str, Any]", one)
            said.append(str(table.get("detail") or table.get("title") or ""))
        else:
            said.append(str(one))
    return plain("; ".join(filter(None, said)))[:LONGEST_WORDS]


def _sentence(words: str) -> str:
    return f"{plain(words).rstrip('.')}."
