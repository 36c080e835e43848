"""A server of code-server's releases: what the release tells, and its archive, as GitHub serves them."""

import io
import json
import re
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SCRIPT = b"#!/bin/sh\necho 4.0.0 test\n"


def archive(*extra: tarfile.TarInfo, script: bytes = SCRIPT) -> bytes:
    """A release in small: its folder with `bin/code-server`, and what a test adds."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as file:
        for name, content, mode in (("code-server", script, 0o755), ("noise", bytes(range(256)) * 4000, 0o644)):
            member = tarfile.TarInfo(f"code-server-1/bin/{name}")
            member.size, member.mode = len(content), mode
            file.addfile(member, io.BytesIO(content))
        for member in extra:
            file.addfile(member)
    return data.getvalue()


@dataclass
class Assets:
    """What is served, and how: `digest` instead of the true one, only the first `sent` bytes, or none at all."""

    name: str
    content: bytes = field(default_factory=archive)
    digest: str | None = "true"
    status: int = 200
    sent: int | None = None
    ranges: bool = True
    stall: bool = False
    resume: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    address: str = ""

    def told(self) -> bytes:
        digest = f"sha256:{sha256(self.content).hexdigest()}" if self.digest == "true" else self.digest
        asset = {
            "name": self.name,
            "size": len(self.content),
            "digest": digest,
            "browser_download_url": f"{self.address}/files/{self.name}",
        }
        return json.dumps({"assets": [{"name": "other", "size": 1}, asset]}).encode()


@contextmanager
def serve_assets(name: str) -> Iterator[Assets]:
    assets = Assets(name)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            assets.asked.append((self.path, asked))
            if not self.path.startswith("/files/"):
                self._answer(assets.status, assets.told())
                return
            start = int(match[1]) if asked and assets.ranges and (match := re.match(r"bytes=(\d+)-", asked)) else 0
            self._answer(206 if start else 200, assets.content[start:], assets.sent)
            if assets.stall:
                self.wfile.flush()
                assets.resume.wait()

        def _answer(self, status: int, body: bytes, sent: int | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:sent])

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        assets.address = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield assets
        finally:
            assets.resume.set()
            server.shutdown()
            thread.join()
