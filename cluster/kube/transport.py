"""HTTP to one API server: every wait ends, what is safe is sent again, and what fails is typed."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from functools import cached_property

import httpx

from cluster.errors import ClusterUnreachableError, KubeconfigError
from cluster.kube.connection import Connection
from cluster.kube.kinds import Object
from cluster.kube.refusals import no_answer, refusal
from cluster.kube.retry import retrying


class Transport:
    """Requests to one API server, straight to it: proxy variables never divert them.

    `timeout` is how many seconds of silence end one attempt, `patience` after how many there is no further one.
    """

    def __init__(self, connection: Connection, *, timeout: float, patience: float) -> None:
        self.connection = connection
        self.timeout = timeout
        self.patience = patience

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """What the server is recognised by, and we by it; for plain http one that trusts nobody."""
        connection = self.connection
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if not connection.server.startswith("https:"):
            return context
        try:
            if connection.ca is None:
                context.load_default_certs()
            else:
                context.load_verify_locations(connection.ca)
            if connection.certificate is not None:
                context.load_cert_chain(connection.certificate, connection.key)
        except OSError as error:  # ssl.SSLError is one
            raise KubeconfigError(f"The certificates for {connection.server} cannot be read: {error}.") from error
        return context

    @property
    def authorization(self) -> dict[str, str]:
        token = self.connection.token
        return {} if token is None else {"Authorization": f"Bearer {token}"}

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=self.connection.server,
            verify=self.tls,
            trust_env=False,
            timeout=self.timeout,
            headers={"Accept-Encoding": "identity", **self.authorization},
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=10),
        )

    @property
    def _open(self) -> httpx.AsyncClient:
        """Raises ClusterUnreachableError once it was closed, as `down` does while others may still ask."""
        if self._client.is_closed:
            raise ClusterUnreachableError(f"The connection to {self.connection.server} was closed.")
        return self._client

    async def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Object | None = None,
        content_type: str = "application/json",
        idempotent: bool = True,
    ) -> bytes:
        """The body of a successful answer. Raises ApiError, ClusterUnreachableError."""
        request = self._client.build_request(
            method,
            path,
            params=params,
            content=None if body is None else json.dumps(body),
            headers=None if body is None else {"Content-Type": content_type},
        )

        async def attempt(left: float) -> bytes:
            try:
                async with asyncio.timeout(left):
                    response = await self._open.send(request)
            except (httpx.TransportError, TimeoutError) as error:
                unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                raise no_answer(self.connection.server, error, again=idempotent or unsent) from error
            if not response.is_success:
                raise _refusal(response, idempotent=idempotent)
            return response.content

        return await retrying(attempt, self.patience)

    async def send_json(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Object | None = None,
        content_type: str = "application/json",
        idempotent: bool = True,
    ) -> Object:
        """The object that a successful answer holds."""
        answer = await self.send(
            method, path, params=params, body=body, content_type=content_type, idempotent=idempotent
        )
        try:
            return json.loads(answer)
        except ValueError as error:
            raise ClusterUnreachableError(f"What answers at {self.connection.server} is not Kubernetes.") from error

    async def status(self, path: str) -> int:
        """The status of one GET, sent once; 0 where no answer came."""
        try:
            async with asyncio.timeout(self.timeout):
                return (await self._open.get(path)).status_code
        except (httpx.TransportError, TimeoutError, ClusterUnreachableError):
            return 0

    @asynccontextmanager
    async def stream(
        self, path: str, params: Mapping[str, str], *, silence: float | None
    ) -> AsyncGenerator[httpx.Response]:
        """An answer whose body is read as it comes; `silence` is how many seconds may pass between its bytes.

        Raises what `send` does until the answer begins; from then on httpx raises `httpx.TransportError`.
        Without a bound on silence there is none on the answer's begin either.
        """
        request = self._client.build_request(
            "GET", path, params=params, timeout=httpx.Timeout(self.timeout, read=silence)
        )

        async def attempt(left: float) -> httpx.Response:
            try:
                async with asyncio.timeout(None if silence is None else min(left, self.timeout)):
                    response = await self._open.send(request, stream=True)
                    if response.is_success:
                        return response
                    await response.aread()  # closes it, on every way out
            except (httpx.TransportError, TimeoutError) as error:
                raise no_answer(self.connection.server, error, again=True) from error
            raise _refusal(response, idempotent=True)

        response = await retrying(attempt, self.patience)
        try:
            yield response
        finally:
            await response.aclose()

    async def close(self) -> None:
        if "_client" in self.__dict__:
            await self._client.aclose()


async def lines(response: httpx.Response, longest: int | None = None) -> AsyncGenerator[bytes]:
    """The body's lines without their ends; one of more than `longest` bytes arrives in parts.

    Line feeds alone end a line, unlike in httpx's own: JSON and logs may hold other characters that Unicode calls so.
    """
    line = bytearray()
    async for chunk in response.aiter_bytes():
        first, *others = chunk.split(b"\n")
        line += first
        for start in others:
            yield bytes(line)
            line[:] = start
        if longest is not None and len(line) > longest:
            yield bytes(line)
            line.clear()
    if line:
        yield bytes(line)


def _refusal(response: httpx.Response, *, idempotent: bool) -> Exception:
    request = f"{response.request.method} {response.request.url.path}"
    after = response.headers.get("Retry-After")
    return refusal(request, response.status_code, response.content, after, idempotent=idempotent)
