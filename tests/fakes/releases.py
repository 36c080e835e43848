"""A server of `kind` releases over real HTTP, well-behaved or not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Releases:
    """What the server answers, and what it was asked for.

    `checksum` None stands for the right one. `claimed` is the length that the server tells, `sent` how many bytes
    really follow; where `stall` is set, the connection then stays open. `redirects` sends each request on once.
    """

    program: bytes = b"#!/bin/sh\necho kind v0.33.0 go1.26 test\n" + bytes(300_000)
    checksum: str | None = None
    status: int = 200
    claimed: int | None = None
    sent: int | None = None
    stall: bool = False
    redirects: bool = False
    resume: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def answer(self, path: str) -> bytes:
        if path.endswith(".sha256sum"):
            digest = sha256(self.program).hexdigest() if self.checksum is None else self.checksum
            return f"{digest}  {path.rpartition('/')[2].removesuffix('.sha256sum')}\n".encode()
        return self.program


@contextmanager
def serve_releases() -> Iterator[Releases]:
    releases = Releases()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if releases.redirects and not self.path.startswith("/cdn"):
                self.send_response(302)
                self.send_header("Location", f"/cdn{self.path}")
                self.end_headers()
                return
            releases.asked.append(self.path)
            body = releases.answer(self.path)
            whole = self.path.endswith(".sha256sum")
            sent = len(body) if whole or releases.sent is None else releases.sent
            self.send_response(releases.status)
            self.send_header("Content-Length", str(len(body) if whole else releases.claimed or len(body)))
            self.end_headers()
            self.wfile.write(body[:sent])
            if releases.stall and not whole:
                self.wfile.flush()
                releases.resume.wait()

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        releases.address = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield releases
        finally:
            releases.resume.set()
            server.shutdown()
            thread.join()
