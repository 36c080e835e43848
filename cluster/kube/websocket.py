"""WebSockets to an API server, by which commands run and ports are forwarded."""

from collections.abc import Sequence
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.typing import Subprotocol

from cluster.kube.refusals import no_answer, refusal
from cluster.kube.retry import retrying
from cluster.kube.transport import Transport

FRAME = 128 * 1024
"""Bytes that go in one message."""

CLOSE_TIMEOUT = 0.5
"""Seconds for the farewell, which a stuck server does not answer."""


async def open_websocket(
    transport: Transport, path: str, params: Sequence[tuple[str, str]], protocols: Sequence[Subprotocol], request: str
) -> ClientConnection:
    """A connection that speaks one of the protocols, or none, as the server chooses; `request` is what errors call it.

    Asked for again only where the server surely did nothing. Raises ApiError with the server's words,
    ClusterUnreachableError.
    """
    server = transport.connection.server

    async def attempt(left: float) -> ClientConnection:
        try:
            return await connect(
                f"ws{server.removeprefix('http')}{path}?{urlencode(params)}",
                subprotocols=protocols,
                additional_headers=transport.authorization,
                ssl=transport.tls if server.startswith("https:") else None,
                proxy=None,
                compression=None,
                open_timeout=min(left, transport.timeout),
                close_timeout=CLOSE_TIMEOUT,
                ping_interval=None,  # its answers would be missed while nobody reads what comes
                write_limit=4 * FRAME,
            )
        except InvalidStatus as error:
            answer = error.response
            after = answer.headers.get("Retry-After")
            raise refusal(request, answer.status_code, bytes(answer.body), after, idempotent=False) from error
        except (OSError, EOFError, InvalidHandshake, InvalidMessage) as error:  # TimeoutError is an OSError
            raise no_answer(server, error, again=isinstance(error, ConnectionRefusedError)) from error

    return await retrying(attempt, transport.patience)
