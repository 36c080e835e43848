"""Our clients of the workspaces' code-servers, one for each Unix socket."""

from pathlib import Path

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, UnixConnector

HEAD_LIMIT = 65536
"""Bytes that a line of an answer's head may have; Node's own limit for a whole request is 16 KiB."""
IDLE = 2.0
"""Seconds that a connection is kept for the next request.

Under Node's 5, so that we never send on one that it closes; and an open connection counts as use of the editor.
"""
BUFFER = 262144
"""Bytes."""


class Upstreams:
    """Clients that add nothing, follow nothing, decode nothing and wait as long as the workspace does."""

    def __init__(self) -> None:
        self._clients: dict[Path, ClientSession] = {}

    def client(self, socket: Path) -> ClientSession:
        if socket not in self._clients:
            self._clients[socket] = ClientSession(
                connector=UnixConnector(str(socket), limit=0, keepalive_timeout=IDLE),
                timeout=ClientTimeout(total=None, sock_connect=5),
                cookie_jar=DummyCookieJar(),
                skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
                auto_decompress=False,
                read_bufsize=BUFFER,
                max_line_size=HEAD_LIMIT,
                max_field_size=HEAD_LIMIT,
            )
        return self._clients[socket]

    async def close(self) -> None:
        for client in self._clients.values():
            await client.close()
